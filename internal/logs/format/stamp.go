package format

// stamp returns the length of the time that a text starts with, 0 when it starts with none. Known: ISO 8601 and its relatives with
// blank, slashes or comma (2026-08-21 08:22:34,123 +0200), access logs (21/Aug/2026:08:22:34 +0000), syslog (Aug 21 08:22:34), Redis
// (21 Aug 2026 08:22:34.123), Apache (Fri Aug 21 08:22:34.123 2026), a time of day alone, seconds since 1970 with ten digits or more.
func stamp(s string) int {
	if s == "" {
		return 0
	}
	if !digit(s[0]) {
		return named(s)
	}
	n := digits(s, 0)
	switch {
	case n == 4 && (byteAt(s, 4) == '-' || byteAt(s, 4) == '/' || byteAt(s, 4) == '.'):
		i := 5
		if digits(s, i) != 2 || byteAt(s, 7) != s[4] || digits(s, 8) < 2 {
			return 0
		}
		i = 10
		if c := byteAt(s, i); c == 'T' || c == ' ' || c == '_' {
			if n := clock(s, i+1); n > 0 {
				return zone(s, i+1+n)
			}
		}
		return i
	case n == 2 && byteAt(s, 2) == '/' && month(s, 3):
		if byteAt(s, 6) != '/' || digits(s, 7) != 4 || byteAt(s, 11) != ':' {
			return 0
		}
		if n := clock(s, 12); n > 0 {
			return zone(s, 12+n)
		}
	case n == 2 && byteAt(s, 2) == ' ' && month(s, 3):
		if byteAt(s, 6) != ' ' || digits(s, 7) != 4 || byteAt(s, 11) != ' ' {
			return 0
		}
		if n := clock(s, 12); n > 0 {
			return 12 + n
		}
	case n == 2:
		return clock(s, 0)
	case n >= 10 && n <= 19:
		if byteAt(s, n) == '.' {
			n += 1 + digits(s, n+1)
		}
		if !wordly(byteAt(s, n)) {
			return n
		}
	}
	return 0
}

// named reads the times that start with the name of a month or of a day.
func named(s string) int {
	i := 0
	if !month(s, 0) {
		if !day(s) {
			return 0
		}
		i = 4
	}
	start := i
	if !month(s, i) || byteAt(s, i+3) != ' ' {
		return 0
	}
	i += 4
	if byteAt(s, i) == ' ' {
		i++
	}
	n := digits(s, i)
	if n < 1 || n > 2 || byteAt(s, i+n) != ' ' {
		return 0
	}
	i += n + 1
	if n = clock(s, i); n == 0 {
		return 0
	}
	i += n
	if start > 0 && byteAt(s, i) == ' ' && digits(s, i+1) == 4 {
		i += 5
	}
	return i
}

func month(s string, i int) bool {
	if i+3 > len(s) {
		return false
	}
	switch s[i : i+3] {
	case "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec":
		return true
	}
	return false
}

func day(s string) bool {
	if len(s) < 4 || s[3] != ' ' {
		return false
	}
	switch s[:3] {
	case "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun":
		return true
	}
	return false
}

// clock reads hh:mm:ss with an optional fraction and returns its length, 0 when there is none.
func clock(s string, i int) int {
	if digits(s, i) != 2 || byteAt(s, i+2) != ':' || digits(s, i+3) != 2 || byteAt(s, i+5) != ':' || digits(s, i+6) < 2 {
		return 0
	}
	n := 8
	if c := byteAt(s, i+n); c == '.' || c == ',' {
		if d := digits(s, i+n+1); d > 0 {
			n += 1 + d
		}
	}
	return n
}

// zone returns the index after the zone that may stand at i: Z, +02:00, +0200, each after a blank too, or a name in use here.
func zone(s string, i int) int {
	j := i
	if byteAt(s, j) == ' ' {
		j++
	}
	switch c := byteAt(s, j); {
	case c == 'Z' && !wordly(byteAt(s, j+1)):
		return j + 1
	case (c == '+' || c == '-') && digits(s, j+1) == 4:
		return j + 5
	case (c == '+' || c == '-') && digits(s, j+1) == 2 && byteAt(s, j+3) == ':' && digits(s, j+4) >= 2:
		return j + 6
	}
	for _, name := range [...]string{"UTC", "GMT", "CEST", "CET"} {
		if len(s)-j >= len(name) && s[j:j+len(name)] == name && !wordly(byteAt(s, j+len(name))) {
			return j + len(name)
		}
	}
	return i
}

// digits counts the digits at i.
func digits(s string, i int) int {
	start := i
	for i < len(s) && digit(s[i]) {
		i++
	}
	return i - start
}
