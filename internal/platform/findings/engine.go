package findings

import (
	"maps"
	"slices"
	"strings"
	"time"

	"dsotop/internal/platform"
)

// Result is the judgement of one dossier.
type Result struct {
	Findings     []platform.Finding // folded, worst first
	NotEvaluated []NotEvaluated     // in the order of the rules
	// Due is when the judgement may change though no fact moves (an expiry, a delay that runs); zero when never.
	Due time.Time
}

// Evaluate asks every rule. It is a pure function of its arguments. An archived project is not judged.
func Evaluate(rules []Rule, d *platform.Dossier, now time.Time) Result {
	var res Result
	if d.Project.Archived() {
		return res
	}
	in := newInput(d, now)
	var all []platform.Finding
	var gaps gaps
	for i := range rules {
		rule := &rules[i]
		if missing, ok := gaps.lacks(rule, d); ok {
			res.NotEvaluated = append(res.NotEvaluated, missing)
			if missing.Environments == nil {
				continue
			}
		}
		for _, f := range rule.Check(in) {
			if f.ID == "" {
				f.ID = rule.ID
			}
			if f.Mode == "" {
				f.Mode = rule.Mode
			}
			if f.Runbook == "" {
				f.Runbook = rule.Runbook
			}
			if f.Confidence == "" {
				f.Confidence = platform.Exact
			}
			if f.Subject.ProjectID == "" && f.Subject.ProjectSlug == "" {
				f.Subject.ProjectID, f.Subject.ProjectSlug = d.Project.ID, d.Project.Slug
			}
			all = append(all, f)
		}
	}
	res.Findings = fold(once(all))
	res.Due = in.due
	return res
}

// once makes one of findings that say the same of the same thing: a Job or a pod that comes back under its name has events of its own each time. It
// began with the first of them; what shows it is the newest.
func once(all []platform.Finding) []platform.Finding {
	type thing struct {
		id      string
		subject platform.Subject
	}
	at := make(map[thing]int, len(all))
	out := all[:0]
	for _, f := range all {
		k := thing{f.ID, f.Subject}
		i, ok := at[k]
		if !ok || !maps.Equal(out[i].Args, f.Args) {
			at[k] = len(out)
			out = append(out, f)
			continue
		}
		first := &out[i]
		if first.Since.IsZero() || !f.Since.IsZero() && f.Since.Before(first.Since) {
			first.Since = f.Since
		}
		if newest(f.Why).After(newest(first.Why)) {
			first.Why = f.Why
		}
	}
	return out
}

// newest is the time of the newest evidence; zero without any.
func newest(why []platform.Evidence) time.Time {
	var at time.Time
	for _, e := range why {
		if e.At.After(at) {
			at = e.At
		}
	}
	return at
}

// ofEnvironment are the families that are known per namespace.
func ofEnvironment(f platform.Family) bool {
	switch f {
	case platform.FamWorkloads, platform.FamPods, platform.FamEvents, platform.FamQuota, platform.FamUsage, platform.FamLogErrors, platform.FamApplications:
		return true
	}
	return false
}

// gaps remember how well each family is known, by its place, so that it is found out once for all rules.
type gaps [places]gap

type gap struct {
	asked bool
	miss  *NotEvaluated // nil: the family is known
}

// places is how many families there are, and one for those that are new to place.
const places = 27

// place numbers the families. One that it does not know is asked for again by each rule.
func place(f platform.Family) int {
	switch f {
	case platform.FamProject:
		return 1
	case platform.FamEnvironments:
		return 2
	case platform.FamRepositories:
		return 3
	case platform.FamMembers:
		return 4
	case platform.FamLog:
		return 5
	case platform.FamGit:
		return 6
	case platform.FamPipelines:
		return 7
	case platform.FamTokens:
		return 8
	case platform.FamGates:
		return 9
	case platform.FamImages:
		return 10
	case platform.FamApplications:
		return 11
	case platform.FamWorkloads:
		return 12
	case platform.FamPods:
		return 13
	case platform.FamEvents:
		return 14
	case platform.FamQuota:
		return 15
	case platform.FamUsage:
		return 16
	case platform.FamAlerts:
		return 17
	case platform.FamLogErrors:
		return 18
	case platform.FamCode:
		return 19
	case platform.FamForge:
		return 20
	case platform.FamAccess:
		return 21
	case platform.FamZone:
		return 22
	case platform.FamPlans:
		return 23
	case platform.FamExposed:
		return 24
	case platform.FamRobots:
		return 25
	case platform.FamRepoTokens:
		return 26
	}
	return 0
}

// lacks says what the rule misses. A family of namespaces is missed as a whole only when no environment has it; an
// application may also be known without any environment.
func (g *gaps) lacks(rule *Rule, d *platform.Dossier) (NotEvaluated, bool) {
	for _, f := range rule.Needs {
		at := place(f)
		k := &g[at]
		if !k.asked {
			k.asked, k.miss = at > 0, missing(f, d)
		}
		if k.miss != nil {
			miss := *k.miss
			miss.RuleID, miss.Aside = rule.ID, rule.Aside
			return miss, true
		}
	}
	return NotEvaluated{}, false
}

// missing is what is not known of a family; nil when all is.
func missing(f platform.Family, d *platform.Dossier) *NotEvaluated {
	age := d.Known[f]
	here := !age.At.IsZero()
	if here && !ofEnvironment(f) {
		return nil
	}
	miss := NotEvaluated{Missing: f, Source: age.Source, Reason: age.State}
	if miss.Reason == "" {
		miss.Reason = platform.StateNotConfigured
	}
	if !ofEnvironment(f) {
		return &miss
	}
	known := f == platform.FamApplications && here || len(d.Environments) == 0 && d.Has(platform.FamEnvironments)
	for i := range d.Environments {
		e := &d.Environments[i]
		a := e.Known[f]
		if !a.At.IsZero() {
			known = true
			continue
		}
		miss.Environments = append(miss.Environments, e.Name)
		if a.State != "" {
			miss.Source, miss.Reason = a.Source, a.State
		}
	}
	switch {
	case !known:
		miss.Environments = nil
	case len(miss.Environments) == 0:
		return nil
	}
	return &miss
}

// Sort puts the worst first: by severity, then the oldest (unknown ages last), then by key.
func Sort(list []platform.Finding) { slices.SortFunc(list, Compare) }

// Compare orders two findings as [Sort] does.
func Compare(a, b platform.Finding) int {
	if a.Severity != b.Severity {
		return int(b.Severity) - int(a.Severity)
	}
	if c := CompareSince(a.Since, b.Since); c != 0 {
		return c
	}
	return strings.Compare(a.Key(), b.Key())
}

// CompareSince orders two beginnings, the oldest first, an unknown one last.
func CompareSince(a, b time.Time) int {
	if a.IsZero() != b.IsZero() {
		if a.IsZero() {
			return 1
		}
		return -1
	}
	return a.Compare(b)
}

// Flatten lists the findings with what is folded beneath each right after it.
func Flatten(list []platform.Finding) []platform.Finding {
	var out []platform.Finding
	for _, f := range list {
		out = append(out, f)
		out = append(out, Flatten(f.Consequences)...)
	}
	return out
}

// Worst returns the highest severity of the list.
func Worst(list []platform.Finding) platform.Severity {
	worst := platform.SeverityOK
	for _, f := range list {
		worst = max(worst, f.Severity)
	}
	return worst
}
