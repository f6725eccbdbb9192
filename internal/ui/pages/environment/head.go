package environment

import (
	"math"

	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/chart"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/style"
)

func (p *Page) severity() (s platform.Severity) {
	for _, f := range p.found {
		s = max(s, f.Severity)
	}
	return s
}

// place is where one is: cluster, zone, stage, how it is deployed, the namespace.
func (p *Page) place(w int) []string {
	e, x, ew := p.env, p.facts, p.env.Words.Environment
	m := cells.Environment(e.Glyphs, x, p.severity())
	pen := e.Pen(w).Space(1).Put(m.Role, m.Glyph).Space(1).Put(style.Strong, x.Name)
	dot := func(role style.Role, text string) {
		if text != "" {
			pen.Put(style.Faint, " · ").Put(role, text)
		}
	}
	if x.Stage != x.Name {
		dot(style.Text, x.Stage)
	}
	dot(style.Text, x.Cluster.Label)
	if x.Zone.Slug != "" {
		dot(style.Text, ew.Zone+" "+x.Zone.Slug)
	}
	switch {
	case x.Undeclared:
		dot(style.Warn, ew.Undeclared)
	case x.Autosync:
		dot(style.Muted, ew.Autosync)
	default:
		dot(style.Warn, ew.NoAutosync)
	}
	if !x.Request.IsZero() && w >= 100 {
		dot(style.Muted, ew.Asked+" "+e.Words.Cores(x.Request.CPU)+", "+e.Words.Bytes(x.Request.Memory*(1<<30)))
	}
	ns := x.Namespace
	if block.Width(ns)+3 > pen.Left() {
		ns = pane.ShortNamespace(e, ns)
	}
	if block.Width(ns)+3 <= pen.Left() {
		pen.Right(style.Faint, ns+" ")
	}
	return []string{pen.Line()}
}

// gauges are what is used and what is reserved of the quota, with the last hour.
func (p *Page) gauges(w int) string {
	e, ew := p.env, p.env.Words.Environment
	cpu, mem := pane.Use(p.facts)
	pen := e.Pen(w).Space(1)
	if p.facts.Usage == nil {
		m := cells.Missing(e.Glyphs, p.facts.Known[platform.FamUsage].State)
		pen.Put(style.Faint, e.Words.Fleet.CPU+" "+e.Words.Fleet.Memory+" ").Put(m.Role, m.Glyph+" ").Put(style.Faint, cells.MissingWord(e.Words, p.facts.Known[platform.FamUsage].State))
	} else {
		spark := 8
		switch {
		case w >= 160:
			spark = 30
		case w >= 110:
			spark = 16
		case w < 76:
			spark = 0
		}
		one := func(title string, u pane.Used, line style.Role, value, hard string) {
			pen.Put(style.Faint, title).Space(1)
			if spark > 0 && len(u.Series) > 0 {
				top := 1.0
				if u.Hard <= 0 {
					top = 0
				}
				pen.Put(line, chart.Spark(e.Glyphs, u.Series, min(spark, len(u.Series)), top)).Space(1)
			}
			if math.IsNaN(u.Share) {
				pen.Put(style.Text, value)
				return
			}
			pen.Put(chart.Level(u.Share), e.Words.Percent(u.Share)).Put(style.Faint, " "+ew.Of+" "+hard)
		}
		one(e.Words.Fleet.CPU, cpu, style.Chart1, e.Words.CPU(cpu.Value), e.Words.Cores(cpu.Hard))
		pen.Space(3)
		one(e.Words.Fleet.Memory, mem, style.Chart2, e.Words.Bytes(mem.Value), e.Words.Bytes(mem.Hard))
	}
	fill, name := p.fill()
	if name != "" && pen.Left() > 26 {
		pen.Put(style.Faint, "   "+ew.QuotaAsked+" ").Put(chart.Level(fill), e.Words.Percent(fill))
		if said := ew.QuotaName[name]; pen.Left() > block.Width(said)+4 && fill >= 0.85 {
			pen.Put(style.Faint, " ("+said+")")
		}
	}
	return pen.Line()
}
