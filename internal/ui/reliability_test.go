package ui_test

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"dsotop/demo/fault"
	"dsotop/internal/engine"
	"dsotop/internal/platform"
	"dsotop/internal/ui/uitest"
	"dsotop/internal/ui/words"
)

// verdict is what is right to say of a fault.
type verdict struct {
	fault  fault.Fault
	warm   platform.State // of a source that had facts
	cold   platform.State // of one that never had any
	remedy platform.Remedy
	first  platform.Remedy // of one that never had any
	again  string          // when it looks again by itself
	or     platform.State  // as right, where another limit may come first
}

func verdicts() []verdict {
	const (
		soon    = "1 s, then up to 1 min"
		token   = "30 s"
		right   = "15 s, 1 min, then up to 5 min"
		told    = "when it asked to"
		none    = "—"
		live    = platform.StateLive
		late    = platform.StateStale
		away    = platform.StateUnreachable
		refused = platform.StateUnauthorised
		noRight = platform.StateForbidden
		wait    = platform.RemedyWait
		address = platform.RemedyCheckURL
	)
	of := func(m fault.Mode) fault.Fault { return fault.Fault{Mode: m} }
	return []verdict{
		{of(fault.Down), away, away, wait, address, soon, ""},
		{of(fault.Drop), away, away, wait, address, soon, ""},
		{of(fault.Cut), away, away, wait, address, soon, ""},
		{of(fault.HalfClose), away, away, wait, address, soon, ""},
		{fault.Fault{Mode: fault.Delay, For: faultTimeout / 10}, live, live, platform.RemedyNone, platform.RemedyNone, none, ""},
		{of(fault.Stall), away, away, wait, address, soon, ""},
		{fault.Fault{Mode: fault.Throttle, Rate: 100}, away, away, wait, address, soon, ""},
		{of(fault.Unauthorised), refused, refused, platform.RemedyRenewToken, platform.RemedyRenewToken, token, ""},
		{of(fault.Forbidden), noRight, noRight, platform.RemedyAskRight, platform.RemedyAskRight, right, ""},
		{fault.Fault{Mode: fault.RateLimited, For: time.Second}, late, away, platform.RemedySlowDown, platform.RemedySlowDown, told, ""},
		{of(fault.ServerError), late, away, wait, wait, soon, ""},
		{of(fault.BadGateway), away, away, wait, wait, soon, ""},
		{of(fault.Unavailable), away, away, wait, wait, soon, ""},
		{of(fault.Timeout), away, away, wait, wait, soon, ""},
		{of(fault.Login), refused, refused, platform.RemedyRenewToken, platform.RemedyRenewToken, token, ""},
		{of(fault.Page), late, away, wait, address, soon, ""},
		{of(fault.Garbage), late, away, wait, address, soon, ""},
		{of(fault.Corrupt), late, away, wait, address, soon, ""},
		{of(fault.Empty), late, away, wait, address, soon, ""},
		{fault: of(fault.Huge), warm: late, cold: away, remedy: wait, first: address, again: soon, or: away}, // where the time is up before the size is too large
	}
}

// lane is one platform with one session; several go side by side, because most of a fault is waiting.
type lane struct {
	*faulty
	e, fresh *engine.Engine
	s        *uitest.Session
	mine     map[string]verdict // of this round
	promised map[string]time.Time
}

const (
	lanes     = 5 / slower
	someTurns = 1 // of a usual run: a quarter of the table, in which each fault and each source is met
)

// TestReliability puts every kind of source into every fault, each source into another one at the same time, and looks at what the
// program says of it, at the keys, and at the return. With -update it goes through the whole table and writes docs/reliability.md.
func TestReliability(t *testing.T) {
	engine.Silence(io.Discard)
	table := verdicts()
	turns := someTurns
	if updating() {
		turns = len(table) / lanes
	}
	all := make([]*lane, lanes)
	for i := range all {
		l := &lane{faulty: openFaulty(t)}
		l.e = l.start()
		all[i] = l
	}
	for _, l := range all {
		l.wellAgain(l.e)
		l.s = uitest.Open(t, l.e, "en", 140, 50)
		openSources(l.s)
	}
	frames := 0
	for turn := range turns {
		for i, l := range all {
			l.begin(i*len(table)/lanes+turn, table)
		}
		for _, l := range all {
			l.saysRight(l.e, false)
			l.saysRight(l.fresh, true)
			frames = max(frames, l.looks())
		}
		for _, l := range all {
			l.end()
		}
		for _, l := range all {
			l.wellAgain(l.e)
			l.keptItsWord()
			l.wellAgain(l.fresh)
			l.fresh.Close()
		}
		if t.Failed() {
			return
		}
	}
	for _, l := range all {
		if n := l.p.Writes(); n != 0 {
			t.Errorf("%d writes reached the platform", n)
		}
	}
	publish(t, reliability(table, frames))
}

// begin makes a Latin square: every source has its own fault, every fault comes to every source in its turn.
func (l *lane) begin(round int, table []verdict) {
	l.mine = map[string]verdict{}
	for i, name := range subjects() {
		v := table[(round+i*2)%len(table)]
		l.mine[name] = v
		l.set(name, v.fault)
	}
	l.fresh = l.start()
}

// end ends all faults, and notes when each source said that it would look again.
func (l *lane) end() {
	l.t.Helper()
	l.promised = map[string]time.Time{}
	for name, h := range health(l.e) {
		if h.State.Bad() && !h.NextRetry.IsZero() {
			l.promised[name] = h.NextRetry
		}
	}
	for _, name := range subjects() {
		l.set(name, fault.Fault{})
	}
}

// inHand is what a look that was already under way at the end of a fault, or a busy machine, may take: some seconds where the machine is quiet, as
// when the document is made; where other tests run beside this one no time proves anything, and what counts is that a source comes back by itself.
func inHand() time.Duration {
	if updating() {
		return slower * 8 * time.Second
	}
	return returnLimit
}

// keptItsWord checks that each source was back at the time it had announced.
func (l *lane) keptItsWord() {
	l.t.Helper()
	for name, h := range health(l.e) {
		if at, ok := l.promised[name]; ok && h.Since.After(at.Add(inHand())) {
			l.t.Errorf("%s was back from %s %s after the attempt it had announced", name, l.mine[name].fault, h.Since.Sub(at))
		}
	}
}

// wrong lists what is not said as it should be.
func (l *lane) wrong(h map[string]platform.SourceHealth, cold bool) (out []string) {
	for _, name := range subjects() {
		v, got := l.mine[name], h[name]
		state, remedy := v.warm, v.remedy
		if cold {
			state, remedy = v.cold, v.first
		}
		if cold && v.fault.Mode == fault.Forbidden && tenanted(name) && h["console"].State != platform.StateLive {
			continue // no project is known, and so no tenant but the platform's: that it is refused says only that the system answers
		}
		if v.or != "" && got.State == v.or {
			state = v.or
		}
		if got.State != state || got.Remedy != remedy || cold && state == platform.StateUnreachable && !got.LastSuccess.IsZero() {
			out = append(out, fmt.Sprintf("%s with %s (from the start: %t): %s, %q, read %t: %s; want %s, %q", name, v.fault, cold, got.State, got.Remedy, !got.LastSuccess.IsZero(), got.Detail, state, remedy))
		}
	}
	return out
}

// tenanted reports whether a source asks tenant by tenant.
func tenanted(name string) bool {
	return name == "prometheus" || name == "alertmanager" || name == "loki"
}

func (l *lane) saysRight(e *engine.Engine, cold bool) {
	l.t.Helper()
	if !until(l.t, e, returnLimit, func(h map[string]platform.SourceHealth) bool { return len(l.wrong(h, cold)) == 0 }) {
		l.t.Errorf("wrong words:\n%s", strings.Join(l.wrong(health(e), cold), "\n"))
	}
}

// wellAgain waits until all sources are live without anybody asking.
func (l *lane) wellAgain(e *engine.Engine) {
	l.t.Helper()
	well := func(h map[string]platform.SourceHealth) bool {
		for _, name := range subjects() {
			if h[name].State != platform.StateLive {
				return false
			}
		}
		return true
	}
	if until(l.t, e, returnLimit, well) {
		return
	}
	for name, h := range health(e) {
		if h.State != platform.StateLive {
			l.t.Errorf("%s is not live after %s: %s, %s", name, l.mine[name].fault, h.State, h.Detail)
		}
	}
}

// looks presses keys and reads the screen: the frames that the slowest key took.
func (l *lane) looks() (frames int) {
	l.t.Helper()
	l.s.Bell()
	for _, name := range subjects() {
		frames = max(frames, keysAnswered(l.t, l.s))
		showsRemedy(l.t, l.s, l.e, name)
	}
	return frames
}

func openSources(s *uitest.Session) {
	s.Press(":")
	s.Type("sources")
	s.Press("enter")
}

// selected is the name of the source under the cursor.
func selected(s *uitest.Session) string {
	for _, l := range s.Root.Screen() {
		if rest, ok := strings.CutPrefix(ansi.Strip(l), "▌"); ok {
			if fields := strings.Fields(rest); len(fields) > 1 {
				return fields[1]
			}
		}
	}
	return ""
}

// keysAnswered presses keys and counts the frames until each one is answered, i.e. until the cursor is on another source.
func keysAnswered(t *testing.T, s *uitest.Session) (worst int) {
	t.Helper()
	s.Press("g")
	for _, key := range []string{"down", "down", "up", "G", "g"} {
		before := selected(s)
		frames, answered := 0, false
		s.Each(uitest.Key(key), func() {
			frames++
			if !answered && selected(s) != before {
				answered, worst = true, max(worst, frames)
			}
		})
		if !answered {
			t.Fatalf("the key %s was not answered on\n%s", key, s.Screen())
		}
	}
	if worst > 2 {
		t.Errorf("a key took %d frames", worst)
	}
	return worst
}

// showsRemedy moves to a source and reads what the screen says to do.
func showsRemedy(t *testing.T, s *uitest.Session, e *engine.Engine, name string) {
	t.Helper()
	s.Press("g")
	for range 40 {
		if selected(s) == name {
			break
		}
		s.Press("down")
	}
	s.Bell()
	h := health(e)[name]
	screen := strings.Join(strings.Fields(s.Screen()), " ")
	w := words.English()
	for _, sentence := range []string{w.State[h.State].Word, w.Remedy[h.Remedy]} {
		if h.State != platform.StateLive && !strings.Contains(screen, sentence) {
			t.Errorf("%s: the screen lacks %q:\n%s", name, sentence, s.Screen())
		}
	}
}
