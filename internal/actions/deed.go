// Package actions is the hand: what may be done to the platform (a Deed), why not (a Reason), what exactly would be sent (a Plan), doing it once, and the journal that
// tells of it. It never draws and never builds a client: systems are reached through package wire.
package actions

import (
	"context"
	"time"

	"dsotop/internal/actions/wire"
	"dsotop/internal/platform"
)

// Risk says what a confirmation asks for. It is judged per plan, since the same deed weighs more on production.
type Risk int

// The risks, in rising order.
const (
	RiskRead        Risk = iota // looks harder, changes nothing that lasts: refresh
	RiskWrite                   // confirmed by a button
	RiskProduction              // confirmed by typing the subject's name
	RiskDestructive             // confirmed by typing the subject's name; cannot be undone
)

// Word is the fixed machine word: read, write, production, destructive.
func (r Risk) Word() string {
	return [...]string{"read", "write", "production", "destructive"}[min(max(r, RiskRead), RiskDestructive)]
}

// Kind is what a deed acts on.
type Kind string

// The kinds of subjects.
const (
	OnPlatform    Kind = "platform"
	OnProject     Kind = "project"
	OnEnvironment Kind = "environment"
	OnRepository  Kind = "repository"
	OnPipeline    Kind = "pipeline"
	OnJob         Kind = "job"
	OnApplication Kind = "application"
	OnResource    Kind = "resource" // of an application: ID is group/kind/namespace/name
	OnWorkload    Kind = "workload"
	OnPod         Kind = "pod"
	OnArtifact    Kind = "artifact"
	OnAlert       Kind = "alert"
	OnSilence     Kind = "silence"
	OnMember      Kind = "member"
	OnChain       Kind = "chain" // a service chain of the console
)

// Subject is the one thing a deed acts on. Two subjects are the same one when Key is equal.
type Subject struct {
	Kind Kind `json:"kind"`
	// System is the source that knows it ("argocd/usu", "kubernetes/usu-1"); "" where the kind has one system only.
	System string `json:"system,omitempty"`
	// ProjectID and EnvironmentID are the console's; "" when not known or not applicable.
	ProjectID     string `json:"project_id,omitempty"`
	EnvironmentID string `json:"environment_id,omitempty"`
	// Namespace is the Kubernetes namespace; "" when not applicable.
	Namespace string `json:"namespace,omitempty"`
	// ID is the system's own name of it: a UUID, "812", "dso-argocd/<application>", "Deployment/agenda-web", a digest, a fingerprint.
	ID string `json:"id"`
	// Name is what people call it, and what a risky deed asks to be typed: a slug, "agendaprefs/prod", a pod's name.
	Name string `json:"name"`
	// Production is true when it serves production (stage prod).
	Production bool `json:"production,omitempty"`
}

// Key identifies the subject: one deed at a time per key.
func (s Subject) Key() string {
	return string(s.Kind) + "|" + s.System + "|" + s.ProjectID + "|" + s.Namespace + "|" + s.ID
}

// Reason says why a deed cannot be done now. The zero Reason is "it can".
type Reason struct {
	// Code is a fixed word, of which package words knows both sentences: read_only, locked, archived, no_right, autosync_on, sync_window, policy_closed,
	// running, source_down, not_configured, image_gone, nothing_to_do, needs_person, unknown_state…
	Code string `json:"code"`
	// Detail names what the sentence needs: a right's name, a window, a deed; cleaned text.
	Detail string `json:"detail,omitempty"`
	// Unknown is true when it could not be learnt whether it may be done: the deed is offered, with this said.
	Unknown bool `json:"unknown,omitempty"`
}

// OK reports whether nothing stands against it.
func (r Reason) OK() bool { return r.Code == "" || r.Unknown }

// Param is a value that a deed needs.
type Param struct {
	Name string // fixed English word: branch, cpu, replicas, prune
	// Type is string, int, number, bool, duration, choice or text (several lines).
	Type     string
	Required bool
	// Default is what stands there at first, from the subject and the facts; "" for none. Pure.
	Default func(Scene, Subject) string
	// Choices are the values of a choice. Pure.
	Choices func(Scene, Subject) []string
	// Check says what is wrong with a value, as a Reason code and detail; nil accepts what the type accepts.
	Check func(value string) Reason
	// Secret values are never shown, journalled or put on a command line.
	Secret bool
}

// Args are the values of a deed's parameters, by name, as text. A value that is missing is the parameter's default.
type Args map[string]string

// Scene is what is known when a deed is judged: facts already read, never asked for.
type Scene struct {
	Now time.Time
	// Dossier is of the subject's project; nil when it has none or it is not known.
	Dossier *platform.Dossier
	// Environment is the subject's; nil when it has none.
	Environment *platform.EnvironmentFacts
	// Sources are the healths of the sources.
	Sources []platform.SourceHealth
	// Principal is who the console says we are, as far as it tells.
	Principal string
}

// Deed is one thing that may be done: a file of package deeds and a line in its table.
type Deed struct {
	// ID is stable: "console.replay", "argocd.sync", "kubernetes.scale".
	ID string
	// On are the kinds of subjects it acts on.
	On []Kind
	// Key is the letter that chooses it in the menu of actions; unique among the deeds of one kind of subject.
	Key    string
	Params []Param
	// Base is the least risk; production raises RiskWrite to RiskProduction by itself.
	Base Risk
	// Bulk allows it on marked things, one after the other or Together at a time (0: one).
	Bulk     bool
	Together int
	// Ready judges from the scene alone whether it can be done: pure and quick, called while drawing.
	Ready func(Scene, Subject) Reason
	// May asks the system whether we may (can-i, access reviews, a token's scope): what Ready cannot know. It reads only; nil when Ready knows all.
	// See [Hand.May].
	May func(context.Context, Systems, Scene, Subject) error
	// Plan says exactly what would be sent. It may look through Systems.Reader, never write. It refuses with a *Refusal.
	Plan func(context.Context, Systems, Scene, Subject, Args) (Draft, error)
	// Done looks whether what was asked has come true: called after the call, again and again until it says so or Patience is over. since is when the call left;
	// reply is what came, nil when none did (a cut, a time-out: only looking tells). Reads only.
	Done func(ctx context.Context, s Systems, d Draft, sub Subject, since time.Time, reply *wire.Reply) (Sight, error)
	// Timeout bounds the call (console provisioning: 150 s); 0 is 30 s. Patience bounds the looking; 0 is 2 minutes.
	Timeout, Patience time.Duration
	// Undo is the sentence's code that says what takes it back; "" when nothing does.
	Undo string
	// Cancel, where the system allows it, makes the call that stops what was started; nil elsewhere.
	Cancel func(Draft, Subject) *wire.Call
}

// Draft is what Plan of a deed says.
type Draft struct {
	// Call is the one write. Else, when not nil, is sent instead, once, if the system answers 404, 405 or 501 to Call: it does not know it.
	Call wire.Call
	Else *wire.Call
	// Risk, when higher than the deed's, takes its place (prune, an all-branches mirror).
	Risk Risk
	// Effects are what will change, as far as planning could see: what is there, what will be. Cleaned text.
	Effects []Effect
	// Warnings are fixed words with a detail (autosync_on, prune_empty, image_gone, mutable_tag, volumes_lost…), told before the question.
	Warnings []Reason
	// Command is the equivalent in the system's own tool ("argocd app sync …", "kubectl -n … scale …"); "" when there is none better than curl.
	Command string
	// Memo is what Done needs to compare with: the newest log id, a revision, a resource version.
	Memo map[string]string
}

// Effect is one thing that a deed changes: What names it, From and To are its values; From "" is something new, To "" something that goes. Where both are the same, it is
// what the deed is done with: a branch, a time.
type Effect struct{ What, From, To string }

// Sight is what looking again saw.
type Sight struct {
	// State is running, done, failed or unknown.
	State string
	// Progress are steps with their own states, for deeds that have some: a tool of the console, a downstream effect.
	Progress []Step
	// Note is a sentence of the system's own, cleaned; "" when none.
	Note string
}

// StepWaiting is the state of a step that has not begun. Of a deed that is done it is looked at further, until Patience is over: the verdict does not wait for it.
const StepWaiting = "waiting"

// Step is one part of what a deed set going. State is waiting, running, done, failed or unknown; Took is 0 when not known.
type Step struct {
	Name  string        `json:"name"`
	State string        `json:"state"`
	Note  string        `json:"note,omitempty"`
	Took  time.Duration `json:"took,omitempty"` // in nanoseconds
}

// Systems gives the lines to the systems by source name; nil when the source is not configured or not reachable by that half.
type Systems interface {
	Reader(system string) wire.Reader
	Writer(system string) wire.Writer
	// Names are the sources of a kind ("argocd"), in order.
	Names(kind string) []string
}

// Codes are the codes of the hand itself: deeds have their own.
func Codes() []string {
	return []string{"read_only", "policy_closed", "four_eyes", "same_eyes", "not_approver", "running", "closing", "broken", "unknown_deed", "wrong_subject", "unknown_argument", "argument_missing", "not_int", "not_number",
		"not_bool", "not_duration", "not_a_choice", "not_confirmed", "plan_old", "done_already", "journal", "not_cancellable", "refused", "no_bulk", "riskier", "stopped", "secret_gone", "not_paused", "not_configured", "other_platform",
		"nothing_to_do", "source_down", NotApplicable}
}

// Refusal is an error of planning that is an answer: the deed cannot be done, and why.
type Refusal struct{ Reason Reason }

func (r *Refusal) Error() string {
	if r.Reason.Detail == "" {
		return r.Reason.Code
	}
	return r.Reason.Code + ": " + r.Reason.Detail
}
