package words

import "strings"

// keyNames are what people call the keys of several letters, by the name they have in the table of keys and in configurations. Configurations
// understand these words too.
func keyNames(tag string) map[string]string {
	if tag == "fr" {
		return map[string]string{"enter": "Entrée", "esc": "Échap", "tab": "Tab", "space": "Espace", "backspace": "Retour", "delete": "Suppr", "insert": "Inser", "up": "Haut", "down": "Bas", "left": "Gauche",
			"right": "Droite", "home": "Début", "end": "Fin", "pgup": "PgPréc", "pgdown": "PgSuiv", "ctrl": "Ctrl", "alt": "Alt", "shift": "Maj"}
	}
	return map[string]string{"enter": "Enter", "esc": "Esc", "tab": "Tab", "space": "Space", "backspace": "Backspace", "delete": "Delete", "insert": "Insert", "up": "Up", "down": "Down", "left": "Left",
		"right": "Right", "home": "Home", "end": "End", "pgup": "PgUp", "pgdown": "PgDn", "ctrl": "Ctrl", "alt": "Alt", "shift": "Shift"}
}

// KeyWord is what people call a key of the table: "Espace", "Ctrl-p", "Maj-F2"; a letter or a sign is its own name.
func (s *Set) KeyWord(key string) string {
	names := keyNames(s.Tag)
	word := ""
	for _, mod := range []string{"ctrl", "alt", "shift"} {
		if rest, ok := strings.CutPrefix(key, mod+"+"); ok && rest != "" {
			word, key = word+names[mod]+"-", rest
		}
	}
	if name := names[key]; name != "" {
		return word + name
	}
	if n, ok := strings.CutPrefix(key, "f"); ok && n != "" && strings.Trim(n, "0123456789") == "" {
		return word + "F" + n
	}
	return word + key
}

// Quoted puts a text between the quotes of the language.
func (s *Set) Quoted(text string) string {
	if s.Tag == "fr" {
		return "« " + text + " »"
	}
	return "“" + text + "”"
}
