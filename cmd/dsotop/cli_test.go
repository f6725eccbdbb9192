package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

func TestBadInputGetsOneSentenceAndCodeTwo(t *testing.T) {
	home := t.TempDir()
	file := func(text string) string {
		path := filepath.Join(t.TempDir(), "config.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := "profiles:\n  a:\n    console: {url: http://127.0.0.1:1}\n"
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"no configuration": {[]string{"status"}, "dsotop demo"},
		"missing file":     {[]string{"--config", "/nowhere.yaml", "status"}, "n'existe pas"},
		"broken YAML":      {[]string{"--config", file("profiles: ["), "config", "check"}, "YAML incorrect"},
		"unknown key":      {[]string{"--config", file("profles: {}\n"), "config", "check"}, "profiles"},
		"unknown profile":  {[]string{"--config", file(good), "--profile", "b", "status"}, "profil inconnu « b »"},
		"unreadable CA":    {[]string{"--config", file("profiles:\n  a:\n    console: {url: http://h, tls: {ca: /nowhere.pem}}\n"), "config", "check"}, "/nowhere.pem"},
		"no terminal":      {[]string{"--config", file(good)}, "pas de terminal"},
		"unknown command":  {[]string{"statut"}, "status"},
		"unknown flag":     {[]string{"status", "--frm"}, "--help"},
		"unknown output":   {[]string{"status", "-o", "xml"}, "json"},
		"unknown language": {[]string{"--lang", "de", "version"}, "fr, en"},
		"unset secret":     {[]string{"--config", file("profiles:\n  a:\n    console: {url: http://h, token: env:NOT_SET_AT_ALL}\n"), "config", "check"}, "env:NOT_SET_AT_ALL"},
	} {
		t.Run(name, func(t *testing.T) {
			r := dsotop(t, home, nil, c.args...)
			if r.code != exitUsage || !strings.Contains(r.err, c.want) || r.out != "" {
				t.Errorf("code %d, out %q, error %q; want code 2 and %q", r.code, r.out, r.err, c.want)
			}
			if strings.Contains(r.err, "panic") || strings.Count(r.err, "\n") > 3 {
				t.Errorf("not one clear sentence:\n%s", r.err)
			}
		})
	}
}

func TestDemoWithoutTerminal(t *testing.T) {
	r := dsotop(t, t.TempDir(), nil, "demo")
	if r.code != exitFine {
		t.Fatalf("code %d: %s", r.code, r.err)
	}
	contains(t, "the table", r.out, "agendaprefs", "vigibat", "portail", "make demo")
}

func TestDocumentsFollowTheirSchemas(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	config := serveDemo(t, home)
	for _, doc := range []string{"status", "findings", "doctor"} {
		t.Run(doc, func(t *testing.T) {
			r := dsotop(t, home, nil, "--config", config, doc, "-o", "json")
			if r.code != exitFine {
				t.Fatalf("code %d: %s", r.code, r.err)
			}
			schema, err := jsonschema.NewCompiler().Compile("../../docs/schema/" + doc + ".json")
			if err != nil {
				t.Fatal(err)
			}
			value, err := jsonschema.UnmarshalJSON(strings.NewReader(r.out))
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(value); err != nil {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestStatusTellsTheStories(t *testing.T) {
	home := t.TempDir()
	config := serveDemo(t, home)
	r := dsotop(t, home, nil, "--config", config, "--lang", "en", "status", "-o", "json", "--fail-on", "critical")
	if r.code != exitFindings {
		t.Errorf("code %d with a critical finding, want 1: %s", r.code, r.err)
	}
	var doc struct {
		Sources  []struct{ Name, State string }
		Projects []struct {
			Slug, Severity, Status string
			Environments           []struct {
				Name, Namespace string
				Stage           *string
				Argo            []struct{ Name, Sync, Health string }
				Pods            *struct{ Ready, Desired, Restarts int }
			}
			Findings []struct{ ID, Mode, Severity string }
		}
	}
	if err := json.Unmarshal([]byte(r.out), &doc); err != nil {
		t.Fatal(err)
	}
	for _, s := range doc.Sources {
		if s.State != "live" {
			t.Errorf("%s is %s", s.Name, s.State)
		}
	}
	want := map[string]struct {
		severity string
		modes    []string
	}{
		"agendaprefs": {"critical", []string{"F13"}},
		"vigibat":     {"", []string{"F2", "F34"}},
		"cartocrise":  {"", []string{"F16"}},
		"guichet":     {"", []string{"F11", "F12"}},
		"habilit":     {"", []string{"F18"}},
		"testform":    {"", nil},
		"portail":     {"ok", nil},
	}
	if len(doc.Projects) != len(want) {
		t.Errorf("%d projects, want %d", len(doc.Projects), len(want))
	}
	if len(doc.Projects) > 0 && doc.Projects[len(doc.Projects)-1].Slug != "portail" {
		t.Errorf("the healthy project is not last")
	}
	for _, p := range doc.Projects {
		w, known := want[p.Slug]
		if !known {
			t.Errorf("unexpected project %s", p.Slug)
			continue
		}
		if w.severity != "" && p.Severity != w.severity {
			t.Errorf("%s is %s, want %s", p.Slug, p.Severity, w.severity)
		}
		modes := map[string]bool{}
		for _, f := range p.Findings {
			modes[f.Mode] = true
		}
		for _, m := range w.modes {
			if !modes[m] {
				t.Errorf("%s lacks a finding of mode %s: %+v", p.Slug, m, p.Findings)
			}
		}
		if p.Slug == "portail" && len(p.Findings) != 0 {
			t.Errorf("portail is not healthy: %+v", p.Findings)
		}
		for _, e := range p.Environments {
			declared := e.Stage != nil
			if e.Pods == nil || (declared && len(e.Argo) == 0) {
				t.Errorf("%s/%s has no pods or no application", p.Slug, e.Name)
			}
		}
	}
}

func TestUnusableStateIsSetAsideAndSaid(t *testing.T) {
	home := t.TempDir()
	config := serveDemo(t, home)
	args := []string{"--config", config, "--profile", "team", "--lang", "en", "status"}
	if r := dsotop(t, home, nil, args...); r.code != exitFine || r.err != "" {
		t.Fatalf("code %d: %s", r.code, r.err)
	}
	states, err := filepath.Glob(filepath.Join(home, "cache", "dsotop", "*.state"))
	if err != nil || len(states) != 1 {
		t.Fatalf("state files %v, %v", states, err)
	}
	if err := os.WriteFile(states[0], []byte("garbage"), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := dsotop(t, home, nil, args...); r.code != exitFine || !strings.Contains(r.err, "set aside: "+states[0]+".unusable") {
		t.Errorf("code %d: %s", r.code, r.err)
	}
}

func TestTeamProfileNeedsNoKubernetes(t *testing.T) {
	home := t.TempDir()
	config := serveDemo(t, home)
	r := dsotop(t, home, nil, "--config", config, "--profile", "team", "status", "-o", "json")
	if r.code != exitFine {
		t.Fatalf("code %d: %s", r.code, r.err)
	}
	var doc struct {
		Sources  []struct{ Kind, State string }
		Projects []struct {
			Slug         string
			Environments []struct {
				Name string
				Pods *struct{ Ready, Desired int }
			}
		}
	}
	if err := json.Unmarshal([]byte(r.out), &doc); err != nil {
		t.Fatal(err)
	}
	for _, s := range doc.Sources {
		if s.Kind == "kubernetes" {
			t.Error("the team profile has a Kubernetes source")
		}
	}
	if len(doc.Projects) == 0 {
		t.Fatal("no project")
	}
	for _, p := range doc.Projects {
		for _, e := range p.Environments {
			if e.Pods == nil {
				t.Errorf("%s/%s: pods unknown without Kubernetes", p.Slug, e.Name)
			}
		}
	}
}

func TestCompletionAndVersion(t *testing.T) {
	home := t.TempDir()
	if r := dsotop(t, home, nil, "completion", "bash"); r.code != 0 || !strings.Contains(r.out, "dsotop") {
		t.Errorf("completion: code %d", r.code)
	}
	if r := dsotop(t, home, nil, "version", "-o", "json"); r.code != 0 || !json.Valid([]byte(r.out)) {
		t.Errorf("version: %+v", r)
	}
	if r := dsotop(t, home, []string{"LANG=en_GB.UTF-8"}, "--help"); !strings.Contains(r.out, "dsotop joins the console") {
		t.Errorf("English help: %s", r.out)
	}
	if r := dsotop(t, home, nil, "--help"); !strings.Contains(r.out, "dsotop réunit la console") {
		t.Errorf("French help: %s", r.out)
	}
}
