package metrics

import "time"

// Ticks are round instants of a range for its axis, at most so many: full minutes, hours and days of the zone of from.
func Ticks(from, to time.Time, most int) []time.Time {
	const m, h = time.Minute, time.Hour
	span := to.Sub(from)
	if span <= 0 || most < 1 {
		return nil
	}
	step := 7 * 24 * h
	for _, s := range []time.Duration{m, 2 * m, 5 * m, 10 * m, 15 * m, 30 * m, h, 2 * h, 3 * h, 6 * h, 12 * h, 24 * h, 48 * h} {
		if int(span/s) <= most {
			step = s
			break
		}
	}
	// Truncate works on the instant since year 1 in UTC: the zone's offset makes its hours and days round.
	_, offset := from.Zone()
	shift := time.Duration(offset) * time.Second
	var out []time.Time
	for t := from.Add(shift).Truncate(step).Add(-shift); !t.After(to); t = t.Add(step) {
		if !t.Before(from) {
			out = append(out, t)
		}
	}
	return out
}
