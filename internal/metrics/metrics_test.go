package metrics

import (
	"math"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"dsotop/internal/desk"
)

func TestTheSubjectTravels(t *testing.T) {
	for _, s := range []Subject{{}, {Namespace: "a--b"}, {Namespace: "a--b", Pod: "web-1"}, {Namespace: "n", Panel: "cpu", At: 12}, {Expr: `sum(up{a="b&c"})`}} {
		if got := ParseKey(s.Key()); got != s {
			t.Errorf("%q gives %+v, not %+v", s.Key(), got, s)
		}
	}
	if k := (Subject{Namespace: "a--b"}).Key(); k != "a--b" {
		t.Errorf("a namespace alone is %q", k)
	}
}

func TestGrid(t *testing.T) {
	to := time.Date(2026, 11, 21, 13, 7, 20, 0, time.UTC)
	for _, c := range []struct {
		span   time.Duration
		points int
		step   time.Duration
	}{
		{15 * time.Minute, 60, 15 * time.Second}, {time.Hour, 60, time.Minute}, {time.Hour, 50, 2 * time.Minute}, {6 * time.Hour, 120, 5 * time.Minute},
		{24 * time.Hour, 120, 15 * time.Minute}, {7 * 24 * time.Hour, 120, 2 * time.Hour}, {365 * 24 * time.Hour, 10, 48 * time.Hour}, {0, 0, 30 * time.Second},
	} {
		g := NewGrid(to.Add(-c.span), to, c.points)
		if g.Step != c.step {
			t.Errorf("%v in %d points has the step %v, not %v", c.span, c.points, g.Step, c.step)
		}
		if g.To.After(to) || to.Sub(g.To) >= g.Step || g.To.Unix()%int64(g.Step.Seconds()) != 0 || g.From.Unix()%int64(g.Step.Seconds()) != 0 {
			t.Errorf("%v: from %v to %v by %v", c.span, g.From, g.To, g.Step)
		}
		for i := range g.Len() {
			if g.Index(g.At(i)) != i {
				t.Fatalf("%v: point %d is at %d", c.span, i, g.Index(g.At(i)))
			}
		}
		if g.Index(g.To.Add(g.Step)) >= 0 || g.Index(g.From.Add(-g.Step)) >= 0 {
			t.Errorf("%v: what is outside has a place", c.span)
		}
		if g.Window() < g.Step || g.Window() < 2*scrape {
			t.Errorf("%v: a rate over %v misses samples", c.span, g.Window())
		}
	}
}

func TestSeriesOnAGrid(t *testing.T) {
	g := Grid{From: time.Unix(0, 0), To: time.Unix(240, 0), Step: time.Minute}
	in := []desk.MetricSeries{
		{Labels: []desk.MetricLabel{{Name: "pod", Value: "b"}}, Samples: []desk.Sample{{At: time.Unix(60, 0), Value: 2}, {At: time.Unix(181, 0), Value: 4}, {At: time.Unix(900, 0), Value: 9}}},
		{Labels: []desk.MetricLabel{{Name: "pod", Value: "a"}}, Samples: []desk.Sample{{At: time.Unix(0, 0), Value: 1}}},
		{Labels: []desk.MetricLabel{{Name: "pod", Value: "c"}}},
	}
	got := OnGrid(g, in, func(s desk.MetricSeries) string { return Legend("{{pod}}", s.Label, "") })
	want := []float64{math.NaN(), 2, math.NaN(), 4, math.NaN()}
	if !same(got[0].Values, want) || got[0].Name != "b" {
		t.Errorf("got %+v", got[0])
	}
	if s := Stat(got[0].Values); s != (Stats{2, 3, 4, 4}) {
		t.Errorf("got %+v", s)
	}
	if s := Stat(got[2].Values); !math.IsNaN(s.Last) || !math.IsNaN(s.Avg) {
		t.Errorf("of nothing: %+v", s)
	}
	Rank(got)
	if got[0].Name != "b" || got[1].Name != "a" || got[2].Name != "c" {
		t.Errorf("ranked %v %v %v", got[0].Name, got[1].Name, got[2].Name)
	}
	folded := Fold(got, 2, func(n int) string { return "other" })
	if len(folded) != 2 || folded[1].Name != "other" || folded[1].Values[0] != 1 || !math.IsNaN(folded[1].Values[1]) {
		t.Errorf("folded %+v", folded)
	}
	if s := Squeeze([]float64{1, 9, math.NaN(), math.NaN(), 3, 2}, 3); !same(s, []float64{9, math.NaN(), 3}) {
		t.Errorf("squeezed %v", s)
	}
}

func same(a, b []float64) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] && !(math.IsNaN(a[i]) && math.IsNaN(b[i])) {
			return false
		}
	}
	return true
}

func TestExpand(t *testing.T) {
	v := Vars{Namespace: `a"b`, Pod: "web-7d9.x", Grid: Grid{Step: 10 * time.Minute}}
	for in, want := range map[string]string{
		`x{namespace="$namespace"}`: `x{namespace="a\"b"}`, `x{pod=~"$pod"}`: `x{pod=~"web-7d9\\.x"}`, `rate(x[$window])`: `rate(x[10m])`, `x[$bar]`: `x[10m]`,
		`rate(x[$__rate_interval])`: `rate(x[10m])`, `${namespace}`: `a\"b`, `x[$step]`: `x[10m]`, `$other`: `$other`,
	} {
		if got := v.Expand(in); got != want {
			t.Errorf("%s is %s, not %s", in, got, want)
		}
	}
	if got := (Vars{}).Expand("$pod"); got != ".*" {
		t.Errorf("all pods are %s", got)
	}
}

func TestOwnPanels(t *testing.T) {
	all, problems := Load()
	for _, p := range problems {
		t.Errorf("%s: %s", p.Where(), p.Text("en"))
	}
	seen := map[string]bool{}
	for _, p := range all {
		if seen[p.ID] || !p.Own || p.Series == "" {
			t.Errorf("%s: twice, not ours, or without the series it needs", p.ID)
		}
		seen[p.ID] = true
	}
	for _, id := range []string{"cpu", "memory", "throttling", "network", "restarts", "storage", "quota", "replicas", "http", "kyverno", "trivy", "falco"} {
		if !seen[id] {
			t.Errorf("there is no panel %s", id)
		}
	}
}

func TestAFolderOfTheTeam(t *testing.T) {
	dir := fstest.MapFS{
		"a.yaml": {Data: []byte("panels:\n- id: cpu\n  title: Nôtre\n  unit: cores\n  queries:\n  - sum: up\n- id: queue\n  title: {fr: File, en: Queue}\n  series: queue_size\n  exporter: us\n  queries:\n  - name: '{{q}}'\n    each: queue_size\n")},
		"b.yaml": {Data: []byte("panels:\n- id: bad\n  title: x\n  unit: apples\n  colour: red\n  queries:\n  - name: x\n- id: good\n  title: y\n  queries: [{sum: up}]\n")},
		"c.yaml": {Data: []byte("panels: [\n")},
		"d.txt":  {Data: []byte("no")},
	}
	all, problems := Load(dir)
	at := map[string]*Panel{}
	for _, p := range all {
		at[p.ID] = p
	}
	if at["cpu"].FR != "Nôtre" || at["cpu"].Own || all[0].ID != "cpu" {
		t.Error("a panel of a team does not stand in the place of ours")
	}
	if at["queue"] == nil || !at["queue"].Splits() || at["good"] == nil || at["bad"] != nil {
		t.Errorf("got %v", at)
	}
	var said []string
	for _, p := range problems {
		said = append(said, p.Where()+" "+p.Text("en"))
	}
	text := strings.Join(said, "\n")
	for _, want := range []string{"b.yaml:4:9 unknown value “apples”", "b.yaml:5:3 unknown key “colour”", "b.yaml:7:5 “sum:” or “each:” is missing", "c.yaml"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not said:\n%s", want, text)
		}
	}
	if strings.Contains(text, "d.txt") {
		t.Error("a file of another kind is read")
	}
}

func TestNear(t *testing.T) {
	at := time.Unix(1000, 0)
	got := Near([]Mark{{At: at.Add(-50 * time.Second), Text: "far"}, {At: at.Add(10 * time.Second), Text: "near"}, {At: at.Add(time.Hour)}}, at, 2*time.Minute)
	if len(got) != 2 || got[0].Text != "near" {
		t.Errorf("got %v", got)
	}
}

// FuzzPanels: a file of a team never breaks the program.
func FuzzPanels(f *testing.F) {
	f.Add("panels:\n- id: a\n  title: b\n  queries: [{sum: up}]\n")
	f.Add("panels: [[]]")
	f.Add("{{}}: &a *a")
	f.Fuzz(func(t *testing.T, text string) {
		all, _ := Load(fstest.MapFS{"x.yaml": {Data: []byte(text)}})
		for _, p := range all {
			for _, q := range p.Queries {
				_ = Vars{Namespace: text}.Expand(q.Expr(true) + q.Expr(false))
			}
		}
	})
}
