package gitlab

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	client "gitlab.com/gitlab-org/api/client-go"

	"dsotop/internal/store"
)

// A project that is to be deleted stays in lists for some days.
func TestDoomed(t *testing.T) {
	for path, want := range map[string]bool{"forge/p/api": false, "forge/p/api-deletion_scheduled-81": true, "forge/p/api-deleted-81": true, "forge/p/api-deleted-": false, "forge/p/mails-deleted-archive": false} {
		if got := doomed(path); got != want {
			t.Errorf("%s: %v", path, got)
		}
		if _, ok := fromProject("forge", &client.Project{ID: 81, PathWithNamespace: path}); ok == want {
			t.Errorf("%s by REST: %v", path, ok)
		}
		if _, ok := fromNode("forge", "", gqlProject{ID: "gid://gitlab/Project/81", FullPath: path}); ok == want {
			t.Errorf("%s by GraphQL: %v", path, ok)
		}
	}
	if _, ok := fromProject("forge", &client.Project{ID: 81, PathWithNamespace: "forge/p/api", MarkedForDeletionOn: new(client.ISOTime)}); ok {
		t.Error("marked for deletion")
	}
}

// Who creates a group is its first owner: the account with which the console works, in every group of the platform.
func TestMaker(t *testing.T) {
	by := func(name string) *client.MemberCreatedBy {
		if name == "" {
			return nil
		}
		return &client.MemberCreatedBy{ID: 1, Username: name}
	}
	m := func(id int64, name string, level int, made string) *client.GroupMember {
		return &client.GroupMember{ID: id, Username: name, AccessLevel: client.AccessLevelValue(level), CreatedBy: by(made)}
	}
	for name, c := range map[string]struct {
		list []*client.GroupMember
		want string
	}{
		"the console's account": {[]*client.GroupMember{m(1, "console", 50, ""), m(7, "lea", 50, "console"), m(8, "tom", 30, "console"), m(9, "group_4_bot_a1", 40, "")}, "console"},
		"made by itself":        {[]*client.GroupMember{m(1, "console", 50, "console"), m(8, "tom", 30, "console")}, "console"},
		"a person added others": {[]*client.GroupMember{m(1, "console", 50, ""), m(7, "lea", 50, "console"), m(8, "tom", 30, "lea")}, ""},
		"older servers":         {[]*client.GroupMember{m(7, "lea", 50, ""), m(8, "tom", 30, "")}, ""},
		"two of them":           {[]*client.GroupMember{m(1, "console", 50, ""), m(7, "lea", 50, "")}, ""},
		"alone":                 {[]*client.GroupMember{m(7, "lea", 50, "")}, ""},
		"the first of all":      {[]*client.GroupMember{m(1, "root", 50, "")}, "root"},
		"nobody":                {nil, ""},
	} {
		if got := makerOf(c.list); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// Pipelines of merge requests come after that of the default branch, which failed: its jobs are read all the same, and it is asked for where the list
// of the newest ones no longer holds it.
func TestDefaultBranchAmongMergeRequests(t *testing.T) {
	const merge, failed = `{"id":%d,"iid":%d,"status":"success","ref":"refs/merge-requests/4/head","sha":"c3","source":"merge_request_event","created_at":"2026-08-21T09:00:00Z","updated_at":"2026-08-21T09:01:00Z"}`,
		`{"id":11,"iid":3,"status":"failed","ref":"main","sha":"a1b2","source":"push","created_at":"2026-08-21T08:00:00Z","updated_at":"2026-08-21T08:03:00Z"}`
	for name, listed := range map[string]bool{"in the list": true, "crowded out": false} {
		f := newFace(t)
		f.set("POST /api/graphql", answer(404, ""))
		f.set("GET /api/v4/projects/1/pipelines/30", answer(200, fmt.Sprintf(merge, 30, 30)))
		f.set("GET /api/v4/projects/1/pipelines", func(w http.ResponseWriter, r *http.Request) {
			list := fmt.Sprintf(merge, 30, 30)
			switch {
			case r.URL.Query().Get("ref") == "main":
				list = failed
			case listed:
				list += "," + failed
			}
			fmt.Fprint(w, "["+list+"]")
		})
		snap := run(t, options(t, f.URL), console, func(_ *store.Store, snap *store.Snapshot) bool {
			return len(pipeline(snap, "id-1", 11).Jobs) > 0
		})
		job, ok := pipeline(snap, "id-1", 11).FirstFailed()
		if !ok || job.Name != "sonar" || pipeline(snap, "id-1", 30).ID == 0 {
			t.Errorf("%s: %+v", name, pipeline(snap, "id-1", 11))
		}
	}
}

// A pipeline of 150 jobs comes in two pages; fields that a server leaves null are nothing.
func TestManyJobs(t *testing.T) {
	f := newFace(t)
	f.set("GET /api/v4/projects/1/pipelines/11/jobs", func(w http.ResponseWriter, r *http.Request) {
		from, to := 200, 101
		if r.URL.Query().Get("page") == "2" {
			from, to = 100, 51
		} else {
			w.Header().Set("Link", `<`+f.URL+`/api/v4/projects/1/pipelines/11/jobs?page=2&per_page=100>; rel="next"`)
		}
		var list []string
		for id := from; id >= to; id-- {
			status := "success"
			if id == 60 {
				status = "failed"
			}
			list = append(list, fmt.Sprintf(`{"id":%d,"stage":"test","name":"test %d","status":%q,"duration":null,"started_at":null,"finished_at":null,"runner":null,"user":null,"failure_reason":null,"artifacts":null,"commit":null}`, id, id, status))
		}
		fmt.Fprint(w, "["+strings.Join(list, ",")+"]")
	})
	snap := run(t, options(t, f.URL), console, func(_ *store.Store, snap *store.Snapshot) bool {
		return len(pipeline(snap, "id-1", 11).Jobs) > 0
	})
	if p := pipeline(snap, "id-1", 11); len(p.Jobs) != 150 {
		t.Errorf("%d jobs", len(p.Jobs))
	} else if job, ok := p.FirstFailed(); !ok || job.ID != 60 {
		t.Errorf("%+v", job)
	}
}
