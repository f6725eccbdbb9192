package argocd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	fake "dsotop/demo/fakes/argocd"
	"dsotop/demo/world"
	"dsotop/internal/logs"
	"dsotop/internal/sources/follow"
	"dsotop/internal/sources/transport"
)

var _ logs.Live = (*Source)(nil)

func serveLogs(t *testing.T, h http.Handler) *Source {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	t.Cleanup(server.CloseClientConnections)
	s, err := New(Options{Name: "argocd/usu", Transport: transport.Options{URL: server.URL, Proxy: "none", Rate: 1000, Backoff: time.Millisecond}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.client.Close)
	s.logTimes = follow.Times{Again: time.Millisecond, Longest: 5 * time.Millisecond}
	return s
}

// The lines of an application are those of the world, container by container.
func TestLinesOfTheDemo(t *testing.T) {
	now := time.Now().Truncate(time.Second)
	w := world.New(world.Options{Seed: 1, Clock: func() time.Time { return now }})
	s := serveLogs(t, fake.Handler(w, fake.Options{}))
	var app, ns string
	var pods []*world.Pod
	w.View(func(st *world.State) {
		for _, a := range st.Applications {
			if e := a.Environment; e != nil && e.Project.Slug == "guichet" && e.Name == "prod" && a.Labels["dso/type"] == "app" && e.Namespace != nil && ns == "" {
				app, ns, pods = a.Namespace+"/"+a.Name, a.DestNamespace, slices.Clone(e.Namespace.Pods)
			}
		}
	})
	since := now.Add(-10 * time.Minute)
	want := map[string][]world.LogLine{}
	for _, p := range pods {
		for _, c := range p.Containers {
			want[p.Name] = w.Logs(p, c.Spec.Name, since, now, 0, false)
		}
	}
	for _, ask := range []logs.LiveAsk{{Namespace: ns, Application: app, Since: since.UnixNano()}, {Namespace: ns, Since: since.UnixNano()}} {
		if ask.Application == "" { // then it must know which
			if l, err := s.list(t.Context()); err != nil {
				t.Fatal(err)
			} else {
				s.replace(l.apps)
			}
		}
		got := map[string][]logs.Line{}
		err := s.Lines(t.Context(), ask, func(b logs.Batch) error {
			for _, l := range b.Lines {
				if l.Stream.Container == "" || l.Stream.Origin != logs.OriginArgo || l.Stream.Namespace != ns {
					t.Fatalf("%+v", l.Stream)
				}
				got[l.Stream.Pod] = append(got[l.Stream.Pod], l)
			}
			for _, n := range b.Notices {
				t.Errorf("%+v", n)
			}
			return nil
		})
		if err != nil || len(got) == 0 {
			t.Fatalf("%v: %d pods, %v", ask, len(got), err)
		}
		for pod, lines := range got {
			if len(lines) != len(want[pod]) {
				t.Fatalf("%s: %d lines, want %d", pod, len(lines), len(want[pod]))
			}
			for i, l := range lines {
				if l.At != want[pod][i].At.UnixNano() || l.Text != string([]rune(want[pod][i].Text)) { // JSON has no broken UTF-8
					t.Fatalf("%s line %d: %+v, want %+v", pod, i, l, want[pod][i])
				}
			}
		}
	}
	if err := s.Lines(t.Context(), logs.LiveAsk{Namespace: "elsewhere"}, func(logs.Batch) error { return nil }); transport.FaultOf(err) == nil || transport.FaultOf(err).Class != transport.ClassNotFound {
		t.Errorf("a namespace of nobody: %v", err)
	}
}

const (
	aTree = `{"nodes":[{"version":"v1","kind":"Pod","namespace":"ns","name":"p-1","uid":"u","info":[{"name":"Status Reason","value":"Running"},{"name":"Containers","value":"2/2"}],"health":{"status":"Healthy"}}]}`
	aPod  = `{"spec":{"initContainers":[{"name":"init"}],"containers":[{"name":"app"},{"name":"side"}]}}`
)

// onePod serves an application with one pod of three containers, whose logs are given by log.
func onePod(t *testing.T, log func(w http.ResponseWriter, r *http.Request)) *Source {
	return serveLogs(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/api/v1/applications/a/resource-tree":
			_, _ = io.WriteString(w, aTree)
		case "/api/v1/applications/a/resource":
			_ = json.NewEncoder(w).Encode(map[string]string{"manifest": aPod})
		case "/api/v1/applications/a/logs":
			if q := r.URL.Query(); q.Get("namespace") != "ns" || q.Get("podName") != "p-1" || q.Get("appNamespace") != "argo" {
				t.Errorf("%v", q)
			}
			log(w, r)
		default:
			t.Errorf("asked for %s", r.URL)
		}
	}))
}

func message1(at time.Time, text string) string {
	b, _ := json.Marshal(map[string]any{"result": map[string]any{"content": text, "timeStamp": at.Truncate(time.Second).Format(time.RFC3339), "timeStampStr": at.Format(time.RFC3339Nano), "podName": "p-1"}})
	return "data: " + string(b) + "\n\n"
}

func TestWhatAStreamMaySay(t *testing.T) {
	at := time.Date(2026, 8, 21, 8, 0, 0, 123456789, time.UTC)
	for name, c := range map[string]struct {
		body   string
		status int
		lines  string
		notice string
		class  transport.Class
	}{
		"lines":          {message1(at, "a\tb") + message1(at.Add(1), "c\nd"), 200, "a\tb|c|d|", "", ""},
		"the last":       {message1(at, "a") + `data: {"result":{"content":"","timeStampStr":"2026-08-21T08:00:01Z","last":true}}` + "\n\n" + message1(at, "after"), 200, "a|", "", ""},
		"JSON lines":     {`{"result":{"content":"x","timeStampStr":"2026-08-21T08:00:01.5Z","podName":"p-1"}}` + "\n", 200, "x|", "", ""},
		"waits":          {`data: {"result":{"content":"container \"app\" in pod \"p-1\" is waiting to start: ContainerCreating","timeStamp":"0001-01-01T00:00:00Z","timeStampStr":"0001-01-01T00:00:00Z"}}` + "\n\n", 200, "", `p-1/app: container "app" in pod "p-1" is waiting to start: ContainerCreating`, ""},
		"error inside":   {message1(at, "a") + `data: {"error":{"grpc_code":14,"http_code":503,"message":"cluster away"}}` + "\n\n", 200, "a|", "p-1/app: 503 Service Unavailable: cluster away", ""},
		"forbidden":      {`{"error":"permission denied","code":7,"message":"permission denied"}`, 403, "", "p-1/app: 403 Forbidden: permission denied", transport.ClassForbidden},
		"not signed in":  {`{"error":"no session information","code":16,"message":"no session information"}`, 401, "", "", transport.ClassUnauthorised},
		"too many":       {`{"error":"Max pods to view logs are reached. Please provide more granular query.","code":3,"message":"Max pods to view logs are reached. Please provide more granular query."}`, 400, "", "p-1/app: 400 Bad Request: Max pods to view logs are reached. Please provide more granular query.", ""},
		"a proxy's page": {"<html>login</html>", 200, "", "p-1/app: the stream is not an event stream", transport.ClassMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			s := onePod(t, func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.body)
			})
			lines, notice := "", ""
			err := s.Lines(t.Context(), logs.LiveAsk{Namespace: "ns", Application: "argo/a", Containers: []string{"app"}}, func(b logs.Batch) error {
				for _, l := range b.Lines {
					lines += l.Text + "|"
				}
				for _, n := range b.Notices {
					notice = n.Why
				}
				return nil
			})
			if lines != c.lines || notice != c.notice || c.class == "" && err != nil || c.class != "" && (err == nil || transport.FaultOf(err).Class != c.class) {
				t.Errorf("%q %q %v", lines, notice, err)
			}
		})
	}
}

func TestEachContainerHasItsStream(t *testing.T) {
	var mu sync.Mutex
	asked := map[string]string{}
	s := onePod(t, func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		mu.Lock()
		asked[q.Get("container")] = q.Get("follow") + q.Get("tailLines") + q.Get("previous")
		mu.Unlock()
		_, _ = io.WriteString(w, message1(time.Now(), q.Get("container")))
	})
	got := map[string]bool{}
	err := s.Lines(t.Context(), logs.LiveAsk{Namespace: "ns", Application: "argo/a", Tail: 7}, func(b logs.Batch) error {
		for _, l := range b.Lines {
			got[l.Stream.Container] = l.Text == l.Stream.Container
		}
		return nil
	})
	if err != nil || !got["init"] || !got["app"] || !got["side"] || asked["app"] != "7" || len(asked) != 3 {
		t.Errorf("%v %v %v", got, asked, err)
	}
}

// A follow that is cut goes on without loss or repeat, although the server only knows ages in whole seconds.
func TestCutLog(t *testing.T) {
	const n = 300
	base := time.Now().Add(-time.Minute)
	var mu sync.Mutex
	upTo := 0
	s := onePod(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		upTo = min(upTo+71, n)
		stop := upTo
		mu.Unlock()
		for i := range stop {
			_, _ = io.WriteString(w, message1(base.Add(time.Duration(i/3)*100*time.Millisecond), fmt.Sprint("line ", i)))
		}
		_, _ = io.WriteString(w, `data: {"result":{"content":"half of`)
		_ = http.NewResponseController(w).Flush()
		if stop < n {
			panic(http.ErrAbortHandler)
		}
		<-r.Context().Done()
	})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	given := 0
	err := s.Lines(ctx, logs.LiveAsk{Namespace: "ns", Application: "argo/a", Containers: []string{"app"}, Follow: true}, func(b logs.Batch) error {
		for _, l := range b.Lines {
			if want := fmt.Sprint("line ", given); l.Text != want {
				t.Fatalf("%q, want %q", l.Text, want)
			}
			given++
		}
		if given == n {
			cancel()
		}
		return nil
	})
	if err != nil || given != n {
		t.Errorf("%d lines: %v", given, err)
	}
}

// Whatever comes in a stream, reading it ends, and lines have times.
func FuzzLog(f *testing.F) {
	f.Add(message1(time.Unix(1_787_300_000, 1), "x"))
	f.Add(`{"result":{"content":"x","timeStampStr":"0001-01-01T00:00:00Z"}}`)
	f.Add("data: {\"error\":{\"grpc_code\":7}}\n\n")
	f.Fuzz(func(t *testing.T, text string) {
		err := takeLogs(strings.NewReader(text), func(at int64, line string, cut int64) error {
			if cut < 0 || strings.Contains(line, "\n") {
				t.Fatalf("%q %d", line, cut)
			}
			return nil
		})
		if errors.Is(err, io.EOF) {
			t.Error("an end is no failure")
		}
	})
}

// The instance of a container before the present one comes through Argo CD as well; its neighbours that never ended are no trouble.
func TestThePreviousInstanceOfTheDemo(t *testing.T) {
	now := time.Now().Truncate(time.Second)
	w := world.New(world.Options{Seed: 1, Clock: func() time.Time { return now }})
	s := serveLogs(t, fake.Handler(w, fake.Options{}))
	var app, ns string
	started := map[string]time.Time{}
	w.View(func(st *world.State) {
		for _, a := range st.Applications {
			e := a.Environment
			if e == nil || e.Project.Slug != "cartocrise" || e.Name != "prod" || a.Labels["dso/type"] != "app" || e.Namespace == nil || app != "" {
				continue
			}
			app, ns = a.Namespace+"/"+a.Name, a.DestNamespace
			for _, p := range e.Namespace.Pods {
				for _, c := range p.Containers {
					if !c.LastFinished.IsZero() {
						started[p.Name+"/"+c.Spec.Name] = c.LastFinished
					}
				}
			}
		}
	})
	got := map[string]int{}
	err := s.Lines(t.Context(), logs.LiveAsk{Namespace: ns, Application: app, Previous: true}, func(b logs.Batch) error {
		for _, l := range b.Lines {
			name := l.Stream.Pod + "/" + l.Stream.Container
			if end, ended := started[name]; !ended || !l.Stream.Previous || l.Time().After(end) {
				t.Fatalf("%s: %+v %s", name, l.Stream, l.Time())
			}
			got[name]++
		}
		for _, n := range b.Notices {
			t.Errorf("%+v", n)
		}
		return nil
	})
	if err != nil || len(started) == 0 || len(got) == 0 {
		t.Errorf("%v of %v: %v", got, started, err)
	}
}
