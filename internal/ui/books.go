package ui

import (
	"dsotop/internal/platform"
	"dsotop/internal/runbook"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/keys"
	"dsotop/internal/ui/page"
)

// books opens the procedures for what is under the cursor. On a finding that is its own one, ready to be played: the list shows below it what else applies.
func (r *Root) books() intent.Intent {
	here := r.history.page()
	if f, ok := findingOf(here); ok {
		if sel, one := r.bookOf(f); sel.ProjectID != "" {
			open := intent.Open{Ref: intent.Ref{Kind: page.Runbooks, Key: sel.Key()}}
			if one {
				return intent.Many{open, intent.Run{ID: keys.Enter}}
			}
			return open
		}
	}
	key := ""
	if a, ok := here.(page.Actor); ok {
		if subjects := a.Subjects(); len(subjects) > 0 {
			key = page.Select(r.env.Backend.View(), subjects).Key()
		}
	}
	return intent.Open{Ref: intent.Ref{Kind: page.Runbooks, Key: key}}
}

func findingOf(p page.Page) (platform.Finding, bool) {
	if f, ok := p.(page.Finder); ok {
		return f.Finding()
	}
	return platform.Finding{}, false
}

// bookOf is the selection that a finding makes, and whether exactly one book is for it.
func (r *Root) bookOf(f platform.Finding) (runbook.Selection, bool) {
	row, ok := r.env.Backend.View().Project(f.Subject.ProjectID)
	if !ok {
		return runbook.Selection{}, false
	}
	b, plays := r.env.Backend.(page.Player)
	one := false
	if plays {
		lib := b.Runbooks().Library()
		one = lib.Book(f.Runbook) != nil
		for _, other := range lib.Books {
			for _, id := range other.Findings {
				one = one && (id != f.ID || other.ID == f.Runbook)
			}
		}
	}
	return runbook.From(f, row.Dossier), one
}
