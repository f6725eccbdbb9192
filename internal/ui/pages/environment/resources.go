package environment

import (
	"math"
	"slices"
	"strings"

	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/chart"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/style"
)

// resources is the way from the pool to what is used, the quota, resource by resource, then what is really used, with the last hour.
func (p *Page) resources(w int) []string {
	e, ew := p.env, p.env.Words.Environment
	out := p.triangle(w)
	for _, q := range p.facts.Quotas {
		out = append(out, e.Pen(w).Space(1).Put(style.Title, ew.Quota).Put(style.Faint, "  "+q.Name).Line())
		var rest, list []string
		for _, n := range []string{"limits.cpu", "limits.memory", "requests.cpu", "requests.memory"} {
			if _, ok := q.Hard[n]; ok {
				list = append(list, n)
			}
		}
		for n := range q.Hard {
			if !slices.Contains(list, n) && (q.Hard[n] > 0 || q.Used[n] > 0) {
				rest = append(rest, n)
			}
		}
		slices.Sort(rest)
		for _, n := range append(list, rest...) {
			out = append(out, p.quotaLine(n, q.Used[n], q.Hard[n], w))
		}
		out = append(out, e.Pen(w).Line())
	}
	if len(p.facts.Quotas) == 0 {
		if p.facts.Has(platform.FamQuota) {
			out = append(out, e.Pen(w).Space(1).Put(style.Faint, e.Glyphs.None+" "+ew.NoQuota).Line())
		} else {
			out = append(out, pane.Missing(e, p.view, w, ew.Quota, p.facts.Known[platform.FamQuota])...)
		}
		out = append(out, e.Pen(w).Line())
	}
	if p.facts.Usage == nil {
		return append(out, pane.Missing(e, p.view, w, ew.UsedNow, p.facts.Known[platform.FamUsage])...)
	}
	cpu, mem := pane.Use(p.facts)
	pen := e.Pen(w).Space(1).Put(style.Title, ew.UsedNow).Put(style.Faint, "  "+ew.Hour)
	if !p.facts.Usage.At.IsZero() {
		pen.Put(style.Faint, ", "+e.Words.Project.ReadAgo(e.Age(p.facts.Usage.At)))
	}
	out = append(out, pen.Line())
	out = append(out, p.usageLines(e.Words.Fleet.CPU, cpu, style.Chart1, e.Words.CPU(cpu.Value), e.Words.Cores(cpu.Hard), w)...)
	return append(out, p.usageLines(e.Words.Fleet.Memory, mem, style.Chart2, e.Words.Bytes(mem.Value), e.Words.Bytes(mem.Hard), w)...)
}

func (p *Page) quotaLine(name string, used, hard float64, w int) string {
	e := p.env
	said := e.Words.Environment.QuotaName[name]
	if said == "" {
		said = name
	}
	write := func(v float64) string { return e.Words.Dec(v, 1) }
	switch {
	case strings.HasSuffix(name, "cpu"):
		write = e.Words.CPU
	case strings.HasSuffix(name, "memory") || strings.HasSuffix(name, "storage"):
		write = e.Words.Bytes
	}
	ratio := 0.0
	if hard > 0 {
		ratio = used / hard
	}
	pen := e.Pen(w).Space(1).Column(18).Put(style.Text, said).EndColumn().Space(1).Column(9).Right(style.Text, write(used)).EndColumn().
		Put(style.Faint, " / ").Column(9).Put(style.Muted, write(hard)).EndColumn().Space(1).Column(6).Right(chart.Level(ratio), e.Words.Percent(ratio)).EndColumn().Space(2)
	chart.Gauge(pen, e.Glyphs, ratio, min(max(w-pen.X()-2, 0), 50), gaugeRole(ratio))
	return pen.Line()
}

func gaugeRole(ratio float64) style.Role {
	if r := chart.Level(ratio); r != style.Text {
		return r
	}
	return style.Chart1
}

func (p *Page) usageLines(title string, u pane.Used, role style.Role, value, hard string, w int) []string {
	e := p.env
	pen := e.Pen(w).Space(1).Column(18).Put(style.Text, title).EndColumn().Space(1).Column(9).Right(style.Text, value).EndColumn()
	if math.IsNaN(u.Share) {
		pen.Space(21)
	} else {
		pen.Put(style.Faint, " / ").Column(9).Put(style.Muted, hard).EndColumn().Space(1).Column(6).Right(chart.Level(u.Share), e.Words.Percent(u.Share)).EndColumn().Space(2)
	}
	if room := min(pen.Left()-2, 60); room >= 6 && len(u.Series) > 0 {
		pen.Put(role, chart.Spark(e.Glyphs, u.Series, min(room, max(len(u.Series), 6)), 0))
		top := 0.0
		for _, v := range u.Series {
			if !math.IsNaN(v) {
				top = max(top, v)
			}
		}
		if text := "  max " + e.Words.Percent(top); u.Hard > 0 && pen.Left() > block.Width(text) {
			pen.Put(style.Faint, text)
		}
	}
	return []string{pen.Line()}
}
