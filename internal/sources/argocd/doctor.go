package argocd

import (
	"context"
	"net/url"
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
	sources.Measured(&h, s.client.Stats())
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
