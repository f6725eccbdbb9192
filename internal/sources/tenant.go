package sources

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/sources/transport"
	"dsotop/internal/store"
)

// TenantPlace says where a request names its tenant.
type TenantPlace string

// The places of a tenant.
const (
	TenantNone   TenantPlace = ""       // the server has one tenant, or finds it by the credential
	TenantHeader TenantPlace = "header" // X-Scope-OrgID: Loki, Mimir and the Alertmanager of Mimir, reached directly
	TenantPath   TenantPlace = "path"   // below a gateway, as Observatorium has it
)

// TenantAuto is the tenant "find out": the two tenants that the platform gives each project.
const TenantAuto = "auto"

const (
	tenantMark   = "{tenant}"
	tenantHeader = "X-Scope-OrgID"
)

// Tenancy is how the telemetry back-ends tell projects apart. The zero value is a server without tenants.
type Tenancy struct {
	In TenantPlace
	ID string // one tenant, several with commas between, or [TenantAuto]; "" with a place means auto
}

// Auto reports whether tenants follow the projects that are known.
func (t Tenancy) Auto() bool { return t.In != TenantNone && (t.ID == "" || t.ID == TenantAuto) }

// List returns the tenants to ask, by name. It is one empty tenant for a server without. In auto, a project whose environments
// are not known yet has none: asking for a tenant that was never made gives refusals that mean nothing.
func (t Tenancy) List(snap *store.Snapshot) []string { return t.list(snap, platform.Tenants) }

// list is List with the names of a project's tenants from where they may be kept.
func (t Tenancy) list(snap *store.Snapshot, names func(project string) (production, other string)) []string {
	if t.In == TenantNone {
		return []string{""}
	}
	if !t.Auto() {
		return split(t.ID)
	}
	var out []string
	for shelf := range store.Environments.All(snap) {
		production, other := names(shelf.Scope)
		if production == "" { // a scope that is no project id
			continue
		}
		in, beside := false, false
		for i := range shelf.Items {
			if shelf.Items[i].Production() {
				in = true
			} else {
				beside = true
			}
		}
		if in {
			out = append(out, production)
		}
		if beside {
			out = append(out, other)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Lister returns List of the newest snapshot as a function that costs nothing as long as no environment changed. It is for one
// goroutine at a time.
func (t Tenancy) Lister(st *store.Store) func() []string {
	var list []string
	var rev uint64
	read := false
	known := map[string][2]string{} // names are hashes of ids: environments come and go, they stay
	names := func(project string) (production, other string) {
		pair, ok := known[project]
		if !ok {
			pair[0], pair[1] = platform.Tenants(project)
			known[project] = pair
		}
		return pair[0], pair[1]
	}
	return func() []string {
		snap := st.Current()
		if now := store.Environments.Rev(snap); !read || now != rev {
			list, rev, read = t.list(snap, names), now, true
		}
		return list
	}
}

// AlertLister is Lister with the platform's own tenant beside those of the projects, in auto: its tools' alerts (a sealed Vault, a registry that is
// full) concern every project, and it belongs to none. Reading it goes through a [Patient], as most may not.
func (t Tenancy) AlertLister(st *store.Store) func() []string {
	list := t.Lister(st)
	if !t.Auto() {
		return list
	}
	var last, with []string
	return func() []string {
		now := list()
		if with == nil || len(now) != len(last) || len(now) > 0 && &now[0] != &last[0] {
			last, with = now, append([]string{PlatformTenant}, now...)
		}
		return with
	}
}

// Patient reads the platform's own tenant, and does not ask again for a while once it was refused: that is an answer, and no trouble of the source.
type Patient struct {
	mu    sync.Mutex
	until time.Time
}

// refusedFor is how long a refused tenant of the platform is not asked again.
const refusedFor = 30 * time.Minute

// Ask reads a tenant; told is false when it is the platform's own and refused, now or lately: then nothing of it is known.
func (p *Patient) Ask(t Tenancy, tenant string, now time.Time, read func() error) (told bool, err error) {
	if !t.Auto() || tenant != PlatformTenant {
		return true, read()
	}
	p.mu.Lock()
	wait := now.Before(p.until)
	p.mu.Unlock()
	if wait {
		return false, nil
	}
	err = read()
	if f := transport.FaultOf(err); err != nil && (t.Refused(err) || f != nil && f.Status != 0 && f.Class == transport.ClassRequest) {
		p.mu.Lock()
		p.until = now.Add(refusedFor)
		p.mu.Unlock()
		return false, nil
	}
	return true, err
}

// InView returns those of the tenants in which something is that people look at. Tenants that were configured by name always are.
func (t Tenancy) InView(snap *store.Snapshot, wanted []string) []string {
	return t.inView(t.List(snap), wanted)
}

// inView narrows a list of tenants, which it leaves as it is.
func (t Tenancy) inView(all, wanted []string) []string {
	if !t.Auto() {
		return all
	}
	projects := map[string]bool{}
	for _, scope := range wanted {
		if _, project, ok := platform.ParseNamespace(scope); ok {
			scope = project
		}
		projects[scope] = true
	}
	var out []string
	for _, tenant := range all {
		if project, _, _ := platform.ParseTenant(tenant); project != "" && projects[project] {
			out = append(out, tenant)
		}
	}
	return out
}

// PlatformTenant is the tenant of the platform's own tools, which every instance has (platform facts §3.3).
const PlatformTenant = "prod-dso"

// fewTenants is how many tenants are tried to learn whether a server works at all.
const fewTenants = 3

// Any runs ask in some tenants, those in view first, until one works, and returns the last failure when none does. It tells
// whether a server answers and knows us, whichever single tenant is refused. As long as no project is known it asks in the
// platform's own tenant, where a refusal is an answer: that tenant is for administrators.
func (t Tenancy) Any(b *Board, ask func(tenant string) error) error {
	snap := b.Store.Current()
	tenants := t.InView(snap, b.Interest.Wanted())
	for _, tenant := range t.List(snap) {
		if !slices.Contains(tenants, tenant) {
			tenants = append(tenants, tenant)
		}
	}
	if len(tenants) == 0 {
		err := ask(PlatformTenant)
		if f := transport.FaultOf(err); t.Refused(err) || f != nil && f.Status != 0 && f.Class == transport.ClassRequest {
			return nil
		}
		return err
	}
	var err error
	for _, tenant := range tenants[:min(len(tenants), fewTenants)] {
		if err = ask(tenant); err == nil || sharedFailure(transport.FaultOf(err).Class) {
			return err
		}
	}
	return err
}

// Refused reports whether an error may be about the tenant asked for: a refusal, or nothing found where the tenant is in the path. A
// tenant in the header is never why nothing is found: that is another system, or another address.
func (t Tenancy) Refused(err error) bool {
	f := transport.FaultOf(err)
	return f != nil && f.Status != 0 && (f.Class == transport.ClassForbidden || f.Class == transport.ClassNotFound && t.In == TenantPath)
}

// Follow gives a board on which tenants are in view instead of projects and namespaces, for a [Sweep] over tenants. It follows
// until ctx ends; wait then returns.
func (t Tenancy) Follow(ctx context.Context, b *Board) (board *Board, wait func()) {
	tenants := store.NewInterest()
	out := *b
	out.Interest = tenants
	changed, stop := b.Interest.Changed()
	sub := b.Store.Subscribe(b.paced(2 * time.Second)) // the list of tenants changes with the projects
	list := t.Lister(b.Store)
	var one sync.Mutex // two goroutines set
	set := func() {
		one.Lock()
		defer one.Unlock()
		view := t.inView(list(), b.Interest.Wanted())
		if view == nil {
			view = []string{}
		}
		tenants.Set(t, view)
	}
	set()
	var side sync.WaitGroup
	side.Go(func() {
		defer stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-changed:
				set()
			}
		}
	})
	side.Go(func() {
		defer sub.Close()
		for {
			if _, ok := sub.Next(ctx); !ok {
				return
			}
			set()
		}
	})
	return &out, side.Wait
}

// Of returns the tenant that holds a namespace. ok is false when it cannot be known: a namespace that encodes no project, or
// whose environment is not known, as its stage decides between the two tenants.
func (t Tenancy) Of(snap *store.Snapshot, namespace string) (tenant string, ok bool) {
	if t.In == TenantNone {
		return "", true
	}
	if !t.Auto() {
		ids := split(t.ID)
		if len(ids) == 1 {
			return ids[0], true
		}
		auto, ok := Tenancy{In: t.In}.Of(snap, namespace)
		return auto, ok && slices.Contains(ids, auto)
	}
	environment, project, ok := platform.ParseNamespace(namespace)
	if !ok {
		return "", false
	}
	production, other := platform.Tenants(project)
	for _, e := range store.Environments.Items(snap, project) {
		switch {
		case e.ID != environment:
		case e.Stage == "":
			return "", false // stages were not read yet: either tenant may be the one
		case e.Production():
			return production, true
		default:
			return other, true
		}
	}
	return "", false
}

func split(ids string) []string {
	var out []string
	for id := range strings.SplitSeq(ids, ",") {
		if id = strings.TrimSpace(id); id != "" && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// Route is an address with, perhaps, a tenant inside its path.
type Route struct {
	Base   string // what the transport is given
	prefix string // below the base; holds {tenant} when the tenant is in the path
	in     TenantPlace
}

// NewRoute reads an address. With the tenant in the path, the address says where by {tenant}; without that mark it is the root
// of a gateway laid out as layout, which holds the mark.
func NewRoute(address string, t Tenancy, layout string) (Route, error) {
	before, after, marked := strings.Cut(address, tenantMark)
	switch {
	case t.In != TenantPath && marked:
		return Route{}, fmt.Errorf("the address holds %s but the tenant is not in the path", tenantMark)
	case t.In != TenantPath:
		return Route{Base: address, in: t.In}, nil
	case !marked:
		return Route{Base: address, prefix: layout, in: t.In}, nil
	case !strings.HasSuffix(before, "/") || after != "" && !strings.HasPrefix(after, "/") || strings.Contains(after, tenantMark):
		return Route{}, fmt.Errorf("in the address, %s must stand once, between slashes", tenantMark)
	}
	return Route{Base: strings.TrimSuffix(before, "/"), prefix: "/" + tenantMark + strings.TrimRight(after, "/"), in: t.In}, nil
}

// Path is what stands between the base and the API's own paths for a tenant, escaped, without a slash at its end.
func (r Route) Path(tenant string) string {
	return strings.ReplaceAll(r.prefix, tenantMark, url.PathEscape(tenant))
}

// Pattern is Path for an allow-list: any tenant.
func (r Route) Pattern() string { return strings.ReplaceAll(r.prefix, tenantMark, "*") }

// RoundTripper adds the tenant's header to requests on their way to next.
func (r Route) RoundTripper(tenant string, next http.RoundTripper) http.RoundTripper {
	if r.in != TenantHeader || tenant == "" {
		return next
	}
	return headerTripper{tenant: tenant, next: next}
}

// Header is what a request for a tenant carries; nil when its path names it, or nothing does. It is for those who dial by themselves.
func (r Route) Header(tenant string) http.Header {
	if r.in != TenantHeader || tenant == "" {
		return nil
	}
	return http.Header{http.CanonicalHeaderKey(tenantHeader): {tenant}}
}

type headerTripper struct {
	tenant string
	next   http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (t headerTripper) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context()) // a round-tripper must not change what it is given
	req.Header.Set(tenantHeader, t.tenant)
	return t.next.RoundTrip(req)
}
