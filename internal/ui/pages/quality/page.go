// Package quality is the page of SonarQube's gates: of the whole platform, of a project or of a namespace; and the page of one gate, with
// what its analyses were.
package quality

import (
	"cmp"
	"strings"

	"dsotop/internal/fleet"
	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/keys"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/roster"
	"dsotop/internal/ui/words"
)

// Entry registers the list.
func Entry(screen int) page.Entry {
	return page.Entry{Kind: page.Quality, Screen: screen, Title: func(w *words.Set) string { return w.Quality.Title },
		New: func(env *page.Env, key string) page.Page { return New(env, key) }}
}

// gate is a row: a repository and the gate of its last analysis.
type gate struct {
	row  *fleet.Row
	repo *platform.RepositoryFacts
	rank int
}

func (g gate) slug() string    { return g.row.Dossier.Project.Slug }
func (g gate) project() string { return g.row.Dossier.Project.ID }
func (g gate) key() string     { return g.project() + "/" + g.repo.Name }

// state is the status of the gate, NONE where nothing was analysed.
func (g gate) state() string {
	if g.repo.Gate == nil {
		return platform.GateNone
	}
	return cmp.Or(g.repo.Gate.Status, platform.GateNone)
}

// never reports that nothing was analysed. A project without a gate of its own is NONE too, though it was.
func (g gate) never() bool {
	return g.state() == platform.GateNone && (g.repo.Gate == nil || g.repo.Gate.AnalysedAt.IsZero())
}

func (g gate) measure(metric string) string {
	if g.repo.Gate == nil {
		return ""
	}
	return g.repo.Gate.Measures[metric]
}

// places are the environments in which something of the repository runs. They are made for what is on screen.
func (g gate) places() []platform.TruthCell {
	var out []platform.TruthCell
	for _, t := range g.row.Truth() {
		if t.Repository != g.repo.Name {
			continue
		}
		for _, c := range t.Cells {
			if c.Deployed {
				out = append(out, c)
			}
		}
	}
	return out
}

// Page is the list.
type Page struct {
	*roster.Roster[gate]
	env    *page.Env
	key    string
	narrow bool // the failing condition stands in the place of figures: it is what one looks for
}

// narrowBelow is the width below which the usual columns leave no room for the failing condition.
const narrowBelow = 100

// Draw is the list's, with the columns for the width.
func (p *Page) Draw(w, h int) block.Block {
	if narrow := w < narrowBelow; narrow != p.narrow {
		p.narrow = narrow
		p.Relabel()
	}
	return p.Roster.Draw(w, h)
}

// New returns the page, empty; key is "", a project id, or a namespace.
func New(env *page.Env, key string) *Page {
	p := &Page{env: env, key: key}
	p.Roster = roster.New(roster.Config[gate]{
		Env: env, Key: key, Kind: page.Quality, Family: platform.FamGates, Sources: []string{"sonarqube"},
		Words: func(w *words.Set) roster.Words {
			q := w.Quality
			return roster.Words{Title: q.Title, Order: q.Order, None: q.None, NoneWhy: q.NoneWhy}
		},
		Rows: rows, Compare: compare, ID: gate.key, Rev: func(g gate) uint64 { return g.row.Rev }, Problem: func(g gate) bool { return g.rank > 0 }, Text: haystack,
		Columns: p.columns, Scope: gate.project, Count: p.count, Commands: p.commands, Copies: func(g gate) []intent.Item { return copies(env, g) },
		Title: func(g gate) (string, string) { return g.slug() + " " + env.Glyphs.Into + " " + g.repo.Name, "" }, Details: func(g gate, w int) []string { return details(env, g, w, true) },
	})
	return p
}

// rows are the repositories that have a gate, or should: what only deploys is not analysed.
func rows(part roster.Part) []gate {
	d := part.Row.Dossier
	if !d.Has(platform.FamGates) {
		return nil
	}
	var out []gate
	for i := range d.Repositories {
		g := gate{row: part.Row, repo: &d.Repositories[i]}
		never := g.never()
		if never && g.repo.Infra {
			continue
		}
		if part.Namespace != "" && !runsIn(g, part.Namespace) {
			continue
		}
		switch {
		case g.state() == platform.GateError:
			g.rank = 3
		case g.state() == platform.GateWarn:
			g.rank = 2
		case never:
			g.rank = 1
		}
		out = append(out, g)
	}
	return out
}

func runsIn(g gate, namespace string) bool {
	for _, c := range g.places() {
		if c.Namespace == namespace {
			return true
		}
	}
	return false
}

func compare(a, b gate) int {
	if c := cmp.Compare(b.rank, a.rank); c != 0 {
		return c
	}
	if a.repo.Gate != nil && b.repo.Gate != nil {
		if c := b.repo.Gate.AnalysedAt.Compare(a.repo.Gate.AnalysedAt); c != 0 {
			return c
		}
	}
	return cmp.Or(strings.Compare(a.slug(), b.slug()), strings.Compare(a.repo.Name, b.repo.Name))
}

func haystack(g gate) string {
	text := g.slug()
	if x := g.repo.Gate; x != nil {
		text += " " + x.Key + " " + x.Revision + " " + x.Version
		for _, c := range x.Failing() {
			text += " " + c.Metric
		}
	}
	return text
}

func (p *Page) count(all []gate) (string, bool) {
	red, never := 0, 0
	for _, g := range all {
		switch {
		case g.state() == platform.GateError:
			red++
		case g.never():
			never++
		}
	}
	return p.env.Words.Quality.Counts(len(all), red, never), red > 0
}

func (p *Page) commands(g gate, ok bool) []keys.Command {
	if !ok {
		return nil
	}
	return []keys.Command{
		{ID: keys.Enter, Do: func() intent.Intent { return intent.Open{Ref: intent.Ref{Kind: page.Gate, Key: g.key()}} }},
		{ID: keys.Timeline, Quiet: true, Do: func() intent.Intent { return intent.Open{Ref: intent.Ref{Kind: page.Timeline, Key: g.project()}} }},
	}
}

// copies is what one says of a gate.
func copies(e *page.Env, g gate) []intent.Item {
	q := e.Words.Quality
	var out []intent.Item
	if x := g.repo.Gate; x != nil {
		if x.URL != "" {
			out = append(out, pane.CopyItem("URL", x.URL))
		}
		if x.Revision != "" {
			out = append(out, pane.CopyItem(q.CopyCommit, x.Revision), pane.CopyItem(e.Words.Chain.AsCommand, "dsotop trace "+platform.ShortSHA(x.Revision)))
		}
		out = append(out, pane.CopyItem(q.CopyKey, x.Key))
	}
	return out
}
