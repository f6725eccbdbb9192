package transport

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"sync"

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
// secret is one too. HTML and stacks give nothing: the status says it all.
func messageOf(body []byte) string {
	body = bytes.TrimSpace(body)
	if len(body) == 0 || body[0] == '<' {
		return ""
	}
	if body[0] == '{' || body[0] == '[' || body[0] == '"' {
		var v any
		if json.Unmarshal(body, &v) != nil {
			return ""
		}
		return strings.TrimSpace(platform.Clean(said(v, 0)))
	}
	text := platform.Clean(string(body))
	if strings.Contains(text, "</") {
		return ""
	}
	var lines []string
	for line := range strings.Lines(text) {
		if stackLine.MatchString(line) {
			break
		}
		lines = append(lines, line)
	}
	return strings.TrimSpace(strings.Join(lines, ""))
}

var stackLine = regexp.MustCompile(`^\s+at |^goroutine \d+ |^Traceback |^Caused by: |^\s+File "`) //nolint:gochecknoglobals // compiled once, never changed

// said walks the error shapes of the systems we read: message, error, errors, detail, as text, list or object, at any of the
// usual places. Stacks and echoes of the request are not among them.
func said(v any, depth int) string {
	if depth > 4 {
		return ""
	}
	switch v := v.(type) {
	case string:
		return v
	case []any:
		var parts []string
		for _, item := range v {
			if s := said(item, depth+1); s != "" && !slices.Contains(parts, s) {
				parts = append(parts, s)
			}
		}
		return strings.Join(parts, ", ")
	case map[string]any:
		for _, key := range []string{"message", "error_description", "msg", "body", "errors", "fieldErrors", "formErrors", "issues",
			"queryParameterErrors", "pathParameterErrors", "bodyErrors", "error", "detail", "title"} {
			if s := said(v[key], depth+1); s != "" {
				return s
			}
		}
		if depth == 0 {
			return ""
		}
		// A map of field to complaints, e.g. {"name":["too long"]}.
		var parts []string
		for _, key := range slices.Sorted(keysOf(v)) {
			if list, ok := v[key].([]any); ok {
				if s := said(list, depth+1); s != "" {
					parts = append(parts, key+": "+s)
				}
			}
		}
		return strings.Join(parts, ", ")
	}
	return ""
}

func keysOf(m map[string]any) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

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
