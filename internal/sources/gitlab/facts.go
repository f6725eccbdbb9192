package gitlab

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/store"
)

// keepPipelines is how many pipelines of one repository are kept.
const keepPipelines = 30

// facts is what was read so far, by GitLab's own ids: fleet passes and detail passes meet here, and each shelf is written from the whole.
type facts struct {
	root  string
	forge bool // the team's own forge is asked

	mu     sync.Mutex
	groups map[string][]repository // by group, repositories by name
	listed bool                    // the fleet was listed at least once
	// Whether the fleet pass brings pipelines (GraphQL). If not, a project's pipelines are known once its details were read.
	withPipelines bool
	whole         bool // the fleet pass saw every project

	extra   map[int64][]platform.Pipeline // by repository id: pipelines read one repository at a time
	jobs    map[int64]jobsRead            // by pipeline id
	targets map[int64]string              // by mirror pipeline id; "" when it could not be read
	heads   map[int64]head                // by repository id
	tokens  map[string]tokensRead         // by group
	rights  map[string]bool               // found while reading details
	written store.Slugs                   // the translation used for the shelves as they are
	grouped map[string][]string           // the groups by scope, as the translation scoped has it; nil: to be made again
	scopes  []string                      // the keys of grouped
	scoped  store.Slugs
	aside   aside              // what is read beside
	joined  map[string]shelves // by scope: what its shelves were made of last, as long as a fleet pass brings nothing new of it
}

type jobsRead struct {
	updated time.Time // of the pipeline when they were read
	status  string
	list    []platform.Job
}

type head struct {
	sha string
	at  time.Time
}

type tokensRead struct {
	at   time.Time
	list []platform.AccessToken
	err  error // the fault of a refusal, nil otherwise
}

func newFacts(root string) *facts {
	return &facts{
		root: root, groups: map[string][]repository{}, extra: map[int64][]platform.Pipeline{}, jobs: map[int64]jobsRead{},
		targets: map[int64]string{}, heads: map[int64]head{}, tokens: map[string]tokensRead{}, rights: map[string]bool{}, aside: newAside(), joined: map[string]shelves{},
	}
}

// listing is one pass over the fleet.
type listing struct {
	repositories []repository
	pipelines    bool // each with its newest pipelines
	// The root itself was listed: a project without repositories here has none. Otherwise we only know of those we are a member of.
	whole bool
}

// ready tells whether the fleet was listed: before, nobody knows what there is to look at.
func (f *facts) ready() bool { f.mu.Lock(); defer f.mu.Unlock(); return f.listed }

// setFleet replaces the list of repositories and forgets what belonged to those that are gone. A list without pipelines does not
// take away those that were known.
func (f *facts) setFleet(l listing) {
	f.mu.Lock()
	defer f.mu.Unlock()
	former := map[int64][]platform.Pipeline{}
	for _, repos := range f.groups {
		for _, r := range repos {
			former[r.ID] = r.pipelines
		}
	}
	groups := map[string][]repository{}
	ids := map[int64]bool{}
	for _, r := range l.repositories {
		if !l.pipelines {
			r.pipelines = former[r.ID]
		}
		groups[r.group] = append(groups[r.group], r)
		ids[r.ID] = true
	}
	for _, repos := range groups {
		slices.SortFunc(repos, func(a, b repository) int {
			return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
		})
	}
	same := f.listed && f.withPipelines == l.pipelines && maps.EqualFunc(f.groups, groups, sameGroup)
	maps.DeleteFunc(f.joined, func(_ string, s shelves) bool {
		return f.withPipelines != l.pipelines || slices.ContainsFunc(s.groups, func(g string) bool { return !sameGroup(f.groups[g], groups[g]) })
	})
	f.groups, f.listed, f.withPipelines, f.whole = groups, true, l.pipelines, l.whole
	if same { // most passes bring nothing new
		return
	}
	f.grouped = nil
	gone := func(id int64) bool { return !ids[id] }
	maps.DeleteFunc(f.extra, func(id int64, _ []platform.Pipeline) bool { return gone(id) })
	maps.DeleteFunc(f.heads, func(id int64, _ head) bool { return gone(id) })
	maps.DeleteFunc(f.tokens, func(group string, _ tokensRead) bool { return groups[group] == nil })
	f.aside.forget(gone, groups)
	alive := map[int64]bool{}
	for _, repos := range groups {
		for _, r := range repos {
			for _, p := range f.pipelinesOf(r) {
				alive[p.ID] = true
			}
		}
	}
	maps.DeleteFunc(f.jobs, func(id int64, _ jobsRead) bool { return !alive[id] })
	maps.DeleteFunc(f.targets, func(id int64, _ string) bool { return !alive[id] })
}

// sameGroup reports whether two passes found the same repositories with the same newest pipelines.
func sameGroup(a, b []repository) bool {
	return slices.EqualFunc(a, b, func(x, y repository) bool {
		one, other := x.GitRepository, y.GitRepository
		if !one.LastActivity.Equal(other.LastActivity) || !one.HeadAt.Equal(other.HeadAt) {
			return false
		}
		one.LastActivity, one.HeadAt = other.LastActivity, other.HeadAt // equal moments may be written in different zones
		if one != other || len(x.pipelines) != len(y.pipelines) {
			return false
		}
		return len(x.pipelines) == 0 || &x.pipelines[0] == &y.pipelines[0] || slices.EqualFunc(x.pipelines, y.pipelines, func(p, q platform.Pipeline) bool {
			return p.ID == q.ID && p.Status == q.Status && p.UpdatedAt.Equal(q.UpdatedAt) && p.FinishedAt.Equal(q.FinishedAt) && p.Duration == q.Duration && p.SHA == q.SHA && p.Ref == q.Ref && p.URL == q.URL
		})
	})
}

// pipelinesOf merges what both passes know of a repository's pipelines, newest first. Call it with the lock held.
func (f *facts) pipelinesOf(r repository) []platform.Pipeline {
	out := make([]platform.Pipeline, 0, len(f.extra[r.ID])+len(r.pipelines))
	for _, list := range [][]platform.Pipeline{f.extra[r.ID], r.pipelines} {
		for _, p := range list {
			i := slices.IndexFunc(out, func(old platform.Pipeline) bool { return old.ID == p.ID }) // a few dozen at most
			if i < 0 {
				out = append(out, p)
			} else {
				out[i] = newer(out[i], p)
			}
		}
	}
	slices.SortFunc(out, newestFirst)
	out = out[:min(len(out), keepPipelines)]
	for i := range out {
		if j, ok := f.jobs[out[i].ID]; ok {
			out[i].Jobs = f.told(j.list)
		}
		if r.Name == platform.MirrorRepository {
			out[i].MirrorOf = f.targets[out[i].ID]
		}
	}
	return out
}

// told gives a failed job the cause that its trace told. The lock is held.
func (f *facts) told(jobs []platform.Job) []platform.Job {
	for i := range jobs {
		c, ok := f.aside.causes[jobs[i].ID]
		if !ok || c.cause == "" || jobs[i].Cause == c.cause {
			continue
		}
		jobs = slices.Clone(jobs) // the list may be the store's
		jobs[i].Cause, jobs[i].Said = c.cause, c.said
	}
	return jobs
}

func newestFirst(a, b platform.Pipeline) int {
	return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), cmp.Compare(b.ID, a.ID))
}

// newer picks the later state of one pipeline; the end and the duration, which lists by REST lack, are taken over when the state is the same.
func newer(a, b platform.Pipeline) platform.Pipeline {
	if a.UpdatedAt.After(b.UpdatedAt) {
		a, b = b, a
	}
	if a.Status == b.Status {
		if b.FinishedAt.IsZero() {
			b.FinishedAt = a.FinishedAt
		}
		if b.Duration == 0 {
			b.Duration = a.Duration
		}
	}
	b.IID, b.Ref, b.SHA, b.Source, b.URL = cmp.Or(b.IID, a.IID), cmp.Or(b.Ref, a.Ref), cmp.Or(b.SHA, a.SHA), cmp.Or(b.Source, a.Source), cmp.Or(b.URL, a.URL)
	return b
}

func (f *facts) fleetHasPipelines() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.withPipelines
}

// groupsOf lists the groups of one project.
func (f *facts) groupsOf(sc store.Slugs, scope string) []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.byScope(sc)[scope]
}

// scopesListed lists the scopes of all projects seen in the newest fleet pass.
func (f *facts) scopesListed(sc store.Slugs) []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.byScope(sc)
	return f.scopes
}

func (f *facts) repositories(group string) []repository {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.groups[group])
}

// newest is the newest pipeline of a repository, without its jobs.
func (f *facts) newest(r repository) (platform.Pipeline, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var best platform.Pipeline
	found := false
	for _, list := range [][]platform.Pipeline{f.extra[r.ID], r.pipelines} {
		for _, p := range list {
			switch {
			case !found:
				best, found = p, true
			case p.ID == best.ID:
				best = newer(best, p)
			case newestFirst(p, best) < 0:
				best = p
			}
		}
	}
	return best, found
}

// newestOf is the newest pipeline of a branch among those that the last list brought; what was read apart is older than what the list no longer holds.
func (f *facts) newestOf(r repository, branch string) (best platform.Pipeline, found bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	list := r.pipelines
	if !f.withPipelines {
		list = f.extra[r.ID]
	}
	for _, p := range list {
		if p.Ref == branch && (!found || newestFirst(p, best) < 0) {
			best, found = p, true
		}
	}
	for _, p := range f.extra[r.ID] {
		if found && p.ID == best.ID {
			best = newer(best, p)
		}
	}
	return best, found
}

// targetless lists the newest mirror runs whose repository was never asked for, newest first: at most that many.
func (f *facts) targetless(r repository, most int) []int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []int64
	for i, p := range f.pipelinesOf(r) {
		if _, asked := f.targets[p.ID]; !asked && i < most {
			out = append(out, p.ID)
		}
	}
	return out
}

// traced reports whether the newest mirror run of each of the other repositories of a mirror's group is known: a newer one that nobody told whom it
// concerned may be any of theirs. Of the older runs nothing is judged then.
func (f *facts) traced(mirror repository) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	unmet := map[string]bool{}
	for _, r := range f.groups[mirror.group] {
		if r.Name != platform.MirrorRepository {
			unmet[r.Name] = true
		}
	}
	for _, p := range f.pipelinesOf(mirror) { // newest first
		target, asked := f.targets[p.ID]
		if len(unmet) == 0 || !asked {
			break
		}
		delete(unmet, target)
	}
	return len(unmet) == 0
}

// jobsCurrent reports whether the jobs of a pipeline were read in the state it is in.
func (f *facts) jobsCurrent(p platform.Pipeline) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	j, ok := f.jobs[p.ID]
	return ok && !p.Active() && j.status == p.Status && j.updated.Equal(p.UpdatedAt)
}

func (f *facts) setJobs(p platform.Pipeline, list []platform.Job) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.jobs[p.ID] = jobsRead{updated: p.UpdatedAt, status: p.Status, list: list}
}

func (f *facts) setHead(repo int64, h head) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.heads[repo] = h
}

func (f *facts) setTarget(pipeline int64, target string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.targets[pipeline] = target
}

func (f *facts) setExtra(repo int64, list []platform.Pipeline) {
	f.mu.Lock()
	defer f.mu.Unlock()
	ends := map[int64]platform.Pipeline{}
	for _, p := range f.extra[repo] {
		ends[p.ID] = p
	}
	for i, p := range list {
		if old, ok := ends[p.ID]; ok {
			list[i] = newer(old, p)
		}
	}
	f.extra[repo] = list
}

func (f *facts) mergeExtra(repo int64, p platform.Pipeline) {
	f.mu.Lock()
	defer f.mu.Unlock()
	list := slices.Clone(f.extra[repo])
	i := slices.IndexFunc(list, func(old platform.Pipeline) bool { return old.ID == p.ID })
	if i < 0 {
		list = append(list, p)
	} else {
		list[i] = newer(list[i], p)
	}
	f.extra[repo] = list
}

func (f *facts) setTokens(group string, t tokensRead) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.tokens[group] = t
}

func (f *facts) tokensDue(group string, now, stirred time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	t, read := f.tokens[group]
	every := tokensEvery
	if t.err != nil {
		every, stirred = refusalsEvery, time.Time{}
	}
	return !read || due(t.at, now, every, stirred)
}

// setRight notes what a project granted or refused. One grant outweighs refusals elsewhere.
func (f *facts) setRight(name string, held bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rights[name] = f.rights[name] || held
}

func (f *facts) rightsFound() map[string]bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return maps.Clone(f.rights)
}

// setRightNow notes a right that is of the whole instance.
func (f *facts) setRightNow(name string, held bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rights[name] = held
}
