package console

import (
	"context"

	"dsotop/internal/platform"
)

// Zones asks the console for its zones once, for who discovers the Argo CD instances without running the source.
func (s *Source) Zones(ctx context.Context) ([]platform.Zone, error) {
	var list list[wireZone]
	if err := s.get(ctx, "/api/v1/zones", nil, &list); err != nil {
		return nil, err
	}
	out := make([]platform.Zone, 0, len(list))
	for _, z := range list {
		out = append(out, platform.Zone{ID: string(z.ID), Slug: string(z.Slug), Label: string(z.Label), ArgoURL: withoutUser(string(z.ArgoURL))})
	}
	return out, nil
}
