package logs

import (
	"cmp"
	"hash/fnv"
	"slices"
	"strings"

	"dsotop/internal/logs"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/style"
)

// nameWidth is the most cells that the column of short names takes.
const nameWidth = 16

// name is how a stream is told apart: a short name, and a colour that it keeps. Never by colour alone.
type name struct {
	container, pod string // short
	role           style.Role
}

func (n name) width() int {
	w := block.Width(n.container)
	if n.pod != "" {
		w += 1 + block.Width(n.pod)
	}
	return w
}

// place is what gives a stream its name: streams of one container of one pod are one place, whatever their other labels.
type place struct {
	container, pod string
	previous       bool
}

func placeOf(s *logs.Stream) place {
	if s == nil {
		return place{}
	}
	c := s.Container
	if c == "" {
		c = cmp.Or(s.Label("service_name"), s.Label("app"), s.Label("job"), s.Pod, s.Namespace)
	}
	return place{c, s.Pod, s.Previous}
}

// names are the names of all places, and the width of the column that holds them.
type names struct {
	by    map[place]name
	width int
}

// newNames makes names for all streams: the containers' own, without what they all begin with; the end of the pod's name where a
// container runs in several.
func newNames(streams []*logs.Stream) names {
	out := names{by: map[place]name{}}
	pods := map[string]map[string]bool{}
	var containers []string
	for _, s := range streams {
		p := placeOf(s)
		if pods[p.container] == nil {
			pods[p.container] = map[string]bool{}
			containers = append(containers, p.container)
		}
		if p.pod != "" {
			pods[p.container][p.pod] = true
		}
	}
	slices.Sort(containers)
	prefix := commonPrefix(containers)
	colour := colours(containers)
	for _, s := range streams {
		p := placeOf(s)
		if _, ok := out.by[p]; ok {
			continue
		}
		n := name{container: strings.TrimPrefix(p.container, prefix), role: colour[p.container]}
		if len(pods[p.container]) > 1 && p.pod != "" {
			n.pod = p.pod[strings.LastIndexByte(p.pod, '-')+1:]
		}
		if p.previous {
			n.container += "'"
		}
		limit := nameWidth
		if n.pod != "" {
			n.pod, _ = block.Clip(n.pod, 6)
			limit -= 1 + block.Width(n.pod)
		}
		n.container, _ = block.Clip(n.container, limit)
		out.by[p] = n
		out.width = max(out.width, n.width())
	}
	return out
}

func (n names) of(s *logs.Stream) name {
	p := placeOf(s)
	if x, ok := n.by[p]; ok {
		return x
	}
	short, _ := block.Clip(p.container, max(n.width, 4))
	return name{container: short, role: style.Text}
}

// commonPrefix is what all names begin with up to a dash, "" when one would have nothing left.
func commonPrefix(all []string) string {
	if len(all) < 2 {
		return ""
	}
	p := all[0]
	for _, s := range all[1:] {
		for !strings.HasPrefix(s, p) {
			p = p[:len(p)-1]
		}
	}
	p = p[:strings.LastIndexByte(p, '-')+1]
	for _, s := range all {
		if len(s) == len(p) {
			return ""
		}
	}
	return p
}

// colours gives each container a colour by its name, so that it is the same tomorrow; two that would share one are told apart while
// there are colours left.
func colours(sorted []string) map[string]style.Role {
	const n = int(style.Series6-style.Series1) + 1
	var used [n]bool
	out := map[string]style.Role{}
	for _, c := range sorted {
		h := fnv.New32a()
		_, _ = h.Write([]byte(c))
		at := int(h.Sum32() % uint32(n))
		for i := range n {
			if !used[(at+i)%n] {
				at = (at + i) % n
				break
			}
		}
		used[at] = true
		out[c] = style.Series1 + style.Role(at) //nolint:gosec // below n
	}
	return out
}
