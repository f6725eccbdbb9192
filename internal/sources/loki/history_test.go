package loki

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/grafana/loki/v3/pkg/loghttp"

	fake "dsotop/demo/fakes/loki"
	"dsotop/demo/world"
	"dsotop/internal/logs"
	"dsotop/internal/platform"
	"dsotop/internal/sources"
	"dsotop/internal/sources/transport"
)

var _ logs.History = (*Source)(nil)

// living is a source over the demo world, in the tenant of agendaprefs' production, and that namespace.
func living(t *testing.T) (s *Source, tenant, ns string, now time.Time) {
	t.Helper()
	now = time.Date(2026, 8, 21, 14, 20, 0, 0, time.UTC)
	w := world.New(world.Options{Seed: 1, Clock: func() time.Time { return now }})
	server := httptest.NewServer(fake.Handler(w, fake.Options{RequireTenant: true}))
	t.Cleanup(server.Close)
	s, err := New(Options{Name: "loki", Tenancy: sources.Tenancy{In: sources.TenantPath}, Transport: transport.Options{URL: server.URL, Proxy: "none", Rate: 1000, Backoff: time.Millisecond}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.client.Close(); s.questions.Close() })
	tenant, _ = platform.Tenants(agenda)
	return s, tenant, platform.NamespaceName(agendaProd, agenda), now
}

func TestHistoryOfTheDemo(t *testing.T) {
	s, tenant, ns, now := living(t)
	ctx := t.Context()
	a := logs.Ask{Tenant: tenant, Query: `{namespace="` + ns + `"}`, From: now.Add(-time.Hour).UnixNano(), To: now.UnixNano(), Limit: 700}
	forth, err := s.Range(ctx, a)
	if err != nil || len(forth.Lines) != 700 || !forth.Full {
		t.Fatalf("%d lines, %v", len(forth.Lines), err)
	}
	streams := map[*logs.Stream]bool{}
	for i, l := range forth.Lines {
		if i > 0 && l.At < forth.Lines[i-1].At || l.At < a.From || l.At >= a.To || l.Stream.Namespace != ns || l.Stream.Container == "" || l.Stream.Origin != logs.OriginLoki {
			t.Fatalf("line %d: %+v %+v", i, l, l.Stream)
		}
		streams[l.Stream] = true
	}
	a.Backward = true
	back, err := s.Range(ctx, a)
	if err != nil || len(back.Lines) != 700 || back.Lines[0].At < back.Lines[699].At || back.Lines[0].At < forth.Lines[699].At {
		t.Fatalf("%d lines backward, %v", len(back.Lines), err)
	}
	for _, l := range back.Lines {
		streams[l.Stream] = true
	}
	if len(streams) > 20 {
		t.Errorf("%d streams: equal ones are not one", len(streams))
	}
	a.Limit = 20_000 // more than the server gives
	if got, err := s.Range(ctx, a); err != nil || len(got.Lines) > s.Limit() || len(got.Lines) < 700 {
		t.Errorf("%d lines, %v", len(got.Lines), err)
	}

	a.From = now.Add(-10 * time.Minute).UnixNano()
	if got, err := s.Labels(ctx, tenant, 0, 0); err != nil || !strings.Contains(strings.Join(got, " "), "container") {
		t.Errorf("labels: %v %v", got, err)
	}
	if got, err := s.Values(ctx, tenant, "container", a.Query, a.From, a.To); err != nil || len(got) < 2 {
		t.Errorf("values: %v %v", got, err)
	}
	if got, err := s.Series(ctx, tenant, a.Query, a.From, a.To); err != nil || len(got) < 2 || len(got[0]) < 5 {
		t.Errorf("series: %v %v", got, err)
	}
	m := a
	m.Query = `sum by (container) (count_over_time(` + a.Query + `[1m]))`
	if got, err := s.Metric(ctx, m, time.Minute); err != nil || len(got) < 2 || len(got[0].Points) < 9 || got[0].Labels[0].Name != "container" || got[0].Points[0].At < a.From {
		t.Errorf("metric: %d %v", len(got), err)
	}
	if got, err := s.Volume(ctx, a); err != nil || len(got) < 2 || len(got[0].Points) == 0 || got[0].Labels[0].Name != "container" {
		t.Errorf("volume: %+v %v", got, err)
	}
	if got, err := s.Size(ctx, a); err != nil || got.Entries == 0 || got.Bytes == 0 {
		t.Errorf("size: %+v %v", got, err)
	}
	if got, err := s.Patterns(ctx, a, time.Minute); err != nil || len(got) == 0 || got[0].Count == 0 || got[0].Points[0].At < a.From-int64(time.Minute) {
		t.Errorf("patterns: %d %v", len(got), err)
	}
	if got, err := s.Fields(ctx, a); err != nil || len(got) == 0 || got[0].Name == "" {
		t.Errorf("fields: %+v %v", got, err)
	}

	for query, want := range map[string]logs.QueryError{
		`{namespace=x}`: {Line: 1, Column: 12},
		m.Query:         {},
	} {
		b := a
		b.Query = query
		_, err := s.Range(ctx, b)
		if q, ok := errors.AsType[*logs.QueryError](err); !ok || q.Line != want.Line || q.Column != want.Column || q.Message == "" {
			t.Errorf("%s: %+v", query, err)
		}
	}
	if _, err := s.Metric(ctx, a, time.Minute); err == nil {
		t.Error("lines are taken for numbers")
	}
}

// limited is a Loki with limits of its own: lines 1 s apart for ever.
func limited(limit int, length time.Duration, asked *atomic.Int32) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		q := r.URL.Query()
		n, _ := strconv.Atoi(q.Get("limit"))
		from, _ := strconv.ParseInt(q.Get("start"), 10, 64)
		to, _ := strconv.ParseInt(q.Get("end"), 10, 64)
		if n > limit {
			http.Error(w, fmt.Sprintf("max entries limit per query exceeded, limit > max_entries_limit_per_query (%d > %d)", n, limit), http.StatusBadRequest)
			return
		}
		if d := time.Duration(to - from); d > length {
			http.Error(w, fmt.Sprintf("the query time range exceeds the limit (query length: %s, limit: 1h)", d), http.StatusBadRequest)
			return
		}
		var values [][2]string
		second := int64(time.Second)
		if q.Get("direction") == "BACKWARD" {
			for at := (to - 1) / second * second; at >= from && len(values) < n; at -= second {
				values = append(values, [2]string{strconv.FormatInt(at, 10), "x"})
			}
		} else {
			for at := (from + second - 1) / second * second; at < to && len(values) < n; at += second {
				values = append(values, [2]string{strconv.FormatInt(at, 10), "x"})
			}
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"status": "success", "data": map[string]any{"resultType": "streams", "result": []any{map[string]any{"stream": map[string]string{"a": "b"}, "values": values}}}})
	}
}

func TestLimitsAreLearnt(t *testing.T) {
	var asked atomic.Int32
	s := serve(t, sources.Tenancy{}, "", limited(1000, time.Hour, &asked))
	base := int64(1_787_320_000) * int64(time.Second)
	for _, back := range []bool{false, true} {
		got, err := s.Range(t.Context(), logs.Ask{Query: `{a="b"}`, From: base, To: base + int64(3*time.Hour), Backward: back})
		if err != nil || len(got.Lines) != 1000 || !got.Full || s.Limit() != 1000 {
			t.Fatalf("%d lines, full %v, limit %d: %v", len(got.Lines), got.Full, s.Limit(), err)
		}
	}
	if n := asked.Load(); n != 4 { // two refusals, two answers
		t.Errorf("%d calls", n)
	}
	// A range longer than the server's longest is read piece by piece, and what both sides of an edge have is there once.
	s.learnt.limit, asked = 20_000, atomic.Int32{}
	s.learnt.length = 0
	slow := serve(t, sources.Tenancy{}, "", limited(20_000, time.Hour, &asked))
	slow.learnt.limit = 20_000
	got, err := slow.Range(t.Context(), logs.Ask{Query: `{a="b"}`, From: base, To: base + int64(150*time.Minute)})
	if err != nil || len(got.Lines) != 9000 || got.Full {
		t.Fatalf("%d lines, full %v: %v", len(got.Lines), got.Full, err)
	}
	for i, l := range got.Lines {
		if l.At != base+int64(i)*int64(time.Second) {
			t.Fatalf("line %d at %d", i, l.At)
		}
	}
}

func TestAnswersTooLargeAreAskedForInParts(t *testing.T) {
	var asked atomic.Int32
	s := serve(t, sources.Tenancy{}, "", func(w http.ResponseWriter, r *http.Request) {
		if n, _ := strconv.Atoi(r.URL.Query().Get("limit")); n > 100 {
			asked.Add(1)
			http.Error(w, "response larger than the max message size (105000000 vs 104857600)", http.StatusInternalServerError)
			return
		}
		_, _ = io.WriteString(w, linesText)
	})
	got, err := s.Range(t.Context(), logs.Ask{Query: `{a="b"}`, From: 1, To: 2})
	if err != nil || len(got.Lines) != 4 || asked.Load() != 2 {
		t.Errorf("%d lines after %d refusals: %v", len(got.Lines), asked.Load(), err)
	}
}

func TestWhatThisServerDoesNotHave(t *testing.T) {
	for _, status := range []int{404, 405, 501} {
		s := serve(t, sources.Tenancy{}, "", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "page not found", status) })
		a := logs.Ask{Query: `{a="b"}`, From: 1, To: 2}
		_, patterns := s.Patterns(t.Context(), a, 0)
		_, fields := s.Fields(t.Context(), a)
		_, volume := s.Volume(t.Context(), a)
		_, size := s.Size(t.Context(), a)
		for name, err := range map[string]error{"patterns": patterns, "fields": fields, "volume": volume, "size": size} {
			if !errors.Is(err, logs.ErrUnsupported) {
				t.Errorf("%d %s: %v", status, name, err)
			}
		}
		if _, err := s.Range(t.Context(), a); transport.FaultOf(err) == nil || errors.Is(err, logs.ErrUnsupported) {
			t.Errorf("%d range: %v", status, err)
		}
	}
}

const metaText = `{"status":"success","warnings":["careful\u001b[31m"],"data":{"resultType":"streams","result":[
 {"stream":{"namespace":"ns","container":"api","stream":"stderr"},"values":[
  ["3","c",{"structuredMetadata":{"detected_level":"error","pod":"api-1","trace_id":"t1"}}],
  ["2","b",{"structuredMetadata":{"detected_level":"info","pod":"api-1","trace_id":"t2"},"parsed":{"msg":"b"}}],
  ["2","B",{"structuredMetadata":{"detected_level":"unknown","pod":"api-2"}}],
  ["1","a"]]}],"stats":{}}}`

func TestStructuredMetadata(t *testing.T) {
	s := serve(t, sources.Tenancy{}, "", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Loki-Response-Encoding-Flags") != "categorize-labels" {
			t.Error("labels are not asked for apart")
		}
		_, _ = io.WriteString(w, metaText)
	})
	got, err := s.Range(t.Context(), logs.Ask{Query: `{a="b"}`, From: 1, To: 9, Backward: true})
	if err != nil || len(got.Lines) != 4 || len(got.Warnings) != 1 || strings.Contains(got.Warnings[0], "\x1b") {
		t.Fatalf("%+v %v", got, err)
	}
	text, levels, pods := "", "", ""
	for _, l := range got.Lines {
		text += l.Text
		levels += l.Level.String() + " "
		pods += l.Stream.Pod + " "
	}
	if text != "cbBa" || levels != "error info   " || pods != "api-1 api-1 api-2  " {
		t.Errorf("%q %q %q", text, levels, pods)
	}
	for i, want := range []string{"t1", "t2", "", ""} {
		if id, _ := got.Lines[i].Meta.Get("trace_id"); id != want {
			t.Errorf("line %d is of trace %q", i, id)
		}
	}
	if level, ok := got.Lines[2].Meta.Get("detected_level"); !ok || level != "unknown" || got.Lines[0].Stream != got.Lines[1].Stream || got.Lines[0].Stream.Label("trace_id") != "" {
		t.Errorf("%+v", got.Lines)
	}
}

// TestStreamsThatLokiCutIntoShardsAreOne holds that what is Loki's own in labels neither shows nor makes streams.
func TestStreamsThatLokiCutIntoShardsAreOne(t *testing.T) {
	all := newStreams()
	one := all.of(loghttp.LabelSet{"namespace": "n", "container": "api", "__stream_shard__": "0"})
	two := all.of(loghttp.LabelSet{"namespace": "n", "container": "api", "__stream_shard__": "1"})
	if one != two || one.stream.Label("__stream_shard__") != "" {
		t.Errorf("%v and %v", one.stream, two.stream)
	}
	unread := all.of(loghttp.LabelSet{"namespace": "n", "container": "api", "__error__": "JSONParserErr"})
	if unread.stream.Label("__error__") != "JSONParserErr" {
		t.Errorf("what the parser says is not shown: %v", unread.stream)
	}
}

// Something that differs for each line makes no stream of each line, and stays with it.
func TestStreamsStayFew(t *testing.T) {
	var b strings.Builder
	b.WriteString(`{"status":"success","data":{"resultType":"streams","result":[{"stream":{"container":"api"},"values":[`)
	const n = 5000
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `["%d","x",{"structuredMetadata":{"trace_id":"t%d","pod":"p%d"}}]`, i+1, i, i%3)
	}
	b.WriteString(`]}],"stats":{}}}`)
	s := serve(t, sources.Tenancy{}, "", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, b.String()) })
	got, err := s.Range(t.Context(), logs.Ask{Query: `{a="b"}`, From: 1, To: n + 1})
	if err != nil || len(got.Lines) != n {
		t.Fatalf("%d %v", len(got.Lines), err)
	}
	seen := map[*logs.Stream]bool{}
	for i, l := range got.Lines {
		seen[l.Stream] = true
		if l.Stream.Pod != "p"+strconv.Itoa(i%3) {
			t.Fatalf("line %d is of pod %q", i, l.Stream.Pod)
		}
		if id, _ := l.Meta.Get("trace_id"); id != "t"+strconv.Itoa(i) {
			t.Fatalf("line %d is of trace %q", i, id)
		}
	}
	if len(seen) > 3 {
		t.Errorf("%d streams", len(seen))
	}
}
