// Package words holds every text of the face, in French and in English, and the ways of writing numbers, dates and ages.
// A [Set] is one language; there is one per session and nobody changes it. Each room of the face has its own struct here,
// in a file of its name, with one function per language; a test refuses an empty field in any language.
//
// Words of the systems (Synced, CrashLoopBackOff) are not translated and are not here. Sentences of findings are in
// findings.go.
package words

import (
	"time"

	"strings"

	"dsotop/internal/platform"
)

// Set is one language.
type Set struct {
	Tag  string // "fr" or "en"
	Name string // of the language, in itself
	// keyName is how the keys of a session are called; nil: as the table of keys has them.
	keyName func(s *Set, id string) string
	Form    Form
	State   map[platform.State]State
	// Remedy is what a person can do about a source, as a sentence.
	Remedy   map[platform.Remedy]string
	Severity map[platform.Severity]Severity
	// Command has the words of each command of package keys, by its id.
	Command map[string]Label
	Scope   map[string]string // titles of the parts of the help page, by scope
	Frame   Frame
	List    List
	Palette Palette
	Fleet   Fleet
	Help    Help

	Project     Project
	Environment Environment
	Sources     Sources
	Perf        Perf
	Logs        Logs
	Pipelines   Pipelines
	Trace       Trace
	GitOps      GitOps
	Pods        Pods
	Metrics     Metrics
	Timeline    Timeline
	Onboarding  Onboarding
	Notes       Notes
	Show        Show
	Linear      Linear
	Actions     Actions
	Deeds       Deeds
	Runbooks    Runbooks
	Chain       Chain
	Quality     Quality
	Images      Images
	Alerts      Alerts
	Policies    Policies
	Elsewhere   Elsewhere
}

// Label names a command: Short for the footer (a verb), Long for help and palette.
type Label struct{ Short, Long string }

// State is a state of a source in words.
type State struct {
	Word    string // one word, for a cell or the header
	Explain string // one sentence: what it means for what is on screen
}

// Severity is a severity in words.
type Severity struct {
	Word string // of one thing
	One  string // after "1"
	Many string // after another number
}

// Frame is what surrounds every page.
type Frame struct {
	ReadOnly  string
	Sources   func(n int) string // "8 sources"
	TooSmall  string             // the polite sentence; %d columns, %d lines
	Cached    string             // data from the last known state on disk
	Copied    func(what string) string
	Refreshed string
	Language  string // title of the choice
	Theme     string
	NoPage    string // the thing named has no page
	Gone      string // the subject of the page is no longer known
	Broken    string // an internal error was contained
	Released  string // the pinned instant was
	Pinned    func(when string) string
	TimeTitle string // of the menu of instants
	TimeFree  string // release the pinned instant
	TimeOther string // type one
	TimeHint  string // what can be typed
	TimeBad   string // what was typed is no time
	TimeNow   string

	LinkSpared string // asked for with --low-bandwidth
	LinkSlow   func(trip time.Duration) string
}

// List is what every table says.
type List struct {
	SortTitle   string
	Filter      string // label before the filter text
	FilterHint  string // in the empty prompt
	NoMatch     string // the filter matches nothing
	NoMatchHint string
	Problems    string                          // mark of "problems only"
	NoProblem   string                          // nothing has a problem
	Shown       func(shown, total int) string   // "12 sur 200"
	Approx      string                          // the filter matched loosely
	CopyTitle   string                          // title of the copy menu
	Legend      map[string]string               // words of the marks: loading, not_configured, forbidden, none, unknown
	Position    func(first, last, n int) string // "1–20 / 200"
}

// Palette is the command line and "go to anything".
type Palette struct {
	Title   string
	Hint    string
	NoMatch string
	Kind    map[string]string // kinds of entries: command, page, project, namespace, theme, language, …
	WhyNot  func(reason string) string
}

// Help is the page of keys.
type Help struct {
	Title    string
	Hint     string
	Keys     string // header of the column
	What     string
	Why      string
	Severity string // title of the part that explains the signs
	Signs    string
	Values   string // title of the signs that stand for a value
}

// Fallback is the language when the environment asks for none: the tool's first public is French.
const Fallback = "fr"

// All returns every language, French first.
func All() []*Set { return []*Set{French(), English()} }

// Find returns the language of that tag ("fr", "en"); ok is false when there is none.
func Find(tag string) (set *Set, ok bool) {
	for _, s := range All() {
		if s.Tag == strings.ToLower(tag) {
			return s, true
		}
	}
	return nil, false
}

// Detect chooses the language: the flag, else LC_ALL, LC_MESSAGES, LANG. No locale, C and POSIX mean [Fallback]; any other
// language than French means English.
func Detect(flag string, getenv func(string) string) *Set {
	for _, value := range []string{flag, getenv("LC_ALL"), getenv("LC_MESSAGES"), getenv("LANG")} {
		if value == "" {
			continue
		}
		tag, _, _ := strings.Cut(strings.ToLower(value), ".")
		tag, _, _ = strings.Cut(tag, "_")
		tag, _, _ = strings.Cut(tag, "-")
		if tag == "c" || tag == "posix" {
			tag = Fallback
		}
		if set, ok := Find(tag); ok {
			return set
		}
		return English()
	}
	set, _ := Find(Fallback)
	return set
}
