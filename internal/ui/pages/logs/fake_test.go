package logs_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dsotop/internal/logs"
	"dsotop/internal/ui"
	"dsotop/internal/ui/uitest"
)

// keeper is a history in memory: it answers ranges of everything that it has, delivers what is written while it is followed, and knows
// a few labels. err, when set, is what it answers instead.
type keeper struct {
	mu    sync.Mutex
	lines []logs.Line
	err   error
	tails []func(logs.Batch)
	asked []string
	spans []time.Duration // of the volumes asked for
	told  chan struct{}   // rings when one was asked for; may be nil
	// numbers is what metric queries by container are answered.
	numbers []logs.Series
}

func (k *keeper) Name() string { return "loki" }
func (k *keeper) Limit() int   { return 5000 }

func (k *keeper) Range(_ context.Context, a logs.Ask) (logs.Answer, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.asked = append(k.asked, a.Query)
	if i := strings.Index(a.Query, "!!"); i >= 0 {
		return logs.Answer{}, &logs.QueryError{Message: "syntax error: unexpected !", Line: 1, Column: i + 1}
	}
	if k.err != nil {
		return logs.Answer{}, k.err
	}
	var out logs.Answer
	for _, l := range k.lines {
		if l.At >= a.From && l.At < a.To && through(a.Query, l) {
			out.Lines = append(out.Lines, l)
		}
	}
	slices.SortStableFunc(out.Lines, func(x, y logs.Line) int {
		if a.Backward {
			return cmp.Compare(y.At, x.At)
		}
		return cmp.Compare(x.At, y.At)
	})
	if a.Limit > 0 && len(out.Lines) >= a.Limit {
		out.Lines, out.Full = out.Lines[:a.Limit], true
	}
	return out, nil
}

// through reports that a line goes through what a query filters errors by: their words, or what their collector says of them.
func through(query string, l logs.Line) bool {
	switch {
	case strings.Contains(query, `| detected_level=~`):
		return l.Level >= logs.LevelError
	case strings.Contains(query, `"(?i)fatal" or`):
		return strings.Contains(l.Text, "ERROR") || strings.Contains(l.Text, "Exception")
	}
	return true
}

func (k *keeper) Tail(ctx context.Context, _ logs.Ask, sink func(logs.Batch) error) error {
	in := make(chan logs.Batch)
	k.mu.Lock()
	if k.err != nil {
		defer k.mu.Unlock()
		return k.err
	}
	k.tails = append(k.tails, func(b logs.Batch) {
		select {
		case in <- b:
		case <-ctx.Done():
		}
	})
	k.mu.Unlock()
	for {
		select {
		case <-ctx.Done():
			return nil
		case b := <-in:
			if err := sink(b); err != nil {
				return err
			}
		}
	}
}

// write delivers lines to those who follow.
func (k *keeper) write(t testing.TB, ls ...logs.Line) {
	t.Helper()
	k.mu.Lock()
	k.lines = append(k.lines, ls...)
	tails := slices.Clone(k.tails)
	k.mu.Unlock()
	for _, f := range tails {
		f(logs.Batch{Lines: ls})
	}
}

func (k *keeper) Labels(context.Context, string, int64, int64) ([]string, error) {
	return []string{"namespace", "container", "stream"}, nil
}

func (k *keeper) Values(_ context.Context, _, label, _ string, _, _ int64) ([]string, error) {
	if label == "container" {
		return []string{"agenda-api", "agenda-web", "agenda-pg"}, nil
	}
	return []string{"stdout", "stderr"}, nil
}

func (k *keeper) Series(context.Context, string, string, int64, int64) ([][]logs.Label, error) {
	return nil, nil
}
func (k *keeper) Metric(_ context.Context, a logs.Ask, _ time.Duration) ([]logs.Series, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if strings.HasPrefix(a.Query, "sum by (container)") {
		return k.numbers, nil
	}
	k.spans = append(k.spans, time.Duration(a.To-a.From))
	select {
	case k.told <- struct{}{}:
	default:
	}
	return nil, nil
}

// queries are all that were asked for lines.
func (k *keeper) queries() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return strings.Join(k.asked, "\n")
}

// volumes are the spans that were asked for.
func (k *keeper) volumes() []time.Duration {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Clone(k.spans)
}
func (k *keeper) Volume(context.Context, logs.Ask) ([]logs.Series, error) { return nil, nil }
func (k *keeper) Size(context.Context, logs.Ask) (logs.Size, error)       { return logs.Size{}, nil }
func (k *keeper) Patterns(context.Context, logs.Ask, time.Duration) ([]logs.Pattern, error) {
	return nil, logs.ErrUnsupported
}
func (k *keeper) Fields(context.Context, logs.Ask) ([]logs.Field, error) {
	return nil, logs.ErrUnsupported
}

// backend is the fixture with lines.
type backend struct {
	*uitest.Backend
	reach logs.Reach
}

func (b *backend) Logs(logs.Subject) logs.Reach { return b.reach }

// stream returns a container of the story.
func stream(container string) *logs.Stream {
	return &logs.Stream{Origin: logs.OriginLoki, Namespace: "ns", Container: container, Labels: []logs.Label{{Name: "container", Value: container}, {Name: "namespace", Value: "ns"}}}
}

// story is an incident: probes and requests, a database that goes away, five lines later the first error, then many; a stack trace, and
// lines that attack.
func story() []logs.Line {
	api, web, pg := stream("agenda-api"), stream("agenda-web"), stream("agenda-pg")
	at := uitest.Noon().Add(-6 * time.Minute).UnixNano()
	var out []logs.Line
	add := func(s *logs.Stream, text string) {
		out = append(out, logs.Line{At: at, Stream: s, Text: text})
		at += int64(731 * time.Millisecond)
	}
	json := func(level, msg, logger string) string {
		return fmt.Sprintf(`{"ts":"2026-11-21T14:03:00.000+01:00","level":%q,"msg":%q,"logger":%q,"trace_id":"9f2c%04d"}`, level, msg, logger, len(out))
	}
	access := func(path, status string) string {
		return fmt.Sprintf(`10.129.4.%d - - [21/Nov/2026:14:03:07 +0100] "GET %s HTTP/1.1" %s 512 "-" "kube-probe/1.26" "-"`, len(out)%200, path, status)
	}
	for i := range 240 {
		add(web, access("/sante", "200"))
		if i%3 == 0 {
			add(api, json("info", "rendez-vous enregistré", "agenda"))
		}
	}
	add(pg, `1:M 21 Nov 2026 14:03:50.000 # PANIC: no space left on device`)
	add(web, access("/agenda/rdv", "200"))
	add(api, json("info", "session ouverte", "auth"))
	add(web, access("/sante", "200"))
	add(api, json("warn", "nouvelle tentative dans 2 s", "db"))
	add(api, json("error", "connexion refusée à postgres", "db"))
	for range 6 {
		add(web, access("/agenda/rdv", "503"))
		add(api, json("error", "connexion refusée à postgres", "db"))
	}
	add(api, "java.sql.SQLTransientConnectionException: HikariPool-1 - Connection is not available")
	for i := range 9 {
		add(api, fmt.Sprintf("\tat com.zaxxer.hikari.pool.HikariPool.getConnection(HikariPool.java:%d)", 100+i))
		at -= int64(730 * time.Millisecond)
	}
	add(api, "Caused by: java.net.ConnectException: Connexion refusée")
	add(api, json("info", "nouvelle tentative dans 2 s", "db"))
	return out
}

// hostile are lines that would break a careless screen.
func hostile() []logs.Line {
	s := stream("agenda-web")
	at := uitest.Noon().Add(-time.Minute).UnixNano()
	var out []logs.Line
	for i, text := range []string{
		"", "\x1b[2J\x1b[H\x1b]0;owned\x07cleared", "\x1b[31mrouge\x1b[0m et \x1b[1;44mgras\x1b[m", "a\tb\tc", "10%\r50%\r100%", "bad \xff\xfe utf8 \xc3", "日本語のログ 漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字",
		"evil \u202egnp.exe\u202c end \u200b\u200d\ufeff", "👩‍👩‍👧‍👦 famille 🇫🇷", "a" + strings.Repeat("̀", 300) + "b", strings.Repeat("x", 70_000), strings.Repeat("{\"a\":", 500), `{"level":"error","msg":"\u001b[2Jx\nsecond","nested":{"a":[1,2]}}`, "\x00\x01\x02\x7f\u0085", "[brackets] [red]kept[-]",
	} {
		out = append(out, logs.Line{At: at + int64(i), Stream: s, Text: text})
	}
	return out
}

// open starts a session on the lines of agendaprefs's production and waits for them.
func open(t testing.TB, k *keeper, lang string, w, h int, until ...string) *uitest.Session {
	t.Helper()
	return openWith(t, ui.Options{Lang: lang, Width: w, Height: h}, k, until...)
}

func openWith(t testing.TB, o ui.Options, k *keeper, until ...string) *uitest.Session {
	t.Helper()
	var reach logs.Reach
	if k != nil {
		reach = logs.Reach{History: k, Tenant: "prod-x"}
	}
	return openReach(t, reach, o, until...)
}

// openReach opens the logs of a namespace that can be read in some way.
func openReach(t testing.TB, reach logs.Reach, o ui.Options, until ...string) *uitest.Session {
	t.Helper()
	b := &backend{Backend: uitest.NewBackend(7), reach: reach}
	o.Backend = b
	s := uitest.OpenWith(t, o)
	x, ok := b.View().Environment("agendaprefs", "prod")
	if !ok {
		t.Fatal("no environment")
	}
	s.Press(":")
	s.Type(x.Namespace)
	s.Press("enter", "g", "tab", "tab", "l")
	wait(t, s, until...)
	return s
}

// settle waits until nothing is being read.
func settle(t testing.TB, s *uitest.Session) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	for {
		s.Send(ui.Wake())
		if screen := s.Screen(); !strings.Contains(screen, "lecture…") && !strings.Contains(screen, "reading…") {
			return
		}
		select {
		case <-s.Root.Bells():
		case <-ctx.Done():
			t.Fatalf("never settled:\n%s", s.Screen())
		}
	}
}

// wait gives the page its bells until the screen holds every text.
func wait(t testing.TB, s *uitest.Session, texts ...string) {
	t.Helper()
	waitFor(t, s, fmt.Sprintf("%q", texts), func(screen string) bool {
		return !slices.ContainsFunc(texts, func(x string) bool { return !strings.Contains(screen, x) })
	})
}

// waitFor sends what bells bring until the screen is as it should be.
func waitFor(t testing.TB, s *uitest.Session, what string, good func(screen string) bool) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	for {
		s.Send(ui.Wake())
		screen := s.Screen()
		if good(screen) {
			return
		}
		select {
		case <-s.Root.Bells():
		case <-ctx.Done():
			t.Fatalf("%s never came:\n%s", what, screen)
		}
	}
}

// nothingLeft is how the page says that there is nothing more: what is before may be held by then, or has to be asked for.
func nothingLeft(held string) func(screen string) bool {
	return func(screen string) bool {
		return strings.Contains(screen, held) || strings.Contains(screen, "rien entre")
	}
}
