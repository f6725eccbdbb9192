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
		// A server may resolve dot segments after our comparison, escaped ones too.
		if plain, err := url.PathUnescape(s); err != nil || plain == "." || plain == ".." || strings.ContainsAny(plain, "\\\x00") ||
			strings.Contains(plain, "/../") || strings.HasPrefix(plain, "../") || strings.HasSuffix(plain, "/..") {
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
