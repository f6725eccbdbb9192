package images

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"dsotop/internal/desk"
	"dsotop/internal/fleet"
	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/keys"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/roster"
	"dsotop/internal/ui/style"
	"dsotop/internal/ui/table"
	"dsotop/internal/ui/words"
)

// EntryOne registers the page of one artifact.
func EntryOne(screen int) page.Entry {
	return page.Entry{Kind: page.Image, Screen: screen, Title: func(w *words.Set) string { return w.Images.Image },
		New: func(env *page.Env, key string) page.Page { return NewOne(env, key) }}
}

type vulnerability = desk.Vulnerability

// One is the page of one artifact: what it is, what runs it, and everything that its scan found.
type One struct {
	env                         *page.Env
	project, repository, digest string
	view                        *fleet.View
	row                         *fleet.Row
	item                        item // without an image while the registry's list has none
	sign                        string

	fetch  *page.Fetch
	detail *desk.ImageDetail
	noMore *platform.SourceHealth // the detail could not be read
	report *desk.VulnerabilityReport
	why    *platform.SourceHealth // the report could not be read
	silent bool                   // nobody can be asked
	table  *table.Table[vulnerability]
	full   bool // the vulnerabilities have the page
	made   uint64
}

// NewOne returns the page of "project id/repository@digest", empty.
func NewOne(env *page.Env, key string) *One {
	p := &One{env: env, view: &fleet.View{}, fetch: page.NewFetch(env.Ctx)}
	project, rest, _ := strings.Cut(key, "/")
	p.project = project
	p.repository, p.digest, _ = strings.Cut(rest, "@")
	p.table = table.New(table.Config[vulnerability]{Key: func(v vulnerability) string { return v.ID + " " + v.Package + " " + v.Version }, Rev: func(vulnerability) uint64 { return p.made },
		Problem: func(v vulnerability) bool { return v.Fixed != "" }, Haystack: func(v vulnerability) string { return v.Text }, OrderTitle: strings.ToLower(env.Words.Images.Severity)}, p.columns()...)
	return p
}

// Learn takes what the lists know, and asks for the rest when there is another scan.
func (p *One) Learn(v *fleet.View) bool {
	if p.view == v {
		return false
	}
	old, ready := p.row, p.view.Ready
	p.view = v
	r, ok := v.Project(p.project)
	if !ok {
		p.row, p.item = nil, item{}
		return old != nil || ready != v.Ready
	}
	p.row = r
	if old != nil && old.Rev == r.Rev {
		return ready != v.Ready
	}
	p.item = find(r, p.repository, p.digest)
	if sign := p.signOf(); sign != p.sign {
		p.sign = sign
		p.ask()
	}
	return true
}

func (p *One) signOf() string {
	if p.item.image == nil {
		return "none"
	}
	return "at " + p.item.image.Scan.At.String() + p.item.image.Scan.Status
}

func (p *One) ask() {
	var reach desk.ImagesReach
	if b, ok := p.env.Backend.(page.Inspectors); ok {
		reach = b.Images(p.project)
	}
	if p.silent = reach.Images == nil; p.silent || p.item.image == nil {
		return
	}
	ref := desk.ImageRef{Project: p.row.Dossier.Project.Slug, Repository: p.repository, Reference: p.digest}
	p.fetch.Ask("detail", func(ctx context.Context) (any, error) { return reach.Images.Image(ctx, ref) }, func(v any, err error) {
		if err != nil {
			h := reach.Health(err)
			p.noMore = &h
			return
		}
		d, _ := v.(desk.ImageDetail)
		p.detail, p.noMore = &d, nil
	})
	if !p.item.image.Scan.Known() {
		return
	}
	p.fetch.Ask("report", func(ctx context.Context) (any, error) { return reach.Images.Vulnerabilities(ctx, ref) }, func(v any, err error) {
		if err != nil {
			h := reach.Health(err)
			p.why = &h
			return
		}
		r, _ := v.(desk.VulnerabilityReport)
		p.report, p.why = &r, nil
		p.made++
		p.table.SetRows(r.List, true)
	})
}

func (p *One) columns() []table.Column[vulnerability] {
	e, i := p.env, p.env.Words.Images
	return []table.Column[vulnerability]{
		{ID: "id", Title: "  " + i.CVE, Name: strings.ToLower(i.CVE), Want: 19, Max: 28, Natural: func(v vulnerability) int { return block.Width(v.ID) + 2 }, Draw: func(pen *style.Pen, v vulnerability) {
			pen.Put(severityRole(v.Severity), cmp.Or(letter(v.Severity), e.Glyphs.Unknown)).Space(1).Put(style.Text, v.ID)
		}, Compare: func(a, b vulnerability) int { return strings.Compare(b.ID, a.ID) }, Value: func(v vulnerability) string { return v.ID }},
		{ID: "severity", Title: i.Severity, Want: 10, Keep: 4, Draw: func(pen *style.Pen, v vulnerability) { pen.Put(severityRole(v.Severity), v.Severity) }, Value: func(v vulnerability) string { return v.Severity },
			Compare: func(a, b vulnerability) int { return cmp.Compare(b.Score, a.Score) }},
		{ID: "score", Title: i.Score, Want: 4, Keep: 3, Right: true, Draw: func(pen *style.Pen, v vulnerability) {
			if v.Score == 0 {
				pen.Right(style.Faint, e.Glyphs.None)
				return
			}
			pen.Right(style.Muted, e.Words.Dec(v.Score, 1))
		}, Compare: func(a, b vulnerability) int { return cmp.Compare(b.Score, a.Score) }},
		{ID: "package", Title: i.Package, Want: 16, Max: 44, Natural: func(v vulnerability) int { return block.Width(v.Package) }, Draw: func(pen *style.Pen, v vulnerability) { pen.Put(style.Text, v.Package) },
			Compare: func(a, b vulnerability) int { return strings.Compare(a.Package, b.Package) }, Value: func(v vulnerability) string { return v.Package }},
		{ID: "version", Title: i.Version, Want: 12, Max: 26, Keep: 2, Natural: func(v vulnerability) int { return block.Width(v.Version) }, Draw: func(pen *style.Pen, v vulnerability) { pen.Put(style.Muted, v.Version) }},
		{ID: "fixed", Title: i.Fixed, Want: 12, Max: 26, Keep: 1, Natural: func(v vulnerability) int { return block.Width(v.Fixed) }, Draw: func(pen *style.Pen, v vulnerability) {
			if v.Fixed == "" {
				pen.Put(style.Faint, i.NoFix)
				return
			}
			pen.Put(style.Good, v.Fixed)
		}, Compare: func(a, b vulnerability) int { return boolRank(b.Fixed != "") - boolRank(a.Fixed != "") }},
		{ID: "text", Title: "", Name: i.More(0), Want: 20, Keep: 5, Grow: true, Draw: func(pen *style.Pen, v vulnerability) { pen.Put(style.Faint, v.Text) }},
	}
}

// Relabel writes the columns again.
func (p *One) Relabel() {
	p.made++
	p.table.SetColumns(strings.ToLower(p.env.Words.Images.Severity), p.columns()...)
}

// Crumbs names the project and the artifact.
func (p *One) Crumbs() []string {
	name := p.repository + "@" + shortDigest(p.digest)
	if p.item.image != nil {
		name = p.item.name()
	}
	if p.row == nil {
		return []string{p.env.Words.Images.Title, name}
	}
	return []string{p.row.Dossier.Project.Slug, p.env.Words.Images.Title, name}
}

// Interest is the project.
func (p *One) Interest() []string { return []string{p.project} }

// Filter returns the filter of the vulnerabilities.
func (p *One) Filter() string { f, _ := p.table.Filter(); return f }

// SetFilter replaces it.
func (p *One) SetFilter(text string) { p.table.SetFilter(text) }

// Undo gives the artifact its room back, then takes one restriction away.
func (p *One) Undo() bool {
	if p.full {
		p.full = false
		return true
	}
	return p.table.Undo()
}

// Wake implements page.Waker.
func (p *One) Wake() <-chan struct{} { return p.fetch.Wake() }

// Woke implements page.Waker.
func (p *One) Woke() bool { return p.fetch.Woke() }

// Holds implements page.Holder.
func (p *One) Holds() bool { return p.fetch.Busy("") }

// Close implements page.Closer.
func (p *One) Close() { p.fetch.Close() }

// Layers is the list of vulnerabilities.
func (p *One) Layers() []keys.Layer {
	cmds := []keys.Command{{ID: keys.Preview, Do: func() intent.Intent { p.full = !p.full; return nil }}, {ID: keys.Refresh, Do: func() intent.Intent { p.ask(); return intent.Refresh{} }}}
	if p.item.image != nil {
		if sha, _ := p.item.commit(); sha != "" {
			cmds = append(cmds, keys.Command{ID: keys.Way, Do: func() intent.Intent { return intent.Open{Ref: intent.Ref{Kind: page.Commit, Key: sha}} }})
		}
	}
	return []keys.Layer{{Name: page.Image, Commands: append(cmds, p.table.Commands(p.env.Words)...)}}
}

// Copies offers the artifact, and the vulnerability under the cursor.
func (p *One) Copies() []intent.Item {
	if p.item.image == nil {
		return nil
	}
	out := copies(p.env, p.item)
	if v, ok := p.table.Current(); ok {
		out = append(out, pane.CopyItem(p.env.Words.Images.CopyCVE, v.ID))
		if v.Link != "" {
			out = append(out, pane.CopyItem("URL", v.Link))
		}
	}
	return out
}

// Draw puts what the artifact is on top of what its scan found.
func (p *One) Draw(w, h int) block.Block {
	e, i := p.env, p.env.Words.Images
	if p.row == nil || p.item.image == nil {
		return pane.Gone(e, p.view, w, h, p.repository+"@"+shortDigest(p.digest), i.GoneHint)
	}
	head := pane.Aging(e, w, map[platform.Family]platform.FactAge{platform.FamImages: p.row.Dossier.Known[platform.FamImages]})
	if !p.full {
		about := slices.Concat(facts(e, p.item, w, p.detail == nil), p.more(w), where(e, p.item, w))
		room := max(h-len(head)-min(max(h/2, 8), 24), 3)
		head = append(head, pane.Fit(e, about, room, w)...)
	}
	right := ""
	if p.report != nil {
		fixable := 0
		for _, v := range p.report.List {
			if v.Fixed != "" {
				fixable++
			}
		}
		right = i.FixableCount(fixable, len(p.report.List)+p.report.Cut)
		if p.report.Scanner != "" && w >= 80 {
			right += ", " + i.Scanner + " " + p.report.Scanner
		}
	}
	if text := roster.Restricted(e, p.table); text != "" {
		right = text
	}
	head = append(head, e.Section(w, i.ScanName, right))
	if v, ok := p.table.Current(); ok && h >= 24 {
		text := v.Text
		if v.Link != "" {
			text += "  " + v.Link
		}
		pen := e.Pen(w).Space(1).Put(style.Strong, v.ID).Space(1)
		head = append(head, pen.Put(style.Muted, text).Line())
	}
	top := block.New(w, len(head), head...)
	return block.Under(top, p.list(w, max(h-top.H, 0)))
}

// more is what only the artifact itself tells.
func (p *One) more(w int) []string {
	e, i := p.env, p.env.Words.Images
	switch {
	case p.noMore != nil && p.detail == nil:
		lines := pane.Fetched(e, w, false, "", p.noMore)
		return lines[:min(len(lines), 2)]
	case p.detail == nil && p.fetch.Busy("detail"):
		return pane.Fetched(e, w, true, i.Reading, nil)
	case p.detail == nil:
		return nil
	}
	d := p.detail
	var out []string
	fact := func(name, text string) {
		if text != "" {
			out = append(out, pane.Fact(e, w, names, name, style.Span{Role: style.Muted, Text: text})...)
		}
	}
	for n, x := range d.Platforms {
		name := ""
		if n == 0 {
			name = i.Platforms
		}
		text := x.String()
		if x.Digest != "" {
			text += "  " + shortDigest(x.Digest)
		}
		fact(name, text)
	}
	if !d.Built.IsZero() {
		fact(i.Built, e.Words.When(d.Built, e.Now()))
	}
	if d.PulledAt.IsZero() {
		fact(i.Pulled, i.NeverPulled)
	} else {
		fact(i.Pulled, e.Words.When(d.PulledAt, e.Now()))
	}
	if !d.Bare {
		fact(i.User, cmp.Or(d.User, i.Root))
	}
	fact(i.Ports, strings.Join(d.Ports, " "))
	for n, a := range d.Accessories {
		name := ""
		if n == 0 {
			name = i.Attached
		}
		fact(name, a.Type+"  "+e.Words.When(a.At, e.Now()))
	}
	return out
}

func (p *One) list(w, h int) block.Block {
	e, i := p.env, p.env.Words.Images
	lines := func(l []string) block.Block { return block.New(w, h, l...) }
	switch {
	case !p.item.image.Scan.Known():
		role, word, _ := scanWord(e, p.item.image.Scan)
		return lines([]string{e.Pen(w).Space(1).Put(role, word).Line()})
	case p.why != nil && p.report == nil:
		return lines(pane.Fetched(e, w, false, "", p.why))
	case p.report == nil && p.silent:
		return lines(pane.Missing(e, p.view, w, i.ScanName, platform.FactAge{State: platform.StateNotConfigured}))
	case p.report == nil:
		return lines(pane.Fetched(e, w, true, i.Reading, nil))
	case len(p.report.List) == 0:
		return lines([]string{e.Pen(w).Space(1).Put(style.Good, e.Glyphs.OK).Space(1).Put(style.Muted, i.Clean).Line()})
	}
	if shown, _ := p.table.Len(); shown == 0 {
		return e.Empty(w, h, e.Glyphs.None, style.Faint, e.Words.List.NoMatch, e.Words.List.NoMatchHint)
	}
	return p.table.Draw(w, h, e.Look())
}
