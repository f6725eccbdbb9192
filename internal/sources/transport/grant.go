package transport

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"dsotop/internal/actions/wire"
)

// Grant allows one call of the hand. It is closed where nothing is said: a grant without Query takes no query, one without Body no body.
type Grant struct {
	Method string
	Path   string // a pattern as in [Rule]
	Query  func(url.Values) bool
	Body   func([]byte) bool
}

// Permits reports whether a call is granted: its method, its path, its query and its body. The path must be clean as in [Rule].
func Permits(grants []Grant, c wire.Call) bool {
	if !strings.HasPrefix(c.Path, "/") || strings.ContainsAny(c.Path, "?#") {
		return false
	}
	if _, err := url.PathUnescape(c.Path); err != nil {
		return false
	}
	segments := strings.Split(c.Path[1:], "/")
	if slices.ContainsFunc(segments, climbs) {
		return false
	}
	for _, g := range grants {
		if g.Method != c.Method || !matches(g.Path, segments) {
			continue
		}
		query, body := len(c.Query) == 0, len(c.Body) == 0
		if g.Query != nil {
			query = g.Query(c.Query)
		}
		if g.Body != nil {
			body = g.Body(c.Body)
		}
		if query && body {
			return true
		}
	}
	return false
}

// Look grants reads of the paths, with any query.
func Look(paths ...string) []Grant {
	out := make([]Grant, len(paths))
	for i, p := range paths {
		out[i] = Grant{Method: http.MethodGet, Path: p, Query: func(url.Values) bool { return true }}
	}
	return out
}

// Only accepts a query of no other names than these, each once.
func Only(names ...string) func(url.Values) bool {
	return func(q url.Values) bool {
		for name, values := range q {
			if !slices.Contains(names, name) || len(values) != 1 {
				return false
			}
		}
		return true
	}
}

// Members accepts a JSON object of no other members than these, an empty one included.
func Members(names ...string) func([]byte) bool {
	return func(body []byte) bool {
		var object map[string]json.RawMessage
		if json.Unmarshal(body, &object) != nil || object == nil {
			return false
		}
		for name := range object {
			if !slices.Contains(names, name) {
				return false
			}
		}
		return true
	}
}
