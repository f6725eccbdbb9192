package engine

import (
	"cmp"
	"slices"

	"dsotop/internal/desk"
	"dsotop/internal/platform"
	"dsotop/internal/sources"
)

// GitOps says how the applications of an instance ("argocd/usu") can be asked about. It calls nobody.
func (e *Engine) GitOps(instance string) desk.GitOpsReach {
	all := e.current()
	r := desk.GitOpsReach{Explain: func(source string, err error) platform.SourceHealth { return explain(all, source, err, e) }}
	for _, src := range all {
		if g, ok := src.(desk.GitOps); ok && src.Name() == instance {
			r.GitOps = g
		}
	}
	return r
}

// Pods says how a pod of a namespace can be read in detail: by the cluster's own source, by the Argo CD that deploys there; what answers
// first. It calls nobody.
func (e *Engine) Pods(namespace, pod string) desk.PodsReach {
	all := e.current()
	env := e.environmentOf(namespace)
	health := map[string]platform.State{}
	for _, h := range e.View().Sources {
		health[h.Name] = h.State
	}
	r := desk.PodsReach{Explain: func(source string, err error) platform.SourceHealth { return explain(all, source, err, e) }}
	for _, src := range all {
		p, ok := src.(desk.Pods)
		if !ok {
			continue
		}
		ask := desk.PodAsk{Namespace: namespace, Name: pod}
		if _, tree := src.(desk.GitOps); tree {
			apps := applicationsOf(env, src.Name())
			if len(apps) == 0 {
				continue
			}
			if len(apps) == 1 {
				ask.Application = apps[0].Namespace + "/" + apps[0].Name
			}
		} else if !e.runsOn(env, namespace, src.Name()) {
			continue
		}
		r.Origins = append(r.Origins, desk.PodOrigin{Pods: p, Ask: ask})
	}
	slices.SortStableFunc(r.Origins, func(a, b desk.PodOrigin) int {
		return cmp.Or(answers(health[a.Name()])-answers(health[b.Name()]), treeRank(a)-treeRank(b))
	})
	return r
}

// treeRank puts what reads trees behind the cluster's own source.
func treeRank(o desk.PodOrigin) int {
	if _, tree := o.Pods.(desk.GitOps); tree {
		return 1
	}
	return 0
}

// current is the list of sources as it is now.
func (e *Engine) current() []sources.Source {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.sources)
}
