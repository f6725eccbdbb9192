package fleet

import (
	"math"

	"dsotop/internal/platform"
)

const gib = 1 << 30

// gauges sums what the environments use and may use. What an environment may use is its quota, else what the console asked
// for it, which the platform writes into the quota.
func gauges(d *platform.Dossier) (cpu, mem GaugeCell) {
	cpu.Used, cpu.Asked, mem.Used, mem.Asked = math.NaN(), math.NaN(), math.NaN(), math.NaN()
	var usedCPU, usedMem, hardCPU, hardMem float64
	var cpuSeries, memSeries []float64
	for i := range d.Environments {
		e := &d.Environments[i]
		envCPU, envMem := e.Request.CPU, e.Request.Memory*gib
		for _, q := range e.Quotas {
			if h := q.Hard["limits.cpu"]; h > 0 {
				envCPU = h
				cpu.Asked = fuller(cpu.Asked, q.Used["limits.cpu"]/h)
			}
			if h := q.Hard["limits.memory"]; h > 0 {
				envMem = h
				mem.Asked = fuller(mem.Asked, q.Used["limits.memory"]/h)
			}
		}
		if e.Usage == nil {
			continue
		}
		if envCPU > 0 {
			usedCPU, hardCPU, cpuSeries = usedCPU+e.Usage.CPU, hardCPU+envCPU, addSeries(cpuSeries, e.Usage.CPUSeries)
		}
		if envMem > 0 {
			usedMem, hardMem, memSeries = usedMem+e.Usage.Memory, hardMem+envMem, addSeries(memSeries, e.Usage.MemSeries)
		}
	}
	cpu.Used, cpu.Series = share(usedCPU, hardCPU, cpuSeries)
	mem.Used, mem.Series = share(usedMem, hardMem, memSeries)
	usage, quota := markOf(d.Known[platform.FamUsage]), markOf(d.Known[platform.FamQuota])
	mark := quota // one figure must not become another while it loads: usage stands in only where no quota will come
	if quota != MarkKnown && quota != MarkLoading {
		mark = usage
	}
	cpu.Mark, mem.Mark = mark, mark
	return cpu, mem
}

func fuller(a, b float64) float64 {
	if math.IsNaN(a) || b > a {
		return b
	}
	return a
}

func share(used, hard float64, series []float64) (float64, []float64) {
	if hard <= 0 {
		return math.NaN(), nil
	}
	for i := range series {
		series[i] /= hard
	}
	return used / hard, series
}

// addSeries adds b to a, both ending now; a gap in one counts as nothing, a gap in both stays a gap. It owns a.
func addSeries(a, b []float64) []float64 {
	if len(b) == 0 {
		return a
	}
	if len(a) < len(b) {
		grown := make([]float64, len(b))
		gap := len(b) - len(a)
		for i := range gap {
			grown[i] = math.NaN()
		}
		copy(grown[gap:], a)
		a = grown
	}
	shift := len(a) - len(b)
	for i, v := range b {
		switch {
		case math.IsNaN(v):
		case math.IsNaN(a[shift+i]):
			a[shift+i] = v
		default:
			a[shift+i] += v
		}
	}
	return a
}
