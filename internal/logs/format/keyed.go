package format

import (
	"slices"
	"strings"
)

// keyed recognises the formats of one engine that names its fields (json, logfmt), in one pass over the line: the paths that any of
// them asks for make one tree.
type keyed struct {
	root  node
	paths []string // by number
	keep  []bool   // by number: the value is of use at arrival or for the message
	forms []*form  // in the order they are tried
}

// node is a name in the tree. A dotted path is reached as nested objects and as one dotted key: both are written.
type node struct {
	kids map[string]*node
	size uint64 // bit n: a kid has a name of n bytes (63: or more); saves most look-ups
	path int    // number of the path that ends here, -1 none
}

// maxPaths is how many different paths the formats of one engine may name together.
const maxPaths = 256

// mask is a set of paths.
type mask [maxPaths / 64]uint64

func (m *mask) add(n int)      { m[n>>6] |= 1 << (n & 63) }
func (m *mask) has(n int) bool { return m[n>>6]&(1<<(n&63)) != 0 }

func (m *mask) holds(all *mask) bool {
	for i := range m {
		if all[i]&^m[i] != 0 {
			return false
		}
	}
	return true
}

func (m *mask) meets(any *mask) bool {
	for i := range m {
		if any[i]&m[i] != 0 {
			return true
		}
	}
	return false
}

// hits is what one pass over a line found. It lives on the stack.
type hits struct {
	all  bool // every path's value is of use, not only those of use at arrival
	seen mask
	keys int
	n    int
	vals [24]hit
}

type hit struct {
	path       int
	kind       FieldKind
	start, end int
}

func (h *hits) add(path int, keep bool, kind FieldKind, start, end int) {
	h.seen.add(path)
	if (keep || h.all) && h.n < len(h.vals) {
		h.vals[h.n] = hit{path, kind, start, end}
		h.n++
	}
}

// first returns the value of the first of the paths that the line has, as it is written; an empty one does not count.
func (h *hits) first(paths []int) (v hit, ok bool) {
	for _, p := range paths {
		if h.seen.has(p) {
			for _, v := range h.vals[:h.n] {
				if v.path == p && v.end > v.start && v.kind != KindNull {
					return v, true
				}
			}
		}
	}
	return hit{}, false
}

// path returns the number of a path, a new one when it is not yet known; -1 when there are too many.
func (k *keyed) path(p string, keep bool) int {
	n := slices.Index(k.paths, p)
	if n < 0 {
		if n = len(k.paths); n == maxPaths {
			return -1
		}
		k.paths, k.keep = append(k.paths, p), append(k.keep, false)
		k.root.plant(strings.Split(p, "."), n)
	}
	k.keep[n] = k.keep[n] || keep
	return n
}

// plant writes a path as every way to cut it into nested names.
func (n *node) plant(parts []string, path int) {
	for i := 1; i <= len(parts); i++ {
		name := strings.Join(parts[:i], ".")
		kid := n.kids[name]
		if kid == nil {
			kid = &node{path: -1}
			if n.kids == nil {
				n.kids = map[string]*node{}
			}
			n.kids[name] = kid
			n.size |= 1 << min(len(name), 63)
		}
		if i == len(parts) {
			kid.path = path
		} else {
			kid.plant(parts[i:], path)
		}
	}
}

func (n *node) kid(name string) *node {
	if n.size&(1<<min(len(name), 63)) == 0 {
		return nil
	}
	return n.kids[name]
}

// json makes the pass over a line of JSON. It reports whether the line is an object, whole or cut after its first key.
func (k *keyed) json(s string, h *hits) bool {
	r := reader{s: s}
	if r.blank() != '{' {
		return false
	}
	o := k.object(&r, &k.root, h)
	return o == good || o == cut && h.keys > 0
}

// object reads the object that r stands on. It goes down only as deep as the tree.
func (k *keyed) object(r *reader, n *node, h *hits) outcome {
	r.i++
	for first := true; ; first = false {
		start, end, more, o := r.member(first)
		if !more {
			return o
		}
		h.keys++
		kid := n.kid(r.s[start:end])
		if kid != nil && kid.kids != nil && r.blank() == '{' {
			if kid.path >= 0 {
				h.seen.add(kid.path)
			}
			if o = k.object(r, kid, h); o != good {
				return o
			}
			continue
		}
		start, end, kind, o := r.value()
		if o == broken {
			return o
		}
		if kid != nil && kid.path >= 0 {
			h.add(kid.path, k.keep[kid.path], kind, start, end)
		}
		if o != good {
			return o
		}
	}
}

// choose returns the first form whose fields the line has; nil when none.
func (k *keyed) choose(h *hits) *form {
	for _, f := range k.forms {
		if h.seen.holds(&f.needs) && (f.any == mask{} || h.seen.meets(&f.any)) {
			return f
		}
	}
	return nil
}
