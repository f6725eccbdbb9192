package alerts

import (
	"strings"

	"dsotop/internal/fleet"
	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/keys"
	"dsotop/internal/ui/outline"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/roster"
	"dsotop/internal/ui/style"
	"dsotop/internal/ui/words"
)

// EntryOne registers the page of one alert.
func EntryOne(screen int) page.Entry {
	return page.Entry{Kind: page.Alert, Screen: screen, Title: func(w *words.Set) string { return w.Alerts.Alert },
		New: func(env *page.Env, key string) page.Page { return NewOne(env, key) }}
}

// One is the page of one alert.
type One struct {
	env          *page.Env
	project, key string
	view         *fleet.View
	row          *fleet.Row
	alert        alert // without an alert when it is no longer active
	last         alert // as it was last seen
	text         *outline.Outline
	fetch        *page.Fetch
	silent       silences
	known        bool
}

// NewOne returns the page of "project id/identity", empty.
func NewOne(env *page.Env, key string) *One {
	p := &One{env: env, view: &fleet.View{}, text: outline.New(), fetch: page.NewFetch(env.Ctx)}
	p.project, p.key, _ = strings.Cut(key, "/")
	return p
}

// Learn takes what is newest of the alert, and asks for the silences when it moved.
func (p *One) Learn(v *fleet.View) bool {
	if p.view == v {
		return false
	}
	first, was := p.view.At.IsZero(), p.alert
	p.view, p.alert = v, alert{}
	var list []alert
	if p.project == "" {
		list = others(v)
	} else if r, ok := v.Project(p.project); ok {
		p.row = r
		list = rows(roster.Part{Row: r})
	}
	for _, a := range list {
		if a.key == p.key {
			p.alert, p.last = a, a
		}
	}
	if first || was.Alert != nil && p.alert.Alert != nil && was.Silenced != p.alert.Silenced {
		p.ask()
	}
	return true
}

func (p *One) ask() {
	ask(p.env, p.fetch, p.project, func(s silences) { p.silent, p.known = s, true })
}

// Relabel does nothing: nothing is kept in words.
func (p *One) Relabel() {}

// Crumbs names whom the alert hits, and the alert.
func (p *One) Crumbs() []string {
	name, _, _ := strings.Cut(p.key, "{")
	if p.last.Alert != nil && p.last.row != nil {
		if p.last.env != "" {
			return []string{p.last.slug(), p.last.env, name}
		}
		return []string{p.last.slug(), name}
	}
	return []string{p.env.Words.Alerts.Title, name}
}

// Interest is the project.
func (p *One) Interest() []string {
	if p.project == "" {
		return nil
	}
	return []string{p.project}
}

// Wake implements page.Waker.
func (p *One) Wake() <-chan struct{} { return p.fetch.Wake() }

// Woke implements page.Waker.
func (p *One) Woke() bool { return p.fetch.Woke() }

// Holds implements page.Holder.
func (p *One) Holds() bool { return p.fetch.Busy("") }

// Close implements page.Closer.
func (p *One) Close() { p.fetch.Close() }

// Layers is the text; Enter goes to the environment that is hit.
func (p *One) Layers() []keys.Layer {
	cmds := []keys.Command{{ID: keys.Refresh, Do: func() intent.Intent { p.ask(); return intent.Refresh{} }}}
	if p.last.Alert != nil {
		if p.last.env != "" {
			cmds = append(cmds, keys.Command{ID: keys.Enter, Do: func() intent.Intent {
				return intent.Open{Ref: intent.Ref{Kind: page.Environment, Key: p.last.Namespace}}
			}})
		} else if p.project != "" {
			cmds = append(cmds, keys.Command{ID: keys.Enter, Do: func() intent.Intent { return intent.Open{Ref: intent.Ref{Kind: page.Project, Key: p.project}} }})
		}
		cmds = append(cmds, around(p.env, p.last)...)
	}
	return []keys.Layer{{Name: page.Alert, Commands: append(cmds, p.text.Commands()...)}}
}

// Copies offers what one says of the alert.
func (p *One) Copies() []intent.Item {
	if p.last.Alert == nil {
		return nil
	}
	return copies(p.env, p.last)
}

// Draw writes everything that is known of the alert.
func (p *One) Draw(w, h int) block.Block {
	e, a := p.env, p.env.Words.Alerts
	if p.last.Alert == nil {
		name, _, _ := strings.Cut(p.key, "{")
		return pane.Gone(e, p.view, w, h, name, a.GoneHint)
	}
	head := []string{e.Section(w, p.last.Name, whose(e, p.last))}
	if p.alert.Alert == nil {
		head = append(head, e.Pen(w).Space(1).Put(style.Good, e.Glyphs.OK).Space(1).Put(style.Strong, a.Gone).Put(style.Faint, "  "+a.GoneHint).Line())
	}
	if p.row != nil {
		head = append(head, pane.Aging(e, w, map[platform.Family]platform.FactAge{platform.FamAlerts: p.row.Dossier.Known[platform.FamAlerts]})...)
	}
	top := block.New(w, len(head), head...)
	p.text.SetItems([]outline.Item{{Draw: func(w int, _ style.Ground) []string {
		return details(e, p.last, p.silent, p.known, p.fetch.Busy(""), w, true)
	}}})
	return block.Under(top, pane.Scroll(e, p.text, w, h-top.H, true))
}
