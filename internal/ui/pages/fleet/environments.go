package fleet

import (
	"math"
	"strconv"

	"dsotop/internal/fleet"
	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/chart"
	"dsotop/internal/ui/style"
)

// useWidth is what a use takes without its curve, in cells.
const useWidth = 10

// environments writes one line an environment: where it runs, what Argo CD says, its pods, what it uses of its quota.
func (p *Page) environments(r *fleet.Row, w int) []string {
	e := p.env
	name := 0
	for i := range r.Dossier.Environments {
		name = max(name, block.Width(r.Dossier.Environments[i].Name))
	}
	name = min(max(name, 6), 20)
	var out []string
	for i := range r.Dossier.Environments {
		env := &r.Dossier.Environments[i]
		pen := e.Pen(w).Space(3).Column(name).Put(style.Text, env.Name).EndColumn().Space(2)
		if w >= 78 {
			place := env.Cluster.Label
			if env.Zone.Slug != "" {
				place += " · " + env.Zone.Slug
			}
			pen.Column(16).Put(style.Faint, place).EndColumn().Space(2)
		}
		p.envArgo(pen.Column(13), env)
		pen.EndColumn().Space(1)
		if e.Glyphs.Aloud { // nobody sees what the figure stands beneath
			pen.Space(1).Put(style.Faint, e.Words.Fleet.Pods).Space(1)
		}
		p.envPods(pen.Column(6), env)
		pen.EndColumn().Space(3)
		spark := 0
		switch {
		case w >= 112:
			spark = 12
		case w >= 100:
			spark = 10
		}
		cpu, mem := use(env)
		if pen.Left() >= useWidth+spark {
			p.envUse(pen, e.Words.Fleet.CPU, cpu, style.Chart1, spark)
		}
		if pen.Left() >= 3+useWidth+spark {
			p.envUse(pen.Space(3), e.Words.Fleet.Memory, mem, style.Chart2, spark)
		}
		out = append(out, pen.Line())
	}
	return out
}

func (p *Page) envArgo(pen *style.Pen, env *platform.EnvironmentFacts) {
	g := p.env.Glyphs
	if len(env.Applications) == 0 {
		m := cells.Missing(g, env.Known[platform.FamApplications].State)
		pen.Put(m.Role, m.Glyph)
		return
	}
	best, word := cells.Argo(g, env.Applications[0].Sync, env.Applications[0].Health)
	for _, a := range env.Applications[1:] {
		if best.Role == style.Good {
			best, word = cells.Argo(g, a.Sync, a.Health)
		}
	}
	pen.Put(best.Role, best.Glyph).Space(1).Put(quiet(best), word)
}

func (p *Page) envPods(pen *style.Pen, env *platform.EnvironmentFacts) {
	ready, wanted, _, known := env.PodCounts()
	if !known {
		m := cells.Missing(p.env.Glyphs, env.Known[platform.FamPods].State)
		pen.Right(m.Role, m.Glyph)
		return
	}
	pen.Right(cells.Ready(ready, wanted), strconv.Itoa(ready)+"/"+strconv.Itoa(wanted))
}

// used is a share of a quota with its last hour.
type used struct {
	share  float64
	series []float64
}

// use returns what an environment uses of its limits; NaN when either is not known.
func use(env *platform.EnvironmentFacts) (cpu, mem used) {
	cpu.share, mem.share = math.NaN(), math.NaN()
	if env.Usage == nil {
		return cpu, mem
	}
	hardCPU, hardMem := env.Request.CPU, env.Request.Memory*(1<<30)
	for _, q := range env.Quotas {
		if h := q.Hard["limits.cpu"]; h > 0 {
			hardCPU = h
		}
		if h := q.Hard["limits.memory"]; h > 0 {
			hardMem = h
		}
	}
	of := func(value, hard float64, series []float64) used {
		if hard <= 0 {
			return used{share: math.NaN()}
		}
		u := used{share: value / hard, series: make([]float64, len(series))}
		for i, v := range series {
			u.series[i] = v / hard
		}
		return u
	}
	return of(env.Usage.CPU, hardCPU, env.Usage.CPUSeries), of(env.Usage.Memory, hardMem, env.Usage.MemSeries)
}

func (p *Page) envUse(pen *style.Pen, title string, u used, line style.Role, spark int) {
	pen.Put(style.Faint, title).Space(1)
	if spark > 0 && len(u.series) > 0 {
		pen.Put(line, chart.Spark(p.env.Glyphs, u.series, spark, 1)).Space(1)
	} else {
		pen.Space(min(spark+1, spark*2))
	}
	text, role := p.env.Glyphs.None, style.Faint
	if !math.IsNaN(u.share) {
		text, role = p.env.Words.Percent(u.share), chart.Level(u.share)
	}
	pen.Column(5).Right(role, text).EndColumn()
}
