package console

import (
	"context"
	"net/url"
	"slices"

	"dsotop/internal/platform"
	"dsotop/internal/sources"
	"dsotop/internal/sources/transport"
)

// Names of the rights, and what is missing without each.
const (
	rightProjects = "projects.all"
	rightLogs     = "logs.platform"
	rightClusters = "clusters.list"
	rightPlans    = "deployments.list"
	rightExposed  = "service_chains.list"

	lostProjects = "projects.others"
	lostLogs     = "log.results"
	lostClusters = "clusters.usage"
	lostPlans    = "deployments"
	lostExposed  = "exposure"
)

// rights is a value: with returns another one.
type rights []platform.Right

func unknownRights() rights {
	return rights{{Name: rightProjects, Needed: lostProjects}, {Name: rightLogs, Needed: lostLogs}, {Name: rightClusters, Needed: lostClusters}, {Name: rightPlans, Needed: lostPlans}, {Name: rightExposed, Needed: lostExposed}}
}

func (r rights) with(name string, held bool) rights {
	out := slices.Clone(r)
	named := func(x platform.Right) bool { return x.Name == name }
	if !slices.ContainsFunc(out, named) { // left out until now: the console has it again
		all := unknownRights()
		out = append(out, all[slices.IndexFunc(all, named)])
	}
	for i := range out {
		if out[i].Name == name {
			out[i].Held, out[i].Known = held, true
		}
	}
	return out
}

// without leaves out a right to what this console does not have: nothing is missing without it.
func (r rights) without(name string) rights {
	return slices.DeleteFunc(slices.Clone(r), func(x platform.Right) bool { return x.Name == name })
}

func (r rights) holds(name string) bool {
	return slices.ContainsFunc(r, func(x platform.Right) bool { return x.Name == name && x.Held })
}

func (r rights) list() []platform.Right { return slices.Clone(r) }

// Doctor implements sources.Source: which console, as whom, until when, and with which of the rights that make a difference. No
// route of the newer server decides whether the token is good: that one lets expired tokens in.
func (s *Source) Doctor(ctx context.Context) (platform.SourceHealth, error) {
	var (
		info platform.SourceHealth
		held = unknownRights()
	)
	err := func() (err error) {
		if info.Version, err = s.readVersion(ctx); err != nil {
			return err
		}
		w, err := s.whoAmI(ctx)
		if err != nil {
			return err
		}
		w.fill(&info)
		projects, all, _, err := newReader(s, nil).projectList(ctx, true)
		if err == nil {
			held = held.with(rightProjects, all)
		} else if f := transport.FaultOf(err); f.Status == 0 { // nobody answers: the other questions would only wait too
			return err
		}
		others := s.otherRights(ctx, &held)
		if err == nil && others == nil {
			s.newerRights(ctx, projects, w.admin, &held)
		}
		if err == nil {
			return others
		}
		return explain(err, w.admin)
	}()
	s.client.Close()
	h := sources.HealthOf(s, err, s.clock())
	h.Version, h.Identity, h.Expires, h.Rights = info.Version, info.Identity, info.Expires, held.list()
	sources.Measured(&h, s.client.Stats())
	return h, err
}

// otherRights asks what the legacy server allows. It answers tokens that the list of projects does not take.
func (s *Source) otherRights(ctx context.Context, held *rights) error {
	var logs wireLogs
	err := s.get(ctx, "/api/v1/logs", logQuery(0, 1, "", true), &logs)
	if err != nil && !isClass(err, transport.ClassForbidden) {
		return err
	}
	*held = held.with(rightLogs, err == nil)
	var clusters list[wireCluster]
	if err := s.get(ctx, "/api/v1/clusters", nil, &clusters); err != nil || len(clusters) == 0 {
		return err
	}
	_, err = s.usage(ctx, string(clusters[0].ID))
	switch {
	case err == nil || isClass(err, transport.ClassForbidden):
		*held = held.with(rightClusters, err == nil)
	case !isClass(err, transport.ClassNotFound):
		return err
	}
	return nil
}

// newerRights asks what only some consoles have. A route that fails tells nothing about a right, but administration tokens are refused
// with 500. Deployments are asked for in one project: who manages the platform sees them in all, others where they are members.
func (s *Source) newerRights(ctx context.Context, projects list[wireProject], admin bool, held *rights) {
	ask := func(right, path string) {
		switch err := s.get(ctx, path, nil, &list[wirePlan]{}); {
		case err == nil:
			*held = held.with(right, true)
		case isClass(err, transport.ClassNotFound):
			*held = held.without(right)
		case isClass(err, transport.ClassForbidden), admin && isClass(err, transport.ClassServer):
			*held = held.with(right, false)
		}
	}
	for _, p := range projects {
		if p.ID != "" && !p.noun().Archived() {
			ask(rightPlans, "/api/v1/projects/"+url.PathEscape(string(p.ID))+"/deployments")
			break
		}
	}
	ask(rightExposed, "/api/v1/service-chains")
}
