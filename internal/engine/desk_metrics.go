package engine

import (
	"slices"

	"dsotop/internal/desk"
	"dsotop/internal/platform"
	"dsotop/internal/sources"
)

// Metrics says how the metrics of a namespace can be read: which server, in which tenant. With several servers it is the one that knows a
// tenant for the namespace, then the one named like its cluster, zone or host. "" is the platform's own metrics. It calls nobody and is
// cheap enough to be called whenever a page opens; the tenant may become known later, so that a caller may ask again.
func (e *Engine) Metrics(namespace string) desk.MetricsReach {
	e.mu.Lock()
	all := slices.Clone(e.sources)
	e.mu.Unlock()
	env := e.environmentOf(namespace)
	snap := e.store.Current()
	r := desk.MetricsReach{Explain: func(source string, err error) platform.SourceHealth { return explain(all, source, err, e) }}
	best := -1
	for _, src := range all {
		m, ok := src.(desk.Metrics)
		if !ok {
			continue
		}
		rank, tenant := 0, ""
		if t, ok := src.(tenanted); ok {
			var known bool
			if namespace == "" {
				tenant = sources.PlatformTenant
			} else if tenant, known = tenantOf(t, snap, namespace, env); known {
				rank = 2
			}
		}
		if near(src.Name(), env) {
			rank++
		}
		if rank > best {
			r.Metrics, r.Tenant, best = m, tenant, rank
		}
	}
	return r
}
