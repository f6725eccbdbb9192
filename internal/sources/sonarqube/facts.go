package sonarqube

import (
	"cmp"
	"maps"
	"net/url"
	"slices"
	"sync"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/store"
)

// facts is what was read so far, by SonarQube's keys.
type facts struct {
	mu      sync.Mutex
	known   map[string]project // by key
	listed  bool
	whole   bool                 // every project was listed, and measured
	ended   map[string]time.Time // by scope, the newest end of a pipeline when details were read
	written store.Slugs
	scopes  []string // of all projects listed, by the translation scoped; nil: to be made again
	scoped  store.Slugs
}

type project struct {
	slug, repository string
	dated            bool      // analysed is what the list says; false when there was no list
	analysed         time.Time // newest analysis in the list
	measures         map[string]string
	detail           *detail // nil: not read yet
}

func newFacts() *facts { return &facts{known: map[string]project{}, ended: map[string]time.Time{}} }

// ready tells whether the fleet was listed: before, nobody knows what there is to look at.
func (f *facts) ready() bool { f.mu.Lock(); defer f.mu.Unlock(); return f.listed }

// setFleet replaces the list of projects. Details survive; they are used as long as they are of the newest analysis. Nil measures
// could not be read: those of the same analysis stay.
func (f *facts) setFleet(list []component, measures map[string]map[string]string, dated bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	next := map[string]project{}
	for _, c := range list {
		slug, repo, ok := platform.ParseSonarKey(c.key)
		if !ok {
			continue // not made by the platform
		}
		p := project{slug: slug, repository: repo, dated: dated, analysed: c.analysed, measures: measures[c.key], detail: f.known[c.key].detail}
		if !dated && p.measures == nil {
			continue // asked by name, and not there
		}
		if measures == nil && c.analysed.Equal(f.known[c.key].analysed) {
			p.measures = f.known[c.key].measures
		}
		if !dated && p.detail != nil {
			p.analysed = p.detail.analysed
		}
		next[c.key] = p
	}
	f.known, f.listed, f.whole, f.scopes = next, true, dated && measures != nil, nil
}

// due lists the keys of one project whose details are missing or of a former analysis; all of them when a pipeline of the project
// ended since the last time, because its analysis is then newer than our list.
func (f *facts) due(sc store.Slugs, scope string, ended time.Time) []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	last, looked := f.ended[scope]
	again := looked && ended.After(last)
	var out []string
	for key, p := range f.known {
		if s, ok := sc.Of(p.slug); !ok || s != scope {
			continue
		}
		switch {
		case again:
			out = append(out, key)
		case p.dated && p.analysed.IsZero(): // never analysed: there is nothing more to know
		case p.detail == nil, !p.dated, !p.detail.analysed.Equal(p.analysed):
			out = append(out, key)
		}
	}
	slices.Sort(out)
	return out
}

// looked notes up to which end of a pipeline the details of a project are read.
func (f *facts) looked(scope string, ended time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ended[scope] = ended
}

func (f *facts) setDetail(key string, d detail) {
	f.mu.Lock()
	defer f.mu.Unlock()
	p, ok := f.known[key]
	if !ok {
		return
	}
	if d.analysed.After(p.analysed) || !p.dated {
		p.analysed = d.analysed // analysed again since the list was read
	}
	p.detail = &d
	if d.status != "" && p.measures["alert_status"] != d.status && p.analysed.Equal(d.analysed) {
		p.measures = maps.Clone(p.measures) // the newer word of the two
		delete(p.measures, "alert_status")
	}
	f.known[key] = p
}

// drop forgets a project that is gone.
func (f *facts) drop(key string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.known, key)
	f.scopes = nil
}

func (f *facts) scopesListed(sc store.Slugs) []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.scopes != nil && f.scoped.Equal(sc) {
		return f.scopes
	}
	seen := map[string]bool{}
	for _, p := range f.known {
		if scope, ok := sc.Of(p.slug); ok {
			seen[scope] = true
		}
	}
	f.scopes, f.scoped = slices.Sorted(maps.Keys(seen)), sc
	return f.scopes
}

// status is the gate's word; "" when it is not known, which is not the same as having none.
func (p project) status() string {
	switch {
	case p.measures["alert_status"] != "":
		return p.measures["alert_status"]
	case p.detail != nil && p.detail.analysed.Equal(p.analysed):
		return cmp.Or(p.detail.status, platform.GateNone)
	case p.dated && p.analysed.IsZero(): // never analysed
		return platform.GateNone
	}
	return ""
}

// lastEnd is when the newest pipeline of a project ended, as far as another source knows; zero when none does.
func lastEnd(snap *store.Snapshot, scope string) time.Time {
	var last time.Time
	for _, shelf := range store.Pipelines.Of(snap, scope) {
		for _, p := range shelf.Items {
			if p.FinishedAt.After(last) {
				last = p.FinishedAt
			}
		}
	}
	return last
}

// gate makes the noun. What belongs to a former analysis is left out: its commit next to the newer status would prove the wrong thing.
func (p project) gate(key, base string) platform.Gate {
	g := platform.Gate{
		Key: key, Repository: p.repository, Status: p.status(), AnalysedAt: p.analysed,
		URL: base + "/dashboard?id=" + url.QueryEscape(key),
	}
	for metric, value := range p.measures {
		if metric == "alert_status" {
			continue
		}
		if g.Measures == nil {
			g.Measures = map[string]string{}
		}
		g.Measures[metric] = value
	}
	if d := p.detail; d != nil && d.analysed.Equal(p.analysed) {
		g.Conditions, g.Revision, g.Version = d.conditions, d.revision, d.version
	}
	return g
}

// gates makes the gates of every scope, or of one when only is not "". Call it with the lock held.
func (f *facts) gates(sc store.Slugs, base, only string) map[string][]platform.Gate {
	out := map[string][]platform.Gate{}
	for key, p := range f.known {
		if scope, ok := sc.Of(p.slug); ok && (only == "" || scope == only) && p.status() != "" {
			out[scope] = append(out[scope], p.gate(key, base))
		}
	}
	for _, list := range out {
		slices.SortFunc(list, func(a, b platform.Gate) int { return cmp.Compare(a.Key, b.Key) })
	}
	return out
}

// publish writes the shelves of all projects.
func (f *facts) publish(st *store.Store, source, base string) {
	sc := store.SlugsOf(st.Current())
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.listed {
		return
	}
	f.written = sc
	gates := f.gates(sc, base, "")
	if f.whole { // the console's projects that SonarQube has nothing of: known to be empty
		for _, scope := range sc.IDs {
			if gates[scope] == nil {
				gates[scope] = []platform.Gate{}
			}
		}
	}
	st.Apply(func(tx *store.Tx) { store.Gates.PutAll(tx, source, gates) })
}

// publishOne writes the shelf of one project.
func (f *facts) publishOne(st *store.Store, source, base, scope string) {
	sc := store.SlugsOf(st.Current())
	f.mu.Lock()
	defer f.mu.Unlock()
	gates, ok := f.gates(sc, base, scope)[scope]
	ok = ok || f.whole
	st.Apply(func(tx *store.Tx) {
		if !ok {
			store.Gates.Drop(tx, source, scope)
			return
		}
		store.Gates.Put(tx, source, scope, gates)
	})
}

// moved reports whether the console's projects changed since the shelves were written.
func (f *facts) moved(st *store.Store) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.listed && !f.written.Equal(store.SlugsOf(st.Current()))
}
