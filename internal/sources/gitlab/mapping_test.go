package gitlab

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	client "gitlab.com/gitlab-org/api/client-go"

	"dsotop/internal/platform"
	"dsotop/internal/secret"
	"dsotop/internal/sources/transport"
	"dsotop/internal/store"
)

func TestGroupOf(t *testing.T) {
	for _, c := range []struct {
		root, path, group string
		ok                bool
	}{
		{"forge-mi/projects", "forge-mi/projects/guichet/api", "guichet", true},
		{"forge-mi/projects", "forge-mi/projects/mi/old/api", "mi/old", true},
		{"forge-mi/projects", "forge-mi/projects/catalog", "", false}, // lies in the root itself
		{"forge-mi/projects", "forge-mi/projectsx/guichet/api", "", false},
		{"forge-mi/projects", "elsewhere/api", "", false},
		{"", "forge-mi/projects/guichet/api", "forge-mi/projects/guichet", true},
		{"", "alone", "", false},
	} {
		group, ok := groupOf(c.root, c.path)
		if ok != c.ok || ok && group != c.group {
			t.Errorf("groupOf(%q, %q) = %q, %v", c.root, c.path, group, ok)
		}
	}
}

func TestScope(t *testing.T) {
	with := store.Slugs{IDs: map[string]string{"guichet": "id-1", "mi-old": "id-2", "infra": "id-3"}}
	without := store.Slugs{}
	for _, c := range []struct {
		in          store.Slugs
		group, want string
		ok          bool
	}{
		{with, "guichet", "id-1", true},
		{with, "mi/old", "id-2", true},
		{with, "org/guichet", "id-1", true},
		{with, "forge-mi/projects/guichet", "id-1", true},
		{with, "stranger", "", false},
		{with, "infra", "id-3", true}, // the console says it is a project
		{without, "guichet", "slug:guichet", true},
		{without, "infra", "", false},
		{without, "catalog", "", false},
		{without, "", "", false},
	} {
		scope, ok := scopeOf(c.in, c.group)
		if scope != c.want || ok != c.ok {
			t.Errorf("of(%q) = %q, %v; want %q", c.group, scope, ok, c.want)
		}
	}
}

const page = `{"data":{"group":{"projects":{"nodes":[{
	"id":"gid://gitlab/Project/42","fullPath":"forge-mi/projects/guichet/api","archived":false,"webUrl":"https://gitlab.example/forge-mi/projects/guichet/api",
	"lastActivityAt":"2026-08-21T08:00:00Z","ciConfigPathOrDefault":".gitlab-ci-dso.yml","repository":{"empty":false,"rootRef":"main"},
	"pipelines":{"nodes":[
		{"id":"gid://gitlab/Ci::Pipeline/9001","iid":"812","status":"WAITING_FOR_RESOURCE","ref":"main","sha":"a1b2","source":"push","createdAt":"2026-08-21T07:58:00Z",
		 "updatedAt":"2026-08-21T08:00:00Z","finishedAt":null,"duration":null,"path":"/forge-mi/projects/guichet/api/-/pipelines/9001"},
		{"id":"gid://gitlab/Ci::Pipeline/8999","iid":"811","status":"FAILED","ref":"main","sha":"0000","source":"trigger","createdAt":"2026-08-20T07:58:00Z",
		 "updatedAt":"2026-08-20T08:00:00Z","finishedAt":"2026-08-20T08:00:00Z","duration":120,"path":null}]}},
	{"id":"gid://gitlab/Project/43","fullPath":"forge-mi/projects/guichet/old","archived":true},
	{"id":"gid://gitlab/Project/44","fullPath":"forge-mi/projects/guichet/hidden","repository":null,"pipelines":null,"ciConfigPathOrDefault":".gitlab-ci.yml"}],
	"pageInfo":{"hasNextPage":false,"endCursor":"x"}}}}}`

func TestGraphQLPage(t *testing.T) {
	projects, err := parseAnswer([]byte(page), secret.Scrub)
	if err != nil {
		t.Fatal(err)
	}
	var got []repository
	for _, n := range projects.Nodes {
		if r, ok := fromNode("forge-mi/projects", "https://gitlab.example", *n); ok {
			got = append(got, r)
		}
	}
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 8, day, hour, minute, 0, 0, time.UTC) }
	const path = "forge-mi/projects/guichet/api"
	want := []repository{
		{
			group: "guichet",
			GitRepository: platform.GitRepository{
				ID: 42, Name: "api", Path: path, DefaultBranch: "main", CIConfigPath: ".gitlab-ci-dso.yml", LastActivity: at(21, 8, 0), URL: "https://gitlab.example/" + path,
			},
			pipelines: []platform.Pipeline{
				{
					ID: 9001, IID: 812, Repository: "api", Path: path, Ref: "main", SHA: "a1b2", Status: "waiting_for_resource", Source: "push",
					URL: "https://gitlab.example/" + path + "/-/pipelines/9001", CreatedAt: at(21, 7, 58), UpdatedAt: at(21, 8, 0),
				},
				{
					ID: 8999, IID: 811, Repository: "api", Path: path, Ref: "main", SHA: "0000", Status: "failed", Source: "trigger",
					CreatedAt: at(20, 7, 58), UpdatedAt: at(20, 8, 0), FinishedAt: at(20, 8, 0), Duration: 2 * time.Minute,
				},
			},
		},
		{group: "guichet", GitRepository: platform.GitRepository{ID: 44, Name: "hidden", Path: "forge-mi/projects/guichet/hidden"}},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(repository{})); diff != "" {
		t.Error(diff)
	}
}

func TestGraphQLErrors(t *testing.T) {
	for name, c := range map[string]struct {
		body  string
		is    error
		class transport.Class
	}{
		"complex":          {body: `{"errors":[{"message":"Query has complexity of 301, which exceeds max complexity of 250"}]}`, is: errComplex},
		"unknown field":    {body: `{"errors":[{"message":"Field 'source' doesn't exist on type 'Pipeline'","path":["query"]}]}`, is: errField},
		"no group":         {body: `{"data":{"group":null}}`, is: errNoGroup},
		"other error":      {body: `{"errors":[{"message":"Internal \u001b[31mserver error"}],"data":null}`, class: transport.ClassRequest},
		"hole in a page":   {body: `{"data":{"projects":{"nodes":[null],"pageInfo":{}}},"errors":[{"message":"storage away"}]}`, class: transport.ClassRequest},
		"hole, no error":   {body: `{"data":{"projects":{"nodes":[null]}}}`, class: transport.ClassMalformed},
		"nothing":          {body: `{}`, class: transport.ClassMalformed},
		"HTML":             {body: `<html>`, class: transport.ClassMalformed},
		"wrong shape":      {body: `{"data":[]}`, class: transport.ClassMalformed},
		"detail forgiven":  {body: `{"data":{"projects":{"nodes":[],"pageInfo":{}}},"errors":[{"message":"storage away","path":["projects"]}]}`},
		"empty membership": {body: `{"data":{"projects":{"nodes":[]}}}`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parseAnswer([]byte(c.body), secret.Scrub)
			switch {
			case c.is != nil:
				if !errors.Is(err, c.is) {
					t.Errorf("%v is not %v", err, c.is)
				}
			case c.class != "":
				if err == nil || transport.FaultOf(err).Class != c.class {
					t.Errorf("%v is not %s", err, c.class)
				}
			case err != nil:
				t.Error(err)
			}
		})
	}
}

// GitLab lists jobs newest first, former attempts apart; a job that was retried has the largest id of all.
func TestJobs(t *testing.T) {
	job := func(id int64, stage, name, status string) *client.Job {
		return &client.Job{ID: id, Stage: stage, Name: name, Status: status, Duration: 1.5}
	}
	got := fromJobs([]*client.Job{
		job(9, "test-app", "test", "success"), job(5, "docker-build", "push", "failed"), job(4, "sonar", "sonar", "success"), nil,
		job(3, "test-app", "test", "failed"), job(2, "test-app", "lint", "success"), job(1, "read-secret", "read-secret", "success"),
	})
	type short struct {
		ID   int64
		Name string
	}
	var order []short
	for _, j := range got {
		order = append(order, short{j.ID, j.Name})
		if j.Duration != 1500*time.Millisecond {
			t.Errorf("duration of %s: %v", j.Name, j.Duration)
		}
	}
	want := []short{{1, "read-secret"}, {2, "lint"}, {9, "test"}, {4, "sonar"}, {5, "push"}}
	if diff := cmp.Diff(want, order); diff != "" {
		t.Error(diff)
	}
}

// Stages of one job are the platform's usual ones: that of a retried job stays where its first attempt was made.
func TestRetriedStageKeepsItsPlace(t *testing.T) {
	job := func(id int64, stage, status string) *client.Job {
		return &client.Job{ID: id, Stage: stage, Name: stage, Status: status}
	}
	got := fromJobs([]*client.Job{job(9, "read-secret", "success"), job(4, "docker-build", "created"), job(3, "sonar", "created"), job(2, "test-app", "running"), job(1, "read-secret", "failed")})
	var order []string
	for _, j := range got {
		order = append(order, fmt.Sprint(j.ID, j.Stage, j.Status))
	}
	if want := []string{"9read-secretsuccess", "2test-apprunning", "3sonarcreated", "4docker-buildcreated"}; !slices.Equal(order, want) {
		t.Errorf("%q", order)
	}
}

func TestMirrorTargetKeepsOnlyTheName(t *testing.T) {
	got := mirrorTarget([]*client.PipelineVariable{nil, {Key: "GIT_OUTPUT_PASSWORD", Value: "canary"}, {Key: "PROJECT_NAME", Value: "api\x1b[0m"}})
	if got != "api" {
		t.Errorf("got %q", got)
	}
	if got := mirrorTarget(nil); got != "" {
		t.Errorf("got %q", got)
	}
}

func TestTokens(t *testing.T) {
	day := client.ISOTime(time.Date(2026, 8, 19, 0, 0, 0, 0, time.UTC))
	token := &client.GroupAccessToken{}
	token.ID, token.Name, token.Active, token.ExpiresAt, token.Scopes, token.Token = 3, "vigibat-bot", false, &day, []string{"read_api"}, "canary"
	want := []platform.AccessToken{{ID: 3, Name: "vigibat-bot", ExpiresAt: time.Time(day), Scopes: []string{"read_api"}}}
	if diff := cmp.Diff(want, []platform.AccessToken{fromToken(token.PersonalAccessToken, "")}); diff != "" {
		t.Error(diff)
	}
}

// What two passes know of one pipeline: the later state wins, the end that lists by REST lack is kept.
func TestMerge(t *testing.T) {
	at := func(minute int) time.Time { return time.Date(2026, 8, 21, 8, minute, 0, 0, time.UTC) }
	f := newFacts("")
	repo := func(p ...platform.Pipeline) repository {
		return repository{group: "guichet", GitRepository: platform.GitRepository{ID: 1, Name: "api"}, pipelines: p}
	}
	f.setFleet(listing{repositories: []repository{repo(platform.Pipeline{ID: 7, Status: "success", Source: "push", CreatedAt: at(0), UpdatedAt: at(5), FinishedAt: at(5), Duration: time.Minute})}, pipelines: true})
	f.setExtra(1, []platform.Pipeline{{ID: 8, Status: "running", CreatedAt: at(6), UpdatedAt: at(6)}, {ID: 7, Status: "success", CreatedAt: at(0), UpdatedAt: at(5)}})
	got := f.assemble([]string{"guichet"}).pipelines
	want := []platform.Pipeline{
		{ID: 8, Status: "running", CreatedAt: at(6), UpdatedAt: at(6)},
		{ID: 7, Status: "success", Source: "push", CreatedAt: at(0), UpdatedAt: at(5), FinishedAt: at(5), Duration: time.Minute},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	// The next fleet pass knows that 8 ended; the older word of the other pass must not come back.
	f.setFleet(listing{repositories: []repository{repo(platform.Pipeline{ID: 8, Status: "failed", CreatedAt: at(6), UpdatedAt: at(9), FinishedAt: at(9)})}, pipelines: true})
	if got := f.assemble([]string{"guichet"}).pipelines[0]; got.Status != "failed" || !got.FinishedAt.Equal(at(9)) {
		t.Errorf("got %+v", got)
	}
	f.setFleet(listing{pipelines: true})
	if len(f.extra)+len(f.jobs) != 0 {
		t.Error("a repository that is gone is still remembered")
	}
}

func FuzzGraphQL(f *testing.F) {
	f.Add(page)
	f.Add(`{"data":{"projects":{"nodes":[{"id":"gid://gitlab/Project/-1","fullPath":"a/b"},{"id":"7","fullPath":"/\u001b[2J"}]}}}`)
	f.Add(`{"data":{"projects":{"nodes":[null,{"id":"7","fullPath":"a/b","pipelines":{"nodes":[{"id":"x","duration":1e308}]}}]}}}`)
	f.Fuzz(func(t *testing.T, body string) {
		projects, err := parseAnswer([]byte(body), secret.Scrub)
		if err != nil {
			return
		}
		for _, n := range projects.Nodes {
			r, ok := fromNode("", "https://gitlab.example", *n)
			if !ok {
				continue
			}
			if r.ID <= 0 || r.Path == "" {
				t.Errorf("no identity: %+v", r)
			}
			texts := []string{r.Name, r.Path, r.DefaultBranch, r.CIConfigPath, r.URL, r.group}
			for _, p := range r.pipelines {
				texts = append(texts, p.Status, p.Ref, p.SHA, p.Source, p.URL)
				if p.Duration < 0 || p.ID <= 0 {
					t.Errorf("absurd: %+v", p)
				}
			}
			for _, s := range texts {
				if s != platform.CleanLine(s) {
					t.Errorf("not clean: %q", s)
				}
			}
		}
	})
}

func FuzzJobs(f *testing.F) {
	f.Add(`[{"id":1,"stage":"a","name":"b","status":"SUCCESS","duration":-3},{"id":1},null]`)
	f.Fuzz(func(t *testing.T, body string) {
		var list []*client.Job
		if json.Unmarshal([]byte(body), &list) != nil {
			return
		}
		if got := fromJobs(list); len(got) > len(list) {
			t.Errorf("%d jobs out of %d", len(got), len(list))
		}
	})
}
