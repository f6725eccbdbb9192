package forge

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"dsotop/demo/world"
)

func TestAdvertisement(t *testing.T) {
	w := world.New(world.Options{})
	h := Handler(w)
	for _, c := range []struct {
		method, path string
		status       int
		body         string
	}{
		{"GET", "/guichet/api.git/info/refs?service=git-upload-pack", 200, " refs/heads/main\n0000"},
		{"GET", "/cartocrise/tuiles.git/info/refs?service=git-upload-pack", 401, "denied"}, // private
		{"GET", "/nobody/nothing.git/info/refs?service=git-upload-pack", 401, "denied"},
		{"GET", "/guichet/api.git/info/refs?service=git-receive-pack", 403, ""},
		{"POST", "/guichet/api.git/git-upload-pack", 403, ""},
	} {
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, httptest.NewRequest(c.method, c.path, http.NoBody))
		if rec.Code != c.status || !strings.Contains(rec.Body.String(), c.body) {
			t.Errorf("%s %s: %d %q", c.method, c.path, rec.Code, rec.Body.String())
		}
	}
}
