package ui

import (
	"context"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"dsotop/internal/fleet"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/keys"
	"dsotop/internal/ui/page"
)

// waking is a page with a bell that counts.
type waking struct {
	bell   chan struct{}
	woken  int
	closed int
}

func (p *waking) Learn(*fleet.View) bool    { return false }
func (p *waking) Draw(w, h int) block.Block { return block.New(w, h) }
func (p *waking) Layers() []keys.Layer      { return nil }
func (p *waking) Crumbs() []string          { return nil }
func (p *waking) Interest() []string        { return nil }
func (p *waking) Wake() <-chan struct{}     { return p.bell }
func (p *waking) Woke() bool                { p.woken++; return true }
func (p *waking) Close()                    { p.closed++ }

// rooted is a root without a backend, on pages of the test's own.
func rooted(t *testing.T, pages map[intent.Ref]page.Page, here intent.Ref) *Root {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	t.Cleanup(stop)
	r := &Root{env: &page.Env{Ctx: ctx}, width: 80, height: 24}
	r.history = history{here: here, pages: pages}
	return r
}

func TestABellIsOneRepaintAndTheNextOneWaits(t *testing.T) {
	p := &waking{bell: make(chan struct{}, 1)}
	here := intent.Ref{Kind: "waking"}
	r := rooted(t, map[intent.Ref]page.Page{here: p}, here)
	wait := r.attend()
	if wait == nil || r.attend() != nil {
		t.Fatal("a page with a bell is waited for, once")
	}
	p.bell <- struct{}{}
	msg := wait()
	if !r.woke(msg.(wakeMsg)) || p.woken != 1 {
		t.Fatalf("woken %d times", p.woken)
	}
	if r.woke(msg.(wakeMsg)) && p.woken > 1 {
		t.Error("a bell of before wakes again")
	}
	again := r.attend()
	p.bell <- struct{}{}
	start := r.vigil.last
	if again(); time.Since(start) < r.wakeGap() {
		t.Error("the next repaint did not wait")
	}
}

func TestLeavingAPageEndsItsVigil(t *testing.T) {
	p := &waking{bell: make(chan struct{}, 1)}
	here, other := intent.Ref{Kind: "waking"}, intent.Ref{Kind: "other"}
	r := rooted(t, map[intent.Ref]page.Page{here: p}, here)
	wait := r.attend()
	r.history.here = other
	r.attend()
	if msg := wait(); msg != nil {
		t.Errorf("got %v", msg)
	}
	if r.release(); p.closed != 1 || r.history.pages[here] != nil {
		t.Errorf("closed %d times", p.closed)
	}
}

func TestInputCompletesAndKeepsWhatIsWrong(t *testing.T) {
	done, edits := "", 0
	in := newInput(intent.Input{Label: "x", Text: "ab",
		Edit: func(string) intent.Intent { edits++; return nil },
		Complete: func(string, int) intent.Completion {
			return intent.Completion{From: 1, To: 2, Items: []string{"one", "two"}}
		},
		Done: func(text string) (intent.Intent, bool) { done = text; return nil, text == "atwo" }})
	press := func(k tea.KeyPressMsg) bool { _, closed := in.key(k); return closed }
	press(tea.KeyPressMsg{Code: tea.KeyDown})
	press(tea.KeyPressMsg{Code: tea.KeyDown})
	if press(tea.KeyPressMsg{Code: tea.KeyEnter}) || in.field.text() != "atwo" || edits != 1 {
		t.Fatalf("%q after choosing, %d edits", in.field.text(), edits)
	}
	if press(tea.KeyPressMsg{Code: tea.KeyEnter}) || done != "atwo" {
		t.Error("what cannot be used closes the field")
	}
	press(tea.KeyPressMsg{Code: 'z', Text: "z"})
	if !press(tea.KeyPressMsg{Code: tea.KeyEnter}) || done != "atwoz" {
		t.Errorf("done with %q", done)
	}
}
