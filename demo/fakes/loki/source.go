package loki

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/prometheus/model/labels"

	"dsotop/demo/fakes/loki/logql"
	"dsotop/demo/fakes/tenant"
	"dsotop/demo/world"
)

// source reads the world's lines for the tenants of one request.
type source struct {
	w   *world.World
	set tenant.Set
	// lines and bytes count what one query read.
	lines, bytes int64
}

func (f *face) source(set tenant.Set) *source { return &source{w: f.w, set: set} }

// origin is one container name of a namespace, which gives two streams.
type origin struct {
	ns          *world.Namespace
	container   string
	out, errors *logql.Stream
	levels      map[[2]string]*logql.Stream // by stream and level
}

// of is the stream of a line: nil when none of its kind matches. Its level is structured metadata, as Loki detects it on arrival.
func (o *origin) of(l *world.LogLine) *logql.Stream {
	base := o.out
	if l.Stream == "stderr" {
		base = o.errors
	}
	if base == nil {
		return nil
	}
	key := [2]string{l.Stream, l.Level}
	s := o.levels[key]
	if s == nil {
		level := l.Level
		if level == "" {
			level = "unknown"
		}
		s = &logql.Stream{Labels: maps.Clone(base.Labels), Base: base.Labels, Meta: map[string]string{"detected_level": level}}
		s.Labels["detected_level"] = level
		o.levels[key] = s
	}
	return s
}

// traced is the stream of a line that names a trace in GELF: the collector of those containers takes the id out of the text as well, as structured
// metadata of that line alone, for one trace of eight: the others were not sampled.
func traced(s *logql.Stream, text string) *logql.Stream {
	const mark = `"_trace_id":"`
	i := strings.Index(text, mark)
	if i < 0 {
		return s
	}
	id, _, ok := strings.Cut(text[i+len(mark):], `"`)
	if !ok || id == "" || id[0] != '0' && id[0] != '8' {
		return s
	}
	one := &logql.Stream{Labels: maps.Clone(s.Labels), Base: s.Base, Meta: maps.Clone(s.Meta)}
	one.Labels["trace_id"], one.Meta["trace_id"] = id, id
	return one
}

// origins are the containers that the request sees and of which a stream matches, in a stable order.
func (s *source) origins(ms []*labels.Matcher) []origin {
	var out []origin
	s.w.View(func(st *world.State) {
		for _, c := range st.Clusters {
			for _, ns := range c.Namespaces {
				id := tenant.Of(st, ns)
				if st.Aside.Mute[ns] || !s.set.Has(id) || !possible(ms, map[string]string{"cluster": c.Label, "namespace": ns.Name, "tenant": id}) {
					continue
				}
				seen := map[string]bool{}
				for _, x := range ns.Workloads {
					for _, spec := range x.Containers {
						if seen[spec.Name] {
							continue
						}
						seen[spec.Name] = true
						o := origin{ns: ns, container: spec.Name, levels: map[[2]string]*logql.Stream{}}
						for _, stream := range []string{"stdout", "stderr"} {
							set := map[string]string{
								"cluster": c.Label, "namespace": ns.Name, "tenant": id, "container": spec.Name, "stream": stream,
								"job": ns.Name + "/" + spec.Name, "service_name": service(x),
							}
							if !logql.Matches(ms, set) {
								continue
							}
							if stream == "stdout" {
								o.out = &logql.Stream{Labels: set}
							} else {
								o.errors = &logql.Stream{Labels: set}
							}
						}
						if o.out != nil || o.errors != nil {
							out = append(out, o)
						}
					}
				}
			}
		}
	})
	return out
}

// possible checks the matchers of the labels that are already known.
func possible(ms []*labels.Matcher, known map[string]string) bool {
	for _, m := range ms {
		if v, ok := known[m.Name]; ok && !m.Matches(v) {
			return false
		}
	}
	return true
}

// service is the name Loki gives a service by itself: a label of the pod, else the workload.
func service(x *world.Workload) string {
	for _, l := range []string{"app.kubernetes.io/name", "app"} {
		if v := x.Labels[l]; v != "" {
			return v
		}
	}
	return x.Name
}

// streams are the label sets of the matching streams that have lines of that kind.
func (s *source) streams(ms []*labels.Matcher) []map[string]string {
	var out []map[string]string
	for _, o := range s.origins(ms) {
		for _, x := range []*logql.Stream{o.out, o.errors} {
			if x != nil {
				out = append(out, x.Labels)
			}
		}
	}
	slices.SortFunc(out, func(a, b map[string]string) int {
		for _, name := range []string{"cluster", "job", "stream"} { // what tells streams apart
			if c := strings.Compare(a[name], b[name]); c != 0 {
				return c
			}
		}
		return 0
	})
	return out
}

// slice is how much time of one container is made at once: what bounds the memory of a long scan.
const slice = 2 * time.Hour

// maxLines is how many lines one query may read: a real Loki limits bytes, with the same words.
const maxLines = 20_000_000

// errTooMuch is Loki's answer to a query that reads more than its tenant may.
type errTooMuch struct{ bytes int64 }

func (e errTooMuch) Error() string {
	return fmt.Sprintf("the query would read too many bytes (query: over %d MB, limit: %d MB); consider adding more specific stream selectors or reduce the time range of the query", e.bytes>>20, e.bytes>>20)
}

// Scan gives the lines of the matching streams; see [logql.Source].
func (s *source) Scan(ctx context.Context, ms []*labels.Matcher, from, to time.Time, fn func(*logql.Stream, int64, string)) error {
	// Nothing is older than the retention, and nothing newer than now.
	now := s.w.Now()
	if oldest := now.Add(-maxLength); from.Before(oldest) {
		from = oldest
	}
	if end := now.Add(time.Nanosecond); to.After(end) {
		to = end
	}
	for _, o := range s.origins(ms) {
		for a := from; a.Before(to); a = a.Add(slice) {
			if err := ctx.Err(); err != nil {
				return err
			}
			b := a.Add(slice)
			if b.After(to) {
				b = to
			}
			if s.lines > maxLines {
				return errTooMuch{s.bytes}
			}
			for _, l := range s.w.LogLines(o.ns, o.container, a, b, 0, false) {
				s.lines++
				s.bytes += int64(len(l.Text))
				if stream := o.of(&l); stream != nil {
					fn(traced(stream, l.Text), l.At.UnixNano(), l.Text)
				}
			}
		}
	}
	return nil
}
