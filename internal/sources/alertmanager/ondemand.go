package alertmanager

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/prometheus/alertmanager/api/v2/client/silence"
	"github.com/prometheus/alertmanager/api/v2/models"

	"dsotop/internal/desk"
	"dsotop/internal/platform"
	"dsotop/internal/secret"
	"dsotop/internal/sources"
	"dsotop/internal/store"
)

var _ desk.Alerts = (*Source)(nil)

// Silences implements [desk.Alerts].
func (s *Source) Silences(ctx context.Context, tenant string) ([]desk.Silence, error) {
	got, err := s.api(tenant).Silence.GetSilences(silence.NewGetSilencesParamsWithContext(ctx))
	if err != nil {
		return nil, err
	}
	return mapSilences(got.Payload, tenant), nil
}

// TenantsOf lists the tenants in which silences of a project can be; "" is the platform. A server without tenants has one, "".
func (s *Source) TenantsOf(snap *store.Snapshot, project string) []string {
	all := s.tenancy.List(snap)
	if !s.tenancy.Auto() {
		return all
	}
	if project == "" {
		return []string{sources.PlatformTenant}
	}
	production, other := platform.Tenants(project)
	return slices.DeleteFunc(all, func(tenant string) bool { return tenant != production && tenant != other })
}

func mapSilences(list models.GettableSilences, tenant string) []desk.Silence {
	out := []desk.Silence{}
	for _, x := range list {
		if x == nil || x.ID == nil || x.Status == nil || x.Status.State == nil {
			continue
		}
		one := desk.Silence{ID: platform.CleanLine(*x.ID), State: platform.CleanLine(*x.Status.State), Tenant: tenant}
		if x.CreatedBy != nil {
			one.CreatedBy = secret.Scrub(platform.CleanLine(*x.CreatedBy))
		}
		if x.Comment != nil {
			one.Comment = secret.Scrub(platform.CleanLine(*x.Comment))
		}
		if x.StartsAt != nil {
			one.Starts = time.Time(*x.StartsAt).UTC()
		}
		if x.EndsAt != nil {
			one.Ends = time.Time(*x.EndsAt).UTC()
		}
		if x.UpdatedAt != nil {
			one.At = time.Time(*x.UpdatedAt).UTC()
		}
		for _, m := range x.Matchers {
			if m == nil || m.Name == nil || m.Value == nil {
				continue
			}
			one.Matchers = append(one.Matchers, desk.SilenceMatcher{Name: platform.CleanLine(*m.Name), Op: operator(m), Value: platform.CleanLine(*m.Value)})
		}
		out = append(out, one)
	}
	slices.SortStableFunc(out, func(a, b desk.Silence) int {
		ends := a.Ends.Compare(b.Ends)
		if a.State == desk.SilenceExpired {
			ends = -ends // the last one first
		}
		return cmp.Or(cmp.Compare(stateRank(a.State), stateRank(b.State)), ends, cmp.Compare(a.ID, b.ID))
	})
	// Alertmanager keeps expired ones for days: the last few say who was at it.
	over := 0
	return slices.DeleteFunc(out, func(x desk.Silence) bool {
		if x.State == desk.SilenceExpired {
			over++
		}
		return over > keptExpired && x.State == desk.SilenceExpired
	})
}

// keptExpired is how many expired silences of a tenant are shown.
const keptExpired = 5

// stateRank orders silences: active, to come, over.
func stateRank(state string) int {
	return slices.Index([]string{desk.SilenceActive, desk.SilencePending, desk.SilenceExpired}, state)
}

// operator is how a matcher compares; servers before 0.22 leave isEqual out, and mean equal.
func operator(m *models.Matcher) string {
	equal := m.IsEqual == nil || *m.IsEqual
	regex := m.IsRegex != nil && *m.IsRegex
	switch {
	case equal && regex:
		return "=~"
	case regex:
		return "!~"
	case equal:
		return "="
	}
	return "!="
}
