package fleet

import (
	"strings"

	"dsotop/internal/fleet"
	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/style"
)

// subtitle is what the line above the findings says on its right: how many environments, whose project.
func (p *Page) subtitle(r *fleet.Row, w int) string {
	var parts []string
	if n := len(r.Dossier.Environments); n > 0 {
		parts = append(parts, p.env.Words.Fleet.Environments(n))
	}
	if r.Dossier.Project.Locked {
		parts = append(parts, p.env.Words.Fleet.Locked)
	}
	if owner := r.Dossier.Project.Owner.Name(); owner != "" && w >= 100 {
		parts = append(parts, owner)
	}
	return strings.Join(parts, " · ")
}

// side is the preview beside the list: the project's name, then its findings.
func (p *Page) side(r *fleet.Row, w, h int) block.Block {
	m := cells.Severity(p.env.Glyphs, r.Severity)
	lines := []string{
		p.env.Pen(w).Put(m.Role, m.Glyph).Space(1).Put(style.Strong, r.Dossier.Project.Slug).Line(),
		p.env.Pen(w).Space(2).Put(style.Faint, p.subtitle(r, w)).Line(),
		p.env.Pen(w).Line(),
	}
	lines = append(lines, p.fit(p.details(r, w), h-len(lines), w)...)
	return block.New(w, h, lines...)
}

// fit cuts the lines to what there is room for and says how many are missing: nothing is left out in silence.
func (p *Page) fit(lines []string, room, w int) []string {
	if len(lines) <= room || room < 1 {
		return lines
	}
	cut := append([]string(nil), lines[:room-1]...)
	return append(cut, p.env.Pen(w).Space(1).Put(style.Faint, p.env.Glyphs.Ellipsis+" +"+p.env.Words.Int(len(lines)-room+1)).Line())
}

// details are the findings, then the environments.
func (p *Page) details(r *fleet.Row, w int) []string {
	out := p.findings(r, w)
	if envs := p.environments(r, w); len(envs) > 0 {
		out = append(append(out, p.env.Pen(w).Line()), envs...)
	}
	return out
}

// findings writes the findings of a project, the cause first and its consequences beneath it.
func (p *Page) findings(r *fleet.Row, w int) []string {
	var out []string
	for _, f := range r.Findings {
		out = append(out, p.finding(f, w, 0, "")...)
	}
	if len(out) == 0 {
		out = append(out, p.env.Pen(w).Space(1).Put(style.Good, p.env.Glyphs.Dot).Space(1).Put(style.Muted, p.env.Words.Fleet.NoFinding).Line())
	}
	if n := len(r.NotEvaluated); n > 0 {
		out = append(out, p.env.Pen(w).Space(1).Put(style.Unknown, p.env.Glyphs.Unknown).Space(1).Put(style.Faint, p.env.Words.Fleet.NotEvaluated(n)).Line())
	}
	return out
}

// maxEvidence is how much proof the preview gives; the project's page gives all.
const maxEvidence = 2

// finding writes one finding: sign, environment, sentence; since when and the runbook on the right, in columns of their own.
// Beneath it, its proof, then its consequences.
func (p *Page) finding(f platform.Finding, w, depth int, above string) []string {
	e := p.env
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
			if said[proof] || len(said) > maxEvidence {
				continue
			}
			said[proof] = true
			for _, line := range block.Wrap(proof, max(w-indent-2, 12)) {
				out = append(out, e.Pen(w).Space(indent).Put(style.Muted, line).Line())
			}
		}
	}
	for _, c := range f.Consequences {
		out = append(out, p.finding(c, w, depth+1, f.Subject.Environment)...)
	}
	return out
}

// plain writes a finding as text for the clipboard.
func (p *Page) plain(sb *strings.Builder, f platform.Finding, indent string) {
	w := p.env.Words
	sb.WriteString(indent + w.Severity[f.Severity].Word + w.Form.Colon + f.Subject.String() + w.Form.Colon + w.FindingTitle(f))
	if !f.Since.IsZero() {
		sb.WriteString(", " + w.Form.Since(w.When(f.Since, p.env.Now())))
	}
	if f.Runbook != "" {
		sb.WriteString(" (" + f.Runbook + ")")
	}
	sb.WriteString("\n")
	for _, c := range f.Consequences {
		p.plain(sb, c, indent+"  ")
	}
}
