package logs

import (
	"slices"
	"strings"

	"dsotop/internal/logs"
	"dsotop/internal/logs/format"
	"dsotop/internal/logs/lines"
	"dsotop/internal/logs/plain"
	"dsotop/internal/logs/query"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/ink"
	"dsotop/internal/ui/style"
	"dsotop/internal/ui/words"
)

// detail is the pane of the line under the cursor.
type detail struct {
	open bool
	id   lines.ID // what it was made of
	set  string   // language and the like
	rows []fact
	at   int // row under the cursor, while the pane has the focus
	top  int
}

// fact is one thing that the pane says of a line. Those with a term can be filtered on.
type fact struct {
	name, value string // value is raw
	title       bool   // a title, and nothing else
	text        bool   // value alone, over the whole width
	role        style.Role
	term        query.Term
}

// traceLimit is how many lines below a line its detail shows.
const traceLimit = 400

// facts lists what is known of a line: what surrounds it, what it says of itself, the trace beneath it.
func (p *Page) facts1(it lines.Item) []fact {
	w, l := p.env.Words, p.env.Words.Logs
	if it.Notice != nil {
		text, _ := p.noticeText(*it.Notice)
		return []fact{{value: text, text: true}}
	}
	var out []fact
	message := p.set.Message(it.Text, it.Format)
	if message == "" {
		message = it.Text
	}
	role := style.Text
	if it.Level >= logs.LevelError {
		role = style.Strong
	}
	for _, part := range plain.Lines(message) {
		out = append(out, fact{value: part, text: true, role: role})
	}
	add := func(name, value string, t query.Term) {
		if value != "" {
			out = append(out, fact{name: name, value: value, term: t})
		}
	}
	out = append(out, fact{title: true})
	add(l.At, when(it.At).In(p.zone()).Format("2006-01-02 15:04:05.000000000 MST"), query.Term{})
	if it.Level != logs.LevelNone {
		add(l.Level, levelWord(w, it.Level), query.Term{Kind: query.Level, Name: "level", Op: query.Equal, Value: it.Level.String()})
	}
	if s := it.Stream; s != nil {
		add(l.Container, s.Container, query.Term{Kind: query.Stream, Name: "container", Value: s.Container})
		add(l.Pod, s.Pod, query.Term{Kind: query.Stream, Name: "pod", Value: s.Pod})
		add(l.OriginName, l.Origin[s.Origin.String()], query.Term{})
	}
	add(l.Format, p.set.Name(it.Format)+"  "+w.Bytes(float64(len(it.Text))), query.Term{})
	if fields := p.set.Fields(it.Text, it.Format); len(fields) > 0 {
		out = append(out, fact{name: l.Fields, title: true})
		for _, f := range fields {
			out = append(out, fact{name: f.Name, value: f.Value, term: query.Term{Kind: query.Field, Name: f.Name, Op: query.Equal, Value: f.Value}, role: kindRole(f.Kind)})
		}
	}
	if s := it.Stream; s != nil && len(s.Labels) > 0 {
		out = append(out, fact{name: l.Labels, title: true})
		for _, x := range s.Labels {
			out = append(out, fact{name: x.Name, value: x.Value, term: query.Term{Kind: query.Field, Name: x.Name, Op: query.Equal, Value: x.Value}})
		}
	}
	if it.Meta != "" {
		out = append(out, fact{name: l.Metadata, title: true})
		for name, value := range it.Meta.All() {
			out = append(out, fact{name: name, value: value, term: query.Term{Kind: query.Field, Name: name, Op: query.Equal, Value: value}})
		}
	}
	if trace := p.trace(it); len(trace) > 0 {
		out = append(out, fact{name: l.Trace + " · " + l.Folded(len(trace)), title: true})
		for _, t := range trace {
			r := style.Muted
			if strings.HasPrefix(t, "Caused by") || (t != "" && t[0] != ' ' && t[0] != '\t') {
				r = style.Strong
			}
			out = append(out, fact{value: t, text: true, role: r})
		}
	}
	return out
}

func kindRole(k format.FieldKind) style.Role {
	switch k {
	case format.KindNumber:
		return style.Series1
	case format.KindBool, format.KindNull:
		return style.Series2
	}
	return style.Text
}

// trace is what belongs under a line: the lines after it of its stream that continue it.
func (p *Page) trace(it lines.Item) []string {
	var out []string
	seen := false
	for x := range p.store.Between(it.At, it.At+int64(traceSpan)) {
		switch {
		case x.ID == it.ID:
			seen = true
		case !seen || x.Notice != nil || x.Stream != it.Stream:
		case !x.Continues || len(out) >= traceLimit:
			return out
		default:
			out = append(out, x.Text)
		}
	}
	return out
}

// drawDetail draws the pane of the line under the cursor, made again only when that is another.
func (p *Page) drawDetail(w, h int) block.Block {
	d := &p.detail
	it, ok := p.store.Get(p.seat.id)
	if !ok {
		return block.New(w, h)
	}
	fresh := d.id != it.ID || d.set != p.env.Words.Tag || it.Notice != nil
	if fresh {
		d.id, d.set, d.rows, d.top = it.ID, p.env.Words.Tag, p.facts1(it), 0
		d.at = d.first()
	}
	name := 10
	for _, f := range d.rows {
		if !f.title && !f.text {
			name = max(name, min(block.Width(plain.Line(f.name)), w/3))
		}
	}
	out, first, last := p.factRows(w, h, name)
	if fresh && last > h && d.at != 0 { // what the line says comes before what can be filtered on
		d.at = 0
		out, first, last = p.factRows(w, h, name)
	}
	if p.focus == onDetail {
		d.top = max(min(d.top, first), last-h)
	}
	d.top = max(min(d.top, len(out)-h), 0)
	shown := slices.Clone(out[d.top:min(d.top+h, len(out))])
	more := func(n int) string {
		return p.env.Pen(w).Space(1).Put(style.Faint, p.env.Glyphs.Ellipsis+" +"+p.env.Words.Int(n)).Line()
	}
	if rest := len(out) - d.top - h; rest > 0 && len(shown) > 1 && (p.focus != onDetail || last <= d.top+h-1) {
		shown[len(shown)-1] = more(rest + 1)
	}
	if d.top > 0 && len(shown) > 2 && (p.focus != onDetail || first > d.top) {
		shown[0] = more(d.top + 1)
	}
	return block.New(w, h, shown...)
}

// factRows draws all facts, and tells between which rows the one under the cursor stands.
func (p *Page) factRows(w, h, name int) (out []string, first, last int) {
	for i, f := range p.detail.rows {
		on := p.focus == onDetail && i == p.detail.at
		if on {
			first = len(out)
		}
		out = append(out, p.factLines(f, w, name, on, h)...)
		if on {
			last = len(out)
		}
	}
	return out, first, last
}

// factLines draws one fact in as many rows as it needs, at most the pane's height.
func (p *Page) factLines(f fact, w, name int, on bool, h int) []string {
	e := p.env
	if f.title {
		if f.name == "" {
			return []string{e.Pen(w).Line()}
		}
		return []string{e.Section(w, f.name, "")}
	}
	ground := style.Plain
	if on {
		ground = style.Select
	}
	start := func(i int) *style.Pen {
		pen := e.Sheet.Pen(w, ground)
		if on && i == 0 {
			pen.Put(style.Accent, e.Glyphs.Cursor)
		}
		return pen.To(1)
	}
	indent := 1
	if !f.text {
		indent = 1 + name + 1
	}
	var out []string
	for _, part := range plain.Lines(f.value) {
		pieces := []piece{{Role: f.role, Text: part}}
		if p.match != nil {
			pieces = ink.Marked(pieces[0], p.match.Spans(part))
		}
		for _, row := range ink.Words(pieces, max(w-indent-1, 1), max(h*2, 4)) {
			pen := start(len(out))
			if !f.text && len(out) == 0 {
				pen.Column(name).Put(style.Title, plain.Line(f.name)).EndColumn()
			}
			pen.To(indent)
			ink.Put(pen, row, 0)
			out = append(out, pen.Line())
		}
	}
	if len(out) == 0 {
		pen := start(0)
		if !f.text {
			pen.Column(name).Put(style.Title, plain.Line(f.name)).EndColumn().Space(1).Put(style.Faint, e.Glyphs.None)
		}
		out = append(out, pen.Line())
	}
	return out
}

// first is the first fact that can be filtered on, else the first at all.
func (d *detail) first() int {
	for i, f := range d.rows {
		if f.term.Kind != 0 {
			return i
		}
	}
	return 0
}

// move goes n facts on.
func (d *detail) move(n int) {
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for ; n > 0; n-- {
		next := d.at + step
		for next >= 0 && next < len(d.rows) && d.rows[next].title {
			next += step
		}
		if next < 0 || next >= len(d.rows) {
			return
		}
		d.at = next
	}
}

// current is the fact under the cursor.
func (d *detail) current() (fact, bool) {
	if d.at < 0 || d.at >= len(d.rows) || d.rows[d.at].title {
		return fact{}, false
	}
	return d.rows[d.at], true
}

// mistakeWord is the key of the words of a mistake in a query.
func mistakeWord(m query.Mistake) string {
	switch m {
	case query.OpenQuote:
		return "quote"
	case query.NoTerm:
		return "term"
	case query.BadRegexp:
		return "regexp"
	default:
		return "level"
	}
}

// levelNames are the levels that a floor can be, with their words.
func levelNames(w *words.Set) []string {
	out := []string{w.Logs.AllLevels}
	for l := logs.LevelTrace; l <= logs.LevelFatal; l++ {
		out = append(out, strings.ToUpper(l.String()))
	}
	return out
}
