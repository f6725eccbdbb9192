package platform

import (
	"net/url"
	"strings"
	"time"
)

// ParseDay reads a date as people write it: 2026-11-21 or 21/11/2026.
func ParseDay(text string) (time.Time, bool) {
	for _, layout := range []string{time.DateOnly, "02/01/2006"} {
		if t, err := time.Parse(layout, strings.TrimSpace(text)); err == nil && t.Year() >= 2000 && t.Year() < 2200 {
			return t, true
		}
	}
	return time.Time{}, false
}

func commaToPoint(s string) string { return strings.Replace(strings.TrimSpace(s), ",", ".", 1) }

// splitList cuts at commas and semicolons, without blanks and empty parts.
func splitList(text string) []string {
	var out []string
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' }) {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// isLink reports whether a text is an address that a browser opens, without a credential in it.
func isLink(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http") && u.User == nil
}
