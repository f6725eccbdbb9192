package application

import (
	"context"

	"dsotop/internal/desk"
	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/outline"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/style"
)

// object is an object shown whole: its events, then its manifest.
type object struct {
	ref            desk.ObjectRef
	manifest       string
	events         []platform.Event
	eventsWhy, why *platform.SourceHealth
	text           *outline.Outline
}

// show reads an object and shows it whole.
func (p *Page) show(ref desk.ObjectRef) {
	o := &object{ref: ref, text: outline.New()}
	p.full = o
	g, app := p.reach.GitOps, p.ref()
	if g == nil {
		return
	}
	type both struct {
		manifest desk.Manifest
		events   []platform.Event
		late     error
	}
	p.fetch.Ask(topicObject, func(ctx context.Context) (any, error) {
		var b both
		var err error
		if b.manifest, err = g.Object(ctx, app, ref); err != nil {
			return nil, err
		}
		b.events, b.late = g.Events(ctx, app, ref)
		return b, nil
	}, func(v any, err error) {
		if err != nil {
			h := p.reach.Health(err)
			o.why = &h
			return
		}
		b, _ := v.(both)
		o.manifest, o.events = b.manifest.Text, b.events
		if b.late != nil {
			h := p.reach.Health(b.late)
			o.eventsWhy = &h
		}
	})
}

func (p *Page) drawObject(w, h int) block.Block {
	e, g, o := p.env, p.env.Words.GitOps, p.full
	if o.manifest == "" {
		lines := []string{e.Section(w, o.ref.Name, o.ref.Kind)}
		if o.why != nil {
			return block.New(w, h, append(lines, pane.Fetched(e, w, false, "", o.why)...)...)
		}
		return block.New(w, h, append(lines, p.said(topicObject, w)...)...)
	}
	o.text.SetItems([]outline.Item{{Draw: func(w int, _ style.Ground) []string {
		out := []string{e.Section(w, o.ref.Name, o.ref.Kind)}
		out = append(out, pane.Head(e, w, g.Events))
		if o.eventsWhy != nil {
			out = append(out, pane.Fetched(e, w, false, "", o.eventsWhy)...)
		} else if len(o.events) == 0 {
			out = append(out, e.Pen(w).Space(1).Put(style.Faint, e.Glyphs.None+" "+g.NoEvent).Line())
		}
		for _, ev := range o.events {
			out = append(out, pane.Event(e, w, ev)...)
		}
		out = append(out, e.Pen(w).Line(), pane.Head(e, w, g.ManifestOf))
		return append(out, pane.YAML(e, w, o.manifest)...)
	}}})
	return pane.Scroll(e, o.text, w, h, true)
}
