package page

import (
	"strings"

	"dsotop/internal/actions"
	"dsotop/internal/fleet"
	"dsotop/internal/platform"
	"dsotop/internal/runbook"
)

// The kinds of the pages of procedures. The key of the list is a [runbook.Selection.Key], "" for the whole platform; that of a run is its id.
const (
	Runbooks = "runbooks"
	Run      = "run"
)

// Player is a backend that plays books.
type Player interface {
	// Runbooks is never nil.
	Runbooks() *runbook.Desk
}

// Finder is a page on which the cursor may be on a finding: R opens its book.
type Finder interface {
	// Finding is the one under the cursor; ok is false when there is none there.
	Finding() (f platform.Finding, ok bool)
}

// Select makes a selection for a book of what may be acted on, the nearest first; v names environments.
func Select(v *fleet.View, subjects []actions.Subject) runbook.Selection {
	var s runbook.Selection
	for _, sub := range subjects {
		if s.ProjectID == "" {
			s.ProjectID = sub.ProjectID
		}
		if sub.Namespace != "" && s.Environment == "" {
			if _, env, ok := FindEnvironment(v, sub.Namespace); ok {
				s.Environment = env.Name
			}
		}
		_, last, _ := strings.Cut(sub.Name, "/")
		switch sub.Kind {
		case actions.OnEnvironment:
			s.Environment = last
		case actions.OnRepository:
			s.Repository = last
		case actions.OnApplication:
			s.Application = sub.System + "/" + sub.ID
		case actions.OnWorkload:
			s.Workload = sub.ID
		case actions.OnPod:
			s.Pod = sub.ID
		case actions.OnPipeline:
			s.Repository, _, _ = strings.Cut(sub.Name, " ")
		}
	}
	return s
}
