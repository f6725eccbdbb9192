package transport

import (
	"slices"
	"strings"
	"sync"

	"dsotop/internal/actions/wire"
	"dsotop/internal/platform"
	"dsotop/internal/secret"
)

// maxMessage is how much of what a server says goes into an error, in runes.
const maxMessage = 300

func shorten(s string) string {
	s = strings.TrimSpace(s)
	if runes := []rune(s); len(runes) > maxMessage {
		return string(runes[:maxMessage-1]) + "…"
	}
	return s
}

// messageOf finds what a person should read in the body of a refusal. It is cut by the caller, once secrets are out of it: half a
// secret is one too.
func messageOf(body []byte) string { return strings.TrimSpace(platform.Clean(wire.Said(body))) }

// redactor knows the secrets that were ever used and takes them out of texts.
type redactor struct {
	mu      sync.RWMutex
	secrets []string
}

// minSecret keeps a short secret from mangling every text; such a secret protects nothing anyway.
const minSecret = 4

func (r *redactor) learn(texts ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range texts {
		if len(s) >= minSecret && !slices.Contains(r.secrets, s) {
			r.secrets = append(r.secrets, s)
		}
	}
	// Longest first, so that a secret that holds another one goes whole.
	slices.SortFunc(r.secrets, func(a, b string) int { return len(b) - len(a) })
}

func (r *redactor) redact(s string) string {
	if s == "" {
		return s
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, sec := range r.secrets {
		s = strings.ReplaceAll(s, sec, secret.Mask)
	}
	return secret.Scrub(s)
}
