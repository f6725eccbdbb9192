// Package runner reads the output of a job as a GitLab runner writes it: lines with or without the time and stream before them, sections
// that open and close, and which lines tell of an error. It draws nothing and asks nobody.
//
// The format of sections is https://docs.gitlab.com/ci/jobs/job_logs/#custom-collapsible-sections; that of times is the runner's
// FF_TIMESTAMPS (since 17).
package runner

import (
	"slices"
	"strings"
	"time"

	"dsotop/internal/logs"
	"dsotop/internal/logs/format"
	"dsotop/internal/logs/plain"
)

// Bounds of what is kept of one trace.
const (
	// MaxText is how many bytes of text are kept; what follows is counted in Cut.
	MaxText = 64 << 20
	// maxLine is how much of one line is kept and judged.
	maxLine = 64 << 10
	// maxDepth is how deep sections nest; deeper ones are lines of the section around them.
	maxDepth = 16
)

// None is the section of a line that is in none.
const None = int32(-1)

// Line is one line. Text is RAW: what shows it passes it through internal/logs/plain.
type Line struct {
	Text    string
	Plain   string // Text as it may be shown; the same memory when nothing had to be taken out
	At      int64  // nanoseconds since 1970, UTC; 0: the runner does not tell
	Section int32  // the innermost section it is in, None; the head of a section is in it
	Level   logs.Level
	Stderr  bool
	Head    bool // it opens its section
}

// Section is a part of the output that can be folded.
type Section struct {
	Name       string // the runner's or the script's word, e.g. step_script
	Parent     int32  // None at the outermost level
	Depth      int    // 0 at the outermost level
	Start, End int64  // seconds since 1970 as the runner tells; End is 0 while it is open
	First      int    // index of its head
	Last       int    // index behind its last line; grows while it is open
	Collapsed  bool   // the script asks for it to be folded
	Errors     int    // lines at error or above, inner sections included
}

// Took is how long the section lasted, until now for an open one; 0 when its times make no sense.
func (s *Section) Took(now time.Time) time.Duration {
	end := s.End
	if end == 0 {
		end = now.Unix()
	}
	if s.Start <= 0 || end < s.Start || end-s.Start > 365*24*3600 {
		return 0
	}
	return time.Duration(end-s.Start) * time.Second
}

// Plumbing reports whether a section is the runner's own work around the script.
func (s *Section) Plumbing() bool {
	switch s.Name {
	case "resolve_secrets", "prepare_executor", "prepare_script", "get_sources", "restore_cache", "download_artifacts", "archive_cache", "archive_cache_on_failure",
		"upload_artifacts_on_success", "upload_artifacts_on_failure", "cleanup_file_variables":
		return true
	}
	return false
}

// Output is what a job has written so far. It is used by one goroutine; others read a [Output.Snapshot].
type Output struct {
	Lines    []Line
	Sections []Section
	Errors   int   // lines at error or above
	Bytes    int64 // of text taken in
	Cut      int64 // bytes left out because of MaxText
	Stamped  bool  // the runner tells the time of lines

	set    *format.Set
	open   []int32 // sections, outermost first
	shared int     // lines that a snapshot may hold
}

// New returns an empty output. set says how serious a line is; nil knows the runner's and the build tools' own words only.
func New(set *format.Set) *Output { return &Output{set: set} }

// Append takes in the text that follows, which ends with a whole line.
func (o *Output) Append(text string) {
	if room := MaxText - o.Bytes; int64(len(text)) > room {
		o.Cut += int64(len(text)) - room
		text = text[:room]
	}
	o.Bytes += int64(len(text))
	for l := range strings.Lines(text) {
		o.physical(strings.TrimSuffix(l, "\n"))
	}
	for _, s := range o.open {
		o.Sections[s].Last = len(o.Lines)
	}
}

// physical takes in what stands between two line feeds: text, and marks of sections before, between and behind.
func (o *Output) physical(l string) {
	at, stderr, joins, body := stamp(l)
	if at != 0 {
		o.Stamped = true
	}
	if joins && len(o.Lines) > 0 { // the runner cut a long line: this is its rest
		n := len(o.Lines) - 1
		if len(o.Lines[n].Text)+len(body) <= maxLine && !strings.Contains(body, "section_") {
			if n < o.shared {
				o.Lines, o.shared = slices.Clone(o.Lines), 0
			}
			o.Lines[n].Text += body
			o.Lines[n].Plain = plain.Line(o.Lines[n].Text)
			return
		}
	}
	for first := true; ; first = false {
		m, ok := nextMark(body)
		before := body
		if ok {
			before = body[:m.from]
		}
		if first && !ok || !blank(before) {
			o.line(before, at, stderr, false)
		}
		if !ok {
			return
		}
		body = body[m.to:]
		if !m.start {
			o.close(m.name, m.at)
			if blank(body) {
				return
			}
			continue
		}
		title := body
		if next, more := nextMark(body); more {
			title = body[:next.from]
		}
		body = body[len(title):]
		o.begin(m, title, at, stderr)
		if body == "" {
			return
		}
	}
}

// begin opens a section whose head says title.
func (o *Output) begin(m mark, title string, at int64, stderr bool) {
	if len(o.open) >= maxDepth {
		o.line(title, at, stderr, false)
		return
	}
	parent := None
	if n := len(o.open); n > 0 {
		parent = o.open[n-1]
	}
	if blank(title) {
		title = m.name
	}
	s := int32(len(o.Sections)) //nolint:gosec // bounded by MaxText
	o.Sections = append(o.Sections, Section{Name: m.name, Parent: parent, Depth: len(o.open), Start: m.at, First: len(o.Lines), Last: len(o.Lines) + 1, Collapsed: m.collapsed})
	o.open = append(o.open, s)
	o.line(title, at, stderr, true)
}

// close ends the innermost open section of that name, and those inside it. A name that is not open ends nothing.
func (o *Output) close(name string, at int64) {
	for i := len(o.open) - 1; i >= 0; i-- {
		if o.Sections[o.open[i]].Name != name {
			continue
		}
		for _, s := range o.open[i:] {
			o.Sections[s].End, o.Sections[s].Last = max(at, 1), len(o.Lines)
		}
		o.open = o.open[:i]
		return
	}
}

func (o *Output) line(text string, at int64, stderr, head bool) {
	text = strings.TrimRight(text, "\r")
	if len(text) > maxLine {
		o.Cut += int64(len(text) - maxLine)
		text = strings.ToValidUTF8(text[:maxLine], "")
	}
	l := Line{Text: text, Plain: plain.Line(text), At: at, Stderr: stderr, Head: head, Section: None}
	if n := len(o.open); n > 0 {
		l.Section = o.open[n-1]
	}
	if !head {
		l.Level = o.level(l.Plain)
	}
	if l.Level >= logs.LevelError {
		o.Errors++
		for _, s := range o.open {
			o.Sections[s].Errors++
		}
	}
	o.Lines = append(o.Lines, l)
}

// Snapshot is the output as it is now; it does not change when more is appended, and may be read by another goroutine.
func (o *Output) Snapshot() *Output {
	o.shared = len(o.Lines)
	return &Output{Lines: o.Lines[:len(o.Lines):len(o.Lines)], Sections: slices.Clone(o.Sections), Errors: o.Errors, Bytes: o.Bytes, Cut: o.Cut, Stamped: o.Stamped, open: slices.Clone(o.open)}
}

// Running returns the innermost section that is open, None when none is.
func (o *Output) Running() int32 {
	if n := len(o.open); n > 0 {
		return o.open[n-1]
	}
	return None
}

// FirstErrors returns what the first error says, at most n lines as they may be shown: from the first line at error on, those at error
// alone, without the runner's own last word when there is another one.
func (o *Output) FirstErrors(n int) []string {
	var out []string
	closing := ""
	for i := range o.Lines {
		if o.Lines[i].Level < logs.LevelError {
			continue
		}
		text := strings.TrimSpace(o.Lines[i].Plain)
		switch {
		case text == "":
		case strings.HasPrefix(text, "ERROR: Job failed"):
			closing = text
		case len(out) < n:
			out = append(out, text)
		}
	}
	if len(out) == 0 && closing != "" {
		out = append(out, closing)
	}
	return out
}
