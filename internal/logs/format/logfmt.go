package format

import "strings"

// pair is key=value at a place in a text; the value is what is between the quotes where it has some.
type pair struct {
	key, value string
	start, end int // of the value
	quoted     bool
}

// nextPair reads the word at i of a text in logfmt: ok is false for a word that is no pair. next is where the word ends.
func nextPair(s string, i int) (p pair, next int, ok bool) {
	start := i
	for i < len(s) && keyByte(s[i]) {
		i++
	}
	if i == start || i >= len(s) || s[i] != '=' || digit(s[start]) {
		for i < len(s) && s[i] != ' ' && s[i] != '\t' {
			i++
		}
		return pair{}, i, false
	}
	p.key = s[start:i]
	i++
	if i < len(s) && s[i] == '"' {
		r := reader{s: s, i: i}
		p.start, p.end, _ = r.quoted()
		p.quoted = true
		i = r.i
	} else {
		p.start = i
		if sp := strings.IndexAny(s[i:], " \t"); sp >= 0 {
			i += sp
		} else {
			i = len(s)
		}
		p.end = i
	}
	p.value = s[p.start:p.end]
	return p, i, true
}

func keyByte(c byte) bool {
	return wordly(c) || c == '.' || c == '-' || c == '@' || c == '/'
}

// logfmt makes the pass over a line of pairs. Two pairs make one; words that are no pairs are suffered when a field that plays a role
// was seen.
func (k *keyed) logfmt(s string, h *hits) bool {
	i, bare := 0, 0
	for {
		for i < len(s) && (s[i] == ' ' || s[i] == '\t') {
			i++
		}
		if i == len(s) {
			break
		}
		p, next, ok := nextPair(s, i)
		i = next
		if !ok {
			if bare++; h.keys == 0 || bare > 2*h.keys {
				return false
			}
			continue
		}
		h.keys++
		if kid := k.root.kid(p.key); kid != nil && kid.path >= 0 {
			h.add(kid.path, k.keep[kid.path], KindString, p.start, p.end)
		}
	}
	return h.keys >= 2 && (bare == 0 || h.seen != mask{} && bare <= h.keys)
}

// pairs adds the fields of a text in logfmt; words that are no pairs are left out.
func pairs(s string, out []Field) []Field {
	for i := 0; ; {
		for i < len(s) && (s[i] == ' ' || s[i] == '\t') {
			i++
		}
		if i == len(s) {
			return out
		}
		p, next, ok := nextPair(s, i)
		i = next
		if !ok {
			continue
		}
		f := Field{Name: p.key, Value: p.value}
		if p.quoted {
			f.Value = unescape(p.value)
		} else if kind := kindOf(p.value); kind != KindString {
			f.Kind = kind
		}
		out = append(out, f)
	}
}

// kindOf guesses the kind of a value written without quotes.
func kindOf(s string) FieldKind {
	switch s {
	case "true", "false":
		return KindBool
	case "null", "nil":
		return KindNull
	case "":
		return KindString
	}
	dots := 0
	for i := range len(s) {
		switch c := s[i]; {
		case digit(c), c == '-' && i == 0 && len(s) > 1:
		case c == '.' && i > 0 && i+1 < len(s):
			dots++
		default:
			return KindString
		}
	}
	if dots > 1 {
		return KindString
	}
	return KindNumber
}
