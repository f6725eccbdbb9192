package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"runtime/debug"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"

	"dsotop/internal/sources/transport"
)

// Waits of real life, divided by the board's pace.
const (
	firstBackoff    = time.Second
	longestBackoff  = time.Minute
	onceForbidden   = 15 * time.Second // a gateway may change its mind
	firstForbidden  = time.Minute      // then doubled: a right is not granted by asking often
	forbiddenAgain  = 5 * time.Minute
	credentialAgain = 30 * time.Second
	absentAgain     = 10 * time.Minute // a kind that the cluster does not have
	shortWatch      = time.Second      // a watch that ends sooner is not opened again at once
	soonCut         = 30 * time.Second // a watch that ends sooner was cut: servers let them live for minutes
	cutsDoubted     = 2                // cuts in a row, after which it is asked whether the apiserver is there
)

// Limits that do not hurry what is slow, and so are not paced.
const (
	watchLife   = 5 * time.Minute  // asked of the server; a bit more at random, so that not all end together
	firstAnswer = 20 * time.Second // of a streaming list
)

// feed reads one kind, in one namespace or in all, and keeps reading: a list, then a watch from there, again and again.
type feed struct {
	r         *run
	k         *kind
	namespace string // "" is all
	missed    func() // called when a namespace turns out to be ours after its objects were turned away

	bell chan struct{} // look again now

	mu   sync.Mutex
	stop context.CancelFunc // of the look that is under way
	anew bool               // the next look starts with a list

	// Of the list under way; with the shelves' lock.
	pass    uint32
	listing bool
	current string
}

func newFeed(r *run, k *kind, namespace string) *feed {
	f := &feed{r: r, k: k, namespace: namespace, bell: make(chan struct{}, 1), missed: r.relist}
	r.shelves.mu.Lock()
	k.family(r.shelves).reader(f)
	r.shelves.mu.Unlock()
	return f
}

// ring wakes the feed from a wait.
func (f *feed) ring() {
	select {
	case f.bell <- struct{}{}:
	default:
	}
}

// restart cuts a watch that may hang on a dead connection; anew also forgets where it was.
func (f *feed) restart(anew bool) {
	f.mu.Lock()
	f.anew = f.anew || anew
	stop := f.stop
	f.mu.Unlock()
	if stop != nil {
		stop()
	}
	f.ring()
}

func (f *feed) begin(ctx context.Context) (context.Context, context.CancelFunc, bool) {
	ctx, cancel := context.WithCancel(ctx)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.stop = cancel
	anew := f.anew
	f.anew = false
	return ctx, cancel, anew
}

// loop reads until ctx ends.
func (f *feed) loop(ctx context.Context) {
	defer func() {
		f.r.shelves.mu.Lock()
		f.k.family(f.r.shelves).leave(f)
		f.r.shelves.unlock()
	}()
	version, failures, refusals, cuts := "", 0, 0, 0
	for ctx.Err() == nil {
		look, cancel, anew := f.begin(ctx)
		if anew {
			version = ""
		}
		started := time.Now()
		at, err := f.look(look, version)
		cut := look.Err() != nil
		cancel()
		if ctx.Err() != nil {
			return
		}
		version = at
		var wait time.Duration
		switch {
		case cut:
			continue // asked to start again
		case errors.Is(err, errExpired):
			version = ""
			wait = f.r.paced(firstBackoff) / 2
		case err == nil:
			failures, refusals = 0, 0
			if time.Since(started) < f.r.paced(soonCut) {
				if cuts++; cuts >= cutsDoubted {
					f.r.suspect()
				}
			} else {
				cuts = 0
			}
			if time.Since(started) < f.r.paced(shortWatch) { // somebody in between ends our watches
				wait = jitter(f.r.paced(shortWatch))
			}
		default:
			if failures++; failures == 1 {
				f.r.suspect()
			}
			// Only refusals in a row say that a right is missing: a server that starts refuses everybody for a moment.
			if c := transport.FaultOf(err).Class; c == transport.ClassForbidden || c == transport.ClassRefused {
				refusals++
			} else {
				refusals = 0
			}
			wait = f.failed(err, failures, refusals)
		}
		if !f.wait(ctx, wait) {
			return
		}
	}
}

func (f *feed) wait(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
	case <-f.bell:
	}
	return ctx.Err() == nil
}

// failed reports a failure and says how long to wait: after so many in a row, of which the last ones were refusals.
func (f *feed) failed(err error, failures, refusals int) time.Duration {
	flt := transport.FaultOf(err)
	if flt.Class == transport.ClassNotFound && f.k.optional {
		f.settle(false)
		f.r.absent(f)
		return jitter(f.r.paced(absentAgain))
	}
	if flt.Class == transport.ClassForbidden {
		f.settle(false)
	}
	f.r.report(f, err)
	wait := jitter(f.r.paced(min(firstBackoff<<min(failures-1, 10), longestBackoff)))
	switch flt.Class {
	case transport.ClassForbidden, transport.ClassRefused:
		wait = onceForbidden
		if refusals > 1 {
			wait = min(firstForbidden<<min(refusals-2, 10), forbiddenAgain)
		}
		wait = jitter(f.r.paced(wait))
	case transport.ClassUnauthorised, transport.ClassCredential:
		wait = jitter(f.r.paced(credentialAgain))
	}
	return max(wait, flt.RetryAfter)
}

func jitter(d time.Duration) time.Duration {
	return time.Duration(float64(d) * (0.8 + 0.4*rand.Float64())) //nolint:gosec // spreads calls; nothing to guess
}

func (f *feed) settle(listed bool) {
	s := f.r.shelves
	s.mu.Lock()
	defer s.unlock()
	f.k.family(s).settle(f, listed)
	if f.k.resource == "namespaces" && !s.complete {
		s.closeDoor()
	}
}

// look lists when there is no version to start from, and watches. It returns where it came to; nil when the watch ended as watches do.
func (f *feed) look(ctx context.Context, version string) (at string, err error) {
	defer func() {
		if p := recover(); p != nil {
			f.r.b.Log.Error("panic contained", "part", f.k.part, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			at, err = "", &transport.Fault{Class: transport.ClassMalformed, Message: "stopped by an internal error while reading " + f.k.part + "; the log has the details"}
		}
	}()
	if version == "" {
		if f.r.streams() {
			at, err = f.watch(ctx, "", true)
			if !refusesStreams(err) {
				return at, err
			}
			f.r.noStreams()
		}
		if version, err = f.list(ctx); err != nil {
			return "", err
		}
		f.synced()
	}
	return f.watch(ctx, version, false)
}

// refusesStreams recognises a server that cannot stream a list: 422 when the feature is off, 400 when it is unknown.
func refusesStreams(err error) bool {
	flt := transport.FaultOf(err)
	return flt != nil && (flt.Status == http.StatusUnprocessableEntity || flt.Status == http.StatusBadRequest)
}

func (f *feed) startPass() {
	f.r.shelves.mu.Lock()
	f.pass++
	f.listing, f.current = true, ""
	f.r.shelves.unlock()
}

func (f *feed) endPass() {
	f.r.shelves.mu.Lock()
	f.k.family(f.r.shelves).sweep(f)
	f.listing = false
	f.r.shelves.unlock()
}

// synced shelves the first list before it says that all is well: live must mean that the facts are there.
func (f *feed) synced() {
	f.settle(true)
	f.r.shelves.write(f.r.b.Store, f.r.s.Name())
	f.r.report(f, nil)
}

func (f *feed) what(verb string) (string, string) {
	where := ""
	if f.namespace != "" {
		where = " in " + f.namespace
	}
	return verb, f.k.resource + where
}

func (f *feed) fault(verb string, err error) error {
	v, what := f.what(verb)
	return f.r.s.fault(v, what, err)
}

// list reads all pages. Objects become nouns page by page: the whole list is never in memory.
func (f *feed) list(ctx context.Context) (version string, err error) {
	f.startPass()
	opts := metav1.ListOptions{Limit: pageSize}
	for {
		page, err := f.page(ctx, opts)
		if err != nil {
			return "", f.fault("list", err)
		}
		head, err := meta.ListAccessor(page)
		if err != nil {
			return "", f.fault("list", err)
		}
		f.r.shelves.mu.Lock()
		err = meta.EachListItem(page, func(o runtime.Object) error {
			f.k.put(f.r.shelves, f, o)
			return nil
		})
		f.r.shelves.unlock()
		if err != nil {
			return "", f.fault("list", err)
		}
		opts.Continue = head.GetContinue()
		if opts.Continue == "" {
			f.endPass()
			return head.GetResourceVersion(), nil
		}
	}
}

func (f *feed) page(ctx context.Context, opts metav1.ListOptions) (runtime.Object, error) {
	ctx, cancel := context.WithTimeout(ctx, f.r.s.opts.Timeout)
	defer cancel()
	page, err := f.r.s.api.list(ctx, f.k, f.namespace, opts)
	if apierrors.IsResourceExpired(err) || apierrors.IsGone(err) {
		return nil, errExpired
	}
	return page, err
}

// watch follows changes from a version, or with initial from a list that the server streams first.
func (f *feed) watch(ctx context.Context, version string, initial bool) (at string, err error) {
	life := int64((watchLife + rand.N(watchLife)) / time.Second) //nolint:gosec // spreads calls
	opts := metav1.ListOptions{ResourceVersion: version, AllowWatchBookmarks: true, TimeoutSeconds: &life}
	if initial {
		yes := true
		opts.SendInitialEvents, opts.ResourceVersionMatch = &yes, metav1.ResourceVersionMatchNotOlderThan
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	silence := time.AfterFunc(f.r.s.opts.Timeout, func() { cancel(errSilent) }) // of the connection, before its headers
	w, err := f.r.s.api.watch(ctx, f.k, f.namespace, opts)
	silence.Stop()
	if err != nil {
		if errors.Is(context.Cause(ctx), errSilent) {
			err = context.DeadlineExceeded
		}
		return f.ended(version, err)
	}
	defer w.Stop()
	if !initial {
		f.r.report(f, nil)
		return f.follow(ctx, w, version, nil)
	}
	f.startPass()
	return f.follow(ctx, w, "", time.NewTimer(min(firstAnswer, f.r.s.opts.Timeout)))
}

// ended judges how opening a watch failed: too old means list again.
func (f *feed) ended(version string, err error) (string, error) {
	if apierrors.IsResourceExpired(err) || apierrors.IsGone(err) {
		return "", errExpired
	}
	return version, f.fault("watch", err)
}

// follow takes the events of a watch. first bounds the wait for each event of a streamed list; nil when there is none.
func (f *feed) follow(ctx context.Context, w watch.Interface, version string, first *time.Timer) (string, error) {
	var silent <-chan time.Time
	if first != nil {
		silent = first.C
		defer first.Stop()
	}
	said := time.Now()
	for {
		select {
		case <-ctx.Done():
			return version, ctx.Err()
		case <-silent:
			return "", f.fault("list", context.DeadlineExceeded)
		case ev, ok := <-w.ResultChan():
			if !ok {
				if silent != nil { // cut before the list was whole
					return "", f.fault("list", errCut)
				}
				return version, nil
			}
			if ev.Type == watch.Error {
				return f.ended(version, apierrors.FromObject(ev.Object))
			}
			if silent != nil {
				first.Reset(min(firstAnswer, f.r.s.opts.Timeout))
			}
			at, whole := f.take(ev)
			switch {
			case silent == nil:
				version = at
			case whole:
				version, silent = at, nil
				f.endPass()
				f.synced()
			}
			if silent == nil && time.Since(said) > time.Second {
				said = time.Now()
				f.r.report(f, nil)
			}
		}
	}
}

// take puts one event on the shelves. whole tells that it ends a streamed list.
func (f *feed) take(ev watch.Event) (version string, whole bool) {
	m, err := meta.Accessor(ev.Object)
	if err != nil {
		return "", false
	}
	version = m.GetResourceVersion()
	s := f.r.shelves
	switch ev.Type {
	case watch.Bookmark:
		return version, m.GetAnnotations()[metav1.InitialEventsAnnotationKey] == "true"
	case watch.Added, watch.Modified:
		s.mu.Lock()
		f.k.put(s, f, ev.Object)
		s.unlock()
	case watch.Deleted:
		ns, name := f.k.key(m)
		s.mu.Lock()
		f.k.family(s).remove(ns, name)
		if f.k.resource == "namespaces" {
			s.gone(ns)
		}
		s.unlock()
	}
	return version, false
}
