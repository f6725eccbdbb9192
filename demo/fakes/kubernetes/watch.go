package kubernetes

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"dsotop/demo/world"
)

// bookmarkEvery is how often an idle watch is told how far it is.
const bookmarkEvery = time.Minute

// defaultWatch is how long a watch lives that asks for no end: half an hour or a bit more, as the apiserver's minimum.
const defaultWatch = 35 * time.Minute

// watcher is one open watch.
type watcher struct {
	s     *Server
	k     *resourceKind
	only  string
	ask   *ask
	f     format
	w     http.ResponseWriter
	known map[string]bool // uids that match the selectors, when there are any: leaving them is a deletion
	err   error
}

func (s *Server) serveWatch(w http.ResponseWriter, r *http.Request, k *resourceKind, t target) {
	f, ok := s.format(w, r, k)
	if !ok {
		return
	}
	a, fault := s.parseAsk(r, t)
	if fault == nil {
		fault = a.checkFields(k)
	}
	if fault != nil {
		s.fail(w, fault)
		return
	}
	life := defaultWatch
	if a.TimeoutSeconds != nil && *a.TimeoutSeconds > 0 {
		life = time.Duration(*a.TimeoutSeconds) * time.Second
	}
	ctx, cancel := context.WithTimeout(r.Context(), life)
	defer cancel()
	contentType := f.mediaType()
	if f.proto {
		contentType += ";stream=watch"
	}
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(http.StatusOK)
	x := &watcher{s: s, k: k, only: t.namespace, ask: a, f: f, w: w}
	if a.selects() {
		x.known = map[string]bool{}
	}
	x.run(ctx, a.version)
}

func (x *watcher) run(ctx context.Context, rev uint64) {
	initial := x.ask.SendInitialEvents != nil && *x.ask.SendInitialEvents
	now := x.s.world.Rev()
	switch {
	case initial || (rev == 0 && x.ask.SendInitialEvents == nil): // "get state and start"
		x.s.page(x.k, x.only, x.ask, cursor{}, 0, func(o object) {
			capped := uint64(0) // an object that moved since now is told again, with its version
			if v, err := strconv.ParseUint(o.GetResourceVersion(), 10, 64); err == nil && v > now {
				capped = now
			}
			x.send("ADDED", o, capped)
		})
		if initial && x.ask.AllowWatchBookmarks {
			x.bookmark(now, map[string]string{metav1.InitialEventsAnnotationKey: "true"})
		}
		rev = now
	case rev == 0:
		rev = now
	case x.known != nil:
		x.s.page(x.k, x.only, x.ask, cursor{}, 0, func(o object) { x.known[string(o.GetUID())] = true })
	}
	x.flush()
	next := time.Now().Add(bookmarkEvery)
	for x.err == nil && ctx.Err() == nil {
		changes, ok := x.s.world.Since(rev)
		if !ok {
			x.expired(rev)
			return
		}
		if len(changes) > 0 {
			rev = changes[len(changes)-1].Rev
			x.tell(changes)
			x.flush()
			continue
		}
		wait, cancel := context.WithDeadline(ctx, next)
		err := x.s.world.Wait(wait, rev)
		cancel()
		if err != nil && ctx.Err() == nil {
			next = time.Now().Add(bookmarkEvery)
			if x.ask.AllowWatchBookmarks {
				x.bookmark(rev, nil)
				x.flush()
			}
		}
	}
}

// step is what a batch of changes does to one object.
type step struct {
	typ world.ChangeType
	rev uint64
	obj object
}

// tell sends what a batch of changes means for this watch: the newest state of each object once, in the order of its last change.
// Each event carries the revision of its change and not the object's own, which may be of a later batch already: a client that
// comes back from there must miss nothing.
func (x *watcher) tell(changes []world.Change) {
	at := map[string]int{}
	var steps []*step
	x.s.world.View(func(st *world.State) {
		for _, c := range changes {
			if x.k.touched == nil || !x.ours(c) {
				continue
			}
			for _, e := range x.k.touched(st, c) {
				if x.only != "" && e.namespace != x.only {
					continue
				}
				next := &step{typ: c.Type, rev: c.Rev}
				if i, seen := at[e.uid]; seen {
					if next = merge(steps[i], next); next == nil {
						steps[i] = nil
						delete(at, e.uid)
						continue
					}
					steps[i] = nil
				}
				at[e.uid] = len(steps)
				next.obj = e.build()
				steps = append(steps, next)
			}
		}
	})
	for _, p := range steps {
		if p != nil {
			x.send(string(p.typ), p.obj, p.rev)
		}
	}
}

// merge joins two steps of one object; nil when they cancel out.
func merge(old, next *step) *step {
	switch {
	case old.typ == world.Added && next.typ == world.Deleted:
		return nil
	case old.typ == world.Added:
		next.typ = world.Added
	case old.typ == world.Deleted && next.typ == world.Added:
		next.typ = world.Modified
	}
	return next
}

// ours reports whether a change is of our cluster. Events and quotas are found by where they live.
func (x *watcher) ours(c world.Change) bool {
	var cluster *world.Cluster
	switch o := c.Object.(type) {
	case *world.Pod:
		cluster = o.Namespace.Cluster
	case *world.Workload:
		cluster = o.Namespace.Cluster
	case *world.Namespace:
		cluster = o.Cluster
	case *world.Event, *world.Quota:
		return true
	}
	return cluster != nil && cluster.Label == x.s.opts.Cluster
}

func (x *watcher) send(typ string, o object, rev uint64) {
	if x.err != nil {
		return
	}
	if rev > 0 {
		o.SetResourceVersion(strconv.FormatUint(rev, 10))
	}
	if x.ask.selects() {
		uid := string(o.GetUID())
		fits, had := x.ask.matches(x.k, o), x.known[uid]
		switch {
		case !fits && !had:
			return
		case !fits || typ == "DELETED":
			typ = "DELETED"
			delete(x.known, uid)
		case had:
			typ = "MODIFIED"
		default:
			typ, x.known[uid] = "ADDED", true
		}
	}
	var body []byte
	var err error
	if x.f.table {
		body, err = json.Marshal(x.s.table(x.k, metav1.ListMeta{ResourceVersion: o.GetResourceVersion()}, x.ask.object, o))
	} else {
		body, err = x.f.encodeOne(x.f.shape(x.k, o))
	}
	x.write(typ, body, err)
}

// bookmark tells how far the watch is, in an object that has nothing but its version.
func (x *watcher) bookmark(rev uint64, annotations map[string]string) {
	var o object = &metav1.PartialObjectMetadata{}
	if x.k.example != nil && !x.f.partial {
		o = x.k.example.DeepCopyObject().(object)
	}
	o.SetResourceVersion(strconv.FormatUint(rev, 10))
	o.SetAnnotations(annotations)
	body, err := x.f.encodeOne(x.f.shape(x.k, o))
	x.write("BOOKMARK", body, err)
}

func (x *watcher) expired(rev uint64) {
	st := apierrors.NewResourceExpired(fmt.Sprintf("too old resource version: %d (%d)", rev, x.s.world.Rev())).ErrStatus
	st.TypeMeta = metav1.TypeMeta{Kind: "Status", APIVersion: "v1"}
	var body []byte
	var err error
	if x.f.proto {
		var raw []byte
		if raw, err = st.Marshal(); err == nil {
			body, err = envelope("v1", "Status", raw)
		}
	} else {
		body, err = json.Marshal(st)
	}
	x.write("ERROR", body, err)
	x.flush()
}

func (x *watcher) write(typ string, body []byte, err error) {
	if err == nil && x.err == nil {
		body, err = x.f.frame(typ, body)
	}
	if err == nil && x.err == nil {
		_, err = x.w.Write(body)
	}
	if x.err == nil {
		x.err = err
	}
}

func (x *watcher) flush() {
	if f, ok := x.w.(http.Flusher); ok && x.err == nil {
		f.Flush()
	}
}
