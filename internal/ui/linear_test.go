package ui_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"dsotop/internal/platform"
	"dsotop/internal/ui"
	"dsotop/internal/ui/uitest"
)

// listener is a person who hears a session.
type listener struct {
	t    *testing.T
	b    *uitest.Backend
	l    *ui.Linear
	out  bytes.Buffer
	left bool
}

func listen(t *testing.T, lang string) *listener {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	x := &listener{t: t, b: uitest.NewBackend(7)}
	root, _, err := ui.New(ctx, ui.Options{Backend: x.b, Lang: lang, Width: 120, Height: 60, Theme: "dark", Profile: colorprofile.TrueColor, Environ: []string{"LANG=C.UTF-8"}, Still: true})
	if err != nil {
		stop()
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close(); stop() })
	x.l = ui.NewLinear(root, &x.out)
	x.carry(x.l.Init())
	return x
}

func (x *listener) carry(cmd tea.Cmd) {
	queue := []tea.Cmd{cmd}
	for len(queue) > 0 {
		cmd, queue = queue[0], queue[1:]
		if cmd == nil {
			continue
		}
		switch m := cmd().(type) {
		case nil:
		case tea.QuitMsg:
			x.left = true
		case tea.BatchMsg:
			queue = append(queue, m...)
		default:
			_, next := x.l.Update(m)
			queue = append(queue, next)
		}
	}
}

// hears presses keys and returns what is said.
func (x *listener) hears(keys ...string) string {
	x.out.Reset()
	for _, k := range keys {
		_, cmd := x.l.Update(uitest.Key(k))
		x.carry(cmd)
	}
	return x.out.String()
}

func (x *listener) expect(what, said string, words ...string) {
	x.t.Helper()
	for _, w := range words {
		if !strings.Contains(said, w) {
			x.t.Errorf("%s: %q is not said:\n%s", what, w, said)
		}
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(said, "\r\n"), "\r\n") {
		if strings.ContainsFunc(line, func(r rune) bool {
			return r < ' ' || r >= '─' && r <= '◿' || r >= '⠀' && r <= '⣿' || strings.ContainsRune("✔✖▌", r)
		}) {
			x.t.Errorf("%s: not plain: %q", what, line)
		}
	}
}

// A page is read whole when it opens; then only what changed: the row under the cursor with its columns, the sentence at the foot.
func TestLinear(t *testing.T) {
	x := listen(t, "fr")
	first := x.out.String()
	x.expect("the start", first, "dsotop, en lignes", "pax, Parc", "2 critiques", "agendaprefs", "vigibat", "portail")

	said := x.hears("down")
	x.expect("a row", said, "PIPELINE", "CONSOLE", "ARGO CD")
	if n := strings.Count(said, "\r\n"); n > 30 {
		t.Errorf("%d lines for one row:\n%s", n, said)
	}
	said = x.hears("enter")
	x.expect("a page", said, "pax, agendaprefs", "Chaîne de livraison", "conséquence : ")
	said = x.hears("esc")
	if strings.Contains(said, "portail") {
		t.Errorf("what was read is read again:\n%s", said)
	}
	x.expect("back", said, "PIPELINE")
	said = x.hears(":", "p", "o", "r", "t")
	x.expect("the palette", said, "portail")
	said = x.hears("esc", "s")
	x.expect("a menu", said, "gravité")
	said = x.hears("esc", "/", "h", "a", "b", "i", "enter")
	x.expect("a filter", said, "habilit")
	x.hears("esc")
	x.hears("q")
	if !x.left {
		t.Error("q does not leave")
	}
}

// What the platform does by itself is said, but not more often than one can listen; ages and shares are no news.
func TestLinearSaysWhatChanges(t *testing.T) {
	x := listen(t, "en")
	x.out.Reset()
	x.b.Pass(time.Minute)
	x.l.Update(ui.Minute())
	if said := x.out.String(); said != "" {
		t.Errorf("a minute is news:\n%s", said)
	}
	x.b.Health("harbor", func(h *platform.SourceHealth) { h.State = platform.StateUnreachable; h.Since = x.b.Now() })
	x.b.Pass(time.Minute)
	x.l.Update(ui.Bell())
	x.expect("a source that fails", x.out.String(), "unreachable harbor")
	x.out.Reset()
	x.l.Update(ui.Bell())
	if said := x.out.String(); said != "" {
		t.Errorf("nothing new is said again:\n%s", said)
	}
	x.b.Health("harbor", func(h *platform.SourceHealth) { h.State = platform.StateLive })
	x.b.Pass(time.Minute)
	x.l.Update(ui.Bell())
	x.expect("a source that is back", x.out.String(), "live harbor")
}

// Whatever is on a page, what is said is plain, and every page says something: its name, and what it has.
func TestLinearIsPlainEverywhere(t *testing.T) {
	for _, lang := range []string{"fr", "en"} {
		x := listen(t, lang)
		said := func(keys ...string) {
			t.Helper()
			text := x.hears(keys...)
			x.expect(strings.Join(keys, " "), text)
			if strings.Count(text, "\r\n") < 2 {
				t.Errorf("%s: %v says next to nothing: %q", lang, keys, text)
			}
		}
		for _, screen := range []string{"2", "3", "4", "5", "6", "7", "8", "9"} {
			said(screen)
		}
		for _, name := range []string{"onboarding", "actions.page", "sources", "perf", "time"} {
			said(append(append([]string{":"}, strings.Split(name, "")...), "enter")...)
			x.hears("esc", "esc")
		}
		for _, keys := range [][]string{{"?"}, {"esc"}, {"1"}, {"G"}, {"enter"}, {"tab"}, {"tab"}, {"tab"}, {"tab"}, {"!"}, {"c"}, {"esc"}, {"a"}, {"esc"}, {"T"}, {"esc"}, {":", "t", "h", "e", "m", "e"}, {"down"}, {"enter"}} {
			x.expect(strings.Join(keys, " "), x.hears(keys...))
		}
	}
}

// Rows are said with the names of their columns, and where in the list they are.
func TestLinearRows(t *testing.T) {
	x := listen(t, "en")
	first := x.out.String()
	x.expect("rows", first, "agendaprefs; CONSOLE", "portail; CONSOLE", "row 1 of 7")
	x.expect("the next row", x.hears("down"), "row 2 of 7")
	x.expect("the last row", x.hears("G"), "row 7 of 7")
}

// What a sign says is not said twice; each figure has the name of its column; where one is comes last, by what tells the line from the others.
func TestLinearSaysThingsOnce(t *testing.T) {
	x := listen(t, "fr")
	x.expect("counts", x.out.String(), "2 critiques", "; ligne 1 sur 7")
	for _, twice := range []string{"sain 1 sain", "dégradé 4 dégradés", "en cours en cours"} {
		if strings.Contains(x.out.String(), twice) {
			t.Errorf("%q is said:\n%s", twice, x.out.String())
		}
	}
	said := x.hears(":", "o", "n", "b", "o", "a", "r", "d", "i", "n", "g", "enter")
	x.expect("the wall", said, "ÉTAPES", "FAIT ", "PROCHAIN GESTE ")
	if strings.Contains(said, "bon bon") {
		t.Errorf("a row of signs is read sign by sign:\n%s", said)
	}
	x.hears("1", "g", "enter", "tab", "tab", "tab", "tab", "tab", "tab")
	said = x.hears("enter")
	x.expect("an environment", said, "PRÊTS ", "RED. ", "ÂGE ")
}
