package ui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/page"
)

// Printed is a page to print.
type Printed struct {
	Ref    intent.Ref
	Filter string
	At     time.Time     // pinned instant; zero: now
	Span   time.Duration // of time ranges; 0: what suits the page
	// Wait is how long answers that the page asks for itself are waited for.
	Wait time.Duration
}

// Print draws one page once, as it is when what it asks for by itself has come, and returns its lines: without colours, header and footer, blank
// lines folded. o.Width and o.Height are the room; a list longer than the height is cut, as on a screen.
func Print(ctx context.Context, o Options, want Printed) ([]string, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	o.NoColor, o.Profile, o.Notice, o.Show = true, colorprofile.NoTTY, "", nil
	root, _, err := New(ctx, o)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	if !root.registered(want.Ref.Kind) {
		return nil, fmt.Errorf("there is no page %q; there are: %s", want.Ref.Kind, strings.Join(Kinds(), ", "))
	}
	root.env.Pin, root.env.Span = want.At, want.Span
	root.open(want.Ref, nil)
	p := &printer{root: root, filter: want.Filter, until: time.Now().Add(want.Wait)}
	_, err = tea.NewProgram(p, tea.WithContext(ctx), tea.WithoutSignalHandler(), tea.WithoutRenderer(), tea.WithInput(nil), tea.WithOutput(io.Discard), tea.WithWindowSize(o.Width, o.Height)).Run()
	if err != nil && !errors.Is(err, tea.ErrInterrupted) {
		return nil, err
	}
	return p.lines, ctx.Err()
}

// Kinds are the kinds of pages, sorted.
func Kinds() []string {
	var out []string
	for _, e := range Pages() {
		out = append(out, e.Kind)
	}
	slices.Sort(out)
	return out
}

// A page is quiet when it did not change for a while: a short one when it awaits nothing, a longer one when it may.
const (
	printLook  = 100 * time.Millisecond
	printQuiet = 400 * time.Millisecond
	printCalm  = 2 * time.Second
)

type printMsg struct{}

// printer lets a session run until its page is quiet, then keeps what it shows.
type printer struct {
	root   *Root
	filter string
	until  time.Time
	last   string
	since  time.Time
	lines  []string
}

// Init starts the session and the looks at it.
func (p *printer) Init() tea.Cmd { return tea.Batch(p.root.Init(), p.look()) }

func (p *printer) look() tea.Cmd {
	return tea.Tick(printLook, func(time.Time) tea.Msg { return printMsg{} })
}

// View is nothing: the page is printed at the end.
func (p *printer) View() tea.View { return tea.NewView("") }

// Update passes everything on to the session.
func (p *printer) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if _, ok := msg.(printMsg); !ok {
		_, cmd := p.root.Update(msg)
		return p, cmd
	}
	now, front := time.Now(), p.root.history.page()
	if f, ok := front.(page.Filterable); ok && p.filter != "" && f.Filter() == "" {
		f.SetFilter(p.filter)
		p.root.dirty = true
	}
	screen := p.root.Screen()
	text := strings.Join(screen, "\n")
	if text != p.last {
		p.last, p.since = text, now
	}
	rest := printQuiet
	_, wakes := front.(page.Waker)
	if h, ok := front.(page.Holder); ok {
		wakes = h.Holds()
	}
	if wakes {
		rest = printCalm
	}
	if now.Sub(p.since) < rest && now.Before(p.until) {
		return p, p.look()
	}
	p.lines = between(screen)
	return p, tea.Quit
}

// between is what a screen shows between its header and its footer.
func between(screen []string) []string {
	if len(screen) < 3 {
		return nil
	}
	var out []string
	for _, l := range screen[1 : len(screen)-1] {
		l = strings.TrimRight(ansi.Strip(l), " ")
		if l == "" && (len(out) == 0 || out[len(out)-1] == "") {
			continue
		}
		out = append(out, l)
	}
	for len(out) > 0 && out[len(out)-1] == "" {
		out = out[:len(out)-1]
	}
	return out
}
