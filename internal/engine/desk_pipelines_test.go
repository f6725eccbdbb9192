package engine

import (
	"errors"
	"testing"

	"dsotop/internal/desk"
	"dsotop/internal/platform"
	"dsotop/internal/sources"
	"dsotop/internal/store"
)

// forge is a source of which only the name matters.
type forge struct {
	sources.Source
	desk.Pipelines
	name string
}

func (f forge) Name() string { return f.name }
func (f forge) Kind() string { return "gitlab" }
func (f forge) URL() string  { return "https://" + f.name + ".test" }

func TestPipelinesComeFromTheForgeThatToldOfThem(t *testing.T) {
	e, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	if r := e.Pipelines("p1"); r.Pipelines != nil {
		t.Error("no source is configured")
	}
	e.sources = []sources.Source{forge{name: "gitlab/a"}, forge{name: "gitlab/b"}}
	e.store.Apply(func(tx *store.Tx) { store.Pipelines.Put(tx, "gitlab/b", "p1", []platform.Pipeline{{ID: 1}}) })
	for project, want := range map[string]string{"": "gitlab/a", "p1": "gitlab/b", "p2": "gitlab/a"} {
		if got := e.Pipelines(project).Pipelines.Name(); got != want {
			t.Errorf("%q: %s", project, got)
		}
	}
	r := e.Pipelines("p1")
	if h := r.Health(errors.New("boom")); h.Name != "gitlab/b" || !h.State.Bad() {
		t.Errorf("%+v", h)
	}
}
