package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
)

// told is what status and doctor tell of one source.
type told struct {
	Name, Kind, State string
	Detail, Remedy    *string
	Identity          *string
}

// look runs a command that prints a document with sources.
func look(t *testing.T, home, config string, env []string, command string) (code int, bySource map[string]told, projects int) {
	t.Helper()
	r := dsotop(t, home, env, "--config", config, "--lang", "en", command, "-o", "json")
	(&aviary{}).search(t, command, r.out+r.err) // every secret of these tests is a canary, and every refusal repeats it
	var doc struct {
		Sources  []told
		Projects []json.RawMessage
	}
	if err := json.Unmarshal([]byte(r.out), &doc); err != nil {
		t.Fatalf("%s: code %d, %v\n%s\n%s", command, r.code, err, r.out, r.err)
	}
	bySource = map[string]told{}
	for _, s := range doc.Sources {
		bySource[s.Name] = s
	}
	return r.code, bySource, len(doc.Projects)
}

// works demands that both commands reach every source.
func works(t *testing.T, home, config string, env []string, sources int) {
	t.Helper()
	for _, command := range []string{"status", "doctor"} {
		code, all, projects := look(t, home, config, env, command)
		if code != exitFine || len(all) != sources || command == "status" && projects == 0 {
			t.Errorf("%s: code %d, %d sources, %d projects", command, code, len(all), projects)
		}
		for _, s := range all {
			if s.State != "live" {
				t.Errorf("%s: %s is %s: %s", command, s.Name, s.State, deref(s.Detail))
			}
		}
	}
}

// fails demands that both commands say of every source the same word and the same remedy, with a part of the reason.
func fails(t *testing.T, home, config string, env []string, state, remedy, reason string) {
	t.Helper()
	for _, command := range []string{"status", "doctor"} {
		code, all, _ := look(t, home, config, env, command)
		if code != exitSources || len(all) == 0 {
			t.Errorf("%s: code %d, %d sources", command, code, len(all))
		}
		for _, s := range all {
			if s.State != state || deref(s.Remedy) != remedy || !strings.Contains(deref(s.Detail), reason) {
				t.Errorf("%s: %s is %s, to do %s: %s; want %s, %s, %q", command, s.Name, s.State, deref(s.Remedy), deref(s.Detail), state, remedy, reason)
			}
		}
	}
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func TestBasicAuthentication(t *testing.T) {
	t.Parallel()
	p, home := simulated(t), t.TempDir()
	const password = "p:w cAn4ry-basic é"
	g := &gateway{lets: func(r *http.Request) bool {
		user, given, ok := r.BasicAuth()
		return ok && user == "astreinte.sre" && given == password
	}}
	g.open(t, p)
	without(g, "kubernetes/")
	config := g.config(t, direct, func(string) string { return "auth: {scheme: basic, user: astreinte.sre, password: env:GATE}" })
	works(t, home, config, []string{"GATE=" + password}, len(g.urls))
	fails(t, home, config, []string{"GATE=cAn4ry-wrong"}, "unauthorised", "renew_token", "401")
	fails(t, home, config, nil, "unauthorised", "renew_token", "GATE")
	fails(t, home, g.config(t, direct, func(string) string { return "auth: none" }), nil, "unauthorised", "give_token", "401")
}

// without takes the instances of a kind out of a gateway.
func without(g *gateway, kind string) {
	for name := range g.urls {
		if strings.HasPrefix(name, kind) {
			delete(g.urls, name)
		}
	}
}

func TestCookieAuthentication(t *testing.T) {
	t.Parallel()
	p, home := simulated(t), t.TempDir()
	const session = "cAn4ry.session%2Bone"
	g := &gateway{lets: func(r *http.Request) bool {
		c, err := r.Cookie("_oauth2_proxy")
		return err == nil && c.Value == session
	}}
	g.open(t, p)
	without(g, "kubernetes/")
	whole := g.config(t, direct, func(string) string { return "cookie: env:GATE" })
	works(t, home, whole, []string{"GATE=a=b; _oauth2_proxy=" + session}, len(g.urls))
	named := g.config(t, direct, func(string) string { return "auth: {cookie: env:GATE, header: _oauth2_proxy}" })
	works(t, home, named, []string{"GATE=" + session}, len(g.urls))
	fails(t, home, whole, []string{"GATE=_oauth2_proxy=cAn4ry-old"}, "unauthorised", "renew_token", "401")
}

func TestClientCertificate(t *testing.T) {
	t.Parallel()
	p, home, ca := simulated(t), t.TempDir(), newAuthority(t)
	g := &gateway{tls: ca.server(true)}
	g.open(t, p)
	cert, key := ca.pair("astreinte.sre")
	certFile, keyFile := write(t, "cert.pem", string(cert)), write(t, "key.pem", string(key))
	config := g.config(t, direct, func(string) string {
		return fmt.Sprintf("tls: {ca: %q, cert: %q, key: %q}", ca.file(), certFile, keyFile)
	})
	works(t, home, config, nil, len(g.urls))

	stranger := newAuthority(t)
	otherCert, otherKey := stranger.pair("nobody")
	for name, extra := range map[string]string{
		"no certificate":          fmt.Sprintf("tls: {ca: %q}", ca.file()),
		"another's certificate":   fmt.Sprintf("tls: {ca: %q, cert: %q, key: %q}", ca.file(), write(t, "c.pem", string(otherCert)), write(t, "k.pem", string(otherKey))),
		"a server we do not know": fmt.Sprintf("tls: {ca: %q, cert: %q, key: %q}", stranger.file(), certFile, keyFile),
		"a server of other name":  fmt.Sprintf("tls: {ca: %q, cert: %q, key: %q, server_name: other.example}", ca.file(), certFile, keyFile),
	} {
		t.Run(name, func(t *testing.T) {
			without(g, "kubernetes/mi-hp")
			if strings.Contains(extra, "server_name") {
				kept := g.urls
				defer func() { g.urls = kept }()
				g.urls = map[string]string{"console": kept["console"], "gitlab": kept["gitlab"]}
			}
			fails(t, home, g.config(t, direct, func(string) string { return extra }), nil, "unreachable", "check_tls", "certificate")
		})
	}
	t.Run("renewed under our feet", func(t *testing.T) {
		if err := os.WriteFile(keyFile, otherKey, 0o600); err != nil {
			t.Fatal(err)
		}
		r := dsotop(t, home, nil, "--config", config, "--lang", "en", "status")
		if r.code == exitFine || strings.Contains(r.out+r.err, "PRIVATE KEY") || !strings.Contains(r.out+r.err, "client certificate") {
			t.Errorf("a key that does not fit its certificate: code %d\n%s%s", r.code, r.out, r.err)
		}
	})
}

// named gives every instance a name that only the proxy can resolve.
func named(t *testing.T, g *gateway, o *outlet, scheme string) func(name, address string) string {
	return func(name, address string) string {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		port := map[string]string{"http": "80", "https": "443"}[scheme]
		host := strings.ReplaceAll(name, "/", "-") + ".cpn.example"
		o.names[net.JoinHostPort(host, port)] = u.Host
		return scheme + "://" + host
	}
}

func TestProxies(t *testing.T) {
	t.Parallel()
	p, home, ca := simulated(t), t.TempDir(), newAuthority(t)
	g := &gateway{tls: ca.server(false)}
	g.open(t, p)
	trust := fmt.Sprintf("tls: {ca: %q}", ca.file())
	const host = "console.cpn.example:443"

	t.Run("CONNECT, from the configuration", func(t *testing.T) {
		o := newOutlet(t, "")
		config := g.config(t, named(t, g, o, "https"), func(string) string { return trust + ", proxy: " + o.url })
		works(t, home, config, []string{"HTTPS_PROXY=http://127.0.0.1:1", "NO_PROXY=*"}, len(g.urls)) // the file wins over the environment
		if o.seen(host) == 0 {
			t.Error("nothing came through the proxy")
		}
	})
	t.Run("CONNECT, from the environment, with a password", func(t *testing.T) {
		o := newOutlet(t, "sre:cAn4ry-proxy")
		config := g.config(t, named(t, g, o, "https"), func(string) string { return trust })
		address := strings.Replace(o.url, "http://", "http://sre:cAn4ry-proxy@", 1)
		works(t, home, config, []string{"HTTPS_PROXY=" + address}, len(g.urls))
		if o.seen(host) == 0 {
			t.Error("nothing came through the proxy")
		}
		fails(t, home, config, []string{"HTTPS_PROXY=" + strings.Replace(address, "proxy@", "wrong@", 1)}, "unreachable", "check_proxy", "Proxy Authentication Required")
		if o.seen("") == 0 {
			t.Error("nobody was refused")
		}
	})
	t.Run("an address outside, NO_PROXY", func(t *testing.T) {
		o := newOutlet(t, "")
		config := g.config(t, named(t, g, o, "https"), func(string) string { return trust })
		code, all, _ := look(t, home, config, []string{"HTTPS_PROXY=" + o.url, "NO_PROXY=console.cpn.example"}, "status")
		if s := all["console"]; code != exitSources || s.State != "unreachable" || o.seen(host) != 0 {
			t.Errorf("code %d, %+v, %d times through the proxy", code, s, o.seen(host))
		}
		if s := all["gitlab"]; s.State != "live" {
			t.Errorf("%+v: %s", s, deref(s.Detail))
		}
	})
	t.Run("a proxy that is away", func(t *testing.T) {
		o := newOutlet(t, "")
		config := g.config(t, named(t, g, o, "https"), func(string) string { return trust + ", proxy: http://127.0.0.1:1" })
		fails(t, home, config, nil, "unreachable", "check_proxy", "proxyconnect")
	})
	t.Run("http, forwarded", func(t *testing.T) {
		o, open := newOutlet(t, ""), &gateway{}
		open.open(t, p)
		without(open, "kubernetes/")
		config := open.config(t, named(t, open, o, "http"), func(string) string { return "proxy: " + o.url })
		works(t, home, config, nil, len(open.urls))
		if o.seen("console.cpn.example:80") == 0 {
			t.Error("nothing came through the proxy")
		}
	})
}

func TestATokenRenewedInItsFileIsTakenWithoutRestart(t *testing.T) {
	t.Parallel()
	p, home := simulated(t), t.TempDir()
	var mu sync.Mutex // the token changes in its file and at the door at once
	good := "cAn4ry-first"
	passed, expires := 0, 0 // the request before which the third token takes the place of the second; 0: none
	set := func(token string, at int) { mu.Lock(); defer mu.Unlock(); good, expires = token, at }
	file := write(t, "token", "cAn4ry-first\n")
	renew := func(token string) {
		next := file + ".next"
		if err := os.WriteFile(next, []byte(token), 0o600); err != nil {
			t.Error(err)
		}
		if err := os.Rename(next, file); err != nil {
			t.Error(err)
		}
	}
	g := &gateway{lets: func(r *http.Request) bool {
		mu.Lock()
		defer mu.Unlock()
		if expires > 0 {
			if passed++; passed == expires {
				good = "cAn4ry-third"
				renew(good)
			}
		}
		return r.Header.Get("Authorization") == "Bearer "+good
	}}
	g.open(t, p)
	without(g, "kubernetes/")
	config := g.config(t, direct, func(string) string { return fmt.Sprintf("auth: {scheme: bearer, token: %q}", "file:"+file) })
	works(t, home, config, nil, len(g.urls))
	set("cAn4ry-second", 0)
	fails(t, home, config, nil, "unauthorised", "renew_token", "401")
	renew("cAn4ry-second")
	works(t, home, config, nil, len(g.urls))

	// A token that expires in the middle of a run, and is in its file by then.
	set("cAn4ry-second", 10)
	works(t, home, config, nil, len(g.urls))

	// In a session: refused on screen, then well again by itself.
	set("cAn4ry-third", 0)
	x := inTerminal(t, 120, 40, nil, "--config", config, "--lang", "en", "--no-cache")
	x.shows("agendaprefs", "11 sources")
	set("cAn4ry-fourth", 0)
	x.press(":sources\r") // the page of the sources
	x.shows("refused")
	renew("cAn4ry-fourth")
	x.press("\x12") // ctrl+r: look again now
	x.hides("refused")
}
