package show

import (
	"strings"
	"time"
)

// Reading ends the window's title in a show whose time jumps, as long as something is still being read: who records it waits for that, and not for
// a time.
const Reading = " …"

// Control leads the time of the simulated platform.
type Control interface {
	Now() time.Time
	// Jump sets the time forward; what was due has happened when it returns.
	Jump(to time.Time)
	// Until lets time run as far as that; Free lets it run without end.
	Until(to time.Time)
	Free()
	Pause(on bool)
	Paused() bool
	SetSpeed(times float64)
	Speed() float64
	// Waits reports whether time stands because it came as far as it may.
	Waits() bool
}

// Options say how a show goes.
type Options struct {
	// Script is the walkthrough; nil: the demo alone, whose time can be led, without a panel.
	Script *Script
	// Control is never nil.
	Control Control
	// Clock is the presenter's own; nil is time.Now.
	Clock func() time.Time
	// Stepped makes the platform's time jump where a step lets some pass, each time [Show.Pass] is called, instead of running: for recordings and tests.
	Stepped bool
	// Loop plays the walkthrough by itself, again and again.
	Loop bool
	// BigKeys shows the last key pressed in large from the start.
	BigKeys bool
}

// Show is the state of a presenter's panel. It is used by one goroutine, the one of the session.
type Show struct {
	o       Options
	at      int // step
	began   time.Time
	passed  int // acts of the present step whose time has passed, when stepped
	hidden  bool
	big     bool
	last    string // key pressed
	lastAt  time.Time
	again   bool
	player  player
	touched time.Time // when a person last pressed a key while it plays
}

// New returns a show at its first step.
func New(o Options) *Show {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	s := &Show{o: o, began: o.Clock(), big: o.BigKeys}
	if o.Script != nil {
		s.enter(0)
	} else {
		o.Control.Free()
	}
	return s
}

// Script is the walkthrough; nil without.
func (s *Show) Script() *Script { return s.o.Script }

// Panel reports whether there is a panel to draw.
func (s *Show) Panel() bool { return s.o.Script != nil && !s.hidden }

// Live reports whether the panel changes by itself: its time runs.
func (s *Show) Live() bool { return s.o.Script != nil && !s.o.Stepped }

// Stepped reports whether the platform's time jumps; false of nil, which is no show.
func (s *Show) Stepped() bool { return s != nil && s.o.Stepped }

// Step is the number of the present step, from 0.
func (s *Show) Step() int { return s.at }

// enter begins a step: the platform's time is at least that of the end of the step before, and runs as far as the step lets it.
func (s *Show) enter(step int) {
	s.at, s.passed = step, 0
	if s.o.Script == nil {
		return
	}
	if step > 0 {
		s.o.Control.Jump(s.o.Script.Until(step - 1))
	}
	if !s.o.Stepped {
		s.o.Control.Until(s.o.Script.Until(step))
	}
	s.player = player{}
}

// Next goes to the next step; false at the last one. The platform is then to be read again.
func (s *Show) Next() bool {
	if s.o.Script == nil || s.at+1 >= len(s.o.Script.Steps) {
		return false
	}
	s.enter(s.at + 1)
	return true
}

// Previous goes back to the step before in the panel; false at the first one. What happened on the platform has happened.
func (s *Show) Previous() bool {
	if s.o.Script == nil || s.at == 0 {
		return false
	}
	s.enter(s.at - 1)
	return true
}

// Pass lets the time of the step pass at once; false when there is none left.
func (s *Show) Pass() bool {
	if s.o.Script == nil {
		return false
	}
	step := s.o.Script.Steps[s.at]
	if !s.o.Stepped {
		end := s.o.Script.Until(s.at)
		if !s.o.Control.Now().Before(end) {
			return false
		}
		s.o.Control.Jump(end)
		return true
	}
	for i := s.passed; i < len(step.Do); i++ {
		if d := step.Do[i].Pass; d > 0 {
			s.passed = i + 1
			from := s.o.Script.Start
			if s.at > 0 {
				from = s.o.Script.Until(s.at - 1)
			}
			for _, a := range step.Do[:s.passed] {
				from = from.Add(a.Pass)
			}
			s.o.Control.Jump(from)
			return true
		}
	}
	return false
}

// Hide hides the panel, or shows it again.
func (s *Show) Hide() { s.hidden = !s.hidden }

// Big shows the last key pressed in large, or no longer.
func (s *Show) Big() { s.big = !s.big; s.last = "" }

// Pause stops the platform's time, or lets it run again: freely, where it waits for the next step.
func (s *Show) Pause() {
	c := s.o.Control
	if !c.Paused() && c.Waits() {
		c.Free()
		return
	}
	c.Pause(!c.Paused())
}

// speeds are how fast the platform's time may run.
func speeds() []float64 { return []float64{1, 2, 5, 10, 30, 60} }

// Stopped reports whether somebody stopped the platform's time.
func (s *Show) Stopped() bool { return s.o.Control.Paused() }

// Faster lets the platform's time run faster, or slower, and returns how many times faster than life.
func (s *Show) Faster(by int) int {
	all, now := speeds(), s.o.Control.Speed()
	at := 0
	for i, v := range all {
		if v <= now {
			at = i
		}
	}
	now = all[max(min(at+by, len(all)-1), 0)]
	s.o.Control.SetSpeed(now)
	return int(now)
}

// Again asks for the whole show to begin anew, on a new platform made from the same seed. Who runs the session looks at [Show.Restart]
// when it ends.
func (s *Show) Again() { s.again = true }

// Restart reports whether the show is to begin anew.
func (s *Show) Restart() bool { return s.again }

// Pressed notes a key that a person or the player pressed.
func (s *Show) Pressed(key string) { s.last, s.lastAt = key, s.o.Clock() }

// Dated reports whether something on screen besides the panel goes away by itself: the last key in large.
func (s *Show) Dated() bool { return s.big && s.last != "" }

// elapsed is the time since the show began; of a stepped one what was planned until here.
func (s *Show) elapsed() time.Duration {
	if s.o.Stepped {
		return s.o.Script.before(s.at)
	}
	return s.o.Clock().Sub(s.began)
}

// Hand is what a person presses in a step, as one line: keys as show writes them, texts between quotes.
func Hand(st Step, lang string, key func(string) string) string {
	var parts []string
	for _, a := range st.Do {
		for _, k := range a.Press {
			parts = append(parts, key(k))
		}
		if t := a.Type.In(lang); t != "" {
			if lang == "fr" {
				t = "« " + t + " »"
			} else {
				t = "“" + t + "”"
			}
			parts = append(parts, t)
		}
	}
	return strings.Join(parts, "  ")
}
