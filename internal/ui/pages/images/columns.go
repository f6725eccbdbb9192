package images

import (
	"cmp"
	"strconv"
	"strings"

	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/style"
	"dsotop/internal/ui/table"
)

type column = table.Column[item]

func (p *Page) columns() []column {
	e, i := p.env, p.env.Words.Images
	out := []column{{ID: "name", Title: "  " + i.Name, Name: strings.ToLower(i.Name), Want: 14, Min: 12, Max: 30, Natural: func(x item) int { return block.Width(x.repository) + 2 }, Draw: func(pen *style.Pen, x item) {
		m := mark(e, x)
		role := style.Text
		if x.rank >= rankMoved {
			role = style.Strong
		}
		pen.Put(m.Role, m.Glyph).Space(1).Put(role, x.repository)
	}, Compare: func(a, b item) int { return strings.Compare(a.repository, b.repository) }, Value: func(x item) string { return x.repository }}}
	if p.key == "" {
		out = append(out, column{ID: "project", Title: i.Project, Want: 11, Max: 20, Natural: func(x item) int { return block.Width(x.slug()) }, Draw: func(pen *style.Pen, x item) { pen.Put(style.Muted, x.slug()) },
			Compare: func(a, b item) int { return strings.Compare(a.slug(), b.slug()) }, Value: item.slug})
	}
	return append(out,
		column{ID: "tags", Title: i.Tags, Want: 10, Min: 9, Max: 26, Natural: func(x item) int { return block.Width(strings.Join(x.tags(), " ")) }, Draw: func(pen *style.Pen, x item) {
			t := x.tags()
			if len(t) == 0 {
				pen.Put(style.Faint, i.Untagged)
				return
			}
			pen.Put(style.Accent, t[0])
			if len(t) > 1 {
				pen.Put(style.Muted, " "+strings.Join(t[1:], " "))
			}
		}, Value: func(x item) string { return strings.Join(x.tags(), " ") }},
		column{ID: "scan", Title: i.Scan, Want: 9, Draw: func(pen *style.Pen, x item) { scan(e, pen, x) }, Compare: func(a, b item) int { return cmp.Compare(danger(b), danger(a)) }},
		column{ID: "runs", Title: i.Runs, Want: 12, Max: 26, Natural: func(x item) int { return block.Width(places(x)) }, Draw: func(pen *style.Pen, x item) {
			if len(x.runs) == 0 {
				pen.Put(style.Faint, e.Glyphs.None)
				return
			}
			for n, r := range x.runs {
				if n > 0 {
					pen.Space(1)
				}
				role := style.Text
				if r.moved || x.image == nil {
					role = style.Warn
				}
				pen.Put(role, r.environment)
			}
		}, Compare: func(a, b item) int { return cmp.Compare(len(b.runs), len(a.runs)) }, Value: places},
		column{ID: "pushed", Title: i.Pushed, Want: 7, Keep: 2, Right: true, Draw: func(pen *style.Pen, x item) {
			if x.image == nil || x.image.PushedAt.IsZero() {
				pen.Right(style.Faint, e.Glyphs.None)
				return
			}
			pen.Right(style.Muted, e.Age(x.image.PushedAt))
		}, Compare: func(a, b item) int {
			if a.image == nil || b.image == nil {
				return boolRank(b.image == nil) - boolRank(a.image == nil)
			}
			return b.image.PushedAt.Compare(a.image.PushedAt)
		}},
		column{ID: "rank", Title: i.Rank, Want: 6, Keep: 1, Right: true, Draw: p.rank, Compare: func(a, b item) int { return cmp.Compare(b.place, a.place) }},
		column{ID: "signed", Title: i.Signed, Want: 5, Keep: 5, Draw: func(pen *style.Pen, x item) {
			switch {
			case x.image == nil:
				pen.Put(style.Faint, e.Glyphs.None)
			case x.image.Signed:
				pen.Put(style.Good, e.Glyphs.OK)
			case x.image.Attached:
				pen.Put(style.Unknown, e.Glyphs.Unknown)
			default:
				pen.Put(style.Faint, e.Glyphs.None)
			}
		}, Compare: func(a, b item) int { return boolRank(signed(a)) - boolRank(signed(b)) }},
		column{ID: "size", Title: i.Size, Want: 8, Keep: 6, Right: true, Draw: func(pen *style.Pen, x item) {
			if x.image == nil || x.image.Size == 0 {
				pen.Right(style.Faint, e.Glyphs.None)
				return
			}
			pen.Right(style.Muted, e.Words.Bytes(float64(x.image.Size)))
		}, Compare: func(a, b item) int { return cmp.Compare(size(b), size(a)) }},
		column{ID: "digest", Title: i.Digest, Want: 12, Keep: 7, Draw: func(pen *style.Pen, x item) { pen.Put(style.Faint, cmp.Or(shortDigest(x.digest), e.Glyphs.None)) }, Value: func(x item) string { return shortDigest(x.digest) }},
	)
}

func signed(x item) bool { return x.image != nil && x.image.Signed }

func size(x item) int64 {
	if x.image == nil {
		return 0
	}
	return x.image.Size
}

func places(x item) string {
	var out []string
	for _, r := range x.runs {
		out = append(out, r.environment)
	}
	return strings.Join(out, " ")
}

// mark is the sign of a row.
func mark(e *page.Env, x item) cells.Mark {
	switch x.rank {
	case rankMissing:
		return cells.Mark{Role: style.Critical, Glyph: e.Glyphs.Bad}
	case rankGone:
		return cells.Mark{Role: style.Bad, Glyph: e.Glyphs.Bad}
	case rankMoved, rankCritical, rankHigh: // what runs and should not stay
		return cells.Mark{Role: style.Warn, Glyph: e.Glyphs.Warn}
	}
	if len(x.runs) > 0 {
		return cells.Mark{Role: style.Good, Glyph: e.Glyphs.Dot}
	}
	return cells.Mark{Role: style.Faint, Glyph: e.Glyphs.NotSet}
}

// scan writes the counts that matter, or why there are none.
func scan(e *page.Env, pen *style.Pen, x item) {
	i := e.Words.Images
	switch {
	case x.image == nil:
		pen.Put(style.Warn, i.MissingShort)
	case !x.image.Scan.Known():
		role, _, word := scanWord(e, x.image.Scan)
		pen.Put(role, word)
	default:
		s := x.image.Scan
		role := style.Faint
		if s.Critical > 0 {
			role = style.Bad
		}
		pen.Put(role, "C"+strconv.Itoa(s.Critical))
		role = style.Faint
		if s.High > 0 {
			role = style.Warn
		}
		pen.Put(role, " H"+strconv.Itoa(s.High))
	}
}

// scanWord says why a scan has no counts.
func scanWord(e *page.Env, s platform.Scan) (role style.Role, long, short string) {
	i := e.Words.Images
	switch s.Status {
	case "":
		return style.Faint, i.NotScanned, i.NeverShort
	case "Pending", "Scheduled", "Running":
		return style.Running, i.Scanning, i.ScanningShort
	}
	return style.Warn, i.ScanFailed, i.FailedShort
}

func danger(x item) int {
	if x.image == nil || !x.image.Scan.Known() {
		return -1
	}
	return x.image.Scan.Critical*10000 + x.image.Scan.High
}

// rank is the place of an artifact among those of its repository, against how many are kept.
func (p *Page) rank(pen *style.Pen, x item) {
	if x.image == nil {
		pen.Right(style.Faint, p.env.Glyphs.None)
		return
	}
	role, of := style.Faint, x.of
	if limit := p.limit(x); limit > 0 {
		of = limit
		switch {
		case x.place >= limit && len(x.runs) > 0:
			role = style.Bad
		case x.place >= limit:
			role = style.Warn
		}
	}
	pen.Right(role, strconv.Itoa(x.place)+"/"+strconv.Itoa(of))
}
