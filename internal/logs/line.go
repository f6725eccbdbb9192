// Package logs holds the nouns of the log view and what it asks of systems that have lines. It does no I/O and draws nothing.
//
// The rooms below it: format (what a line says of itself), plain (raw text → what may be shown), query (the language of search and
// filter), lines (the store of lines in memory), feed (joins a history and live origins into one stream), export.
//
// A line's text is foreign and RAW: it may hold escapes, broken UTF-8, tabs, carriage returns. It is kept as it came, so that an export
// is faithful; whatever leaves for a screen, a clipboard or a file of text goes through internal/logs/plain.
package logs

import "time"

// Level is how serious a line is. The order is meaningful: a floor keeps what is at or above it.
type Level uint8

// The levels, from the least to the most serious. LevelNone is a line that says nothing of itself.
const (
	LevelNone Level = iota
	LevelTrace
	LevelDebug
	LevelInfo
	LevelWarn
	LevelError
	LevelFatal
)

// String is the fixed machine word of a level; "" for LevelNone.
func (l Level) String() string {
	return [...]string{"", "trace", "debug", "info", "warn", "error", "fatal"}[min(l, LevelFatal)]
}

// ParseLevel reads a level as loggers, collectors and syslog write it (names in any case, their usual shortenings, syslog's numbers
// 0–7 as GELF uses them); ok is false for anything else.
func ParseLevel(s string) (Level, bool) {
	if len(s) > 16 {
		return LevelNone, false
	}
	var low [16]byte
	for i := range len(s) {
		c := s[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		low[i] = c
	}
	switch string(low[:len(s)]) {
	case "trace", "trc", "finest", "finer", "verbose", "silly":
		return LevelTrace, true
	case "debug", "dbg", "fine", "7":
		return LevelDebug, true
	case "info", "inf", "information", "informational", "notice", "config", "log", "6", "5":
		return LevelInfo, true
	case "warn", "warning", "wrn", "4":
		return LevelWarn, true
	case "error", "err", "severe", "3":
		return LevelError, true
	case "fatal", "ftl", "critical", "crit", "alert", "emerg", "emergency", "panic", "dpanic", "2", "1", "0":
		return LevelFatal, true
	}
	return LevelNone, false
}

// Origin is the kind of system a line came from.
type Origin uint8

// The origins.
const (
	OriginNone Origin = iota
	OriginLoki
	OriginArgo
	OriginKubernetes
)

// String is the fixed machine word of an origin; "" for OriginNone.
func (o Origin) String() string {
	return [...]string{"", "loki", "argocd", "kubernetes"}[min(o, OriginKubernetes)]
}

// Label is a name and its value; both were cleaned at the border.
type Label struct{ Name, Value string }

// Stream is where lines come from: a container of a pod, or a stream of Loki. Pod is "" where the collector does not tell (the
// platform's documented labels have none). Labels are all of Loki's, sorted by name; nil for live origins. Shared by its lines, never
// changed once made.
type Stream struct {
	Origin                    Origin
	Namespace, Pod, Container string
	Previous                  bool // the container's instance before the present one
	Labels                    []Label
}

// Label returns the value of a label of the stream, "" when it has none.
func (s *Stream) Label(name string) string {
	for _, l := range s.Labels {
		if l.Name == name {
			return l.Value
		}
	}
	switch name {
	case "namespace":
		return s.Namespace
	case "pod":
		return s.Pod
	case "container":
		return s.Container
	}
	return ""
}

// Line is one line as its system gave it.
type Line struct {
	At     int64 // nanoseconds since 1970, UTC
	Stream *Stream
	Text   string // raw: see the package comment
	Level  Level  // what the system says (Loki's detected_level); LevelNone lets the text speak
	Meta   Meta   // what it brought besides its text
}

// Time is when the line was written, UTC.
func (l Line) Time() time.Time { return time.Unix(0, l.At).UTC() }

// Batch is what a stream delivers at once: lines in no promised order, and what happened to it.
type Batch struct {
	Lines   []Line
	Notices []Notice
}

// NoticeKind says what a notice tells of.
type NoticeKind uint8

// The kinds of notices. Nothing is dropped in silence: each is a visible line of the stream.
const (
	NoticeGap       NoticeKind = iota + 1 // lines between From and To may be missing; can be fetched
	NoticeDropped                         // the server says it dropped Count lines of a tail between From and To; can be fetched
	NoticeLimit                           // an answer stopped at the server's limit and could not be continued (more lines in one nanosecond than a call may return)
	NoticeCut                             // the stream of an origin was cut; the feed tries again
	NoticeResumed                         // it is back; From–To were read again, Count lines were new
	NoticeSeam                            // from here on lines come from the other origin
	NoticeEvicted                         // Count older lines left the memory; they come back on scrolling up where a history has them
	NoticeRetention                       // the history keeps nothing before At
	NoticeStart                           // the origin has nothing older
	NoticeFailed                          // an origin does not answer or refuses; Why says it
	NoticeTruncated                       // a line was longer than the memory takes; Count bytes were left out
)

// WhyNoPrevious is Why of a NoticeStart: the instance before the present one was asked for, and no container has one.
const WhyNoPrevious = "no container has an instance before the present one"

// Notice is something that happened to the stream at At, between From and To (0: does not apply).
type Notice struct {
	Kind         NoticeKind
	At, From, To int64
	Count        int64 // lines (bytes for NoticeTruncated); -1 unknown
	Origin       Origin
	Source       string // the source's name: "loki", "argocd/pub"
	Why          string // cleaned, in the source's own words; "" when there is nothing to add
}

// String is the fixed machine word of a kind of notice; "" for none.
func (k NoticeKind) String() string {
	return [...]string{"", "gap", "dropped", "limit", "cut", "resumed", "seam", "evicted", "retention", "start", "failed", "truncated", ""}[min(k, NoticeTruncated+1)]
}
