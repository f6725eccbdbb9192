package ui

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"golang.org/x/term"

	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/page"
)

// keepHeard is of how many scenes it is remembered what was said.
const keepHeard = 64

// Linear is the face for screen readers: the same session, keys and pages, but instead of a screen plain lines, one after the other, in the
// terminal's own scroll. What opens is read whole; afterwards only what changed is said: at once what follows from a key, now and then what the
// platform did by itself. It is used by one goroutine.
type Linear struct {
	root *Root
	out  io.Writer
	// heard is what was last said of each scene: a page, or what is in front of it.
	heard  map[string]heard
	scene  string
	toast  string
	ill    map[string]platform.State // sources that do not answer well, as last said
	asking bool                      // a prompt stands at the foot

	said    time.Time // when the last thing was said by itself
	waiting bool      // something will be said later
}

// The size of the screen that nobody sees: wide enough for every column of a list, with its details beneath rather than beside.
const (
	linearWidth  = 120
	linearHeight = 60
)

// Bounds of what is said by itself: a screen reader that never stops tells nothing.
const (
	linearGap  = 5 * time.Second
	linearMost = 12 // lines
)

// laterMsg comes back for what was not said yet.
type laterMsg struct{}

// NewLinear reads a session out to a writer. Lines end with CR LF, as terminals in raw mode want.
func NewLinear(root *Root, out io.Writer) *Linear {
	root.env.Glyphs.Spelled, root.env.Glyphs.Aloud = true, true // signs stand for states there
	return &Linear{root: root, out: out, heard: map[string]heard{}}
}

// Init starts the session.
func (l *Linear) Init() tea.Cmd {
	l.root.Update(tea.WindowSizeMsg{Width: linearWidth, Height: linearHeight})
	l.print(l.root.env.Words.Linear.Welcome)
	l.tell(true)
	return l.root.Init()
}

// Update lets the session do its work, then says what came of it.
func (l *Linear) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	person := false
	switch m := msg.(type) {
	case tea.WindowSizeMsg, tea.BackgroundColorMsg, tea.ColorProfileMsg, tea.SuspendMsg: // the screen that nobody sees has its own
		return l, nil
	case tea.KeyPressMsg:
		if m.String() == "ctrl+z" {
			return l, nil // the toolkit would give the terminal back as it took it: not at all
		}
		person = true
	case tea.PasteMsg:
		person = true
	case laterMsg:
		l.waiting = false
	}
	_, cmd := l.root.Update(msg)
	if later := l.tell(person); later > 0 && !l.waiting && !l.root.opts.Still {
		l.waiting = true
		cmd = tea.Batch(cmd, tea.Tick(later, func(time.Time) tea.Msg { return laterMsg{} }))
	}
	return l, cmd
}

// View is nothing: lines are written as they come.
func (l *Linear) View() tea.View { return tea.NewView("") }

// tell says what is new. Without a person's doing it waits until the gap has passed, and returns how long that is.
func (l *Linear) tell(person bool) (later time.Duration) {
	now := l.root.env.Now()
	frame := l.root.Screen()
	s := l.look(frame)
	old, known := l.heard[s.name]
	arrived := s.name != l.scene
	switch o := l.root.over.(type) {
	case *prompt, *input: // the page follows every letter: it is told when they are all there
		l.sayFoot(strings.TrimSpace(plainLines(frame[len(frame)-1:])[0]))
		return 0
	case *palette: // its list too: only what Enter would do is told
		s.lines, known = nil, true
		if len(o.shown) == 0 {
			s.cursor = l.root.env.Words.Palette.NoMatch
		}
	}
	lines, cursor := s.since(old)
	switch {
	case arrived && !known:
		lines, cursor = s.whole(l.place(), l.root.env.Words.Linear), ""
	case arrived:
		cursor = s.cursor // where one was
	}
	if arrived || cursor != "" || len(lines) > 0 {
		if wait := linearGap - now.Sub(l.said); !person && !arrived && wait > 0 {
			return wait
		}
		most := 2 * linearHeight
		if !person && !arrived {
			most, l.said = linearMost, now
		}
		if arrived {
			l.print(s.title)
		}
		if cursor != "" {
			cursor = joined(cursor, l.place())
		}
		l.print(cursor)
		for i, t := range lines {
			if i == most {
				l.print(l.root.env.Words.Linear.More(len(lines) - i))
				break
			}
			l.print(t)
		}
	}
	l.scene, l.heard[s.name] = s.name, s.hear()
	if len(l.heard) > keepHeard {
		l.heard = map[string]heard{s.name: l.heard[s.name]}
	}
	l.sayFoot("")
	return 0
}

// sayFoot says the sentence at the foot, and what a prompt asks for when it opens. What is typed is the keyboard's to say.
func (l *Linear) sayFoot(asked string) {
	text := ""
	if t := l.root.toast; t != nil {
		text = t.Text
	}
	if text != l.toast {
		if l.toast = text; text != "" {
			l.print(text)
		}
	}
	l.saySources()
	if asked != "" && !l.asking {
		l.print(asked)
	}
	l.asking = asked != ""
}

// saySources says which sources stopped answering well, and which do again.
func (l *Linear) saySources() {
	e := l.root.env
	ill := map[string]platform.State{}
	for _, s := range l.root.view.Sources {
		if s.State.Bad() {
			ill[s.Name] = s.State
		}
		if before, was := l.ill[s.Name]; (s.State.Bad() && before != s.State) || (was && s.State == platform.StateLive) {
			l.print(e.Words.State[s.State].Word + " " + s.Name)
		}
	}
	l.ill = ill
}

func (l *Linear) print(text string) {
	if text = strings.TrimSpace(platform.CleanLine(text)); text != "" {
		fmt.Fprint(l.out, text+"\r\n")
	}
}

// runLinear shows the face as lines until the person leaves or ctx ends.
func runLinear(ctx context.Context, o Options) error {
	o.Theme, o.Themes, o.Background, o.NoColor, o.Profile = "dark", nil, "", false, colorprofile.TrueColor // nobody sees colours; roles are read from them
	o.Environ = append(o.Environ, "NO_COLOR=", "TERM=xterm-256color", "LC_ALL="+cmp.Or(o.getenv("LC_ALL"), "C.UTF-8"))
	o.ASCII, o.Width, o.Height = false, linearWidth, linearHeight
	root, _, err := New(ctx, o)
	if err != nil {
		return err
	}
	defer root.Close()
	opts := []tea.ProgramOption{tea.WithContext(ctx), tea.WithoutSignalHandler(), tea.WithoutRenderer(), tea.WithOutput(clipboard{o.Out}), tea.WithEnvironment(o.Environ),
		tea.WithColorProfile(colorprofile.NoTTY), tea.WithWindowSize(linearWidth, linearHeight), tea.WithFilter(func(_ tea.Model, msg tea.Msg) tea.Msg {
			if _, suspend := msg.(tea.SuspendMsg); suspend {
				return nil
			}
			return msg
		})}
	in := o.In
	if in == nil {
		in = os.Stdin
	}
	opts = append(opts, tea.WithInput(in))
	if f, ok := in.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		state, err := term.MakeRaw(int(f.Fd()))
		if err != nil {
			return fmt.Errorf("the terminal does not give its keys: %w", err)
		}
		defer func() { _ = term.Restore(int(f.Fd()), state) }()
	}
	_, err = tea.NewProgram(NewLinear(root, o.Out), opts...).Run()
	if errors.Is(err, tea.ErrInterrupted) || (errors.Is(err, tea.ErrProgramKilled) && ctx.Err() != nil) {
		return nil
	}
	return err
}

// clipboard lets through, of all that the toolkit writes, what is put into the clipboard: no question to the terminal, no picture.
type clipboard struct{ to io.Writer }

//nolint:gochecknoglobals // compiled once, never changed
var osc52 = regexp.MustCompile(`\x1b\]52;[^\x07\x1b]*(?:\x07|\x1b\\)`)

// Write passes the sequences of the clipboard.
func (c clipboard) Write(p []byte) (int, error) {
	for _, seq := range osc52.FindAll(p, -1) {
		if _, err := c.to.Write(seq); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

// place says where in a list one is; "" on a page without one, and behind what is in front of it.
func (l *Linear) place() string {
	p, ok := l.root.history.page().(page.Placed)
	if !ok || l.root.over != nil {
		return ""
	}
	at, of := p.Place()
	if of == 0 {
		return ""
	}
	return l.root.env.Words.Linear.Place(at, of)
}

// title is where one is.
func (l *Linear) title() string {
	text, _ := block.Plain(strings.Join(l.root.crumbs(), ", "))
	return text
}
