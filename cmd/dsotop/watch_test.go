package main

import (
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// valid holds each line, or the whole output, against a schema.
func valid(t *testing.T, name, out string, lines bool) {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile("../../docs/schema/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	docs := []string{out}
	if lines {
		docs = strings.Split(strings.TrimSpace(out), "\n")
	}
	for _, doc := range docs {
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(doc))
		if err != nil {
			t.Fatalf("%v: %s", err, doc)
		}
		if err := schema.Validate(value); err != nil {
			t.Errorf("%v", err)
		}
	}
}

func TestWatch(t *testing.T) {
	home := t.TempDir()
	config := serveDemo(t, home)
	for name, c := range map[string]struct {
		args []string
		code int
		out  []string
		err  string
	}{
		"finding":        {[]string{"agendaprefs", "prod", "--until", "finding", "--severity", "critical"}, exitFindings, []string{"agendaprefs/prod", "critical", "RB-10"}, ""},
		"healthy":        {[]string{"portail", "--until", "healthy"}, exitFine, []string{"portail", "healthy"}, ""},
		"given up":       {[]string{"agendaprefs", "--until", "healthy", "--for", "4s"}, exitFindings, []string{"time is up", "critical"}, ""},
		"over in time":   {[]string{"portail", "--for", "3s"}, exitFine, []string{"time is up"}, ""},
		"no project":     {[]string{"agendapref"}, exitUsage, nil, "agendaprefs"},
		"no environment": {[]string{"agendaprefs", "prd"}, exitUsage, nil, "prod"},
		"nothing":        {nil, exitUsage, nil, "PROJECT"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := dsotop(t, t.TempDir(), nil, append([]string{"--config", config, "--lang", "en", "watch"}, c.args...)...)
			if r.code != c.code || !strings.Contains(r.err, c.err) {
				t.Errorf("code %d, want %d\n%s%s", r.code, c.code, r.out, r.err)
			}
			contains(t, "watch", r.out, c.out...)
			if strings.Contains(r.out+r.err, "\a") {
				t.Error("a pipe is rung at")
			}
		})
	}
	t.Run("documents", func(t *testing.T) {
		t.Parallel()
		r := dsotop(t, t.TempDir(), nil, "--config", config, "watch", "agendaprefs", "--until", "finding", "-o", "json")
		if r.code != exitFindings {
			t.Errorf("code %d: %s", r.code, r.err)
		}
		contains(t, "watch", r.out, `"event":"standing"`, `"event":"reached"`)
		valid(t, "watch", r.out, true)
	})
}

func TestReport(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	config := serveDemo(t, home)
	r := dsotop(t, home, nil, "--config", config, "report", "--since", "24h")
	if r.code != exitFine {
		t.Fatalf("code %d: %s", r.code, r.err)
	}
	contains(t, "the handover", r.out, "# Relève du", "## Ouverts (", "## Déjà là (", "## Refermés (0)", "## Alertes (", "## Déploiements et provisionnements (", "agendaprefs", "n'a observé que")
	r = dsotop(t, home, nil, "--config", config, "--lang", "en", "report", "--project", "agendaprefs", "-o", "json")
	if r.code != exitFine {
		t.Fatalf("code %d: %s", r.code, r.err)
	}
	valid(t, "report", r.out, false)
	if strings.Contains(r.out, "vigibat") {
		t.Error("another project is in the report of one")
	}
	for _, bad := range [][]string{{"--since", "0s"}, {"--since", "9999h"}, {"--project", "nobody"}} {
		if r := dsotop(t, home, nil, append([]string{"--config", config, "report"}, bad...)...); r.code != exitUsage || r.out != "" {
			t.Errorf("%v: code %d, %s", bad, r.code, r.out)
		}
	}
}
