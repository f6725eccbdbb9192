package transport

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"dsotop/internal/actions/wire"
	"dsotop/internal/secret"
)

func handOf(t *testing.T, address string) (*Hand, string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte("first-secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	ref, err := secret.ParseRef("file:" + file)
	if err != nil {
		t.Fatal(err)
	}
	return NewHand(Options{Name: "tool", URL: address, Auth: Auth{Scheme: AuthHeader, Header: "X-Key", Secret: ref}, Backoff: time.Millisecond},
		Look("/things/*"), []Grant{
			{Method: http.MethodPost, Path: "/things/*/go", Body: Members("how")}, {Method: http.MethodPost, Path: "/empty"},
			{Method: http.MethodGet, Path: "/things/*", Query: func(q url.Values) bool { return len(q) == 1 && q["refresh"] != nil }},
		}, nil), file
}

func TestAWriteLeavesOnceWhateverIsAnswered(t *testing.T) {
	for _, status := range []int{429, 500, 502, 503, 504, 401, 302, 204, 200} {
		var calls atomic.Int64
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			calls.Add(1)
			_, _ = io.Copy(io.Discard, r.Body)
			w.Header().Set("Retry-After", "0")
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(status)
			if status != 204 {
				_, _ = io.WriteString(w, "you sent "+r.Header.Get("X-Key"))
			}
		}))
		h, _ := handOf(t, server.URL)
		for _, call := range []wire.Call{
			{Method: "POST", Path: "/things/a/go", ContentType: "application/json", Body: []byte(`{"how":"well"}`)},
			{Method: "POST", Path: "/empty"},
			{Method: "GET", Path: "/things/a", Query: url.Values{"refresh": {"hard"}}},
		} {
			calls.Store(0)
			reply, err := h.Writer().Write(t.Context(), call)
			if err != nil || reply.Status != status {
				t.Errorf("%d: %d, %v", status, reply.Status, err)
			}
			if calls.Load() != 1 {
				t.Errorf("%d %s %s: sent %d times", status, call.Method, call.Path, calls.Load())
			}
			if strings.Contains(string(reply.Body), "first-secret") {
				t.Errorf("%d: the credential is in the reply: %s", status, reply.Body)
			}
		}
		server.Close()
	}
}

// TestACutIsNotSentAgain: the server takes the request and closes the connection without an answer.
func TestACutIsNotSentAgain(t *testing.T) {
	var calls atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if calls.Add(1) == 1 {
			return // the first is answered, so that a kept connection would be used again
		}
		panic(http.ErrAbortHandler)
	}))
	defer server.Close()
	h, _ := handOf(t, server.URL)
	w := h.Writer()
	if _, err := w.Write(t.Context(), wire.Call{Method: "POST", Path: "/empty"}); err != nil {
		t.Fatal(err)
	}
	_, err := w.Write(t.Context(), wire.Call{Method: "POST", Path: "/empty"})
	var not *wire.NotSent
	if err == nil || errors.As(err, &not) || calls.Load() != 2 {
		t.Errorf("%v after %d calls", err, calls.Load())
	}
	if _, err := w.Write(t.Context(), wire.Call{Method: "GET", Path: "/things/a", Query: url.Values{"refresh": {"1"}}}); err == nil || calls.Load() != 3 {
		t.Errorf("a GET that was cut was sent again: %v after %d calls", err, calls.Load())
	}
}

func TestNotSentIsCertain(t *testing.T) {
	var calls atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { calls.Add(1); _ = json.NewEncoder(w).Encode("ok") }))
	h, file := handOf(t, server.URL)
	bad := []wire.Call{
		{Method: "DELETE", Path: "/things/a"}, {Method: "POST", Path: "/things/a/go"}, {Method: "POST", Path: "/things/a/go", Body: []byte(`{"how":1,"force":true}`)},
		{Method: "POST", Path: "/things/a/go", Body: []byte(`[]`)}, {Method: "POST", Path: "/empty", Query: url.Values{"x": {"1"}}}, {Method: "POST", Path: "/things/../empty"},
		{Method: "POST", Path: "/things/%2e%2e/go", Body: []byte(`{}`)}, {Method: "GET", Path: "/things/a"}, {Method: "POST", Path: "empty"}, {Method: "POST", Path: "/empty?x=1"},
	}
	var not *wire.NotSent
	for _, call := range bad {
		if _, err := h.Writer().Write(t.Context(), call); !errors.As(err, &not) {
			t.Errorf("%s %s: %v", call.Method, call.Path, err)
		}
	}
	if _, err := h.Reader().Read(t.Context(), wire.Call{Method: "POST", Path: "/empty"}); !errors.As(err, &not) {
		t.Errorf("a write through the reader: %v", err)
	}
	if calls.Load() != 0 {
		t.Errorf("%d calls left", calls.Load())
	}
	if r, err := h.Reader().Read(t.Context(), wire.Call{Method: "GET", Path: "/things/a", Query: url.Values{"q": {"1"}}}); err != nil || !r.OK() {
		t.Errorf("a read: %v %v", r, err)
	}
	server.Close()
	if _, err := h.Writer().Write(t.Context(), wire.Call{Method: "POST", Path: "/empty"}); !errors.As(err, &not) {
		t.Errorf("no connection: %v", err)
	}
	fresh, gone := handOf(t, "http://127.0.0.1:1")
	if err := os.Remove(gone); err != nil {
		t.Fatal(err)
	}
	if _, err := fresh.Writer().Write(t.Context(), wire.Call{Method: "POST", Path: "/empty"}); !errors.As(err, &not) || strings.Contains(err.Error(), "first-secret") {
		t.Errorf("no credential: %v", err)
	}
	_ = file
}

func TestARefusedCredentialIsReadAgainForTheNextWrite(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Key") != "second-secret" {
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	defer server.Close()
	h, file := handOf(t, server.URL)
	if h.Wrote() {
		t.Error("a writer before it was asked for")
	}
	write := func() int {
		r, err := h.Writer().Write(context.WithoutCancel(t.Context()), wire.Call{Method: "POST", Path: "/empty"})
		if err != nil {
			t.Fatal(err)
		}
		return r.Status
	}
	if got := write(); got != http.StatusUnauthorized {
		t.Errorf("the old credential: %d", got)
	}
	if err := os.WriteFile(file, []byte("second-secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := write(); got != http.StatusOK {
		t.Errorf("the new credential: %d", got)
	}
}
