package harbor

import (
	"maps"
	"strings"

	"dsotop/internal/store"
)

// ScopeOfSlug is the scope under which the facts of a project are kept as long as its id is unknown.
func ScopeOfSlug(slug string) string { return "slug:" + slug }

// scopes translates a project's slug to the scope of its shelves.
type scopes struct{ ids map[string]string }

// scopesOf reads the console's projects in a snapshot, archived ones excepted: their Harbor project is gone. Without any,
// slugs stand for themselves.
func scopesOf(snap *store.Snapshot) scopes {
	ids := map[string]string{}
	for shelf := range store.Projects.All(snap) {
		for _, p := range shelf.Items {
			if p.Slug != "" && p.ID != "" && !p.Archived() {
				ids[p.Slug] = p.ID
			}
		}
	}
	return scopes{ids: ids}
}

func (s scopes) known() bool { return len(s.ids) > 0 }

func (s scopes) equal(o scopes) bool { return maps.Equal(s.ids, o.ids) }

// of returns the scope of a slug; ok is false when the console spoke and does not know it.
func (s scopes) of(slug string) (scope string, ok bool) {
	if !s.known() {
		return ScopeOfSlug(slug), slug != ""
	}
	scope, ok = s.ids[slug]
	return scope, ok
}

// slug finds the project of a scope.
func (s scopes) slug(scope string) (string, bool) {
	if !s.known() {
		return strings.CutPrefix(scope, ScopeOfSlug(""))
	}
	for slug, id := range s.ids {
		if id == scope {
			return slug, true
		}
	}
	return "", false
}

// holds reports whether a scope belongs to one of the projects.
func (s scopes) holds(scope string) bool { _, ok := s.slug(scope); return ok }
