package sonarqube

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dsotop/internal/platform"
	"dsotop/internal/store"
)

func TestMeasures(t *testing.T) {
	var a measuresAnswer
	err := json.Unmarshal([]byte(`{"measures":[
		{"metric":"alert_status","value":"ERROR","component":"guichet-api-a814"},
		{"metric":"coverage","value":"41.0","component":"guichet-api-a814","bestValue":false},
		{"metric":"new_coverage","component":"guichet-api-a814","period":{"value":"12.5"}},
		{"metric":"new_violations","component":"guichet-api-a814","periods":[{"index":1,"value":"3"}]},
		{"metric":"ncloc","component":"guichet-api-a814"},
		{"metric":"bugs","value":"0","component":"\u001b[2Jguichet-front-1013"},
		{"value":"1"}]}`), &a)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]map[string]string{
		"guichet-api-a814":   {"alert_status": "ERROR", "coverage": "41.0", "new_coverage": "12.5", "new_violations": "3"},
		"guichet-front-1013": {"bugs": "0"},
	}
	if diff := cmp.Diff(want, measuresOf(a)); diff != "" {
		t.Error(diff)
	}
}

func details(t *testing.T, status, analyses string) detail {
	t.Helper()
	var st statusAnswer
	var an analysesAnswer
	if err := json.Unmarshal([]byte(status), &st); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(analyses), &an); err != nil {
		t.Fatal(err)
	}
	return detailOf(st, an)
}

func TestDetail(t *testing.T) {
	got := details(t,
		`{"projectStatus":{"status":"ERROR","caycStatus":"compliant","ignoredConditions":false,"conditions":[
			{"status":"ERROR","metricKey":"new_coverage","comparator":"LT","periodIndex":1,"errorThreshold":"80","actualValue":"41.0"},
			{"status":"OK","metricKey":"new_violations","comparator":"GT","errorThreshold":"0"}]}}`,
		`{"paging":{"total":9},"analyses":[{"key":"AX","date":"2026-08-21T10:04:05+0200","projectVersion":"main","revision":"a1b2c3d4e5f60718293a4b5c6d7e8f9001122334","events":[]}]}`)
	want := detail{
		status: "ERROR", version: "main", revision: "a1b2c3d4e5f60718293a4b5c6d7e8f9001122334", analysed: time.Date(2026, 8, 21, 8, 4, 5, 0, time.UTC),
		conditions: []platform.GateCondition{
			{Metric: "new_coverage", Status: "ERROR", Comparator: "LT", Threshold: "80", Value: "41.0"},
			{Metric: "new_violations", Status: "OK", Comparator: "GT", Threshold: "0"},
		},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(detail{})); diff != "" {
		t.Error(diff)
	}
	if d := details(t, `{"projectStatus":{"status":"NONE","conditions":[]}}`, `{"analyses":[]}`); d.status != "NONE" || !d.analysed.IsZero() {
		t.Errorf("never analysed: %+v", d)
	}
}

// The commit of a former analysis must never stand beside the status of a newer one.
func TestGateForgetsFormerAnalysis(t *testing.T) {
	monday, tuesday := time.Date(2026, 8, 17, 8, 0, 0, 0, time.UTC), time.Date(2026, 8, 18, 8, 0, 0, 0, time.UTC)
	key := platform.SonarKey("guichet", "api")
	f := newFacts()
	f.setFleet([]component{{key, monday}, {"somebody:else", monday}}, map[string]map[string]string{key: {"alert_status": "OK", "coverage": "91"}}, true)
	sc := store.Slugs{}
	if due := f.due(sc, "slug:guichet", time.Time{}); len(due) != 1 {
		t.Fatalf("due: %v", due)
	}
	f.setDetail(key, detail{status: "OK", revision: "aaaa", version: "main", analysed: monday})
	gate := func() platform.Gate { return f.gates(sc, "https://sonar.example", "")["slug:guichet"][0] }
	if g := gate(); g.Revision != "aaaa" || g.Status != "OK" || g.Measures["coverage"] != "91" || g.URL != "https://sonar.example/dashboard?id=guichet-api-a814" {
		t.Errorf("after details: %+v", g)
	}
	if due := f.due(sc, "slug:guichet", time.Time{}); len(due) != 0 {
		t.Errorf("still due: %v", due)
	}
	f.looked("slug:guichet", monday)
	if due := f.due(sc, "slug:guichet", tuesday); len(due) != 1 {
		t.Errorf("due after a pipeline: %v", due)
	}
	f.setFleet([]component{{key, tuesday}}, map[string]map[string]string{key: {"alert_status": "ERROR"}}, true)
	if g := gate(); g.Revision != "" || g.Version != "" || g.Status != "ERROR" || !g.AnalysedAt.Equal(tuesday) {
		t.Errorf("after a new analysis: %+v", g)
	}
	if due := f.due(sc, "slug:guichet", time.Time{}); len(due) != 1 {
		t.Errorf("due after a new analysis: %v", due)
	}
	f.setFleet([]component{{key, time.Time{}}}, nil, true)
	if g := gate(); g.Status != platform.GateNone || !g.AnalysedAt.IsZero() {
		t.Errorf("never analysed: %+v", g)
	}
}

func TestVersion(t *testing.T) {
	for body, want := range map[string]string{"10.8.1.101195\n": "10.8.1.101195", "9.9": "9.9", "<html>": "", "": "", "{}": ""} {
		got, err := versionOf([]byte(body))
		if got != want || (err == nil) != (want != "") {
			t.Errorf("versionOf(%q) = %q, %v", body, got, err)
		}
	}
}

func FuzzAnswers(f *testing.F) {
	f.Add(`{"measures":[{"metric":"a","value":"1","component":"c"}],"projectStatus":{"status":"OK","conditions":[{}]},"analyses":[{"date":"2026-08-21T10:04:05+0200"}]}`)
	f.Add(`{"measures":[{"metric":"\u001b[1m","periods":[{}],"component":"\u202e"}],"projectStatus":null,"analyses":null}`)
	f.Fuzz(func(t *testing.T, text string) {
		var m measuresAnswer
		if json.Unmarshal([]byte(text), &m) == nil {
			for key, values := range measuresOf(m) {
				for metric, value := range values {
					for _, s := range []string{key, metric, value} {
						if s == "" || s != platform.CleanLine(s) {
							t.Errorf("not clean: %q", s)
						}
					}
				}
			}
		}
		var st statusAnswer
		var an analysesAnswer
		if json.Unmarshal([]byte(text), &st) == nil && json.Unmarshal([]byte(text), &an) == nil {
			d := detailOf(st, an)
			for _, s := range []string{d.status, d.revision, d.version} {
				if s != platform.CleanLine(s) {
					t.Errorf("not clean: %q", s)
				}
			}
		}
	})
}
