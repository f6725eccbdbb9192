package platform

import "time"

// State is the condition of a source: the fixed machine words of the JSON output.
type State string

// The states of a source. Four of them are different words for "no data": not configured, no right,
// not recognised, not reachable.
const (
	StateStarting      State = "starting"
	StateLive          State = "live"
	StateStale         State = "stale"
	StateForbidden     State = "forbidden"
	StateUnauthorised  State = "unauthorised"
	StateUnreachable   State = "unreachable"
	StateNotConfigured State = "not_configured"
)

// Bad reports whether the state deserves a place in the header.
func (s State) Bad() bool { return s != StateLive && s != StateStarting && s != StateNotConfigured }

// SourceHealth is what a source says of itself.
type SourceHealth struct {
	Name  string // instance: "console", "argocd/usu"
	Kind  string // console, gitlab, sonarqube, harbor, argocd, kubernetes, alertmanager, loki, prometheus
	URL   string // without credentials
	State State
	Since time.Time
	// Detail says in one cleaned sentence what was tried, on what, and what happened; "" when live.
	Detail string
	// Remedy is a code the face turns into words; "" when there is nothing to do.
	Remedy      Remedy
	LastSuccess time.Time // zero: never
	NextRetry   time.Time // zero: none planned
	Latency     time.Duration
	Calls       uint64
	Bytes       uint64
	// Skew is how far the system's clock is ahead of ours at least, negative when it is behind; 0 when they agree, as far as can be told, and when
	// nothing is known yet. It is learnt from the Date of its answers; a gateway that writes its own stands for what is behind it.
	Skew     time.Duration
	Version  string // detected; "" unknown
	Identity string // as whom; "" unknown
	Rights   []Right
	// Expires is when the credential stops working, where it tells; zero when unknown.
	Expires time.Time
	// Pending counts what was never read yet, well or not: essential parts that did not report and scopes whose first turn has not come. 0 means that
	// everything the source will tell was told once.
	Pending int
	// Problems are parts that fail while the rest works (one tenant, one page of a list), newest last.
	Problems []Problem
	// Without are families that this kind of source could tell and that its configuration leaves out: no waiting brings them.
	Without []Family
}

// SkewTold is the skew from which on a clock is said to be wrong: what a healthy network keeps together is much closer.
const SkewTold = 2 * time.Second

// ClockWrong reports whether the system's clock and ours are so far apart that a person should know.
func (h SourceHealth) ClockWrong() bool { return h.Skew.Abs() > SkewTold }

// Problem is one part of a source that does not work.
type Problem struct {
	Part   string // what was being read: "projects", "tenant prod-x"
	State  State
	Detail string
	Since  time.Time
}

// Right is something the credential may or may not do, with what is lost without it.
type Right struct {
	Name   string // machine word: "projects.all", "logs.platform", "pods.list"
	Held   bool
	Known  bool   // false: could not be found out
	Needed string // what is missing without it, as a code for the face: a page or a column
}

// Remedy is a code for what a person can do about a source.
type Remedy string

// Remedies. Each has its words in every language of the face.
const (
	RemedyNone          Remedy = ""
	RemedyWait          Remedy = "wait"           // it retries by itself
	RemedyRenewToken    Remedy = "renew_token"    // the credential is refused or expired
	RemedyGiveToken     Remedy = "give_token"     // the system wants a credential, and the configuration names none
	RemedyAskRight      Remedy = "ask_right"      // the credential works but lacks a right
	RemedyPersonalToken Remedy = "personal_token" // console admin tokens get 500: use a personal token of a human admin
	RemedyCheckURL      Remedy = "check_url"      // nothing answers, or something else than the expected system
	RemedyCheckTLS      Remedy = "check_tls"      // certificate not trusted, or name mismatch
	RemedyCheckProxy    Remedy = "check_proxy"
	RemedyConfigure     Remedy = "configure"   // not configured: add it
	RemedyRunOutside    Remedy = "run_outside" // a credential plugin needs a person: run the command in a shell first
	RemedyCheckTenant   Remedy = "check_tenant"
	RemedySlowDown      Remedy = "slow_down" // the server asks for fewer calls; we do
)
