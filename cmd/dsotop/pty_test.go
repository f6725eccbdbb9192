package main

import (
	"cmp"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"

	emulator "dsotop/internal/terminal"
)

// terminal is the program in a real pseudo-terminal, its output decoded by an emulator that answers its questions.
type terminal struct {
	t    *testing.T
	cmd  *exec.Cmd
	file *os.File
	// crash is where the program's standard error goes: nothing but a crash ever writes there.
	crash string
	done  chan struct{} // closed at the end
	// patience is how long it waits for something to show; 0 is half a minute.
	patience time.Duration

	mu     sync.Mutex
	screen *vt.Emulator
	raw    []byte // all that was written to the terminal
	moved  chan struct{}
}

func inTerminal(t *testing.T, cols, rows uint16, env []string, args ...string) *terminal {
	t.Helper()
	cmd := command(t, t.TempDir(), append([]string{"TERM=xterm-256color", "COLORTERM=truecolor"}, env...), args...)
	crash, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = crash
	file, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: cols, Rows: rows})
	if err != nil {
		t.Fatal(err)
	}
	x := &terminal{t: t, cmd: cmd, file: file, crash: crash.Name(), done: make(chan struct{}), screen: vt.NewEmulator(int(cols), int(rows)), moved: make(chan struct{}, 1)}
	// What the emulator answers: colours, cursor, modes. It reads until the test binary ends: closing an emulator is not safe beside it.
	go func() { _, _ = io.Copy(file, x.screen) }()
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		buf := make([]byte, 64<<10)
		for {
			n, err := file.Read(buf)
			if n > 0 {
				x.mu.Lock()
				emulator.Feed(x.screen, buf[:n])
				x.raw = append(x.raw, buf[:n]...)
				x.mu.Unlock()
				select {
				case x.moved <- struct{}{}:
				default:
				}
			}
			if err != nil {
				return
			}
		}
	}()
	go func() {
		_ = cmd.Wait()
		select { // what it wrote last is read after its end
		case <-drained:
		case <-time.After(5 * time.Second): // somebody else holds the terminal
		}
		close(x.done)
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = file.Close()
	})
	return x
}

func (x *terminal) text() string { x.mu.Lock(); defer x.mu.Unlock(); return x.screen.String() }

// written is everything the program wrote to the terminal so far.
func (x *terminal) written() string { x.mu.Lock(); defer x.mu.Unlock(); return string(x.raw) }

func (x *terminal) altScreen() bool { x.mu.Lock(); defer x.mu.Unlock(); return x.screen.IsAltScreen() }

func (x *terminal) press(keys string) {
	x.t.Helper()
	if _, err := x.file.WriteString(keys); err != nil {
		x.t.Fatal(err)
	}
}

// shows waits until every word is on the screen.
func (x *terminal) shows(words ...string) {
	x.t.Helper()
	x.waits(words, "")
}

// hides waits until a word is no longer on the screen.
func (x *terminal) hides(word string) {
	x.t.Helper()
	x.waits(nil, word)
}

func (x *terminal) waits(words []string, gone string) {
	x.t.Helper()
	deadline := time.NewTimer(cmp.Or(x.patience, 30*time.Second))
	defer deadline.Stop()
	for ended := false; ; {
		text, missing := x.text(), ""
		for _, w := range words {
			if !strings.Contains(text, w) {
				missing = w
			}
		}
		if gone != "" && strings.Contains(text, gone) {
			missing = "anything but " + gone
		}
		if missing == "" {
			return
		}
		if ended {
			x.t.Fatalf("ended (%v) before showing %q:\n%s", x.cmd.ProcessState, missing, text)
		}
		select {
		case <-x.moved:
		case <-x.done:
			ended = true // one more look: what was written last may not have been seen
		case <-deadline.C:
			x.t.Fatalf("never showed %q:\n%s", missing, x.text())
		}
	}
}

// ends waits for the end and returns the exit code.
func (x *terminal) ends() int {
	x.t.Helper()
	select {
	case <-x.done:
	case <-time.After(30 * time.Second):
		text := x.text()
		_ = x.cmd.Process.Signal(syscall.SIGQUIT) // the program's goroutines, for the report
		<-x.done
		trace, _ := os.ReadFile(x.crash)
		// The screen comes last: who cuts a long report keeps its end.
		x.t.Fatalf("%.20000s\n%s: %v did not end:\n%s", trace, x.t.Name(), x.cmd.Args[1:], text)
	}
	return x.cmd.ProcessState.ExitCode()
}

// leaves ends the program as somebody who does not wait for what still runs: the second Ctrl-C goes to a terminal that is the shell's again.
func (x *terminal) leaves() {
	x.t.Helper()
	x.press("\x03")
	for x.altScreen() {
		select {
		case <-x.moved:
		case <-x.done:
			return
		case <-time.After(30 * time.Second):
			x.t.Fatalf("did not leave:\n%s", x.text())
		}
	}
	for range 100 {
		_ = x.cmd.Process.Signal(os.Interrupt) // or it has ended
		select {
		case <-x.done:
			return
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func TestTheProgramInATerminal(t *testing.T) {
	x := inTerminal(t, 120, 40, nil, "demo")
	x.shows("demo", "Parc", "agendaprefs", "portail", "2 critiques", "lecture seule")
	x.press("/agenda\r")
	x.shows("agendaprefs", "ImagePullBackOff")
	x.press("\r") // in
	x.shows("agendaprefs", "Synthèse", "Équipe")
	x.press("\x1b") // back, to the filter as it was left
	x.shows("Parc", "agenda")
	x.press(":")
	x.press("el5n0cyi4q2s69qsmcix9slea--di5tfayrm9eqsgpnd5dcd1n4q")
	x.shows("guichet", "integ")
	x.press("\x1b") // one at a time: two at once are another key
	x.hides("Aller à")
	x.press("?")
	x.shows("Signes")
	x.press("qqqq")
	if code := x.ends(); code != exitFine {
		t.Errorf("left with code %d", code)
	}
}

func TestSignalsLeaveCleanly(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP} {
		x := inTerminal(t, 80, 24, []string{"LANG=en_GB.UTF-8"}, "demo")
		x.shows("agendaprefs", "read-only")
		if err := x.cmd.Process.Signal(sig); err != nil {
			t.Fatal(err)
		}
		if code := x.ends(); code < 0 {
			t.Errorf("%v killed the program instead of ending it", sig)
		}
		if x.altScreen() {
			t.Errorf("%v left the alternate screen on", sig)
		}
	}
}

func TestTooSmall(t *testing.T) {
	x := inTerminal(t, 50, 12, nil, "demo")
	x.shows("60", "15")
	if err := pty.Setsize(x.file, &pty.Winsize{Cols: 100, Rows: 30}); err != nil {
		t.Fatal(err)
	}
	x.mu.Lock()
	x.screen.Resize(100, 30)
	x.mu.Unlock()
	x.shows("agendaprefs", "portail")
}
