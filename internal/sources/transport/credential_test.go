package transport

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dsotop/internal/secret"
)

func TestSecretIsReadAgainOn401(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	write := func(s string) {
		if err := os.WriteFile(file, []byte(s), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("old-token")
	n := &network{}
	n.answers = list(func(r *http.Request) (*http.Response, error) {
		if r.Header.Get("x-token") == "new-token" {
			return answer(200, "{}")(r)
		}
		return answer(401, `{"message":"Expired old-token"}`)(r)
	})
	client := fakeClient(t, n, func(o *Options) { o.Auth.Secret = secret.Ref{Scheme: "file", Target: file} })
	_, err := client.Get(t.Context(), "/a", nil)
	if f := FaultOf(err); f.Class != ClassUnauthorised || f.Message != "Expired "+secret.Mask || len(n.got) != 1 {
		t.Fatalf("%v after %d calls", err, len(n.got))
	}
	write("new-token\n")
	if _, err := client.Get(t.Context(), "/a", nil); err != nil || len(n.got) != 3 {
		t.Fatalf("%v after %d calls", err, len(n.got))
	}
	if changed, err := client.RenewAuth(t.Context()); changed || err != nil {
		t.Fatalf("%v %v", changed, err)
	}
	write("two\nlines")
	if _, err := client.RenewAuth(t.Context()); FaultOf(err).Class != ClassCredential {
		t.Fatal(err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if _, err := client.RenewAuth(t.Context()); FaultOf(err).Class != ClassCredential || !strings.Contains(err.Error(), file) {
		t.Fatal(err)
	}
}

func TestCredentials(t *testing.T) {
	for _, c := range []struct {
		auth         Auth
		text         string
		header, want string
	}{
		{Auth{Scheme: AuthBearer}, "tok", "Authorization", "Bearer tok"},
		{Auth{Scheme: AuthBasic, User: "bob"}, "pw", "Authorization", "Basic Ym9iOnB3"},
		{Auth{Scheme: AuthBasic}, "tok", "Authorization", "Basic dG9rOg=="},
		{Auth{Scheme: AuthCookie, Header: "sid"}, "v1", "Cookie", "sid=v1"},
		{Auth{Scheme: AuthCookie, Header: "sid"}, "a=1; b=2", "Cookie", "a=1; b=2"},
		{Auth{Scheme: AuthHeader, Header: "PRIVATE-TOKEN"}, "tok", "Private-Token", "tok"},
	} {
		n := &network{answers: list(answer(200, "{}"))}
		client := fakeClient(t, n, func(o *Options) {
			o.Auth = c.auth
			o.Auth.Secret = secret.Ref{Scheme: "env", Target: "TRANSPORT_OTHER"}
			o.Header = http.Header{"X-Scope-OrgID": {"tenant"}}
		})
		t.Setenv("TRANSPORT_OTHER", c.text)
		if _, err := client.Get(t.Context(), "/a", url.Values{"q": {"1"}}); err != nil {
			t.Fatal(err)
		}
		got := n.got[0]
		if got.Header.Get(c.header) != c.want || got.Header.Get("X-Scope-OrgID") != "tenant" || got.URL.String() != "https://tool.example/base/a?q=1" {
			t.Errorf("%s %v", got.URL, got.Header)
		}
		h, err := client.AuthHeader(t.Context())
		if err != nil || h.Get(c.header) != c.want {
			t.Errorf("AuthHeader = %v, %v", h, err)
		}
	}
}

func TestNothingLeaks(t *testing.T) {
	var log strings.Builder
	echo := fmt.Sprintf(`{"message":"bad token %s at https://bob:%s@tool.example \u001b[31m","stack":"at secret.js"}`, canary, canary)
	for _, a := range []answering{answer(401, echo), answer(500, echo), answer(418, "token "+canary), answer(400, "<p>"+canary+"</p>"),
		failing(fmt.Errorf("dial with %s", canary)), answer(200, `"`+canary+`"`), hanging} {
		n := &network{answers: list(a)}
		client := fakeClient(t, n, func(o *Options) {
			o.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
			o.Timeout, o.Retries = time.Millisecond, -1
			o.Proxy = "http://bob:" + canary + "2@proxy.example:3128"
		})
		var out int
		_, err := client.GetJSON(t.Context(), "/a", url.Values{"private_token": {canary}}, &out)
		_, strict := send(t, &http.Client{Transport: client.Strict()}, http.MethodGet, "https://tool.example/base/a")
		texts := []string{err.Error(), FaultOf(err).What(), FaultOf(err).Message, log.String()}
		if strict != nil {
			texts = append(texts, strict.Error())
		}
		for _, text := range texts {
			if strings.Contains(text, canary) || strings.Contains(text, "stack") || strings.Contains(text, "<") || strings.Contains(text, "\x1b") {
				t.Errorf("leaked: %q", text)
			}
		}
	}
	for _, o := range []Options{{URL: "https://bob:" + canary + "@tool.example"}, {URL: "https://bob:" + canary + "%zz@tool.example"}, {URL: "ftp://x"},
		{URL: "https://x?private_token=" + canary}, {URL: "https://x", Proxy: "http://bob:" + canary + "%zz@proxy"}, {URL: "https://x", Proxy: "gopher://bob:" + canary + "@proxy"},
		{URL: "https://x", Auth: Auth{Scheme: AuthHeader}}, {URL: "https://x", TLS: TLS{CAFile: "/nowhere"}}, {URL: "https://x", TLS: TLS{CertFile: "a"}},
		{URL: "https://x", TLS: TLS{CertFile: "/nowhere", KeyFile: "/nowhere"}}} {
		if _, err := New(o); err == nil || strings.Contains(err.Error(), canary) {
			t.Errorf("New(%q) = %v", o.URL, err)
		}
	}
}
