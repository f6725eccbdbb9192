package engine_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dsotop/internal/actions"
	"dsotop/internal/config"
	"dsotop/internal/engine"
)

// ear is a server that refuses at first, then takes what it is sent and keeps it in order.
type ear struct {
	mu      sync.Mutex
	answers []int // to the first requests; 204 afterwards
	notes   []string
	paths   []string
	bell    chan struct{}
}

func (e *ear) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	e.mu.Lock()
	defer e.mu.Unlock()
	defer func() { e.bell <- struct{}{} }()
	e.paths = append(e.paths, r.Method+" "+r.URL.RequestURI())
	if len(e.answers) > 0 {
		status := e.answers[0]
		e.answers = e.answers[1:]
		w.Header().Set("Retry-After", "1")
		http.Error(w, "not now", status)
		return
	}
	var push struct {
		Streams []struct {
			Stream map[string]string
			Values [][2]string
		}
		Entries []json.RawMessage
	}
	_ = json.Unmarshal(body, &push) // what is not told is missing below
	var lines []string
	for _, s := range push.Streams {
		for _, v := range s.Values {
			lines = append(lines, v[1])
		}
	}
	for _, raw := range push.Entries {
		lines = append(lines, string(raw))
	}
	for _, l := range lines {
		var entry actions.Entry
		if json.Unmarshal([]byte(l), &entry) == nil && entry.Note != "" {
			e.notes = append(e.notes, entry.Note)
		}
	}
	w.WriteHeader(http.StatusNoContent)
}

func (e *ear) heard() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return strings.Join(slices.Compact(slices.Clone(e.notes)), " ") // once more is allowed
}

// said is a log that is heard line by line.
type said struct{ lines chan string }

func (s said) Write(p []byte) (int, error) { s.lines <- string(p); return len(p), nil }

// The journal goes to Loki and to a webhook by HTTP: in order, at least once over refusals, with nobody waiting for it; what keeps it is told as long as it does.
func TestTheJournalIsSent(t *testing.T) {
	ears := map[string]*ear{"loki": {answers: []int{503, 429}, bell: make(chan struct{}, 1000)}, "webhook": {answers: []int{429, 500, 503}, bell: make(chan struct{}, 1000)}}
	urls := map[string]string{}
	for name, e := range ears {
		s := httptest.NewServer(e)
		t.Cleanup(s.Close)
		urls[name] = s.URL
	}
	j := actions.OpenJournal(t.TempDir(), nil)
	served := said{make(chan string, 1000)}
	e, err := engine.New(engine.Options{Log: slog.New(slog.NewTextHandler(served, nil)), Profile: config.Profile{Name: "test"}, Pace: 100, Hand: engine.HandOptions{Write: true, Journal: j, Sinks: config.JournalSinks{
		Loki:    &config.Source{Kind: "loki", URL: urls["loki"], Tenant: config.Tenant{In: "header", ID: "ops"}},
		Webhook: &config.Source{Kind: "webhook", URL: urls["webhook"] + "/hook?team=sre"},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	e.Start(t.Context())
	t.Cleanup(e.Close)
	add := func(notes ...string) {
		t.Helper()
		for _, n := range notes {
			if err := j.Add(actions.Entry{Event: actions.EventTorn, Note: n}); err != nil {
				t.Fatal(err)
			}
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	for n := 0; n < 2; { // a sink that is new begins with what is written from now on
		select {
		case line := <-served.lines:
			if strings.Contains(line, "The journal is sent") {
				n++
			}
		case <-ctx.Done():
			t.Fatal("nobody serves the sinks")
		}
	}
	add("a", "b", "c", "d", "e")
	troubles := map[string]string{}
	bell := j.Watch(ctx)
	for ears["loki"].heard() != "a b c d e" || ears["webhook"].heard() != "a b c d e" || len(j.Troubles()) > 0 {
		for _, x := range j.Troubles() {
			troubles[x.Sink] += x.Why + " "
		}
		select {
		case <-bell:
		case <-ears["loki"].bell:
		case <-ears["webhook"].bell:
		case <-ctx.Done():
			t.Fatalf("loki heard %q, the webhook %q; troubles %v", ears["loki"].heard(), ears["webhook"].heard(), j.Troubles())
		}
	}
	add("f")
	for ears["loki"].heard() != "a b c d e f" || ears["webhook"].heard() != "a b c d e f" {
		select {
		case <-ears["loki"].bell:
		case <-ears["webhook"].bell:
		case <-ctx.Done():
			t.Fatalf("loki heard %q, the webhook %q", ears["loki"].heard(), ears["webhook"].heard())
		}
	}
	if p := ears["loki"].paths[0]; p != "POST /loki/api/v1/push" {
		t.Error(p)
	}
	if p := ears["webhook"].paths[0]; p != "POST /hook?team=sre" {
		t.Error(p)
	}
	t.Logf("troubles seen: %v", troubles)
}
