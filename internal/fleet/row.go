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

func consoleCell(d *platform.Dossier) ConsoleCell {
	c := ConsoleCell{Mark: markOf(d.Known[platform.FamProject]), Status: d.Project.Status, Locked: d.Project.Locked, Version: d.Project.LastProvisioned,
		Lag: findings.VersionLag(d.Project.LastProvisioned, d.Console.Version)}
	if d.Project.Derived {
		c.Lag = findings.LagNone
	}
	for _, e := range d.Log {
		if e.Provisioning() {
			c.Tools = e.Failed
			break
		}
	}
	return c
}

func pipelineCells(d *platform.Dossier) (mirror, app PipelineCell) {
	mark := markOf(d.Known[platform.FamPipelines])
	mirror.Mark, app.Mark = mark, mark
	for i := range d.Repositories {
		r := &d.Repositories[i]
		if len(r.Mirror) > 0 && newer(&r.Mirror[0], mirror.Pipeline) {
			mirror.Pipeline, mirror.Of = &r.Mirror[0], r.Name
		}
		if len(r.Pipelines) > 0 && newer(&r.Pipelines[0], app.Pipeline) {
			app.Pipeline, app.Of = &r.Pipelines[0], r.Name
		}
	}
	return mirror, app
}

func newer(a, b *platform.Pipeline) bool { return b == nil || a.CreatedAt.After(b.CreatedAt) }

func gateCell(d *platform.Dossier) GateCell {
	c := GateCell{Mark: markOf(d.Known[platform.FamGates])}
	for i := range d.Repositories {
		g := d.Repositories[i].Gate
		if g == nil || g.Status == platform.GateNone {
			continue
		}
		if c.Gate == nil || gateRank(g) > gateRank(c.Gate) || gateRank(g) == gateRank(c.Gate) && g.AnalysedAt.After(c.Gate.AnalysedAt) {
			c.Gate, c.Repository = g, d.Repositories[i].Name
		}
	}
	return c
}

func gateRank(g *platform.Gate) int {
	switch g.Status {
	case platform.GateError:
		return 2
	case platform.GateWarn:
		return 1
	}
	return 0
}

func imagesCell(d *platform.Dossier) ImagesCell {
	c := ImagesCell{Mark: markOf(d.Known[platform.FamImages])}
	if len(d.Images) == 0 {
		return c
	}
	var counted []*platform.Image
	add := func(img *platform.Image) {
		if !img.Scan.Known() || slices.ContainsFunc(counted, func(o *platform.Image) bool { return o.Digest == img.Digest }) {
			return
		}
		counted = append(counted, img)
		c.Scanned = true
		c.Critical += img.Scan.Critical
		c.High += img.Scan.High
	}
	var room [16]*platform.Container // a project runs a handful of images; those of a workload lie side by side
	seen := room[:0]
	for i := range d.Environments {
		for j := range d.Environments[i].Pods {
			for k := range d.Environments[i].Pods[j].Containers {
				ctr := &d.Environments[i].Pods[j].Containers[k]
				if sameImage(seen, ctr) {
					continue
				}
				seen = append(seen, ctr)
				if img := artifactOf(d, ctr); img != nil {
					c.Deployed = true
					add(img)
				}
			}
		}
	}
	if c.Deployed {
		return c
	}
	newest := map[string]*platform.Image{}
	for i := range d.Images {
		img := &d.Images[i]
		if b := newest[img.Repository]; b == nil || img.PushedAt.After(b.PushedAt) {
			newest[img.Repository] = img
		}
	}
	for _, img := range newest {
		add(img)
	}
	return c
}

// sameImage reports whether a container of the list, the last ones first, runs what this one runs.
func sameImage(list []*platform.Container, c *platform.Container) bool {
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].Digest == c.Digest && list[i].Image == c.Image {
			return true
		}
	}
	return false
}

func artifactOf(d *platform.Dossier, c *platform.Container) *platform.Image {
	_, project, repository, tag, digest := platform.ParseImage(c.Image)
	if project != d.Project.Slug {
		return nil
	}
	if c.Digest != "" {
		digest = c.Digest
	}
	for i := range d.Images {
		img := &d.Images[i]
		if img.Repository == repository && (digest != "" && img.Is(digest) || digest == "" && img.Names(tag)) {
			return img
		}
	}
	return nil
}

func argoCell(d *platform.Dossier) ArgoCell {
	c := ArgoCell{Mark: markOf(d.Known[platform.FamApplications]), Count: len(d.Applications)}
	if c.Count > 0 {
		c.Mark = MarkKnown
	}
	for i := range d.Applications {
		a := &d.Applications[i]
		if c.App == nil || appRank(a) > appRank(c.App) || appRank(a) == appRank(c.App) && a.Name < c.App.Name {
			c.App = a
		}
	}
	return c
}

// appRank orders applications by how bad they are: health first, then drift.
func appRank(a *platform.Application) int {
	rank := 0
	switch a.Health {
	case platform.HealthDegraded:
		rank = 50
	case platform.HealthMissing:
		rank = 40
	case platform.HealthUnknown, "":
		rank = 20
	case platform.HealthProgressing:
		rank = 10
	case platform.HealthSuspended:
		rank = 5
	}
	switch a.Sync {
	case platform.SyncOutOfSync:
		rank += 15
	case platform.SyncUnknown, "":
		rank += 12
	}
	return rank
}

func podsCell(d *platform.Dossier) PodsCell {
	c := PodsCell{Mark: markOf(d.Known[platform.FamPods])}
	for i := range d.Environments {
		ready, desired, restarts, known := d.Environments[i].PodCounts()
		if !known {
			c.Partial = true
			continue
		}
		c.Mark = MarkKnown
		c.Ready += ready
		c.Desired += desired
		c.Restarts += restarts
	}
	if c.Mark != MarkKnown {
		c.Partial = false
	}
	return c
}

func alertsCell(d *platform.Dossier) AlertsCell {
	c := AlertsCell{Mark: markOf(d.Known[platform.FamAlerts])}
	for _, a := range d.Alerts {
		switch {
		case a.Firing():
			c.Firing++
		case a.State == "pending" && !a.Silenced && !a.Inhibited:
			c.Pending++
		}
	}
	return c
}

const gib = 1 << 30

// gauges sums what the environments use and may use. What an environment may use is its quota, else what the console asked
// for it, which the platform writes into the quota.
func gauges(d *platform.Dossier) (cpu, mem GaugeCell) {
	cpu.Used, cpu.Asked, mem.Used, mem.Asked = math.NaN(), math.NaN(), math.NaN(), math.NaN()
	var usedCPU, usedMem, hardCPU, hardMem float64
	var cpuSeries, memSeries []float64
	for i := range d.Environments {
		e := &d.Environments[i]
		envCPU, envMem := e.Request.CPU, e.Request.Memory*gib
		for _, q := range e.Quotas {
			if h := q.Hard["limits.cpu"]; h > 0 {
				envCPU = h
				cpu.Asked = fuller(cpu.Asked, q.Used["limits.cpu"]/h)
			}
			if h := q.Hard["limits.memory"]; h > 0 {
				envMem = h
				mem.Asked = fuller(mem.Asked, q.Used["limits.memory"]/h)
			}
		}
		if e.Usage == nil {
			continue
		}
		if envCPU > 0 {
			usedCPU, hardCPU, cpuSeries = usedCPU+e.Usage.CPU, hardCPU+envCPU, addSeries(cpuSeries, e.Usage.CPUSeries)
		}
		if envMem > 0 {
			usedMem, hardMem, memSeries = usedMem+e.Usage.Memory, hardMem+envMem, addSeries(memSeries, e.Usage.MemSeries)
		}
	}
	cpu.Used, cpu.Series = share(usedCPU, hardCPU, cpuSeries)
	mem.Used, mem.Series = share(usedMem, hardMem, memSeries)
	usage, quota := markOf(d.Known[platform.FamUsage]), markOf(d.Known[platform.FamQuota])
	mark := quota // one figure must not become another while it loads: usage stands in only where no quota will come
	if quota != MarkKnown && quota != MarkLoading {
		mark = usage
	}
	cpu.Mark, mem.Mark = mark, mark
	return cpu, mem
}

func fuller(a, b float64) float64 {
	if math.IsNaN(a) || b > a {
		return b
	}
	return a
}

func share(used, hard float64, series []float64) (float64, []float64) {
	if hard <= 0 {
		return math.NaN(), nil
	}
	for i := range series {
		series[i] /= hard
	}
	return used / hard, series
}

// addSeries adds b to a, both ending now; a gap in one counts as nothing, a gap in both stays a gap. It owns a.
func addSeries(a, b []float64) []float64 {
	if len(b) == 0 {
		return a
	}
	if len(a) < len(b) {
		grown := make([]float64, len(b))
		gap := len(b) - len(a)
		for i := range gap {
			grown[i] = math.NaN()
		}
		copy(grown[gap:], a)
		a = grown
	}
	shift := len(a) - len(b)
	for i, v := range b {
		switch {
		case math.IsNaN(v):
		case math.IsNaN(a[shift+i]):
			a[shift+i] = v
		default:
			a[shift+i] += v
		}
	}
	return a
}

// Text is what a text filter looks at: every word that describes the row.
func (r *Row) Text() string {
	p := &r.Dossier.Project
	return strings.Join(append(append(append([]string{p.Slug, p.Name, r.Owner, p.Status}, r.Stages...), r.Zones...), r.Clusters...), " ")
}
