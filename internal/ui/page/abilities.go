package page

import (
	"time"

	"dsotop/internal/desk"
	"dsotop/internal/logs"
	"dsotop/internal/notes"
	"dsotop/internal/onboarding"
	"dsotop/internal/ui/intent"
)

// Waker is a page that changes by itself: lines come in, an evaluation proceeds. The root waits for the bell while the page is in front,
// at most five times a second and never later than that, calls Woke on the loop, and draws again when it returns true.
type Waker interface {
	// Wake is a channel of capacity 1; the same one as long as the page lives.
	Wake() <-chan struct{}
	Woke() (changed bool)
}

// Settler is a page of which a part follows the cursor a moment later, so that a held key does not repaint it at each step. The root
// calls Settle when the time has come, and draws again.
type Settler interface {
	// Unsettled reports whether that part is behind the cursor.
	Unsettled() bool
	Settle()
}

// Closer is a page that holds something (goroutines, memory); it is closed when the session ends or forgets the page.
type Closer interface{ Close() }

// Holder is a Closer that does not always hold something: as long as it does not, it is kept like any other page.
type Holder interface{ Holds() bool }

// Reader is a page that asks for a part of what it shows once it is in front, and tells whether some of that is still on its way.
type Reader interface{ Reading() bool }

// Replier has something to do after it heard an answer: a sentence to show. It is asked after each Hear that changed something.
type Replier interface{ Reply() intent.Intent }

// Hinter says what may be typed into the page's filter.
type Hinter interface{ FilterHint() string }

// Lines is a backend that can say how the lines of a subject are read.
type Lines interface {
	Logs(s logs.Subject) logs.Reach
}

// Meters is a backend that can say how the metrics of a namespace are read; "" is the platform's own.
type Meters interface {
	Metrics(namespace string) desk.MetricsReach
}

// Desks is a backend that can say how applications and pods are read on demand.
type Desks interface {
	// GitOps is by instance: "argocd/usu".
	GitOps(instance string) desk.GitOpsReach
	Pods(namespace, pod string) desk.PodsReach
}

// Commits is a backend that can say how a commit is asked for.
type Commits interface {
	Commits(projectID string) desk.CommitsReach
}

// Inspectors is a backend that can say how quality, images and silences are asked about, by project; "" is the platform's own.
type Inspectors interface {
	Quality(projectID string) desk.QualityReach
	Images(projectID string) desk.ImagesReach
	Alerts(projectID string) desk.AlertsReach
}

// Onboarder is a backend that keeps what people say of the onboarding of projects.
type Onboarder interface {
	// Ledgers and Boards are never nil.
	Ledgers() *onboarding.Folder
	Boards() *onboarding.Boards
}

// Noter is a backend that keeps what people say of findings.
type Noter interface {
	// Notes is never nil.
	Notes() *notes.Book
	// LastLook is when a person last looked before this process did; zero: never.
	LastLook() time.Time
}
