// Package ui is the face: one Bubble Tea model in a few small files (root, route, history, frame), the widgets it uses in
// rooms that know no noun, and the pages, which are the only ones that do.
package ui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"dsotop/internal/logs/format"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/keys"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/show"
	"dsotop/internal/ui/style"
	"dsotop/internal/ui/words"
	"dsotop/themes"
)

// Backend is what the face needs from the engine.
type Backend = page.Backend

// Options say how a session starts.
type Options struct {
	Backend Backend
	// Lang is "fr", "en", or "" for what the environment asks.
	Lang string
	// Theme is one of the names of Themes; "" is auto. Themes are those there are; nil: those of the program.
	Theme  string
	Themes *themes.Set
	// Background is the terminal's, "dark" or "light", whatever it says itself; "" asks it, then COLORFGBG.
	Background string
	// NoColor forbids colours, as the environment's NO_COLOR does; weights stay.
	NoColor bool
	// ASCII draws with ASCII signs only.
	ASCII bool
	// LowBandwidth spares the link to the terminal: fewer cells change when the cursor moves.
	LowBandwidth bool
	// Sync is SyncAuto, SyncOn or SyncOff; "" is SyncAuto.
	Sync string
	// PanelDir is where the team keeps panels of its own; "": nowhere.
	PanelDir string
	// Grafana is the address under which the projects' Grafana instances are; "": not known.
	Grafana string
	// Formats reads the formats of lines that are known, at the first need and once; nil: those of the program itself.
	Formats func() *format.Set
	// Notice is a sentence to show at the start, until the first key; "" is none.
	Notice string
	// Show is the presenter's panel and the time of the simulated platform; nil outside the demo.
	Show *show.Show
	// Keys moves commands to other keys, by command id.
	Keys map[string][]string
	// In and Out default to the process's terminal. Environ defaults to the process's environment.
	In      io.Reader
	Out     io.Writer
	Environ []string
	// Profile is the colours of the terminal; 0 finds out from Out and Environ.
	Profile colorprofile.Profile
	// Linear reads the session out as plain lines, for screen readers; see [Linear].
	Linear bool
	// Width and Height are the size before the terminal tells its own; 0 waits for it.
	Width, Height int
	// Still keeps the model from waiting for the clock and the data by itself: tests move them.
	Still bool
}

func (o Options) getenv(name string) string {
	for i := len(o.Environ) - 1; i >= 0; i-- {
		if value, ok := strings.CutPrefix(o.Environ[i], name+"="); ok {
			return value
		}
	}
	return ""
}

// New returns the model of a session, ready for tea.NewProgram or for a test. Mistakes in the keys are returned with a
// model that works nevertheless; an unknown theme or language is an error without one.
func New(ctx context.Context, o Options) (*Root, []error, error) {
	if o.Backend == nil {
		return nil, nil, errors.New("ui: no backend")
	}
	w := words.Detect(o.Lang, o.getenv)
	if o.Lang != "" {
		var ok bool
		if w, ok = words.Find(o.Lang); !ok {
			return nil, nil, fmt.Errorf("language %q does not exist; there are: fr, en", o.Lang)
		}
	}
	if o.Theme == "" {
		o.Theme = themes.Auto
	}
	if o.Themes == nil {
		o.Themes = themes.Shipped()
	}
	if o.getenv("NO_COLOR") != "" {
		o.NoColor = true
	}
	if o.Profile == colorprofile.Unknown {
		o.Profile = colorprofile.Env(o.Environ)
	}
	if term := o.getenv("TERM"); term == "linux" || term == "dumb" || !utf8Locale(o.getenv) {
		o.ASCII = true
	}
	km, faults := keys.New(o.Keys)
	r := &Root{opts: o, theme: o.Theme, on: o.ground(), keys: km, width: o.Width, height: o.Height, dirty: true}
	w, _ = words.Keyed(w.Tag, r.keyName)
	if o.Notice != "" {
		r.toast = &intent.Toast{Text: o.Notice, Bad: true}
	}
	r.env = &page.Env{Ctx: ctx, Words: w, Backend: o.Backend, Clock: o.Backend.Now, Slim: o.LowBandwidth, PanelDir: o.PanelDir, Grafana: o.Grafana}
	r.env.Formats = formats(o.Formats)
	g := style.Unicode()
	if o.ASCII {
		g = style.ASCII()
	}
	r.env.Glyphs = &g
	r.speed.begun = time.Now()
	r.env.Performance = r.performance
	r.env.Make, r.env.Registered = r.make, r.registered
	if err := r.restyle(); err != nil {
		return nil, nil, err
	}
	r.history.start(page.Fleet)
	r.learn(nil)
	r.visit()
	return r, faults, nil
}

// formats makes sure that formats are read once, and that there are some.
func formats(load func() *format.Set) func() *format.Set {
	return sync.OnceValue(func() *format.Set {
		if load != nil {
			return load()
		}
		own, _ := format.Load() // the program's own have no problem: their tests say so
		return own
	})
}

// ground is what a person says of the terminal's background, else what its variables let guess.
func (o Options) ground() themes.Ground {
	if o.Background != "" {
		return themes.On(o.Background != "light")
	}
	return ground(o.getenv("TERM"), o.getenv("COLORFGBG"))
}

// ground guesses the terminal's background from TERM and COLORFGBG ("15;0": foreground; background), until the terminal tells it by
// itself. Many never do: inside tmux the question often has no answer.
func ground(term, colorfgbg string) themes.Ground {
	parts := strings.Split(colorfgbg, ";")
	switch last := parts[len(parts)-1]; {
	case last == "7" || last == "15":
		return themes.OnLight
	case last != "" && last != "default":
		return themes.OnDark
	case term == "linux": // the console of the machine itself
		return themes.OnDark
	}
	return themes.Unknown
}

// utf8Locale reports whether the locale's character set is UTF-8. A locale that says nothing is taken for UTF-8.
func utf8Locale(getenv func(string) string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := strings.ToLower(getenv(name)); v != "" {
			_, set, found := strings.Cut(v, ".")
			return !found || strings.Contains(set, "utf")
		}
	}
	return true
}

// Run shows the face until the person leaves or ctx ends.
func Run(ctx context.Context, o Options) error {
	if o.Environ == nil {
		o.Environ = os.Environ()
	}
	if o.Out == nil {
		o.Out = os.Stdout
	}
	if o.Profile == colorprofile.Unknown {
		o.Profile = colorprofile.Detect(o.Out, o.Environ)
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	if o.Linear || o.getenv("TERM") == "dumb" { // which cannot move its cursor
		return runLinear(ctx, o)
	}
	root, _, err := New(ctx, o)
	if err != nil {
		return err
	}
	defer root.Close()
	// Signals end ctx: the program's own handler would wait for ever on a loop that ended with it.
	opts := []tea.ProgramOption{tea.WithContext(ctx), tea.WithoutSignalHandler(), tea.WithOutput(root.output(o.Out)), tea.WithFilter(root.filter), tea.WithEnvironment(o.Environ), tea.WithColorProfile(root.profile())}
	if o.In != nil {
		opts = append(opts, tea.WithInput(o.In))
	}
	if o.Width > 0 && o.Height > 0 {
		opts = append(opts, tea.WithWindowSize(o.Width, o.Height))
	}
	program := tea.NewProgram(root, opts...)
	root.beat.find = func() *time.Ticker { return ticker(program) }
	defer root.beat.end()
	_, err = program.Run()
	if errors.Is(err, tea.ErrInterrupted) || (errors.Is(err, tea.ErrProgramKilled) && ctx.Err() != nil) {
		return nil
	}
	return err
}

// bellGap is the least time between two deliveries of data: 10 a second.
const bellGap = 100 * time.Millisecond
