package runbook

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"dsotop/internal/platform"
)

// Every moment that a system tells is by our clock, however wrong the system's is; what is agreed beforehand, when a token ends, is not moved.
func TestMomentsAreByOurClock(t *testing.T) {
	fixed := []string{"Now", "Started", "Since", "Tokens.Expires"}
	w := newDouble()
	at := w.now.Add(-7 * time.Minute)
	e := &w.known.Dossier.Environments[0]
	e.Events = []platform.Event{{Type: "Warning", Reason: "FailedCreate", Last: at}}
	w.known.Dossier.Zone = []platform.ZoneCommit{{Environment: "prod", At: at}}
	w.known.Dossier.Alerts = []platform.Alert{{Name: "a", Since: at}}
	w.known.Dossier.Images[0].Scan.At = at
	w.known.Dossier.Repositories[0].Gate.AnalysedAt = at
	for i := range e.Applications {
		e.Applications[i].Operation.StartedAt, e.Applications[i].ReconciledAt = at, at
	}
	e.Pods[1].CreatedAt = at
	right := moments(newScene(w.known, selection()).facts(w.now))
	if len(right) < 15 {
		t.Fatalf("the double knows %d moments only: %v", len(right), right)
	}
	for _, ahead := range []time.Duration{90 * time.Second, -90 * time.Second} {
		w.known.Sources = []platform.SourceHealth{{Name: "test", Skew: ahead}, {Name: "argocd/usu", Skew: ahead}}
		for path, got := range moments(newScene(w.known, selection()).facts(w.now)) {
			want := right[path].Add(-ahead)
			if slices.Contains(fixed, path) {
				want = right[path]
			}
			if !got.Equal(want) {
				t.Errorf("%v ahead, %s: %s, not %s", ahead, path, got, want)
			}
		}
	}
}

// moments are the times of facts that are set, by where they are.
func moments(f *Facts) map[string]time.Time {
	out := map[string]time.Time{}
	var walk func(path string, v reflect.Value)
	walk = func(path string, v reflect.Value) {
		switch {
		case v.Type() == reflect.TypeFor[time.Time]():
			if at := v.Interface().(time.Time); !at.IsZero() {
				out[path] = at
			}
		case v.Kind() == reflect.Slice:
			for i := range v.Len() {
				walk(path, v.Index(i))
			}
		case v.Kind() == reflect.Struct:
			for i := range v.NumField() {
				name := v.Type().Field(i).Name
				if path != "" {
					name = path + "." + name
				}
				walk(name, v.Field(i))
			}
		}
	}
	walk("", reflect.ValueOf(f).Elem())
	return out
}
