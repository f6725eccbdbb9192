// Package change is the page of what one commit changed: its files, their lines with secrets masked, and how far it is behind its branch.
package change

import (
	"context"
	"strings"

	"dsotop/internal/desk"
	"dsotop/internal/fleet"
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
	return page.Entry{Kind: page.Change, Screen: screen, Title: func(w *words.Set) string { return w.Elsewhere.ChangeTitle },
		New: func(env *page.Env, key string) page.Page { return New(env, key) }}
}

// Page is the page of one commit.
type Page struct {
	env                *page.Env
	project, path, sha string
	view               *fleet.View
	row                *fleet.Row
	git                *platform.GitRepository

	fetch *page.Fetch
	lags  *pane.Lags
	// What was answered: nothing yet, the change, that there is none, or why it could not be read.
	heard  bool
	change *desk.Change
	why    *platform.SourceHealth
	alone  bool // nobody can be asked

	text   *outline.Outline
	folded map[string]bool // files, by path
}

// New returns the page of a commit, empty.
func New(env *page.Env, key string) *Page {
	p := &Page{env: env, view: &fleet.View{}, fetch: page.NewFetch(env.Ctx), text: outline.New(), folded: map[string]bool{}}
	p.project, p.path, p.sha, _ = page.ParseChangeKey(key)
	p.lags = pane.NewLags(env, p.fetch)
	return p
}

// Learn finds the repository, and asks for the commit once.
func (p *Page) Learn(v *fleet.View) bool {
	p.view = v
	p.row, _ = v.Project(p.project)
	p.git = nil
	if p.row != nil {
		for i := range p.row.Dossier.Repositories {
			if g := p.row.Dossier.Repositories[i].Git; g != nil && g.Path == p.path {
				p.git = g
			}
		}
	}
	p.ask()
	if p.change != nil && p.git != nil {
		p.lags.Want(p.project, p.git, p.change.SHA, p.git.HeadSHA)
	}
	return true
}

const topic = "change"

func (p *Page) ask() {
	if p.heard || p.sha == "" || p.fetch.Busy(topic) {
		return
	}
	b, ok := p.env.Backend.(page.Commits)
	if !ok {
		p.alone = true
		return
	}
	reach := b.Commits(p.project)
	forge, ok := reach.Commits.(desk.Changes)
	if p.alone = !ok; p.alone {
		return
	}
	path, sha := p.path, p.sha
	p.fetch.Ask(topic, func(ctx context.Context) (any, error) {
		c, found, err := forge.Changed(ctx, path, sha)
		if !found {
			return nil, err
		}
		return &c, err
	}, func(v any, err error) {
		p.heard = true
		if err != nil {
			h := reach.Health(err)
			p.why = &h
		}
		p.change, _ = v.(*desk.Change)
		if p.change != nil && p.git != nil {
			p.lags.Want(p.project, p.git, p.change.SHA, p.git.HeadSHA)
		}
	})
}

// Wake implements page.Waker.
func (p *Page) Wake() <-chan struct{} { return p.fetch.Wake() }

// Woke implements page.Waker.
func (p *Page) Woke() bool { return p.fetch.Woke() }

// Holds implements page.Holder.
func (p *Page) Holds() bool { return p.fetch.Busy("") }

// Close implements page.Closer.
func (p *Page) Close() { p.fetch.Close() }

// Crumbs are the project, the repository, the commit.
func (p *Page) Crumbs() []string {
	name := p.path[strings.LastIndexByte(p.path, '/')+1:]
	if p.row != nil {
		return []string{p.row.Dossier.Project.Slug, name, platform.ShortSHA(p.sha)}
	}
	return []string{name, platform.ShortSHA(p.sha)}
}

// Interest is the project.
func (p *Page) Interest() []string { return []string{p.project} }

// Layers are the text's, folding a file, and following the commit to the pods.
func (p *Page) Layers() []keys.Layer {
	var cmds []keys.Command
	if path := p.text.Current(); path != "" {
		fold := func() intent.Intent { p.folded[path] = !p.folded[path]; return nil }
		cmds = append(cmds, keys.Command{ID: keys.Enter, Do: fold}, keys.Command{ID: keys.Fold, Do: fold})
	}
	if p.sha != "" {
		cmds = append(cmds, keys.Command{ID: keys.Way, Do: func() intent.Intent { return intent.Open{Ref: intent.Ref{Kind: page.Commit, Key: p.sha}} }})
	}
	return []keys.Layer{{Name: page.Change, Commands: append(cmds, p.text.Commands()...)}}
}

// Links is the commit in GitLab.
func (p *Page) Links() []page.Link {
	address := ""
	if p.git != nil {
		address = p.git.URL
	}
	if b := elsewhere.Base(p.view, "gitlab", ""); address == "" && b != "" {
		address = b + "/" + p.path
	}
	if address == "" {
		return nil
	}
	return []page.Link{{System: "gitlab", Name: p.path + " " + platform.ShortSHA(p.sha), URL: address + "/-/commit/" + p.sha}}
}

// CommandLines ask GitLab for the same.
func (p *Page) CommandLines() []page.Line {
	b := elsewhere.Base(p.view, "gitlab", "")
	if b == "" {
		return nil
	}
	return []page.Line{{Tool: "curl", Text: `curl -fsS -H "PRIVATE-TOKEN: $GITLAB_TOKEN" ` + elsewhere.Word(b+"/api/v4/projects/"+strings.ReplaceAll(p.path, "/", "%2F")+"/repository/commits/"+p.sha+"/diff")}}
}

// Copies offers the SHA and the change as text.
func (p *Page) Copies() []intent.Item {
	out := []intent.Item{pane.CopyItem(p.env.Words.Chain.CopySHA, p.sha)}
	if p.change != nil {
		out = append(out, intent.Item{Label: p.env.Words.Elsewhere.ChangeCopy, Do: func() intent.Intent {
			return intent.Copy{Text: p.plain(), What: p.env.Words.Elsewhere.ChangeCopy}
		}})
	}
	return out
}

func (p *Page) plain() string {
	var b strings.Builder
	for _, f := range p.change.Files {
		old := f.Path
		if f.Old != "" {
			old = f.Old
		}
		b.WriteString("--- " + old + "\n+++ " + f.Path + "\n")
		if f.Without != "" {
			b.WriteString("# " + p.env.Words.Elsewhere.ChangeWithout[f.Without] + "\n")
		}
		for _, l := range f.Lines {
			b.WriteString(l + "\n")
		}
	}
	return b.String()
}

// Draw puts what the commit is on top of its files.
func (p *Page) Draw(w, h int) block.Block {
	e, ew := p.env, p.env.Words.Elsewhere
	switch {
	case p.sha == "":
		return e.Empty(w, h, e.Glyphs.None, style.Faint, ew.ChangeGone)
	case p.alone:
		return e.Empty(w, h, e.Glyphs.NotSet, style.Faint, ew.ChangeNoForge)
	case p.why != nil:
		return block.New(w, h, pane.Fetched(e, w, false, "", p.why)...)
	case !p.heard:
		return block.New(w, h, pane.Fetched(e, w, true, ew.ChangeReading, nil)...)
	case p.change == nil:
		return e.Empty(w, h, e.Glyphs.None, style.Warn, ew.ChangeGone, p.path+" "+p.sha, ew.ChangeGoneHint)
	}
	c := p.change
	head := []string{e.Pen(w).Space(1).Put(style.Accent, platform.ShortSHA(c.SHA)).Space(2).Put(style.Strong, c.Title).Line()}
	pen := e.Pen(w).Space(1).Put(style.Muted, ew.ChangeBy+" "+c.Author+"  "+e.Words.When(c.At, e.Now()))
	if p.git != nil {
		if lag := p.lags.Spans(p.project, p.git, c.SHA, p.git.HeadSHA); len(lag) > 0 {
			pen.Put(style.Faint, "  "+e.Glyphs.Dot+" ").Spans(lag...)
		}
	}
	head = append(head, pen.Line())
	added, removed := 0, 0
	for _, f := range c.Files {
		added, removed = added+f.Added, removed+f.Removed
	}
	pen = e.Pen(w).Space(1).Put(style.Muted, ew.ChangeFiles(len(c.Files))).Put(style.Good, "  +"+e.Words.Int(added)).Put(style.Bad, "  −"+e.Words.Int(removed))
	head = append(head, pen.Put(style.Faint, "   "+ew.ChangeMasked).Line())
	if c.Cut {
		head = append(head, pane.Text(e, w, 1, style.Warn, e.Glyphs.Warn+" "+ew.ChangeCut)...)
	}
	if h >= 24 {
		head = append(head, e.Pen(w).Line())
	}
	var items []outline.Item
	for i := range c.Files {
		f := &c.Files[i]
		items = append(items, outline.Item{Key: f.Path, Draw: func(w int, g style.Ground) []string { return p.file(f, w, g) }})
	}
	if git := p.git; git != nil {
		if lag, found, asked := p.lags.Lag(p.project, git, c.SHA, git.HeadSHA); asked && found && len(lag.Missing) > 0 {
			items = append(items, outline.Item{Key: "\x00missing", Draw: func(w int, _ style.Ground) []string { return p.missing(lag, w) }})
		}
	}
	p.text.SetItems(items)
	top := block.New(w, len(head), head...)
	return block.Under(top, pane.Scroll(e, p.text, w, h-top.H, false))
}

func (p *Page) file(f *desk.FileChange, w int, g style.Ground) []string {
	e, ew := p.env, p.env.Words.Elsewhere
	pen := e.Sheet.Pen(w, g)
	if g == style.Select {
		pen.Cursor(e.Glyphs.Cursor)
	}
	fold := " "
	if len(f.Lines) > 0 {
		fold = e.Glyphs.Open
		if p.folded[f.Path] {
			fold = e.Glyphs.Closed
		}
	}
	pen.To(1).Put(style.Accent, fold).Space(1)
	if f.Old != "" {
		pen.Put(style.Faint, f.Old+" "+e.Glyphs.To+" ")
	}
	pen.Put(style.Strong, f.Path).Put(style.Faint, "  "+ew.ChangeKind[f.Kind])
	if f.Added+f.Removed > 0 {
		pen.Put(style.Good, "  +"+e.Words.Int(f.Added)).Put(style.Bad, " −"+e.Words.Int(f.Removed))
	}
	out := []string{pen.Line()}
	if f.Without != "" {
		out = append(out, pane.Text(e, w, 3, style.Muted, ew.ChangeWithout[f.Without])...)
	}
	if p.folded[f.Path] {
		return out
	}
	for _, l := range f.Lines {
		role := style.Muted
		switch {
		case strings.HasPrefix(l, "@@"):
			role = style.Info
		case strings.HasPrefix(l, "+"):
			role = style.Good
		case strings.HasPrefix(l, "-"):
			role = style.Bad
		}
		out = append(out, e.Pen(w).Space(3).Put(role, l).Line())
	}
	return append(out, e.Pen(w).Line())
}

// missing are the commits that the branch has besides.
func (p *Page) missing(lag desk.Lag, w int) []string {
	e := p.env
	out := []string{e.Section(w, p.env.Words.Elsewhere.ChangeMissing, e.Words.Elsewhere.Behind(lag.Commits, lag.AtLeast))}
	for _, c := range lag.Missing {
		out = append(out, e.Pen(w).Space(1).Put(style.Accent, platform.ShortSHA(c.SHA)).Space(2).Column(16).Put(style.Faint, e.Words.When(c.At, e.Now())).EndColumn().Put(style.Text, c.Title).Line())
	}
	if more := lag.Commits - len(lag.Missing); more > 0 {
		out = append(out, e.Pen(w).Space(1).Put(style.Faint, "+"+e.Words.Int(more)).Line())
	}
	return out
}
