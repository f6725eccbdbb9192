package application

import (
	"strings"

	"dsotop/internal/desk"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/outline"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/style"
)

func diffKey(d *desk.Difference) string {
	return d.Group + "/" + d.Kind + "/" + d.Namespace + "/" + d.Name
}

// unfoldAtMost is how many lines a difference may have to be shown unfolded at first.
const unfoldAtMost = 60

func (p *Page) diffUnfolded(d *desk.Difference) bool {
	if open, ok := p.opened[diffKey(d)]; ok {
		return open
	}
	return d.State == desk.DiffChanged && len(d.Lines) <= unfoldAtMost
}

func (p *Page) openDiff(key string) {
	for i := range p.diffs {
		if d := &p.diffs[i]; diffKey(d) == key && len(d.Lines) > 0 {
			p.opened[key] = !p.diffUnfolded(d)
			p.growDiff()
			return
		}
	}
}

func (p *Page) currentDiff() *desk.Difference {
	for i := range p.diffs {
		if diffKey(&p.diffs[i]) == p.diff.Current() {
			return &p.diffs[i]
		}
	}
	return nil
}

// growDiff makes the outline again: what differs, then the rest in one line each.
func (p *Page) growDiff() {
	var items []outline.Item
	for i := range p.diffs {
		d := &p.diffs[i]
		if !matches(d.Kind+" "+d.Name+" "+d.State, p.filter) {
			continue
		}
		items = append(items, outline.Item{Key: diffKey(d), Draw: func(w int, g style.Ground) []string { return p.diffLines(d, w, g) }})
	}
	p.diff.SetItems(items)
}

func (p *Page) diffMark(state string) cells.Mark {
	g := p.env.Glyphs
	switch state {
	case desk.DiffSame:
		return cells.Mark{Role: style.Good, Glyph: g.OK}
	case desk.DiffMissing:
		return cells.Mark{Role: style.Bad, Glyph: g.Bad}
	}
	return cells.Mark{Role: style.Warn, Glyph: g.Warn}
}

func (p *Page) diffLines(d *desk.Difference, w int, g style.Ground) []string {
	e, gw := p.env, p.env.Words.GitOps
	pen := e.Sheet.Pen(w, g)
	if g == style.Select {
		pen.Cursor(e.Glyphs.Cursor)
	}
	fold, m := " ", p.diffMark(d.State)
	if len(d.Lines) > 0 {
		fold = e.Glyphs.Closed
		if p.diffUnfolded(d) {
			fold = e.Glyphs.Open
		}
	}
	role := style.Text
	if d.State == desk.DiffSame {
		role = style.Faint
	}
	pen.To(1).Put(style.Accent, fold).Space(1).Put(m.Role, m.Glyph).Space(1).Put(role, d.Name).Put(style.Faint, " "+d.Kind)
	pen.Put(pane.Calm(m), "  "+gw.DiffState[d.State])
	if d.Added+d.Gone > 0 {
		pen.Put(style.Muted, "  "+gw.Changes(d.Added, d.Gone))
	}
	out := []string{pen.Line()}
	if !p.diffUnfolded(d) {
		return out
	}
	for _, l := range d.Lines {
		switch l.Op {
		case '@':
			out = append(out, e.Pen(w).Space(3).Put(style.Border, e.Glyphs.HLine+e.Glyphs.HLine+" ").Put(style.Info, l.Text).Line())
		case '+':
			out = append(out, e.Pen(w).Space(3).Put(style.Good, "+ "+l.Text).Line())
		case '-':
			out = append(out, e.Pen(w).Space(3).Put(style.Bad, "- "+l.Text).Line())
		default:
			out = append(out, e.Pen(w).Space(5).Put(style.Muted, l.Text).Line())
		}
	}
	if d.Cut > 0 {
		out = append(out, e.Pen(w).Space(3).Put(style.Warn, e.Glyphs.Warn+" "+gw.Cut(d.Cut)).Line())
	}
	return append(out, e.Pen(w).Line())
}

func (p *Page) drawDiff(w, h int) block.Block {
	e, g := p.env, p.env.Words.GitOps
	if !p.gotten[topicDiff] && p.diffs == nil {
		return block.New(w, h, p.said(topicDiff, w)...)
	}
	head := p.late(topicDiff, w)
	differ := 0
	for i := range p.diffs {
		if p.diffs[i].State != desk.DiffSame {
			differ++
		}
	}
	pen := e.Pen(w).Space(1)
	if differ == 0 {
		pen.Put(style.Good, e.Glyphs.Dot+" ").Put(style.Text, g.NoDiff+". ").Put(style.Muted, g.NoDiffWhy)
	} else {
		pen.Put(style.Bad, "- "+g.Lives).Space(3).Put(style.Good, "+ "+g.Wanted).Put(style.Faint, "   "+g.SecretNote)
	}
	head = append(head, pen.Line())
	if p.diff.Current() == "" && p.filter != "" {
		return block.Under(block.New(w, len(head), head...), e.Empty(w, h-len(head), e.Glyphs.None, style.Faint, e.Words.List.NoMatch+" "+e.Words.Quoted(p.filter)+".", e.Words.List.NoMatchHint))
	}
	return block.Under(block.New(w, len(head), head...), pane.Scroll(e, p.diff, w, h-len(head), false))
}

// plainDiff is a difference as text to copy.
func plainDiff(d *desk.Difference) string {
	var sb strings.Builder
	sb.WriteString("--- " + d.Kind + "/" + d.Name + "\n+++ " + d.Kind + "/" + d.Name + "\n")
	for _, l := range d.Lines {
		if l.Op == '@' {
			sb.WriteString("@@ " + l.Text + " @@\n")
			continue
		}
		sb.WriteByte(l.Op)
		sb.WriteString(l.Text + "\n")
	}
	return sb.String()
}
