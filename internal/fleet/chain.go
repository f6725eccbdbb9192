package fleet

import (
	"sync"

	"dsotop/internal/platform"
)

// chains keeps what is derived of a row for those who look at it: a fleet of a thousand projects computes the chains of those on screen.
type chains struct {
	once  sync.Once
	list  []platform.Chain
	truth []platform.TruthRow
}

func (r *Row) derive() {
	r.chains.once.Do(func() {
		r.chains.list = platform.Chains(r.Dossier)
		r.chains.truth = platform.Truth(r.Dossier, r.chains.list)
	})
}

// Chains are the delivery chains of the project, computed at the first question and kept as long as the row. Read-only; safe for
// concurrent use.
func (r *Row) Chains() []platform.Chain {
	r.derive()
	return r.chains.list
}

// Truth is the commit that runs, by repository and environment. As [Row.Chains].
func (r *Row) Truth() []platform.TruthRow {
	r.derive()
	return r.chains.truth
}

// FindingOf returns the finding that says what a broken link says, of the environment where the chain has one; ok is false when no rule
// found it.
func (r *Row) FindingOf(c *platform.Chain, e platform.Edge) (found platform.Finding, ok bool) {
	if e.Rule == "" {
		return platform.Finding{}, false
	}
	var walk func(list []platform.Finding) bool
	walk = func(list []platform.Finding) bool {
		for _, f := range list {
			if f.ID == e.Rule && (f.Subject.Namespace == "" || f.Subject.Namespace == c.Namespace) && (f.Args["repository"] == "" || f.Args["repository"] == c.Repository || f.Args["repository"] == c.ImageName) {
				found, ok = f, true
				return true
			}
			if walk(f.Consequences) {
				return true
			}
		}
		return false
	}
	walk(r.Findings)
	return found, ok
}

// Trace follows a commit through every project that has heard of it. told are commits that GitLab confirmed, by project id and
// repository.
func (v *View) Trace(sha string, told map[string]map[string]platform.GitCommit) []platform.Trace {
	var out []platform.Trace
	seen := map[string]bool{}
	take := func(id string) {
		if seen[id] {
			return
		}
		seen[id] = true
		if r, ok := v.Project(id); ok {
			out = append(out, platform.TraceCommit(r.Dossier, r.Chains(), sha, told[id])...)
		}
	}
	for _, res := range v.Resolve(sha) {
		if res.Kind == platform.ResolvedCommit || res.Kind == platform.ResolvedImage {
			take(res.ProjectID)
		}
	}
	for _, r := range v.Projects { // in the order of the view
		if told[r.Dossier.Project.ID] != nil {
			take(r.Dossier.Project.ID)
		}
	}
	return out
}
