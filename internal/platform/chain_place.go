package platform

import "slices"

// placeApp says of each environment whether it runs the commit.
func (c *chainer) placeApp(t *Trace, r *RepositoryFacts, chains []Chain) {
	for i := range c.d.Environments {
		e := &c.d.Environments[i]
		p := Placement{Environment: e.Name, Namespace: e.Namespace, Production: e.Production(), State: PlacedNot, Confidence: Exact}
		if !e.Has(FamPods) && !e.Has(FamWorkloads) {
			p.State, p.Confidence, p.Code = PlacedUnknown, Unknown, CodeUnread
		}
		for k := range chains {
			x := &chains[k]
			if x.Namespace != e.Namespace || x.Environment != e.Name {
				continue
			}
			switch {
			case x.Kind == ChainBlind:
				p.State, p.Confidence, p.Code = PlacedUnknown, Unknown, CodeUnread
			case x.Kind == ChainOwn && x.Repository == r.Name:
				if p.State == PlacedHere || p.State == PlacedPartly || p.State == PlacedFailing {
					continue // another image of the same repository has it already
				}
				c.placed(&p, t, r, x)
			}
		}
		t.Placements = append(t.Placements, p)
	}
	t.Next = c.next(t, r)
}

func (c *chainer) placed(p *Placement, t *Trace, r *RepositoryFacts, x *Chain) {
	p.Ready, p.Desired, p.Code = x.Ready, x.Desired, ""
	var mine, waiting *Version
	others := 0
	for i := range x.Versions {
		v := &x.Versions[i]
		if v.Commit != "" && SameCommit(v.Commit, t.SHA) {
			if mine == nil {
				mine = v
			}
			continue
		}
		switch {
		case v.Running > 0:
			others++
			if p.Commit == "" {
				p.Commit = v.Commit
			}
		case v.Pods > 0 && waiting == nil:
			waiting = v
		}
	}
	if mine != nil {
		p.Confidence, p.Since, p.Ready = mine.Confidence, mine.Since, mine.Ready
		switch {
		case mine.Pods == 0:
			p.State = PlacedHere // wanted by a controller that runs none now
			if others > 0 || x.Desired > 0 {
				p.State, p.Code = PlacedFailing, BecauseStuck
			}
		case mine.Running == 0 || mine.Ready == 0:
			p.State, p.Code = PlacedFailing, BecauseStuck
			if mine.Running == 0 && t.Edge(StepImage).Code == CodeNoImage {
				p.Code = BecauseNoImage
			}
		case others > 0:
			p.State = PlacedPartly
		case waiting != nil: // beside pods of another version that do not run yet, or cannot
			p.State, p.Commit = PlacedPartly, waiting.Commit
			if x.Edge(StepPods).Code == CodeCannotPull {
				p.Code = BecauseOther
			}
		default:
			p.State = PlacedHere
		}
		return
	}
	v := x.Main()
	p.Commit, p.Confidence, p.Since = v.Commit, v.Confidence, v.Since
	if v.Commit == "" {
		p.State, p.Confidence, p.Code = PlacedUnknown, Unknown, CodeNoTag
		return
	}
	if p.State = c.order(r, t, v.Commit); t.Beside && len(t.Pipelines) == 0 {
		p.State, p.Code = PlacedOther, BecauseBeside
		return
	}
	if p.State == PlacedNewer {
		return
	}
	p.Code = c.because(t, x)
}

// order says whether what runs came before or after a commit, by their first pipelines, else by when their images were pushed, else by when the
// commit was made.
func (c *chainer) order(r *RepositoryFacts, t *Trace, running string) PlacementState {
	sha := t.SHA
	if r.Git != nil && r.Git.HeadSHA != "" {
		switch {
		case SameCommit(r.Git.HeadSHA, sha):
			return PlacedOlder
		case SameCommit(r.Git.HeadSHA, running):
			return PlacedNewer
		}
	}
	mine, theirs := firstPipeline(r, sha), firstPipeline(r, running)
	switch {
	case mine != nil && theirs != nil:
		if mine.CreatedAt.After(theirs.CreatedAt) {
			return PlacedOlder
		}
		return PlacedNewer
	case mine == nil && theirs != nil && !t.At.IsZero():
		if t.At.After(theirs.CreatedAt) {
			return PlacedOlder
		}
		return PlacedNewer
	case mine == nil && theirs == nil:
		a, _ := c.imagesOf(r, sha)
		b, _ := c.imagesOf(r, running)
		if len(a) == 0 || len(b) == 0 {
			return PlacedOther
		}
		if a[0].PushedAt.After(b[0].PushedAt) {
			return PlacedOlder
		}
		return PlacedNewer
	case mine == nil:
		return PlacedNewer // older than the pipelines that were read, which hold what runs
	}
	return PlacedOlder
}

func firstPipeline(r *RepositoryFacts, sha string) *Pipeline {
	var first *Pipeline
	for i := range r.Pipelines {
		if p := &r.Pipelines[i]; SameCommit(p.SHA, sha) && (first == nil || p.CreatedAt.Before(first.CreatedAt)) {
			first = p
		}
	}
	return first
}

// because says why an environment that could run the commit does not.
func (c *chainer) because(t *Trace, x *Chain) string {
	switch p := t.Edge(StepPipeline); p.State {
	case EdgeRunning:
		return BecausePipeline
	case EdgeBroken:
		if len(t.Images) == 0 {
			return BecauseFailed
		}
	}
	if image := t.Edge(StepImage); image.State == EdgeNone {
		return BecauseNoImage
	}
	if len(x.Apps) > 0 {
		a := x.Apps[0]
		switch {
		case a.Sync == SyncOutOfSync && !a.Autosync:
			return BecauseManual
		case a.Sync == SyncOutOfSync:
			return BecauseNotSynced
		case a.Sync == SyncSynced:
			return BecauseNotAsked
		}
	}
	return ""
}

// next says what the commit waits for.
func (c *chainer) next(t *Trace, _ *RepositoryFacts) string {
	has := func(states ...PlacementState) bool {
		return slices.ContainsFunc(t.Placements, func(p Placement) bool { return slices.Contains(states, p.State) })
	}
	because := func(code string) bool {
		return slices.ContainsFunc(t.Placements, func(p Placement) bool { return p.Code == code })
	}
	waits := has(PlacedOlder, PlacedOther) || has(PlacedNot) && !has(PlacedNewer)
	switch {
	case has(PlacedFailing) && t.Edge(StepImage).Code == CodeNoImage:
		return NextImage
	case has(PlacedFailing):
		return NextPods
	case because(BecauseOther) && !has(PlacedOlder, PlacedOther):
		return NextOther
	case has(PlacedPartly):
		return NextWait
	case because(BecauseBeside) && !has(PlacedHere):
		return NextMerge
	case has(PlacedHere) && !has(PlacedOlder, PlacedOther):
		return NextDone
	case has(PlacedHere):
		if because(BecauseNotSynced) || because(BecauseManual) {
			return NextSync
		}
		return NextPromote
	case has(PlacedNewer) && !waits:
		return NextPassed
	}
	pipeline, image := t.Edge(StepPipeline), t.Edge(StepImage)
	switch {
	case pipeline.State == EdgeRunning:
		return NextWait
	case pipeline.State == EdgeBroken && image.State != EdgeGood:
		return NextRepair
	case len(t.Pipelines) == 0 && pipeline.Code == CodeUnread:
		return NextCannotSay
	case len(t.Pipelines) == 0 && image.State != EdgeGood:
		return NextPipeline
	case image.Code == CodeUnread:
		return NextCannotSay
	case image.State != EdgeGood:
		return NextImage
	case because(BecauseNotSynced) || because(BecauseManual):
		return NextSync
	case waits:
		return NextTag
	}
	return NextCannotSay
}

// placeInfra says of each environment whether Argo CD applied the infra commit.
func (c *chainer) placeInfra(t *Trace, r *RepositoryFacts) {
	waits, here, newer, failing, known := false, false, false, false, false
	for i := range c.d.Environments {
		e := &c.d.Environments[i]
		p := Placement{Environment: e.Name, Namespace: e.Namespace, Production: e.Production(), State: PlacedNot, Confidence: Exact}
		if !e.Has(FamApplications) {
			p.State, p.Confidence, p.Code = PlacedUnknown, Unknown, CodeUnread
		}
		for k := range e.Applications {
			a := &e.Applications[k]
			rev, repo := c.d.InfraRevision(a)
			if repo == nil || repo.Name != r.Name {
				continue
			}
			known = true
			p.Commit, p.Since, p.Code = rev, a.LastDeployed(), ""
			switch {
			case SameCommit(rev, t.SHA) && (a.Operation.Phase == OperationFailed || a.Operation.Phase == OperationError):
				p.State, p.Code, failing = PlacedFailing, CodeOperation, true
			case SameCommit(rev, t.SHA) && a.Sync == SyncOutOfSync:
				p.State, p.Code = PlacedFailing, BecauseNotSynced
				if !a.Autosync {
					p.Code = BecauseManual
				}
				waits = true
			case SameCommit(rev, t.SHA):
				p.State, here = PlacedHere, true
			case applied(a, t.SHA) || r.Git != nil && SameCommit(r.Git.HeadSHA, rev):
				p.State, newer = PlacedNewer, true
			default:
				if p.State = c.order(r, t, rev); p.State == PlacedNewer {
					newer = true
					break
				}
				p.Code, waits = BecauseNotSynced, true
				if !a.Autosync {
					p.Code = BecauseManual
				}
			}
		}
		t.Placements = append(t.Placements, p)
	}
	infra := Edge{Step: StepInfra, State: EdgeNone, Confidence: Exact, Name: ShortSHA(t.SHA)}
	if here || newer {
		infra.State = EdgeGood
	}
	t.Edges = append(t.Edges, infra)
	switch {
	case failing, waits:
		t.Next = NextSync
	case here:
		t.Next = NextDone
	case newer:
		t.Next = NextPassed
	case !known:
		t.Next = NextCannotSay
	default:
		t.Next = NextSync
	}
}

// applied reports whether the history of an application has the commit.
func applied(a *Application, sha string) bool {
	return slices.ContainsFunc(a.History, func(h Deployment) bool { return SameCommit(h.Revision, sha) })
}
