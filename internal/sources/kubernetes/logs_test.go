package kubernetes

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	fake "dsotop/demo/fakes/kubernetes"
	"dsotop/demo/world"
	"dsotop/internal/logs"
	"dsotop/internal/sources/follow"
	"dsotop/internal/sources/transport"
)

var _ logs.Live = (*Source)(nil)

// The lines of the demo's namespaces are those of the world, whoever asks for all of them.
func TestLinesOfTheDemo(t *testing.T) {
	w := newWorld(world.Small)
	g := play(t, fake.Handler(w, fake.Options{Cluster: cluster}), Options{})
	type source struct{ pod, container string }
	var name string
	want := map[source][]world.LogLine{}
	since := start().Add(-20 * time.Minute)
	var pods []*world.Pod
	w.View(func(st *world.State) {
		ns := firstNamespace(st)
		name, pods = ns.Name, slices.Clone(ns.Pods)
	})
	for _, p := range pods {
		for _, c := range p.Containers {
			if lines := w.Logs(p, c.Spec.Name, since, w.Now(), 0, false); len(lines) > 0 {
				want[source{p.Name, c.Spec.Name}] = lines
			}
		}
	}
	got := map[source][]logs.Line{}
	var notices []logs.Notice
	err := g.source.Lines(t.Context(), logs.LiveAsk{Namespace: name, Since: since.UnixNano()}, func(b logs.Batch) error {
		for _, l := range b.Lines {
			if l.Stream.Namespace != name || l.Stream.Origin != logs.OriginKubernetes {
				t.Fatalf("%+v", l.Stream)
			}
			k := source{l.Stream.Pod, l.Stream.Container}
			got[k] = append(got[k], l)
		}
		notices = append(notices, b.Notices...)
		return nil
	})
	if err != nil || len(want) == 0 || len(got) != len(want) {
		t.Fatalf("%d containers, want %d: %v", len(got), len(want), err)
	}
	for k, lines := range want {
		if len(got[k]) != len(lines) {
			t.Fatalf("%v: %d lines, want %d", k, len(got[k]), len(lines))
		}
		for i, l := range lines {
			if g := got[k][i]; g.Text != l.Text || g.At != l.At.UnixNano() {
				t.Fatalf("%v line %d: %+v, want %+v", k, i, g, l)
			}
		}
	}
	for _, n := range notices {
		if n.Kind != logs.NoticeFailed || !strings.Contains(n.Why, "waiting to start") {
			t.Errorf("%+v", n)
		}
	}
}

func TestFollowOfTheDemo(t *testing.T) {
	w := newWorld(world.Small)
	g := play(t, fake.Handler(w, fake.Options{Cluster: cluster}), Options{}).run()
	var name, pod string
	w.View(func(st *world.State) {
		ns := firstNamespace(st)
		i := slices.IndexFunc(ns.Pods, func(p *world.Pod) bool { return p.Containers[0].State == "running" })
		name, pod = ns.Name, ns.Pods[i].Name
	})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	now, last := start(), int64(0)
	n := 0
	err := g.source.Lines(ctx, logs.LiveAsk{Namespace: name, Pods: []string{pod}, Tail: 5, Follow: true}, func(b logs.Batch) error {
		for _, l := range b.Lines {
			if l.At < last || l.Stream.Pod != pod {
				t.Errorf("%+v after %d", l, last)
			}
			last = l.At
			n++
		}
		now = now.Add(time.Minute)
		w.Step(now)
		if n > 200 {
			cancel()
		}
		return nil
	})
	if err != nil || n <= 200 {
		t.Errorf("%d lines: %v", n, err)
	}
}

const onePod = `{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[{"metadata":{"name":"p-1","namespace":"ns","uid":"u"},
 "spec":{"initContainers":[{"name":"init"}],"containers":[{"name":"app"}],"ephemeralContainers":[{"name":"debug"}]},
 "status":{"initContainerStatuses":[{"name":"init","state":{"terminated":{"containerID":"i"}}}],
  "containerStatuses":[{"name":"app","restartCount":1,"containerID":"c","state":{"running":{}},"lastState":{"terminated":{"containerID":"b"}}}],
  "ephemeralContainerStatuses":[{"name":"debug","containerID":"d","state":{"running":{}}}]}}]}`

// pods serves one pod and its logs by container.
func pods(t *testing.T, log func(w http.ResponseWriter, r *http.Request, container string)) *stage {
	g := play(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/api/v1/namespaces/ns/pods":
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, onePod)
		case "/api/v1/namespaces/ns/pods/p-1/log":
			log(w, r, r.URL.Query().Get("container"))
		default:
			t.Errorf("asked for %s", r.URL)
			w.WriteHeader(http.StatusNotFound)
		}
	}), Options{})
	g.source.logTimes = follow.Times{Again: time.Millisecond, Longest: 5 * time.Millisecond}
	return g
}

func status(w http.ResponseWriter, code int, reason, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	fmt.Fprintf(w, `{"kind":"Status","apiVersion":"v1","status":"Failure","message":%q,"reason":%q,"code":%d}`, message, reason, code)
}

func TestEveryKindOfContainer(t *testing.T) {
	var mu sync.Mutex
	asked := map[string]string{}
	g := pods(t, func(w http.ResponseWriter, r *http.Request, c string) {
		mu.Lock()
		asked[c] = r.URL.Query().Get("follow") + " " + r.URL.Query().Get("tailLines") + " " + r.URL.Query().Get("sinceTime") + " " + r.URL.Query().Get("timestamps")
		mu.Unlock()
		fmt.Fprintf(w, "2026-08-21T08:00:00.123456789Z from %s\n", c)
		if c == "debug" {
			_, _ = io.WriteString(w, "failed to try resolving symlinks in path \"/var/log\"\n")
		}
	})
	got := map[string]int64{}
	err := g.source.Lines(t.Context(), logs.LiveAsk{Namespace: "ns", Since: 1_787_285_600_900_000_000, Tail: 9}, func(b logs.Batch) error {
		for _, l := range b.Lines {
			got[l.Stream.Container+": "+l.Text] = l.At
		}
		return nil
	})
	at := time.Date(2026, 8, 21, 8, 0, 0, 123456789, time.UTC).UnixNano()
	if err != nil || len(got) != 4 || got["init: from init"] != at || got["app: from app"] != at || got[`debug: failed to try resolving symlinks in path "/var/log"`] != at {
		t.Errorf("%v %v", got, err)
	}
	if want := " 9 2026-08-21T04:13:20Z true"; asked["app"] != want {
		t.Errorf("asked %q, want %q", asked["app"], want)
	}
	clear(got)
	clear(asked)
	if err := g.source.Lines(t.Context(), logs.LiveAsk{Namespace: "ns", Previous: true, Follow: true}, func(b logs.Batch) error {
		for _, l := range b.Lines {
			got[l.Text] = l.At
			if !l.Stream.Previous {
				t.Error("not said to be of the instance before")
			}
		}
		return nil
	}); err != nil || len(asked) != 1 || len(got) != 1 {
		t.Errorf("previous: %v %v %v", asked, got, err)
	}
}

func TestRefusedLogs(t *testing.T) {
	for name, c := range map[string]struct {
		code    int
		reason  string
		message string
		notice  string
		class   transport.Class
	}{
		"waiting":   {400, "BadRequest", `container "app" in pod "p-1" is waiting to start: ContainerCreating`, `p-1/app: 400 Bad Request: container "app" in pod "p-1" is waiting to start: ContainerCreating`, ""},
		"gone":      {404, "NotFound", `pods "p-1" not found`, `p-1/app: 404 Not Found: pods "p-1" not found`, ""},
		"forbidden": {403, "Forbidden", `pods "p-1" is forbidden: User "x" cannot get resource "pods/log"`, `p-1/app: 403 Forbidden: pods "p-1" is forbidden: User "x" cannot get resource "pods/log"`, transport.ClassForbidden},
		"unknown":   {401, "Unauthorized", "Unauthorized", "", transport.ClassUnauthorised},
		"broken":    {500, "InternalError", "node away", "p-1/app: 500 Internal Server Error: node away", transport.ClassServer},
	} {
		t.Run(name, func(t *testing.T) {
			g := pods(t, func(w http.ResponseWriter, _ *http.Request, _ string) { status(w, c.code, c.reason, c.message) })
			why := ""
			err := g.source.Lines(t.Context(), logs.LiveAsk{Namespace: "ns", Containers: []string{"app"}}, func(b logs.Batch) error {
				for _, n := range b.Notices {
					why = n.Why
				}
				return nil
			})
			if why != c.notice || c.class == "" && err != nil || c.class != "" && (err == nil || transport.FaultOf(err).Class != c.class) {
				t.Errorf("%q, %v", why, err)
			}
		})
	}
}

// A followed log that is cut in the middle of a line goes on without loss or repeat.
func TestCutLog(t *testing.T) {
	const n = 500
	var mu sync.Mutex
	upTo := 0
	g := pods(t, func(w http.ResponseWriter, r *http.Request, _ string) {
		since, _ := time.Parse(time.RFC3339, r.URL.Query().Get("sinceTime"))
		mu.Lock()
		upTo = min(upTo+83, n)
		stop := upTo
		mu.Unlock()
		base := time.Date(2026, 8, 21, 8, 0, 0, 0, time.UTC)
		w.WriteHeader(http.StatusOK)
		for i := range stop {
			if at := base.Add(time.Duration(i/3) * 100 * time.Millisecond); !at.Before(since) {
				fmt.Fprintf(w, "%s line %d\n", at.Format("2006-01-02T15:04:05.000000000Z"), i)
			}
		}
		_, _ = io.WriteString(w, "2026-08-21T09:00:00.000000000Z half of a li")
		_ = http.NewResponseController(w).Flush()
		if stop < n {
			panic(http.ErrAbortHandler)
		}
		<-r.Context().Done()
	})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	given := 0
	err := g.source.Lines(ctx, logs.LiveAsk{Namespace: "ns", Containers: []string{"app"}, Follow: true}, func(b logs.Batch) error {
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

func TestLongLines(t *testing.T) {
	part := strings.Repeat("x", mostChunk)
	stamp := "2026-08-21T08:00:00.123456789Z "
	g := pods(t, func(w http.ResponseWriter, _ *http.Request, _ string) {
		_, _ = io.WriteString(w, stamp+part+part+"end\n"+stamp+part+stamp+part+stamp+"end\n"+stamp+strings.Repeat("y", 3<<20)+"\n"+stamp+"\n"+stamp+"\ta\x1b[31m\xff\r\n")
	})
	var got []logs.Line
	var notices []logs.Notice
	err := g.source.Lines(t.Context(), logs.LiveAsk{Namespace: "ns", Containers: []string{"app"}}, func(b logs.Batch) error {
		got = append(got, b.Lines...)
		notices = append(notices, b.Notices...)
		return nil
	})
	if err != nil || len(got) != 5 || got[0].Text != part+part+"end" || got[1].Text != part+part+"end" || got[3].Text != "" || got[4].Text != "\ta\x1b[31m\xff\r" {
		t.Fatalf("%d lines, %v", len(got), err)
	}
	if len(notices) != 1 || notices[0].Kind != logs.NoticeTruncated || notices[0].Count != 3<<20+int64(len(stamp))-follow.LongestLine {
		t.Errorf("%+v", notices)
	}
}

func FuzzStamped(f *testing.F) {
	f.Add([]byte("2026-08-21T08:00:00.123456789Z text"))
	f.Add([]byte("2026-08-21T08:00:00+02:00"))
	f.Add([]byte(strings.Repeat("2026-08-21T08:00:00Z ", 2000)))
	f.Fuzz(func(t *testing.T, in []byte) {
		at, text := stamped(in)
		if at == 0 && text != string(in) && !strings.HasPrefix(string(in), "1970-") {
			t.Errorf("%q lost something: %q", in, text)
		}
		if len(text) > len(in) {
			t.Errorf("%q became longer", in)
		}
	})
}
