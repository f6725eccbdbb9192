package fleet

import (
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"dsotop/internal/platform"
)

// View is all projects judged at one moment. It is read-only and safe for concurrent use.
type View struct {
	// Version changes when anything shown may have changed; ages alone do not move it.
	Version uint64
	At      time.Time
	// Projects are sorted worst first: by severity, then the oldest worst finding, then slug.
	Projects []*Row
	// Sources are sorted by kind, then name.
	Sources []platform.SourceHealth
	// Ready: every configured source answered or failed at least once.
	Ready bool
	// Counts are the projects by severity, archived ones and those not judged yet left out; Unjudged counts the latter.
	Counts   map[platform.Severity]int
	Unjudged int
	// Platform are the alerts that concern no project that is known: the platform's own. AlertsKnown is how old all alerts are.
	Platform    []platform.Alert
	AlertsKnown platform.FactAge

	lookup sync.Once
	byID   map[string]*Row
	bySlug map[string]*Row
	names  *names
	disk   sync.Once
	cached map[string]bool
}

// Project finds a project by id or slug.
func (v *View) Project(idOrSlug string) (*Row, bool) {
	v.lookup.Do(func() {
		v.byID, v.bySlug = make(map[string]*Row, len(v.Projects)), make(map[string]*Row, len(v.Projects))
		for _, r := range v.Projects {
			p := &r.Dossier.Project
			v.byID[p.ID] = r
			if p.Slug != "" {
				v.bySlug[p.Slug] = r
			}
		}
	})
	if r, ok := v.byID[idOrSlug]; ok {
		return r, true
	}
	r, ok := v.bySlug[idOrSlug]
	return r, ok
}

// Environment finds an environment by name, id or namespace, in a project given by id or slug.
func (v *View) Environment(project, env string) (*platform.EnvironmentFacts, bool) {
	r, ok := v.Project(project)
	if !ok || env == "" {
		return nil, false
	}
	for i := range r.Dossier.Environments {
		e := &r.Dossier.Environments[i]
		if e.Name == env || e.ID == env || e.Namespace == env {
			return e, true
		}
	}
	return nil, false
}

// Cached reports whether something shown comes from the last known state on disk of the source, not yet confirmed by it.
func (v *View) Cached(source string) bool {
	v.disk.Do(func() {
		v.cached = map[string]bool{}
		note := func(known map[platform.Family]platform.FactAge) {
			for _, a := range known {
				if a.Cached {
					v.cached[a.Source] = true
				}
			}
		}
		for _, r := range v.Projects {
			note(r.Dossier.Known)
			for i := range r.Dossier.Environments {
				note(r.Dossier.Environments[i].Known)
			}
		}
	})
	return v.cached[source]
}

// Resolve says what an opaque text names, from everything this view knows. The first question after something that has a name moved makes
// the index of names, which takes a quarter of a second on the largest platforms: see Indexed.
func (v *View) Resolve(text string) []platform.Resolution {
	return platform.Resolve(text, v.names.get(v.Projects))
}

// Indexed reports whether Resolve will answer at once. Making the index is asking for anything, on another goroutine.
func (v *View) Indexed() bool { return v.names.made() }

// names is the index of names, made when it is first asked for. Views share it as long as only pods and the like change.
type names struct {
	once  sync.Once
	index *platform.Index
	ready atomic.Bool
}

// made reports whether the index is there. A view without projects has none, and needs none.
func (n *names) made() bool { return n == nil || n.ready.Load() }

// get makes the index from the rows of whichever view asks first: all that share it have the same names.
func (n *names) get(rows []*Row) *platform.Index {
	if n == nil {
		return nil
	}
	n.once.Do(func() { n.index = makeIndex(rows); n.ready.Store(true) })
	return n.index
}

func makeIndex(rows []*Row) *platform.Index {
	x := platform.NewIndex()
	for _, r := range rows {
		d := r.Dossier
		id, slug := d.Project.ID, d.Project.Slug
		x.AddProject(id, slug)
		for i := range d.Environments {
			e := &d.Environments[i]
			x.AddEnvironment(id, e.ID, e.Name, e.Namespace)
			for j := range e.Applications {
				x.AddApplication(e.Applications[j], id, slug, e.Name)
			}
		}
		for i := range d.Applications {
			if a := &d.Applications[i]; a.Type == platform.AppObservability {
				x.AddApplication(*a, id, slug, "")
			}
		}
		for i := range d.Repositories {
			repo := &d.Repositories[i]
			if repo.ID != "" {
				x.AddRepository(id, repo.ID, repo.Name)
			}
			if repo.Git != nil && repo.Git.HeadSHA != "" {
				x.AddCommit(platform.ResolvedCommit, repo.Git.HeadSHA, id, slug, repo.Name, repo.Git.DefaultBranch)
			}
			for j := range repo.Pipelines {
				p := &repo.Pipelines[j]
				x.AddCommit(platform.ResolvedCommit, p.SHA, id, slug, repo.Name, pipelineName(p))
			}
			if repo.Gate != nil {
				x.AddCommit(platform.ResolvedCommit, repo.Gate.Revision, id, slug, repo.Name, repo.Gate.Key)
			}
		}
		for i := range d.Applications {
			a := &d.Applications[i]
			rev, repo := d.InfraRevision(a)
			if repo == nil {
				continue
			}
			x.AddCommit(platform.ResolvedCommit, rev, id, slug, repo.Name, a.Name)
			for _, h := range a.History {
				x.AddCommit(platform.ResolvedCommit, h.Revision, id, slug, repo.Name, a.Name)
			}
		}
		for i := range d.Environments {
			indexRunning(x, d, &d.Environments[i])
		}
		for i := range d.Images {
			for _, t := range d.Images[i].Tags {
				x.AddCommit(platform.ResolvedImage, t.Name, id, slug, d.Images[i].Repository, d.Images[i].Repository+":"+t.Name)
			}
		}
	}
	x.Sort()
	return x
}

// indexRunning adds the commits that pods name in their images: retention may have taken the tags.
func indexRunning(x *platform.Index, d *platform.Dossier, e *platform.EnvironmentFacts) {
	last := ""
	for i := range e.Pods {
		for k := range e.Pods[i].Containers {
			image := e.Pods[i].Containers[k].Image
			if image == last {
				continue
			}
			last = image
			if _, project, repository, tag, _ := platform.ParseImage(image); project == d.Project.Slug {
				x.AddCommit(platform.ResolvedImage, tag, d.Project.ID, d.Project.Slug, repository, repository+":"+tag)
			}
		}
	}
}

func pipelineName(p *platform.Pipeline) string { return "#" + strconv.FormatInt(p.IID, 10) }
