package alertmanager

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/alertmanager/api/v2/models"

	"dsotop/internal/platform"
	"dsotop/internal/secret"
	"dsotop/internal/sources"
)

// mapAlerts maps the alerts of a tenant. Everything the API marks as required may be absent all the same.
func mapAlerts(list models.GettableAlerts, silences map[string]*models.GettableSilence, tenant string) []platform.Alert {
	out := make([]platform.Alert, 0, len(list))
	for _, a := range list {
		if a == nil {
			continue
		}
		mapped := sources.Alert(a.Labels, a.Annotations, tenant)
		mapped.State = "firing" // what is resolved is no longer listed, and what is pending was never sent
		mapped.URL = link(string(a.GeneratorURL))
		if a.Fingerprint != nil {
			mapped.Fingerprint = platform.CleanLine(*a.Fingerprint)
		}
		if a.StartsAt != nil {
			mapped.Since = time.Time(*a.StartsAt).UTC()
		}
		if a.Status != nil {
			mapped.Silenced = len(a.Status.SilencedBy) > 0
			mapped.Inhibited = len(a.Status.InhibitedBy) > 0
			for _, id := range a.Status.SilencedBy {
				mapped.SilencedBy, mapped.Silences = append(mapped.SilencedBy, who(id, silences[id])), append(mapped.Silences, platform.CleanLine(id))
			}
		}
		out = append(out, mapped)
	}
	sortAlerts(out)
	return out
}

// who says by whom and why, or which silence when it is not known.
func who(id string, s *models.GettableSilence) string {
	if s == nil || s.CreatedBy == nil {
		return platform.CleanLine(id)
	}
	comment := ""
	if s.Comment != nil {
		comment = *s.Comment
	}
	return strings.TrimSuffix(secret.Scrub(platform.CleanLine(*s.CreatedBy+": "+comment)), ": ")
}

// sortAlerts gives the shelf one order, whatever order the server has: an equal shelf wakes nobody.
func sortAlerts(list []platform.Alert) {
	slices.SortStableFunc(list, func(a, b platform.Alert) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), a.Since.Compare(b.Since), cmp.Compare(a.Fingerprint, b.Fingerprint))
	})
}
