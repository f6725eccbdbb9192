package sonarqube

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/sources"
	"dsotop/internal/sources/transport"
	"dsotop/internal/store"
)

const (
	identityEvery = 20 * time.Second // whether it answers, and still knows us
	detailsEvery  = 10 * time.Minute // of projects nobody looks at
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
			b.Health.Set(id.into)
			return nil
		}},
		sources.Poll{Part: "projects", Every: s.opts.Every, Essential: true, Do: func(ctx context.Context) error { return s.fleet(ctx, b) }},
		sources.Sweep{
			Part: "details", Every: detailsEvery, Rate: 0.4, InView: s.opts.Every / 4, // it costs nothing when nothing was analysed
			Scopes: func() []string {
				// Called when the store changed: the moment to follow a console that has just said which projects exist.
				if s.facts.moved(b.Store) {
					s.facts.publish(b.Store, s.opts.Name, s.base())
				}
				return s.facts.scopesListed(store.SlugsOf(b.Store.Current()))
			},
			Do: func(ctx context.Context, scope string) error { return s.details(ctx, b, scope) },
		},
	)
}

// fleet reads which projects there are, when they were analysed, and their measures.
func (s *Source) fleet(ctx context.Context, b *sources.Board) error {
	snap := b.Store.Current()
	list, cut, dated, err := s.list(ctx, declaredKeys(snap, store.SlugsOf(snap)))
	if err != nil {
		return err
	}
	measures := map[string]map[string]string{}
	var refused error
	for keys := range slices.Chunk(keysOf(list), measuresKeys) {
		part, err := s.measures(ctx, keys)
		if err != nil {
			if refused = partly(err); refused == nil || !dated { // without a list, measures are the only proof that a project exists
				return err
			}
			break
		}
		maps.Copy(measures, part)
	}
	if refused != nil {
		measures = nil
	}
	s.facts.setFleet(list, measures, dated)
	s.facts.publish(b.Store, s.opts.Name, s.base())
	s.report(b, "measures", refused)
	if cut > 0 {
		s.report(b, "list", &transport.Fault{Class: transport.ClassRequest, Source: s.opts.Name, Message: fmt.Sprintf("%d projects are beyond what the server lists", cut)})
	} else {
		s.report(b, "list", nil)
	}
	b.Health.Set(func(h *platform.SourceHealth) {
		h.Rights = []platform.Right{
			{Name: rightList, Held: dated, Known: true, Needed: "fleet"},
			{Name: rightBrowse, Held: len(measures) > 0, Known: len(list) > 0, Needed: "quality"},
		}
	})
	return nil
}

// list asks for the projects; where listing is refused or unknown, the keys that the console's repositories must have are taken instead.
func (s *Source) list(ctx context.Context, declared []string) (list []component, cut int, dated bool, err error) {
	list, cut, err = s.components(ctx)
	if err == nil {
		return list, cut, true, nil
	}
	if partly(err) == nil || len(declared) == 0 {
		return nil, 0, false, err
	}
	for _, key := range declared {
		list = append(list, component{key: key})
	}
	return list, 0, false, nil
}

// details reads the conditions and the commit of the projects whose last analysis was not read yet, or may just have been made.
func (s *Source) details(ctx context.Context, b *sources.Board, scope string) error {
	if !s.facts.ready() {
		return sources.ErrNotYet
	}
	var failed error
	changed := false
	snap := b.Store.Current()
	ended := lastEnd(snap, scope)
	for _, key := range s.facts.due(store.SlugsOf(snap), scope, ended) {
		d, err := s.detail(ctx, key)
		switch {
		case err == nil:
			s.facts.setDetail(key, d)
			changed = true
		case transport.FaultOf(err).Class == transport.ClassNotFound: // deleted since it was listed
			s.facts.drop(key)
			changed = true
		case transport.FaultOf(err).Class == transport.ClassForbidden: // one project's setting; the others of the scope are still worth reading
			failed = err
		default:
			return err
		}
	}
	s.facts.looked(scope, ended)
	if changed {
		s.facts.publishOne(b.Store, s.opts.Name, s.base(), scope)
	}
	return failed
}

// partly gives back an error that concerns one question rather than the server or the credential, else nil.
func partly(err error) error {
	switch transport.FaultOf(err).Class {
	case transport.ClassForbidden, transport.ClassNotFound, transport.ClassRequest:
		return err
	}
	return nil
}

// report shows or forgets a problem of a part that is not polled by itself.
func (s *Source) report(b *sources.Board, part string, err error) {
	if err != nil {
		b.Health.Fail(part, err)
		return
	}
	b.Health.Forget(part)
}

func keysOf(list []component) []string {
	keys := make([]string, len(list))
	for i, c := range list {
		keys[i] = c.key
	}
	return keys
}

// Doctor implements [sources.Source]. It asks whether the credential is good, and for the list of projects.
func (s *Source) Doctor(ctx context.Context) (platform.SourceHealth, error) {
	now := time.Now
	if s.opts.Transport.Clock != nil {
		now = s.opts.Transport.Clock
	}
	id, err := s.identify(ctx)
	var rights []platform.Right
	if err == nil {
		var list []component
		list, _, err = s.components(ctx)
		rights = append(rights, platform.Right{Name: rightList, Held: err == nil, Known: err == nil || partly(err) != nil, Needed: "fleet"})
		if err != nil && partly(err) != nil {
			err = nil // a right we lack, not a failure
		}
		browse := platform.Right{Name: rightBrowse, Needed: "quality"}
		if err == nil && len(list) > 0 {
			var m map[string]map[string]string
			m, err = s.measures(ctx, keysOf(list[:min(len(list), measuresKeys)]))
			browse.Held, browse.Known = len(m) > 0, true
			if err != nil && partly(err) != nil {
				err = nil
			}
		}
		rights = append(rights, browse)
	}
	h := sources.HealthOf(s, err, now())
	id.into(&h)
	h.Rights = rights
	sources.Measured(&h, s.http.Stats())
	return h, err
}
