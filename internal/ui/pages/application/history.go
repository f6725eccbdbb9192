package application

import (
	"cmp"
	"context"
	"strings"

	"dsotop/internal/desk"
	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/style"
	"dsotop/internal/ui/table"
)

// rollout is a row of the history.
type rollout struct {
	desk.Rollout
	now bool // what is in place
}

func (r rollout) key() string { return strings.Join(r.Revisions, " ") + "@" + r.At.UTC().String() }

// Whether an image of an older deployment can still be pulled.
type presence uint8

const (
	notRead presence = iota // Harbor is not known
	there
	gone
	foreign // of another registry or project: nobody here can tell
)

type image struct {
	ref string
	is  presence
}

// back is what is known of going back to a deployment.
type back struct {
	known  bool
	why    *platform.SourceHealth // it could not be asked
	commit desk.Commit
	images []image
}

// gone counts the images that are no longer there.
func (b back) gone() (n int) {
	for _, i := range b.images {
		if i.is == gone {
			n++
		}
	}
	return n
}

func (b back) has(is presence) bool {
	for _, i := range b.images {
		if i.is == is {
			return true
		}
	}
	return false
}

// setHistory gives the table the newest history: as read on demand, else as the list had it.
func (p *Page) setHistory() {
	var rows []rollout
	if len(p.detail.History) > 0 {
		for _, h := range p.detail.History {
			rows = append(rows, rollout{Rollout: h})
		}
	} else if p.app != nil {
		for i := len(p.app.History) - 1; i >= 0; i-- {
			d := p.app.History[i]
			rows = append(rows, rollout{Rollout: desk.Rollout{ID: d.ID, Revisions: []string{d.Revision}, At: d.At}})
		}
	}
	if len(rows) > 0 {
		rows[0].now = true
	}
	p.history.SetRows(rows, true)
	if p.tab == tabHistory {
		p.check()
	}
}

// checkAtMost is how many entries of the history are looked into: each makes the server render manifests.
const checkAtMost = 10

// check looks into the next entry of the history that was not yet: its commit and its images. One after the other, as each costs the server
// something.
func (p *Page) check() {
	if p.reach.GitOps == nil || p.app == nil || p.fetch.Busy(topicCheck) {
		return
	}
	list := p.detail.History
	for i := range min(len(list), checkAtMost) {
		r := rollout{Rollout: list[i]}
		if _, done := p.backs[r.key()]; done || len(r.Revisions) == 0 {
			continue
		}
		g, app := p.reach.GitOps, p.ref()
		type found struct {
			commit desk.Commit
			images []string
		}
		p.fetch.Ask(topicCheck, func(ctx context.Context) (any, error) {
			var f found
			f.commit, _ = g.Commit(ctx, app, r.Revisions[0]) // its words only please; charts have none
			var err error
			f.images, err = g.ImagesAt(ctx, app, r.Revisions)
			return f, err
		}, func(v any, err error) {
			f, _ := v.(found)
			b := back{known: true, commit: f.commit}
			if err != nil {
				h := p.reach.Health(err)
				b.why = &h
			}
			for _, ref := range f.images {
				b.images = append(b.images, image{ref, p.presence(ref)})
			}
			p.backs[r.key()] = b
			p.check()
		})
		return
	}
}

// presence looks for an image among those of the project's Harbor.
func (p *Page) presence(ref string) presence {
	d := p.row.Dossier
	_, project, repository, tag, digest := platform.ParseImage(ref)
	if project != d.Project.Slug {
		return foreign
	}
	if a, ok := d.Known[platform.FamImages]; !ok || a.At.IsZero() {
		return notRead
	}
	for i := range d.Images {
		m := &d.Images[i]
		if m.Repository == repository && (digest != "" && m.Is(digest) || digest == "" && m.Names(tag)) {
			return there
		}
	}
	return gone
}

// verdict is whether one can go back to a deployment, in a sign and words.
func (p *Page) verdict(r rollout) (cells.Mark, string) {
	e, g := p.env, p.env.Words.GitOps
	b, ok := p.backs[r.key()]
	switch {
	case r.now && b.gone() == 0:
		return cells.Mark{Role: style.Accent, Glyph: e.Glyphs.Dot}, g.BackSame
	case !ok && p.fetch.Busy(topicCheck):
		return cells.Mark{Role: style.Faint, Glyph: e.Glyphs.Loading}, g.Asking
	case !ok:
		return cells.Mark{Role: style.Unknown, Glyph: e.Glyphs.Unknown}, g.BackUnknown
	case b.why != nil:
		return cells.Mark{Role: style.Unknown, Glyph: e.Glyphs.Unknown}, g.BackErr
	case b.gone() > 0:
		text := g.BackGone
		if r.now {
			text = g.BackSame + ", " + g.ImagesGone(b.gone())
		}
		return cells.Mark{Role: style.Bad, Glyph: e.Glyphs.Bad}, text
	case b.has(notRead):
		return cells.Mark{Role: style.Unknown, Glyph: e.Glyphs.Unknown}, g.BackNoHarbor
	case b.has(foreign):
		return cells.Mark{Role: style.Good, Glyph: e.Glyphs.OK}, g.BackForeign
	}
	return cells.Mark{Role: style.Good, Glyph: e.Glyphs.OK}, g.BackYes
}

func (p *Page) rolloutColumns() []table.Column[rollout] {
	e, g := p.env, p.env.Words.GitOps
	return []table.Column[rollout]{
		{ID: "when", Title: "  " + g.When, Want: 16, Min: 13, Draw: func(pen *style.Pen, r rollout) {
			m, role := cells.Mark{Role: style.Faint, Glyph: " "}, style.Muted
			if r.now {
				m, role = cells.Mark{Role: style.Accent, Glyph: e.Glyphs.Dot}, style.Strong
			}
			if p.inForce(r) {
				m, role = cells.Mark{Role: style.Accent, Glyph: e.Glyphs.Marked}, style.Strong
			}
			pen.Put(m.Role, m.Glyph).Space(1).Put(role, e.Words.When(r.At, e.Now()))
		}, Compare: func(a, b rollout) int { return b.At.Compare(a.At) }},
		{ID: "revision", Title: g.Revision, Want: 9, Draw: func(pen *style.Pen, r rollout) {
			pen.Put(style.Text, cmp.Or(pane.Revision(r.Revisions), e.Glyphs.None))
		},
			Value: func(r rollout) string { return strings.Join(r.Revisions, " ") }},
		{ID: "back", Title: g.Back, Want: 38, Min: 38, Draw: func(pen *style.Pen, r rollout) {
			m, text := p.verdict(r)
			pen.Put(m.Role, m.Glyph).Space(1).Put(pane.Calm(m), text)
		}},
		{ID: "by", Title: g.By, Want: 10, Keep: 2, Max: 24, Natural: func(r rollout) int { return block.Width(r.By) }, Draw: func(pen *style.Pen, r rollout) { pen.Put(style.Faint, cmp.Or(r.By, e.Glyphs.None)) }},
		{ID: "commit", Title: g.Commit, Want: 20, Min: 12, Keep: 1, Grow: true, Draw: func(pen *style.Pen, r rollout) { pen.Put(style.Muted, p.backs[r.key()].commit.Message) }},
	}
}

// inForce reports whether a deployment was the newest at the instant that the session is pinned to.
func (p *Page) inForce(r rollout) bool {
	pin := p.env.Pin
	if pin.IsZero() || r.At.After(pin) {
		return false
	}
	for _, o := range p.detail.History {
		if !o.At.After(pin) && o.At.After(r.At) {
			return false
		}
	}
	return true
}

func (p *Page) drawHistory(w, h int) block.Block {
	e, g := p.env, p.env.Words.GitOps
	if _, total := p.history.Len(); total == 0 {
		if lines := p.said(topicDetail, w); lines != nil {
			return block.New(w, h, lines...)
		}
		return e.Empty(w, h, e.Glyphs.None, style.Faint, g.NoOperation)
	}
	head := p.late(topicDetail, w)
	if p.app.Autosync {
		head = append(head, pane.Text(e, w, 1, style.Warn, e.Glyphs.Warn+" "+g.BackAutosync)...)
	}
	cur, ok := p.history.Current()
	shown, total := p.history.Len()
	s := pane.Split{Want: 1 << 20, Lines: total, Hidden: p.hidden || !ok, Title: pane.Revision(cur.Revisions), Right: e.Words.When(cur.At, e.Now()),
		List: func(w, h int) block.Block {
			if shown == 0 {
				text, _ := p.history.Filter()
				return e.Empty(w, h, e.Glyphs.None, style.Faint, e.Words.List.NoMatch+" "+e.Words.Quoted(text)+".", e.Words.List.NoMatchHint)
			}
			return p.history.Draw(w, h, e.Look())
		}, Details: func(w int) []string { return p.rolloutDetails(cur, w) }}
	return block.Under(block.New(w, len(head), head...), s.Draw(e, w, h-len(head)))
}

func (p *Page) rolloutDetails(r rollout, w int) []string {
	e, g := p.env, p.env.Words.GitOps
	b := p.backs[r.key()]
	m, text := p.verdict(r)
	out := []string{e.Pen(w).Space(1).Put(m.Role, m.Glyph).Space(1).Put(pane.Calm(m), text).Line()}
	fact := func(name string, value ...style.Span) { out = append(out, pane.Fact(e, w, names, name, value...)...) }
	if p.inForce(r) {
		fact("", style.Span{Role: style.Accent, Text: g.AtPin})
	}
	if b.why != nil {
		out = append(out, pane.Text(e, w, 3, style.Muted, b.why.Detail)...)
	}
	if b.commit.Message != "" {
		fact(strings.ToLower(g.Commit), style.Span{Role: style.Text, Text: b.commit.Message})
		author, _, _ := strings.Cut(b.commit.Author, " <")
		when := ""
		if !b.commit.At.IsZero() {
			when = "  " + e.Words.When(b.commit.At, e.Now())
		}
		fact("", style.Span{Role: style.Muted, Text: author + when})
	}
	for i, img := range b.images {
		name := ""
		if i == 0 {
			name = g.Images
		}
		mark, role := cells.Mark{Role: style.Faint, Glyph: e.Glyphs.NotSet}, style.Faint
		switch img.is {
		case there:
			mark, role = cells.Mark{Role: style.Good, Glyph: e.Glyphs.OK}, style.Muted
		case gone:
			mark, role = cells.Mark{Role: style.Bad, Glyph: e.Glyphs.Bad}, style.Text
		case notRead:
			mark = cells.Mark{Role: style.Unknown, Glyph: e.Glyphs.Unknown}
		}
		fact(name, style.Span{Role: mark.Role, Text: mark.Glyph + " "}, style.Span{Role: role, Text: img.ref})
	}
	for _, rev := range r.Revisions {
		fact(strings.ToLower(g.Revision), style.Span{Role: style.Muted, Text: rev})
	}
	if lag := p.behind(r); len(lag) > 0 {
		fact("", lag...)
	}
	if !r.StartedAt.IsZero() && r.At.After(r.StartedAt) {
		fact(g.Lasted, style.Span{Role: style.Muted, Text: e.Words.Lasted(r.At.Sub(r.StartedAt))})
	}
	return out
}
