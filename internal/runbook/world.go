package runbook

import (
	"context"
	"time"

	"dsotop/internal/actions"
	"dsotop/internal/platform"
)

// Selection is what a book is played on: the finding, row or object that a person had chosen. Empty fields are not chosen.
type Selection struct {
	ProjectID   string `json:"project_id,omitempty"`
	Environment string `json:"environment,omitempty"` // name
	Repository  string `json:"repository,omitempty"`  // name
	Application string `json:"application,omitempty"` // platform.Application.Key
	Workload    string `json:"workload,omitempty"`    // kind/name
	Pod         string `json:"pod,omitempty"`
	Finding     string `json:"finding,omitempty"` // platform.Finding.Key of what opened the book
}

// Known is what is known when a book looks: facts already read, never asked for.
type Known struct {
	Now time.Time
	// Dossier is of the selected project; nil when none is selected, or when it is not known.
	Dossier  *platform.Dossier
	Findings []platform.Finding // of that project
	// Dossiers are of all projects.
	Dossiers []*platform.Dossier
	Services []platform.ServiceHealth
	Sources  []platform.SourceHealth
	Console  platform.ConsoleInfo
}

// World is what a machine reaches. Each part is safe for concurrent use.
type World interface {
	// Known is quick: it asks nobody.
	Known(s Selection) Known
	// Look asks the sources to look again soon.
	Look(s Selection)
	Doer
	Querier
}

// Querier answers questions to systems of logs and metrics.
type Querier interface {
	// Query returns the numbers that a LogQL metric query or a PromQL expression gives: the last one of each series.
	Query(ctx context.Context, s Selection, q Question) ([]float64, error)
}

// Question is one question. Over is a range that ends now, in which the newest number counts; 0 is the instant.
type Question struct {
	Language string // logql or promql
	Expr     string
	Tenant   string // "" is the selection's own; "platform" the platform's
	Over     time.Duration
}

// Doer does deeds: the hand.
type Doer interface {
	// Plan changes nothing. An error that is an *actions.Refusal is an answer.
	Plan(ctx context.Context, w Wish) (Planned, error)
	// Do does what was planned, once, and returns the name under which it is followed.
	Do(p Planned, c actions.Consent) (id string, err error)
	// Outcome is how far it is; ok is false when nobody knows it.
	Outcome(id string) (o Outcome, ok bool)
	// Find looks whether such a deed was begun by that process since then: what a machine that was killed asks before anything else.
	Find(w Wish, since time.Time, pid int, host string) (id string, ok bool)
	// Resume goes on with a bulk that was paused or interrupted; Halt stops it: what runs ends, nothing more is begun.
	Resume(id string) error
	Halt(id string)
}

// Wish is a deed that a book wants, on one subject or on several.
type Wish struct {
	Deed      string
	Subjects  []actions.Subject
	Bulk      bool
	Args      actions.Args
	Together  int
	StopAbove float64
}

// Planned is what a deed would send, to be shown.
type Planned struct {
	Plan PlanText
	// Handle is the doer's own.
	Handle any
}

// Outcome is how a deed goes. State is running, done, failed, refused, unknown or paused (a bulk).
type Outcome struct {
	State string         `json:"state"`
	Note  string         `json:"note,omitempty"` // of a deed, its system's or a code; of a bulk, why it is paused: "ratio" or ""
	Steps []actions.Step `json:"steps,omitempty"`
	// Counts are the results of a bulk; nil for one deed.
	Counts []Count `json:"counts,omitempty"`
}

// Count is how many things of a bulk are in a state.
type Count struct {
	State string `json:"state"`
	N     int    `json:"n"`
}

// Over reports whether it will not change any more.
func (o Outcome) Over() bool { return o.State != "running" && o.State != "paused" }
