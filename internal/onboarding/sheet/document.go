// Package sheet puts the onboarding board on paper: the document of -o json, the table, Markdown, CSV, and the block of context that a
// ticket should carry.
package sheet

import (
	"time"

	"dsotop/internal/fleet"
	"dsotop/internal/onboarding"
	"dsotop/internal/platform"
	"dsotop/internal/ui/words"
)

// Board is the board of one project with its facts.
type Board struct {
	*platform.Onboarding
	Row    *fleet.Row
	Ledger *platform.Ledger // nil where none is kept
}

// All derives the boards of a view, in its order, without archived projects.
func All(v *fleet.View, boards *onboarding.Boards, s *onboarding.Snapshot, now time.Time) []Board {
	out := make([]Board, 0, len(v.Projects))
	for _, r := range v.Projects {
		if !r.Dossier.Project.Archived() {
			out = append(out, One(r, boards, s, now))
		}
	}
	return out
}

// One derives the board of one project.
func One(r *fleet.Row, boards *onboarding.Boards, s *onboarding.Snapshot, now time.Time) Board {
	return Board{Onboarding: boards.Of(r.Dossier, s, now), Row: r, Ledger: s.Ledger(r.Dossier.Project.Slug)}
}

// Document is the board as machines read it: docs/schema/onboarding.json.
type Document struct {
	Version  int       `json:"version"`
	At       time.Time `json:"at"`
	Profile  string    `json:"profile"`
	Complete bool      `json:"complete"`
	Folder   *string   `json:"folder"` // of the ledgers; null when the profile names none
	Projects []Project `json:"projects"`
}

// Project is one project of the document.
type Project struct {
	Slug          string    `json:"slug"`
	ID            string    `json:"id"`
	Track         *string   `json:"track"`
	Done          int       `json:"done"`
	NotApplicable int       `json:"notApplicable"`
	Next          *Next     `json:"next"`
	Trouble       string    `json:"trouble,omitempty"` // why the ledger cannot be used
	Steps         []Step    `json:"steps"`
	Prerequisites []Answer  `json:"prerequisites"`
	Compatibility []Checked `json:"compatibility"`
	Skills        []Checked `json:"skills"`
}

// Next is the next move.
type Next struct {
	Step  int    `json:"step"`
	Owner string `json:"owner"`
}

// Step is one of the eighteen.
type Step struct {
	Number int        `json:"number"`
	ID     string     `json:"id"`
	Title  string     `json:"title"`
	State  string     `json:"state"`
	Manual bool       `json:"manual"`
	Owner  *string    `json:"owner"`
	Since  *time.Time `json:"since"`
	Days   *int       `json:"days"`
	Note   *Note      `json:"note"`
	Checks []Check    `json:"checks"`
}

// Check is one thing that a step wants.
type Check struct {
	ID       string     `json:"id"`
	Title    string     `json:"title"`
	State    string     `json:"state"`
	Manual   bool       `json:"manual"`
	Since    *time.Time `json:"since"`
	Note     *Note      `json:"note"`
	Evidence []Evidence `json:"evidence"`
}

// Evidence is a proof and where it was read.
type Evidence struct {
	Source string     `json:"source"`
	Code   string     `json:"code"`
	Text   string     `json:"text"`
	At     *time.Time `json:"at"`
}

// Note is what a person wrote.
type Note struct {
	State   string `json:"state"`
	By      string `json:"by"`
	On      string `json:"on"` // a date
	Comment string `json:"comment"`
	Owner   string `json:"owner,omitempty"`
	Until   string `json:"until,omitempty"`
}

// Answer is a prerequisite; Value is null, a text, a number or a list.
type Answer struct {
	ID     string `json:"id"`
	Number int    `json:"number"` // among the fifteen; 0: organisational
	Kind   string `json:"kind"`
	Title  string `json:"title"`
	Value  any    `json:"value"`
}

// Checked is an item of a checklist; Answer is null, yes, no or na.
type Checked struct {
	ID        string  `json:"id"`
	Title     string  `json:"title"`
	Mandatory bool    `json:"mandatory"`
	Answer    *string `json:"answer"`
}

// Make is the document of some boards.
func Make(all []Board, s *onboarding.Snapshot, profile string, complete bool, w *words.Set, now time.Time) Document {
	doc := Document{Version: 1, At: now.UTC(), Profile: profile, Complete: complete, Folder: text(s.Folder), Projects: []Project{}}
	for _, b := range all {
		doc.Projects = append(doc.Projects, project(b, s, w, now))
	}
	return doc
}

func project(b Board, s *onboarding.Snapshot, w *words.Set, now time.Time) Project {
	p := &b.Row.Dossier.Project
	out := Project{Slug: p.Slug, ID: p.ID, Track: text(b.Track), Done: b.Count(platform.StepOK), NotApplicable: b.Count(platform.StepNA), Steps: []Step{}}
	if next := b.Next(); next != nil {
		out.Next = &Next{next.Number, string(next.Owner)}
	}
	out.Trouble = Trouble(s, p.Slug, w.Tag)
	for i := range b.Steps {
		out.Steps = append(out.Steps, step(&b.Steps[i], w, now))
	}
	l := b.Ledger
	if l == nil {
		l = &platform.Ledger{}
	}
	for _, f := range platform.OnboardingFields() {
		a := Answer{ID: f.ID, Number: f.Number, Kind: string(f.Kind), Title: w.Onboarding.Field[f.ID]}
		if v, ok := l.Fields[f.ID]; ok && !v.Empty() {
			a.Value = value(v)
		}
		out.Prerequisites = append(out.Prerequisites, a)
	}
	for _, id := range platform.CompatibilityItems() {
		out.Compatibility = append(out.Compatibility, Checked{id, w.Onboarding.Compatibility[id], true, text(l.Compatibility[id])})
	}
	for _, id := range platform.SkillItems() {
		out.Skills = append(out.Skills, Checked{id, w.Onboarding.Skill[id], platform.SkillMandatory(id), text(l.Skills[id])})
	}
	return out
}

func value(v platform.Field) any {
	switch v.Kind {
	case platform.FieldNumber:
		return v.Number
	case platform.FieldList:
		return v.List
	}
	return v.String()
}

func step(s *platform.OnboardingStep, w *words.Set, now time.Time) Step {
	out := Step{Number: s.Number, ID: s.ID, Title: w.Onboarding.Step[s.ID], State: string(s.State), Manual: s.Manual(), Owner: text(string(s.Owner)), Since: moment(s.Since), Note: note(s.Tick), Checks: []Check{}}
	if n := s.Days(now); n >= 0 {
		out.Days = &n
	}
	for _, c := range s.Checks {
		one := Check{ID: c.ID, Title: w.OnboardingCheck(c.ID), State: string(c.State), Manual: c.Manual, Since: moment(c.At), Note: note(c.Tick), Evidence: []Evidence{}}
		for _, e := range c.Why {
			one.Evidence = append(one.Evidence, Evidence{e.Source, e.Code, w.OnboardingWhy(e), moment(e.At)})
		}
		out.Checks = append(out.Checks, one)
	}
	return out
}

func note(t *platform.Tick) *Note {
	if t == nil {
		return nil
	}
	n := &Note{State: string(t.State), By: t.By, On: t.At.Format(time.DateOnly), Comment: t.Comment, Owner: string(t.Owner)}
	if !t.Until.IsZero() {
		n.Until = t.Until.Format(time.DateOnly)
	}
	return n
}

func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC().Truncate(time.Second)
	return &t
}

// Trouble is why the ledger of a project cannot be used, in a language; "" when it can.
func Trouble(s *onboarding.Snapshot, slug, lang string) string {
	err := s.Trouble(slug)
	if err == nil {
		return ""
	}
	if m, ok := err.(*onboarding.Mistakes); ok { //nolint:errorlint // kept as it was made
		return m.Text(lang)
	}
	return err.Error()
}
