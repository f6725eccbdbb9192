package argocd

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"dsotop/demo/world"
)

// imagesAt is what the application deploys at a revision of its repository: what runs at the revision that is deployed; at an older one,
// for images of the project itself, the newest commit that had been built by then.
func imagesAt(st *world.State, a *world.Application, revision string) (func(image string) string, *refusal) {
	same := func(image string) string { return image }
	if revision == "" || revision == a.Revision || a.Environment == nil {
		return same, nil
	}
	if n := len(a.History); n > 0 && a.History[n-1].Revision == revision && a.Sync == "OutOfSync" { // git moved since, and what runs did not
		return same, nil
	}
	p := a.Environment.Project
	at, found := time.Time{}, false
	for _, r := range p.Repositories {
		if r.Git == nil || !strings.HasSuffix(a.RepoURL, "/"+r.Name+".git") {
			continue
		}
		for _, c := range r.Git.Commits {
			if len(revision) >= 7 && strings.HasPrefix(c.SHA, revision) {
				at, found = c.At, true
			}
		}
	}
	if !found {
		return nil, &refusal{http.StatusInternalServerError, 2, "rpc error: code = Unknown desc = failed to list refs: unable to resolve '" + revision + "' to a commit SHA"}
	}
	return func(image string) string {
		name, tag := image, ""
		if i := strings.LastIndex(image, ":"); i > strings.LastIndex(image, "/") {
			name, tag = image[:i], image[i+1:]
		}
		for _, r := range p.Repositories {
			if r.Git == nil || r.Infra || name != st.RegistryHost+"/"+p.Slug+"/"+r.Name || len(tag) != 8 {
				continue
			}
			kept, oldest := map[string]bool{}, at
			for _, m := range r.Images {
				if kept[m.Commit] = true; m.PushedAt.Before(oldest) {
					oldest = m.PushedAt
				}
			}
			for _, c := range slices.Backward(r.Git.Commits) {
				if c.At.Before(at) && (kept[c.SHA] || c.At.Before(oldest)) { // those between, without an image, never were built
					return name + ":" + c.SHA[:8]
				}
			}
		}
		return image
	}, nil
}

// withImages writes other images into the containers of an object.
func withImages(o object, image func(string) string) object {
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case object:
			if s, ok := v["image"].(string); ok && v["name"] != nil {
				v["image"] = image(s)
			}
			for _, x := range v {
				walk(x)
			}
		case []object:
			for _, x := range v {
				walk(x)
			}
		}
	}
	walk(o)
	return o
}

// predicted is what a sync would make of a live object that is out of step: the next commit of its repository asks for one replica more and
// notes itself. Nothing else of the object moves: the server predicts with the fields that others own.
func (t *tree) predicted(res world.AppResource) object {
	o := t.manifest(res.Group, res.Version, res.Kind, res.Namespace, res.Name, true)
	m := o["metadata"].(object)
	notes := object{"cpn.example/revision": t.app.Revision}
	if old, ok := m["annotations"].(object); ok {
		maps.Copy(notes, old)
	}
	m["annotations"] = notes
	if spec, ok := o["spec"].(object); ok {
		if n, ok := spec["replicas"].(int); ok {
			spec["replicas"] = n + 1
		}
	}
	if data, ok := o["data"].(object); ok && res.Kind == "Secret" {
		for k := range data {
			data[k] = hidden + hidden // another value is as many signs more
			break
		}
	}
	return o
}
