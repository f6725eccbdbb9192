// Package metrics is what is computed about metrics before anything is drawn: panels as data, the expressions they ask, the steps of a
// range, series on one grid, thresholds, marks. It asks nobody and draws nothing.
package metrics

import (
	"cmp"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"dsotop/internal/desk"
)

// Subject says whose metrics are wanted. The zero value wants the choice. It travels between pages as text.
type Subject struct {
	Namespace string
	Pod       string // "": all
	Panel     string // opened at once; ""
	Expr      string // a PromQL expression of one's own instead of panels; Namespace still says the tenant
	At        int64  // where the cursor stands at first, nanoseconds; 0: nowhere
}

// Key writes the subject as the key of a page: the namespace alone where nothing else is said.
func (s Subject) Key() string {
	if s == (Subject{Namespace: s.Namespace}) {
		return s.Namespace
	}
	v := url.Values{"ns": {s.Namespace}}
	for name, text := range map[string]string{"pod": s.Pod, "panel": s.Panel, "expr": s.Expr} {
		if text != "" {
			v.Set(name, text)
		}
	}
	if s.At != 0 {
		v.Set("at", strconv.FormatInt(s.At, 10))
	}
	return v.Encode()
}

// ParseKey reads what Key wrote; what is not understood is left out.
func ParseKey(key string) Subject {
	if !strings.Contains(key, "=") {
		return Subject{Namespace: key}
	}
	v, _ := url.ParseQuery(key)
	at, _ := strconv.ParseInt(v.Get("at"), 10, 64)
	return Subject{Namespace: v.Get("ns"), Pod: v.Get("pod"), Panel: v.Get("panel"), Expr: v.Get("expr"), At: at}
}

// Grid is the instants of a plot: From, From+Step… To, both on multiples of Step since 1970, so that a plot that moves asks for instants
// that servers have in their caches.
type Grid struct {
	From, To time.Time
	Step     time.Duration
}

// scrape is how often exporters are read (platform facts §3.3 do not say; 15 s to 60 s are usual): a rate needs several of them.
const scrape = time.Minute

// steps are the distances between two points that people expect.
func steps() []time.Duration {
	const s, m, h = time.Second, time.Minute, time.Hour
	return []time.Duration{15 * s, 30 * s, m, 2 * m, 5 * m, 10 * m, 15 * m, 30 * m, h, 2 * h, 6 * h, 12 * h, 24 * h, 48 * h}
}

// NewGrid chooses the step for about points points (at least 2) between two instants, and puts the ends on it. The newest point is not
// after to.
func NewGrid(from, to time.Time, points int) Grid {
	span := max(to.Sub(from), time.Minute)
	want := span / time.Duration(max(points, 2))
	step := steps()[len(steps())-1]
	for _, s := range steps() {
		if s >= want {
			step = s
			break
		}
	}
	end := to.Truncate(step)
	return Grid{From: end.Add(-span.Truncate(step)), To: end, Step: step}
}

// Len is how many instants the grid has.
func (g Grid) Len() int {
	if g.Step <= 0 {
		return 0
	}
	return int(g.To.Sub(g.From)/g.Step) + 1
}

// At is the i-th instant.
func (g Grid) At(i int) time.Time { return g.From.Add(time.Duration(i) * g.Step) }

// Index is the instant nearest to t, -1 beyond half a step outside.
func (g Grid) Index(t time.Time) int {
	if g.Step <= 0 {
		return -1
	}
	i := int(math.Round(float64(t.Sub(g.From)) / float64(g.Step)))
	if i < 0 || i >= g.Len() {
		return -1
	}
	return i
}

// Range is the grid as a question.
func (g Grid) Range() desk.MetricRange { return desk.MetricRange{From: g.From, To: g.To, Step: g.Step} }

// Window is how long a rate looks back: several scrapes, and no less than the step, so that nothing falls between two points.
func (g Grid) Window() time.Duration { return max(4*scrape, g.Step) }

// Series is one line of a plot on a grid; NaN where the server had no sample.
type Series struct {
	Name   string
	Labels []desk.MetricLabel
	Values []float64
}

// OnGrid brings an answer's series to a grid.
func OnGrid(g Grid, in []desk.MetricSeries, name func(desk.MetricSeries) string) []Series {
	out := make([]Series, 0, len(in))
	for _, s := range in {
		one := Series{Name: name(s), Labels: s.Labels, Values: blank(g.Len())}
		for _, p := range s.Samples {
			if i := g.Index(p.At); i >= 0 {
				one.Values[i] = p.Value
			}
		}
		out = append(out, one)
	}
	return out
}

func blank(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = math.NaN()
	}
	return out
}

// Stats are what a legend says of a series. All are NaN when it has no sample; Last is the newest sample, wherever it is.
type Stats struct{ Min, Avg, Max, Last float64 }

// Stat summarises values.
func Stat(values []float64) Stats {
	out := Stats{math.NaN(), math.NaN(), math.NaN(), math.NaN()}
	n, sum := 0, 0.0
	for _, v := range values {
		if math.IsNaN(v) {
			continue
		}
		if n == 0 {
			out.Min, out.Max = v, v
		}
		out.Min, out.Max, out.Last = math.Min(out.Min, v), math.Max(out.Max, v), v
		sum += v
		n++
	}
	if n > 0 {
		out.Avg = sum / float64(n)
	}
	return out
}

// Rank orders series by their peak, the highest first, then by name: what matters is drawn and named first.
func Rank(list []Series) {
	slices.SortStableFunc(list, func(a, b Series) int {
		x, y := Stat(a.Values).Max, Stat(b.Values).Max
		if math.IsNaN(x) != math.IsNaN(y) {
			if math.IsNaN(x) {
				return 1
			}
			return -1
		}
		if !math.IsNaN(x) && x != y {
			return cmp.Compare(y, x)
		}
		return strings.Compare(a.Name, b.Name)
	})
}

// Fold adds the series beyond the first keep to one, called name, so that many pods stay one plot and no value is lost from it. A gap of
// one counts as nothing; a gap of all is a gap.
func Fold(list []Series, keep int, name func(n int) string) []Series {
	if len(list) <= keep || keep < 1 {
		return list
	}
	rest := Series{Name: name(len(list) - keep + 1), Values: blank(len(list[0].Values))}
	for _, s := range list[keep-1:] {
		for i, v := range s.Values {
			switch {
			case math.IsNaN(v) || i >= len(rest.Values):
			case math.IsNaN(rest.Values[i]):
				rest.Values[i] = v
			default:
				rest.Values[i] += v
			}
		}
	}
	return append(slices.Clone(list[:keep-1]), rest)
}

// Squeeze brings values down to n by taking the largest of each part: a peak must not vanish. NaN where a part has none.
func Squeeze(values []float64, n int) []float64 {
	if len(values) <= n || n <= 0 {
		return values
	}
	out := blank(n)
	for i := range out {
		for _, v := range values[i*len(values)/n : (i+1)*len(values)/n] {
			if !math.IsNaN(v) && (math.IsNaN(out[i]) || v > out[i]) {
				out[i] = v
			}
		}
	}
	return out
}

// MarkKind is what happened at a mark.
type MarkKind string

// The kinds of marks.
const (
	MarkDeploy  MarkKind = "deploy"
	MarkAlert   MarkKind = "alert"
	MarkRestart MarkKind = "restart"
)

// Mark is something that happened, for the axis of time.
type Mark struct {
	At   time.Time
	Kind MarkKind
	Text string // what: a revision, the name of an alert
}

// Near returns the marks within half a span of an instant, the nearest first.
func Near(marks []Mark, at time.Time, span time.Duration) []Mark {
	var out []Mark
	for _, m := range marks {
		if d := m.At.Sub(at).Abs(); d <= span/2 {
			out = append(out, m)
		}
	}
	slices.SortStableFunc(out, func(a, b Mark) int { return cmp.Compare(a.At.Sub(at).Abs(), b.At.Sub(at).Abs()) })
	return out
}
