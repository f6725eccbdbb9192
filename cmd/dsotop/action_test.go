package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"dsotop/internal/actions"
	"dsotop/internal/actions/deeds"
	"dsotop/internal/ui/uitest"
	"dsotop/internal/ui/words"
)

func followsSchema(t *testing.T, name, text string) {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile("../../docs/schema/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	if err := schema.Validate(value); err != nil {
		t.Errorf("%v", err)
	}
}

// The whole way on the command line: listed, planned without a trace, refused where it must be, done once, told in the journal.
func TestActions(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	config := serveDemo(t, home)
	call := func(code int, args ...string) result {
		t.Helper()
		r := dsotop(t, home, nil, append([]string{"--config", config, "--lang", "en", "action"}, args...)...)
		if r.code != code {
			t.Fatalf("%v: code %d, want %d: %s%s", args, r.code, code, r.out, r.err)
		}
		return r
	}
	journals := func() []string {
		var found []string
		_ = filepath.WalkDir(home, func(path string, _ os.DirEntry, _ error) error {
			if filepath.Base(path) == "journal.jsonl" {
				found = append(found, path)
			}
			return nil
		})
		return found
	}
	followsSchema(t, "action-list", call(exitFine, "list", "-o", "json").out)
	followsSchema(t, "action-list", call(exitFine, "list", "vigibat", "-o", "json").out)
	r := call(exitFine, "plan", "console.replay", "vigibat", "-o", "json")
	followsSchema(t, "action-plan", r.out)
	contains(t, "the plan", r.out, `"PUT"`, "$DSOTOP_CONSOLE_TOKEN", "/hooks")
	contains(t, "reading only", call(exitUsage, "run", "console.replay", "vigibat", "--yes").err, "--write")
	contains(t, "nobody to ask", call(exitUsage, "run", "console.replay", "vigibat", "--write").err, "--yes")
	contains(t, "production", call(exitUsage, "run", "console.lock", "guichet", "--write", "--yes").err, "--confirm guichet")
	contains(t, "an unknown one", call(exitUsage, "plan", "console.replai", "vigibat").err, "unknown action")
	contains(t, "nothing of that name", call(exitUsage, "plan", "console.replay", "nobody").err, "names nothing known")
	if j := journals(); len(j) != 0 {
		t.Errorf("planning left %v", j)
	}
	r = call(exitFine, "run", "argocd.refresh", "agendaprefs-prod-c626-agenda-infra-08e2", "--write", "--yes", "-o", "json")
	followsSchema(t, "action-run", r.out)
	contains(t, "the run", r.out, `"outcome": "done"`)
	j := journals()
	if len(j) != 1 {
		t.Fatalf("%v", j)
	}
	text, err := os.ReadFile(j[0])
	if err != nil {
		t.Fatal(err)
	}
	var events []string
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		var e actions.Entry
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		events = append(events, e.Event)
	}
	if got := strings.Join(events, " "); got != "file intent answer verdict" {
		t.Error(got)
	}
	// Of an outcome that nobody knows: it is listed, and looked at again without a right to write.
	var ran struct{ Run string }
	if err := json.Unmarshal([]byte(r.out), &ran); err != nil {
		t.Fatal(err)
	}
	contains(t, "every outcome known", call(exitFine, "look").out, "it is known of every action")
	if err := actions.OpenJournal(filepath.Dir(j[0]), nil).Add(actions.Entry{Event: actions.EventVerdict, Run: ran.Run, Outcome: actions.Unknown}); err != nil {
		t.Fatal(err)
	}
	contains(t, "what is left", call(exitFine, "look").out, ran.Run+"  ", "outcome unknown")
	contains(t, "another run", call(exitUsage, "look", "nobody's").err, "without a known outcome")
	r = call(exitFine, "look", ran.Run[:len(ran.Run)-1], "-o", "json")
	followsSchema(t, "action-run", r.out)
	contains(t, "looked at again", r.out, `"outcome": "done"`, ran.Run)
	text, err = os.ReadFile(j[0])
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), `"event":"intent"`) + strings.Count(string(text), `"event":"answer"`); n != 2 {
		t.Errorf("looking again sent something: %s", text)
	}
}

// TestGeneratedActions holds the table of deeds in docs/actions.md against the program.
func TestGeneratedActions(t *testing.T) {
	const file = "../../docs/actions.md"
	old, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text := section(t, string(old), "deeds", deedsTable())
	if text == string(old) {
		return
	}
	if !uitest.Updating() {
		t.Fatal("docs/actions.md is stale: run make docs")
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func deedsTable() string {
	w := words.English()
	var sb strings.Builder
	sb.WriteString("| action | on | key | what it does | parameters | risk | several at once | way back |\n|---|---|---|---|---|---|---|---|\n")
	for _, d := range deeds.All() {
		kinds := make([]string, len(d.On))
		for i, k := range d.On {
			kinds[i] = w.Actions.Kind[string(k)]
		}
		var params []string
		for _, p := range d.Params {
			params = append(params, "`"+p.Name+"`")
		}
		several, undo := "", w.Actions.NoUndo
		if d.Bulk {
			several = fmt.Sprintf("%d at a time", max(d.Together, 1))
		}
		if u, ok := w.Deeds.Undo[d.Undo]; ok {
			undo = u
		}
		fmt.Fprintf(&sb, "| `%s` | %s | `%s` | %s | %s | %s | %s | %s |\n", d.ID, strings.Join(kinds, ", "), d.Key, w.DeedTitle(d.ID).Long, strings.Join(params, " "), w.Actions.Risk[d.Base.Word()], several, undo)
	}
	return sb.String()
}

// TestActionWhereTheConsoleRefuses: a name is not called unknown where nothing was told to us.
func TestActionWhereTheConsoleRefuses(t *testing.T) {
	t.Parallel()
	console := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, `{"message":"Not authenticated","error":"Unauthorized","statusCode":401}`)
	}))
	defer console.Close()
	home := t.TempDir()
	file := filepath.Join(home, "refused.yaml")
	if err := os.WriteFile(file, []byte("profile: p\nprofiles: {p: {console: {url: \""+console.URL+"\", token: env:NONE}}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := dsotop(t, home, []string{"NONE=x"}, "--config", file, "--lang", "en", "action", "plan", "console.replay", "portail")
	if r.code != exitSources {
		t.Errorf("code %d: %s%s", r.code, r.out, r.err)
	}
	contains(t, "why", r.err, "no source names a project", "401", "dsotop doctor")
}
