package store

import (
	"maps"
	"strings"
	"sync"
)

// SlugScope starts the scope of a project of which only the slug is known: no console told its id yet.
const SlugScope = "slug:"

// ScopeOfSlug is the scope under which the facts of a project are kept as long as its id is unknown.
func ScopeOfSlug(slug string) string { return SlugScope + slug }

// Slugs translates projects' slugs to the scopes of their shelves, as the console's projects of one snapshot have it. IDs is empty before
// the console spoke, and without one: slugs then stand for themselves. It is read-only.
type Slugs struct {
	IDs  map[string]string
	memo *slugMemo // nil for one that was made by hand
}

// slugMemo is the translation of all snapshots between two changes of projects, made when somebody first asks.
type slugMemo struct {
	once  sync.Once
	ids   map[string]string
	slugs map[string]string // by id
}

// SlugsOf reads the projects in a snapshot. Archived ones are left out: what they had in other systems is gone. It costs nothing as long as
// no project changed.
func SlugsOf(snap *Snapshot) Slugs {
	if snap == nil || snap.slugs == nil {
		return Slugs{IDs: map[string]string{}}
	}
	m := snap.slugs
	m.once.Do(func() {
		m.ids, m.slugs = map[string]string{}, map[string]string{}
		for shelf := range Projects.All(snap) {
			for _, p := range shelf.Items {
				if p.Slug != "" && p.ID != "" && !p.Archived() {
					m.ids[p.Slug], m.slugs[p.ID] = p.ID, p.Slug
				}
			}
		}
	})
	return Slugs{IDs: m.ids, memo: m}
}

// Known reports whether the console spoke.
func (s Slugs) Known() bool { return len(s.IDs) > 0 }

// Equal compares two translations.
func (s Slugs) Equal(o Slugs) bool {
	return s.memo != nil && s.memo == o.memo || maps.Equal(s.IDs, o.IDs)
}

// Of returns the scope of a slug; ok is false when the console spoke and does not know it.
func (s Slugs) Of(slug string) (scope string, ok bool) {
	if !s.Known() {
		return ScopeOfSlug(slug), slug != ""
	}
	scope, ok = s.IDs[slug]
	return scope, ok
}

// Slug finds the project of a scope.
func (s Slugs) Slug(scope string) (slug string, ok bool) {
	if !s.Known() {
		return strings.CutPrefix(scope, SlugScope)
	}
	if s.memo != nil {
		slug, ok = s.memo.slugs[scope]
		return slug, ok
	}
	for slug, id := range s.IDs {
		if id == scope {
			return slug, true
		}
	}
	return "", false
}

// Holds reports whether a scope belongs to one of the projects.
func (s Slugs) Holds(scope string) bool { _, ok := s.Slug(scope); return ok }
