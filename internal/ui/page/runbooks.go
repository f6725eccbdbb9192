package page

import (
	"strings"

	"dsotop/internal/actions"
	"dsotop/internal/fleet"
	"dsotop/internal/platform"
	"dsotop/internal/runbook"
	"dsotop/internal/ui/words"
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

// Agree is an intent: it shows a plan in the dialog of actions, which starts on Cancel and asks for what has to be typed.
type Agree struct {
	Plan runbook.PlanText
	// Do does it, called on the loop. An error that is an *actions.Refusal means that nothing was sent; the dialog stays and says why.
	Do func(actions.Consent) error
	// Refuse says that it is not wanted; nil offers nothing but Cancel, which leaves it open.
	Refuse func() error
}

// Speech is the words of deeds, as books tell them.
func Speech() runbook.Speech {
	in := func(f func(*words.Set, string) string) func(lang, text string) string {
		return func(lang, text string) string {
			if w, ok := words.Find(lang); ok {
				return f(w, text)
			}
			return text
		}
	}
	return runbook.Speech{
		Reason: func(lang string, r actions.Reason) string {
			if w, ok := words.Find(lang); ok {
				return w.Reason(r)
			}
			return (&actions.Refusal{Reason: r}).Error()
		},
		Note: in((*words.Set).DeedNote), Step: in((*words.Set).DeedStep), Type: in((*words.Set).DeedType),
		Deed: in(func(w *words.Set, id string) string { return w.DeedTitle(id).Short }),
	}
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
