// Package export writes lines for use outside of the program: text, JSON lines (docs/schema/logs.json), a block of Markdown for a
// ticket. Lines are written as they come, one at a time; nothing is gathered. On request an [Anonymiser] takes out what should not leave.
package export

import (
	"io"
	"iter"
	"strconv"
	"strings"
	"time"

	"dsotop/internal/logs"
	"dsotop/internal/logs/format"
	"dsotop/internal/logs/plain"
)

// Entry is one line, or one notice where Notice is set. Level and Format are what the line says of itself (format.Set.Classify).
type Entry struct {
	logs.Line
	Level  logs.Level
	Format format.ID
	Notice *logs.Notice
}

// Options say how entries are written.
type Options struct {
	// Set names formats and finds messages for JSON; nil leaves both out.
	Set *format.Set
	// Anonymise is asked for every text; nil writes all as it is.
	Anonymise *Anonymiser
	// Times puts the time before each line of text, in the zone given.
	Times bool
	Zone  *time.Location // nil: UTC
	// Names puts the container before each line of text, with its pod where it is known.
	Names bool
	// Say words a notice for text; nil leaves notices out of texts.
	Say func(logs.Notice) string
	// Paint gives what stands before and after the text of a line, for a terminal; nil for none.
	Paint func(Entry) (on, off string)
}

// Writer writes entries. It is not safe for concurrent use.
type Writer struct {
	w     io.Writer
	o     Options
	put   func(*Writer, Entry)
	buf   []byte
	lines int64
}

// maxBuffer is what a writer keeps between two lines, in bytes.
const maxBuffer = 64 << 10

// NewText returns a writer of text: one harmless line each (see internal/logs/plain).
func NewText(w io.Writer, o Options) *Writer { return &Writer{w: w, o: o, put: (*Writer).text} }

// NewJSON returns a writer of JSON lines. The text of a line is written whole and unchanged (bytes that are no UTF-8 as U+FFFD), with
// everything that a terminal could obey escaped; an anonymised one is plain text.
func NewJSON(w io.Writer, o Options) *Writer { return &Writer{w: w, o: o, put: (*Writer).json} }

// Write writes one entry, in one call to the writer below.
func (w *Writer) Write(e Entry) error {
	w.buf = w.buf[:0]
	w.put(w, e)
	if len(w.buf) == 0 {
		return nil
	}
	w.buf = append(w.buf, '\n')
	if _, err := w.w.Write(w.buf); err != nil {
		return err
	}
	if e.Notice == nil {
		w.lines++
	}
	if cap(w.buf) > maxBuffer {
		w.buf = nil
	}
	return nil
}

// Lines is how many lines were written; notices do not count.
func (w *Writer) Lines() int64 { return w.lines }

// Text writes entries as text and returns how many lines it wrote.
func Text(w io.Writer, o Options, entries iter.Seq[Entry]) (int64, error) {
	return all(NewText(w, o), entries)
}

// JSONLines writes entries as JSON, one object a line, and returns how many lines (not notices) it wrote.
func JSONLines(w io.Writer, o Options, entries iter.Seq[Entry]) (int64, error) {
	return all(NewJSON(w, o), entries)
}

func all(w *Writer, entries iter.Seq[Entry]) (int64, error) {
	for e := range entries {
		if err := w.Write(e); err != nil {
			return w.lines, err
		}
	}
	return w.lines, nil
}

// text is the text of a line as it may leave: raw, or anonymised and then plain.
func (w *Writer) content(e Entry) string {
	if w.o.Anonymise != nil {
		return w.o.Anonymise.Line(e.Stream, e.Text)
	}
	return e.Text
}

func (w *Writer) stamp(at int64) {
	zone := w.o.Zone
	if zone == nil {
		zone = time.UTC
	}
	w.buf = time.Unix(0, at).In(zone).AppendFormat(w.buf, "2006-01-02T15:04:05.000Z07:00")
	w.buf = append(w.buf, ' ')
}

func (w *Writer) text(e Entry) {
	if e.Notice != nil {
		if w.o.Say == nil {
			return
		}
		if w.o.Times {
			w.stamp(e.Notice.At)
		}
		w.buf = append(w.buf, "--- "...)
		w.buf = append(w.buf, plain.Line(w.clean(w.o.Say(*e.Notice)))...)
		return
	}
	if w.o.Times {
		w.stamp(e.At)
	}
	if w.o.Names && e.Stream != nil {
		w.buf = append(w.buf, name(e.Stream)...)
		w.buf = append(w.buf, ' ')
	}
	text := w.content(e)
	if w.o.Anonymise == nil {
		text = plain.Line(text)
	}
	if w.o.Paint != nil {
		on, off := w.o.Paint(e)
		w.buf = append(append(append(w.buf, on...), text...), off...)
	} else {
		w.buf = append(w.buf, text...)
	}
	if len(w.buf) == 0 { // an empty line is a line
		w.buf = append(w.buf, ' ')
	}
}

// clean anonymises what a notice says in the words of a source.
func (w *Writer) clean(s string) string {
	if w.o.Anonymise == nil {
		return s
	}
	return w.o.Anonymise.Line(nil, s)
}

// name is "pod/container", or the container alone where the collector tells no pod.
func name(st *logs.Stream) string {
	if st.Pod == "" {
		return st.Container
	}
	return st.Pod + "/" + st.Container
}

func (w *Writer) json(e Entry) {
	w.buf = append(w.buf, '{')
	if n := e.Notice; n != nil {
		w.member("notice", n.Kind.String())
		w.time("time", n.At)
		w.time("from", n.From)
		w.time("to", n.To)
		if n.Count > 0 {
			w.key("count")
			w.buf = strconv.AppendInt(w.buf, n.Count, 10)
		}
		w.member("origin", n.Origin.String())
		w.member("source", n.Source)
		w.member("why", w.clean(n.Why))
		w.buf = append(w.buf, '}')
		return
	}
	w.time("time", e.At)
	w.member("level", e.Level.String())
	if st := e.Stream; st != nil {
		w.member("origin", st.Origin.String())
		w.member("namespace", st.Namespace)
		w.member("pod", st.Pod)
		w.member("container", st.Container)
		if st.Previous {
			w.key("previous")
			w.buf = append(w.buf, "true"...)
		}
		w.labels(st)
	}
	open := false
	for name, value := range e.Meta.All() {
		if !open {
			w.key("metadata")
			w.buf = append(w.buf, '{')
			open = true
		}
		w.member(name, w.clean(value))
	}
	if open {
		w.buf = append(w.buf, '}')
	}
	text := w.content(e)
	if w.o.Set != nil {
		w.member("format", w.o.Set.Name(e.Format))
		w.member("message", w.o.Set.Message(text, e.Format))
	}
	w.key("text")
	w.buf = appendJSON(w.buf, text)
	w.buf = append(w.buf, '}')
}

// labels writes the labels of a stream that are not members of their own.
func (w *Writer) labels(st *logs.Stream) {
	open := false
	for _, l := range st.Labels {
		switch l.Name {
		case "namespace", "pod", "container":
			continue
		}
		if !open {
			w.key("labels")
			w.buf = append(w.buf, '{')
			open = true
		}
		w.member(l.Name, w.clean(l.Value))
	}
	if open {
		w.buf = append(w.buf, '}')
	}
}

func (w *Writer) key(name string) {
	if last := w.buf[len(w.buf)-1]; last != '{' {
		w.buf = append(w.buf, ',')
	}
	w.buf = append(appendJSON(w.buf, name), ':')
}

// member writes a text; an empty one is left out.
func (w *Writer) member(name, value string) {
	if value != "" {
		w.key(name)
		w.buf = appendJSON(w.buf, value)
	}
}

func (w *Writer) time(name string, at int64) {
	if at != 0 {
		w.key(name)
		w.buf = append(w.buf, '"')
		w.buf = time.Unix(0, at).UTC().AppendFormat(w.buf, time.RFC3339Nano)
		w.buf = append(w.buf, '"')
	}
}

// Markdown writes entries as a block that a ticket shows unchanged, under the lines of head (already Markdown). Entries that mark
// names get an arrow in the margin. It returns how many lines it wrote.
func Markdown(w io.Writer, o Options, head []string, mark func(Entry) bool, entries iter.Seq[Entry]) (int64, error) {
	var body strings.Builder
	var written int64
	for e := range entries {
		var line strings.Builder
		one := NewText(&line, o)
		if err := one.Write(e); err != nil {
			return written, err
		}
		written += one.Lines()
		if line.Len() == 0 {
			continue
		}
		switch {
		case mark == nil:
		case mark(e):
			body.WriteString("→ ")
		default:
			body.WriteString("  ")
		}
		body.WriteString(line.String())
	}
	fence := strings.Repeat("`", max(3, longestRun(body.String(), '`')+1))
	for _, h := range head {
		if _, err := io.WriteString(w, h+"\n"); err != nil {
			return written, err
		}
	}
	if len(head) > 0 {
		if _, err := io.WriteString(w, "\n"); err != nil {
			return written, err
		}
	}
	_, err := io.WriteString(w, fence+"text\n"+body.String()+fence+"\n")
	return written, err
}

func longestRun(s string, c byte) (longest int) {
	for i := 0; i < len(s); i++ {
		n := 0
		for i+n < len(s) && s[i+n] == c {
			n++
		}
		longest = max(longest, n)
		i += n
	}
	return longest
}
