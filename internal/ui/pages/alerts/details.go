package alerts

import (
	"cmp"
	"maps"
	"net/url"
	"slices"
	"strings"

	"dsotop/internal/desk"
	"dsotop/internal/platform"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/style"
)

// names is the column of the names of facts.
const names = 13

// identity is an alert's name and labels: what an Alertmanager knows it by.
func identity(a *platform.Alert) string { return a.Name + "{" + labelText(a.Labels) + "}" }

// labelText writes labels as PromQL does, without the name of the alert.
func labelText(labels map[string]string) string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		if name != "alertname" {
			out = append(out, name+`="`+labels[name]+`"`)
		}
	}
	return strings.Join(out, ",")
}

// runbook is where the rule's author says what to do.
func runbook(a *platform.Alert) string {
	for _, name := range []string{"runbook_url", "runbook", "procedure"} {
		if text := a.Annotations[name]; text != "" {
			return text
		}
	}
	return ""
}

// expression is the condition of the rule, which Prometheus puts into the address of its graph; "" where it does not.
func expression(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return platform.CleanLine(u.Query().Get("g0.expr"))
}

func (p *Page) details(a alert, w int) []string {
	s, known := p.silent[a.project()]
	return details(p.env, a, s, known, p.fetch.Busy("silences "+a.project()), w, false)
}

// details says what an alert is, what to do, and who wants it silent. whole adds the silences that do not cover it.
func details(e *page.Env, a alert, s silences, known, busy bool, w int, whole bool) []string {
	words := e.Words.Alerts
	m := mark(e, a)
	pen := e.Pen(w).Space(1).Put(m.Role, m.Glyph).Space(1).Put(pane.Calm(m), words.StateOf[a.state()])
	if a.Severity != "" {
		pen.Put(severityRole(a), "  "+a.Severity)
	}
	if !a.Since.IsZero() {
		pen.Put(style.Faint, "  "+e.Words.Form.Since(e.Words.When(a.Since, e.Now())))
	}
	out := []string{pen.Line()}
	out = append(out, pane.Text(e, w, 3, style.Faint, words.StateWhy[a.state()])...)
	out = append(out, pane.Text(e, w, 1, style.Strong, a.Summary)...)
	if text := a.Annotations["description"]; text != "" && text != a.Summary {
		out = append(out, pane.Text(e, w, 1, style.Text, text)...)
	}
	fact := func(name string, role style.Role, text string) {
		if text != "" {
			out = append(out, pane.Fact(e, w, names, name, style.Span{Role: role, Text: text})...)
		}
	}
	fact(words.Runbook, style.Accent, runbook(a.Alert))
	fact(words.Expr, style.Muted, expression(a.URL))
	out = append(out, quiet(e, a, s, known, busy, w, whole)...)
	out = append(out, pane.Head(e, w, words.Labels))
	for _, name := range slices.Sorted(maps.Keys(a.Labels)) {
		value := a.Labels[name]
		if name == "alertname" {
			continue
		}
		if name == "namespace" && a.env != "" {
			value += " (" + whose(e, a) + ")"
		}
		fact(name, style.Muted, value)
	}
	first := true
	for _, name := range slices.Sorted(maps.Keys(a.Annotations)) {
		switch name {
		case "summary", "description", "runbook_url", "runbook", "procedure":
			continue
		}
		if first {
			out, first = append(out, pane.Head(e, w, words.Annotations)), false
		}
		fact(name, style.Muted, a.Annotations[name])
	}
	return out
}

// quiet says who wants an alert silent, until when and why.
func quiet(e *page.Env, a alert, s silences, known, busy bool, w int, whole bool) []string {
	words := e.Words.Alerts
	var mine, rest []desk.Silence
	for _, x := range s.list {
		if x.State == desk.SilenceActive && x.Matches(a.Labels) {
			mine = append(mine, x)
		} else {
			rest = append(rest, x)
		}
	}
	if !whole && !a.Silenced && len(mine) == 0 {
		return nil
	}
	out := []string{pane.Head(e, w, words.Silences)}
	switch {
	case len(mine) > 0:
		for _, x := range mine {
			out = append(out, silence(e, x, w)...)
		}
	case a.Silenced: // what the list knows of them
		for _, by := range a.SilencedBy {
			out = append(out, pane.Text(e, w, 3, style.Text, by)...)
		}
	}
	switch {
	case !known && busy:
		out = append(out, pane.Fetched(e, w, true, words.Reading, nil)...)
	case s.none:
		out = append(out, pane.Text(e, w, 3, style.Faint, words.NoAlertmanager)...)
	case s.why != nil:
		out = append(out, pane.Fetched(e, w, false, "", s.why)...)
	case known && len(mine) == 0 && !a.Silenced:
		out = append(out, pane.Text(e, w, 1, style.Faint, words.NoSilence)...)
	}
	if whole && len(rest) > 0 {
		out = append(out, pane.Head(e, w, words.Others))
		for _, x := range rest {
			out = append(out, silence(e, x, w)...)
		}
	}
	return out
}

func silence(e *page.Env, x desk.Silence, w int) []string {
	words := e.Words.Alerts
	pen := e.Pen(w).Space(1).Put(style.Info, e.Glyphs.NoRight).Space(1).Put(style.Text, words.By+" "+cmp.Or(x.CreatedBy, e.Glyphs.Unknown))
	if x.State == desk.SilencePending {
		pen.Put(style.Warn, "  "+words.From+" "+e.Words.When(x.Starts, e.Now()))
	}
	if x.State == desk.SilenceExpired {
		pen.Put(style.Faint, "  "+e.Words.Elsewhere.SilenceOver+" "+e.Words.When(x.Ends, e.Now()))
	} else if !x.Ends.IsZero() {
		pen.Put(style.Muted, "  "+words.Until+" "+e.Words.When(x.Ends, e.Now()))
	}
	out := []string{pen.Line()}
	out = append(out, pane.Text(e, w, 3, style.Text, cmp.Or(x.Comment, words.NoReason))...)
	var on []string
	for _, m := range x.Matchers {
		on = append(on, m.String())
	}
	return append(out, pane.Text(e, w, 3, style.Faint, words.Matchers+" "+strings.Join(on, ", "))...)
}
