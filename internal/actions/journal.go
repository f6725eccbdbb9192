package actions

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"sync"
	"time"
)

// The journal's file, and how it is rotated.
const (
	journalName = "journal.jsonl"
	journalSize = 10 << 20
	journalKeep = 10
	// lineLimit is the longest line: a call with its body, as shown, is far below.
	lineLimit = 4 << 20
	// journalPatience is how long the turn of another process is waited for: a line takes milliseconds.
	journalPatience = 5 * time.Second
)

// Journal is the file of what was done, one JSON object a line, only ever added to. Each line is synced before Add returns. Several
// dsotops share it: each line is written under a lock, at once. A process that dies in the middle of a line leaves it torn; the next one to
// write sets the piece aside, in a file of its own, and says so in the journal. It is safe for concurrent use.
type Journal struct {
	dir   string
	size  int64
	keep  int
	clock func() time.Time

	mu    sync.Mutex // also held over the disk
	lines []Entry    // without a folder
	read  map[string]*readFile

	told     sync.Mutex // what a face asks while it draws: never held over the disk; taken after mu
	bells    map[chan struct{}]struct{}
	troubles []Trouble // of sinks
}

// OpenJournal returns the journal of a folder, which is made at the first line; "" keeps it in memory.
func OpenJournal(dir string, clock func() time.Time) *Journal {
	if clock == nil {
		clock = time.Now
	}
	return &Journal{dir: dir, size: journalSize, keep: journalKeep, clock: clock, read: map[string]*readFile{}}
}

// Dir is the journal's folder; "" when it is in memory.
func (j *Journal) Dir() string { return j.dir }

// Add writes lines, synced, before it returns. At is filled in where it is zero.
func (j *Journal) Add(entries ...Entry) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	var raw []byte
	for i := range entries {
		e := &entries[i]
		e.Version = 1
		if e.At.IsZero() {
			e.At = j.clock()
		}
		e.At = e.At.UTC()
		line, err := json.Marshal(e)
		if err != nil {
			return fmt.Errorf("journal: %w", err)
		}
		raw = append(append(raw, line...), '\n')
	}
	if j.dir == "" {
		j.lines = append(j.lines, entries...)
	} else if err := j.write(raw); err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	j.ring()
	return nil
}

// Watch returns a bell that rings after lines of this process, until ctx ends.
func (j *Journal) Watch(ctx context.Context) <-chan struct{} {
	c := make(chan struct{}, 1)
	j.told.Lock()
	if j.bells == nil {
		j.bells = map[chan struct{}]struct{}{}
	}
	j.bells[c] = struct{}{}
	j.told.Unlock()
	context.AfterFunc(ctx, func() { j.told.Lock(); delete(j.bells, c); j.told.Unlock() })
	return c
}

func (j *Journal) ring() {
	j.told.Lock()
	defer j.told.Unlock()
	j.ringing()
}

// ringing rings the bells; told is held.
func (j *Journal) ringing() {
	for c := range j.bells {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

// newID is 12 random hexadecimal digits.
func newID() string {
	var b [6]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
