package alertmanager

import (
	"testing"

	"github.com/prometheus/alertmanager/api/v2/models"

	"dsotop/internal/platform/hostile"
)

// FuzzHostile puts one text into every field of alerts and silences: nothing of it may leave the mapping as a terminal would obey it.
func FuzzHostile(f *testing.F) {
	for _, text := range hostile.Texts() {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var list models.GettableAlerts
		hostile.Fill(&list, text, nil)
		var silence models.GettableSilence
		hostile.Fill(&silence, text, nil)
		for _, a := range list {
			for _, name := range []string{"alertname", "severity", "namespace", "exported_namespace", "tenant_id", "refapp"} {
				a.Labels[name] = text
			}
			a.Annotations["summary"] = text
		}
		for _, known := range []map[string]*models.GettableSilence{nil, {text: &silence}} {
			for _, where := range hostile.Dirty(mapAlerts(list, known, text)) {
				t.Error(where)
			}
		}
		list[0].GeneratorURL = "https://prom.example/"
		for _, where := range hostile.Dirty([]string{link(text), link("https://" + text), link("https://prom.example/" + text + "?" + text + "#" + text)}) {
			t.Error(where)
		}
	})
}
