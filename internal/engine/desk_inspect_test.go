package engine

import (
	"context"
	"errors"
	"slices"
	"testing"

	"dsotop/internal/desk"
	"dsotop/internal/platform"
	"dsotop/internal/sources"
	"dsotop/internal/store"
)

// answerer is a source of which only the name matters.
type answerer struct {
	sources.Source
	name    string
	tenants []string
}

func (a answerer) Name() string { return a.name }
func (a answerer) Kind() string { return "any" }
func (a answerer) URL() string  { return "https://" + a.name + ".test" }

func (a answerer) TenantsOf(*store.Snapshot, string) []string { return a.tenants }

type sonar struct{ answerer }

func (sonar) History(context.Context, string, int) (desk.QualityHistory, error) {
	return desk.QualityHistory{}, nil
}

type registry struct {
	answerer
	desk.Images
}

func (r registry) Name() string { return r.name }

type silencer struct{ answerer }

func (s silencer) Silences(_ context.Context, tenant string) ([]desk.Silence, error) {
	if tenant == "b" {
		return nil, errors.New("refused")
	}
	return []desk.Silence{{ID: tenant}}, nil
}

func TestWhoToldOfAProjectIsAsked(t *testing.T) {
	e, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	if e.Quality("p1").Quality != nil || e.Images("p1").Images != nil || e.Alerts("p1").Alerts != nil {
		t.Error("no source is configured")
	}
	e.sources = []sources.Source{
		sonar{answerer{name: "sonarqube/a"}}, sonar{answerer{name: "sonarqube/b"}}, registry{answerer: answerer{name: "harbor/a"}}, registry{answerer: answerer{name: "harbor/b"}},
		silencer{answerer{name: "alertmanager/a"}}, silencer{answerer{name: "alertmanager/b", tenants: []string{"a", "b", "c"}}},
	}
	e.store.Apply(func(tx *store.Tx) {
		store.Gates.Put(tx, "sonarqube/b", "p1", []platform.Gate{{Key: "k"}})
		store.Images.Put(tx, "harbor/b", "p1", []platform.Image{{Digest: "d"}})
	})
	for project, want := range map[string]string{"p1": "b", "p2": "a"} {
		if got := e.Quality(project).Quality.Name(); got != "sonarqube/"+want {
			t.Errorf("%s: %s", project, got)
		}
		if got := e.Images(project).Images.Name(); got != "harbor/"+want {
			t.Errorf("%s: %s", project, got)
		}
	}
	r := e.Alerts("p1")
	if r.Alerts.Name() != "alertmanager/b" {
		t.Errorf("%s has no tenant for the project", r.Alerts.Name())
	}
	list, err := r.Read(t.Context())
	if !slices.EqualFunc(list, []string{"a", "c"}, func(s desk.Silence, id string) bool { return s.ID == id }) || err == nil {
		t.Errorf("%v, %v: what some answered stands beside the error", list, err)
	}
	if h := r.Health(err); h.Name != "alertmanager/b" || !h.State.Bad() {
		t.Errorf("%+v", h)
	}
}
