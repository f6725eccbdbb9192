package argocd

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/sources"
	"dsotop/internal/store"
)

// appID is an application within the instance.
type appID struct{ namespace, name string }

// known is one application with what its tree said last.
type known struct {
	app  platform.Application
	tree tree
	// events are those of its troubled objects, read while it is in view.
	events []platform.Event
	// readAt is when the tree was last asked for, answered or not; zero: never.
	readAt time.Time
	// has is true once a tree was read.
	has bool
	// moved is true when the application changed after its tree was read.
	moved bool
	// left is true when the tree was not asked for although it was due: another source tells the same.
	left bool
	// pods and controllers keep manifests by UID while resourceVersion stays.
	pods        map[string]manifestOf[wirePod]
	controllers map[string]manifestOf[wireController]
}

type manifestOf[T any] struct {
	version string
	body    *T
}

// facts is what the instance told, guarded by the source's lock, with what of it the store has not seen yet.
type facts struct {
	apps       map[appID]*known
	projects   map[string]bool // scopes to write; their applications moved
	namespaces map[string]bool // namespaces to write; their pods moved
	refused    map[appID]error // trees that could not be read
	all        bool            // a whole list came: what is not in it goes
}

func newFacts() facts {
	return facts{apps: map[appID]*known{}, projects: map[string]bool{}, namespaces: map[string]bool{}, refused: map[appID]error{}}
}

func (s *Source) ring() {
	select {
	case s.dirty <- struct{}{}:
	default:
	}
}

// replace takes a whole list: it is the truth, so that what is absent is gone.
func (s *Source) replace(apps []wireApp) {
	mapped := make([]platform.Application, len(apps))
	for i := range apps {
		mapped[i] = application(s.name, s.base, &apps[i])
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	seen := make(map[appID]bool, len(mapped))
	for _, a := range mapped {
		seen[appID{a.Namespace, a.Name}] = true
		s.facts.put(a)
	}
	for id := range s.facts.apps {
		if !seen[id] {
			s.facts.remove(id)
		}
	}
	s.facts.all = true
	s.ring()
}

// change takes one event of the stream.
func (s *Source) change(kind string, w *wireApp) {
	a := application(s.name, s.base, w)
	s.mu.Lock()
	defer s.mu.Unlock()
	if kind == "DELETED" {
		s.facts.remove(appID{a.Namespace, a.Name})
	} else {
		s.facts.put(a)
	}
	s.ring()
}

func (f *facts) put(a platform.Application) {
	id := appID{a.Namespace, a.Name}
	f.projects[a.ProjectID] = true
	k := f.apps[id]
	if k == nil {
		f.apps[id] = &known{app: a}
		return
	}
	if k.app.ProjectID != a.ProjectID {
		f.projects[k.app.ProjectID] = true
	}
	if k.app.DestNamespace != a.DestNamespace || k.app.DestCluster != a.DestCluster {
		f.touch(k)
		*k = known{} // its tree was about another place
	}
	k.app, k.moved = a, true
}

func (f *facts) remove(id appID) {
	k := f.apps[id]
	if k == nil {
		return
	}
	f.projects[k.app.ProjectID] = true
	f.touch(k)
	delete(f.apps, id)
	delete(f.refused, id)
}

// touch marks the namespaces in which an application's tree has something.
func (f *facts) touch(k *known) {
	if k.has {
		f.namespaces[k.app.DestNamespace] = true
	}
	for _, p := range k.tree.pods {
		f.namespaces[p.Namespace] = true
	}
	for _, w := range k.tree.workloads {
		f.namespaces[w.Namespace] = true
	}
}

// publish writes what moved since the last call to the store.
func (s *Source) publish(b *sources.Board) {
	s.mu.Lock()
	f := &s.facts
	all := f.all
	byProject := map[string][]platform.Application{}
	byNamespace := map[string][]*known{}
	targets := map[string]bool{}
	for _, k := range f.apps {
		if all || f.projects[k.app.ProjectID] {
			byProject[k.app.ProjectID] = append(byProject[k.app.ProjectID], withTree(k))
		}
		if !all && len(f.namespaces) == 0 { // most changes are of applications alone, and there are thousands of them
			continue
		}
		targets[k.app.DestNamespace] = true
		for _, namespace := range k.places() {
			targets[namespace] = true
			if f.namespaces[namespace] {
				byNamespace[namespace] = append(byNamespace[namespace], k)
			}
		}
	}
	projects, namespaces := f.projects, f.namespaces
	f.projects, f.namespaces, f.all = map[string]bool{}, map[string]bool{}, false
	merged := make(map[string]content, len(byNamespace))
	for namespace, list := range byNamespace {
		merged[namespace] = join(namespace, list)
	}
	s.mu.Unlock()
	for _, apps := range byProject {
		slices.SortFunc(apps, func(a, b platform.Application) int { return strings.Compare(a.Key(), b.Key()) })
	}
	if all { // shelves of an earlier run, for namespaces that no application deploys to any more
		for shelf := range store.Pods.All(b.Store.Current()) {
			if shelf.Source == s.name && !targets[shelf.Scope] {
				namespaces[shelf.Scope] = true
			}
		}
	}
	b.Store.Apply(func(tx *store.Tx) {
		if all {
			store.Applications.PutAll(tx, s.name, byProject)
		} else {
			for project := range projects {
				if apps, some := byProject[project]; some {
					store.Applications.Put(tx, s.name, project, apps)
				} else {
					store.Applications.Drop(tx, s.name, project)
				}
			}
		}
		for namespace := range namespaces {
			c, some := merged[namespace]
			if !some {
				store.Pods.Drop(tx, s.name, namespace)
				store.Workloads.Drop(tx, s.name, namespace)
				store.Events.Drop(tx, s.name, namespace)
				continue
			}
			store.Pods.Put(tx, s.name, namespace, c.pods)
			store.Workloads.Put(tx, s.name, namespace, c.workloads)
			if c.eventsKnown {
				store.Events.Put(tx, s.name, namespace, c.events)
			}
		}
	})
}

// places lists the namespaces a read tree is about, its destination among them even when nothing runs there.
func (k *known) places() []string {
	if !k.has {
		return nil
	}
	out := []string{k.app.DestNamespace}
	for _, p := range k.tree.pods {
		out = append(out, p.Namespace)
	}
	for _, w := range k.tree.workloads {
		out = append(out, w.Namespace)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

type content struct {
	pods        []platform.Pod
	workloads   []platform.Workload
	events      []platform.Event
	eventsKnown bool
}

// join makes one namespace of the applications that deploy to it; twin applications list the same objects.
func join(namespace string, list []*known) content {
	slices.SortFunc(list, func(a, b *known) int { return cmp.Compare(a.app.Key(), b.app.Key()) })
	trees := make([]tree, 0, len(list))
	var c content
	seen := map[platform.Event]bool{}
	for _, k := range list {
		trees = append(trees, k.tree)
		c.eventsKnown = c.eventsKnown || k.events != nil
		for _, e := range k.events {
			if e.Namespace == namespace && !seen[e] {
				seen[e] = true
				c.events = append(c.events, e)
			}
		}
	}
	newestFirst(c.events)
	c.pods, c.workloads = merge(namespace, trees)
	return c
}

// withTree adds to an application the health of its resources, which since Argo CD 3.0 only the tree tells.
func withTree(k *known) platform.Application {
	a := k.app
	if len(k.tree.troubled) == 0 {
		return a
	}
	a.Resources = slices.Clone(a.Resources)
	for _, t := range k.tree.troubled {
		at := slices.IndexFunc(a.Resources, func(r platform.AppResource) bool {
			return r.Group == t.Group && r.Kind == t.Kind && r.Namespace == t.Namespace && r.Name == t.Name
		})
		if at < 0 {
			a.Resources = append(a.Resources, t)
			continue
		}
		if r := &a.Resources[at]; r.Health == "" {
			r.Health = t.Health
			r.Message = cmp.Or(t.Message, r.Message)
		}
	}
	return a
}
