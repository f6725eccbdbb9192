package project

import (
	"dsotop/internal/fleet"
	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/style"
	"dsotop/internal/ui/tabs"
)

// tab is one of the page's own, or a page inside it.
type tab struct {
	own    int
	inside *page.Nested
}

// makeTabs lists the tabs in their order: what is delivered, from left to right, then people and the log.
func makeTabs(env *page.Env, key string) []tab {
	out := []tab{{own: tabSummary}, {own: tabRepositories}}
	add := func(kinds ...string) {
		for _, kind := range kinds {
			if env.Registered != nil && env.Registered(kind) {
				out = append(out, tab{own: tabNested, inside: page.Nest(env, kind, key)})
			}
		}
	}
	add(page.Onboarding, page.Pipelines, page.Quality, page.Images)
	out = append(out, tab{own: tabEnvironments})
	add(page.GitOps, page.Pods, page.Alerts, page.Timeline)
	return append(out, tab{own: tabTeam}, tab{own: tabJournal})
}

// inside is the page in the tab in front; nil when that is one of the page's own.
func (p *Page) inside() *page.Nested {
	if p.row == nil {
		return nil
	}
	return p.tabs[p.at].inside
}

// turn goes to the next or previous tab. What a page inside holds (goroutines, connections) is given back when nobody looks at it.
func (p *Page) turn(step int) {
	if n := p.inside(); n != nil && n.Holds() {
		n.Close()
	}
	p.at = (p.at + step + len(p.tabs)) % len(p.tabs)
	p.tab = p.tabs[p.at].own
	p.wantLags()
	if n := p.inside(); n != nil {
		n.Learn(p.view)
		n.Page()
		n.Ring(p.env.Ctx, p.bell)
	}
}

// Tabs are the titles of the tabs.
func (p *Page) Tabs() []string {
	if p.row == nil {
		return nil
	}
	return titles(p.env, p.tabs)
}

// ShowTab brings a tab to the front.
func (p *Page) ShowTab(at int) { p.turn(at - p.at) }

func titles(env *page.Env, all []tab) []string {
	out := make([]string, len(all))
	for i, t := range all {
		out[i] = title(env, t)
	}
	return out
}

// title is what a tab is called where there is room.
func title(env *page.Env, t tab) string {
	pw := env.Words.Project
	switch t.own {
	case tabSummary:
		return pw.Summary
	case tabRepositories:
		return pw.Repositories
	case tabEnvironments:
		return pw.Environments
	case tabTeam:
		return pw.Team
	case tabJournal:
		return pw.Journal
	default:
		return env.Words.Chain.Tab[t.inside.Kind()]
	}
}

// learnInside passes the view on to the page in front; the others learn it when they come to the front.
func (p *Page) learnInside(v *fleet.View) bool {
	n := p.inside()
	return n != nil && n.Learn(v)
}

func (p *Page) filterInside() (page.Filterable, bool) {
	n := p.inside()
	if n == nil {
		return nil, false
	}
	return n.Filterable()
}

// FilterHint says what may be typed into the filter of the page inside.
func (p *Page) FilterHint() string {
	if f, ok := p.filterInside(); ok {
		if h, ok := f.(page.Hinter); ok {
			return h.FilterHint()
		}
	}
	return p.env.Words.List.FilterHint
}

// Wake is rung by the pages inside.
func (p *Page) Wake() <-chan struct{} { return p.bell }

// Woke takes answers, and passes the bell on.
func (p *Page) Woke() bool {
	answered := p.fetch.Woke()
	if answered && p.row != nil {
		p.outline()
	}
	n := p.inside()
	return n != nil && n.Woke() || answered
}

// Unsettled reports whether a part of the page inside is behind its cursor.
func (p *Page) Unsettled() bool {
	n := p.inside()
	return n != nil && n.Unsettled()
}

// Settle lets it catch up.
func (p *Page) Settle() {
	if n := p.inside(); n != nil {
		n.Settle()
	}
}

// Hear passes answers on to the page that asked.
func (p *Page) Hear(a page.Answer) bool {
	for _, t := range p.tabs {
		if t.inside != nil && t.inside.Hear(a) {
			return true
		}
	}
	return false
}

// Reply is what the page inside has to do.
func (p *Page) Reply() intent.Intent {
	if n := p.inside(); n != nil {
		return n.Reply()
	}
	return nil
}

// Holds reports whether something is asked, or a page inside holds something.
func (p *Page) Holds() bool {
	for _, t := range p.tabs {
		if t.inside != nil && t.inside.Holds() {
			return true
		}
	}
	return p.fetch.Busy("")
}

// Close closes the pages inside, and gives up what was asked.
func (p *Page) Close() {
	p.fetch.Close()
	for _, t := range p.tabs {
		if t.inside != nil {
			t.inside.Close()
		}
	}
}

// tabLine draws the tabs; their titles are shortened before they are cut.
func (p *Page) tabLine(w int) string {
	pw, d := p.env.Words.Project, p.row.Dossier
	count := func(n int) string {
		if n == 0 {
			return ""
		}
		return p.env.Words.Int(n)
	}
	var list []tabs.Tab
	for _, t := range p.tabs {
		one := tabs.Tab{Title: title(p.env, t), Role: style.Faint}
		switch t.own {
		case tabSummary:
			one.Mark = count(len(p.row.Findings))
			if len(p.row.Findings) > 0 {
				one.Role = style.Warn
				if p.row.Severity == platform.SeverityCritical {
					one.Role = style.Bad
				}
			}
		case tabRepositories:
			one.Mark = count(len(d.Repositories))
		case tabEnvironments:
			one.Mark = count(len(d.Environments))
		case tabTeam:
			one.Mark = count(len(p.makePeople()))
		case tabJournal:
			one.Mark = count(len(d.Log))
		}
		list = append(list, one)
	}
	room := func() (n int) {
		for _, t := range list {
			n += block.Width(t.Title) + 3
			if t.Mark != "" {
				n += block.Width(t.Mark) + 1
			}
		}
		return n
	}
	if room() > w {
		for i, t := range p.tabs {
			switch t.own {
			case tabRepositories:
				list[i].Title = pw.RepositoriesShort
			case tabEnvironments:
				list[i].Title = pw.EnvironmentsShort
			case tabTeam:
				list[i].Title = pw.TeamShort
			}
		}
	}
	l := p.list()
	if l == nil {
		return tabs.Line(p.env.Sheet, p.env.Glyphs, w, list, p.at)
	}
	used := room()
	text, _ := l.Filter()
	if shown, total := l.Len(); used > w-restrictionWidth && (text != "" || shown != total) {
		used = max(w-restrictionWidth, w/3) // what is left out of a list is always said
	}
	if used > w-17 {
		return tabs.Line(p.env.Sheet, p.env.Glyphs, w, list, p.at)
	}
	return tabs.Line(p.env.Sheet, p.env.Glyphs, used, list, p.at) + pane.Restrictions(p.env, p.env.Pen(w-used), l).Line()
}

// restrictionWidth is the room kept for what restricts a list.
const restrictionWidth = 40
