package runbook

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

var update = flag.Bool("update", false, "write what is generated")

// TestDocumentation holds docs/runbooks.md and docs/runbook-facts.md against the books and the facts.
func TestDocumentation(t *testing.T) {
	for name, want := range map[string]string{"runbooks.md": booksDoc(), "runbook-facts.md": factsDoc()} {
		path := filepath.Join("..", "..", "docs", name)
		if *update {
			if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != want {
			t.Errorf("docs/%s is stale: run make docs (%v)", name, err)
		}
	}
}

func factsDoc() string {
	var b strings.Builder
	b.WriteString(`<!-- Generated from the facts: go test ./internal/runbook -run Documentation -update -->
# Facts of runbooks

Conditions, and the expressions in texts, are [CEL](https://cel.dev) over these facts. Besides them: ` + "`param.NAME`" + `, a parameter in its own type; ` + "`answer.STEP`" + `, what was answered to an
ask, as text; ` + "`result.STEP`" + `, the number of a query. Functions: those of CEL, its extensions for strings and lists, and ` + "`sum()`" + ` on a list of numbers.

A fact with a *family* is unknown as long as no source has told that family: a check then waits until its deadline, or fails saying what is missing; it never takes *unknown* for *none*.
`)
	for i, typ := range factTypes() {
		title := "Variables"
		if i > 0 {
			title = strings.ToLower(typ.Name())
		}
		fmt.Fprintf(&b, "\n## %s\n\n| name | type | what | family |\n|---|---|---|---|\n", title)
		for f := range typ.Fields() {
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", f.Tag.Get("cel"), typeWord(f.Type), strings.ReplaceAll(f.Tag.Get("doc"), "|", "\\|"), f.Tag.Get("needs"))
		}
	}
	return b.String()
}

func typeWord(t reflect.Type) string {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return "timestamp"
	case t.Kind() == reflect.Slice:
		return "list of " + typeWord(t.Elem())
	case t.Kind() == reflect.Struct:
		return "[" + strings.ToLower(t.Name()) + "](#" + strings.ToLower(t.Name()) + ")"
	}
	return map[reflect.Kind]string{reflect.Bool: "bool", reflect.Int64: "int", reflect.Float64: "double", reflect.String: "string"}[t.Kind()]
}

func booksDoc() string {
	var b strings.Builder
	b.WriteString(`<!-- Generated from the books: go test ./internal/runbook -run Documentation -update -->
# Runbooks

A book is a procedure in YAML that dsotop plays step by step: it looks at the facts, asks the metrics and the logs, does deeds once they are shown and confirmed, and asks a person for what is done
elsewhere, with the exact command or text to copy. ` + "`R`" + ` opens the books that apply to what is under the cursor, with their parameters filled in; Enter plays one.

- **A run is saved at each step**, in ` + "`$XDG_STATE_HOME/dsotop/runs/`" + `, readable by its owner only. A terminal that goes, a program that is killed lose nothing: ` + "`dsotop runbook resume`" + `, or Enter on the run.
  A deed that was about to be done when the program died is looked up in the journal: it is followed when it left, asked again when it did not, and never done twice.
- **One person plays a run**: a second dsotop reads it, says who holds it, and may take it over.
- **A write is confirmed inside a book as outside**: the exact call, its effects and warnings are shown; production wants the name typed; the policy holds.
- **A dry run** plays the whole book: it reads, plans, and says what it would ask and do. Where a condition is false already it goes the way that the book has for that, once. It writes nothing.
- **` + "`dsotop runbook export`" + `** writes a run as Markdown for the ticket, with the ids that support asks for.

` + "`dsotop runbook list | show | lint | run | runs | resume | abandon | export`" + `; as documents (-o json): [runbook-list](schema/runbook-list.json),
[runbook-show](schema/runbook-show.json), [runbook-runs](schema/runbook-runs.json).

## A team's own books

` + "`runbooks: [folder…]`" + ` in the configuration. A book of the same id takes the place of a shipped one. ` + "`dsotop runbook lint FILE`" + ` tells every mistake with line and column; editors check against
[the schema](schema/runbook.schema.json) with the first line below. The facts are in [runbook-facts.md](runbook-facts.md), the deeds in [actions.md](actions.md).

` + "```yaml" + `
# yaml-language-server: $schema=…/docs/schema/runbook.schema.json
id: TEAM-01
title: {fr: Vider le cache, en: Empty the cache}
needs: [project, environment, workload]
params:
  - {name: minutes, type: int, default: "10", title: {fr: Attente, en: Wait}}
steps:
  - id: well
    title: {fr: Les pods vont bien, en: Pods are well}
    check: environment.ready == environment.desired
    on_failure: stop                # ask (default), stop, continue, or {goto: STEP}
  - id: restart
    title: {fr: Redémarrer, en: Restart}
    action: {deed: kubernetes.restart, on: workload}
  - id: errors
    title: {fr: Sans erreur, en: No error}
    query:
      logql: 'sum(count_over_time({namespace="${environment.namespace}"} |= "error" [5m]))'
      expect: value < 10.0
      empty: pass
      within: 10m
  - id: tell
    title: {fr: Prévenir, en: Tell}
    ask: {question: {fr: Prévenez le support., en: Tell the support.}, copy: "${project.slug}/${environment.name}: cache"}
` + "```" + `

A step is one of *note* (Markdown), *check* (a condition, now or ` + "`within`" + ` a time), *query* (LogQL or PromQL against a threshold), *action* (a deed), *ask* (` + "`choices`, `value`, `another`" + ` person, or just *done*).
` + "`if:`" + ` skips it, ` + "`next:`" + ` says where to go after a success (` + "`end`" + ` ends well).

## The books shipped

| book | what | played on | steps |
|---|---|---|---|
`)
	books := Load().Books
	for _, k := range books {
		var needs []string
		for _, n := range k.Needs {
			needs = append(needs, string(n))
		}
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %s | %d |\n", k.ID, strings.ToLower(k.ID), k.Title.EN, strings.Join(needs, ", "), len(k.Steps))
	}
	for _, k := range books {
		fmt.Fprintf(&b, "\n### %s\n\n**%s** — %s\n\n- **When.** %s\n- **Who.** %s\n- **Risk.** %s\n- **Rollback.** %s\n\n", k.ID, k.Title.EN, k.Summary.EN, k.When.EN, k.Who.EN, k.Risk.EN, k.Rollback.EN)
		for i, s := range k.Steps {
			fmt.Fprintf(&b, "%d. %s *(%s)*\n", i+1, s.Title.EN, s.Kind)
		}
	}
	return b.String()
}

// TestSchema checks the books against the schema that editors use, and the schema against a book that is wrong.
func TestSchema(t *testing.T) {
	c := jsonschema.NewCompiler()
	schema, err := c.Compile(filepath.Join("..", "..", "docs", "schema", "runbook.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range Load().Books {
		var doc any
		if err := yaml.Unmarshal([]byte(b.Source), &doc); err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(jsonOf(doc)); err != nil {
			t.Errorf("%s: %v", b.ID, err)
		}
	}
	for _, step := range wrongShapes() { // what an editor refuses is what dsotop refuses
		text := "id: X\ntitle: t\nsteps: [{id: a, title: b" + step + "}]\n"
		if _, wrong := Decode("b.yaml", []byte(text)); len(wrong) == 0 {
			t.Errorf("dsotop takes %s", step)
		}
		var doc any
		if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
			t.Fatal(err)
		}
		if schema.Validate(jsonOf(doc)) == nil {
			t.Errorf("the schema takes %s", step)
		}
	}
}

// wrongShapes are steps that are wrong whatever the facts are.
func wrongShapes() []string {
	return []string{
		"", ", chek: 'true'", ", note: c, check: 'true', ask: {question: q}", ", check: {within: 5m}", ", check: {that: 'true', within: 5 minutes}", ", check: [1]", ", check: 'true', on_failure: explode",
		", check: 'true', on_failure: {got: b}", ", ask: {}", ", ask: {question: q, choices: []}", ", ask: {question: q, choices: [{label: l}]}", ", ask: {question: q, value: nombre}", ", ask: {question: q, another: 3}", ", ask: {question: q, value: string, wanted: w}",
		", query: {expect: value > 1.0}", ", query: {logql: x}", ", query: {logql: x, promql: y, expect: value > 1.0}", ", query: {logql: x, expect: value > 1.0, empty: perhaps}", ", query: {logql: x, expect: value > 1.0, over: 3}",
		", action: {deed: console.replay}", ", action: {on: project}", ", action: {deed: replay, on: project}", ", action: {deed: console.replay, on: projekt}", ", action: {deed: console.replay, on: projects}",
		", action: {deed: console.replay, on: projects, where: 'true', together: 0}", ", action: {deed: console.replay, on: projects, where: 'true', stop_above: 2}", ", action: {deed: console.replay, on: project, with: [a]}",
	}
}

// jsonOf makes JSON's types of YAML's.
func jsonOf(v any) any {
	switch x := v.(type) {
	case map[string]any:
		for k, e := range x {
			x[k] = jsonOf(e)
		}
	case []any:
		for i, e := range x {
			x[i] = jsonOf(e)
		}
	case uint64:
		return float64(x)
	case int64:
		return float64(x)
	}
	return v
}
