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
	err = pages(func(page int64) (int64, error) {
		list, resp, err := s.rest.Groups.ListGroupMembers(group, &client.ListGroupMembersOptions{ListOptions: client.ListOptions{Page: page, PerPage: perPage}}, client.WithContext(ctx))
		if err != nil {
			return 0, s.fault(err)
		}
		for _, m := range list {
			if m != nil && m.ID > 0 {
				out = append(out, fromMember(m))
			}
		}
		return nextPage(resp), nil
	})
	slices.SortFunc(out, func(a, b platform.GroupMember) int { return cmp.Compare(a.Username, b.Username) })
	return out, err
}

func fromMember(m *client.GroupMember) platform.GroupMember {
	out := platform.GroupMember{Username: line(m.Username), Name: line(m.Name), Email: line(m.Email), Level: int(m.AccessLevel), Blocked: m.State != "" && m.State != "active"}
	out.Bot = strings.HasPrefix(out.Username, "group_") && strings.Contains(out.Username, "_bot") || strings.HasPrefix(out.Username, "project_") && strings.Contains(out.Username, "_bot")
	if m.ExpiresAt != nil {
		out.Expires = time.Time(*m.ExpiresAt).UTC()
	}
	return out
}
