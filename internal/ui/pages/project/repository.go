package project

import (
	"strconv"
	"strings"

	"dsotop/internal/platform"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/style"
)

// runs is how many pipelines the details list.
const runs = 5

// repoDetails tells what fails first: mirror, pipeline, gate; then where the repository is.
func (p *Page) repoDetails(r repo, w int) []string {
	e, pw := p.env, p.env.Words.Project
	var out []string
	fact := func(name string, value ...style.Span) { out = append(out, pane.Fact(e, w, 16, name, value...)...) }
	text := func(role style.Role, s string) style.Span { return style.Span{Role: role, Text: s} }
	if r.ExternalURL != "" {
		out = append(out, pane.Head(e, w, pw.MirrorRuns))
		none := pw.NoMirror
		if r.MirrorUntold {
			none = pw.MirrorUntold
		}
		out = append(out, p.runLines(r.Mirror, 3, none, w)...)
		if t, ok := p.mirrorToken(); ok {
			when := t.ExpiresAt.In(e.Now().Location()).Format(e.Words.Form.Date)
			if t.Expired(e.Now()) {
				out = append(out, e.Pen(w).Space(1).Put(style.Bad, e.Glyphs.Bad+" "+pw.TokenExpired).Put(style.Faint, "  "+when).Line())
			} else if !t.ExpiresAt.IsZero() {
				out = append(out, e.Pen(w).Space(1).Put(style.Faint, pw.TokenExpires+" "+when).Line())
			}
		}
	}
	out = append(out, pane.Head(e, w, pw.LastPipelines))
	out = append(out, p.runLines(r.Pipelines, runs, pw.NoPipeline, w)...)
	out = append(out, p.gateLines(r, w)...)
	out = append(out, e.Pen(w).Line())
	if r.ExternalURL != "" {
		fact(strings.ToLower(pw.Origin), text(style.Text, r.ExternalURL))
	} else {
		fact(strings.ToLower(pw.Origin), text(style.Muted, pw.Internal))
	}
	if r.Infra && (r.DeployPath != "" || r.DeployRevision != "") {
		fact(pw.DeployOf, text(style.Text, strings.Trim(r.DeployRevision+" · "+r.DeployPath, " ·")))
	}
	if g := r.Git; g != nil {
		if g.Path != "" {
			fact(pw.GitPath, text(style.Muted, g.Path))
		}
		switch {
		case g.Empty:
			fact(pw.DefaultBranch, text(style.Warn, pw.Empty))
		default:
			age := ""
			if !g.HeadAt.IsZero() {
				age = " " + e.Words.Form.Ago(e.Age(g.HeadAt))
			}
			fact(pw.DefaultBranch, text(style.Text, g.DefaultBranch+" "), text(style.Muted, cells.ShortSHA(g.HeadSHA)), text(style.Faint, age))
		}
	} else if p.row.Dossier.Has(platform.FamGit) {
		fact("GitLab", text(style.Warn, pw.NotInGitLab))
	} else {
		out = append(out, pane.Missing(e, p.view, w, "GitLab", p.row.Dossier.Known[platform.FamGit])...)
	}
	return out
}

// mirrorToken is the access token with which the mirror is read.
func (p *Page) mirrorToken() (platform.AccessToken, bool) {
	for _, t := range p.row.Dossier.Tokens {
		if strings.HasSuffix(t.Name, "-bot") {
			return t, true
		}
	}
	return platform.AccessToken{}, false
}

func (p *Page) runLines(list []platform.Pipeline, most int, none string, w int) []string {
	e := p.env
	if len(list) == 0 {
		if !p.row.Dossier.Has(platform.FamPipelines) {
			return pane.Missing(e, p.view, w, "pipelines", p.row.Dossier.Known[platform.FamPipelines])
		}
		return []string{e.Pen(w).Space(1).Put(style.Faint, e.Glyphs.None+" "+none).Line()}
	}
	var out []string
	for i := range list[:min(len(list), most)] {
		r := &list[i]
		m := cells.Pipeline(e.Glyphs, r.Status)
		role := style.Muted
		if m.Role != style.Good {
			role = m.Role
		}
		pen := e.Pen(w).Space(1).Put(m.Role, m.Glyph).Space(1).Column(7).Put(style.Text, "#"+strconv.FormatInt(r.IID, 10)).EndColumn().
			Column(10).Put(role, r.Status).EndColumn().Column(9).Put(style.Faint, e.Age(when(r))).EndColumn().
			Column(min(18, max(w/5, 8))).Put(style.Muted, r.Branch()).EndColumn().Space(1).Column(10).Put(style.Faint, cells.ShortSHA(r.SHA)).EndColumn()
		if r.Duration > 0 {
			pen.Put(style.Faint, e.Words.Lasted(r.Duration))
		}
		out = append(out, pen.Line())
		if j, ok := r.FirstFailed(); ok && i == 0 {
			text := e.Words.Project.FailedJob + e.Words.Form.Colon + j.Name
			if j.Stage != "" {
				text += " (" + j.Stage + ")"
			}
			if j.FailureReason != "" {
				text += ", " + j.FailureReason
			}
			out = append(out, pane.Text(e, w, 3, style.Bad, text)...)
		}
	}
	return out
}

func (p *Page) gateLines(r repo, w int) []string {
	e, pw := p.env, p.env.Words.Project
	out := []string{pane.Head(e, w, pw.Gate)}
	g := r.Gate
	if g == nil || g.Status == platform.GateNone {
		if !p.row.Dossier.Has(platform.FamGates) {
			return append(out, pane.Missing(e, p.view, w, pw.Gate, p.row.Dossier.Known[platform.FamGates])...)
		}
		text := pw.NoGate
		if g != nil && !g.AnalysedAt.IsZero() {
			text = e.Words.Quality.NoGate
		}
		return append(out, pane.Text(e, w, 1, style.Faint, e.Glyphs.None+" "+text)...)
	}
	m := cells.Gate(e.Glyphs, g.Status)
	pen := e.Pen(w).Space(1).Put(m.Role, m.Glyph).Space(1).Put(m.Role, g.Status)
	if !g.AnalysedAt.IsZero() {
		pen.Put(style.Faint, "  "+pw.AnalysedAt+" "+e.Words.Form.Ago(e.Age(g.AnalysedAt)))
	}
	if g.Revision != "" {
		pen.Put(style.Faint, "  "+cells.ShortSHA(g.Revision))
	}
	out = append(out, pen.Line())
	for _, c := range g.Failing() {
		out = append(out, e.Pen(w).Space(3).Put(style.Muted, e.Words.Metric(c.Metric)+" ").Put(style.Bad, e.Words.Measured(c)).Line())
	}
	return out
}
