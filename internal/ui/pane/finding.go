package pane

import (
	"strings"

	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/style"
)

// Finding says how to write one finding.
type Finding struct {
	// Ground is behind its first line; Cursor marks it.
	Ground style.Ground
	Cursor bool
	// Place is left out where it goes without saying.
	Here string
	// Full gives all proof with source and time, also of the consequences; otherwise Proof sentences at most.
	Full  bool
	Proof int
	// Folded counts what follows from it instead of writing it.
	Folded bool

	said map[string]bool // proof is told once, by the cause
}

// Lines writes a finding: sign, environment, sentence; since when and the runbook on the right, in columns of their own.
// Beneath it its proof, then what follows from it.
func (o Finding) Lines(e *page.Env, f platform.Finding, w int) []string {
	o.said = map[string]bool{"": true}
	return o.lines(e, f, w, 0)
}

func (o Finding) lines(e *page.Env, f platform.Finding, w, depth int) []string {
	m := cells.Severity(e.Glyphs, f.Severity)
	since := ""
	if !f.Since.IsZero() {
		since = e.Words.Form.Since(e.Words.When(f.Since, e.Now()))
	}
	const runbook, ages = 8, 20 // "  RB-10 ", "  depuis 19/11 14:03"
	beside := w >= 76           // narrower, a column of its own would break the sentences: the age goes beneath
	tail, column := runbook, ages
	if w < 100 { // every cell of the sentence counts more than a straight column
		column = 0
		if since != "" {
			column = block.Width(since) + 2
		}
	}
	if beside {
		tail += column
	}
	indent := 3 + 2*depth
	text := indent
	place := f.Subject.Environment
	if place == o.Here {
		place = ""
	}
	if place != "" {
		text += block.Width(place) + 2
	}
	role := style.Strong
	switch {
	case depth > 0:
		role = style.Muted
	case f.Severity < platform.SeverityDegraded:
		role = style.Text
	}
	var out []string
	for i, line := range block.Wrap(e.Words.FindingTitle(f), max(w-text-tail, 16)) {
		pen := e.Sheet.Pen(w, o.ground(depth))
		if i > 0 {
			if o.Cursor && depth == 0 {
				pen.Cursor(e.Glyphs.Cursor)
			}
			out = append(out, pen.To(text).Put(role, line).Line())
			continue
		}
		if depth > 0 {
			pen.Space(indent-2).Put(style.Border, e.Glyphs.Child).Space(1)
		} else {
			if o.Cursor {
				pen.Cursor(e.Glyphs.Cursor)
			}
			pen.To(1).Put(m.Role, m.Glyph).Space(1)
		}
		if place != "" {
			pen.Put(style.Title, place).Space(2)
		}
		pen.Column(max(w-tail-pen.X(), 16)).Put(role, line).EndColumn()
		if beside {
			pen.Column(column).Right(style.Faint, since).EndColumn()
		}
		if f.Runbook != "" {
			pen.Right(style.Accent, f.Runbook+" ")
		}
		out = append(out, pen.Line())
	}
	if since != "" && !beside {
		out = append(out, e.Pen(w).Space(text).Put(style.Faint, since).Line())
	}
	out = append(out, o.proof(e, f, w, indent, depth)...)
	if o.Folded && !o.Full {
		if n := len(f.Consequences); n > 0 {
			out = append(out, e.Pen(w).Space(indent).Put(style.Border, e.Glyphs.Child).Space(1).Put(style.Faint, e.Words.Project.Consequences(n)).Line())
		}
		return out
	}
	inner := o
	inner.Here = f.Subject.Environment
	for _, c := range f.Consequences {
		out = append(out, inner.lines(e, c, w, depth+1)...)
	}
	return out
}

func (o Finding) ground(depth int) style.Ground {
	if depth > 0 {
		return style.Plain
	}
	return o.Ground
}

func (o Finding) proof(e *page.Env, f platform.Finding, w, indent, depth int) []string {
	var out []string
	said := o.said
	if o.Full {
		for _, ev := range f.Why {
			text := e.Words.EvidenceText(ev)
			if said[text] {
				continue
			}
			said[text] = true
			out = append(out, Text(e, w, indent, style.Text, text)...)
			var where []string
			if ev.Source != "" {
				where = append(where, ev.Source)
			}
			if !ev.At.IsZero() {
				where = append(where, e.Words.When(ev.At, e.Now()))
			}
			if len(where) > 0 {
				out = append(out, e.Pen(w).Space(indent).Put(style.Faint, strings.Join(where, " · ")).Line())
			}
		}
		return out
	}
	if depth > 0 {
		return nil
	}
	for _, ev := range f.Why {
		text := e.Words.EvidenceText(ev)
		if said[text] || len(said) > o.Proof {
			continue
		}
		said[text] = true
		lines := Text(e, w, indent, style.Muted, text)
		out = append(out, lines[:min(len(lines), 2)]...)
		if len(lines) > 2 { // the whole is one key away
			out[len(out)-1] = e.Pen(w).Space(indent).Put(style.Muted, cut(text, w-indent-1)).Line()
		}
	}
	return out
}

// cut is the second line of a long text: it ends with an ellipsis.
func cut(text string, w int) string {
	lines := block.Wrap(text, max(w, 12))
	s, _ := block.Clip(lines[1]+" "+lines[2], max(w, 12))
	return s
}

// Plain writes a finding as text for the clipboard.
func Plain(e *page.Env, sb *strings.Builder, f platform.Finding, indent string) {
	w := e.Words
	sb.WriteString(indent + w.Severity[f.Severity].Word + w.Form.Colon + f.Subject.String() + w.Form.Colon + w.FindingTitle(f))
	if !f.Since.IsZero() {
		sb.WriteString(", " + w.Form.Since(w.When(f.Since, e.Now())))
	}
	if f.Runbook != "" {
		sb.WriteString(" (" + f.Runbook + ")")
	}
	sb.WriteString("\n")
	for _, c := range f.Consequences {
		Plain(e, sb, c, indent+"  ")
	}
}
