package runbook

import (
	"slices"
	"time"
)

// SchemaVersion is the version of the language of books.
const SchemaVersion = 1

// Text is a sentence in both languages. A book may give one only; the other then falls back to it.
type Text struct {
	FR string `json:"fr,omitempty"`
	EN string `json:"en,omitempty"`
}

// Of returns the sentence in "fr" or any other language (English), else the one there is.
func (t Text) Of(lang string) string {
	if (lang == "fr" && t.FR != "") || t.EN == "" {
		return t.FR
	}
	return t.EN
}

// IsZero reports whether there is no sentence at all.
func (t Text) IsZero() bool { return t == Text{} }

// Scope is a part of the selection that a book needs.
type Scope string

// The scopes, from the widest to the narrowest.
const (
	ForProject     Scope = "project"
	ForEnvironment Scope = "environment"
	ForRepository  Scope = "repository"
	ForApplication Scope = "application"
	ForWorkload    Scope = "workload"
	ForPod         Scope = "pod"
)

// Scopes lists them in order.
func Scopes() []Scope {
	return []Scope{ForProject, ForEnvironment, ForRepository, ForApplication, ForWorkload, ForPod}
}

// Book is one procedure. It is never changed after Decode.
type Book struct {
	ID       string // "RB-01"; a team's own may be called as it likes
	File     string // where it was read; "books/…" for those shipped
	Source   string // the YAML text, kept with each run so that a resumed run plays the same book
	Title    Text
	Summary  Text
	When     Text // when to use it
	Who      Text // who may
	Risk     Text
	Rollback Text
	Needs    []Scope  // parts of the selection without which it cannot begin
	Findings []string // ids of findings that open it
	Applies  *Cond    // over the facts of the selection; nil when only Findings tell
	Params   []Param
	Steps    []Step
}

// Step returns the step of an id and its place; ok is false when there is none.
func (b *Book) Step(id string) (s Step, at int, ok bool) {
	i := slices.IndexFunc(b.Steps, func(s Step) bool { return s.ID == id })
	if i < 0 {
		return Step{}, -1, false
	}
	return b.Steps[i], i, true
}

// The types of values.
const (
	TypeString   = "string"
	TypeText     = "text" // several lines
	TypeInt      = "int"
	TypeNumber   = "number"
	TypeBool     = "bool"
	TypeDuration = "duration"
	TypeChoice   = "choice"
)

// Types lists them.
func Types() []string {
	return []string{TypeString, TypeText, TypeInt, TypeNumber, TypeBool, TypeDuration, TypeChoice}
}

// Param is a value that a book is begun with.
type Param struct {
	Name     string
	Type     string
	Title    Text
	Default  *Template // from the selection; nil for none
	Choices  []string  // of a choice
	Optional bool      // may stay empty
}

// Kind is what a step does.
type Kind string

// The kinds of steps.
const (
	Note   Kind = "note"
	Check  Kind = "check"
	Query  Kind = "query"
	Action Kind = "action"
	Ask    Kind = "ask"
)

// Step is one step. Exactly one of the pointers is set, that of its Kind (none for a note).
type Step struct {
	ID    string
	Kind  Kind
	Title Text
	Note  TextTemplate // Markdown; of any step
	If    *Cond        // skipped when false; nil: always played
	Check *CheckStep
	Query *QueryStep
	Act   *ActionStep
	Ask   *AskStep
	// Fail is what to do when it fails; Next is the step after success ("" is the following one, End ends the book well).
	Fail Fail
	Next string
	Line int
}

// End is the name of the place after the last step.
const End = "end"

// Fail is what to do on failure.
type Fail struct {
	Do   string // ask, stop, continue, goto
	Goto string // of goto
}

// What a step may do on failure.
const (
	FailAsk      = "ask" // the default: a person says whether to try again, go on or stop
	FailStop     = "stop"
	FailContinue = "continue"
	FailGoto     = "goto"
)

// CheckStep is a condition on the facts, now or until a deadline.
type CheckStep struct {
	That   *Cond
	Within time.Duration // 0: now
	Every  time.Duration // between two looks; facts that move are looked at at once besides
}

// QueryStep asks a system of logs or of metrics for numbers.
type QueryStep struct {
	Language string // logql or promql
	Expr     *Template
	Tenant   string        // "", or "platform" for the platform's own
	Over     time.Duration // range that ends now; 0: the instant
	Expect   *Cond         // over value (the greatest) and values
	Empty    bool          // an empty answer passes
	Within   time.Duration
	Every    time.Duration
}

// ActionStep is a deed.
type ActionStep struct {
	Deed string
	On   string // project, environment, repository, application, pipeline, workload, pod, artifact, alert, member, chain, platform; or projects, for each
	With []Arg
	// Which names one of several: a member's e-mail, a chain's name, an artifact's repository, an alert's name; nil takes the first that fits.
	Which *Template
	// Where chooses among projects (over the fact candidate); Together at a time; StopAbove is the ratio of failures (0–1) that stops.
	Where     *Cond
	Together  int
	StopAbove float64
}

// Arg is one parameter of a deed.
type Arg struct {
	Name  string
	Value *Template
}

// AskStep wants something of a person.
type AskStep struct {
	Question TextTemplate
	// Copy is an exact command or text to copy, done elsewhere; nil for none.
	Copy *TextTemplate
	// Type is a value's type, or "" when only "done" is asked.
	Type    string
	Choices []Choice
	Default *Template
	Valid   *Cond // over value (text); nil accepts what the type accepts
	// Wanted says Valid in words, to who types something else; zero: the condition itself is shown.
	Wanted Text
	// Another wants the confirmation of another person than the one who plays the book.
	Another bool
}

// Choice is one answer of a choice.
type Choice struct {
	Value string
	Label Text
	Goto  string // step to go on with; "" is the step's own
}
