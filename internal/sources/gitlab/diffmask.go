package gitlab

import (
	"regexp"
	"strings"

	"dsotop/internal/platform"
	"dsotop/internal/secret"
)

// hidden stands for a value that nobody should read off a screen.
const hidden = "•••"

// diffMask hides what is secret in the lines of one file's difference. It knows neither the rest of the file nor its schema, so it hides by the
// name of a key, by the kind of the object or the name of the file (then each value), by what hangs beneath such a key, and by what looks like
// a credential wherever it is.
type diffMask struct {
	begun bool // the first hunk was seen
	all   bool // each value of the file
	under int  // indentation of a key that holds a secret beneath it; -1: none
}

func newDiffMask(path string) *diffMask {
	low := strings.ToLower(path)
	all := false
	for _, word := range []string{"secret", "credential", ".env", ".htpasswd", ".pem", ".key", ".p12", ".jks", "id_rsa", "id_ed25519", "kubeconfig"} {
		all = all || strings.Contains(low, word)
	}
	return &diffMask{all: all, under: -1}
}

var (
	diffPair = regexp.MustCompile(`^(\s*(?:- )?["']?)([A-Za-z0-9_.\-/]+)(["']?\s*[:=]\s*)(.*)$`) //nolint:gochecknoglobals // compiled once, never changed
	// opaque is base64 or another coding of at least 24 bytes; digests and commits, which say nothing, are hexadecimal and stay.
	opaque    = regexp.MustCompile(`[A-Za-z0-9+/_\-]{32,}={0,2}`)           //nolint:gochecknoglobals // compiled once, never changed
	hexDigits = regexp.MustCompile(`^[0-9a-f]{32,128}$`)                    //nolint:gochecknoglobals // compiled once, never changed
	isSecret  = regexp.MustCompile(`^\s*kind:\s*["']?(?:Sops)?Secret["']?`) //nolint:gochecknoglobals // compiled once, never changed
)

// line masks one line, its sign included, and makes it harmless for a terminal.
func (m *diffMask) line(raw string) string {
	raw = platform.CleanLine(strings.ReplaceAll(raw, "\t", "    "))
	if strings.HasPrefix(raw, "@@") {
		m.begun, m.under = true, -1
		if i := strings.Index(raw[2:], "@@"); i >= 0 {
			raw = raw[:i+4] // behind it git quotes a line of the file
		}
		return raw
	}
	if raw == "" {
		return raw
	}
	m.begun = true
	sign, text := raw[:1], raw[1:]
	if isSecret.MatchString(text) {
		m.all = true
		return raw
	}
	indent := len(text) - len(strings.TrimLeft(text, " "))
	if m.under >= 0 && strings.TrimSpace(text) != "" {
		if indent > m.under {
			if p := diffPair.FindStringSubmatch(text); p != nil && p[4] != "" {
				return sign + p[1] + p[2] + p[3] + hidden
			} else if p == nil {
				return sign + text[:indent] + hidden
			}
			return raw
		}
		m.under = -1
	}
	if p := diffPair.FindStringSubmatch(text); p != nil {
		named := secret.Named(p[2])
		switch value := strings.TrimSpace(p[4]); {
		case named && (value == "" || strings.HasPrefix(value, "|") || strings.HasPrefix(value, ">")):
			m.under = indent
			return raw
		case named || m.all && value != "" && !plainKey(p[2]):
			if strings.HasPrefix(value, "|") || strings.HasPrefix(value, ">") {
				m.under = indent
				return raw
			}
			return sign + p[1] + p[2] + p[3] + hidden
		}
	} else if m.all && strings.TrimSpace(text) != "" && !strings.HasPrefix(strings.TrimSpace(text), "#") && strings.TrimSpace(text) != "---" {
		return sign + text[:indent] + hidden
	}
	text = opaque.ReplaceAllStringFunc(text, func(s string) string {
		if hexDigits.MatchString(s) || !mixed(s) {
			return s
		}
		return hidden
	})
	return sign + secret.Scrub(text)
}

// plainKey are keys of an object that say what it is, and whose values stay in a secret too.
func plainKey(key string) bool {
	switch key {
	case "apiVersion", "kind", "name", "namespace", "type", "metadata", "labels", "annotations", "creationTimestamp":
		return true
	}
	return false
}

// mixed reports whether a text has capitals, small letters and digits at once, as codings have and paths and names rarely do.
func mixed(s string) bool {
	return strings.ContainsAny(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") && strings.ContainsAny(s, "abcdefghijklmnopqrstuvwxyz") && strings.ContainsAny(s, "0123456789")
}
