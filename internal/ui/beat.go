package ui

import (
	"reflect"
	"sync"
	"time"
	"unsafe"

	tea "charm.land/bubbletea/v2"
)

// The toolkit looks sixty times a second whether there is something to send to the terminal, also when nothing happened for an hour. Each
// look wakes the process, and the search for work after each wake-up was the largest part of what it cost at rest.
const (
	beatAwake = time.Second / 120 // the toolkit's fastest: what a message changed is on its way within this
	beatCalm  = time.Second       // nothing should be waiting then: it is sent no later than this
	// beatStay is how long looks stay frequent after a message came, and after a frame was drawn for one. What a command sends comes as a
	// message of its own.
	beatStay = 40 * time.Millisecond
)

// beat makes the looks of the toolkit's renderer follow what happens. The zero value does nothing. It is safe for concurrent use.
type beat struct {
	mu   sync.Mutex
	find func() *time.Ticker // of the program that runs, asked once at its first message; nil: looks stay as they are

	ticks interface{ Reset(d time.Duration) } // nil: not taken over
	rest  *time.Timer                         // nil: calm
	last  time.Time                           // of the last message
	over  bool
}

func (b *beat) begin(ticks interface{ Reset(d time.Duration) }) {
	b.ticks, b.last = ticks, time.Now()
	b.ticks.Reset(beatAwake)
	b.rest = time.AfterFunc(beatStay, b.calm)
}

// stir is told of every message, before it is worked on, and of every frame, by the goroutine that runs the program.
func (b *beat) stir() {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.over:
	case b.ticks != nil:
		b.last = time.Now()
		if b.rest == nil {
			b.begin(b.ticks)
		}
	case b.find != nil:
		if t := b.find(); t != nil {
			b.begin(t)
		}
		b.find = nil
	}
}

// calm makes looks rare once no message came for a while.
func (b *beat) calm() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.over {
		return
	}
	if left := beatStay - time.Since(b.last); left > 0 {
		b.rest.Reset(left)
		return
	}
	b.rest = nil
	b.ticks.Reset(beatCalm)
}

// end leaves the looks as they are from now on.
func (b *beat) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.over = true
	if b.rest != nil {
		b.rest.Stop()
	}
}

// ticker is what makes a program's renderer look; nil as long as the program does not run. The toolkit has no way to ask for it, only for
// another pace before the start, for good. When its field is not what it was in v2.0.10, it is nil and the pace stays.
func ticker(p *tea.Program) *time.Ticker {
	field, ok := tickerField(p)
	if !ok {
		return nil
	}
	return *(**time.Ticker)(unsafe.Pointer(field.UnsafeAddr()))
}

func tickerField(p *tea.Program) (reflect.Value, bool) {
	field := reflect.ValueOf(p).Elem().FieldByName("ticker")
	return field, field.IsValid() && field.Type() == reflect.TypeFor[*time.Ticker]()
}
