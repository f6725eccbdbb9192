package loki

import (
	"context"
	"time"

	"github.com/grafana/loki/v3/pkg/logcli/client"

	"dsotop/internal/platform"
	"dsotop/internal/sources"
	"dsotop/internal/sources/transport"
	"dsotop/internal/store"
)

const (
	errorsEvery = 30 * time.Second // for a namespace that somebody points at: a page of its own, or the project under a cursor,
	besideEvery = 3 * time.Minute  // for one that is only on screen
	pointedAt   = 8                // scopes, the most wanted first
	lookEvery   = 5 * time.Second  // whether one is due; at once when one comes into view
	lookTurn    = 30 * time.Second // how long one turn of looking lasts
	aliveEvery  = 20 * time.Second
	refusedWait = 5 * time.Minute
)

const (
	partAlive  = "labels"
	partErrors = "error lines"
)

// reading is when a namespace may be asked again.
type reading struct {
	read time.Time
	next time.Time
	err  error // of the last look
}

// Run implements sources.Source.
func (s *Source) Run(ctx context.Context, b *sources.Board) error {
	defer s.client.Close()
	defer s.questions.Close()
	b.Health.Meter(s.client)
	b.Health.Meter(s.questions)
	return sources.RunPolls(ctx, b,
		sources.Poll{Part: partAlive, Every: aliveEvery, Essential: true, Do: func(ctx context.Context) error { return s.alive(ctx, b) }},
		sources.Poll{Part: partErrors, Every: time.Second, Do: func(ctx context.Context) error { return s.turn(ctx, b) }},
	)
}

// alive asks for the names of labels, the cheapest question that needs the right to read, and for the version.
func (s *Source) alive(ctx context.Context, b *sources.Board) error {
	return s.tenancy.Any(b, func(tenant string) error {
		if err := s.labels(ctx, tenant, b.Clock()); err != nil {
			return err
		}
		version, err := s.version(ctx, tenant)
		if err == nil && version != "" {
			b.Health.Set(func(h *platform.SourceHealth) { h.Version = version })
		}
		return err
	})
}

func (s *Source) labels(ctx context.Context, tenant string, now time.Time) error {
	return s.ask(ctx, tenant, func(c client.Client) error {
		_, err := c.ListLabelNames(true, now.Add(-errorWindow), now)
		return err
	})
}

// turn looks again and again for a while: coming back each time with nothing done would count as a success each time.
func (s *Source) turn(ctx context.Context, b *sources.Board) error {
	changed, stop := b.Interest.Changed()
	defer stop()
	pace := max(b.Pace, 1)
	end := time.NewTimer(time.Duration(float64(lookTurn) / pace))
	defer end.Stop()
	idle := time.NewTicker(time.Duration(float64(lookEvery) / pace))
	defer idle.Stop()
	for {
		if err := s.look(ctx, b); err != nil {
			return err
		}
		b.Health.OK(partErrors) // what was refused before is well now, not at the end of the turn
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-end.C:
			return nil
		case <-changed:
		case <-idle.C:
		}
	}
}

// look reads the error lines of the namespaces in view that are due.
func (s *Source) look(ctx context.Context, b *sources.Board) error {
	snap := b.Store.Current()
	now := b.Clock()
	var refused error
	for i, namespace := range b.Interest.Wanted() {
		if !ours(namespace) {
			continue // a project
		}
		tenant, ok := s.tenancy.Of(snap, namespace)
		if !ok {
			continue
		}
		s.mu.Lock()
		last := s.read[namespace]
		s.mu.Unlock()
		if soon := last.read.Add(errorsEvery); i < pointedAt && last.err == nil && soon.Before(last.next) {
			last.next = soon
		}
		if now.Before(last.next) {
			if last.err != nil {
				refused = last.err
			}
			continue
		}
		lines, err := s.errors(ctx, tenant, namespace, now)
		next := reading{read: now, next: now.Add(besideEvery), err: err}
		switch {
		case err == nil:
			pulse, told := s.pulse(ctx, tenant, namespace, lines, now)
			b.Store.Apply(func(tx *store.Tx) {
				store.LogErrors.Put(tx, s.name, namespace, lines)
				if told {
					store.LogPulses.Put(tx, s.name, namespace, []platform.LogPulse{pulse})
				}
			})
		case aboutQuestion(err):
			refused = err // this namespace's tenant only; the others go on
			if next.next = now.Add(errorsEvery); transport.FaultOf(err).Class != transport.ClassServer {
				next.next = now.Add(refusedWait)
			}
		default:
			return err
		}
		s.mu.Lock()
		s.read[namespace] = next
		s.mu.Unlock()
	}
	if refused != nil {
		b.Health.Fail(partTenant, refused)
	} else {
		b.Health.Forget(partTenant)
	}
	return nil
}

const partTenant = "error lines of a tenant"

// ours reports whether a scope is a namespace of the platform, and so safe inside a query.
func ours(scope string) bool {
	if _, _, ok := platform.ParseNamespace(scope); ok {
		return true
	}
	if _, ok := platform.ParseOldNamespace(scope); !ok {
		return false
	}
	for _, r := range scope {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' {
			return false
		}
	}
	return true
}

// Doctor implements sources.Source. Without a tenant to ask (they are found out from projects, which it does not know) it asks
// the platform's own: a refusal tells at least that the server answers and knows the credential.
func (s *Source) Doctor(ctx context.Context) (platform.SourceHealth, error) {
	defer s.client.Close()
	tenants := s.tenancy.List(nil)
	right := platform.Right{Name: "logs.query", Needed: "logs"}
	probe := len(tenants) == 0
	if probe {
		tenants = []string{sources.PlatformTenant}
	}
	err := s.labels(ctx, tenants[0], time.Now())
	refused := s.tenancy.Refused(err)
	version := ""
	switch {
	case err == nil:
		right.Held, right.Known = true, true
		version, err = s.version(ctx, tenants[0])
	case probe && refused:
		err = nil
	case refused:
		right.Known = true
		if s.tenancy.In != sources.TenantNone {
			err = sources.Advise(err, platform.RemedyCheckTenant)
		}
	}
	h := sources.HealthOf(s, err, time.Now())
	h.Version, h.Rights = version, []platform.Right{right}
	sources.Measured(&h, s.client.Stats())
	return h, err
}
