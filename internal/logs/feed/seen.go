package feed

import (
	"hash/maphash"

	"dsotop/internal/logs"
)

// seen remembers the lines of the last while, so that one that is read again — after a cut, by a check, from the other origin — is
// delivered once.
//
// Two lines are the same when their container and text are equal and their times are: exactly within one origin; within a tolerance
// across origins, because some collectors stamp lines with their own clock. The tolerance goes once lines of both origins have shown
// the same stamps. Each reading of an origin has a pass number; within one pass every line counts, since a program may well write the
// same words twice. It is used by one goroutine.
type seen struct {
	seed  maphash.Seed
	gens  [3]generation // the youngest first
	room  int           // of one generation
	gone  int64         // the newest line forgotten
	near  int64         // tolerance across origins, nanoseconds
	exact int           // pairs of origins that agreed to the nanosecond
}

// generation is a table of entries, chained by the hash of their text and of the quarter of a second they are from.
type generation struct {
	heads   map[uint64]int32 // index+1 of the newest entry
	entries []entry
	newest  int64
}

type entry struct {
	at     int64
	older  int32 // index+1 of the entry of the same hash before this one
	pass   uint32
	last   uint32 // the newest pass that read it again
	origin logs.Origin
	paired bool // seen in another origin too
}

const (
	// remembered bounds the memory of a feed (some 60 bytes a line): at 20,000 lines a second it reaches seven to thirteen seconds back.
	remembered = 400_000
	tolerance  = int64(1e9)
	bucket     = int64(250e6)
	// agreeing is how many equal stamps make those of both origins trusted.
	agreeing = 8
)

func newSeen(limit int) *seen {
	return &seen{seed: maphash.MakeSeed(), room: max(limit/3, 1), near: tolerance, gens: [3]generation{newGeneration(), newGeneration(), newGeneration()}}
}

func newGeneration() generation { return generation{heads: map[uint64]int32{}} }

func (s *seen) hash(l *logs.Line) uint64 {
	var h maphash.Hash
	h.SetSeed(s.seed)
	_, _ = h.WriteString(l.Stream.Container)
	_ = h.WriteByte(0)
	_, _ = h.WriteString(l.Text)
	return h.Sum64()
}

// in is the key of a text in a quarter of a second.
func in(hash uint64, quarter int64) uint64 { return hash ^ uint64(quarter)*0x9e3779b97f4a7c15 } //nolint:gosec // mixing, no number

// fresh reports whether a line was not seen yet, and remembers it; first, whether its origin gives it for the first time.
func (s *seen) fresh(l *logs.Line, pass uint32) (isNew, first bool) {
	hash, quarter := s.hash(l), l.At/bucket
	if e := s.exactly(in(hash, quarter), l, pass); e != nil {
		e.last = pass
		if e.origin != l.Stream.Origin && !e.paired {
			e.paired, first = true, true
			if s.exact++; s.exact >= agreeing {
				s.near = 0
			}
		}
		return false, first
	}
	if s.near > 0 {
		var best *entry
		for q := quarter - s.near/bucket - 1; q <= quarter+s.near/bucket+1; q++ {
			for i := range s.gens {
				best = s.gens[i].nearest(in(hash, q), l, pass, s.near, best)
			}
		}
		if best != nil {
			best.last, best.paired = pass, true
			s.exact = 0
			s.remember(in(hash, quarter), entry{at: l.At, pass: pass, origin: l.Stream.Origin, paired: true})
			return false, true
		}
	}
	s.remember(in(hash, quarter), entry{at: l.At, pass: pass, origin: l.Stream.Origin})
	return true, true
}

// exactly finds the same words at the same nanosecond, from whatever origin, not yet read by this pass.
func (s *seen) exactly(key uint64, l *logs.Line, pass uint32) *entry {
	for n := range s.gens {
		g := &s.gens[n]
		for i := g.heads[key]; i != 0; i = g.entries[i-1].older {
			if e := &g.entries[i-1]; e.at == l.At && e.pass != pass && e.last != pass {
				return e
			}
		}
	}
	return nil
}

// nearest finds the same words from another origin, closest in time.
func (g *generation) nearest(key uint64, l *logs.Line, pass uint32, near int64, best *entry) *entry {
	distance := func(e *entry) int64 { return max(e.at-l.At, l.At-e.at) }
	for i := g.heads[key]; i != 0; i = g.entries[i-1].older {
		e := &g.entries[i-1]
		if e.origin == l.Stream.Origin || e.paired || e.pass == pass || e.last == pass || distance(e) > near {
			continue
		}
		if best == nil || distance(e) < distance(best) {
			best = e
		}
	}
	return best
}

func (s *seen) remember(key uint64, e entry) {
	if len(s.gens[0].entries) >= s.room {
		s.gone = max(s.gone, s.gens[2].newest)
		s.gens[2], s.gens[1], s.gens[0] = s.gens[1], s.gens[0], newGeneration()
	}
	g := &s.gens[0]
	g.newest = max(g.newest, e.at)
	e.older = g.heads[key]
	g.entries = append(g.entries, e)
	g.heads[key] = int32(len(g.entries)) //nolint:gosec // bounded by room
}

// reach is the time after which the memory is complete, and stays so while another generation of lines comes: what is read again from there
// on is not repeated. 0: since ever.
func (s *seen) reach() int64 { return max(s.gone, s.gens[2].newest) }
