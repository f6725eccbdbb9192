package ui

import (
	"io"
	"os"
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"

	"dsotop/internal/ui/link"
	"dsotop/internal/ui/page"
)

// Synchronised output (mode 2026) lets a terminal show a frame at once. The toolkit does not ask for it over SSH; who uses dsotop is on SSH.
const (
	SyncAuto = "auto" // ask the terminal
	SyncOn   = "on"   // use it without asking: the answer of some terminals is lost in a multiplexer
	SyncOff  = "off"
)

// On a slow link data repaints at most this often, and a large frame waits until the one before it is through.
const (
	slimBell  = 2 * time.Second
	slimRate  = 24 << 10 // bytes a second that frames may take of the link
	slimLeast = 100 * time.Millisecond
	slimMost  = time.Second
)

// speed is what a session knows of its link.
type speed struct {
	meter  link.Meter
	drawn  time.Time // the last frame
	sent   int64     // bytes on the link before it
	paced  bool      // a message to draw later is on its way
	took   [256]time.Duration
	frames int
	begun  time.Time
}

type (
	paceMsg struct{} // time for a frame that waited
	askMsg  struct{} // time to ask how far the terminal is
)

// output measures what goes to the terminal.
func (r *Root) output(out io.Writer) io.Writer {
	if f, ok := out.(*os.File); ok {
		return r.speed.meter.Measure(f)
	}
	return out
}

// probe asks the terminal what the toolkit does not, and how far away it is.
func (r *Root) probe() tea.Cmd {
	var cmds []tea.Cmd
	switch {
	case r.opts.Sync == SyncOn:
		cmds = append(cmds, func() tea.Msg { return tea.ModeReportMsg{Mode: ansi.ModeSynchronizedOutput, Value: ansi.ModeReset} })
	case r.opts.Sync != SyncOff && r.opts.getenv("SSH_TTY") != "":
		cmds = append(cmds, tea.Raw(ansi.RequestModeSynchronizedOutput))
	}
	for _, later := range []time.Duration{1500 * time.Millisecond, 3 * time.Second} {
		cmds = append(cmds, tea.Tick(later, func(time.Time) tea.Msg { return askMsg{} }))
	}
	return tea.Batch(append(cmds, r.askTrip())...)
}

// filter sees every message first. It keeps the toolkit from synchronised output where the person forbids it.
func (r *Root) filter(_ tea.Model, msg tea.Msg) tea.Msg {
	r.beat.stir()
	if m, ok := msg.(tea.ModeReportMsg); ok && r.opts.Sync == SyncOff && m.Mode == ansi.ModeSynchronizedOutput {
		return nil
	}
	if m, ok := msg.(tea.WindowSizeMsg); ok && (m.Width <= 0 || m.Height <= 0) {
		return r.unsized()
	}
	return msg
}

// unsized is the size of a terminal that tells none, as serial lines and some containers do: what COLUMNS and LINES say, else the classic one.
func (r *Root) unsized() tea.WindowSizeMsg {
	told := func(name string, otherwise int) int {
		if n, err := strconv.Atoi(r.opts.getenv(name)); err == nil && n > 0 && n <= 1000 {
			return n
		}
		return otherwise
	}
	return tea.WindowSizeMsg{Width: told("COLUMNS", 80), Height: told("LINES", 24)}
}

// askTrip asks the question that every terminal answers, now and then.
func (r *Root) askTrip() tea.Cmd {
	if r.opts.Still || !r.speed.meter.Due(time.Now()) {
		return nil
	}
	return tea.Raw(ansi.RequestPrimaryDeviceAttributes)
}

// heardTerminal takes the answer.
func (r *Root) heardTerminal(uv.PrimaryDeviceAttributesEvent) {
	r.speed.meter.Answered(time.Now())
	r.spare()
}

// spare decides whether the link is spared. A show that is recorded looks the same on a busy machine.
func (r *Root) spare() {
	if slim := r.opts.LowBandwidth || r.speed.meter.Slow() && !r.opts.Show.Stepped(); slim != r.env.Slim {
		r.env.Slim, r.dirty = slim, true
	}
}

// due reports whether a frame may be drawn now, and otherwise how long it should wait. Only a slow link makes frames wait.
func (r *Root) due(now time.Time) (bool, time.Duration) {
	if !r.env.Slim || r.opts.Still || r.speed.drawn.IsZero() {
		return true, 0
	}
	bytes := r.speed.meter.Report().Bytes - r.speed.sent
	gap := min(max(time.Duration(bytes)*time.Second/slimRate, slimLeast), slimMost)
	left := gap - now.Sub(r.speed.drawn)
	return left <= 0, left
}

// pace comes back for a frame that has to wait.
func (r *Root) pace() tea.Cmd {
	if !r.dirty || r.speed.paced {
		return nil
	}
	ok, left := r.due(time.Now())
	if ok {
		return nil
	}
	r.speed.paced = true
	return tea.Tick(left, func(time.Time) tea.Msg { return paceMsg{} })
}

// framed notes a frame and what it took.
func (r *Root) framed(begun time.Time) {
	s := &r.speed
	s.drawn, s.sent = begun, s.meter.Report().Bytes
	s.took[s.frames%len(s.took)] = time.Since(begun)
	s.frames++
	r.beat.stir()
	r.spare()
}

// performance is what the session costs.
func (r *Root) performance() page.Performance {
	s := &r.speed
	n := min(s.frames, len(s.took))
	return page.Performance{Begun: s.begun, Frames: s.frames, Took: s.took[:n:n], Link: s.meter.Report(), Forced: r.opts.LowBandwidth}
}

// linkState is the condition of the link, as the header says it.
type linkState int

const (
	linkGood linkState = iota
	linkSpared
	linkSlow
)

func (r *Root) spared() linkState {
	switch {
	case !r.env.Slim:
		return linkGood
	case r.opts.LowBandwidth:
		return linkSpared
	}
	return linkSlow
}
