package pane

import (
	"strconv"
	"strings"

	"dsotop/internal/fleet"
	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/style"
)

// Chains draws the delivery chains of a project, one line each, their links in columns. With room each link has its name and the joins are
// drawn; without, the names are on a line of their own.
type Chains struct {
	env  *page.Env
	row  *fleet.Row
	list []platform.Chain

	made map[bool]*chainTable // by whether links have their names
}

type chainTable struct {
	cells  [][][]style.Span // chain, column
	widths []int
	heads  []string
}

// NewChains takes the chains to draw: foreign images are left out, see [Foreign].
func NewChains(e *page.Env, row *fleet.Row) *Chains {
	c := &Chains{env: e, row: row, made: map[bool]*chainTable{}}
	for _, x := range row.Chains() {
		if x.Kind != platform.ChainForeign {
			c.list = append(c.list, x)
		}
	}
	return c
}

// List are the chains in the order of their lines.
func (c *Chains) List() []platform.Chain { return c.list }

// chainSteps are the columns after the name, with how soon they give way when there is no room: 0 never.
func chainSteps() []struct {
	step platform.Step
	give int
} {
	return []struct {
		step platform.Step
		give int
	}{{platform.StepExternal, 4}, {platform.StepMirror, 2}, {platform.StepPipeline, 0}, {platform.StepGate, 0}, {platform.StepImage, 0}, {platform.StepInfra, 3}, {platform.StepSync, 1}, {platform.StepPods, 0}}
}

func (c *Chains) table(named bool) *chainTable {
	if t := c.made[named]; t != nil {
		return t
	}
	e := c.env
	t := &chainTable{widths: []int{0}, heads: []string{""}}
	for _, s := range chainSteps() {
		head := ""
		if !named {
			head = e.Words.Chain.Step[s.step]
		}
		t.heads = append(t.heads, head)
		t.widths = append(t.widths, block.Width(head))
	}
	for i := range c.list {
		x := &c.list[i]
		line := [][]style.Span{c.name(x)}
		for _, s := range chainSteps() {
			line = append(line, c.cell(x, s.step, named))
		}
		for k, spans := range line {
			t.widths[k] = max(t.widths[k], style.WidthOf(spans...))
		}
		t.cells = append(t.cells, line)
	}
	c.made[named] = t
	return t
}

// fit chooses the columns for a width.
func (c *Chains) fit(w int) (t *chainTable, named bool, columns []int) {
	for _, named := range []bool{true, false} {
		t := c.table(named)
		gap := 2
		if named {
			gap = 3
		}
		for give := 5; give >= 1; give-- {
			if named && give < 4 {
				break // only the forge, of which mostly nothing is known, may be left out before the names are
			}
			columns, total := []int{0}, 2+t.widths[0]
			for k, s := range chainSteps() {
				if s.give >= give {
					continue
				}
				columns = append(columns, k+1)
				total += gap + t.widths[k+1]
			}
			if total <= w || !named && give == 1 {
				return t, named, columns
			}
		}
	}
	return c.table(false), false, []int{0}
}

// Head is the line of the names of the columns; ok is false where each link has its own.
func (c *Chains) Head(w int) (line string, ok bool) {
	t, named, columns := c.fit(w)
	if named || len(c.list) == 0 {
		return "", false
	}
	pen := c.env.Pen(w).Space(1)
	for i, k := range columns {
		if i > 0 {
			pen.Space(2)
		}
		pen.Column(t.widths[k]).Put(style.Title, t.heads[k]).EndColumn()
	}
	return pen.Line(), true
}

// Line draws one chain.
func (c *Chains) Line(i, w int, g style.Ground) string {
	e := c.env
	t, named, columns := c.fit(w)
	pen := e.Sheet.Pen(w, g)
	if g == style.Select {
		pen.Cursor(e.Glyphs.Cursor)
	}
	pen.To(1)
	for n, k := range columns {
		switch {
		case n == 0:
		case !named:
			pen.Space(2)
		case n == 1:
			pen.Space(3)
		default:
			pen.Put(style.Faint, " "+e.Glyphs.Into+" ")
		}
		pen.Column(t.widths[k]).Spans(t.cells[i][k]...).EndColumn()
	}
	return pen.Line()
}

func (c *Chains) name(x *platform.Chain) []style.Span {
	e := c.env
	name := x.Repository
	switch {
	case name == "":
		name = x.ImageName
	case x.ImageName != "" && x.ImageName != name:
		name = x.ImageName // one of several images of the repository
	}
	if x.Kind == platform.ChainBlind {
		name = e.Glyphs.Unknown
	}
	out := []style.Span{{Role: style.Strong, Text: name}}
	if x.Kind == platform.ChainIdle {
		return out
	}
	role := style.Text
	if x.Production {
		role = style.Accent
	}
	return append(out, style.Span{Role: style.Faint, Text: " " + e.Glyphs.To + " "}, style.Span{Role: role, Text: x.Environment})
}

// Link returns the sign of a link; of facts that were not read, the sign that says why.
func Link(e *page.Env, d *platform.Dossier, edge platform.Edge) cells.Mark {
	g := e.Glyphs
	switch edge.State {
	case platform.EdgeGood:
		return cells.Mark{Role: style.Good, Glyph: g.OK}
	case platform.EdgeRunning:
		return cells.Mark{Role: style.Running, Glyph: g.Running}
	case platform.EdgeWarn:
		return cells.Mark{Role: style.Warn, Glyph: g.Warn}
	case platform.EdgeBroken:
		return cells.Mark{Role: style.Bad, Glyph: g.Bad}
	case platform.EdgeNone:
		return cells.Mark{Role: style.Faint, Glyph: g.None}
	}
	if edge.Code == platform.CodeUnread && d != nil {
		if a, ok := d.Known[edge.Family]; ok && a.State != platform.StateLive {
			return cells.Missing(g, a.State)
		}
	}
	return cells.Mark{Role: style.Unknown, Glyph: g.Unknown}
}

func (c *Chains) cell(x *platform.Chain, s platform.Step, named bool) []style.Span {
	e := c.env
	edge, there := c.edge(x, s)
	if !there {
		return nil
	}
	m := Link(e, c.row.Dossier, edge)
	label := func(text string) []style.Span {
		if !named {
			return nil
		}
		return []style.Span{{Role: style.Faint, Text: text + " "}}
	}
	name := e.Words.Chain.Step[s]
	switch s {
	case platform.StepExternal:
		if edge.Name == "" || !named {
			return append(label(name), m.Span())
		}
		return append(label(name), style.Span{Role: style.Muted, Text: edge.Name + " "}, m.Span())
	case platform.StepPipeline:
		if edge.Name == "" {
			return append(label(name), m.Span())
		}
		return []style.Span{{Role: style.Text, Text: edge.Name + " "}, m.Span()}
	case platform.StepGate:
		return append(append(label(name), m.Span()), c.gate(x, edge, named)...)
	case platform.StepImage:
		return c.image(x, edge, m)
	case platform.StepInfra:
		if edge.Name == "" {
			return append(label(name), m.Span())
		}
		out := append(label(name), style.Span{Role: style.Text, Text: edge.Name})
		if edge.State != platform.EdgeGood {
			out = append(out, style.Span{Role: m.Role, Text: " " + m.Glyph})
		}
		return out
	case platform.StepPods:
		if edge.State == platform.EdgeUnknown || x.Kind == platform.ChainIdle {
			return append(label(name), m.Span())
		}
		return []style.Span{{Role: cells.Ready(x.Ready, x.Desired), Text: edge.Name + " "}, m.Span()}
	}
	return append(label(name), m.Span())
}

func (c *Chains) edge(x *platform.Chain, s platform.Step) (platform.Edge, bool) {
	for _, e := range x.Edges {
		if e.Step == s {
			return e, true
		}
	}
	return platform.Edge{}, false
}

// gate says of a red gate what fails, and of another commit's which one it is.
func (c *Chains) gate(x *platform.Chain, edge platform.Edge, named bool) []style.Span {
	g := c.repository(x)
	if g == nil || g.Gate == nil || !named {
		return nil
	}
	switch {
	case edge.Code == platform.CodeOtherCommit:
		return []style.Span{{Role: style.Faint, Text: " (" + platform.ShortSHA(g.Gate.Revision) + ")"}}
	case edge.State == platform.EdgeBroken:
		if failing := g.Gate.Failing(); len(failing) > 0 {
			return []style.Span{{Role: style.Bad, Text: " " + c.env.Words.Measured(failing[0])}}
		}
	}
	return nil
}

func (c *Chains) repository(x *platform.Chain) *platform.RepositoryFacts {
	for i := range c.row.Dossier.Repositories {
		if r := &c.row.Dossier.Repositories[i]; r.Name == x.Repository {
			return r
		}
	}
	return nil
}

// image is the commit that runs, how sure that is, and its vulnerabilities.
func (c *Chains) image(x *platform.Chain, edge platform.Edge, m cells.Mark) []style.Span {
	e := c.env
	v := x.Main()
	if v == nil {
		return []style.Span{m.Span()}
	}
	out := Commit(e, v.Commit, v.Confidence)
	if v.Commit == "" {
		out = []style.Span{m.Span()}
		if v.Tag != "" {
			out = append(out, style.Span{Role: style.Text, Text: " " + v.Tag})
		}
	} else if edge.State != platform.EdgeGood {
		out = append(out, style.Span{Role: m.Role, Text: " " + m.Glyph})
	}
	if n := len(x.Versions); n > 1 {
		out = append(out, style.Span{Role: style.Warn, Text: " +" + strconv.Itoa(n-1)})
	}
	if img := v.Artifact; img != nil && img.Scan.Known() {
		role := style.Faint
		if img.Scan.Critical > 0 {
			role = style.Bad
		}
		out = append(out, style.Span{Role: role, Text: " C" + strconv.Itoa(img.Scan.Critical)}, style.Span{Role: style.Faint, Text: " H" + strconv.Itoa(img.Scan.High)})
	}
	return out
}

// Commit writes a SHA as people say it, after a sign when it is only probable.
func Commit(e *page.Env, sha string, sure platform.Confidence) []style.Span {
	switch {
	case sha == "":
		return []style.Span{{Role: style.Unknown, Text: e.Glyphs.Unknown}}
	case sure == platform.Probable:
		return []style.Span{{Role: style.Unknown, Text: "~"}, {Role: style.Text, Text: platform.ShortSHA(sha)}}
	}
	return []style.Span{{Role: style.Text, Text: platform.ShortSHA(sha)}}
}

// Details draws what is known of each link of one chain: why, how sure, how old, and the finding that says the same with its procedure.
func (c *Chains) Details(i, w int) []string {
	x := &c.list[i]
	var out []string
	for _, edge := range x.Edges {
		f, found := c.row.FindingOf(x, edge)
		out = append(out, Edge(c.env, c.row.Dossier, edge, w, f.Runbook)...)
		if found && edge.State != platform.EdgeGood {
			out = append(out, Text(c.env, w, 18+max(min(w/5, 22), 11), style.Muted, c.env.Words.FindingTitle(f))...)
		}
	}
	for k := range x.Versions {
		v := &x.Versions[k]
		if v.Image == "" {
			continue
		}
		pen := c.env.Pen(w).Space(5).Put(style.Faint, v.Image)
		if v.Digest != "" {
			pen.Put(style.Faint, " "+c.env.Words.Chain.Digest+" "+strings.TrimPrefix(v.Digest, "sha256:")[:min(12, len(strings.TrimPrefix(v.Digest, "sha256:")))])
		}
		out = append(out, pen.Line())
	}
	return out
}

// Edge draws one link in one line: sign, step, name, why and how sure, and on the right its age and procedure.
func Edge(e *page.Env, d *platform.Dossier, edge platform.Edge, w int, runbook string) []string {
	m := Link(e, d, edge)
	cw := e.Words.Chain
	pen := e.Pen(w).Space(5).Put(m.Role, m.Glyph).Space(1).Column(10).Put(style.Faint, cw.Step[edge.Step]).EndColumn()
	if edge.Name != "" {
		pen.Column(max(min(w/5, 22), 11)).Put(style.Text, edge.Name).EndColumn().Space(1)
	}
	why := cw.Why[edge.Code]
	if why == "" {
		why = edge.Code
	}
	if edge.Code == platform.CodeUnread && d != nil {
		if a, ok := d.Known[edge.Family]; ok {
			why = cells.MissingWord(e.Words, a.State)
			if a.Source != "" {
				why += " (" + a.Source + ")"
			}
		}
	}
	tail := ""
	if !edge.At.IsZero() {
		tail = e.Age(edge.At)
	}
	if runbook != "" {
		tail = strings.TrimSpace(tail + "  " + runbook)
	}
	if tail != "" {
		tail += " " // the margin
	}
	pen.Column(max(pen.Left()-block.Width(tail)-2, 0))
	pen.Put(style.Muted, why)
	if edge.Confidence == platform.Probable {
		if why != "" {
			pen.Put(style.Faint, ", ")
		}
		pen.Put(style.Unknown, cw.Sure[platform.Probable])
	}
	pen.EndColumn()
	return []string{pen.Right(style.Faint, tail).Line()}
}

// Foreign names the images of an environment that are not the project's: databases, caches, proxies. "" when there are none.
func Foreign(row *fleet.Row, namespace string) string {
	var out []string
	for _, x := range row.Chains() {
		if x.Kind != platform.ChainForeign || x.Namespace != namespace {
			continue
		}
		name := x.ImageName[strings.LastIndexByte(x.ImageName, '/')+1:]
		if v := x.Main(); v != nil && v.Tag != "" {
			name += ":" + v.Tag
		}
		out = append(out, name)
	}
	return strings.Join(out, ", ")
}

// Truth draws the commit that runs in each environment, side by side: one line a repository.
func Truth(e *page.Env, row platform.TruthRow, w int, g style.Ground, name int) string {
	cw := e.Words.Chain
	pen := e.Sheet.Pen(w, g)
	if g == style.Select {
		pen.Cursor(e.Glyphs.Cursor)
	}
	pen.To(1).Column(name).Put(style.Strong, row.Repository).EndColumn()
	if len(row.Cells) == 0 {
		return pen.Line()
	}
	each := (w - name - 2) / len(row.Cells)
	for _, c := range row.Cells {
		pen.Column(each).Space(1).Put(style.Faint, c.Environment+" ")
		switch {
		case !c.Known:
			pen.Put(style.Unknown, e.Glyphs.Unknown)
		case !c.Deployed:
			pen.Put(style.Faint, e.Glyphs.None)
		default:
			pen.Spans(Commit(e, c.Commit, c.Confidence)...)
			if c.Several > 1 {
				pen.Put(style.Warn, " +"+strconv.Itoa(c.Several-1))
			}
			late := ""
			role := style.Faint
			switch {
			case !c.Counted:
			case c.Behind == 0:
				late = cw.UpToDate
			default:
				late, role = cw.Behind(c.Behind, c.AtLeast), style.Warn
				if pen.Left() < block.Width(late)+6 {
					late = "-" + strconv.Itoa(c.Behind)
				}
			}
			if late != "" && pen.Left() > block.Width(late) {
				pen.Put(role, " "+late)
			}
			if !c.Since.IsZero() && pen.Left() >= 6 {
				pen.Put(style.Faint, " "+e.AgeShort(c.Since))
			}
		}
		pen.EndColumn()
	}
	return pen.Line()
}
