package argocd

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/sources"
	"dsotop/internal/sources/transport"
)

// identity asks who we are, what we may do and how long, and which version answers.
func (s *Source) identity(ctx context.Context, b *sources.Board) error {
	seen, err := s.who(ctx)
	b.Health.Set(func(h *platform.SourceHealth) { seen.fill(h) })
	return err
}

// who is what a look at the identity gave.
type who struct {
	version, user string
	rights        []platform.Right
	expires       time.Time
}

func (w who) fill(h *platform.SourceHealth) {
	if w.version != "" {
		h.Version = w.version
	}
	if w.user != "" {
		h.Identity = w.user
	}
	if w.rights != nil {
		h.Rights = w.rights
	}
	h.Expires = w.expires
}

// errAnonymous is an instance that answers without knowing us: with anonymous access off, it then shows nothing.
var errAnonymous = errors.New("not logged in: Argo CD does not know the token")

func (s *Source) who(ctx context.Context) (who, error) {
	var w who
	header, err := s.client.AuthHeader(ctx)
	if err != nil {
		return w, err
	}
	w.expires = expiry(header)
	credential := header.Get("Authorization") != "" || header.Get("Cookie") != ""
	var version struct {
		Version string `json:"Version"`
	}
	if _, err := s.client.GetJSON(ctx, "/api/version", nil, &version); err != nil {
		return w, err
	}
	w.version = strings.TrimPrefix(line(version.Version), "v")
	var user wireUser
	if _, err := s.client.GetJSON(ctx, "/api/v1/session/userinfo", nil, &user); err != nil {
		return w, err
	}
	switch {
	case user.LoggedIn:
		w.user = line(user.Username)
	case !credential: // nothing was configured: what is open to everybody is all there is
		w.user = "anonymous"
	default:
		return w, &transport.Fault{Class: transport.ClassUnauthorised, Source: s.name, Method: "GET", URL: s.base + "/api/v1/session/userinfo", Message: errAnonymous.Error(), Err: errAnonymous}
	}
	for _, r := range []struct{ name, resource, action, needed string }{
		{"applications.all", "applications", "get", "gitops"},
		{"logs.all", "logs", "get", "logs"},
		{"applications.sync", "applications", "sync", "actions"},
	} {
		var can struct {
			Value string `json:"value"`
		}
		// "*/*" is every application: a team has rights on some and none on all, which is as it should be.
		_, err := s.client.GetJSON(ctx, "/api/v1/account/can-i/"+r.resource+"/"+r.action+"/*/*", nil, &can)
		if err = passing(err); err != nil {
			return w, err
		}
		w.rights = append(w.rights, platform.Right{Name: r.name, Held: can.Value == "yes", Known: can.Value != "", Needed: r.needed})
	}
	return w, nil
}

// expiry reads when a bearer token ends from the token itself, without verifying it: it is our own. Zero when it does not tell.
func expiry(header http.Header) time.Time {
	token, ok := strings.CutPrefix(header.Get("Authorization"), "Bearer ")
	if !ok {
		// argocd.token=… is the cookie of a browser's session.
		req := http.Request{Header: header}
		c, err := req.Cookie("argocd.token")
		if err != nil {
			return time.Time{}
		}
		token = c.Value
	}
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return time.Time{}
	}
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return time.Time{}
	}
	var claims struct {
		Exp json.Number `json:"exp"`
	}
	if json.Unmarshal(raw, &claims) != nil {
		return time.Time{}
	}
	seconds, err := strconv.ParseFloat(claims.Exp.String(), 64)
	if err != nil || seconds <= 0 || seconds > 1e11 {
		return time.Time{}
	}
	return time.Unix(int64(seconds), 0).UTC()
}
