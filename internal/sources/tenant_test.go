package sources

import (
	"context"
	"net/http"
	"slices"
	"testing"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/sources/transport"
	"dsotop/internal/store"
)

const (
	guichet      = "e41b66d4-13c6-4bdc-a996-431cfcb2185a"
	guichetProd  = "b7d30fef-2f75-46b4-a990-119943a93ec0"
	guichetInteg = "f6674cdf-4c09-4967-8fee-3c11732a4852"
	agenda       = "54a76d00-b919-4776-aa9c-29a5455e5317"
	agendaDev    = "7d1fd0ca-c4fa-4360-9b06-39522d518208"
)

func tenantSnapshot() *store.Snapshot {
	st := store.New(nil)
	st.Apply(func(tx *store.Tx) {
		store.Environments.Put(tx, "console", guichet, []platform.Environment{{ID: guichetProd, Stage: "prod"}, {ID: guichetInteg, Stage: "integration"}})
		store.Environments.Put(tx, "console", agenda, []platform.Environment{{ID: agendaDev, Stage: "dev"}})
		store.Environments.Put(tx, "console", "not-a-project", []platform.Environment{{ID: "x"}})
	})
	return st.Current()
}

func TestTenancyList(t *testing.T) {
	snap := tenantSnapshot()
	agendaOther, guichetOther, guichetProduction := "hprod-50f6wmbx64p5v3h1vrfna52qf", "hprod-di5tfayrm9eqsgpnd5dcd1n4q", "prod-di5tfayrm9eqsgpnd5dcd1n4q"
	for _, c := range []struct {
		name   string
		t      Tenancy
		wanted []string
		list   []string
		inView []string
	}{
		{"none", Tenancy{}, nil, []string{""}, []string{""}},
		{"fixed", Tenancy{In: TenantHeader, ID: "prod-dso"}, nil, []string{"prod-dso"}, []string{"prod-dso"}},
		{"several", Tenancy{In: TenantHeader, ID: "b, a,b"}, nil, []string{"b", "a"}, []string{"b", "a"}},
		{"auto", Tenancy{In: TenantPath, ID: "auto"}, nil, []string{agendaOther, guichetOther, guichetProduction}, nil},
		{"auto, namespace in view", Tenancy{In: TenantPath}, []string{platform.NamespaceName(guichetInteg, guichet)},
			[]string{agendaOther, guichetOther, guichetProduction}, []string{guichetOther, guichetProduction}},
		{"auto, project in view", Tenancy{In: TenantPath}, []string{agenda}, []string{agendaOther, guichetOther, guichetProduction}, []string{agendaOther}},
	} {
		if got := c.t.List(snap); !slices.Equal(got, c.list) {
			t.Errorf("%s: list %v, want %v", c.name, got, c.list)
		}
		if got := c.t.InView(snap, c.wanted); !slices.Equal(got, c.inView) {
			t.Errorf("%s: in view %v, want %v", c.name, got, c.inView)
		}
	}
}

func TestTenancyFollow(t *testing.T) {
	st := store.New(nil)
	b := &Board{Store: st, Interest: store.NewInterest(), Pace: 1000}
	ctx, cancel := context.WithCancel(context.Background())
	board, wait := Tenancy{In: TenantHeader}.Follow(ctx, b)
	bell, stop := board.Interest.Changed()
	defer stop()
	b.Interest.Set("me", []string{guichet})
	st.Apply(func(tx *store.Tx) {
		store.Environments.Put(tx, "console", guichet, []platform.Environment{{ID: guichetInteg, Stage: "integration"}})
	})
	for !slices.Equal(board.Interest.Wanted(), []string{"hprod-di5tfayrm9eqsgpnd5dcd1n4q"}) {
		<-bell
	}
	cancel()
	wait()
}

func TestTenancyOf(t *testing.T) {
	snap := tenantSnapshot()
	prod, integ := platform.NamespaceName(guichetProd, guichet), platform.NamespaceName(guichetInteg, guichet)
	for _, c := range []struct {
		t         Tenancy
		namespace string
		want      string
		ok        bool
	}{
		{Tenancy{}, "anything", "", true},
		{Tenancy{In: TenantHeader, ID: "one"}, "anything", "one", true},
		{Tenancy{In: TenantHeader}, prod, "prod-di5tfayrm9eqsgpnd5dcd1n4q", true},
		{Tenancy{In: TenantHeader, ID: TenantAuto}, integ, "hprod-di5tfayrm9eqsgpnd5dcd1n4q", true},
		{Tenancy{In: TenantHeader, ID: "a,hprod-di5tfayrm9eqsgpnd5dcd1n4q"}, integ, "hprod-di5tfayrm9eqsgpnd5dcd1n4q", true},
		{Tenancy{In: TenantHeader, ID: "a,b"}, integ, "hprod-di5tfayrm9eqsgpnd5dcd1n4q", false},
		{Tenancy{In: TenantHeader}, "mi-habilit-dev-6293", "", false},
		{Tenancy{In: TenantHeader}, platform.NamespaceName(agendaDev, guichet), "", false},
	} {
		if got, ok := c.t.Of(snap, c.namespace); ok != c.ok || ok && got != c.want {
			t.Errorf("%+v of %s: %q %v, want %q %v", c.t, c.namespace, got, ok, c.want, c.ok)
		}
	}
}

func TestRoute(t *testing.T) {
	const layout = "/api/logs/v1/{tenant}"
	for _, c := range []struct {
		address string
		in      TenantPlace
		base    string
		path    string
		pattern string
		fails   bool
	}{
		{address: "https://loki", base: "https://loki"},
		{address: "https://mimir/prometheus", in: TenantHeader, base: "https://mimir/prometheus"},
		{address: "https://obs", in: TenantPath, base: "https://obs", path: "/api/logs/v1/a%2Fb", pattern: "/api/logs/v1/*"},
		{address: "https://obs/x/{tenant}/y/", in: TenantPath, base: "https://obs/x", path: "/a%2Fb/y", pattern: "/*/y"},
		{address: "https://obs/{tenant}", in: TenantPath, base: "https://obs", path: "/a%2Fb", pattern: "/*"},
		{address: "https://obs/{tenant}", in: TenantHeader, fails: true},
		{address: "https://obs/x{tenant}/y", in: TenantPath, fails: true},
		{address: "https://{tenant}/{tenant}", in: TenantPath, fails: true},
	} {
		r, err := NewRoute(c.address, Tenancy{In: c.in}, layout)
		if (err != nil) != c.fails {
			t.Errorf("%s: error %v", c.address, err)
		}
		if err == nil && (r.Base != c.base || r.Path("a/b") != c.path || r.Pattern() != c.pattern) {
			t.Errorf("%s: %q %q %q", c.address, r.Base, r.Path("a/b"), r.Pattern())
		}
	}
}

type tripperFunc func(*http.Request) (*http.Response, error)

func (f tripperFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestRouteHeader(t *testing.T) {
	var got string
	next := tripperFunc(func(r *http.Request) (*http.Response, error) {
		got = r.Header.Get("X-Scope-OrgID")
		return nil, http.ErrHandlerTimeout
	})
	for in, want := range map[TenantPlace]string{TenantNone: "", TenantHeader: "prod-x", TenantPath: ""} {
		r, err := NewRoute("https://h", Tenancy{In: in}, "/{tenant}")
		if err != nil {
			t.Fatal(err)
		}
		req, _ := http.NewRequest(http.MethodGet, "https://h/", nil)
		_, _ = r.RoundTripper("prod-x", next).RoundTrip(req)
		if got != want || len(req.Header) != 0 {
			t.Errorf("%q: header %q, want %q; request changed: %v", in, got, want, req.Header)
		}
	}
}

// The platform's own tenant is read beside those of the projects; a refusal is an answer, and not asked for again for a while.
func TestPatientWithThePlatformsTenant(t *testing.T) {
	now := time.Date(2026, 11, 21, 14, 0, 0, 0, time.UTC)
	auto := Tenancy{In: TenantPath}
	refused := &transport.Fault{Class: transport.ClassForbidden, Status: http.StatusForbidden}
	broken := &transport.Fault{Class: transport.ClassUnreachable}
	var p Patient
	asked := 0
	ask := func(tenancy Tenancy, tenant string, at time.Time, answer error) (bool, error) {
		return p.Ask(tenancy, tenant, at, func() error { asked++; return answer })
	}
	if told, err := ask(auto, PlatformTenant, now, nil); !told || err != nil || asked != 1 {
		t.Error(told, err, asked)
	}
	if told, err := ask(auto, PlatformTenant, now, broken); !told || err == nil {
		t.Error("a server that is down is told")
	}
	if told, err := ask(auto, PlatformTenant, now, refused); told || err != nil || asked != 3 {
		t.Error(told, err, asked)
	}
	if told, err := ask(auto, PlatformTenant, now.Add(time.Minute), nil); told || err != nil || asked != 3 {
		t.Error("asked again at once")
	}
	if told, _ := ask(auto, "prod-x", now.Add(time.Minute), refused); !told || asked != 4 {
		t.Error("a project's tenant is no business of it")
	}
	if told, _ := ask(auto, PlatformTenant, now.Add(time.Hour), nil); !told || asked != 5 {
		t.Error("not asked again")
	}
	if _, err := ask(Tenancy{In: TenantHeader, ID: PlatformTenant}, PlatformTenant, now, refused); err == nil {
		t.Error("who names it wants to know that it is refused")
	}
	st := store.New(func() time.Time { return now })
	if got := auto.AlertLister(st)(); len(got) != 1 || got[0] != PlatformTenant {
		t.Error(got)
	}
	if got := (Tenancy{In: TenantHeader, ID: "a"}).AlertLister(st)(); len(got) != 1 || got[0] != "a" {
		t.Error(got)
	}
	if got := (Tenancy{}).AlertLister(st)(); len(got) != 1 || got[0] != "" {
		t.Error(got)
	}
}
