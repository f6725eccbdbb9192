package main

import (
	"bufio"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"dsotop/internal/platform"
)

func TestInstantsAsPeopleWriteThem(t *testing.T) {
	now := time.Date(2026, 8, 21, 14, 10, 0, 0, time.Local)
	for text, want := range map[string]time.Time{
		"2h":                   now.Add(-2 * time.Hour),
		"-90s":                 now.Add(-90 * time.Second),
		"3d":                   now.Add(-72 * time.Hour),
		"1d12h":                now.Add(-36 * time.Hour),
		"1w":                   now.Add(-7 * 24 * time.Hour),
		"now":                  now,
		"14:03":                time.Date(2026, 8, 21, 14, 3, 0, 0, time.Local),
		"23:30:05":             time.Date(2026, 8, 20, 23, 30, 5, 0, time.Local),
		"2026-08-20 08:00":     time.Date(2026, 8, 20, 8, 0, 0, 0, time.Local),
		"2026-08-20":           time.Date(2026, 8, 20, 0, 0, 0, 0, time.Local),
		"2026-08-21T12:00:00Z": time.Date(2026, 8, 21, 12, 0, 0, 0, time.UTC),
	} {
		if got, ok := instant(text, now); !ok || !got.Equal(want) {
			t.Errorf("%q: %v %v, want %v", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "yesterday", "d", "2x", "25:00", "-", "9999999999d", "1h-"} {
		if got, ok := instant(text, now); ok {
			t.Errorf("%q is %v", text, got)
		}
	}
}

func TestNamesNearby(t *testing.T) {
	names := []string{"agendaprefs", "vigibat", "prod", "dev"}
	for text, want := range map[string]string{"agendapref": "agendaprefs", "agendpraefs": "agendaprefs", "prdo": "prod", "agenda": "agendaprefs", "zzzz": "", "": "", "de": "dev"} {
		if got := closest(text, names); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestRefusalsEndFollowing(t *testing.T) {
	f := refusals{of: []string{"loki", "argocd/pub"}}
	no := platform.SourceHealth{State: platform.StateForbidden}
	if f.note("loki", no) != nil {
		t.Error("one refusal of two is the end")
	}
	if f.note("argocd/pub", platform.SourceHealth{State: platform.StateUnreachable}) != nil {
		t.Error("a failure is a refusal")
	}
	if all := f.note("argocd/pub", no); len(all) != 2 {
		t.Errorf("%v", all)
	}
	f.note("loki", platform.SourceHealth{State: platform.StateLive})
	if f.note("argocd/pub", no) != nil {
		t.Error("a refusal that ended counts")
	}
}

func TestLogsOfTheDemo(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	file := serveDemo(t, home)
	run := func(args ...string) result {
		return dsotop(t, home, nil, append([]string{"--config", file, "logs"}, args...)...)
	}
	t.Run("text", func(t *testing.T) {
		r := run("agendaprefs", "prod", "--limit", "40", "--timestamps", "--prefix")
		lines := strings.Split(strings.TrimSuffix(r.out, "\n"), "\n")
		if r.code != exitFine || len(lines) != 40 || r.err != "" {
			t.Fatalf("code %d, %d lines: %s", r.code, len(lines), r.err)
		}
		for i, l := range lines {
			at, rest, _ := strings.Cut(l, " ")
			if _, err := time.Parse("2006-01-02T15:04:05.000Z07:00", at); err != nil || !strings.HasPrefix(rest, "agenda-") {
				t.Errorf("%q", l)
			}
			if i > 0 && strings.Compare(at, lines[i-1][:len(at)]) < 0 {
				t.Errorf("%q comes after %q", l, lines[i-1])
			}
		}
		if strings.Contains(r.out, "\x1b") {
			t.Error("sequences in a pipe")
		}
	})
	t.Run("more than one call of the server", func(t *testing.T) {
		from, to := time.Now().Add(-12*time.Minute).UTC().Format(time.RFC3339), time.Now().Add(-time.Minute).UTC().Format(time.RFC3339)
		all := run("agendaprefs", "prod", "--since", from, "--until", to, "--timestamps")
		if n := strings.Count(all.out, "\n"); all.code != exitFine || n <= 5_000 {
			t.Fatalf("code %d, %d lines: %s", all.code, n, all.err)
		}
		last := run("agendaprefs", "prod", "--since", from, "--until", to, "--timestamps", "--limit", "6000")
		want, got := strings.Split(all.out, "\n"), strings.Split(last.out, "\n")
		if len(got) != 6_001 {
			t.Fatalf("%d lines: %s", len(got)-1, last.err)
		}
		want = want[len(want)-len(got):]
		// The order of lines that share a time is the server's, and differs by direction; so does which of them is cut off.
		edge, _, _ := strings.Cut(got[0], " ")
		beyond := func(lines []string) []string {
			lines = slices.DeleteFunc(lines, func(l string) bool { return strings.HasPrefix(l, edge) })
			slices.Sort(lines)
			return lines
		}
		if !slices.Equal(beyond(want), beyond(got)) {
			t.Error("the last 6,000 lines are not the end of all")
		}
	})
	t.Run("levels and search", func(t *testing.T) {
		r := run("agendaprefs", "prod", "--level", "error", "--grep", "-kube-probe", "-o", "json", "--limit", "20")
		if r.code != exitFine || strings.Count(r.out, "\n") != 20 || strings.Contains(r.out, `"level":"info"`) || strings.Contains(r.out, "kube-probe") {
			t.Errorf("code %d: %s\n%s", r.code, r.err, r.out)
		}
	})
	t.Run("schema", func(t *testing.T) {
		schema, err := jsonschema.NewCompiler().Compile("../../docs/schema/logs.json")
		if err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{{"agendaprefs", "prod", "--limit", "50"}, {"agendaprefs", "prod", "--origin", "live", "--limit", "50"}, {"agendaprefs", "prod", "--since", "40d", "--limit", "5", "--anonymise"}} {
			r := run(append(args, "-o", "json")...)
			scan := bufio.NewScanner(strings.NewReader(r.out))
			n := 0
			for ; scan.Scan(); n++ {
				value, err := jsonschema.UnmarshalJSON(strings.NewReader(scan.Text()))
				if err != nil {
					t.Fatal(err)
				}
				if err := schema.Validate(value); err != nil {
					t.Errorf("%s\n%v", scan.Text(), err)
				}
			}
			if n < 5 || r.code != exitFine {
				t.Errorf("%v: code %d, %d objects: %s", args, r.code, n, r.err)
			}
		}
	})
	t.Run("the containers themselves", func(t *testing.T) {
		r := run("agendaprefs", "prod", "--origin", "live", "--container", "agenda-api", "--limit", "10", "--level", "info")
		if r.code != exitFine || strings.Count(r.out, "\n") != 10 {
			t.Errorf("code %d: %s\n%s", r.code, r.err, r.out)
		}
	})
	t.Run("anonymised", func(t *testing.T) {
		r := run("agendaprefs", "prod", "--grep", "kube-probe", "--limit", "20", "--anonymise")
		if !strings.Contains(r.out, "ip-1 ") || !strings.Contains(r.out, "kube-probe/1.26") || strings.Contains(r.out, "10.129.") {
			t.Errorf("%s%s", r.out, r.err)
		}
	})
	t.Run("a namespace alone", func(t *testing.T) {
		r := run("agendaprefs", "prod", "--limit", "1", "-o", "json")
		_, ns, _ := strings.Cut(r.out, `"namespace":"`)
		ns, _, _ = strings.Cut(ns, `"`)
		if r = run(ns, "--limit", "1", "-o", "json"); !strings.Contains(r.out, ns) {
			t.Errorf("%q: code %d, %s%s", ns, r.code, r.out, r.err)
		}
	})
	t.Run("errors", func(t *testing.T) {
		for _, c := range []struct {
			args []string
			code int
			want string
		}{
			{[]string{"agendapref", "prod"}, exitUsage, "vouliez-vous dire « agendaprefs »"},
			{[]string{"agendaprefs", "prdo"}, exitUsage, "vouliez-vous dire « prod »"},
			{[]string{"agendaprefs"}, exitUsage, "dev, prod, staging"},
			{nil, exitUsage, "dsotop logs PROJET ENV"},
			{[]string{"agendaprefs", "prod", "--grep", `"x`}, exitUsage, "guillemet"},
			{[]string{"agendaprefs", "prod", "--since", "hier"}, exitUsage, "RFC 3339"},
			{[]string{"agendaprefs", "prod", "--follow", "--until", "now"}, exitUsage, "--until"},
			{[]string{"agendaprefs", "prod", "--query", `{namespace="x"} |= `}, exitUsage, "^"},
			{[]string{"agendaprefs", "prod", "--level", "loud"}, exitUsage, "warn"},
		} {
			r := run(c.args...)
			if r.code != c.code || r.out != "" || !strings.Contains(r.err, c.want) {
				t.Errorf("%v: code %d, %q, want %d and %q", c.args, r.code, r.err, c.code, c.want)
			}
		}
		r := run("agendaprefs", "prod", "--container", "agenda-apo", "--since", "1m", "--origin", "live")
		if r.out != "" || !strings.Contains(r.err, "y tournent : agenda-api") {
			t.Errorf("code %d, %q %q", r.code, r.out, r.err)
		}
		r = run("agendaprefs", "prod", "--grep", "nothing-says-this", "--since", "10m")
		if r.code != exitFine || r.out != "" || !strings.Contains(r.err, "aucune ligne ne correspond") {
			t.Errorf("code %d, %q %q", r.code, r.out, r.err)
		}
	})
	t.Run("completion", func(t *testing.T) {
		for want, args := range map[string][]string{"agendaprefs": {"agenda"}, "staging": {"agendaprefs", "st"}, "agenda-api": {"agendaprefs", "prod", "--container", "agenda-a"}} {
			// Completion waits two seconds at most, which a machine with much else to do may need for its start: the key is pressed again.
			var r result
			for tab := 0; tab < 10 && !strings.HasPrefix(r.out, want+"\n:4"); tab++ {
				r = dsotop(t, home, nil, append([]string{"--config", file, "__complete", "logs"}, args...)...)
			}
			if !strings.HasPrefix(r.out, want+"\n:4") {
				t.Errorf("%v: %q", args, r.out)
			}
		}
	})
	t.Run("followed until interrupted", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		cmd := command(t, home, nil, "--config", file, "logs", "agendaprefs", "prod", "-f", "-o", "json")
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		began := time.Now().UTC()
		scan, fresh := bufio.NewScanner(out), false
		scan.Buffer(nil, 1<<20)
		for !fresh && scan.Scan() && ctx.Err() == nil {
			_, at, _ := strings.Cut(scan.Text(), `"time":"`)
			at, _, _ = strings.Cut(at, `"`)
			written, err := time.Parse(time.RFC3339Nano, at)
			fresh = err == nil && written.After(began)
		}
		if !fresh {
			t.Error("no line written after the start came")
		}
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		for scan.Scan() {
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("an interrupt is not a good end: %v", err)
		}
	})
	t.Run("a reader that has enough", func(t *testing.T) {
		cmd := command(t, home, nil, "--config", file, "logs", "agendaprefs", "prod", "--since", "2h")
		out, in, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		var errs strings.Builder
		cmd.Stdout, cmd.Stderr = in, &errs
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		in.Close()
		if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
			t.Error(err)
		}
		out.Close()
		if err := cmd.Wait(); err != nil || errs.String() != "" {
			t.Errorf("%v, %q", err, errs.String())
		}
	})
}

func TestFormatsCommand(t *testing.T) {
	home := t.TempDir()
	r := dsotop(t, home, nil, "logs", "formats")
	if r.code != exitFine || !strings.Contains(r.out, "gelf") || !strings.Contains(r.out, "java-trace") {
		t.Errorf("code %d: %s%s", r.code, r.out, r.err)
	}
	dir := filepath.Join(home, "config", "dsotop", "formats")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	write := func(text string) {
		if err := os.WriteFile(filepath.Join(dir, "paie.yaml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("name: paie\nengine: pattern\npatterns: ['PAIE;<level:level>;<message>']\nsamples:\n  - text: PAIE;ERROR;perdu\n    level: error\n")
	if r = dsotop(t, home, nil, "logs", "formats", "--check", dir); r.code != exitFine || !strings.Contains(r.out, "tout est correct") {
		t.Errorf("code %d: %s%s", r.code, r.out, r.err)
	}
	if r = dsotop(t, home, nil, "logs", "formats"); !strings.HasPrefix(r.out, "paie ") {
		t.Errorf("a team's format is not the first: %s", r.out)
	}
	write("name: paie\nengine: pattern\npatterns: ['PAIE;<level:level>;<message>']\nsamples:\n  - text: PAIE;ERROR;perdu\n    level: warn\n")
	if r = dsotop(t, home, nil, "--lang", "en", "logs", "formats", "--check", dir); r.code != exitUsage || !strings.Contains(r.err, "paie.yaml:5: level: got “error”, want “warn”") {
		t.Errorf("code %d: %s%s", r.code, r.out, r.err)
	}
	if r = dsotop(t, home, nil, "logs", "formats", "--check", filepath.Join(home, "nowhere")); r.code != exitUsage || !strings.Contains(r.err, "docs/logs.md") {
		t.Errorf("code %d: %s", r.code, r.err)
	}
}

func TestEndings(t *testing.T) {
	p := &program{lang: "en"}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	boom := errors.New("boom")
	if err := p.ended(t.Context(), logsFlags{}, boom); !errors.Is(err, boom) {
		t.Errorf("%v", err)
	}
	if err := p.ended(gone, logsFlags{follow: true}, boom); err != nil {
		t.Errorf("%v", err)
	}
	if err := p.ended(gone, logsFlags{}, boom); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
