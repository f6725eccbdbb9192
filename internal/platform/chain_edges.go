package platform

import (
	"strconv"
	"strings"
)

// sources follows a commit from where it was written to its gate.
func (c *chainer) sources(r *RepositoryFacts, sha string, p *Pipeline) []Edge {
	if r == nil {
		none := func(s Step) Edge { return Edge{Step: s, State: EdgeUnknown, Confidence: Unknown, Code: CodeNoCommit} }
		return []Edge{none(StepExternal), none(StepMirror), none(StepPipeline), none(StepGate)}
	}
	return []Edge{c.externalEdge(r), c.mirrorEdge(r), c.pipelineEdge(r, sha, p), c.gateEdge(r, sha)}
}

// externalEdge: nothing reads the teams' own forges here, so that their heads are not known.
func (c *chainer) externalEdge(r *RepositoryFacts) Edge {
	switch {
	case r.ExternalURL != "":
		return c.forgeEdge(r)
	case !c.d.Has(FamRepositories):
		return unread(StepExternal, FamRepositories)
	}
	return Edge{Step: StepExternal, State: EdgeNone, Confidence: Exact, Code: CodeInternal}
}

// forgeEdge compares the head of the team's own forge with that of the copy in GitLab: what the forge has besides is on its way, or will not come.
func (c *chainer) forgeEdge(r *RepositoryFacts) Edge {
	e := Edge{Step: StepExternal, State: EdgeUnknown, Confidence: Unknown, Code: CodeNoForge}
	if !c.d.Has(FamForge) && c.d.Known[FamForge].State == StateStarting {
		return unread(StepExternal, FamForge)
	}
	for i := range c.d.Forge {
		h := &c.d.Forge[i]
		if h.Repository != r.Name {
			continue
		}
		e.Name, e.At = ShortSHA(h.SHA), h.Differs
		switch {
		case h.SHA == "":
			e.Code = CodeForgeSilent
		case r.Git == nil || r.Git.HeadSHA == "":
			e.Code, e.Family = CodeUnread, FamGit
		case SameCommit(r.Git.HeadSHA, h.SHA):
			e.State, e.Confidence, e.Code = EdgeGood, Exact, ""
		default:
			e.State, e.Confidence, e.Code, e.Rule = EdgeWarn, Exact, CodeForgeAhead, "mirror-lagging"
		}
		return e
	}
	return e
}

// mirrorEdge is how the next commit will come in: the last run that ended, or the one at work.
func (c *chainer) mirrorEdge(r *RepositoryFacts) Edge {
	e := Edge{Step: StepMirror, Confidence: Exact}
	if r.ExternalURL == "" {
		if !c.d.Has(FamRepositories) {
			return unread(StepMirror, FamRepositories)
		}
		e.State, e.Code = EdgeNone, CodeInternal
		return e
	}
	if !c.d.Has(FamPipelines) {
		return unread(StepMirror, FamPipelines)
	}
	for i := range r.Mirror {
		p := &r.Mirror[i]
		if p.MirrorOf == "" {
			e.Confidence = Probable // its variables could not be read: the only repository it can have concerned
		}
		e.Name, e.At = number(p), latestOf(p.CreatedAt, p.FinishedAt)
		switch {
		case p.Active():
			e.State = EdgeRunning
			return e
		case p.Status == PipelineSuccess:
			e.State = EdgeGood
			return e
		case p.Status == PipelineFailed:
			e.State, e.Code, e.Rule = EdgeBroken, CodeFailed, "mirror-failing"
			return e
		}
	}
	e.Name = ""
	if r.MirrorUntold {
		e.State, e.Confidence, e.Code = EdgeUnknown, Unknown, CodeMirrorUntold
		return e
	}
	e.State, e.Code = EdgeWarn, CodeNever
	return e
}

func number(p *Pipeline) string { return "#" + strconv.FormatInt(p.IID, 10) }

func (c *chainer) pipelineEdge(r *RepositoryFacts, sha string, p *Pipeline) Edge {
	e := Edge{Step: StepPipeline, Confidence: Exact}
	if !c.d.Has(FamPipelines) {
		return unread(StepPipeline, FamPipelines)
	}
	if p == nil && sha != "" {
		p = pipelineOf(r, sha)
	}
	if p == nil {
		e.State, e.Confidence, e.Code = EdgeUnknown, Unknown, CodeNoCommit
		if sha != "" {
			e.Code = CodeOlder
			if len(r.Pipelines) == 0 {
				e.State, e.Code = EdgeNone, CodeNever
			}
		}
		return e
	}
	e.Name, e.At = number(p), latestOf(p.CreatedAt, p.FinishedAt)
	switch {
	case p.Active():
		e.State = EdgeRunning
	case p.Status == PipelineSuccess:
		e.State = EdgeGood
	case p.Status == PipelineFailed:
		e.State, e.Code, e.Rule = EdgeBroken, CodeFailed, "pipeline-failed"
	case p.Status == PipelineCanceled:
		e.State, e.Code = EdgeWarn, CodeCanceled
	default:
		e.State, e.Code = EdgeWarn, p.Status
	}
	return e
}

// gateEdge is the gate of the commit. SonarQube keeps one gate a project: that of another commit says nothing of this one.
func (c *chainer) gateEdge(r *RepositoryFacts, sha string) Edge {
	e := Edge{Step: StepGate, Confidence: Exact}
	if !c.d.Has(FamGates) {
		return unread(StepGate, FamGates)
	}
	g := r.Gate
	if g == nil || g.Status == GateNone || g.Status == "" {
		e.State, e.Code = EdgeNone, CodeNotAnalysed
		return e
	}
	e.Name, e.At = g.Status, g.AnalysedAt
	switch {
	case sha == "" || g.Revision == "":
		e.State, e.Confidence, e.Code = EdgeUnknown, Unknown, CodeNoCommit
	case !SameCommit(g.Revision, sha):
		e.State, e.Confidence, e.Code = EdgeUnknown, Exact, CodeOtherCommit
		if g.Status == GateError {
			e.State, e.Rule = EdgeWarn, "gate-other-revision"
		}
		return e
	}
	switch {
	case g.Status == GateError:
		e.State, e.Code, e.Rule = EdgeBroken, CodeFailed, "gate-red"
	case e.Code != "":
	case g.Status == GateWarn:
		e.State = EdgeWarn
	default:
		e.State = EdgeGood
	}
	return e
}

// imageEdge compares what runs with what the registry has.
func (c *chainer) imageEdge(x *Chain, v *Version, blocked bool) Edge {
	e := Edge{Step: StepImage, Confidence: v.Confidence, Name: ShortSHA(v.Commit)}
	if e.Name == "" {
		e.Name = v.Tag
	}
	if !c.d.Has(FamImages) {
		e = unread(StepImage, FamImages)
		e.Name = v.Tag
		return e
	}
	img := v.Artifact
	if img != nil {
		e.At = img.PushedAt
	}
	missing := v.Named == nil && v.Tag != "" || img == nil
	switch {
	case missing && c.d.ImagesCut(x.ImageName):
		e.State, e.Confidence, e.Code = EdgeUnknown, Unknown, CodeOlder
	case (missing || v.moved()) && !c.d.ImagesSince(v.Since) && !blocked:
		at := e.At
		e = unread(StepImage, FamImages) // the registry's list is older than what runs
		e.Name, e.At = v.Tag, at
	case v.Named == nil && v.Tag != "":
		e.State, e.Code, e.Rule = EdgeBroken, CodeTagAbsent, "tag-missing"
		if blocked && v.Running == 0 {
			e.Rule = "tag-purged"
		}
	case v.moved():
		e.State, e.Code, e.Rule = EdgeBroken, CodeTagMoved, "mutable-tag"
	case img == nil:
		e.State, e.Code, e.Rule = EdgeBroken, CodeTagAbsent, "tag-missing"
	case v.Commit == "":
		e.State, e.Code, e.Rule = EdgeWarn, CodeNoTag, "image-untraced"
	case img.Scan.Known() && img.Scan.Critical > 0:
		e.State, e.Code, e.Rule = EdgeWarn, CodeVulnerable, "image-vulnerable"
	default:
		e.State = EdgeGood
	}
	return e
}

// moved reports whether the registry has another image under the tag than the one that runs.
func (v *Version) moved() bool { return v.Digest != "" && v.Named != nil && !v.Named.Is(v.Digest) }

// InfraRevision is the commit of an infra repository that an application applies, and which repository of the project that is (nil when
// none of its sources is one). An application with several sources has one revision each.
func (d *Dossier) InfraRevision(a *Application) (sha string, repo *RepositoryFacts) {
	for i, s := range a.Sources {
		if s.Chart != "" || i >= len(a.Revisions) {
			continue
		}
		name := strings.TrimSuffix(s.RepoURL[strings.LastIndexByte(s.RepoURL, '/')+1:], ".git")
		for k := range d.Repositories {
			if r := &d.Repositories[k]; r.Name == name && (r.Infra || a.RepositoryID == r.ID) {
				return a.Revisions[i], r
			}
		}
	}
	for _, rev := range a.Revisions {
		if isHex(rev, 40, 40) {
			for k := range d.Repositories {
				if r := &d.Repositories[k]; r.ID != "" && r.ID == a.RepositoryID {
					return rev, r
				}
			}
			return rev, nil
		}
	}
	return "", nil
}

func (c *chainer) infraEdge(x *Chain) Edge {
	e := Edge{Step: StepInfra, Confidence: Exact}
	if len(x.Apps) == 0 {
		e.State, e.Code, e.Confidence = EdgeUnknown, CodeNoApp, Unknown
		return e
	}
	a := x.Apps[0]
	sha, repo := c.d.InfraRevision(a)
	e.Name, e.At = ShortSHA(sha), a.LastDeployed()
	switch {
	case sha == "":
		e.State, e.Code, e.Confidence = EdgeUnknown, CodeNoCommit, Unknown
	case repo != nil && repo.Git != nil && repo.Git.HeadSHA != "" && a.FollowsHead(repo.Git) && !SameCommit(repo.Git.HeadSHA, sha) && repo.Git.HeadAt.Before(a.ReconciledAt):
		e.State, e.Code, e.Rule = EdgeWarn, CodeInfraBehind, "infra-behind"
	default:
		e.State = EdgeGood
	}
	return e
}

// FollowsHead reports whether the application applies the newest commit of the repository's default branch.
func (a *Application) FollowsHead(g *GitRepository) bool {
	for _, s := range a.Sources {
		if strings.TrimSuffix(s.RepoURL[strings.LastIndexByte(s.RepoURL, '/')+1:], ".git") == g.Name {
			return s.TargetRevision == "HEAD" || s.TargetRevision == "" || s.TargetRevision == g.DefaultBranch
		}
	}
	return false
}

func (c *chainer) syncEdge(env *EnvironmentFacts, x *Chain) Edge {
	e := Edge{Step: StepSync, Confidence: Exact}
	if len(x.Apps) == 0 {
		if !env.Has(FamApplications) && !c.d.Has(FamApplications) {
			return unread(StepSync, FamApplications)
		}
		e.State, e.Code = EdgeWarn, CodeNoApp
		if x.Kind == ChainForeign {
			e.State = EdgeNone
		}
		return e
	}
	a := x.Apps[0]
	e.Name, e.At = a.Sync, latestOf(a.LastDeployed(), a.Operation.FinishedAt)
	switch {
	case len(x.Apps) > 1:
		e.State, e.Code, e.Rule = EdgeBroken, CodeTwins, "twin-applications"
	case a.Comparing():
		e.State, e.Code, e.Rule = EdgeBroken, CodeComparison, "comparison-error"
	case a.Operation.Phase == OperationRunning || a.Operation.Phase == OperationTerminating:
		e.State = EdgeRunning
	case a.Operation.Phase == OperationFailed || a.Operation.Phase == OperationError:
		e.State, e.Code, e.Rule = EdgeBroken, CodeOperation, "app-sync-failed"
	case a.Sync == SyncOutOfSync:
		e.State, e.Code, e.Rule = EdgeWarn, CodeOutOfSync, "app-out-of-sync"
	case a.Health == HealthDegraded || a.Health == HealthMissing:
		e.State, e.Code, e.Rule = EdgeBroken, CodeUnhealthy, "app-degraded"
		e.Name = a.Health
	case a.Health == HealthProgressing:
		e.State, e.Name = EdgeRunning, a.Health
	case a.Sync == SyncSynced:
		e.State = EdgeGood
	default:
		e.State, e.Confidence = EdgeUnknown, Unknown
	}
	return e
}

// Comparing reports whether Argo CD says that it cannot compare the application with its sources.
func (a *Application) Comparing() bool {
	for _, c := range a.Conditions {
		if c.Type == "ComparisonError" || c.Type == "InvalidSpecError" || c.Type == "HydrationError" {
			return true
		}
	}
	return false
}

func podsEdge(env *EnvironmentFacts, x *Chain, blocked bool) Edge {
	e := Edge{Step: StepPods, Confidence: Exact, Name: strconv.Itoa(x.Ready) + "/" + strconv.Itoa(x.Desired)}
	if !env.Has(FamPods) {
		return unread(StepPods, FamPods)
	}
	if v := x.Main(); v != nil {
		e.At = v.Since
	}
	running := 0
	for i := range x.Versions {
		if x.Versions[i].Running > 0 {
			running++
		}
	}
	switch {
	case blocked:
		e.State, e.Code, e.Rule = EdgeBroken, CodeCannotPull, "image-pull"
	case x.Desired == 0:
		e.State, e.Code = EdgeNone, CodeScaledToZero
	case running > 1:
		e.State, e.Code, e.Rule = EdgeWarn, CodeMixed, "mixed-versions"
	case x.Ready < x.Desired:
		e.State, e.Code, e.Rule = EdgeBroken, CodeNotReady, "pods-not-ready"
	default:
		e.State = EdgeGood
	}
	return e
}
