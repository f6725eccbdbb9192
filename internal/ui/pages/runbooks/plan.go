package runbooks

import (
	"strings"

	"dsotop/internal/runbook"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/style"
)

// plan is what would be sent, in the order in which it matters when there is no room for all: the call, what stands against it, what it changes, its body, its command.
func (p *RunPage) plan(q *runbook.PlanText, w int) []string {
	e, a := p.env, p.env.Words.Actions
	colon := e.Words.Form.Colon
	put := func(text string, first int, role style.Role) (out []string) { // as it is: a body is not Markdown
		for i, part := range block.Wrap(text, max(w-4, 10)) {
			in := 3
			if i == 0 {
				in = first
			}
			out = append(out, e.Pen(w).Space(in).Put(role, part).Line())
		}
		return out
	}
	risk := style.Muted
	if q.Risk != "read" && q.Risk != "write" {
		risk = style.Warn
	}
	out := put(e.Words.DeedTitle(q.Deed).Short+" → "+q.Subject, 1, style.Strong)
	out = append(out, e.Pen(w).Space(1).Put(style.Faint, a.RiskName+colon).Put(risk, a.Risk[q.Risk]).Line())
	out = append(out, put(q.Call, 1, style.Accent)...)
	for _, r := range q.Warnings {
		out = append(out, put(e.Glyphs.Warn+" "+e.Words.Reason(r), 1, style.Warn)...)
	}
	if q.ReadOnly {
		out = append(out, e.Pen(w).Space(1).Put(style.Faint, p.env.Words.Runbooks.ReadOnly).Line())
	}
	for _, f := range q.Effects {
		text := e.Words.DeedEffect(f.What)
		switch {
		case f.From == "" && f.To == "":
		case f.From == f.To:
			text += colon + e.Words.DeedValue(f.To)
		case f.From == "":
			text += colon + e.Words.DeedValue(f.To) + " (" + a.New + ")"
		case f.To == "":
			text += colon + e.Words.DeedValue(f.From) + " (" + a.Removed + ")"
		default:
			text += colon + e.Words.DeedValue(f.From) + " " + e.Glyphs.Into + " " + e.Words.DeedValue(f.To)
		}
		out = append(out, put(text, 1, style.Text)...)
	}
	if len(q.Effects) == 0 {
		out = append(out, e.Pen(w).Space(1).Put(style.Muted, a.NoEffects).Line())
	}
	for l := range strings.SplitSeq(q.Body, "\n") {
		if l != "" {
			out = append(out, put(l, 3, style.Muted)...)
		}
	}
	if q.Command != "" {
		out = append(out, put(q.Command, 1, style.Faint)...)
	}
	return out
}
