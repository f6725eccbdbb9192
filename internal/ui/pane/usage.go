package pane

import (
	"math"
	"strings"

	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/page"
)

// Used is what an environment uses of one resource.
type Used struct {
	// Value is what is used, Hard what is allowed, in cores or bytes; NaN and 0 when not known. Share is their ratio.
	Value, Hard, Share float64
	Series             []float64 // last hour, as shares; as values when nothing is allowed
}

// Use returns what an environment uses of its limits.
func Use(env *platform.EnvironmentFacts) (cpu, memory Used) {
	cpu.Hard, memory.Hard = env.Request.CPU, env.Request.Memory*(1<<30)
	for _, q := range env.Quotas {
		if h := q.Hard["limits.cpu"]; h > 0 {
			cpu.Hard = h
		}
		if h := q.Hard["limits.memory"]; h > 0 {
			memory.Hard = h
		}
	}
	cpu.Value, memory.Value, cpu.Share, memory.Share = math.NaN(), math.NaN(), math.NaN(), math.NaN()
	if env.Usage != nil {
		cpu.fill(env.Usage.CPU, env.Usage.CPUSeries)
		memory.fill(env.Usage.Memory, env.Usage.MemSeries)
	}
	return cpu, memory
}

func (u *Used) fill(value float64, series []float64) {
	u.Value = value
	if u.Hard <= 0 {
		u.Series = series
		return
	}
	u.Share = value / u.Hard
	u.Series = make([]float64, len(series))
	for i, v := range series {
		u.Series[i] = v / u.Hard
	}
}

// ShortNamespace brings "el5n0cyi4q2s69qsmcix9slea--di5tfayrm9eqsgpnd5dcd1n4q" down to what still tells two apart.
func ShortNamespace(e *page.Env, ns string) string {
	env, project, ok := strings.Cut(ns, "--")
	if !ok || block.Width(ns) < 20 {
		return ns
	}
	cut := func(s string) string { return s[:min(len(s), 5)] + e.Glyphs.Ellipsis }
	return cut(env) + "--" + cut(project)
}
