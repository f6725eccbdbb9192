package argocd

import (
	"net/url"
	"strings"

	"dsotop/internal/platform"
	"dsotop/internal/secret"
)

// longest is how many bytes of a message are kept: Argo CD repeats whole manifests in some of them.
const longest = 2000

// line makes a remote name or word safe.
func line(s string) string { return platform.CleanLine(s) }

// message makes a remote sentence safe, short and without credentials.
func message(s string) string {
	s = secret.Scrub(platform.CleanLine(s)) // git errors quote the repository's URL as it was configured
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
		return secret.Scrub(raw) // git@host:path is not a URL; its user is no secret
	}
	u.User = nil
	u.RawQuery = ""
	u.Fragment = ""
	return u.String()
}
