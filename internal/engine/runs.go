package engine

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"dsotop/internal/actions"
	"dsotop/internal/desk"
	"dsotop/internal/logs"
	"dsotop/internal/platform"
	"dsotop/internal/runbook"
	"dsotop/internal/store"
)

// RunOptions say where runbooks come from and where their runs are kept.
type RunOptions struct {
	// Folders hold a team's own books.
	Folders []string
	// Store keeps the runs; nil keeps them in memory.
	Store *runbook.Store
	// Speech has the words of deeds.
	Speech runbook.Speech
}

// Runbooks is the desk at which books are played; it is never nil.
func (e *Engine) Runbooks() *runbook.Desk { return e.runs }

// newRuns makes the desk of an engine.
func newRuns(e *Engine) *runbook.Desk {
	return runbook.NewDesk(runbook.DeskOptions{
		Folders: e.opts.Runs.Folders, Store: e.opts.Runs.Store, Speech: e.opts.Runs.Speech, Pace: e.opts.Pace, By: e.opts.Hand.Account, Profile: e.opts.Profile.Name, Clock: e.opts.Clock, Log: e.opts.Log,
		World: bookWorld{Hand: runbook.Hand{Hand: e.hand}, e: e, look: e.lookAt(), view: &runView{e: e, until: map[string]time.Time{}}},
	})
}

// bookWorld is what books reach: facts of the view, the hand, metrics and logs.
type bookWorld struct {
	runbook.Hand
	e    *Engine
	look func(actions.Subject)
	view *runView
}

// Known implements runbook.World.
func (w bookWorld) Known(s runbook.Selection) runbook.Known {
	v := w.e.View()
	k := runbook.Known{Now: w.e.opts.Clock(), Sources: v.Sources, Services: services(w.e.store.Current())}
	for _, r := range v.Projects {
		k.Dossiers = append(k.Dossiers, r.Dossier)
		if k.Console.Version == "" {
			k.Console = r.Dossier.Console
		}
	}
	if s.ProjectID != "" {
		namespace := ""
		if env, ok := v.Environment(s.ProjectID, s.Environment); ok {
			namespace = env.Namespace
		}
		w.view.touch(s.ProjectID, namespace)
		if r, ok := v.Project(s.ProjectID); ok {
			k.Dossier, k.Findings = r.Dossier, r.Findings
		}
	}
	return k
}

// Look implements runbook.World.
func (w bookWorld) Look(s runbook.Selection) {
	w.look(actions.Subject{Kind: actions.OnProject, ProjectID: s.ProjectID, ID: s.ProjectID})
}

// Query implements runbook.Querier.
func (w bookWorld) Query(ctx context.Context, s runbook.Selection, q runbook.Question) ([]float64, error) {
	namespace := ""
	if q.Tenant == "" {
		if env, ok := w.e.View().Environment(s.ProjectID, s.Environment); ok {
			namespace = env.Namespace
		}
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	if q.Language == "logql" {
		return w.logql(ctx, namespace, q)
	}
	reach := w.e.Metrics(namespace)
	if reach.Metrics == nil {
		return nil, errNoSource("prometheus")
	}
	now := w.e.opts.Clock()
	ask := desk.MetricAsk{Tenant: reach.Tenant, Expr: q.Expr}
	var a desk.MetricAnswer
	var err error
	if q.Over > 0 {
		a, err = reach.Metrics.Range(ctx, ask, desk.MetricRange{From: now.Add(-q.Over), To: now, Step: max(q.Over/60, time.Second)})
	} else {
		a, err = reach.Metrics.Instant(ctx, ask, now)
	}
	if err != nil {
		return nil, fmt.Errorf("%s", tell(reach.Health(err)))
	}
	var out []float64
	for _, series := range a.Series {
		if n := len(series.Samples); n > 0 && !math.IsNaN(series.Samples[n-1].Value) {
			out = append(out, series.Samples[n-1].Value)
		}
	}
	return out, nil
}

func (w bookWorld) logql(ctx context.Context, namespace string, q runbook.Question) ([]float64, error) {
	reach := w.e.Logs(logs.Subject{Namespace: namespace})
	if reach.History == nil {
		return nil, errNoSource("loki")
	}
	now := w.e.opts.Clock()
	span := max(q.Over, time.Minute)
	series, err := reach.History.Metric(ctx, logs.Ask{Tenant: reach.Tenant, Query: q.Expr, From: now.Add(-span).UnixNano(), To: now.UnixNano()}, span/4)
	if err != nil {
		return nil, fmt.Errorf("%s", tell(reach.Health(reach.History.Name(), err)))
	}
	var out []float64
	for _, s := range series {
		if n := len(s.Points); n > 0 {
			out = append(out, s.Points[n-1].Value)
		}
	}
	return out, nil
}

func errNoSource(kind string) error { return errors.New("no source of that kind: " + kind) }

// tell is a health in one line.
func tell(h platform.SourceHealth) string {
	return h.Name + ": " + string(h.State) + " " + platform.CleanLine(h.Detail)
}

// services are what the console says of each tool.
func services(snap *store.Snapshot) []platform.ServiceHealth {
	var out []platform.ServiceHealth
	for shelf := range store.ServiceHealth.All(snap) {
		out = append(out, shelf.Items...)
	}
	return out
}
