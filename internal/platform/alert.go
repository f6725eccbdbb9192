package platform

import (
	"math"
	"slices"
	"time"
)

// Alert is a firing or pending alert, from a Prometheus/Mimir ruler or from an Alertmanager.
type Alert struct {
	Name        string // label alertname
	State       string // firing or pending
	Severity    string // label severity: critical, warning, info, or whatever the team wrote
	Labels      map[string]string
	Annotations map[string]string // as the rule wrote them, each on one line; nil when there are none
	Summary     string            // annotation summary, else description, else message
	Since       time.Time
	Silenced    bool
	SilencedBy  []string // by whom and why; the id of a silence that nobody could read
	Silences    []string // their ids, in the same order
	Inhibited   bool
	Fingerprint string // Alertmanager's; "" from a ruler
	URL         string
	// ProjectID and Namespace are what the labels prove: a namespace of ours, or a tenant. "" when they prove nothing.
	ProjectID string
	Namespace string
	// ProjectSlug is a hint from refapp or tenant_id ("<env>-<slug>"), to be checked against the console's slugs.
	ProjectSlug string
}

// Firing reports whether the alert is active and not silenced.
func (a Alert) Firing() bool { return a.State == "firing" && !a.Silenced && !a.Inhibited }

// Usage is what a namespace really uses, from metrics. CPU in cores, Memory in bytes.
type Usage struct {
	Namespace string
	CPU       float64
	Memory    float64
	CPUSeries []float64 // last hour, oldest first, for a sparkline; NaN where there was no sample
	MemSeries []float64
	At        time.Time
	// Debt are the policies that something of the namespace breaks, by name; nil when none is known.
	Debt []PolicyDebt
}

// Equal compares two usages sample by sample; a missing sample (NaN) equals a missing sample, which == does not say.
func (u Usage) Equal(o Usage) bool {
	same := func(a, b float64) bool { return a == b || (math.IsNaN(a) && math.IsNaN(b)) }
	return u.Namespace == o.Namespace && same(u.CPU, o.CPU) && same(u.Memory, o.Memory) && u.At.Equal(o.At) && slices.Equal(u.Debt, o.Debt) &&
		slices.EqualFunc(u.CPUSeries, o.CPUSeries, same) && slices.EqualFunc(u.MemSeries, o.MemSeries, same)
}

// LogLine is one line of a log, read for a summary.
type LogLine struct {
	Namespace string
	Container string
	Pod       string
	At        time.Time
	Level     string // error, warn, info… as detected; "" when unknown
	Text      string
}
