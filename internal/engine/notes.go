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
const observeEvery = 5 * time.Second

// watchEvery is how often it is noted that somebody watched, when nothing moves.
const watchEvery = 4 * time.Minute

// Notes is the book of what people said of findings and which came and went; never nil.
func (e *Engine) Notes() *notes.Book { return e.notes }

// Looked notes that a person looks now. What was noted before is then what LastLook says, as long as the process lives.
func (e *Engine) Looked() error {
	before, err := e.notes.Looked(e.opts.Clock())
	e.lastLook.CompareAndSwap(nil, &before)
	return err
}

// LastLook is when a person last looked before this process did; zero: never, or nobody looks.
func (e *Engine) LastLook() time.Time {
	if at := e.lastLook.Load(); at != nil {
		return *at
	}
	return time.Time{}
}

// observe notes which findings stand, as long as the engine runs: when they moved, and every few minutes, that somebody watched. A book
// that cannot be written is logged once.
func (e *Engine) observe(ctx context.Context) {
	tick := time.NewTicker(observeEvery)
	defer tick.Stop()
	told := false
	var version uint64
	var last time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		v, now := e.View(), e.opts.Clock()
		if v.Version == version && now.Sub(last) < watchEvery {
			continue
		}
		if version, last = v.Version, now; !v.Ready {
			version = 0
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
