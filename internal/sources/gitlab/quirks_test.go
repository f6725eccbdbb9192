package gitlab

import (
	"testing"

	client "gitlab.com/gitlab-org/api/client-go"
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
