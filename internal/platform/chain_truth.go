package platform

import "time"

// TruthRow is one repository: the commit that really runs, side by side in every environment of the project.
type TruthRow struct {
	Repository string
	Head       string // newest commit of the default branch; "" when unknown
	Cells      []TruthCell
}

// TruthCell is one repository in one environment.
type TruthCell struct {
	Environment string
	Namespace   string
	Deployed    bool // something of it runs or is wanted
	Known       bool // the environment could be read
	Commit      string
	Confidence  Confidence
	// Behind counts the pipelines of the default branch for newer commits than the one that runs: a push of several commits counts once. It
	// means something only when Counted; AtLeast tells that the commit is older than the pipelines that were read.
	Behind  int
	Counted bool
	AtLeast bool
	Since   time.Time // creation of the oldest pod
	Several int       // versions at once
	State   EdgeState // of the worst link between image and pods
}

// Truth arranges chains by repository and environment. Foreign images are left out.
func Truth(d *Dossier, chains []Chain) []TruthRow {
	var out []TruthRow
	for i := range d.Repositories {
		r := &d.Repositories[i]
		row := TruthRow{Repository: r.Name}
		row.Head, _ = headOf(r)
		found := false
		for k := range d.Environments {
			e := &d.Environments[k]
			cell := TruthCell{Environment: e.Name, Namespace: e.Namespace, Known: e.Has(FamPods) || e.Has(FamWorkloads) || e.Has(FamApplications), Confidence: Unknown, State: EdgeNone}
			for j := range chains {
				c := &chains[j]
				if c.Kind != ChainOwn || c.Repository != r.Name || c.Namespace != e.Namespace || c.Environment != e.Name {
					continue
				}
				if cell.Deployed && c.ImageName != r.Name {
					continue // of several images of one repository, the one of its name speaks
				}
				found = true
				cell.fill(r, c)
			}
			row.Cells = append(row.Cells, cell)
		}
		if found || !r.Infra {
			out = append(out, row)
		}
	}
	return out
}

func (t *TruthCell) fill(r *RepositoryFacts, c *Chain) {
	t.Deployed, t.Known = true, true
	t.Commit, t.Confidence = c.Commit()
	t.Several = 0
	for i := range c.Versions {
		if c.Versions[i].Running > 0 {
			t.Several++
		}
	}
	if v := c.Main(); v != nil {
		t.Since = v.Since
	}
	t.Behind, t.AtLeast, t.Counted = Behind(r, t.Commit)
	t.State = EdgeGood
	for _, s := range []Step{StepImage, StepPods, StepSync} {
		if e := c.Edge(s); edgeRank(e.State) > edgeRank(t.State) {
			t.State = e.State
		}
	}
}

func edgeRank(s EdgeState) int {
	switch s {
	case EdgeBroken:
		return 4
	case EdgeWarn:
		return 3
	case EdgeRunning:
		return 2
	case EdgeUnknown:
		return 1
	}
	return 0
}

// Behind counts the commits of the default branch that had a pipeline after the given one's. counted is false when nothing can be said.
func Behind(r *RepositoryFacts, sha string) (n int, atLeast, counted bool) {
	if len(sha) < 7 {
		return 0, false, false
	}
	branch := ""
	if r.Git != nil {
		branch = r.Git.DefaultBranch
		if SameCommit(r.Git.HeadSHA, sha) {
			return 0, false, true
		}
	}
	last := ""
	var mine *Pipeline
	for i := range r.Pipelines {
		if p := &r.Pipelines[i]; SameCommit(p.SHA, sha) && (mine == nil || p.CreatedAt.Before(mine.CreatedAt)) {
			mine = p
		}
	}
	for i := range r.Pipelines {
		p := &r.Pipelines[i]
		if branch != "" && p.Ref != branch || p.SHA == last {
			continue
		}
		if SameCommit(p.SHA, sha) {
			return n, false, true
		}
		if mine != nil && !p.CreatedAt.After(mine.CreatedAt) {
			return n, false, true // of another branch: what came to the default one since
		}
		last = p.SHA
		n++
	}
	if n == 0 {
		return 0, false, false
	}
	return n, true, true
}

// Rollback is one entry of an application's history, and whether the cluster could go back to it.
type Rollback struct {
	Deployment
	Current bool // the entry that is applied now
	// State is EdgeGood when the image that was deployed then is still in the registry, EdgeBroken when it is not, EdgeUnknown when that
	// cannot be told.
	State      EdgeState
	Confidence Confidence
	Images     []RollbackImage
}

// RollbackImage is what one repository had deployed then.
type RollbackImage struct {
	Repository string
	Commit     string // "" when only its age is known
	Kept       bool   // still in the registry
}

// Rollbacks says for each entry of the history, the newest first, whether its images are still there. Which image an infra commit named is
// not part of the facts: it is taken for the one of the newest pipeline that had succeeded when the entry was deployed, so no answer is
// better than probable; that nothing as old is left in the registry is the surest sign.
func Rollbacks(d *Dossier, chains []Chain, a *Application) []Rollback {
	c := newChainer(d)
	newest := -1
	for i := range a.History {
		if newest < 0 || a.History[i].At.After(a.History[newest].At) {
			newest = i
		}
	}
	var out []Rollback
	for i := len(a.History) - 1; i >= 0; i-- {
		h := a.History[i]
		rb := Rollback{Deployment: h, Current: i == newest, State: EdgeUnknown, Confidence: Unknown}
		for k := range chains {
			x := &chains[k]
			if x.Kind != ChainOwn || x.Repository == "" || !deploys(x, a) || !d.Has(FamImages) {
				continue
			}
			repo := &d.Repositories[c.named[x.Repository]]
			if rb.Current {
				if v := x.Main(); v != nil {
					rb.Images = append(rb.Images, RollbackImage{Repository: x.Repository, Commit: v.Commit, Kept: v.Named != nil || v.Tag == "" && v.Artifact != nil})
				}
				continue
			}
			if one, ok := c.rolled(repo, x.ImageName, h.At); ok {
				rb.Images = append(rb.Images, one)
			}
		}
		if len(rb.Images) > 0 {
			rb.State, rb.Confidence = EdgeGood, Probable
			for _, one := range rb.Images {
				if !one.Kept {
					rb.State = EdgeBroken
				}
			}
		}
		out = append(out, rb)
	}
	return out
}

func deploys(x *Chain, a *Application) bool {
	for _, one := range x.Apps {
		if one.Key() == a.Key() {
			return true
		}
	}
	return false
}

// rolled tells what a repository had deployed at a time.
func (c *chainer) rolled(repo *RepositoryFacts, image string, at time.Time) (RollbackImage, bool) {
	out := RollbackImage{Repository: repo.Name}
	for i := range repo.Pipelines {
		p := &repo.Pipelines[i]
		if p.Status != PipelineSuccess || p.FinishedAt.IsZero() || p.FinishedAt.After(at) || repo.Git != nil && repo.Git.DefaultBranch != "" && p.Ref != repo.Git.DefaultBranch {
			continue
		}
		out.Commit = p.SHA
		break
	}
	older, count := false, 0
	for i := range c.d.Images {
		img := &c.d.Images[i]
		if img.Repository != image {
			continue
		}
		count++
		older = older || !img.PushedAt.IsZero() && !img.PushedAt.After(at)
		if out.Commit != "" {
			for _, t := range img.Tags {
				out.Kept = out.Kept || commitTag(t.Name) && SameCommit(t.Name, out.Commit)
			}
		}
	}
	if count == 0 {
		return out, false
	}
	if !out.Kept && c.d.ImagesCut(image) { // it may be among those that were not read
		return out, false
	}
	if !older {
		out.Kept = false
		return out, true
	}
	if out.Commit == "" {
		return out, false
	}
	return out, true
}
