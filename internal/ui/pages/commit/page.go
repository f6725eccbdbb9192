// Package commit is the page of one commit: where it has been, which environments run it, why the others do not, and what it waits for.
package commit

import (
	"context"
	"strconv"
	"strings"

	"dsotop/internal/fleet"
	"dsotop/internal/logs"
	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/elsewhere"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/keys"
	"dsotop/internal/ui/outline"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/style"
	"dsotop/internal/ui/words"
)

// Entry registers the page.
func Entry(screen int) page.Entry {
	return page.Entry{Kind: page.Commit, Screen: screen, Title: func(w *words.Set) string { return w.Chain.CommitTitle },
		New: func(env *page.Env, key string) page.Page { return New(env, key) }}
}

// Page is the page of a SHA, or of the beginning of one: several commits may answer to it.
type Page struct {
	env  *page.Env
	sha  string
	view *fleet.View

	found fleet.Search
	heard bool // an answer came
	asked bool // GitLab was asked
	trail *outline.Outline
	fetch *page.Fetch
	lags  *pane.Lags
}

// New returns the page of a SHA, empty.
func New(env *page.Env, sha string) *Page {
	p := &Page{env: env, sha: strings.ToLower(strings.TrimSpace(sha)), trail: outline.New(), fetch: page.NewFetch(env.Ctx)}
	p.lags = pane.NewLags(env, p.fetch)
	return p
}

// Learn follows the commit anew when anything moved: off the loop, as looking a name up may take longer than a frame. GitLab is asked once.
func (p *Page) Learn(v *fleet.View) bool {
	if p.view != nil && p.view.Version == v.Version {
		p.view = v
		return false
	}
	p.view = v
	if p.fetch.Busy("seek") || !platform.IsCommit(p.sha) {
		return false // what comes back is compared with the newest view then
	}
	p.seek(v)
	return false
}

func (p *Page) seek(v *fleet.View) {
	sha, last, asked := p.sha, p.found, p.asked
	var ask fleet.Asker
	if b, ok := p.env.Backend.(page.Commits); ok && !asked {
		ask = func(ctx context.Context, project, repository, sha string) (platform.GitCommit, bool, error) {
			r := b.Commits(project)
			if r.Commits == nil {
				return platform.GitCommit{}, false, nil
			}
			return r.Commits.Commit(ctx, repository, sha)
		}
	}
	p.fetch.Ask("seek", func(ctx context.Context) (any, error) {
		if asked {
			return v.Again(last, ""), nil
		}
		return v.Seek(ctx, sha, "", ask), nil
	}, func(value any, err error) {
		if found, ok := value.(fleet.Search); ok && err == nil {
			p.found, p.heard = found, true
			p.asked = v.Ready // before, the repositories to ask were not all known
		}
		p.items()
		if p.view.Version != v.Version {
			p.seek(p.view)
		}
	})
}

// Wake rings when an answer came.
func (p *Page) Wake() <-chan struct{} { return p.fetch.Wake() }

// Woke takes the answers that came.
func (p *Page) Woke() bool { return p.fetch.Woke() }

// Holds reports whether an answer is awaited.
func (p *Page) Holds() bool { return p.fetch.Busy("") }

// Close gives up what is awaited.
func (p *Page) Close() { p.fetch.Close() }

// Crumbs are the projects that know the commit, then the commit.
func (p *Page) Crumbs() []string {
	var out []string
	if len(p.found.Traces) == 1 {
		out = append(out, p.found.Traces[0].ProjectSlug, p.found.Traces[0].Repository)
	}
	return append(out, platform.ShortSHA(p.sha))
}

// Interest is what the commit concerns.
func (p *Page) Interest() []string {
	var out []string
	for i := range p.found.Traces {
		t := &p.found.Traces[i]
		out = append(out, t.ProjectID)
		for _, x := range t.Placements {
			if x.Namespace != "" {
				out = append(out, x.Namespace)
			}
		}
	}
	return out
}

// Relabel writes again what is kept in words.
func (p *Page) Relabel() { p.items() }

// Keys of the items.
const (
	keyProject   = "p:"
	keyNamespace = "n:"
)

func (p *Page) items() {
	e := p.env
	cw := e.Words.Chain
	var out []outline.Item
	line := func(draw func(pen *style.Pen)) outline.Item {
		return outline.Item{Lines: 1, Draw: func(w int, _ style.Ground) []string {
			pen := e.Pen(w)
			draw(pen)
			return []string{pen.Line()}
		}}
	}
	blank := line(func(*style.Pen) {})
	if len(p.found.Traces) > 1 {
		out = append(out, line(func(pen *style.Pen) { pen.Space(1).Put(style.Warn, cw.Several(len(p.found.Traces))) }), blank)
	}
	for i := range p.found.Traces {
		t := &p.found.Traces[i]
		row, _ := p.view.Project(t.ProjectID)
		if i > 0 {
			out = append(out, blank)
		}
		out = append(out, outline.Item{Key: keyProject + t.ProjectID + "|" + t.Repository + "|" + t.SHA, Lines: 1, Draw: func(w int, g style.Ground) []string { return []string{p.title(t, w, g)} }})
		if t.Title != "" {
			out = append(out, line(func(pen *style.Pen) { pen.Space(3).Put(style.Muted, t.Title) }))
		}
		out = append(out, blank, outline.Item{Lines: 1, Draw: func(w int, _ style.Ground) []string { return []string{e.Section(w, cw.Way, "")} }})
		for _, edge := range t.Edges {
			out = append(out, outline.Item{Lines: 1, Draw: func(w int, _ style.Ground) []string {
				var d *platform.Dossier
				if row != nil {
					d = row.Dossier
				}
				return pane.Edge(e, d, edge, w, "")
			}})
		}
		out = append(out, blank, outline.Item{Lines: 1, Draw: func(w int, _ style.Ground) []string { return []string{e.Section(w, cw.Where, "")} }})
		for k, x := range t.Placements {
			out = append(out, outline.Item{Key: keyNamespace + x.Namespace + "|" + strconv.Itoa(i) + "." + strconv.Itoa(k), Lines: 1, Draw: func(w int, g style.Ground) []string { return []string{p.placement(t, x, w, g)} }})
		}
		out = append(out, blank, outline.Item{Draw: func(w int, _ style.Ground) []string {
			var lines []string
			for n, part := range block.Wrap(cw.NextTitle+e.Words.Form.Colon+cw.Next[t.Next], max(w-4, 20)) {
				pen := e.Pen(w).Space(1)
				if n == 0 {
					pen.Put(style.Accent, e.Glyphs.Into)
				}
				lines = append(lines, pen.To(3).Put(style.Strong, part).Line())
			}
			return lines
		}})
	}
	p.trail.SetItems(out)
}

func (p *Page) title(t *platform.Trace, w int, g style.Ground) string {
	e := p.env
	pen := e.Sheet.Pen(w, g)
	if g == style.Select {
		pen.Cursor(e.Glyphs.Cursor)
	}
	sha := t.SHA
	if w < 100 {
		sha = platform.ShortSHA(sha)
	}
	pen.To(1).Put(style.Title, sha).Space(2).Put(style.Strong, t.ProjectSlug).Put(style.Faint, " "+e.Glyphs.Into+" ").Put(style.Strong, t.Repository)
	for _, more := range []struct {
		yes  bool
		text string
	}{{t.Infra, e.Words.Chain.Infra}, {t.Ref != "", e.Words.Chain.On + " " + t.Ref}, {t.Head, e.Words.Chain.Head}} {
		if more.yes {
			pen.Put(style.Muted, "   "+more.text)
		}
	}
	if lag := p.behind(t); len(lag) > 0 && !t.Head {
		pen.Space(3).Spans(lag...)
	}
	return pen.Line()
}

func (p *Page) placement(t *platform.Trace, x platform.Placement, w int, g style.Ground) string {
	e := p.env
	pen := e.Sheet.Pen(w, g)
	if g == style.Select {
		pen.Cursor(e.Glyphs.Cursor)
	}
	role, glyph := p.sign(x.State)
	name := style.Text
	if x.Production {
		name = style.Accent
	}
	tail := ""
	if x.Desired > 0 && !t.Infra {
		tail = strconv.Itoa(x.Ready) + "/" + strconv.Itoa(x.Desired)
	}
	if !x.Since.IsZero() {
		tail += "  " + e.Age(x.Since)
	}
	pen.To(5).Put(role, glyph).Space(1).Column(14).Put(name, x.Environment).EndColumn().Space(1).Column(max(pen.Left()-block.Width(tail)-3, 0)).Put(style.Text, e.Words.Stands(x)).EndColumn()
	return pen.Right(style.Faint, tail+" ").Line()
}

func (p *Page) sign(s platform.PlacementState) (style.Role, string) {
	g := p.env.Glyphs
	switch s {
	case platform.PlacedHere:
		return style.Good, g.OK
	case platform.PlacedFailing:
		return style.Bad, g.Bad
	case platform.PlacedPartly:
		return style.Running, g.Running
	case platform.PlacedOlder, platform.PlacedOther:
		return style.Warn, g.Hollow
	case platform.PlacedNewer:
		return style.Faint, g.Dot
	case platform.PlacedNot:
		return style.Faint, g.None
	}
	return style.Unknown, g.Unknown
}

// Draw shows the way of each commit that answers to the digits, or why there is none.
func (p *Page) Draw(w, h int) block.Block {
	e := p.env
	cw := e.Words.Chain
	switch {
	case !platform.IsCommit(p.sha):
		return e.Empty(w, h, e.Glyphs.Unknown, style.Unknown, cw.NotASHA)
	case !p.heard || !p.asked && !p.found.Known():
		return e.Empty(w, h, e.Glyphs.Loading, style.Faint, cw.AskGitLab)
	case p.found.Known():
		return pane.Scroll(e, p.trail, w, h, false)
	}
	hints := append([]string{cw.Searched(p.found.Projects)}, cw.NotFoundWhy...)
	if p.found.Left > 0 {
		hints = append(hints, cw.Unasked(p.found.Left)+" (dsotop trace --project).")
	}
	if p.found.Err != nil {
		hints = append(hints, platform.CleanLine(p.found.Err.Error()))
	}
	return e.Empty(w, h, e.Glyphs.Unknown, style.Unknown, cw.NotFound(p.sha), hints...)
}

// Layers opens what is under the cursor.
func (p *Page) Layers() []keys.Layer {
	var cmds []keys.Command
	key := p.trail.Current()
	if rest, ok := strings.CutPrefix(key, keyProject); ok {
		id, _, _ := strings.Cut(rest, "|")
		cmds = append(cmds, keys.Command{ID: keys.Enter, Do: func() intent.Intent { return intent.Open{Ref: intent.Ref{Kind: page.Project, Key: id}} }})
	}
	if ns := p.namespace(); ns != "" {
		cmds = append(cmds, keys.Command{ID: keys.Enter, Do: func() intent.Intent { return intent.Open{Ref: intent.Ref{Kind: page.Environment, Key: ns}} }},
			pane.LogsOf(p.env, logs.Subject{Namespace: ns}, true))
	}
	return []keys.Layer{{Name: page.Commit, Commands: append(append(cmds, p.change()...), p.trail.Commands()...)}}
}

func (p *Page) namespace() string {
	rest, ok := strings.CutPrefix(p.trail.Current(), keyNamespace)
	if !ok {
		return ""
	}
	ns, _, _ := strings.Cut(rest, "|")
	return ns
}

// gitOf is the repository of a trace and the head of its branch; nil when GitLab does not know it.
func (p *Page) gitOf(t *platform.Trace) *platform.GitRepository {
	for _, r := range p.repositories(*t) {
		if r.Git != nil {
			return r.Git
		}
	}
	return nil
}

// behind says how far the commit is behind its branch; it is asked for what is on screen.
func (p *Page) behind(t *platform.Trace) []style.Span {
	git := p.gitOf(t)
	if git == nil || !t.Whole {
		return nil
	}
	p.lags.Want(t.ProjectID, git, t.SHA, git.HeadSHA)
	return p.lags.Spans(t.ProjectID, git, t.SHA, git.HeadSHA)
}

// change leads to what the commit changed.
func (p *Page) change() []keys.Command {
	if len(p.found.Traces) == 0 {
		return nil
	}
	t := &p.found.Traces[0]
	git := p.gitOf(t)
	if git == nil {
		return nil
	}
	return []keys.Command{{ID: keys.Diff, Do: func() intent.Intent {
		return intent.Open{Ref: intent.Ref{Kind: page.Change, Key: page.ChangeKey(t.ProjectID, git.Path, t.SHA)}}
	}}}
}

// Copies offers the SHA and the command that prints the same.
func (p *Page) Copies() []intent.Item {
	w := p.env.Words.Chain
	sha := p.sha
	if len(p.found.Traces) == 1 {
		sha = p.found.Traces[0].SHA
	}
	return []intent.Item{pane.CopyItem(w.CopySHA, sha)}
}

// Links are the commit in the repositories that have it, and its pipeline.
func (p *Page) Links() []page.Link {
	var out []page.Link
	for _, t := range p.found.Traces {
		for _, r := range p.repositories(t) {
			if r.Git == nil {
				continue
			}
			address := r.Git.URL
			if b := elsewhere.Base(p.view, "gitlab", ""); address == "" && b != "" {
				address = b + "/" + r.Git.Path
			}
			out = append(out, page.Link{System: "gitlab", Name: r.Name + " " + platform.ShortSHA(t.SHA), URL: address + "/-/commit/" + t.SHA})
		}
	}
	return out
}

// CommandLines are dsotop's own, of the whole SHA when one is known.
func (p *Page) CommandLines() []page.Line {
	sha := p.sha
	if len(p.found.Traces) == 1 {
		sha = p.found.Traces[0].SHA
	}
	return []page.Line{{Tool: "dsotop", Text: "dsotop trace " + elsewhere.Word(sha)}}
}

// repositories are those in which a commit was found.
func (p *Page) repositories(t platform.Trace) []*platform.RepositoryFacts {
	row, ok := p.view.Project(t.ProjectID)
	if !ok {
		return nil
	}
	var out []*platform.RepositoryFacts
	for i := range row.Dossier.Repositories {
		if r := &row.Dossier.Repositories[i]; r.Name == t.Repository {
			out = append(out, r)
		}
	}
	return out
}
