package fleet

import (
	"maps"
	"reflect"
	"slices"
	"sort"
	"strings"

	"dsotop/internal/platform"
	"dsotop/internal/store"
)

// world is what all projects share. It is never changed once made.
type world struct {
	console  platform.ConsoleInfo
	zones    map[string]platform.Zone
	clusters map[string]platform.Cluster
	stages   map[string]string
	places   map[string]bool         // labels of clusters and slugs of zones, after which sources may be named
	sources  []platform.SourceHealth // by kind, then name
	health   map[string]*platform.SourceHealth
	byKind   map[string][]*platform.SourceHealth
	// states is what of the health changes a dossier: a source's counters do not.
	states     map[string]sourceState
	configured map[string]bool
	tenants    map[string]bool // see [Options.Tenants]
	derive     bool            // projects are made from labels: no console tells them
	tablesRev  uint64

	alerts    []platform.Alert
	alertsAge map[string]platform.FactAge // by source
	alertsRev uint64
	orphans   []platform.Application // applications that their source could not give to a project
	orphanRev uint64
	slugs     map[string]string // slug → project id, of the projects known when alerts were shared out
	slugOf    map[string]string
	mine      map[string][]platform.Alert
	others    []platform.Alert // of no project that is known
	found     map[string][]platform.Application
}

type sourceState struct {
	kind     string
	state    platform.State
	answered bool
	problems string
}

// common reads what belongs to no project, keeping what did not change.
func (f *Fleet) common(s *store.Snapshot, previous *world) *world {
	w := &world{configured: f.configured, tenants: f.tenants}
	if previous != nil {
		*w = *previous
	}
	w.readHealth(s)
	if rev := tablesRev(s); previous == nil || rev != w.tablesRev {
		w.tablesRev = rev
		w.readTables(s)
	}
	// Nobody else tells projects: none configured, or one that never told any and cannot.
	w.derive = !f.configured["console"] || (!anyShelf(store.Projects, s) && w.allBad("console"))
	var rev uint64
	for _, sh := range store.Alerts.Of(s, "") {
		rev += sh.Rev
	}
	if previous == nil || rev != w.alertsRev || len(w.alertsAge) != len(store.Alerts.Of(s, "")) {
		w.alertsRev = rev
		w.alerts = joinAlerts(store.Alerts.Of(s, ""))
	}
	w.alertsAge = map[string]platform.FactAge{}
	for _, sh := range store.Alerts.Of(s, "") {
		w.alertsAge[sh.Source] = w.age(sh.Source, sh.At, sh.Cached)
	}
	rev = 0
	for _, sh := range store.Applications.Of(s, "") {
		rev += sh.Rev
	}
	if previous == nil || rev != w.orphanRev {
		w.orphanRev, w.orphans = rev, store.Applications.Items(s, "")
	}
	return w
}

func anyShelf[T any](k store.Kind[T], s *store.Snapshot) bool {
	for range k.All(s) {
		return true
	}
	return false
}

func tablesRev(s *store.Snapshot) uint64 {
	var rev uint64
	for _, sh := range store.Zones.Of(s, "") {
		rev = max(rev, sh.Rev)
	}
	for _, sh := range store.Clusters.Of(s, "") {
		rev = max(rev, sh.Rev)
	}
	for _, sh := range store.Stages.Of(s, "") {
		rev = max(rev, sh.Rev)
	}
	for _, sh := range store.ConsoleInfo.Of(s, "") {
		rev = max(rev, sh.Rev)
	}
	return rev
}

func (w *world) readTables(s *store.Snapshot) {
	w.zones, w.clusters, w.stages = map[string]platform.Zone{}, map[string]platform.Cluster{}, map[string]string{}
	w.places = map[string]bool{}
	for _, z := range store.Zones.Items(s, "") {
		w.zones[z.ID], w.places[z.Slug] = z, true
	}
	for _, c := range store.Clusters.Items(s, "") {
		w.clusters[c.ID], w.places[c.Label] = c, true
	}
	for _, st := range store.Stages.Items(s, "") {
		w.stages[st.ID] = st.Name
	}
	w.console = platform.ConsoleInfo{}
	for _, c := range store.ConsoleInfo.Items(s, "") {
		w.console = c
	}
}

func (w *world) readHealth(s *store.Snapshot) {
	w.sources = nil
	for sh := range store.Health.All(s) { // a source keeps its health under its own name
		w.sources = append(w.sources, sh.Items...)
	}
	slices.SortFunc(w.sources, func(a, b platform.SourceHealth) int {
		if c := strings.Compare(a.Kind, b.Kind); c != 0 {
			return c
		}
		return strings.Compare(a.Name, b.Name)
	})
	w.health, w.byKind, w.states = map[string]*platform.SourceHealth{}, map[string][]*platform.SourceHealth{}, map[string]sourceState{}
	for i := range w.sources {
		h := &w.sources[i]
		w.health[h.Name] = h
		w.byKind[h.Kind] = append(w.byKind[h.Kind], h)
		var problems []string
		for _, p := range h.Problems {
			problems = append(problems, p.Part+"="+string(p.State))
		}
		for _, r := range h.Rights {
			if r.Known && !r.Held {
				problems = append(problems, "right "+r.Name)
			}
		}
		w.states[h.Name] = sourceState{h.Kind, h.State, !h.LastSuccess.IsZero(), strings.Join(problems, ";")}
	}
}

func (w *world) allBad(kind string) bool {
	list := w.byKind[kind]
	for _, h := range list {
		if !h.State.Bad() {
			return false
		}
	}
	return len(list) > 0
}

// everything reports whether every dossier must be made anew.
func (w *world) everything(previous *world) bool {
	return previous == nil || w.tablesRev != previous.tablesRev || w.derive != previous.derive || !maps.Equal(w.states, previous.states)
}

// partsMoved reports whether alerts or orphans must be shared out again.
func (w *world) partsMoved(previous *world) bool {
	return previous == nil || w.alertsRev != previous.alertsRev || w.orphanRev != previous.orphanRev || w.mine == nil
}

// partition shares alerts and orphan applications out to projects, and marks those whose share changed.
func (f *Fleet) partition(s *store.Snapshot) {
	w := *f.world
	w.slugs, w.slugOf = map[string]string{}, map[string]string{}
	for id, e := range f.entries {
		var slug string
		if e.row != nil && !e.dirty {
			slug = e.row.Dossier.Project.Slug
		} else {
			j := join{s: s, w: &w, id: id, extra: f.extra[id]}
			slug = j.project().Slug
		}
		if slug != "" {
			w.slugs[slug], w.slugOf[id] = id, slug
		}
	}
	mine, found := map[string][]platform.Alert{}, map[string][]platform.Application{}
	var others []platform.Alert
	for _, a := range w.alerts {
		id := w.projectOf(a, f)
		if id != "" {
			mine[id] = append(mine[id], a)
		}
		if f.entries[id] == nil {
			others = append(others, a)
		}
	}
	for _, a := range w.orphans {
		slug := a.ProjectSlug
		if slug == "" {
			if n, ok := platform.ParseAppName(a.Name); ok {
				slug = n.Slug
			}
		}
		if id := w.slugs[slug]; id != "" {
			found[id] = append(found[id], a)
		}
	}
	for id, e := range f.entries {
		if !e.dirty && (!reflect.DeepEqual(mine[id], w.mine[id]) || !reflect.DeepEqual(found[id], w.found[id])) {
			e.touch()
		}
	}
	w.mine, w.others, w.found = mine, others, found
	f.world = &w
}

// projectOf finds whom an alert concerns: what its labels prove, else a slug that a project really has.
func (w *world) projectOf(a platform.Alert, f *Fleet) string {
	if a.ProjectID != "" {
		return a.ProjectID
	}
	if a.Namespace != "" {
		if id := f.owners[a.Namespace]; id != "" {
			return id
		}
		if _, id, ok := platform.ParseNamespace(a.Namespace); ok {
			return id
		}
	}
	for _, hint := range []string{a.ProjectSlug, a.Labels["refapp"], tenantSlug(a.Labels["tenant_id"])} {
		if id := w.slugs[hint]; id != "" && hint != "" {
			return id
		}
	}
	for _, tenant := range []string{a.Labels["tenant"], a.Labels["tenant_id"]} {
		if id, _, ok := platform.ParseTenant(tenant); ok {
			return id
		}
	}
	if n, ok := platform.ParseAppName(a.Labels["name"]); ok { // platform alerts about an application name it
		return w.slugs[n.Slug]
	}
	return ""
}

func tenantSlug(label string) string {
	if slug, ok := strings.CutPrefix(label, "hprod-"); ok {
		return slug
	}
	slug, _ := strings.CutPrefix(label, "prod-")
	return slug
}

// joinAlerts merges what a ruler and an Alertmanager say of the same alert: the latter knows silences, the former may know it
// earlier.
func joinAlerts(shelves []store.Shelf[platform.Alert]) []platform.Alert {
	var out []platform.Alert
	at := map[string]int{}
	for _, sh := range shelves {
		for _, a := range sh.Items {
			key := alertKey(a)
			i, again := at[key]
			if !again {
				at[key] = len(out)
				out = append(out, a)
				continue
			}
			merged := out[i]
			if a.Fingerprint != "" && merged.Fingerprint == "" {
				merged, a = a, merged
			}
			if !a.Since.IsZero() && (merged.Since.IsZero() || a.Since.Before(merged.Since)) {
				merged.Since = a.Since
			}
			if merged.ProjectID == "" {
				merged.ProjectID = a.ProjectID
			}
			if merged.Namespace == "" {
				merged.Namespace = a.Namespace
			}
			if merged.ProjectSlug == "" {
				merged.ProjectSlug = a.ProjectSlug
			}
			if merged.Summary == "" {
				merged.Summary = a.Summary
			}
			if merged.Annotations == nil {
				merged.Annotations = a.Annotations
			}
			if a.State == "firing" && !merged.Silenced && !merged.Inhibited {
				merged.State = a.State
			}
			out[i] = merged
		}
	}
	return out
}

// alertKey is the alert's name and labels, without those that one of the two systems adds.
func alertKey(a platform.Alert) string {
	names := make([]string, 0, len(a.Labels))
	for n := range a.Labels {
		switch n {
		case "alertname", "prometheus", "prometheus_replica", "replica", "tenant", "receiver", "alertstate", "__tenant_id__", "cluster":
		default:
			names = append(names, n)
		}
	}
	sort.Strings(names)
	var b strings.Builder
	b.WriteString(a.Name)
	for _, n := range names {
		b.WriteString("\x00" + n + "=" + a.Labels[n])
	}
	return b.String()
}
