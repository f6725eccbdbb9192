package harbor

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/store"
)

// facts is what was read so far, by name of the Harbor project.
type facts struct {
	mu      sync.Mutex
	listed  []string // projects that Harbor lists; nil when it was not asked or refuses
	images  map[string][]platform.Image
	cut     map[string]map[string]int64 // by project, "<project>/<repository>" → artifacts not read; -1 when unknown how many
	rights  map[string]bool
	robots  map[string]time.Time // when those of a scope were last answered for
	written store.Slugs
	scopes  []string // of the console's projects, by the translation scoped
	scoped  store.Slugs
}

func newFacts() *facts {
	return &facts{images: map[string][]platform.Image{}, cut: map[string]map[string]int64{}, rights: map[string]bool{}, robots: map[string]time.Time{}}
}

func (f *facts) setListed(names []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.listed = names
}

// wanted lists the slugs to read: the console's projects, else what Harbor lists.
func (f *facts) wanted(sc store.Slugs) []string {
	if sc.Known() {
		return slices.Sorted(maps.Keys(sc.IDs))
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.listed)
}

// wantedScopes lists the scopes of the projects to read.
func (f *facts) wantedScopes(sc store.Slugs) []string {
	if !sc.Known() {
		return f.scopesOf(sc)
	}
	f.mu.Lock()
	old, of := f.scopes, f.scoped
	f.mu.Unlock()
	if old != nil && of.Equal(sc) {
		return old
	}
	out := f.scopesOf(sc)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.scopes, f.scoped = out, sc
	return out
}

func (f *facts) scopesOf(sc store.Slugs) []string {
	var out []string
	for _, slug := range f.wanted(sc) {
		if scope, ok := sc.Of(slug); ok {
			out = append(out, scope)
		}
	}
	return out
}

// setImages replaces what is known of a project, and returns what was left out before.
func (f *facts) setImages(project string, images []platform.Image, cut map[string]int64) (before map[string]int64) {
	// Newest push first within a repository, repositories by name: the store then sees no change when Harbor only shuffles.
	slices.SortStableFunc(images, func(a, b platform.Image) int {
		return cmp.Or(cmp.Compare(a.Repository, b.Repository), b.PushedAt.Compare(a.PushedAt), cmp.Compare(a.Digest, b.Digest))
	})
	f.mu.Lock()
	defer f.mu.Unlock()
	f.images[project] = images
	before = f.cut[project]
	f.cut[project] = cut
	return before
}

// forget drops a project that Harbor does not list any more.
func (f *facts) forget(st *store.Store, source, project string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.images, project)
	delete(f.cut, project)
	delete(f.robots, store.ScopeOfSlug(project))
	st.Apply(func(tx *store.Tx) {
		store.Images.Drop(tx, source, store.ScopeOfSlug(project))
		store.Robots.Drop(tx, source, store.ScopeOfSlug(project))
	})
}

// publishOne writes the shelf of one project.
func (f *facts) publishOne(st *store.Store, source, project string) {
	sc := store.SlugsOf(st.Current())
	f.mu.Lock()
	defer f.mu.Unlock()
	scope, ok := sc.Of(project)
	if !ok {
		return
	}
	images, read := f.images[project]
	st.Apply(func(tx *store.Tx) {
		if !read {
			store.Images.Drop(tx, source, scope)
			return
		}
		store.Images.Put(tx, source, scope, images)
	})
}

// rejoin moves the shelves when the console's projects changed: to their ids, and away with those that are gone.
func (f *facts) rejoin(st *store.Store, source string) {
	sc := store.SlugsOf(st.Current())
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.written.Equal(sc) {
		return
	}
	f.written = sc
	byScope := map[string][]platform.Image{}
	for project, images := range f.images {
		scope, ok := sc.Of(project)
		if !ok {
			delete(f.images, project)
			continue
		}
		byScope[scope] = images
	}
	st.Apply(func(tx *store.Tx) {
		for shelf := range store.Images.All(st.Current()) {
			// What the last known state brought stays until it was read again.
			if _, ok := byScope[shelf.Scope]; !ok && shelf.Source == source && !(shelf.Cached && sc.Holds(shelf.Scope)) {
				store.Images.Drop(tx, source, shelf.Scope)
			}
		}
		for scope, images := range byScope {
			if !shelved(st.Current(), source, scope) { // those in place keep their age
				store.Images.Put(tx, source, scope, images)
			}
		}
	})
}

func shelved(snap *store.Snapshot, source, scope string) bool {
	for _, s := range store.Images.Of(snap, scope) {
		if s.Source == source && !s.Cached {
			return true
		}
	}
	return false
}

// setRight notes what Harbor granted or refused. One grant outweighs refusals elsewhere.
func (f *facts) setRight(name string, held bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rights[name] = f.rights[name] || held
}

func (f *facts) foundRights() []platform.Right {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []platform.Right
	for _, r := range []platform.Right{{Name: rightImages, Needed: "images"}, {Name: rightProjects, Needed: "fleet"}, {Name: rightRobots, Needed: "robots"}} {
		r.Held, r.Known = f.rights[r.Name]
		if r.Name == rightRobots && !r.Known {
			continue // nobody asked yet: it is no right that one must have
		}
		out = append(out, r)
	}
	return out
}
