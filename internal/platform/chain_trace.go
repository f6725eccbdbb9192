package platform

import (
	"slices"
	"strings"
	"time"
)

// GitCommit is a commit as GitLab tells it when asked for one.
type GitCommit struct {
	SHA      string // whole
	Title    string
	At       time.Time // committed
	Branches []string  // that hold it; nil when not told
}

// Trace is the way of one commit of one repository, from where it was written to where it runs.
type Trace struct {
	ProjectID   string
	ProjectSlug string
	Repository  string
	Infra       bool      // a commit of an infra repository: what Argo CD applies
	SHA         string    // as long as it is known
	Whole       bool      // SHA has all its digits
	Title       string    // of the commit; "" when not told
	At          time.Time // committed; zero when not told
	// Beside is true when the forge says that the default branch does not hold the commit: it is of another branch, or became one with others
	// when its merge request was merged.
	Beside     bool
	Ref        string // branch of its newest pipeline; "" when none
	Head       bool   // the newest commit of the default branch
	Edges      []Edge // external, mirror, pipeline, gate, image, infra: in that order; an infra commit has no gate and no image
	Pipelines  []*Pipeline
	Images     []*Image
	Placements []Placement // one per environment of the project
	// Next is what should happen next: one of the Next… constants.
	Next string
}

// Placement says whether an environment runs the commit, and why not.
type Placement struct {
	Environment string
	Namespace   string
	Production  bool
	State       PlacementState
	Confidence  Confidence
	Commit      string // what runs instead, or beside; "" when unknown
	Code        string // why: one of the Code… or Because… constants; "" when the state says it all
	Ready       int
	Desired     int
	Since       time.Time // of the oldest pod, or of the deployment
}

// PlacementState is one environment's answer.
type PlacementState string

// The answers.
const (
	PlacedHere    PlacementState = "running"  // all of it
	PlacedPartly  PlacementState = "rollout"  // beside other versions
	PlacedFailing PlacementState = "starting" // wanted, and not ready
	PlacedOlder   PlacementState = "older"    // the environment runs an earlier commit
	PlacedNewer   PlacementState = "newer"    // the environment runs a later commit
	PlacedOther   PlacementState = "other"    // another commit, no telling which came first
	PlacedNot     PlacementState = "absent"   // the repository does not run there
	PlacedUnknown PlacementState = "unknown"
)

// Why an environment does not run a commit.
const (
	BecausePipeline  = "pipeline_running" // its pipeline is still at work
	BecauseFailed    = "pipeline_failed"  // its pipeline failed: there is no image
	BecauseNoImage   = "no_image"         // no image of it in the registry
	BecauseNotAsked  = "not_asked"        // the application is in sync with an infra repository that asks for another version
	BecauseNotSynced = "not_synced"       // the application is out of sync: what git asks for is not applied
	BecauseStuck     = "stuck"            // the pods of it cannot start
	BecauseManual    = "manual_sync"      // automatic sync is off
	BecauseOutside   = "not_mirrored"     // only the team's own forge has it
	BecauseBeside    = "not_merged"       // the default branch does not hold it
	BecauseOther     = "other_stuck"      // it runs on because the version that should take its place does not start
)

// What should happen next.
const (
	NextMirror    = "mirror"     // bring the commit in
	NextWait      = "wait"       // a run is at work
	NextPipeline  = "pipeline"   // there is no pipeline: see the CI file and the branch
	NextRepair    = "repair"     // the pipeline failed
	NextImage     = "image"      // the pipeline succeeded and no image came out, or retention removed it
	NextTag       = "tag"        // name the image in the infra repository
	NextSync      = "sync"       // have Argo CD apply what git asks for
	NextPods      = "pods"       // the pods of it do not start
	NextMerge     = "merge"      // it is not in the default branch
	NextOther     = "other"      // nothing for it: the version that should take its place does not start
	NextPromote   = "promote"    // it runs somewhere: name it for the other environments
	NextDone      = "done"       // it runs, or something newer, wherever its repository is deployed
	NextPassed    = "passed"     // every environment runs something newer
	NextCannotSay = "cannot_say" // too little could be read
)

// TraceCommit follows a SHA, or the first seven digits or more of one, through a project: one trace per repository and whole SHA that
// answers to it. told are commits that GitLab confirmed when asked, by repository. None means that nothing of the project knows it.
func TraceCommit(d *Dossier, chains []Chain, sha string, told map[string]GitCommit) []Trace {
	sha = strings.ToLower(strings.TrimSpace(sha))
	if !isHex(sha, 7, 40) {
		return nil
	}
	c := newChainer(d)
	var out []Trace
	for i := range d.Repositories {
		r := &d.Repositories[i]
		for _, one := range c.known(r, sha, told[r.Name]) {
			out = append(out, c.trace(r, chains, one, told[r.Name]))
		}
	}
	return out
}

// known lists the commits of a repository that begin with a text, each in its longest known form.
func (c *chainer) known(r *RepositoryFacts, sha string, told GitCommit) []string {
	var list []string
	add := func(one string) {
		if !SameCommit(one, sha) {
			return
		}
		for i, old := range list {
			if SameCommit(old, one) {
				if len(one) > len(old) {
					list[i] = one
				}
				return
			}
		}
		list = append(list, one)
	}
	add(told.SHA)
	for i := range r.Pipelines {
		add(r.Pipelines[i].SHA)
	}
	if r.Git != nil {
		add(r.Git.HeadSHA)
	}
	if r.Gate != nil {
		add(r.Gate.Revision)
	}
	for i := range c.d.Forge {
		if h := &c.d.Forge[i]; h.Repository == r.Name {
			add(h.SHA)
		}
	}
	if r.Infra {
		for i := range c.d.Applications {
			a := &c.d.Applications[i]
			rev, repo := c.d.InfraRevision(a)
			if repo == nil || repo.Name != r.Name {
				continue
			}
			add(rev)
			for _, h := range a.History {
				add(h.Revision)
			}
		}
	}
	for i := range c.d.Images {
		img := &c.d.Images[i]
		for _, t := range img.Tags {
			if commitTag(t.Name) && SameCommit(t.Name, sha) {
				if repo, _ := c.repositoryOf(img.Repository, reference{tag: t.Name}, img); repo != nil && repo.Name == r.Name {
					add(t.Name)
				}
			}
		}
	}
	for i := range c.d.Environments {
		for k := range c.d.Environments[i].Pods {
			for _, ctr := range c.d.Environments[i].Pods[k].Containers {
				if ref := parseReference(ctr.Image); commitTag(ref.tag) && SameCommit(ref.tag, sha) && c.own(ref, ctr.Digest) {
					if repo, _ := c.repositoryOf(ref.repository, ref, nil); repo != nil && repo.Name == r.Name {
						add(ref.tag)
					}
				}
			}
		}
	}
	slices.Sort(list)
	return list
}

func (c *chainer) trace(r *RepositoryFacts, chains []Chain, sha string, told GitCommit) Trace {
	t := Trace{ProjectID: c.d.Project.ID, ProjectSlug: c.d.Project.Slug, Repository: r.Name, Infra: r.Infra, SHA: sha, Whole: len(sha) == 40}
	if SameCommit(told.SHA, sha) {
		t.Title, t.At = told.Title, told.At
		t.Beside = told.Branches != nil && r.Git != nil && r.Git.DefaultBranch != "" && !slices.Contains(told.Branches, r.Git.DefaultBranch)
	}
	t.Head = r.Git != nil && SameCommit(r.Git.HeadSHA, sha)
	for i := range r.Pipelines {
		if SameCommit(r.Pipelines[i].SHA, sha) {
			t.Pipelines = append(t.Pipelines, &r.Pipelines[i])
		}
	}
	if len(t.Pipelines) > 0 {
		t.Ref = t.Pipelines[0].Ref
	}
	runs := false
	for i := range chains {
		x := &chains[i]
		runs = runs || x.Kind == ChainOwn && x.Repository == r.Name
	}
	t.Infra = r.Infra && !runs // a repository may hold both the program and its manifests
	t.Edges = []Edge{c.externalEdge(r), c.arrived(r, sha)}
	pipeline := c.pipelineEdge(r, sha, nil)
	if len(t.Pipelines) > 0 { // the newest one says where it stands, not the best
		pipeline = c.pipelineEdge(r, sha, t.Pipelines[0])
		if pipeline.State != EdgeRunning {
			pipeline = c.pipelineEdge(r, sha, pipelineOf(r, sha))
		}
	}
	if len(t.Pipelines) == 0 && pipeline.Code == CodeOlder && reach(r, t.At) {
		pipeline.State, pipeline.Confidence, pipeline.Code = EdgeNone, Exact, CodeNever
	}
	t.Edges = append(t.Edges, pipeline)
	if t.Infra {
		c.placeInfra(&t, r)
	} else {
		t.Edges = append(t.Edges, c.gateEdge(r, sha), c.imageTrace(&t, r))
		c.placeApp(&t, r, chains)
	}
	if c.outside(&t, r, told) {
		c.waitsOutside(&t, r)
	}
	return t
}

// outside reports whether only the team's own forge is known to have the commit.
func (c *chainer) outside(t *Trace, r *RepositoryFacts, told GitCommit) bool {
	if SameCommit(told.SHA, t.SHA) || len(t.Pipelines) > 0 || len(t.Images) > 0 || r.Git != nil && SameCommit(r.Git.HeadSHA, t.SHA) {
		return false
	}
	for i := range t.Placements {
		if s := t.Placements[i].State; s == PlacedHere || s == PlacedPartly || s == PlacedFailing {
			return false
		}
	}
	return slices.ContainsFunc(c.d.Forge, func(h ForgeHead) bool { return h.Repository == r.Name && SameCommit(h.SHA, t.SHA) })
}

// waitsOutside says of a commit that it has to be mirrored first.
func (c *chainer) waitsOutside(t *Trace, r *RepositoryFacts) {
	mirror := c.mirrorEdge(r)
	if mirror.State == EdgeGood { // of what came before
		mirror.State, mirror.Confidence, mirror.Code, mirror.Rule = EdgeWarn, Exact, CodeForgeAhead, "mirror-lagging"
	}
	t.Edges[1] = mirror
	t.Next = NextMirror
	if mirror.State == EdgeRunning {
		t.Next = NextWait
	}
	for i := range t.Placements {
		if p := &t.Placements[i]; p.State == PlacedOlder || p.State == PlacedNewer || p.State == PlacedOther {
			p.State, p.Code = PlacedOlder, BecauseOutside
		}
	}
}

// reach reports whether the pipelines that were read go back to a time: one of a commit made since would be among them.
func reach(r *RepositoryFacts, at time.Time) bool {
	return !at.IsZero() && len(r.Pipelines) > 0 && r.Pipelines[len(r.Pipelines)-1].CreatedAt.Before(at)
}

// arrived says how the commit came in: it is in the internal GitLab, or nobody would have heard of it here.
func (c *chainer) arrived(r *RepositoryFacts, sha string) Edge {
	e := Edge{Step: StepMirror, State: EdgeGood, Confidence: Exact, Name: ShortSHA(sha)}
	if r.ExternalURL == "" {
		e.State, e.Code = EdgeNone, CodeInternal
		return e
	}
	var first time.Time
	for i := range r.Pipelines {
		if p := &r.Pipelines[i]; SameCommit(p.SHA, sha) {
			first = p.CreatedAt
		}
	}
	for i := range r.Mirror { // the run whose push started the first pipeline
		if p := &r.Mirror[i]; !first.IsZero() && !p.CreatedAt.After(first) && (p.FinishedAt.IsZero() || first.Sub(p.FinishedAt) < 10*time.Minute) {
			e.Name, e.At, e.Confidence = number(p), p.CreatedAt, Probable
			break
		}
	}
	return e
}

func (c *chainer) imageTrace(t *Trace, r *RepositoryFacts) Edge {
	if !c.d.Has(FamImages) {
		return unread(StepImage, FamImages)
	}
	var sure Confidence
	t.Images, sure = c.imagesOf(r, t.SHA)
	if len(t.Images) == 0 {
		return Edge{Step: StepImage, State: EdgeNone, Confidence: Exact, Code: CodeNoImage}
	}
	e := Edge{Step: StepImage, State: EdgeGood, Confidence: sure, Name: t.Images[0].Repository, At: t.Images[0].PushedAt}
	for _, tag := range t.Images[0].Tags {
		if commitTag(tag.Name) && SameCommit(tag.Name, t.SHA) {
			e.Name += ":" + tag.Name
			break
		}
	}
	return e
}

// Edge returns one link of the trace; its state is none when the trace has no such link.
func (t *Trace) Edge(s Step) Edge {
	for _, e := range t.Edges {
		if e.Step == s {
			return e
		}
	}
	return Edge{Step: s, State: EdgeNone, Confidence: Unknown}
}
