package words

import (
	"strings"

	"dsotop/internal/platform"
)

// Onboarding is the board of the eighteen steps.
type Onboarding struct {
	Projects                       func(n int) string // how many there are
	Title, Short, Steps, StepsHint string             // Short heads a narrow column
	// Step names the steps by id; Check the things a step wants, by id or, for one of many, by what stands before its last dot.
	Step, Check map[string]string
	// State, Owner and Track are by their machine words.
	State, Owner, OwnerShort, Track map[string]string
	// Field, Compatibility and Skill name the items of the form; Kind the types of fields, with an example.
	Field, Compatibility, Skill, Kind, Answer map[string]string
	// Why are the sentences of evidence by code; {name} stands for an argument.
	Why map[string]string
	// Part names the parts of one project's page.
	Part map[string]string

	// Headers of the columns, and titles.
	Project, Done, Next, Days, StateHead, OwnerHead, What, Source, Since, Value, Prerequisite, Number string
	Finished, Nothing, NobodyMoves, Derived, DerivedNote, ManualMark, AutoMark, Given, NoFile         string
	Ticked                                                                                            func(by, when string) string
	Count                                                                                             func(done, na, total int) string
	Answered                                                                                          func(n, total int) string
	DaysText                                                                                          func(n int) string
	Late                                                                                              func(n int) string
	AllOwners, ByOwner, ShowTitle, NextOf                                                             string
	Order, OrderSteps, NotNeeded, Unset, TrackName, NoTrack, Mandatory, Advised                       string
	Legend                                                                                            string

	// What a person does.
	ActTitle, Cancel, Write, Tick, Wait, Begin, Fail, Aside, Undo, Edit, Clear, SetTrack, ChangeBy, ChangeAt, ChangeUntil, ChangeComment string
	WaitFor, AskComment, CommentHint, AskBy, AskAt, AskUntil, AskValue, NeedComment, NeedName, BadDate                                   string
	Export, ExportMarkdown, ExportCSV, ExportTicket, AskPath, PathHint, Exists                                                           string
	CopyMarkdown, CopyCSV, CopyTicket, CopyLine                                                                                          string
	Confirm, Writing                                                                                                                     func(what string) string
	Written, Exported                                                                                                                    func(path string) string
	NoFolder, NoFolderWhy, NoLedger, FolderTrouble, Broken, BrokenWhy, OnlySystems, Layout                                               string
	Conflict                                                                                                                             func(what, now string) string
	SkillName, TicketTitle, TicketStep, TicketSeen                                                                                       string
	Ticket                                                                                                                               map[string]string
	Incomplete, NoProject, NoProjectWhy, NoMatchOwner                                                                                    string
}

// OnboardingWhy is a piece of evidence of the board in words; "" when it has none.
func (s *Set) OnboardingWhy(e platform.Evidence) string {
	text := s.Onboarding.Why[e.Code]
	for name, value := range e.Args {
		switch {
		case name == "family" && s.Onboarding.Why["family_"+value] != "":
			value = s.Onboarding.Why["family_"+value]
		case name == "state" && e.Code == "unread":
			value = s.State[platform.State(value)].Word
		case name == "item":
			if n := s.Onboarding.Compatibility[value]; n != "" {
				value = n
			} else if n := s.Onboarding.Skill[value]; n != "" {
				value = n
			}
		case name == "metric":
			value = s.Metric(value)
		case (name == "value" || name == "threshold") && e.Args["metric"] != "":
			value = s.Measure(e.Args["metric"], value)
		}
		text = strings.ReplaceAll(text, "{"+name+"}", value)
	}
	if e.Text != "" {
		if text != "" {
			text += s.Form.Colon
		}
		text += e.Text
	}
	return text
}

// OnboardingCheck names one thing that a step wants.
func (s *Set) OnboardingCheck(id string) string {
	if name := s.Onboarding.Check[id]; name != "" {
		return name
	}
	step, of, ok := strings.Cut(id, ".")
	if name := s.Onboarding.Check[step]; ok && name != "" {
		return name + " " + of
	}
	if name := s.Onboarding.Step[step]; name != "" && ok {
		return name + " " + of
	}
	if name := s.Onboarding.Step[id]; name != "" {
		return name
	}
	return id
}
