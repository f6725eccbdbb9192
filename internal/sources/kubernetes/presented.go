package kubernetes

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"sync"

	"dsotop/internal/secret"
)

// presented sits between client-go's authentication and the network, and notes the credentials that requests carry, whoever put them
// there: a kubeconfig, a file, a plugin. They are taken out of what servers send back.
type presented struct {
	mu   sync.Mutex
	seen []string // newest last
}

// mostPresented is how many credentials are remembered: short-lived ones follow one another.
const mostPresented = 16

// wrap is for rest.Config.Wrap.
func (p *presented) wrap(next http.RoundTripper) http.RoundTripper { return &noting{p, next} }

type noting struct {
	p    *presented
	next http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (n *noting) RoundTrip(r *http.Request) (*http.Response, error) {
	n.p.note(r.Header.Get("Authorization"))
	return n.next.RoundTrip(r)
}

func (p *presented) note(header string) {
	_, value, ok := strings.Cut(header, " ")
	if !ok || len(value) < 4 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if slices.Contains(p.seen, value) {
		return
	}
	p.seen = append(p.seen, value)
	if plain, err := base64.StdEncoding.DecodeString(value); err == nil {
		if _, password, ok := strings.Cut(string(plain), ":"); ok && len(password) >= 4 {
			p.seen = append(p.seen, password)
		}
	}
	p.seen = p.seen[max(0, len(p.seen)-mostPresented):]
}

// hide takes them out of a text.
func (p *presented) hide(text string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, v := range p.seen {
		text = strings.ReplaceAll(text, v, secret.Mask)
	}
	return text
}
