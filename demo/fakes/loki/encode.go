package loki

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"dsotop/demo/fakes/loki/logql"
)

// categorizes reports whether a client asks for labels, structured metadata and parsed labels apart.
func categorizes(r *http.Request) bool {
	return strings.Contains(r.Header.Get("X-Loki-Response-Encoding-Flags"), "categorize-labels")
}

// streamJSON is one stream of an answer; its lines stand in the order in which they were added.
type streamJSON struct {
	labels map[string]string
	values []byte // the inside of the array
}

// MarshalJSON writes the stream as Loki does.
func (s *streamJSON) MarshalJSON() ([]byte, error) {
	b := make([]byte, 0, len(s.values)+256)
	b = append(b, `{"stream":`...)
	b = appendObject(b, s.labels)
	b = append(b, `,"values":[`...)
	b = append(b, s.values...)
	return append(b, "]}"...), nil
}

// toStreams gathers entries by their labels; within a stream they keep their order. apart keeps what the lines brought out of the labels, in
// a third place of each value; together, everything is a label, and lines that differ in it are of different streams.
func toStreams(found []logql.Entry, apart bool) []*streamJSON {
	byKey := map[string]*streamJSON{}
	bases := map[*logql.Stream]string{}
	var tail []byte
	for _, e := range found {
		key, labels := e.Key, e.Labels
		tail = tail[:0]
		if apart {
			base, ok := bases[e.Stream]
			if !ok {
				base = logql.Key(e.Stream.Base)
				bases[e.Stream] = base
			}
			key, labels = base, e.Stream.Base
			tail = append(tail, `,{"structuredMetadata":`...)
			tail = appendObject(tail, e.Stream.Meta)
			if parsed := extra(e); len(parsed) > 0 {
				tail = append(tail, `,"parsed":`...)
				tail = appendObject(tail, parsed)
			}
			tail = append(tail, '}')
		}
		s := byKey[key]
		if s == nil {
			s = &streamJSON{labels: labels}
			byKey[key] = s
		}
		if len(s.values) > 0 {
			s.values = append(s.values, ',')
		}
		s.values = append(s.values, `["`...)
		s.values = strconv.AppendInt(s.values, e.At, 10)
		s.values = append(s.values, `",`...)
		s.values = appendString(s.values, e.Line)
		s.values = append(s.values, tail...)
		s.values = append(s.values, ']')
	}
	out := make([]*streamJSON, 0, len(byKey))
	for _, k := range slices.Sorted(maps.Keys(byKey)) {
		out = append(out, byKey[k])
	}
	return out
}

// extra is what the pipeline found in a line.
func extra(e logql.Entry) map[string]string {
	if len(e.Labels) == len(e.Stream.Labels) {
		return nil
	}
	out := map[string]string{}
	for name, value := range e.Labels {
		if _, had := e.Stream.Labels[name]; !had {
			out[name] = value
		}
	}
	return out
}

func appendObject(b []byte, set map[string]string) []byte {
	b = append(b, '{')
	for i, name := range slices.Sorted(maps.Keys(set)) {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(b, name)
		b = append(b, ':')
		b = appendString(b, set[name])
	}
	return append(b, '}')
}

// appendString writes a JSON string. What is no UTF-8 becomes U+FFFD, as Loki's own encoder has it.
func appendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			if r != utf8.RuneError || n > 1 {
				i += n
				continue
			}
			b = append(append(b, s[from:i]...), `\ufffd`...)
			i++
			from = i
			continue
		}
		b = append(b, s[from:i]...)
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, '\\', 'n')
		case '\r':
			b = append(b, '\\', 'r')
		case '\t':
			b = append(b, '\\', 't')
		default:
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
		i++
		from = i
	}
	return append(append(b, s[from:]...), '"')
}
