package fleet

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/store"
)

// join makes the dossier of one project. It only reads.
type join struct {
	s      *store.Snapshot
	w      *world
	id     string
	extra  map[string]bool // namespaces that were met as this project's
	claims []string        // namespaces that an application of the project proves to be its own
	known  map[platform.Family]platform.FactAge
	r      *readers
	// The last environment's ages, and the map made of them: namespaces that were read together share one.
	ages   ages
	agesOf map[platform.Family]platform.FactAge
	lately []stated // the states of sources met, a few: their number is bounded by its room
}

// readers find the shelves of a snapshot once for many projects.
type readers struct {
	projects     store.Reader[platform.Project]
	members      store.Reader[platform.Member]
	roles        store.Reader[platform.Role]
	environments store.Reader[platform.Environment]
	repositories store.Reader[platform.Repository]
	log          store.Reader[platform.LogEntry]
	git          store.Reader[platform.GitRepository]
	pipelines    store.Reader[platform.Pipeline]
	tokens       store.Reader[platform.AccessToken]
	repoTokens   store.Reader[platform.AccessToken]
	gates        store.Reader[platform.Gate]
	images       store.Reader[platform.Image]
	applications store.Reader[platform.Application]
	code         store.Reader[platform.CodeFacts]
	forge        store.Reader[platform.ForgeHead]
	access       store.Reader[platform.GroupMember]
	zone         store.Reader[platform.ZoneCommit]
	plans        store.Reader[platform.DeploymentPlan]
	exposed      store.Reader[platform.ServiceChain]
	robots       store.Reader[platform.Robot]

	workloads store.Reader[platform.Workload]
	pods      store.Reader[platform.Pod]
	events    store.Reader[platform.Event]
	quotas    store.Reader[platform.Quota]
	usage     store.Reader[platform.Usage]
	logErrors store.Reader[platform.LogLine]
	pulses    store.Reader[platform.LogPulse]
}

func newReaders(s *store.Snapshot) *readers {
	return &readers{
		projects: store.Projects.Reader(s), members: store.Members.Reader(s), roles: store.Roles.Reader(s), environments: store.Environments.Reader(s), repositories: store.Repositories.Reader(s),
		log: store.Log.Reader(s), git: store.GitRepos.Reader(s), pipelines: store.Pipelines.Reader(s), tokens: store.Tokens.Reader(s), gates: store.Gates.Reader(s), images: store.Images.Reader(s),
		applications: store.Applications.Reader(s), code: store.Code.Reader(s), forge: store.Forge.Reader(s), access: store.Access.Reader(s), zone: store.ZoneCommits.Reader(s),
		plans: store.Plans.Reader(s), exposed: store.Exposed.Reader(s), robots: store.Robots.Reader(s), repoTokens: store.RepoTokens.Reader(s),
		workloads: store.Workloads.Reader(s), pods: store.Pods.Reader(s), events: store.Events.Reader(s), quotas: store.Quotas.Reader(s), usage: store.Usage.Reader(s), logErrors: store.LogErrors.Reader(s), pulses: store.LogPulses.Reader(s),
	}
}

// read returns the items of a scope from every source, and how well they are known.
func read[T any](j *join, k store.Reader[T], scope string) ([]T, platform.FactAge, bool) {
	var buf [4]store.Shelf[T]
	shelves := k.Of(scope, buf[:0])
	if len(shelves) == 0 {
		return nil, platform.FactAge{}, false
	}
	items, age := shelves[0].Items, j.age(&shelves[0].Source, shelves[0].At, shelves[0].Cached)
	for i := 1; i < len(shelves); i++ {
		sh := &shelves[i]
		if i == 1 {
			items = slices.Clone(items)
		}
		items = append(items, sh.Items...)
		age = older(age, j.age(&sh.Source, sh.At, sh.Cached))
	}
	return items, age, true
}

func older(a, b platform.FactAge) platform.FactAge {
	if b.At.Before(a.At) {
		return b
	}
	return a
}

func family[T any](j *join, k store.Reader[T], f platform.Family) []T {
	items, age, ok := read(j, k, j.id)
	if !ok {
		age = j.w.absent(f)
	}
	j.known[f] = age
	return items
}

// project returns the console's project, else one made of what labels tell.
func (j *join) project() platform.Project {
	if list := store.Projects.Items(j.s, j.id); len(list) > 0 {
		return list[0]
	}
	p := platform.Project{ID: j.id, Derived: true}
	for _, a := range store.Applications.Items(j.s, j.id) {
		if a.ProjectSlug != "" {
			p.Slug = a.ProjectSlug
			break
		}
		if n, ok := platform.ParseAppName(a.Name); ok && p.Slug == "" && n.Type != platform.AppRoot {
			p.Slug = n.Slug
		}
	}
	if p.Slug == "" {
		for ns := range j.extra {
			for _, n := range store.Namespaces.Items(j.s, ns) {
				if n.ProjectSlug != "" {
					p.Slug = n.ProjectSlug
				}
			}
		}
	}
	p.Name = p.Slug
	return p
}

func (j *join) dossier() *platform.Dossier {
	j.known = make(map[platform.Family]platform.FactAge, 20)
	d := &platform.Dossier{Project: j.project(), Console: j.w.console, Known: j.known}
	if _, age, ok := read(j, j.r.projects, j.id); ok {
		j.known[platform.FamProject] = age
	} else {
		j.known[platform.FamProject] = j.w.absent(platform.FamProject)
	}
	if members := family(j, j.r.members, platform.FamMembers); members != nil {
		d.Project.Members = members
	} else if d.Project.Members != nil { // the project's own answer had them
		j.known[platform.FamMembers] = j.known[platform.FamProject]
	}
	if roles, _, _ := read(j, j.r.roles, j.id); roles != nil {
		d.Project.Roles = roles
	}
	environments := family(j, j.r.environments, platform.FamEnvironments)
	repositories := family(j, j.r.repositories, platform.FamRepositories)
	d.Log = family(j, j.r.log, platform.FamLog)
	git := family(j, j.r.git, platform.FamGit)
	pipelines := family(j, j.r.pipelines, platform.FamPipelines)
	d.Tokens = family(j, j.r.tokens, platform.FamTokens)
	gates := family(j, j.r.gates, platform.FamGates)
	d.Images = family(j, j.r.images, platform.FamImages)
	d.Applications = family(j, j.r.applications, platform.FamApplications)
	d.Code = family(j, j.r.code, platform.FamCode)
	d.Forge = family(j, j.r.forge, platform.FamForge)
	d.Access = family(j, j.r.access, platform.FamAccess)
	d.Zone = family(j, j.r.zone, platform.FamZone)
	d.Plans = family(j, j.r.plans, platform.FamPlans)
	d.Exposed = family(j, j.r.exposed, platform.FamExposed)
	d.Robots = family(j, j.r.robots, platform.FamRobots)
	d.RepoTokens = family(j, j.r.repoTokens, platform.FamRepoTokens)
	if d.Project.Derived && d.Project.Slug != "" {
		git, pipelines = j.bySlug(d, git, pipelines)
	}
	if found := j.w.found[j.id]; len(found) > 0 {
		d.Applications = append(slices.Clone(d.Applications), found...)
	}
	d.Alerts = j.w.mine[j.id]
	j.known[platform.FamAlerts] = j.w.alertsKnown()
	d.Repositories = j.repositories(d.Project.Slug, repositories, git, pipelines, gates)
	d.Undeclared = j.undeclaredGit(repositories, git)
	d.Environments = j.environments(d, environments)
	j.lift(d)
	return d
}

// bySlug adds what sources kept under the slug because nobody told them the id.
func (j *join) bySlug(d *platform.Dossier, git []platform.GitRepository, pipelines []platform.Pipeline) ([]platform.GitRepository, []platform.Pipeline) {
	scope := store.ScopeOfSlug(d.Project.Slug)
	if items, age, ok := read(j, j.r.git, scope); ok {
		git, j.known[platform.FamGit] = items, age
	}
	if items, age, ok := read(j, j.r.pipelines, scope); ok {
		pipelines, j.known[platform.FamPipelines] = items, age
	}
	if items, age, ok := read(j, j.r.tokens, scope); ok {
		d.Tokens, j.known[platform.FamTokens] = items, age
	}
	if items, age, ok := read(j, j.r.images, scope); ok {
		d.Images, j.known[platform.FamImages] = items, age
	}
	return git, pipelines
}

func (w *world) alertsKnown() platform.FactAge {
	var best platform.FactAge
	for _, a := range w.alertsAge {
		if best.At.IsZero() || a.At.After(best.At) || a.At.Equal(best.At) && a.Source < best.Source {
			best = a
		}
	}
	if best.At.IsZero() {
		return w.absent(platform.FamAlerts)
	}
	return best
}

func (j *join) repositories(slug string, declared []platform.Repository, git []platform.GitRepository, pipelines []platform.Pipeline, gates []platform.Gate) []platform.RepositoryFacts {
	if len(declared) == 0 && len(git) > 0 && j.known[platform.FamRepositories].At.IsZero() {
		for _, g := range git { // no console: what GitLab has stands for what is declared
			if !plumbing(g.Name) {
				declared = append(declared, platform.Repository{Name: g.Name, ProjectID: j.id})
			}
		}
	}
	if len(declared) == 0 {
		return nil
	}
	out := make([]platform.RepositoryFacts, len(declared))
	index := make(map[string]int, len(declared))
	external, only := 0, -1
	for i, r := range declared {
		out[i].Repository = r
		index[r.Name] = i
		if r.ExternalURL != "" {
			external, only = external+1, i
		}
	}
	for i := range git {
		if k, ok := index[git[i].Name]; ok {
			out[k].Git = &git[i]
		}
	}
	allot(out, index, pipelines, external, only)
	for i := range gates {
		name := gates[i].Repository
		if name == "" {
			_, name, _ = platform.ParseSonarKey(gates[i].Key)
		}
		if k, ok := index[name]; ok && (out[k].Gate == nil || gates[i].Key == platform.SonarKey(slug, name)) {
			out[k].Gate = &gates[i]
		}
	}
	for i := range out {
		out[i].Pipelines, out[i].Mirror = newestFirst(out[i].Pipelines), newestFirst(out[i].Mirror)
	}
	return out
}

// plumbing are the repositories that the platform itself keeps in a project's group.
func plumbing(name string) bool {
	return name == platform.MirrorRepository || name == "infra-apps" || name == "infra-observability"
}

// undeclaredGit lists what GitLab has and the console does not know; nil where the console's list was not read.
func (j *join) undeclaredGit(declared []platform.Repository, git []platform.GitRepository) []platform.GitRepository {
	if j.known[platform.FamRepositories].At.IsZero() {
		return nil
	}
	var out []platform.GitRepository
	for i := range git {
		if g := &git[i]; !plumbing(g.Name) && !slices.ContainsFunc(declared, func(r platform.Repository) bool { return r.Name == g.Name }) {
			out = append(out, *g)
		}
	}
	return out
}

// allot gives each repository its pipelines and the mirror runs that concerned it. Pipelines are many and large, and the shelf is read-only:
// those that lie side by side, as the source writes them, are not copied.
func allot(out []platform.RepositoryFacts, index map[string]int, pipelines []platform.Pipeline, external, only int) {
	owner := func(p *platform.Pipeline) (k int, mirror, ok bool) {
		if p.Repository != platform.MirrorRepository {
			k, ok = index[p.Repository]
			return k, false, ok
		}
		if p.MirrorOf == "" && external == 1 {
			return only, true, true // it can only be that one
		}
		k, ok = index[p.MirrorOf]
		return k, true, ok
	}
	for from := 0; from < len(pipelines); {
		first := &pipelines[from]
		to := from + 1
		for to < len(pipelines) && pipelines[to].Repository == first.Repository && pipelines[to].MirrorOf == first.MirrorOf {
			to++
		}
		if k, mirror, ok := owner(first); ok {
			list := &out[k].Pipelines
			if mirror {
				list = &out[k].Mirror
			}
			if *list == nil {
				*list = pipelines[from:to:to] // an append copies
			} else {
				*list = append(*list, pipelines[from:to]...)
			}
		}
		from = to
	}
	if external > 1 && untold(pipelines) {
		for i := range out {
			out[i].MirrorUntold = out[i].ExternalURL != "" && len(out[i].Mirror) == 0
		}
	}
}

// untold reports whether nobody knows which repository the newest mirror run concerned.
func untold(pipelines []platform.Pipeline) bool {
	var last *platform.Pipeline
	for i := range pipelines {
		if p := &pipelines[i]; p.Repository == platform.MirrorRepository && (last == nil || p.CreatedAt.After(last.CreatedAt)) {
			last = p
		}
	}
	return last != nil && last.MirrorOf == ""
}

// newestFirst returns the list in order; one that is not is copied, as it may be a shelf's.
func newestFirst(list []platform.Pipeline) []platform.Pipeline {
	order := func(a, b *platform.Pipeline) int {
		return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), cmp.Compare(b.ID, a.ID))
	}
	for i := 1; i < len(list); i++ {
		if order(&list[i-1], &list[i]) > 0 {
			list = slices.Clone(list)
			slices.SortStableFunc(list, func(a, b platform.Pipeline) int { return order(&a, &b) })
			return list
		}
	}
	return list
}

// lift tells, for the project, how well the families of its namespaces are known: the oldest reading of those that were read,
// else why none was.
func (j *join) lift(d *platform.Dossier) {
	for _, f := range []platform.Family{platform.FamWorkloads, platform.FamPods, platform.FamEvents, platform.FamQuota, platform.FamUsage, platform.FamLogErrors} {
		var best, miss platform.FactAge
		rank := -1
		for i := range d.Environments {
			a := d.Environments[i].Known[f]
			switch {
			case a.At.IsZero():
				if r := stateRank(a.State); r > rank {
					rank, miss = r, a
				}
			case best.At.IsZero():
				best = a
			default:
				best = older(best, a)
			}
		}
		switch {
		case !best.At.IsZero():
			j.known[f] = best
		case rank >= 0:
			j.known[f] = miss
		default:
			j.known[f] = j.w.absent(f)
		}
	}
}

// platformNamespace: where the platform's own objects live; an application that deploys there claims nothing.
func platformNamespace(ns string) bool {
	return ns == "" || strings.HasPrefix(ns, "dso-") || strings.HasPrefix(ns, "infra-") || strings.HasPrefix(ns, "kube-") || strings.HasPrefix(ns, "openshift-") || ns == "default" || ns == "argo-cpin"
}

func latest(list []platform.Usage) *platform.Usage {
	var best *platform.Usage
	var at time.Time
	for i := range list {
		if best == nil || list[i].At.After(at) {
			best, at = &list[i], list[i].At
		}
	}
	return best
}
