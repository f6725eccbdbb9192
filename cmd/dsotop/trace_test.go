package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"dsotop/internal/report"
)

// The commits of the demo's stories, each at another stage of its life.
func TestTrace(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	config := serveDemo(t, home, "--life", "calm")
	schema, err := jsonschema.NewCompiler().Compile("../../docs/schema/trace.json")
	if err != nil {
		t.Fatal(err)
	}
	trace := func(t *testing.T, code int, args ...string) report.TraceDocument {
		t.Helper()
		r := dsotop(t, home, nil, append([]string{"--config", config, "--lang", "en", "trace", "-o", "json"}, args...)...)
		if r.code != code {
			t.Fatalf("code %d, want %d: %s", r.code, code, r.err)
		}
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(r.out))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); err != nil {
			t.Error(err)
		}
		var doc report.TraceDocument
		if err := json.Unmarshal([]byte(r.out), &doc); err != nil {
			t.Fatal(err)
		}
		return doc
	}
	for name, c := range map[string]struct {
		sha, project, repository, env, state, next string
	}{
		"a tag that retention removed": {"3f2a91bc", "agendaprefs", "agenda-web", "prod", "starting", "image"},
		"a gate that stopped it":       {"b41c07ae", "guichet", "api", "prod", "older", "repair"},
	} {
		t.Run(name, func(t *testing.T) {
			doc := trace(t, exitFine, c.sha)
			if len(doc.Commits) != 1 {
				t.Fatalf("%d commits", len(doc.Commits))
			}
			got := doc.Commits[0]
			if got.Project != c.project || got.Repository != c.repository || got.Next != c.next || !got.Whole || got.Title == nil {
				t.Errorf("%s %s next %s, title %v", got.Project, got.Repository, got.Next, got.Title)
			}
			for _, e := range got.Environments {
				if e.Name == c.env && e.State != c.state {
					t.Errorf("%s is %s, want %s", e.Name, e.State, c.state)
				}
			}
		})
	}
	t.Run("nobody knows it", func(t *testing.T) {
		if doc := trace(t, exitUnheard, "0123456789abcdef"); len(doc.Commits) != 0 || doc.Asked == 0 {
			t.Errorf("%+v", doc)
		}
	})
	t.Run("in another project", func(t *testing.T) {
		if doc := trace(t, exitUnheard, "3f2a91bc", "--project", "guichet"); len(doc.Commits) != 0 {
			t.Errorf("%+v", doc)
		}
	})
	t.Run("a person", func(t *testing.T) {
		r := dsotop(t, home, nil, "--config", config, "--lang", "fr", "trace", "3F2A91BC")
		if r.code != exitFine {
			t.Errorf("code %d: %s", r.code, r.err)
		}
		contains(t, "the text", r.out, "agendaprefs ▸ agenda-web", "aucune image de ce commit dans Harbor", "À faire")
	})
	for _, args := range [][]string{{"trace"}, {"trace", "main"}, {"trace", "abc123"}, {"trace", "3f2a91bc", "b41c07ae"}} {
		if r := dsotop(t, home, nil, append([]string{"--config", config}, args...)...); r.code != exitUsage || r.out != "" {
			t.Errorf("%v: code %d, out %q", args, r.code, r.out)
		}
	}
	if r := dsotop(t, home, nil, "--config", config, "trace", "3f2a91bc", "--project", "nope"); r.code != exitUsage {
		t.Errorf("an unknown project: code %d: %s", r.code, r.err)
	}
}
