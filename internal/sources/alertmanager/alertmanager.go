// Package alertmanager reads the alerts and silences of an Alertmanager, or of the one inside Mimir, with the official v2 client.
package alertmanager

import (
	"context"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	httptransport "github.com/go-openapi/runtime/client"
	"github.com/prometheus/alertmanager/api/v2/client"
	"github.com/prometheus/alertmanager/api/v2/client/alert"
	"github.com/prometheus/alertmanager/api/v2/client/general"
	"github.com/prometheus/alertmanager/api/v2/client/silence"
	"github.com/prometheus/alertmanager/api/v2/models"

	"dsotop/internal/platform"
	"dsotop/internal/sources"
	"dsotop/internal/sources/transport"
	"dsotop/internal/store"
)

// Options describe one server.
type Options struct {
	Name string // "alertmanager", "alertmanager/ovh"
	// Transport says where and how; its allow-list is set here. The URL ends where /api/v2 would begin: the one of a Mimir needs
	// its /alertmanager. With the tenant in the path, the URL is that of Observatorium, or says by {tenant} where the tenant stands.
	Transport transport.Options
	Tenancy   sources.Tenancy
}

// layout is where Observatorium has the Alertmanager of a tenant.
const layout = "/api/metrics/v1/{tenant}/alertmanager"

const (
	every     = 30 * time.Second
	restEvery = 10 * time.Minute // tenants in which nobody looks at anything
	restRate  = 1                // of those, a second
)

const (
	partAlerts = "alerts"
	partStatus = "status"
)

// Source is one server. It is safe for concurrent use.
type Source struct {
	name    string
	client  *transport.Client
	strict  http.RoundTripper
	hand    *transport.Hand // the acting half
	route   sources.Route
	tenancy sources.Tenancy
	own     sources.Patient // the platform's own tenant

	mu     sync.Mutex
	alerts map[string][]platform.Alert // by tenant; "" when there are none
	moves  map[string]uint64           // by tenant, how often its alerts were others than before
}

// New makes the source. It opens no connection.
func New(o Options) (*Source, error) {
	route, err := sources.NewRoute(o.Transport.URL, o.Tenancy, layout)
	if err != nil {
		return nil, err
	}
	t := o.Transport
	if t.MaxBody == 0 {
		t.MaxBody = 16 << 20 // answers are aggregated; decoding a larger one would outlast our own stop
	}
	prefix := route.Pattern() + "/api/v2"
	t.Name, t.URL, t.Allow = o.Name, route.Base, []transport.Rule{
		{Method: http.MethodGet, Path: prefix + "/alerts"},
		{Method: http.MethodGet, Path: prefix + "/silences"},
		{Method: http.MethodGet, Path: prefix + "/status"},
	}
	c, err := transport.New(t)
	if err != nil {
		return nil, err
	}
	return &Source{
		name: o.Name, client: c, strict: c.Strict(), hand: newHand(t, route, o.Tenancy), route: route, tenancy: o.Tenancy, alerts: map[string][]platform.Alert{}, moves: map[string]uint64{},
	}, nil
}

// Name implements sources.Source.
func (s *Source) Name() string { return s.name }

// Kind implements sources.Source.
func (s *Source) Kind() string { return "alertmanager" }

// URL implements sources.Source.
func (s *Source) URL() string { return s.client.Base().String() }

// api is the official client on our transport, for one tenant.
func (s *Source) api(tenant string) *client.AlertmanagerAPI {
	base := s.client.Base()
	path := strings.TrimRight(base.EscapedPath(), "/") + s.route.Path(tenant) + "/api/v2"
	rt := httptransport.NewWithClient(base.Host, path, []string{base.Scheme}, &http.Client{
		Transport:     whole{s.route.RoundTripper(tenant, s.strict)},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	})
	rt.Debug = false // the library turns it on by an environment variable (DEBUG), and then prints headers and bodies
	return client.New(rt, nil)
}

// Run implements sources.Source.
func (s *Source) Run(ctx context.Context, b *sources.Board) error {
	defer s.client.Close()
	b.Health.Meter(s.client)
	board, wait := s.tenancy.Follow(ctx, b)
	defer wait()
	return sources.Run(ctx, board,
		sources.Sweep{
			Part: partAlerts, Every: restEvery, InView: every, Rate: restRate, Moved: s.moved, Calmest: 1,
			Scopes: s.tenancy.AlertLister(b.Store),
			Do: func(ctx context.Context, tenant string) error {
				var list []platform.Alert
				told, err := s.own.Ask(s.tenancy, tenant, b.Clock(), func() (err error) { list, err = s.read(ctx, tenant); return err })
				if err == nil && told {
					s.put(b, tenant, list)
				}
				return err
			},
			Gone: func(tenant string) { s.put(b, tenant, nil) },
		},
		sources.Poll{Part: partStatus, Every: 20 * time.Second, Essential: true, Do: func(ctx context.Context) error {
			return s.tenancy.Any(b, func(tenant string) error {
				version, err := s.version(ctx, tenant)
				if err == nil {
					b.Health.Set(func(h *platform.SourceHealth) { h.Version = version })
				}
				return err
			})
		}},
	)
}

// put replaces the alerts of one tenant on the one shelf; nil forgets the tenant.
func (s *Source) put(b *sources.Board, tenant string, list []platform.Alert) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if old, had := s.alerts[tenant]; had && list != nil && reflect.DeepEqual(old, list) {
		there := false
		b.Store.Apply(func(tx *store.Tx) { there = store.Alerts.Touch(tx, s.name, "") })
		if there {
			return
		}
	}
	s.moves[tenant]++
	if list == nil {
		delete(s.alerts, tenant)
	} else {
		s.alerts[tenant] = list
	}
	var all []platform.Alert
	for _, l := range s.alerts {
		all = append(all, l...)
	}
	sortAlerts(all)
	b.Store.Apply(func(tx *store.Tx) { store.Alerts.Put(tx, s.name, "", all) })
}

// moved is how often the alerts of a tenant were others than before.
func (s *Source) moved(tenant string) uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.moves[tenant]
}

// read reads the alerts of a tenant, silenced and inhibited ones too, with who silenced them.
func (s *Source) read(ctx context.Context, tenant string) ([]platform.Alert, error) {
	api := s.api(tenant)
	got, err := api.Alert.GetAlerts(alert.NewGetAlertsParamsWithContext(ctx))
	if unconfigured(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	silenced := slices.ContainsFunc(got.Payload, func(a *models.GettableAlert) bool {
		return a != nil && a.Status != nil && len(a.Status.SilencedBy) > 0
	})
	silences := map[string]*models.GettableSilence{}
	if silenced { // asked for only when there is something to explain
		answer, err := api.Silence.GetSilences(silence.NewGetSilencesParamsWithContext(ctx))
		if err != nil {
			return nil, err
		}
		for _, sil := range answer.Payload {
			if sil != nil && sil.ID != nil {
				silences[*sil.ID] = sil
			}
		}
	}
	return mapAlerts(got.Payload, silences, tenant), nil
}

// unconfigured recognises what Mimir and Cortex say of a tenant that has no configuration of an Alertmanager: nothing can be alerted of there.
func unconfigured(err error) bool {
	f := transport.FaultOf(err)
	return f != nil && f.Status >= 400 && f.Status < 500 && strings.Contains(strings.ToLower(f.Message), "alertmanager is not configured")
}

func (s *Source) version(ctx context.Context, tenant string) (string, error) {
	got, err := s.api(tenant).General.GetStatus(general.NewGetStatusParamsWithContext(ctx))
	if unconfigured(err) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	if got.Payload == nil || got.Payload.VersionInfo == nil || got.Payload.VersionInfo.Version == nil {
		return "", nil
	}
	version := platform.CleanLine(*got.Payload.VersionInfo.Version)
	if c := got.Payload.Cluster; c != nil && c.Status != nil && len(c.Peers) > 1 {
		version += " (" + platform.CleanLine(*c.Status) + ")"
	}
	return version, nil
}

// Doctor implements sources.Source. Without a tenant to ask (they are found out from projects, which it does not know) it asks
// the platform's own: a refusal tells at least that the server answers and knows the credential.
func (s *Source) Doctor(ctx context.Context) (platform.SourceHealth, error) {
	defer s.client.Close()
	tenants := s.tenancy.List(nil)
	probe := len(tenants) == 0
	if probe {
		tenants = []string{sources.PlatformTenant}
	}
	var version string
	var rights []platform.Right
	var err error
	for _, tenant := range tenants {
		_, err = s.read(ctx, tenant)
		refused := s.tenancy.Refused(err)
		switch {
		case probe && refused:
			err = nil
			rights = append(rights, platform.Right{Name: "alerts.list", Needed: "alerts"})
		case refused && s.tenancy.In != sources.TenantNone:
			err = sources.Advise(err, platform.RemedyCheckTenant)
		}
		if err != nil {
			break
		}
		if probe && !refused {
			version, _ = s.version(ctx, tenant)
		}
		if !probe {
			rights = append(rights, platform.Right{Name: strings.TrimSpace("alerts.list " + tenant), Held: true, Known: true, Needed: "alerts"})
			if version, err = s.version(ctx, tenant); err != nil {
				break
			}
		}
	}
	h := sources.HealthOf(s, err, time.Now())
	h.Version, h.Rights = version, rights
	sources.Measured(&h, s.client.Stats())
	return h, err
}

// link is an address to open, without credentials.
func link(raw string) string {
	u, err := url.Parse(platform.CleanLine(raw))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	u.User = nil
	return u.String()
}
