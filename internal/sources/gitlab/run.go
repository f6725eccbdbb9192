package gitlab

import (
	"context"
	"errors"
	"slices"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/sources"
	"dsotop/internal/sources/transport"
	"dsotop/internal/store"
)

const (
	identityEvery = 20 * time.Second // whether it answers, and still knows us
	activeEvery   = 5 * time.Second  // costs nothing while no pipeline in view runs, two or three calls for each that does
	detailsEvery  = 30 * time.Minute // of projects nobody looks at
	detailsInView = 2 * time.Minute  // some ten calls each, thirty projects on a screen: two or three calls a second
	firstLook     = 150              // calls at once after a rest: some ten for each project of a first screen
	detailsRate   = 0.14             // projects a second in the background: some thirty calls each the first time, ten afterwards
	graphQLTries  = 3                // refusals in a row after which it is left alone
	graphQLAgain  = 10 * time.Minute // for so long
)

// Run implements [sources.Source].
func (s *Source) Run(ctx context.Context, b *sources.Board) error {
	b.Health.Meter(s.http)
	return sources.Run(ctx, b,
		sources.Poll{Part: "identity", Every: identityEvery, Essential: true, Do: func(ctx context.Context) error {
			id, err := s.identify(ctx)
			if err != nil {
				return err
			}
			s.setIdentity(id)
			b.Health.Set(func(h *platform.SourceHealth) {
				id.into(h)
				if h.Without = nil; s.forge == nil {
					h.Without = []platform.Family{platform.FamForge}
				}
			})
			s.tell(b)
			return nil
		}},
		sources.Poll{Part: "fleet", Every: s.opts.Every, Essential: true, Do: func(ctx context.Context) error { return s.fleet(ctx, b) }},
		sources.Sweep{
			Part: "details", Every: detailsEvery, InView: detailsInView, Rate: detailsRate,
			Source: s.opts.Name, Kinds: []store.Shelved{store.GitRepos, store.Pipelines, store.Tokens}, Omen: store.Pipelines,
			Scopes: func() []string {
				// Called when the store changed: the moment to follow a console that has just said which projects exist.
				if s.facts.moved(b.Store) {
					s.facts.publish(b.Store, s.opts.Name)
				}
				return s.facts.scopesListed(store.SlugsOf(b.Store.Current()))
			},
			Do:     func(ctx context.Context, scope string) error { return s.detail(ctx, b, scope, false) },
			Closer: func(ctx context.Context, scope string) error { return s.detail(ctx, b, scope, true) },
		},
		sources.Poll{Part: "active pipelines", Every: activeEvery, Do: func(ctx context.Context) error { return s.active(ctx, b) }},
	)
}

// fleet reads the list of repositories, with pipelines where GraphQL answers.
func (s *Source) fleet(ctx context.Context, b *sources.Board) error {
	l, err := s.listFleet(ctx, b.Clock(), 0)
	if err != nil {
		return err
	}
	s.facts.setFleet(l)
	s.facts.publish(b.Store, s.opts.Name)
	s.tell(b)
	return nil
}

// listFleet asks GraphQL, and REST when GraphQL does not want to answer this question.
func (s *Source) listFleet(ctx context.Context, now time.Time, most int) (listing, error) {
	var why error
	if !s.graphQLRefused(now) {
		l, err := s.fleetGraphQL(ctx, most)
		if !fallsBack(err) {
			if err == nil {
				s.noteGraphQL(true, now)
				s.facts.setRightNow(rightGraphQL, true)
			}
			return l, err
		}
		why = err
	}
	l, err := s.fleetREST(ctx)
	if err == nil && why != nil { // REST answers: it is GraphQL that does not
		s.noteGraphQL(false, now)
		s.facts.setRightNow(rightGraphQL, false)
	}
	return l, err
}

// fallsBack reports whether a failure is about GraphQL rather than about the server or the credential.
func fallsBack(err error) bool {
	switch {
	case err == nil, errors.Is(err, errNoGroup):
		return false
	case errors.Is(err, errComplex), errors.Is(err, errField):
		return true
	}
	switch transport.FaultOf(err).Class {
	case transport.ClassForbidden, transport.ClassNotFound, transport.ClassRequest, transport.ClassMalformed:
		return true
	}
	return false
}

func (s *Source) graphQLRefused(now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return now.Before(s.restUntil)
}

// noteGraphQL counts refusals in a row: one may be an accident between two questions, several are a server's decision.
func (s *Source) noteGraphQL(answered bool, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if answered {
		s.refusals = 0
		return
	}
	if s.refusals++; s.refusals >= graphQLTries {
		s.restUntil = now.Add(graphQLAgain)
	}
}

func (s *Source) setIdentity(id identity) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.id = id
}

// tell writes the rights found so far into the health.
func (s *Source) tell(b *sources.Board) {
	s.mu.Lock()
	rights := append(slices.Clone(s.id.rights), s.foundRights()...)
	s.mu.Unlock()
	b.Health.Set(func(h *platform.SourceHealth) { h.Rights = rights })
}

// Doctor implements [sources.Source]. It reads one page of repositories, and of one project what needs more than the scope read_api.
func (s *Source) Doctor(ctx context.Context) (platform.SourceHealth, error) {
	now := time.Now
	if s.opts.Transport.Clock != nil {
		now = s.opts.Transport.Clock
	}
	id, err := s.identify(ctx)
	if err == nil {
		err = s.probe(ctx, now())
	}
	h := sources.HealthOf(s, err, now())
	id.into(&h)
	h.Rights = append(slices.Clone(id.rights), s.foundRights()...)
	if s.opts.Root == "" {
		h.Problems = append(h.Problems, platform.Problem{
			Part: "root", State: platform.StateNotConfigured, Since: now(),
			Detail: "no root group is configured (for example root: forge-mi/projects): only repositories this credential is a member of are read, and each is taken for a project's by the name of its own group",
		})
	}
	sources.Measured(&h, s.http.Stats())
	return h, err
}

// probe finds out the rights on the first project of the list that has a mirror.
func (s *Source) probe(ctx context.Context, now time.Time) error {
	l, err := s.listFleet(ctx, now, 1)
	if err != nil {
		return err
	}
	list := l.repositories
	i := slices.IndexFunc(list, func(r repository) bool { return r.Name == platform.MirrorRepository })
	if i < 0 {
		return nil
	}
	mirror := list[i]
	_, err = s.groupTokens(ctx, mirror.group)
	if err := s.note(rightTokens, err); err != nil {
		return err
	}
	_, err = s.repoTokens(ctx, mirror)
	if err := s.note(rightRepoTokens, err); err != nil {
		return err
	}
	runs, err := s.pipelines(ctx, mirror.GitRepository, 1, "")
	if err := pass(err); err != nil || len(runs) == 0 {
		return err
	}
	_, err = s.mirrorOf(ctx, mirror.ID, runs[0].ID)
	if err := s.note(rightVariables, err); err != nil {
		return err
	}
	_, err = s.pipelineJobs(ctx, mirror.ID, runs[0])
	return s.note(rightJobs, err)
}

// note turns the outcome of a look into a right, and gives back what is no refusal.
func (s *Source) note(right string, err error) error {
	if err := pass(err); err != nil {
		return err
	}
	s.facts.setRight(right, err == nil)
	return nil
}
