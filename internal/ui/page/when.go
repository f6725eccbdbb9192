package page

import (
	"strconv"
	"strings"
	"time"
)

// ParseWhen reads an instant as people write it, in now's time zone: "14:03", "14:03:07.5" (the last one that has passed), "-2h", "-90 min",
// "hier 14:03", "yesterday 14:03", "21/11 14:03", "2026-11-21 14:03", RFC 3339, "maintenant", "now". ok is false for anything else.
func ParseWhen(text string, now time.Time) (at time.Time, ok bool) {
	s := strings.ToLower(strings.TrimSpace(text))
	switch s {
	case "":
		return time.Time{}, false
	case "now", "maintenant":
		return now, true
	}
	if rest, found := strings.CutPrefix(s, "-"); found {
		d, ok := parseSpan(rest)
		return now.Add(-d), ok
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02", "02/01/2006 15:04:05", "02/01/2006 15:04", "02/01/2006"} {
		if t, err := time.ParseInLocation(layout, strings.ToUpper(s), now.Location()); err == nil {
			return t, true
		}
	}
	day := now
	past := true // a time of day alone is the last one that has passed
	for word, days := range map[string]int{"hier": 1, "yesterday": 1, "avant-hier": 2, "aujourd'hui": 0, "today": 0} {
		if rest, found := strings.CutPrefix(s, word+" "); found {
			day, s, past = now.AddDate(0, 0, -days), strings.TrimSpace(rest), false
		}
	}
	if date, rest, found := strings.Cut(s, " "); found {
		t, err := time.ParseInLocation("02/01", date, now.Location())
		if err != nil {
			return time.Time{}, false
		}
		day = time.Date(now.Year(), t.Month(), t.Day(), 0, 0, 0, 0, now.Location())
		if day.After(now) {
			day = day.AddDate(-1, 0, 0)
		}
		s, past = strings.TrimSpace(rest), false
	}
	s = strings.Replace(s, ",", ".", 1)
	for _, layout := range []string{"15:04:05", "15:04", "15h04"} {
		t, err := time.Parse(layout, s) // a fraction of a second is read without being in the layout
		if err != nil {
			continue
		}
		at = time.Date(day.Year(), day.Month(), day.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), now.Location())
		if past && at.After(now) {
			at = at.AddDate(0, 0, -1)
		}
		return at, true
	}
	return time.Time{}, false
}

// parseSpan reads "2h", "1h30m", "90 min", "45s", "3d", "3j".
func parseSpan(s string) (time.Duration, bool) {
	s = strings.ReplaceAll(s, " ", "")
	if d, err := time.ParseDuration(strings.ReplaceAll(s, "min", "m")); err == nil && d >= 0 {
		return d, true
	}
	for _, unit := range []string{"d", "j"} {
		if n, err := strconv.Atoi(strings.TrimSuffix(s, unit)); err == nil && strings.HasSuffix(s, unit) && n >= 0 && n < 10000 {
			return time.Duration(n) * 24 * time.Hour, true
		}
	}
	return 0, false
}
