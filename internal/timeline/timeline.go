// Package timeline puts the facts of a project on one axis of time: what was pushed, mirrored, built, judged, deployed, restarted,
// alerted and provisioned, and where it broke. It is a pure reading of one dossier: no clock, no system.
package timeline

import (
	"slices"
	"strings"
	"time"

	"dsotop/internal/platform"
)

// Kind is a kind of happening; a person filters by it.
type Kind string

// The kinds, in the order in which a change travels.
const (
	Push     Kind = "push"
	Mirror   Kind = "mirror"
	Pipeline Kind = "pipeline"
	Gate     Kind = "gate"
	Image    Kind = "image"
	Deploy   Kind = "deploy" // what Argo CD applied
	Pods     Kind = "pods"   // starts and ends of containers
	Event    Kind = "event"  // Kubernetes events
	Alert    Kind = "alert"
	Console  Kind = "console" // the console's log: provisioning, members, environments
	Broke    Kind = "broke"   // since when a finding stands
)

// Kinds lists them in their order.
func Kinds() []Kind {
	return []Kind{Push, Mirror, Pipeline, Gate, Image, Deploy, Pods, Event, Alert, Console, Broke}
}

// Level says how an entry is meant.
type Level int

// The levels, harmless first.
const (
	Neutral Level = iota
	Good
	Running
	Warn
	Bad
)

// The machine words of what happened; the face has the sentence per language.
const (
	CodePushed      = "pushed"
	CodeHead        = "head" // the commit at the head of the default branch: its own date, not that of a push
	CodeSucceeded   = "succeeded"
	CodeFailed      = "failed"
	CodeCanceled    = "canceled"
	CodeRunning     = "running"
	CodeOther       = "other" // a state in the system's own word, in Text
	CodePassed      = "passed"
	CodeNotPassed   = "not_passed"
	CodeImagePushed = "image_pushed"
	CodeTagMoved    = "tag_moved" // an older image was given a tag
	CodeDeployed    = "deployed"
	CodeSyncFailed  = "sync_failed"
	CodeSyncing     = "syncing"
	CodeCondition   = "condition" // Argo CD complains
	CodeStarted     = "started"
	CodeEnded       = "ended"  // a container ended and was started again
	CodeKilled      = "killed" // for want of memory
	CodeHappened    = "happened"
	CodeFiring      = "firing"
	CodePending     = "pending"
	CodeSilenced    = "silenced"
	CodeDone        = "done"
	CodeDoneBadly   = "done_badly"
	CodeBroke       = "broke"
)

// Codes lists the machine words.
func Codes() []string {
	return []string{CodePushed, CodeHead, CodeSucceeded, CodeFailed, CodeCanceled, CodeRunning, CodeOther, CodePassed, CodeNotPassed, CodeImagePushed, CodeTagMoved,
		CodeDeployed, CodeSyncFailed, CodeSyncing, CodeCondition, CodeStarted, CodeEnded, CodeKilled, CodeHappened, CodeFiring, CodePending, CodeSilenced, CodeDone, CodeDoneBadly, CodeBroke}
}

// Entry is one thing that happened. Texts are those of the systems, cleaned at the border.
type Entry struct {
	// Key is stable across snapshots.
	Key   string
	Kind  Kind
	Level Level
	Code  string
	At    time.Time // when its effect was there: the end of a pipeline, not its start
	// Begun is when it began; zero when not told or the same.
	Begun time.Time
	// Environment and Namespace are "" for what concerns the whole project.
	Environment string
	Namespace   string
	Repository  string
	Name        string // what the system calls it: "#812", "api:3f2a91bc", a pod
	SHA         string // whole or cut; "" when it has none
	Text        string // a sentence of the system; "" when the code says it all
	Count       int    // how many of the kind, from 2 on
	URL         string
	Finding     *platform.Finding // of a Broke entry
}

// Change reports whether somebody or something changed the platform by it: such an entry can be the cause of what follows.
func (e *Entry) Change() bool {
	switch e.Kind {
	case Push, Mirror, Pipeline, Image, Deploy, Console:
		return e.Code != CodeRunning && e.Code != CodeSyncing && e.Code != CodeCondition
	}
	return false
}

// Trouble reports whether the entry tells of something that went wrong.
func (e *Entry) Trouble() bool { return e.Level >= Warn }

// Build reads a dossier and what was found in it. The entries are sorted newest first; they point into what they were made from.
func Build(d *platform.Dossier, found []platform.Finding) []Entry {
	b := builder{d: d}
	for i := range d.Repositories {
		b.repository(&d.Repositories[i])
	}
	for i := range d.Images {
		b.image(&d.Images[i])
	}
	for i := range d.Applications {
		b.application(&d.Applications[i], nil)
	}
	for i := range d.Environments {
		b.environment(&d.Environments[i])
	}
	for i := range d.Alerts {
		b.alert(&d.Alerts[i])
	}
	for i := range d.Log {
		b.log(&d.Log[i])
	}
	for i := range found {
		b.broke(&found[i])
	}
	slices.SortStableFunc(b.out, compare)
	// Two sources may tell the same: an application is in the project's list and in its environment's.
	return slices.CompactFunc(b.out, func(a, c Entry) bool { return a.Key == c.Key })
}

// compare sorts newest first; what happened at the same time is sorted by the way a change travels, its end on top.
func compare(a, c Entry) int {
	if x := c.At.Compare(a.At); x != 0 {
		return x
	}
	if x := rank(c.Kind) - rank(a.Kind); x != 0 {
		return x
	}
	return strings.Compare(a.Key, c.Key)
}

func rank(k Kind) int { return slices.Index(Kinds(), k) }

// Narrow keeps what concerns one environment: its own entries, and those of the whole project.
func Narrow(list []Entry, namespace, environment string) []Entry {
	var out []Entry
	for i := range list {
		e := &list[i]
		whole := e.Namespace == "" && e.Environment == ""
		if whole || (e.Namespace != "" && e.Namespace == namespace) || (e.Namespace == "" && e.Environment == environment) {
			out = append(out, *e)
		}
	}
	return out
}

// Within keeps entries from one moment to another, both included; a zero moment does not bound.
func Within(list []Entry, from, to time.Time) []Entry {
	var out []Entry
	for i := range list {
		if at := list[i].At; (from.IsZero() || !at.Before(from)) && (to.IsZero() || !at.After(to)) {
			out = append(out, list[i])
		}
	}
	return out
}

// Unread lists the families of facts a timeline wants that were not read: what they would tell is missing, not absent. namespace "" looks
// at the whole project and leaves out what is kept per namespace.
func Unread(d *platform.Dossier, namespace string) []platform.Family {
	var out []platform.Family
	for _, f := range []platform.Family{platform.FamPipelines, platform.FamGates, platform.FamImages, platform.FamApplications, platform.FamAlerts, platform.FamLog} {
		if !d.Has(f) {
			out = append(out, f)
		}
	}
	for i := range d.Environments {
		e := &d.Environments[i]
		if e.Namespace != namespace || namespace == "" {
			continue
		}
		for _, f := range []platform.Family{platform.FamPods, platform.FamEvents} {
			if !e.Has(f) {
				out = append(out, f)
			}
		}
	}
	return out
}
