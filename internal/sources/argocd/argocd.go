// Package argocd reads one Argo CD (3.1 REST, one instance per zone): applications by list and stream, and resource trees, which
// give pods to teams that have no kubectl. It speaks plain HTTP: the official client brings well over a thousand packages.
//
// Values and parameters of sources are never read, they may hold secrets; credentials in URLs are dropped.
package argocd

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"dsotop/internal/sources/follow"
	"dsotop/internal/sources/transport"
)

// Options describe one instance.
type Options struct {
	Name string // "argocd/usu"
	// Transport says where and how; its allow-list is set here.
	Transport transport.Options
}

// Source is one Argo CD. It is safe for concurrent use; Run may be called again after it returned.
type Source struct {
	name   string
	client *transport.Client
	hand   *transport.Hand // the acting half
	base   string          // address without a slash at its end, for links

	// sniff reads streams and long lists: every status but 2xx is a fault there too.
	sniff http.RoundTripper

	mu    sync.Mutex
	facts facts
	// dirty rings when facts have something for the store.
	dirty chan struct{}

	logTimes follow.Times // for tests
}

// New makes the source. It opens no connection.
func New(o Options) (*Source, error) {
	t := o.Transport
	t.Name, t.Allow = o.Name, rules()
	if t.MaxBody == 0 {
		t.MaxBody = 512 << 20 // the list of a large zone; it is decoded as it comes, not kept
	}
	client, err := transport.New(t)
	if err != nil {
		return nil, err
	}
	return &Source{
		name: o.Name, client: client, hand: newHand(t), base: strings.TrimRight(client.Base().String(), "/"), sniff: client.Strict(),
		facts: newFacts(), dirty: make(chan struct{}, 1),
	}, nil
}

// Name implements sources.Source.
func (s *Source) Name() string { return s.name }

// Kind implements sources.Source.
func (s *Source) Kind() string { return "argocd" }

// URL implements sources.Source.
func (s *Source) URL() string { return s.client.Base().String() }

// rules is all this source may send.
func rules() []transport.Rule {
	get := func(path string) transport.Rule {
		return transport.Rule{Method: http.MethodGet, Path: path, Query: plainRead}
	}
	return []transport.Rule{
		get("/api/version"),
		get("/api/v1/session/userinfo"),
		get("/api/v1/account/can-i/*/*/**"),
		get("/api/v1/applications"),
		get("/api/v1/stream/applications"),
		get("/api/v1/applications/*"),
		get("/api/v1/applications/*/resource-tree"),
		get("/api/v1/applications/*/managed-resources"),
		get("/api/v1/applications/*/manifests"),
		get("/api/v1/applications/*/syncwindows"),
		get("/api/v1/applications/*/revisions/*/metadata"),
		get("/api/v1/applications/*/resource"),
		get("/api/v1/applications/*/events"),
		get("/api/v1/applications/*/logs"),
	}
}

// plainRead refuses ?refresh=, with which a GET makes the controller write to the application.
func plainRead(query map[string][]string) bool {
	_, refresh := query["refresh"]
	return !refresh
}

// open sends a GET whose answer is read as it comes. The caller closes the body.
func (s *Source) open(ctx context.Context, path, query, accept string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.base+path+query, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", accept)
	return s.sniff.RoundTrip(req)
}

// listing is what a list gave.
type listing struct {
	version string // resourceVersion to stream from
	apps    []wireApp
	broken  int // entries that could not be read
}

// list reads all applications that the token may see. It asks for no selection of fields: the server's table of selectable
// fields has neither conditions, history nor the message of the operation, on which most findings rest. The answer is decoded
// entry by entry, so that only what is kept takes memory.
func (s *Source) list(ctx context.Context) (listing, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	resp, err := s.open(ctx, "/api/v1/applications", "", "application/json")
	if err != nil {
		return listing{}, err
	}
	defer resp.Body.Close()
	l, err := decodeList(resp.Body)
	if err != nil {
		return listing{}, s.streamFault("/api/v1/applications", transport.Early(err))
	}
	return l, nil
}

// streamFault classifies a failure in the middle of an answer.
func (s *Source) streamFault(path string, err error) error {
	if f, ok := errors.AsType[*transport.Fault](err); ok && f.Source != "" {
		return err
	}
	f := *transport.FaultOf(err)
	f.Source, f.Method, f.URL = s.name, http.MethodGet, s.base+path
	return &f
}

var errNotList = errors.New("unexpected answer: not a list of applications")

// decodeList reads {"metadata":{…},"items":[…]} one item at a time.
func decodeList(r io.Reader) (listing, error) {
	var l listing
	dec := json.NewDecoder(r)
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return l, orNotList(err)
	}
	known := false
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return l, err
		}
		switch key {
		case "metadata":
			var meta struct {
				ResourceVersion string `json:"resourceVersion"`
			}
			if err := dec.Decode(&meta); err != nil {
				return l, err
			}
			l.version = meta.ResourceVersion
			known = true
		case "items":
			if err := decodeItems(dec, &l); err != nil {
				return l, err
			}
			known = true
		default:
			var skipped json.RawMessage
			if err := dec.Decode(&skipped); err != nil {
				return l, err
			}
		}
	}
	if _, err := dec.Token(); err != nil { // the end must be there: half a list would look like deletions
		return l, err
	}
	if !known {
		return l, errNotList
	}
	return l, nil
}

func decodeItems(dec *json.Decoder, l *listing) error {
	switch t, err := dec.Token(); {
	case err != nil:
		return err
	case t == nil: // null: none
		return nil
	case t != json.Delim('['):
		return errNotList
	}
	for dec.More() {
		var app wireApp
		err := dec.Decode(&app)
		var shape *json.UnmarshalTypeError
		switch {
		case errors.As(err, &shape): // the decoder stands after the value: one odd entry does not lose the rest
			l.broken++
		case err != nil:
			return err
		case app.Metadata.Name == "":
			l.broken++
		default:
			l.apps = append(l.apps, app)
		}
	}
	_, err := dec.Token()
	return err
}

func orNotList(err error) error {
	if err == nil {
		return errNotList
	}
	return err
}

// queryOf names an application beside its path: applications may live in several namespaces.
func queryOf(id appID) url.Values { return url.Values{"appNamespace": {id.namespace}} }

func (s *Source) tree(ctx context.Context, id appID) (*wireTree, error) {
	var w wireTree
	_, err := s.client.GetJSON(ctx, "/api/v1/applications/"+url.PathEscape(id.name)+"/resource-tree", queryOf(id), &w)
	return &w, err
}

// manifest reads a live object into out. The server blanks the data of Secrets itself; out must name only what is needed.
func (s *Source) manifest(ctx context.Context, id appID, group, version, kind, namespace, name string, out any) error {
	q := queryOf(id)
	for key, value := range map[string]string{"group": group, "version": version, "kind": kind, "namespace": namespace, "resourceName": name} {
		q.Set(key, value)
	}
	var w struct {
		Manifest string `json:"manifest"`
	}
	path := "/api/v1/applications/" + url.PathEscape(id.name) + "/resource"
	resp, err := s.client.GetJSON(ctx, path, q, &w)
	if err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(w.Manifest), out); err != nil {
		// The decoder's own words may quote the manifest.
		return &transport.Fault{Class: transport.ClassMalformed, Source: s.name, Method: http.MethodGet, URL: s.base + path, Status: resp.Status, Message: "the manifest in the answer is not JSON"}
	}
	return nil
}

func (s *Source) events(ctx context.Context, id appID, r ref) (*wireEvents, error) {
	q := queryOf(id)
	q.Set("resourceUID", r.uid)
	q.Set("resourceName", r.name)
	q.Set("resourceNamespace", r.namespace)
	var w wireEvents
	_, err := s.client.GetJSON(ctx, "/api/v1/applications/"+url.PathEscape(id.name)+"/events", q, &w)
	return &w, err
}
