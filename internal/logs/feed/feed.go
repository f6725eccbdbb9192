package feed

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"dsotop/internal/logs"
	"dsotop/internal/logs/lines"
	"dsotop/internal/platform"
)

// Options say what a feed fills its store with.
type Options struct {
	Reach   logs.Reach
	Subject logs.Subject
	Store   *lines.Store
	Mode    Mode
	// Page is how many lines one loading asks for; 0: 1,000.
	Page int
	// Clock is the time of the systems; nil is time.Now.
	Clock func() time.Time
}

// State is the condition of a feed.
type State struct {
	Origins []OriginState // sorted by source
	// Loaded reports that something was answered: an empty store is then really empty.
	Loaded    bool
	Following bool // the newest lines are held and come by themselves
	// Older, Newer and Jumping say what is being read.
	Older, Newer, Jumping bool
	// Failed is why the last reading of history failed; its State is "" when it did not.
	Failed platform.SourceHealth
	// Start is set when nothing older can be had: NoticeRetention (the history keeps no more) or NoticeStart (there is no more).
	Start logs.NoticeKind
	// Backlog tells how far back lines are complete, nanoseconds.
	Backlog int64
	// Received and Doubles count lines as origins gave them, and those of them that were held already.
	Received, Doubles int64
}

// Feed keeps a store filled with the lines of a subject while a person moves through them. Its methods return at once and are safe for
// concurrent use.
type Feed struct {
	o       Options
	ctx     context.Context //nolint:containedctx // a feed is work that outlives calls
	stop    context.CancelFunc
	running sync.WaitGroup
	changed chan struct{}

	mu       sync.Mutex
	cover    cover
	gaps     map[span]lines.ID
	follows  context.CancelFunc // ends following, nil while not
	origins  map[string]OriginState
	state    State
	next     int64 // where to jump once a jump that is under way has come; 0: nowhere
	evicted  lines.Evicted
	received int64
	doubles  int64
}

// Open starts filling the store: around the subject's time when it has one, otherwise with the newest lines, which are then followed.
// Close ends it.
func Open(ctx context.Context, o Options) *Feed {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Page <= 0 {
		o.Page = 1_000
	}
	ctx, stop := context.WithCancel(ctx)
	f := &Feed{o: o, ctx: ctx, stop: stop, changed: make(chan struct{}, 1), gaps: map[span]lines.ID{}, origins: map[string]OriginState{}}
	if o.Subject.At != 0 && o.Reach.History != nil {
		f.Jump(o.Subject.At)
	} else {
		f.Follow()
	}
	return f
}

// Close ends the feed and waits for it.
func (f *Feed) Close() {
	f.stop()
	f.running.Wait()
}

// Changed is a bell that rings after something changed.
func (f *Feed) Changed() <-chan struct{} { return f.changed }

// Store is where the lines are.
func (f *Feed) Store() *lines.Store { return f.o.Store }

// State is the present condition.
func (f *Feed) State() State {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := f.state
	s.Following = f.follows != nil
	s.Origins = slices.SortedFunc(maps.Values(f.origins), func(a, b OriginState) int { return cmp.Compare(a.Source, b.Source) })
	s.Received, s.Doubles = f.received, f.doubles
	if len(f.cover) > 0 {
		s.Backlog = f.cover[len(f.cover)-1].from
	}
	return s
}

// Held is a time of which every line that could be had is held: From ≤ t < To.
type Held struct{ From, To int64 }

// Held returns the piece of time around an instant, or the nearest to it, of which everything is held; ok is false while nothing is.
func (f *Feed) Held(at int64) (h Held, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	i, ok := f.cover.around(at)
	if !ok {
		return Held{}, false
	}
	return Held{f.cover[i].from, f.cover[i].to}, true
}

func (f *Feed) now() int64 { return f.o.Clock().UnixNano() }

// change alters the state under the lock and rings.
func (f *Feed) change(write func(*State)) {
	f.mu.Lock()
	write(&f.state)
	f.mu.Unlock()
	ring(f.changed)
}

// begin marks a kind of reading as under way; false when it is already.
func (f *Feed) begin(flag func(*State) *bool) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if b := flag(&f.state); !*b {
		*b = true
		return true
	}
	return false
}

func (f *Feed) end(flag func(*State) *bool) { f.change(func(s *State) { *flag(s) = false }) }

func older(s *State) *bool   { return &s.Older }
func newer(s *State) *bool   { return &s.Newer }
func jumping(s *State) *bool { return &s.Jumping }

// add puts lines into the store that are not there yet, and says how many were new. The lock is not held.
func (f *Feed) add(ls []logs.Line, checked bool) (fresh int) {
	if len(ls) == 0 {
		return 0
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	given := len(ls)
	if !checked {
		ls = f.unheld(ls)
	}
	f.received += int64(given)
	f.doubles += int64(given - len(ls))
	f.state.Loaded = true
	f.o.Store.Add(ls)
	f.clip()
	return len(ls)
}

// unheld leaves out what the store holds already, of whatever origin; ls is not empty.
func (f *Feed) unheld(ls []logs.Line) []logs.Line {
	from, to := ls[0].At, ls[0].At
	for i := range ls {
		from, to = min(from, ls[i].At), max(to, ls[i].At)
	}
	known := newSeen(remembered)
	n := 0
	for it := range f.o.Store.Between(from-tolerance, to+tolerance+1) {
		if it.Notice == nil {
			known.fresh(&logs.Line{At: it.At, Stream: it.Stream, Text: it.Text}, 0)
			n++
		}
	}
	if n == 0 {
		return ls
	}
	out := make([]logs.Line, 0, len(ls))
	for i := range ls {
		if isNew, _ := known.fresh(&ls[i], 1); isNew {
			out = append(out, ls[i])
		}
	}
	return out
}

// clip takes out of the cover what the store let go for want of memory. The lock is held.
func (f *Feed) clip() {
	st := f.o.Store.Stat()
	if st.Evicted == f.evicted {
		return
	}
	if st.Evicted.Old != f.evicted.Old {
		f.cover = f.cover.without(span{0, st.First})
		f.state.Start = 0
	}
	if st.Evicted.New != f.evicted.New {
		f.cover = f.cover.without(span{st.Last + 1, forever})
		if f.follows != nil {
			f.follows()
			f.follows = nil
		}
	}
	f.evicted = st.Evicted
	f.showGaps()
}

// hold adds a span to the cover. The lock is not held.
func (f *Feed) hold(s span) {
	f.mu.Lock()
	f.cover = f.cover.with(s)
	f.showGaps()
	f.mu.Unlock()
	ring(f.changed)
}

// showGaps keeps a notice in every gap of the cover. The lock is held.
func (f *Feed) showGaps() {
	want := map[span]bool{}
	for _, g := range f.cover.gaps() {
		want[g] = true
		if _, ok := f.gaps[g]; !ok {
			f.gaps[g] = f.o.Store.Note(logs.Notice{Kind: logs.NoticeGap, At: g.from, From: g.from, To: g.to, Count: -1, Origin: logs.OriginLoki})
		}
	}
	for g, id := range f.gaps {
		if !want[g] {
			f.o.Store.Drop(id)
			delete(f.gaps, g)
		}
	}
}
