package transport

import (
	"sync"
	"time"
)

type counters struct {
	mu sync.Mutex
	s  Stats
}

func (c *counters) read() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.s
}

func (c *counters) call() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.s.Calls++
}

func (c *counters) received(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.s.Bytes += uint64(n)
}

func (c *counters) answered(took time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.s.Latency == 0 {
		c.s.Latency = took
		return
	}
	c.s.Latency += (took - c.s.Latency) / 10
}

// pause keeps every request in when the server asked for silence: parts of a source that poll side by side share its patience.
// It follows the process's time, not the clock of facts.
type pause struct {
	mu    sync.Mutex
	until time.Time
}

func (p *pause) extend(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if until := time.Now().Add(d); until.After(p.until) {
		p.until = until
	}
}

func (p *pause) left() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return max(0, time.Until(p.until))
}
