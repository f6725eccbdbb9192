package sonarqube

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dsotop/demo/fakes/sonarqube"
	"dsotop/demo/world"
	"dsotop/internal/desk"
	"dsotop/internal/platform"
	"dsotop/internal/platform/hostile"
	"dsotop/internal/sources/transport"
)

func TestHistoryJoinsAnalysesAndMeasures(t *testing.T) {
	var past pastAnswer
	var measures historyAnswer
	for text, into := range map[string]any{
		`{"paging":{"total":42},"analyses":[
			{"date":"2026-08-21T10:04:05+0200","projectVersion":"main","revision":"bbbb","events":[{"category":"VERSION","name":"1.2"},{"category":"QUALITY_GATE","name":"Failed\u001b[2J"}]},
			{"date":"2026-08-20T10:04:05+0200","projectVersion":"dev"},{"date":"never"}]}`: &past,
		`{"measures":[{"metric":"coverage","history":[{"date":"2026-08-20T08:04:05+0000","value":"81.0"},{"date":"2026-08-21T08:04:05+0000","value":"41.0"}]},
			{"metric":"alert_status","history":[{"date":"2026-08-20T08:04:05+0000"},{"date":"2026-08-21T08:04:05+0000","value":"ERROR"}]}]}`: &measures,
	} {
		if err := json.Unmarshal([]byte(text), into); err != nil {
			t.Fatal(err)
		}
	}
	monday := time.Date(2026, 8, 20, 8, 4, 5, 0, time.UTC)
	want := desk.QualityHistory{Total: 42, Analyses: []desk.Analysis{
		{At: monday.AddDate(0, 0, 1), Revision: "bbbb", Version: "main", Gate: "ERROR", Changed: "Failed", Measures: map[string]string{"coverage": "41.0", "alert_status": "ERROR"}},
		{At: monday, Version: "dev", Measures: map[string]string{"coverage": "81.0"}},
	}}
	if diff := cmp.Diff(want, historyOf(past, measures)); diff != "" {
		t.Error(diff)
	}
	if got := oldest(past); got != "2026-08-20T10:04:05+0200" {
		t.Errorf("oldest: %q", got)
	}
}

func TestHistoryOfTheWorld(t *testing.T) {
	w := world.New(world.Options{Seed: 1})
	s, err := New(options(t, serveHandler(t, sonarqube.Handler(w, sonarqube.Options{Token: canary}))))
	if err != nil {
		t.Fatal(err)
	}
	var gate world.Gate
	w.View(func(st *world.State) {
		for _, r := range st.ProjectBySlug["guichet"].Repositories {
			if r.Name == "api" {
				gate = *r.Gate
			}
		}
	})
	h, err := s.History(t.Context(), apiKey, 30)
	if err != nil {
		t.Fatal(err)
	}
	if len(h.Analyses) < 3 || h.Total < len(h.Analyses) {
		t.Fatalf("%d analyses of %d", len(h.Analyses), h.Total)
	}
	if first := h.Analyses[0]; first.Revision != gate.Revision || first.Gate != gate.Status || first.Measures["coverage"] != gate.Measures["coverage"] || first.Changed == "" {
		t.Errorf("%+v is not the gate %+v", first, gate)
	}
	if two, err := s.History(t.Context(), apiKey, 2); err != nil || len(two.Analyses) != 2 || two.Total != h.Total || two.Analyses[1].Measures["coverage"] == "" {
		t.Errorf("%+v %v", two, err)
	}
	if none, err := s.History(t.Context(), "guichet-infra-32aa", 5); err != nil || len(none.Analyses) != 0 {
		t.Errorf("never analysed: %+v %v", none, err)
	}
	if _, err := s.History(t.Context(), "nobody", 5); transport.FaultOf(err).Class != transport.ClassNotFound {
		t.Errorf("unknown project: %v", err)
	}
	if platform.SonarKey("guichet", "api") != apiKey {
		t.Error("the key of the story moved")
	}
}

// FuzzHostileHistory puts one text into every field of the answers.
func FuzzHostileHistory(f *testing.F) {
	for _, text := range hostile.Texts() {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var past pastAnswer
		var measures historyAnswer
		hostile.Fill(&past, text, map[string]string{"Date": "2026-08-20T10:04:05+0200", "Category": eventGate})
		hostile.Fill(&measures, text, map[string]string{"Date": "2026-08-20T10:04:05+0200"})
		for _, where := range hostile.Dirty(historyOf(past, measures)) {
			t.Error(where)
		}
	})
}
