package main

import (
	"io"
	"strconv"
	"strings"
	"testing"

	"dsotop/internal/fleet"
	"dsotop/internal/ui"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/uitest"
)

// keysOf are subjects of every kind of page, found in what a view knows.
func keysOf(t *testing.T, v *fleet.View) map[string][]string {
	t.Helper()
	row, ok := v.Project("agendaprefs")
	if !ok {
		t.Fatal("no project agendaprefs")
	}
	d := row.Dossier
	env := &d.Environments[0]
	for i := range d.Environments {
		if len(d.Environments[i].Pods) > 0 {
			env = &d.Environments[i]
		}
	}
	lists := []string{"", d.Project.ID, env.Namespace}
	out := map[string][]string{
		page.Fleet: {""}, page.Sources: {""}, page.Perf: {""}, page.Journal: {""}, page.Runbooks: {""}, page.Run: {"20261121-140720-a1b2"}, page.Onboarding: {"", d.Project.ID},
		page.Project: {d.Project.ID}, page.Environment: {env.Namespace}, page.Commit: {"a1b2c3d4e5f60718293a4b5c6d7e8f9001122334"}, page.Pod: {env.Namespace + "/" + env.Pods[0].Name},
		page.Alert: {d.Project.ID + "/nothing{}"}, page.Change: {page.ChangeKey(d.Project.ID, "forge/agendaprefs/web", "a1b2c3d4e5f60718293a4b5c6d7e8f9001122334")},
	}
	for _, kind := range []string{page.Pipelines, page.Quality, page.Images, page.GitOps, page.Pods, page.Metrics, page.Alerts, page.Timeline, page.Logs} {
		out[kind] = lists
	}
	for i := range d.Repositories {
		r := &d.Repositories[i]
		out[page.Gate] = []string{d.Project.ID + "/" + r.Name}
		if len(r.Pipelines) > 0 {
			x := r.Pipelines[0]
			out[page.Pipeline], out[page.Trace] = []string{page.ForgeKey(x.Path, "pipelines", x.ID)}, []string{page.ForgeKey(x.Path, "jobs", x.ID)}
		}
	}
	if len(d.Images) > 0 {
		out[page.Image] = []string{d.Project.ID + "/" + d.Images[0].Repository + "@" + d.Images[0].Digest}
	}
	for i := range d.Environments {
		for _, a := range d.Environments[i].Applications {
			out[page.Application] = []string{a.Key()}
		}
	}
	return out
}

// TestEveryPageIsACommand goes to every kind of page and holds what the copy menu offers "as command" against the commands that exist.
func TestEveryPageIsACommand(t *testing.T) {
	for _, lang := range []string{"fr", "en"} {
		s := uitest.Open(t, uitest.NewBackend(7), lang, 120, 40)
		v := uitest.NewBackend(7).View()
		keys := keysOf(t, v)
		for _, e := range ui.Pages() {
			if len(keys[e.Kind]) == 0 {
				t.Errorf("no subject for %s", e.Kind)
			}
			for _, key := range keys[e.Kind] {
				if !s.Root.Visit(intent.Ref{Kind: e.Kind, Key: key}) {
					t.Fatalf("no page %s", e.Kind)
				}
				_ = s.Screen()
				own := 0
				for _, l := range s.Root.CommandLines() {
					words := shellWords(t, l.Text)
					if len(words) < 2 || words[0] != l.Tool {
						t.Errorf("%s %q: %q is not a line of %s", e.Kind, key, l.Text, l.Tool)
					}
					if l.Tool != "dsotop" {
						continue
					}
					own++
					if err := parses(lang, words[1:]); err != nil {
						t.Errorf("%s %q: %q: %v", e.Kind, key, l.Text, err)
					}
				}
				if own != 1 {
					t.Errorf("%s %q: %d lines of dsotop", e.Kind, key, own)
				}
				s.Press("c")
				s.Shows(map[string]string{"fr": "en commande", "en": "as command"}[lang])
				s.Press("esc")
			}
		}
	}
}

// TestPagesKnowWhatPrintsThemElsewhere names the other program for the pages where there is one.
func TestPagesKnowWhatPrintsThemElsewhere(t *testing.T) {
	s := uitest.Open(t, uitest.NewBackend(7), "en", 120, 40)
	keys := keysOf(t, uitest.NewBackend(7).View())
	for kind, tool := range map[string]string{
		page.Pod: "kubectl", page.Pods: "kubectl", page.Environment: "kubectl", page.Pipelines: "curl", page.Quality: "curl", page.Images: "curl", page.GitOps: "argocd",
		page.Application: "argocd", page.Alerts: "amtool", page.Fleet: "curl", page.Project: "curl",
	} {
		s.Root.Visit(intent.Ref{Kind: kind, Key: keys[kind][min(len(keys[kind])-1, 1)]})
		_ = s.Screen()
		found := false
		for _, l := range s.Root.CommandLines() {
			found = found || l.Tool == tool
		}
		if !found {
			t.Errorf("%s: no line of %s: %+v", kind, tool, s.Root.CommandLines())
		}
	}
}

// parses holds arguments against the commands: names, flags, number of arguments. Nothing runs.
func parses(tag string, args []string) error {
	p := &program{streams: streams{out: io.Discard, err: io.Discard}, env: func(string) string { return "" }}
	p.loadThemes()
	p.lang = lang(tag)
	root := p.root()
	cmd, rest, err := root.Find(args)
	if err != nil {
		return err
	}
	if err := cmd.ParseFlags(rest); err != nil {
		return err
	}
	left := cmd.Flags().Args()
	if cmd == root && len(left) > 0 {
		return strconv.ErrSyntax
	}
	return cmd.ValidateArgs(left)
}

// shellWords splits a line as a POSIX shell does, as far as our quoting goes: single quotes whole, double ones kept together.
func shellWords(t *testing.T, line string) []string {
	t.Helper()
	var out []string
	var b strings.Builder
	quote, begun := rune(0), false
	for i, r := range line {
		switch {
		case quote == 0 && r == '\\':
			begun = true
		case quote == 0 && (r == '\'' || r == '"'):
			quote, begun = r, true
		case r == quote:
			quote = 0
		case quote == 0 && r == ' ':
			if begun {
				out = append(out, b.String())
			}
			b.Reset()
			begun = false
		case quote == 0 && strings.ContainsRune("&|;<>(){}*?#`$!~", r) && line[:i] != "":
			if r != '$' { // a variable of the person's own
				t.Errorf("%q: %q is not quoted", line, r)
			}
			b.WriteRune(r)
			begun = true
		default:
			b.WriteRune(r)
			begun = true
		}
	}
	if quote != 0 {
		t.Errorf("%q: a quote is open", line)
	}
	if begun {
		out = append(out, b.String())
	}
	return out
}
