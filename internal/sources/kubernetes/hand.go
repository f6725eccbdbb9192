package kubernetes

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"slices"
	"strings"
	"sync"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/rest"

	"dsotop/internal/actions/wire"
	"dsotop/internal/sources/transport"
)

// What the acting half may change. Bodies hold nothing but what the deed is about. Pretended are the same changes as the server is asked to judge
// without making them.
func changes(pretended bool) []transport.Grant {
	const apps, core, batch = "/apis/apps/v1/namespaces/*/", "/api/v1/namespaces/*/", "/apis/batch/v1/namespaces/*/"
	managed := transport.Only("fieldManager", "dryRun")
	deletes := transport.Members("apiVersion", "kind", "preconditions", "gracePeriodSeconds")
	if pretended {
		deletes = pretendsToDelete
	}
	var out []transport.Grant
	for _, kind := range []string{"deployments", "statefulsets", "daemonsets"} {
		out = append(out, transport.Grant{Method: http.MethodPatch, Path: apps + kind + "/*", Query: managed, Body: restarts})
		if kind != "daemonsets" {
			out = append(out, transport.Grant{Method: http.MethodPatch, Path: apps + kind + "/*/scale", Query: managed, Body: scales})
		}
	}
	return append(out,
		transport.Grant{Method: http.MethodDelete, Path: core + "pods/*", Query: managed, Body: deletes},
		transport.Grant{Method: http.MethodPost, Path: batch + "jobs", Query: managed, Body: func(b []byte) bool { return len(b) > 0 && b[0] == '{' }},
	)
}

// pretendsToDelete accepts options that say themselves that nothing is to be deleted: an API server that is sent options in the body does not look at
// the query (k8s.io/apiserver, DeleteResource), and would delete for good.
func pretendsToDelete(body []byte) bool {
	if len(body) == 0 {
		return true
	}
	var in struct {
		DryRun []string `json:"dryRun"`
	}
	return transport.Members("apiVersion", "kind", "preconditions", "gracePeriodSeconds", "dryRun")(body) && json.Unmarshal(body, &in) == nil && slices.Equal(in.DryRun, []string{"All"})
}

// restarts accepts a patch of the one annotation that kubectl rollout restart sets.
func restarts(body []byte) bool {
	var in any
	if json.Unmarshal(body, &in) != nil {
		return false
	}
	for _, name := range []string{"spec", "template", "metadata", "annotations", "kubectl.kubernetes.io/restartedAt"} {
		object, ok := in.(map[string]any)
		if !ok || len(object) != 1 || object[name] == nil {
			return false
		}
		in = object[name]
	}
	_, text := in.(string)
	return text
}

// scales accepts a patch of the number of replicas.
func scales(body []byte) bool {
	var in map[string]map[string]int
	if json.Unmarshal(body, &in) != nil || len(in) != 1 || len(in["spec"]) != 1 {
		return false
	}
	n, ok := in["spec"]["replicas"]
	return ok && n >= 0
}

// dry reports whether a query asks the server to change nothing.
func dry(q url.Values) bool { return slices.Equal(q["dryRun"], []string{"All"}) }

// mayRead accepts what changes nothing: reads of the kinds that deeds act on, reviews, and changes that the server only pretends to make.
func mayRead(c wire.Call) bool {
	looks := transport.Look("/api/v1/namespaces/*/pods", "/api/v1/namespaces/*/pods/*", "/api/v1/namespaces/*/resourcequotas", "/api/v1/namespaces/*/events")
	for _, kind := range []string{"deployments", "statefulsets", "daemonsets"} {
		looks = append(looks, transport.Look("/apis/apps/v1/namespaces/*/"+kind+"/*", "/apis/apps/v1/namespaces/*/"+kind+"/*/scale")...)
	}
	looks = append(looks, transport.Look("/apis/batch/v1/namespaces/*/cronjobs/*", "/apis/batch/v1/namespaces/*/jobs", "/apis/batch/v1/namespaces/*/jobs/*")...)
	looks = append(looks, transport.Look("/apis/autoscaling/v2/namespaces/*/horizontalpodautoscalers", "/apis/policy/v1/namespaces/*/poddisruptionbudgets")...)
	for _, review := range reviews {
		looks = append(looks, transport.Grant{Method: http.MethodPost, Path: review, Body: func([]byte) bool { return true }})
	}
	return transport.Permits(looks, c) || dry(c.Query) && transport.Permits(changes(true), c)
}

// mayWrite accepts the changes above, made for good.
func mayWrite(c wire.Call) bool {
	return !c.Query.Has("dryRun") && transport.Permits(changes(false), c)
}

// hand is the acting half, through client-go's own client: kubeconfigs, credential plugins and proxies are its business.
type hand struct {
	s *Source

	mu             sync.Mutex
	reader, writer *pen
}

// pen sends the calls of one list, each once.
type pen struct {
	client *rest.RESTClient
	may    func(wire.Call) bool
	hide   func(string) string
	next   http.RoundTripper
	token  *token
	base   *url.URL
	tested bool // the network is replaced: nothing tells whether there was a connection
}

func (h *hand) pen(kept **pen, may func(wire.Call) bool) *pen {
	h.mu.Lock()
	defer h.mu.Unlock()
	if *kept != nil {
		return *kept
	}
	config := rest.CopyConfig(h.s.config)
	if config.Transport == nil {
		// HTTP/2 sends again by itself what was refused before it was looked at; another list of protocols makes other connections than reading uses.
		config.NextProtos = []string{"http/1.1"}
	}
	plain, err := rest.HTTPClientFor(config)
	if err != nil {
		return nil
	}
	p := &pen{may: may, hide: h.s.guard.hide, next: plain.Transport, token: h.s.guard.token, base: h.s.base, tested: config.Transport != nil}
	if p.next == nil {
		p.next = http.DefaultTransport
	}
	gv := corev1.SchemeGroupVersion
	config.GroupVersion, config.APIPath = &schema.GroupVersion{Version: gv.Version}, "/api"
	config.NegotiatedSerializer = serializer.NewCodecFactory(runtime.NewScheme()).WithoutConversion()
	client, err := rest.RESTClientForConfigAndClient(config, &http.Client{Transport: p, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }})
	if err != nil {
		return nil
	}
	p.client, *kept = client, p
	return p
}

// Reader asks what planning and verifying need to know, access reviews and dry runs included.
func (s *Source) Reader() wire.Reader {
	if p := s.hand.pen(&s.hand.reader, mayRead); p != nil {
		return p
	}
	return nil
}

// Writer changes the cluster, one call at a time: see [wire.Writer].
func (s *Source) Writer() wire.Writer {
	if p := s.hand.pen(&s.hand.writer, mayWrite); p != nil {
		return p
	}
	return nil
}

// Read implements wire.Reader.
func (p *pen) Read(ctx context.Context, c wire.Call) (wire.Reply, error) { return p.send(ctx, c) }

// Write implements wire.Writer.
func (p *pen) Write(ctx context.Context, c wire.Call) (wire.Reply, error) { return p.send(ctx, c) }

type headerKey struct{}

// seen is what passed below client-go, which keeps little of it.
type seen struct {
	status    int
	header    http.Header
	connected bool
	before    error // what kept the request in
}

func (p *pen) send(ctx context.Context, c wire.Call) (wire.Reply, error) {
	if !p.may(c) {
		return wire.Reply{}, &wire.NotSent{Err: &transport.Fault{Class: transport.ClassRefused, Method: c.Method, URL: p.base.Scheme + "://" + p.base.Host + c.Path, Message: "not on the list of what this source may do"}}
	}
	var got seen
	ctx = httptrace.WithClientTrace(context.WithValue(ctx, headerKey{}, &got), &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { got.connected = true }})
	uri := strings.TrimRight(p.base.EscapedPath(), "/") + c.Path
	if q := c.Query.Encode(); q != "" {
		uri += "?" + q
	}
	req := p.client.Verb(c.Method).MaxRetries(0).RequestURI(uri).SetHeader("Accept", "application/json")
	if len(c.Body) > 0 {
		req = req.SetHeader("Content-Type", c.ContentType).Body(c.Body)
	}
	body, err := req.DoRaw(ctx)
	if got.status == 0 {
		if err == nil {
			err = errors.New("no answer")
		}
		f := transport.FaultOf(err)
		f.Message = p.hide(f.Message)
		if got.before != nil || !got.connected && !p.tested {
			return wire.Reply{}, &wire.NotSent{Err: f}
		}
		return wire.Reply{}, f
	}
	if err != nil && got.status < http.StatusMultipleChoices { // the answer broke off on its way
		f := transport.FaultOf(err)
		f.Message = p.hide(f.Message)
		return wire.Reply{}, f
	}
	text := []byte(p.hide(string(body)))
	if json.Valid(body) && !json.Valid(text) { // hiding must not spoil what planning reads
		text = body
	}
	return wire.Reply{Status: got.status, Body: text, Header: got.header}, nil
}

// RoundTrip implements http.RoundTripper below client-go: one connection a request, no header that makes it say the request again.
func (p *pen) RoundTrip(r *http.Request) (*http.Response, error) {
	got, _ := r.Context().Value(headerKey{}).(*seen)
	r = r.Clone(r.Context())
	r.Close, r.GetBody = true, nil
	if p.token != nil {
		value, err := p.token.value(r.Context())
		if err != nil {
			if got != nil {
				got.before = err
			}
			return nil, &transport.Fault{Class: transport.ClassCredential, Method: r.Method, URL: p.base.String(), Message: err.Error(), Err: err}
		}
		if !value.IsZero() {
			r.Header.Set("Authorization", "Bearer "+value.Reveal())
		}
	}
	resp, err := p.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if got != nil {
		got.status, got.header = resp.StatusCode, http.Header{}
		for _, name := range []string{"Retry-After", "Date", "Audit-Id", "Warning"} {
			for _, v := range resp.Header.Values(name) {
				got.header.Add(name, p.hide(v))
			}
		}
	}
	resp.Header.Del("Retry-After") // with it, client-go repeats the request whatever its method
	resp.Body = &bounded{Reader: io.LimitReader(resp.Body, largestPage), Closer: resp.Body}
	if resp.StatusCode == http.StatusUnauthorized && p.token != nil {
		p.token.renew(r.Context()) // for the next deed; this one is over
	}
	return resp, nil
}

type bounded struct {
	io.Reader
	io.Closer
}
