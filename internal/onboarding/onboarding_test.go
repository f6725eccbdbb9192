package onboarding_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dsotop/internal/onboarding"
	"dsotop/internal/platform"
)

const whole = `# Fiche de testform, tenue par la Service Team
version: 1
project: testform
track: pax

items:
  # la demande est arrivée par le formulaire
  request:
    state: ok
    by: "service.team"
    at: 2026-11-16
    comment: "dossier 1234567"
  production.audit:
    state: ok
    by: "service.team"
    at: 2026-01-10
    until: 2027-01-10
  mirror:
    state: waiting
    by: "a"
    at: 2026-11-17
    owner: host

prerequisites:
  data_volume: 2.5 # Gio
  external: [SMTP, "S3"]
  architecture: https://forge.example/dat
  start: 17/11/2026
compatibility:
  linux: yes
  rootless: non
skills:
  helm: na
`

func day(s string) time.Time { t, _ := platform.ParseDay(s); return t }

func folder(t *testing.T, files map[string]string) (*onboarding.Folder, string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o640); err != nil {
			t.Fatal(err)
		}
	}
	f := onboarding.Open(dir)
	f.Look()
	return f, dir
}

func content(t *testing.T, dir, slug string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, slug+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestParse(t *testing.T) {
	l, err := onboarding.Parse("testform.yaml", "testform", []byte(whole))
	if err != nil {
		t.Fatal(err)
	}
	want := &platform.Ledger{
		Project: "testform", Track: platform.TrackPAX,
		Items: map[string]platform.Tick{
			"request":          {State: platform.StepOK, By: "service.team", At: day("2026-11-16"), Comment: "dossier 1234567"},
			"production.audit": {State: platform.StepOK, By: "service.team", At: day("2026-01-10"), Until: day("2027-01-10")},
			"mirror":           {State: platform.StepWaiting, By: "a", At: day("2026-11-17"), Owner: platform.OwnerHost},
		},
		Fields: map[string]platform.Field{
			"data_volume": {Kind: platform.FieldNumber, Number: 2.5}, "external": {Kind: platform.FieldList, List: []string{"SMTP", "S3"}},
			"architecture": {Kind: platform.FieldLink, Text: "https://forge.example/dat"}, "start": {Kind: platform.FieldDate, Date: day("2026-11-17")},
		},
		Compatibility: map[string]string{"linux": "yes", "rootless": "no"}, Skills: map[string]string{"helm": "na"},
	}
	if diff := cmp.Diff(want, l); diff != "" {
		t.Error(diff)
	}
}

// Every mistake is told with its line, and nothing of a file with one is used.
func TestMistakes(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"no version":     {"project: web\n", []string{"version"}},
		"later version":  {"version: 2\n", []string{"web.yaml:1:10: version"}},
		"unknown key":    {"version: 1\nitem: {}\n", []string{"web.yaml:2:1: clé inconnue « item » ; vouliez-vous dire « items » ?"}},
		"unknown item":   {"version: 1\nitems:\n  reqest: {state: ok, by: a, at: 2026-01-01}\n", []string{"web.yaml:3:3: clé inconnue « reqest » ; vouliez-vous dire « request » ?"}},
		"system's step":  {"version: 1\nitems:\n  pipeline: {state: ok, by: a, at: 2026-01-01}\n", []string{"web.yaml:3:3: « pipeline » est lue dans les systèmes"}},
		"nobody":         {"version: 1\nitems:\n  request: {state: ok}\n", []string{"web.yaml:3:3: « request » demande un nom"}},
		"no state":       {"version: 1\nitems:\n  request: {by: a, at: 2026-01-01}\n", []string{"n'a pas d'état"}},
		"bad date":       {"version: 1\nitems:\n  request:\n    state: ok\n    by: a\n    at: demain\n", []string{"web.yaml:6:9: une date"}},
		"two at once":    {"version: 1\ntrack: ovh\nskills:\n  cobol: yes\n", []string{"web.yaml:2:8: valeur inconnue « ovh »", "web.yaml:4:3: clé inconnue « cobol »"}},
		"number":         {"version: 1\nprerequisites:\n  cpu: beaucoup\n", []string{"web.yaml:3:8: « cpu » : un nombre"}},
		"range":          {"version: 1\nprerequisites:\n  case: 5\n", []string{"un nombre de 1 à 4"}},
		"link":           {"version: 1\nprerequisites:\n  architecture: https://u:p@h/x\n", []string{"sans identifiant"}},
		"twice":          {"version: 1\nversion: 1\n", []string{"web.yaml:2:1: la clé « version » est écrite deux fois"}},
		"not a list":     {"version: 1\nitems: [a]\n", []string{"web.yaml:2:8: des clés sont attendues"}},
		"broken":         {"version: 1\nitems: {\n", []string{"YAML incorrect"}},
		"someone else's": {"version: 1\nproject: autre\n", []string{"celui du projet « autre »"}},
		"checklist":      {"version: 1\ncompatibility:\n  linux: peut-être\n", []string{"web.yaml:3:10: valeur inconnue"}},
		"git": {"version: 1\nitems:\n<<<<<<< HEAD\n  request: {state: ok, by: a, at: 2026-01-01}\n=======\n  request: {state: ko, by: b, at: 2026-01-02}\n>>>>>>> branche\n",
			[]string{"web.yaml:3: conflit git non résolu, lignes 3 à 7"}},
	} {
		t.Run(name, func(t *testing.T) {
			l, err := onboarding.Parse("web.yaml", "web", []byte(c.text))
			var m *onboarding.Mistakes
			if !errors.As(err, &m) || len(l.Items)+len(l.Fields) != 0 {
				t.Fatalf("%v, %+v", err, l)
			}
			for _, want := range c.want {
				if !strings.Contains(m.Text("fr"), want) {
					t.Errorf("%q is not in\n%s", want, m.Text("fr"))
				}
			}
			if m.Merge != (name == "git") || m.Error() == "" {
				t.Errorf("merge %v, %v", m.Merge, m)
			}
		})
	}
}

// An edit changes its own lines: comments, order and blanks of people stay.
func TestEditsAreSmall(t *testing.T) {
	tick := &platform.Tick{State: platform.StepNA, By: `l'"équipe"`, At: day("2026-11-20"), Comment: `sans objet : "voir" \ ici # pas un commentaire`}
	for name, c := range map[string]struct {
		edit      onboarding.Edit
		gone, new string
	}{
		"replace": {onboarding.Edit{Section: onboarding.Items, Key: "request", Tick: tick},
			"    state: ok\n    by: \"service.team\"\n    at: 2026-11-16\n    comment: \"dossier 1234567\"\n  production.audit",
			"    state: na\n    by: \"l'\\\"équipe\\\"\"\n    at: 2026-11-20\n    comment: \"sans objet : \\\"voir\\\" \\\\ ici # pas un commentaire\"\n  production.audit"},
		"add":    {onboarding.Edit{Section: onboarding.Items, Key: "secrets", Tick: tick}, "    owner: host\n", "    owner: host\n  secrets:\n    state: na\n    by: \"l'\\\"équipe\\\"\"\n    at: 2026-11-20\n    comment: \"sans objet : \\\"voir\\\" \\\\ ici # pas un commentaire\"\n"},
		"remove": {onboarding.Edit{Section: onboarding.Items, Key: "production.audit"}, "  production.audit:\n    state: ok\n    by: \"service.team\"\n    at: 2026-01-10\n    until: 2027-01-10\n", ""},
		"number": {onboarding.Edit{Section: onboarding.Prerequisites, Key: "data_volume", Field: &platform.Field{Kind: platform.FieldNumber, Number: 40}}, "  data_volume: 2.5 # Gio\n", "  data_volume: 40\n"},
		"list": {onboarding.Edit{Section: onboarding.Prerequisites, Key: "external", Field: &platform.Field{Kind: platform.FieldList, List: []string{"SSO: Passage2", "- x"}}},
			"  external: [SMTP, \"S3\"]\n", "  external:\n    - \"SSO: Passage2\"\n    - \"- x\"\n"},
		"answer":  {onboarding.Edit{Section: onboarding.Compatibility, Key: "rootless", Answer: "yes"}, "  rootless: non\n", "  rootless: \"yes\"\n"},
		"section": {onboarding.Edit{Section: onboarding.Skills, Key: "helm"}, "skills:\n  helm: na\n", ""},
		"track":   {onboarding.Edit{Section: onboarding.Track, Answer: platform.TrackCloudPi}, "track: pax\n", "track: cloudpi\n"},
	} {
		t.Run(name, func(t *testing.T) {
			f, dir := folder(t, map[string]string{"testform.yaml": whole})
			if err := f.Change(t.Context(), "testform", f.Snapshot().Ledger("testform"), c.edit); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Replace(whole, c.gone, c.new, 1), content(t, dir, "testform")); diff != "" {
				t.Error(diff)
			}
			if st, _ := os.Stat(filepath.Join(dir, "testform.yaml")); st.Mode().Perm() != 0o640 {
				t.Errorf("the mode was %v", st.Mode())
			}
			if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
				t.Errorf("left in the team's folder: %v", left)
			}
		})
	}
}

func TestFirstTickMakesTheFile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "git", "embarquement")
	f := onboarding.Open(dir)
	bell, stop := f.Subscribe()
	defer stop()
	tick := platform.Tick{State: platform.StepOK, By: "a", At: day("2026-11-20")}
	if err := f.Change(t.Context(), "web", f.Snapshot().Ledger("web"), onboarding.Edit{Section: onboarding.Items, Key: "request", Tick: &tick}); err != nil {
		t.Fatal(err)
	}
	<-bell
	if got := f.Snapshot().Ledger("web").Items["request"]; got != tick {
		t.Errorf("%+v", got)
	}
	if st, err := os.Stat(filepath.Join(dir, "web.yaml")); err != nil || st.Mode().Perm() != 0o644 {
		t.Errorf("%v %v", st, err)
	}
	if err := onboarding.Open("").Change(t.Context(), "web", nil, onboarding.Edit{}); !errors.Is(err, onboarding.ErrNoFolder) || onboarding.Open("").Snapshot().Ledger("web") != nil {
		t.Error(err)
	}
	for _, slug := range []string{"../web", "", "a/b", "-x", "A"} {
		if err := f.Change(t.Context(), slug, nil, onboarding.Edit{Section: onboarding.Track, Answer: "pax"}); err == nil {
			t.Errorf("%q made a file", slug)
		}
	}
}

// Who saw something else under the key writes nothing; who changed another key loses nothing.
func TestConflicts(t *testing.T) {
	f, dir := folder(t, map[string]string{"testform.yaml": whole})
	saw := f.Snapshot().Ledger("testform")
	other := onboarding.Open(dir)
	other.Look()
	tick := func(by string) *platform.Tick {
		return &platform.Tick{State: platform.StepKO, By: by, At: day("2026-11-21")}
	}
	if err := other.Change(t.Context(), "testform", saw, onboarding.Edit{Section: onboarding.Items, Key: "request", Tick: tick("other")}); err != nil {
		t.Fatal(err)
	}
	theirs := content(t, dir, "testform")
	var c *onboarding.Conflict
	if err := f.Change(t.Context(), "testform", saw, onboarding.Edit{Section: onboarding.Items, Key: "request", Tick: tick("me")}); !errors.As(err, &c) || c.Now.Items["request"].By != "other" {
		t.Fatalf("%v", err)
	}
	if content(t, dir, "testform") != theirs {
		t.Error("a conflict wrote")
	}
	if err := f.Change(t.Context(), "testform", saw, onboarding.Edit{Section: onboarding.Items, Key: "secrets", Tick: tick("me")}); err != nil {
		t.Fatal(err)
	}
	if l := f.Snapshot().Ledger("testform"); l.Items["request"].By != "other" || l.Items["secrets"].By != "me" {
		t.Errorf("%+v", l.Items)
	}
	merge := "version: 1\n<<<<<<< HEAD\ntrack: pax\n=======\ntrack: cloudpi\n>>>>>>> b\n"
	if err := os.WriteFile(filepath.Join(dir, "testform.yaml"), []byte(merge), 0o640); err != nil {
		t.Fatal(err)
	}
	var m *onboarding.Mistakes
	if err := f.Change(t.Context(), "testform", saw, onboarding.Edit{Section: onboarding.Track, Answer: "pax"}); !errors.As(err, &m) || !m.Merge || content(t, dir, "testform") != merge {
		t.Errorf("%v", err)
	}
	f.Look()
	if l := f.Snapshot().Ledger("testform"); l.Broken == "" || f.Snapshot().Trouble("testform") == nil {
		t.Error("a file with conflict marks is not used")
	}
}

// A file in another layout is not rewritten: its owner is told to edit it.
func TestLayout(t *testing.T) {
	text := "{version: 1, items: {request: {state: ok, by: a, at: 2026-01-01}}}\n"
	f, dir := folder(t, map[string]string{"web.yaml": text})
	err := f.Change(t.Context(), "web", f.Snapshot().Ledger("web"), onboarding.Edit{Section: onboarding.Items, Key: "request"})
	if !errors.Is(err, onboarding.ErrLayout) || content(t, dir, "web") != text {
		t.Errorf("%v\n%s", err, content(t, dir, "web"))
	}
}

func TestManyWriters(t *testing.T) {
	dir := t.TempDir()
	var wg sync.WaitGroup
	for i, key := range []string{"request", "prequalification", "secrets", "resources.dns", "production.audit", "accounts.ticketing"} {
		f := onboarding.Open(dir)
		wg.Go(func() {
			for n := range 5 {
				f.Look()
				tick := platform.Tick{State: platform.StepOK, By: strings.Repeat("x", n+1), At: day("2026-11-21").AddDate(0, 0, i)}
				err := f.Change(t.Context(), "web", f.Snapshot().Ledger("web"), onboarding.Edit{Section: onboarding.Items, Key: key, Tick: &tick})
				if err != nil && !strings.Contains(err.Error(), "exists") {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	f := onboarding.Open(dir)
	f.Look()
	if l := f.Snapshot().Ledger("web"); len(l.Items) != 6 || l.Items["request"].By != "xxxxx" {
		t.Errorf("%+v", l)
	}
}

func TestLookTellsWhatChanged(t *testing.T) {
	f, dir := folder(t, map[string]string{"a.yaml": "version: 1\n", "b.yaml": "version: 1\n", "README.md": "x", "B b.yaml": "x"})
	first := f.Snapshot()
	if f.Look() || len(first.Slugs()) != 2 {
		t.Errorf("nothing changed; %v", first.Slugs())
	}
	if err := os.WriteFile(filepath.Join(dir, "a.yaml"), []byte("version: 1\ntrack: pax\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if !f.Look() || f.Snapshot().Revision("a") == first.Revision("a") || f.Snapshot().Revision("b") != first.Revision("b") {
		t.Error("a changed and b did not")
	}
	if err := os.Remove(filepath.Join(dir, "a.yaml")); err != nil {
		t.Fatal(err)
	}
	if !f.Look() || f.Snapshot().Ledger("a").Track != "" {
		t.Error("a is gone")
	}
	file := filepath.Join(dir, "b.yaml")
	g := onboarding.Open(file)
	if !g.Look() || g.Snapshot().Err == nil || g.Snapshot().Ledger("x").Broken == "" || g.Look() {
		t.Error("a file is no folder, and that is told once")
	}
}

// What is read is either a ledger or a mistake, and an edit of it says exactly what was meant, or nothing is written.
func FuzzEdit(f *testing.F) {
	f.Add(whole, "request", "by", "comment")
	f.Add("version: 1\nitems:\n  request:\n    state: ok\n    by: a\n    at: 2026-01-01\n\n# end", "secrets", "b", "c: \"d\"")
	f.Add("version: 1\r\nitems: {}\r\n", "request", "x", "")
	f.Add("items:\n  request: &a {state: ok, by: a, at: 2026-01-01}\nversion: 1", "request", "#", "\\")
	f.Add("<<<<<<< a\n>>>>>>> b\n", "request", "", "")
	f.Fuzz(func(t *testing.T, text, key, by, comment string) {
		if _, manual := platform.Tickable(key); !manual || platform.CleanLine(strings.TrimSpace(by)) != by || by == "" || platform.CleanLine(strings.TrimSpace(comment)) != comment {
			return
		}
		before, err := onboarding.Parse("f", "", []byte(text))
		if err != nil {
			return
		}
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "web.yaml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		folder := onboarding.Open(dir)
		folder.Look()
		tick := platform.Tick{State: platform.StepOK, By: by, At: day("2026-11-20"), Comment: comment}
		err = folder.Change(t.Context(), "web", folder.Snapshot().Ledger("web"), onboarding.Edit{Section: onboarding.Items, Key: key, Tick: &tick})
		raw, _ := os.ReadFile(filepath.Join(dir, "web.yaml"))
		if err != nil {
			if string(raw) != text {
				t.Errorf("an error wrote: %v", err)
			}
			return
		}
		after, err := onboarding.Parse("f", "", raw)
		if err != nil || after.Items[key] != tick || len(after.Fields) != len(before.Fields) || len(after.Skills) != len(before.Skills) {
			t.Errorf("%v\n%s", err, raw)
		}
	})
}

// TestAPipeIsNoLedger: opening one would wait for ever for who writes into it.
func TestAPipeIsNoLedger(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "guichet.yaml"), 0o600); err != nil {
		t.Fatal(err)
	}
	f := onboarding.Open(dir)
	f.Look()
	if err := f.Snapshot().Trouble("guichet"); err == nil || !strings.Contains(err.Error(), "is not a file") {
		t.Errorf("%v", err)
	}
}
