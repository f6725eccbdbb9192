package ui

import (
	"image/color"
	"log/slog"
	"runtime/debug"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"

	"dsotop/internal/fleet"
	"dsotop/internal/store"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/keys"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/style"
	"dsotop/themes"
)

// Root is the sole model of a session. It is used by one goroutine, Bubble Tea's loop.
type Root struct {
	opts  Options
	env   *page.Env
	keys  *keys.Map
	theme string        // as asked: a name or auto
	trial string        // a theme that is looked at before it is chosen; "" is none
	on    themes.Ground // the terminal's background, as far as it is known
	// backdrop is the background that the terminal is asked to take while dsotop runs; nil leaves it its own.
	backdrop color.Color
	sub      *store.Sub

	width, height int
	view          *fleet.View
	history       history
	settling      settling
	places        places
	desk          desk
	deeds         deeds

	over  overlay // what is in front of the page; nil: nothing
	toast *intent.Toast

	speed speed // of the link to the terminal
	beat  beat  // of the looks of the renderer
	vigil vigil // for the bell of the page in front
	show  presenter

	dirty  bool
	frame  string
	caret  *tea.Cursor
	frames int // drawn since the start
	minute int64
}

// overlay is something in front of the page that takes the keys: the filter prompt, a menu, the command line.
type overlay interface {
	// key handles a key that no command of its layer took; done closes the overlay.
	key(k tea.KeyPressMsg) (do intent.Intent, done bool)
	paste(text string)
}

// What wakes the session brings the newest view with it, joined and judged off the loop: on a large platform that takes
// longer than a frame may. A nil view is looked up on the spot.
type (
	bellMsg   struct{ view *fleet.View }
	minuteMsg struct{ view *fleet.View }
)

// Init asks the terminal for its background and starts waiting for data and for the next minute.
func (r *Root) Init() tea.Cmd {
	if r.opts.Still {
		return nil
	}
	r.sub = r.env.Backend.Subscribe(bellGap)
	r.acted()
	return tea.Batch(tea.RequestBackgroundColor, r.attendHand(), r.listen(), r.tick(), r.showTick(), r.probe(), r.measure(300*time.Millisecond), r.measure(3*time.Second))
}

// measure asks for the size of the terminal a moment after the start: the toolkit begins to listen for changes a little after it
// first looked, and a change in between, on a busy machine, would never be told.
func (r *Root) measure(after time.Duration) tea.Cmd {
	ctx := r.env.Ctx
	return func() tea.Msg {
		timer := time.NewTimer(after)
		defer timer.Stop()
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
			return tea.RequestWindowSize()
		}
	}
}

// Close ends the session's interest and its bell.
func (r *Root) Close() {
	r.desk.close()
	r.vigil.end()
	for _, p := range r.history.pages {
		closePage(p)
	}
	if r.sub != nil {
		r.sub.Close()
	}
	r.env.Backend.Look(r, nil)
}

func (r *Root) listen() tea.Cmd {
	if r.opts.Still {
		return nil
	}
	ctx, sub, backend, rest := r.env.Ctx, r.sub, r.env.Backend, time.Duration(0)
	if r.env.Slim {
		rest = slimBell
	}
	return func() tea.Msg {
		if rest > 0 {
			timer := time.NewTimer(rest)
			defer timer.Stop()
			select {
			case <-ctx.Done():
				return nil
			case <-timer.C:
			}
		}
		if _, ok := sub.Next(ctx); !ok {
			return nil
		}
		return bellMsg{backend.View()}
	}
}

// tick wakes at the next minute: the clock and the ages move then, and only then.
func (r *Root) tick() tea.Cmd {
	if r.opts.Still {
		return nil
	}
	ctx, now, backend := r.env.Ctx, r.env.Now(), r.env.Backend
	wait := max(now.Truncate(time.Minute).Add(time.Minute).Sub(now), time.Second) // the demo's clock may stand still
	return func() tea.Msg {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
			return minuteMsg{backend.View()}
		}
	}
}

// Bell is the message that data changed; tests send it.
func Bell() tea.Msg { return bellMsg{} }

// Minute is the message that a minute has passed; tests send it.
func Minute() tea.Msg { return minuteMsg{} }

// Update is the loop's only door.
func (r *Root) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	var cmd tea.Cmd
	switch m := msg.(type) {
	case tea.WindowSizeMsg:
		r.width, r.height, r.dirty = m.Width, m.Height, true
	case tea.BackgroundColorMsg:
		if m.Color != nil && r.opts.Background == "" { // who told it knows better
			r.setGround(themes.On(m.IsDark()))
		}
	case tea.ColorProfileMsg:
		r.setProfile(m.Profile)
	case bellMsg:
		r.dirty = r.learn(m.view) || r.dirty
		cmd = tea.Batch(r.listen(), r.settle())
	case minuteMsg:
		r.dirty = r.learn(m.view) || r.dirty
		if e := r.env.Epoch(); e != r.minute && !r.env.Slim { // on a slow link ages move with the data
			r.minute, r.dirty = e, true
		}
		cmd = r.tick()
	case tea.KeyPressMsg:
		cmd = tea.Batch(r.press(m), r.settle(), r.askTrip())
	case uv.PrimaryDeviceAttributesEvent:
		r.heardTerminal(m)
	case askMsg:
		cmd = r.askTrip()
	case paceMsg:
		r.speed.paced = false
	case settleMsg:
		r.caughtUp()
	case indexedMsg:
		r.indexed()
	case tea.PasteMsg:
		cmd = r.paste(m.Content)
	case tea.ResumeMsg:
		r.dirty = true
	case answer:
		if r.hear(m) {
			r.dirty = true
			if p, ok := r.history.pages[m.to.ref].(page.Replier); ok {
				cmd = r.carry(p.Reply())
			}
		}
	case showMsg:
		cmd = r.showed()
	case rightsMsg:
		r.allowed(m)
	case plannedMsg:
		r.planned(m)
	case actedMsg:
		r.acted()
		cmd = r.attendHand()
	case wakeMsg:
		r.dirty = r.woke(m) || r.dirty
	}
	if r.dirty {
		r.look()
	}
	if watch := r.attend(); watch != nil {
		cmd = tea.Batch(cmd, watch)
	}
	if later := r.pace(); later != nil {
		cmd = tea.Batch(cmd, later)
	}
	return r, cmd
}

// learn takes the newest view and tells the page in front. Others learn when they are shown again.
func (r *Root) learn(v *fleet.View) (changed bool) {
	old := r.view
	if v == nil {
		v = r.env.Backend.View()
	}
	if r.view = v; r.view == nil {
		r.view = &fleet.View{}
	}
	if old == nil || headerMoved(old, r.view) {
		changed = true
	}
	if p := r.history.page(); p != nil {
		changed = r.guard(func() bool { return p.Learn(r.view) }) || changed
	}
	return changed
}

// look tells the engine what is in view.
func (r *Root) look() {
	p := r.history.page()
	if p == nil {
		return
	}
	scopes := p.Interest()
	if scopes == nil {
		scopes = []string{}
	}
	r.env.Backend.Look(r, scopes)
}

// guard contains a panic of a page: the session goes on, and says so.
func (r *Root) guard(f func() bool) (out bool) {
	defer func() {
		if x := recover(); x != nil {
			slog.Error("a page panicked", "page", r.history.here.Kind, "value", x, "stack", string(debug.Stack()))
			r.toast = &intent.Toast{Text: r.env.Words.Frame.Broken, Bad: true}
			out = true
		}
	}()
	return f()
}

func (r *Root) profile() colorprofile.Profile {
	if r.opts.NoColor && r.opts.Profile > colorprofile.ASCII {
		return colorprofile.ASCII
	}
	return r.opts.Profile
}

func (r *Root) setGround(on themes.Ground) {
	if on != r.on {
		r.on = on
		_ = r.restyle() // the theme's name was checked at the start
	}
}

func (r *Root) setProfile(p colorprofile.Profile) {
	if p != r.opts.Profile && p != colorprofile.Unknown {
		r.opts.Profile = p
		_ = r.restyle()
	}
}

// restyle derives the sheet again: a change of theme, background or colours.
func (r *Root) restyle() error {
	name := r.theme
	if r.trial != "" {
		name = r.trial
	}
	t, err := r.opts.Themes.Find(name, r.on)
	if err != nil {
		return err
	}
	r.env.Sheet = style.New(t, r.on, r.profile()).WithASCII(r.env.Glyphs.ASCII)
	r.backdrop = nil
	if hex := t.Backdrop(r.on); hex != "" && r.profile() > colorprofile.ASCII {
		red, green, blue := themes.Paint{Hex: hex}.RGB()
		r.backdrop = color.RGBA{R: red, G: green, B: blue, A: 255} // a light theme chosen on a dark terminal, or the reverse: the terminal's background follows until we leave
	}
	r.dirty = true
	return nil
}
