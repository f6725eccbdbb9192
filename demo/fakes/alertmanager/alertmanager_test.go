package alertmanager_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"dsotop/demo/fakes/alertmanager"
	"dsotop/demo/world"
)

var now = time.Date(2026, 8, 21, 14, 20, 7, 0, time.UTC)

const silenceID = "7d8d1f5e-2c54-4bb7-9a30-5f2b7a0c1d22"

// newWorld has, beside its own alerts, a warning that a critical one of the same name inhibits, and a silence.
func newWorld() *world.World {
	w := world.New(world.Options{Seed: 1, Clock: func() time.Time { return now }})
	w.Update(func(tx *world.Tx) {
		tx.State.Alerts = append(tx.State.Alerts,
			&world.Alert{Name: "Volume", State: "firing", Labels: map[string]string{"severity": "critical", "namespace": "n"}, ActiveAt: now.Add(-time.Hour), For: 5 * time.Minute, Tenant: "prod-dso", Expr: "a < 1"},
			&world.Alert{Name: "Volume", State: "firing", Labels: map[string]string{"severity": "warning", "namespace": "n"}, ActiveAt: now.Add(-time.Hour), Tenant: "prod-dso"},
			&world.Alert{Name: "Attente", State: "pending", Labels: map[string]string{"severity": "warning"}, ActiveAt: now, Tenant: "prod-dso"})
		tx.State.Silences = append([]*world.Silence(nil),
			&world.Silence{ID: silenceID, Comment: "travaux", CreatedBy: "astreinte.sre", StartsAt: now.Add(-time.Minute), EndsAt: now.Add(time.Hour), Matchers: []world.Matcher{{Name: "alertname", Value: "Agenda.*", IsRegex: true, Equal: true}}},
			&world.Silence{ID: "00000000-0000-4000-8000-000000000001", StartsAt: now.Add(-2 * time.Hour), EndsAt: now.Add(-time.Hour), Matchers: []world.Matcher{{Name: "alertname", Value: "Volume", Equal: true}}})
	})
	return w
}

func get(t *testing.T, h http.Handler, path string, header ...string) (int, string) {
	t.Helper()
	req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, req)
	return rec.Code, rec.Body.String()
}

type alert struct {
	Fingerprint, StartsAt, EndsAt, UpdatedAt string
	Labels                                   map[string]string
	Receivers                                []struct{ Name string }
	Status                                   struct {
		State                            string
		InhibitedBy, SilencedBy, MutedBy []string
	}
}

func alerts(t *testing.T, h http.Handler, query string) []alert {
	t.Helper()
	code, body := get(t, h, "/api/v2/alerts?"+query)
	var out []alert
	if err := json.Unmarshal([]byte(body), &out); err != nil || code != 200 {
		t.Fatalf("%s: %d %s %v", query, code, body, err)
	}
	return out
}

func TestAlerts(t *testing.T) {
	h := alertmanager.Handler(newWorld(), alertmanager.Options{})
	all := alerts(t, h, "")
	stamp := regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`)
	byName := map[string]alert{}
	for _, a := range all {
		if !regexp.MustCompile(`^[0-9a-f]{16}$`).MatchString(a.Fingerprint) || !stamp.MatchString(a.StartsAt) || !stamp.MatchString(a.EndsAt) || !stamp.MatchString(a.UpdatedAt) || a.Status.MutedBy == nil {
			t.Errorf("shape of %+v", a)
		}
		byName[a.Labels["alertname"]+a.Labels["severity"]] = a
	}
	if _, pending := byName["Attentewarning"]; pending {
		t.Error("a pending alert was sent")
	}
	critical, warning, agenda := byName["Volumecritical"], byName["Volumewarning"], byName["AgendaWebDowncritical"]
	if critical.Status.State != "active" || critical.StartsAt != "2026-08-21T13:25:07.000Z" || critical.Receivers[0].Name != "plateforme" {
		t.Errorf("critical %+v", critical)
	}
	if warning.Status.State != "suppressed" || len(warning.Status.InhibitedBy) != 1 || warning.Status.InhibitedBy[0] != critical.Fingerprint {
		t.Errorf("warning %+v", warning)
	}
	if agenda.Status.State != "suppressed" || len(agenda.Status.SilencedBy) != 1 || agenda.Status.SilencedBy[0] != silenceID || agenda.Receivers[0].Name != "projets" {
		t.Errorf("agenda %+v", agenda)
	}
	for query, want := range map[string]int{
		"silenced=false": len(all) - 1, "inhibited=false": len(all) - 1, "active=false": 2, "receiver=proj.*": 1, "receiver=proj": 0,
		"filter=" + url.QueryEscape(`alertname="Volume"`): 2, "filter=alertname%3DVolume&filter=" + url.QueryEscape(`severity=~"crit.*"`): 1,
		"filter=" + url.QueryEscape(`alertname!~"Vol.*|Agenda.*"`): len(all) - 3,
	} {
		if got := alerts(t, h, query); len(got) != want {
			t.Errorf("%s: %d alerts, want %d of %d", query, len(got), want, len(all))
		}
	}
}

func TestRefusals(t *testing.T) {
	h := alertmanager.Handler(newWorld(), alertmanager.Options{})
	for _, c := range []struct {
		path string
		code int
		want string
	}{
		{"/api/v2/alerts?filter=" + url.QueryEscape(`a b`), 400, `"bad matcher format: a b"` + "\n"},
		{"/api/v2/alerts?receiver=(", 400, "\"failed to parse receiver param: error parsing regexp: missing closing ): `^(?:()$`\"\n"},
		{"/api/v2/silence/x", 422, `{"code":601,"message":"silenceID in path must be of type uuid: \"x\""}` + "\n"},
		{"/api/v2/silence/00000000-0000-4000-8000-00000000ffff", 404, ""},
	} {
		if code, body := get(t, h, c.path); code != c.code || body != c.want {
			t.Errorf("%s: %d %q", c.path, code, body)
		}
	}
}

func TestSilencesGroupsStatus(t *testing.T) {
	h := alertmanager.Handler(newWorld(), alertmanager.Options{})
	_, body := get(t, h, "/api/v2/silences")
	const golden = `{"id":"7d8d1f5e-2c54-4bb7-9a30-5f2b7a0c1d22","status":{"state":"active"},"updatedAt":"2026-08-21T14:19:07.000Z","comment":"travaux","createdBy":"astreinte.sre",` +
		`"endsAt":"2026-08-21T15:20:07.000Z","matchers":[{"isEqual":true,"isRegex":true,"name":"alertname","value":"Agenda.*"}],"startsAt":"2026-08-21T14:19:07.000Z"}`
	if !strings.HasPrefix(body, "["+golden) || !strings.Contains(body, `"state":"expired"`) {
		t.Errorf("silences: %s", body)
	}
	if _, one := get(t, h, "/api/v2/silence/"+silenceID); one != golden+"\n" {
		t.Errorf("silence: %s", one)
	}
	if _, some := get(t, h, "/api/v2/silences?filter="+url.QueryEscape(`alertname=~"Agenda.*"`)); strings.Count(some, `"id"`) != 1 {
		t.Errorf("filtered: %s", some)
	}
	if _, groups := get(t, h, "/api/v2/alerts/groups?filter=alertname%3DVolume"); strings.Count(groups, `"routeLabels"`) != 1 || strings.Count(groups, "fingerprint") != 2 {
		t.Errorf("groups: %s", groups)
	}
	if _, receivers := get(t, h, "/api/v2/receivers"); receivers != `[{"name":"plateforme"},{"name":"projets"}]`+"\n" {
		t.Errorf("receivers: %s", receivers)
	}
	if _, status := get(t, h, "/alertmanager/api/v2/status"); !strings.Contains(status, `"version":"0.28.1"`) || !strings.Contains(status, `"status":"ready"`) {
		t.Errorf("status: %s", status)
	}
}

func TestTenantsTokenAndWrites(t *testing.T) {
	var writes atomic.Int64
	h := alertmanager.Handler(newWorld(), alertmanager.Options{Token: "secret", RequireTenant: true, ReadOnly: true, Writes: &writes})
	const path, tenant = "/alertmanager/api/v2/alerts", "X-Scope-OrgID"
	if code, _ := get(t, h, path); code != 401 {
		t.Errorf("no token: %d", code)
	}
	if code, body := get(t, h, path, "Authorization", "Bearer secret"); code != 401 || body != "no org id\n" {
		t.Errorf("no tenant: %d %q", code, body)
	}
	if _, body := get(t, h, path, "Authorization", "Bearer secret", tenant, "prod-50f6wmbx64p5v3h1vrfna52qf"); strings.Count(body, "fingerprint") != 1 || !strings.Contains(body, "AgendaWebDown") {
		t.Errorf("tenant: %s", body)
	}
	if _, body := get(t, h, "/api/v2/silences", "Authorization", "Bearer secret", tenant, "prod-50f6wmbx64p5v3h1vrfna52qf"); strings.Count(body, `"id"`) != 1 {
		t.Errorf("silences of the tenant: %s", body)
	}
	for _, method := range []string{http.MethodPost, http.MethodDelete} {
		req := httptest.NewRequestWithContext(t.Context(), method, "/api/v2/silences", strings.NewReader("{}"))
		req.Header.Set("Authorization", "Bearer secret")
		req.Header.Set(tenant, "prod-dso")
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, req)
		if rec.Code != 403 {
			t.Errorf("%s: %d", method, rec.Code)
		}
	}
	if writes.Load() != 2 {
		t.Errorf("%d writes counted", writes.Load())
	}
}

func FuzzFilter(f *testing.F) {
	for _, s := range []string{`a="b"`, `a=~b.*`, `"a b"!="c"`, `a!~"("`, `=`, `a=`, `a="`, "a=\xff"} {
		f.Add(s)
	}
	h := alertmanager.Handler(newWorld(), alertmanager.Options{})
	f.Fuzz(func(t *testing.T, filter string) {
		code, body := get(t, h, "/api/v2/alerts?"+url.Values{"filter": {filter}}.Encode())
		if code != 200 && code != 400 || !json.Valid([]byte(body)) {
			t.Errorf("%q: %d %q", filter, code, body)
		}
	})
}
