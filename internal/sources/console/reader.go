package console

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/sources"
	"dsotop/internal/sources/transport"
	"dsotop/internal/store"
)

// reader is one run of the source: what it has learnt of the token's rights, and the shelves it writes.
type reader struct {
	*Source
	b *sources.Board

	mu        sync.Mutex
	admin     bool              // the token is an admin token
	stages    map[string]string // id → name
	rights    rights
	member    time.Time            // the list of all projects was refused then; zero: not
	seesAll   bool                 // the last answer about all projects was yes
	doubted   bool                 // and the one after it no
	ids       []string             // projects listed, most recently changed first
	seen      string               // newest entry of the platform's log
	logs      map[string]time.Time // when a project's own log was read
	sums      map[string]uint64    // of the last answers, see unless
	exposedAt time.Time            // when chains of exposure were read
	chains    map[string]chainRead // by id, as long as they did not change
	logged    []string             // projects of which the last page of the platform's log speaks
	listed    chan struct{}        // rings when there are projects where there were none: what is told per project can be read
}

// membersFor is how long the list of one's own projects is read before asking for all of them again.
const membersFor = 10 * time.Minute

func newReader(s *Source, b *sources.Board) *reader {
	return &reader{Source: s, b: b, stages: map[string]string{}, rights: unknownRights(), logs: map[string]time.Time{}, chains: map[string]chainRead{}, sums: map[string]uint64{}, listed: make(chan struct{}, 1)}
}

func (r *reader) apply(write func(tx *store.Tx)) { r.b.Store.Apply(write) }

// applyTo writes the details of a project, unless it went from the list while they were on their way: nobody would take them off its shelves again.
func (r *reader) applyTo(id string, write func(tx *store.Tx)) {
	r.apply(func(tx *store.Tx) {
		if len(store.Projects.Of(r.b.Store.Current(), id)) > 0 { // nobody else writes during Apply
			write(tx)
		}
	})
}

func (r *reader) version(ctx context.Context) error {
	version, err := r.readVersion(ctx)
	if err != nil {
		return err
	}
	r.b.Health.Set(func(h *platform.SourceHealth) { h.Version = version })
	r.apply(func(tx *store.Tx) {
		store.ConsoleInfo.Put(tx, r.name, "", []platform.ConsoleInfo{{Version: version}})
	})
	return nil
}

func (s *Source) readVersion(ctx context.Context) (string, error) {
	var v struct {
		Version line `json:"version"`
	}
	err := s.get(ctx, "/api/v1/version", nil, &v)
	return string(v.Version), err
}

func (r *reader) identity(ctx context.Context) error {
	w, err := r.whoAmI(ctx)
	if err != nil {
		return err
	}
	r.mu.Lock()
	r.admin = w.admin
	r.mu.Unlock()
	r.b.Health.Set(w.fill)
	return nil
}

// learn notes a right and tells the health.
func (r *reader) learn(name string, held bool) {
	r.mu.Lock()
	r.rights = r.rights.with(name, held)
	list := r.rights.list()
	r.mu.Unlock()
	r.b.Health.Set(func(h *platform.SourceHealth) { h.Rights = list })
}

// believe tells whether an answer about all projects is taken as it is. A credential that was allowed to see them and is refused once is
// not turned into a member's at once: that would drop every project for a passing refusal of somebody in between.
func (r *reader) believe(all bool) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if all {
		r.seesAll, r.doubted = true, false
		return true
	}
	if r.seesAll && !r.doubted {
		r.doubted = true
		return false
	}
	r.seesAll = false
	return true
}

func (r *reader) projects(ctx context.Context) error {
	r.mu.Lock()
	tryAll := r.member.IsZero() || r.clock().Sub(r.member) > membersFor
	admin := r.admin
	r.mu.Unlock()
	list, all, same, err := r.projectList(ctx, tryAll)
	if same && err == nil && !seenAgain(r, store.Projects, r.scopes()...) {
		r.forget("projects") // a shelf went meanwhile
		list, all, same, err = r.projectList(ctx, tryAll)
	}
	if err != nil {
		if f := transport.FaultOf(err); f.Status == 500 && !admin { // the poll of the identity may be behind us
			if w, whoErr := r.whoAmI(ctx); whoErr == nil {
				admin = w.admin
			}
		}
		return explain(err, admin)
	}
	if tryAll && !r.believe(all) {
		r.forget("projects") // not taken
		return &transport.Fault{Class: transport.ClassForbidden, Source: r.name, Method: "GET", URL: r.URL(), Status: 403, Message: "the list of all projects, allowed until now, was refused"}
	}
	if tryAll {
		r.learn(rightProjects, all)
		r.mu.Lock()
		r.member = time.Time{}
		if !all {
			r.member = r.clock()
		}
		r.mu.Unlock()
	}
	if same {
		return nil
	}
	byID := make(map[string][]platform.Project, len(list))
	var projects []platform.Project
	for _, w := range list {
		p := w.noun()
		if p.ID == "" || p.Archived() { // the console's own list shows archived ones under other statuses
			continue
		}
		byID[p.ID] = []platform.Project{p}
		projects = append(projects, p)
	}
	slices.SortStableFunc(projects, func(a, b platform.Project) int { return b.UpdatedAt.Compare(a.UpdatedAt) })
	ids := make([]string, len(projects))
	for i, p := range projects {
		ids[i] = p.ID
	}
	r.mu.Lock()
	first := len(r.ids) == 0 && len(ids) > 0
	r.ids = ids
	r.mu.Unlock()
	if first {
		select {
		case r.listed <- struct{}{}:
		default:
		}
	}
	r.apply(func(tx *store.Tx) {
		store.Projects.PutAll(tx, r.name, byID)
		snap := r.b.Store.Current() // nobody else writes during Apply
		dropGone(tx, snap, r.name, byID, store.Environments)
		dropGone(tx, snap, r.name, byID, store.Repositories)
		dropGone(tx, snap, r.name, byID, store.Members)
		dropGone(tx, snap, r.name, byID, store.Roles)
		dropGone(tx, snap, r.name, byID, store.Log)
		dropGone(tx, snap, r.name, byID, store.Plans)
		dropGone(tx, snap, r.name, byID, store.Exposed)
	})
	r.forget("log") // it may speak of projects that are listed only now
	return nil
}

// dropGone drops the details of projects that are no longer listed, those of an earlier run of the program too.
func dropGone[T any](tx *store.Tx, snap *store.Snapshot, source string, listed map[string][]platform.Project, kind store.Kind[T]) {
	for shelf := range kind.All(snap) {
		if _, ok := listed[shelf.Scope]; !ok && shelf.Source == source && shelf.Scope != "" {
			kind.Drop(tx, source, shelf.Scope)
		}
	}
}

// scopes are the projects of the last list.
func (r *reader) scopes() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ids
}

func (r *reader) readStages(ctx context.Context) error {
	var list list[wireStage]
	if err := r.get(ctx, "/api/v1/stages", nil, &list); err != nil {
		return err
	}
	names := make(map[string]string, len(list))
	nouns := make([]platform.Stage, 0, len(list))
	for _, s := range list {
		names[string(s.ID)] = string(s.Name)
		nouns = append(nouns, platform.Stage{ID: string(s.ID), Name: string(s.Name)})
	}
	r.mu.Lock()
	changed := !maps.Equal(names, r.stages)
	r.stages = names
	r.mu.Unlock()
	r.apply(func(tx *store.Tx) {
		store.Stages.Put(tx, r.name, "", nouns)
		if !changed {
			return
		}
		for shelf := range store.Environments.All(r.b.Store.Current()) {
			if shelf.Source != r.name {
				continue
			}
			items := slices.Clone(shelf.Items)
			for i := range items {
				if name := names[items[i].StageID]; name != "" {
					items[i].Stage = name
				}
			}
			if !slices.Equal(items, shelf.Items) { // an equal write would only make old facts look fresh
				store.Environments.Put(tx, r.name, shelf.Scope, items)
			}
		}
	})
	return nil
}

func (r *reader) zones(ctx context.Context) error {
	nouns, err := r.Zones(ctx)
	if err != nil {
		return err
	}
	r.apply(func(tx *store.Tx) { store.Zones.Put(tx, r.name, "", nouns) })
	return nil
}

func (r *reader) clusters(ctx context.Context) error {
	var list list[wireCluster]
	if err := r.get(ctx, "/api/v1/clusters", nil, &list); err != nil {
		return err
	}
	nouns := make([]platform.Cluster, 0, len(list))
	var trouble error
	usage := true
	for _, w := range list {
		c := w.noun()
		if usage && c.ID != "" {
			asked, err := r.usage(ctx, c.ID)
			switch {
			case err == nil:
				c.Asked, c.AskedKnown = asked, true
				r.learn(rightClusters, true)
			case isClass(err, transport.ClassForbidden):
				usage = false // the right is for all of them
				r.learn(rightClusters, false)
			case isClass(err, transport.ClassNotFound):
				usage = false // before 9.5
			default:
				trouble, usage = err, false
			}
		}
		nouns = append(nouns, c)
	}
	r.apply(func(tx *store.Tx) { store.Clusters.Put(tx, r.name, "", nouns) })
	return trouble
}

func (s *Source) usage(ctx context.Context, cluster string) (platform.Resources, error) {
	var asked wireAmount
	err := s.get(ctx, "/api/v1/clusters/usage/"+url.PathEscape(cluster), nil, &asked)
	return asked.noun(), err
}

func (r *reader) services(ctx context.Context) error {
	var list list[wireService]
	if err := r.get(ctx, "/api/v1/health-services", nil, &list); err != nil {
		return err
	}
	nouns := make([]platform.ServiceHealth, 0, len(list))
	for _, s := range list {
		h := platform.ServiceHealth{Name: string(s.Name), Status: string(s.Status), Message: r.client.Redact(string(s.Message))}
		if s.At > 0 {
			h.CheckedAt = time.UnixMilli(int64(s.At)).UTC()
		}
		nouns = append(nouns, h)
	}
	r.apply(func(tx *store.Tx) { store.ServiceHealth.Put(tx, r.name, "", nouns) })
	return nil
}

// details reads what belongs to one project: environments and repositories, and members and roles when the list left them out.
func (r *reader) details(ctx context.Context, id string) error {
	one := url.Values{"projectId": {id}}
	v2 := "/api/v2/projects/" + url.PathEscape(id)
	var envs list[wireEnvironment]
	err := readUnless(ctx, r, store.Environments, "environments", id, func(name string) (bool, error) {
		return r.unless(ctx, name, "/api/v1/environments", one, v2+"/environments", &envs)
	}, func() []platform.Environment {
		r.mu.Lock()
		stages := r.stages
		r.mu.Unlock()
		out := make([]platform.Environment, 0, len(envs))
		for _, e := range envs {
			out = append(out, e.noun(id, stages))
		}
		return out
	})
	if err != nil {
		return err
	}
	var repos list[wireRepository]
	err = readUnless(ctx, r, store.Repositories, "repositories", id, func(name string) (bool, error) {
		return r.unless(ctx, name, "/api/v1/repositories", one, v2+"/repositories", &repos)
	}, func() []platform.Repository {
		out := make([]platform.Repository, 0, len(repos))
		for _, w := range repos {
			out = append(out, w.noun(id))
		}
		return out
	})
	if err != nil {
		return err
	}
	if err := r.plans(ctx, id); err != nil {
		return err
	}
	return r.people(ctx, id)
}

func (r *reader) people(ctx context.Context, id string) error {
	listed := store.Projects.Items(r.b.Store.Current(), id)
	if len(listed) == 0 || listed[0].Members != nil && listed[0].Roles != nil {
		return nil
	}
	path := "/api/v1/projects/" + url.PathEscape(id)
	var m list[wireMember]
	if err := r.get(ctx, path+"/members", nil, &m); err != nil {
		return err
	}
	var ro list[wireRole]
	if err := r.get(ctx, path+"/roles", nil, &ro); err != nil {
		return err
	}
	r.applyTo(id, func(tx *store.Tx) {
		store.Members.Put(tx, r.name, id, members(m))
		store.Roles.Put(tx, r.name, id, roles(ro))
	})
	return nil
}

const (
	logPage    = 100 // entries with everything the tools said are kilobytes each
	logOverlap = 10  // new entries shift the pages while we read them
	logPages   = 5   // at most, to catch up
)

// platformLog reads the newest entries of all projects, with the tools' results, where the token may; else the projects' own logs,
// read by a sweep, have to do.
func (r *reader) platformLog(ctx context.Context) error {
	r.mu.Lock()
	seen := r.seen
	r.mu.Unlock()
	var entries []platform.LogEntry
	for page := range logPages {
		var logs wireLogs
		name := ""
		if page == 0 && seen != "" {
			name = "log"
		}
		same, err := r.unless(ctx, name, "/api/v1/logs", logQuery(page*(logPage-logOverlap), logPage, "", false), "", &logs)
		if same && err == nil {
			r.learn(rightLogs, true)
			r.mu.Lock()
			logged := r.logged
			r.mu.Unlock()
			if seenAgain(r, store.Log, logged...) {
				return nil
			}
			r.forget(name)
			_, err = r.unless(ctx, name, "/api/v1/logs", logQuery(0, logPage, "", false), "", &logs)
		}
		if isClass(err, transport.ClassForbidden) {
			r.learn(rightLogs, false)
			return nil // said as a right, not as a failure
		}
		if err != nil {
			r.forget("log") // the first page alone is not all that is new
			return err
		}
		caughtUp := seen == "" || len(logs.Logs) < logPage
		for _, l := range logs.Logs {
			caughtUp = caughtUp || string(l.ID) == seen
			entries = append(entries, l.noun(r.client.Redact))
		}
		if caughtUp {
			break
		}
	}
	r.learn(rightLogs, true)
	byProject := map[string][]platform.LogEntry{}
	for _, e := range entries {
		byProject[e.ProjectID] = append(byProject[e.ProjectID], e)
	}
	r.putLog(byProject)
	r.mu.Lock()
	if len(entries) > 0 {
		r.seen = entries[0].ID
	}
	r.logged = nil
	for _, id := range slices.Sorted(maps.Keys(byProject)) {
		if store.Log.ShelfRev(r.b.Store.Current(), r.name, id) != 0 { // those that are not ours to show have none
			r.logged = append(r.logged, id)
		}
	}
	r.mu.Unlock()
	return nil
}

// projectLog reads the newest entries of one project. Where the platform's log can be read it has what is new for all of them, and
// a project's own is only read now and then, for what is older.
func (r *reader) projectLog(ctx context.Context, id string) error {
	r.mu.Lock()
	fresh := r.rights.holds(rightLogs) && !r.logs[id].IsZero() && r.clock().Sub(r.logs[id]) < everyOldLog
	r.mu.Unlock()
	if fresh && len(store.Log.Of(r.b.Store.Current(), id)) > 0 {
		return nil
	}
	var logs wireLogs
	if err := r.get(ctx, "/api/v1/logs", logQuery(0, 20, id, true), &logs); err != nil {
		return err
	}
	entries := make([]platform.LogEntry, 0, len(logs.Logs))
	for _, l := range logs.Logs {
		entries = append(entries, l.noun(r.client.Redact))
	}
	r.putLog(map[string][]platform.LogEntry{id: entries})
	r.mu.Lock()
	r.logs[id] = r.clock()
	r.mu.Unlock()
	return nil
}

// putLog merges entries into the shelves. The whole log names projects that are not ours to show, archived ones among them: they
// get no shelf, unless the first list of projects is still to come, which then drops them.
func (r *reader) putLog(byProject map[string][]platform.LogEntry) {
	r.mu.Lock()
	listed := r.ids != nil
	r.mu.Unlock()
	r.apply(func(tx *store.Tx) {
		snap := r.b.Store.Current()
		for id, entries := range byProject {
			if listed && id != "" && len(store.Projects.Of(snap, id)) == 0 {
				continue
			}
			var known []platform.LogEntry
			for _, shelf := range store.Log.Of(snap, id) {
				if shelf.Source == r.name {
					known = shelf.Items
				}
			}
			store.Log.Put(tx, r.name, id, merge(known, entries))
		}
	})
}

func logQuery(offset, limit int, project string, clean bool) url.Values {
	q := url.Values{"offset": {strconv.Itoa(offset)}, "limit": {strconv.Itoa(limit)}, "clean": {strconv.FormatBool(clean)}}
	if project != "" {
		q.Set("projectId", project)
	}
	return q
}
