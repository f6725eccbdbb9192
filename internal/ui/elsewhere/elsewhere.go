// Package elsewhere says where what is on screen is found without this program: its address in the web of the system that has it, and the
// command line that prints it. It asks nobody: addresses follow from what sources say of themselves.
package elsewhere

import (
	"net/url"
	"strings"

	"dsotop/internal/fleet"
	"dsotop/internal/ui/page"
)

// Distinct leaves out of some links what has no address or was named before, and what a browser does not open.
func Distinct(all []page.Link) []page.Link {
	seen := map[string]bool{}
	var out []page.Link
	for _, l := range all {
		l.URL = Address(l.URL)
		if l.URL == "" || seen[l.URL] {
			continue
		}
		seen[l.URL] = true
		out = append(out, l)
	}
	return out
}

// Address is an address as it may be printed and opened: http or https, without credentials, every other sign percent-encoded. "" when it is
// none: addresses come from annotations and answers of others, and a terminal believes what stands in a hyperlink.
func Address(text string) string {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || len(text) > 4096 {
		return ""
	}
	u.User = nil
	var b strings.Builder
	for _, r := range []byte(u.String()) {
		if r <= ' ' || r >= 0x7f || r == '\\' {
			b.WriteString("%" + string("0123456789ABCDEF"[r>>4]) + string("0123456789ABCDEF"[r&15]))
			continue
		}
		b.WriteByte(r)
	}
	return b.String()
}

// Base is the address of a source of a kind, without what an API adds and without a slash at the end; "" when there is none. instance may be "".
func Base(v *fleet.View, kind, instance string) string {
	for _, s := range v.Sources {
		if s.Kind != kind || instance != "" && s.Name != instance {
			continue
		}
		u := strings.TrimRight(Address(s.URL), "/")
		for _, tail := range []string{"/api/v4", "/api/v2.0", "/api/v2", "/api/v1", "/api"} {
			u = strings.TrimSuffix(u, tail)
		}
		return u
	}
	return ""
}

// Word quotes a word for a POSIX shell when it needs it.
func Word(s string) string {
	safe := s != "" && !strings.HasPrefix(s, "-")
	for _, r := range s {
		if !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:@%+=,", r) {
			safe = false
		}
	}
	if safe {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
