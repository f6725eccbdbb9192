package ui

import (
	"context"
	"errors"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"dsotop/internal/fleet"
	"dsotop/internal/store"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/keys"
	"dsotop/internal/ui/page"
)

type stillBackend struct{ st *store.Store }

func (b stillBackend) View() *fleet.View                      { return &fleet.View{} }
func (b stillBackend) Subscribe(gap time.Duration) *store.Sub { return b.st.Subscribe(gap) }
func (b stillBackend) Look(any, []string)                     {}
func (b stillBackend) Refresh()                               {}
func (b stillBackend) Now() time.Time                         { return time.Unix(1_800_000_000, 0) }
func (b stillBackend) Profile() string                        { return "" }
func (b stillBackend) ReadOnly() bool                         { return true }
func (b stillBackend) Version() string                        { return "" }

// hearing is a page that notes what it hears, and panics when it is told to.
type hearing struct {
	heard []page.Answer
	panic bool
}

func (p *hearing) Learn(*fleet.View) bool { return false }
func (p *hearing) Draw(w, h int) block.Block {
	if p.panic {
		panic("drawing")
	}
	return block.New(w, h)
}
func (p *hearing) Layers() []keys.Layer    { return nil }
func (p *hearing) Crumbs() []string        { return []string{"x"} }
func (p *hearing) Interest() []string      { return nil }
func (p *hearing) Hear(a page.Answer) bool { p.heard = append(p.heard, a); return true }

func still(t *testing.T) (*Root, *hearing) {
	t.Helper()
	r, _, err := New(t.Context(), Options{Backend: stillBackend{store.New(nil)}, Width: 80, Height: 24, Still: true})
	if err != nil {
		t.Fatal(err)
	}
	p := &hearing{}
	r.open(intent.Ref{Kind: "test", Key: "1"}, p)
	return r, p
}

func says(v any) func(context.Context) (any, error) {
	return func(context.Context) (any, error) { return v, nil }
}

func TestOnlyAnswersThatStandAreHeard(t *testing.T) {
	r, p := still(t)
	first := r.carry(intent.Ask{Topic: "a", Work: says(1)})
	second := r.carry(intent.Ask{Topic: "a", Work: says(2)})
	other := r.carry(intent.Ask{Topic: "b", Work: says(3)})
	for _, cmd := range []tea.Cmd{second, first, other} { // in any order: batches have none
		r.Update(cmd())
	}
	if len(p.heard) != 2 || p.heard[0].Value != 2 || p.heard[1].Value != 3 {
		t.Errorf("heard %v", p.heard)
	}
}

func TestANewQuestionCancelsTheOldOne(t *testing.T) {
	r, _ := still(t)
	cancelled := make(chan error, 1)
	cmd := r.carry(intent.Ask{Topic: "a", Work: func(ctx context.Context) (any, error) {
		<-ctx.Done()
		cancelled <- ctx.Err()
		return nil, ctx.Err()
	}})
	go cmd()
	r.carry(intent.Ask{Topic: "a", Work: says(1)})
	if err := <-cancelled; !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
}

func TestAPanicInAQuestionIsAnAnswer(t *testing.T) {
	r, p := still(t)
	cmd := r.carry(intent.Ask{Topic: "a", Work: func(context.Context) (any, error) { panic("asked") }})
	r.Update(cmd())
	if len(p.heard) != 1 || p.heard[0].Err == nil {
		t.Errorf("heard %v", p.heard)
	}
}

func TestAPanicOfAPageIsContained(t *testing.T) {
	r, p := still(t)
	p.panic = true
	r.dirty = true
	if v := r.View(); v.Content == "" {
		t.Error("nothing is drawn")
	}
	if r.toast == nil || !r.toast.Bad {
		t.Error("nothing is said")
	}
	r.Update(tea.KeyPressMsg{Code: tea.KeyEscape})
	if r.history.here.Kind != page.Fleet {
		t.Errorf("Esc leads to %s", r.history.here.Kind)
	}
}

func TestHistory(t *testing.T) {
	r, _ := still(t)
	one := intent.Ref{Kind: "test", Key: "1"}
	two := intent.Ref{Kind: "test", Key: "2"}
	r.open(two, &hearing{})
	r.carry(intent.Last{})
	if r.history.here != one {
		t.Errorf("last leads to %v", r.history.here)
	}
	r.carry(intent.Last{})
	if r.history.here != two {
		t.Errorf("last again leads to %v", r.history.here)
	}
	if len(r.history.back) > 3 {
		t.Errorf("the way back grows: %v", r.history.back)
	}
	for range 5 {
		r.goBack()
	}
	if r.history.here.Kind != page.Fleet {
		t.Errorf("back ends at %v", r.history.here)
	}
	if r.open(intent.Ref{Kind: "nothing"}, nil) {
		t.Error("a page that does not exist was opened")
	}
}
