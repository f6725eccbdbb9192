package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dsotop/internal/secret"
)

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func variables(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i+1 < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

const sre = `profile: sre
profiles:
  team:
    console: {url: "https://console.example", token: env:DSO}
  sre:
    console:
      url: https://console.example
      token: env:DSO
    gitlab: {url: https://gitlab.example, token: file:gl.token, root: /forge/projects/}
    sonarqube: {url: https://sonar.example, token: "exec:pass show sonar", auth: basic}
    harbor: {url: https://harbor.example, user: robot$dso, password: env:HARBOR}
    argocd:
      - {name: pub, url: https://argo-pub.example, token: env:ARGO_PUB}
      - {name: usu, url: https://argo-usu.example, token: env:ARGO_USU}
    loki: {url: https://obs.example, tenant: {in: path, id: auto}, token: env:OBS, timeout: 12s, rate: 2.5}
    prometheus: {url: https://obs.example, tenant: prod-dso, auth: none}
    alertmanager: {url: https://am.example, cookie: env:AM, proxy: none}
`

func TestLoadReadsEveryKind(t *testing.T) {
	path := write(t, sre)
	cfg, err := Load(Flags{Config: path}, variables())
	if err != nil {
		t.Fatal(err)
	}
	p, ok := cfg.Current()
	if !ok || p.Name != "sre" || len(p.Sources) != 9 {
		t.Fatalf("profile %q with %d sources, want sre with 9", p.Name, len(p.Sources))
	}
	ref := func(scheme, target string) secret.Ref { return secret.Ref{Scheme: scheme, Target: target} }
	want := map[string]Auth{
		"console":      {Scheme: "header", Header: "x-dso-token", Secret: ref("env", "DSO")},
		"gitlab":       {Scheme: "header", Header: "PRIVATE-TOKEN", Secret: ref("file", filepath.Join(filepath.Dir(path), "gl.token"))},
		"sonarqube":    {Scheme: "basic", Secret: ref("exec", "pass show sonar")},
		"harbor":       {Scheme: "basic", User: "robot$dso", Secret: ref("env", "HARBOR")},
		"argocd/pub":   {Scheme: "bearer", Secret: ref("env", "ARGO_PUB")},
		"argocd/usu":   {Scheme: "bearer", Secret: ref("env", "ARGO_USU")},
		"loki":         {Scheme: "bearer", Secret: ref("env", "OBS")},
		"prometheus":   {Scheme: "none"},
		"alertmanager": {Scheme: "cookie", Secret: ref("env", "AM")},
	}
	got := map[string]Auth{}
	for _, s := range p.Sources {
		got[s.Instance()] = s.Auth
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("authentication (-want +got):\n%s", diff)
	}
	loki := p.Of("loki")[0]
	if loki.Tenant != (Tenant{In: "path", ID: "auto"}) || loki.Timeout.Seconds() != 12 || loki.Rate != 2.5 {
		t.Errorf("loki read as %+v", loki)
	}
	if root := p.Of("gitlab")[0].Root; root != "forge/projects" {
		t.Errorf("root %q", root)
	}
}

func TestLayers(t *testing.T) {
	path := write(t, sre+"theme: light\nlanguage: en\n")
	for _, c := range []struct {
		name                   string
		flags                  Flags
		env                    []string
		profile, lang, console string
	}{
		{"file", Flags{Config: path}, nil, "sre", "en", "https://console.example"},
		{"environment over file", Flags{Config: path}, []string{"DSOTOP_PROFILE", "team", "DSOTOP_LANG", "fr", "DSOTOP_CONSOLE_URL", "http://other"}, "team", "fr", "http://other"},
		{"flags over environment", Flags{Config: path, Profile: "sre", Language: "en"}, []string{"DSOTOP_PROFILE", "team", "DSOTOP_LANG", "fr"}, "sre", "en", "https://console.example"},
		{"DSOTOP_CONFIG", Flags{}, []string{"DSOTOP_CONFIG", path}, "sre", "en", "https://console.example"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg, err := Load(c.flags, variables(c.env...))
			if err != nil {
				t.Fatal(err)
			}
			p, _ := cfg.Current()
			if cfg.Profile != c.profile || cfg.Language != c.lang || p.Of("console")[0].URL != c.console {
				t.Errorf("profile %q, language %q, console %q", cfg.Profile, cfg.Language, p.Of("console")[0].URL)
			}
		})
	}
}

func TestEveryMistakeAtOnce(t *testing.T) {
	const canary = "glpat-CANARY-1234"
	for _, c := range []struct {
		name, text string
		want       []string // "line: words in it"
	}{
		{"five of them", `profile: pord
profiles:
  prod:
    console:
      url: console.example
      token: ` + canary + `
    gitlabb:
      url: https://gitlab.example
    harbor:
      url: https://harbor.example
      timeuot: 5s
    loki:
      token: env:LOKI
    prometheus: {url: https://p.example, tls: {ca: /nowhere/ca.pem}}
`, []string{"1: unknown profile", "5: not an address", "6: a secret is not written here", `7: did you mean “gitlab”`, `11: did you mean “timeout”`, "13: the address is missing", "14: unreadable file"}},
		{"secret in the proxy", "profiles:\n  a:\n    loki:\n      url: https://h\n      proxy: http://u:" + canary + "@p:3128\n", []string{"5: the address of the proxy carries a credential"}},
		{"secret in the address", "profiles:\n  a:\n    loki:\n      url: https://u:" + canary + "@h\n", []string{"4: the address carries a credential"}},
		{"broken", "profiles:\n  a:\n   - [\n", []string{"3: not valid YAML"}},
		{"several unnamed", "profiles:\n  a:\n    argocd:\n      - {url: https://a}\n      - {url: https://b}\n", []string{"4: several instances", "5: several instances"}},
		{"twice", "profiles:\n  a:\n    console: {url: https://a}\n    console: {url: https://b}\n", []string{"4: the key"}},
		{"nothing", "profile: a\n", []string{"0: no profile"}},
		{"a text where keys are expected", "profiles:\n  a: hello\n", []string{"2: keys are expected"}},
		{"discover without console", "profiles:\n  a:\n    argocd: {discover: true, token: env:X}\n", []string{"3: “discover” needs"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Load(Flags{Config: write(t, c.text)}, variables())
			var mistakes Mistakes
			if !errors.As(err, &mistakes) {
				t.Fatalf("error %v", err)
			}
			for _, lang := range []string{"en", "fr"} {
				if strings.Contains(mistakes.Text(lang), canary) {
					t.Errorf("the %s text shows the secret", lang)
				}
			}
			if len(mistakes) != len(c.want) {
				t.Errorf("%d mistakes, want %d:\n%v", len(mistakes), len(c.want), err)
			}
			for i, m := range mistakes {
				if i >= len(c.want) {
					break
				}
				line, words, _ := strings.Cut(c.want[i], ": ")
				if got := m.Text("en"); line != fmt.Sprint(m.Line) || !strings.Contains(got, words) {
					t.Errorf("mistake %d is line %d: %s, want %s", i, m.Line, got, c.want[i])
				}
			}
		})
	}
}

func TestMissingFile(t *testing.T) {
	_, err := Load(Flags{Config: "/nowhere/dsotop.yaml"}, variables())
	var m Mistakes
	if !errors.As(err, &m) || m[0].File != "/nowhere/dsotop.yaml" {
		t.Errorf("asked for and missing: %v", err)
	}
}

func TestEnvironmentAlone(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	cfg := &Config{}
	var mistakes Mistakes
	overlay(cfg, Flags{}, variables("DSOTOP_CONSOLE_URL", "https://c", "DSOTOP_CONSOLE_TOKEN", "v"), &mistakes)
	p, ok := cfg.Current()
	if !ok || len(p.Sources) != 1 || p.Sources[0].Auth != (Auth{Scheme: "header", Header: "x-dso-token", Secret: secret.Ref{Scheme: "env", Target: "DSOTOP_CONSOLE_TOKEN"}}) {
		t.Errorf("got %+v", cfg)
	}
}

func TestSentencesAreComplete(t *testing.T) {
	all := sentences()
	for c := noFile; c <= secretMissing; c++ {
		w, ok := all[c]
		if !ok || w.fr == "" || w.en == "" || strings.Count(w.fr, "%") != strings.Count(w.en, "%") {
			t.Errorf("code %d: %+v", c, w)
		}
	}
}

func FuzzDocument(f *testing.F) {
	f.Add([]byte(sre))
	f.Add([]byte("a: &x [*x]\nprofiles: *x\n"))
	f.Add([]byte("profiles:\n  <<: {a: b}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		d := newDecoder("f")
		cfg := &Config{}
		d.document(data, cfg)
		d.check(cfg)
		_ = d.mistakes.Text("fr")
	})
}
