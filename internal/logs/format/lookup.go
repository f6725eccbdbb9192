package format

import "strings"

// Lookup asks of each value that a field has in a line whether it is the one; the name is compared in any case, nested JSON is a.b.c. It
// says what Fields would, without making the fields that nobody asked for: known reports that the line has the field at all, and found that
// a value of it was the one.
func (s *Set) Lookup(text string, id ID, name string, is func(value string) bool) (known, found bool) {
	f := s.form(id)
	if f == nil || name == "" || !f.has(name) {
		return false, false
	}
	text = strings.TrimLeft(calm(text), " \t")
	switch f.engine {
	case engineJSON:
		r := reader{s: text}
		l := lookup{is: is}
		l.object(&r, name, 0)
		return l.known, l.found
	case engineLogfmt:
		return lookPairs(text, name, is)
	}
	var c captures
	p := f.matching(text, &c)
	if p == nil {
		return false, false
	}
	for i, own := range p.names {
		value := text[c[i][0]:c[i][1]]
		if i == len(p.names)-1 && p.expand != 0 {
			var more, one bool
			if p.expand == typePairs {
				more, one = lookPairs(value, name, is)
			} else {
				r := reader{s: value}
				l := lookup{is: is}
				l.object(&r, name, 0)
				more, one = l.known, l.found
			}
			return known || more, found || one
		}
		if own == "_" || !strings.EqualFold(own, name) {
			continue
		}
		if p.quotes(i) {
			value = unescape(value)
		}
		known = true
		found = found || is(value)
	}
	return known, found
}

// Has reports that lines of a format may have a field: formats of patterns name theirs, others may have any.
func (s *Set) Has(id ID, name string) bool {
	f := s.form(id)
	return f != nil && f.has(name)
}

func (f *form) has(name string) bool {
	if f.engine == engineJSON || f.engine == engineLogfmt {
		return true
	}
	for _, list := range [...][]*pattern{f.patterns, f.heads, f.continues, f.joins, f.inside} {
		for _, p := range list {
			if p.expand != 0 {
				return true
			}
			for _, own := range p.names {
				if own != "_" && strings.EqualFold(own, name) {
					return true
				}
			}
		}
	}
	return false
}

func lookPairs(s, name string, is func(string) bool) (known, found bool) {
	for i := 0; ; {
		if i = skipBlank(s, i); i == len(s) {
			return known, found
		}
		p, next, ok := nextPair(s, i)
		i = next
		if !ok || !strings.EqualFold(p.key, name) {
			continue
		}
		value := p.value
		if p.quoted {
			value = unescape(value)
		}
		known = true
		found = found || is(value)
	}
}

// lookup is one walk through JSON for the values of one name.
type lookup struct {
	is           func(string) bool
	known, found bool
}

func (l *lookup) have(value string) {
	l.known = true
	l.found = l.found || l.is(value)
}

// object looks through the object that r stands on for what is left of the name; it goes only into objects whose names it begins with.
func (l *lookup) object(r *reader, rest string, depth int) outcome {
	if r.blank() != '{' {
		return broken
	}
	r.i++
	for first := true; ; first = false {
		start, end, more, o := r.member(first)
		if !more {
			return o
		}
		key := unescape(r.s[start:end])
		whole := strings.EqualFold(key, rest)
		if r.blank() == '{' && depth < maxDepth {
			at := r.i
			inside := len(rest) > len(key) && rest[len(key)] == '.' && strings.EqualFold(rest[:len(key)], key)
			switch {
			case inside:
				o = l.object(r, rest[len(key)+1:], depth+1)
			default:
				o = r.nested()
			}
			if whole && o == good && strings.Trim(r.s[at:r.i], "{} \t\r\n") == "" { // an empty object is a value
				l.have(r.s[at:r.i])
			}
			if o != good {
				return o
			}
			continue
		}
		start, end, kind, o := r.value()
		if o == broken {
			return o
		}
		if whole {
			value := r.s[start:end]
			if kind == KindString {
				value = unescape(value)
			}
			l.have(value)
		}
		if o != good {
			return o
		}
	}
}
