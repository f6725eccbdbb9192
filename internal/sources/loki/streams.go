package loki

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"github.com/grafana/loki/v3/pkg/loghttp"
	"github.com/prometheus/prometheus/model/labels"

	"dsotop/internal/logs"
)

const (
	// mostStreams bounds the table of streams. Beyond it the table starts anew: equal streams are then two, which costs memory and
	// nothing else.
	mostStreams = 20_000
	// mostValues is how many values of a name of structured metadata tell streams apart. A name with more is something of each line,
	// such as the id of a trace: a stream for each line would be no stream at all, so the name is left out from then on.
	mostValues = 32
)

// streams gives equal label sets one *logs.Stream, whichever answer they come in.
type streams struct {
	mu  sync.Mutex
	all map[string]*known
}

// known is a stream with those that its lines' structured metadata make of it.
type known struct {
	stream *logs.Stream
	level  logs.Level // of its labels
	by     map[uint64]*logs.Stream
	values map[string]map[string]struct{} // of each name of structured metadata; nil once there are too many
}

func newStreams() *streams { return &streams{all: map[string]*known{}} }

// of finds the stream of a label set.
func (t *streams) of(set loghttp.LabelSet) *known {
	pairs := make([]logs.Label, 0, len(set))
	for name, value := range set {
		if !inner(name) {
			pairs = append(pairs, logs.Label{Name: name, Value: value})
		}
	}
	slices.SortFunc(pairs, func(a, b logs.Label) int { return strings.Compare(a.Name, b.Name) })
	var key strings.Builder
	for _, l := range pairs {
		key.WriteString(l.Name)
		key.WriteByte(0)
		key.WriteString(l.Value)
		key.WriteByte(0)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if k := t.all[key.String()]; k != nil {
		return k
	}
	if len(t.all) >= mostStreams {
		t.all = map[string]*known{}
	}
	k := &known{stream: streamOf(pairs), by: map[uint64]*logs.Stream{}, values: map[string]map[string]struct{}{}}
	k.level = levelOf(k.stream)
	t.all[key.String()] = k
	return k
}

// inner reports whether a label is Loki's own: __stream_shard__ cuts one stream of a busy container into several, and means nothing to
// people. What a parser of LogQL says of a line it could not read (__error__, __error_details__) does.
func inner(name string) bool {
	return strings.HasPrefix(name, "__") && strings.HasSuffix(name, "__") && !strings.HasPrefix(name, "__error_")
}

// streamOf makes the stream of sorted labels, whose texts it cleans.
func streamOf(pairs []logs.Label) *logs.Stream {
	s := &logs.Stream{Origin: logs.OriginLoki, Labels: make([]logs.Label, 0, len(pairs))}
	for _, l := range pairs {
		s.Labels = append(s.Labels, logs.Label{Name: cleanWord(l.Name), Value: cleanWord(l.Value)})
	}
	get := func(names ...string) string {
		for _, name := range names {
			for _, l := range s.Labels {
				if l.Name == name && l.Value != "" {
					return l.Value
				}
			}
		}
		return ""
	}
	// The platform's labels first (platform facts §3.2), then those of the collectors' usual conventions.
	s.Namespace = get("namespace", "k8s_namespace_name", "kubernetes_namespace_name")
	s.Pod = get("pod", "k8s_pod_name", "kubernetes_pod_name")
	s.Container = get("container", "k8s_container_name", "kubernetes_container_name")
	return s
}

// levelOf is what labels say of the level; Loki's own guess "unknown" says nothing.
func levelOf(s *logs.Stream) logs.Level {
	for _, name := range []string{"detected_level", "level", "severity"} {
		if level, ok := logs.ParseLevel(s.Label(name)); ok {
			return level
		}
	}
	return logs.LevelNone
}

// with finds the stream and the level of a line with structured metadata.
func (t *streams) with(k *known, meta labels.Labels) (*logs.Stream, logs.Level) {
	if meta.IsEmpty() {
		return k.stream, k.level
	}
	level := k.level
	for _, name := range []string{"detected_level", "level", "severity_text", "severity"} {
		if l, ok := logs.ParseLevel(meta.Get(name)); ok {
			level = l
			break
		}
	}
	hash := meta.Hash()
	t.mu.Lock()
	defer t.mu.Unlock()
	if s := k.by[hash]; s != nil {
		return s, level
	}
	s := k.stream
	var more []logs.Label
	meta.Range(func(l labels.Label) {
		if l.Name == "detected_level" || inner(l.Name) || !k.tells(l.Name, l.Value) {
			return
		}
		more = append(more, logs.Label{Name: l.Name, Value: l.Value})
	})
	if len(more) > 0 {
		s = k.variant(more)
	}
	if len(k.by) >= mostStreams {
		clear(k.by)
	}
	k.by[hash] = s
	return s, level
}

// tells reports whether a name of structured metadata still tells streams apart.
func (k *known) tells(name, value string) bool {
	values, seen := k.values[name]
	switch {
	case !seen:
		k.values[name] = map[string]struct{}{value: {}}
	case values == nil:
		return false
	case len(values) == mostValues:
		if _, old := values[value]; !old {
			k.values[name] = nil
			return false
		}
	default:
		values[value] = struct{}{}
	}
	return true
}

// variant is the stream with more labels. Metadata that differ only in what is left out are one.
func (k *known) variant(more []logs.Label) *logs.Stream {
	pairs := slices.Clone(k.stream.Labels)
	for _, l := range more {
		if !slices.ContainsFunc(pairs, func(have logs.Label) bool { return have.Name == l.Name }) {
			pairs = append(pairs, l)
		}
	}
	slices.SortFunc(pairs, func(a, b logs.Label) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Value, b.Value))
	})
	s := streamOf(pairs)
	for _, other := range k.by {
		if slices.Equal(other.Labels, s.Labels) {
			return other
		}
	}
	return s
}

// lines turns an answer's streams into lines, in the order in which they stand there.
func (t *streams) lines(in []loghttp.Stream) []logs.Line {
	n := 0
	for i := range in {
		n += len(in[i].Entries)
	}
	out := make([]logs.Line, 0, n)
	for i := range in {
		k := t.of(in[i].Labels)
		for j := range in[i].Entries {
			e := &in[i].Entries[j]
			stream, level := t.with(k, e.StructuredMetadata)
			out = append(out, logs.Line{At: e.Timestamp.UnixNano(), Stream: stream, Text: e.Line, Level: level})
		}
	}
	return out
}
