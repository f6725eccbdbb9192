package argocd

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/sources"
	"dsotop/internal/sources/transport"
	"dsotop/internal/store"
)

const (
	inView   = 20 * time.Second // the trees of a namespace somebody looks at are read again this often,
	nearView = time.Minute      // those of a project somebody looks at this often,
	settling = 3 * time.Second  // and both this soon after the application moved
	// Trees that nobody looks at are read again after rest, or perTree for each application when that is longer, so that a large
	// zone costs at most one call a second at rest; a moved application is read after movedRest.
	rest      = 10 * time.Minute
	perTree   = time.Second
	movedRest = 2 * time.Minute
	// longestLook bounds the manifests and events read for one tree in one pass; the next pass goes on.
	longestLook = 40
)

const (
	sweepTurn = 30 * time.Second // how long one turn of the sweep lasts; the next one goes on
	sweepIdle = 3 * time.Second  // between two looks for something due: the walk is over all applications
)

// sweep reads the trees that are due, most wanted first. It stays for a turn even when nothing is: coming back every second
// with nothing done would count as a success each time.
func (s *Source) sweep(ctx context.Context, b *sources.Board) error {
	changed, stop := b.Interest.Changed()
	defer stop()
	turn := time.NewTimer(paced(b, sweepTurn))
	defer turn.Stop()
	idle := time.NewTicker(max(paced(b, sweepIdle), time.Millisecond))
	defer idle.Stop()
	covered := func(namespace string) bool { return s.covered(b.Store.Current(), namespace) }
	for {
		wanted := map[string]bool{}
		for _, scope := range b.Interest.Wanted() {
			wanted[scope] = true
		}
		id, app, watched, due := s.next(wanted, b.Clock(), func(d time.Duration) time.Duration { return paced(b, d) }, covered)
		if due {
			if err := s.look(ctx, b, id, app, watched && !covered(app.DestNamespace)); err != nil {
				s.again(id)
				return err
			}
			b.Health.OK(partTrees)
			select {
			case <-turn.C:
				return nil
			default:
				continue
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-turn.C:
			return nil
		case <-changed:
		case <-idle.C:
		}
	}
}

// again makes a tree due once more: that it could not be read was not its fault.
func (s *Source) again(id appID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if k := s.facts.apps[id]; k != nil {
		k.readAt = time.Time{}
	}
}

// deploys reports whether an application's tree can have pods of a project: not the ones that make namespaces, applications or dashboards.
func deploys(a platform.Application) bool {
	return a.DestNamespace != "" && (a.Type == platform.AppDeploy || a.Type == platform.AppHistoric)
}

// covered reports whether somebody closer to the cluster than its Argo CD tells the pods of a namespace.
func (s *Source) covered(snap *store.Snapshot, namespace string) bool {
	for _, shelf := range store.Pods.Of(snap, namespace) {
		if !shelf.Cached && !strings.HasPrefix(shelf.Source, s.Kind()) {
			return true
		}
	}
	return false
}

// next picks the tree to read. It is marked as read at once, so that a failing one does not hold up the others. Trees that would tell
// nothing new are left: those of sound applications whose namespace another source covers.
func (s *Source) next(wanted map[string]bool, now time.Time, paced func(time.Duration) time.Duration, covered func(namespace string) bool) (id appID, app platform.Application, watched, due bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	longRest := paced(max(rest, time.Duration(len(s.facts.apps))*perTree))
	soonest := paced(min(settling, inView))
	best := 0
	var chosen *known
	for at, k := range s.facts.apps {
		if !deploys(k.app) {
			continue
		}
		age := now.Sub(k.readAt)
		if age < soonest && !k.left {
			continue
		}
		looked := wanted[k.app.DestNamespace]
		seen := looked || wanted[k.app.ProjectID]
		rank := 0
		switch {
		case seen && (k.readAt.IsZero() || k.left):
			rank = 4
		case looked && age >= paced(inView), seen && (age >= paced(nearView) || k.moved && age >= paced(settling)):
			rank = 3
		case k.readAt.IsZero():
			rank = 2
		case age >= longRest || k.moved && age >= paced(movedRest):
			rank = 1
		}
		if rank == 0 || rank < best {
			continue
		}
		if k.app.Sync == platform.SyncSynced && k.app.Health == platform.HealthHealthy && covered(k.app.DestNamespace) {
			k.readAt, k.left, k.moved = now, true, false
			continue
		}
		// Among equals the one that waits longest, then by name: the order must not depend on the map.
		if rank > best || k.readAt.Before(chosen.readAt) || k.readAt.Equal(chosen.readAt) && k.app.Key() < chosen.app.Key() {
			best, chosen, id, watched = rank, k, at, seen
		}
	}
	if chosen == nil {
		return appID{}, platform.Application{}, false, false
	}
	chosen.readAt, chosen.moved, chosen.left = now, false, false
	return id, chosen.app, watched, true
}

// look reads one tree, and for somebody who watches, where no other source tells it, what explains it. It returns an error only when going on makes no sense.
func (s *Source) look(ctx context.Context, b *sources.Board, id appID, app platform.Application, watched bool) error {
	w, err := s.tree(ctx, id)
	if err != nil {
		if passing(err) != nil {
			return err
		}
		// About this application only: Argo CD answers 403 for one that was just deleted, 500 when its cluster is away.
		s.refused(b, id, err)
		return nil
	}
	s.refused(b, id, nil)
	t := mapTree(app.DestCluster, w)
	s.mu.Lock()
	k := s.facts.apps[id]
	if k == nil { // deleted meanwhile
		s.mu.Unlock()
		return nil
	}
	pods, controllers, before := k.pods, k.controllers, k.events
	s.mu.Unlock()

	left := longestLook
	next := known{pods: map[string]manifestOf[wirePod]{}, controllers: map[string]manifestOf[wireController]{}}
	var failed error
	keep := func(err error) {
		if failed == nil && err != nil {
			failed = err
		}
	}
	for _, i := range worstFirst(t.pods) {
		p := &t.pods[i]
		old, had := pods[p.UID]
		if watched && left > 0 && failed == nil && (!had || old.version != p.version || p.version == "") {
			left--
			var m wirePod
			if err := s.manifest(ctx, id, "", "v1", "Pod", p.Namespace, p.Name, &m); err != nil {
				keep(passing(err))
			} else {
				old, had = manifestOf[wirePod]{p.version, &m}, true
			}
		}
		if had {
			next.pods[p.UID] = old
			applyManifest(&p.Pod, old.body)
			if old.version != p.version { // an old manifest explains, the tree is newer
				restoreTree(&p.Pod, w, p.UID)
			}
		}
	}
	for i := range t.workloads {
		wl := &t.workloads[i]
		old, had := controllers[wl.UID]
		if watched && left > 0 && failed == nil && wl.Kind != "CronJob" && wl.Kind != "Job" && (!had || old.version != wl.version || wl.version == "") {
			left--
			var m wireController
			if err := s.manifest(ctx, id, wl.group, wl.apiVersion, wl.Kind, wl.Namespace, wl.Name, &m); err != nil {
				keep(passing(err))
			} else {
				old, had = manifestOf[wireController]{wl.version, &m}, true
			}
		}
		if had {
			next.controllers[wl.UID] = old
			applyController(&wl.Workload, old.body)
		}
	}
	var events []platform.Event
	if watched && failed == nil {
		events, err = s.explain(ctx, id, app.DestCluster, t, before, left)
		keep(err)
	}

	s.mu.Lock()
	defer s.mu.Unlock()
	if k = s.facts.apps[id]; k == nil || k.app.DestNamespace != app.DestNamespace {
		return nil
	}
	if !slices.Equal(k.tree.troubled, t.troubled) {
		s.facts.projects[k.app.ProjectID] = true
	}
	s.facts.touch(k)
	k.tree, k.has, k.pods, k.controllers = t, true, next.pods, next.controllers
	if watched && failed == nil { // half of the events would look like the whole
		k.events = events
	}
	s.facts.touch(k)
	s.ring()
	return failed
}

// refused keeps which trees cannot be read and tells it as one part of the health: there may be hundreds.
func (s *Source) refused(b *sources.Board, id appID, err error) {
	s.mu.Lock()
	before := len(s.facts.refused)
	if err != nil {
		s.facts.refused[id] = err
	} else {
		delete(s.facts.refused, id)
	}
	count := len(s.facts.refused)
	s.mu.Unlock()
	switch {
	case err != nil:
		f := *transport.FaultOf(err)
		f.Message = fmt.Sprintf("%d applications, the last one %s: %s", count, id.name, f.Message)
		b.Health.Fail(partSomeTrees, &f)
	case before > 0 && count == 0:
		b.Health.OK(partSomeTrees)
	}
}

// worstFirst orders pods so that a bounded number of looks goes to those that are not well.
func worstFirst(pods []treePod) []int {
	order := make([]int, len(pods))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch ha, hb := pods[a].Healthy(), pods[b].Healthy(); {
		case ha == hb:
			return 0
		case ha:
			return 1
		}
		return -1
	})
	return order
}

// restoreTree puts back what the newer tree says of a pod over an older manifest.
func restoreTree(p *platform.Pod, w *wireTree, uid string) {
	at := slices.IndexFunc(w.Nodes, func(n wireNode) bool { return line(n.UID) == uid && n.Kind == "Pod" })
	if at < 0 {
		return
	}
	fresh := mapPod(p.Cluster, &w.Nodes[at])
	p.Phase, p.Reason, p.Ready, p.Total, p.Restarts, p.Node = fresh.Phase, fresh.Reason, fresh.Ready, fresh.Total, fresh.Restarts, fresh.Node
}

// explain reads the events of what is not well: pods, and the objects that could not make their pods. An object that cannot be
// asked about keeps the events it had before.
func (s *Source) explain(ctx context.Context, id appID, cluster string, t tree, before []platform.Event, left int) ([]platform.Event, error) {
	events := []platform.Event{}
	var objects []ref
	for _, i := range worstFirst(t.pods) {
		if p := t.pods[i]; !p.Healthy() {
			objects = append(objects, ref{"Pod", p.Namespace, p.Name, p.UID})
		}
	}
	for _, w := range t.workloads {
		objects = append(objects, w.failing...)
	}
	for _, o := range objects {
		left--
		var err error
		if left >= 0 {
			var w *wireEvents
			if w, err = s.events(ctx, id, o); err == nil {
				events = append(events, mapEvents(cluster, o.namespace, w)...)
				continue
			}
		}
		if err = passing(err); err != nil {
			return nil, err
		}
		for _, e := range before {
			if e.Kind == o.kind && e.Name == line(o.name) {
				events = append(events, e)
			}
		}
	}
	return events, nil
}

// passing keeps the failures after which going on makes no sense; an object that is gone, or that this token may not see, is no
// reason to stop.
func passing(err error) error {
	if err == nil {
		return nil
	}
	switch transport.FaultOf(err).Class {
	case transport.ClassNotFound, transport.ClassForbidden, transport.ClassRequest, transport.ClassMalformed, transport.ClassServer:
		return nil
	}
	return err
}
