// Package lines holds lines in memory, ordered by time, bounded by bytes, and answers what a log view asks of a million of them in the time of
// a key press: what stands around here, where is the next match, how many are there, how many came meanwhile.
//
// Lines live in blocks of some thousands, their texts one after another in one piece of memory with an index of 17 bytes a line
// (25 where lines came late), all but the newest texts compressed. A search runs over the whole text of a block at once, its result is a bit a line and is kept. A [View] is a
// way to look: a query, a level floor, hidden streams, folding.
//
// One goroutine adds while others read; everything is safe for concurrent use. Readers never wait for a search, and a search never
// holds up the writer.
package lines

import (
	"cmp"
	"slices"
	"sync"

	"dsotop/internal/logs"
	"dsotop/internal/logs/format"
	"dsotop/internal/logs/plain"
)

// ID is the identity of an item while it is in memory; it is never used again. The zero ID is none.
type ID uint64

// Options say how a store is kept.
type Options struct {
	// MaxBytes bounds all memory of the store, text and index; 0 is DefaultBytes. The block that a person looks at stays in any case.
	MaxBytes int64
	// Classify says what a line is, once per line, at its arrival; nil: plain text without a level.
	Classify func(text string) format.Class
}

// DefaultBytes is the memory of a store for which nobody said anything.
const DefaultBytes = 256 << 20

// LongestLine is the most bytes of a line that are kept; what is cut is said by a notice.
const LongestLine = 1 << 20

// Item is a line or a notice in its place.
type Item struct {
	ID     ID
	At     int64        // nanoseconds since 1970
	Stream *logs.Stream // nil for a notice
	// Level is the line's own; a continuation has that of its group, when that is more serious. In a view that folds, it is the most
	// serious of the lines folded.
	Level  logs.Level
	Format format.ID
	Text   string // raw
	Meta   logs.Meta
	// Continues reports that the item belongs to a line above it of the same stream.
	Continues bool
	Folded    int  // lines folded under it; 0 in a view that does not fold
	Match     bool // the view's query matches it, or a line folded under it
	Notice    *logs.Notice
}

// Evicted counts lines that left the memory since the store was made, by the end they left at.
type Evicted struct{ Old, New int64 }

// Stat describes a store.
type Stat struct {
	Rev         uint64 // grows with every change
	Lines       int64
	Notices     int64
	Bytes       int64 // of text
	Memory      int64 // of everything
	Evicted     Evicted
	First, Last int64 // times of the oldest and the newest line; 0 without lines
	// Levels counts entries by level: a stack trace is one.
	Levels  [levels]int64
	Streams int
}

// Added says what became of lines: those that were kept, and the bytes of text they hold.
type Added struct {
	Lines int
	Bytes int64
}

// Store holds lines. Make one with New.
type Store struct {
	o   Options
	max limits

	adding  sync.Mutex // one writer at a time; held before mu
	scratch []row
	going   map[*logs.Stream]int64 // streams whose last line continued one, and when that was

	mu      sync.RWMutex
	blocks  []*block
	where   map[uint64][]*block // which blocks hold identities of a bucket
	streams map[*logs.Stream]int
	known   map[*logs.Stream]*logs.Stream // equal streams are one
	byName  map[string]*logs.Stream
	last    ID
	rev     uint64
	memory  int64
	held    ID
	evicted Evicted
	oldEnd  left
	newEnd  left
	hits    []*hits  // of the matchers that were used last
	merged  []row    // scratch
	loose   []*block // not packed; the writer's
	opened  opened
	buffers sync.Pool
}

// New returns an empty store.
func New(o Options) *Store {
	if o.MaxBytes <= 0 {
		o.MaxBytes = DefaultBytes
	}
	return &Store{o: o, max: usual(), going: map[*logs.Stream]int64{}, where: map[uint64][]*block{}, streams: map[*logs.Stream]int{}, known: map[*logs.Stream]*logs.Stream{}, byName: map[string]*logs.Stream{}}
}

// Add puts lines into their places: by time, then by arrival. They may come in any order and be of any age.
func (s *Store) Add(ls []logs.Line) Added {
	s.adding.Lock()
	defer s.adding.Unlock()
	xs := slices.Grow(s.scratch[:0], len(ls))
	var sum Added
	for i := range ls {
		x := s.prepare(&ls[i])
		sum.Lines++
		sum.Bytes += int64(len(x.text))
		xs = append(xs, x)
		if cut := len(ls[i].Text) - len(x.text); cut > 0 {
			xs = append(xs, row{at: x.at, notice: &logs.Notice{Kind: logs.NoticeTruncated, At: x.at, Count: int64(cut)}})
		}
	}
	s.insert(xs)
	s.settle()
	clear(xs)
	s.scratch = xs[:0]
	if cap(xs) > 1<<15 {
		s.scratch = nil
	}
	return sum
}

func (s *Store) prepare(l *logs.Line) row {
	x := row{at: l.At, stream: l.Stream, text: l.Text, meta: l.Meta}
	if len(x.text) > LongestLine {
		end := LongestLine
		for end > LongestLine-4 && x.text[end]&0xc0 == 0x80 {
			end-- // not inside a character
		}
		x.text = x.text[:end]
	}
	if s.o.Classify != nil {
		c := s.o.Classify(x.text)
		x.form, x.own, x.cont = c.Format, c.Level, s.under(l, c)
	}
	if l.Level != logs.LevelNone {
		x.own = min(l.Level, logs.LevelFatal)
	}
	x.raw = plain.Line(x.text) != x.text
	return x
}

// under reports whether a line belongs to the one before it, which for some depends on whether that one does. Only streams whose last
// line continued are remembered; adding is held.
func (s *Store) under(l *logs.Line, c format.Class) bool {
	at, was := s.going[l.Stream]
	switch {
	case c.Continues || c.Joins && was && at <= l.At:
		s.going[l.Stream] = l.At
		return true
	case was && at <= l.At:
		delete(s.going, l.Stream)
	}
	return false
}

// Note puts a notice into its place, after the lines of its time.
func (s *Store) Note(n logs.Notice) ID {
	s.adding.Lock()
	defer s.adding.Unlock()
	id := s.insert([]row{{at: n.At, notice: &n}})
	s.settle()
	return id
}

// insert places rows and returns the identity of the last in time.
func (s *Store) insert(xs []row) ID {
	if len(xs) == 0 {
		return 0
	}
	if byTime := func(a, b row) int { return cmp.Compare(a.at, b.at) }; !slices.IsSortedFunc(xs, byTime) {
		slices.SortStableFunc(xs, byTime)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range xs {
		s.last++
		xs[i].id = s.last
		if xs[i].notice == nil {
			xs[i].stream = s.canonical(xs[i].stream)
		}
	}
	last := s.last
	s.place(xs)
	s.returned(xs)
	s.rev++
	return last
}

// settle brings the memory within its bound after something was added. adding is held, mu is not.
func (s *Store) settle() {
	s.pack()
	s.mu.Lock()
	s.evict()
	s.mu.Unlock()
}

// Drop takes a notice away that no longer holds; an identity that is unknown or a line's is left alone.
func (s *Store) Drop(id ID) {
	s.adding.Lock()
	defer s.adding.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if b, i := s.locate(id); b != nil && b.flags[i]&isNotice != 0 {
		s.forget(id)
		s.remove(b, i)
		s.rev++
	}
}

// Stat describes the store now.
func (s *Store) Stat() Stat {
	s.mu.RLock()
	defer s.mu.RUnlock()
	st := Stat{Rev: s.rev, Memory: s.memory, Evicted: s.evicted, Streams: len(s.streams)}
	for _, b := range s.blocks {
		st.Lines += int64(b.lines)
		st.Notices += int64(len(b.notices))
		st.Bytes += int64(b.size())
		for l, n := range b.levels {
			st.Levels[l] += int64(n)
		}
		if b.lines == 0 {
			continue
		}
		if st.First == 0 {
			st.First = b.edge(0, 1)
		}
		st.Last = b.edge(b.len()-1, -1)
	}
	return st
}

// edge is the time of the first line from row i on in a direction; the block has lines.
func (b *block) edge(i, step int) int64 {
	for b.flags[i]&isNotice != 0 {
		i += step
	}
	return b.at[i]
}

// Streams returns where the lines held come from, by namespace, container, pod.
func (s *Store) Streams() []*logs.Stream {
	s.mu.RLock()
	out := make([]*logs.Stream, 0, len(s.streams))
	for st := range s.streams {
		out = append(out, st)
	}
	s.mu.RUnlock()
	slices.SortFunc(out, compareStreams)
	return out
}
