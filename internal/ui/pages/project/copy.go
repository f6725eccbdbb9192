package project

import (
	"strings"

	"dsotop/internal/ui/elsewhere"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/pane"
)

// Links are the addresses of the page in the tab in front.
func (p *Page) Links() []page.Link {
	if n := p.inside(); n != nil {
		return n.Links()
	}
	return nil
}

// CommandLines are those of the page in the tab in front: dsotop's own prints that page.
func (p *Page) CommandLines() []page.Line {
	n := p.inside()
	if n == nil {
		return nil
	}
	return append([]page.Line{elsewhere.Own(p.view, elsewhere.Shown{Ref: intent.Ref{Kind: n.Kind(), Key: p.key}, Pin: p.env.Pin, Span: p.env.Span, Filter: p.Filter()})}, n.CommandLines()...)
}

// Copies offers what one says of the line under the cursor, then of the project.
func (p *Page) Copies() []intent.Item {
	if p.row == nil {
		return nil
	}
	if n := p.inside(); n != nil {
		return n.Copies()
	}
	w, pr := p.env.Words, &p.row.Dossier.Project
	var out []intent.Item
	add := func(label, text string) {
		if text != "" {
			out = append(out, pane.CopyItem(label, text))
		}
	}
	switch p.tab {
	case tabSummary:
		if f, ok := p.finding(p.summary.Current()); ok {
			var sb strings.Builder
			pane.Plain(p.env, &sb, f, "")
			add(w.Project.Findings, sb.String())
		}
		if sha := p.commit(p.summary.Current()); sha != "" {
			add(w.Chain.CopySHA, sha)
			add(w.Chain.AsCommand, "dsotop trace "+sha+" --project "+pr.Slug)
		}
	case tabRepositories:
		if r, ok := p.repos.Current(); ok {
			add(w.Project.CopyURL, r.ExternalURL)
			add(w.Project.CopyCommit, p.sha(r))
		}
	case tabEnvironments:
		if x, ok := p.envs.Current(); ok {
			add(w.Project.CopyNamespace, x.Namespace)
		}
	case tabTeam:
		if x, ok := p.people.Current(); ok {
			add(w.Project.CopyEmail, x.Email)
		}
	case tabJournal:
		if x, ok := p.journal.Current(); ok {
			add(w.Project.CopyMessage, x.Message)
			add(w.Project.CopyRequest, x.RequestID)
		}
	}
	add(w.Fleet.CopyName, pr.Slug)
	add(w.Fleet.CopyID, pr.ID)
	if len(p.row.Findings) > 0 {
		var sb strings.Builder
		for _, f := range p.row.Findings {
			pane.Plain(p.env, &sb, f, "")
		}
		add(w.Fleet.CopyFindings, sb.String())
	}
	return out
}
