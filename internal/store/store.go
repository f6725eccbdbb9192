// Package store keeps versioned, immutable snapshots of facts. Sources write shelves; readers take the newest
// snapshot at their own pace and are only told that something changed. Nothing queues: state is a level, not an event.
//
// A shelf is the whole truth of one source about one kind of facts in one scope: the pods of a namespace as
// "kubernetes/mi-prod-1" sees them, the environments of a project as the console lists them. The scope is a project id,
// a namespace, or "" for what belongs to no project.
package store

import (
	"context"
	"iter"
	"maps"
	"reflect"
	"slices"
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

// Tx is one write. It must not be kept after Apply returns.
type Tx struct {
	now     *time.Time // shared by the shelves of this write
	next    *Snapshot
	own     bool // next has maps of its own
	cloned  map[shelfKey]bool
	changed bool
	scopes  map[string]bool
	kinds   map[string]bool
}

// Put replaces one shelf. Equal items (deeply) only move its time. items must not be changed afterwards.
func (k Kind[T]) Put(tx *Tx, source, scope string, items []T) {
	if items == nil {
		items = []T{}
	}
	key := shelfKey{k.name, source}
	old, had := tx.next.shelves[key][scope]
	if had {
		if same, ok := old.items.([]T); ok && equalItems(same, items) {
			if !old.cached {
				old.seen.Store(tx.now)
				return
			}
			items = same // confirmed: the mark "from the cache" goes
			tx.clone(key)[scope] = newShelf(items, tx.now, old.rev)
			tx.mark(k.name, scope)
			return
		}
	}
	tx.clone(key)[scope] = newShelf(items, tx.now, tx.next.version)
	tx.mark(k.name, scope)
}

// Touch says that a shelf was seen again exactly as it is: its time moves. It reports false when there is no such shelf, or only one from
// the last known state, which has to be put.
func (k Kind[T]) Touch(tx *Tx, source, scope string) bool {
	raw, had := tx.next.shelves[shelfKey{k.name, source}][scope]
	if !had || raw.cached {
		return false
	}
	raw.seen.Store(tx.now)
	return true
}

// PutAll makes byScope the whole truth of the source for this kind: scopes that are absent are dropped.
func (k Kind[T]) PutAll(tx *Tx, source string, byScope map[string][]T) {
	for scope := range tx.next.shelves[shelfKey{k.name, source}] {
		if _, still := byScope[scope]; !still {
			k.Drop(tx, source, scope)
		}
	}
	for scope, items := range byScope {
		k.Put(tx, source, scope, items)
	}
}

// Drop removes a shelf: what it described is no longer there, or no longer ours to see.
func (k Kind[T]) Drop(tx *Tx, source, scope string) {
	key := shelfKey{k.name, source}
	if _, had := tx.next.shelves[key][scope]; !had {
		return
	}
	delete(tx.clone(key), scope)
	tx.mark(k.name, scope)
}

func (tx *Tx) mark(kind, scope string) {
	tx.changed = true
	tx.scopes[scope] = true
	tx.kinds[kind] = true
}

func (tx *Tx) clone(key shelfKey) map[string]*rawShelf {
	if tx.cloned[key] {
		return tx.next.shelves[key]
	}
	if !tx.own {
		tx.own = true
		tx.next.shelves, tx.next.byKind = maps.Clone(tx.next.shelves), maps.Clone(tx.next.byKind)
		if tx.next.shelves == nil {
			tx.next.shelves, tx.next.byKind = map[shelfKey]map[string]*rawShelf{}, map[string][]string{}
		}
	}
	old := tx.next.shelves[key]
	m := make(map[string]*rawShelf, len(old)+1)
	for scope, raw := range old {
		m[scope] = raw
	}
	if old == nil {
		list := tx.next.byKind[key.kind]
		tx.next.byKind[key.kind] = append(list[:len(list):len(list)], key.source)
	}
	tx.next.shelves[key] = m
	tx.cloned[key] = true
	return m
}

func equalItems[T any](a, b []T) bool {
	if len(a) != len(b) {
		return false
	}
	if len(a) == 0 || &a[0] == &b[0] { // what a source did not make anew
		return true
	}
	if _, own := any(*new(T)).(interface{ Equal(T) bool }); own {
		return slices.EqualFunc(a, b, func(x, y T) bool { return any(x).(interface{ Equal(T) bool }).Equal(y) })
	}
	return reflect.DeepEqual(a, b)
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

// Sub is one reader's bell.
type Sub struct {
	store *Store
	gap   time.Duration
	far   time.Duration // the gap of changes that are not near; 0: all are
	near  func(scope string) bool
	bell  chan struct{}
	last  time.Time
	seen  uint64 // version of the snapshot last given
}

// Subscribe returns a bell that rings at most once per gap, and never misses the last change. Close it when done.
func (s *Store) Subscribe(gap time.Duration) *Sub { return s.SubscribeNear(gap, 0, nil) }

// SubscribeNear is Subscribe that rings once per gap only for changes in scopes that are near, and for others once per far. near is asked
// scope by scope, from the goroutine of [Sub.Next].
func (s *Store) SubscribeNear(gap, far time.Duration, near func(scope string) bool) *Sub {
	sub := &Sub{store: s, gap: gap, far: far, near: near, bell: make(chan struct{}, 1)}
	s.subsMu.Lock()
	s.subs[sub] = struct{}{}
	s.subsMu.Unlock()
	return sub
}

// Next waits for a change after the last call and returns the newest snapshot; ok is false when ctx ended.
// It is for one goroutine at a time.
func (b *Sub) Next(ctx context.Context) (snap *Snapshot, ok bool) {
	select {
	case <-ctx.Done():
		return nil, false
	case <-b.bell:
	}
	if !b.wait(ctx, b.gap, nil) {
		return nil, false
	}
	for !b.concerned() {
		if left := b.far - time.Since(b.last); left <= 0 {
			break
		}
		if !b.wait(ctx, b.far, b.bell) {
			return nil, false
		}
	}
	select { // what rang during the wait is in the snapshot we are about to take
	case <-b.bell:
	default:
	}
	b.last = time.Now()
	snap = b.store.Current()
	b.seen = snap.Version()
	return snap, true
}

// wait lasts until the gap since the last snapshot is over, or sooner rings; false when ctx ended.
func (b *Sub) wait(ctx context.Context, gap time.Duration, sooner <-chan struct{}) bool {
	left := gap - time.Since(b.last)
	if left <= 0 {
		return true
	}
	timer := time.NewTimer(left)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
	case <-sooner:
	}
	return true
}

// concerned reports whether anything near changed since the last snapshot.
func (b *Sub) concerned() bool {
	if b.near == nil {
		return true
	}
	near := false
	b.store.Current().ScopesSince(b.seen, func(scope string) { near = near || b.near(scope) })
	return near
}

// Close removes the bell.
func (b *Sub) Close() {
	b.store.subsMu.Lock()
	defer b.store.subsMu.Unlock()
	delete(b.store.subs, b)
}
