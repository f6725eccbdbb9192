package runbook

import (
	"slices"
	"time"
)

// State is how far a run is.
type State string

// The states of a run.
const (
	Playing   State = "playing"
	Waiting   State = "waiting" // for a condition, or for a deed
	Asking    State = "asking"  // for a person
	Finished  State = "done"
	Stopped   State = "stopped" // by a step, or by a person after a failure
	Abandoned State = "abandoned"
)

// Over reports whether nothing more will happen.
func (s State) Over() bool { return s == Finished || s == Stopped || s == Abandoned }

// The states of a step's record besides playing, waiting, asking and abandoned.
const (
	StepDone    = "done"
	StepFailed  = "failed"
	StepSkipped = "skipped" // its condition was false
	StepPassed  = "passed"  // a person went on after a failure
	StepDry     = "dry"     // what it would do was said
)

// RunVersion is the version of the file of a run.
const RunVersion = 1

// Run is one playing of a book, as it is kept. It holds no secret: a book has no secret values.
type Run struct {
	Version int       `json:"version"`
	ID      string    `json:"id"`
	Book    string    `json:"book"`
	Title   Text      `json:"title"`
	File    string    `json:"file"`
	Source  string    `json:"source"` // the book's own text
	Profile string    `json:"profile,omitempty"`
	By      string    `json:"by"` // who began it
	Begun   time.Time `json:"begun"`
	Updated time.Time `json:"updated"`
	Ended   time.Time `json:"ended,omitzero"`
	Dry     bool      `json:"dry,omitempty"`

	Selection Selection `json:"selection"`
	// Subject is the selection in words, and Context what a ticket wants to know of it: names and values.
	Subject string            `json:"subject"`
	Context []Fact            `json:"context,omitempty"`
	Params  map[string]string `json:"params,omitempty"`

	State   State     `json:"state"`
	At      string    `json:"at"` // the step that is played; "end" when there is none
	Why     Text      `json:"why,omitzero"`
	Records []Record  `json:"records"`
	Pending *Pending  `json:"pending,omitempty"`
	Owner   Owner     `json:"owner"`
	Hands   []HandOff `json:"hands,omitempty"` // who took it over, in order
}

// Fact is a name and its value.
type Fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// HandOff is a change of who plays a run.
type HandOff struct {
	At   time.Time `json:"at"`
	From string    `json:"from"`
	To   string    `json:"to"`
}

// Record is one visit of a step.
type Record struct {
	Step  string    `json:"step"`
	Kind  Kind      `json:"kind"`
	Title Text      `json:"title"`
	State string    `json:"state"`
	Began time.Time `json:"began"`
	Ended time.Time `json:"ended,omitzero"`
	// Until is the deadline of what is waited for, Look when it is looked at next.
	Until time.Time `json:"until,omitzero"`
	Look  time.Time `json:"look,omitzero"`
	Note  Text      `json:"note,omitzero"` // its Markdown, filled in
	Why   Text      `json:"why,omitzero"`  // why it failed, waits or was skipped
	Seen  []Fact    `json:"seen,omitempty"`
	// Answer and By are of an ask, Said is what the answer of a choice is called, zero otherwise; Result is of a query.
	Answer string   `json:"answer,omitempty"`
	Said   Text     `json:"said,omitzero"`
	By     string   `json:"by,omitempty"`
	Copied Text     `json:"copied,omitzero"` // what was given to copy
	Result *float64 `json:"result,omitempty"`
	Deed   *DeedRun `json:"deed,omitempty"`
	Tries  int      `json:"tries,omitempty"`
}

// DeedRun is the deed of an action. Since is when it was about to be done, by which process: a machine that finds it without an ID asks the hand before anything else.
type DeedRun struct {
	Plan     PlanText  `json:"plan"`
	Since    time.Time `json:"since,omitzero"`
	PID      int       `json:"pid,omitempty"`
	Host     string    `json:"host,omitempty"`
	ID       string    `json:"id,omitempty"`
	Approver string    `json:"approver,omitempty"`
	Outcome  Outcome   `json:"outcome,omitzero"`
}

// The kinds of questions to a person.
const (
	AskAnswer  = "answer"  // a value, a choice, "done", the name of another person
	AskConsent = "consent" // may this plan be done
	AskTrouble = "trouble" // a step failed: try again, go on, stop
)

// What may be answered to trouble.
const (
	Retry  = "retry"
	GoOn   = "continue"
	GiveUp = "stop"
)

// Pending is what a run wants of a person.
type Pending struct {
	Kind     string   `json:"kind"`
	Step     string   `json:"step"`
	Question Text     `json:"question,omitzero"`
	Copy     Text     `json:"copy,omitzero"`
	Type     string   `json:"type,omitempty"` // "" wants "done"
	Choices  []Choice `json:"choices,omitempty"`
	Default  string   `json:"default,omitempty"`
	Another  bool     `json:"another,omitempty"`
	// Plan is of a consent; Trouble says what failed.
	Plan    *PlanText `json:"plan,omitempty"`
	Trouble Text      `json:"trouble,omitzero"`
}

func (r *Run) clone() Run {
	out := *r
	out.Records = slices.Clone(r.Records)
	for i := range out.Records {
		if d := out.Records[i].Deed; d != nil {
			c := *d
			out.Records[i].Deed = &c
		}
	}
	out.Hands = slices.Clone(r.Hands)
	if r.Pending != nil {
		p := *r.Pending
		out.Pending = &p
	}
	return out
}

// open is the record that is being played; nil when a step is to be entered.
func (r *Run) open() *Record {
	if n := len(r.Records); n > 0 && r.Records[n-1].Ended.IsZero() {
		return &r.Records[n-1]
	}
	return nil
}

// Last returns the newest record of a step; nil when it was not visited.
func (r *Run) Last(step string) *Record {
	for i := len(r.Records) - 1; i >= 0; i-- {
		if r.Records[i].Step == step {
			return &r.Records[i]
		}
	}
	return nil
}
