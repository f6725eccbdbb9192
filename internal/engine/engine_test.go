package engine_test

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"dsotop/demo"
	"dsotop/demo/world"
	"dsotop/internal/config"
	"dsotop/internal/engine"
	"dsotop/internal/fleet"
	"dsotop/internal/platform"
)

// platformOf serves a simulated platform and loads a profile of the configuration it wrote.
func platformOf(t *testing.T, profile string) (*demo.Platform, config.Profile) {
	t.Helper()
	p, err := demo.Start(t.Context(), demo.Options{Seed: 1, Size: world.Small, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p, loaded(t, p.Config, profile)
}

func loaded(t testing.TB, file, profile string) config.Profile {
	t.Helper()
	cfg, err := config.Load(config.Flags{Config: file, Profile: profile}, func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	out, _ := cfg.Current()
	return out
}

// logBook is a log that many goroutines write.
type logBook struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write appends.
func (l *logBook) Write(p []byte) (int, error) { l.mu.Lock(); defer l.mu.Unlock(); return l.b.Write(p) }

func (l *logBook) String() string { l.mu.Lock(); defer l.mu.Unlock(); return l.b.String() }

// aside lets a test that mostly waits run beside others, where the machine has the time.
func aside(t *testing.T) {
	t.Helper()
	if beside {
		t.Parallel()
	}
}

func start(t *testing.T, o engine.Options) *engine.Engine {
	t.Helper()
	o.Pace = 20
	e, err := engine.New(o)
	if err != nil {
		t.Fatal(err)
	}
	e.Start(t.Context())
	t.Cleanup(e.Close)
	return e
}

func settle(t *testing.T, e *engine.Engine) *fleet.View {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), promised)
	defer cancel()
	v, complete := e.Settle(ctx)
	if !complete {
		t.Errorf("not settled in time")
	}
	return v
}

func TestWholePlatformThroughRealClients(t *testing.T) {
	p, profile := platformOf(t, "demo")
	var log logBook
	state := filepath.Join(t.TempDir(), "state", "demo.state")
	e := start(t, engine.Options{Profile: profile, StateFile: state, Log: slog.New(slog.NewTextHandler(&log, nil))})
	v := settle(t, e)
	for _, s := range v.Sources {
		if s.State != platform.StateLive || len(s.Problems) > 0 {
			t.Errorf("%s is %s: %s %v", s.Name, s.State, s.Detail, s.Problems)
		}
	}
	if len(v.Projects) != 7 || v.Projects[6].Dossier.Project.Slug != "portail" || v.Projects[6].Severity != platform.SeverityOK {
		t.Errorf("the seven projects, the healthy one last: %d", len(v.Projects))
	}
	for _, d := range e.Doctor(t.Context()) {
		if d.State != platform.StateLive || d.Version == "" {
			t.Errorf("doctor: %s is %s, version %q: %s", d.Name, d.State, d.Version, d.Detail)
		}
	}
	e.Close()
	if strings.Contains(log.String(), "left before") {
		t.Errorf("closing did not wait for every source: %s", log.String())
	}
	if n := p.Writes(); n != 0 {
		t.Errorf("%d writes reached the platform", n)
	}

	saved, err := os.ReadFile(state)
	if err != nil {
		t.Fatal(err)
	}
	if st, _ := os.Stat(state); st.Mode().Perm() != 0o600 {
		t.Errorf("the state file is %v", st.Mode())
	}
	for name, value := range p.Secrets() {
		if strings.Contains(log.String(), value) || bytes.Contains(saved, []byte(value)) {
			t.Errorf("the secret of %s is in the log or on disk", name)
		}
	}

	// The next start has data before any source answers.
	p.Close()
	again := start(t, engine.Options{Profile: profile, StateFile: state})
	first := again.View()
	if len(first.Projects) != 7 || !first.Cached("console") {
		t.Errorf("the first view has %d projects, cached %v", len(first.Projects), first.Cached("console"))
	}
}

func TestTeamWithoutKubernetes(t *testing.T) {
	aside(t)
	_, profile := platformOf(t, "team")
	v := settle(t, start(t, engine.Options{Profile: profile}))
	if len(v.Projects) != 1 {
		t.Fatalf("%d projects", len(v.Projects))
	}
	for i := range v.Projects[0].Dossier.Environments {
		env := &v.Projects[0].Dossier.Environments[i]
		if ready, desired, _, known := env.PodCounts(); !known || ready == 0 || desired < ready {
			t.Errorf("%s: %d/%d pods, known %v", env.Name, ready, desired, known)
		}
	}
}

// Without a console projects are made from labels. What the others keep under their slugs is read first there too, what only the console
// could tell is not waited for, and every project is judged.
func TestEverythingButAConsole(t *testing.T) {
	aside(t)
	_, profile := platformOf(t, "demo")
	profile.Sources = slices.DeleteFunc(slices.Clone(profile.Sources), func(s config.Source) bool { return s.Kind == "console" })
	v := settle(t, start(t, engine.Options{Profile: profile}))
	if len(v.Projects) != 7 {
		t.Errorf("%d projects", len(v.Projects))
	}
	for _, row := range v.Projects {
		if !row.Dossier.Project.Derived || row.Unjudged != "" || !row.Dossier.Has(platform.FamPipelines) || !row.Dossier.Has(platform.FamImages) {
			t.Errorf("%s: derived %v, not judged for %q, known %v", row.Dossier.Project.Slug, row.Dossier.Project.Derived, row.Unjudged, row.Dossier.Known)
		}
	}
}

func TestZonesAreDiscovered(t *testing.T) {
	aside(t)
	_, profile := platformOf(t, "demo")
	argo := profile.Of("argocd")[0]
	argo.Name, argo.URL, argo.Discover = "", "", true
	e := start(t, engine.Options{Profile: config.Profile{Name: "d", Sources: []config.Source{profile.Of("console")[0], argo}}})
	v := settle(t, e)
	found := map[string]platform.State{}
	for _, s := range v.Sources {
		found[s.Name] = s.State
	}
	for _, zone := range []string{"pub", "usu", "dr", "form"} {
		if _, ok := found["argocd/"+zone]; !ok {
			t.Errorf("zone %s was not discovered: %v", zone, found)
		}
	}
	if n := len(e.Doctor(t.Context())); n != 5 {
		t.Errorf("doctor looked at %d sources, want 5", n)
	}
}

func TestOneSourceDownDoesNotHoldTheOthers(t *testing.T) {
	aside(t)
	_, profile := platformOf(t, "demo")
	for i, s := range profile.Sources {
		if s.Kind == "gitlab" || s.Kind == "loki" {
			profile.Sources[i].URL = "http://127.0.0.1:1"
		}
	}
	v := settle(t, start(t, engine.Options{Profile: profile}))
	for _, s := range v.Sources {
		want := platform.StateLive
		if s.Kind == "gitlab" || s.Kind == "loki" {
			want = platform.StateUnreachable
		}
		if s.State != want {
			t.Errorf("%s is %s, want %s: %s", s.Name, s.State, want, s.Detail)
		}
	}
}

func TestCorruptStateIsSetAside(t *testing.T) {
	_, profile := platformOf(t, "demo")
	state := filepath.Join(t.TempDir(), "demo.state")
	if err := os.WriteFile(state, []byte("garbage"), 0o600); err != nil {
		t.Fatal(err)
	}
	var log logBook
	e := start(t, engine.Options{Profile: profile, StateFile: state, Log: slog.New(slog.NewTextHandler(&log, nil))})
	if _, err := os.Stat(state + ".unusable"); err != nil {
		t.Errorf("not set aside: %v", err)
	}
	if !strings.Contains(log.String(), "set aside") {
		t.Errorf("not said: %s", log.String())
	}
	e.Close()
}
