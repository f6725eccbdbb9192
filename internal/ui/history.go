package ui

import (
	"context"
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/page"
)

// history is where the person is and was. Pages live in a cache by value: what one comes back to is as it was left.
type history struct {
	here  intent.Ref
	back  []intent.Ref
	last  intent.Ref
	pages map[intent.Ref]page.Page
	trail []intent.Ref // the pages there are, the last visited last
}

func (h *history) start(kind string) {
	h.here = intent.Ref{Kind: kind}
	h.last = h.here
	h.pages = map[intent.Ref]page.Page{}
}

func (h *history) page() page.Page { return h.pages[h.here] }

// keepLeft is how many pages that nobody can go back to are kept as they were left, in case they are opened again. Each holds the facts of the
// moment it was left: on a large platform those of many moments would be gigabytes.
const keepLeft = 4

// open goes to a page. It reports whether there is such a page.
func (r *Root) open(ref intent.Ref, made page.Page) bool {
	h := &r.history
	if made == nil && h.pages[ref] == nil && !r.registered(ref.Kind) {
		return false
	}
	if made != nil {
		closePage(h.pages[ref])
		h.pages[ref] = made
	}
	if ref != h.here {
		h.last = h.here
		// A page that is already on the way back is returned to: no endless trail of the same two pages.
		for i, old := range h.back {
			if old == ref {
				h.back = h.back[:i]
				h.here = ref
				r.visit()
				return true
			}
		}
		h.back = append(h.back, h.here)
		h.here = ref
	}
	r.visit()
	return true
}

// showTab brings a tab of the present page to the front, by its place from 0.
func (r *Root) showTab(at int) {
	if t, ok := r.history.page().(page.Tabbed); ok && at < len(t.Tabs()) {
		t.ShowTab(at)
	}
}

func (r *Root) registered(kind string) bool {
	for _, e := range Pages() {
		if e.Kind == kind {
			return true
		}
	}
	return false
}

// make makes a page of a registered kind; nil when there is none.
func (r *Root) make(kind, key string) page.Page {
	for _, e := range Pages() {
		if e.Kind == kind {
			return e.New(r.env, key)
		}
	}
	return nil
}

// visit makes the page of here when needed and lets it learn what happened meanwhile.
func (r *Root) visit() {
	h := &r.history
	if h.pages[h.here] == nil {
		if p := r.make(h.here.Kind, h.here.Key); p != nil {
			h.pages[h.here] = p
		}
	}
	if p := h.page(); p != nil {
		r.guard(func() bool { return p.Learn(r.view) })
	}
	h.forget()
	r.release()
	r.dirty = true
}

// forget drops the pages that were left longest ago and that nobody can go back to.
func (h *history) forget() {
	h.trail = slices.DeleteFunc(h.trail, func(ref intent.Ref) bool { return ref == h.here || h.pages[ref] == nil })
	h.trail = append(h.trail, h.here)
	left := 0
	for i := len(h.trail) - 1; i >= 0; i-- {
		ref := h.trail[i]
		if ref == h.here || ref == h.last || slices.Contains(h.back, ref) {
			continue
		}
		if left++; left > keepLeft {
			closePage(h.pages[ref])
			delete(h.pages, ref)
		}
	}
}

// release closes the pages that hold something and that nobody can return to any more: a log of a quarter of a gigabyte does not stay
// because it was looked at once.
func (r *Root) release() {
	h := &r.history
	for ref, p := range h.pages {
		if k, ok := p.(page.Holder); ok && !k.Holds() {
			continue
		}
		if _, ok := p.(page.Closer); ok && ref != h.here && ref != h.last && !slices.Contains(h.back, ref) {
			closePage(p)
			delete(h.pages, ref)
		}
	}
}

// goBack returns to the page before and reports whether there was one.
func (r *Root) goBack() bool {
	h := &r.history
	if len(h.back) == 0 {
		return false
	}
	h.last = h.here
	h.here = h.back[len(h.back)-1]
	h.back = h.back[:len(h.back)-1]
	r.visit()
	return true
}

// screen goes to the next or previous main screen.
func (r *Root) screen(step int) {
	var list []page.Entry
	at := 0
	for _, e := range Pages() {
		if e.Screen > 0 {
			list = append(list, e)
		}
	}
	for i, e := range list {
		if e.Kind == r.history.here.Kind {
			at = i
		}
	}
	if len(list) > 1 {
		r.open(intent.Ref{Kind: list[(at+step+len(list))%len(list)].Kind}, nil)
	}
}

// desk numbers the questions of pages, so that an answer that has become stale dies here and nowhere else.
type desk struct {
	seq  int
	open map[address]question
}

type address struct {
	ref   intent.Ref
	topic string
}

type question struct {
	seq    int
	cancel context.CancelFunc
}

type answer struct {
	to  address
	seq int
	val any
	err error
}

func (r *Root) ask(a intent.Ask) tea.Cmd {
	d := &r.desk
	if d.open == nil {
		d.open = map[address]question{}
	}
	to := address{r.history.here, a.Topic}
	if old, ok := d.open[to]; ok {
		old.cancel()
	}
	d.seq++
	seq := d.seq
	ctx, cancel := context.WithCancel(r.env.Ctx)
	d.open[to] = question{seq: seq, cancel: cancel}
	return func() (msg tea.Msg) {
		defer func() {
			if x := recover(); x != nil {
				msg = answer{to: to, seq: seq, err: fmt.Errorf("internal error: %v", x)}
			}
		}()
		val, err := a.Work(ctx)
		return answer{to: to, seq: seq, val: val, err: err}
	}
}

// hear delivers an answer that still stands to the page that asked.
func (r *Root) hear(a answer) bool {
	q, ok := r.desk.open[a.to]
	if !ok || q.seq != a.seq {
		return false
	}
	q.cancel()
	delete(r.desk.open, a.to)
	p, ok := r.history.pages[a.to.ref].(page.Hearer)
	if !ok {
		return false
	}
	return r.guard(func() bool {
		return p.Hear(page.Answer{Topic: a.to.topic, Value: a.val, Err: a.err})
	})
}

func (d *desk) close() {
	for _, q := range d.open {
		q.cancel()
	}
	d.open = nil
}
