package sonarqube

import (
	"dsotop/internal/platform"
	"dsotop/internal/store"
)

// declaredKeys computes the keys of the repositories that the console declared: what to ask for when SonarQube refuses to list.
func declaredKeys(snap *store.Snapshot, sc store.Slugs) []string {
	slugs := map[string]string{}
	for slug, id := range sc.IDs {
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
