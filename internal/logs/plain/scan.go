package plain

import (
	"strings"
	"unicode/utf8"

	"dsotop/internal/platform"
)

// kind is what a token of a raw line asks for.
type kind uint8

const (
	end   kind = iota
	text       // characters to show
	bad        // bytes that are no UTF-8
	tab        // to the next stop
	home       // carriage return: back to the first column
	back       // backspace: one column back
	erase      // CSI K: arg says what (0 to the end, 2 the line)
	style      // CSI m: text holds its parameters
)

type token struct {
	kind kind
	text string
	arg  int
}

// scanner cuts a raw line into tokens. What asks for nothing (other sequences, controls, invisible characters) is skipped.
type scanner struct {
	raw string
	at  int
}

func (s *scanner) next() token {
	for s.at < len(s.raw) {
		start := s.at
		if n := s.run(); n > start {
			s.at = n
			return token{kind: text, text: s.raw[start:n]}
		}
		switch c := s.raw[start]; {
		case c == '\t':
			s.at++
			return token{kind: tab}
		case c == '\n':
			s.at++
			return token{kind: text, text: " "}
		case c == '\r':
			s.at++
			return token{kind: home}
		case c == '\b':
			s.at++
			return token{kind: back}
		case c == 0x1b || c == 0xc2 && start+1 < len(s.raw) && s.raw[start+1] >= 0x80 && s.raw[start+1] <= 0x9f:
			s.at = platform.SequenceEnd(s.raw, start)
			if t, ok := control(s.raw[start:s.at]); ok {
				return t
			}
		case c < utf8.RuneSelf:
			s.at++ // a control that says nothing
		default:
			r, size := utf8.DecodeRuneInString(s.raw[start:])
			s.at += size
			switch {
			case r == utf8.RuneError && size == 1:
				return token{kind: bad}
			case r == '\u2028' || r == '\u2029':
				return token{kind: text, text: " "}
			}
		}
	}
	return token{}
}

// run returns the end of the showable characters that start at the scanner's place.
func (s *scanner) run() int {
	i := s.at
	for i < len(s.raw) {
		c := s.raw[i]
		if c < utf8.RuneSelf {
			if c < ' ' || c == 0x7f {
				return i
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s.raw[i:])
		if r == utf8.RuneError && size == 1 || r == '\u2028' || r == '\u2029' || platform.Invisible(r) {
			return i
		}
		i += size
	}
	return i
}

// control reads the sequences that change what is left of a line; ok is false for all others.
func control(seq string) (token, bool) {
	body, ok := strings.CutPrefix(seq, "\x1b[")
	if !ok {
		if body, ok = strings.CutPrefix(seq, "\u009b"); !ok {
			return token{}, false
		}
	}
	if body == "" {
		return token{}, false
	}
	args, final := body[:len(body)-1], body[len(body)-1]
	switch final {
	case 'm':
		if strings.Trim(args, "0123456789;:") == "" {
			return token{kind: style, text: args}, true
		}
	case 'K':
		switch args {
		case "", "0":
			return token{kind: erase, arg: 0}, true
		case "2":
			return token{kind: erase, arg: 2}, true
		}
	case 'G':
		if args == "" || args == "0" || args == "1" {
			return token{kind: home}, true
		}
	}
	return token{}, false
}
