package sources

import (
	"fmt"
	"reflect"
	"slices"
	"sync"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/sources/transport"
	"dsotop/internal/store"
)

// Health is a source's voice about itself. It gathers what its parts report and publishes the whole in store.Health, scope "",
// under the source's name: at once when something a person would notice changes, every minute when only counters move.
// It is safe for concurrent use.
type Health struct {
	store *store.Store
	clock func() time.Time

	mu        sync.Mutex
	h         platform.SourceHealth
	parts     map[string]*part
	meters    []Meter
	published platform.SourceHealth
	at        time.Time
}

// Meter is something that counts calls: a *transport.Client.
type Meter interface{ Stats() transport.Stats }

// part is one thing a source reads.
type part struct {
	essential bool
	every     time.Duration // 0: its silence means nothing
	ok        time.Time     // last success; zero: never
	err       error         // of the last look; nil: fine
	note      string        // replaces the error's own words
	state     platform.State
	since     time.Time
	next      time.Time
	pending   int // scopes of a sweep that were never read
}

// partRun is the part of the source as a whole: it fails when Run returns, and is forgotten with the first success.
const partRun = "source"

// counterGap is the least time between two publications that only move counters.
const counterGap = time.Minute

// skewStep is the least change of a skew that is told.
const skewStep = 250 * time.Millisecond

// NewHealth makes the voice of one source instance and publishes that it is starting. clock is the time of facts.
func NewHealth(st *store.Store, src Source, clock func() time.Time) *Health {
	if clock == nil {
		clock = time.Now
	}
	h := &Health{store: st, clock: clock, parts: map[string]*part{}}
	h.h = platform.SourceHealth{Name: src.Name(), Kind: src.Kind(), URL: src.URL(), State: platform.StateStarting, Since: clock()}
	h.change(func(time.Time) {})
	return h
}

// Declare announces a part before it reports. The source is live when every essential part is; a part that is not essential
// only shows as a problem. every is the period after three of which silence means stale; 0 when it only speaks on change.
// Without any essential part, the source is live as long as one part is.
func (h *Health) Declare(name string, essential bool, every time.Duration) {
	h.change(func(time.Time) {
		p := h.part(name)
		p.essential, p.every = essential, every
	})
}

// Meter adds calls, bytes and latency of a client to the health.
func (h *Health) Meter(m Meter) {
	h.change(func(time.Time) {
		if !slices.Contains(h.meters, m) {
			h.meters = append(h.meters, m)
		}
	})
}

// losses are the bells of those meters that notice when their system goes away between two calls.
func (h *Health) losses() []<-chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []<-chan struct{}
	for _, m := range h.meters {
		if l, ok := m.(interface{ Lost() <-chan struct{} }); ok {
			out = append(out, l.Lost())
		}
	}
	return out
}

// OK reports that a part was read.
func (h *Health) OK(name string) {
	h.change(func(now time.Time) {
		p := h.part(name)
		p.ok, p.err, p.note, p.next = now, nil, "", time.Time{}
		delete(h.parts, partRun)
	})
}

// Fail reports that a part could not be read. Being cancelled is no failure.
func (h *Health) Fail(name string, err error) { h.fail(name, err, time.Time{}) }

func (h *Health) fail(name string, err error, next time.Time) {
	if err == nil || transport.FaultOf(err).Class == transport.ClassCanceled {
		return
	}
	h.change(func(now time.Time) { h.part(name).failed(err, "", next, now) })
}

// partial reports a part that works for some scopes and not for others.
func (h *Health) partial(name string, err error, failing, total int) {
	h.change(func(now time.Time) {
		p := h.part(name)
		p.failed(err, fmt.Sprintf("%d of %d: %s", failing, total, detailOf(err)), time.Time{}, now)
		p.ok = now
	})
}

// pending reports how many scopes of a part were never read.
func (h *Health) pending(name string, scopes int) {
	h.mu.Lock()
	same := h.parts[name] != nil && h.parts[name].pending == scopes
	h.mu.Unlock()
	if !same {
		h.change(func(time.Time) { h.part(name).pending = scopes })
	}
}

func (p *part) failed(err error, note string, next, now time.Time) {
	state := stateOf(err, !p.ok.IsZero())
	if p.err == nil || p.state != state {
		p.since = now
	}
	p.err, p.note, p.state, p.next = err, note, state, next
}

// Forget drops a part that is no longer read.
func (h *Health) Forget(name string) { h.change(func(time.Time) { delete(h.parts, name) }) }

// Set changes what the parts do not tell: version, identity, rights, expiry. What Set writes into state, detail, remedy,
// problems, times and counters is overwritten by what the parts say. Slices given must not be changed afterwards.
func (h *Health) Set(write func(*platform.SourceHealth)) {
	h.change(func(time.Time) { write(&h.h) })
}

// Now returns the health as it is, published or not.
func (h *Health) Now() platform.SourceHealth {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := h.h
	out.Rights, out.Problems = slices.Clone(out.Rights), slices.Clone(out.Problems)
	return out
}

// tick lets silence be noticed and counters be seen.
func (h *Health) tick() { h.change(func(time.Time) {}) }

func (h *Health) part(name string) *part {
	p := h.parts[name]
	if p == nil {
		p = &part{essential: name == partRun}
		h.parts[name] = p
	}
	return p
}

func (h *Health) change(write func(now time.Time)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.clock()
	write(now)
	h.judge(now)
	h.publish(now)
}

// judge computes the state from the parts.
func (h *Health) judge(now time.Time) {
	names := make([]string, 0, len(h.parts))
	essential := false
	for name, p := range h.parts {
		names = append(names, name)
		essential = essential || p.essential
	}
	for _, p := range h.parts { // others may be well with nothing to read
		if (p.essential || !essential) && p.ok.After(h.h.LastSuccess) {
			h.h.LastSuccess = p.ok
		}
	}
	slices.Sort(names)

	state, worst := platform.StateLive, ""
	waiting, fine := false, 0
	for _, name := range names {
		p := h.parts[name]
		if essential && !p.essential {
			continue
		}
		switch s := p.now(now); {
		case s == platform.StateLive:
			fine++
		case s == platform.StateStarting:
			waiting = true
		case worst == "" || rank(s) > rank(state):
			state, worst = s, name
		}
	}
	switch {
	case !essential && fine > 0:
		state, worst = platform.StateLive, ""
	case worst == "" && (waiting || fine == 0):
		state = platform.StateStarting
		if h.h.State == platform.StateLive { // a further part was announced while the rest works
			state = platform.StateLive
		}
	}
	h.say(state, worst, now)

	h.h.Problems, h.h.Pending = nil, 0
	for _, name := range names {
		p := h.parts[name]
		h.h.Pending += p.pending
		if p.essential && p.err == nil && p.ok.IsZero() {
			h.h.Pending++
		}
		if name == worst || p.err == nil {
			continue
		}
		detail := p.note
		if detail == "" {
			detail = detailOf(p.err)
		}
		h.h.Problems = append(h.h.Problems, platform.Problem{Part: name, State: p.state, Detail: detail, Since: p.since})
	}
	slices.SortStableFunc(h.h.Problems, func(a, b platform.Problem) int { return a.Since.Compare(b.Since) })
}

// say sets state and its explanation from the part that decides, "" for none.
func (h *Health) say(state platform.State, worst string, now time.Time) {
	if h.h.State != state {
		h.h.State, h.h.Since = state, now
	}
	h.h.Detail, h.h.Remedy, h.h.NextRetry = "", platform.RemedyNone, time.Time{}
	p := h.parts[worst]
	if p == nil {
		return
	}
	h.h.NextRetry = p.next
	if p.err == nil {
		h.h.Detail, h.h.Remedy = fmt.Sprintf("%s: no news for more than %s", worst, 3*p.every), platform.RemedyWait
		return
	}
	h.h.Detail, h.h.Remedy = detailOf(p.err), remedyOf(p.err, !p.ok.IsZero())
	if p.note != "" {
		h.h.Detail = p.note
	}
}

func (p *part) now(now time.Time) platform.State {
	switch {
	case p.err != nil:
		return p.state
	case p.ok.IsZero():
		return platform.StateStarting
	case p.every > 0 && now.Sub(p.ok) > 3*p.every:
		return platform.StateStale
	}
	return platform.StateLive
}

// rank orders bad states by how much a person must do.
func rank(s platform.State) int {
	return slices.Index([]platform.State{platform.StateLive, platform.StateStale, platform.StateUnreachable, platform.StateForbidden, platform.StateUnauthorised}, s)
}

// publish writes the health into the store when it is worth waking readers.
func (h *Health) publish(now time.Time) {
	h.h.Calls, h.h.Bytes, h.h.Latency = 0, 0, 0
	var skew time.Duration
	for _, m := range h.meters {
		s := m.Stats()
		h.h.Calls += s.Calls
		h.h.Bytes += s.Bytes
		h.h.Latency = max(h.h.Latency, s.Latency)
		if s.Skew.Abs() > skew.Abs() {
			skew = s.Skew
		}
	}
	if (skew - h.h.Skew).Abs() > skewStep { // what answers teach bit by bit is no news
		h.h.Skew = skew
	}
	if reflect.DeepEqual(h.h, h.published) {
		return
	}
	if !h.at.IsZero() && now.Sub(h.at) < counterGap && reflect.DeepEqual(quiet(h.h), quiet(h.published)) {
		return
	}
	item := h.h
	item.Rights = slices.Clone(item.Rights)
	h.published, h.at = item, now
	h.store.Apply(func(tx *store.Tx) { store.Health.Put(tx, item.Name, "", []platform.SourceHealth{item}) })
}

// quiet is a health without what moves by itself.
func quiet(h platform.SourceHealth) platform.SourceHealth {
	h.Calls, h.Bytes, h.Latency, h.LastSuccess, h.Pending = 0, 0, 0, time.Time{}, min(h.Pending, 1)
	return h
}
