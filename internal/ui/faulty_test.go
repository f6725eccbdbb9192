package ui_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"dsotop/demo"
	"dsotop/demo/fault"
	"dsotop/demo/world"
	"dsotop/internal/config"
	"dsotop/internal/engine"
	"dsotop/internal/platform"
)

// The engine of these tests runs forty times faster than life: the longest back-off, five minutes, is seven seconds and a half.
const (
	faultPace    = 40 / slower
	faultTimeout = slower * 600 * time.Millisecond // of one attempt
	// returnLimit is when a source must be back: one longest back-off, and some time for a busy machine. Only a broken source takes that long.
	returnLimit = 5*time.Minute/faultPace + max(slower*15, 90)*time.Second
)

// faulty is a living platform whose systems can fail, with an engine on one system of each kind.
type faulty struct {
	t       *testing.T
	p       *demo.Platform
	profile config.Profile
}

func openFaulty(t *testing.T) *faulty {
	t.Helper()
	p, err := demo.Start(t.Context(), demo.Options{Seed: 1, Size: world.Small, Dir: t.TempDir(), Faults: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	cfg, err := config.Load(config.Flags{Config: p.Config, Profile: "demo"}, func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	profile, _ := cfg.Current()
	profile.Sources = slices.DeleteFunc(profile.Sources, func(s config.Source) bool { return !slices.Contains(subjects(), s.Instance()) })
	if len(profile.Sources) != len(subjects()) {
		t.Fatalf("the demo has not all of %v", subjects())
	}
	for i := range profile.Sources {
		profile.Sources[i].Timeout = faultTimeout
	}
	return &faulty{t: t, p: p, profile: profile}
}

// start starts an engine with the faults that are in force; it ends with the test, or by its Close.
func (f *faulty) start() *engine.Engine {
	f.t.Helper()
	e, err := engine.New(engine.Options{Profile: f.profile, Pace: faultPace})
	if err != nil {
		f.t.Fatal(err)
	}
	e.Start(f.t.Context())
	f.t.Cleanup(e.Close)
	return e
}

func (f *faulty) set(name string, what fault.Fault) {
	f.t.Helper()
	if err := f.p.Faults[name].Set(what); err != nil {
		f.t.Fatalf("%s: %v", name, err)
	}
}

// health is what each source says of itself.
func health(e *engine.Engine) map[string]platform.SourceHealth {
	out := map[string]platform.SourceHealth{}
	for _, h := range e.View().Sources {
		out[h.Name] = h
	}
	return out
}

// until waits for the store to say what is wanted; false when it does not within the limit.
func until(t *testing.T, e *engine.Engine, limit time.Duration, ok func(map[string]platform.SourceHealth) bool) bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	sub := e.Subscribe(0)
	defer sub.Close()
	for !ok(health(e)) {
		if _, on := sub.Next(ctx); !on {
			return ok(health(e))
		}
	}
	return true
}

// subjects are the sources of the table: one instance of each kind.
func subjects() []string {
	return []string{"console", "gitlab", "sonarqube", "harbor", "argocd/pub", "kubernetes/mi-prod-1", "prometheus", "alertmanager", "loki"}
}
