package gitlab

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	client "gitlab.com/gitlab-org/api/client-go"

	"dsotop/internal/platform"
)

// Rights that turn out while details are read.
const (
	rightCode   = "repository.read" // needs Reporter
	rightAccess = "groups.members"  // needs membership
	rightZone   = "zone.commits"    // needs access to the zone's repository: administrators
)

type accessRead struct {
	at   time.Time
	list []platform.GroupMember
	err  error
}

// readAccess lists those with an access of their own to a project's group.
func (s *Source) readAccess(ctx context.Context, group string, now, stirred time.Time) error {
	if !s.facts.accessDue(group, now, stirred) {
		return nil
	}
	list, err := s.groupMembers(ctx, group)
	if err == nil || refused(err) || absent(err) {
		s.facts.setAccess(group, accessRead{now, list, err})
		s.facts.setRight(rightAccess, err == nil)
	}
	return pass(err)
}

func (s *Source) groupMembers(ctx context.Context, group string) (out []platform.GroupMember, err error) {
	if s.opts.Root != "" {
		group = s.opts.Root + "/" + group
	}
	out = []platform.GroupMember{}
	var all []*client.GroupMember
	err = pages(func(page int64) (int64, error) {
		list, resp, err := s.rest.Groups.ListGroupMembers(group, &client.ListGroupMembersOptions{ListOptions: client.ListOptions{Page: page, PerPage: perPage}}, client.WithContext(ctx))
		if err != nil {
			return 0, s.fault(err)
		}
		for _, m := range list {
			if m != nil && m.ID > 0 {
				out = append(out, fromMember(m))
				all = append(all, m)
			}
		}
		return nextPage(resp), nil
	})
	if maker := makerOf(all); maker != "" {
		for i := range out {
			out[i].Bot = out[i].Bot || out[i].Username == maker
		}
	}
	slices.SortFunc(out, func(a, b platform.GroupMember) int { return cmp.Compare(a.Username, b.Username) })
	return out, err
}

// makerOf is the account of the platform in a group: GitLab makes who creates a group its first owner, and by that account the console made all the
// others members. "" when no owner is alike.
func makerOf(list []*client.GroupMember) string {
	maker := ""
	for _, m := range list {
		if m.AccessLevel == client.OwnerPermissions && (m.CreatedBy == nil || m.CreatedBy.ID == m.ID) {
			if maker != "" {
				return ""
			}
			maker = line(m.Username)
		}
	}
	for _, m := range list {
		switch who := line(m.Username); {
		case who == maker, fromMember(m).Bot:
		case m.CreatedBy == nil || line(m.CreatedBy.Username) != maker:
			return ""
		}
	}
	if len(list) < 2 && maker != "root" { // nobody else tells
		return ""
	}
	return maker
}

func fromMember(m *client.GroupMember) platform.GroupMember {
	out := platform.GroupMember{Username: line(m.Username), Name: line(m.Name), Email: line(m.Email), Level: int(m.AccessLevel), Blocked: m.State != "" && m.State != "active"}
	out.Bot = strings.HasPrefix(out.Username, "group_") && strings.Contains(out.Username, "_bot") || strings.HasPrefix(out.Username, "project_") && strings.Contains(out.Username, "_bot")
	if m.ExpiresAt != nil {
		out.Expires = time.Time(*m.ExpiresAt).UTC()
	}
	return out
}
