package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"dsotop/internal/secret"
)

// sink takes what the journal is sent.
type sink struct {
	url string

	mu   sync.Mutex
	text strings.Builder
	push strings.Builder // the part of text that came as to Loki
	came chan struct{}
}

func newSink(t *testing.T) *sink {
	t.Helper()
	s := &sink{came: make(chan struct{}, 1)}
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.Header.Get("Authorization"), bird+"-sink") {
			t.Errorf("the sink was not sent its token: %v", r.Header)
		}
		body, _ := io.ReadAll(r.Body)
		s.mu.Lock()
		s.text.Write(body)
		if strings.HasSuffix(r.URL.Path, "/loki/api/v1/push") {
			s.push.Write(body)
		}
		s.mu.Unlock()
		select {
		case s.came <- struct{}{}:
		default:
		}
	}))
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

func (s *sink) sent() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// pushed reports whether something came as to Loki.
func (s *sink) pushed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.push.Len() > 0
}

// What acts lets no secret out: plans, answers of writes that hold secrets, refusals that tell all they were sent, runs of books and their
// Markdown, ledgers, reports; on standard output, in the journal, in what its sink is sent, in every file.
func TestNoSecretGetsOutOfAnAct(t *testing.T) {
	t.Parallel()
	a, home := newAviary(t), t.TempDir()
	told := ""
	call := func(args ...string) result {
		t.Helper()
		r := dsotop(t, home, a.env, append([]string{"--config", a.config}, args...)...)
		a.search(t, fmt.Sprint(args, " printed"), r.out)
		a.search(t, fmt.Sprint(args, " complained"), r.err)
		told += r.out + r.err
		return r
	}
	const app = "agendaprefs-prod-c626-agenda-infra-08e2"
	call("action", "run", "argocd.refresh", app, "--write", "--yes", "-o", "json")
	a.barred.Store(true)
	call("action", "run", "console.replay", "vigibat", "--write", "--yes")
	a.barred.Store(false)
	call("runbook", "run", "RB-01", "--project", "vigibat", "--dry-run")
	for _, run := range below(t, home, "runs") {
		if strings.HasSuffix(run, ".jsonl") || strings.HasSuffix(run, ".json") {
			call("runbook", "export", strings.TrimSuffix(filepath.Base(run), filepath.Ext(run)))
			break
		}
	}
	call("onboarding", "vigibat", "-o", "md")
	call("print", "alerts")
	call("report", "--since", "240h")
	call("trace", "3f2a91bc", "--project", "agendaprefs", "-o", "json")
	call("action", "list", "agendaprefs", "-o", "json")
	call("action", "plan", "console.lock", "vigibat", "-o", "json")
	a.searchFiles(t, home)
	journal := ""
	for _, path := range below(t, home, "journal.jsonl") {
		journal += mustRead(t, path)
	}
	for _, wanted := range []string{`"intent"`, `"answer"`, "refused"} {
		if !strings.Contains(journal, wanted) {
			t.Errorf("no %s in the journal, this proves little:\n%s", wanted, journal)
		}
	}
	a.search(t, "the sink", a.sunk.sent())
	if !a.sunk.pushed() {
		t.Error("nothing was pushed as to Loki")
	}
	if !strings.Contains(told+journal, secret.Mask) {
		t.Error("no secret arrived where one could have been shown: this proves nothing")
	}
	if t.Failed() {
		t.Log(told)
	}
}

// below lists the files under a folder whose path holds a part.
func below(t *testing.T, dir, part string) (found []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.Contains(strings.TrimPrefix(path, dir), part) {
			found = append(found, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// act walks over the pages of things, the dialogs of deeds, a deed that is refused by a system that tells all, and its entry in the journal.
func (a *aviary) act(x *terminal) {
	x.t.Helper()
	for _, page := range []string{"quality", "images", "gitops", "pods", "pipelines", "alerts", "onboarding", "runbooks", "timeline"} {
		x.settle("1:" + page + "\r\rjc\r\t")
	}
	a.flaky.Store(false)
	a.barred.Store(true)
	x.settle("1\x12") // asked again, the console takes our token
	x.hides("⊘ console")
	x.settle("gar")
	x.shows("[ Do it ]")
	x.settle("\t\r")
	deadline := time.NewTimer(time.Minute)
	defer deadline.Stop()
	for !strings.Contains(a.sunk.sent(), `"answer"`) {
		select {
		case <-a.sunk.came:
		case <-deadline.C:
			x.t.Fatalf("nothing was refused: %s\n%s", a.sunk.sent(), x.text())
		}
	}
	x.settle("1:actions\r\rjc\r")
	a.barred.Store(false)
}
