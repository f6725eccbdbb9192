package transport

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"dsotop/internal/secret"
)

// A message is cut after secrets are out of it, wherever in it they are; half a secret would be one too.
func TestNoPartOfASecretSurvivesTheCut(t *testing.T) {
	const token = "cAn4ry-0123456789-abcdefghij"
	t.Setenv("CUT_TOKEN", token)
	for shift := range 60 {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, strings.Repeat("x", maxMessage-45+shift)+" "+r.Header.Get("Private-Token"))
		}))
		c, err := New(Options{URL: server.URL, Auth: Auth{Scheme: AuthHeader, Header: "PRIVATE-TOKEN", Secret: secret.Ref{Scheme: "env", Target: "CUT_TOKEN"}}, Allow: []Rule{{Method: "GET", Path: "/x"}}})
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Get(t.Context(), "/x", nil)
		c.Close()
		server.Close()
		if err == nil || strings.Contains(err.Error(), token[:4]) || len([]rune(FaultOf(err).Message)) > maxMessage {
			t.Fatalf("shifted by %d: %v", shift, err)
		}
	}
}

func TestACookieWithoutAName(t *testing.T) {
	t.Setenv("COOKIE", "a=1; b=2")
	t.Setenv("VALUE", "cAn4ry-value")
	var sent string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent = r.Header.Get("Cookie")
		_, _ = io.WriteString(w, "{}")
	}))
	defer server.Close()
	get := func(name string) error {
		c, err := New(Options{URL: server.URL, Auth: Auth{Scheme: AuthCookie, Secret: secret.Ref{Scheme: "env", Target: name}}, Allow: []Rule{{Method: "GET", Path: "/x"}}})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		_, err = c.Get(t.Context(), "/x", nil)
		return err
	}
	if err := get("COOKIE"); err != nil || sent != "a=1; b=2" {
		t.Errorf("%v, sent %q", err, sent)
	}
	if err := get("VALUE"); FaultOf(err) == nil || FaultOf(err).Class != ClassCredential || strings.Contains(err.Error(), "cAn4ry") || !strings.Contains(err.Error(), "env:VALUE") {
		t.Errorf("%v", err)
	}
}

func TestRefusalsOfAProxyAreToldApart(t *testing.T) {
	for text, want := range map[string]bool{
		"Proxy Authentication Required": true, "Bad Gateway": true, "Forbidden": true, "connection refused": false, "": false, "OK": false,
	} {
		err := fmt.Errorf("asking: %w", &url.Error{Op: "Get", URL: "https://h/", Err: errors.New(text)})
		if got := FaultOf(err); got.ViaProxy() != want || want != (got.Class == ClassUnreachable) {
			t.Errorf("%q: via the proxy %v, %s", text, got.ViaProxy(), got.Class)
		}
	}
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }))
	defer proxy.Close()
	c, err := New(Options{URL: "https://console.example", Proxy: proxy.URL, Retries: -1, Allow: []Rule{{Method: "GET", Path: "/x"}}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, err = c.Get(t.Context(), "/x", nil)
	if f := FaultOf(err); f == nil || f.Class != ClassUnreachable || !f.ViaProxy() || !strings.Contains(f.Error(), "403 Forbidden") {
		t.Errorf("%v", err)
	}
}
