package prometheus

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"

	"dsotop/internal/platform"
	"dsotop/internal/sources"
)

// The questions. One aggregated answer covers every namespace of a tenant. Namespaces that cannot be ours (both naming schemes
// hold a double or a four-digit ending) are left out by the server already.
const (
	matcher   = `namespace=~".+--.+|.+-[0-9a-f]{4}"`
	cpuExpr   = `sum by (namespace) (rate(container_cpu_usage_seconds_total{container!="",` + matcher + `}[5m]))`
	memExpr   = `sum by (namespace) (container_memory_working_set_bytes{container!="",` + matcher + `})`
	debtExpr  = `sum by (exported_namespace, namespace, policy, severity) (policy_report_result{status=~"fail|error"}) > 0`
	quotaExpr = `max by (namespace, resourcequota, resource, type) (kube_resourcequota{` + matcher + `})`
)

// points and step make the last hour of a sparkline. The last point is the value of now.
const (
	points = 20
	step   = 3 * time.Minute
)

func lastHour(now time.Time) v1.Range {
	return v1.Range{Start: now.Add(-(points - 1) * step), End: now, Step: step}
}

// ours reports whether a namespace is one of the platform's: only those have a place in the store.
func ours(namespace string) bool {
	if _, _, ok := platform.ParseNamespace(namespace); ok {
		return true
	}
	_, ok := platform.ParseOldNamespace(namespace)
	return ok
}

// usage joins both matrices by namespace. A namespace without a CPU or memory sample now is left out: it runs nothing.
func usage(cpu, mem model.Matrix, r v1.Range) map[string]platform.Usage {
	out := map[string]platform.Usage{}
	take := func(m model.Matrix, put func(*platform.Usage, []float64)) {
		for _, stream := range m {
			if stream == nil {
				continue
			}
			namespace := platform.CleanLine(string(stream.Metric["namespace"]))
			if !ours(namespace) {
				continue
			}
			u, had := out[namespace]
			if !had {
				u = platform.Usage{Namespace: namespace, CPUSeries: blank(), MemSeries: blank(), At: r.End}
			}
			put(&u, series(stream.Values, r))
			out[namespace] = u
		}
	}
	take(cpu, func(u *platform.Usage, v []float64) { u.CPUSeries, u.CPU = v, v[points-1] })
	take(mem, func(u *platform.Usage, v []float64) { u.MemSeries, u.Memory = v, v[points-1] })
	for namespace, u := range out {
		noCPU, noMem := math.IsNaN(u.CPUSeries[points-1]), math.IsNaN(u.MemSeries[points-1])
		if noCPU && noMem {
			delete(out, namespace)
			continue
		}
		if noCPU {
			u.CPU = 0
		}
		if noMem {
			u.Memory = 0
		}
		out[namespace] = u
	}
	return out
}

func blank() []float64 {
	out := make([]float64, points)
	for i := range out {
		out[i] = math.NaN()
	}
	return out
}

// series puts samples into their slots; the server skips steps without one.
func series(values []model.SamplePair, r v1.Range) []float64 {
	out := blank()
	for _, v := range values {
		at := int(math.Round(v.Timestamp.Time().Sub(r.Start).Seconds() / r.Step.Seconds()))
		if at >= 0 && at < points && !math.IsInf(float64(v.Value), 0) {
			out[at] = float64(v.Value)
		}
	}
	return out
}

// quotas makes the ResourceQuotas of each namespace from kube-state-metrics' series.
func quotas(v model.Vector) map[string][]platform.Quota {
	byKey := map[[2]string]*platform.Quota{}
	for _, sample := range v {
		if sample == nil {
			continue
		}
		label := func(name model.LabelName) string { return platform.CleanLine(string(sample.Metric[name])) }
		namespace, value := label("namespace"), float64(sample.Value)
		if !ours(namespace) || math.IsNaN(value) || math.IsInf(value, 0) {
			continue
		}
		key := [2]string{namespace, label("resourcequota")}
		q := byKey[key]
		if q == nil {
			q = &platform.Quota{Namespace: namespace, Name: key[1], Hard: map[string]float64{}, Used: map[string]float64{}}
			byKey[key] = q
		}
		switch label("type") {
		case "hard":
			q.Hard[label("resource")] = value
		case "used":
			q.Used[label("resource")] = value
		}
	}
	out := map[string][]platform.Quota{}
	for key, q := range byKey {
		out[key[0]] = append(out[key[0]], *q)
	}
	for _, list := range out {
		slices.SortFunc(list, func(a, b platform.Quota) int { return strings.Compare(a.Name, b.Name) })
	}
	return out
}

// alerts maps the alerts of a ruler; what is neither pending nor firing is no alert.
func alerts(list []v1.Alert, tenant string) []platform.Alert {
	out := make([]platform.Alert, 0, len(list))
	for _, a := range list {
		if a.State != v1.AlertStateFiring && a.State != v1.AlertStatePending {
			continue
		}
		mapped := sources.Alert(words(a.Labels), words(a.Annotations), tenant)
		mapped.State, mapped.Since = string(a.State), a.ActiveAt.UTC()
		out = append(out, mapped)
	}
	sortAlerts(out)
	return out
}

func words(set model.LabelSet) map[string]string {
	out := make(map[string]string, len(set))
	for name, value := range set {
		out[string(name)] = string(value)
	}
	return out
}

// sortAlerts gives the shelf one order, whatever order the server's groups are in: an equal shelf wakes nobody.
func sortAlerts(list []platform.Alert) {
	slices.SortStableFunc(list, func(a, b platform.Alert) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), a.Since.Compare(b.Since), cmp.Compare(labelText(a), labelText(b)))
	})
}

func labelText(a platform.Alert) string {
	set := make(model.LabelSet, len(a.Labels))
	for name, value := range a.Labels {
		set[model.LabelName(name)] = model.LabelValue(value)
	}
	return set.String()
}
