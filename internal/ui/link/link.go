// Package link measures the way between the program and the terminal: bytes, the time that writing them takes, and the round trip of a
// question that every terminal answers. It decides whether the link is slow. It knows neither the toolkit nor a page.
package link

import (
	"os"
	"slices"
	"sync"
	"time"
)

const (
	// A round trip of SlowTrip makes the link slow, one below FastTrip good again. A local terminal answers in a few milliseconds
	// (the toolkit writes at most every 16), a bastion on the same continent in some 30 to 80.
	SlowTrip = 150 * time.Millisecond
	FastTrip = 100 * time.Millisecond
	// slowRate is what a write that had to wait brought through, in bytes a second: a full frame then takes more than half a second.
	slowRate = 32 << 10
	// a write is worth judging when it waited: the buffers of a terminal take some kilobytes at once.
	waited  = 50 * time.Millisecond
	telling = 4 << 10 // bytes of a write that says something of the link
	// askEvery is the least time between two questions; they are only asked when a key was pressed, never at rest.
	askEvery = 30 * time.Second
	// askFirst is the time between the first questions: a busy start delays an answer as a slow link does, so three are needed to tell.
	askFirst = time.Second
	enough   = 3
	// patience is how long an answer is waited for; a terminal that lets two questions pass is not asked again.
	patience = 10 * time.Second
	kept     = 3 // round trips that are remembered
)

// Meter measures one link. The zero value is ready. It is safe for concurrent use.
type Meter struct {
	mu      sync.Mutex
	bytes   int64
	writes  int64
	blocked time.Duration // spent writing
	waits   int           // large writes in a row that were slow
	rate    float64       // of the last write that waited, bytes a second; 0: none did
	trips   []time.Duration
	asked   time.Time // zero: no question is under way
	last    time.Time // of the last question
	missed  int
	slow    bool
}

// Report is what a meter knows.
type Report struct {
	Bytes, Writes int64
	Blocked       time.Duration
	// Trip is the shortest of the last round trips, which a busy machine does not lengthen, Worst the longest; 0: none was measured.
	Trip, Worst time.Duration
	// Rate is what the last write that had to wait brought through, in bytes a second; 0: none had to.
	Rate float64
	Slow bool
}

// Report returns what is known now.
func (m *Meter) Report() Report {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := Report{Bytes: m.bytes, Writes: m.writes, Blocked: m.blocked, Rate: m.rate, Slow: m.slow}
	r.Trip, r.Worst = m.trip()
	return r
}

// Slow reports whether the link is slow.
func (m *Meter) Slow() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.slow
}

func (m *Meter) trip() (best, worst time.Duration) {
	if len(m.trips) == 0 {
		return 0, 0
	}
	return slices.Min(m.trips), slices.Max(m.trips)
}

// Due reports whether the terminal should be asked now, and notes that it is.
func (m *Meter) Due(now time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.asked.IsZero() && now.Sub(m.asked) > patience {
		m.asked = time.Time{}
		m.missed++
	}
	gap := askEvery
	if len(m.trips) < enough {
		gap = askFirst
	}
	if m.missed >= 2 || !m.asked.IsZero() || !m.last.IsZero() && now.Sub(m.last) < gap {
		return false
	}
	m.asked, m.last = now, now
	return true
}

// Answered takes the answer.
func (m *Meter) Answered(now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.asked.IsZero() {
		return
	}
	m.trips = append(m.trips, max(now.Sub(m.asked), 0))
	if len(m.trips) > kept {
		m.trips = m.trips[1:]
	}
	m.asked, m.missed = time.Time{}, 0
	m.judge()
}

func (m *Meter) wrote(n int, took time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.bytes += int64(n)
	m.writes++
	m.blocked += took
	if n < telling {
		return // it says more of a busy machine than of the link
	}
	if took >= waited {
		m.rate = float64(n) / took.Seconds()
	} else {
		m.rate = 0 // so much went at once: it waits no more
	}
	if m.rate > 0 && m.rate < slowRate {
		m.waits++
	} else {
		m.waits = 0
	}
	m.judge()
}

// judge decides, with a margin so that a link in between does not change its mind at each measure.
func (m *Meter) judge() {
	trip, _ := m.trip()
	switch {
	case len(m.trips) >= enough && trip >= SlowTrip || m.waits >= enough:
		m.slow = true
	case trip < FastTrip && (m.rate == 0 || m.rate >= 2*slowRate):
		m.slow = false
	}
}

// Terminal is a file whose writes are measured. The toolkit still finds the terminal behind it.
type Terminal struct {
	*os.File
	meter *Meter
}

// Measure returns f, measured.
func (m *Meter) Measure(f *os.File) *Terminal { return &Terminal{File: f, meter: m} }

// Write implements io.Writer.
func (t *Terminal) Write(p []byte) (int, error) {
	begun := time.Now()
	n, err := t.File.Write(p)
	t.meter.wrote(n, time.Since(begun))
	return n, err
}

// WriteString keeps io.WriteString from going around Write.
func (t *Terminal) WriteString(s string) (int, error) { return t.Write([]byte(s)) }
