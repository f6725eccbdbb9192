package main

import (
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"

	"dsotop/demo"
	"dsotop/demo/world"
	"dsotop/internal/platform/hostile"
)

// attacks puts an attack into every message of a platform and into the names that people give.
func attacks(p *demo.Platform) {
	texts, n := hostile.Texts(), 0
	attack := func(old string) string {
		n++
		return texts[n%len(texts)] + old + texts[(n+5)%len(texts)]
	}
	p.World.Update(func(tx *world.Tx) {
		hostile.Poison(tx.State, func(field, old string) string {
			switch field {
			case "Message", "HealthMessage", "Description", "Annotations", "FirstName", "LastName", "LastProvisioned", "Reason", "Ref", "Cause", "Comment", "CreatedBy", "TargetRevision", "FailureReason":
				if old != "" {
					return attack(old)
				}
			}
			return old
		})
		for _, project := range tx.State.Projects {
			for _, e := range project.Environments {
				e.Name = attack(e.Name)
			}
		}
		for _, a := range tx.State.Alerts {
			a.Name = attack(a.Name)
		}
	})
}

func TestAHostilePlatformPrinted(t *testing.T) {
	p, home := simulated(t), t.TempDir()
	attacks(p)
	for _, args := range [][]string{{"status"}, {"findings"}, {"doctor"}, {"status", "-o", "json"}, {"findings", "-o", "yaml"}, {"doctor", "-o", "json"}} {
		r := dsotop(t, home, nil, append([]string{"--config", p.Config}, args...)...)
		if r.code != exitFine || !strings.Contains(r.out, "agendaprefs") && args[0] != "doctor" {
			t.Errorf("%v: code %d: %s", args, r.code, r.err)
		}
		for line := range strings.Lines(r.out + r.err) {
			for _, where := range hostile.Dirty(strings.TrimRight(line, "\n")) {
				t.Errorf("%v: %s", args, where)
			}
		}
	}
}

// sequence is one terminal sequence: CSI, OSC, DCS and its kind up to their ends, or ESC with one character.
var sequence = regexp.MustCompile(`\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[P_^X][^\x1b]*\x1b\\|[ -/]*[0-~])`)

// ours are the sequences that the face and its toolkit make: colours, moves, erasures, modes, questions to the terminal, the title.
var ours = regexp.MustCompile(`^\x1b(?:\[[0-9;:]*[mABCDEFGHIJKLMPSTXZ@bdfrgn]|\[[?<>=]?[0-9;]*\$?[hlpuqcmnW]|\[[0-9;]* ?q|\]2;(?:dsotop[^\x07\x1b]*)?(?:\x07|\x1b\\)|\](?:10|11|12);\?(?:\x07|\x1b\\)|\]11[0-2](?:\x07|\x1b\\)|P\+q[0-9A-Fa-f;]*\x1b\\|[=>78DEHM])$`)

// foreign returns what a program wrote to the terminal beside text and the sequences of its own.
func foreign(raw string) []string {
	var out []string
	for _, s := range sequence.FindAllString(raw, -1) {
		if !ours.MatchString(s) || strings.Contains(s, hostile.Mark) {
			out = append(out, s)
		}
	}
	rest := sequence.ReplaceAllString(raw, "")
	for _, where := range hostile.Dirty(strings.NewReplacer("\r", "", "\n", "", "\x08", "", "\t", "").Replace(rest)) {
		out = append(out, where[:min(len(where), 300)])
	}
	return out
}

func TestAHostilePlatformInATerminal(t *testing.T) {
	p := simulated(t)
	attacks(p)
	x := inTerminal(t, 80, 24, []string{"LANG=en_GB.UTF-8"}, "--config", p.Config, "--profile", "demo")
	x.shows("agendaprefs", "portail", "read-only")
	for project := range 7 {
		x.settle("1g" + strings.Repeat("j", project) + "\r")
		for range 5 {
			x.settle("j \t")
		}
		x.settle("1\r\t\r")
		for range 5 {
			x.settle("j \t")
		}
	}
	x.settle("q1?") // q leaves a menu that is open
	x.shows("Keys")
	// The window is still whole: the header in the first line, the footer in the last, nothing scrolled, nobody's title.
	lines := strings.Split(x.text(), "\n")
	if len(lines) != 24 || !strings.HasPrefix(lines[0], " dsotop") || strings.TrimSpace(lines[23]) == "" {
		t.Errorf("out of shape:\n%s", x.text())
	}
	if !x.altScreen() {
		t.Error("the alternate screen was left")
	}
	x.press("\x03")
	x.ends()
	for _, s := range foreign(x.written()) {
		t.Errorf("not ours: %q", s)
	}
}

// TestResizeStorm changes the size of the window many times in a row: it is cleared no more often than it changed size, the frame at
// the end has the last size, and nothing of a former one stays.
func TestResizeStorm(t *testing.T) {
	x := inTerminal(t, 120, 40, []string{"LANG=en_GB.UTF-8"}, "demo")
	x.shows("agendaprefs", "portail", "read-only")
	before := clears(x.written())
	const changes = 60
	for i := range changes {
		cols, rows := uint16(70+i*7%90), uint16(20+i*3%30) //nolint:gosec // small
		if i == changes-1 {
			cols, rows = 97, 31
		}
		x.mu.Lock()
		x.screen.Resize(int(cols), int(rows))
		x.mu.Unlock()
		if err := pty.Setsize(x.file, &pty.Winsize{Cols: cols, Rows: rows}); err != nil {
			t.Fatal(err)
		}
	}
	x.shows("agendaprefs", "portail", "read-only")
	x.press("?")
	x.shows("Keys")
	x.press("q\x0c") // back, and drawn anew as a whole
	x.hides("Keys")
	if n := clears(x.written()) - before; n > changes+3 {
		t.Errorf("cleared %d times for %d changes", n, changes)
	}
	// An emulator that sees only what came since the window was last erased must show what the one shows that saw the storm.
	deadline := time.NewTimer(time.Minute)
	defer deadline.Stop()
	for {
		raw := x.written()
		fresh := vt.NewEmulator(97, 31)
		go func() { _, _ = io.Copy(io.Discard, fresh) }() // what it answers: it would wait for a reader. Until the test binary ends, as above
		_, _ = fresh.WriteString(raw[max(strings.LastIndex(raw, "\x1b[2J"), strings.LastIndex(raw, "\x1b[H\x1b[J"), 0):])
		lines := strings.Split(fresh.String(), "\n")
		if len(lines) == 31 && fresh.String() == x.text() && strings.HasPrefix(lines[0], " dsotop") && len(strings.TrimRight(lines[0], " ")) > 90 && strings.TrimSpace(lines[30]) != "" &&
			strings.Contains(fresh.String(), "portail") {
			break
		}
		select {
		case <-x.moved:
		case <-deadline.C:
			t.Fatalf("something of the storm stays. Drawn since the last erasure:\n%s\nOn the screen:\n%s", fresh.String(), x.text())
		}
	}
	x.press("\x03")
	x.ends()
}

// TestResizeDoesNotFlicker changes the size step by step, as when a window is dragged, in a terminal that knows synchronised output:
// one erasure a size at most, and each within an update that the terminal shows at once.
func TestResizeDoesNotFlicker(t *testing.T) {
	x := inTerminal(t, 120, 40, []string{"LANG=en_GB.UTF-8"}, "demo")
	x.shows("agendaprefs", "portail", "read-only")
	x.holds(func(raw string) bool { return strings.Contains(raw, "\x1b[?2026$p") }, "asking whether updates can be synchronised")
	x.press("\x1b[?2026;2$y") // they can
	x.press("?")
	x.holds(func(raw string) bool { return strings.Contains(raw, "\x1b[?2026h") }, "a synchronised update")
	x.press("q")
	x.shows("agendaprefs")
	start, steps := len(x.written()), 15
	for i := range steps {
		cols, rows := uint16(80+3*i), uint16(24+i) //nolint:gosec // small
		before := strings.Count(x.written(), "\x1b[?2026l")
		x.mu.Lock()
		x.screen.Resize(int(cols), int(rows))
		x.mu.Unlock()
		if err := pty.Setsize(x.file, &pty.Winsize{Cols: cols, Rows: rows}); err != nil {
			t.Fatal(err)
		}
		x.holds(func(raw string) bool { return strings.Count(raw, "\x1b[?2026l") > before }, "a frame of the new size")
	}
	raw := x.written()[start:]
	if n := clears(raw); n > steps+2 { // the toolkit asks for the size again a moment after the start
		t.Errorf("erased %d times for %d sizes", n, steps)
	}
	for i, part := range strings.Split(raw, "\x1b[?2026h") {
		inside, outside, _ := strings.Cut(part, "\x1b[?2026l")
		if i == 0 {
			inside, outside = "", part
		}
		if clears(outside) > 0 {
			t.Errorf("erased outside of a synchronised update: %q", outside[:min(len(outside), 200)])
		}
		if at := max(strings.LastIndex(inside, "\x1b[2J"), strings.LastIndex(inside, "\x1b[H\x1b[J")); at >= 0 && !strings.Contains(inside[at:], "dsotop") {
			t.Errorf("erased without being drawn in the same update: %q", inside[at:])
		}
	}
	x.press("\x03")
	x.ends()
}

// holds waits until what was written so far satisfies a condition.
func (x *terminal) holds(condition func(raw string) bool, what string) {
	x.t.Helper()
	deadline := time.NewTimer(time.Minute)
	defer deadline.Stop()
	for !condition(x.written()) {
		select {
		case <-x.moved:
		case <-x.done:
			x.t.Fatalf("ended before %s", what)
		case <-deadline.C:
			x.t.Fatalf("never saw %s:\n%s", what, x.text())
		}
	}
}

// clears counts how often the whole window was erased.
func clears(raw string) int {
	return strings.Count(raw, "\x1b[2J") + strings.Count(raw, "\x1b[H\x1b[J")
}
