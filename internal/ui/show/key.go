package show

import (
	"strings"
	"unicode/utf8"
)

// named are the keys that have a name, with the sequence that terminals send for them.
func named() map[string]string {
	return map[string]string{
		"enter": "\r", "esc": "\x1b", "tab": "\t", "space": " ", "backspace": "\x7f", "delete": "\x1b[3~",
		"up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D", "home": "\x1b[H", "end": "\x1b[F", "pgup": "\x1b[5~", "pgdown": "\x1b[6~", "shift+tab": "\x1b[Z",
		"f1": "\x1bOP", "f2": "\x1bOQ", "f3": "\x1bOR", "f4": "\x1bOS", "f5": "\x1b[15~", "f6": "\x1b[17~", "f7": "\x1b[18~", "f8": "\x1b[19~", "f9": "\x1b[20~", "f10": "\x1b[21~",
	}
}

func knownKey(k string) bool { return Sequence(k) != "" }

// Sequence is what a terminal sends for a key; "" for one that is not known.
func Sequence(k string) string {
	if s, ok := named()[k]; ok {
		return s
	}
	if utf8.RuneCountInString(k) == 1 {
		return k
	}
	if letter, ok := strings.CutPrefix(k, "ctrl+"); ok && len(letter) == 1 && letter[0] >= 'a' && letter[0] <= 'z' {
		return string(rune(letter[0] - 'a' + 1))
	}
	return ""
}
