package engine

import (
	"cmp"
	"slices"
	"strings"

	"dsotop/internal/logs"
	"dsotop/internal/platform"
	"dsotop/internal/sources"
	"dsotop/internal/store"
)

// tenanted is a history that knows which of its tenants holds a namespace.
type tenanted interface {
	Tenant(snap *store.Snapshot, namespace string) (tenant string, ok bool)
}

// Logs says how the lines of a subject can be read: the history that keeps them, with their tenant, and the live systems that know
// its containers. A configured system is named even where it is known to refuse: asking it tells why. It calls nobody and is cheap
// enough to be called whenever a page opens; what it knows of the subject grows with the facts, so that a caller may ask again.
func (e *Engine) Logs(s logs.Subject) logs.Reach {
	e.mu.Lock()
	all := slices.Clone(e.sources)
	e.mu.Unlock()
	env := e.environmentOf(s.Namespace)
	r := logs.Reach{Explain: func(source string, err error) platform.SourceHealth { return explain(all, source, err, e) }}
	r.History, r.Tenant = e.history(all, s, env)
	if s.LogQL != "" || s.Namespace == "" {
		return r // a query of one's own has no meaning for live systems
	}
	health := map[string]platform.State{}
	for _, h := range e.View().Sources {
		health[h.Name] = h.State
	}
	ask := logs.LiveAsk{Namespace: s.Namespace, Pods: s.Pods, Containers: s.Containers, Previous: s.Previous}
	for _, src := range all {
		live, ok := src.(logs.Live)
		if !ok {
			continue
		}
		mine := ask
		switch live.Origin() {
		case logs.OriginKubernetes:
			if !e.runsOn(env, s.Namespace, src.Name()) {
				continue
			}
		case logs.OriginArgo:
			apps := applicationsOf(env, src.Name())
			if len(apps) == 0 {
				continue
			}
			if len(apps) == 1 {
				mine.Application = apps[0].Namespace + "/" + apps[0].Name
			}
		default:
			continue
		}
		r.Live = append(r.Live, logs.LiveOrigin{Live: live, Ask: mine})
	}
	// What answers comes first; then the apiserver, which resumes to the nanosecond and knows each container, before Argo CD.
	slices.SortStableFunc(r.Live, func(a, b logs.LiveOrigin) int {
		return cmp.Or(answers(health[a.Name()])-answers(health[b.Name()]), int(b.Origin())-int(a.Origin()))
	})
	return r
}

// answers ranks a state for the choice between systems that tell the same: 0 is best.
func answers(s platform.State) int {
	switch s {
	case platform.StateLive:
		return 0
	case platform.StateForbidden, platform.StateUnauthorised:
		return 2
	}
	return 1
}

// environmentOf finds what is known of a namespace; nil when no project explains it.
func (e *Engine) environmentOf(namespace string) *platform.EnvironmentFacts {
	if namespace == "" {
		return nil
	}
	v := e.View()
	if _, project, ok := platform.ParseNamespace(namespace); ok {
		if env, found := v.Environment(project, namespace); found {
			return env
		}
	}
	for _, row := range v.Projects { // names of old do not say whose they are
		for i := range row.Dossier.Environments {
			if env := &row.Dossier.Environments[i]; env.Namespace == namespace {
				return env
			}
		}
	}
	return nil
}

// history chooses where the lines are kept. With several instances it is the one named like the cluster, the zone or its host; else the
// first that knows a tenant for the namespace.
func (e *Engine) history(all []sources.Source, s logs.Subject, env *platform.EnvironmentFacts) (logs.History, string) {
	snap := e.store.Current()
	var chosen logs.History
	tenant, best := "", -1
	for _, src := range all {
		h, ok := src.(logs.History)
		if !ok {
			continue
		}
		rank, id := 0, ""
		if t, ok := src.(tenanted); ok {
			var known bool
			if id, known = tenantOf(t, snap, s.Namespace, env); known {
				rank = 2
			}
		}
		if near(src.Name(), env) {
			rank++
		}
		if rank > best {
			chosen, tenant, best = h, id, rank
		}
	}
	return chosen, tenant
}

// tenantOf is the tenant of a namespace: by the source's own configuration, else, for a namespace that encodes no project, by what the
// joined view knows of it. What no project explains belongs to the platform.
func tenantOf(t tenanted, snap *store.Snapshot, namespace string, env *platform.EnvironmentFacts) (string, bool) {
	if id, ok := t.Tenant(snap, namespace); ok {
		return id, true
	}
	if env == nil || env.ProjectID == "" {
		_, project, ours := platform.ParseNamespace(namespace)
		if !ours {
			return sources.PlatformTenant, false
		}
		_, other := platform.Tenants(project) // its stage is not known yet; most environments are not production
		return other, false
	}
	production, other := platform.Tenants(env.ProjectID)
	if env.Production() {
		return production, true
	}
	return other, true
}

// near reports whether an instance is named after where the environment runs: "loki/ovh-prod-1" or "loki/pub".
func near(instance string, env *platform.EnvironmentFacts) bool {
	_, name, ok := strings.Cut(instance, "/")
	if !ok || env == nil || name == "" {
		return false
	}
	host, _, _ := strings.Cut(env.Cluster.Label, "-") // "ovh" of "ovh-prod-1"
	return name == env.Cluster.Label || name == env.Zone.Slug || name == host
}

// runsOn reports whether a cluster's source is the one of a namespace: by the console's label of the cluster, else by where its pods were seen.
func (e *Engine) runsOn(env *platform.EnvironmentFacts, namespace, source string) bool {
	if env != nil && env.Cluster.Label != "" && source == "kubernetes/"+env.Cluster.Label {
		return true
	}
	snap := e.store.Current()
	for _, shelf := range store.Pods.Of(snap, namespace) {
		if shelf.Source == source {
			return true
		}
	}
	return false
}

// applicationsOf lists the applications of an environment that an instance deploys and that can have pods.
func applicationsOf(env *platform.EnvironmentFacts, instance string) []platform.Application {
	if env == nil {
		return nil
	}
	var out []platform.Application
	for _, a := range env.Applications {
		if a.Instance == instance && a.DestNamespace == env.Namespace && (a.Type == platform.AppDeploy || a.Type == platform.AppHistoric) {
			out = append(out, a)
		}
	}
	return out
}

// explain says what an error of a source means, in the words of its health.
func explain(all []sources.Source, source string, err error, e *Engine) platform.SourceHealth {
	for _, src := range all {
		if src.Name() == source {
			return sources.HealthOf(src, err, e.opts.Clock())
		}
	}
	return platform.SourceHealth{Name: source, State: platform.StateUnreachable, Detail: platform.CleanLine(err.Error()), Since: e.opts.Clock()}
}
