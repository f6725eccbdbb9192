package fleet

import (
	"strings"

	"dsotop/internal/fleet"
	"dsotop/internal/platform"
	"dsotop/internal/platform/findings"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/report"
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
	m := p.judged(r)
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
		out = append(out, report.Findings(p.env, []platform.Finding{f}, w, report.Brief)...)
		out = append(out, p.said.Lines(p.env, f, w)...)
	}
	if m := p.judged(r); len(out) == 0 && r.Unjudged != "" {
		out = append(out, p.env.Pen(w).Space(1).Put(m.Role, m.Glyph).Space(1).Put(style.Muted, p.env.Words.State[r.Unjudged].Explain).Line())
	} else if len(out) == 0 {
		out = append(out, p.env.Pen(w).Space(1).Put(style.Good, p.env.Glyphs.Dot).Space(1).Put(style.Muted, p.env.Words.Fleet.NoFinding).Line())
	}
	awaited := findings.Awaited(r.NotEvaluated)
	if n := len(r.NotEvaluated) - awaited; n > 0 {
		out = append(out, p.env.Pen(w).Space(1).Put(style.Unknown, p.env.Glyphs.Unknown).Space(1).Put(style.Faint, p.env.Words.Fleet.NotEvaluated(n)).Line())
	}
	if awaited > 0 {
		out = append(out, p.env.Pen(w).Space(1).Put(style.Faint, p.env.Glyphs.Loading).Space(1).Put(style.Faint, p.env.Words.Fleet.Awaited(awaited)).Line())
	}
	return out
}
