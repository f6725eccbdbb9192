package kubernetes

import (
	"cmp"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"dsotop/demo/world"
)

// object is what every typed API object is.
type object interface {
	metav1.Object
	runtime.Object
}

// entry is an object that can be made when it is wanted: a list of fifty thousand must not make them all.
type entry struct {
	namespace, name, uid string
	build                func() object
}

// resourceKind is one kind the face serves. All its functions are called under the world's read lock.
type resourceKind struct {
	group, version, name, singular, kind string
	namespaced                           bool
	short                                []string
	categories                           []string
	verbs                                []string
	// list gives the objects of a namespace, or for cluster-scoped kinds (ns nil) of the cluster. Any order.
	list func(st *world.State, ns *world.Namespace) []entry
	// touched gives the objects of this kind that a change of the world concerns; nil for kinds that never change.
	touched func(st *world.State, c world.Change) []entry
	// measured takes the place of list for kinds that are made when asked; it is not called under the lock.
	measured func(t target) []object
	columns  []metav1.TableColumnDefinition
	row      func(o object) []any
	fields   func(o object) fields.Set // beyond metadata.name and metadata.namespace
	example  object                    // for the OpenAPI document; nil: none
}

func (k *resourceKind) gvk() schema.GroupVersionKind {
	return schema.GroupVersionKind{Group: k.group, Version: k.version, Kind: k.kind}
}

// cluster finds our cluster. Under the read lock.
func (s *Server) cluster(st *world.State) *world.Cluster {
	for _, c := range st.Clusters {
		if c.Label == s.opts.Cluster {
			return c
		}
	}
	return &world.Cluster{Label: s.opts.Cluster, Version: "v1.31.4"}
}

// sortedNamespaces returns the namespaces at or after a name, in etcd's order. Under the read lock.
func (s *Server) sortedNamespaces(st *world.State, only, from string) []*world.Namespace {
	if only != "" {
		if ns := st.NamespaceOf[s.opts.Cluster+"/"+only]; ns != nil && only >= from {
			return []*world.Namespace{ns}
		}
		return nil
	}
	var out []*world.Namespace
	for _, ns := range s.cluster(st).Namespaces {
		if ns.Name >= from {
			out = append(out, ns)
		}
	}
	slices.SortFunc(out, func(a, b *world.Namespace) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

// collect returns up to max entries after (ns, name), in order, and whether more may follow. Under the read lock.
func (s *Server) collect(st *world.State, k *resourceKind, only, afterNS, afterName string, max int) (out []entry, more bool) {
	take := func(list []entry, nsName string) bool {
		slices.SortFunc(list, func(a, b entry) int { return cmp.Compare(a.name, b.name) })
		for _, e := range list {
			if nsName == afterNS && e.name <= afterName {
				continue
			}
			if len(out) == max {
				more = true
				return false
			}
			out = append(out, e)
		}
		return true
	}
	if !k.namespaced {
		take(k.list(st, nil), "")
		return out, more
	}
	for _, ns := range s.sortedNamespaces(st, only, afterNS) {
		if !take(k.list(st, ns), ns.Name) {
			break
		}
	}
	return out, more
}

// homeOf says where an event or a quota lives. Under the read lock.
func (s *Server) homeOf(st *world.State, uid string) *world.Namespace {
	s.homesMu.Lock()
	defer s.homesMu.Unlock()
	if ns := s.homes[uid]; ns != nil {
		return ns
	}
	live := 0
	for _, ns := range s.cluster(st).Namespaces {
		live += len(ns.Events) + 1
	}
	if len(s.homes) > 4*live+1000 { // forget what is long gone
		clear(s.homes)
	}
	for _, ns := range s.cluster(st).Namespaces {
		for _, e := range ns.Events {
			s.homes[e.UID] = ns
		}
		if ns.Quota != nil {
			s.homes[ns.Quota.UID] = ns
		}
	}
	return s.homes[uid]
}

// remember notes where an event or a quota lives, so that its deletion can still be told.
func (s *Server) remember(uid string, ns *world.Namespace) {
	s.homesMu.Lock()
	s.homes[uid] = ns
	s.homesMu.Unlock()
}

var readVerbs = []string{"get", "list", "watch"} //nolint:gochecknoglobals // constant

func column(name, typ string, priority int32) metav1.TableColumnDefinition {
	format := ""
	if name == "Name" {
		format = "name"
	}
	return metav1.TableColumnDefinition{Name: name, Type: typ, Format: format, Priority: priority, Description: name}
}

// columns reads a short notation: "Name|Ready|Status|+IP": a plus is for -o wide.
func columns(names ...string) []metav1.TableColumnDefinition {
	out := make([]metav1.TableColumnDefinition, len(names))
	for i, n := range names {
		typ, prio := "string", int32(0)
		if n[0] == '+' {
			n, prio = n[1:], 1
		}
		if n[0] == '#' {
			n, typ = n[1:], "integer"
		}
		out[i] = column(n, typ, prio)
	}
	return out
}
