package engine

import (
	"context"
	"slices"
	"time"

	"dsotop/internal/fleet"
	"dsotop/internal/notes"
	"dsotop/internal/platform"
	"dsotop/internal/platform/findings"
)

// observeEvery is how often it is noted which findings stand, at most.
const observeEvery = 15 * time.Second

// Notes is the book of what people said of findings and which came and went; never nil.
func (e *Engine) Notes() *notes.Book { return e.notes }

// observe notes which findings stand, as long as the engine runs. A book that cannot be written is logged once.
func (e *Engine) observe(ctx context.Context) {
	tick := time.NewTicker(observeEvery)
	defer tick.Stop()
	told := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := e.ObserveNow(); err != nil && !told {
			told = true
			e.opts.Log.Warn("Findings not noted", "error", err)
		}
	}
}

// ObserveNow notes which findings stand in the present view; nothing before every source has answered once.
func (e *Engine) ObserveNow() error {
	v := e.View()
	if !v.Ready || len(v.Projects) == 0 {
		return nil
	}
	var standing []platform.Finding
	for _, r := range v.Projects {
		for _, f := range r.Findings {
			if f.Severity >= platform.SeverityWarning {
				standing = append(standing, f)
			}
		}
	}
	return e.notes.Observe(standing, func(f platform.Finding) bool { return unsure(v, f) }, e.opts.Clock())
}

// unsure reports whether a finding that does not stand merely could not be judged: its rule lacks facts, or its project's source is away.
func unsure(v *fleet.View, f platform.Finding) bool {
	id := f.Subject.ProjectID
	if id == "" {
		id = f.Subject.ProjectSlug
	}
	r, ok := v.Project(id)
	if !ok {
		return slices.ContainsFunc(v.Sources, func(s platform.SourceHealth) bool { return s.State != platform.StateLive })
	}
	return r.Unjudged != "" || slices.ContainsFunc(r.NotEvaluated, func(n findings.NotEvaluated) bool { return n.RuleID == f.ID })
}
