// Package show is the presenter's help of the demo: walkthroughs, which are files that anyone can write, the panel that tells what to show
// and what to press, and the time of the simulated platform. It sees no terminal: the root gives it keys and draws its block.
//
// A walkthrough is led by its own time. Each step says how much time passes on the platform (`pass`), at the end of which the platform waits,
// however long the presenter speaks; a presenter who is faster sets it forward. So the same keys give the same screens.
package show

import (
	"time"
)

// Text is a text in both languages.
type Text struct{ FR, EN string }

// In returns the text in a language: "fr", else English.
func (t Text) In(lang string) string {
	if lang == "fr" {
		return t.FR
	}
	return t.EN
}

// Script is one walkthrough.
type Script struct {
	Name  string // of the file, without its ending
	Title Text
	About Text // one sentence for who chooses among walkthroughs
	// Start is the platform's time when the walkthrough begins. Seed and Size choose the platform; the size is that of `dsotop demo --size`.
	Start time.Time
	Seed  int64
	Size  string
	// Write opens writing, so that deeds can be done.
	Write bool
	Steps []Step
}

// Step is what is shown between two presses of "next".
type Step struct {
	Title Text
	Time  time.Duration // planned
	Show  Text          // what to look at
	Note  Text          // for the presenter; may be empty
	Do    []Act
	Line  int // in the file
}

// Act is one thing that is done in a step; exactly one of its parts is set.
type Act struct {
	Press []string      // keys, as the program names them: "enter", "esc", ":", "ctrl+r"
	Type  Text          // a text typed letter by letter
	See   []Text        // texts that are then on the page: who presses waits for them, tests fail without them
	Pass  time.Duration // time that passes on the platform
	Line  int
}

// Planned is the time that the whole walkthrough should take.
func (s *Script) Planned() time.Duration { return s.before(len(s.Steps)) }

// before is the time planned for the steps before one.
func (s *Script) before(step int) (sum time.Duration) {
	for _, st := range s.Steps[:step] {
		sum += st.Time
	}
	return sum
}

// Passes is the time that passes on the platform in a step.
func (s Step) Passes() (sum time.Duration) {
	for _, a := range s.Do {
		sum += a.Pass
	}
	return sum
}

// Until is the platform's time at the end of a step.
func (s *Script) Until(step int) time.Time {
	t := s.Start
	for _, st := range s.Steps[:min(step+1, len(s.Steps))] {
		t = t.Add(st.Passes())
	}
	return t
}
