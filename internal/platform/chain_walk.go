package platform

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Chains computes the delivery chains of a project: one per repository and environment that runs it, by environment, then one per
// repository that runs nowhere. Pods are the truth; where none can be read, what Argo CD says it deployed stands in, less surely. It is a
// pure function, and points into the dossier.
func Chains(d *Dossier) []Chain {
	c := newChainer(d)
	var out []Chain
	seen := map[string]bool{}
	blind := false
	for i := range d.Environments {
		e := &d.Environments[i]
		chains := c.environment(e)
		for k := range chains {
			seen[chains[k].Repository] = true
			blind = blind || chains[k].Kind == ChainBlind
		}
		out = append(out, chains...)
	}
	for i := range d.Repositories {
		if r := &d.Repositories[i]; !r.Infra && !seen[r.Name] {
			out = append(out, c.idle(r, blind))
		}
	}
	return out
}

// part is one chain while it is gathered.
type part struct {
	chain     Chain
	repo      *RepositoryFacts
	workloads []string
	blocked   bool // pods cannot pull
}

// environment makes the chains of one environment: own ones in the order of the repositories, then foreign ones.
func (c *chainer) environment(e *EnvironmentFacts) []Chain {
	base := Chain{Environment: e.Name, Namespace: e.Namespace, Production: e.Production()}
	g := gathering{c: c, e: e, base: base}
	for i := range e.Pods {
		g.pod(&e.Pods[i])
	}
	for i := range e.Workloads {
		g.workload(&e.Workloads[i])
	}
	if len(g.parts) == 0 && !e.Has(FamPods) {
		for i := range e.Applications {
			for _, image := range e.Applications[i].Images {
				g.version(image, "", "")
			}
		}
	}
	if len(g.parts) == 0 && !e.Has(FamPods) && !e.Has(FamWorkloads) {
		base.Kind, base.Match = ChainBlind, Unknown
		base.Edges = []Edge{{Step: StepPods, State: EdgeUnknown, Confidence: Unknown, Code: CodeUnread, Family: FamPods}}
		return []Chain{base}
	}
	out := make([]Chain, 0, len(g.parts))
	slices.SortStableFunc(g.parts, func(a, b *part) int { return cmp.Compare(c.rank(&a.chain), c.rank(&b.chain)) })
	for _, p := range g.parts {
		c.finish(e, p)
		out = append(out, p.chain)
	}
	return out
}

// rank orders the chains of an environment.
func (c *chainer) rank(x *Chain) int {
	if x.Kind == ChainForeign {
		return 1 << 20
	}
	if i, ok := c.named[x.Repository]; ok {
		return i
	}
	return 1 << 10
}

// gathering collects the chains of one environment.
type gathering struct {
	c     *chainer
	e     *EnvironmentFacts
	base  Chain
	parts []*part
}

// pod adds what a pod runs or waits for. Pods that ran to their end say nothing of what runs.
func (g *gathering) pod(p *Pod) {
	if p.Finished() {
		return
	}
	name := workloadName(p.WorkloadKind, p.WorkloadName)
	for i := range p.Containers {
		ctr := &p.Containers[i]
		if ctr.Init {
			continue
		}
		digest := ""
		if ctr.State != "waiting" || !ctr.ImagePull() {
			digest = ctr.Digest
		}
		part, v := g.version(ctr.Image, digest, name)
		if v.last != p {
			v.last = p
			v.Pods++
			if ctr.State == "running" {
				v.Running++
			}
			if ctr.Ready {
				v.Ready++
			}
		}
		if v.Since.IsZero() || !p.CreatedAt.IsZero() && p.CreatedAt.Before(v.Since) {
			v.Since = p.CreatedAt
		}
		if digest == "" && (ctr.ImagePull() || p.ImagePull() && ctr.State == "waiting") {
			part.blocked = true
		}
	}
}

// workload adds what a controller wants where no pod shows it: a CronJob between two runs, pods that could not be created.
func (g *gathering) workload(w *Workload) {
	if w.Kind == "Job" || w.Kind == "ReplicaSet" {
		return
	}
	name := workloadName(w.Kind, w.Name)
	for _, p := range g.parts {
		if slices.Contains(p.workloads, name) {
			p.chain.Desired += max(w.Desired, 0)
			return
		}
	}
	for _, image := range w.Images {
		part, _ := g.version(image, "", name)
		part.chain.Desired += max(w.Desired, 0)
	}
}

func workloadName(kind, name string) string {
	if name == "" {
		return ""
	}
	return kind + "/" + name
}

// version finds or makes the version of an image, in the chain it belongs to.
func (g *gathering) version(image, digest, workload string) (*part, *Version) {
	r := parseReference(image)
	if digest == "" {
		digest = r.digest
	}
	chain := g.base
	var repo *RepositoryFacts
	if g.c.own(r, digest) {
		chain.Kind, chain.ImageName = ChainOwn, r.repository
		if artifact := g.c.d.Artifact(r.repository, r.tag, digest); artifact != nil || len(g.c.d.Repositories) > 0 {
			repo, chain.Match = g.c.repositoryOf(r.repository, r, artifact)
		}
		if repo != nil {
			chain.Repository = repo.Name
		}
	} else {
		chain.Kind, chain.Match = ChainForeign, Exact
		chain.ImageName = strings.TrimPrefix(strings.TrimSuffix(strings.TrimSuffix(image, "@"+r.digest), ":"+r.tag), "docker-pullable://")
	}
	var at *part
	for _, p := range g.parts {
		if p.chain.Kind == chain.Kind && p.chain.ImageName == chain.ImageName {
			at = p
			break
		}
	}
	if at == nil {
		at = &part{chain: chain, repo: repo}
		g.parts = append(g.parts, at)
	}
	if workload != "" && !slices.Contains(at.workloads, workload) {
		at.workloads = append(at.workloads, workload)
	}
	for i := range at.chain.Versions {
		v := &at.chain.Versions[i]
		if v.Image == image && (v.Digest == digest || v.Artifact != nil && digest != "" && v.Artifact.Is(digest)) {
			return at, v // the same, or built for another architecture
		}
	}
	v := Version{Image: image, Tag: r.tag, Digest: digest, Confidence: Unknown}
	if chain.Kind == ChainOwn {
		if r.tag != "" {
			v.Named = g.c.d.Artifact(r.repository, r.tag, "")
		}
		v.Artifact = g.c.d.Artifact(r.repository, r.tag, digest)
		if v.Artifact == nil && digest != "" && v.Named == nil && commitTag(r.tag) {
			// The registry has forgotten both: the name is all that is left.
			v.Commit, v.Confidence = r.tag, Probable
			if repo != nil {
				v.Commit, v.Pipeline = g.c.whole(repo, r.tag), pipelineOf(repo, r.tag)
			}
		} else if v.Artifact != nil || digest == "" || !g.c.d.Has(FamImages) {
			v.Commit, v.Confidence, v.Pipeline = g.c.commitOf(repo, r, digest, v.Artifact)
		}
	}
	at.chain.Versions = append(at.chain.Versions, v)
	return at, &at.chain.Versions[len(at.chain.Versions)-1]
}

// finish orders the versions and follows the links.
func (c *chainer) finish(e *EnvironmentFacts, p *part) {
	x := &p.chain
	slices.SortStableFunc(x.Versions, func(a, b Version) int {
		return cmp.Or(cmp.Compare(b.Ready, a.Ready), cmp.Compare(b.Running, a.Running), b.Since.Compare(a.Since))
	})
	pods := 0
	for i := range x.Versions {
		x.Ready += x.Versions[i].Ready
		pods += x.Versions[i].Pods
	}
	x.Desired = max(x.Desired, pods)
	x.Apps = appsOf(e, x)
	if x.Kind == ChainOwn {
		v := x.Main()
		x.Edges = append(c.sources(p.repo, v.Commit, v.Pipeline), c.imageEdge(x, v, p.blocked))
	}
	x.Edges = append(x.Edges, c.infraEdge(x), c.syncEdge(e, x), podsEdge(e, x, p.blocked))
}

// appsOf finds the applications that deploy the image: those that name it, else the only one of the environment.
func appsOf(e *EnvironmentFacts, x *Chain) []*Application {
	var named, all []*Application
	for i := range e.Applications {
		a := &e.Applications[i]
		if a.Type == AppRoot || a.Type == AppInfra || a.Type == AppObservability {
			continue
		}
		all = append(all, a)
		for k := range x.Versions {
			if slices.Contains(a.Images, x.Versions[k].Image) {
				named = append(named, a)
				break
			}
		}
	}
	if len(named) > 0 {
		return named
	}
	if len(all) == 1 {
		return all
	}
	return nil
}

// idle makes the chain of a repository that no environment runs: its newest commit, as far as it came.
func (c *chainer) idle(r *RepositoryFacts, blind bool) Chain {
	x := Chain{Kind: ChainIdle, Repository: r.Name, Match: Exact, ImageName: r.Name}
	sha, p := headOf(r)
	v := Version{Commit: sha, Confidence: Exact, Pipeline: p}
	if sha == "" {
		v.Confidence = Unknown
	}
	v.Artifact = c.imageOf(r, sha)
	if v.Artifact != nil {
		v.Digest = v.Artifact.Digest
	}
	x.Versions = []Version{v}
	x.Edges = c.sources(r, sha, p)
	image := Edge{Step: StepImage, State: EdgeNone, Confidence: Exact, Code: CodeNoImage}
	switch {
	case !c.d.Has(FamImages):
		image = unread(StepImage, FamImages)
	case v.Artifact != nil:
		image = Edge{Step: StepImage, State: EdgeGood, Confidence: Exact, Name: ShortSHA(sha), At: v.Artifact.PushedAt}
	}
	pods := Edge{Step: StepPods, State: EdgeNone, Confidence: Exact, Code: CodeNotDeployed}
	if blind {
		pods = unread(StepPods, FamPods)
	}
	x.Edges = append(x.Edges, image, pods)
	return x
}

// headOf is the newest commit of the default branch that is known, with its newest pipeline.
func headOf(r *RepositoryFacts) (sha string, p *Pipeline) {
	branch := ""
	if r.Git != nil {
		sha, branch = r.Git.HeadSHA, r.Git.DefaultBranch
	}
	for i := range r.Pipelines {
		one := &r.Pipelines[i]
		if sha != "" && SameCommit(one.SHA, sha) {
			return sha, one
		}
		if sha == "" && p == nil && (branch == "" || one.Ref == branch) {
			p = one
		}
	}
	if p != nil {
		sha = p.SHA
	}
	return sha, p
}

// imageOf finds the newest artifact of a commit: by tag, else by the time its pipeline was at work.
func (c *chainer) imageOf(r *RepositoryFacts, sha string) *Image {
	list, _ := c.imagesOf(r, sha)
	if len(list) == 0 {
		return nil
	}
	return list[0]
}

// imagesOf finds the artifacts of a commit, the newest first: exact when a tag names it.
func (c *chainer) imagesOf(r *RepositoryFacts, sha string) (list []*Image, sure Confidence) {
	if len(sha) < 7 {
		return nil, Unknown
	}
	newest := func(a, b *Image) int { return b.PushedAt.Compare(a.PushedAt) }
	var timed []*Image
	for i := range c.d.Images {
		img := &c.d.Images[i]
		if repo, _ := c.repositoryOf(img.Repository, reference{}, img); repo != r {
			continue
		}
		named, other := false, false
		for _, t := range img.Tags {
			if commitTag(t.Name) {
				named = named || SameCommit(t.Name, sha)
				other = true
			}
		}
		switch {
		case named:
			list = append(list, img)
		case !other:
			if p := builder(r, img, ""); p != nil && SameCommit(p.SHA, sha) {
				timed = append(timed, img)
			}
		}
	}
	if list != nil {
		slices.SortStableFunc(list, newest)
		return list, Exact
	}
	slices.SortStableFunc(timed, newest)
	return timed, Probable
}

func unread(s Step, f Family) Edge {
	return Edge{Step: s, State: EdgeUnknown, Confidence: Unknown, Code: CodeUnread, Family: f}
}

func latestOf(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
