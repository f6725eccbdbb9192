package report

import (
	"slices"
	"strings"
	"time"

	"dsotop/internal/fleet"
	"dsotop/internal/notes"
	"dsotop/internal/platform"
	"dsotop/internal/timeline"
	"dsotop/internal/ui/words"
)

// HandoverDocument is what "report -o json" prints: what one shift tells the next.
type HandoverDocument struct {
	Version  int       `json:"version" yaml:"version"`
	At       time.Time `json:"at" yaml:"at"`
	Since    time.Time `json:"since" yaml:"since"`
	Profile  string    `json:"profile" yaml:"profile"`
	Project  *string   `json:"project" yaml:"project"`   // null: all
	Complete bool      `json:"complete" yaml:"complete"` // nothing was still being read
	// WatchedSeconds is how much of the time a dsotop of this profile was running: what came and went outside it left no trace.
	WatchedSeconds int64             `json:"watchedSeconds" yaml:"watchedSeconds"`
	Opened         []HandoverFinding `json:"opened" yaml:"opened"`     // since then, still standing, worst first
	Standing       []HandoverFinding `json:"standing" yaml:"standing"` // from before, worst first
	Closed         []HandoverFinding `json:"closed" yaml:"closed"`     // newest first
	Alerts         []HandoverAlert   `json:"alerts" yaml:"alerts"`     // firing or pending now, newest first
	Changes        []HandoverChange  `json:"changes" yaml:"changes"`   // what was deployed and provisioned, newest first
	Sources        []SourceStatus    `json:"sources" yaml:"sources"`   // those that do not work
}

// HandoverFinding is a finding as a report tells it.
type HandoverFinding struct {
	Project      string        `json:"project" yaml:"project"`
	ID           string        `json:"id" yaml:"id"`
	Severity     string        `json:"severity" yaml:"severity"`
	Subject      string        `json:"subject" yaml:"subject"`
	Title        string        `json:"title" yaml:"title"`
	Since        *time.Time    `json:"since" yaml:"since"`
	Closed       *time.Time    `json:"closed" yaml:"closed"`
	Runbook      *string       `json:"runbook" yaml:"runbook"`
	Consequences int           `json:"consequences" yaml:"consequences"`
	Acknowledged *HandoverNote `json:"acknowledged" yaml:"acknowledged"`
}

// HandoverNote is what a person said of a finding.
type HandoverNote struct {
	By     string     `json:"by" yaml:"by"`
	Reason string     `json:"reason" yaml:"reason"`
	At     *time.Time `json:"at" yaml:"at"`
	Until  *time.Time `json:"until" yaml:"until"` // null: as long as it stands
}

// HandoverAlert is an alert now.
type HandoverAlert struct {
	Project     string     `json:"project" yaml:"project"`
	Environment *string    `json:"environment" yaml:"environment"`
	Name        string     `json:"name" yaml:"name"`
	State       string     `json:"state" yaml:"state"`
	Severity    *string    `json:"severity" yaml:"severity"`
	Silenced    bool       `json:"silenced" yaml:"silenced"`
	Since       *time.Time `json:"since" yaml:"since"`
	Summary     *string    `json:"summary" yaml:"summary"`
}

// HandoverChange is a deployment or something the console did.
type HandoverChange struct {
	At          time.Time `json:"at" yaml:"at"`
	Project     string    `json:"project" yaml:"project"`
	Environment *string   `json:"environment" yaml:"environment"`
	Kind        string    `json:"kind" yaml:"kind"` // deploy or console
	What        string    `json:"what" yaml:"what"` // a machine word
	Name        string    `json:"name" yaml:"name"`
	Commit      *string   `json:"commit" yaml:"commit"`
	Good        bool      `json:"good" yaml:"good"`
}

// watchedBefore is the time before something was first seen in which somebody must have looked, half of it at least, for it to have opened then.
const watchedBefore = 10 * time.Minute

// Handover makes the report of what happened since a moment, of one project (its slug) or of all (""). Findings count from warnings on.
func Handover(v *fleet.View, said notes.Data, since time.Time, project, profile string, complete bool, lang string) HandoverDocument {
	doc := HandoverDocument{Version: Version, At: v.At.UTC().Truncate(time.Second), Since: since.UTC().Truncate(time.Second), Profile: profile, Project: text(project), Complete: complete,
		WatchedSeconds: int64(said.Coverage(since, v.At) / time.Second), Opened: []HandoverFinding{}, Standing: []HandoverFinding{}, Closed: []HandoverFinding{},
		Alerts: []HandoverAlert{}, Changes: []HandoverChange{}, Sources: []SourceStatus{}}
	for _, s := range v.Sources {
		if s.State != platform.StateLive && s.State != platform.StateNotConfigured {
			doc.Sources = append(doc.Sources, sourceStatus(s))
		}
	}
	standing := map[string]bool{}
	for sev := platform.SeverityCritical; sev >= platform.SeverityWarning; sev-- {
		for _, row := range v.Projects {
			slug := row.Dossier.Project.Slug
			if project != "" && slug != project {
				continue
			}
			for _, f := range row.Findings {
				if f.Severity != sev {
					continue
				}
				standing[f.Key()] = true
				one := handoverFinding(slug, f, lang)
				if n, ok := said.Noted(f.Key(), v.At); ok {
					one.Acknowledged = &HandoverNote{By: n.By, Reason: n.Reason, At: instant(n.At), Until: instant(n.Until)}
				}
				began := f.Since
				if first := said.Sights[f.Key()].First; began.IsZero() && said.Coverage(first.Add(-watchedBefore), first) >= watchedBefore/2 {
					began = first // it was not there before: somebody looked
				}
				if began.After(since) {
					doc.Opened = append(doc.Opened, one)
				} else {
					doc.Standing = append(doc.Standing, one)
				}
			}
		}
	}
	for key, s := range said.Sights {
		slug := s.Finding.Subject.ProjectSlug
		if s.Closed.IsZero() || s.Closed.Before(since) || standing[key] || (project != "" && slug != project) {
			continue
		}
		one := handoverFinding(slug, s.Finding, lang)
		one.Closed = instant(s.Closed)
		doc.Closed = append(doc.Closed, one)
	}
	slices.SortFunc(doc.Closed, func(a, b HandoverFinding) int {
		if c := b.Closed.Compare(*a.Closed); c != 0 {
			return c
		}
		return strings.Compare(a.Project+a.ID+a.Subject, b.Project+b.ID+b.Subject)
	})
	doc.happened(v, since, project)
	return doc
}

// happened adds the alerts and the changes.
func (doc *HandoverDocument) happened(v *fleet.View, since time.Time, project string) {
	for _, row := range v.Projects {
		d := row.Dossier
		if project != "" && d.Project.Slug != project {
			continue
		}
		for _, e := range timeline.Within(timeline.Build(d, nil), since, v.At) {
			if e.Kind == timeline.Deploy && e.Change() || e.Kind == timeline.Console {
				doc.Changes = append(doc.Changes, HandoverChange{At: e.At.UTC().Truncate(time.Second), Project: d.Project.Slug, Environment: text(e.Environment), Kind: string(e.Kind), What: e.Code, Name: e.Name,
					Commit: text(platform.ShortSHA(e.SHA)), Good: !e.Trouble()})
			}
		}
		for _, a := range d.Alerts {
			one := HandoverAlert{Project: d.Project.Slug, Name: a.Name, State: a.State, Severity: text(a.Severity), Silenced: a.Silenced || a.Inhibited, Since: instant(a.Since), Summary: text(a.Summary)}
			for i := range d.Environments {
				if x := &d.Environments[i]; x.Namespace == a.Namespace && a.Namespace != "" {
					one.Environment = text(x.Name)
				}
			}
			doc.Alerts = append(doc.Alerts, one)
		}
	}
	slices.SortStableFunc(doc.Changes, func(a, b HandoverChange) int { return b.At.Compare(a.At) })
	slices.SortStableFunc(doc.Alerts, func(a, b HandoverAlert) int {
		switch {
		case a.Since == nil || b.Since == nil:
			return 0
		default:
			return b.Since.Compare(*a.Since)
		}
	})
}

func handoverFinding(slug string, f platform.Finding, lang string) HandoverFinding {
	return HandoverFinding{Project: slug, ID: f.ID, Severity: f.Severity.String(), Subject: f.Subject.String(), Title: words.FindingTitle(lang, f), Since: instant(f.Since), Runbook: text(f.Runbook),
		Consequences: count(f.Consequences)}
}

func count(list []platform.Finding) int {
	n := len(list)
	for _, f := range list {
		n += count(f.Consequences)
	}
	return n
}
