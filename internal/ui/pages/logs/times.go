package logs

import (
	"strconv"
	"time"

	"dsotop/internal/ui/words"
)

// clock is how the column of times is written.
type clock uint8

const (
	clockAbsolute clock = iota
	clockRelative       // to the pinned instant, else to the line under the cursor
	clockDelta          // to the line above
	clockOff
	clocks
)

// stamp writes the time of day of a line: to the millisecond, or to the second where there is little room; the day as well when the
// window is not of today.
func stamp(w *words.Set, at int64, zone *time.Location, day, narrow bool) string {
	t := time.Unix(0, at).In(zone)
	layout := "15:04:05.000"
	if narrow {
		layout = "15:04:05"
	}
	if day {
		layout = w.Form.DayMonth + " " + layout
	}
	return t.Format(layout)
}

// span writes a difference of time in at most eight cells, with its sign: "+0.412s", "-3m12s", "+2h05".
func span(w *words.Set, d time.Duration) string {
	sign := "+"
	if d < 0 {
		sign, d = "-", -d
	}
	two := func(n time.Duration) string {
		if n < 10 {
			return "0" + strconv.Itoa(int(n))
		}
		return strconv.Itoa(int(n))
	}
	switch {
	case d < time.Minute:
		return sign + strconv.FormatFloat(d.Seconds(), 'f', 3, 64) + "s"
	case d < time.Hour:
		return sign + strconv.Itoa(int(d/time.Minute)) + "m" + two(d%time.Minute/time.Second) + "s"
	case d < 24*time.Hour:
		return sign + strconv.Itoa(int(d/time.Hour)) + "h" + two(d%time.Hour/time.Minute)
	default:
		return sign + strconv.Itoa(int(d/(24*time.Hour))) + w.Form.DayShort + two(d%(24*time.Hour)/time.Hour) + "h"
	}
}
