package query

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// needle finds a literal in a text, quickly: it looks for the byte of the literal that is rarest in logs and compares around it.
type needle struct {
	text   string // in lower case when fold
	fold   bool   // any case
	ascii  bool
	anchor int  // where in text the byte to look for is
	lo, up byte // the byte in both cases; equal when it has one
}

// newNeedle returns the finder of a text that is not empty. A folded needle takes letters whose other case has as many bytes, which
// leaves out a handful in all of Unicode.
func newNeedle(text string, fold bool) *needle {
	if fold {
		text = strings.Map(func(r rune) rune {
			if low := unicode.ToLower(r); utf8.RuneLen(low) == utf8.RuneLen(r) {
				return low
			}
			return r
		}, text)
	}
	n := &needle{text: text, fold: fold, ascii: true}
	best := 1 << 30
	for i := range len(text) {
		c := text[i]
		n.ascii = n.ascii && c < utf8.RuneSelf
		cost := frequency(c)
		if fold && c >= utf8.RuneSelf {
			// Only the first byte of a sequence is mostly the same in both cases; take it when all else fails.
			cost = 1 << 20
			r, size := utf8.DecodeRuneInString(text[i:])
			if up := string(unicode.ToUpper(r)); size > 1 && len(up) == size && up[0] == c {
				cost = 30
			}
		}
		if fold && letter(c) {
			cost += frequency(c - 'a' + 'A')
		}
		if cost < best {
			best, n.anchor = cost, i
		}
	}
	n.lo, n.up = text[n.anchor], text[n.anchor]
	if fold && letter(n.lo) {
		n.up = n.lo - 'a' + 'A'
	}
	return n
}

func letter(c byte) bool { return c >= 'a' && c <= 'z' }

// frequency ranks how often a byte stands in logs, per mille or so. It only steers where the search begins.
func frequency(c byte) int {
	const letters = "etaoinsrldcmpuhgfbywvkxjqz"
	switch {
	case c == ' ' || c == '"':
		return 90
	case c >= 'a' && c <= 'z':
		return 62 - 2*strings.IndexByte(letters, c)
	case c >= '0' && c <= '9', c == ':', c == '.', c == ',', c == '-', c == '/':
		return 40
	case c >= 'A' && c <= 'Z':
		return 5
	case c >= utf8.RuneSelf:
		return 3
	}
	return 4
}

// cursor remembers how far a search through one text has come, so that the two cases of a letter are each looked for once. The zero
// value begins a text.
type cursor struct{ lo, up int }

// index returns the first place of the needle in s at or after from, -1 for none. Calls with one cursor go forward in one text.
func (n *needle) index(s string, from int, c *cursor) int {
	at := from + n.anchor
	for {
		if at >= len(s) {
			return -1
		}
		if c.lo <= at {
			c.lo = next(s, at, n.lo)
		}
		p := c.lo
		if n.up != n.lo {
			if c.up <= at {
				c.up = next(s, at, n.up)
			}
			p = min(c.lo, c.up)
		}
		if p == len(s)+1 {
			return -1
		}
		p-- // cursors are one beyond their byte, so that 0 is before all
		if start := p - n.anchor; start+len(n.text) <= len(s) && n.at(s[start:start+len(n.text)]) {
			return start
		}
		at = p + 1
	}
}

// next returns one more than the index of the first c at or after at; len(s)+1 for none.
func next(s string, at int, c byte) int {
	if i := strings.IndexByte(s[at:], c); i >= 0 {
		return at + i + 1
	}
	return len(s) + 1
}

// at reports that s, as long as the needle, is it.
func (n *needle) at(s string) bool {
	switch {
	case !n.fold:
		return s == n.text
	case !n.ascii:
		return strings.EqualFold(s, n.text)
	}
	for i := range len(s) {
		c := s[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != n.text[i] {
			return false
		}
	}
	return true
}

func (n *needle) in(s string) bool {
	var c cursor
	return n.index(s, 0, &c) >= 0
}

// smart reports that a term is meant in any case: it has no capital letter.
func smart(s string) bool { return strings.IndexFunc(s, unicode.IsUpper) < 0 }
