package gitlab

import (
	"cmp"
	"maps"
	"reflect"
	"slices"

	"dsotop/internal/platform"
	"dsotop/internal/store"
)

// shelves is everything known of one project.
type shelves struct {
	repos     []platform.GitRepository
	pipelines []platform.Pipeline
	known     bool // the pipelines were read
	groups    []string
}

// assemble joins the groups of one project (there is one, except in a project that changed organisation before version 9). Pipelines come
// by repository, newest first.
func (f *facts) assemble(groups []string) shelves {
	out := shelves{known: f.withPipelines, groups: groups}
	for _, g := range groups {
		for _, r := range f.groups[g] {
			h := f.heads[r.ID]
			repo := r.GitRepository
			repo.HeadSHA, repo.HeadAt = h.sha, h.at
			out.repos = append(out.repos, repo)
			if _, read := f.extra[r.ID]; read {
				out.known = true
			}
			list := f.pipelinesOf(r)
			if r.Name == platform.MirrorRepository { // by the repository concerned: readers take pieces of the list as they are
				slices.SortStableFunc(list, func(a, b platform.Pipeline) int { return cmp.Compare(a.MirrorOf, b.MirrorOf) })
			}
			out.pipelines = append(out.pipelines, list...)
		}
	}
	return out
}

// byScope sorts the groups by the scope of their project. The map is read-only. Call it with the lock held.
func (f *facts) byScope(sc store.Slugs) map[string][]string {
	if f.grouped != nil && f.scoped.Equal(sc) {
		return f.grouped
	}
	f.grouped, f.scoped = map[string][]string{}, sc
	for _, g := range slices.Sorted(maps.Keys(f.groups)) {
		if scope, ok := scopeOf(sc, g); ok {
			f.grouped[scope] = append(f.grouped[scope], g)
		}
	}
	f.scopes = slices.Sorted(maps.Keys(f.grouped))
	return f.grouped
}

// publish writes all shelves after a fleet pass. PutAll makes what disappeared from GitLab disappear from the store.
func (f *facts) publish(st *store.Store, source string) {
	sc := store.SlugsOf(st.Current())
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.listed {
		return
	}
	f.written = sc
	repos := map[string][]platform.GitRepository{}
	pipelines := map[string][]platform.Pipeline{}
	tokens := map[string][]platform.AccessToken{}
	byScope := f.byScope(sc)
	maps.DeleteFunc(f.joined, func(scope string, _ shelves) bool { return byScope[scope] == nil })
	for scope, groups := range byScope {
		s, ok := f.joined[scope]
		if !ok || !slices.Equal(s.groups, groups) {
			s = f.assemble(groups)
			f.joined[scope] = s
		}
		repos[scope] = s.repos
		if s.known {
			pipelines[scope] = s.pipelines
		}
		if t, ok := f.tokensOf(groups); ok {
			tokens[scope] = t
		}
	}
	if f.whole { // the console's projects that GitLab has nothing of: known to be empty
		for _, scope := range sc.IDs {
			if repos[scope] == nil {
				repos[scope], pipelines[scope] = []platform.GitRepository{}, []platform.Pipeline{}
			}
		}
	}
	snap := st.Current()
	st.Apply(func(tx *store.Tx) {
		store.GitRepos.PutAll(tx, source, repos)
		if f.withPipelines {
			store.Pipelines.PutAll(tx, source, pipelines)
		} else {
			fillIn(tx, snap, store.Pipelines, source, pipelines, repos)
		}
		fillIn(tx, snap, store.Tokens, source, tokens, repos)
		dropAside(tx, snap, source, repos)
	})
}

// fillIn writes the shelves that are missing or only remembered, and drops those of projects that are gone. The others were read at
// their own pace: writing them again would make them look fresher than they are.
func fillIn[T any](tx *store.Tx, snap *store.Snapshot, kind store.Kind[T], source string, items map[string][]T, repos map[string][]platform.GitRepository) {
	had := map[string]bool{}
	for shelf := range kind.All(snap) {
		if shelf.Source != source {
			continue
		}
		had[shelf.Scope] = !shelf.Cached
		if repos[shelf.Scope] == nil {
			kind.Drop(tx, source, shelf.Scope)
		}
	}
	for scope, list := range items {
		if !had[scope] {
			kind.Put(tx, source, scope, list)
		}
	}
}

// publishOne writes the shelves of one project after its details were read.
func (f *facts) publishOne(st *store.Store, source, scope string, freshTokens bool) {
	sc := store.SlugsOf(st.Current())
	f.mu.Lock()
	defer f.mu.Unlock()
	groups := f.byScope(sc)[scope]
	if len(groups) == 0 {
		return
	}
	s := f.assemble(groups)
	if old, ok := f.joined[scope]; ok && reflect.DeepEqual(old, s) {
		s = old // the very lists that the store has: it need not compare them, nor are there two
	}
	f.joined[scope] = s
	tokens, readable := f.tokensOf(groups)
	st.Apply(func(tx *store.Tx) {
		store.GitRepos.Put(tx, source, scope, s.repos)
		if s.known {
			store.Pipelines.Put(tx, source, scope, s.pipelines)
		}
		f.publishAside(tx, source, scope, groups)
		switch {
		case !readable:
			store.Tokens.Drop(tx, source, scope)
		case freshTokens:
			store.Tokens.Put(tx, source, scope, tokens)
		}
	})
}

// moved reports whether the console's projects changed since the shelves were written.
func (f *facts) moved(st *store.Store) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.listed && !f.written.Equal(store.SlugsOf(st.Current()))
}

func (f *facts) tokensOf(groups []string) ([]platform.AccessToken, bool) {
	out := []platform.AccessToken{}
	ok := false
	for _, g := range groups {
		if t, read := f.tokens[g]; read && t.err == nil {
			out, ok = append(out, t.list...), true
		}
	}
	return out, ok
}
