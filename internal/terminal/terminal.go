// Package terminal runs a program as a person would: in a pseudo-terminal, answering what a terminal is asked, its screen decoded by an
// emulator. It knows nothing of the program. A link with delays and losses can be put between.
package terminal

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
)

// Options say what kind of terminal it is.
type Options struct {
	Columns, Lines int // 0 is 120×40
	Link           Link
	Env            []string // added to a little of its own: TERM, COLORTERM, LANG, PATH
	Light          bool     // its background
}

// Terminal is the program in a pseudo-terminal. Its methods may be called from one goroutine.
type Terminal struct {
	Started time.Time
	Done    chan struct{} // closed at the end
	Ended   time.Time     // once Done is closed

	light bool
	cmd   *exec.Cmd
	file  *os.File

	in, out *wire // nil: no link between

	mu     sync.Mutex
	screen *vt.Emulator
	bytes  int64     // received
	paints int64     // complete frames
	at     time.Time // of the last complete frame
	open   bool      // within a frame
	kitty  bool      // the program asked for keys that cannot be taken for the start of a sequence
	tail   []byte    // the end of what was received, where a sequence may begin
	moved  chan struct{}
	title  string
}

// Sequences that frames are recognised by: synchronised output, mode 2026, which a program uses when the terminal says that it has it.
const (
	frameBegins = "\x1b[?2026h"
	frameEnds   = "\x1b[?2026l"
)

// answers are a modern terminal's replies to what a program may ask at its start.
func answers(light bool) map[string]string {
	front, back, scheme := "d0d0/d0d0/d0d0", "1e1e/1e1e/1e1e", "1"
	if light {
		front, back, scheme = "2020/2020/2020", "ffff/ffff/ffff", "2"
	}
	return map[string]string{
		"\x1b[c":          "\x1b[?62;22c",
		"\x1b[>c":         "\x1b[>41;1;0c",
		"\x1b[>q":         "\x1bP>|bench 1\x1b\\",
		"\x1b[>0q":        "\x1bP>|bench 1\x1b\\",
		"\x1b[?u":         "\x1b[?0u",
		"\x1b[?2026$p":    "\x1b[?2026;2$y",
		"\x1b[?2027$p":    "\x1b[?2027;0$y",
		"\x1b[?996n":      "\x1b[?997;" + scheme + "n",
		"\x1b[6n":         "\x1b[1;1R",
		"\x1b[5n":         "\x1b[0n",
		"\x1b]10;?\x07":   "\x1b]10;rgb:" + front + "\x1b\\",
		"\x1b]11;?\x07":   "\x1b]11;rgb:" + back + "\x1b\\",
		"\x1b]11;?\x1b\\": "\x1b]11;rgb:" + back + "\x1b\\",
	}
}

// Open starts the program.
func Open(ctx context.Context, o Options, binary string, args ...string) (*Terminal, error) {
	if o.Columns == 0 || o.Lines == 0 {
		o.Columns, o.Lines = 120, 40
	}
	x := &Terminal{Done: make(chan struct{}), light: o.Light, screen: vt.NewEmulator(o.Columns, o.Lines), moved: make(chan struct{}, 1)}
	x.screen.SetCallbacks(vt.Callbacks{Title: func(title string) { x.title = title }}) // called while the screen is fed, under mu
	x.cmd = exec.CommandContext(ctx, binary, args...)
	x.cmd.Env = append([]string{"TERM=xterm-256color", "COLORTERM=truecolor", "LANG=en_GB.UTF-8", "PATH=" + os.Getenv("PATH")}, o.Env...)
	x.Started = time.Now()
	file, err := pty.StartWithAttrs(x.cmd, &pty.Winsize{Cols: uint16(o.Columns), Rows: uint16(o.Lines)}, &syscall.SysProcAttr{Setsid: true, Setctty: true, Pdeathsig: syscall.SIGKILL})
	if err != nil {
		return nil, err
	}
	x.file = file
	if o.Link != (Link{}) {
		x.out = newWire(o.Link, x.take)
		x.in = newWire(o.Link, func(b []byte) { _, _ = file.Write(b) })
	}
	go func() { _, _ = io.Copy(io.Discard, x.screen) }() // its own answers: ours are enough
	go func() {
		buf := make([]byte, 64<<10)
		for {
			n, err := file.Read(buf)
			if n > 0 && x.out != nil {
				x.out.put(buf[:n])
			} else if n > 0 {
				x.take(buf[:n])
			}
			if err != nil {
				break
			}
		}
		_ = x.cmd.Wait()
		x.Ended = time.Now()
		close(x.Done)
	}()
	return x, nil
}

// take is what reaches the terminal.
func (x *Terminal) take(b []byte) {
	now := time.Now()
	x.mu.Lock()
	x.bytes += int64(len(b))
	seen := append(x.tail, b...)
	for ask, answer := range answers(x.light) {
		if bytes.Contains(seen, []byte(ask)) {
			go x.Send(answer)
		}
	}
	if kittyAsked.Match(seen) {
		x.kitty = true
	}
	begins, ends := bytes.LastIndex(seen, []byte(frameBegins)), bytes.LastIndex(seen, []byte(frameEnds))
	if ends >= 0 {
		x.paints++
		x.at = now
	}
	if begins >= 0 || ends >= 0 {
		x.open = begins > ends
	}
	x.tail = unfinished(seen)
	Feed(x.screen, b)
	x.mu.Unlock()
	select {
	case x.moved <- struct{}{}:
	default:
	}
}

// unfinished is the end of b when a sequence that matters may have been cut there.
func unfinished(b []byte) []byte {
	i := bytes.LastIndexByte(b, 0x1b)
	if i < 0 {
		return nil
	}
	rest := string(b[i:])
	begins := func(whole string) bool { return len(rest) < len(whole) && strings.HasPrefix(whole, rest) }
	for ask := range answers(false) {
		if begins(ask) {
			return []byte(rest)
		}
	}
	if begins(frameBegins) || begins(frameEnds) {
		return []byte(rest)
	}
	return nil
}

// kittyAsked is how a program asks for the keyboard protocol of kitty, which we say we have.
var kittyAsked = regexp.MustCompile(`\x1b\[[=>][1-9][0-9;]*u`) //nolint:gochecknoglobals // compiled once, never changed

// Send types keys, or answers. A modern terminal says Escape so that it cannot begin anything else, when it is asked to.
func (x *Terminal) Send(s string) {
	x.mu.Lock()
	kitty := x.kitty
	x.mu.Unlock()
	if s == "\x1b" && kitty {
		s = "\x1b[27u"
	}
	if x.in != nil {
		x.in.put([]byte(s))
		return
	}
	_, _ = x.file.WriteString(s)
}

func (x *Terminal) Text() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.screen.String()
}

// Title is that of the window, as the program last set it; "" before.
func (x *Terminal) Title() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.title
}

// Picture is the screen with its colours: it differs whenever anything on it does.
func (x *Terminal) Picture() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.screen.Render()
}

func (x *Terminal) Rows() []string {
	return strings.Split(strings.ReplaceAll(x.Text(), "\r", ""), "\n")
}

// Counters are how many bytes and frames have come, and when the last frame was complete.
func (x *Terminal) Counters() (bytes, paints int64, at time.Time) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.bytes, x.paints, x.at
}

// ErrEnded says that the program ended while something was waited for.
var ErrEnded = errors.New("the program ended")

// Until waits for a condition, looked at each time something arrives, and returns when what made it true arrived.
func (x *Terminal) Until(ctx context.Context, limit time.Duration, ok func() bool) (time.Time, error) {
	deadline := time.NewTimer(limit)
	defer deadline.Stop()
	for {
		if ok() {
			_, _, at := x.Counters()
			if at.IsZero() {
				at = time.Now()
			}
			return at, nil
		}
		select {
		case <-x.moved:
		case <-x.Done:
			return time.Time{}, ErrEnded
		case <-ctx.Done():
			return time.Time{}, ctx.Err()
		case <-deadline.C:
			return time.Time{}, errors.New("not within " + limit.String() + "; the screen says:\n" + x.Text())
		}
	}
}

// Press types a key and returns how long the next complete frame took to arrive. changed tells whether the picture differs from
// before: a frame that something else caused shows the key's work later, and then counts as an answer of its own.
func (x *Terminal) Press(ctx context.Context, key string, limit time.Duration) (took time.Duration, changed bool, err error) {
	before := x.Picture()
	_, paints, _ := x.Counters()
	sent := time.Now()
	x.Send(key)
	at, err := x.Until(ctx, limit, func() bool { _, n, at := x.Counters(); return n > paints && at.After(sent) })
	if err != nil {
		return 0, false, err
	}
	return at.Sub(sent), x.Picture() != before, nil
}

// Quiet waits until nothing has arrived for a while.
func (x *Terminal) Quiet(ctx context.Context, still, limit time.Duration) {
	deadline := time.Now().Add(limit)
	last, _, _ := x.Counters()
	for time.Now().Before(deadline) {
		if !Wait(ctx, still) {
			return
		}
		now, _, _ := x.Counters()
		if now == last {
			return
		}
		last = now
	}
}

// Moved rings when something arrived.
func (x *Terminal) Moved() <-chan struct{} { return x.moved }

// Pid is the program's process.
func (x *Terminal) Pid() int { return x.cmd.Process.Pid }

// Cells calls f for each cell of the screen, row by row, while nothing changes on it.
func (x *Terminal) Cells(f func(screen *vt.Emulator)) {
	x.mu.Lock()
	defer x.mu.Unlock()
	f(x.screen)
}

// Close ends the program, whatever it does.
func (x *Terminal) Close() {
	_ = x.cmd.Process.Kill()
	<-x.Done
	_ = x.file.Close()
}

// Wait sleeps; false when ctx ended.
func Wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
