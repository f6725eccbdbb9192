package feed

import (
	"dsotop/internal/logs"
	"dsotop/internal/platform"
)

// How is the way in which an origin is followed now.
type How string

// The ways.
const (
	HowNone    How = ""        // not followed (standing by, or it fails)
	HowTail    How = "tail"    // pushed by the server
	HowPolling How = "polling" // read every two seconds, because there is no tail
)

// OriginState is the condition of one origin of a feed.
type OriginState struct {
	Origin logs.Origin
	Source string
	How    How
	// Health is live while the origin answers; otherwise it says why not and what to do, and when the next attempt is.
	Health platform.SourceHealth
	Lines  int64 // delivered, doubles included
	New    int64 // of them new
	Last   int64 // newest stamp, 0: none
}

// say changes what is known of an origin and tells it.
func (f *follower) say(o logs.Origin, source string, change func(*OriginState)) {
	f.mu.Lock()
	s := f.states[source]
	if s == nil {
		s = &OriginState{Origin: o, Source: source, Health: platform.SourceHealth{Name: source, State: platform.StateStarting, Since: f.o.Clock()}}
		f.states[source] = s
	}
	before := s.Health.State
	change(s)
	if s.Health.State != before {
		s.Health.Since = f.o.Clock()
	}
	told := *s
	f.mu.Unlock()
	if f.o.State != nil {
		f.o.State(told)
	}
}

func (f *follower) up(o logs.Origin, source string, how How) {
	f.say(o, source, func(s *OriginState) {
		s.How = how
		s.Health = platform.SourceHealth{Name: source, State: platform.StateLive, Since: s.Health.Since, LastSuccess: f.o.Clock()}
	})
}

// down says that an origin fails and reports whether that is news.
func (f *follower) down(o logs.Origin, source string, err error) (news bool, h platform.SourceHealth) {
	h = f.o.Reach.Health(source, err)
	f.say(o, source, func(s *OriginState) {
		news = s.Health.State != h.State
		h.Since = s.Health.Since
		s.How, s.Health = HowNone, h
	})
	return news, h
}

// received keeps the numbers of an origin. The lock is held.
func (f *follower) received(o logs.Origin, lines, fresh int) {
	for _, s := range f.states {
		if s.Origin == o {
			s.Lines += int64(lines)
			s.New += int64(fresh)
			s.Last = f.last[o]
		}
	}
}
