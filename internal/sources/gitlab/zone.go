package gitlab

import (
	"context"
	"time"

	client "gitlab.com/gitlab-org/api/client-go"

	"dsotop/internal/platform"
	"dsotop/internal/store"
)

// zoneAgain is how long the zone's repositories are left alone after a refusal: the right is for all of them.
const zoneAgain = time.Hour

// readZone reads when the values of each environment of a project were last written in the repository of its zone. The values hold secrets:
// commits are listed, no file and no difference is ever asked for.
func (s *Source) readZone(ctx context.Context, snap *store.Snapshot, scope string, now time.Time) error {
	if s.opts.Root == "" || !s.facts.zoneDue(scope, now, stirred(snap, scope, now)) {
		return nil
	}
	projects := store.Projects.Items(snap, scope)
	envs := store.Environments.Items(snap, scope)
	if len(projects) == 0 || len(envs) == 0 {
		return nil
	}
	zones, clusters := map[string]string{}, map[string]platform.Cluster{}
	for sh := range store.Zones.All(snap) {
		for _, z := range sh.Items {
			zones[z.ID] = z.Slug
		}
	}
	for sh := range store.Clusters.All(snap) {
		for _, c := range sh.Items {
			clusters[c.ID] = c
		}
	}
	out := []platform.ZoneCommit{}
	for _, e := range envs {
		c := clusters[e.ClusterID]
		zone := zones[c.ZoneID]
		if zone == "" || c.Label == "" {
			continue
		}
		list, err := s.commitsOf(ctx, s.opts.Root+"/infra/"+zone, projects[0].Name+"/"+c.Label+"/"+e.Name+"/values.yaml")
		switch {
		case refused(err), absent(err):
			s.facts.refuseZone(now)
			s.facts.setRight(rightZone, false)
			return nil
		case err != nil:
			return err
		}
		s.facts.setRight(rightZone, true)
		for _, k := range list {
			k.Environment, k.Zone = e.Name, zone
			out = append(out, k)
		}
	}
	s.facts.setZone(scope, zoneRead{now, out})
	return nil
}

// What a provisioning or a synchronisation changes, tokens and members of the group, commits of the zone, heads on both sides, comes up to settles after the console has written its log: until
// it is over, it is read again every stirs, so that who waits for it sees it come.
const (
	settles = time.Minute
	stirs   = 15 * time.Second
)

// stirred is when the console last noted a change of a project, by our clock; zero when it did not, or that cannot be.
func stirred(snap *store.Snapshot, scope string, now time.Time) time.Time {
	log := store.Log.Items(snap, scope)
	if len(log) == 0 {
		return time.Time{}
	}
	at := log[0].At
	for shelf := range store.Health.All(snap) {
		for _, h := range shelf.Items {
			if h.Kind == "console" {
				at = at.Add(-h.Skew)
			}
		}
	}
	if at.After(now.Add(settles)) {
		return time.Time{}
	}
	return at
}

// due reports whether what was read at a moment is to be read again: it is old, or a change of the project may not be in it.
func due(read, now time.Time, every time.Duration, stirred time.Time) bool {
	age := now.Sub(read)
	return age >= every || age >= stirs && !stirred.IsZero() && read.Before(stirred.Add(settles))
}

type zoneRead struct {
	at   time.Time
	list []platform.ZoneCommit
}

// commitsOf lists the newest commits on one path, newest first.
func (s *Source) commitsOf(ctx context.Context, repository, path string) ([]platform.ZoneCommit, error) {
	list, _, err := s.rest.Commits.ListCommits(repository, &client.ListCommitsOptions{ListOptions: client.ListOptions{PerPage: 5}, Path: &path}, client.WithContext(ctx))
	if err != nil {
		return nil, s.fault(err)
	}
	out := make([]platform.ZoneCommit, 0, len(list))
	for _, c := range list {
		if c != nil {
			out = append(out, platform.ZoneCommit{SHA: line(c.ID), Author: line(c.AuthorName), At: instant(c.CommittedDate)})
		}
	}
	return out, nil
}
