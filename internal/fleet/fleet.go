// Package fleet joins a snapshot of the store into one dossier a project, has the rules judge it, and lists the projects
// worst first. What it derives is kept by the versions of the scopes it was derived from, so that one changed pod costs one
// project.
package fleet

import (
	"maps"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/platform/findings"
	"dsotop/internal/store"
)

// Options are what a fleet is made with.
type Options struct {
	// Rules judge every project; nil means all of them.
	Rules []findings.Rule
	// Configured tells which kinds of source are configured (console, gitlab, …): what the others would tell is not
	// configured, rather than loading.
	Configured map[string]bool
	// Tenants tells for which kinds of source the console's environments tell the tenants to ask: without them nothing of a project comes.
	Tenants map[string]bool
}

// Fleet makes views. It is safe for concurrent use: callers wait for each other, and whoever asks for a snapshot that was
// already judged gets the same view.
type Fleet struct {
	rules      []findings.Rule
	configured map[string]bool
	tenants    map[string]bool // see [Options.Tenants]

	mu       sync.Mutex
	last     *View
	snapshot *store.Snapshot
	entries  map[string]*entry // by project id
	order    []*entry          // as in the last view; nil when a project came or went
	shuffled bool              // a row changed what it is ordered by since
	owners   map[string]string // namespace → project id, as far as met
	extra    map[string]map[string]bool
	world    *world // what is common to all projects
	names    *names // nil: something that has a name moved
	reshare  bool   // a namespace was claimed since alerts were shared out
	due      time.Time
	version  uint64
}

type entry struct {
	id     string
	row    *Row
	due    time.Time
	dirty  bool
	moved  bool // a fact moved, not only the time
	claims []string
}

// refreshEvery bounds how old the ages in a dossier may be when the facts themselves do not move.
const refreshEvery = 45 * time.Second

// New returns a fleet that has seen nothing.
func New(o Options) *Fleet {
	rules := o.Rules
	if rules == nil {
		rules = findings.All()
	}
	return &Fleet{rules: rules, configured: o.Configured, tenants: o.Tenants, entries: map[string]*entry{}, owners: map[string]string{}, extra: map[string]map[string]bool{}}
}

// View judges a snapshot at a time. A snapshot older than one that was already seen gives the newer view: what is known never
// goes back. The view and all it holds are read-only.
func (f *Fleet) View(s *store.Snapshot, now time.Time) *View {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.last != nil {
		if s.Version() < f.snapshot.Version() {
			return f.last
		}
		if s == f.snapshot && (f.due.IsZero() || now.Before(f.due)) {
			return f.last
		}
	}
	changed := f.survey(s)
	if f.build(s, now) || changed || f.last == nil {
		f.version++
	}
	f.snapshot = s
	f.last = f.assemble(now)
	return f.last
}

// survey finds which projects must be judged again because a fact moved. It reports whether anything outside projects moved.
func (f *Fleet) survey(s *store.Snapshot) bool {
	var since uint64
	if f.snapshot != nil {
		since = f.snapshot.Version()
	}
	var projects, namespaces []string
	global := false
	s.ScopesSince(since, func(scope string) {
		switch {
		case scope == "":
			global = true
		case platform.IsUUID(scope):
			projects = append(projects, scope)
		default:
			namespaces = append(namespaces, scope)
		}
	})
	previous := f.world
	if global || previous == nil {
		f.world = f.common(s, previous)
	}
	if f.world.everything(previous) {
		f.names = nil
		for _, e := range f.entries {
			e.touch()
		}
	}
	membership, renamed := false, false
	for _, ns := range namespaces {
		if slug, ok := strings.CutPrefix(ns, store.SlugScope); ok {
			f.touchSlug(s, slug)
			continue
		}
		id := f.owner(s, ns)
		if id == "" {
			continue
		}
		membership = f.touchProject(s, id) || membership
	}
	for _, id := range projects {
		membership = f.touchProject(s, id) || membership
		renamed = renamed || f.renamed(s, id)
	}
	if f.world.derive != (previous != nil && previous.derive) {
		membership = f.reconsider(s) || membership
	}
	if len(projects) > 0 {
		f.names = nil
	}
	if membership || renamed || f.reshare || f.world.partsMoved(previous) {
		if membership || f.world.partsMoved(previous) {
			f.names = nil
		}
		f.reshare = false
		f.partition(s)
	}
	return global || membership
}

// renamed reports whether a project has another slug than when alerts and applications were shared out.
func (f *Fleet) renamed(s *store.Snapshot, id string) bool {
	if f.entries[id] == nil {
		return false
	}
	j := join{s: s, w: f.world, id: id, extra: f.extra[id]}
	return j.project().Slug != f.world.slugOf[id]
}

func (e *entry) touch() { e.dirty, e.moved = true, true }

// touchProject marks a project for judgement; it appears or goes as the facts say. It reports whether the set changed.
func (f *Fleet) touchProject(s *store.Snapshot, id string) bool {
	e, known := f.entries[id]
	exists := f.exists(s, id)
	switch {
	case exists && !known:
		f.entries[id] = &entry{id: id, dirty: true, moved: true}
		f.order = nil
		return true
	case exists:
		e.touch()
	case known:
		delete(f.entries, id)
		f.order = nil
		return true
	}
	return false
}

func (f *Fleet) touchSlug(s *store.Snapshot, slug string) {
	for _, e := range f.entries {
		if e.row != nil && e.row.Dossier.Project.Slug == slug {
			e.touch()
		}
	}
}

// exists: the console lists it, or, without a console, anything of it was met.
func (f *Fleet) exists(s *store.Snapshot, id string) bool {
	if len(store.Projects.Items(s, id)) > 0 {
		return true
	}
	if !f.world.derive {
		return false
	}
	if len(store.Applications.Items(s, id)) > 0 {
		return true
	}
	for ns := range f.extra[id] {
		if len(store.Namespaces.Items(s, ns)) > 0 || len(store.Pods.Items(s, ns)) > 0 || len(store.Workloads.Items(s, ns)) > 0 {
			return true
		}
	}
	return false
}

// reconsider walks all scopes again: whether projects may be derived from labels has changed.
func (f *Fleet) reconsider(s *store.Snapshot) bool {
	moved := false
	s.ScopesSince(0, func(scope string) {
		switch {
		case scope == "" || strings.HasPrefix(scope, store.SlugScope):
		case platform.IsUUID(scope):
			moved = f.touchProject(s, scope) || moved
		default:
			if id := f.owner(s, scope); id != "" {
				moved = f.touchProject(s, id) || moved
			}
		}
	})
	return moved
}

// owner says which project a namespace belongs to: by its name when that carries ids, else by its labels, else because an
// application of the project deploys into it.
func (f *Fleet) owner(s *store.Snapshot, namespace string) string {
	if id, ok := f.owners[namespace]; ok {
		return id
	}
	_, id, ok := platform.ParseNamespace(namespace)
	if !ok {
		for _, n := range store.Namespaces.Items(s, namespace) {
			if platform.IsUUID(n.ProjectID) {
				id = n.ProjectID
			} else if n.ProjectSlug != "" {
				id = f.world.slugs[n.ProjectSlug]
			}
		}
	}
	if id != "" {
		f.claim(namespace, id)
		f.reshare = f.reshare || !ok // its name does not tell the owner: an alert that names it has one from now on
	}
	return id
}

func (f *Fleet) claim(namespace, id string) {
	f.owners[namespace] = id
	if f.extra[id] == nil {
		f.extra[id] = map[string]bool{}
	}
	f.extra[id][namespace] = true
}

// build judges what is marked or due, on all processors when there is much of it. It reports whether anything shown changed.
func (f *Fleet) build(s *store.Snapshot, now time.Time) bool {
	var todo []*entry
	for _, e := range f.entries {
		if e.dirty || (!e.due.IsZero() && !now.Before(e.due)) {
			todo = append(todo, e)
		}
	}
	if len(todo) == 0 {
		return false
	}
	rows := make([]*Row, len(todo))
	readers := newReaders(s)
	workers := min(runtime.GOMAXPROCS(0), (len(todo)+31)/32)
	var group sync.WaitGroup
	for w := range workers {
		group.Go(func() {
			for i := w; i < len(todo); i += workers {
				rows[i] = f.judge(s, readers, todo[i], now)
			}
		})
	}
	group.Wait()
	changed := false
	for i, e := range todo {
		row := rows[i]
		if !e.moved && e.row != nil && reflect.DeepEqual(e.row.Findings, row.Findings) {
			row.Rev = e.row.Rev
		} else {
			changed = true
			row.Rev = f.version + 1
		}
		f.shuffled = f.shuffled || e.row == nil || compareRows(e.row, row) != 0
		e.row, e.dirty, e.moved = row, false, false
		for _, ns := range e.claims {
			if _, taken := f.owners[ns]; !taken {
				f.claim(ns, e.id)
				f.reshare = true
			}
		}
	}
	return changed
}

// judge makes one row. It only reads the fleet, and writes the entry it is given.
func (f *Fleet) judge(s *store.Snapshot, r *readers, e *entry, now time.Time) *Row {
	j := join{s: s, r: r, w: f.world, id: e.id, extra: f.extra[e.id], lately: make([]stated, 0, 4)}
	d := j.dossier()
	e.claims = j.claims
	res := findings.Evaluate(f.rules, d, now)
	row := &Row{Dossier: d, Findings: res.Findings, NotEvaluated: res.NotEvaluated, Severity: findings.Worst(res.Findings)}
	row.Unjudged = unjudged(row.Severity, res.NotEvaluated)
	summarise(row)
	// Spread over time, so that a thousand rows do not all come due at once.
	e.due = now.Add(refreshEvery + time.Duration(spread(e.id))*refreshEvery/256)
	if !res.Due.IsZero() && res.Due.Before(e.due) {
		e.due = res.Due
	}
	return row
}

func spread(id string) byte {
	var h uint32 = 2166136261
	for i := range len(id) {
		h = (h ^ uint32(id[i])) * 16777619
	}
	return byte(h >> 13)
}

func (f *Fleet) assemble(now time.Time) *View {
	if f.order == nil { // else it is nearly in order already
		f.order, f.shuffled = slices.Collect(maps.Values(f.entries)), true
	}
	f.due = time.Time{}
	for _, e := range f.order {
		if !e.due.IsZero() && (f.due.IsZero() || e.due.Before(f.due)) {
			f.due = e.due
		}
	}
	if f.shuffled {
		slices.SortFunc(f.order, func(a, b *entry) int { return compareRows(a.row, b.row) })
		f.shuffled = false
	}
	v := &View{Version: f.version, At: now, Projects: make([]*Row, len(f.order)), Sources: f.world.sources, Counts: map[platform.Severity]int{}}
	for i, e := range f.order {
		v.Projects[i] = e.row
		if !e.row.Dossier.Project.Archived() {
			if e.row.Unjudged != "" {
				v.Unjudged++
			} else {
				v.Counts[e.row.Severity]++
			}
		}
	}
	if f.names == nil {
		f.names = &names{}
	}
	v.names = f.names
	v.Platform, v.AlertsKnown = f.world.others, f.world.alertsKnown()
	v.Ready = f.ready()
	return v
}

// ready: every configured kind has spoken, and no source is still at its first attempt.
func (f *Fleet) ready() bool {
	spoken := map[string]bool{}
	for _, h := range f.world.sources {
		if h.State == platform.StateStarting {
			return false
		}
		spoken[h.Kind] = true
	}
	for kind, yes := range f.configured {
		if yes && !spoken[kind] {
			return false
		}
	}
	return true
}

func compareRows(a, b *Row) int {
	if a.Severity != b.Severity {
		return int(b.Severity) - int(a.Severity)
	}
	if len(a.Findings) > 0 && len(b.Findings) > 0 {
		if c := findings.CompareSince(a.worstSince, b.worstSince); c != 0 {
			return c
		}
	}
	if c := strings.Compare(a.Dossier.Project.Slug, b.Dossier.Project.Slug); c != 0 {
		return c
	}
	return strings.Compare(a.Dossier.Project.ID, b.Dossier.Project.ID)
}
