package lines

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"dsotop/internal/logs"
	"dsotop/internal/logs/format"
	"dsotop/internal/logs/query"
)

// load is a namespace's day: JSON, GELF, access lines, words and stack traces of four containers, some 144 bytes a line.
func load(n int) []logs.Line {
	r := rand.New(rand.NewPCG(7, 7))
	sts := streams(4)
	users := []string{"amelia", "boris", "chloe", "denis"}
	out := make([]logs.Line, 0, n)
	at := int64(1_787_000_000_000_000_000)
	for len(out) < n {
		at += r.Int64N(2_000_000)
		var s string
		st := r.IntN(4)
		switch st {
		case 0:
			s = fmt.Sprintf(`{"time":"2026-08-17T10:%02d:%02d.%03dZ","level":"%s","msg":"request served","path":"/api/v1/agendas/%d","user":"%s","status":%d,"duration":"%dms"}`,
				r.IntN(60), r.IntN(60), r.IntN(1000), [...]string{"info", "info", "info", "debug", "warn"}[r.IntN(5)], r.IntN(10000), users[r.IntN(4)], [...]int{200, 200, 204, 404}[r.IntN(4)], r.IntN(900))
		case 1:
			s = fmt.Sprintf(`{"version":"1.1","host":"web-%d","short_message":"session %08x renewed for %s","level":6,"timestamp":17870000%d.%d,"_thread":"http-nio-8080-exec-%d"}`, r.IntN(9), r.Uint32(), users[r.IntN(4)], r.IntN(99), r.IntN(999), r.IntN(40))
		case 2:
			s = fmt.Sprintf(`10.2.%d.%d - - [17/Aug/2026:10:%02d:%02d +0000] "GET /static/app-%d.js HTTP/1.1" 200 %d "-" "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101"`, r.IntN(255), r.IntN(255), r.IntN(60), r.IntN(60), r.IntN(99), r.IntN(90000))
		default:
			if r.IntN(200) == 0 {
				out = append(out, logs.Line{At: at, Stream: sts[3], Text: "2026-08-17 10:00:00,123 ERROR [main] f.g.a.AgendaService - cannot reach the database: connection refused to pg-rw.mi-agenda.svc:5432"})
				for i := range 12 {
					out = append(out, logs.Line{At: at + int64(i), Stream: sts[3], Text: fmt.Sprintf("\tat fr.gouv.agenda.service.layer%d.AgendaService.find(AgendaService.java:%d)", i, r.IntN(900))})
				}
				continue
			}
			s = fmt.Sprintf("2026-08-17 10:%02d:%02d,%03d INFO  [http-nio-8080-exec-%d] f.g.a.AgendaController - agenda %d read by %s in %d ms, cache warm, tenant hprod", r.IntN(60), r.IntN(60), r.IntN(1000), r.IntN(40), r.IntN(10000), users[r.IntN(4)], r.IntN(300))
		}
		out = append(out, logs.Line{At: at, Stream: sts[st], Text: s})
	}
	return out[:n]
}

const million = 1_000_000

func filled(b *testing.B) (*Store, *format.Set) {
	set, problems := format.Load()
	if len(problems) > 0 {
		b.Fatal(problems)
	}
	s := New(Options{Classify: set.Classify, MaxBytes: 1 << 30})
	all := load(million)
	for i := 0; i < len(all); i += 1000 {
		s.Add(all[i : i+1000])
	}
	return s, set
}

func BenchmarkIngest(b *testing.B) {
	set, _ := format.Load()
	all := load(million)
	for _, c := range []struct {
		name     string
		classify func(string) format.Class
		shuffle  bool
	}{{"classified", set.Classify, false}, {"plain", nil, false}, {"late", nil, true}} {
		b.Run(c.name, func(b *testing.B) {
			ls := all
			if c.shuffle {
				r := rand.New(rand.NewPCG(1, 1))
				ls = append([]logs.Line(nil), all...)
				for i := range ls {
					j := min(i+r.IntN(300), len(ls)-1)
					ls[i], ls[j] = ls[j], ls[i]
				}
			}
			for b.Loop() {
				s := New(Options{Classify: c.classify, MaxBytes: 1 << 30})
				for i := 0; i < len(ls); i += 200 {
					s.Add(ls[i : i+200])
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/million, "ns/line")
		})
	}
}

func BenchmarkMemory(b *testing.B) {
	for b.Loop() {
		var before, after runtime.MemStats
		all := load(million)
		runtime.GC()
		runtime.ReadMemStats(&before)
		s := New(Options{MaxBytes: 1 << 30})
		for i := 0; i < len(all); i += 1000 {
			s.Add(all[i : i+1000])
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		st := s.Stat()
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(st.Bytes), "heap/text")
		b.ReportMetric(float64(st.Memory)/float64(st.Bytes), "memory/text")
		b.ReportMetric(float64(st.Bytes)/million, "B/line")
		runtime.KeepAlive(all)
	}
}

func BenchmarkSearch(b *testing.B) {
	s, set := filled(b)
	for _, text := range []string{"refused", "Refused", "amelia", "e", "zzz", `"connection refused"`, "cannot | renewed", "-kube-probe", "/refused to pg.*5432/", `/\d{4} ms/`, `/\d{3}ms/`, `/\d{4}/`, `/[0-9]{3} [0-9]{5}/`, `/\S+@\S+/`, `/^\d+\.\d+/`, `/user.*\d$/`, `/[a-f0-9]{8}/`, "level>=error", "container:c3", "path~^/api/v1/agendas/77", "status>=404", "status=404"} {
		b.Run(strings.ReplaceAll(text, "/", "|"), func(b *testing.B) { // a slash would end the name for -bench
			n, before := int64(0), userTime()
			for b.Loop() {
				q, err := query.Parse(text)
				if err != nil {
					b.Fatal(err)
				}
				v := s.View(ViewOptions{Match: query.Compile(q, set), OnlyMatches: true})
				v.Scan(0)
				n, _, _ = v.Count()
			}
			b.ReportMetric(float64(n), "matches")
			b.ReportMetric(float64((userTime()-before).Microseconds())/1000/float64(b.N), "user-ms/op")
		})
	}
}

func BenchmarkView(b *testing.B) {
	s, set := filled(b)
	q, _ := query.Parse("amelia")
	v := s.View(ViewOptions{Match: query.Compile(q, set), Fold: true})
	v.Scan(0)
	st := s.Stat()
	mid := s.SeekTime((st.First + st.Last) / 2)
	b.Run("Window", func(b *testing.B) {
		for b.Loop() {
			v.Window(mid, 30, 30)
		}
	})
	b.Run("Step1", func(b *testing.B) {
		for b.Loop() {
			v.Step(mid, 1)
		}
	})
	b.Run("Step400000", func(b *testing.B) {
		for b.Loop() {
			v.Step(mid, -400_000)
		}
	})
	b.Run("Count", func(b *testing.B) {
		for b.Loop() {
			v.Count()
		}
	})
	b.Run("Ordinal", func(b *testing.B) {
		id, _ := v.NextMatch(mid, 1)
		for b.Loop() {
			v.Ordinal(id)
		}
	})
	b.Run("NextError", func(b *testing.B) {
		for b.Loop() {
			v.NextLevel(mid, 1, logs.LevelError)
		}
	})
	b.Run("Histogram", func(b *testing.B) {
		for b.Loop() {
			v.Histogram(st.First, st.Last+1, 120)
		}
	})
	b.Run("Stat", func(b *testing.B) {
		for b.Loop() {
			s.Stat()
		}
	})
	b.Run("NewView", func(b *testing.B) {
		for b.Loop() {
			w := s.View(ViewOptions{Match: v.o.Match, Fold: true, Floor: logs.LevelWarn})
			w.Scan(0)
		}
	})
}
