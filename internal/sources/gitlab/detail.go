package gitlab

import (
	"context"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/sources"
	"dsotop/internal/sources/transport"
	"dsotop/internal/store"
)

const (
	listed        = 10        // pipelines of a repository read at a time
	mirrorListed  = 20        // more for the mirror: all repositories of a project share it
	mirrorTraced  = 6         // of those, whose repository is asked for where nobody points: one call each
	refusalsEvery = time.Hour // a right we lack is not asked for again sooner
)

// held are the rights that turn out while details are read, by name: true as soon as one project grants it.
const (
	rightVariables = "pipelines.variables" // needs Maintainer, or to be who started the run
	rightJobs      = "jobs.read"           // needs Reporter, or pipelines open to guests
)

// detail reads what the fleet pass does not bring for one project, and writes its shelves. What only some may read (variables, tokens)
// is noted as a right not held; any other refusal is the project's, and ends the reading: the rest would be refused too. What was read
// before stays. Where nobody points, what only a page of its own shows is left out: the jobs of pipelines that do well, and older mirror runs.
func (s *Source) detail(ctx context.Context, b *sources.Board, scope string, pointed bool) error {
	if !s.facts.ready() {
		return sources.ErrNotYet
	}
	freshTokens := false
	defer func() {
		s.facts.publishOne(b.Store, s.opts.Name, scope, freshTokens)
		s.tell(b)
	}()
	for _, group := range s.facts.groupsOf(store.SlugsOf(b.Store.Current()), scope) {
		repos := s.facts.repositories(group)
		for _, r := range repos {
			if err := s.detailPipelines(ctx, r, pointed); err != nil {
				return err
			}
		}
		for _, r := range repos { // after the pipelines: who may see those may not see the code
			if err := s.readHead(ctx, r); err != nil {
				return err
			}
		}
		fresh, err := s.readTokens(ctx, group, b.Clock(), stirred(b.Store.Current(), scope, b.Clock()))
		if err != nil {
			return err
		}
		freshTokens = freshTokens || fresh
		if err := s.detailAside(ctx, b, scope, group, repos); err != nil {
			return err
		}
	}
	if !pointed {
		return nil
	}
	if err := s.readAllRepoTokens(ctx, b, scope); err != nil {
		return err
	}
	return s.readZone(ctx, b.Store.Current(), scope, b.Clock())
}

// detailAside reads what only rules look at: files, members, the team's own forge. It comes last, and costs calls only where a head moved.
func (s *Source) detailAside(ctx context.Context, b *sources.Board, scope, group string, repos []repository) error {
	external := map[string]string{}
	for _, r := range store.Repositories.Items(b.Store.Current(), scope) {
		external[r.Name] = r.ExternalURL
	}
	moved := stirred(b.Store.Current(), scope, b.Clock())
	for _, r := range repos {
		if err := s.readCode(ctx, r); err != nil {
			return err
		}
		if err := s.readForge(ctx, r, external[r.Name], b.Clock(), moved); err != nil {
			return err
		}
	}
	return s.readAccess(ctx, group, b.Clock(), moved)
}

func (s *Source) detailPipelines(ctx context.Context, r repository, pointed bool) error {
	n := 0
	switch {
	case r.Name == platform.MirrorRepository:
		n = mirrorListed
	case !s.facts.fleetHasPipelines():
		n = listed
	}
	if n > 0 {
		if err := s.readPipelines(ctx, r, int64(n)); err != nil {
			return err
		}
	}
	if err := s.detailNewest(ctx, r, pointed); err != nil {
		return err
	}
	if r.Name == platform.MirrorRepository {
		return s.readTargets(ctx, r, pointed)
	}
	return s.detailBranch(ctx, r, pointed)
}

// detailBranch completes the newest pipeline of the default branch when those of merge requests and other branches came after it: it is the one that
// delivers. Where they crowd it out of the list, it is asked for.
func (s *Source) detailBranch(ctx context.Context, r repository, pointed bool) error {
	newest, ok := s.facts.newest(r)
	if !ok || r.DefaultBranch == "" || newest.Ref == r.DefaultBranch {
		return nil
	}
	p, ok := s.facts.newestOf(r, r.DefaultBranch)
	if !ok {
		list, err := s.pipelines(ctx, r.GitRepository, 1, r.DefaultBranch)
		if err != nil || len(list) == 0 || list[0].Ref != r.DefaultBranch {
			return pass(err)
		}
		p = list[0]
		s.facts.mergeExtra(r.ID, p)
	}
	return s.complete(ctx, r, p, pointed)
}

func (s *Source) readHead(ctx context.Context, r repository) error {
	if r.Name == platform.MirrorRepository {
		return nil
	}
	if r.Empty || r.DefaultBranch == "" {
		s.facts.setHead(r.ID, head{})
		return nil
	}
	h, err := s.branchHead(ctx, r.ID, r.DefaultBranch)
	if err != nil && !absent(err) {
		return err
	}
	s.facts.setHead(r.ID, h)
	return nil
}

// readPipelines lists pipelines through REST. A repository without CI, or deleted since it was listed, has none.
func (s *Source) readPipelines(ctx context.Context, r repository, n int64) error {
	list, err := s.pipelines(ctx, r.GitRepository, n, "")
	if err != nil && !absent(err) {
		return err
	}
	s.facts.setExtra(r.ID, list)
	return nil
}

// detailNewest completes the newest pipeline of a repository: its end, and its jobs, where a person points or when they may say why it does
// not do well.
func (s *Source) detailNewest(ctx context.Context, r repository, pointed bool) error {
	p, ok := s.facts.newest(r)
	if !ok {
		return nil
	}
	return s.complete(ctx, r, p, pointed)
}

// complete reads the end and the jobs of a pipeline, as far as they are wanted and not known.
func (s *Source) complete(ctx context.Context, r repository, p platform.Pipeline, pointed bool) error {
	if !p.Active() && p.FinishedAt.IsZero() && p.Status != platform.PipelineSkipped && p.Status != platform.PipelineManual {
		full, err := s.pipeline(ctx, r.GitRepository, p.ID)
		switch {
		case err == nil:
			s.facts.mergeExtra(r.ID, full)
			p = full
		case !absent(err):
			return err
		}
	}
	if s.facts.jobsCurrent(p) || !pointed && p.Status == platform.PipelineSuccess {
		return nil
	}
	jobs, err := s.pipelineJobs(ctx, r.ID, p)
	if err == nil {
		if p.Status == platform.PipelineFailed {
			if err := s.causes(ctx, r, jobs); err != nil {
				return err
			}
		}
		s.facts.setJobs(p, jobs)
	}
	if err == nil || refused(err) {
		s.facts.setRight(rightJobs, err == nil)
	}
	if absent(err) { // deleted since it was listed
		return nil
	}
	return err
}

// readTargets finds out which repository each of the newest mirror runs concerned: of all of them where a person points, else until each
// repository has one. A run's variables never change: each is asked once.
func (s *Source) readTargets(ctx context.Context, r repository, pointed bool) error {
	most := mirrorTraced
	if pointed {
		most = mirrorListed
	}
	ids := s.facts.targetless(r, most)
	for i, id := range ids {
		if !pointed && s.facts.traced(r) {
			return nil
		}
		target, err := s.mirrorOf(ctx, r.ID, id)
		switch {
		case err == nil:
			s.facts.setRight(rightVariables, true)
			s.facts.setTarget(id, target)
		case refused(err), absent(err): // for one is for all of this project; only runs to come are asked again
			s.facts.setRight(rightVariables, false)
			for _, rest := range ids[i:] {
				s.facts.setTarget(rest, "")
			}
			return nil
		default:
			return err
		}
	}
	return nil
}

// zoned is for how many scopes in view the zones' commits are read as soon as they are due, those most wanted: a call an environment.
const zoned = 2

// active looks again at the repositories in view whose newest pipeline still runs, and at commits of the zone that are due: environments may have come
// after the details of their project were read.
func (s *Source) active(ctx context.Context, b *sources.Board) error {
	snap := b.Store.Current()
	sc := store.SlugsOf(snap)
	for i, scope := range b.Interest.Wanted() {
		looked, err := s.activeIn(ctx, s.facts.groupsOf(sc, scope))
		if i < zoned && err == nil {
			before := s.facts.zoneAt(scope)
			err = s.readZone(ctx, snap, scope, b.Clock())
			looked = looked || s.facts.zoneAt(scope) != before
		}
		if looked { // also when it failed half way: what was read counts
			s.facts.publishOne(b.Store, s.opts.Name, scope, false)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// activeIn looks at the running pipelines of some groups, and reports whether there was any.
func (s *Source) activeIn(ctx context.Context, groups []string) (looked bool, err error) {
	for _, group := range groups {
		for _, r := range s.facts.repositories(group) {
			p, ok := s.facts.newest(r)
			if !ok || !p.Active() {
				continue
			}
			looked = true
			if err := s.readPipelines(ctx, r, listed); err != nil {
				return looked, err
			}
			if err := s.detailNewest(ctx, r, true); err != nil {
				return looked, err
			}
		}
	}
	return looked, nil
}

func refused(err error) bool {
	return err != nil && transport.FaultOf(err).Class == transport.ClassForbidden
}

func absent(err error) bool {
	return err != nil && transport.FaultOf(err).Class == transport.ClassNotFound
}

// pass lets refusals and absences of a part go by: the rest of the project is still worth reading.
func pass(err error) error {
	if err == nil || refused(err) || absent(err) {
		return nil
	}
	return err
}
