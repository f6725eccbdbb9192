package prometheus

import (
	"testing"
	"time"

	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"

	"dsotop/internal/platform/hostile"
)

// FuzzHostile puts one text into every label: nothing of it may leave a mapping as a terminal would obey it.
func FuzzHostile(f *testing.F) {
	for _, text := range hostile.Texts() {
		f.Add(text)
	}
	const ours = "dwwmxiv7ie85yz11bs5shp8v4--di5tfayrm9eqsgpnd5dcd1n4q"
	f.Fuzz(func(t *testing.T, text string) {
		r := lastHour(time.Unix(1_790_000_000, 0))
		for _, namespace := range []string{text, ours, ours + text} {
			value := model.LabelValue(text)
			metric := model.Metric{"namespace": model.LabelValue(namespace), "resourcequota": value, "resource": value, "type": "hard", "x": value}
			used := metric.Clone()
			used["type"] = "used"
			matrix := model.Matrix{nil, {Metric: metric, Values: []model.SamplePair{{Timestamp: model.TimeFromUnix(r.End.Unix()), Value: 1}}}}
			labels := model.LabelSet{"alertname": value, "severity": value, "namespace": model.LabelValue(namespace), model.LabelName(text): value, "tenant_id": value}
			for _, noun := range []any{
				usage(matrix, matrix, r), quotas(model.Vector{nil, {Metric: metric, Value: 1}, {Metric: used, Value: 1}}),
				alerts([]v1.Alert{{Labels: labels, Annotations: model.LabelSet{"summary": value}, State: v1.AlertStateFiring}}, text),
			} {
				for _, where := range hostile.Dirty(noun) {
					t.Error(where)
				}
			}
		}
	})
}
