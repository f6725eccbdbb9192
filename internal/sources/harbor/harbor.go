// Package harbor reads the images of every project from Harbor (API v2.0, written against 2.12 and 2.13): artifacts, tags,
// vulnerability counts, signatures.
//
// Harbor has no question that spans projects, and one call answers for one repository: projects in view are read first, the others slowly
// in the background.
//
// A Harbor project is named by the console's slug. Facts are kept under the console's project id; as long as no console
// said which projects exist, under "slug:" + the name of the Harbor project (see [store.ScopeOfSlug]).
package harbor

import (
	"net/http"
	"time"

	"dsotop/internal/sources"
	"dsotop/internal/sources/transport"
)

// Options describe one Harbor.
type Options struct {
	// Name is the source's name; "" means "harbor".
	Name string
	// Transport says where it is and who we are: basic, with a person's name and CLI secret, or a robot's full name
	// ("robot$<project>+<name>") and secret. The allow-list in it is replaced by this room's own.
	Transport transport.Options
	// Every is the period of what is in view; 0 means 120 s.
	Every time.Duration
	// MaxArtifacts is how many artifacts of one repository are read, newest first; 0 means 500. What is left out is said in the health.
	MaxArtifacts int
}

// Source is one Harbor. It is safe for concurrent use.
type Source struct {
	opts  Options
	http  *transport.Client
	hand  *transport.Hand // the acting half
	facts *facts
}

var _ sources.Source = (*Source)(nil)

// acceptReports asks for scan overviews in both media types that scanners are known to give; without it Harbor only looks for the first.
const acceptReports = "application/vnd.security.vulnerability.report; version=1.1, application/vnd.scanner.adapter.vuln.report.harbor+json; version=1.0"

// New checks the options and builds the client. It sends nothing.
func New(o Options) (*Source, error) {
	if o.Name == "" {
		o.Name = "harbor"
	}
	if o.Every <= 0 {
		o.Every = 120 * time.Second
	}
	if o.MaxArtifacts <= 0 {
		o.MaxArtifacts = 500
	}
	o.Transport.Name = o.Name
	o.Transport.Allow = append(rules(), asked()...)
	o.Transport.Header = o.Transport.Header.Clone()
	if o.Transport.Header == nil {
		o.Transport.Header = http.Header{}
	}
	o.Transport.Header.Set("X-Accept-Vulnerabilities", acceptReports)
	t, err := transport.New(o.Transport)
	if err != nil {
		return nil, err
	}
	return &Source{opts: o, http: t, hand: newHand(o.Transport), facts: newFacts()}, nil
}

// rules is everything this room may send.
func rules() []transport.Rule {
	var rules []transport.Rule
	for _, path := range []string{
		"/api/v2.0/ping",
		"/api/v2.0/systeminfo",
		"/api/v2.0/users/current",
		"/api/v2.0/projects",
		"/api/v2.0/projects/*/repositories",
		"/api/v2.0/projects/*/robots",
		"/api/v2.0/projects/*/repositories/*/artifacts",
	} {
		rules = append(rules, transport.Rule{Method: http.MethodGet, Path: path})
	}
	return rules
}

// Name is the instance's name.
func (s *Source) Name() string { return s.opts.Name }

// Kind is "harbor".
func (s *Source) Kind() string { return "harbor" }

// URL is where it is, without credentials.
func (s *Source) URL() string { return s.http.Base().String() }
