package report

// without says what is missing when a right is not held, by the right's code. "" when the code has no words: the right's name then
// stands alone.
func without(lang, code string) string {
	w, ok := lost()[code]
	if !ok {
		return ""
	}
	if lang == "fr" {
		return w[0]
	}
	return w[1]
}

func lost() map[string][2]string {
	return map[string][2]string{}
}
