// Package report writes findings as lines: on the pages that show them, and as text for the clipboard.
package report

import (
	"strings"

	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/style"
)

// Brief is how many pieces of evidence a preview gives; All is what a page of one's own gives.
const (
	Brief = 2
	All   = 100
)

// Findings writes findings one after the other, with at most evidence pieces of proof each.
func Findings(e *page.Env, list []platform.Finding, w, evidence int) []string {
	var out []string
	for _, f := range list {
		out = append(out, finding(e, f, w, evidence, 0, "")...)
	}
	return out
}

// finding writes one finding: sign, environment, sentence; since when and the runbook on the right, in columns of their own.
// Beneath it, its proof, then its consequences.
func finding(e *page.Env, f platform.Finding, w, evidence, depth int, above string) []string {
	m := cells.Severity(e.Glyphs, f.Severity)
	since := ""
	if !f.Since.IsZero() {
		since = e.Words.Form.Since(e.Words.When(f.Since, e.Now()))
	}
	const runbook = 8 // "  RB-10 "
	tail := runbook
	beside := w >= 76 // narrower, a column of its own would break the sentences: the age goes beneath
	if since != "" && beside {
		tail += block.Width(since) + 2
	}
	indent := 3 + 2*depth
	place := ""
	if f.Subject.Environment != "" && f.Subject.Environment != above {
		place = f.Subject.Environment
	}
	text := indent
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
		pen := e.Pen(w)
		if i > 0 {
			out = append(out, pen.Space(text).Put(role, line).Line())
			continue
		}
		pen.Space(indent - 2)
		if depth > 0 {
			pen.Put(style.Border, e.Glyphs.Child).Space(1)
		} else {
			pen.Put(m.Role, m.Glyph).Space(1)
		}
		if place != "" {
			pen.Put(style.Title, place).Space(2)
		}
		pen.Column(max(w-tail-pen.X(), 16)).Put(role, line).EndColumn()
		if since != "" && beside {
			pen.Space(2).Put(style.Faint, since)
		}
		if f.Runbook != "" {
			pen.Right(style.Accent, f.Runbook+" ")
		}
		out = append(out, pen.Line())
	}
	if since != "" && !beside {
		out = append(out, e.Pen(w).Space(text).Put(style.Faint, since).Line())
	}
	if depth == 0 {
		said := map[string]bool{"": true}
		for _, ev := range f.Why {
			proof := e.Words.EvidenceText(ev)
			if said[proof] || len(said) > evidence {
				continue
			}
			said[proof] = true
			lines := block.Wrap(proof, max(w-indent-2, 12))
			if evidence <= Brief {
				lines = []string{proof} // the pen cuts it: one line of proof is enough to recognise
			}
			for _, line := range lines {
				out = append(out, e.Pen(w).Space(indent).Column(max(w-indent-1, 0)).Put(style.Muted, line).EndColumn().Line())
			}
		}
	}
	for _, c := range f.Consequences {
		out = append(out, finding(e, c, w, evidence, depth+1, f.Subject.Environment)...)
	}
	return out
}

// Text writes findings as text for the clipboard, consequences indented beneath their cause.
func Text(e *page.Env, list []platform.Finding) string {
	var sb strings.Builder
	for _, f := range list {
		text(e, &sb, f, "")
	}
	return sb.String()
}

func text(e *page.Env, sb *strings.Builder, f platform.Finding, indent string) {
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
		text(e, sb, c, indent+"  ")
	}
}
