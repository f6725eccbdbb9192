package findings

import (
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
	for i := range rules {
		rule := &rules[i]
		if missing, ok := lacks(rule, d); ok {
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
	res.Findings = fold(all)
	res.Due = in.due
	return res
}

// ofEnvironment are the families that are known per namespace.
func ofEnvironment(f platform.Family) bool {
	switch f {
	case platform.FamWorkloads, platform.FamPods, platform.FamEvents, platform.FamQuota, platform.FamUsage, platform.FamLogErrors, platform.FamApplications:
		return true
	}
	return false
}

// lacks says what the rule misses. A family of namespaces is missed as a whole only when no environment has it; an
// application may also be known without any environment.
func lacks(rule *Rule, d *platform.Dossier) (NotEvaluated, bool) {
	for _, f := range rule.Needs {
		age := d.Known[f]
		miss := NotEvaluated{RuleID: rule.ID, Missing: f, Source: age.Source, Reason: age.State, Aside: rule.Aside}
		if miss.Reason == "" {
			miss.Reason = platform.StateNotConfigured
		}
		if !ofEnvironment(f) {
			if !d.Has(f) {
				return miss, true
			}
			continue
		}
		known := f == platform.FamApplications && d.Has(f) || len(d.Environments) == 0 && d.Has(platform.FamEnvironments)
		var without []string
		for i := range d.Environments {
			e := &d.Environments[i]
			if e.Has(f) {
				known = true
				continue
			}
			without = append(without, e.Name)
			if a, ok := e.Known[f]; ok && a.State != "" {
				miss.Source, miss.Reason = a.Source, a.State
			}
		}
		if !known {
			return miss, true
		}
		if len(without) > 0 {
			miss.Environments = without
			return miss, true
		}
	}
	return NotEvaluated{}, false
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
