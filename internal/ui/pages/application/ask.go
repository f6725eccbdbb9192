package application

import (
	"context"

	"dsotop/internal/desk"
	"dsotop/internal/platform"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/pane"
)

// ask asks what the tab in front needs and has not, or has of a state that is no longer.
func (p *Page) ask() {
	if p.app == nil {
		return
	}
	if d, ok := p.env.Backend.(page.Desks); ok {
		p.reach = d.GitOps(p.app.Instance)
	}
	if p.reach.GitOps == nil {
		return
	}
	g, ref := p.reach.GitOps, p.ref()
	switch p.tab {
	case tabTree:
		p.get(topicTree, func(ctx context.Context) (any, error) { return g.Tree(ctx, ref) }, func(v any) {
			t, _ := v.(desk.ResourceTree)
			p.nodes = &t
			p.grow()
		})
	case tabDiff:
		p.get(topicDiff, func(ctx context.Context) (any, error) { return g.Differences(ctx, ref) }, func(v any) {
			p.diffs, _ = v.([]desk.Difference)
			p.growDiff()
		})
	default:
		p.get(topicDetail, func(ctx context.Context) (any, error) { return g.Application(ctx, ref) }, func(v any) {
			p.detail, _ = v.(desk.ApplicationDetail)
			p.setHistory()
		})
		if p.tab == tabLast {
			p.get(topicWindow, func(ctx context.Context) (any, error) { return g.Windows(ctx, ref) }, func(v any) { p.windows, _ = v.(desk.SyncWindows) })
		} else {
			p.check()
		}
	}
}

// get asks once, until the application's state moves; what failed is asked again when one comes back to it.
func (p *Page) get(topic string, work func(context.Context) (any, error), take func(any)) {
	if p.gotten[topic] || p.fetch.Busy(topic) {
		return
	}
	p.fetch.Ask(topic, work, func(v any, err error) {
		if err != nil {
			p.fails[topic] = p.reach.Health(err)
			return
		}
		delete(p.fails, topic)
		p.gotten[topic] = true
		take(v)
	})
}

// said is why a part is not there: awaited, refused, or nobody to ask. nil when it came.
func (p *Page) said(topic string, w int) []string {
	e := p.env
	if p.reach.GitOps == nil {
		return pane.Missing(e, p.view, w, e.Words.GitOps.Title, platform.FactAge{State: platform.StateNotConfigured})
	}
	if h, ok := p.fails[topic]; ok {
		return pane.Fetched(e, w, false, "", &h)
	}
	return pane.Fetched(e, w, p.fetch.Busy(topic), e.Words.GitOps.Reading, nil)
}
