package kubernetes

import (
	"cmp"
	"slices"
	"sync"

	corev1 "k8s.io/api/core/v1"

	"dsotop/internal/platform"
	"dsotop/internal/store"
)

// eventsKept is how many events a namespace's shelf has; eventsHeld bounds what is held to choose them from.
const (
	eventsKept = 50
	eventsHeld = 200
)

// row is one noun and the reader that saw it last.
type row[T any] struct {
	noun T
	feed *feed
	pass uint32 // of that reader's lists
}

// table holds the nouns of one family by namespace and name, and which namespaces changed since they were shelved.
type table[T any] struct {
	rows  map[string]map[string]row[T]
	dirty map[string]bool
	// open are the readers that have not finished their first list; read tells that one has. Until all have, a namespace without
	// nouns is not yet a namespace without pods.
	open map[*feed]bool
	read bool
	// settled asks the next write to look at every shelf of ours: those from an earlier run too.
	settled bool
	// arrange puts the nouns of a namespace in their order on the shelf, and may shorten them.
	arrange func([]T) []T
}

func newTable[T any](arrange func([]T) []T) *table[T] {
	return &table[T]{rows: map[string]map[string]row[T]{}, dirty: map[string]bool{}, open: map[*feed]bool{}, arrange: arrange}
}

func (t *table[T]) put(f *feed, namespace, name string, noun T) {
	m := t.rows[namespace]
	if m == nil {
		m = map[string]row[T]{}
		t.rows[namespace] = m
	}
	m[name] = row[T]{noun, f, f.pass}
	if !f.listing {
		t.dirty[namespace] = true
		return
	}
	// Lists come sorted: a namespace is whole when the next one begins.
	if f.current != namespace {
		t.mark(f.current)
		f.current = namespace
	}
}

func (t *table[T]) mark(namespace string) {
	if namespace != "" {
		t.dirty[namespace] = true
	}
}

// reader announces a reader of this family.
func (t *table[T]) reader(f *feed) { t.open[f] = true }

// leave forgets a reader; its nouns stay.
func (t *table[T]) leave(f *feed) { delete(t.open, f) }

// settle notes that a reader had its first answer: a list, or a refusal.
func (t *table[T]) settle(f *feed, listed bool) {
	if !t.open[f] {
		return
	}
	delete(t.open, f)
	t.read = t.read || listed
	t.settled = t.settled || (len(t.open) == 0 && t.read)
}

func (t *table[T]) remove(namespace, name string) {
	m := t.rows[namespace]
	if _, had := m[name]; !had {
		return
	}
	delete(m, name)
	t.dirty[namespace] = true
	if len(m) == 0 {
		delete(t.rows, namespace)
	}
}

// sweep drops what the reader's last list no longer had.
func (t *table[T]) sweep(f *feed) {
	t.mark(f.current)
	f.current = ""
	for ns, m := range t.rows {
		for name, r := range m {
			if r.feed == f && r.pass != f.pass {
				delete(m, name)
				t.dirty[ns] = true
			}
		}
		if len(m) == 0 {
			delete(t.rows, ns)
		}
	}
}

// dropNamespaces forgets the namespaces that are not wanted.
func (t *table[T]) dropNamespaces(wanted func(string) bool) {
	for ns := range t.rows {
		if !wanted(ns) {
			delete(t.rows, ns)
			t.dirty[ns] = true
		}
	}
}

// shelve writes the namespaces that changed. A namespace that is there keeps an empty shelf once the family was read: it is known
// to have none. Shelves of namespaces that are gone are dropped, those of an earlier run too.
func (t *table[T]) shelve(tx *store.Tx, snap *store.Snapshot, kind store.Kind[T], source string, there map[string]bool) {
	whole := len(t.open) == 0 && t.read
	if t.settled && whole {
		t.settled = false
		for ns := range there {
			t.dirty[ns] = true
		}
		for shelf := range kind.All(snap) {
			if shelf.Source == source {
				t.dirty[shelf.Scope] = true
			}
		}
	}
	for ns := range t.dirty {
		m := t.rows[ns]
		if len(m) == 0 && !there[ns] {
			if whole {
				kind.Drop(tx, source, ns)
			}
			continue
		}
		if len(m) == 0 && !whole {
			continue
		}
		items := make([]T, 0, len(m))
		for _, r := range m {
			items = append(items, r.noun)
		}
		kind.Put(tx, source, ns, t.arrange(items))
	}
	clear(t.dirty)
}

// shelves is everything one run of the source knows. Readers note changes; one goroutine writes them to the store.
type shelves struct {
	mu         sync.Mutex // let go with unlock after a change
	moved      chan struct{}
	pods       *table[platform.Pod]
	workloads  *table[platform.Workload]
	events     *table[platform.Event]
	quotas     *table[platform.Quota]
	namespaces *table[platform.Namespace]

	only     map[string]bool // configured namespaces; nil: the platform's
	ours     map[string]bool // what we think of each name that was met
	complete bool            // the namespaces were listed: a name that is not ours is a stranger
}

func newShelves(only []string) *shelves {
	s := &shelves{ours: map[string]bool{}, moved: make(chan struct{}, 1),
		pods: newTable(func(l []platform.Pod) []platform.Pod {
			slices.SortFunc(l, func(a, b platform.Pod) int { return cmp.Compare(a.Name, b.Name) })
			return l
		}),
		workloads: newTable(func(l []platform.Workload) []platform.Workload {
			slices.SortFunc(l, func(a, b platform.Workload) int {
				return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
			})
			return l
		}),
		events: newTable(newestEvents),
		quotas: newTable(func(l []platform.Quota) []platform.Quota {
			slices.SortFunc(l, func(a, b platform.Quota) int { return cmp.Compare(a.Name, b.Name) })
			return l
		}),
		namespaces: newTable(func(l []platform.Namespace) []platform.Namespace { return l }),
	}
	if len(only) > 0 {
		s.only = map[string]bool{}
		for _, ns := range only {
			s.only[ns] = true
		}
	}
	return s
}

// newestEvents keeps the newest events; when there are too many, warnings are kept before the rest.
func newestEvents(l []platform.Event) []platform.Event {
	warning := func(e platform.Event) bool { return e.Type == corev1.EventTypeWarning }
	newest := func(a, b platform.Event) int {
		return cmp.Or(b.Last.Compare(a.Last), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Reason, b.Reason), cmp.Compare(a.Message, b.Message))
	}
	slices.SortFunc(l, func(a, b platform.Event) int {
		if warning(a) != warning(b) {
			if warning(a) {
				return -1
			}
			return 1
		}
		return newest(a, b)
	})
	l = l[:min(len(l), eventsKept)]
	slices.SortFunc(l, newest)
	return slices.Clip(l)
}

// wanted reports whether a namespace is to be shown. Before the namespaces were listed, strangers are held back but not thrown
// away: one may turn out to be an old namespace of ours.
func (s *shelves) wanted(ns string) bool {
	if s.only != nil {
		return s.only[ns]
	}
	ours, known := s.ours[ns]
	if !known {
		_, _, ours = platform.ParseNamespace(ns)
		s.ours[ns] = ours
	}
	return ours
}

// admits reports whether an object of the namespace is worth keeping now.
func (s *shelves) admits(ns string) bool { return s.wanted(ns) || (!s.complete && s.only == nil) }

// adopt notes what a namespace says of itself. It reports whether a stranger became ours after its objects were turned away.
func (s *shelves) adopt(ns string, labelled bool) (missed bool) {
	before := s.wanted(ns)
	if labelled && line(ns) == ns { // a name that needs cleaning is not one that Kubernetes would allow
		s.ours[ns] = true
	}
	if before || !s.wanted(ns) {
		return false
	}
	s.gone(ns) // what was held back is shelved now
	return s.complete
}

// restrict sets the namespaces that are read one by one.
func (s *shelves) restrict(names []string) {
	s.mu.Lock()
	defer s.unlock()
	only := make(map[string]bool, len(names))
	for _, ns := range names {
		only[ns] = true
	}
	for ns := range s.only {
		if !only[ns] {
			s.gone(ns)
		}
	}
	s.only = only
	s.pods.dropNamespaces(s.wanted)
	s.workloads.dropNamespaces(s.wanted)
	s.events.dropNamespaces(s.wanted)
	s.quotas.dropNamespaces(s.wanted)
}

// gone makes the next write look at a namespace in every family: it may have no object left to be told of.
func (s *shelves) gone(ns string) {
	s.pods.mark(ns)
	s.workloads.mark(ns)
	s.events.mark(ns)
	s.quotas.mark(ns)
}

// closeDoor is called when all namespaces are known: what belongs to strangers goes.
func (s *shelves) closeDoor() {
	s.complete = true
	s.pods.dropNamespaces(s.wanted)
	s.workloads.dropNamespaces(s.wanted)
	s.events.dropNamespaces(s.wanted)
	s.quotas.dropNamespaces(s.wanted)
}

// trimEvents keeps a namespace from holding more events than can matter.
func (s *shelves) trimEvents(ns string) {
	m := s.events.rows[ns]
	if len(m) <= eventsHeld {
		return
	}
	type aged struct {
		name string
		e    platform.Event
	}
	all := make([]aged, 0, len(m))
	for name, r := range m {
		all = append(all, aged{name, r.noun})
	}
	slices.SortFunc(all, func(a, b aged) int {
		if w := cmp.Compare(b.e.Type, a.e.Type); w != 0 { // Warning sorts after Normal
			return w
		}
		return b.e.Last.Compare(a.e.Last)
	})
	for _, a := range all[eventsKept*2:] {
		delete(m, a.name)
	}
}

// write shelves what changed, in one write of the store.
func (s *shelves) write(st *store.Store, source string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.quiet() {
		return
	}
	if !s.complete && s.only == nil { // strangers wait until the namespaces are known
		holdBack(s.pods, s.wanted)
		holdBack(s.workloads, s.wanted)
		holdBack(s.events, s.wanted)
		holdBack(s.quotas, s.wanted)
	}
	there := s.there()
	snap := st.Current() // only this source writes these shelves
	st.Apply(func(tx *store.Tx) {
		s.namespaces.shelve(tx, snap, store.Namespaces, source, nil)
		s.workloads.shelve(tx, snap, store.Workloads, source, there)
		s.pods.shelve(tx, snap, store.Pods, source, there)
		s.events.shelve(tx, snap, store.Events, source, there)
		s.quotas.shelve(tx, snap, store.Quotas, source, there)
	})
}

// unlock ends a change and, when there is something to shelve, rings for the writer.
func (s *shelves) unlock() {
	quiet := s.quiet()
	s.mu.Unlock()
	if quiet {
		return
	}
	select {
	case s.moved <- struct{}{}:
	default:
	}
}

func (s *shelves) quiet() bool {
	settled := s.pods.settled || s.workloads.settled || s.events.settled || s.quotas.settled || s.namespaces.settled
	return !settled && len(s.pods.dirty)+len(s.workloads.dirty)+len(s.events.dirty)+len(s.quotas.dirty)+len(s.namespaces.dirty) == 0
}

// there lists the namespaces that are known to exist and are wanted.
func (s *shelves) there() map[string]bool {
	if s.only != nil {
		return s.only
	}
	out := make(map[string]bool, len(s.namespaces.rows))
	for ns := range s.namespaces.rows {
		if s.wanted(ns) {
			out[ns] = true
		}
	}
	return out
}

func holdBack[T any](t *table[T], wanted func(string) bool) {
	for ns := range t.dirty {
		if !wanted(ns) {
			delete(t.dirty, ns)
		}
	}
}
