package main

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

func TestOnboarding(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	config := serveDemo(t, home)
	call := func(code int, args ...string) result {
		t.Helper()
		r := dsotop(t, home, nil, append([]string{"--config", config, "onboarding"}, args...)...)
		if r.code != code {
			t.Fatalf("%v: code %d: %s", args, r.code, r.err)
		}
		return r
	}
	var doc struct {
		Projects []struct {
			Slug, Track string
			Done        int
			Steps       []struct{ ID, State string }
			Next        *struct {
				Step  int
				Owner string
			}
		}
	}
	t.Run("json", func(t *testing.T) {
		r := call(exitFine, "-o", "json")
		schema, err := jsonschema.NewCompiler().Compile("../../docs/schema/onboarding.json")
		if err != nil {
			t.Fatal(err)
		}
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(r.out))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); err != nil {
			t.Error(err)
		}
		if err := json.Unmarshal([]byte(r.out), &doc); err != nil {
			t.Fatal(err)
		}
		for _, p := range doc.Projects {
			var states []string
			for _, s := range p.Steps {
				states = append(states, s.State)
			}
			switch p.Slug {
			case "portail": // the green row
				if p.Done < 17 || len(p.Steps) != 18 {
					t.Errorf("%s", states)
				}
			case "testform": // its mirror ends well a moment after the world began
				states[7], states[9], states[15] = "", "", ""
				if want := "ok ok ok ok ok ok ok  ok  ko ok ok todo na  todo na"; strings.Join(states, " ") != want || p.Track != "pax" {
					t.Errorf("%s\n%s", states, want)
				}
			}
		}
		if len(doc.Projects) != 7 {
			t.Errorf("%d projects", len(doc.Projects))
		}
	})
	t.Run("papers", func(t *testing.T) {
		contains(t, "the wall", call(exitFine).out, "agendaprefs", "PROCHAIN GESTE", "/18")
		contains(t, "the steps", call(exitFine, "testform").out, "préqualification", "couverture du code neuf : 41 % < 80 %", "Le partage des rôles")
		contains(t, "Markdown", call(exitFine, "testform", "-o", "md").out, "# Embarquement : testform", "| 11 | qualité | ✖ en échec | équipe |", "| numéro du dossier |", "sans root")
		rows, err := csv.NewReader(strings.NewReader(strings.ReplaceAll(call(exitFine, "-o", "csv").out, ";", ","))).ReadAll()
		if err == nil && len(rows) != 1+7*18 {
			t.Errorf("%d lines of CSV", len(rows))
		}
		ticket := call(exitFine, "testform", "-o", "ticket", "--step", "11").out
		contains(t, "the ticket", ticket, "8edbf6d2-e590-42a7-8d9d-0e683552e13f", "7upjy0n178z7ybncy9d2puqcc--8gh2d7oxi0kvxydv3rsap35tr", "testform-demo-3c58-demo-java-infra-135c", "requestId", "Create Environment OK", "/-/pipelines/", "11 qualité")
		if out := call(exitFine, "--owner", "host").out; strings.Contains(out, "portail") || !strings.Contains(out, "cartocrise") {
			t.Errorf("the host is awaited by cartocrise, not by portail:\n%s", out)
		}
	})
	t.Run("mistakes", func(t *testing.T) {
		call(exitUsage, "nowhere")
		call(exitUsage, "-o", "ticket")
		call(exitUsage, "testform", "-o", "ticket", "--step", "19")
		call(exitUsage, "--owner", "us")
		path := filepath.Join(filepath.Dir(config), "demo-embarquement", "habilit.yaml")
		if err := os.WriteFile(path, []byte("version: 1\n<<<<<<< HEAD\ntrack: pax\n=======\ntrack: cloudpi\n>>>>>>> branche\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		r := call(exitFine, "habilit")
		contains(t, "the conflict", r.err, "habilit.yaml:2", "conflit git", "lignes 2 à 6")
		contains(t, "the steps", r.out, "la fiche du projet est illisible")
	})
}
