package platform

import "time"

// Step is one link of the delivery chain, in the order in which a change travels.
type Step string

// The links of the chain.
const (
	StepExternal Step = "external" // the team's own forge
	StepMirror   Step = "mirror"   // the run that brings commits in
	StepPipeline Step = "pipeline"
	StepGate     Step = "gate"
	StepImage    Step = "image"
	StepInfra    Step = "infra" // the commit of the infra repository that Argo CD applied
	StepSync     Step = "sync"  // the Argo CD application
	StepPods     Step = "pods"
)

// EdgeState says how a link is.
type EdgeState string

// The states of a link.
const (
	EdgeGood    EdgeState = "good"
	EdgeRunning EdgeState = "running" // it may still change by itself
	EdgeWarn    EdgeState = "warn"    // it holds, but not as it should
	EdgeBroken  EdgeState = "broken"
	EdgeNone    EdgeState = "none"    // there is nothing, and nothing is missing
	EdgeUnknown EdgeState = "unknown" // it could not be followed: Code says why
)

// Edge is one link, as far as it could be followed.
type Edge struct {
	Step  Step
	State EdgeState
	// Confidence is how sure the join is, not how good the state.
	Confidence Confidence
	// Code is the machine word for the state's reason, one of the Code… constants; "" when the state says it all. The face has the
	// sentence per language.
	Code string
	// Name is what the system calls what was found: "#812", a short SHA, "Synced".
	Name string
	// Family tells which facts would tell, where the state is unknown because they are not there.
	Family Family
	At     time.Time // zero when not told
	// Rule is the id of the finding that says the same of a broken link; "" when no rule does.
	Rule string
}

// The reasons of a link's state.
const (
	CodeUnread       = "unread"         // the family of facts was not read
	CodeMirrorUntold = "mirror_untold"  // there are runs, and nobody told which repositories they concerned
	CodeNoForge      = "no_forge"       // no external forge is configured: its head cannot be known
	CodeForgeSilent  = "forge_silent"   // the external forge does not tell its head: it wants a login, or does not answer
	CodeForgeAhead   = "forge_ahead"    // the external forge has a commit that GitLab has not
	CodeInternal     = "internal"       // the internal GitLab is the source: there is no mirror
	CodeNever        = "never"          // nothing of the kind ever happened
	CodeFailed       = "failed"         // the run, the gate, the operation failed
	CodeCanceled     = "canceled"       // the run was stopped by hand
	CodeOlder        = "older"          // older than what was read: only the newest runs are
	CodeNoCommit     = "no_commit"      // the commit is not known, so nothing can be joined to it
	CodeOtherCommit  = "other_commit"   // the gate is that of another commit
	CodeNotAnalysed  = "not_analysed"   // there is no analysis
	CodeTagAbsent    = "tag_absent"     // the registry has nothing under the name the pods use
	CodeTagMoved     = "tag_moved"      // the registry has another image under the name than the one that runs
	CodeNoTag        = "no_tag"         // no tag of the image names a commit
	CodeNoImage      = "no_image"       // no image of the commit
	CodeForeign      = "foreign"        // not an image of this project's registry
	CodeVulnerable   = "vulnerable"     // critical vulnerabilities
	CodeOutOfSync    = "out_of_sync"    // the application differs from git
	CodeUnhealthy    = "unhealthy"      // the application is not healthy
	CodeOperation    = "operation"      // the last operation failed
	CodeComparison   = "comparison"     // Argo CD cannot compare
	CodeTwins        = "twins"          // several applications deploy the same
	CodeNoApp        = "no_app"         // no application deploys it
	CodeInfraBehind  = "infra_behind"   // the infra repository has a newer commit than the one applied
	CodeMixed        = "mixed"          // several versions at once
	CodeNotReady     = "not_ready"      // pods wanted and not ready
	CodeCannotPull   = "cannot_pull"    // pods cannot have their image
	CodeNoPod        = "no_pod"         // nothing runs
	CodeScaledToZero = "scaled_to_zero" // nothing is wanted
	CodeNotDeployed  = "not_deployed"   // in no environment
)

// ChainKind says what a chain is about.
type ChainKind string

// The kinds of chains.
const (
	ChainOwn     ChainKind = "own"     // an image of the project's registry
	ChainForeign ChainKind = "foreign" // an image from elsewhere: named, and not followed further
	ChainIdle    ChainKind = "idle"    // a repository that runs nowhere
	ChainBlind   ChainKind = "blind"   // an environment of which nothing is known
)

// Chain is how one repository reaches one environment, computed from the pods backwards. It points into the dossier it was made from.
type Chain struct {
	Kind        ChainKind
	Repository  string     // internal name; "" when no repository explains the image
	Match       Confidence // of the join between image and repository
	Environment string     // name; "" for ChainIdle
	Namespace   string
	Production  bool
	// ImageName is the image without tag: the Harbor repository, or the whole reference of a foreign image.
	ImageName string
	// Versions are what runs or is wanted, the one with most ready pods first; more than one during a rollout. Empty for ChainBlind.
	Versions []Version
	// Apps deploy it; more than one are twins.
	Apps    []*Application
	Ready   int // pods
	Desired int // pods; at least those that exist
	Edges   []Edge
}

// Version is one image of a chain as it runs in the environment.
type Version struct {
	Image    string // as pods name it
	Tag      string // of Image; "" when it is named by digest only
	Digest   string // of what runs; "" when unknown
	Pods     int
	Running  int // pods of which the container runs
	Ready    int
	Since    time.Time // creation of the oldest pod; zero when none
	Artifact *Image    // what runs, as the registry has it; nil when it has not or nobody knows
	Named    *Image    // what the registry has under Image's tag
	// Commit is the SHA, as long as it is known: whole when a pipeline, a branch or the gate tells it, else as in the tag. "" when unknown.
	Commit     string
	Confidence Confidence // of Commit
	Pipeline   *Pipeline  // that made it; nil when not known

	last *Pod // counted last: several containers of one pod may have the same image
}

// Edge returns one link of the chain; its state is unknown when there is none.
func (c *Chain) Edge(s Step) Edge {
	for _, e := range c.Edges {
		if e.Step == s {
			return e
		}
	}
	return Edge{Step: s, State: EdgeUnknown, Confidence: Unknown}
}

// Main returns the version with most ready pods; nil when none is known.
func (c *Chain) Main() *Version {
	if len(c.Versions) == 0 {
		return nil
	}
	return &c.Versions[0]
}

// Commit returns the commit of the main version and how sure it is.
func (c *Chain) Commit() (sha string, sure Confidence) {
	if v := c.Main(); v != nil && v.Commit != "" {
		return v.Commit, v.Confidence
	}
	return "", Unknown
}

// Worst returns the link to look at first: the first broken one, else the first that warns, else the first that is unknown. ok is false
// when all is well.
func (c *Chain) Worst() (worst Edge, ok bool) {
	for _, want := range []EdgeState{EdgeBroken, EdgeWarn, EdgeUnknown} {
		for _, e := range c.Edges {
			if e.State == want && !(want == EdgeUnknown && e.Step == StepExternal) {
				return e, true
			}
		}
	}
	return Edge{}, false
}

// ShortSHA is a commit as people say it: GitLab's eight digits.
func ShortSHA(sha string) string {
	if len(sha) > 8 && isHex(sha, 7, 40) {
		return sha[:8]
	}
	return sha
}

// SameCommit reports whether two SHAs, each whole or cut (to seven digits at least), name the same commit.
func SameCommit(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	return len(a) >= 7 && b[:len(a)] == a
}

// IsCommit reports whether a text can be a SHA, or the first seven digits or more of one, in lower case.
func IsCommit(text string) bool { return isHex(text, 7, 40) }
