package environment

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"dsotop/internal/desk"
	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/style"
)

// policy is one Kyverno rule in a namespace: how many resources break it, and how many keep it.
type policy struct {
	name, severity string
	broken, kept   int
}

// policyExpression asks for the reports. The exporter calls the label of the namespace exported_namespace, unless it was relabelled.
func policyExpression(namespace string) string {
	return `sum by (policy, severity, status) (policy_report_result{exported_namespace="` + namespace + `"} or policy_report_result{namespace="` + namespace + `",exported_namespace=""})`
}

// policiesOf reads the reports: what is broken first, the most severe, the most often.
func policiesOf(a desk.MetricAnswer) []policy {
	by := map[string]*policy{}
	var out []*policy
	for _, s := range a.Series {
		name := s.Label("policy")
		if name == "" || len(s.Samples) == 0 {
			continue
		}
		x := by[name]
		if x == nil {
			x = &policy{name: name}
			by[name], out = x, append(out, x)
		}
		x.severity = cmp.Or(x.severity, s.Label("severity"))
		v := s.Samples[len(s.Samples)-1].Value
		if math.IsNaN(v) || v < 0 || v > 1e6 {
			continue
		}
		switch s.Label("status") {
		case "fail", "error", "warn":
			x.broken += int(math.Round(v))
		case "pass":
			x.kept += int(math.Round(v))
		}
	}
	slices.SortStableFunc(out, func(a, b *policy) int {
		return cmp.Or(min(b.broken, 1)-min(a.broken, 1), severe(b.severity)-severe(a.severity), cmp.Compare(b.broken, a.broken), strings.Compare(a.name, b.name))
	})
	list := make([]policy, 0, len(out))
	for _, x := range out {
		list = append(list, *x)
	}
	return list
}

func severe(word string) int {
	return slices.Index([]string{"info", "low", "medium", "high", "critical"}, strings.ToLower(word))
}

// enforced reports whether production refuses what breaks a rule of the platform (platform facts §4.3). Rules of others are not known.
func (p *Page) enforced(name string) bool { _, ok := p.env.Words.Policies.Want[name]; return ok }

// debt is how many rules are broken, for the tab's mark.
func (p *Page) debt() (rules, objects, held int) {
	for _, x := range p.measured.policy {
		if x.broken > 0 {
			rules++
			objects += x.broken
		} else {
			held++
		}
	}
	return rules, objects, held
}

// policies says which rules the namespace breaks, and what production would do about it.
func (p *Page) policies(w int) []string {
	e, pw := p.env, p.env.Words.Policies
	m := &p.measured
	switch {
	case m.silent:
		return pane.Missing(e, p.view, w, pw.NoMetrics, platform.FactAge{State: platform.StateNotConfigured})
	case !m.told && m.why != nil:
		return pane.Fetched(e, w, false, "", m.why)
	case !m.told:
		return pane.Fetched(e, w, true, pw.Reading, nil)
	case len(m.policy) == 0:
		return append([]string{e.Pen(w).Space(1).Put(style.Faint, e.Glyphs.None).Space(1).Put(style.Muted, pw.NoReport).Line()}, pane.Text(e, w, 3, style.Faint, pw.NoReportWhy)...)
	}
	rules, objects, held := p.debt()
	pen := e.Pen(w).Space(1)
	if rules == 0 {
		pen.Put(style.Good, e.Glyphs.OK).Space(1).Put(style.Text, pw.Held(held))
		return append([]string{pen.Line()}, p.refusals(w)...)
	}
	out := []string{pen.Put(style.Warn, e.Glyphs.Warn).Space(1).Put(style.Strong, pw.Debt(rules, objects)).Put(style.Faint, "   "+pw.Held(held)).Line()}
	if !p.facts.Production() {
		out = append(out, pane.Text(e, w, 3, style.Muted, pw.OnlyAudit)...)
	}
	out = append(out, e.Pen(w).Line())
	name := 16
	for _, x := range m.policy {
		if x.broken > 0 {
			name = max(name, min(block.Width(x.name), 40))
		}
	}
	wide := w >= 96
	head := e.Pen(w).Space(3).Column(name).Put(style.Title, pw.Policy).EndColumn().Space(1).Column(10).Right(style.Title, pw.Count).EndColumn().Space(2)
	if wide {
		head.Column(9).Put(style.Title, pw.Severity).EndColumn().Space(1)
	}
	out = append(out, head.Put(style.Title, pw.Wants).Line())
	for _, x := range m.policy {
		if x.broken == 0 {
			continue
		}
		role, verdict := style.Muted, pw.BlockedNone
		if p.enforced(x.name) {
			role, verdict = style.Warn, pw.Blocked
			if p.facts.Production() {
				role, verdict = style.Bad, pw.Refused
			}
		}
		pen := e.Pen(w).Space(1).Put(role, e.Glyphs.Warn).Space(1).Column(name).Put(style.Text, x.name).EndColumn().Space(1).Column(10).Right(style.Strong, e.Words.Int(x.broken)).EndColumn().Space(2)
		if wide {
			pen.Column(9).Put(style.Muted, x.severity).EndColumn().Space(1)
		}
		wants := pw.Want[x.name]
		if w >= 110 && wants != "" {
			out = append(out, pen.Put(style.Muted, wants).Line(), e.Pen(w).Space(3).Put(role, verdict).Line())
			continue
		}
		out = append(out, pen.Put(role, verdict).Line())
		out = append(out, pane.Text(e, w, 3, style.Muted, wants)...)
	}
	return append(out, p.refusals(w)...)
}

// refusals are the events that Kyverno wrote.
func (p *Page) refusals(w int) []string {
	var out []string
	for _, x := range p.facts.Events {
		if x.Reason != "PolicyViolation" && x.Reason != "PolicyError" && !strings.Contains(x.Message, "admission webhook") {
			continue
		}
		if out == nil {
			out = append(out, p.env.Pen(w).Line(), pane.Head(p.env, w, p.env.Words.Policies.Events))
		}
		out = append(out, pane.Event(p.env, w, x)...)
	}
	return out
}
