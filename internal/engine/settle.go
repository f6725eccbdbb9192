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

// detailsFor is how long details are waited for once every family of facts is there: on a platform of hundreds of projects they come at
// the pace that the systems bear, which may take minutes.
const detailsFor = 10 * time.Second

// Settle waits until everything that can be read has been read once, or ctx ends, and returns the view of that moment; complete tells
// whether nothing was still on its way. It is for commands that print once: it puts every project in view, so that details come at once.
func (e *Engine) Settle(ctx context.Context) (v *fleet.View, complete bool) {
	return e.SettleWithin(ctx, detailsFor)
}

// SettleWithin is Settle for who says how long details are waited for.
func (e *Engine) SettleWithin(ctx context.Context, patience time.Duration) (v *fleet.View, complete bool) {
	session := new(int)
	defer e.interest.Set(session, nil)
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	var still, details time.Time // since when nothing is missing, since when only details are
	for {
		v = e.View()
		e.Look(session, everything(v))
		now := time.Now()
		switch {
		case !settled(v):
			still, details = time.Time{}, time.Time{}
		case pending(v):
			still = time.Time{}
			if details.IsZero() {
				details = now
			}
			if now.Sub(details) >= patience {
				return v, false
			}
		case still.IsZero():
			still = now
		case now.Sub(still) >= stillFor:
			return v, true
		}
		select {
		case <-ctx.Done():
			return e.View(), false
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
	for _, s := range v.Sources {
		if s.State == platform.StateLive {
			live[s.Kind] = true
		}
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

// pending reports whether a source that works has details to read that a row of the view is waiting for, or a row that no source's count tells of.
func pending(v *fleet.View) bool {
	for _, row := range v.Projects {
		// Tenants are known from the console's environments: where it does not speak, their facts never come.
		if row.Unjudged == platform.StateStarting && row.Dossier.Has(platform.FamProject) {
			return true
		}
	}
	waiting, listed := false, false
	for _, s := range v.Sources {
		listed = listed || s.State != platform.StateNotConfigured && (s.Kind == "console" || s.Kind == "argocd" || s.Kind == "kubernetes")
		waiting = waiting || s.State == platform.StateLive && s.Pending > 0
	}
	return waiting && (listed || len(v.Projects) > 0) // without anybody to list projects, details of them have no row to wait for
}
