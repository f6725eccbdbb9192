package fleet

import (
	"math"
	"slices"
	"strings"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/platform/findings"
)

// Mark says what a page may show for a value.
type Mark int

// The marks. Only MarkKnown allows the value itself, however old.
const (
	MarkLoading       Mark = iota // not read yet: "…"
	MarkKnown                     // the value, even when it is "none"
	MarkNotConfigured             // no source would tell: "—"
	MarkForbidden                 // our credential may not, or is refused
	MarkUnreachable               // the source fails and never told
)

// markOf reads a family's age.
func markOf(a platform.FactAge) Mark {
	if !a.At.IsZero() {
		return MarkKnown
	}
	switch a.State {
	case platform.StateNotConfigured, "":
		return MarkNotConfigured
	case platform.StateForbidden, platform.StateUnauthorised:
		return MarkForbidden
	case platform.StateUnreachable, platform.StateStale:
		return MarkUnreachable
	}
	return MarkLoading
}

// NotEvaluated is a rule that could not be asked.
type NotEvaluated = findings.NotEvaluated

// Row is one project as the fleet page shows it. It is read-only.
type Row struct {
	Dossier      *platform.Dossier
	Findings     []platform.Finding // folded, worst first
	Severity     platform.Severity  // the worst of them
	NotEvaluated []NotEvaluated
	// Unjudged is why a project without a finding cannot be called healthy yet: rules wait for facts that are being read (starting),
	// or that a source fails to give now (unreachable, stale, unauthorised). "" when it was judged. What no source is configured for, or no
	// right allows, does not make a project doubtful for ever: those rules are in NotEvaluated.
	Unjudged platform.State
	// Rev changes when anything shown may have changed: the key to memoise by. Ages alone do not move it.
	Rev uint64

	Console  ConsoleCell
	Mirror   PipelineCell // the newest mirror run of any repository
	Pipeline PipelineCell // the newest pipeline of any application repository
	Gate     GateCell     // the worst
	Images   ImagesCell   // of what runs, else of the newest tags
	Argo     ArgoCell     // the worst application
	Pods     PodsCell
	Alerts   AlertsCell
	CPU      GaugeCell
	Memory   GaugeCell

	Stages   []string // names, in the order of the environments, each once
	Zones    []string // slugs
	Clusters []string // labels
	Owner    string   // full name, else e-mail; "" when not told

	worstSince time.Time
	chains     chains
}

// unjudged finds the reason in what was not evaluated; a reading under way explains more than a failure.
func unjudged(worst platform.Severity, missing []NotEvaluated) (state platform.State) {
	if worst > platform.SeverityInfo {
		return ""
	}
	for _, n := range missing {
		if n.Aside {
			continue
		}
		switch n.Reason {
		case platform.StateStarting:
			return platform.StateStarting
		case platform.StateUnreachable, platform.StateStale, platform.StateUnauthorised:
			state = n.Reason
		}
	}
	return state
}

// ConsoleCell is the provisioning column.
type ConsoleCell struct {
	Mark    Mark
	Status  string // the console's word
	Locked  bool
	Version string // of the last complete provisioning; "" when never
	Lag     findings.Lag
	Tools   []string // that failed in the newest provisioning
}

// PipelineCell is one pipeline; nil with MarkKnown means that there is none.
type PipelineCell struct {
	Mark     Mark
	Pipeline *platform.Pipeline
	// Of is the repository concerned: of a mirror run, the one it mirrors.
	Of string
}

// GateCell is the worst gate; nil with MarkKnown means that nothing was ever analysed.
type GateCell struct {
	Mark       Mark
	Gate       *platform.Gate
	Repository string
}

// ImagesCell counts vulnerabilities.
type ImagesCell struct {
	Mark     Mark
	Critical int
	High     int
	// Deployed: the counts are those of what runs; otherwise of the newest image of each repository.
	Deployed bool
	// Scanned is false when no report could be believed: the counts mean nothing then.
	Scanned bool
}

// ArgoCell is the worst application; nil with MarkKnown means that there is none.
type ArgoCell struct {
	Mark  Mark
	App   *platform.Application
	Count int
}

// PodsCell sums the environments whose pods are known.
type PodsCell struct {
	Mark     Mark
	Ready    int
	Desired  int
	Restarts int
	Partial  bool // some environments are not known
}

// AlertsCell counts alerts that are not silenced.
type AlertsCell struct {
	Mark    Mark
	Firing  int
	Pending int
}

// GaugeCell is a share of the quota, over all environments. Fractions are of 1.
type GaugeCell struct {
	Mark Mark // known when either fraction is
	// Used is what is really used of what is allowed; NaN when unknown.
	Used float64
	// Asked is what requests and limits take of the fullest quota; NaN when unknown.
	Asked float64
	// Series is the last hour of Used, oldest first, NaN where there was no sample; nil when unknown.
	Series []float64
}

// Value is the share to show: what is reserved of the fullest quota, since that is what refuses the next pod; where no quota can be
// read, what is really used of what is allowed. NaN when neither is known.
func (g GaugeCell) Value() float64 {
	if !math.IsNaN(g.Asked) {
		return g.Asked
	}
	return g.Used
}

func summarise(r *Row) {
	d := r.Dossier
	if len(r.Findings) > 0 {
		r.worstSince = r.Findings[0].Since
		for _, f := range r.Findings[1:] {
			if f.Severity == r.Severity && findings.CompareSince(f.Since, r.worstSince) < 0 {
				r.worstSince = f.Since
			}
		}
	}
	r.Console = consoleCell(d)
	r.Mirror, r.Pipeline = pipelineCells(d)
	r.Gate = gateCell(d)
	r.Images = imagesCell(d)
	r.Argo = argoCell(d)
	r.Pods = podsCell(d)
	r.Alerts = alertsCell(d)
	r.CPU, r.Memory = gauges(d)
	for i := range d.Environments {
		e := &d.Environments[i]
		r.Stages = once(r.Stages, e.Stage)
		r.Zones = once(r.Zones, e.Zone.Slug)
		r.Clusters = once(r.Clusters, e.Cluster.Label)
	}
	if d.Project.Owner != (platform.Person{}) {
		r.Owner = d.Project.Owner.Name()
	}
}

func once(list []string, s string) []string {
	if s == "" || slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// Text is what a text filter looks at: every word that describes the row.
func (r *Row) Text() string {
	p := &r.Dossier.Project
	return strings.Join(append(append(append([]string{p.Slug, p.Name, r.Owner, p.Status}, r.Stages...), r.Zones...), r.Clusters...), " ")
}
