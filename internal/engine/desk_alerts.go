package engine

import (
	"dsotop/internal/desk"
	"dsotop/internal/platform"
	"dsotop/internal/store"
)

// silenced is an Alertmanager that knows in which of its tenants the silences of a project are.
type silenced interface {
	TenantsOf(snap *store.Snapshot, project string) []string
}

// Alerts says how the silences of a project can be asked for; "" is the platform's own. With several Alertmanagers it is the first that has
// a tenant for the project. It calls nobody.
func (e *Engine) Alerts(projectID string) desk.AlertsReach {
	all := e.current()
	r := desk.AlertsReach{Explain: func(source string, err error) platform.SourceHealth { return explain(all, source, err, e) }}
	snap := e.store.Current()
	for _, src := range all {
		a, ok := src.(desk.Alerts)
		if !ok || len(r.Tenants) > 0 {
			continue
		}
		r.Alerts, r.Tenants = a, []string{""}
		if s, ok := src.(silenced); ok {
			r.Tenants = s.TenantsOf(snap, projectID)
		}
	}
	return r
}
