package format

import "strings"

// Fields returns the fields of a line in the line's order, nested JSON as a.b.c; nil for plain text, and for a line that is not in the
// format. What a cut line still has is returned.
func (s *Set) Fields(text string, id ID) []Field {
	f := s.form(id)
	if f == nil {
		return nil
	}
	text = strings.TrimLeft(calm(text), " \t")
	switch f.engine {
	case engineJSON:
		r := reader{s: text}
		out, _ := r.flatten("", 0, nil)
		return out
	case engineLogfmt:
		return pairs(text, nil)
	}
	var c captures
	p := f.matching(text, &c)
	if p == nil {
		return nil
	}
	var out []Field
	for i, name := range p.names {
		value := text[c[i][0]:c[i][1]]
		if i == len(p.names)-1 {
			switch p.expand {
			case typePairs:
				return pairs(value, out)
			case typeJSON:
				r := reader{s: value}
				out, _ = r.flatten("", 0, out)
				return out
			}
		}
		if name == "_" {
			continue
		}
		if p.quotes(i) {
			value = unescape(value)
		}
		out = append(out, Field{Name: name, Value: value, Kind: kindOf(value)})
	}
	return out
}

// Message returns the part of a line that is meant for people, raw; "" when the format or the line has none.
func (s *Set) Message(text string, id ID) string {
	f := s.form(id)
	if f == nil {
		return ""
	}
	text = strings.TrimLeft(calm(text), " \t")
	switch f.engine {
	case engineJSON, engineLogfmt:
		var h hits
		if f.engine == engineJSON {
			s.json.json(text, &h)
		} else {
			s.logfmt.logfmt(text, &h)
		}
		v, ok := h.first(f.paths[RoleMessage])
		if !ok {
			return ""
		}
		return v.text(text)
	}
	var c captures
	p := f.matching(text, &c)
	if p == nil {
		return ""
	}
	for i, name := range p.names {
		if name == "message" {
			value := text[c[i][0]:c[i][1]]
			if p.quotes(i) {
				value = unescape(value)
			}
			return strings.TrimRight(value, " \t")
		}
	}
	return ""
}

// text is a value as it was meant.
func (v hit) text(s string) string {
	if v.kind == KindString && (v.start == 0 || s[v.start-1] == '"') {
		return unescape(s[v.start:v.end])
	}
	return s[v.start:v.end]
}

// matching returns the first pattern of the format that cuts the text; nil when none.
func (f *form) matching(text string, c *captures) *pattern {
	at0 := leadOf(text)
	for _, list := range [...][]*pattern{f.patterns, f.heads, f.continues, f.joins, f.inside} {
		for _, p := range list {
			if ok, _ := p.match(text, f.words, c, &at0); ok {
				return p
			}
		}
	}
	return nil
}

// quotes reports that capture i was written between quotes.
func (p *pattern) quotes(i int) bool {
	n := 0
	for _, t := range p.parts {
		if t.kind <= typeBlank {
			continue
		}
		if n == i {
			return t.kind == typeQuoted
		}
		n++
	}
	return false
}
