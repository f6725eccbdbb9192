// Package gitlab reads repositories, pipelines, mirror runs and group access tokens from GitLab (REST v4 and GraphQL; written against
// 18.4, tolerant of 15 and later).
//
// The fleet is read through GraphQL in pages: one call answers for fifty repositories. Where GraphQL is refused, REST
// lists the repositories, and pipelines follow project by project. What is in view is completed through REST: jobs, branch heads,
// the repository a mirror run concerned, group access tokens.
//
// Facts are kept under the console's project id. As long as no console said which projects exist they are kept under
// "slug:" + the name of the project's group (see [store.ScopeOfSlug]).
//
// On demand (desk.Pipelines) it reads one pipeline with all its attempts and child pipelines, and the trace of a job, from which what looks
// like a credential is taken out here.
//
// The values of CI variables are never read, with one exception: the variables of a mirror run carry the name
// of the repository it concerned (PROJECT_NAME); that one is kept and the others are dropped before anything sees them.
package gitlab

import (
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	client "gitlab.com/gitlab-org/api/client-go"
	"golang.org/x/time/rate"

	"dsotop/internal/sources"
	"dsotop/internal/sources/transport"
)

// Options describe one GitLab.
type Options struct {
	// Name is the source's name; "" means "gitlab".
	Name string
	// Transport says where it is and who we are. The allow-list in it is replaced by this room's own. An authentication
	// by header without a name uses PRIVATE-TOKEN.
	Transport transport.Options
	// Root is the full path of the group that holds the projects' groups, e.g. "forge-mi/projects". "" means
	// every repository the credential is a member of, whose direct group is then taken for its project.
	Root string
	// Forge is the team's own forge.
	Forge Forge
	// Every is the period of the fleet view; 0 means a minute. Pipelines that run are looked at more often.
	Every time.Duration
}

// Source is one GitLab. It is safe for concurrent use.
type Source struct {
	opts  Options
	http  *transport.Client
	rest  *client.Client
	hand  *transport.Hand // the acting half
	facts *facts
	read  pagesRead
	forge *transport.Client // nil: none is configured

	mu        sync.Mutex
	id        identity  // as last found out
	refusals  int       // of GraphQL, in a row
	restUntil time.Time // GraphQL is not asked before
}

var _ sources.Source = (*Source)(nil)

// New checks the options and builds the clients. It sends nothing.
func New(o Options) (*Source, error) {
	if o.Name == "" {
		o.Name = "gitlab"
	}
	if o.Every <= 0 {
		o.Every = time.Minute
	}
	o.Root = strings.Trim(o.Root, "/")
	o.Transport.Name = o.Name
	o.Transport.Allow = rules()
	if o.Transport.Auth.Scheme == transport.AuthHeader && o.Transport.Auth.Header == "" {
		o.Transport.Auth.Header = "PRIVATE-TOKEN"
	}
	if o.Transport.Burst == 0 {
		o.Transport.Burst = firstLook
	}
	t, err := transport.New(o.Transport)
	if err != nil {
		return nil, err
	}
	rest, err := client.NewAuthSourceClient(client.Unauthenticated{}, // the transport presents the credential
		client.WithHTTPClient(&http.Client{Transport: t.Strict(), CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}),
		client.WithBaseURL(t.Base().String()),
		client.WithoutRetries(),                                // it would repeat writes too; the transport repeats reads
		client.WithCustomLimiter(rate.NewLimiter(rate.Inf, 0)), // the transport has the only limiter
		client.WithURLWarningLogger(slog.New(slog.DiscardHandler)),
	)
	if err != nil {
		return nil, err
	}
	forge, err := forgeClient(o.Forge, o.Transport)
	if err != nil {
		return nil, err
	}
	s := &Source{opts: o, http: t, rest: rest, hand: newHand(o.Transport), forge: forge, facts: newFacts(o.Root)}
	s.facts.forge = forge != nil
	return s, nil
}

// rules is everything this room may send. The POST is GraphQL with the constant queries of graphql.go; none is a mutation.
func rules() []transport.Rule {
	rules := []transport.Rule{{Method: http.MethodPost, Path: graphQLPath}}
	for _, path := range []string{
		"/api/v4/version",
		"/api/v4/user",
		"/api/v4/personal_access_tokens/self",
		"/api/v4/groups/*",
		"/api/v4/groups/*/projects",
		"/api/v4/groups/*/access_tokens",
		"/api/v4/projects/*/access_tokens",
		"/api/v4/projects",
		"/api/v4/projects/*/pipelines",
		"/api/v4/projects/*/pipelines/*",
		"/api/v4/projects/*/pipelines/*/jobs",
		"/api/v4/projects/*/pipelines/*/variables",
		"/api/v4/projects/*/pipelines/*/bridges",
		"/api/v4/projects/*/jobs/*",
		"/api/v4/projects/*/jobs/*/trace",
		"/api/v4/projects/*/repository/branches/*",
		"/api/v4/projects/*/repository/commits",
		"/api/v4/projects/*/repository/commits/*",
		"/api/v4/projects/*/repository/commits/*/diff",
		"/api/v4/projects/*/repository/commits/*/refs",
		"/api/v4/projects/*/repository/compare",
		"/api/v4/projects/*/repository/tree",
		"/api/v4/projects/*/repository/files/*/raw",
		"/api/v4/groups/*/members",
	} {
		rules = append(rules, transport.Rule{Method: http.MethodGet, Path: path})
	}
	return rules
}

// Name is the instance's name.
func (s *Source) Name() string { return s.opts.Name }

// Kind is "gitlab".
func (s *Source) Kind() string { return "gitlab" }

// URL is where it is, without credentials.
func (s *Source) URL() string { return s.http.Base().String() }
