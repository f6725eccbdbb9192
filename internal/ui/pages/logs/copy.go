package logs

import (
	"cmp"
	"strings"
	"time"

	"dsotop/internal/logs"
	"dsotop/internal/logs/export"
	"dsotop/internal/logs/lines"
	"dsotop/internal/logs/plain"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/pane"
)

// clipboardLimit is the most bytes that terminals are known to take in one OSC 52 sequence: 100,000 of base64.
const clipboardLimit = 74_994

// contextLines is how many lines around one line are copied as its context.
const contextLines = 5

// Copies offers the line, its message, the selection, its context, and ways to see the same elsewhere.
func (p *Page) Copies() []intent.Item {
	if p.feed == nil {
		return nil
	}
	l := p.env.Words.Logs
	var out, anonymous []intent.Item
	// Texts are made when they are chosen: this is asked for with every frame.
	put := func(to *[]intent.Item, label, hint, what string, text func() string) {
		*to = append(*to, intent.Item{Label: label, Hint: hint, Do: func() intent.Intent {
			t := text()
			if len(t) > clipboardLimit {
				return toast(l.TooLong + " (" + p.env.Words.Bytes(float64(len(t))) + " > " + p.env.Words.Bytes(clipboardLimit) + ")")
			}
			return intent.Copy{Text: t, What: what}
		}})
	}
	add := func(label, hint string, text func() string) { put(&out, label, hint, label, text) }
	// What holds the words of lines can be had without what tells of people.
	both := func(label, hint string, text func(*export.Anonymiser) string) {
		add(label, hint, func() string { return text(nil) })
		put(&anonymous, label, hint, label+", "+l.Anonymised, func() string { return text(export.NewAnonymiser()) })
	}
	if p.focus == onDetail {
		if f, ok := p.detail.current(); ok {
			both(l.CopyValue, f.name, func(a *export.Anonymiser) string {
				lines := plain.Lines(f.value)
				for i := range lines {
					lines[i] = harmless(a, nil, lines[i])
				}
				return strings.Join(lines, "\n")
			})
		}
	}
	it, ok := p.store.Get(p.seat.id)
	if p.anchor != 0 {
		both(l.CopySelection, l.Lines(p.selected()), func(a *export.Anonymiser) string { return p.plainText(p.chosen(), a) })
		both(l.CopyTicket, l.Lines(p.selected()), func(a *export.Anonymiser) string { return p.ticket(p.chosen(), a) })
	}
	if ok && it.Notice == nil {
		both(l.CopyLine, "", func(a *export.Anonymiser) string { return harmless(a, it.Stream, it.Text) })
		both(l.CopyMessage, "", func(a *export.Anonymiser) string {
			return harmless(a, it.Stream, cmp.Or(p.set.Message(it.Text, it.Format), it.Text))
		})
		both(l.CopyContext, "", func(a *export.Anonymiser) string { return p.plainText(p.around(it.ID), a) })
		if p.anchor == 0 {
			both(l.CopyTicket, "", func(a *export.Anonymiser) string { return p.ticket(p.around(it.ID), a) })
		}
		out = append(out, intent.Item{Label: l.CopyAnonymous + p.env.Glyphs.Ellipsis, Do: func() intent.Intent { return intent.Menu{Title: l.CopyAnonymous, Items: anonymous} }})
	}
	add(l.CopyLogQL, "", p.saidLogQL)
	if p.facts != nil {
		out = append(out, pane.CopyItem(p.env.Words.Project.CopyNamespace, p.subject.Namespace))
	}
	if p.stat.Lines > 0 {
		out = append(out, intent.Item{Label: l.ExportTitle + p.env.Glyphs.Ellipsis, Do: func() intent.Intent { return p.exportMenu() }})
	}
	return out
}

// logQL is what is shown, as the server would be asked; whole is false when something cannot be said.
func (p *Page) logQL() (text string, whole bool) {
	if p.shownQuery().Empty() {
		return p.selector(), true
	}
	text, unsaid := p.shownQuery().LogQL(p.selector())
	return text, len(unsaid) == 0
}

// saidLogQL is logQL with a comment that names what is not in it, or means something a little different there.
func (p *Page) saidLogQL() string {
	text, whole := p.logQL()
	if whole {
		return text
	}
	_, unsaid := p.shownQuery().LogQL(p.selector())
	parts := make([]string, len(unsaid))
	for i, u := range unsaid {
		parts[i] = u.Part
	}
	return text + "\n# " + p.env.Words.Logs.NotInLogQL + p.env.Words.Form.Colon + strings.Join(parts, ", ")
}

// harmless is a text of a line as it may leave: plain, and anonymised where a says so.
func harmless(a *export.Anonymiser, of *logs.Stream, text string) string {
	if a != nil {
		return a.Line(of, text)
	}
	return plain.Line(text)
}

// around are the lines around one, without search or filter.
func (p *Page) around(id lines.ID) []lines.Item {
	return p.store.View(lines.ViewOptions{}).Window(id, contextLines, contextLines)
}

// selectionLimit bounds what a selection copies.
const selectionLimit = 20_000

// chosen are the visible items from the start of the selection to the cursor.
func (p *Page) chosen() []lines.Item {
	a, ok := p.store.Get(p.anchor)
	b, ok2 := p.store.Get(p.seat.id)
	if !ok || !ok2 {
		return nil
	}
	from, to := a, b
	if b.At < a.At || (a.At == b.At && b.ID < a.ID) {
		from, to = b, a
	}
	v := p.eyes.view
	out := []lines.Item{}
	for id := from.ID; len(out) < selectionLimit; {
		for _, it := range v.Window(id, 0, 512) {
			if len(out) > 0 && out[len(out)-1].ID == it.ID {
				continue
			}
			out = append(out, it)
			if it.ID == to.ID {
				return out
			}
		}
		next, made := v.Step(out[len(out)-1].ID, 1)
		if made == 0 || next == id {
			return out
		}
		id = next
	}
	return out
}

// selected is how many items are selected.
func (p *Page) selected() int {
	v := p.eyes.view
	return int(max(v.Newer(p.anchor), v.Newer(p.seat.id))-min(v.Newer(p.anchor), v.Newer(p.seat.id))) + 1
}

// plainText writes items as harmless lines of text: time, container, text; folded lines beneath theirs.
func (p *Page) plainText(items []lines.Item, a *export.Anonymiser) string {
	var b strings.Builder
	for _, it := range items {
		if b.Len() > 2*clipboardLimit {
			break
		}
		p.writeItem(&b, it, a)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func (p *Page) writeItem(b *strings.Builder, it lines.Item, a *export.Anonymiser) {
	if it.Notice != nil {
		text, _ := p.noticeText(*it.Notice)
		b.WriteString("---- " + harmless(a, nil, text) + " ----\n")
		return
	}
	line := func(x lines.Item) {
		b.WriteString(when(x.At).In(p.zone()).Format("2006-01-02T15:04:05.000Z07:00") + " ")
		if x.Stream != nil && x.Stream.Container != "" {
			b.WriteString(x.Stream.Container + " ")
		}
		b.WriteString(harmless(a, x.Stream, x.Text) + "\n")
	}
	line(it)
	if it.Folded > 0 {
		for _, t := range p.trace(it) {
			b.WriteString("    " + harmless(a, it.Stream, t) + "\n")
		}
	}
}

// ticket is a Markdown block for the ticket: what, where, when, the lines, and how to see them again.
func (p *Page) ticket(items []lines.Item, a *export.Anonymiser) string {
	if len(items) == 0 {
		return ""
	}
	var b strings.Builder
	title := strings.Join(p.crumbs[:max(len(p.crumbs)-1, 0)], " / ")
	from, to := 0, len(items)-1
	for from < to && items[from].Notice != nil { // what is told of another time says nothing of the lines
		from++
	}
	for from < to && items[to].Notice != nil {
		to--
	}
	first, last := when(items[from].At).In(p.zone()), when(items[to].At).In(p.zone())
	b.WriteString("**" + p.env.Words.Logs.Title + " " + title + "**, " + first.Format("2006-01-02 15:04:05.000 MST") + " " + p.env.Glyphs.To + " " + last.Format("15:04:05.000 MST") + "\n\n")
	text := p.plainText(items, a)
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	b.WriteString(fence + "\n" + text + "\n" + fence + "\n\n")
	selector, _ := p.logQL()
	b.WriteString("- LogQL : `" + harmless(a, nil, selector) + "`\n- " + p.env.Words.Logs.CopyCommand + " : `" + harmless(a, nil, p.commandOver(first, last.Add(time.Millisecond))) + "`\n")
	return b.String()
}

// command is the command line that prints what the page shows.
func (p *Page) command() string {
	if p.stat.Lines == 0 {
		return p.commandOver(time.Time{}, time.Time{})
	}
	to := when(p.stat.Last).In(p.zone()).Add(time.Millisecond)
	if p.follow {
		to = time.Time{}
	}
	return p.commandOver(when(p.stat.First).In(p.zone()), to)
}

// commandTime is RFC 3339, so fine that the command prints the lines that are shown and no neighbour: a time is cut to it, so the end is
// one more.
const commandTime = "2006-01-02T15:04:05.999Z07:00"

func (p *Page) commandOver(from, to time.Time) string {
	parts := []string{"dsotop", "logs"}
	if p.facts != nil {
		parts = append(parts, word(p.row.Dossier.Project.Slug), word(p.facts.Name))
	} else {
		parts = append(parts, word(p.subject.Namespace))
	}
	if p.subject.LogQL != "" {
		parts = append(parts, "--query", word(p.subject.LogQL))
	}
	for _, c := range p.subject.Containers {
		parts = append(parts, "--container", word(c))
	}
	if !from.IsZero() {
		parts = append(parts, "--since", from.UTC().Format(commandTime))
	}
	if !to.IsZero() {
		parts = append(parts, "--until", to.UTC().Format(commandTime))
	} else {
		parts = append(parts, "--follow")
	}
	if p.floor > 0 {
		parts = append(parts, "--level", p.floor.String())
	}
	if !p.shownQuery().Empty() {
		parts = append(parts, "--grep", word(p.shownQuery().String()))
	}
	return strings.Join(parts, " ")
}

// word quotes a word for a POSIX shell when it needs it.
func word(s string) string {
	plainWord := s != ""
	for _, r := range s {
		if !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:@%+=,", r) {
			plainWord = false
		}
	}
	if plainWord {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
