package ui_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/vt"

	"dsotop/internal/platform"
	"dsotop/internal/platform/hostile"
	"dsotop/internal/store"
	"dsotop/internal/ui/uitest"
)

// FuzzHostileFacts puts one text into every field of every noun, raw, as if no source had cleaned it, and walks over every page: each
// line of each frame is exactly as wide as the window, as an emulator that knows nothing of us counts it, and carries no sequence but
// the colours of the style.
func FuzzHostileFacts(f *testing.F) {
	for i, text := range append(hostile.Texts(), strings.Repeat("long ", 2000), "") {
		f.Add(text, uint8(i&3<<4|(i+i>>2)&15)) //nolint:gosec // small: one of the four walks each, each walk meets a quarter of the texts in all sizes
	}
	for part := range 4 {
		f.Add("normal", uint8(part<<4)) //nolint:gosec // small
	}
	f.Fuzz(func(t *testing.T, text string, kind uint8) {
		b := uitest.NewBackend(2)
		infest(b, text, kind&1 == 0)
		size := [][2]int{{80, 24}, {120, 40}, {170, 30}, {60, 15}}[kind>>1&3]
		s := uitest.Open(t, b, []string{"fr", "en"}[kind>>3&1], size[0], size[1])
		e := newEye(t)
		e.look(s, size[0], size[1])
		press := func(keys ...string) {
			for _, key := range keys {
				s.Press(key)
				e.look(s, size[0], size[1])
				if t.Failed() {
					t.Fatalf("after %q of %v", key, keys)
				}
			}
		}
		tabs := func(way ...string) {
			for tab := range 6 {
				press(way...)
				press(slices.Repeat([]string{"tab"}, tab)...)
				press("down", "down", "space", "c", "down", "enter")
			}
		}
		const environments = 6 // tabs of a project before its environments
		depth := 0             // of the names in the title that the walk must have seen, or it would prove nothing
		switch kind >> 4 & 3 {
		case 0:
			press("down", "space", "i", "i", "c", "esc", "!", "!", "?", "down", "esc")
			for _, open := range []string{":", "/"} {
				press("1", open)
				s.Send(tea.PasteMsg{Content: text})
				e.look(s, size[0], size[1])
				press("left", "backspace", "x", "enter", "esc")
			}
			press("1", "/")
			s.Type(text[:min(len(text), 40)])
			e.look(s, size[0], size[1])
			depth = 1
		case 1:
			tabs("1", "enter")
			depth = 1
		case 2:
			tabs(append([]string{"1", "enter"}, append(slices.Repeat([]string{"tab"}, environments), "enter")...)...)
			depth = 2
		case 3:
			press("1", ":")
			s.Type("sources")
			press("enter", "down", "down", "enter", "c", "enter")
			depth = 1
		}
		deepest := 0
		for title := range e.titles {
			deepest = max(deepest, strings.Count(title, " · "))
		}
		if text == "normal" && deepest < depth {
			t.Errorf("only the pages %q were seen", slices.Collect(maps.Keys(e.titles)))
		}
	})
}

// infest replaces the facts of a platform by such as hold text everywhere. What joins them stays, and with states also the words that
// rules and signs go by.
func infest(b *uitest.Backend, text string, states bool) {
	joins := []string{"ID", "ProjectID", "EnvironmentID", "ClusterID", "ZoneID", "StageID", "Namespace", "DestNamespace", "Instance", "Kind", "UID", "Type", "Stage", "URL"}
	words := []string{"Status", "Sync", "Health", "Phase", "Reason", "State", "Severity", "Remedy", "SyncStatus", "Tool", "Name", "Metric", "Comparator"}
	change := func(field, old string) string {
		switch {
		case slices.Contains(joins, field):
			return old
		case states && slices.Contains(words, field):
			return old
		case states:
			return old + text
		}
		return text
	}
	v := b.View()
	b.Store.Apply(func(tx *store.Tx) {
		for _, row := range v.Projects {
			d := row.Dossier
			id := d.Project.ID
			plain := map[string]string{"ProjectID": id, "Type": "app"}
			if states {
				maps.Copy(plain, map[string]string{"Status": "failed", "Health": "Degraded", "Sync": "OutOfSync", "Phase": "Failed", "State": "waiting", "Reason": "ImagePullBackOff", "SyncStatus": "SyncFailed", "Level": "error"})
			}
			poison(tx, store.Projects, "console", id, text, plain, d.Project, change)
			poison(tx, store.Log, "console", id, text, plain, platform.LogEntry{}, change)
			poison(tx, store.Members, "console", id, text, plain, platform.Member{}, change)
			poison(tx, store.Roles, "console", id, text, plain, platform.Role{}, change)
			poison(tx, store.Tokens, "gitlab", id, text, plain, platform.AccessToken{}, change)
			var repositories []platform.Repository
			for _, r := range d.Repositories {
				one := r.Repository
				if !states {
					one.Name = text
				}
				repositories = append(repositories, one)
				plain["Repository"], plain["Name"], plain["RepositoryName"] = one.Name, one.Name, one.Name
			}
			poison(tx, store.Repositories, "console", id, text, plain, repositories[0], change)
			poison(tx, store.GitRepos, "gitlab", id, text, plain, platform.GitRepository{}, change)
			poison(tx, store.Pipelines, "gitlab", id, text, plain, platform.Pipeline{}, change)
			poison(tx, store.Gates, "sonarqube", id, text, plain, platform.Gate{}, change)
			poison(tx, store.Images, "harbor", id, text, plain, platform.Image{}, change)
			delete(plain, "Name")
			var environments []platform.Environment
			for _, e := range d.Environments {
				one := e.Environment
				hostile.Poison(&one, change)
				environments = append(environments, one)
				in := maps.Clone(plain)
				in["Namespace"], in["DestNamespace"], in["EnvironmentID"] = e.Namespace, e.Namespace, one.ID
				poison(tx, store.Applications, "argocd/usu", id, text, in, e.Applications[0], change)
				const cluster = "kubernetes/mi-prod-1"
				poison(tx, store.Pods, cluster, e.Namespace, text, in, e.Pods[0], change)
				poison(tx, store.Workloads, cluster, e.Namespace, text, in, e.Workloads[0], change)
				poison(tx, store.Events, cluster, e.Namespace, text, in, platform.Event{Namespace: e.Namespace}, change)
				poison(tx, store.Quotas, cluster, e.Namespace, text, in, platform.Quota{Namespace: e.Namespace}, change)
				poison(tx, store.LogErrors, "loki", e.Namespace, text, in, platform.LogLine{Namespace: e.Namespace}, change)
			}
			store.Environments.Put(tx, "console", id, environments)
			alert := map[string]string{"ProjectID": id, "State": "firing"}
			poison(tx, store.Alerts, "alertmanager", "", text, alert, platform.Alert{ProjectID: id, State: "firing"}, change)
		}
		for sh := range store.Health.All(b.Store.Current()) {
			h := sh.Items[0]
			h.Problems, h.Rights = make([]platform.Problem, 2), make([]platform.Right, 2)
			h.State, h.Detail, h.Version, h.Identity, h.Expires = platform.StateForbidden, "x", "x", "x", b.Now().Add(time.Hour)
			hostile.Poison(&h, func(field, old string) string {
				if field == "State" || field == "Kind" || field == "Remedy" {
					return old
				}
				return text
			})
			store.Health.Put(tx, sh.Source, sh.Scope, []platform.SourceHealth{h})
		}
	})
}

// poison puts two nouns on a shelf: one that was there, changed, and one that is full of text.
func poison[T any](tx *store.Tx, kind store.Kind[T], source, scope, text string, plain map[string]string, was T, change func(field, old string) string) {
	var full T
	hostile.Fill(&full, text, plain)
	hostile.Poison(&was, change)
	kind.Put(tx, source, scope, []T{was, full})
}

// eye looks at frames through an emulator.
type eye struct {
	t      *testing.T
	screen *vt.Emulator
	seen   map[string]bool // lines looked at before
	titles map[string]bool // of the pages seen
}

// margin is how many cells a line could run over without the emulator wrapping it.
const margin = 60

func newEye(t *testing.T) *eye {
	e := &eye{t: t, screen: vt.NewEmulator(250+margin, 2), seen: map[string]bool{}, titles: map[string]bool{}}
	e.screen.SetCallbacks(vt.Callbacks{Title: func(s string) { t.Errorf("the title became %q", s) }, Bell: func() { t.Error("it rang") }})
	return e
}

var sgr = regexp.MustCompile(`\x1b\[[0-9;:]*m`)

func (e *eye) look(s *uitest.Session, w, h int) {
	e.t.Helper()
	lines := s.Root.Screen()
	if len(lines) != h {
		e.t.Errorf("%d lines for a height of %d", len(lines), h)
	}
	for i, l := range lines {
		if e.seen[l] {
			continue
		}
		e.seen[l] = true
		if found := hostile.Dirty(sgr.ReplaceAllString(l, "")); len(found) > 0 {
			e.t.Errorf("line %d: %v", i, found)
		}
		_, _ = e.screen.WriteString("\x1b[H\x1b[2K" + l)
		if got := e.screen.CursorPosition(); got.X != w || got.Y != 0 {
			e.t.Errorf("line %d ends at %d, not %d: %q", i, got.X, w, l)
		}
	}
	e.titles[s.Root.View().WindowTitle] = true
	if found := hostile.Dirty(s.Root.View().WindowTitle); len(found) > 0 {
		e.t.Errorf("window title: %v", found)
	}
}
