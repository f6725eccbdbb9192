package images

import (
	"cmp"
	"strings"

	"dsotop/internal/desk"
	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/style"
)

// names is the column of the names of facts.
const names = 12

// topFound is how many vulnerabilities stand beside the list.
const topFound = 6

// details says what is wrong with an artifact, where it runs, how long it stays, and the worst that its scan found.
func (p *Page) details(x item, w int) []string {
	e, i := p.env, p.env.Words.Images
	out := p.trouble(x, w)
	out = append(out, facts(e, x, w, true)...)
	if x.image != nil {
		out = append(out, p.stays(x, w)...)
	}
	out = append(out, p.where(x, w)...)
	if x.image == nil || !x.image.Scan.Known() {
		return out
	}
	out = append(out, pane.Head(e, w, i.Worst))
	a, known := p.found[x.image.Digest]
	switch {
	case known && a.why != nil:
		out = append(out, pane.Fetched(e, w, false, "", a.why)...)
	case known:
		out = append(out, worst(e, a.value, w)...)
	case p.fetch.Busy("found"):
		out = append(out, pane.Fetched(e, w, true, i.Reading, nil)...)
	default:
		out = append(out, e.Pen(w).Space(1).Put(style.Faint, e.Glyphs.None).Line())
	}
	return out
}

// trouble says what is wrong in words.
func (p *Page) trouble(x item, w int) []string {
	e, i := p.env, p.env.Words.Images
	var text, why string
	switch x.rank {
	case rankMissing:
		text, why = i.Missing, i.MissingAsked
	case rankGone:
		text, why = i.Missing, i.MissingRuns
	case rankMoved:
		text = i.Moved
	case rankCritical:
		text = i.Critical
	case rankHigh:
		text = i.High
	default:
		return nil
	}
	m := mark(e, x)
	out := pane.Text(e, w, 3, m.Role, text)
	out[0] = e.Pen(w).Space(1).Put(m.Role, m.Glyph).Space(1).Put(m.Role, block.Wrap(text, max(w-4, 12))[0]).Line()
	return append(out, pane.Text(e, w, 3, style.Muted, why)...)
}

// facts are what the lists know of an artifact; index says that it is one of several architectures, where nothing lists them.
func facts(e *page.Env, x item, w int, index bool) []string {
	i := e.Words.Images
	var out []string
	fact := func(name string, value ...style.Span) { out = append(out, pane.Fact(e, w, names, name, value...)...) }
	if t := x.tags(); len(t) > 0 {
		fact(i.Tag, style.Span{Role: style.Accent, Text: strings.Join(t, " ")})
	} else {
		fact(i.Tag, style.Span{Role: style.Faint, Text: i.Untagged})
	}
	if x.digest != "" {
		fact(i.DigestName, style.Span{Role: style.Muted, Text: x.digest})
	}
	if sha, sure := x.commit(); sha != "" {
		text := platform.ShortSHA(sha)
		if sure != platform.Exact {
			text += " (" + e.Words.Chain.Sure[sure] + ")"
		}
		fact(i.Commit, style.Span{Role: style.Accent, Text: text})
	}
	img := x.image
	if img == nil {
		return out
	}
	if !img.PushedAt.IsZero() {
		fact(i.PushedName, style.Span{Role: style.Muted, Text: e.Words.When(img.PushedAt, e.Now())}, style.Span{Role: style.Faint, Text: "  " + e.Words.Bytes(float64(img.Size))})
	}
	if index && len(img.Children) > 0 {
		fact(i.Platforms, style.Span{Role: style.Muted, Text: i.Index + " (" + e.Words.Int(len(img.Children)) + ")"})
	}
	switch {
	case img.Signed:
		fact(i.SignName, style.Span{Role: style.Good, Text: i.SignedYes})
	case img.Attached:
		fact(i.SignName, style.Span{Role: style.Unknown, Text: e.Glyphs.Unknown + " " + i.SignedMaybe})
	default:
		fact(i.SignName, style.Span{Role: style.Muted, Text: i.SignedNo})
	}
	pen := e.Pen(w).Space(1).Column(names).Put(style.Faint, i.ScanName).EndColumn().Space(1)
	scan(e, pen, x)
	if s := img.Scan; s.Known() {
		pen.Put(style.Faint, " M"+e.Words.Int(s.Medium)+" L"+e.Words.Int(s.Low))
		if !s.At.IsZero() {
			pen.Put(style.Faint, "  "+e.Words.When(s.At, e.Now()))
		}
	}
	return append(out, pen.Line())
}

// stays says how long the registry keeps the artifact.
func (p *Page) stays(x item, w int) []string {
	e, i := p.env, p.env.Words.Images
	a, known := p.keeps[x.project()]
	text, role := i.Place(x.place, x.of), style.Muted
	if known && a.why == nil {
		switch limit := a.value.Keeps(); {
		case limit == 0:
			text += "; " + p.kept(a)
		case x.place > limit:
			text, role = text+"; "+i.GoesAfter, style.Warn
		case x.place == limit:
			text, role = text+"; "+i.NextToGo, style.Warn
		default:
			text += "; " + i.Left(limit-x.place+1)
		}
		if role == style.Warn && len(x.runs) > 0 {
			role = style.Bad
		}
	}
	return pane.Fact(e, w, names, i.Retention, style.Span{Role: role, Text: text})
}

// where lists the environments that run it.
func (p *Page) where(x item, w int) []string { return where(p.env, x, w) }

func where(e *page.Env, x item, w int) []string {
	i := e.Words.Images
	out := []string{pane.Head(e, w, i.RunsIn)}
	if len(x.runs) == 0 {
		unread := false
		for k := range x.row.Dossier.Environments {
			unread = unread || !x.row.Dossier.Environments[k].Has(platform.FamPods)
		}
		text := i.RunsNowhere
		if unread {
			text += " (" + i.RunsUnknown + ")"
		}
		return append(out, e.Pen(w).Space(1).Put(style.Faint, e.Glyphs.None+" "+text).Line())
	}
	for _, r := range x.runs {
		glyph, role := e.Glyphs.OK, style.Good
		switch {
		case r.asked == r.pods:
			glyph, role = e.Glyphs.Bad, style.Bad
		case r.moved, x.image == nil:
			glyph, role = e.Glyphs.Warn, style.Warn
		case r.ready < r.pods:
			glyph, role = e.Glyphs.Half, style.Warn
		}
		pen := e.Pen(w).Space(1).Put(role, glyph).Space(1).Column(10).Put(style.Text, r.environment).EndColumn().Space(1).Put(style.Muted, i.PodCount(r.ready, r.pods))
		if r.tag != "" {
			pen.Put(style.Faint, "  "+i.OldTag+" ").Put(style.Accent, r.tag)
		}
		out = append(out, pen.Line())
		if r.moved {
			out = append(out, pane.Text(e, w, 3, style.Warn, i.Moved)...)
		}
	}
	return out
}

// worst lists the first vulnerabilities of a report.
func worst(e *page.Env, r desk.VulnerabilityReport, w int) []string {
	i := e.Words.Images
	if len(r.List) == 0 {
		return []string{e.Pen(w).Space(1).Put(style.Good, e.Glyphs.OK).Space(1).Put(style.Muted, i.Clean).Line()}
	}
	fixable := 0
	for _, v := range r.List {
		if v.Fixed != "" {
			fixable++
		}
	}
	out := []string{e.Pen(w).Space(1).Put(style.Muted, i.FixableCount(fixable, len(r.List)+r.Cut)).Line()}
	for n, v := range r.List {
		if n == topFound {
			return append(out, e.Pen(w).Space(1).Put(style.Faint, i.More(len(r.List)+r.Cut-n)).Line())
		}
		pen := e.Pen(w).Space(1).Put(severityRole(v.Severity), cmp.Or(letter(v.Severity), e.Glyphs.Unknown)).Space(1).Column(17).Put(style.Text, v.ID).EndColumn().Space(1).Put(style.Muted, v.Package)
		if v.Fixed != "" {
			pen.Put(style.Faint, " "+e.Glyphs.To+" "+v.Fixed)
		}
		out = append(out, pen.Line())
	}
	return out
}

// letter is a severity in one cell, as in the counts.
func letter(severity string) string {
	if severity == "" {
		return ""
	}
	return strings.ToUpper(severity[:1])
}

func severityRole(severity string) style.Role {
	switch strings.ToLower(severity) {
	case "critical":
		return style.Bad
	case "high":
		return style.Warn
	case "medium":
		return style.Text
	}
	return style.Faint
}
