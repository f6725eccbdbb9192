package alertmanager

import (
	"errors"
	"net/http"
	"strings"

	"dsotop/internal/actions/wire"
	"dsotop/internal/sources"
	"dsotop/internal/sources/transport"
)

// newHand is the acting half. Paths of its calls begin with /api/v2; where the tenant stands is added here. Alerts are never sent.
func newHand(t transport.Options, route sources.Route, tenancy sources.Tenancy) *transport.Hand {
	return transport.NewHand(t, transport.Look("/api/v2/alerts", "/api/v2/silences", "/api/v2/silence/*"), []transport.Grant{
		{Method: http.MethodPost, Path: "/api/v2/silences", Body: transport.Members("id", "matchers", "startsAt", "endsAt", "createdBy", "comment")},
		{Method: http.MethodDelete, Path: "/api/v2/silence/*"},
	}, func(c wire.Call) (wire.Call, error) {
		if tenancy.In == sources.TenantNone {
			c.Tenant = ""
		} else if c.Tenant == "" {
			if tenancy.Auto() {
				return c, errors.New("the call names no tenant")
			}
			c.Tenant, _, _ = strings.Cut(tenancy.ID, ",")
			c.Tenant = strings.TrimSpace(c.Tenant)
		}
		c.Path = route.Path(c.Tenant) + c.Path
		if tenancy.In == sources.TenantPath {
			c.Tenant = ""
		}
		return c, nil
	})
}

// Reader asks what planning and verifying need to know. A call names its tenant; "" is the configured one.
func (s *Source) Reader() wire.Reader { return s.hand.Reader() }

// Writer changes silences, one call at a time: see [wire.Writer].
func (s *Source) Writer() wire.Writer { return s.hand.Writer() }
