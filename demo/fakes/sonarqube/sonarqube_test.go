package sonarqube

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"dsotop/demo/world"
)

func setUp(o Options) *SonarQube {
	at := time.Date(2026, 3, 12, 14, 28, 0, 0, time.UTC)
	return New(world.New(world.Options{Seed: 7, Clock: func() time.Time { return at }}), o)
}

func ask(t *testing.T, f *SonarQube, path, user, bearer string) (int, string) {
	t.Helper()
	req := httptest.NewRequestWithContext(t.Context(), "GET", path, nil)
	if user != "" {
		req.SetBasicAuth(user, "")
	}
	if bearer != "" {
		req.Header.Set("Authorization", "Bearer "+bearer)
	}
	rec := httptest.NewRecorder()
	f.ServeHTTP(rec, req)
	return rec.Code, strings.TrimSpace(rec.Body.String())
}

func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		path         string
		user, bearer string
		status       int
		contains     string
	}{
		{"/api/server/version", "", "", 200, "10.7"},
		{"/api/system/status", "", "", 200, `"status":"UP"`},
		{"/api/authentication/validate", "", "", 200, `{"valid":false}`},
		{"/api/authentication/validate", "good", "", 200, `{"valid":true}`},
		{"/api/users/current", "", "good", 200, `"isLoggedIn":true`},
		{"/api/qualitygates/project_status?projectKey=guichet-api-a814", "good", "", 200, `"status":"ERROR"`},
		{"/api/qualitygates/project_status?projectKey=guichet-api-a814", "good", "", 200, `{"actualValue":"74.6","comparator":"LT","errorThreshold":"80","metricKey":"new_coverage","status":"ERROR"}`},
		{"/api/qualitygates/project_status?projectKey=testform-app-java-b197", "good", "", 200, `"actualValue":"41.0"`},
		{"/api/qualitygates/project_status?projectKey=guichet-infra-32aa", "good", "", 200, `"status":"NONE"`},
		{"/api/qualitygates/project_status?projectKey=nope", "good", "", 404, `{"errors":[{"msg":"Project 'nope' not found"}]}`},
		{"/api/qualitygates/project_status", "good", "", 400, "must be provided"},
		{"/api/measures/component?component=guichet-api-a814&metricKeys=coverage,nope", "good", "", 200, `"metric":"coverage"`},
		{"/api/measures/search?projectKeys=guichet-api-a814,guichet-front-1013&metricKeys=alert_status", "good", "", 200, `"component":"guichet-front-1013"`},
		{"/api/project_analyses/search?project=guichet-api-a814", "good", "", 200, `"revision":"b41c07ae`},
		{"/api/ce/component?component=guichet-api-a814", "good", "", 200, `"status":"SUCCESS"`},
		{"/api/components/search_projects?ps=501", "good", "", 400, "must be less than 500"},
		{"/api/projects/search", "good", "", 403, "Insufficient privileges"},
		{"/api/nope", "good", "", 404, "Unknown url"},
	} {
		if status, body := ask(t, setUp(Options{Token: "good"}), c.path, c.user, c.bearer); status != c.status || !strings.Contains(body, c.contains) {
			t.Errorf("%s: %d %.300s, want %d with %s", c.path, status, body, c.status, c.contains)
		}
	}
}

func TestRefusalIsEmpty(t *testing.T) {
	f := setUp(Options{Token: "good"})
	for _, bearer := range []string{"", "bad"} {
		if status, body := ask(t, f, "/api/components/search_projects", "", bearer); status != 401 || body != "" {
			t.Errorf("%q: %d %q", bearer, status, body)
		}
	}
}

func TestPages(t *testing.T) {
	f := setUp(Options{})
	seen := map[string]bool{}
	for p := 1; ; p++ {
		var a struct {
			Paging     struct{ PageIndex, PageSize, Total int }
			Components []struct{ Key, AnalysisDate string }
		}
		_, body := ask(t, f, "/api/components/search_projects?f=analysisDate&ps=4&p="+string(rune('0'+p)), "any", "")
		if err := json.Unmarshal([]byte(body), &a); err != nil {
			t.Fatal(err)
		}
		for _, c := range a.Components {
			seen[c.Key] = true
		}
		if a.Paging.PageIndex != p || a.Paging.PageSize != 4 || len(a.Components) > 4 {
			t.Fatalf("%+v", a.Paging)
		}
		if p*4 >= a.Paging.Total {
			if len(seen) != a.Paging.Total {
				t.Errorf("%d of %d", len(seen), a.Paging.Total)
			}
			return
		}
	}
}

func TestTeamToken(t *testing.T) {
	f := setUp(Options{Token: "good", Teams: map[string]string{"team": "guichet"}})
	if _, body := ask(t, f, "/api/components/search_projects", "team", ""); !strings.Contains(body, "guichet-api-a814") || strings.Contains(body, "portail") {
		t.Errorf("%s", body)
	}
	if status, _ := ask(t, f, "/api/qualitygates/project_status?projectKey=testform-app-java-b197", "team", ""); status != 404 {
		t.Errorf("another team's gate: %d", status)
	}
}
