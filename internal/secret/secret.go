// Package secret holds references to secrets and their values in types that cannot be printed.
package secret

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// Mask is what a secret prints as, everywhere.
const Mask = "•••"

// Value is a secret. Every way of printing or encoding it gives the mask; Reveal gives the text.
type Value struct{ text string }

// NewValue wraps a secret text.
func NewValue(text string) Value { return Value{text: text} }

// Reveal returns the secret itself, for the one place that sends it.
func (v Value) Reveal() string { return v.text }

// IsZero reports whether there is no secret.
func (v Value) IsZero() bool { return v.text == "" }

// String returns the mask, or "" for an empty secret.
func (v Value) String() string {
	if v.text == "" {
		return ""
	}
	return Mask
}

// GoString keeps %#v from showing the text.
func (v Value) GoString() string { return "secret.Value{" + v.String() + "}" }

// Format keeps every fmt verb from showing the text.
func (v Value) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(v.String())) }

// MarshalText keeps encoders from showing the text.
func (v Value) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// Ref says where a secret is: env:NAME, file:PATH or exec:COMMAND. It is safe to print. The zero value means no secret.
type Ref struct {
	Scheme string // env, file or exec
	Target string
}

// ErrLiteral is returned for a text that is not a reference. It never carries the text, which may be a secret.
var ErrLiteral = errors.New("a secret is given by reference: env:NAME, file:PATH or exec:COMMAND")

// ParseRef reads a reference. An empty text is no reference and no error.
func ParseRef(text string) (Ref, error) {
	if text == "" {
		return Ref{}, nil
	}
	scheme, target, ok := strings.Cut(text, ":")
	if ok && target != "" && (scheme == "env" || scheme == "file" || scheme == "exec") {
		return Ref{Scheme: scheme, Target: target}, nil
	}
	return Ref{}, ErrLiteral
}

// IsZero reports whether there is no reference.
func (r Ref) IsZero() bool { return r.Scheme == "" }

// String returns the reference as it is written in the configuration.
func (r Ref) String() string {
	if r.IsZero() {
		return ""
	}
	return r.Scheme + ":" + r.Target
}

// execTimeout bounds a command that fetches a secret: a person may have to touch a key, but nothing may hang for ever.
const execTimeout = 30 * time.Second

// Resolve reads the secret now. Nothing is cached here, so that a renewed secret is seen. Errors name the reference, never the
// content. Command output on standard error is not shown: it may carry the secret.
func (r Ref) Resolve(ctx context.Context) (Value, error) {
	switch r.Scheme {
	case "":
		return Value{}, nil
	case "env":
		text, ok := os.LookupEnv(r.Target)
		if !ok || text == "" {
			return Value{}, fmt.Errorf("environment variable %s is not set", r.Target)
		}
		return NewValue(strings.TrimSpace(text)), nil
	case "file":
		data, err := os.ReadFile(expandHome(r.Target))
		if err != nil {
			return Value{}, fmt.Errorf("reading secret file %s: %w", r.Target, err)
		}
		text := strings.TrimSpace(string(data))
		if text == "" {
			return Value{}, fmt.Errorf("secret file %s is empty", r.Target)
		}
		return NewValue(text), nil
	case "exec":
		ctx, cancel := context.WithTimeout(ctx, execTimeout)
		defer cancel()
		cmd := exec.CommandContext(ctx, "/bin/sh", "-c", r.Target)
		cmd.Stdin = nil // never the terminal: the screen is ours
		cmd.WaitDelay = time.Second
		var out bytes.Buffer
		cmd.Stdout = &out
		if err := cmd.Run(); err != nil {
			return Value{}, fmt.Errorf("secret command %q: %w (run it in a shell to see why)", r.Target, err)
		}
		text := strings.TrimSpace(out.String())
		if text == "" {
			return Value{}, fmt.Errorf("secret command %q printed nothing", r.Target)
		}
		return NewValue(text), nil
	}
	return Value{}, ErrLiteral
}

func expandHome(path string) string {
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		if home, err := os.UserHomeDir(); err == nil {
			return home + "/" + rest
		}
	}
	return path
}
