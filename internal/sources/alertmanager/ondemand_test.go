package alertmanager

import (
	"io"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/alertmanager/api/v2/models"

	"dsotop/internal/desk"
	"dsotop/internal/platform"
	"dsotop/internal/platform/hostile"
	"dsotop/internal/sources"
	"dsotop/internal/store"
)

func TestSilences(t *testing.T) {
	s := serve(t, sources.Tenancy{In: sources.TenantHeader, ID: "prod-x"}, "", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Scope-OrgID") != "prod-x" || r.URL.Path != "/api/v2/silences" {
			t.Errorf("%s of %q", r.URL.Path, r.Header.Get("X-Scope-OrgID"))
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `[
			{"id":"p","status":{"state":"pending"},"updatedAt":"2026-08-21T12:00:00.000Z","comment":"","createdBy":"a","startsAt":"2026-08-22T12:00:00.000Z","endsAt":"2026-08-22T13:00:00.000Z","matchers":[]},
			{"id":"e","status":{"state":"expired"},"updatedAt":"2026-08-21T12:00:00.000Z","comment":"","createdBy":"a","startsAt":"2026-08-20T12:00:00.000Z","endsAt":"2026-08-20T13:00:00.000Z","matchers":[]},
			{"id":"s","status":{"state":"active"},"updatedAt":"2026-08-21T12:00:00.000Z","comment":"travaux\u001b[5m https://u:canary-pass@h/","createdBy":"astreinte.sre","startsAt":"2026-08-21T12:00:00.000Z","endsAt":"2026-08-21T13:00:00.000Z",
			 "matchers":[{"name":"alertname","value":"Agenda.*","isRegex":true,"isEqual":true},{"name":"severity","value":"info","isRegex":false,"isEqual":false},{"name":"env","value":"prod","isRegex":false}]}]`)
	})
	got, err := s.Silences(t.Context(), "prod-x")
	if err != nil {
		t.Fatal(err)
	}
	noon := time.Date(2026, 8, 21, 12, 0, 0, 0, time.UTC)
	want := []desk.Silence{
		{ID: "s", State: desk.SilenceActive, Tenant: "prod-x", CreatedBy: "astreinte.sre", Comment: got[0].Comment, Starts: noon, Ends: noon.Add(time.Hour), At: noon,
			Matchers: []desk.SilenceMatcher{{Name: "alertname", Op: "=~", Value: "Agenda.*"}, {Name: "severity", Op: "!=", Value: "info"}, {Name: "env", Op: "=", Value: "prod"}}},
		{ID: "p", State: desk.SilencePending, Tenant: "prod-x", CreatedBy: "a", Starts: noon.AddDate(0, 0, 1), Ends: noon.AddDate(0, 0, 1).Add(time.Hour), At: noon},
		{ID: "e", State: desk.SilenceExpired, Tenant: "prod-x", CreatedBy: "a", Starts: noon.AddDate(0, 0, -1), Ends: noon.AddDate(0, 0, -1).Add(time.Hour), At: noon},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if c := got[0].Comment; len(c) == 0 || slices.Contains([]byte(c), 0x1b) || slices.Contains([]string{c}, "canary-pass") {
		t.Errorf("comment %q", c)
	}
}

func TestTenantsOfAProject(t *testing.T) {
	const id = "54a76d00-b919-4776-aa9c-29a5455e5317"
	production, other := platform.Tenants(id)
	st := store.New(time.Now)
	st.Apply(func(tx *store.Tx) {
		store.Environments.Put(tx, "console", id, []platform.Environment{{ID: "e", Stage: "prod"}, {ID: "f", Stage: "dev"}})
	})
	for _, c := range []struct {
		tenancy sources.Tenancy
		project string
		want    []string
	}{
		{sources.Tenancy{}, id, []string{""}},
		{sources.Tenancy{In: sources.TenantHeader, ID: "a,b"}, id, []string{"a", "b"}},
		{sources.Tenancy{In: sources.TenantHeader}, id, []string{other, production}},
		{sources.Tenancy{In: sources.TenantHeader}, "", []string{sources.PlatformTenant}},
		{sources.Tenancy{In: sources.TenantHeader}, "00000000-0000-4000-8000-000000000000", []string{}},
	} {
		s := serve(t, c.tenancy, "", func(http.ResponseWriter, *http.Request) {})
		if got := s.TenantsOf(st.Current(), c.project); !slices.Equal(got, c.want) {
			t.Errorf("%+v %q: %v", c.tenancy, c.project, got)
		}
	}
}

// FuzzHostileSilences puts one text into every field of a silence.
func FuzzHostileSilences(f *testing.F) {
	for _, text := range hostile.Texts() {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var x models.GettableSilence
		yes := true
		x.ID, x.CreatedBy, x.Comment = &text, &text, &text
		x.Status = &models.SilenceStatus{State: &text}
		x.Matchers = models.Matchers{{Name: &text, Value: &text, IsRegex: &yes, IsEqual: &yes}, nil}
		for _, where := range hostile.Dirty(mapSilences(models.GettableSilences{&x, nil}, "")) {
			t.Error(where)
		}
	})
}
