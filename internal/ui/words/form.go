package words

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Form is how a language writes quantities.
type Form struct {
	Decimal  string // "," or "."
	Group    string // between thousands
	Percent  string // after the number, with its space
	Second   string
	Minute   string
	Hour     string
	Day      string
	DayShort string // one letter for narrow cells
	IBytes   []string
	Core     string
	Cores    string
	Yes      string
	No       string
	Never    string
	Unknown  string
	Since    func(when string) string // "depuis 14:03"
	Ago      func(age string) string  // "il y a 2 min"
	DayMonth string                   // layout of a date in this year
	Date     string                   // layout of a full date
	Clock    string                   // layout of a time of day
	Colon    string                   // between a name and what is said of it
}

// Int writes a whole number with grouped thousands.
func (s *Set) Int(n int) string {
	digits := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	if len(digits) <= 4 { // 1 204 and 1204 both read well; four digits stay together in columns
		return sign + digits
	}
	var sb strings.Builder
	for i, c := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			sb.WriteString(s.Form.Group)
		}
		sb.WriteRune(c)
	}
	return sign + sb.String()
}

// Dec writes a number with at most digits decimals, without trailing zeros.
func (s *Set) Dec(v float64, digits int) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return s.Form.Unknown
	}
	out := strconv.FormatFloat(v, 'f', digits, 64)
	if strings.Contains(out, ".") {
		out = strings.TrimRight(strings.TrimRight(out, "0"), ".")
	}
	if out == "-0" {
		out = "0"
	}
	return strings.Replace(out, ".", s.Form.Decimal, 1)
}

// Percent writes a ratio (1 is 100 %).
func (s *Set) Percent(ratio float64) string {
	return strconv.Itoa(int(math.Round(ratio*100))) + s.Form.Percent
}

// Bytes writes an amount of memory in powers of 1024, with two significant digits below ten.
func (s *Set) Bytes(n float64) string {
	unit := 0
	for math.Abs(n) >= 1024 && unit < len(s.Form.IBytes)-1 {
		n /= 1024
		unit++
	}
	digits := 0
	if unit > 0 && math.Abs(n) < 10 {
		digits = 1
	}
	return s.Dec(n, digits) + " " + s.Form.IBytes[unit]
}

// CPU writes cores: thousandths below one ("120 m"), else cores with at most one decimal and no unit.
func (s *Set) CPU(cores float64) string {
	if cores > 0 && cores < 1 {
		return strconv.Itoa(int(math.Round(cores*1000))) + " m"
	}
	return s.Dec(cores, 1)
}

// Cores writes cores with their word: "4 cœurs".
func (s *Set) Cores(cores float64) string {
	word := s.Form.Cores
	if cores < 2 && s.Tag == "fr" || cores == 1 {
		word = s.Form.Core
	}
	return s.Dec(cores, 1) + " " + word
}

// Age writes how old something is: "<1 min", "2 min", "3 h", "5 j". Ages move once a minute at most, so that a screen at
// rest sends nothing.
func (s *Set) Age(d time.Duration) string {
	n, unit := age(d)
	switch unit {
	case 'm':
		if n == 0 {
			return "<1 " + s.Form.Minute
		}
		return strconv.Itoa(n) + " " + s.Form.Minute
	case 'h':
		return strconv.Itoa(n) + " " + s.Form.Hour
	default:
		return strconv.Itoa(n) + " " + s.Form.Day
	}
}

// AgeShort is Age in at most four cells: "<1m", "2m", "3h", "5j".
func (s *Set) AgeShort(d time.Duration) string {
	n, unit := age(d)
	switch unit {
	case 'm':
		if n == 0 {
			return "<1m"
		}
		return strconv.Itoa(n) + "m"
	case 'h':
		return strconv.Itoa(n) + "h"
	default:
		if n > 999 {
			return strconv.Itoa(n/365) + "a"
		}
		return strconv.Itoa(n) + s.Form.DayShort
	}
}

func age(d time.Duration) (n int, unit byte) {
	switch d = max(d, 0); {
	case d < time.Hour:
		return int(d / time.Minute), 'm'
	case d < 48*time.Hour:
		return int(d / time.Hour), 'h'
	default:
		return int(d / (24 * time.Hour)), 'd'
	}
}

// Lasted writes a duration that is over: "12 s", "1 min 12", "2 h 05".
func (s *Set) Lasted(d time.Duration) string {
	d = max(d, 0).Round(time.Second)
	two := func(n int) string {
		if n < 10 {
			return "0" + strconv.Itoa(n)
		}
		return strconv.Itoa(n)
	}
	switch {
	case d < time.Minute:
		return strconv.Itoa(int(d/time.Second)) + " " + s.Form.Second
	case d < time.Hour:
		return strconv.Itoa(int(d/time.Minute)) + " " + s.Form.Minute + " " + two(int(d%time.Minute/time.Second))
	default:
		return strconv.Itoa(int(d/time.Hour)) + " " + s.Form.Hour + " " + two(int(d%time.Hour/time.Minute))
	}
}

// Clock writes the time of day.
func (s *Set) Clock(t time.Time) string { return t.Format(s.Form.Clock) }

// When writes an instant as shortly as it stays clear at now: the time today, the day and time this year, the date before.
// Both are shown in now's time zone.
func (s *Set) When(t, now time.Time) string {
	if t.IsZero() {
		return s.Form.Unknown
	}
	t = t.In(now.Location())
	switch {
	case t.YearDay() == now.YearDay() && t.Year() == now.Year():
		return t.Format(s.Form.Clock)
	case now.Sub(t) < 300*24*time.Hour && t.Sub(now) < 300*24*time.Hour:
		return t.Format(s.Form.DayMonth) + " " + t.Format(s.Form.Clock)
	default:
		return t.Format(s.Form.Date)
	}
}

// Apart is how far two clocks are from one another, to the second below two minutes: "92 s", "12 min".
func (s *Set) Apart(d time.Duration) string {
	if d = d.Abs(); d < 2*time.Minute {
		return s.Int(int(d.Round(time.Second)/time.Second)) + " s"
	}
	return s.Age(d)
}

// Plural returns one for 0 (in French) and 1, else many, after the number.
func (s *Set) Plural(n int, one, many string) string {
	word := many
	if n == 1 || (n == 0 && s.Tag == "fr") {
		word = one
	}
	return s.Int(n) + " " + word
}
