package prometheus

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/sources"
	"dsotop/internal/sources/transport"
	"dsotop/internal/store"
)

// Tenants in which nobody looks at anything are asked every restEvery: with hundreds of them, four questions each are many. A screen
// of projects has some fifty tenants in view: with these periods all of it stays below five calls a second.
const (
	aliveEvery  = 20 * time.Second
	alertsEvery = time.Minute
	usageEvery  = 2 * time.Minute
	restEvery   = 15 * time.Minute
	restRate    = 0.5 // tenants a second
)

const (
	partAlive    = "queries"
	partAlerts   = "alerts"
	partUsage    = "usage"
	partWarnings = "warnings"
)

// Run implements sources.Source.
func (s *Source) Run(ctx context.Context, b *sources.Board) error {
	defer s.client.Close()
	defer s.questions.Close()
	b.Health.Meter(s.client)
	b.Health.Meter(s.questions)
	board, wait := s.tenancy.Follow(ctx, b)
	defer wait()
	return sources.Run(ctx, board,
		sources.Sweep{
			Part: partAlerts, Every: restEvery, InView: alertsEvery, Rate: restRate, Moved: s.moved, Scopes: s.tenancy.AlertLister(b.Store),
			Do: func(ctx context.Context, tenant string) error {
				_, err := s.own.Ask(s.tenancy, tenant, b.Clock(), func() error { return s.readAlerts(ctx, b, tenant) })
				return err
			},
			Gone: func(tenant string) { s.forget(b, tenant) },
		},
		sources.Sweep{
			Part: partUsage, Every: restEvery, InView: usageEvery, Rate: restRate, Scopes: s.tenancy.Lister(b.Store),
			// Numbers always move, and points are three minutes apart: where nobody points, every fourth minute has all of them.
			Moved: func(string) uint64 { return 0 }, Calmest: 1,
			Do:   func(ctx context.Context, tenant string) error { return s.readUsage(ctx, b, tenant) },
			Gone: func(tenant string) { s.forget(b, tenant) },
		},
		sources.Poll{Part: partAlive, Every: aliveEvery, Essential: true, Do: func(ctx context.Context) error { return s.alive(ctx, b) }},
	)
}

// forget drops what was read in a tenant that is no longer asked for.
func (s *Source) forget(b *sources.Board, tenant string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.tenants[tenant]
	if f == nil {
		return
	}
	delete(s.tenants, tenant)
	b.Store.Apply(func(tx *store.Tx) {
		store.Alerts.Put(tx, s.name, "", s.allAlerts())
		for namespace := range f.usage {
			store.Usage.Drop(tx, s.name, namespace)
		}
		for namespace := range f.quotas {
			store.Quotas.Drop(tx, s.name, namespace)
		}
	})
	s.warn(b)
}

// of returns the facts of a tenant. The lock is held.
func (s *Source) of(tenant string) *facts {
	f := s.tenants[tenant]
	if f == nil {
		f = &facts{}
		s.tenants[tenant] = f
	}
	return f
}

func (s *Source) readAlerts(ctx context.Context, b *sources.Board, tenant string) error {
	result, err := s.api(tenant).Alerts(ctx)
	if err != nil {
		return s.fault(err)
	}
	mapped := alerts(result.Alerts, tenant)
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.of(tenant)
	if f.alertsRead && reflect.DeepEqual(f.alerts, mapped) {
		there := false
		b.Store.Apply(func(tx *store.Tx) { there = store.Alerts.Touch(tx, s.name, "") })
		if there {
			return nil
		}
	}
	f.alerts, f.alertsRead = mapped, true
	f.alertMoves++
	b.Store.Apply(func(tx *store.Tx) { store.Alerts.Put(tx, s.name, "", s.allAlerts()) })
	return nil
}

// moved is how often the alerts of a tenant were others than before.
func (s *Source) moved(tenant string) uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.tenants[tenant]; f != nil {
		return f.alertMoves
	}
	return 0
}

// allAlerts joins the tenants. The lock is held.
func (s *Source) allAlerts() []platform.Alert {
	var out []platform.Alert
	for _, f := range s.tenants {
		out = append(out, f.alerts...)
	}
	sortAlerts(out)
	return out
}

func (s *Source) readUsage(ctx context.Context, b *sources.Board, tenant string) error {
	now := b.Clock()
	r := lastHour(now)
	cpu, warnings, err := s.matrix(ctx, tenant, cpuExpr, r)
	if err != nil {
		return err
	}
	mem, more, err := s.matrix(ctx, tenant, memExpr, r)
	if err != nil {
		return err
	}
	warnings = append(warnings, more...)
	hard, more, err := s.vector(ctx, tenant, quotaExpr, now)
	if err != nil {
		return err
	}
	warnings = append(warnings, more...)
	owed, more, err := s.vector(ctx, tenant, debtExpr, now)
	if err != nil {
		return err
	}
	warnings = append(warnings, more...)
	slices.Sort(warnings)
	use, limits := usage(cpu, mem, r), quotas(hard)
	for namespace, list := range debts(owed) {
		if u, ok := use[namespace]; ok {
			u.Debt = list
			use[namespace] = u
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.of(tenant)
	if len(warnings) > 0 {
		keepPartial(use, f.usage, now)
	}
	b.Store.Apply(func(tx *store.Tx) {
		write(tx, store.Usage, s.name, f.usage, use, func(u platform.Usage) []platform.Usage { return []platform.Usage{u} })
		write(tx, store.Quotas, s.name, f.quotas, limits, func(q []platform.Quota) []platform.Quota { return q })
	})
	f.usage, f.quotas, f.warnings = use, limits, slices.Compact(warnings)
	s.warn(b)
	return nil
}

// partialKept is how long what an incomplete answer leaves out is still believed to be there.
const partialKept = 30 * time.Minute

// keepPartial adds to an answer of which the server says that a part may be missing what the one before had: a namespace whose store is away for a
// moment has not gone silent. It keeps the time at which it was read.
func keepPartial(use, before map[string]platform.Usage, now time.Time) {
	for namespace, u := range before {
		if _, there := use[namespace]; !there && now.Sub(u.At) < partialKept {
			use[namespace] = u
		}
	}
}

// write puts one tenant's namespaces and drops those it no longer has. Other tenants' shelves are left alone: writing them again
// would make them look fresh.
func write[T, V any](tx *store.Tx, kind store.Kind[T], source string, before, now map[string]V, items func(V) []T) {
	for namespace := range before {
		if _, still := now[namespace]; !still {
			kind.Drop(tx, source, namespace)
		}
	}
	for namespace, v := range now {
		kind.Put(tx, source, namespace, items(v))
	}
}

// warn shows what servers add to an answer of which a part may be missing. The lock is held.
func (s *Source) warn(b *sources.Board) {
	var all []string
	for tenant, f := range s.tenants {
		for _, w := range f.warnings {
			if tenant != "" {
				w = tenant + ": " + w
			}
			all = append(all, w)
		}
	}
	if len(all) == 0 {
		b.Health.Forget(partWarnings)
		return
	}
	slices.Sort(all)
	b.Health.Fail(partWarnings, &transport.Fault{Class: transport.ClassServer, Source: s.name, URL: s.URL(), Message: short(strings.Join(all, "; "))})
}

// alive asks the cheapest question, and which version answers.
func (s *Source) alive(ctx context.Context, b *sources.Board) error {
	return s.tenancy.Any(b, func(tenant string) error {
		if _, _, err := s.vector(ctx, tenant, "vector(1)", b.Clock()); err != nil {
			return err
		}
		version, err := s.buildinfo(ctx, tenant)
		if err == nil && version != "" {
			b.Health.Set(func(h *platform.SourceHealth) { h.Version = version })
		}
		return err
	})
}

// buildinfo is the version, "" where gateways do not pass the question on.
func (s *Source) buildinfo(ctx context.Context, tenant string) (string, error) {
	info, err := s.api(tenant).Buildinfo(ctx)
	if err == nil {
		return platform.CleanLine(info.Version), nil
	}
	err = s.fault(err)
	switch transport.FaultOf(err).Class {
	case transport.ClassForbidden, transport.ClassNotFound, transport.ClassRequest, transport.ClassServer, transport.ClassMalformed:
		return "", nil
	}
	return "", err
}
