package fault

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// Times of every way to write them, whole and in pieces, are put on; what is none stays as it is, and nothing changes its length.
func TestAClockIsPutOn(t *testing.T) {
	const day = `{"a":"2026-11-22T23:59:30Z","b":"2026-11-22T23:59:30.125+01:00","c":"2026-11-22T23:59:30+0100","d":"2026-11-22T23:59:30.000000001Z","e":"2026-11-22","f":1795392000,"g":"v2026-13-40T99:99:99Z"}`
	const next = `{"a":"2026-11-23T00:01:00Z","b":"2026-11-23T00:01:00.125+01:00","c":"2026-11-23T00:01:00+0100","d":"2026-11-23T00:01:00.000000001Z","e":"2026-11-22","f":1795392000,"g":"v2026-13-40T99:99:99Z"}`
	for size := 1; size <= len(day); size++ {
		out := httptest.NewRecorder()
		out.Header().Set("Date", "Sun, 22 Nov 2026 23:59:30 GMT")
		l := &late{ResponseWriter: out, by: 90 * time.Second}
		for rest := day; rest != ""; {
			n := min(size, len(rest))
			if _, err := l.Write([]byte(rest[:n])); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		l.end()
		if out.Body.String() != next || out.Header().Get("Date") != "Mon, 23 Nov 2026 00:01:00 GMT" {
			t.Fatalf("in pieces of %d: %s %s", size, out.Body, out.Header())
		}
	}
	if got := string(put([]byte(next), -90*time.Second)); got != day {
		t.Errorf("put back: %s", got)
	}
	out := httptest.NewRecorder()
	l := &late{ResponseWriter: out, by: -time.Hour}
	l.WriteHeader(http.StatusNoContent)
	if at, err := http.ParseTime(out.Header().Get("Date")); err != nil || time.Since(at) < 30*time.Minute {
		t.Errorf("an answer without a body, nor a date of its own: %v", out.Header())
	}
}
