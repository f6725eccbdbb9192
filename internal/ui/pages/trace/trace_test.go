package trace_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"dsotop/internal/desk"
	"dsotop/internal/logs/format"
	"dsotop/internal/platform"
	"dsotop/internal/ui"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/pages/trace"
	"dsotop/internal/ui/style"
	"dsotop/internal/ui/uitest"
	"dsotop/internal/ui/words"
	"dsotop/themes"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
)

const (
	erase = "\r\x1b[0K"
	at    = "2026-11-21T13:03:07.412345Z 00O "
)

func failed() string {
	var b strings.Builder
	line := func(s string) { b.WriteString(at + s + "\n") }
	line("\x1b[0KRunning with gitlab-runner 18.4.0\x1b[0;m")
	line("section_start:1795266187:get_sources" + erase + "\x1b[36;1mGetting source from Git repository\x1b[0;m")
	line("Fetching changes…")
	line("section_end:1795266190:get_sources" + erase)
	line("section_start:1795266190:step_script" + erase + "Executing \"step_script\"")
	line("section_start:1795266191:deps[collapsed=true]" + erase + "Dépendances")
	line("\rProgress 0%\rProgress 100%\r\x1b[KDownloaded lib.jar")
	line("section_end:1795266199:deps" + erase)
	for i := range 30 {
		line(fmt.Sprintf("[\x1b[1;34mINFO\x1b[m] cas %d", i))
	}
	line("[ERROR] CreneauxTest.refuseDoublon: expected <409> but was <201>")
	line("section_end:1795266230:step_script" + erase)
	line("\x1b[31;1mERROR: Job failed: exit code 1\x1b[0;m")
	return b.String()
}

// forge is a GitLab with one job.
type forge struct {
	desk.Pipelines
	mu     sync.Mutex
	text   string
	status string
	fault  error
}

func (f *forge) Name() string { return "gitlab" }

func (f *forge) Job(context.Context, string, int64) (desk.JobDetail, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	j := desk.JobDetail{JobAttempt: desk.JobAttempt{Job: platform.Job{ID: 7, Name: "test-app", Stage: "test", Status: f.status, StartedAt: uitest.Noon().Add(-5 * time.Minute), URL: "https://gitlab.test/-/jobs/7"}, Runner: "dso-runner"}}
	if f.status == "failed" {
		j.FailureReason, j.Duration = "script_failure", 43*time.Second
	}
	return j, f.fault
}

func (f *forge) Trace(_ context.Context, _ string, _, from, _ int64, _ bool) (desk.TracePart, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return desk.TracePart{From: from, Next: int64(len(f.text)), Text: f.text[min(int(from), len(f.text)):]}, nil
}

type backend struct {
	*uitest.Backend
	forge desk.Pipelines
}

func (b backend) Pipelines(string) desk.PipelinesReach {
	return desk.PipelinesReach{Pipelines: b.forge}
}

// view is the page alone, in a rectangle.
type view struct {
	t    *testing.T
	page *trace.Page
	w, h int
}

func open(t *testing.T, f desk.Pipelines, lang string, w, h int) *view {
	t.Helper()
	th, err := themes.Find("dark", themes.OnDark)
	if err != nil {
		t.Fatal(err)
	}
	set, _ := words.Find(lang)
	g := style.Unicode()
	b := backend{uitest.NewBackend(1), f}
	env := &page.Env{Ctx: t.Context(), Words: set, Sheet: style.New(th, themes.OnDark, colorprofile.TrueColor), Glyphs: &g, Backend: b, Clock: b.Now, Formats: formats}
	p := trace.New(env, page.ForgeKey("forge-mi/projects/agendaprefs/web", "jobs", 7))
	t.Cleanup(p.Close)
	p.Learn(b.View())
	p.Draw(w, h)
	return &view{t, p, w, h}
}

// wait takes the next answer.
func (v *view) wait() *view { <-v.page.Wake(); v.page.Woke(); return v }

func (v *view) screen() string {
	v.t.Helper()
	b := v.page.Draw(v.w, v.h)
	out := make([]string, len(b.Lines))
	for i, l := range b.Lines {
		if n := ansi.StringWidth(l); n != v.w {
			v.t.Fatalf("line %d is %d cells wide: %q", i, n, l)
		}
		out[i] = strings.TrimRight(ansi.Strip(l), " ")
	}
	if len(out) != v.h {
		v.t.Fatalf("%d lines", len(out))
	}
	return strings.Join(out, "\n")
}

func (v *view) do(ids ...string) intent.Intent {
	v.t.Helper()
	var last intent.Intent
	for _, id := range ids {
		found := false
		for _, l := range v.page.Layers() {
			for _, c := range l.Commands {
				if c.ID == id {
					last, found = c.Do(), true
				}
			}
		}
		if !found {
			v.t.Fatalf("there is no %s", id)
		}
		v.screen()
	}
	return last
}

func (v *view) cursor() string {
	for l := range strings.SplitSeq(v.screen(), "\n") {
		if strings.HasPrefix(l, "▌") {
			return l
		}
	}
	return ""
}

func (v *view) shows(texts ...string) {
	v.t.Helper()
	for _, x := range texts {
		if s := v.screen(); !strings.Contains(s, x) {
			v.t.Errorf("%q is not on the screen:\n%s", x, s)
		}
	}
}

func (v *view) hides(texts ...string) {
	v.t.Helper()
	for _, x := range texts {
		if s := v.screen(); strings.Contains(s, x) {
			v.t.Errorf("%q is on the screen:\n%s", x, s)
		}
	}
}

// formats are the program's own.
func formats() *format.Set { set, _ := format.Load(); return set }

func TestGoldenScreens(t *testing.T) {
	for _, c := range []struct {
		name, lang string
		w, h       int
	}{{"fr-80x24", "fr", 80, 22}, {"fr-120x40", "fr", 120, 38}, {"fr-200x60", "fr", 200, 58}, {"en-120x40", "en", 120, 38}} {
		t.Run(c.name, func(t *testing.T) {
			v := open(t, &forge{text: failed(), status: "failed"}, c.lang, c.w, c.h).wait()
			uitest.Golden(t, c.name, v.screen())
		})
	}
}

func TestFoldsErrorsAndSearch(t *testing.T) {
	v := open(t, &forge{text: failed(), status: "failed"}, "fr", 100, 30).wait()
	if c := v.cursor(); !strings.Contains(c, "refuseDoublon") {
		t.Errorf("what failed is opened on its first error, not on %q", c)
	}
	v.shows("une commande du script a échoué", "2 erreurs")
	v.do("list.top")
	v.shows("▸ Getting source", "▸ Dépendances", "▾ Executing")
	v.hides("Fetching", "Downloaded")
	v.do("text.error_next")
	if c := v.cursor(); !strings.Contains(c, "refuseDoublon") {
		t.Errorf("the first error, not %q", c)
	}
	v.do("text.error_next")
	if c := v.cursor(); !strings.Contains(c, "Job failed") {
		t.Errorf("the second error, not %q", c)
	}
	if _, ok := v.do("text.error_next").(intent.Toast); !ok {
		t.Error("there is no third error, and nothing says so")
	}
	v.page.SetFilter("downloaded")
	if c := v.cursor(); !strings.Contains(c, "Downloaded lib.jar") || strings.Contains(c, "Progress") {
		v.do("text.search_previous")
		if c = v.cursor(); !strings.Contains(c, "Downloaded lib.jar") {
			t.Errorf("found in a folded section: %q", c)
		}
	}
	v.shows("1 / 1")
	v.do("text.only")
	v.hides("Getting")
	if !v.page.Undo() || v.page.Filter() != "" {
		t.Error("Undo takes the search away")
	}
	v.do("list.top", "text.sections")
	v.hides("cas 3")
	v.do("text.sections")
	v.shows("Fetching", "Downloaded")
	v.do("text.problems")
	v.hides("cas 3")
	v.do("text.problems", "text.wrap", "text.colours", "text.time", "text.right", "text.wrap", "text.right", "list.half_down", "list.page_up", "list.bottom", "list.open")
	v.page.SetFilter("/(/")
	v.screen()
	if len(v.page.Copies()) < 3 {
		t.Error("line, errors and address can be copied")
	}
}

func TestWhatCameBeforeTheFirstErrorIsOnScreen(t *testing.T) {
	var text strings.Builder
	for i := range 200 {
		text.WriteString("line " + strconv.Itoa(i) + "\n")
	}
	v := open(t, &forge{text: text.String() + "ERROR: no space\nthe end\n" + text.String(), status: "failed"}, "fr", 80, 24).wait()
	if c := v.cursor(); !strings.Contains(c, "no space") {
		t.Errorf("the cursor is on %q", c)
	}
	v.shows("line 199", "the end")
}

func TestARunningTraceIsFollowed(t *testing.T) {
	f := &forge{text: at + "one\n", status: "running"}
	v := open(t, f, "fr", 80, 8).wait()
	v.shows("one", "suivi")
	f.mu.Lock()
	for i := range 40 {
		f.text += fmt.Sprintf("%sline %d\n", at, i)
	}
	f.mu.Unlock()
	v.page.Kick()
	v.wait()
	v.shows("line 39")
	v.do("list.up", "list.up")
	f.mu.Lock()
	f.text, f.status = f.text+at+"last\n", "success"
	f.mu.Unlock()
	v.page.Kick()
	v.wait()
	v.shows("line 38")
	v.hides("last", "suivi")
	v.do("list.bottom")
	v.shows("last")
}

func TestEmptyPages(t *testing.T) {
	for name, c := range map[string]struct {
		f    desk.Pipelines
		want string
	}{
		"waiting": {&forge{status: "success"}, "n'a rien écrit"},
		"refused": {&forge{fault: errors.New("403 Forbidden")}, "403 Forbidden"},
		"unknown": {nil, "n'est pas configuré"},
	} {
		t.Run(name, func(t *testing.T) {
			v := open(t, c.f, "fr", 80, 22)
			if c.f != nil {
				v.wait()
			}
			v.shows(c.want)
			v.page.Layers()
		})
	}
	s := uitest.Open(t, backend{uitest.NewBackend(1), &forge{status: "success"}}, "fr", 80, 24)
	s.Send(ui.Bell())
}

func BenchmarkDraw(b *testing.B) {
	th, _ := themes.Find("dark", themes.OnDark)
	set, _ := words.Find("fr")
	g := style.Unicode()
	back := backend{uitest.NewBackend(1), &forge{text: strings.Repeat(at+"[\x1b[1;34mINFO\x1b[m] 00012 fr.gouv.app.Service12Test: cas 3, 4 assertions, 12 ms\n", 50_000), status: "success"}}
	env := &page.Env{Ctx: b.Context(), Words: set, Sheet: style.New(th, themes.OnDark, colorprofile.TrueColor), Glyphs: &g, Backend: back, Clock: back.Now, Formats: formats}
	p := trace.New(env, "a/b/-/jobs/7")
	defer p.Close()
	p.Learn(back.View())
	<-p.Wake()
	p.Woke()
	b.Run("frame", func(b *testing.B) {
		for b.Loop() {
			p.Draw(200, 60)
		}
	})
	b.Run("search", func(b *testing.B) {
		for b.Loop() {
			p.SetFilter("introuvable")
		}
	})
}
