package format

import (
	"strings"
	"unicode/utf8"
)

// reader walks JSON text in place. It is tolerant where a log is: what is cut (a runtime splits lines at 16 kB) is read up to the cut.
type reader struct {
	s string
	i int
}

// outcome of reading a piece of JSON.
type outcome uint8

const (
	good   outcome = iota
	cut            // the text ended before it was complete
	broken         // it is not JSON
)

// maxDepth is how deep nested objects are taken apart into fields; what lies deeper stays as it was written.
const maxDepth = 16

// blank skips white space and returns the byte it stands on, 0 at the end.
func (r *reader) blank() byte {
	for r.i < len(r.s) {
		switch c := r.s[r.i]; c {
		case ' ', '\t', '\n', '\r':
			r.i++
		default:
			return c
		}
	}
	return 0
}

// quoted reads a string from its opening quote and returns the span between the quotes, escapes as they are.
func (r *reader) quoted() (start, end int, o outcome) {
	start = r.i + 1
	for i := start; ; {
		j := strings.IndexByte(r.s[i:], '"')
		if j < 0 {
			r.i = len(r.s)
			return start, len(r.s), cut
		}
		j += i
		k := j
		for k > start && r.s[k-1] == '\\' {
			k--
		}
		if (j-k)%2 == 0 {
			r.i = j + 1
			return start, j, good
		}
		i = j + 1
	}
}

// key reads a key and its colon.
func (r *reader) key() (start, end int, o outcome) {
	if start, end, o = r.quoted(); o != good {
		return start, end, o
	}
	switch r.blank() {
	case ':':
		r.i++
		return start, end, good
	case 0:
		return start, end, cut
	}
	return start, end, broken
}

// value reads any value and returns its span: what is between the quotes for a string, all of it otherwise.
func (r *reader) value() (start, end int, kind FieldKind, o outcome) {
	switch c := r.blank(); c {
	case 0:
		return r.i, r.i, KindString, cut
	case '"':
		start, end, o = r.quoted()
		return start, end, KindString, o
	case '{', '[':
		start = r.i
		o = r.nested()
		return start, r.i, KindJSON, o
	default:
		return r.literal(c)
	}
}

// literal reads a number, true, false or null.
func (r *reader) literal(c byte) (start, end int, kind FieldKind, o outcome) {
	switch {
	case digit(c), c == '-':
		kind = KindNumber
	case c == 't', c == 'f':
		kind = KindBool
	case c == 'n':
		kind = KindNull
	case c == 'N', c == 'I': // NaN and Infinity, which some loggers write
		kind = KindNumber
	default:
		return r.i, r.i, KindString, broken
	}
	start = r.i
	for r.i < len(r.s) && (wordly(r.s[r.i]) || r.s[r.i] == '.' || r.s[r.i] == '-' || r.s[r.i] == '+') {
		r.i++
	}
	if r.i == len(r.s) {
		return start, r.i, kind, cut
	}
	return start, r.i, kind, good
}

// nested skips an object or an array without looking at more than its brackets and strings.
func (r *reader) nested() outcome {
	for depth := 0; r.i < len(r.s); {
		switch r.s[r.i] {
		case '"':
			if _, _, o := r.quoted(); o != good {
				return o
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				r.i++
				return good
			}
		}
		r.i++
	}
	return cut
}

// next steps over what stands between two members: done reports the end of the object.
func (r *reader) next(first bool) (done bool, o outcome) {
	c := r.blank()
	if !first {
		switch c {
		case ',':
			r.i++
			c = r.blank()
		case '}', 0:
		default:
			return true, broken
		}
	}
	switch c {
	case '}':
		r.i++
		return true, good
	case 0:
		return true, cut
	case '"':
		return false, good
	}
	return true, broken
}

// member steps to the next member of an object and over its key and the colon; more is false at the end of what can be read, and o says how
// it ended.
func (r *reader) member(first bool) (start, end int, more bool, o outcome) {
	done, o := r.next(first)
	if done {
		return 0, 0, false, o
	}
	start, end, o = r.key()
	return start, end, o == good, o
}

// flatten adds the fields of the object that r stands on, nested ones as a.b.c, up to where the text is cut.
func (r *reader) flatten(prefix string, depth int, out []Field) ([]Field, outcome) {
	if r.blank() != '{' {
		return out, broken
	}
	r.i++
	for first := true; ; first = false {
		start, end, more, o := r.member(first)
		if !more {
			return out, o
		}
		name := prefix + unescape(r.s[start:end])
		if r.blank() == '{' && depth < maxDepth {
			before := len(out)
			at := r.i
			if out, o = r.flatten(name+".", depth+1, out); len(out) == before && o == good {
				out = append(out, Field{Name: name, Value: r.s[at:r.i], Kind: KindJSON})
			}
		} else {
			var kind FieldKind
			start, end, kind, o = r.value()
			if o == broken {
				return out, o
			}
			text := r.s[start:end]
			if kind == KindString {
				text = unescape(text)
			}
			out = append(out, Field{Name: name, Value: text, Kind: kind})
		}
		if o != good {
			return out, o
		}
	}
}

// Unescape reads the escapes of JSON strings, of one or of a text that holds some; one that is not correct stays as it is. A text without any is
// returned as it is.
func Unescape(s string) string { return unescape(s) }

// unescape reads the escapes of a JSON string; one that is not correct stays as it is. It returns its argument when there is none.
func unescape(s string) string {
	i := strings.IndexByte(s, '\\')
	if i < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	b.WriteString(s[:i])
	for i < len(s) {
		c := s[i]
		if c != '\\' || i+1 == len(s) {
			b.WriteByte(c)
			i++
			continue
		}
		i += 2
		switch e := s[i-1]; e {
		case '"', '\\', '/':
			b.WriteByte(e)
		case 'b':
			b.WriteByte('\b')
		case 'f':
			b.WriteByte('\f')
		case 'n':
			b.WriteByte('\n')
		case 'r':
			b.WriteByte('\r')
		case 't':
			b.WriteByte('\t')
		case 'u':
			r, n := unicodeEscape(s[i:])
			if n == 0 {
				b.WriteString(`\u`)
				break
			}
			b.WriteRune(r)
			i += n
		default:
			b.WriteByte('\\')
			b.WriteByte(e)
		}
	}
	return b.String()
}

// unicodeEscape reads the digits after \u, and the second half of a pair; n is how many bytes it took, 0 when they are not digits.
func unicodeEscape(s string) (r rune, n int) {
	hi, ok := hex4(s)
	if !ok {
		return 0, 0
	}
	if hi < 0xd800 || hi > 0xdfff {
		return hi, 4
	}
	if hi < 0xdc00 && len(s) >= 10 && s[4] == '\\' && s[5] == 'u' {
		if lo, ok := hex4(s[6:]); ok && lo >= 0xdc00 && lo <= 0xdfff {
			return (hi-0xd800)<<10 + (lo - 0xdc00) + 0x10000, 10
		}
	}
	return utf8.RuneError, 4
}

func hex4(s string) (r rune, ok bool) {
	if len(s) < 4 {
		return 0, false
	}
	for i := range 4 {
		c := s[i]
		switch {
		case digit(c):
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}
