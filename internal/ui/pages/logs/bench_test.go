package logs_test

import (
	"fmt"
	"testing"
	"time"

	"dsotop/internal/logs"
	"dsotop/internal/ui"
	"dsotop/internal/ui/uitest"
)

// many is a keeper of n lines of JSON and access logs, a millisecond apart.
func many(n int) *keeper {
	k := &keeper{}
	api, web := stream("agenda-api"), stream("agenda-web")
	from := uitest.Noon().Add(-time.Duration(n) * time.Millisecond).UnixNano()
	for i := range n {
		l := logs.Line{At: from + int64(i)*int64(time.Millisecond), Stream: api, Text: fmt.Sprintf(`{"ts":"2026-11-21T14:03:00.000+01:00","level":"info","msg":"requête traitée","logger":"http","trace_id":"9f2c%08d","n":%d}`, i, i)}
		if i%3 == 0 {
			l.Stream, l.Text = web, fmt.Sprintf(`10.129.4.%d - - [21/Nov/2026:14:03:07 +0100] "GET /api/dossiers HTTP/1.1" 200 %d "-" "Mozilla/5.0" "-"`, i%200, i)
		}
		k.lines = append(k.lines, l)
	}
	return k
}

// BenchmarkKeys measures a key to its frame over a million lines that arrived by being followed.
func BenchmarkKeys(b *testing.B) {
	k := many(1_000_000)
	all := k.lines
	k.lines = nil
	s := open(b, k, "fr", 120, 40, "Aucune ligne")
	for len(all) > 0 {
		n := min(len(all), 5000)
		k.write(b, all[:n]...)
		all = all[n:]
		s.Send(ui.Wake())
	}
	for _, key := range []string{"k", "pgup", "g", "G", "e", "t"} {
		b.Run(key, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				s.Press(key)
			}
		})
	}
	b.Run("wake", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			s.Send(ui.Wake())
		}
	})
	b.Run("search", func(b *testing.B) {
		for b.Loop() {
			s.Press("/")
			s.Type("9f2c00999999")
			s.Press("esc")
		}
	})
}
