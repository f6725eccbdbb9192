package project

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"dsotop/internal/logs"
	"dsotop/internal/platform"
	"dsotop/internal/platform/findings"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/chart"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/keys"
	"dsotop/internal/ui/outline"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/style"
)

// facts is the first line: how the project is, in the console's words, whose it is and where.
func (p *Page) facts(w int) string {
	e, d := p.env, p.row.Dossier
	pr, pw := &d.Project, e.Words.Project
	m := cells.Severity(e.Glyphs, p.row.Severity)
	pen := e.Pen(w).Space(1).Put(m.Role, m.Glyph).Space(1).Put(style.Strong, pr.Slug)
	if pr.Name != "" && pr.Name != pr.Slug && w >= 120 {
		pen.Put(style.Muted, " "+pr.Name)
	}
	pen.Space(3)
	if pr.Derived {
		pen.Put(style.Warn, e.Glyphs.Half+" "+pw.Derived)
	} else {
		c := cells.Console(e.Glyphs, pr.Status)
		word := e.Words.Fleet.ConsoleState[pr.Status]
		if word == "" {
			word = pr.Status
		}
		role := c.Role
		if role == style.Good {
			role = style.Muted
		}
		pen.Put(c.Role, c.Glyph).Space(1).Put(role, word)
		if len(p.row.Console.Tools) > 0 && pr.Status != platform.ProjectCreated {
			pen.Put(c.Role, " ("+strings.Join(p.row.Console.Tools, ", ")+")")
		}
		switch lag := lagWord(p.row.Console.Lag); {
		case pr.LastProvisioned == "" && pr.Status == platform.ProjectCreated:
			pen.Space(2).Put(style.Warn, pw.Never)
		case pr.LastProvisioned != "":
			pen.Space(2).Put(style.Muted, cells.ShortVersion(pr.LastProvisioned))
			if lag != "" && w >= 100 {
				pen.Put(style.Warn, " "+pw.Behind[lag])
			} else if lag != "" {
				pen.Space(1).Put(style.Warn, e.Glyphs.Warn)
			}
		}
	}
	if pr.Locked {
		pen.Space(3).Put(style.Unknown, e.Glyphs.Lock).Space(1)
		if w >= 120 {
			pen.Put(style.Unknown, pw.Locked)
		} else {
			pen.Put(style.Unknown, e.Words.Fleet.Locked)
		}
	}
	var right []style.Span
	if len(p.row.Zones) > 0 {
		right = append(right, style.Span{Role: style.Faint, Text: pw.Zones + " "}, style.Span{Role: style.Text, Text: strings.Join(p.row.Zones, ", ")})
	}
	if p.row.Owner != "" {
		owner := []style.Span{{Role: style.Faint, Text: "   " + pw.Owner + " "}, {Role: style.Text, Text: p.row.Owner + " "}}
		if style.WidthOf(append(slices.Clone(right), owner...)...)+2 > pen.Left() {
			owner = []style.Span{{Role: style.Text, Text: "   " + p.row.Owner + " "}}
		}
		right = append(right, owner...)
	}
	if style.WidthOf(right...)+2 <= pen.Left() {
		pen.RightSpans(right...)
	}
	return pen.Line()
}

func lagWord(l findings.Lag) string {
	switch l {
	case findings.LagPatch:
		return "patch"
	case findings.LagMinor:
		return "minor"
	case findings.LagMajor:
		return "major"
	}
	return ""
}

// Keys of the outline's items.
const (
	keyFinding = "f:"
	keyPlace   = "p:"
	keyEnv     = "e:"
	keyChain   = "c:" // namespace|image of a chain
	keyTruth   = "t:" // a repository
	keyCommit  = "s:" // a SHA
	keyExposed = "x:" // the id of a chain of exposure
	keyRules   = "rules"
)

func (p *Page) finding(key string) (platform.Finding, bool) {
	key, ok := strings.CutPrefix(key, keyFinding)
	if !ok || p.row == nil {
		return platform.Finding{}, false
	}
	for _, f := range p.row.Findings {
		if f.Key() == key {
			return f, true
		}
	}
	return platform.Finding{}, false
}

func (p *Page) toggle(key string) {
	if p.open[key] {
		delete(p.open, key)
	} else {
		p.open[key] = true
	}
	p.outline()
}

// Finding is the one under the cursor of the summary.
func (p *Page) Finding() (platform.Finding, bool) {
	if p.row == nil || p.tab != tabSummary {
		return platform.Finding{}, false
	}
	return p.finding(p.summary.Current())
}

// enterSummary is what Enter does here: unfold a finding, open an environment.
func (p *Page) enterSummary() func() intent.Intent {
	key := p.summary.Current()
	if f, ok := p.finding(key); ok {
		return func() intent.Intent { p.toggle(f.Key()); return nil }
	}
	if ns, ok := strings.CutPrefix(key, keyEnv); ok {
		return func() intent.Intent { return p.openEnvironment(ns) }
	}
	if rest, ok := strings.CutPrefix(key, keyPlace); ok {
		ns, _, _ := strings.Cut(rest, "|")
		return func() intent.Intent { return p.openEnvironment(ns) }
	}
	if key == keyRules {
		return func() intent.Intent { p.rules = !p.rules; p.outline(); return nil }
	}
	if strings.HasPrefix(key, keyChain) {
		return func() intent.Intent { p.toggle(key); return nil }
	}
	if sha := p.commit(key); sha != "" {
		return func() intent.Intent { return intent.Open{Ref: intent.Ref{Kind: page.Commit, Key: sha}} }
	}
	return nil
}

// metrics opens the plots of the environment under the cursor, else asks of which one.
func (p *Page) metrics() keys.Command {
	switch p.tab {
	case tabEnvironments:
		if x, ok := p.envs.Current(); ok {
			return pane.MetricsOf(p.env, x.Namespace)
		}
	case tabSummary:
		key := p.summary.Current()
		if ns, ok := strings.CutPrefix(key, keyEnv); ok && ns != "" {
			return pane.MetricsOf(p.env, ns)
		}
		if x, ok := p.chain(key); ok && x.Namespace != "" {
			return pane.MetricsOf(p.env, x.Namespace)
		}
		if f, ok := p.finding(key); ok && f.Subject.Namespace != "" {
			return pane.MetricsOf(p.env, f.Subject.Namespace)
		}
	}
	return pane.MetricsMenu(p.env, p.row)
}

// summaryLogs opens the lines of what is under the cursor: a finding's, an environment's.
func (p *Page) summaryLogs() keys.Command {
	key := p.summary.Current()
	if f, ok := p.finding(key); ok && f.Subject.Namespace != "" {
		var facts *platform.EnvironmentFacts
		for i := range p.row.Dossier.Environments {
			if x := &p.row.Dossier.Environments[i]; x.Namespace == f.Subject.Namespace {
				facts = x
			}
		}
		s, known := pane.FindingLogs(f, facts)
		return pane.LogsOf(p.env, s, known)
	}
	if ns, ok := strings.CutPrefix(key, keyEnv); ok && ns != "" {
		return pane.LogsOf(p.env, logs.Subject{Namespace: ns}, true)
	}
	if x, ok := p.chain(key); ok && x.Namespace != "" {
		return pane.LogsOf(p.env, logs.Subject{Namespace: x.Namespace}, true)
	}
	return pane.LogsMenu(p.env, p.row)
}

// outline lists findings, what could not be judged, then environments.
func (p *Page) outline() {
	if p.row == nil {
		p.summary.SetItems(nil)
		return
	}
	e := p.env
	blank := outline.Item{Draw: func(w int, _ style.Ground) []string { return []string{e.Pen(w).Line()} }}
	var items []outline.Item
	if len(p.row.Findings) == 0 {
		items = append(items, outline.Item{Draw: func(w int, _ style.Ground) []string {
			return []string{e.Pen(w).Space(1).Put(style.Good, e.Glyphs.Dot).Space(1).Put(style.Muted, e.Words.Project.NoFinding).Line()}
		}})
	}
	for _, f := range p.row.Findings {
		full := p.open[f.Key()]
		items = append(items, outline.Item{Key: keyFinding + f.Key(), Draw: func(w int, g style.Ground) []string {
			return pane.Finding{Ground: g, Cursor: g == style.Select, Full: full, Proof: 1}.Lines(e, f, w)
		}})
		if full && f.Subject.Namespace != "" {
			items = append(items, outline.Item{Key: keyPlace + f.Subject.Namespace + "|" + f.Key(), Draw: func(w int, g style.Ground) []string {
				pen := e.Sheet.Pen(w, g)
				if g == style.Select {
					pen.Cursor(e.Glyphs.Cursor)
				}
				return []string{pen.To(3).Put(style.Accent, e.Glyphs.Into).Space(1).Put(style.Text, e.Words.Project.OpenEnvironment+" ").Put(style.Title, f.Subject.Environment).Line()}
			}})
		}
	}
	if len(p.row.NotEvaluated) > 0 {
		items = append(items, outline.Item{Key: keyRules, Draw: p.notEvaluated})
	}
	items = append(items, p.chainItems(blank)...)
	if envs := p.row.Dossier.Environments; len(envs) > 0 {
		items = append(items, blank, outline.Item{Draw: func(w int, _ style.Ground) []string {
			return []string{e.Section(w, e.Words.Project.Environments, "")}
		}})
		for _, x := range p.makeEnvironments() {
			items = append(items, outline.Item{Key: keyEnv + x.Namespace, Lines: 1, Draw: func(w int, g style.Ground) []string { return []string{p.envLine(x, w, g)} }})
		}
	} else {
		items = append(items, blank, outline.Item{Draw: func(w int, _ style.Ground) []string {
			if !p.row.Dossier.Has(platform.FamEnvironments) {
				return pane.Missing(e, p.view, w, e.Words.Project.Environments, p.row.Dossier.Known[platform.FamEnvironments])
			}
			out := []string{e.Pen(w).Space(1).Put(style.Faint, e.Glyphs.None).Space(1).Put(style.Muted, e.Words.Project.NoEnvironment).Line()}
			return append(out, pane.Text(e, w, 3, style.Faint, e.Words.Project.NoEnvironmentWhy)...)
		}})
	}
	p.summary.SetItems(append(items, p.exposedItems(blank)...))
}

func (p *Page) notEvaluated(w int, g style.Ground) []string {
	e := p.env
	pen := e.Sheet.Pen(w, g)
	if g == style.Select {
		pen.Cursor(e.Glyphs.Cursor)
	}
	fold := e.Glyphs.Closed
	if p.rules {
		fold = e.Glyphs.Open
	}
	awaited := findings.Awaited(p.row.NotEvaluated)
	pen.To(1)
	if n := len(p.row.NotEvaluated) - awaited; n > 0 {
		pen.Put(style.Unknown, e.Glyphs.Unknown).Space(1).Put(style.Muted, e.Words.Fleet.NotEvaluated(n)).Space(1)
	}
	if awaited > 0 {
		pen.Put(style.Faint, e.Glyphs.Loading).Space(1).Put(style.Faint, e.Words.Fleet.Awaited(awaited)).Space(1)
	}
	out := []string{pen.Put(style.Faint, fold).Line()}
	if !p.rules {
		return out
	}
	for _, n := range p.row.NotEvaluated {
		place := e.Words.Project.Everywhere
		if len(n.Environments) > 0 {
			place = strings.Join(n.Environments, ", ")
		}
		why := e.Words.Project.NotEvaluatedWhy + e.Words.Form.Colon + string(n.Missing) + ", " + cells.MissingWord(e.Words, n.Reason)
		if n.Source != "" {
			why += " (" + n.Source + ")"
		}
		out = append(out, e.Pen(w).Space(3).Column(min(44, w/2)).Put(style.Text, e.Words.RuleName(n.RuleID)).EndColumn().Space(1).Put(style.Faint, place).Put(style.Muted, "  "+why).Line())
	}
	return out
}

// drawSummary is the outline; with room, what is delivered stands beside it.
func (p *Page) drawSummary(w, h int) block.Block {
	e := p.env
	const want = 119 // a delivery chain with the names of its links
	if w-want < pane.SideWidth+3 {
		return pane.Scroll(p.env, p.summary, w, h, false)
	}
	s := pane.Split{Want: want, Lines: h, List: func(w, h int) block.Block { return pane.Scroll(p.env, p.summary, w, h, false) }, Title: p.row.Dossier.Project.Name, Details: p.identity}
	if s.Title == "" {
		s.Title = p.row.Dossier.Project.Slug
	}
	return s.Draw(e, w, h)
}

// identity is who and what the project is, then how its repositories are delivered.
func (p *Page) identity(w int) []string {
	e, pr, pw := p.env, &p.row.Dossier.Project, p.env.Words.Project
	var out []string
	fact := func(name, value string) {
		if value != "" {
			out = append(out, pane.Fact(e, w, 17, name, style.Span{Role: style.Text, Text: value})...)
		}
	}
	fact(pw.Description, pr.Description)
	fact(pw.Owner, p.row.Owner)
	if pr.Owner.Email != p.row.Owner {
		fact("", pr.Owner.Email)
	}
	fact(pw.Zones, strings.Join(p.row.Zones, ", "))
	if !pr.CreatedAt.IsZero() {
		fact(pw.Created, pr.CreatedAt.In(e.Now().Location()).Format(e.Words.Form.Date))
	}
	if pr.Limitless {
		fact(pw.PoolProd, pw.Limitless)
	} else {
		fact(pw.PoolHprod, p.pool(pr.Hprod))
		fact(pw.PoolProd, p.pool(pr.Prod))
	}
	fact(pw.Identifier, pr.ID)
	out = append(out, e.Pen(w).Line(), pane.Head(e, w, pw.Delivery))
	repos := p.makeRepos()
	if len(repos) == 0 {
		return append(out, e.Pen(w).Space(1).Put(style.Faint, e.Glyphs.None+" "+pw.NoRepository).Line())
	}
	for _, r := range repos {
		pen := e.Pen(w).Space(1).Column(min(22, w/3))
		p.repoName(pen, r)
		pen.EndColumn().Space(1).Column(9)
		p.repoMirror(pen, r)
		pen.EndColumn().Put(style.Faint, " "+e.Glyphs.Into+" ").Column(11)
		p.repoPipeline(pen, r)
		pen.EndColumn().Put(style.Faint, " "+e.Glyphs.Into+" ")
		p.repoGate(pen, r)
		out = append(out, pen.Line())
	}
	return out
}

func (p *Page) pool(r platform.Resources) string {
	if r.IsZero() {
		return ""
	}
	out := p.env.Words.Cores(r.CPU) + ", " + p.env.Words.Bytes(r.Memory*(1<<30))
	if r.GPU > 0 {
		out += ", " + p.env.Words.Dec(r.GPU, 1) + " GPU"
	}
	return out
}

// envLine is one environment in one line, what matters least on the right.
func (p *Page) envLine(x environment, w int, g style.Ground) string {
	e := p.env
	pen := e.Sheet.Pen(w, g)
	if g == style.Select {
		pen.Cursor(e.Glyphs.Cursor)
	}
	name := 8
	for i := range p.row.Dossier.Environments {
		name = max(name, block.Width(p.row.Dossier.Environments[i].Name))
	}
	pen.To(1).Column(min(name, 22) + 2)
	p.envName(pen, x)
	pen.EndColumn().Space(2)
	if w >= 100 {
		pen.Column(11).Put(style.Faint, x.Stage).EndColumn().Space(2)
	}
	if w >= 76 {
		pen.Column(min(22, max(w/6, 15))).Put(style.Muted, x.place()).EndColumn().Space(2)
	}
	pen.Column(13)
	p.envArgo(pen, x)
	pen.EndColumn().Space(1).Column(6)
	p.envPods(pen, x)
	pen.EndColumn().Space(2)
	if w >= 100 {
		pen.Column(4)
		p.envRestarts(pen, x)
		pen.EndColumn().Put(style.Faint, " "+strings.ToLower(e.Words.Fleet.Restarts)).Space(3)
	}
	p.gauge(pen, e.Words.Fleet.CPU, x.cpu, style.Chart1)
	if pen.Left() >= 12 {
		p.gauge(pen.Space(3), e.Words.Fleet.Memory, x.memory, style.Chart2)
	}
	return pen.Line()
}

// gauge writes "CPU ▂▃▅ 61 %": of the quota.
func (p *Page) gauge(pen *style.Pen, title string, u used, line style.Role) {
	pen.Put(style.Faint, title).Space(1)
	if pen.Left() >= 30 && len(u.series) > 0 {
		pen.Put(line, chart.Spark(p.env.Glyphs, u.series, 10, 1)).Space(1)
	}
	text, role := p.env.Glyphs.None, style.Faint
	if !math.IsNaN(u.share) {
		text, role = p.env.Words.Percent(u.share), chart.Level(u.share)
	}
	pen.Column(5).Right(role, text).EndColumn()
}

func itoa(n int) string { return strconv.Itoa(n) }
