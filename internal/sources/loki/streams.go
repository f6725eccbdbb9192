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
	by     map[uint64]brought
	places map[string]*logs.Stream // that lines' metadata make of it, by what they say
}

func newStreams() *streams { return &streams{all: map[string]*known{}} }

// brought is what a set of structured metadata makes of a line.
type brought struct {
	stream *logs.Stream
	level  logs.Level
	meta   logs.Meta
}

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
	k := &known{stream: streamOf(pairs), by: map[uint64]brought{}, places: map[string]*logs.Stream{}}
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

// with finds what a line with structured metadata is: its stream, its level, and what stays with the line itself.
func (t *streams) with(k *known, meta labels.Labels) brought {
	if meta.IsEmpty() {
		return brought{stream: k.stream, level: k.level}
	}
	hash := meta.Hash()
	t.mu.Lock()
	defer t.mu.Unlock()
	if b, ok := k.by[hash]; ok {
		return b
	}
	b := brought{stream: k.stream, level: k.level}
	for _, name := range []string{"detected_level", "level", "severity_text", "severity"} {
		if l, ok := logs.ParseLevel(meta.Get(name)); ok {
			b.level = l
			break
		}
	}
	var more, own []logs.Label
	meta.Range(func(l labels.Label) {
		switch {
		case inner(l.Name):
		case place(l.Name):
			more = append(more, logs.Label{Name: l.Name, Value: l.Value})
		default:
			own = append(own, logs.Label{Name: cleanWord(l.Name), Value: cleanWord(l.Value)})
		}
	})
	if len(more) > 0 {
		b.stream = k.variant(more)
	}
	b.meta = logs.NewMeta(own)
	if len(k.by) >= mostStreams {
		clear(k.by)
	}
	k.by[hash] = b
	return b
}

// place reports names that say where a line comes from: lines that differ in them are of different streams. All others are something of each
// line, such as the id of a trace: a stream for each line would be no stream at all.
func place(name string) bool {
	switch name {
	case "namespace", "k8s_namespace_name", "kubernetes_namespace_name", "pod", "k8s_pod_name", "kubernetes_pod_name", "container", "k8s_container_name", "kubernetes_container_name",
		"node", "k8s_node_name":
		return true
	}
	return false
}

// variant is the stream with more labels, which are sorted.
func (k *known) variant(more []logs.Label) *logs.Stream {
	var key strings.Builder
	for _, l := range more {
		key.WriteString(l.Name + "\x00" + l.Value + "\x00")
	}
	if s := k.places[key.String()]; s != nil {
		return s
	}
	pairs := slices.Clone(k.stream.Labels)
	for _, l := range more {
		if !slices.ContainsFunc(pairs, func(have logs.Label) bool { return have.Name == l.Name }) {
			pairs = append(pairs, l)
		}
	}
	slices.SortFunc(pairs, func(a, b logs.Label) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Value, b.Value))
	})
	if len(k.places) >= mostStreams {
		clear(k.places)
	}
	s := streamOf(pairs)
	k.places[key.String()] = s
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
			b := t.with(k, e.StructuredMetadata)
			out = append(out, logs.Line{At: e.Timestamp.UnixNano(), Stream: b.stream, Text: e.Line, Level: b.level, Meta: b.meta})
		}
	}
	return out
}
