package gitlab

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"dsotop/internal/sources/transport"
)

func TestCommit(t *testing.T) {
	const sha = "b41c07ae00000000000000000000000000000000"
	for name, tc := range map[string]struct {
		status int
		body   string
		ask    string
		found  bool
		class  transport.Class
	}{
		"there":                   {200, `{"id":"` + sha + `","short_id":"b41c07ae","title":"fix: \u001b[31mred","committed_date":"2026-11-21T14:03:00.000+01:00"}`, "b41c07ae", true, ""},
		"not there":               {404, `{"message":"404 Commit Not Found"}`, "b41c07ae", false, ""},
		"a branch of that name":   {200, `{"id":"` + strings.Repeat("9", 40) + `","title":"x"}`, "deadbeef", false, ""},
		"an answer without a SHA": {200, `{"title":"x"}`, "b41c07ae", false, ""},
		"no right":                {403, `{"message":"403 Forbidden"}`, "b41c07ae", false, transport.ClassForbidden},
		"not JSON":                {200, `<html>`, "b41c07ae", false, transport.ClassMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				if r.URL.EscapedPath() == "/api/v4/projects/forge%2Fguichet%2Fapi/repository/commits/"+sha+"/refs" && r.URL.Query().Get("type") == "branch" {
					_, _ = w.Write([]byte(`[{"type":"branch","name":"main"},null]`))
					return
				}
				if want := "/api/v4/projects/forge%2Fguichet%2Fapi/repository/commits/" + tc.ask; r.URL.EscapedPath() != want || r.Method != http.MethodGet {
					t.Errorf("asked %s %s, want %s", r.Method, r.URL.EscapedPath(), want)
				}
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(tc.status)
				_, _ = w.Write([]byte(tc.body))
			}))
			defer srv.Close()
			s, err := New(options(t, srv.URL))
			if err != nil {
				t.Fatal(err)
			}
			c, found, err := s.Commit(t.Context(), "forge/guichet/api", tc.ask)
			if found != tc.found {
				t.Errorf("found is %v", found)
			}
			if tc.class == "" && err != nil || tc.class != "" && (err == nil || transport.FaultOf(err).Class != tc.class) {
				t.Errorf("error %v, want class %q", err, tc.class)
			}
			if found && (c.SHA != sha || c.At.IsZero() || strings.ContainsRune(c.Title, 27) || len(c.Branches) != 1) {
				t.Errorf("%+v", c)
			}
		})
	}
}
