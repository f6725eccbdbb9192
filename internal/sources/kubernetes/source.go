// Package kubernetes reads one cluster: the pods, controllers, events and quotas of the platform's namespaces, by list and
// watch. It is the only room that knows client-go.
//
// Nothing is kept as the API sends it: objects become nouns at the door, and only nouns stay in memory.
package kubernetes

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/klog/v2"

	"dsotop/internal/platform"
	"dsotop/internal/secret"
	"dsotop/internal/sources/follow"
	"dsotop/internal/store"
)

// Options describe one cluster.
type Options struct {
	// Name is the instance and the console's label of the cluster, e.g. "mi-prod-1".
	Name string
	// Kubeconfig is a file; "" is KUBECONFIG or ~/.kube/config, as kubectl takes them. Ignored when Server is set.
	Kubeconfig string
	// Context of the kubeconfig; "" is its current one.
	Context string
	// Namespaces limits what is read to these, whether they are the platform's or not. Empty: all of the platform's, or, when
	// listing cluster-wide is refused, those that the console names on this cluster.
	Namespaces []string

	// Server is the URL of the apiserver, to do without a kubeconfig.
	Server string
	// Token is a bearer token for Server, read again whenever the server refuses it.
	Token    secret.Ref
	CAFile   string // PEM bundle to trust instead of the system's
	CertFile string // client certificate, PEM
	KeyFile  string
	Insecure bool   // no verification of the server's certificate
	Proxy    string // URL; "" is the kubeconfig's or the environment's, "none" is no proxy

	// Timeout of one call that is not a watch, headers and body; 0 means 30 s, since a page of 500 pods may be a megabyte.
	Timeout time.Duration
	// Clock is the time of facts; nil is time.Now.
	Clock func() time.Time
	// Dial replaces the network in tests; nil is the network.
	Dial http.RoundTripper
}

// pageSize is how many objects are asked for at once where the server cannot stream a list.
const pageSize = 500

// Source reads one cluster. Its methods are safe for concurrent use.
type Source struct {
	opts   Options
	config *rest.Config
	base   *url.URL
	plugin string // the credential plugin's command line; "" without one
	guard  *guard
	api    *client
	hand   hand // the acting half

	shelved  atomic.Pointer[store.Store] // where Run shelves; nil before it runs
	logTimes follow.Times                // for tests
}

// New makes the client. It reads the kubeconfig and calls nobody.
func New(o Options) (*Source, error) {
	if o.Timeout == 0 {
		o.Timeout = 30 * time.Second
	}
	config, plugin, err := restConfig(o)
	if err != nil {
		return nil, fmt.Errorf("kubernetes %s: %w", o.Name, err)
	}
	base, err := url.Parse(config.Host)
	if err == nil && (base.Scheme == "" || base.Host == "") {
		base, _, err = rest.DefaultServerURL(config.Host, "", versionless, rest.IsConfigTransportTLS(*config))
	}
	if err != nil {
		return nil, fmt.Errorf("kubernetes %s: server: %w", o.Name, err)
	}
	s := &Source{opts: o, config: config, base: &url.URL{Scheme: base.Scheme, Host: base.Host, Path: base.Path}, plugin: plugin}
	if s.api, s.guard, err = newClient(config, s.base, o, plugin != ""); err != nil {
		return nil, fmt.Errorf("kubernetes %s: %w", o.Name, err)
	}
	s.hand.s = s
	return s, nil
}

// Name is the instance: "kubernetes/<name>".
func (s *Source) Name() string { return "kubernetes/" + s.opts.Name }

// Kind is the configuration's word.
func (s *Source) Kind() string { return "kubernetes" }

// URL is the apiserver's address, without credentials.
func (s *Source) URL() string { return s.base.String() }

// Silence sends what client-go would print on the terminal to w. It is for the program to call once, before any client is made:
// client-go's logger belongs to the process.
func Silence(w io.Writer) {
	klog.SetSlogLogger(slog.New(slog.NewTextHandler(w, nil))) // its own outputs would still show errors on standard error
}

// restricted reports whether a namespace is one of those configured; all are when none is.
func (o *Options) restricted() bool { return len(o.Namespaces) > 0 }

func line(s string) string { return platform.CleanLine(s) }

// message cleans a sentence, in which tools quote addresses and commands with what they were given.
func message(s string) string { return secret.Scrub(platform.CleanLine(s)) }
