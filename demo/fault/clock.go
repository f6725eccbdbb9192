package fault

import (
	"net/http"
	"regexp"
	"strings"
	"time"
)

// A time as systems write it in their answers: RFC 3339, also with an offset without a colon as SonarQube has it.
var (
	written  = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)?`) //nolint:gochecknoglobals // a constant
	unending = regexp.MustCompile(`\d[-0-9T:.+]{0,34}$`)                                           //nolint:gochecknoglobals // a constant
)

// put moves every time in a text, which keeps its length.
func put(text []byte, by time.Duration) []byte {
	return written.ReplaceAllFunc(text, func(at []byte) []byte {
		s := string(at)
		layout := "2006-01-02T15:04:05"
		if i := strings.IndexByte(s, '.'); i > 0 {
			n := 0
			for n < len(s)-i-1 && s[i+1+n] >= '0' && s[i+1+n] <= '9' {
				n++
			}
			layout += "." + strings.Repeat("0", n)
		}
		switch {
		case strings.HasSuffix(s, "Z"):
			layout += "Z"
		case len(s) > len(layout) && s[len(s)-3] == ':':
			layout += "-07:00"
		case len(s) > len(layout):
			layout += "-0700"
		}
		t, err := time.Parse(layout, s)
		if err != nil {
			return at
		}
		return []byte(t.Add(by).Format(layout))
	})
}

// late is an answer of a server whose clock is wrong: the Date and every time in it are moved. What is Unix time stays.
type late struct {
	http.ResponseWriter
	by   time.Duration
	sent bool   // the headers are on their way
	held []byte // the end of what was written, which may be the beginning of a time
}

func (l *late) head() {
	if l.sent {
		return
	}
	l.sent = true
	h := l.Header()
	at, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		at = time.Now()
	}
	h.Set("Date", at.Add(l.by).UTC().Format(http.TimeFormat))
}

// WriteHeader moves the Date.
func (l *late) WriteHeader(status int) {
	l.head()
	l.ResponseWriter.WriteHeader(status)
}

// Write moves the times in what is whole.
func (l *late) Write(data []byte) (int, error) {
	l.head()
	all := append(l.held, data...) //nolint:gocritic // held is given up
	l.held = nil
	if end := unending.FindIndex(all); end != nil {
		l.held = append(l.held, all[end[0]:]...)
		all = all[:end[0]]
	}
	if _, err := l.ResponseWriter.Write(put(all, l.by)); err != nil {
		return 0, err
	}
	return len(data), nil
}

// end sends what is held.
func (l *late) end() {
	l.head()
	if len(l.held) > 0 {
		_, _ = l.ResponseWriter.Write(put(l.held, l.by))
		l.held = nil
	}
}

// Unwrap lets the server's ways to take over a connection through.
func (l *late) Unwrap() http.ResponseWriter { return l.ResponseWriter }

// Flush passes on what there is.
func (l *late) Flush() {
	l.end()
	_ = http.NewResponseController(l.ResponseWriter).Flush()
}
