package harbor

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/sources"
	"dsotop/internal/sources/transport"
	"dsotop/internal/store"
)

const (
	rightRobots = "robots.list"
	// robotsEvery is how often the robots of a project are read: they change by the hand of people, or every 90 days.
	robotsEvery = 6 * time.Hour
)

type robotAnswer struct {
	ID           int64  `json:"id"`
	Name         string `json:"name"`
	Disable      bool   `json:"disable"`
	ExpiresAt    int64  `json:"expires_at"` // seconds; -1: never
	CreationTime string `json:"creation_time"`
}

func robotsPath(project string) string {
	return "/api/v2.0/projects/" + url.PathEscape(project) + "/robots"
}

// robots reads the robots of a project when they are due. Who may not, which is most, is not asked for hours, and shown as a right that is missing.
func (s *Source) robots(ctx context.Context, b *sources.Board, project string) error {
	now := b.Clock()
	scope, ok := store.SlugsOf(b.Store.Current()).Of(project)
	if !ok || !s.facts.robotsDue(scope, now) { // by scope: what was read before the console named the project is under another
		return nil
	}
	list, _, err := list[robotAnswer](ctx, s.http, robotsPath(project), url.Values{}, maxPages)
	switch classOf(err) {
	case "":
		s.facts.setRight(rightRobots, true)
	case transport.ClassForbidden, transport.ClassUnauthorised:
		s.facts.setRight(rightRobots, false)
		s.facts.robotsRead(scope, now)
		return nil
	case transport.ClassNotFound:
		s.facts.robotsRead(scope, now)
		return nil
	default:
		return err
	}
	out := make([]platform.Robot, 0, len(list))
	for _, r := range list {
		if name := line(r.Name); name != "" {
			one := platform.Robot{ID: r.ID, Name: name, Disabled: r.Disable, CreatedAt: instant(r.CreationTime)}
			if r.ExpiresAt > 0 {
				one.ExpiresAt = time.Unix(r.ExpiresAt, 0).UTC()
			}
			out = append(out, one)
		}
	}
	slices.SortFunc(out, func(a, b platform.Robot) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	b.Store.Apply(func(tx *store.Tx) {
		if old := store.ScopeOfSlug(project); old != scope {
			store.Robots.Drop(tx, s.opts.Name, old)
		}
		store.Robots.Put(tx, s.opts.Name, scope, out)
	})
	s.facts.robotsRead(scope, now)
	return nil
}

// robotsDue reports whether the robots of a project should be read now.
func (f *facts) robotsDue(scope string, now time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	last, ok := f.robots[scope]
	return !ok || now.Sub(last) >= robotsEvery
}

// robotsRead notes when the robots of a project were answered for, by a refusal too.
func (f *facts) robotsRead(scope string, now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.robots[scope] = now
}
