package transport

import (
	"net/http"
	"net/url"
	"strings"
)

// allowed reports whether a request may leave: to the base's own scheme and host, below its path, and on the list.
func allowed(base *url.URL, rules []Rule, method string, u *url.URL) bool {
	if u.Scheme != base.Scheme || hostPort(u) != hostPort(base) || u.Opaque != "" {
		return false
	}
	if method == "" {
		method = http.MethodGet
	}
	path, ok := strings.CutPrefix(u.EscapedPath(), strings.TrimRight(base.EscapedPath(), "/"))
	if !ok || path != "" && path[0] != '/' {
		return false
	}
	segments := strings.Split(strings.TrimPrefix(path, "/"), "/")
	for _, s := range segments {
		if climbs(s) {
			return false
		}
	}
	for _, rule := range rules {
		if rule.Method == method && matches(rule.Path, segments) && acceptsQuery(rule, u.RawQuery) {
			return true
		}
	}
	return false
}

// climbs reports whether a server could resolve an escaped segment to somewhere else after our comparison: dot segments, once or
// twice escaped (some decode twice), with path parameters (Tomcat drops what follows ";"), or behind an escaped slash.
func climbs(segment string) bool {
	plain := segment
	for range 3 {
		for part := range strings.FieldsFuncSeq(plain, func(r rune) bool { return r == '/' || r == '\\' }) {
			name, _, _ := strings.Cut(part, ";")
			if name == "." || name == ".." {
				return true
			}
		}
		if strings.ContainsAny(plain, "\\\x00") {
			return true
		}
		next, err := url.PathUnescape(plain)
		if err != nil {
			return plain == segment // not an escaped segment at all; a name with a lone "%" inside is one
		}
		plain = next
	}
	return false
}

func acceptsQuery(rule Rule, raw string) bool {
	if rule.Query == nil {
		return true
	}
	query, err := url.ParseQuery(raw) // what we cannot read we cannot judge
	return err == nil && rule.Query(query)
}

func matches(pattern string, segments []string) bool {
	want := strings.Split(strings.TrimPrefix(pattern, "/"), "/")
	for i, w := range want {
		if w == "**" && i == len(want)-1 {
			return true
		}
		if i >= len(segments) || w == "*" && segments[i] == "" || w != "*" && w != segments[i] {
			return false
		}
	}
	return len(segments) == len(want)
}

func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return strings.ToLower(u.Hostname()) + ":" + port
}
