// Package report makes documents for machines and tables for people from the joined view: what the commands status, findings and
// doctor print. Machine words are English and fixed; only titles follow the language. The schemas are in docs/schema.
package report

import (
	"time"

	"dsotop/internal/fleet"
	"dsotop/internal/platform"
	"dsotop/internal/ui/words"
)

// Version is the version of the documents' shape. It grows when a field changes its sense or goes; a new field is no new version.
const Version = 1

// StatusDocument is what "status -o json" prints.
type StatusDocument struct {
	Version  int             `json:"version" yaml:"version"`
	At       time.Time       `json:"at" yaml:"at"`
	Profile  string          `json:"profile" yaml:"profile"`
	Complete bool            `json:"complete" yaml:"complete"` // nothing was still being read
	Sources  []SourceStatus  `json:"sources" yaml:"sources"`
	Projects []ProjectStatus `json:"projects" yaml:"projects"` // worst first
}

// SourceStatus is the state of one source.
type SourceStatus struct {
	Name        string     `json:"name" yaml:"name"`
	Kind        string     `json:"kind" yaml:"kind"`
	State       string     `json:"state" yaml:"state"`
	Since       *time.Time `json:"since" yaml:"since"`
	Detail      *string    `json:"detail" yaml:"detail"`
	LastSuccess *time.Time `json:"lastSuccess" yaml:"lastSuccess"`
	Remedy      *string    `json:"remedy" yaml:"remedy"`
}

// ProjectStatus is one project. Status and Locked are null when no console told them.
type ProjectStatus struct {
	Slug         string              `json:"slug" yaml:"slug"`
	ID           string              `json:"id" yaml:"id"`
	Status       *string             `json:"status" yaml:"status"`
	Locked       *bool               `json:"locked" yaml:"locked"`
	Severity     string              `json:"severity" yaml:"severity"`
	Environments []EnvironmentStatus `json:"environments" yaml:"environments"`
	Findings     []FindingStatus     `json:"findings" yaml:"findings"`
}

// EnvironmentStatus is one environment. Argo is null when no Argo CD told, Pods when nobody did.
type EnvironmentStatus struct {
	Name      string       `json:"name" yaml:"name"`
	Stage     *string      `json:"stage" yaml:"stage"`
	Cluster   *string      `json:"cluster" yaml:"cluster"`
	Namespace string       `json:"namespace" yaml:"namespace"`
	Argo      []ArgoStatus `json:"argo" yaml:"argo"`
	Pods      *PodStatus   `json:"pods" yaml:"pods"`
}

// ArgoStatus is one Argo CD application.
type ArgoStatus struct {
	Name   string `json:"name" yaml:"name"`
	Sync   string `json:"sync" yaml:"sync"`
	Health string `json:"health" yaml:"health"`
}

// PodStatus counts pods.
type PodStatus struct {
	Ready    int `json:"ready" yaml:"ready"`
	Desired  int `json:"desired" yaml:"desired"`
	Restarts int `json:"restarts" yaml:"restarts"`
}

// FindingStatus is one finding. The lists are flat: a consequence follows its cause and names it, so that those without a cause count
// incidents.
type FindingStatus struct {
	ID         string           `json:"id" yaml:"id"`
	Severity   string           `json:"severity" yaml:"severity"`
	Subject    string           `json:"subject" yaml:"subject"`
	Title      string           `json:"title" yaml:"title"`
	Since      *time.Time       `json:"since" yaml:"since"`
	Runbook    *string          `json:"runbook" yaml:"runbook"`
	Mode       *string          `json:"mode" yaml:"mode"`
	Confidence string           `json:"confidence" yaml:"confidence"`
	Why        []EvidenceStatus `json:"why" yaml:"why"`
	Cause      *CauseStatus     `json:"cause" yaml:"cause"` // null for what has no cause among the findings
}

// CauseStatus names the finding another one follows from.
type CauseStatus struct {
	ID      string `json:"id" yaml:"id"`
	Subject string `json:"subject" yaml:"subject"`
}

// EvidenceStatus is one fact a finding rests on.
type EvidenceStatus struct {
	Source string     `json:"source" yaml:"source"`
	Text   string     `json:"text" yaml:"text"`
	At     *time.Time `json:"at" yaml:"at"`
}

// FindingsDocument is what "findings -o json" prints.
type FindingsDocument struct {
	Version  int              `json:"version" yaml:"version"`
	At       time.Time        `json:"at" yaml:"at"`
	Profile  string           `json:"profile" yaml:"profile"`
	Complete bool             `json:"complete" yaml:"complete"` // nothing was still being read
	Findings []ProjectFinding `json:"findings" yaml:"findings"` // worst first
}

// ProjectFinding is a finding with its project.
type ProjectFinding struct {
	Project       string `json:"project" yaml:"project"`
	FindingStatus `yaml:",inline"`
}

// DoctorDocument is what "doctor -o json" prints.
type DoctorDocument struct {
	Version int            `json:"version" yaml:"version"`
	At      time.Time      `json:"at" yaml:"at"`
	Profile string         `json:"profile" yaml:"profile"`
	Good    bool           `json:"good" yaml:"good"`
	Sources []SourceDoctor `json:"sources" yaml:"sources"`
}

// SourceDoctor is what was found out about one source.
type SourceDoctor struct {
	SourceStatus `yaml:",inline"`
	URL          *string       `json:"url" yaml:"url"`
	Identity     *string       `json:"identity" yaml:"identity"`
	Detected     *string       `json:"detectedVersion" yaml:"detectedVersion"`
	LatencyMS    *int64        `json:"latencyMs" yaml:"latencyMs"`
	SkewMS       int64         `json:"clockSkewMs" yaml:"clockSkewMs"` // how far its clock is ahead of ours, at least
	Expires      *time.Time    `json:"expires" yaml:"expires"`
	Rights       []RightStatus `json:"rights" yaml:"rights"`
	Advice       *string       `json:"advice" yaml:"advice"` // what to do, in the language
}

// RightStatus is a right. Held is null when it could not be found out.
type RightStatus struct {
	Name    string  `json:"name" yaml:"name"`
	Held    *bool   `json:"held" yaml:"held"`
	Without *string `json:"without" yaml:"without"` // what is missing without it, a machine word, in the language
	Obtain  *string `json:"obtain" yaml:"obtain"`   // how to get it, in the language; null when it is held
}

// Status makes the document of a view. complete says that nothing was still being read when it was taken.
func Status(v *fleet.View, profile string, complete bool, lang string) StatusDocument {
	doc := StatusDocument{Version: Version, At: v.At.UTC(), Profile: profile, Complete: complete, Sources: []SourceStatus{}, Projects: []ProjectStatus{}}
	for _, s := range v.Sources {
		doc.Sources = append(doc.Sources, sourceStatus(s))
	}
	for _, row := range v.Projects {
		doc.Projects = append(doc.Projects, projectStatus(row, lang))
	}
	return doc
}

// Findings makes the list of all findings at or above a severity; complete as for Status.
func Findings(v *fleet.View, profile string, complete bool, lang string, floor platform.Severity) FindingsDocument {
	doc := FindingsDocument{Version: Version, At: v.At.UTC(), Profile: profile, Complete: complete, Findings: []ProjectFinding{}}
	for sev := platform.SeverityCritical; sev >= floor && sev > platform.SeverityOK; sev-- {
		for _, row := range v.Projects {
			for _, f := range row.Findings {
				if f.Severity != sev {
					continue
				}
				for _, one := range flat(f, nil, lang) {
					doc.Findings = append(doc.Findings, ProjectFinding{Project: row.Dossier.Project.Slug, FindingStatus: one})
				}
			}
		}
	}
	return doc
}

// Worst returns the worst severity of a view.
func Worst(v *fleet.View) platform.Severity {
	worst := platform.SeverityOK
	for _, row := range v.Projects {
		worst = max(worst, row.Severity)
	}
	return worst
}

// Doctor makes the document of what each source said of itself.
func Doctor(found []platform.SourceHealth, profile, lang string, at time.Time) DoctorDocument {
	set := language(lang)
	doc := DoctorDocument{Version: Version, At: at.UTC(), Profile: profile, Good: true, Sources: []SourceDoctor{}}
	for _, h := range found {
		d := SourceDoctor{SourceStatus: sourceStatus(h), URL: text(h.URL), Identity: text(h.Identity), Detected: text(h.Version), SkewMS: h.Skew.Milliseconds(), Expires: instant(h.Expires), Rights: []RightStatus{}}
		if h.Latency > 0 {
			ms := h.Latency.Milliseconds()
			d.LatencyMS = &ms
		}
		for _, r := range h.Rights {
			one := RightStatus{Name: r.Name, Without: text(r.Needed)}
			if r.Known {
				held := r.Held
				one.Held = &held
				if !held {
					one.Obtain = text(set.Sources.HowToObtain(h.Kind, r.Name))
				}
			}
			d.Rights = append(d.Rights, one)
		}
		if h.Remedy != platform.RemedyNone {
			d.Advice = text(set.Remedy[h.Remedy])
		}
		if h.State != platform.StateLive {
			doc.Good = false
		}
		doc.Sources = append(doc.Sources, d)
	}
	return doc
}

func sourceStatus(s platform.SourceHealth) SourceStatus {
	return SourceStatus{Name: s.Name, Kind: s.Kind, State: string(s.State), Since: instant(s.Since), Detail: text(s.Detail), LastSuccess: instant(s.LastSuccess), Remedy: text(string(s.Remedy))}
}

func projectStatus(row *fleet.Row, lang string) ProjectStatus {
	d := row.Dossier
	p := ProjectStatus{Slug: d.Project.Slug, ID: d.Project.ID, Severity: row.Severity.String(), Environments: []EnvironmentStatus{}, Findings: []FindingStatus{}}
	if !d.Project.Derived {
		locked := d.Project.Locked
		p.Status, p.Locked = text(d.Project.Status), &locked
	}
	for i := range d.Environments {
		p.Environments = append(p.Environments, environmentStatus(d, &d.Environments[i]))
	}
	for _, f := range row.Findings {
		p.Findings = append(p.Findings, flat(f, nil, lang)...)
	}
	return p
}

func environmentStatus(d *platform.Dossier, e *platform.EnvironmentFacts) EnvironmentStatus {
	out := EnvironmentStatus{Name: e.Name, Stage: text(e.Stage), Cluster: text(e.Cluster.Label), Namespace: e.Namespace}
	if d.Has(platform.FamApplications) {
		out.Argo = []ArgoStatus{}
	}
	for _, a := range e.Applications {
		out.Argo = append(out.Argo, ArgoStatus{Name: a.Name, Sync: a.Sync, Health: a.Health})
	}
	if ready, desired, restarts, known := e.PodCounts(); known {
		out.Pods = &PodStatus{Ready: ready, Desired: desired, Restarts: restarts}
	}
	return out
}

func findingStatus(f platform.Finding, lang string) FindingStatus {
	out := FindingStatus{ID: f.ID, Severity: f.Severity.String(), Subject: f.Subject.String(), Title: words.FindingTitle(lang, f), Since: instant(f.Since),
		Runbook: text(f.Runbook), Mode: text(f.Mode), Confidence: string(f.Confidence), Why: []EvidenceStatus{}}
	for _, e := range f.Why {
		out.Why = append(out.Why, EvidenceStatus{Source: e.Source, Text: words.FindingWhy(lang, e), At: instant(e.At)})
	}
	return out
}

// flat lists a finding and, after it, what follows from it.
func flat(f platform.Finding, cause *platform.Finding, lang string) []FindingStatus {
	one := findingStatus(f, lang)
	if cause != nil {
		one.Cause = &CauseStatus{ID: cause.ID, Subject: cause.Subject.String()}
	}
	out := []FindingStatus{one}
	for _, c := range f.Consequences {
		out = append(out, flat(c, &f, lang)...)
	}
	return out
}

// instant is nil for an unknown time, else UTC to the second: sources differ in what they tell below it.
func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC().Truncate(time.Second)
	return &t
}

func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
