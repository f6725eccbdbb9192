package actions

import (
	"path"
	"slices"
	"strings"
	"time"
)

// Policy is what a team allows beyond what the systems allow: rules in order, of which the first that fits decides. Without one that fits, it is allowed.
type Policy struct{ Rules []Rule }

// The effects of a rule.
const (
	Allow    = "allow"
	Deny     = "deny"
	FourEyes = "four_eyes" // somebody else must agree, by name
)

// Rule is one rule of a policy. An empty field fits everything.
type Rule struct {
	Name string
	// Deeds are ids, with * for any part: "console.*".
	Deeds []string
	// Risks are words of [Risk].
	Risks []string
	// Production is nil for any stage.
	Production *bool
	// Projects are slugs or ids of projects, with *.
	Projects []string
	// Systems are names of sources, with *: "argocd/*", "console".
	Systems []string
	// Who are accounts of the machine or principals of the console, with *.
	Who []string
	// Days are days of the week; From and To are minutes since midnight in Zone, To excluded; From > To spans midnight, with the day of its beginning.
	Days     []time.Weekday
	From, To int
	Zone     *time.Location
	// Do is allow, deny or four_eyes.
	Do string
	// Approvers are who may agree, with *; empty: anybody else.
	Approvers []string
}

// Judgement is what a policy says of one deed on one subject.
type Judgement struct {
	Do        string // allow, deny or four_eyes
	Rule      string // name of the rule; "" when none fitted
	Approvers []string
}

// Asking is what a policy is asked about.
type Asking struct {
	Deed    string
	Risk    Risk
	Subject Subject
	// System is the one that is written to; Project is the slug of the subject's project, "" when it has none.
	System, Project string
	// Early is true while only the kind of the system is known: a rule on systems of that kind is left to the plan, which knows the one.
	Early bool
	By    Who
	At    time.Time
}

// judge asks the policy about a deed on the system that its call goes to. Before there is a call, that is the subject's own where it is of the deed's kind, else the kind,
// which is the name of a system that there is one of.
func (h *Hand) judge(d *Deed, risk Risk, sub Subject, system string, scene Scene, now time.Time) Judgement {
	early := false
	if system == "" {
		kind, _, _ := strings.Cut(d.ID, ".")
		if system, early = kind, true; strings.HasPrefix(sub.System, kind+"/") {
			system, early = sub.System, false
		}
	}
	project, _, _ := strings.Cut(sub.Name, "/") // of a project and an environment
	if scene.Dossier != nil {
		project = scene.Dossier.Project.Slug
	}
	return h.o.Policy.Judge(Asking{Deed: d.ID, Risk: risk, Subject: sub, System: system, Project: project, Early: early, By: h.who(scene), At: now})
}

// Judge finds the first rule that fits.
func (p Policy) Judge(a Asking) Judgement {
	for i := range p.Rules {
		if r := &p.Rules[i]; r.fits(a) {
			return Judgement{Do: r.Do, Rule: r.Name, Approvers: r.Approvers}
		}
		if a.Early && p.Rules[i].mayFit(a) {
			break
		}
	}
	return Judgement{Do: Allow}
}

// mayFit reports whether a rule fits one of the systems of the kind that is asked about.
func (r *Rule) mayFit(a Asking) bool {
	of := *r
	of.Systems = nil
	return of.fits(a) && slices.ContainsFunc(r.Systems, func(pattern string) bool { return strings.HasPrefix(pattern, a.System+"/") })
}

func (r *Rule) fits(a Asking) bool {
	return among(r.Deeds, a.Deed) && among(r.Risks, a.Risk.Word()) && (r.Production == nil || *r.Production == a.Subject.Production) &&
		among(r.Projects, a.Project, a.Subject.ProjectID) && among(r.Systems, a.System) && among(r.Who, a.By.Account, a.By.Principal) && r.open(a.At)
}

// open reports whether now is within the rule's days and hours.
func (r *Rule) open(now time.Time) bool {
	if r.Zone != nil {
		now = now.In(r.Zone)
	}
	day, minute := now.Weekday(), now.Hour()*60+now.Minute()
	if r.From != r.To {
		switch {
		case r.From < r.To && (minute < r.From || minute >= r.To):
			return false
		case r.From > r.To && minute < r.To:
			day = (day + 6) % 7 // of the evening before
		case r.From > r.To && minute < r.From:
			return false
		}
	}
	return len(r.Days) == 0 || slices.Contains(r.Days, day)
}

// among reports whether one of the values matches one of the patterns; no pattern matches all.
func among(patterns []string, values ...string) bool {
	if len(patterns) == 0 {
		return true
	}
	for _, p := range patterns {
		for _, v := range values {
			if v == "" {
				continue
			}
			if ok, err := path.Match(strings.ReplaceAll(p, "/", "\x00"), strings.ReplaceAll(v, "/", "\x00")); err == nil && ok {
				return true
			}
		}
	}
	return false
}

// agree reports whether an approver may agree to what somebody does.
func (j Judgement) agree(approver string, by Who) Reason {
	approver = strings.TrimSpace(approver)
	switch {
	case approver == "":
		return Reason{Code: "four_eyes", Detail: strings.Join(j.Approvers, ", ")}
	case strings.EqualFold(approver, by.Account), strings.EqualFold(approver, by.Principal):
		return Reason{Code: "same_eyes", Detail: approver}
	case !among(j.Approvers, approver):
		return Reason{Code: "not_approver", Detail: approver}
	}
	return Reason{}
}
