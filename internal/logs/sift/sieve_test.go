package sift

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"dsotop/internal/logs"
	"dsotop/internal/logs/export"
	"dsotop/internal/logs/feed"
	"dsotop/internal/logs/format"
	"dsotop/internal/logs/query"
)

// shelf is a history in memory that filters as Loki does: line filters by regular expression, label filters by equality.
type shelf struct {
	logs.History // what is not asked here

	lines    []logs.Line // in order of time
	limit    int
	given    int // lines, in all answers
	old      bool
	compiled map[string][][]*regexp.Regexp
}

func (s *shelf) Name() string { return "loki" }
func (s *shelf) Limit() int   { return s.limit }

func (s *shelf) Range(ctx context.Context, a logs.Ask) (logs.Answer, error) {
	if s.old && strings.Contains(a.Query, " or ") {
		return logs.Answer{}, &logs.QueryError{Message: "syntax error: unexpected or"}
	}
	stages := strings.Split(a.Query, "\n| ")
	filters, known := s.compiled[stages[0]]
	if !known {
		for _, f := range strings.Split(stages[0], "\n|~ ")[1:] {
			var or []*regexp.Regexp
			for rest := f; rest != ""; rest = strings.TrimPrefix(rest, " or ") {
				quoted, err := strconv.QuotedPrefix(rest)
				if err != nil {
					return logs.Answer{}, err
				}
				expr, _ := strconv.Unquote(quoted)
				re, err := regexp.Compile(expr)
				if err != nil {
					return logs.Answer{}, err
				}
				or, rest = append(or, re), rest[len(quoted):]
			}
			filters = append(filters, or)
		}
		if s.compiled == nil {
			s.compiled = map[string][][]*regexp.Regexp{}
		}
		s.compiled[stages[0]] = filters
	}
	limit := s.limit
	if a.Limit > 0 {
		limit = min(limit, a.Limit)
	}
	var out logs.Answer
	for i := range s.lines {
		l := s.lines[i]
		if a.Backward {
			l = s.lines[len(s.lines)-1-i]
		}
		wanted := a.From <= l.At && l.At < a.To
		for _, stage := range stages[1:] {
			name, value, _ := strings.Cut(stage, "=")
			wanted = wanted && strconv.Quote(l.Stream.Label(name)) == value
		}
		for _, or := range filters {
			wanted = wanted && slices.ContainsFunc(or, func(re *regexp.Regexp) bool { return re.MatchString(l.Text) })
		}
		if !wanted {
			continue
		}
		if out.Lines = append(out.Lines, l); len(out.Lines) == limit {
			out.Full = true
			break
		}
	}
	s.given += len(out.Lines)
	return out, ctx.Err()
}

// story makes lines of several containers, with traces that are cut, mixed and strange. dense: how many of ten reports have a trace.
func story(r *rand.Rand, n, dense int) []logs.Line {
	heads := []string{
		"2026-08-21 08:22:35 ERROR [main] a.B - échec %d refused", "2026-08-21 08:22:35 INFO [main] a.B - début %d", "2026-08-21 08:22:36 WARN [x] a.B - lent %d timeout",
		`{"level":"error","message":"boom %d"}`, "GET /a/%d 200", "plain %d", "re\x1b[1mfused %d", "10%%\r20%% %d refused", "Exception in thread \"main\" java.lang.IllegalStateException: x%d",
		"kube-probe %d", "panic: runtime error %d",
	}
	under := []string{
		"\tat a.B.c(B.java:%d)", "Caused by: java.net.ConnectException: refused %d", "\t... %d more", "java.lang.IllegalStateException: base %d", "", "}", "ValueError: refused %d",
		"Traceback (most recent call last):", `  File "/a.py", line %d`, "main.(*App).run(%d)", "Error: timeout %d", "goroutine %d [running]:", "   refused %d", "TypeError",
	}
	var streams []*logs.Stream
	for _, name := range []string{"api", "web", "odd name"} {
		for _, out := range []string{"stdout", "stderr"} {
			streams = append(streams, &logs.Stream{Origin: logs.OriginLoki, Namespace: "ns", Container: name, Labels: []logs.Label{{Name: "container", Value: name}, {Name: "stream", Value: out}}})
		}
	}
	var lines []logs.Line
	left := make([]int, len(streams))
	at := int64(1000)
	for i := range n {
		at += int64(r.IntN(3))
		k := r.IntN(len(streams))
		text := heads[r.IntN(len(heads))]
		if left[k] > 0 {
			left[k]--
			text = under[r.IntN(len(under))]
		} else if r.IntN(10) < dense {
			left[k] = 1 + r.IntN(6)
		}
		if strings.Contains(strings.ReplaceAll(text, "%%", ""), "%d") {
			text = fmt.Sprintf(text, i)
		}
		l := logs.Line{At: at, Stream: streams[k], Text: text}
		if r.IntN(4) == 0 {
			l.Level = logs.Level(1 + r.IntN(6)) //nolint:gosec // a level
		}
		lines = append(lines, l)
	}
	// Within one nanosecond Loki's order is that of its streams, whichever way it is asked.
	slices.SortStableFunc(lines, func(a, b logs.Line) int { return int(a.At - b.At) })
	return lines
}

var errStop = errors.New("enough")

// asked is a question of dsotop logs. whole: of the second half, nothing is left out.
type asked struct {
	Options
	limit int
	whole bool
}

// picked is what dsotop logs would print.
func picked(t *testing.T, a asked, set *format.Set, h *shelf, sieved bool) (out []string) {
	t.Helper()
	s := New(a.Options, set)
	back := NewBackward(s)
	var got []export.Entry
	sink := func(b logs.Batch) error {
		for _, n := range b.Notices {
			t.Errorf("%+v", n)
		}
		for _, l := range b.Lines {
			if a.limit > 0 {
				back.Line(l)
			} else if e, ok := s.Line(l); ok {
				got = append(got, e)
			}
		}
		if a.limit > 0 && back.Has(a.limit) {
			return errStop
		}
		return nil
	}
	ask := logs.Ask{Query: `{namespace="ns"}`, From: h.lines[0].At, To: h.lines[len(h.lines)-1].At + 1, Backward: a.limit > 0}
	var err error
	if sieve, ok := s.Sieve(); sieved && ok {
		if a.whole {
			sieve.Whole = (ask.From + ask.To) / 2
		}
		err = sieve.Read(t.Context(), h, ask, sink)
	} else if sieved {
		t.Fatal("nothing is sent")
	} else {
		_, err = feed.Read(t.Context(), h, ask, 0, sink)
	}
	if err != nil && !errors.Is(err, errStop) {
		t.Fatal(err)
	}
	if a.limit > 0 {
		got = back.Newest(a.limit)
	}
	for _, e := range got {
		out = append(out, fmt.Sprint(e.At, keyOfStream(e.Stream), e.Text))
	}
	// Lines of one moment and different streams may change places.
	slices.Sort(out)
	return out
}

// stories is how many are tried; thousands were, once.
const stories = 14

// What the server leaves out changes nothing: with and without it, the same lines are printed.
func TestTheServerSiftsAsWeDo(t *testing.T) {
	set, _ := format.Load()
	greps := []string{"refused", "timeout", "Refused", "échec | boom", `/ConnectException|base/`, "refused -kube-probe", "level>=warn refused", "Caused", "B.java", "ValueError", "plain 77", "nowhere", "Traceback", `"" 7`}
	spared := 0
	for seed := range uint64(stories) {
		r := rand.New(rand.NewPCG(seed, 4)) //nolint:gosec // a story
		lines := story(r, 300+r.IntN(1200), []int{0, 1, 5}[seed%3])
		limit := []int{25, 60, 500}[r.IntN(3)]
		for range 6 {
			grep := greps[r.IntN(len(greps))]
			q, err := query.Parse(grep)
			if err != nil {
				t.Fatal(err)
			}
			a := asked{Options: Options{Query: q, Floor: []logs.Level{logs.LevelNone, logs.LevelError}[r.IntN(2)]}, limit: []int{0, 1, 40}[r.IntN(3)], whole: seed&1 == 1}
			h, full := &shelf{lines: lines, limit: limit, old: seed%7 == 6}, &shelf{lines: lines, limit: limit}
			want, got := picked(t, a, set, full, false), picked(t, a, set, h, true)
			if seed%3 == 0 { // with pages so small, to ask about a trace costs more than to read all
				spared += full.given - h.given
			}
			if len(want) != len(got) {
				t.Fatalf("seed %d, %s, %+v, pages of %d: %d lines, want %d:\n%s", seed, grep, a, limit, len(got), len(want), difference(want, got))
			}
			if a.limit > 0 && len(want) > 0 { // which of the lines of one moment are among the last is open
				want, got = after(want), after(got)
			}
			if !slices.Equal(got, want) {
				t.Fatalf("seed %d, %s, %+v, pages of %d:\n%s", seed, grep, a, limit, difference(want, got))
			}
		}
	}
	if spared <= 0 {
		t.Errorf("the server gave %d lines more", -spared)
	}
}

// after are the sorted lines that are not of the first one's moment.
func after(lines []string) []string {
	first, _, _ := strings.Cut(lines[0], " ")
	return slices.DeleteFunc(slices.Clone(lines), func(l string) bool { return strings.HasPrefix(l, first+" ") })
}

// difference lists what one has and the other has not, or has more often.
func difference(want, got []string) string {
	count := map[string]int{}
	for _, l := range want {
		count[l]--
	}
	for _, l := range got {
		count[l]++
	}
	var b strings.Builder
	for l, n := range count {
		if n != 0 {
			fmt.Fprintf(&b, "%+d %q\n", n, l)
		}
	}
	return b.String()
}
