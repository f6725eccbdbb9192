package kubernetes

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/sources"
	"dsotop/internal/sources/transport"
	"dsotop/internal/store"
)

const (
	writeEvery    = 300 * time.Millisecond // changes are gathered this long before they are shelved
	versionEvery  = 30 * time.Second       // whether the apiserver answers: a watch that hangs does not say so
	versionLimit  = 5 * time.Second
	doubtGap      = 5 * time.Second // between two looks at the version because watches are cut: each kind has one
	rightsEvery   = 15 * time.Minute
	rightsLater   = 2 * time.Second
	accessEvery   = 5 * time.Minute // whether a refused cluster-wide list is allowed by now
	scopesEvery   = 10 * time.Second
	maxNamespaces = 40 // watched one by one where the cluster-wide list is refused: each takes nine watches
)

// run is one life of the source.
type run struct {
	s       *Source
	b       *sources.Board
	shelves *shelves

	refused atomic.Bool // this server streams no lists
	asked   atomic.Bool // the rights were asked for once

	mu     sync.Mutex
	feeds  map[*feed]error // and how each fares: nil well, errWaiting not yet known
	failed bool            // the last look at the version failed
	doubts time.Time       // when a cut watch last made us look at the version

	doubt chan struct{} // look at the version now
}

var errWaiting = errors.New("not read yet")

func (r *run) paced(d time.Duration) time.Duration {
	if r.b.Pace <= 0 {
		return d
	}
	return time.Duration(float64(d) / r.b.Pace)
}

// Run reads until ctx ends.
func (s *Source) Run(ctx context.Context, b *sources.Board) error {
	b.Health.Meter(s.guard)
	s.shelved.Store(b.Store)
	for {
		if err := s.session(ctx, b); err != nil || ctx.Err() != nil {
			return err
		}
	}
}

// session reads in one way, cluster-wide or namespace by namespace, until ctx ends or the other way becomes possible (nil).
func (s *Source) session(ctx context.Context, b *sources.Board) error {
	everywhere := false
	if !s.opts.restricted() {
		var err error
		if everywhere, err = s.everywhere(ctx); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	r := &run{s: s, b: b, shelves: newShelves(s.opts.Namespaces), feeds: map[*feed]error{}, doubt: make(chan struct{}, 1)}
	poke := make(chan struct{}, 1)
	board := *b
	board.Poke = poke
	switched := false

	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	wg.Go(func() { r.relay(ctx, poke) })
	wg.Go(func() { r.writer(ctx) })
	parts := []sources.Part{
		sources.Poll{Part: "api", Every: versionEvery, Essential: true, Wake: r.doubt, Do: r.version},
		sources.Poll{Part: "rights", Every: rightsEvery, Do: r.rights},
	}
	for _, k := range kinds(s.opts.Name) {
		if everywhere || k.resource != "namespaces" {
			b.Health.Declare(k.part, k.essential, 0)
		}
	}
	if everywhere {
		for _, k := range kinds(s.opts.Name) {
			r.start(ctx, &wg, k, "")
		}
	} else {
		r.shelves.restrict(s.opts.Namespaces)
		wg.Go(func() { r.scopes(ctx, &wg) })
		if !s.opts.restricted() {
			parts = append(parts, sources.Poll{Part: "access", Every: accessEvery, Do: func(ctx context.Context) error {
				if ok, err := s.everywhere(ctx); ok && err == nil {
					switched = true
					cancel()
				}
				return nil // the refusal itself is told by the parts
			}})
		}
	}
	err := sources.Run(ctx, &board, parts...)
	cancel()
	wg.Wait()
	if switched {
		return nil
	}
	return err
}

// everywhere asks whether pods may be listed in all namespaces. A server that does not answer such questions is simply asked for
// the list.
func (s *Source) everywhere(ctx context.Context) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, s.opts.Timeout)
	defer cancel()
	ok, err := s.api.mayI(ctx, "list", "", "pods", "", "")
	if err == nil {
		return ok, nil
	}
	err = s.fault("ask for access to", "pods", err)
	switch transport.FaultOf(err).Class {
	case transport.ClassForbidden, transport.ClassNotFound, transport.ClassRequest:
		return true, nil
	}
	return false, err
}

// relay passes a poke on to the polls and to every feed.
func (r *run) relay(ctx context.Context, poke chan<- struct{}) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-r.b.Poke:
			select {
			case poke <- struct{}{}:
			default:
			}
			r.ringAll()
		}
	}
}

func (r *run) each(do func(*feed)) {
	r.mu.Lock()
	var all []*feed
	for f := range r.feeds {
		all = append(all, f)
	}
	r.mu.Unlock()
	for _, f := range all {
		do(f)
	}
}

func (r *run) ringAll() { r.each((*feed).ring) }

// relist makes every feed list again: a namespace became ours whose objects were turned away.
func (r *run) relist() {
	go r.each(func(f *feed) { // not under the shelves' lock, which the caller holds
		if f.k.resource != "namespaces" {
			f.restart(true)
		}
	})
}

// writer shelves what the feeds noted, some time after the first note, so that what comes together is written together. A cluster in which
// nothing happens wakes nobody.
func (r *run) writer(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-r.shelves.moved:
		}
		gather := time.NewTimer(r.paced(writeEvery))
		select {
		case <-ctx.Done():
			gather.Stop()
			return
		case <-gather.C:
			r.shelves.write(r.b.Store, r.s.Name())
		}
	}
}

func (r *run) streams() bool { return !r.refused.Load() }
func (r *run) noStreams()    { r.refused.Store(true) }

func (r *run) start(ctx context.Context, wg *sync.WaitGroup, k *kind, namespace string) {
	f := newFeed(r, k, namespace)
	r.mu.Lock()
	r.feeds[f] = errWaiting
	r.mu.Unlock()
	wg.Go(func() {
		f.loop(ctx)
		r.mu.Lock()
		delete(r.feeds, f)
		r.mu.Unlock()
	})
}

// report tells the health how a kind fares. Where namespaces are read one by one, a kind works when it works in one of them.
func (r *run) report(f *feed, err error) {
	r.mu.Lock()
	r.feeds[f] = err
	told := err
	if err != nil {
		for other, fares := range r.feeds {
			if other.k.part == f.k.part && other != f && fares == nil {
				told = nil
			}
		}
	}
	r.mu.Unlock()
	if told != nil {
		r.b.Health.Fail(f.k.part, told)
	} else {
		r.b.Health.OK(f.k.part)
	}
	if f.namespace == "" {
		return
	}
	name := f.k.part + " in " + f.namespace
	if err != nil && told == nil {
		r.b.Health.Fail(name, err)
	} else {
		r.b.Health.Forget(name)
	}
}

// suspect asks whether the apiserver is still there: what cuts every watch lets each be opened again, which looks like health.
func (r *run) suspect() {
	r.mu.Lock()
	early := !r.doubts.IsZero() && time.Since(r.doubts) < r.paced(doubtGap)
	if !early {
		r.doubts = time.Now()
	}
	r.mu.Unlock()
	if early {
		return
	}
	select {
	case r.doubt <- struct{}{}:
	default:
	}
}

// absent notes a kind that this cluster does not have, which is nobody's problem.
func (r *run) absent(f *feed) { r.b.Health.Forget(f.k.part) }

// version asks whether the apiserver answers. When it does again after a failure, watches are opened anew: theirs may be lost
// connections that nobody closed.
func (r *run) version(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, min(versionLimit, r.s.opts.Timeout))
	defer cancel()
	v, err := r.s.api.serverVersion(ctx)
	r.mu.Lock()
	back := err == nil && r.failed
	r.failed = err != nil
	r.mu.Unlock()
	if err != nil {
		return r.s.fault("get", "/version", err)
	}
	r.b.Health.Set(func(h *platform.SourceHealth) { h.Version = v })
	if back {
		r.each(func(f *feed) { f.restart(false) })
	}
	return nil
}

// scopes keeps feeds for the namespaces that may be read one by one.
func (r *run) scopes(ctx context.Context, wg *sync.WaitGroup) {
	type open struct{ stop context.CancelFunc }
	running := map[string]open{}
	changed, forget := r.b.Interest.Changed()
	defer forget()
	tick := time.NewTicker(max(r.paced(scopesEvery), time.Millisecond))
	defer tick.Stop()
	for {
		want := r.namespaces()
		r.shelves.restrict(want)
		for ns, o := range running {
			if !slices.Contains(want, ns) {
				o.stop()
				delete(running, ns)
			}
		}
		for _, ns := range want {
			if _, on := running[ns]; on {
				continue
			}
			mine, stop := context.WithCancel(ctx)
			running[ns] = open{stop}
			for _, k := range kinds(r.s.opts.Name) {
				if k.resource != "namespaces" {
					r.start(mine, wg, k, ns)
				}
			}
		}
		if len(want) == 0 {
			r.b.Health.Fail("pods", &transport.Fault{Class: transport.ClassForbidden, Source: r.s.Name(), Method: "list", URL: "pods",
				Message: "not allowed in all namespaces, and no namespace of the platform is known on this cluster"})
		}
		select {
		case <-ctx.Done():
			for _, o := range running {
				o.stop()
			}
			return
		case <-tick.C:
		case <-changed:
		}
	}
}

// namespaces lists what to read one by one: those configured, else those of the console's environments on this cluster, what is in
// view first.
func (r *run) namespaces() []string {
	if r.s.opts.restricted() {
		return r.s.opts.Namespaces
	}
	all := consoleNamespaces(r.b.Store.Current(), r.s.opts.Name)
	var out []string
	for _, scope := range r.b.Interest.Wanted() {
		if slices.Contains(all, scope) {
			out = append(out, scope)
		}
	}
	for _, ns := range all {
		if len(out) >= maxNamespaces {
			break
		}
		if !slices.Contains(out, ns) {
			out = append(out, ns)
		}
	}
	return out[:min(len(out), maxNamespaces)]
}

func consoleNamespaces(snap *store.Snapshot, cluster string) []string {
	ids := map[string]bool{}
	for shelf := range store.Clusters.All(snap) {
		for _, c := range shelf.Items {
			if c.Label == cluster {
				ids[c.ID] = true
			}
		}
	}
	var out []string
	for shelf := range store.Environments.All(snap) {
		for _, e := range shelf.Items {
			if ids[e.ClusterID] {
				if name := platform.NamespaceName(e.ID, e.ProjectID); name != "" {
					out = append(out, name)
				}
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
