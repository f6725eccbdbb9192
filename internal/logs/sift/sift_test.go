package sift

import (
	"slices"
	"testing"

	"dsotop/internal/logs"
	"dsotop/internal/logs/format"
	"dsotop/internal/logs/query"
)

// sifted runs lines through a sifter forwards, and backwards with a limit.
func sifted(t *testing.T, grep string, floor logs.Level, texts ...string) (forward, back []string) {
	t.Helper()
	set, _ := format.Load()
	q, err := query.Parse(grep)
	if err != nil {
		t.Fatal(err)
	}
	a := Options{Query: q, Floor: floor}
	st := &logs.Stream{Container: "api"}
	var lines []logs.Line
	for i, text := range texts {
		lines = append(lines, logs.Line{At: int64(i), Stream: st, Text: text})
	}
	s := New(a, set)
	for _, l := range lines {
		if e, ok := s.Line(l); ok {
			forward = append(forward, e.Text)
		}
	}
	b := NewBackward(New(a, set))
	for _, l := range slices.Backward(lines) {
		b.Line(l)
	}
	for _, e := range b.Newest(0) {
		back = append(back, e.Text)
	}
	return forward, back
}

func TestTracesGoWithTheirLine(t *testing.T) {
	texts := []string{
		"2026-08-21 08:22:34 INFO [main] a.B - début",
		"2026-08-21 08:22:35 ERROR [main] a.B - échec",
		"java.lang.IllegalStateException: base absente",
		"\tat a.B.c(B.java:1)",
		"Caused by: java.net.ConnectException: refused",
		"\t... 12 more",
		"2026-08-21 08:22:36 WARN [main] a.B - lent",
		"2026-08-21 08:22:37 INFO [main] a.B - fin",
	}
	for name, c := range map[string]struct {
		grep  string
		floor logs.Level
		want  []string
	}{
		"all":                 {"", logs.LevelNone, texts},
		"errors":              {"", logs.LevelError, texts[1:6]},
		"found in the line":   {"échec", logs.LevelNone, texts[1:6]},
		"found in the trace":  {"ConnectException", logs.LevelNone, texts[4:5]},
		"found, without rank": {"ConnectException", logs.LevelFatal, nil},
		"warnings":            {"", logs.LevelWarn, texts[1:7]},
	} {
		t.Run(name, func(t *testing.T) {
			forward, back := sifted(t, c.grep, c.floor, texts...)
			if !slices.Equal(forward, c.want) {
				t.Errorf("forwards: %q", forward)
			}
			if !slices.Equal(back, c.want) {
				t.Errorf("backwards: %q", back)
			}
		})
	}
}
