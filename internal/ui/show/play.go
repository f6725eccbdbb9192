package show

import (
	"strings"
	"time"
)

// The pace at which a walkthrough plays by itself.
const (
	keyPause    = 1200 * time.Millisecond // before each key: people read where it was pressed
	letterPause = 90 * time.Millisecond
	seePatience = 20 * time.Second // for what a step promises; then it goes on
	idle        = 90 * time.Second // without a key of a person until it begins anew
	leastDwell  = 4 * time.Second  // on the last screen of a step
)

// player is how far the present step has been played.
type player struct {
	act, part int
	due       time.Time // of what comes next
	since     time.Time // of the wait for what is to be seen
	began     time.Time // of the step
}

// Played is what is to be done now: a key, or nothing; More wants the platform to be read again; End the show to begin anew.
type Played struct {
	Key       string // as [Act].Press has it; a letter that is typed is its own name
	More, End bool
}

// Touched notes that a person pressed a key: what plays by itself leaves them alone for a while.
func (s *Show) Touched() {
	if s.o.Loop {
		s.touched = s.o.Clock()
	}
}

// Looping reports whether the walkthrough plays by itself.
func (s *Show) Looping() bool { return s.o.Loop && s.o.Script != nil }

// Play is called several times a second while it plays by itself; page is the text of the page in front.
func (s *Show) Play(lang string, page func() string) Played {
	now := s.o.Clock()
	if !s.touched.IsZero() {
		return Played{End: now.Sub(s.touched) >= idle}
	}
	p := &s.player
	if p.began.IsZero() {
		p.began, p.due = now, now.Add(keyPause)
	}
	if now.Before(p.due) {
		return Played{}
	}
	st := s.o.Script.Steps[s.at]
	for p.act < len(st.Do) {
		a := st.Do[p.act]
		switch typed := []rune(a.Type.In(lang)); {
		case p.part < len(a.Press):
			p.part++
			p.due = now.Add(keyPause)
			return Played{Key: a.Press[p.part-1]}
		case p.part < len(typed):
			p.part++
			p.due = now.Add(letterPause)
			if p.part == len(typed) {
				p.due = now.Add(keyPause)
			}
			return Played{Key: string(typed[p.part-1])}
		case len(a.See) > 0 && !sees(page(), a.See, lang):
			if p.since.IsZero() {
				p.since = now
			}
			if now.Sub(p.since) < seePatience {
				return Played{}
			}
		}
		p.act, p.part, p.since = p.act+1, 0, time.Time{}
	}
	end := p.began.Add(st.Time)
	if least := p.due.Add(leastDwell - keyPause); end.Before(least) {
		end = least
	}
	if now.Before(end) {
		return Played{}
	}
	if s.Next() {
		return Played{More: true}
	}
	return Played{End: true}
}

// sees reports whether a page holds every text.
func sees(page string, texts []Text, lang string) bool {
	for _, t := range texts {
		if !strings.Contains(page, t.In(lang)) {
			return false
		}
	}
	return true
}
