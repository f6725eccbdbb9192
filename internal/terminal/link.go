package terminal

import (
	"math/rand/v2"
	"sync"
	"time"
)

// Link is what lies between the program and the terminal. The zero value is no distance at all.
type Link struct {
	Trip   time.Duration // there and back
	Spread time.Duration // of Trip, to both sides
	Rate   int           // bytes a second, each way; 0: no limit
	Loss   float64       // share of packets that have to be sent again
}

// BadLink is the budgets' worst link: 300 ms ± 100 there and back, 256 kbit/s, two packets in a hundred lost.
func BadLink() Link {
	return Link{Trip: 300 * time.Millisecond, Spread: 100 * time.Millisecond, Rate: 256_000 / 8, Loss: 0.02}
}

const (
	packet = 1400
	// inFlight is how much a link holds before it takes no more, as a window of TCP would.
	inFlight = 64 << 10
)

// wire is one direction of a link. Bytes come out in order, as over TCP: a packet that is late holds those behind it.
type wire struct {
	Link
	mu   sync.Mutex
	room *sync.Cond
	held int
	free time.Time // when the last byte will have been put on the line
	due  time.Time // when the last byte will arrive
	line chan parcel
	rnd  *rand.Rand
}

type parcel struct {
	data []byte
	due  time.Time
}

func newWire(l Link, out func([]byte)) *wire {
	w := &wire{Link: l, line: make(chan parcel, 4096), rnd: rand.New(rand.NewPCG(1, 2))}
	w.room = sync.NewCond(&w.mu)
	go func() {
		for p := range w.line {
			time.Sleep(time.Until(p.due))
			out(p.data)
			w.mu.Lock()
			w.held -= len(p.data)
			w.room.Broadcast()
			w.mu.Unlock()
		}
	}()
	return w
}

// put sends bytes on their way. It waits while the link holds too much.
func (w *wire) put(b []byte) {
	for len(b) > 0 {
		n := min(len(b), packet)
		data := append([]byte(nil), b[:n]...)
		b = b[n:]
		w.mu.Lock()
		for w.held > 0 && w.held+n > inFlight {
			w.room.Wait()
		}
		w.held += n
		now := time.Now()
		if w.free.Before(now) {
			w.free = now
		}
		if w.Rate > 0 {
			w.free = w.free.Add(time.Duration(n) * time.Second / time.Duration(w.Rate))
		}
		half := w.Trip/2 + time.Duration((w.rnd.Float64()-0.5)*float64(w.Spread))
		due := w.free.Add(half)
		if w.rnd.Float64() < w.Loss {
			due = due.Add(w.Trip) // noticed, and sent again
		}
		if due.Before(w.due) {
			due = w.due
		}
		w.due = due
		w.mu.Unlock()
		w.line <- parcel{data, due}
	}
}

func (w *wire) close() { close(w.line) }
