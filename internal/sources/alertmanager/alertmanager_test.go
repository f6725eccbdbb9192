package alertmanager

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/sources"
	"dsotop/internal/sources/transport"

	httptransport "github.com/go-openapi/runtime/client"
	"github.com/prometheus/alertmanager/api/v2/models"
)

func serve(t *testing.T, tenancy sources.Tenancy, suffix string, h http.HandlerFunc) *Source {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	s, err := New(Options{Name: "alertmanager", Tenancy: tenancy, Transport: transport.Options{URL: server.URL + suffix, Proxy: "none", Rate: 1000, Burst: 100, Backoff: time.Millisecond}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.client.Close)
	return s
}

const alertsText = `[
 {"labels":{"alertname":"AgendaWebDown","severity":"critical","tenant_id":"prod-agendaprefs"},"annotations":{"summary":"agenda-web\u001b[5m is down"},
  "startsAt":"2026-08-21T12:04:00.000Z","endsAt":"2026-08-21T12:09:00.000Z","updatedAt":"2026-08-21T12:04:00.000Z","fingerprint":"f1","receivers":[{"name":"r"}],
  "generatorURL":"https://bob:canary@prom.example/graph?x=1","status":{"state":"suppressed","silencedBy":["s1","s2"],"inhibitedBy":[],"mutedBy":[]}},
 {"labels":{"alertname":"A"},"annotations":{},"startsAt":"2026-08-21T12:00:00.000Z","endsAt":"2026-08-21T12:09:00.000Z","updatedAt":"2026-08-21T12:04:00.000Z","fingerprint":"f0","receivers":[],
  "generatorURL":"javascript:alert(1)","status":{"state":"active","silencedBy":[],"inhibitedBy":["f1"],"mutedBy":[]}}]`

func TestRead(t *testing.T) {
	for _, c := range []struct {
		in             sources.TenantPlace
		suffix, prefix string
		header         string
	}{
		{sources.TenantNone, "", "", ""},
		{sources.TenantHeader, "/alertmanager", "/alertmanager", "prod-x"},
		{sources.TenantPath, "", "/api/metrics/v1/prod-x/alertmanager", ""},
		{sources.TenantPath, "/t/{tenant}/am", "/t/prod-x/am", ""},
	} {
		s := serve(t, sources.Tenancy{In: c.in}, c.suffix, func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("X-Scope-OrgID") != c.header {
				t.Errorf("%+v: header %q", c, r.Header.Get("X-Scope-OrgID"))
			}
			w.Header().Set("Content-Type", "application/json")
			switch r.URL.Path {
			case c.prefix + "/api/v2/alerts":
				_, _ = io.WriteString(w, alertsText)
			case c.prefix + "/api/v2/silences":
				_, _ = io.WriteString(w, `[{"id":"s1","status":{"state":"active"},"updatedAt":"2026-08-21T12:00:00.000Z","comment":"maintenance","createdBy":"astreinte","startsAt":"2026-08-21T12:00:00.000Z","endsAt":"2026-08-21T13:00:00.000Z","matchers":[]}]`)
			default:
				http.NotFound(w, r)
			}
		})
		got, err := s.read(t.Context(), "prod-x")
		if err != nil || len(got) != 2 {
			t.Fatalf("%+v: %v %v", c, got, err)
		}
		a, b := got[0], got[1]
		if !a.Inhibited || a.Silenced || a.Firing() || a.URL != "" || a.Fingerprint != "f0" {
			t.Errorf("inhibited: %+v", a)
		}
		if !b.Silenced || b.Firing() || strings.Join(b.SilencedBy, "|") != "astreinte: maintenance|s2" || strings.Join(b.Silences, "|") != "s1|s2" || b.ProjectSlug != "agendaprefs" || b.Summary != "agenda-web is down" ||
			b.URL != "https://prom.example/graph?x=1" || !b.Since.Equal(time.Date(2026, 8, 21, 12, 4, 0, 0, time.UTC)) {
			t.Errorf("silenced: %+v", b)
		}
	}
}

// The library sends nothing twice by itself: our transport repeats reads, obeys Retry-After, and leaves refusals alone.
func TestRetries(t *testing.T) {
	for _, c := range []struct {
		status int
		after  string
		calls  int32
		class  transport.Class
	}{
		{503, "3600", 1, transport.ClassGateway}, {503, "", 3, transport.ClassGateway}, {401, "", 1, transport.ClassUnauthorised},
		{403, "", 1, transport.ClassForbidden}, {404, "", 1, transport.ClassNotFound}, {500, "", 1, transport.ClassServer},
	} {
		var calls atomic.Int32
		s := serve(t, sources.Tenancy{}, "", func(w http.ResponseWriter, _ *http.Request) {
			calls.Add(1)
			if c.after != "" {
				w.Header().Set("Retry-After", c.after)
			}
			w.WriteHeader(c.status)
			_, _ = io.WriteString(w, "no org id\n")
		})
		_, err := s.read(t.Context(), "")
		f := transport.FaultOf(err)
		if f == nil || f.Class != c.class || f.Status != c.status || calls.Load() != c.calls || f.Message != "no org id" {
			t.Errorf("%d %s: %d calls, %+v", c.status, c.after, calls.Load(), f)
		}
	}
}

// Mimir says so of a tenant whose alerts nobody routes.
func TestTenantWithoutAnAlertmanagerHasNoAlerts(t *testing.T) {
	for text, fine := range map[string]bool{"the Alertmanager is not configured\n": true, "404 page not found\n": false} {
		s := serve(t, sources.Tenancy{}, "", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, text)
		})
		got, err := s.read(t.Context(), "")
		_, versionErr := s.version(t.Context(), "")
		if (err == nil) != fine || (versionErr == nil) != fine || len(got) != 0 {
			t.Errorf("%q: %v %v %v", text, got, err, versionErr)
		}
	}
}

// An answer that is not a list must not look like "no alert".
func TestOddAnswers(t *testing.T) {
	for _, text := range []string{"", "<html></html>", `{"status":"success"}`, `[{"labels":3}]`, `[`} {
		s := serve(t, sources.Tenancy{}, "", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, text) })
		if got, err := s.read(t.Context(), ""); transport.FaultOf(err) == nil || transport.FaultOf(err).Class != transport.ClassMalformed {
			t.Errorf("%q: %v %v", text, got, err)
		}
	}
}

// The library prints requests, credentials included, when an environment variable says so.
func TestDebugStaysOff(t *testing.T) {
	t.Setenv("DEBUG", "1")
	t.Setenv("SWAGGER_DEBUG", "1")
	s := serve(t, sources.Tenancy{}, "", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `[]`) })
	rt, ok := s.api("").Transport.(*httptransport.Runtime)
	if !ok || rt.Debug {
		t.Error("debugging is on")
	}
}

func FuzzAlerts(f *testing.F) {
	f.Add(alertsText)
	f.Add(`[null,{}]`)
	f.Fuzz(func(t *testing.T, text string) {
		var list models.GettableAlerts
		if json.Unmarshal([]byte(text), &list) != nil {
			return
		}
		for _, a := range mapAlerts(list, nil, "prod-x") {
			if a.State != "firing" || a.Name != platform.CleanLine(a.Name) || a.Summary != platform.CleanLine(a.Summary) || strings.Contains(a.URL, "@") && strings.Contains(strings.SplitN(a.URL, "/", 4)[2], "@") {
				t.Fatalf("%+v", a)
			}
		}
	})
}
