package platform

import "time"

// settledAge is the age of a project from which a run in progress does not put a step in question that succeeded before.
const settledAge = 30 * 24 * time.Hour

// expirySoon is how long before its end a validity is announced.
const expirySoon = 60 * 24 * time.Hour

// Onboard derives the eighteen steps of a project from what was read of it and from what people wrote; ledger is nil where no ledger is
// kept. What the systems can tell is never taken from the ledger, but for "does not apply" and "waiting".
func Onboard(d *Dossier, ledger *Ledger, now time.Time) Onboarding {
	b := &board{d: d, l: ledger, now: now, settled: !d.Project.CreatedAt.IsZero() && now.Sub(d.Project.CreatedAt) > settledAge}
	if ledger != nil {
		b.out.Track = ledger.Track
	}
	b.asked()
	b.declared()
	b.delivered()
	b.running()
	b.date()
	return b.out
}

// StepIDs are the ids of the steps, in order.
func StepIDs() []string {
	return []string{"request", "prequalification", "qualification", "accounts", "enrolment", "team", "repositories", "mirror", "ci-file", "pipeline",
		"quality", "images", "environments", "secrets", "resources", "deployed", "observability", "production"}
}

// ManualItems are the ids that a person may tick, in the order of the steps.
func ManualItems() []string {
	return []string{"request", "prequalification", "qualification", "accounts.mattermost", "accounts.ticketing", "secrets",
		"resources.flows", "resources.dns", "resources.certificates", "resources.storage", "resources.database", "observability.dashboards",
		"production.hosting", "production.audit", "production.approval", "production.backup", "production.recovery", "production.on_call"}
}

// Tickable reports whether a ledger may hold an item of that id, and whether a person may say of it that it is done: of what systems tell, a
// person can only say that it does not apply, or whom it waits for.
func Tickable(id string) (known, manual bool) {
	for _, m := range ManualItems() {
		if m == id {
			return true, true
		}
	}
	for _, s := range StepIDs() {
		if s == id {
			return true, false
		}
	}
	return false, false
}

type board struct {
	d       *Dossier
	l       *Ledger
	now     time.Time
	settled bool
	out     Onboarding
	at      int
}

// step closes a step with its checks.
func (b *board) step(checks ...OnboardingCheck) {
	s := &b.out.Steps[b.at]
	s.Number, s.ID, s.Checks = b.at+1, StepIDs()[b.at], checks
	b.at++
	for i := range checks {
		c := &checks[i]
		if c.State == StepOK || c.State == StepNA {
			c.Owner = ""
		}
	}
	s.State = combine(checks)
	b.lead(s)
	if t, ok := b.tick(s.ID); ok {
		s.Tick = &t
		switch manual := b.ticksWhole(s); {
		case manual: // its check has it
		case t.State == StepNA:
			s.State, s.Owner, s.Since = StepNA, "", t.At
		case t.State == StepWaiting && (s.State == StepTodo || s.State == StepUnknown || s.State == StepRunning):
			s.State, s.Since = StepWaiting, t.At
			if t.Owner != "" {
				s.Owner = t.Owner
			}
		}
	}
}

func (b *board) ticksWhole(s *OnboardingStep) bool {
	for _, c := range s.Checks {
		if c.ID == s.ID && c.Manual {
			return true
		}
	}
	return false
}

// lead takes owner and date from the checks that make the state.
func (b *board) lead(s *OnboardingStep) {
	for _, c := range s.Checks {
		if c.State == StepNA {
			continue
		}
		if s.Owner == "" && c.State == s.State {
			s.Owner = c.Owner
		}
		if (c.State == s.State || s.State == StepOK) && c.At.After(s.Since) {
			s.Since = c.At
		}
	}
	if s.Owner != "" || s.State == StepOK || s.State == StepNA {
		return
	}
	for _, c := range s.Checks { // on its way because some are done: who has the others
		if c.Owner != "" {
			s.Owner = c.Owner
			return
		}
	}
}

// combine is the state of a step from its checks: a failure first, then what somebody waits for or works at; done only when all is.
func combine(checks []OnboardingCheck) StepState {
	n := map[StepState]int{}
	progress := 0
	for _, c := range checks {
		if c.Given && c.State != StepKO { // it neither advances nor delays
			if c.State == StepOK || c.State == StepNA || c.State == StepUnknown {
				continue
			}
		}
		n[c.State]++
		if c.State == StepOK {
			progress++
		}
	}
	switch {
	case n[StepKO] > 0:
		return StepKO
	case n[StepRunning] > 0:
		return StepRunning
	case n[StepWaiting] > 0:
		return StepWaiting
	case n[StepTodo] > 0 && progress > 0:
		return StepRunning
	case n[StepTodo] > 0:
		return StepTodo
	case n[StepUnknown] > 0:
		return StepUnknown
	case progress > 0:
		return StepOK
	case n[StepNA] > 0:
		return StepNA
	}
	return StepUnknown
}

// tick returns what a person wrote of an item.
func (b *board) tick(id string) (Tick, bool) {
	if b.l == nil {
		return Tick{}, false
	}
	t, ok := b.l.Items[id]
	return t, ok
}

// manual is a check that a person ticks. who moves next as long as it is not done; waiting, whom one usually waits for.
func (b *board) manual(id string, who, waits StepOwner) OnboardingCheck {
	c := OnboardingCheck{ID: id, Manual: true, State: StepTodo, Owner: who}
	switch {
	case b.l == nil:
		c.State = StepUnknown
		c.Why = []Evidence{{Source: SourceLedger, Code: "no_ledger"}}
		return c
	case b.l.Broken != "":
		c.State = StepUnknown
		c.Why = []Evidence{{Source: SourceLedger, Code: "ledger_broken"}}
		return c
	}
	t, ok := b.tick(id)
	if !ok {
		c.Why = []Evidence{{Source: SourceLedger, Code: "not_ticked"}}
		return c
	}
	c.State, c.At, c.Tick = t.State, t.At, &t
	c.Why = []Evidence{{Source: SourceLedger, Code: "ticked_" + string(t.State), Args: map[string]string{"by": t.By}, Text: t.Comment, At: t.At}}
	if t.State == StepWaiting {
		c.Owner = waits
		if t.Owner != "" {
			c.Owner = t.Owner
		}
	}
	if t.State == StepOK && !t.Until.IsZero() {
		e := Evidence{Source: SourceLedger, Code: "valid_until", Args: map[string]string{"until": t.Until.Format(time.DateOnly)}, At: t.Until}
		switch left := t.Until.AddDate(0, 0, 1).Sub(b.now); { // valid on its last day
		case left <= 0:
			e.Code = "expired"
			c.State, c.At = StepKO, t.Until
		case left < expirySoon:
			e.Code = "expires_soon"
		}
		c.Why = append(c.Why, e)
	}
	return c
}

// SourceLedger names the ledger among the sources of evidence.
const SourceLedger = "ledger"

// unread is a check that nobody could read.
func (b *board) unread(id string, f Family, who StepOwner) (OnboardingCheck, bool) {
	if b.d.Has(f) {
		return OnboardingCheck{}, false
	}
	a := b.d.Known[f]
	state := a.State
	if state == "" {
		state = StateNotConfigured
	}
	return OnboardingCheck{ID: id, State: StepUnknown, Owner: who, Why: []Evidence{{Source: a.Source, Code: "unread", Args: map[string]string{"family": string(f), "state": string(state)}}}}, true
}

// source is where a family was read, and when.
func (b *board) source(f Family) (string, time.Time) { a := b.d.Known[f]; return a.Source, a.At }

// why is a piece of evidence from a family.
func (b *board) why(f Family, code string, args ...string) Evidence {
	e := Evidence{Code: code}
	e.Source, e.At = b.source(f)
	if len(args) > 0 {
		e.Args = map[string]string{}
	}
	for i := 0; i+1 < len(args); i += 2 {
		e.Args[args[i]] = args[i+1]
	}
	return e
}

// date gives a step that is to be begun the day on which the one before it ended: since then it waits.
func (b *board) date() {
	last := b.d.Project.CreatedAt
	for i := range b.out.Steps {
		s := &b.out.Steps[i]
		switch s.State {
		case StepOK:
			if s.Since.After(last) {
				last = s.Since
			}
		case StepTodo:
			if s.Since.IsZero() {
				s.Since = last
			}
		}
	}
}
