package quality

import (
	"slices"

	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/style"
)

// shownMeasures are the measures in the order in which people read them.
func shownMeasures() []string {
	return []string{"coverage", "bugs", "vulnerabilities", "security_hotspots", "code_smells", "duplicated_lines_density", "ncloc"}
}

// details says what the gate is, of which commit, what fails, and where that commit runs. measures are left away where a table has them.
func details(e *page.Env, g gate, w int, measures bool) []string {
	q := e.Words.Quality
	m := cells.Gate(e.Glyphs, g.state())
	pen := e.Pen(w).Space(1).Put(m.Role, m.Glyph).Space(1).Put(pane.Calm(m), g.state())
	x := g.repo.Gate
	if x != nil && g.state() == platform.GateNone && !g.never() {
		pen.Put(style.Muted, "  "+q.NoGate)
	} else {
		pen.Put(style.Muted, "  "+q.State[g.state()])
	}
	out := []string{pen.Line()}
	if x == nil || g.never() {
		return append(out, pane.Text(e, w, 3, style.Muted, q.NeverWhy)...)
	}
	pen = e.Pen(w).Space(3)
	if !x.AnalysedAt.IsZero() {
		pen.Put(style.Muted, q.AnalysedAgo(e.Age(x.AnalysedAt)))
	}
	if x.Revision != "" {
		pen.Put(style.Faint, " · ").Put(style.Accent, platform.ShortSHA(x.Revision))
	}
	if x.Version != "" {
		pen.Put(style.Faint, " "+e.Words.Chain.On+" ").Put(style.Muted, x.Version)
	}
	out = append(out, pen.Line())
	out = append(out, pane.Text(e, w, 3, style.Faint, q.Note)...)
	if x.Revision == "" {
		out = append(out, e.Pen(w).Space(3).Put(style.Unknown, e.Glyphs.Unknown).Space(1).Put(style.Muted, q.NoRevision).Line())
	}
	out = append(out, conditions(e, x, w)...)
	out = append(out, deployed(e, g, w)...)
	if measures {
		out = append(out, pane.Head(e, w, q.Measures))
		n := len(out)
		for _, metric := range shownMeasures() {
			if v, ok := x.Measures[metric]; ok {
				out = append(out, e.Pen(w).Space(1).Column(18).Put(style.Faint, e.Words.Metric(metric)).EndColumn().Space(1).Column(9).Right(style.Text, e.Words.Measure(metric, v)).EndColumn().Line())
			}
		}
		if len(out) == n {
			out = append(out, e.Pen(w).Space(1).Put(style.Faint, q.NoMeasure).Line())
		}
	}
	return out
}

// conditions lists those of a gate, what fails first: a name, the value, and what was wanted.
func conditions(e *page.Env, x *platform.Gate, w int) []string {
	if len(x.Conditions) == 0 {
		return nil
	}
	q := e.Words.Quality
	list := slices.Clone(x.Conditions)
	slices.SortStableFunc(list, func(a, b platform.GateCondition) int { return failRank(b) - failRank(a) })
	widest := 0
	for _, c := range list {
		widest = max(widest, block.Width(e.Words.Metric(c.Metric)))
	}
	widest = min(widest, max(w-32, 14))
	out := []string{pane.Head(e, w, q.Conditions)}
	for _, c := range list {
		m := cells.Gate(e.Glyphs, c.Status)
		role := style.Muted
		if c.Status == platform.GateError {
			role = style.Strong
		}
		value := e.Words.Measure(c.Metric, c.Value)
		if value == "" {
			value = e.Glyphs.None
		}
		pen := e.Pen(w).Space(1).Put(m.Role, m.Glyph).Space(1).Column(widest).Put(role, e.Words.Metric(c.Metric)).EndColumn().Space(1).Column(7).Right(pane.Calm(m), value).EndColumn()
		if c.Threshold != "" {
			wanted := "≥ "
			if c.Comparator == "GT" {
				wanted = "≤ "
			}
			if e.Glyphs.ASCII {
				wanted = map[string]string{"≥ ": ">= ", "≤ ": "<= "}[wanted]
			}
			pen.Put(style.Faint, "  "+q.Wanted+" "+wanted+e.Words.Measure(c.Metric, c.Threshold))
		}
		out = append(out, pen.Line())
	}
	return out
}

func failRank(c platform.GateCondition) int {
	switch c.Status {
	case platform.GateError:
		return 2
	case platform.GateWarn:
		return 1
	}
	return 0
}

// deployed says where the repository runs, and whether what runs there is what was analysed.
func deployed(e *page.Env, g gate, w int) []string {
	q := e.Words.Quality
	out := []string{pane.Head(e, w, q.Where)}
	places := g.places()
	if len(places) == 0 {
		return append(out, e.Pen(w).Space(1).Put(style.Faint, e.Glyphs.None+" "+q.NotThere).Line())
	}
	for _, c := range places {
		mark, text := cells.Mark{Role: style.Unknown, Glyph: e.Glyphs.Unknown}, q.NoCommit
		switch same, known := analysedThere(g, c); {
		case known && same:
			mark, text = cells.Mark{Role: style.Good, Glyph: e.Glyphs.OK}, q.SameCommit
		case known:
			mark, text = cells.Mark{Role: style.Warn, Glyph: e.Glyphs.Warn}, q.OtherCommit
		}
		commit := platform.ShortSHA(c.Commit)
		if commit == "" {
			commit = e.Glyphs.None
		}
		pen := e.Pen(w).Space(1).Put(mark.Role, mark.Glyph).Space(1).Column(10).Put(style.Text, c.Environment).EndColumn().Space(1).Column(9).Put(style.Accent, commit).EndColumn()
		if block.Width(text)+1 <= pen.Left() {
			out = append(out, pen.Put(style.Muted, text).Line())
			continue
		}
		out = append(out, pen.Line())
		out = append(out, pane.Text(e, w, 3, style.Muted, text)...)
	}
	return out
}
