package store

// Reader reads many scopes of one kind from one snapshot: it has found the sources' shelves beforehand, which [Kind.Of] does at
// every call. The zero value reads nothing. It is safe for concurrent use.
type Reader[T any] struct {
	sources []string
	shelves []map[string]*rawShelf
}

// Reader returns a reader of the snapshot.
func (k Kind[T]) Reader(s *Snapshot) Reader[T] {
	var r Reader[T]
	if s == nil {
		return r
	}
	for _, source := range s.byKind[k.name] {
		if m := s.shelves[shelfKey{k.name, source}]; len(m) > 0 {
			r.sources = append(r.sources, source)
			r.shelves = append(r.shelves, m)
		}
	}
	return r
}

// Of appends the shelves of a scope to buf, in the order of [Kind.Of], and returns it.
func (r Reader[T]) Of(scope string, buf []Shelf[T]) []Shelf[T] {
	for i, m := range r.shelves {
		if raw, ok := m[scope]; ok {
			buf = append(buf, shelfOf[T](r.sources[i], scope, raw))
		}
	}
	return buf
}
