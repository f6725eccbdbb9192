package format

import (
	"slices"
	"strings"
)

// Request is what a line tells of one request of HTTP. The texts are foreign and raw.
type Request struct {
	Method string // "" where the line does not tell it
	Path   string // as it was asked, with what follows a question mark; all of a request line that is none of HTTP
	Status string // three digits
	// Fields are the names of the fields that tell the method ("" when the path's does), the path and the status.
	Fields [3]string
	// Line: the field of the path holds the whole line of the request, "GET /a HTTP/1.1".
	Line bool
}

// Request reads what a line tells of a request; ok is false where its format has no such roles, or the line no path, or no status.
func (s *Set) Request(text string, id ID) (r Request, ok bool) {
	f := s.form(id)
	if f == nil || len(f.names[RolePath]) == 0 || len(f.names[RoleStatus]) == 0 {
		return r, false
	}
	get, ok := s.values(strings.TrimLeft(calm(text), " \t"), f)
	if !ok {
		return r, false
	}
	for i, part := range []struct {
		role Role
		into *string
	}{{RoleMethod, &r.Method}, {RolePath, &r.Path}, {RoleStatus, &r.Status}} {
		r.Fields[i], *part.into = get(part.role)
	}
	if statusLevel(r.Status) == 0 || strings.Trim(r.Status, "0123456789") != "" || r.Path == "" {
		return r, false
	}
	if r.Method == "" {
		r.Fields[0] = ""
		if parts := strings.Split(r.Path, " "); len(parts) == 3 && parts[0] != "" && parts[1] != "" && strings.HasPrefix(parts[2], "HTTP/") {
			r.Method, r.Path, r.Line = parts[0], parts[1], true
		}
	}
	return r, true
}

// values returns what gives the value of a role in a line and the name of its field; ok is false for a line that is not in the format.
func (s *Set) values(text string, f *form) (get func(Role) (name, value string), ok bool) {
	if f.engine == engineJSON || f.engine == engineLogfmt {
		h := hits{all: true}
		k := &s.logfmt
		if f.engine == engineJSON {
			k = &s.json
			k.json(text, &h)
		} else {
			k.logfmt(text, &h)
		}
		return func(r Role) (name, value string) {
			if v, ok := h.first(f.paths[r]); ok && v.kind != KindJSON {
				return k.paths[v.path], v.text(text)
			}
			return "", ""
		}, true
	}
	var c captures
	p := f.matching(text, &c)
	if p == nil {
		return nil, false
	}
	return func(r Role) (name, value string) {
		for _, name := range f.names[r] {
			if i := slices.Index(p.names, name); i >= 0 {
				value = text[c[i][0]:c[i][1]]
				if p.quotes(i) {
					value = unescape(value)
				}
				return name, value
			}
		}
		return "", ""
	}, true
}
