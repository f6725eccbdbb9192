package demo_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"dsotop/demo"
	"dsotop/demo/world"
)

func start(t *testing.T, o demo.Options) *demo.Platform {
	t.Helper()
	if o.Dir == "" {
		o.Dir = t.TempDir()
	}
	p, err := demo.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// client trusts the simulated clusters.
func client(t *testing.T, p *demo.Platform) *http.Client {
	t.Helper()
	text, err := os.ReadFile(p.Kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	ca, err := base64.StdEncoding.DecodeString(regexp.MustCompile(`certificate-authority-data: (\S+)`).FindStringSubmatch(string(text))[1])
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(ca)
	tr := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr}
}

// Every system that the configuration names answers at the address and with the credential written there.
func TestEverythingAnswers(t *testing.T) {
	p := start(t, demo.Options{Seed: 3, Still: true})
	cl := client(t, p)
	s := p.Secrets()
	tenant := world.Tenant("54a76d00-b919-4776-aa9c-29a5455e5317", true)
	for _, c := range []struct{ instance, path, header, value, contains string }{
		{"console", "/api/v1/projects?filter=all", "x-dso-token", s["console"], `"guichet"`},
		{"console", "/api/v1/projects", "x-dso-token", s["console-equipe"], `"guichet"`},
		{"console", "/api/v1/zones", "x-dso-token", s["console"], p.URLs["argocd/usu"]},
		{"gitlab", "/api/v4/projects", "PRIVATE-TOKEN", s["gitlab"], "path_with_namespace"},
		{"sonarqube", "/api/components/search_projects", "Authorization", "Bearer " + s["sonarqube"], "guichet-api-a814"},
		{"harbor", "/api/v2.0/projects", "Authorization", "Basic " + base64.StdEncoding.EncodeToString([]byte("astreinte.sre:"+s["harbor"])), `"guichet"`},
		{"argocd/usu", "/api/v1/applications", "Authorization", "Bearer " + s["argocd"], "agendaprefs-prod-c626-agenda-infra-08e2"},
		{"kubernetes/mi-prod-1", "/api/v1/namespaces", "Authorization", "Bearer " + s["kubernetes"], "bop0vkax5i4f0xt0edwbhiajj--50f6wmbx64p5v3h1vrfna52qf"},
		{"alertmanager", "/api/v2/alerts", "Authorization", "Bearer " + s["observabilite"], "AgendaWebDown"},
		{"loki", "/loki/api/v1/label/container/values", "Authorization", "Bearer " + s["observabilite"], "agenda-api"},
		{"prometheus", "/prometheus/api/v1/query?query=kube_resourcequota", "Authorization", "Bearer " + s["observabilite"], "dso-quota"},
	} {
		req, err := http.NewRequestWithContext(t.Context(), "GET", p.URLs[c.instance]+c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set(c.header, c.value)
		req.Header.Set("X-Scope-OrgID", tenant)
		resp, err := cl.Do(req)
		if err != nil {
			t.Errorf("%s: %v", c.instance, err)
			continue
		}
		body, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil || resp.StatusCode != 200 || !strings.Contains(string(body), c.contains) {
			t.Errorf("%s%s: %d %v %.300s", c.instance, c.path, resp.StatusCode, err, body)
		}
	}
	if n := p.Writes(); n != 0 {
		t.Errorf("%d writes", n)
	}
}

func TestFiles(t *testing.T) {
	dir := t.TempDir()
	p := start(t, demo.Options{Dir: dir, Still: true})
	for _, path := range []string{p.Config, p.Kubeconfig} {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Fatalf("%s: %v %v", path, info, err)
		}
	}
	text, err := os.ReadFile(p.Config)
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Profile  string
		Profiles map[string]map[string]any
	}
	if err := yaml.UnmarshalWithOptions(text, &file, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	if file.Profile != "demo" || len(file.Profiles["demo"]) != 11 || file.Profiles["team"]["kubernetes"] != nil || len(file.Profiles["team"]) != 10 {
		t.Errorf("%s", text)
	}
	for name, v := range p.Secrets() {
		if strings.Contains(string(text), v) {
			t.Errorf("the configuration holds the secret %s", name)
		}
		held, err := os.ReadFile(filepath.Join(p.Credentials, name))
		if err != nil || strings.TrimSpace(string(held)) != v {
			t.Errorf("%s: %q %v", name, held, err)
		}
	}
	other := start(t, demo.Options{Dir: dir, Config: filepath.Join(dir, "other.yaml"), Still: true})
	if other.Credentials == p.Credentials || other.Ledgers == p.Ledgers {
		t.Errorf("two platforms in one folder share %s, %s", other.Credentials, other.Ledgers)
	}
	if strings.Contains(string(text), p.Kubeconfig) {
		t.Errorf("the configuration refers to %s, which is the last platform's", p.Kubeconfig)
	}
	p.Close()
	start(t, demo.Options{Dir: dir, Still: true}) // replaces its own files
	mine := filepath.Join(dir, "mine.yaml")
	if err := os.WriteFile(mine, []byte("profile: prod\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := demo.Start(t.Context(), demo.Options{Dir: dir, Config: mine, Still: true}); err == nil {
		t.Error("it wrote over a file that is not its own")
	}
}

// A watch that is open does not keep the platform from ending.
func TestCloseEndsStreams(t *testing.T) {
	p := start(t, demo.Options{Clock: func() time.Time { return time.Date(2026, 3, 12, 14, 28, 0, 0, time.UTC) }})
	req, err := http.NewRequestWithContext(context.Background(), "GET", p.URLs["kubernetes/ovh-hp-1"]+"/api/v1/pods?watch=true", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+p.Secrets()["kubernetes"])
	resp, err := client(t, p).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	lines := bufio.NewReader(resp.Body)
	if _, err := lines.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	p.Close()
	if _, err := io.Copy(io.Discard, lines); err != nil && !strings.Contains(err.Error(), "EOF") && !strings.Contains(err.Error(), "GOAWAY") {
		t.Logf("the stream ended with %v", err)
	}
}

// What the stories tell can be read in the answers of the systems, by whoever joins them.
func TestStoriesOnTheWire(t *testing.T) {
	p := start(t, demo.Options{Seed: 3, Still: true})
	cl, s := client(t, p), p.Secrets()
	get := func(instance, path string, out any) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), "GET", p.URLs[instance]+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		system, _, _ := strings.Cut(instance, "/")
		if system == "harbor" {
			req.SetBasicAuth("astreinte.sre", s["harbor"])
		} else {
			req.Header.Set("Authorization", "Bearer "+s[system])
		}
		resp, err := cl.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		if resp.StatusCode != 200 {
			t.Fatalf("%s%s: %d", instance, path, resp.StatusCode)
		}
		if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
			t.Fatal(err)
		}
	}
	type pods struct {
		Items []struct {
			Metadata struct{ Labels map[string]string }
			Status   struct {
				ContainerStatuses []struct {
					Image, ImageID string
					State          struct {
						Waiting *struct{ Reason string }
					}
					LastState struct {
						Terminated *struct{ Reason string }
					}
				}
			}
		}
	}
	var integ, agenda, carto pods
	get("kubernetes/ovh-hp-1", "/api/v1/namespaces/el5n0cyi4q2s69qsmcix9slea--di5tfayrm9eqsgpnd5dcd1n4q/pods", &integ)
	var main struct{ Digest string }
	get("harbor", "/api/v2.0/projects/guichet/repositories/api/artifacts/main", &main)
	drifted := 0
	for _, i := range integ.Items {
		c := i.Status.ContainerStatuses[0]
		if strings.HasSuffix(c.Image, "/guichet/api:main") && !strings.HasSuffix(c.ImageID, main.Digest) {
			drifted++
		}
	}
	if drifted != 2 {
		t.Errorf("%d pods of guichet/integ run another image than main, want 2", drifted)
	}
	get("kubernetes/mi-prod-1", "/api/v1/namespaces/bop0vkax5i4f0xt0edwbhiajj--50f6wmbx64p5v3h1vrfna52qf/pods", &agenda)
	stuck := 0
	for _, i := range agenda.Items {
		if w := i.Status.ContainerStatuses[0].State.Waiting; w != nil && w.Reason == "ImagePullBackOff" {
			stuck++
		}
	}
	if stuck != 2 {
		t.Errorf("%d pods of agendaprefs/prod lack their image, want 2", stuck)
	}
	var app struct {
		Status struct {
			Sync, Health struct{ Status string }
		}
	}
	get("argocd/usu", "/api/v1/applications/agendaprefs-prod-c626-agenda-infra-08e2", &app)
	if app.Status.Sync.Status != "Synced" || app.Status.Health.Status != "Degraded" {
		t.Errorf("agendaprefs/prod: %+v", app.Status)
	}
	const ns = "1jvqv25umehmp4i2yxlc47lzw--270pbk39qcmktis1qz8dbrrhl"
	var quota struct {
		Status struct{ Hard, Used map[string]string }
	}
	get("kubernetes/mi-dr-1", "/api/v1/namespaces/"+ns+"/resourcequotas/dso-quota", &quota)
	if quota.Status.Used["limits.cpu"] != "15500m" || quota.Status.Hard["limits.cpu"] != "16" || quota.Status.Used["limits.memory"] != "62Gi" {
		t.Errorf("cartocrise/prod: %v", quota.Status)
	}
	get("kubernetes/mi-dr-1", "/api/v1/namespaces/"+ns+"/pods", &carto)
	killed := 0
	for _, i := range carto.Items {
		if l := i.Status.ContainerStatuses[0].LastState.Terminated; l != nil && l.Reason == "OOMKilled" {
			killed++
		}
	}
	if killed != 1 {
		t.Errorf("%d containers of cartocrise/prod were killed for memory, want 1", killed)
	}
}

// Answers are of the world's time, or of this machine's where the world stands beside programs whose time passes.
func TestDatesOfAnswers(t *testing.T) {
	then := time.Date(2020, 2, 3, 4, 5, 6, 0, time.UTC)
	for _, real := range []bool{false, true} {
		p := start(t, demo.Options{Seed: 3, Still: true, Clock: func() time.Time { return then }, RealDates: real})
		resp, err := client(t, p).Get(p.URLs["console"] + "/api/v1/version")
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		date, err := http.ParseTime(resp.Header.Get("Date"))
		if err != nil || date.Equal(then) == real {
			t.Errorf("real %v: %q, %v", real, resp.Header.Get("Date"), err)
		}
	}
}
