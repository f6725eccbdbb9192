package sourcetest

import (
	"context"
	"net/http"
	"sync"
	"time"

	"dsotop/demo/fault"
	"dsotop/internal/platform"
)

// maxBody is the largest answer a source under test accepts.
const maxBody = 4 << 20

// weather is a fault with the words that are right for it.
type weather struct {
	name  string
	fault fault.Fault
	live  []platform.State // of a source that had facts
	cold  []platform.State // of one that never had any
	start bool             // worth a start of its own
}

func faults() []weather {
	one := func(s ...platform.State) []platform.State { return s }
	// A body may be found broken by us or by a vendor client: cut or malformed, both are right.
	broken := one(platform.StateStale, platform.StateUnreachable)
	away := one(platform.StateUnreachable)
	refused, forbidden := one(platform.StateUnauthorised), one(platform.StateForbidden)
	return []weather{
		{"unauthorised", fault.Fault{Mode: fault.Unauthorised}, refused, refused, true},
		{"login page", fault.Fault{Mode: fault.Login}, refused, refused, false},
		{"forbidden", fault.Fault{Mode: fault.Forbidden}, forbidden, forbidden, true},
		{"rate limited", fault.Fault{Mode: fault.RateLimited, For: time.Second}, one(platform.StateStale), away, false},
		{"server error", fault.Fault{Mode: fault.ServerError}, one(platform.StateStale), away, true},
		{"bad gateway", fault.Fault{Mode: fault.BadGateway}, away, away, true},
		{"gateway timeout", fault.Fault{Mode: fault.Timeout}, away, away, false},
		{"slow", fault.Fault{Mode: fault.Stall}, away, away, false},
		{"down", fault.Fault{Mode: fault.Down}, away, away, true},
		{"connection dropped", fault.Fault{Mode: fault.Drop}, away, away, false},
		{"cut answer", fault.Fault{Mode: fault.Cut}, broken, broken, false},
		{"half-closed", fault.Fault{Mode: fault.HalfClose}, broken, broken, false},
		{"malformed", fault.Fault{Mode: fault.Garbage}, broken, broken, true},
		{"corrupt", fault.Fault{Mode: fault.Corrupt}, broken, broken, false},
		{"page for browsers", fault.Fault{Mode: fault.Page}, broken, broken, false},
		{"empty", fault.Fault{Mode: fault.Empty}, broken, broken, false},
		{"huge", fault.Fault{Mode: fault.Huge}, broken, broken, false},
	}
}

func faultNamed(name string) weather {
	for _, f := range faults() {
		if f.name == name {
			return f
		}
	}
	panic("no fault " + name)
}

// asked keeps when the face was asked.
type asked struct {
	limited chan struct{} // closed by the first 429 of once
	bell    chan struct{}

	mu    sync.Mutex
	times []time.Time
	first time.Time // of the first 429
}

func newAsked() *asked { return &asked{limited: make(chan struct{}), bell: make(chan struct{}, 1)} }

func (a *asked) note(*http.Request) {
	a.mu.Lock()
	a.times = append(a.times, time.Now())
	a.mu.Unlock()
	select {
	case a.bell <- struct{}{}:
	default:
	}
}

// reset forgets the requests seen and says how many there were.
func (a *asked) reset() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	n := len(a.times)
	a.times = nil
	return n
}

// between counts the requests that came so long after the first 429.
func (a *asked) between(from, to time.Duration) (n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, at := range a.times {
		if d := at.Sub(a.first); d > from && d < to {
			n++
		}
	}
	return n
}

// wait waits for a request.
func (a *asked) wait(ctx context.Context) bool {
	select {
	case <-a.bell:
		return true
	case <-ctx.Done():
		return false
	}
}

// once lets the first request meet a fault and leaves the others to the face.
func (a *asked) once(f fault.Fault) func(*http.Request) fault.Fault {
	return func(*http.Request) fault.Fault {
		a.mu.Lock()
		defer a.mu.Unlock()
		if !a.first.IsZero() {
			return fault.Fault{}
		}
		a.first = time.Now()
		close(a.limited)
		return f
	}
}
