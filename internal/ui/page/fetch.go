package page

import (
	"context"
	"fmt"
	"sync"
)

// Fetch is what a page asks by itself when it opens or when what it shows moved, where an [intent.Ask] needs a key. Work runs off the loop;
// what is to be done with its answer runs on the loop, in Woke. A page with one is a [Waker], a [Closer] and a [Holder] by delegation:
//
//	func (p *Page) Wake() <-chan struct{} { return p.fetch.Wake() }
//	func (p *Page) Woke() bool            { return p.fetch.Woke() }
//	func (p *Page) Holds() bool           { return p.fetch.Busy("") }
//	func (p *Page) Close()                { p.fetch.Close() }
//
// Everything but the work is called on the loop.
type Fetch struct {
	ctx  context.Context //nolint:containedctx // the session's, for work that outlives a call
	bell chan struct{}

	mu   sync.Mutex
	open map[string]*errand
	done []*errand
}

type errand struct {
	topic string
	stop  context.CancelFunc
	value any
	err   error
	then  func(any, error)
}

// NewFetch returns one that works as long as ctx lives; nil is a context that never ends.
func NewFetch(ctx context.Context) *Fetch { return FetchOn(ctx, make(chan struct{}, 1)) }

// FetchOn is NewFetch for a page that has a bell already; its capacity is 1.
func FetchOn(ctx context.Context, bell chan struct{}) *Fetch {
	if ctx == nil {
		ctx = context.Background()
	}
	return &Fetch{ctx: ctx, bell: bell, open: map[string]*errand{}}
}

// Ask starts work under a topic; what ran under it before is given up, its answer never comes. then receives the answer on the loop.
func (f *Fetch) Ask(topic string, work func(context.Context) (any, error), then func(value any, err error)) {
	f.Stop(topic)
	ctx, stop := context.WithCancel(f.ctx)
	e := &errand{topic: topic, stop: stop, then: then}
	f.mu.Lock()
	f.open[topic] = e
	f.mu.Unlock()
	go func() {
		defer stop()
		e.value, e.err = sheltered(ctx, work)
		f.mu.Lock()
		if f.open[topic] == e {
			f.done = append(f.done, e)
		}
		f.mu.Unlock()
		select {
		case f.bell <- struct{}{}:
		default:
		}
	}()
}

// sheltered turns a panic into an error: one answer that cannot be shown must not end the program.
func sheltered(ctx context.Context, work func(context.Context) (any, error)) (v any, err error) {
	defer func() {
		if x := recover(); x != nil {
			err = fmt.Errorf("internal error: %v", x)
		}
	}()
	return work(ctx)
}

// Stop gives up what runs under a topic.
func (f *Fetch) Stop(topic string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if e := f.open[topic]; e != nil {
		e.stop()
		delete(f.open, topic)
	}
}

// Busy reports whether an answer is awaited under a topic, or under any for "".
func (f *Fetch) Busy(topic string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if topic == "" {
		return len(f.open) > 0
	}
	return f.open[topic] != nil
}

// Wake is the bell: it rings when an answer is there.
func (f *Fetch) Wake() <-chan struct{} { return f.bell }

// Woke delivers the answers that are there and reports whether there was one.
func (f *Fetch) Woke() bool {
	f.mu.Lock()
	all := f.done
	f.done = nil
	var mine []*errand
	for _, e := range all {
		if f.open[e.topic] == e { // not given up meanwhile
			delete(f.open, e.topic)
			mine = append(mine, e)
		}
	}
	f.mu.Unlock()
	for _, e := range mine {
		e.then(e.value, e.err)
	}
	return len(mine) > 0
}

// Close gives up everything. More may be asked afterwards.
func (f *Fetch) Close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, e := range f.open {
		e.stop()
	}
	clear(f.open)
	f.done = nil
}
