// Package uitest drives a session without a terminal: keys in, screen out. It calls the real root's Update and View and
// carries out the commands they return, over a platform of its own with a frozen clock.
package uitest

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"dsotop/internal/fleet"
	"dsotop/internal/platform"
	"dsotop/internal/store"
	"dsotop/internal/ui"
)

// Backend is a platform in memory: a store, the real joins and rules, a clock that only the test moves.
type Backend struct {
	Store *store.Store
	Fleet *fleet.Fleet

	mu        sync.Mutex
	now       time.Time
	looks     [][]string
	refreshes int
}

// NewBackend returns the fixture with n projects; 7 is the whole set of stories, 0 an empty platform without sources.
func NewBackend(n int) *Backend {
	b := &Backend{now: Noon()}
	b.Store = store.New(b.Now)
	configured := map[string]bool{}
	if n > 0 {
		for _, s := range sources() {
			configured[s.Kind] = true
		}
		fill(b.Store, n)
	}
	b.Fleet = fleet.New(fleet.Options{Configured: configured})
	return b
}

// View judges the newest snapshot.
func (b *Backend) View() *fleet.View { return b.Fleet.View(b.Store.Current(), b.Now()) }

// Subscribe is the store's bell.
func (b *Backend) Subscribe(gap time.Duration) *store.Sub { return b.Store.Subscribe(gap) }

// Look notes what is in view.
func (b *Backend) Look(_ any, scopes []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.looks = append(b.looks, scopes)
}

// Looking returns what was last in view.
func (b *Backend) Looking() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.looks) == 0 {
		return nil
	}
	return b.looks[len(b.looks)-1]
}

// Refresh counts.
func (b *Backend) Refresh() { b.mu.Lock(); b.refreshes++; b.mu.Unlock() }

// Refreshes returns how often a new look was asked for.
func (b *Backend) Refreshes() int { b.mu.Lock(); defer b.mu.Unlock(); return b.refreshes }

// Now is the frozen time.
func (b *Backend) Now() time.Time { b.mu.Lock(); defer b.mu.Unlock(); return b.now }

// Pass moves the clock.
func (b *Backend) Pass(d time.Duration) { b.mu.Lock(); b.now = b.now.Add(d); b.mu.Unlock() }

// Profile is that of the examples.
func (b *Backend) Profile() string { return "pax" }

// ReadOnly is true: there is nothing to write to.
func (b *Backend) ReadOnly() bool { return true }

// Version names no release.
func (b *Backend) Version() string { return "test" }

// Health changes what a source says of itself.
func (b *Backend) Health(name string, change func(*platform.SourceHealth)) {
	b.Store.Apply(func(tx *store.Tx) {
		for sh := range store.Health.All(b.Store.Current()) {
			if sh.Source == name && len(sh.Items) > 0 {
				h := sh.Items[0]
				change(&h)
				store.Health.Put(tx, name, sh.Scope, []platform.SourceHealth{h})
			}
		}
	})
}

// Session is a person at a terminal.
type Session struct {
	t    testing.TB
	Root *ui.Root
	Left bool // the program was asked to end
}

// Open starts a session of w×h in a language.
func Open(t testing.TB, b ui.Backend, lang string, w, h int) *Session {
	t.Helper()
	return OpenWith(t, ui.Options{Backend: b, Lang: lang, Width: w, Height: h, Profile: colorprofile.TrueColor})
}

// OpenWith starts a session with options of one's own.
func OpenWith(t testing.TB, o ui.Options) *Session {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	o.Still = true
	root, faults, err := ui.New(ctx, o)
	if err != nil {
		stop()
		t.Fatal(err)
	}
	for _, f := range faults {
		t.Error(f)
	}
	t.Cleanup(func() { root.Close(); stop() })
	s := &Session{t: t, Root: root}
	s.Send(tea.WindowSizeMsg{Width: o.Width, Height: o.Height})
	return s
}

// Send delivers a message and carries out what follows from it, until nothing does.
func (s *Session) Send(msg tea.Msg) { s.t.Helper(); s.Each(msg, func() {}) }

// Each is Send that calls frame after each frame drawn on the way.
func (s *Session) Each(msg tea.Msg, frame func()) {
	s.t.Helper()
	queue := []tea.Msg{msg}
	for n := 0; len(queue) > 0; n++ {
		if n > 1000 {
			s.t.Fatal("commands without end")
		}
		m := queue[0]
		queue = queue[1:]
		switch m := m.(type) {
		case nil:
			continue
		case tea.QuitMsg:
			s.Left = true
			continue
		case tea.BatchMsg:
			for _, c := range m {
				if c != nil {
					queue = append(queue, c())
				}
			}
			continue
		}
		_, cmd := s.Root.Update(m)
		_ = s.Root.View()
		frame()
		if cmd != nil {
			queue = append(queue, cmd())
		}
	}
}

// Press presses keys, as tea.KeyPressMsg.String names them.
func (s *Session) Press(keys ...string) {
	s.t.Helper()
	for _, k := range keys {
		s.Send(Key(k))
	}
}

// Type types a text, letter by letter.
func (s *Session) Type(text string) {
	s.t.Helper()
	for _, r := range text {
		s.Send(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
}

// Paste pastes a text, at once: where each letter that is typed asks a system, that saves the waits between them.
func (s *Session) Paste(text string) { s.t.Helper(); s.Send(tea.PasteMsg{Content: text}) }

// Bell delivers the news that data changed.
func (s *Session) Bell() { s.t.Helper(); s.Send(ui.Bell()) }

// Minute delivers the news that a minute has passed.
func (s *Session) Minute() { s.t.Helper(); s.Send(ui.Minute()) }

// Resize changes the size of the window.
func (s *Session) Resize(w, h int) { s.t.Helper(); s.Send(tea.WindowSizeMsg{Width: w, Height: h}) }

// Screen returns the screen as plain text, without blanks at the ends of lines.
func (s *Session) Screen() string {
	lines := s.Root.Screen()
	for i, l := range lines {
		lines[i] = strings.TrimRight(ansi.Strip(l), " ")
	}
	return strings.Join(lines, "\n")
}

// Exact checks that the frame is exactly w×h cells.
func (s *Session) Exact(w, h int) {
	s.t.Helper()
	lines := s.Root.Screen()
	if len(lines) != h {
		s.t.Fatalf("%d lines for a height of %d", len(lines), h)
	}
	for i, l := range lines {
		if got := ansi.StringWidth(l); got != w {
			s.t.Fatalf("line %d is %d cells, not %d: %q", i, got, w, ansi.Strip(l))
		}
	}
}

// Shows fails unless the screen holds every text.
func (s *Session) Shows(texts ...string) {
	s.t.Helper()
	screen := s.Screen()
	for _, text := range texts {
		if !strings.Contains(screen, text) {
			s.t.Errorf("%q is not on the screen:\n%s", text, screen)
		}
	}
}

// Hides fails when the screen holds one of the texts.
func (s *Session) Hides(texts ...string) {
	s.t.Helper()
	screen := s.Screen()
	for _, text := range texts {
		if strings.Contains(screen, text) {
			s.t.Errorf("%q is on the screen:\n%s", text, screen)
		}
	}
}

// Key makes a key press from its name.
func Key(name string) tea.KeyPressMsg {
	named := map[string]rune{"f2": tea.KeyF2, "f4": tea.KeyF4, "f8": tea.KeyF8, "f9": tea.KeyF9, "enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft, "right": tea.KeyRight,
		"pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "home": tea.KeyHome, "end": tea.KeyEnd, "backspace": tea.KeyBackspace, "f1": tea.KeyF1, "f5": tea.KeyF5, "space": tea.KeySpace}
	var mod tea.KeyMod
	rest := name
	for {
		if r, ok := strings.CutPrefix(rest, "ctrl+"); ok {
			mod, rest = mod|tea.ModCtrl, r
		} else if r, ok := strings.CutPrefix(rest, "shift+"); ok {
			mod, rest = mod|tea.ModShift, r
		} else {
			break
		}
	}
	if code, ok := named[rest]; ok {
		return tea.KeyPressMsg{Code: code, Mod: mod}
	}
	r := []rune(rest)[0]
	if mod != 0 {
		return tea.KeyPressMsg{Code: r, Mod: mod}
	}
	return tea.KeyPressMsg{Code: r, Text: rest}
}
