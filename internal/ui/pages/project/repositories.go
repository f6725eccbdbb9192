package project

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/style"
	"dsotop/internal/ui/table"
)

// repo is a row: a repository, its newest runs and how they fare.
type repo struct {
	*platform.RepositoryFacts
	name     string
	rev      uint64
	mirror   *platform.Pipeline
	pipeline *platform.Pipeline
	rank     int // worst first
}

func (r repo) problem() bool { return r.rank >= 2 }

func newest(list []platform.Pipeline) *platform.Pipeline {
	if len(list) == 0 {
		return nil
	}
	return &list[0]
}

func (p *Page) makeRepos() []repo {
	d := p.row.Dossier
	out := make([]repo, 0, len(d.Repositories))
	for i := range d.Repositories {
		f := &d.Repositories[i]
		r := repo{RepositoryFacts: f, name: f.Name, rev: p.row.Rev, mirror: newest(f.Mirror), pipeline: newest(f.Pipelines)}
		if r.name == "" && f.Git != nil {
			r.name = f.Git.Name
		}
		for _, run := range []*platform.Pipeline{r.mirror, r.pipeline} {
			if run != nil && run.Status == platform.PipelineFailed {
				r.rank = 3
			} else if run != nil && run.Active() {
				r.rank = max(r.rank, 1)
			}
		}
		if f.Gate != nil && f.Gate.Status == platform.GateError {
			r.rank = max(r.rank, 2)
		}
		out = append(out, r)
	}
	slices.SortStableFunc(out, func(a, b repo) int { return cmp.Or(cmp.Compare(b.rank, a.rank), strings.Compare(a.name, b.name)) })
	return out
}

func when(r *platform.Pipeline) time.Time {
	switch {
	case r == nil:
		return time.Time{}
	case !r.FinishedAt.IsZero():
		return r.FinishedAt
	case !r.UpdatedAt.IsZero() && !r.Active():
		return r.UpdatedAt
	default:
		return r.CreatedAt
	}
}

func (p *Page) repoText(r repo) string { return r.ExternalURL + " " + r.DeployPath }

func (p *Page) repoColumns() []table.Column[repo] {
	w := p.env.Words.Project
	status := func(r *platform.Pipeline) string {
		if r == nil {
			return ""
		}
		return r.Status
	}
	failing := func(a, b *platform.Pipeline) int {
		f := func(r *platform.Pipeline) int {
			if r != nil && r.Status == platform.PipelineFailed {
				return 1
			}
			return 0
		}
		return cmp.Or(f(b)-f(a), when(b).Compare(when(a)))
	}
	return []table.Column[repo]{
		{ID: "name", Title: "  " + w.Repository, Want: 12, Max: 30, Natural: func(r repo) int {
			n := block.Width(r.name) + 2
			if r.Infra {
				n += block.Width(w.Infra) + 1
			}
			return n
		}, Draw: p.repoName, Compare: func(a, b repo) int { return strings.Compare(a.name, b.name) }, Value: func(r repo) string { return r.name }},
		{ID: "mirror", Title: w.Mirror, Want: 14, Keep: 1, Draw: p.repoMirror, Compare: func(a, b repo) int { return failing(a.mirror, b.mirror) }, Value: func(r repo) string { return status(r.mirror) }},
		{ID: "pipeline", Title: w.Pipeline, Want: 20, Min: 13, Keep: 1, Draw: p.repoPipeline, Compare: func(a, b repo) int { return failing(a.pipeline, b.pipeline) }, Value: func(r repo) string { return status(r.pipeline) }},
		{ID: "quality", Title: w.Quality, Want: 8, Keep: 2, Draw: p.repoGate, Value: func(r repo) string {
			if r.Gate == nil {
				return ""
			}
			return r.Gate.Status
		}},
		{ID: "commit", Title: w.Commit, Want: 8, Keep: 3, Draw: func(pen *style.Pen, r repo) { p.orNone(pen, style.Muted, cells.ShortSHA(p.sha(r))) }, Value: p.sha},
		{ID: "ref", Title: w.Ref, Want: 10, Keep: 5, Max: 24, Natural: func(r repo) int { return block.Width(p.ref(r)) }, Draw: func(pen *style.Pen, r repo) { p.orNone(pen, style.Muted, p.ref(r)) }, Value: p.ref},
		{ID: "ci", Title: w.CI, Want: 18, Keep: 7, Draw: p.repoCI},
		{ID: "origin", Title: w.Origin, Want: 24, Min: 16, Max: 60, Grow: true, Keep: 4, Natural: func(r repo) int { return block.Width(r.ExternalURL) - 8 }, Draw: func(pen *style.Pen, r repo) {
			if r.ExternalURL == "" {
				pen.Put(style.Faint, w.Internal)
				return
			}
			pen.Put(style.Muted, strings.TrimSuffix(strings.TrimPrefix(r.ExternalURL, "https://"), ".git"))
		}, Value: func(r repo) string { return r.ExternalURL }},
	}
}

func (p *Page) sha(r repo) string {
	switch {
	case r.pipeline != nil:
		return r.pipeline.SHA
	case r.Git != nil:
		return r.Git.HeadSHA
	}
	return ""
}

func (p *Page) ref(r repo) string {
	switch {
	case r.pipeline != nil:
		return r.pipeline.Branch()
	case r.Git != nil:
		return r.Git.DefaultBranch
	}
	return ""
}

// missing writes the sign of a family that was not read, and reports whether it did.
func (p *Page) missing(pen *style.Pen, f platform.Family) bool {
	if p.row.Dossier.Has(f) {
		return false
	}
	m := cells.Missing(p.env.Glyphs, p.row.Dossier.Known[f].State)
	pen.Put(m.Role, m.Glyph)
	return true
}

func (p *Page) repoName(pen *style.Pen, r repo) {
	g := p.env.Glyphs
	m := cells.Mark{Role: style.Good, Glyph: g.Dot}
	switch r.rank {
	case 3:
		m = cells.Mark{Role: style.Bad, Glyph: g.Bad}
	case 2:
		m = cells.Mark{Role: style.Warn, Glyph: g.Warn}
	case 1:
		m = cells.Mark{Role: style.Running, Glyph: g.Running}
	}
	role := style.Text
	if r.rank >= 2 {
		role = style.Strong
	}
	pen.Put(m.Role, m.Glyph).Space(1).Put(role, r.name)
	if r.Infra {
		pen.Space(1).Put(style.Info, p.env.Words.Project.Infra)
	}
}

func (p *Page) repoMirror(pen *style.Pen, r repo) {
	switch {
	case r.ExternalURL == "":
		pen.Put(style.Faint, p.env.Glyphs.None)
	case r.mirror == nil:
		if !p.missing(pen, platform.FamPipelines) {
			pen.Put(style.Faint, p.env.Glyphs.None)
		}
	default:
		p.run(pen, r.mirror, false)
	}
}

func (p *Page) repoPipeline(pen *style.Pen, r repo) {
	if r.pipeline == nil {
		if !p.missing(pen, platform.FamPipelines) {
			pen.Put(style.Faint, p.env.Glyphs.None)
		}
		return
	}
	p.run(pen, r.pipeline, true)
}

// run writes a pipeline: sign, number, status when it is not fine, age.
func (p *Page) run(pen *style.Pen, r *platform.Pipeline, number bool) {
	m := cells.Pipeline(p.env.Glyphs, r.Status)
	pen.Put(m.Role, m.Glyph).Space(1)
	quiet := m.Role == style.Good
	if number {
		role := style.Text
		if !quiet {
			role = m.Role
		}
		pen.Put(role, "#"+strconv.FormatInt(r.IID, 10)).Space(1)
	}
	if !quiet && pen.Left() >= block.Width(r.Status)+5 {
		pen.Put(m.Role, r.Status).Space(1)
	}
	pen.Put(style.Faint, p.env.AgeShort(when(r)))
}

func (p *Page) repoGate(pen *style.Pen, r repo) {
	if r.Gate == nil {
		if !p.missing(pen, platform.FamGates) {
			pen.Put(style.Faint, p.env.Glyphs.None)
		}
		return
	}
	m := cells.Gate(p.env.Glyphs, r.Gate.Status)
	if r.Gate.Status == platform.GateNone {
		pen.Put(m.Role, m.Glyph)
		return
	}
	role := m.Role
	if role == style.Good {
		role = style.Faint
	}
	pen.Put(m.Role, m.Glyph).Space(1).Put(role, r.Gate.Status)
}

func (p *Page) repoCI(pen *style.Pen, r repo) {
	switch {
	case r.Git == nil:
		if !p.missing(pen, platform.FamGit) {
			pen.Put(style.Warn, p.env.Words.Project.NotInGitLab)
		}
	case r.Git.CIConfigPath == "":
		pen.Put(style.Faint, p.env.Words.Project.CIDefault)
	default:
		pen.Put(style.Muted, r.Git.CIConfigPath)
	}
}

func (p *Page) drawRepos(w, h int) block.Block {
	e := p.env
	shown, total := p.repos.Len()
	if shown == 0 {
		if b, ok := p.restricted(w, h, total, p.Filter()); ok {
			return b
		}
		return p.nothing(w, h, platform.FamRepositories, e.Words.Project.Repositories, e.Words.Project.NoRepository, e.Words.Project.NoRepositoryWhy)
	}
	r, _ := p.repos.Current()
	kind := e.Words.Project.Application
	if r.Infra {
		kind = e.Words.Project.Infra
	}
	s := pane.Split{Want: p.repos.Width(), Lines: total, Hidden: p.hidden, Title: r.name, Right: kind,
		List: func(w, h int) block.Block { return p.repos.Draw(w, h, e.Look()) }, Details: func(w int) []string { return p.repoDetails(r, w) }}
	return s.Draw(e, w, h)
}
