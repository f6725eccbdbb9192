package words

import "testing"

// Every metric has its words in both languages, and its values are written as what they are.
func TestMeasures(t *testing.T) {
	for key := range frenchMetrics {
		if englishMetrics[key] == "" {
			t.Errorf("%s has no English name", key)
		}
	}
	if len(frenchMetrics) != len(englishMetrics) {
		t.Errorf("%d French names, %d English ones", len(frenchMetrics), len(englishMetrics))
	}
	fr, en := French(), English()
	for _, c := range [][3]string{
		{"new_violations", "défauts du code neuf", "issues of new code"}, {"new_duplicated_lines_density", "duplication du code neuf", "duplication of new code"}, {"new_", "new_", "new_"}, {"team_metric", "team_metric", "team_metric"}, {"new_team_metric", "new_team_metric", "new_team_metric"},
	} {
		if fr.Metric(c[0]) != c[1] || en.Metric(c[0]) != c[2] {
			t.Errorf("%s: %q, %q", c[0], fr.Metric(c[0]), en.Metric(c[0]))
		}
	}
	for _, c := range [][3]string{{"coverage", "41.23", "41,2 %"}, {"ncloc", "18204", "18 204"}, {"security_rating", "3.0", "C"}, {"security_rating", "9", "9"}, {"complexity", "1.5", "1,5"}, {"language", "java", "java"}, {"bugs", "", ""}, {"new_technical_debt", "135", "2 h 15"}} {
		if got := fr.Measure(c[0], c[1]); got != c[2] {
			t.Errorf("%s %s: %q, want %q", c[0], c[1], got, c[2])
		}
	}
}
