package page_test

import (
	"testing"
	"time"

	"dsotop/internal/ui/page"
)

func TestParseWhen(t *testing.T) {
	zone := time.FixedZone("CET", 3600)
	now := time.Date(2026, 11, 21, 14, 7, 20, 0, zone)
	at := func(month time.Month, day, h, m, s int) time.Time {
		return time.Date(2026, month, day, h, m, s, 0, zone)
	}
	for text, want := range map[string]time.Time{
		"14:03": at(11, 21, 14, 3, 0), " 14:03:07 ": at(11, 21, 14, 3, 7), "14h03": at(11, 21, 14, 3, 0), "23:00": at(11, 20, 23, 0, 0),
		"-2h": now.Add(-2 * time.Hour), "-90 min": now.Add(-90 * time.Minute), "-3j": now.Add(-72 * time.Hour), "-1d": now.Add(-24 * time.Hour), "-1h30m": now.Add(-90 * time.Minute),
		"hier 14:03": at(11, 20, 14, 3, 0), "Yesterday 23:59": at(11, 20, 23, 59, 0), "avant-hier 8:05": at(11, 19, 8, 5, 0),
		"20/11 09:00": at(11, 20, 9, 0, 0), "25/12 10:00": time.Date(2025, 12, 25, 10, 0, 0, 0, zone),
		"2026-11-01 10:00": at(11, 1, 10, 0, 0), "2026-11-01": at(11, 1, 0, 0, 0), "2026-11-21T13:03:00Z": at(11, 21, 14, 3, 0), "2026-11-21t13:03:00z": at(11, 21, 14, 3, 0),
		"now": now, "maintenant": now, "14:03:07.5": at(11, 21, 14, 3, 7).Add(500 * time.Millisecond), "14:03:07,5": at(11, 21, 14, 3, 7).Add(500 * time.Millisecond),
	} {
		if got, ok := page.ParseWhen(text, now); !ok || !got.Equal(want) {
			t.Errorf("%q is %v %v, want %v", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "x", "25:00", "-", "-x", "14", "hier", "99/99 10:00", "--1h", "-1y"} {
		if got, ok := page.ParseWhen(text, now); ok {
			t.Errorf("%q is %v", text, got)
		}
	}
}
