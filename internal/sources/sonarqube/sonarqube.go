// Package sonarqube reads the quality gate of every analysed repository from SonarQube (web API of 10.8 community, tolerant of 9.9
// and later).
//
// The fleet is read cheaply: one list of projects with the date of their last analysis, and their measures by the hundred. A
// project's conditions and analysed commit are read only when that date moved, those in view first.
//
// Facts are kept under the console's project id, found by the slug in the key "<slug>-<repository>-<hash>". As long as no
// console said which projects exist they are kept under "slug:" + that slug (see [store.ScopeOfSlug]).
package sonarqube

import (
	"net/http"
	"strings"
	"time"

	"dsotop/internal/sources"
	"dsotop/internal/sources/transport"
)

// Options describe one SonarQube.
type Options struct {
	// Name is the source's name; "" means "sonarqube".
	Name string
	// Transport says where it is and who we are: a token as bearer, or as basic without a user (the token is then the user, with an empty
	// password, as versions before 10 want it). The allow-list in it is replaced by this room's own.
	Transport transport.Options
	// Every is the period of the fleet view; 0 means 120 s.
	Every time.Duration
}

// Source is one SonarQube, reading half. It is safe for concurrent use.
type Source struct {
	opts  Options
	http  *transport.Client
	facts *facts
}

var _ sources.Source = (*Source)(nil)

// New checks the options and builds the client. It sends nothing.
func New(o Options) (*Source, error) {
	if o.Name == "" {
		o.Name = "sonarqube"
	}
	if o.Every <= 0 {
		o.Every = 120 * time.Second
	}
	o.Transport.Name = o.Name
	o.Transport.Allow = rules()
	t, err := transport.New(o.Transport)
	if err != nil {
		return nil, err
	}
	return &Source{opts: o, http: t, facts: newFacts()}, nil
}

// rules is everything this room may send.
func rules() []transport.Rule {
	var rules []transport.Rule
	for _, path := range []string{
		pathVersion, pathValidate, pathCurrent, pathProjects, pathMeasures, pathStatus, pathAnalyses, pathHistory,
	} {
		rules = append(rules, transport.Rule{Method: http.MethodGet, Path: path})
	}
	return rules
}

// Name is the instance's name.
func (s *Source) Name() string { return s.opts.Name }

// Kind is "sonarqube".
func (s *Source) Kind() string { return "sonarqube" }

// URL is where it is, without credentials.
func (s *Source) URL() string { return s.http.Base().String() }

func (s *Source) base() string { return strings.TrimRight(s.URL(), "/") }
