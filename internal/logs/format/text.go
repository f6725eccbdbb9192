package format

import (
	"dsotop/internal/logs"
)

// levelReach is how far into a line of plain text a level is looked for, in bytes: a time, a host and a thread fit before it.
const levelReach = 128

// textLevel finds the level in a text without structure. A capitalised word counts wherever it stands alone near the start; a word
// in lower case only between brackets, or as the first word before a colon: "0 errors" and "an error page" say nothing.
func textLevel(s string) logs.Level {
	n := min(len(s), levelReach)
	first := true // no word that could be a sentence came before
	for i := 0; i < n; {
		c := s[i]
		if !letter(c) {
			i++
			continue
		}
		start := i
		upper := true
		for i < len(s) && letter(s[i]) {
			upper = upper && s[i] <= 'Z'
			i++
		}
		if i-start < 3 || i-start > 13 || start > 0 && wordly(s[start-1]) || i < len(s) && wordly(s[i]) {
			first = first && start > 0 && wordly(s[start-1]) // part of a time such as 08T22
			continue
		}
		before, after := byteAt(s, start-1), byteAt(s, i)
		enclosed := before == '[' && after == ']' || before == '<' && after == '>' || before == '(' && after == ')'
		colon := after == ':' && byteAt(s, i+1) != ':' && byteAt(s, i+1) != '/'
		if upper || enclosed || colon && first {
			if l, ok := logs.ParseLevel(s[start:i]); ok && (enclosed || colon || !shy(s[start:i])) {
				return l
			}
		}
		if before != '[' && !upper {
			first = false
		}
	}
	return logs.LevelNone
}

// shy reports words that are levels to some loggers and plain words to most people.
func shy(word string) bool {
	switch word {
	case "LOG", "CONFIG", "FINE", "FINER", "FINEST", "SILLY", "VERBOSE", "INFORMATION":
		return true
	}
	return false
}

func letter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
func digit(c byte) bool  { return '0' <= c && c <= '9' }

// wordly reports bytes that make a word of what they touch.
func wordly(c byte) bool { return letter(c) || digit(c) || c == '_' || c >= 0x80 }

// byteAt is s[i], 0 outside.
func byteAt(s string, i int) byte {
	if i < 0 || i >= len(s) {
		return 0
	}
	return s[i]
}
