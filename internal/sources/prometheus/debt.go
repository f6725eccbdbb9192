package prometheus

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/prometheus/common/model"

	"dsotop/internal/platform"
)

// debts are the policies that each namespace breaks. The exporter calls the label of the namespace exported_namespace, unless it was relabelled;
// its own namespace is then in the other.
func debts(v model.Vector) map[string][]platform.PolicyDebt {
	out := map[string][]platform.PolicyDebt{}
	for _, sample := range v {
		if sample == nil {
			continue
		}
		namespace := platform.CleanLine(string(cmp.Or(sample.Metric["exported_namespace"], sample.Metric["namespace"])))
		policy := platform.CleanLine(string(sample.Metric["policy"]))
		n := float64(sample.Value)
		if !ours(namespace) || policy == "" || math.IsNaN(n) || n < 1 || n > 1e6 {
			continue
		}
		list := out[namespace]
		if i := slices.IndexFunc(list, func(d platform.PolicyDebt) bool { return d.Policy == policy }); i >= 0 {
			list[i].Objects += int(math.Round(n))
			continue
		}
		out[namespace] = append(list, platform.PolicyDebt{Policy: policy, Severity: platform.CleanLine(string(sample.Metric["severity"])), Objects: int(math.Round(n))})
	}
	for _, list := range out {
		slices.SortFunc(list, func(a, b platform.PolicyDebt) int { return strings.Compare(a.Policy, b.Policy) })
	}
	return out
}
