package transport

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestAllowList(t *testing.T) {
	rules := []Rule{{Method: "GET", Path: "/api/v1/projects/*/members"}, {Method: "GET", Path: "/files/**"}, {Method: "POST", Path: "/api/graphql"},
		{Method: "GET", Path: "/api/v1/applications/*", Query: func(q map[string][]string) bool { _, refresh := q["refresh"]; return !refresh }}}
	base := &url.URL{Scheme: "https", Host: "tool.example", Path: "/base"}
	for _, c := range []struct {
		method, url string
		want        bool
	}{
		{"GET", "https://tool.example/base/api/v1/projects/1/members", true},
		{"", "https://tool.example/base/api/v1/projects/1/members", true},
		{"GET", "https://tool.example:443/base/api/v1/projects/1/members?a=b", true},
		{"GET", "https://tool.example/base/api/v1/projects/root%2Fslug/members", true},
		{"GET", "https://tool.example/base/api/v1/projects//members", false},
		{"GET", "https://tool.example/base/api/v1/projects/1/members/2", false},
		{"GET", "https://tool.example/base/api/v1/projects/1", false},
		{"PUT", "https://tool.example/base/api/v1/projects/1/members", false},
		{"get", "https://tool.example/base/api/v1/projects/1/members", false},
		{"GET", "http://tool.example/base/api/v1/projects/1/members", false},
		{"GET", "https://other.example/base/api/v1/projects/1/members", false},
		{"GET", "https://tool.example/basement/api/v1/projects/1/members", false},
		{"GET", "https://tool.example/api/v1/projects/1/members", false},
		{"GET", "https://tool.example/base/files/a/b/c", true},
		{"GET", "https://tool.example/base/files/../api/secret", false},
		{"GET", "https://tool.example/base/files/%2e%2e/api/secret", false},
		{"GET", "https://tool.example/base/files/a%2f..%2f..%2fsecret", false},
		{"GET", "https://tool.example/base/files/a%5c..", false},
		{"GET", "https://tool.example/base/files/%252e%252e/x", false},
		{"GET", "https://tool.example/base/files/..;a=b/x", false},
		{"GET", "https://tool.example/base/files/group%252Fname/artifacts", true},
		{"GET", "https://tool.example/base/files/100%25/x", true},
		{"POST", "https://tool.example/base/api/graphql", true},
		{"GET", "https://tool.example/base/api/v1/applications/x", true},
		{"GET", "https://tool.example/base/api/v1/applications/x?refresh=hard", false},
		{"GET", "https://tool.example/base/api/v1/applications/x?a=%zz", false},
	} {
		u, err := url.Parse(c.url)
		if err != nil {
			t.Fatal(err)
		}
		if got := allowed(base, rules, c.method, u); got != c.want {
			t.Errorf("%s %s: allowed = %v, want %v", c.method, c.url, got, c.want)
		}
	}
}

// send sends a request and returns the status of its answer.
func send(t *testing.T, c *http.Client, method, url string) (int, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.Do(req)
	if err != nil {
		return 0, err
	}
	return resp.StatusCode, resp.Body.Close()
}

func TestVendorClientsCannotPassTheWall(t *testing.T) {
	n := &network{answers: list(answer(200, "{}"))}
	client := fakeClient(t, n)
	for _, c := range []struct{ method, url string }{
		{http.MethodPost, "https://tool.example/base/x"}, {http.MethodDelete, "https://tool.example/base/x"}, {http.MethodGet, "https://other.example/base/x"},
	} {
		for _, vendor := range []*http.Client{client.HTTP(), {Transport: client.Strict()}} {
			if _, err := send(t, vendor, c.method, c.url); FaultOf(err) == nil || FaultOf(err).Class != ClassRefused {
				t.Errorf("got %v", err)
			}
		}
	}
	if _, err := client.Get(t.Context(), "/a?b=c", nil); FaultOf(err).Class != ClassRefused {
		t.Errorf("an unescaped path passed: %v", err)
	}
	if len(n.got) != 0 {
		t.Errorf("%d requests left", len(n.got))
	}
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://tool.example/base/x", nil)
	req.Header.Set("X-HTTP-Method-Override", "DELETE")
	resp, err := client.HTTP().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if n.got[0].Header.Get("X-HTTP-Method-Override") != "" {
		t.Error("the method can be overridden by a header")
	}
}

func TestVendorClientsSeeAnswersAndFaults(t *testing.T) {
	n := &network{answers: list(answer(409, `{"message":"busy"}`))}
	client := fakeClient(t, n)
	status, err := send(t, client.HTTP(), http.MethodGet, "https://tool.example/base/x")
	if err != nil || status != 409 {
		t.Fatalf("%v %v", status, err)
	}
	_, err = send(t, &http.Client{Transport: client.Strict()}, http.MethodGet, "https://tool.example/base/x?token="+canary)
	f := FaultOf(fmt.Errorf("vendor: %w", err))
	if f.Class != ClassRequest || f.Message != "busy" || f.Status != 409 || strings.Contains(f.Error(), canary) {
		t.Fatalf("%#v", f)
	}
	n.answers = list(answer(302, "", "Location", "https://sso.example/login"))
	if _, err = send(t, client.HTTP(), http.MethodGet, "https://tool.example/base/x"); FaultOf(err) == nil || FaultOf(err).Class != ClassUnauthorised {
		t.Fatal(err)
	}
}
