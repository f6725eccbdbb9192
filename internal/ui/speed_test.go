package ui

import (
	"bytes"
	"context"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"

	"dsotop/internal/fleet"
	"dsotop/internal/store"
)

// nothing is a back end without a platform.
type nothing struct{ st *store.Store }

func (nothing) View() *fleet.View                        { return &fleet.View{} }
func (n nothing) Subscribe(gap time.Duration) *store.Sub { return n.st.Subscribe(gap) }
func (nothing) Look(any, []string)                       {}
func (nothing) Refresh()                                 {}
func (nothing) Now() time.Time                           { return time.Unix(1_787_320_000, 0) }
func (nothing) Profile() string                          { return "test" }
func (nothing) ReadOnly() bool                           { return true }
func (nothing) Version() string                          { return "test" }

func bare(t *testing.T, o Options) *Root {
	t.Helper()
	o.Backend, o.Width, o.Height, o.Lang, o.Profile = nothing{store.New(time.Now)}, 100, 30, "fr", colorprofile.ASCII
	r, _, err := New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

func header(r *Root) string { return ansi.Strip(strings.SplitN(r.View().Content, "\n", 2)[0]) }

// A terminal that answers late makes the link slow: the header says so and how late, the clock goes, the minute repaints nothing, and
// frames wait for each other.
func TestSlowLink(t *testing.T) {
	r := bare(t, Options{})
	if h := header(r); strings.Contains(h, "lente") || !strings.Contains(h, ":") {
		t.Errorf("header %q", h)
	}
	s := &r.speed
	for _, before := range []time.Duration{10 * time.Second, 5 * time.Second} {
		asked := time.Now().Add(-before)
		s.meter.Due(asked)
		s.meter.Answered(asked.Add(330 * time.Millisecond))
	}
	s.meter.Due(time.Now().Add(-320 * time.Millisecond))
	r.Update(uv.PrimaryDeviceAttributesEvent{62})
	s.drawn = time.Time{}
	if h := header(r); !r.env.Slim || !strings.Contains(h, "liaison lente 32") {
		t.Errorf("header %q", h)
	}
	frames := r.Frames()
	r.Update(minuteMsg{&fleet.View{}})
	if r.View(); r.Frames() != frames {
		t.Error("a minute repaints a slow link")
	}
	r.dirty, s.paced = true, false
	if r.View(); r.Frames() != frames {
		t.Error("a frame did not wait for the one before it")
	}
	if r.pace() == nil || r.pace() != nil {
		t.Error("nobody comes back for the frame that waits, or two do")
	}
	s.drawn = time.Now().Add(-time.Minute)
	r.Update(paceMsg{})
	if r.View(); r.Frames() != frames+1 {
		t.Error("the frame that waited was not drawn")
	}
	for i := range 5 {
		s.meter.Due(time.Now().Add(time.Duration(i+1) * time.Hour)) // asked now, answered at once
		r.Update(uv.PrimaryDeviceAttributesEvent{62})
		s.drawn = time.Time{}
	}
	if h := header(r); r.env.Slim || strings.Contains(h, "lente") {
		t.Errorf("header %q", h)
	}
}

func TestLowBandwidthIsForced(t *testing.T) {
	r := bare(t, Options{LowBandwidth: true})
	if h := header(r); !strings.Contains(h, "liaison ménagée") {
		t.Errorf("header %q", h)
	}
	r.spare()
	if !r.env.Slim {
		t.Error("a good link undid what was asked for")
	}
}

// terminal is a terminal at the end of two pipes: it answers like one that knows synchronised output.
type terminal struct {
	mu       sync.Mutex
	out      bytes.Buffer
	answer   io.Writer
	answered bool
}

func (x *terminal) Write(p []byte) (int, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.out.Write(p)
	if !x.answered && strings.Contains(x.out.String(), ansi.RequestModeSynchronizedOutput) {
		x.answered = true
		go func() { _, _ = io.WriteString(x.answer, "\x1b[?2026;2$y") }()
	}
	return len(p), nil
}

func (x *terminal) has(s string) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return strings.Contains(x.out.String(), s)
}

// Over SSH, with a TERM that says nothing, synchronised output is asked for and used; it can be forced, and forbidden.
func TestSynchronisedOutput(t *testing.T) {
	for _, c := range []struct {
		name, sync string
		environ    []string
		asks, uses bool
	}{
		{"over SSH", "", []string{"TERM=xterm-256color", "SSH_TTY=/dev/pts/0"}, true, true},
		{"over SSH, forbidden", SyncOff, []string{"TERM=xterm-256color", "SSH_TTY=/dev/pts/0"}, false, false},
		{"at home, forbidden", SyncOff, []string{"TERM=xterm-256color"}, true, false},
		{"over SSH, forced", SyncOn, []string{"TERM=xterm-256color", "SSH_TTY=/dev/pts/0"}, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			in, answer := io.Pipe()
			x := &terminal{answer: answer}
			r := bare(t, Options{Sync: c.sync, Environ: c.environ})
			ctx, stop := context.WithCancel(t.Context())
			p := tea.NewProgram(r, tea.WithContext(ctx), tea.WithInput(in), tea.WithOutput(x), tea.WithEnvironment(c.environ),
				tea.WithWindowSize(100, 30), tea.WithoutSignalHandler(), tea.WithColorProfile(colorprofile.ASCII), tea.WithFilter(r.filter))
			done := make(chan struct{})
			go func() { defer close(done); _, _ = p.Run() }()
			key := func(k string) { _, _ = io.WriteString(answer, k) }
			deadline := time.After(time.Minute)
			step := time.NewTicker(20 * time.Millisecond)
			defer step.Stop()
			for turns := 0; ; turns++ { // keys make frames; the mode is set around a frame that follows the answer
				key([]string{"?", "-"}[turns%2])
				if c.uses && x.has(ansi.SetModeSynchronizedOutput) || !c.uses && turns > 25 {
					break
				}
				select {
				case <-deadline:
					t.Fatal("synchronised output was never used")
				case <-step.C:
				}
			}
			stop()
			_ = answer.Close()
			<-done
			if asks := x.has(ansi.RequestModeSynchronizedOutput); asks != c.asks {
				t.Errorf("asked: %v", asks)
			}
			if uses := x.has(ansi.SetModeSynchronizedOutput); uses != c.uses {
				t.Errorf("used: %v", uses)
			}
		})
	}
}

func TestATerminalThatTellsNoSize(t *testing.T) {
	for _, c := range []struct {
		environ []string
		told    tea.WindowSizeMsg
		want    tea.WindowSizeMsg
	}{
		{nil, tea.WindowSizeMsg{}, tea.WindowSizeMsg{Width: 80, Height: 24}},
		{[]string{"COLUMNS=120", "LINES=40"}, tea.WindowSizeMsg{}, tea.WindowSizeMsg{Width: 120, Height: 40}},
		{[]string{"COLUMNS=wide", "LINES=-3"}, tea.WindowSizeMsg{Width: 100}, tea.WindowSizeMsg{Width: 80, Height: 24}},
		{[]string{"COLUMNS=120"}, tea.WindowSizeMsg{Width: 30, Height: 9}, tea.WindowSizeMsg{Width: 30, Height: 9}},
	} {
		r := &Root{opts: Options{Environ: c.environ}}
		if got := r.filter(nil, c.told); got != tea.Msg(c.want) {
			t.Errorf("%v %+v: %+v", c.environ, c.told, got)
		}
	}
}
