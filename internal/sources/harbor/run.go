package harbor

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/sources"
	"dsotop/internal/sources/transport"
	"dsotop/internal/store"
)

const (
	accessEvery = 20 * time.Second // whether it answers, and still knows us
	imagesEvery = 15 * time.Minute // of projects nobody looks at: one call a repository
	probes      = 3                // projects tried before we say that listing images is refused
)

// Run implements [sources.Source].
func (s *Source) Run(ctx context.Context, b *sources.Board) error {
	b.Health.Meter(s.http)
	return sources.Run(ctx, b,
		sources.Poll{Part: "access", Every: accessEvery, Essential: true, Do: func(ctx context.Context) error {
			id, err := s.identify(ctx)
			if err != nil {
				return err
			}
			b.Health.Set(id.into)
			err = s.probe(ctx, s.facts.wanted(store.SlugsOf(b.Store.Current())))
			s.tell(b) // also wakes the sweep when there is no console
			return err
		}},
		sources.Sweep{
			Part: "images", Every: imagesEvery, InView: s.opts.Every, Rate: 0.5,
			Source: s.opts.Name, Kinds: []store.Shelved{store.Images}, Omen: store.Pipelines, // what builds images
			Scopes: func() []string {
				// Called when the store changed: the moment to follow a console that has just said which projects exist.
				s.facts.rejoin(b.Store, s.opts.Name)
				return s.facts.wantedScopes(store.SlugsOf(b.Store.Current()))
			},
			Gone: func(scope string) {
				if project, ok := (store.Slugs{}).Slug(scope); ok { // without a console; with one, rejoin follows it
					s.facts.forget(b.Store, s.opts.Name, project)
				}
			},
			Do: func(ctx context.Context, scope string) error {
				project, ok := store.SlugsOf(b.Store.Current()).Slug(scope)
				if !ok {
					return nil // the console changed its mind since
				}
				err := s.detail(ctx, b, project)
				s.tell(b)
				return err
			},
		},
	)
}

// tell writes rights and what was left out into the health.
func (s *Source) tell(b *sources.Board) {
	rights := s.facts.foundRights()
	b.Health.Set(func(h *platform.SourceHealth) { h.Rights = rights })
}

// tellCut shows what was left out of one project, and forgets what is read in full now.
func (s *Source) tellCut(b *sources.Board, before, now map[string]int64) {
	for name := range before {
		if _, still := now[name]; !still {
			b.Health.Forget("images " + name)
		}
	}
	for name, left := range now {
		many := fmt.Sprintf("%d older artifacts", left)
		if left < 0 {
			many = "older artifacts"
		}
		b.Health.Fail("images "+name, &transport.Fault{
			Class: transport.ClassRequest, Source: s.opts.Name, Message: fmt.Sprintf("%s of %s are not read (the newest %d are)", many, name, s.opts.MaxArtifacts),
		})
	}
}

// Doctor implements [sources.Source]. It asks who we are, which projects there are, and for the images of the first of them.
func (s *Source) Doctor(ctx context.Context) (platform.SourceHealth, error) {
	now := time.Now
	if s.opts.Transport.Clock != nil {
		now = s.opts.Transport.Clock
	}
	id, err := s.identify(ctx)
	if err == nil {
		err = s.probe(ctx, nil)
	}
	h := sources.HealthOf(s, err, now())
	id.into(&h)
	h.Rights = s.facts.foundRights()
	sources.Measured(&h, s.http.Stats())
	return h, err
}

// probe finds out the rights: which projects are listed, and whether images may be. A robot that may not list projects still has one of
// its own, in its name. Refused everywhere it is a fault: the platform's "ro-robot" can pull what it knows the name of, and nothing else.
func (s *Source) probe(ctx context.Context, wanted []string) error {
	if err := s.listProjects(ctx); err != nil {
		return err
	}
	if len(wanted) == 0 {
		wanted = s.facts.wanted(store.Slugs{})
	}
	if own := robotProject(s.opts.Transport.Auth.User); own != "" {
		wanted = []string{own}
	}
	var refused error
	for _, project := range wanted[:min(len(wanted), probes)] {
		names, err := s.repositories(ctx, project)
		if err == nil && len(names) > 0 {
			_, _, err = list[artifactAnswer](ctx, s.http, artifactsPath(project, names[0]), url.Values{}, 1)
		}
		switch classOf(err) {
		case "":
			s.facts.setRight(rightImages, true)
			return nil
		case transport.ClassForbidden:
			refused = err
		case transport.ClassNotFound:
		default:
			return err
		}
	}
	if refused != nil {
		s.facts.setRight(rightImages, false)
	}
	return sources.Advise(refused, platform.RemedyAskRight)
}
