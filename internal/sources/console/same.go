package console

import (
	"context"
	"net/url"

	"dsotop/internal/sources/transport"
	"dsotop/internal/store"
)

// unless reads a route, and its v2 form where the first is gone and there is one. same tells that the answer holds the very bytes of the last
// one that was read under this name: out is then left alone, and what the last one brought only has to be marked as seen again, or, where
// that fails, read again after [reader.forget].
func (r *reader) unless(ctx context.Context, name, v1 string, query url.Values, v2 string, out any) (same bool, err error) {
	r.mu.Lock()
	known := r.sums[name] // 0 under no name
	r.mu.Unlock()
	sum, err := r.getUnless(ctx, v1, query, known, out)
	if v2 != "" && isClass(err, transport.ClassNotFound) {
		sum, err = r.getUnless(ctx, v2, nil, known, out)
	}
	if err != nil {
		return false, err
	}
	r.mu.Lock()
	if name != "" {
		r.sums[name] = sum
	}
	r.mu.Unlock()
	return known != 0 && sum == known, nil
}

// forget makes the next answer under a name a new one.
func (r *reader) forget(name string) {
	r.mu.Lock()
	delete(r.sums, name)
	r.mu.Unlock()
}

// seenAgain moves the time of shelves, and reports whether all of them are there.
func seenAgain[T any](r *reader, kind store.Kind[T], scopes ...string) bool {
	all := true
	r.apply(func(tx *store.Tx) {
		for _, scope := range scopes {
			all = kind.Touch(tx, r.name, scope) && all
		}
	})
	return all
}

// readUnless keeps one shelf: it reads, and puts what came or, when it is what came before, marks it as seen again. read decodes into what
// put makes nouns of.
func readUnless[T any](ctx context.Context, r *reader, kind store.Kind[T], name, id string, read func(name string) (same bool, err error), put func() []T) error {
	name += " " + id
	same, err := read(name)
	if err == nil && same {
		if seenAgain(r, kind, id) {
			return nil
		}
		r.forget(name) // the shelf went meanwhile
		_, err = read(name)
	}
	if err != nil {
		return err
	}
	items := put()
	r.applyTo(id, func(tx *store.Tx) { kind.Put(tx, r.name, id, items) })
	return nil
}
