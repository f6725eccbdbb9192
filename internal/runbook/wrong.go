package runbook

import "errors"

// Wrong is an error of what a person gave: a value, an answer, a selection. It is told in both languages.
type Wrong struct{ Say Text }

// Error is the English sentence.
func (e *Wrong) Error() string { return e.Say.EN }

// Is makes two of the same sentence the same error.
func (e *Wrong) Is(other error) bool {
	o, ok := other.(*Wrong) //nolint:errorlint // errors.Is unwraps
	return ok && o.Say == e.Say
}

func wrong(fr, en string) error { return &Wrong{Text{FR: fr, EN: en}} }

// Tell is an error in a language, "fr" or "en": in that language where this package made it, as it is otherwise.
func Tell(err error, lang string) string {
	var w *Wrong
	var l *Lacks
	var m Mistakes
	var taken *TakenError
	var held *HeldError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &w):
		return w.Say.Of(lang)
	case errors.As(err, &l):
		return l.In(lang)
	case errors.As(err, &m):
		return m.In(lang)
	case errors.As(err, &taken):
		return Text{FR: "ce passage a été repris par " + taken.By.String(), EN: taken.Error()}.Of(lang)
	case errors.As(err, &held):
		return Text{FR: "ce passage est joué par " + held.By.String(), EN: held.Error()}.Of(lang)
	}
	return err.Error()
}
