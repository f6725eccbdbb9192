package lines

import (
	"cmp"
	"strings"

	"dsotop/internal/logs"
)

func compareStreams(a, b *logs.Stream) int {
	if c := cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Container, b.Container), cmp.Compare(a.Pod, b.Pod), cmp.Compare(a.Origin, b.Origin)); c != 0 {
		return c
	}
	return cmp.Compare(name(a), name(b))
}

// name tells streams apart by what they hold.
func name(st *logs.Stream) string {
	var b strings.Builder
	b.WriteByte('0' + byte(st.Origin))
	if st.Previous {
		b.WriteByte('p')
	}
	for _, s := range [...]string{st.Namespace, st.Pod, st.Container} {
		b.WriteByte(0)
		b.WriteString(s)
	}
	for _, l := range st.Labels {
		b.WriteByte(0)
		b.WriteString(l.Name)
		b.WriteByte('=')
		b.WriteString(l.Value)
	}
	return b.String()
}

// remembered bounds how many pointers are known as others: each call of a source may bring new ones.
const remembered = 4096

// canonical returns the one pointer that stands for a stream; never nil.
func (s *Store) canonical(st *logs.Stream) *logs.Stream {
	if one, ok := s.known[st]; ok {
		return one
	}
	if len(s.known) >= remembered {
		clear(s.known)
		clear(s.byName)
		for one := range s.streams {
			s.known[one], s.byName[name(one)] = one, one
		}
	}
	value := st
	if st == nil {
		value = &logs.Stream{}
	}
	key := name(value)
	one, ok := s.byName[key]
	if !ok {
		one = value
		s.byName[key] = one
	}
	s.known[st], s.known[one] = one, one
	return one
}
