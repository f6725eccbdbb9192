package runner

import (
	"strconv"
	"strings"
	"time"
)

// mark opens or closes a section; from and to are the bytes of its text.
type mark struct {
	from, to  int
	start     bool
	at        int64
	name      string
	collapsed bool
}

// maxName is the longest name of a section; GitLab's are shorter than a line.
const maxName = 256

// nextMark finds the first mark in a line: section_start:1560896352:name[options]\r\e[0K
func nextMark(l string) (m mark, ok bool) {
	for from := 0; ; {
		i := strings.Index(l[from:], "section_")
		if i < 0 {
			return mark{}, false
		}
		if m, ok = markAt(l, from+i); ok {
			return m, true
		}
		from += i + len("section_")
	}
}

func markAt(l string, i int) (m mark, ok bool) {
	m.from = i
	rest := l[i+len("section_"):]
	switch {
	case strings.HasPrefix(rest, "start:"):
		m.start, rest = true, rest[len("start:"):]
	case strings.HasPrefix(rest, "end:"):
		rest = rest[len("end:"):]
	default:
		return m, false
	}
	digits, rest, ok := strings.Cut(rest, ":")
	if !ok || len(digits) > 19 {
		return m, false
	}
	at, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || at < 0 {
		return m, false
	}
	m.at = at
	n := 0
	for n < len(rest) && n < maxName && named(rest[n]) {
		n++
	}
	if n == 0 {
		return m, false
	}
	m.name, rest = rest[:n], rest[n:]
	if strings.HasPrefix(rest, "[") {
		end := strings.IndexByte(rest, ']')
		if end < 0 {
			return m, false
		}
		for option := range strings.SplitSeq(rest[1:end], ",") {
			m.collapsed = m.collapsed || strings.TrimSpace(option) == "collapsed=true"
		}
		rest = rest[end+1:]
	}
	if rest != "" && rest[0] != '\r' { // a sentence about sections; what stands before it in the line decides nothing
		return m, false
	}
	rest = strings.TrimPrefix(rest, "\r")
	rest = strings.TrimPrefix(rest, "\x1b[0K")
	m.to = len(l) - len(rest)
	return m, true
}

func named(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '.' || c == '-'
}

// blank reports whether nothing of a text would be seen: blanks, carriage returns, sequences that erase or reset.
func blank(s string) bool {
	for s != "" {
		switch {
		case s[0] == ' ' || s[0] == '\r' || s[0] == '\t':
			s = s[1:]
		case strings.HasPrefix(s, "\x1b["):
			n := 2
			for n < len(s) && (s[n] < 0x40 || s[n] > 0x7e) {
				n++
			}
			if n == len(s) {
				return true
			}
			s = s[n+1:]
		default:
			return false
		}
	}
	return true
}

// stamp reads what a runner writes before a line: "2026-11-21T14:03:07.412345Z 00O " (time; number of the stream; O out, E err; + when the
// line continues the one before).
func stamp(l string) (at int64, stderr, joins bool, body string) {
	const n = len("2026-11-21T14:03:07.412345Z 00O ")
	if len(l) < n-1 || l[4] != '-' || l[10] != 'T' || l[26] != 'Z' || l[27] != ' ' || l[30] != 'O' && l[30] != 'E' {
		return 0, false, false, l
	}
	t, err := time.Parse("2006-01-02T15:04:05.000000Z", l[:27])
	if err != nil || t.Year() < 1970 || t.Year() > 2200 { // beyond, nanoseconds do not fit
		return 0, false, false, l
	}
	if len(l) > n-1 {
		if l[31] != ' ' && l[31] != '+' {
			return 0, false, false, l
		}
		body = l[n:]
		joins = l[31] == '+'
	}
	return t.UnixNano(), l[30] == 'E', joins, body
}
