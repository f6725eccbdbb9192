package metrics

import (
	"context"
	"errors"
	"sync"
	"time"

	"dsotop/internal/desk"
	"dsotop/internal/metrics"
)

// result is what a panel shows, on the grid it was asked for.
type result struct {
	grid    metrics.Grid
	each    bool
	pod     string
	series  []metrics.Series
	levels  []level
	notes   []string // warnings and infos of the server
	cut     int
	shapes  int // series of native histograms, which have no curve
	refused *desk.PromQLError
	err     error
	at      time.Time // when it was read; zero: not yet
}

// level is a threshold with its values.
type level struct {
	metrics.Threshold
	values []float64
}

func (r *result) empty() bool {
	for _, s := range r.series {
		if v := metrics.Stat(s.Values); v.Last == v.Last { //nolint:gocritic // NaN is unequal to itself
			return false
		}
	}
	return true
}

// job is one panel to read.
type job struct {
	panel *metrics.Panel
	vars  metrics.Vars
	each  bool
	lang  string
}

// Bounds of asking.
const (
	sideBySide = 4                // questions at the same time
	namesRest  = 10 * time.Minute // between two questions which series there are
	leastRest  = 30 * time.Second // between two readings of what is shown (platform facts §12)
)

// loader reads panels off the loop and rings the page's bell. Its methods are called on the loop.
type loader struct {
	reach desk.MetricsReach
	bell  chan struct{}
	now   func() time.Time
	ctx   context.Context //nolint:containedctx // the page's: it ends when the page is closed
	stop  context.CancelFunc

	running sync.WaitGroup
	mu      sync.Mutex
	seq     int
	cancel  context.CancelFunc // of the present reading
	busy    int
	got     map[string]*result
	names   map[string]bool // series of the namespace; nil: not known
	namesAt time.Time
	rest    *time.Timer
	due     bool
}

func newLoader(ctx context.Context, reach desk.MetricsReach, bell chan struct{}, now func() time.Time) *loader {
	l := &loader{reach: reach, bell: bell, now: now, got: map[string]*result{}}
	l.ctx, l.stop = context.WithCancel(ctx)
	return l
}

func (l *loader) ring() {
	select {
	case l.bell <- struct{}{}:
	default:
	}
}

// close ends every question.
func (l *loader) close() {
	l.stop()
	l.mu.Lock()
	if l.rest != nil {
		l.rest.Stop()
	}
	l.mu.Unlock()
	l.running.Wait()
}

// result returns what a panel has; nil while nothing was read.
func (l *loader) result(id string) *result {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.got[id]
}

// reading reports whether questions are under way.
func (l *loader) reading() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.busy > 0
}

// has reports whether the namespace has a series; known is false while nobody knows.
func (l *loader) has(series string) (has, known bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.names[series], l.names != nil
}

// takeDue reports once that it is time to read again.
func (l *loader) takeDue() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	due := l.due
	l.due = false
	return due
}

// forget leaves out what was read: another subject.
func (l *loader) forget(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.got, id)
}

// load reads panels, in place of what was being read. again is when to ring for the next reading; 0: never.
func (l *loader) load(jobs []job, namespace string, again time.Duration) {
	l.mu.Lock()
	if l.cancel != nil {
		l.cancel()
	}
	if l.rest != nil {
		l.rest.Stop()
	}
	ctx, cancel := context.WithCancel(l.ctx)
	l.cancel, l.due = cancel, false
	l.seq++
	seq := l.seq
	l.busy = len(jobs)
	askNames := namespace != "" && l.now().Sub(l.namesAt) > namesRest
	if askNames {
		l.busy++
	}
	l.mu.Unlock()
	gate := make(chan struct{}, sideBySide)
	var all sync.WaitGroup
	if askNames {
		all.Go(func() {
			l.readNames(ctx, namespace, gate)
			l.mu.Lock()
			if l.seq == seq {
				l.busy--
			}
			l.mu.Unlock()
			l.ring()
		})
	}
	for _, j := range jobs {
		all.Go(func() {
			r := l.read(ctx, j, gate)
			l.mu.Lock()
			if l.seq == seq {
				l.busy--
				if ctx.Err() == nil {
					l.got[j.panel.ID] = r
				}
			}
			l.mu.Unlock()
			l.ring()
		})
	}
	l.running.Go(func() {
		all.Wait()
		cancel()
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.seq == seq && again > 0 && l.ctx.Err() == nil {
			l.rest = time.AfterFunc(again, func() {
				l.mu.Lock()
				l.due = l.due || l.seq == seq
				l.mu.Unlock()
				l.ring()
			})
		}
	})
}

// readNames asks which series the namespace has, under both labels that exporters use.
func (l *loader) readNames(ctx context.Context, namespace string, gate chan struct{}) {
	v := metrics.Vars{Namespace: namespace}
	to := l.now()
	span := desk.MetricRange{From: to.Add(-time.Hour), To: to, Step: time.Minute}
	names := map[string]bool{}
	for _, selector := range []string{`{namespace="$namespace"}`, `{exported_namespace="$namespace"}`} {
		gate <- struct{}{}
		got, err := l.reach.Metrics.Values(ctx, l.reach.Tenant, "__name__", v.Expand(selector), span)
		<-gate
		if err != nil {
			return // without it nothing is said of what is missing
		}
		for _, n := range got {
			names[n] = true
		}
	}
	l.mu.Lock()
	l.names, l.namesAt = names, l.now()
	l.mu.Unlock()
}

// read asks what one panel needs.
func (l *loader) read(ctx context.Context, j job, gate chan struct{}) *result {
	r := &result{grid: j.vars.Grid, each: j.each, pod: j.vars.Pod}
	ask := func(expr string) (desk.MetricAnswer, error) {
		select {
		case gate <- struct{}{}:
		case <-ctx.Done():
			return desk.MetricAnswer{}, ctx.Err()
		}
		defer func() { <-gate }()
		return l.reach.Metrics.Range(ctx, desk.MetricAsk{Tenant: l.reach.Tenant, Expr: j.vars.Expand(expr)}, j.vars.Grid.Range())
	}
	each := j.each && j.panel.Splits()
	for _, q := range j.panel.Queries {
		expr := q.Expr(each)
		if expr == "" {
			continue
		}
		a, err := ask(expr)
		if err != nil {
			if refused, ok := errors.AsType[*desk.PromQLError](err); ok {
				r.refused = refused
			} else {
				r.err = err
			}
			break
		}
		title := q.Title(j.lang)
		r.series = append(r.series, metrics.OnGrid(r.grid, a.Series, func(s desk.MetricSeries) string { return metrics.Legend(title, s.Label, labelText(s)) })...)
		r.cut += a.Cut
		r.shapes += a.Histograms
		r.note(a)
	}
	for _, t := range j.panel.Thresholds {
		expr := t.Expr(each)
		if expr == "" || r.err != nil || r.refused != nil {
			continue
		}
		a, err := ask(expr)
		if err != nil || len(a.Series) == 0 {
			continue // a plot without its threshold is a plot
		}
		for _, s := range metrics.OnGrid(r.grid, a.Series[:1], func(desk.MetricSeries) string { return "" }) {
			r.levels = append(r.levels, level{t, s.Values})
		}
	}
	if len(r.series) > len(j.panel.Queries) { // many of one kind; else the order of the panel says more
		metrics.Rank(r.series)
	}
	r.at = l.now()
	return r
}

func (r *result) note(a desk.MetricAnswer) {
	for _, list := range [][]string{a.Warnings, a.Infos} {
		for _, w := range list {
			if len(r.notes) < 5 {
				r.notes = append(r.notes, w)
			}
		}
	}
}

// labelText writes the labels of a series as PromQL does.
func labelText(s desk.MetricSeries) string {
	name, inner := "", ""
	for _, l := range s.Labels {
		if l.Name == "__name__" {
			name = l.Value
			continue
		}
		if inner != "" {
			inner += ", "
		}
		inner += l.Name + `="` + l.Value + `"`
	}
	if inner == "" {
		if name == "" {
			return "{}"
		}
		return name
	}
	return name + "{" + inner + "}"
}
