package gitlab

import (
	"net/http"
	"testing"

	client "gitlab.com/gitlab-org/api/client-go"
)

func TestNextPageWithAndWithoutGitLabsOwnHeaders(t *testing.T) {
	for _, c := range []struct {
		header http.Header
		link   string
		want   int64
	}{
		{http.Header{"X-Next-Page": {"3"}}, "", 3},
		{http.Header{"X-Next-Page": {""}}, "", 0},
		{nil, "https://gitlab.example/api/v4/projects?page=2&per_page=100", 2},
		{nil, "https://gitlab.example/api/v4/projects?id_after=42&pagination=keyset", 0},
		{nil, "::", 0},
		{nil, "", 0},
	} {
		resp := &client.Response{Response: &http.Response{Header: c.header}, NextLink: c.link}
		if c.header.Get("X-Next-Page") != "" {
			resp.NextPage = c.want
		}
		if got := nextPage(resp); got != c.want {
			t.Errorf("%v %q: %d, want %d", c.header, c.link, got, c.want)
		}
	}
}
