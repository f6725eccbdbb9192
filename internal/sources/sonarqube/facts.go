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
	written scopes
}

type project struct {
	slug, repository string
	dated            bool      // analysed is what the list says; false when there was no list
	analysed         time.Time // newest analysis in the list
	measures         map[string]string
	detail           *detail // nil: not read yet
}

func newFacts() *facts { return &facts{known: map[string]project{}} }

// setFleet replaces the list of projects. Details survive; they are used as long as they are of the newest analysis.
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
		if !dated && p.detail != nil {
			p.analysed = p.detail.analysed
		}
		next[c.key] = p
	}
	f.known, f.listed = next, true
}

// due lists the keys of one project whose details are missing or of a former analysis.
func (f *facts) due(sc scopes, scope string) []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []string
	for key, p := range f.known {
		if s, ok := sc.of(p.slug); !ok || s != scope {
			continue
		}
		switch {
		case p.dated && p.analysed.IsZero(): // never analysed: there is nothing more to know
		case p.detail == nil, !p.dated, !p.detail.analysed.Equal(p.analysed):
			out = append(out, key)
		}
	}
	slices.Sort(out)
	return out
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
	if p.detail = &d; p.analysed.Equal(d.analysed) && d.status != "" {
		p.measures = maps.Clone(p.measures)
		if p.measures == nil {
			p.measures = map[string]string{}
		}
		p.measures["alert_status"] = d.status
	}
	f.known[key] = p
}

// drop forgets a project that is gone.
func (f *facts) drop(key string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.known, key)
}

func (f *facts) scopesListed(sc scopes) []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	seen := map[string]bool{}
	for _, p := range f.known {
		if scope, ok := sc.of(p.slug); ok {
			seen[scope] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// gate makes the noun. What belongs to a former analysis is left out: its commit next to the newer status would prove the wrong thing.
func (p project) gate(key, base string) platform.Gate {
	g := platform.Gate{
		Key: key, Repository: p.repository, Status: cmp.Or(p.measures["alert_status"], platform.GateNone), AnalysedAt: p.analysed,
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
func (f *facts) gates(sc scopes, base, only string) map[string][]platform.Gate {
	out := map[string][]platform.Gate{}
	for key, p := range f.known {
		if scope, ok := sc.of(p.slug); ok && (only == "" || scope == only) {
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
	sc := scopesOf(st.Current())
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.listed {
		return
	}
	f.written = sc
	gates := f.gates(sc, base, "")
	st.Apply(func(tx *store.Tx) { store.Gates.PutAll(tx, source, gates) })
}

// publishOne writes the shelf of one project.
func (f *facts) publishOne(st *store.Store, source, base, scope string) {
	sc := scopesOf(st.Current())
	f.mu.Lock()
	defer f.mu.Unlock()
	gates, ok := f.gates(sc, base, scope)[scope]
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
	return f.listed && !f.written.equal(scopesOf(st.Current()))
}
