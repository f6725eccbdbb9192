package argocd

import (
	"net/url"
	"regexp"
	"strings"

	"dsotop/internal/platform"
)

// longest is how many bytes of a message are kept: Argo CD repeats whole manifests in some of them.
const longest = 2000

// userinfo finds credentials in URLs inside a text: git errors quote the repository's URL as it was configured.
var userinfo = regexp.MustCompile(`([a-zA-Z][a-zA-Z0-9+.-]*://)[^/\s@"']*@`)

// line makes a remote name or word safe.
func line(s string) string { return platform.CleanLine(s) }

// message makes a remote sentence safe, short and without credentials.
func message(s string) string {
	s = userinfo.ReplaceAllString(platform.CleanLine(s), "$1")
	if len(s) > longest {
		s = strings.ToValidUTF8(s[:longest], "") + "…"
	}
	return s
}

// lines cleans each entry; nil stays nil, because nil means "not told".
func lines(in []string) []string {
	if in == nil {
		return nil
	}
	out := make([]string, len(in))
	for i, s := range in {
		out[i] = line(s)
	}
	return out
}

// repository is the URL of a repository without the credentials people put into it.
func repository(raw string) string {
	raw = line(raw)
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return userinfo.ReplaceAllString(raw, "$1") // git@host:path is not a URL; its user is no secret
	}
	u.User = nil
	u.RawQuery = ""
	u.Fragment = ""
	return u.String()
}
