package page

import (
	"context"
	"slices"
	"strings"

	"dsotop/internal/actions"
	"dsotop/internal/fleet"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/keys"
)

// Nested holds a page that lives inside another one, and asks it for each optional ability without the holder having to know which
// it has. It is made at the first need: a tab that nobody looks at costs nothing. The zero value holds nothing.
type Nested struct {
	env  *Env
	kind string
	key  string
	page Page
	view *fleet.View

	stop context.CancelFunc // ends the passing on of its bell; nil: it is not passed on
}

// Nest prepares the page of a kind. Nothing is made yet.
func Nest(env *Env, kind, key string) *Nested { return &Nested{env: env, kind: kind, key: key} }

// Kind is the kind of the page inside.
func (n *Nested) Kind() string { return n.kind }

// Page returns the page inside, made and taught the newest view; nil when no such page exists.
func (n *Nested) Page() Page {
	if n.page == nil && n.env != nil && n.env.Make != nil {
		n.page = n.env.Make(n.kind, n.key)
		if n.page != nil && n.view != nil {
			n.page.Learn(n.view)
		}
	}
	return n.page
}

// Learn passes the newest view on; a page that was not looked at yet learns it when it is made.
func (n *Nested) Learn(v *fleet.View) bool {
	n.view = v
	return n.page != nil && n.page.Learn(v)
}

// Draw draws the page inside.
func (n *Nested) Draw(w, h int) block.Block {
	if p := n.Page(); p != nil {
		return p.Draw(w, h)
	}
	return block.New(w, h)
}

// Layers are those of the page inside, without the commands that the holder keeps for itself.
func (n *Nested) Layers(kept ...string) []keys.Layer {
	p := n.Page()
	if p == nil {
		return nil
	}
	var out []keys.Layer
	for _, l := range p.Layers() {
		mine := keys.Layer{Name: l.Name}
		for _, c := range l.Commands {
			if slices.Contains(kept, c.ID) {
				continue
			}
			if do := c.Do; do != nil {
				c.Do = func() intent.Intent { return n.own(do()) }
			}
			mine.Commands = append(mine.Commands, c)
		}
		out = append(out, mine)
	}
	return out
}

// own marks the questions of the page inside, so that their answers find the way back among those of the holder's other pages.
func (n *Nested) own(do intent.Intent) intent.Intent {
	switch d := do.(type) {
	case intent.Ask:
		d.Topic = n.kind + ":" + d.Topic
		return d
	case intent.Many:
		out := make(intent.Many, len(d))
		for i, one := range d {
			out[i] = n.own(one)
		}
		return out
	case intent.Menu:
		d.Items = slices.Clone(d.Items)
		for i := range d.Items {
			if do := d.Items[i].Do; do != nil {
				d.Items[i].Do = func() intent.Intent { return n.own(do()) }
			}
		}
		return d
	case intent.Input:
		if done := d.Done; done != nil {
			d.Done = func(text string) (intent.Intent, bool) {
				do, keep := done(text)
				return n.own(do), keep
			}
		}
		if edit := d.Edit; edit != nil {
			d.Edit = func(text string) intent.Intent { return n.own(edit(text)) }
		}
		return d
	}
	return do
}

// Interest is what the page inside has in view.
func (n *Nested) Interest() []string {
	if p := n.Page(); p != nil {
		return p.Interest()
	}
	return nil
}

// Filterable reports whether the page inside has something to filter.
func (n *Nested) Filterable() (Filterable, bool) {
	f, ok := n.Page().(Filterable)
	return f, ok
}

// Undo takes away one layer of the page inside.
func (n *Nested) Undo() bool {
	u, ok := n.Page().(Undoer)
	return ok && u.Undo()
}

// Copies are what the page inside offers.
func (n *Nested) Copies() []intent.Item {
	if c, ok := n.Page().(Copier); ok {
		return c.Copies()
	}
	return nil
}

// Links are the addresses that the page inside knows.
func (n *Nested) Links() []Link {
	if l, ok := n.Page().(Linker); ok {
		return l.Links()
	}
	return nil
}

// CommandLines are those of the page inside.
func (n *Nested) CommandLines() []Line {
	if c, ok := n.Page().(Commander); ok {
		return c.CommandLines()
	}
	return nil
}

// Relabel tells the page inside, when there is one.
func (n *Nested) Relabel() {
	if r, ok := n.page.(Relabeller); ok {
		r.Relabel()
	}
}

// Hear passes an answer on when the page inside asked for it.
func (n *Nested) Hear(a Answer) bool {
	h, ok := n.page.(Hearer)
	if !ok {
		return false
	}
	topic, mine := strings.CutPrefix(a.Topic, n.kind+":")
	if !mine {
		return false
	}
	a.Topic = topic
	return h.Hear(a)
}

// Subjects are what may be acted on in the page inside.
func (n *Nested) Subjects() []actions.Subject {
	if a, ok := n.Page().(Actor); ok {
		return a.Subjects()
	}
	return nil
}

// Marked are what is marked in the page inside.
func (n *Nested) Marked() []actions.Subject {
	if m, ok := n.Page().(Marker); ok {
		return m.Marked()
	}
	return nil
}

// Reply is what the page inside has to do after it heard an answer.
func (n *Nested) Reply() intent.Intent {
	if r, ok := n.page.(Replier); ok {
		return n.own(r.Reply())
	}
	return nil
}

// Unsettled and Settle pass on that a part of the page inside follows its cursor later.
func (n *Nested) Unsettled() bool {
	s, ok := n.page.(Settler)
	return ok && s.Unsettled()
}

// Settle lets the page inside catch up.
func (n *Nested) Settle() {
	if s, ok := n.page.(Settler); ok {
		s.Settle()
	}
}

// Ring passes the bell of the page inside, if it has one, on to a bell of capacity 1, until ctx ends.
func (n *Nested) Ring(ctx context.Context, bell chan<- struct{}) {
	w, ok := n.page.(Waker)
	if !ok || n.stop != nil {
		return
	}
	if ctx == nil {
		ctx = context.Background()
	}
	ctx, n.stop = context.WithCancel(ctx)
	from := w.Wake()
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-from:
			}
			select {
			case bell <- struct{}{}:
			default:
			}
		}
	}()
}

// Woke tells the page inside that its bell rang.
func (n *Nested) Woke() bool {
	w, ok := n.page.(Waker)
	return ok && w.Woke()
}

// Holds reports whether the page inside holds something that must be given back.
func (n *Nested) Holds() bool {
	if h, ok := n.page.(Holder); ok {
		return h.Holds()
	}
	_, ok := n.page.(Closer)
	return ok
}

// Close closes the page inside.
func (n *Nested) Close() {
	if c, ok := n.page.(Closer); ok {
		c.Close()
	}
	if n.stop != nil {
		n.stop()
	}
	n.page, n.stop = nil, nil
}

// Names are the crumbs of the page inside, joined: for a title.
func (n *Nested) Names() string {
	if p := n.Page(); p != nil {
		return strings.Join(p.Crumbs(), " ")
	}
	return ""
}
