package engine

import (
	"context"
	"time"

	"dsotop/internal/fleet"
	"dsotop/internal/platform"
)

// stillFor is how long nothing may be missing before a view counts as settled: a source learns of new projects a moment after the console
// told them.
const stillFor = 300 * time.Millisecond

// Settle waits until everything that can be read has been read once, or ctx ends, and returns the view of that moment. It is for commands
// that print once: it puts every project in view, so that details come at once.
func (e *Engine) Settle(ctx context.Context) *fleet.View {
	session := new(int)
	defer e.interest.Set(session, nil)
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	var since time.Time
	for {
		v := e.View()
		e.interest.Set(session, everything(v))
		switch now := time.Now(); {
		case !settled(v):
			since = time.Time{}
		case since.IsZero():
			since = now
		case now.Sub(since) >= stillFor:
			return v
		}
		select {
		case <-ctx.Done():
			return e.View()
		case <-look.C:
		}
	}
}

func everything(v *fleet.View) []string {
	var scopes []string
	for _, row := range v.Projects {
		scopes = append(scopes, row.Dossier.Project.ID)
		for _, env := range row.Dossier.Environments {
			if env.Namespace != "" {
				scopes = append(scopes, env.Namespace)
			}
		}
	}
	return scopes
}

// settled reports whether nothing is still on its way: each source answered or failed, and each project has every family that a
// live source will give.
func settled(v *fleet.View) bool {
	if !v.Ready {
		return false
	}
	live := map[string]bool{}
	pending, listed := false, false
	for _, s := range v.Sources {
		listed = listed || s.State != platform.StateNotConfigured && (s.Kind == "console" || s.Kind == "argocd" || s.Kind == "kubernetes")
		if s.State == platform.StateLive {
			live[s.Kind] = true
			pending = pending || s.Pending > 0
		}
	}
	if pending && (listed || len(v.Projects) > 0) { // without anybody to list projects, details of them have no row to wait for
		return false
	}
	awaited := map[string][]platform.Family{
		"console":   {platform.FamEnvironments, platform.FamRepositories, platform.FamLog},
		"gitlab":    {platform.FamPipelines},
		"sonarqube": {platform.FamGates},
		"harbor":    {platform.FamImages},
		"argocd":    {platform.FamApplications},
	}
	for _, row := range v.Projects {
		d := row.Dossier
		for kind, families := range awaited {
			if !live[kind] {
				continue
			}
			for _, f := range families {
				if age, known := d.Known[f]; !d.Has(f) && (!known || age.State == platform.StateStarting) {
					return false
				}
			}
		}
		if !live["kubernetes"] && !live["argocd"] {
			continue
		}
		for i := range d.Environments {
			if env := &d.Environments[i]; len(env.Applications) > 0 && !env.Has(platform.FamPods) && !env.Has(platform.FamWorkloads) {
				return false
			}
		}
	}
	return true
}
