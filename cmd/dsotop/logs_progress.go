package main

import (
	"fmt"
	"sync"
	"time"
)

// telling says on a terminal, from the first second on, how far a reading is, while lines go elsewhere.
type telling struct {
	mu    sync.Mutex
	lines int
	last  int64
	end   chan struct{}
	ended chan struct{}
	once  sync.Once
}

func (r *reading) telling() *telling {
	t := &telling{end: make(chan struct{}), ended: make(chan struct{})}
	if r.a.tty || !isTerminal(r.p.err) {
		close(t.ended)
		return t
	}
	go func() {
		defer close(t.ended)
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-t.end:
				fmt.Fprint(r.p.err, "\r\x1b[K")
				return
			case <-tick.C:
				t.mu.Lock()
				lines, last := t.lines, t.last
				t.mu.Unlock()
				fmt.Fprintf(r.p.err, "\r\x1b[K"+r.p.lang.of("lecture : %d lignes", "reading: %d lines"), lines)
				if last > 0 {
					fmt.Fprint(r.p.err, ", "+time.Unix(0, last).In(time.Local).Format("2006-01-02 15:04:05"))
				}
			}
		}
	}()
	return t
}

// at tells of lines that came, the last one's time with them.
func (t *telling) at(lines int, last int64) {
	t.mu.Lock()
	t.lines, t.last = t.lines+lines, last
	t.mu.Unlock()
}

// stop wipes what was said. It may be called again.
func (t *telling) stop() {
	t.once.Do(func() { close(t.end) })
	<-t.ended
}
