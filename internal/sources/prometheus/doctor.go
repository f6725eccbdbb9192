package prometheus

import (
	"context"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/sources"
	"dsotop/internal/sources/transport"
)

// Doctor implements sources.Source. It knows no project: with tenants found out from projects it can only tell that something
// answers at the address.
func (s *Source) Doctor(ctx context.Context) (platform.SourceHealth, error) {
	defer s.client.Close()
	tenants := s.tenancy.List(nil)
	var version string
	var rights []platform.Right
	var err error
	if len(tenants) == 0 { // a refusal is an answer: the platform's own tenant is for administrators
		query, alerts := platform.Right{Name: "metrics.query", Needed: "usage"}, platform.Right{Name: "alerts.list", Needed: "alerts"}
		_, _, err = s.vector(ctx, sources.PlatformTenant, "vector(1)", time.Now())
		f := transport.FaultOf(err)
		switch {
		case err == nil:
			version, _ = s.buildinfo(ctx, sources.PlatformTenant)
			_, alertsErr := s.api(sources.PlatformTenant).Alerts(ctx)
			query, alerts = right(query.Name, query.Needed, nil), right(alerts.Name, alerts.Needed, s.fault(alertsErr))
		case s.tenancy.Refused(err) || f.Status != 0 && f.Class == transport.ClassRequest:
			err = nil
		}
		rights = []platform.Right{query, alerts}
	}
	for _, tenant := range tenants {
		if version, err = s.buildinfo(ctx, tenant); err != nil {
			break
		}
		_, _, queryErr := s.vector(ctx, tenant, "vector(1)", time.Now())
		_, alertsErr := s.api(tenant).Alerts(ctx)
		alertsErr = s.fault(alertsErr)
		suffix := ""
		if len(tenants) > 1 {
			suffix = " " + tenant
		}
		rights = append(rights, right("metrics.query"+suffix, "usage", queryErr), right("alerts.list"+suffix, "alerts", alertsErr))
		if err = queryErr; err != nil {
			break
		}
	}
	if s.tenancy.In != sources.TenantNone && s.tenancy.Refused(err) {
		err = sources.Advise(err, platform.RemedyCheckTenant)
	}
	h := sources.HealthOf(s, err, time.Now())
	h.Version, h.Rights = version, rights
	sources.Measured(&h, s.client.Stats())
	return h, err
}

func right(name, needed string, err error) platform.Right {
	r := platform.Right{Name: name, Needed: needed, Held: err == nil, Known: err == nil}
	if f := transport.FaultOf(err); f != nil && (f.Class == transport.ClassForbidden || f.Class == transport.ClassUnauthorised) {
		r.Known = true
	}
	return r
}
