package platform

import (
	"strconv"
	"time"
)

// asked are the steps 1 to 4: what happens between people.
func (b *board) asked() {
	b.step(b.manual("request", OwnerTeam, OwnerService))
	b.step(b.manual("prequalification", OwnerService, OwnerService))
	b.step(b.prerequisites(), b.checklist("qualification.compatibility", CompatibilityItems(), func(l *Ledger) map[string]string { return l.Compatibility }, func(string) bool { return true }),
		b.checklist("qualification.skills", SkillItems(), func(l *Ledger) map[string]string { return l.Skills }, SkillMandatory),
		b.manual("qualification", OwnerService, OwnerService))
	b.step(b.accounts(), b.manual("accounts.mattermost", OwnerAdmins, OwnerAdmins), b.manual("accounts.ticketing", OwnerAdmins, OwnerAdmins))
}

// fromLedger begins a check that is read in the form; ok is false where there is none.
func (b *board) fromLedger(id string, who StepOwner) (c OnboardingCheck, ok bool) {
	c = OnboardingCheck{ID: id, State: StepTodo, Owner: who}
	if b.l != nil && b.l.Broken == "" {
		return c, true
	}
	c.State, c.Why = StepUnknown, []Evidence{{Source: SourceLedger, Code: "no_ledger"}}
	if b.l != nil {
		c.Why[0].Code = "ledger_broken"
	}
	return c, false
}

// prerequisites counts the answers to the fifteen.
func (b *board) prerequisites() OnboardingCheck {
	c, ok := b.fromLedger("qualification.prerequisites", OwnerTeam)
	if !ok {
		return c
	}
	n := b.l.Answered()
	switch {
	case n == PrerequisiteCount:
		c.State = StepOK
	case n > 0:
		c.State = StepRunning
	}
	c.Why = []Evidence{{Source: SourceLedger, Code: "answered", Args: map[string]string{"n": strconv.Itoa(n), "total": strconv.Itoa(PrerequisiteCount)}}}
	return c
}

// checklist is done when every item has an answer; a "no" to what is needed stops it.
func (b *board) checklist(id string, items []string, list func(*Ledger) map[string]string, needed func(string) bool) OnboardingCheck {
	c, ok := b.fromLedger(id, OwnerTeam)
	if !ok {
		return c
	}
	n := 0
	for _, item := range items {
		switch answer := list(b.l)[item]; answer {
		case "":
			continue
		case "no":
			code := "advised_missing"
			if needed(item) {
				c.State, code = StepKO, "needed_missing"
			}
			c.Why = append(c.Why, Evidence{Source: SourceLedger, Code: code, Args: map[string]string{"item": item}})
		}
		n++
	}
	switch {
	case c.State == StepKO:
	case n == len(items):
		c.State = StepOK
	case n > 0:
		c.State = StepRunning
	}
	c.Why = append([]Evidence{{Source: SourceLedger, Code: "answered", Args: map[string]string{"n": strconv.Itoa(n), "total": strconv.Itoa(len(items))}}}, c.Why...)
	return c
}

// people is the owner and the members.
func (b *board) people() int {
	n := len(b.d.Project.Members)
	if b.d.Project.Owner.Name() != "" {
		n++
	}
	return n
}

func (b *board) accounts() OnboardingCheck {
	const id = "accounts.console"
	if c, missing := b.unread(id, FamProject, OwnerAdmins); missing {
		return c
	}
	c := OnboardingCheck{ID: id, State: StepTodo, Given: true, Owner: OwnerAdmins, At: b.d.Project.CreatedAt}
	if n := b.people(); n > 0 {
		c.State = StepOK
		c.Why = []Evidence{b.why(FamProject, "people", "n", strconv.Itoa(n))}
	}
	return c
}

// declared are the steps 5 to 7: what the console knows.
func (b *board) declared() {
	b.step(b.enrolled(), b.quotas())
	b.step(b.team())
	b.step(b.repositories(false), b.repositories(true))
}

func (b *board) enrolled() OnboardingCheck {
	const id = "enrolment.project"
	p := &b.d.Project
	if c, missing := b.unread(id, FamProject, OwnerAdmins); missing || p.Derived {
		if !missing {
			c = OnboardingCheck{ID: id, State: StepUnknown, Owner: OwnerAdmins, Why: []Evidence{b.why(FamProject, "not_in_console")}}
		}
		return c
	}
	c := OnboardingCheck{ID: id, State: StepUnknown, Owner: OwnerAdmins, At: p.CreatedAt, Why: []Evidence{b.why(FamProject, "console_status", "status", p.Status)}}
	switch {
	case p.Archived():
		c.State = StepNA
	case p.Status == ProjectCreated:
		c.State = StepOK
	case p.Status == ProjectInitializing:
		c.State = StepRunning
	case p.Status == ProjectFailed || p.Status == ProjectWarning:
		c.State = StepKO
		for _, e := range b.d.Log { // newest first
			if e.Provisioning() {
				c.At = e.At
				for _, tool := range e.Failed {
					c.Why = append(c.Why, b.why(FamLog, "tool_failed", "tool", tool))
				}
				break
			}
		}
	}
	if p.Locked {
		c.Why = append(c.Why, b.why(FamProject, "locked"))
	}
	return c
}

func (b *board) quotas() OnboardingCheck {
	const id = "enrolment.quota"
	p := &b.d.Project
	if c, missing := b.unread(id, FamProject, OwnerAdmins); missing || p.Derived {
		if !missing {
			c = OnboardingCheck{ID: id, State: StepUnknown, Owner: OwnerAdmins, Why: []Evidence{b.why(FamProject, "not_in_console")}}
		}
		return c
	}
	c := OnboardingCheck{ID: id, State: StepOK, At: p.CreatedAt}
	number := func(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }
	switch {
	case p.Limitless:
		c.Why = []Evidence{b.why(FamProject, "limitless")}
	case p.Hprod.IsZero() && p.Prod.IsZero():
		c.State, c.Owner = StepTodo, OwnerAdmins
		c.Why = []Evidence{b.why(FamProject, "no_quota")}
	default:
		c.Why = []Evidence{b.why(FamProject, "quota", "hprod_cpu", number(p.Hprod.CPU), "hprod_memory", number(p.Hprod.Memory), "prod_cpu", number(p.Prod.CPU), "prod_memory", number(p.Prod.Memory))}
	}
	return c
}

// team wants two people at least, and somebody in each role of the platform that may change something: the owner holds the one that manages
// everything, and a role that may only look needs nobody.
func (b *board) team() OnboardingCheck {
	const id = "team"
	if c, missing := b.unread(id, FamMembers, OwnerTeam); missing {
		return c
	}
	p := &b.d.Project
	c := OnboardingCheck{ID: id, State: StepOK, Owner: OwnerTeam, At: p.CreatedAt, Why: []Evidence{b.why(FamMembers, "people", "n", strconv.Itoa(b.people()))}}
	if b.people() < 2 {
		c.State = StepTodo
		return c
	}
	for _, r := range p.Roles {
		const changes = PermManageEnvironments | PermManageRepositories | PermReplayHooks
		if (r.Type != "system:managed" && r.Type != "system:external") || r.Permissions.Has(PermManage) || r.Permissions&changes == 0 {
			continue
		}
		held := false
		for _, m := range p.Members {
			for _, has := range m.RoleIDs {
				held = held || has == r.ID
			}
		}
		if !held {
			c.State = StepRunning
			c.Why = append(c.Why, b.why(FamMembers, "role_empty", "role", r.Name))
		}
	}
	return c
}

// application reports whether a repository builds something, infra whether it is deployed; one can be both.
func application(r *RepositoryFacts) bool { return !r.Infra || len(r.Pipelines) > 0 }

func (b *board) repositories(infra bool) OnboardingCheck {
	id := "repositories.application"
	if infra {
		id = "repositories.infra"
	}
	if c, missing := b.unread(id, FamRepositories, OwnerTeam); missing {
		return c
	}
	c := OnboardingCheck{ID: id, State: StepTodo, Owner: OwnerTeam}
	for i := range b.d.Repositories {
		r := &b.d.Repositories[i]
		if (infra && r.Infra) || (!infra && application(r)) {
			c.State = StepOK
			code := "repository_internal"
			if r.ExternalURL != "" {
				code = "repository_external"
			}
			c.Why = append(c.Why, b.why(FamRepositories, code, "name", r.Name))
			if c.At.IsZero() || (!r.CreatedAt.IsZero() && r.CreatedAt.Before(c.At)) {
				c.At = r.CreatedAt
			}
		}
	}
	if c.State == StepTodo {
		c.Why = []Evidence{b.why(FamRepositories, "no_repository")}
	}
	return c
}

// newest returns the later of two instants.
func newest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
