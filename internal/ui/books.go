package ui

import (
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/page"
)

// books opens the procedures for what is under the cursor: those that its findings name come first.
func (r *Root) books() intent.Intent {
	key := ""
	if a, ok := r.history.page().(page.Actor); ok {
		if subjects := a.Subjects(); len(subjects) > 0 {
			key = page.Select(r.env.Backend.View(), subjects).Key()
		}
	}
	return intent.Open{Ref: intent.Ref{Kind: page.Runbooks, Key: key}}
}
