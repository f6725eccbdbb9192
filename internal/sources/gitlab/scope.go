package gitlab

import (
	"maps"
	"strings"

	"dsotop/internal/store"
)

// ScopeOfSlug is the scope under which the facts of a project are kept as long as its id is unknown.
func ScopeOfSlug(slug string) string { return "slug:" + slug }

// scopes translates a project's slug to the scope of its shelves.
type scopes struct{ ids map[string]string }

// scopesOf reads the console's projects in a snapshot, archived ones excepted: their group is gone. Without any, slugs stand for themselves.
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

// of returns the scope of a group, given relative to the root. Groups that are no project's are refused: once the console
// spoke, those it does not know; before, those the platform itself keeps beside the projects (platform facts §2.4).
func (s scopes) of(group string) (scope string, ok bool) {
	if group == "" {
		return "", false
	}
	last := group[strings.LastIndexByte(group, '/')+1:]
	if !s.known() {
		if first, _, _ := strings.Cut(group, "/"); first == "infra" || first == "catalog" {
			return "", false
		}
		return ScopeOfSlug(last), true
	}
	// Before version 9 a project's group was <organisation>/<project>.
	for _, slug := range []string{group, strings.ReplaceAll(group, "/", "-"), last} {
		if id, found := s.ids[slug]; found {
			return id, true
		}
	}
	return "", false
}
