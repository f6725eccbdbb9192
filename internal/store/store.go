// Package store keeps versioned, immutable snapshots of facts. Sources write shelves; readers take the newest
// snapshot at their own pace and are only told that something changed. Nothing queues: state is a level, not an event.
//
// A shelf is the whole truth of one source about one kind of facts in one scope: the pods of a namespace as
// "kubernetes/mi-prod-1" sees them, the environments of a project as the console lists them. The scope is a project id,
// a namespace, or "" for what belongs to no project.
package store

import (
	"iter"
	"maps"
	"sync"
	"sync/atomic"
	"time"
)

// Kind is a typed handle to a family of shelves. Its name also names the family in the cache on disk.
type Kind[T any] struct{ name string }

// NewKind names a kind. Two kinds must not share a name; all of them are declared in kinds.go.
func NewKind[T any](name string) Kind[T] { return Kind[T]{name: name} }

// Name returns the kind's name.
func (k Kind[T]) Name() string { return k.name }

// Shelf is what one source said about one scope.
type Shelf[T any] struct {
	Source string
	Scope  string
	Items  []T // read-only
	// At is when the source last saw exactly this: the age to show, as of the call that gave the shelf. Zero never happens.
	At time.Time
	// Rev is the version of the snapshot in which Items last changed: the key to memoise by.
	Rev uint64
	// Cached is true for a shelf that comes from the last known state on disk and was not yet confirmed.
	Cached bool
}

type shelfKey struct{ kind, source string }

type rawShelf struct {
	items any
	// seen is when the source last saw exactly this. It is the one thing of a snapshot that moves: most readings find what was known, and a
	// new version for a new age would cost a copy of the shelves each time.
	seen   atomic.Pointer[time.Time]
	rev    uint64
	cached bool
}

func newShelf(items any, at *time.Time, rev uint64) *rawShelf {
	raw := &rawShelf{items: items, rev: rev}
	raw.seen.Store(at)
	return raw
}

// Snapshot is one immutable version of everything known. The zero value and nil are empty snapshots.
type Snapshot struct {
	version uint64
	// shelves is two-level so that a write clones one kind-and-source map only.
	shelves map[shelfKey]map[string]*rawShelf
	// bySource lists, per kind, which sources have shelves of it, in order of first appearance.
	byKind map[string][]string
	// revs is the version in which anything of a scope last changed.
	revs *scopeRevs
	// kindRevs is the version in which anything of a kind last changed.
	kindRevs map[string]uint64
	// slugs is shared by all snapshots in which the projects are the same; nil before the first write.
	slugs *slugMemo
}

// scopeRevs is a persistent map in layers: writes go to a small top layer that is merged when it grows.
type scopeRevs struct {
	base map[string]uint64
	top  map[string]uint64
	// baseMax is the newest version in base, so that a walk over what is new may leave it out.
	baseMax uint64
}

func (r *scopeRevs) get(scope string) uint64 {
	if r == nil {
		return 0
	}
	if v, ok := r.top[scope]; ok {
		return v
	}
	return r.base[scope]
}

// Version counts the writes that changed something. It starts at 0 for the empty snapshot.
func (s *Snapshot) Version() uint64 {
	if s == nil {
		return 0
	}
	return s.version
}

// ScopeRev returns the version in which anything of the scope last changed; 0 when the scope was never written.
// A shelf whose items stayed the same but were seen again does not move it.
func (s *Snapshot) ScopeRev(scope string) uint64 {
	if s == nil {
		return 0
	}
	return s.revs.get(scope)
}

// Rev returns the version in which anything of the kind last changed; 0 when it was never written. It is the key to memoise by what
// is made of all shelves of a kind.
func (k Kind[T]) Rev(s *Snapshot) uint64 {
	if s == nil {
		return 0
	}
	return s.kindRevs[k.name]
}

// Of returns the shelves of a scope, one per source that has it, in the order in which sources first wrote.
func (k Kind[T]) Of(s *Snapshot, scope string) []Shelf[T] {
	if s == nil {
		return nil
	}
	var out []Shelf[T]
	for _, source := range s.byKind[k.name] {
		if raw, ok := s.shelves[shelfKey{k.name, source}][scope]; ok {
			out = append(out, shelfOf[T](source, scope, raw))
		}
	}
	return out
}

// Items returns the items of a scope from every source, joined. Use Of when the source or the age matters.
func (k Kind[T]) Items(s *Snapshot, scope string) []T {
	shelves := k.Of(s, scope)
	if len(shelves) == 1 {
		return shelves[0].Items
	}
	var out []T
	for _, sh := range shelves {
		out = append(out, sh.Items...)
	}
	return out
}

// ShelfRev returns the version in which the items of one shelf last changed; 0 when there is none. It is the key to notice that a reading
// brought something new.
func (k Kind[T]) ShelfRev(s *Snapshot, source, scope string) uint64 {
	if s == nil {
		return 0
	}
	if raw, ok := s.shelves[shelfKey{k.name, source}][scope]; ok {
		return raw.rev
	}
	return 0
}

// ScopeRev returns the version in which the items of any source's shelf of a scope last changed; 0 when there is none.
func (k Kind[T]) ScopeRev(s *Snapshot, scope string) uint64 {
	if s == nil {
		return 0
	}
	var rev uint64
	for _, source := range s.byKind[k.name] {
		rev = max(rev, k.ShelfRev(s, source, scope))
	}
	return rev
}

// Shelved is a kind of any type, for those who only ask when its shelves changed.
type Shelved interface {
	ShelfRev(s *Snapshot, source, scope string) uint64
	ScopeRev(s *Snapshot, scope string) uint64
}

// NewestRev is the newest ShelfRev of some kinds.
func NewestRev(s *Snapshot, source, scope string, kinds ...Shelved) uint64 {
	var rev uint64
	for _, k := range kinds {
		rev = max(rev, k.ShelfRev(s, source, scope))
	}
	return rev
}

// All walks every shelf of the kind. The order of scopes is not defined.
func (k Kind[T]) All(s *Snapshot) iter.Seq[Shelf[T]] {
	return func(yield func(Shelf[T]) bool) {
		if s == nil {
			return
		}
		for _, source := range s.byKind[k.name] {
			for scope, raw := range s.shelves[shelfKey{k.name, source}] {
				if !yield(shelfOf[T](source, scope, raw)) {
					return
				}
			}
		}
	}
}

func shelfOf[T any](source, scope string, raw *rawShelf) Shelf[T] {
	items, _ := raw.items.([]T)
	return Shelf[T]{Source: source, Scope: scope, Items: items, At: *raw.seen.Load(), Rev: raw.rev, Cached: raw.cached}
}

// Store holds the newest snapshot. It is safe for concurrent use.
type Store struct {
	current atomic.Pointer[Snapshot]
	clock   func() time.Time

	mu     sync.Mutex // one writer at a time
	subsMu sync.Mutex
	subs   map[*Sub]struct{}
}

// New returns an empty store. clock gives the time of a fact; nil means time.Now.
func New(clock func() time.Time) *Store {
	if clock == nil {
		clock = time.Now
	}
	s := &Store{clock: clock, subs: map[*Sub]struct{}{}}
	s.current.Store(&Snapshot{})
	return s
}

// Current returns the newest snapshot. It never blocks.
func (s *Store) Current() *Snapshot { return s.current.Load() }

// Apply runs one write. Writers wait for each other; readers never wait. The function must not block.
func (s *Store) Apply(write func(*Tx)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.apply(s.clock(), write)
}

func (s *Store) apply(now time.Time, write func(*Tx)) {
	old := s.current.Load()
	tx := &Tx{now: &now, cloned: map[shelfKey]bool{}, scopes: map[string]bool{}, kinds: map[string]bool{}}
	tx.next = &Snapshot{version: old.version + 1, shelves: old.shelves, byKind: old.byKind}
	write(tx)
	if !tx.changed { // ages moved, nothing else: readers need not wake
		return
	}
	tx.next.revs = old.revs.with(tx.scopes, tx.next.version)
	tx.next.kindRevs = make(map[string]uint64, len(old.kindRevs)+len(tx.kinds))
	maps.Copy(tx.next.kindRevs, old.kindRevs)
	for kind := range tx.kinds {
		tx.next.kindRevs[kind] = tx.next.version
	}
	if tx.next.slugs = old.slugs; tx.next.slugs == nil || tx.kinds[Projects.name] {
		tx.next.slugs = &slugMemo{}
	}
	s.current.Store(tx.next)
	s.ring()
}

func (r *scopeRevs) with(scopes map[string]bool, version uint64) *scopeRevs {
	next := &scopeRevs{}
	if r != nil {
		next.base, next.baseMax = r.base, r.baseMax
	}
	var top map[string]uint64
	if r != nil {
		top = r.top
	}
	merged := make(map[string]uint64, len(top)+len(scopes))
	for k, v := range top {
		merged[k] = v
	}
	for k := range scopes {
		merged[k] = version
	}
	if len(merged) > 64+len(next.base)/16 { // amortise the copy of the large layer
		base := make(map[string]uint64, len(next.base)+len(merged))
		for k, v := range next.base {
			base[k] = v
		}
		for k, v := range merged {
			base[k] = v
		}
		next.base, next.baseMax, merged = base, version, nil
	}
	next.top = merged
	return next
}

func (s *Store) ring() {
	s.subsMu.Lock()
	defer s.subsMu.Unlock()
	for sub := range s.subs {
		select {
		case sub.bell <- struct{}{}:
		default: // already rung
		}
	}
}
