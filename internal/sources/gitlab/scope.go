package gitlab

import (
	"strings"

	"dsotop/internal/store"
)

// scopeOf returns the scope of a group, given relative to the root. Groups that are no project's are refused: once the console
// spoke, those it does not know; before, those the platform itself keeps beside the projects (platform facts §2.4).
func scopeOf(s store.Slugs, group string) (scope string, ok bool) {
	if group == "" {
		return "", false
	}
	last := group[strings.LastIndexByte(group, '/')+1:]
	if !s.Known() {
		if first, _, _ := strings.Cut(group, "/"); first == "infra" || first == "catalog" {
			return "", false
		}
		return store.ScopeOfSlug(last), true
	}
	// Before version 9 a project's group was <organisation>/<project>.
	for _, slug := range []string{group, strings.ReplaceAll(group, "/", "-"), last} {
		if id, found := s.IDs[slug]; found {
			return id, true
		}
	}
	return "", false
}
