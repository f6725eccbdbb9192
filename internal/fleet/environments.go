package fleet

import (
	"cmp"
	"slices"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/store"
)

// environments joins what is declared with what runs, and adds the namespaces that no declaration explains.
func (j *join) environments(d *platform.Dossier, declared []platform.Environment) []platform.EnvironmentFacts {
	out := make([]platform.EnvironmentFacts, 0, len(declared)+1)
	taken := make(map[string]int, len(declared)+1) // namespace → index
	project, _ := platform.EncodeUUID(j.id)
	for i := range declared {
		out = append(out, platform.EnvironmentFacts{Environment: declared[i]})
		e := &out[i]
		e.Namespace = j.namespaceOf(&e.Environment, project)
		if e.Stage == "" {
			e.Stage = j.w.stages[e.StageID]
		}
		e.Cluster = j.w.clusters[e.ClusterID]
		e.Zone = j.w.zones[e.Cluster.ZoneID]
		taken[e.Namespace] = i
	}
	for _, ns := range j.others(d, taken) {
		if e, ok := j.undeclared(d, ns, out); ok {
			taken[ns] = len(out)
			out = append(out, e)
		}
	}
	place(d.Applications, out, taken)
	for i := range out {
		j.fill(&out[i])
	}
	return out
}

// namespaceOf is the computed name, unless only a namespace with another name carries the environment's label.
func (j *join) namespaceOf(env *platform.Environment, project string) string {
	computed := ""
	if id, err := platform.EncodeUUID(env.ID); err == nil && project != "" {
		computed = id + "--" + project
	}
	if len(j.extra) == 0 || j.extra[computed] {
		return computed
	}
	for _, ns := range sortedKeys(j.extra) {
		for _, n := range store.Namespaces.Items(j.s, ns) {
			if n.EnvironmentID == env.ID {
				return ns
			}
		}
	}
	return computed
}

// others lists the namespaces met as this project's that no declared environment explains.
func (j *join) others(d *platform.Dossier, taken map[string]int) []string {
	var out []string
	for ns := range j.extra {
		if _, ok := taken[ns]; !ok {
			out = append(out, ns)
		}
	}
	for i := range d.Applications {
		a := &d.Applications[i]
		ns := a.DestNamespace
		if a.Type == platform.AppRoot || a.Type == platform.AppObservability || platformNamespace(ns) {
			continue
		}
		if _, ok := taken[ns]; ok || slices.Contains(out, ns) {
			continue
		}
		if _, project, ok := platform.ParseNamespace(ns); ok && project != j.id {
			continue // it deploys into somebody else's
		}
		j.claims = append(j.claims, ns)
		out = append(out, ns)
	}
	slices.Sort(out)
	return out
}

// undeclared makes the environment of a namespace that the console does not explain. When environments could not be read,
// this is how they are known at all: then it is not called undeclared.
func (j *join) undeclared(d *platform.Dossier, ns string, declared []platform.EnvironmentFacts) (platform.EnvironmentFacts, bool) {
	e := platform.EnvironmentFacts{Namespace: ns, Undeclared: !j.known[platform.FamEnvironments].At.IsZero()}
	e.ProjectID = j.id
	alive := false
	if id, _, ok := platform.ParseNamespace(ns); ok {
		e.ID = id
	}
	for _, n := range store.Namespaces.Items(j.s, ns) {
		alive = true
		e.Name = cmp.Or(e.Name, n.EnvironmentName)
		e.ID = cmp.Or(e.ID, n.EnvironmentID)
		e.Cluster.Label = cmp.Or(e.Cluster.Label, n.Cluster)
	}
	for i := range d.Applications {
		if a := &d.Applications[i]; a.DestNamespace == ns {
			alive = true
			e.Name = cmp.Or(e.Name, a.EnvironmentName)
			e.Cluster.Label = cmp.Or(e.Cluster.Label, a.DestCluster)
			if n, ok := platform.ParseAppName(a.Name); ok {
				e.Name = cmp.Or(e.Name, n.Environment)
			}
		}
	}
	if !alive && len(store.Pods.Items(j.s, ns)) == 0 && len(store.Workloads.Items(j.s, ns)) == 0 {
		return e, false // it is gone
	}
	if e.Name == "" {
		if old, ok := platform.ParseOldNamespace(ns); ok {
			e.Name = old.Environment
		} else {
			e.Name = ns
		}
	}
	for i := range declared {
		if declared[i].Name == e.Name {
			e.Name = ns // two environments of one name would be one subject
		}
	}
	for _, c := range j.w.clusters {
		if c.Label == e.Cluster.Label && c.Label != "" {
			e.Cluster = c
			e.Zone = j.w.zones[c.ZoneID]
		}
	}
	return e, true
}

// place gives each application to its environment: by destination, else by label, else by name. Applications are large, and the shelf is
// read-only: those of one environment that lie side by side, as they do by name, are not copied.
func place(apps []platform.Application, envs []platform.EnvironmentFacts, byNamespace map[string]int) {
	next := -1
	if len(apps) > 0 {
		next = home(&apps[0], envs, byNamespace)
	}
	for from := 0; from < len(apps); {
		k, to := next, from+1
		for ; to < len(apps); to++ {
			if next = home(&apps[to], envs, byNamespace); next != k {
				break
			}
		}
		if k >= 0 {
			if list := &envs[k].Applications; *list == nil {
				*list = apps[from:to:to] // an append copies
			} else {
				*list = append(*list, apps[from:to]...)
			}
		}
		from = to
	}
}

// home is the environment of an application; -1 when it has none.
func home(a *platform.Application, envs []platform.EnvironmentFacts, byNamespace map[string]int) int {
	if a.Type == platform.AppObservability {
		return -1
	}
	if k, ok := byNamespace[a.DestNamespace]; ok && a.DestNamespace != "" {
		return k
	}
	name := a.EnvironmentName
	if name == "" {
		if n, ok := platform.ParseAppName(a.Name); ok {
			name = n.Environment
		}
	}
	for i := range envs {
		if envs[i].ID != "" && envs[i].ID == a.EnvironmentID {
			return i
		}
	}
	if a.EnvironmentID == "" && name != "" {
		for i := range envs {
			if envs[i].Name == name {
				return i
			}
		}
	}
	return -1
}

// fill reads the shelves of the namespace.
func (j *join) fill(e *platform.EnvironmentFacts) {
	r := j.r
	var known ages
	e.Workloads = richest(j, e, r.workloads, platform.FamWorkloads, &known[0])
	e.Pods = richest(j, e, r.pods, platform.FamPods, &known[1])
	e.Events = richest(j, e, r.events, platform.FamEvents, &known[2])
	e.Quotas = richest(j, e, r.quotas, platform.FamQuota, &known[3])
	e.Usage = latest(richest(j, e, r.usage, platform.FamUsage, &known[4]))
	e.LogErrors = richest(j, e, r.logErrors, platform.FamLogErrors, &known[5])
	var pulses [2]store.Shelf[platform.LogPulse]
	for _, sh := range r.pulses.Of(e.Namespace, pulses[:0]) {
		if len(sh.Items) > 0 && (e.Pulse == nil || sh.Items[0].Last.After(e.Pulse.Last)) {
			e.Pulse = &sh.Items[0]
		}
	}
	apps := &known[6]
	if len(e.Applications) == 0 {
		*apps = j.w.absent(platform.FamApplications, e.Zone.Slug, e.Zone.ArgoURL)
		if !apps.At.IsZero() && j.w.narrow(apps.Source) && !j.shown(apps.Source) {
			*apps = platform.FactAge{Source: apps.Source, State: platform.StateForbidden}
		}
	} else {
		*apps = j.known[platform.FamApplications]
		if st, ok := j.w.states[e.Applications[0].Instance]; ok {
			apps.Source, apps.State = e.Applications[0].Instance, st.state
		}
		if apps.At.IsZero() { // known through an application that its source could not place
			apps.At = e.Applications[0].ReconciledAt
		}
	}
	if j.agesOf == nil || known != j.ages {
		j.ages, j.agesOf = known, known.byFamily()
	}
	e.Known = j.agesOf
}

// narrow reports whether a source says that it may not read all applications: its list leaves out what one may not see, without a word.
func (w *world) narrow(source string) bool {
	h := w.health[source]
	return h != nil && slices.ContainsFunc(h.Rights, func(r platform.Right) bool { return r.Name == "applications.all" && r.Known && !r.Held })
}

// shown reports whether a source shows any application of the project.
func (j *join) shown(source string) bool {
	var buf [4]store.Shelf[platform.Application]
	for _, sh := range j.r.applications.Of(j.id, buf[:0]) {
		if sh.Source == source && len(sh.Items) > 0 {
			return true
		}
	}
	return slices.ContainsFunc(j.w.found[j.id], func(a platform.Application) bool { return a.Instance == source })
}

// age is that of the world, which it asks once for shelves of one source that are read in a row.
func (j *join) age(source *string, at time.Time, cached bool) platform.FactAge {
	for i := range j.lately {
		if l := &j.lately[i]; l.source == *source {
			return platform.FactAge{Source: *source, At: at, State: l.state, Cached: cached}
		}
	}
	age := j.w.age(*source, at, cached)
	if len(j.lately) < cap(j.lately) {
		j.lately = append(j.lately, stated{*source, age.State})
	}
	return age
}

// stated is the state of a source.
type stated struct {
	source string
	state  platform.State
}

// ages are how well the families of one environment are known.
type ages [7]platform.FactAge

func (a *ages) byFamily() map[platform.Family]platform.FactAge {
	return map[platform.Family]platform.FactAge{platform.FamWorkloads: a[0], platform.FamPods: a[1], platform.FamEvents: a[2], platform.FamQuota: a[3], platform.FamUsage: a[4],
		platform.FamLogErrors: a[5], platform.FamApplications: a[6]}
}

// richest takes the best reading of a namespace: a live source before one that fails, and among equals Kubernetes before a
// resource tree. Readings of one kind (several clusters) are joined.
func richest[T any](j *join, e *platform.EnvironmentFacts, k store.Reader[T], f platform.Family, known *platform.FactAge) []T {
	var buf [4]store.Shelf[T]
	shelves := k.Of(e.Namespace, buf[:0])
	if len(shelves) == 0 {
		*known = j.w.absent(f, e.Cluster.Label, e.Zone.Slug, e.Zone.ArgoURL)
		return nil
	}
	if len(shelves) == 1 {
		*known = j.age(&shelves[0].Source, shelves[0].At, shelves[0].Cached)
		return shelves[0].Items
	}
	order := feeds(f)
	rank := func(sh store.Shelf[T]) int {
		r := slices.Index(order, kindOf(j.w, sh.Source))
		if r < 0 {
			r = len(order)
		}
		if j.w.state(sh.Source).Bad() {
			r += 10
		}
		return r
	}
	best := rank(shelves[0])
	for _, sh := range shelves[1:] {
		best = min(best, rank(sh))
	}
	var items []T
	var age platform.FactAge
	first := true
	for _, sh := range shelves {
		if rank(sh) != best {
			continue
		}
		a := j.w.age(sh.Source, sh.At, sh.Cached)
		if first {
			items, age, first = sh.Items, a, false
			continue
		}
		items = append(slices.Clone(items), sh.Items...)
		age = older(age, a)
	}
	*known = age
	return items
}

func sortedKeys(m map[string]bool) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
