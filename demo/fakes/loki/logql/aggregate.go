package logql

import (
	"math"
	"slices"
	"sort"
)

type bucket struct {
	labels map[string]string
	key    string
	values []float64
	all    []Sample
}

func (a *vectorAgg) aggregate(in []Sample) []Sample {
	if a.op == "sort" || a.op == "sort_desc" {
		return ranked(in, len(in), a.op == "sort_desc")
	}
	byKey := map[string]*bucket{}
	var order []*bucket
	for _, s := range in {
		set, key := a.group.of(s.Labels)
		b := byKey[key]
		if b == nil {
			b = &bucket{labels: set, key: key}
			byKey[key] = b
			order = append(order, b)
		}
		b.values = append(b.values, s.Value)
		b.all = append(b.all, s)
	}
	sort.Slice(order, func(i, j int) bool { return order[i].key < order[j].key })
	var out []Sample
	for _, b := range order {
		if a.op == "topk" || a.op == "bottomk" {
			out = append(out, ranked(b.all, a.param, a.op == "topk")...)
			continue
		}
		out = append(out, Sample{Labels: b.labels, Value: a.reduce(b.values), key: b.key})
	}
	return out
}

func (a *vectorAgg) reduce(v []float64) float64 {
	sum := 0.0
	for _, f := range v {
		sum += f
	}
	n := float64(len(v))
	switch a.op {
	case "avg":
		return sum / n
	case "max":
		return slices.Max(v)
	case "min":
		return slices.Min(v)
	case "count":
		return n
	case "stddev":
		return math.Sqrt(variance(v, sum/n))
	case "stdvar":
		return variance(v, sum/n)
	}
	return sum
}

// ranked is the first n samples by value.
func ranked(in []Sample, n int, descending bool) []Sample {
	out := slices.Clone(in)
	sort.SliceStable(out, func(i, j int) bool {
		if descending {
			return out[i].Value > out[j].Value
		}
		return out[i].Value < out[j].Value
	})
	return out[:min(n, len(out))]
}

func isComparison(op string) bool {
	switch op {
	case "==", "!=", ">", ">=", "<", "<=":
		return true
	}
	return false
}

// arith computes a op b; for comparisons the value is a and keep says whether it holds.
func arith(op string, a, b float64) (v float64, keep bool) {
	switch op {
	case "+":
		return a + b, true
	case "-":
		return a - b, true
	case "*":
		return a * b, true
	case "/":
		return a / b, true
	case "%":
		return math.Mod(a, b), true
	case "^":
		return math.Pow(a, b), true
	case "==":
		return a, a == b
	case "!=":
		return a, a != b
	case ">":
		return a, a > b
	case ">=":
		return a, a >= b
	case "<":
		return a, a < b
	case "<=":
		return a, a <= b
	}
	return math.NaN(), false
}

// compute is one pair of values; ok is false when a comparison filters it out.
func (b *binary) compute(l, r, kept float64) (float64, bool) {
	v, holds := arith(b.op, l, r)
	switch {
	case !isComparison(b.op):
		return v, true
	case b.boolean && holds:
		return 1, true
	case b.boolean:
		return 0, true
	}
	return kept, holds
}

func (b *binary) apply(l, r value) value {
	if l.scalar && r.scalar {
		v, _ := b.compute(l.n, r.n, l.n)
		return value{scalar: true, n: v}
	}
	var out []Sample
	switch {
	case r.scalar:
		for _, s := range l.samples {
			if v, ok := b.compute(s.Value, r.n, s.Value); ok {
				out = append(out, Sample{Labels: s.Labels, Value: v, key: s.key})
			}
		}
	case l.scalar:
		for _, s := range r.samples {
			if v, ok := b.compute(l.n, s.Value, s.Value); ok {
				out = append(out, Sample{Labels: s.Labels, Value: v, key: s.key})
			}
		}
	default:
		out = b.join(l.samples, r.samples)
	}
	return value{samples: out}
}

// join matches one to one by the labels that on and ignoring leave.
func (b *binary) join(l, r []Sample) []Sample {
	by := &grouping{without: !b.on, names: b.names}
	right := map[string]Sample{}
	for _, s := range r {
		_, key := by.of(s.Labels)
		right[key] = s
	}
	var out []Sample
	left := map[string]bool{}
	for _, s := range l {
		set, key := by.of(s.Labels)
		other, found := right[key]
		left[key] = true
		switch b.op {
		case "and":
			if found {
				out = append(out, s)
			}
		case "unless":
			if !found {
				out = append(out, s)
			}
		case "or":
			out = append(out, s)
		default:
			if !found {
				continue
			}
			if v, ok := b.compute(s.Value, other.Value, s.Value); ok {
				out = append(out, Sample{Labels: set, Value: v, key: Key(set)})
			}
		}
	}
	if b.op == "or" {
		for _, s := range r {
			if _, key := by.of(s.Labels); !left[key] {
				out = append(out, s)
			}
		}
	}
	return out
}
