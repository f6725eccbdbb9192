package argocd

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/sources"
)

// Doctor implements sources.Source.
func (s *Source) Doctor(ctx context.Context) (platform.SourceHealth, error) {
	defer s.client.Close()
	seen, err := s.who(ctx)
	var seeing int
	if err == nil {
		seeing, err = s.countVisible(ctx)
	}
	h := sources.HealthOf(s, err, time.Now())
	seen.fill(&h)
	if err == nil {
		// An empty list is what Argo CD shows to a token without any right: no refusal tells it.
		h.Rights = append(h.Rights, platform.Right{Name: "applications.some", Held: seeing > 0, Known: true, Needed: "gitops"})
	}
	stats := s.client.Stats()
	h.Calls, h.Bytes, h.Latency = stats.Calls, stats.Bytes, stats.Latency
	return h, err
}

// countVisible counts the applications that the token sees, asking for their names only.
func (s *Source) countVisible(ctx context.Context) (int, error) {
	var l struct {
		Items []struct{} `json:"items"`
	}
	_, err := s.client.GetJSON(ctx, "/api/v1/applications", url.Values{"fields": {"items.metadata.name"}}, &l)
	return len(l.Items), err
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
