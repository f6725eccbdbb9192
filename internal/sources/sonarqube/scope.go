package sonarqube

import (
	"maps"

	"dsotop/internal/platform"
	"dsotop/internal/store"
)

// ScopeOfSlug is the scope under which the facts of a project are kept as long as its id is unknown.
func ScopeOfSlug(slug string) string { return "slug:" + slug }

// scopes translates a project's slug to the scope of its shelves.
type scopes struct{ ids map[string]string }

// scopesOf reads the console's projects in a snapshot, archived ones excepted. Without any, slugs stand for themselves.
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

func (s scopes) equal(o scopes) bool { return maps.Equal(s.ids, o.ids) }

// of returns the scope of a slug; ok is false when the console spoke and does not know it.
func (s scopes) of(slug string) (scope string, ok bool) {
	if len(s.ids) == 0 {
		return ScopeOfSlug(slug), slug != ""
	}
	scope, ok = s.ids[slug]
	return scope, ok
}

// declaredKeys computes the keys of the repositories that the console declared: what to ask for when SonarQube refuses to list.
func declaredKeys(snap *store.Snapshot, sc scopes) []string {
	slugs := map[string]string{}
	for slug, id := range sc.ids {
		slugs[id] = slug
	}
	var keys []string
	seen := map[string]bool{}
	for shelf := range store.Repositories.All(snap) {
		slug, ok := slugs[shelf.Scope]
		if !ok {
			continue
		}
		for _, r := range shelf.Items {
			if key := platform.SonarKey(slug, r.Name); !seen[key] {
				seen[key] = true
				keys = append(keys, key)
			}
		}
	}
	return keys
}
