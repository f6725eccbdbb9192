// Package engine is one process's knowledge: the store, the sources that fill it, the joined view and the last known state on
// disk. Sessions attach to it and read; it never waits for them.
package engine

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"dsotop/internal/actions"
	"dsotop/internal/config"
	"dsotop/internal/fleet"
	"dsotop/internal/notes"
	"dsotop/internal/onboarding"
	"dsotop/internal/platform"
	"dsotop/internal/platform/findings"
	"dsotop/internal/runbook"
	"dsotop/internal/sources"
	"dsotop/internal/store"
)

// Options say what to watch.
type Options struct {
	Profile config.Profile
	// StateFile is where the last known state is kept between runs; "" keeps none.
	StateFile string
	// ReadState keeps the file as it is: for a command that asks some of the sources only.
	ReadState bool
	// Notes is where it is noted which findings come and go; nil keeps it in memory.
	Notes *notes.Book
	// Ledgers is the folder of what people write of the onboarding; nil is none.
	Ledgers *onboarding.Folder
	// Hand says what may be done; the zero value may do nothing.
	Hand HandOptions
	// Runs say where runbooks come from and where their runs are kept.
	Runs    RunOptions
	Version string // of dsotop, for the header and the user agent
	Log     *slog.Logger
	Clock   func() time.Time // nil is time.Now
	// Pace divides every period and back-off of the sources; 0 is 1. Tests use more.
	Pace float64
}

// Engine is safe for concurrent use once started.
type Engine struct {
	opts     Options
	store    *store.Store
	interest *store.Interest
	fleet    *fleet.Fleet
	pokes    *bells
	stop     context.CancelFunc
	running  sync.WaitGroup
	setAside string
	notes    *notes.Book
	boards   *onboarding.Boards
	hand     *actions.Hand
	runs     *runbook.Desk
	lastLook atomic.Pointer[time.Time]

	mu      sync.Mutex
	sources []sources.Source // configured ones first, then those discovered
}

// New builds every configured source; nothing is called until Start. Errors name what cannot be built, all at once.
func New(o Options) (*Engine, error) {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Pace == 0 {
		o.Pace = 1
	}
	built, err := build(o.Profile, o)
	if err != nil {
		return nil, err
	}
	if o.Notes == nil {
		o.Notes = notes.Open("")
	}
	if o.Ledgers == nil {
		o.Ledgers = onboarding.Open("")
	}
	configured, tenants := map[string]bool{}, map[string]bool{}
	for _, s := range o.Profile.Sources {
		configured[s.Kind] = true
		tenants[s.Kind] = tenants[s.Kind] || s.Tenant.ID == sources.TenantAuto
	}
	e := &Engine{
		opts: o, sources: built, notes: o.Notes, boards: onboarding.NewBoards(),
		store: store.New(o.Clock), interest: store.NewInterest(), pokes: newBells(),
		fleet: fleet.New(fleet.Options{Rules: findings.All(), Configured: configured, Tenants: tenants}),
	}
	if e.hand, err = newHand(e); err != nil {
		return nil, err
	}
	e.runs = newRuns(e)
	return e, nil
}

// Start reads the last known state and starts every source. It returns at once; Close ends everything.
func (e *Engine) Start(ctx context.Context) {
	ctx, e.stop = context.WithCancel(ctx)
	e.readState()
	e.mu.Lock()
	configured := slices.Clone(e.sources)
	e.mu.Unlock()
	e.start(ctx, configured)
	for _, s := range e.opts.Profile.Sources {
		if s.Discover {
			e.running.Go(func() { e.discover(ctx, s) })
		}
	}
	e.running.Go(func() { e.observe(ctx) })
	e.serveSinks(ctx)
	e.running.Go(func() { e.opts.Ledgers.Run(ctx) })
	if e.opts.StateFile != "" && !e.opts.ReadState {
		e.running.Go(func() { e.keepState(ctx) })
	}
}

func (e *Engine) run(ctx context.Context, s sources.Source) {
	bell, silence := e.pokes.add()
	e.running.Go(func() {
		defer silence()
		sources.Keep(ctx, s, sources.Ground{Store: e.store, Interest: e.interest, Clock: e.opts.Clock, Log: e.opts.Log.With("source", s.Name()), Pace: e.opts.Pace}, bell)
	})
}

// SetAside is where a last known state that could not be used was put at the start; "" when there was none.
func (e *Engine) SetAside() string { return e.setAside }

// closeTime is how long sources get to end: one that does not heed its context must not keep a person who leaves.
const closeTime = 3 * time.Second

// Close stops the sources and writes the last known state. What has not ended after three seconds is left, and the log says so.
func (e *Engine) Close() {
	if e.stop == nil {
		return
	}
	stop := e.stop
	e.stop = nil
	defer stop()
	left, cancel := context.WithCancel(context.Background())
	cancel() // who wants deeds to end first closes the hand before
	stopped := make(chan struct{})
	go func() {
		e.runs.Close()
		_ = e.hand.Close(left)
		stop()
		e.running.Wait()
		close(stopped)
	}()
	select {
	case <-stopped:
	case <-time.After(closeTime):
		e.opts.Log.Warn("left before every source had ended", "after", closeTime)
	}
}

// View returns the newest joined view; it is memoised and cheap when nothing changed.
func (e *Engine) View() *fleet.View { return e.fleet.View(e.store.Current(), e.opts.Clock()) }

// farGap is the least time between two rings for what nobody looks at.
const farGap = time.Second

// Subscribe returns a bell that rings when the store changed: at most once per gap for what is in view or belongs to no project, once a
// second for the rest, as long as somebody looks at anything.
func (e *Engine) Subscribe(gap time.Duration) *store.Sub {
	return e.store.SubscribeNear(gap, max(gap, farGap), e.near)
}

func (e *Engine) near(scope string) bool {
	if scope == "" || strings.HasPrefix(scope, store.SlugScope) || e.interest.Near(scope) {
		return true
	}
	_, project, ok := platform.ParseNamespace(scope)
	return ok && e.interest.Near(project)
}

// Look says what a session has in view, so that details of it are read first. nil ends the session's interest.
func (e *Engine) Look(session any, scopes []string) { e.interest.Set(session, e.slugged(scopes)) }

// slugged adds, as long as no console told the ids of projects, the scopes under which what knows only their slugs keeps theirs.
func (e *Engine) slugged(scopes []string) []string {
	if len(scopes) == 0 || store.SlugsOf(e.store.Current()).Known() {
		return scopes
	}
	v, out := e.View(), slices.Clone(scopes)
	for _, scope := range scopes {
		if row, ok := v.Project(scope); ok && row.Dossier.Project.Slug != "" {
			out = append(out, store.ScopeOfSlug(row.Dossier.Project.Slug))
		}
	}
	return out
}

// Refresh asks every source to look again now.
func (e *Engine) Refresh() { e.pokes.ring() }

// Now is the engine's clock.
func (e *Engine) Now() time.Time { return e.opts.Clock() }

// Profile is the name of the profile in force.
func (e *Engine) Profile() string { return e.opts.Profile.Name }

// ReadOnly reports whether nothing can be written to remote systems.
func (e *Engine) ReadOnly() bool { return !e.opts.Hand.Write }

// Version is dsotop's version.
func (e *Engine) Version() string { return e.opts.Version }

// Doctor asks every source, at the same time, to say once what it reaches. Sources found through the console are included when
// it can be asked for its zones.
func (e *Engine) Doctor(ctx context.Context) []platform.SourceHealth {
	e.mu.Lock()
	all := slices.Clone(e.sources)
	e.mu.Unlock()
	for _, s := range e.discovered(ctx) {
		if !slices.ContainsFunc(all, func(o sources.Source) bool { return o.Name() == s.Name() }) {
			all = append(all, s)
		}
	}
	out := make([]platform.SourceHealth, len(all))
	var wg sync.WaitGroup
	for i, s := range all {
		wg.Go(func() { out[i] = examine(ctx, s, e.opts.Clock(), e.patience()) })
	}
	wg.Wait()
	slices.SortStableFunc(out, func(a, b platform.SourceHealth) int {
		return slices.Index(config.Kinds(), a.Kind) - slices.Index(config.Kinds(), b.Kind)
	})
	return out
}

// bells are the sources' "look again" bells.
type bells struct {
	mu  sync.Mutex
	all map[chan struct{}]struct{}
}

func newBells() *bells { return &bells{all: map[chan struct{}]struct{}{}} }

func (b *bells) add() (bell <-chan struct{}, remove func()) {
	c := make(chan struct{}, 1)
	b.mu.Lock()
	b.all[c] = struct{}{}
	b.mu.Unlock()
	return c, func() { b.mu.Lock(); delete(b.all, c); b.mu.Unlock() }
}

func (b *bells) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for c := range b.all {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}
