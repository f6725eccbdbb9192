// Package console reads the Cloud π Native console: projects, environments, repositories, members, roles, clusters, zones, stages,
// the console's log and its own opinion of the tools.
//
// The console is two servers behind one address whose routes move from release to release (9.22 to 9.25 in the field). This room
// takes both families of errors and of shapes, prefers the v1 routes, which every version has, and falls back to v2 on 404. It
// asks for nothing that carries secrets: neither a cluster's details nor a project's secrets are on its list.
package console

import (
	"context"
	"net/http"
	"time"

	"dsotop/internal/sources"
	"dsotop/internal/sources/transport"
	"dsotop/internal/store"
)

// Options describe one console.
type Options struct {
	Name string // instance; "" means "console"
	// Transport has the address, the secret and the network's ways. Its allow-list is set here; its authentication defaults to
	// the header x-dso-token when it only names a secret.
	Transport transport.Options
	Clock     func() time.Time // nil is time.Now
}

// Source reads one console. It is safe for concurrent use.
type Source struct {
	name   string
	client *transport.Client
	hand   *transport.Hand // the acting half
	clock  func() time.Time
}

// Kind is this source's word in the configuration.
const Kind = "console"

// Waits after a success. The console writes twice into its database for each call: no faster than needed.
const (
	everyProjects = time.Minute
	everyIdentity = 2 * time.Minute // a route that tells a good token from an expired one
	everyLog      = 15 * time.Second
	everyClusters = 2 * time.Minute
	everyHealth   = time.Minute      // the server itself looks each five
	everyVersion  = 15 * time.Second // whether it answers at all; needs no token and writes nothing there
	everyFrame    = time.Hour        // zones and stages
	everyExposed  = 2 * time.Minute  // chains of exposure: each call goes through to OpenCDS
	everyDetails  = 10 * time.Minute
	detailsInView = time.Minute
	everyOldLog   = 30 * time.Minute
)

func allow() []transport.Rule {
	paths := []string{
		"/api/v1/version", "/api/v1/user/tokens", "/api/v1/health-services", "/api/v1/zones", "/api/v1/stages", "/api/v1/logs",
		"/api/v1/clusters", "/api/v1/clusters/usage/*",
		"/api/v1/projects", "/api/v1/projects/*/members", "/api/v1/projects/*/roles", "/api/v1/projects/*/services", "/api/v1/projects/*/deployments",
		"/api/v1/service-chains", "/api/v1/service-chains/*", "/api/v1/service-chains/*/flows",
		"/api/v1/environments", "/api/v1/repositories", "/api/v2/projects/*/environments", "/api/v2/projects/*/repositories",
	}
	rules := make([]transport.Rule, len(paths))
	for i, p := range paths {
		rules[i] = transport.Rule{Method: http.MethodGet, Path: p}
	}
	return rules
}

// New makes the source; it calls nobody.
func New(o Options) (*Source, error) {
	if o.Name == "" {
		o.Name = Kind
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	t := o.Transport
	t.Name, t.Allow = o.Name, allow()
	if t.Auth.Scheme == transport.AuthNone && !t.Auth.Secret.IsZero() {
		t.Auth.Scheme, t.Auth.Header = transport.AuthHeader, "x-dso-token"
	}
	client, err := transport.New(t)
	if err != nil {
		return nil, err
	}
	return &Source{name: o.Name, client: client, hand: newHand(t), clock: o.Clock}, nil
}

// Name implements sources.Source.
func (s *Source) Name() string { return s.name }

// Kind implements sources.Source.
func (s *Source) Kind() string { return Kind }

// URL implements sources.Source.
func (s *Source) URL() string { return s.client.Base().String() }

// Run implements sources.Source.
func (s *Source) Run(ctx context.Context, b *sources.Board) error {
	defer s.client.Close()
	defer s.hand.Close()
	r := newReader(s, b)
	b.Health.Meter(s.client)
	return sources.Run(ctx, b,
		sources.Poll{Part: "token", Every: everyIdentity, Essential: true, Do: r.identity},
		sources.Poll{Part: "projects", Every: everyProjects, Essential: true, Do: r.projects},
		sources.Poll{Part: "version", Every: everyVersion, Essential: true, Do: r.version},
		sources.Poll{Part: "stages", Every: everyFrame, Do: r.readStages},
		sources.Poll{Part: "zones", Every: everyFrame, Do: r.zones},
		sources.Poll{Part: "clusters", Every: everyClusters, Do: r.clusters},
		sources.Poll{Part: "services", Every: everyHealth, Do: r.services},
		sources.Poll{Part: "service chains", Every: everyVersion, Wake: r.listed, Do: r.exposed},
		sources.Poll{Part: "log", Every: everyLog, Do: r.platformLog},
		sources.Sweep{Part: "environments", Every: everyDetails, InView: detailsInView, Rate: 1, Scopes: r.scopes, Do: r.details,
			Source: r.name, Kinds: []store.Shelved{store.Environments, store.Repositories, store.Members, store.Roles, store.Projects}, Omen: store.Log},
		sources.Sweep{Part: "project log", Every: everyOldLog, InView: detailsInView, Rate: 0.5, Parallel: 2, Scopes: r.scopes, Do: r.projectLog},
	)
}
