package logs

import (
	"strings"
	"unicode/utf8"

	"dsotop/internal/logs"
	"dsotop/internal/logs/format"
	"dsotop/internal/logs/lines"
	"dsotop/internal/logs/plain"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/ink"
	"dsotop/internal/ui/style"
)

// parseLimit is the longest line that is taken apart into fields for the list, in bytes; a longer one is shown as it is. The detail has
// no such limit.
const parseLimit = 64 << 10

// shape is everything that the look of the lines depends on, apart from the line itself: a memo of another shape is void.
type shape struct {
	w, names       int
	sheet          string
	raw, wrap      bool
	colours, day   bool
	narrow, quiet  bool
	clock          clock
	shift, rows    int
	query, columns string
	origin         int64 // of relative times
	floor          logs.Level
}

// memo keeps what was drawn of lines, while they look the same.
type memo struct {
	shape shape
	drawn map[memoKey][]string
}

type memoKey struct {
	id     lines.ID
	prev   int64 // time of the line above, where it matters
	folded int
	ground style.Ground
	sign   string
}

// memoLimit bounds the memo: some screens.
const memoLimit = 1500

func (m *memo) init() { m.shape, m.drawn = shape{}, map[memoKey][]string{} }

// of returns the memo for a shape, empty when the shape is new.
func (m *memo) of(s shape) map[memoKey][]string {
	if m.shape != s || len(m.drawn) > memoLimit {
		m.shape, m.drawn = s, map[memoKey][]string{}
	}
	return m.drawn
}

// drawn returns the rows of one item, each exactly sh.w cells. prev is the time of the item above, 0 when there is none.
func (p *Page) drawn(sh shape, it lines.Item, prev int64, ground style.Ground, sign string) []string {
	if it.Notice != nil {
		return []string{p.noticeLine(sh, *it.Notice, ground, sign)}
	}
	key := memoKey{id: it.ID, folded: it.Folded, ground: ground, sign: sign}
	if sh.clock == clockDelta {
		key.prev = prev
	}
	memo := p.memo.of(sh)
	if rows, ok := memo[key]; ok {
		return rows
	}
	rows := p.draw(sh, it, prev, ground, sign)
	memo[key] = rows
	return rows
}

func (p *Page) draw(sh shape, it lines.Item, prev int64, ground style.Ground, sign string) []string {
	pen := p.env.Sheet.Pen(sh.w, under(ground))
	p.gutter(pen, sh, it, prev, sign, ground)
	left := pen.X()
	room := sh.w - left
	tail := ""
	if it.Folded > 0 {
		tail = "  " + p.env.Glyphs.Closed + " " + p.env.Words.Logs.Folded(it.Folded)
	}
	limit := (sh.shift+room)*4 + 256
	if sh.wrap {
		limit = room*sh.rows*4 + 256
	}
	text, cut := head(it.Text, limit)
	pieces := p.pieces(sh, it, text)
	if cut {
		pieces = append(pieces, piece{Role: style.Faint, Text: p.env.Glyphs.Ellipsis})
	}
	if !sh.wrap {
		col := room
		if w := block.Width(tail); w < room/2 {
			col -= w
		}
		pen.Column(col)
		more := ink.Put(pen, pieces, sh.shift)
		pen.EndColumn()
		switch {
		case tail != "":
			pen.Put(style.Info, tail)
		case more && pen.Left() > 0:
			pen.Put(style.Faint, p.env.Glyphs.Ellipsis)
		}
		return []string{pen.Line()}
	}
	if tail != "" {
		pieces = append(pieces, piece{Role: style.Info, Text: tail})
	}
	var out []string
	for i, row := range ink.Wrapped(pieces, room, sh.rows) {
		if i > 0 {
			pen = p.env.Sheet.Pen(sh.w, under(ground))
			if sign != "" {
				pen.Put(style.Accent, sign)
			}
			pen.To(left)
		}
		ink.Put(pen, row, 0)
		out = append(out, pen.Line())
	}
	return out
}

// under is the ground of the text of a line: the cursor is shown on the time and the name only, so that a step repaints a few cells.
func under(g style.Ground) style.Ground {
	if g == style.Point {
		return style.Plain
	}
	return g
}

// head is the start of a text, cut between characters.
func head(text string, limit int) (string, bool) {
	if len(text) <= limit {
		return text, false
	}
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return text[:limit], true
}

// gutter writes what stands before the text: the cursor or a mark, the time, where it comes from, the level.
func (p *Page) gutter(pen *style.Pen, sh shape, it lines.Item, prev int64, sign string, ground style.Ground) {
	e := p.env
	switch sign {
	case "":
		pen.Space(1)
	default:
		pen.Put(style.Accent, sign)
	}
	pen.Onto(ground)
	timeRole := style.Faint
	if ground == style.Point {
		timeRole = style.Strong
	}
	if it.Continues {
		timeRole = style.Border
	}
	switch sh.clock {
	case clockAbsolute:
		pen.Put(timeRole, stamp(e.Words, it.At, p.zone(), sh.day, sh.narrow)).Space(1)
	case clockRelative:
		pen.Column(8).Right(timeRole, span(e.Words, duration(it.At-sh.origin))).EndColumn().Space(1)
	case clockDelta:
		text := ""
		if prev != 0 {
			text = span(e.Words, duration(it.At-prev))
		}
		pen.Column(8).Right(timeRole, text).EndColumn().Space(1)
	default:
	}
	n := p.names.of(it.Stream)
	pen.Column(max(p.names.width, 1)).Put(n.role, n.container)
	if n.pod != "" {
		pen.Put(style.Faint, " "+n.pod)
	}
	pen.EndColumn().Onto(under(ground)).Space(1)
	p.level(pen, sh, it)
}

// level writes the sign and the word of a level, in a column of its own.
func (p *Page) level(pen *style.Pen, sh shape, it lines.Item) {
	m := levelMark(p.env, it.Level)
	word := strings.ToUpper(it.Level.String())
	n := 7
	if sh.narrow {
		n = 5
		word = shortLevel(it.Level)
	}
	if it.Continues || it.Level == logs.LevelNone {
		pen.Space(n + 1)
		return
	}
	if p.env.Glyphs.Aloud { // the word says it
		m.Glyph = ""
	}
	pen.Column(n).Put(m.Role, m.Glyph).Space(1).Put(m.Role, word).EndColumn().Space(1)
}

func shortLevel(l logs.Level) string {
	return [...]string{"", "TRC", "DBG", "INF", "WRN", "ERR", "FTL"}[min(l, logs.LevelFatal)]
}

// textRole is how the text of a line of that level reads: what is wrong is bright, what is normal is not.
func textRole(it lines.Item) style.Role {
	switch {
	case it.Continues:
		return style.Muted
	case it.Level >= logs.LevelError:
		return style.Strong
	case it.Level == logs.LevelDebug, it.Level == logs.LevelTrace:
		return style.Faint
	}
	return style.Text
}

// pieces is the text of a line as it is shown: laid out, as it came, or in its own colours, with what the search found.
func (p *Page) pieces(sh shape, it lines.Item, text string) []piece {
	role := textRole(it)
	var out []piece
	switch {
	case sh.colours:
		out = ink.Coloured(text, role, p.env.Sheet.Profile)
	case !sh.raw && !it.Continues && len(it.Text) <= parseLimit:
		out = p.laidOut(it, role)
	}
	if out == nil {
		out = []piece{{Role: role, Text: plain.Line(text)}}
	}
	if p.match == nil || sh.quiet {
		return out
	}
	found := make([]piece, 0, len(out)+4)
	for _, x := range out {
		found = append(found, ink.Marked(x, p.match.Spans(x.Text))...)
	}
	return found
}

// laidOut is a line in parts: the columns that were chosen, what is meant for people, then the other fields that tell something. nil
// for a format without fields.
func (p *Page) laidOut(it lines.Item, role style.Role) []piece {
	if it.Format == format.Plain {
		return nil
	}
	message := plain.Line(p.set.Message(it.Text, it.Format))
	preferred := p.set.Columns(it.Format)
	if message == "" && len(preferred) == 0 && len(p.columns) == 0 {
		return nil
	}
	fields := p.set.Fields(it.Text, it.Format)
	if len(fields) == 0 {
		return nil
	}
	value := func(name string) string {
		for i := range fields {
			if fields[i].Name == name {
				return plain.Line(fields[i].Value)
			}
		}
		brought, _ := it.Meta.Get(name)
		return brought
	}
	var out []piece
	for _, c := range p.columns {
		out = append(out, piece{Role: style.Title, Text: block.Fit(value(c), columnWidth)}, piece{Role: role, Text: " "})
	}
	if message == "" {
		for i, c := range preferred {
			v := value(c)
			if v == "" || v == "-" {
				continue
			}
			if i > 0 && len(out) > 0 {
				out = append(out, piece{Role: style.Faint, Text: " "})
			}
			out = append(out, piece{Role: valueRole(c, v, role), Text: v})
		}
		if len(out) == 0 {
			return nil
		}
		return out
	}
	out = append(out, piece{Role: role, Text: message})
	for _, c := range preferred {
		v := value(c)
		if v == "" || strings.Contains(message, v) {
			continue
		}
		out = append(out, piece{Role: style.Faint, Text: "  " + strings.TrimPrefix(plain.Line(c), "_") + "="}, piece{Role: valueRole(c, v, style.Muted), Text: v})
	}
	return out
}

// columnWidth is the width of a column that a person chose.
const columnWidth = 18

// valueRole gives a status of HTTP its weight.
func valueRole(field, value string, role style.Role) style.Role {
	if !strings.Contains(field, "status") || len(value) != 3 {
		return role
	}
	switch value[0] {
	case '5':
		return style.Bad
	case '4':
		return style.Warn
	}
	return style.Muted
}
