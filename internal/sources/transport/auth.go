package transport

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"dsotop/internal/secret"
)

// credential reads a secret when it is first needed, keeps it, and reads it again when a server refuses it.
type credential struct {
	auth   Auth
	redact *redactor
	// lock is a mutex that a context can give up waiting for: an exec: reference may take half a minute.
	lock   chan struct{}
	value  secret.Value
	readAt time.Time // zero: not read yet
}

func newCredential(auth Auth, redact *redactor) *credential {
	return &credential{auth: auth, redact: redact, lock: make(chan struct{}, 1)}
}

// get returns the secret, reading it the first time.
func (c *credential) get(ctx context.Context) (secret.Value, error) {
	return c.locked(ctx, func() bool { return c.readAt.IsZero() })
}

// renew returns the secret after a refusal of used by a request sent at sent. It reads the reference again unless somebody did
// so since; changed is false when the refused secret is still the one we have.
func (c *credential) renew(ctx context.Context, used secret.Value, sent time.Time) (v secret.Value, changed bool, err error) {
	v, err = c.locked(ctx, func() bool { return c.value == used && !c.readAt.After(sent) })
	return v, err == nil && v != used, err
}

func (c *credential) locked(ctx context.Context, mustRead func() bool) (secret.Value, error) {
	if c.auth.Scheme == AuthNone || c.auth.Secret.IsZero() {
		return secret.Value{}, nil
	}
	select {
	case c.lock <- struct{}{}:
	case <-ctx.Done():
		return secret.Value{}, ctx.Err()
	}
	defer func() { <-c.lock }()
	if !mustRead() {
		return c.value, nil
	}
	v, err := c.auth.Secret.Resolve(ctx)
	if err != nil {
		return secret.Value{}, err
	}
	text := v.Reveal()
	if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return secret.Value{}, errors.New("the secret of " + c.auth.Secret.String() + " holds a line break or another control character")
	}
	if c.auth.Scheme == AuthCookie && c.auth.Header == "" && !strings.Contains(text, "=") {
		c.redact.learn(text)
		return secret.Value{}, errors.New("the secret of " + c.auth.Secret.String() + " holds no name=value of a cookie: name the cookie with header")
	}
	c.redact.learn(text, url.QueryEscape(text), base64.StdEncoding.EncodeToString([]byte(text)),
		base64.StdEncoding.EncodeToString([]byte(c.auth.User+":"+text)), base64.StdEncoding.EncodeToString([]byte(text+":")))
	if c.auth.Scheme == AuthCookie {
		for pair := range strings.SplitSeq(text, ";") {
			_, one, _ := strings.Cut(pair, "=")
			c.redact.learn(one)
		}
	}
	c.value, c.readAt = v, time.Now()
	return v, nil
}

// apply puts the secret into a header.
func (a Auth) apply(h http.Header, v secret.Value) {
	if v.IsZero() {
		return
	}
	text := v.Reveal()
	switch a.Scheme {
	case AuthBearer:
		h.Set("Authorization", "Bearer "+text)
	case AuthBasic:
		pair := a.User + ":" + text
		if a.User == "" {
			pair = text + ":"
		}
		h.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(pair)))
	case AuthCookie:
		if !strings.Contains(text, "=") {
			text = a.Header + "=" + text
		}
		h.Set("Cookie", text)
	case AuthHeader:
		h.Set(a.Header, text)
	}
}
