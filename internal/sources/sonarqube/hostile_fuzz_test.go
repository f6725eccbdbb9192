package sonarqube

import (
	"testing"

	"dsotop/internal/platform/hostile"
)

// FuzzHostile puts one text into every field of the answers: nothing of it may leave the mapping as a terminal would obey it.
func FuzzHostile(f *testing.F) {
	for _, text := range hostile.Texts() {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, date := range []string{text, "2026-08-21T10:04:05+0000"} {
			var measures measuresAnswer
			hostile.Fill(&measures, text, nil)
			var status statusAnswer
			hostile.Fill(&status, text, nil)
			var analyses analysesAnswer
			hostile.Fill(&analyses, text, map[string]string{"Date": date})
			d := detailOf(status, analyses)
			for _, values := range measuresOf(measures) {
				p := project{slug: line(text), repository: line(text), measures: values, detail: &d, analysed: d.analysed}
				for _, where := range hostile.Dirty(p.gate(line(text), "https://sonar.example")) {
					t.Error(where)
				}
			}
			if version, err := versionOf([]byte("9" + text)); err == nil && len(hostile.Dirty(version)) > 0 {
				t.Errorf("version %q", version)
			}
		}
	})
}
