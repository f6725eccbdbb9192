package store

import (
	"maps"
	"reflect"
	"slices"
	"time"
)

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
