package findings

import (
	"strconv"
	"strings"
	"time"

	"dsotop/internal/platform"
)

// Input is what a rule is given: the dossier, the time, and what several rules derive from them, derived once.
type Input struct {
	*platform.Dossier
	now      time.Time
	due      time.Time
	problems []podProblem
	classed  bool
	images   map[string]*imageRef
	running  []runningImage
	ran      bool
	broken   []brokenRun
	ranJobs  bool
	alone    []*platform.Application // of no environment
	sorted   bool
}

type imageRef struct{ host, project, repository, tag, digest string }

func newInput(d *platform.Dossier, now time.Time) *Input { return &Input{Dossier: d, now: now} }

// Past reports whether t is over; when not, it is noted that the dossier must be judged again then, though no fact moves.
func (in *Input) Past(t time.Time) bool {
	if !in.now.Before(t) {
		return true
	}
	if in.due.IsZero() || t.Before(in.due) {
		in.due = t
	}
	return false
}

// DaysLeft counts the whole days until t, and asks to be judged again when the count changes. It is negative after t.
func (in *Input) DaysLeft(t time.Time) int {
	left := t.Sub(in.now)
	if left < 0 {
		return -1
	}
	days := int(left / (24 * time.Hour))
	in.Past(t.Add(-time.Duration(days)*24*time.Hour + time.Second))
	return days
}

// production tells whether an outage here hits users. A derived environment has no stage: its name must do.
func production(e *platform.EnvironmentFacts) bool {
	if e == nil {
		return true // nothing says that it is not
	}
	return e.Production() || (e.Stage == "" && (e.Name == "prod" || e.Name == "production"))
}

// grade is the severity in this environment: one step less outside production.
func grade(e *platform.EnvironmentFacts, inProduction platform.Severity) platform.Severity {
	if production(e) || inProduction <= platform.SeverityInfo {
		return inProduction
	}
	return inProduction - 1
}

func (in *Input) subject(e *platform.EnvironmentFacts, kind, name string) platform.Subject {
	s := platform.Subject{ProjectID: in.Project.ID, ProjectSlug: in.Project.Slug, Kind: kind, Name: name}
	if e != nil {
		s.Environment, s.Namespace = e.Name, e.Namespace
	}
	return s
}

// fact starts an evidence with the source and age of a family.
func (in *Input) fact(f platform.Family, e *platform.EnvironmentFacts) platform.Evidence {
	if e != nil {
		if a, ok := e.Known[f]; ok {
			return platform.Evidence{Source: a.Source, At: a.At}
		}
	}
	a := in.Known[f]
	return platform.Evidence{Source: a.Source, At: a.At}
}

func (in *Input) coded(f platform.Family, e *platform.EnvironmentFacts, code string, at time.Time, args ...string) platform.Evidence {
	ev := in.fact(f, e)
	ev.Code = code
	if !at.IsZero() {
		ev.At = at
	}
	ev.Args = words(args...)
	return ev
}

func (in *Input) said(f platform.Family, e *platform.EnvironmentFacts, code, text string, at time.Time, args ...string) platform.Evidence {
	ev := in.coded(f, e, code, at, args...)
	ev.Text = shorten(text)
	return ev
}

// words makes a map of pairs; empty values are left out.
func words(pairs ...string) map[string]string {
	if len(pairs) < 2 {
		return nil
	}
	m := make(map[string]string, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			m[pairs[i]] = pairs[i+1]
		}
	}
	return m
}

// shorten keeps the first line of what a system said, at most 300 characters: evidence, not a log.
func shorten(text string) string {
	text = strings.TrimSpace(text)
	if i := strings.IndexByte(text, '\n'); i >= 0 {
		text = text[:i]
	}
	if r := []rune(text); len(r) > 300 {
		text = string(r[:299]) + "…"
	}
	return text
}

func itoa(n int) string { return strconv.Itoa(n) }

// short is the usual form of a SHA, or of a digest.
func short(sha string) string {
	sha = strings.TrimPrefix(sha, "sha256:")
	if len(sha) > 8 {
		return sha[:8]
	}
	return sha
}

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func containsAny(text string, parts ...string) bool {
	text = strings.ToLower(text)
	for _, p := range parts {
		if strings.Contains(text, p) {
			return true
		}
	}
	return false
}

func sha(text string) bool {
	if len(text) < 7 || len(text) > 40 {
		return false
	}
	for _, c := range text {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// image reads a reference once. What it returns is read-only.
func (in *Input) image(ref string) *imageRef {
	if r, ok := in.images[ref]; ok {
		return r
	}
	if in.images == nil {
		in.images = map[string]*imageRef{}
	}
	host, project, repository, tag, digest := platform.ParseImage(ref)
	r := &imageRef{host, project, repository, tag, digest}
	in.images[ref] = r
	return r
}
