package gitlab

import (
	"maps"
	"slices"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/store"
)

// aside is what was read beside repositories and pipelines, guarded by the lock of the facts.
type aside struct {
	code   map[int64]codeRead    // by repository id
	causes map[int64]causeRead   // by job id
	access map[string]accessRead // by group
	zone   map[string]zoneRead   // by scope
	heads  map[int64]forgeRead   // of the external forge, by repository id
	tokens map[int64]tokensRead  // by repository id
	closed time.Time             // the zones' repositories were refused then
}

func newAside() aside {
	return aside{code: map[int64]codeRead{}, causes: map[int64]causeRead{}, access: map[string]accessRead{}, zone: map[string]zoneRead{}, heads: map[int64]forgeRead{}, tokens: map[int64]tokensRead{}}
}

// forget drops what belonged to repositories and groups that are gone. The lock is held.
func (a *aside) forget(gone func(id int64) bool, groups map[string][]repository) {
	maps.DeleteFunc(a.code, func(id int64, _ codeRead) bool { return gone(id) })
	maps.DeleteFunc(a.tokens, func(id int64, _ tokensRead) bool { return gone(id) })
	maps.DeleteFunc(a.heads, func(id int64, _ forgeRead) bool { return gone(id) })
	maps.DeleteFunc(a.access, func(group string, _ accessRead) bool { return groups[group] == nil })
	if len(a.causes) > 5000 { // jobs of long ago: those that still break something are read again
		clear(a.causes)
	}
}

func (f *facts) causeKnown(job int64) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, ok := f.aside.causes[job]
	return ok
}

func (f *facts) setCause(job int64, c causeRead) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.aside.causes[job] = c
}

// codeDue tells what to look at in a repository: its head, the commits of former pipelines of its branch, newest first, and what was read last.
func (f *facts) codeDue(r repository) (head string, formers []string, last codeRead, known bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	head = f.heads[r.ID].sha
	for _, p := range f.pipelinesOf(r) {
		if p.Ref == r.DefaultBranch && p.SHA != "" && p.SHA != head && !slices.Contains(formers, p.SHA) {
			formers = append(formers, p.SHA)
		}
	}
	last, known = f.aside.code[r.ID]
	return head, formers, last, known
}

func (f *facts) setCode(repo int64, c codeRead) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.aside.code[repo] = c
}

func (f *facts) accessDue(group string, now, stirred time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	a, read := f.aside.access[group]
	every := tokensEvery
	if a.err != nil {
		every, stirred = refusalsEvery, time.Time{}
	}
	return !read || due(a.at, now, every, stirred)
}

func (f *facts) setAccess(group string, a accessRead) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.aside.access[group] = a
}

func (f *facts) zoneDue(scope string, now, stirred time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	z, read := f.aside.zone[scope]
	return (f.aside.closed.IsZero() || now.Sub(f.aside.closed) >= zoneAgain) && (!read || due(z.at, now, tokensEvery, stirred))
}

// zoneAt is when the zone's commits of a scope were read; zero when never.
func (f *facts) zoneAt(scope string) time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.aside.zone[scope].at
}

func (f *facts) refuseZone(now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.aside.closed = now
}

func (f *facts) setZone(scope string, z zoneRead) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.aside.zone[scope], f.aside.closed = z, time.Time{}
}

// publishAside writes what is known beside repositories and pipelines of one project. The lock is held.
func (f *facts) publishAside(tx *store.Tx, source, scope string, groups []string) {
	var code []platform.CodeFacts
	var members []platform.GroupMember
	var heads []platform.ForgeHead
	codeKnown, membersKnown := false, false
	for _, g := range groups {
		for _, r := range f.groups[g] {
			if c, ok := f.aside.code[r.ID]; ok && !c.refused {
				code, codeKnown = append(code, c.facts), true
			}
			if h, ok := f.aside.heads[r.ID]; ok {
				heads = append(heads, h.head)
			}
		}
		if a, ok := f.aside.access[g]; ok && a.err == nil {
			members, membersKnown = append(members, a.list...), true
		}
	}
	if codeKnown {
		store.Code.Put(tx, source, scope, code)
	}
	if membersKnown {
		store.Access.Put(tx, source, scope, members)
	}
	switch tokens, read, asked := f.repoTokensOf(groups); {
	case read:
		store.RepoTokens.Put(tx, source, scope, tokens)
	case asked:
		store.RepoTokens.Drop(tx, source, scope)
	}
	if z, ok := f.aside.zone[scope]; ok {
		store.ZoneCommits.Put(tx, source, scope, z.list)
	}
	if f.forge {
		store.Forge.Put(tx, source, scope, heads)
	}
}

// dropAside drops the shelves of projects that are gone.
func dropAside(tx *store.Tx, snap *store.Snapshot, source string, repos map[string][]platform.GitRepository) {
	drop(tx, snap, store.Code, source, repos)
	drop(tx, snap, store.Access, source, repos)
	drop(tx, snap, store.ZoneCommits, source, repos)
	drop(tx, snap, store.RepoTokens, source, repos)
	drop(tx, snap, store.Forge, source, repos)
}

func drop[T any](tx *store.Tx, snap *store.Snapshot, kind store.Kind[T], source string, repos map[string][]platform.GitRepository) {
	for shelf := range kind.All(snap) {
		if shelf.Source == source && repos[shelf.Scope] == nil {
			kind.Drop(tx, source, shelf.Scope)
		}
	}
}
