package gitlab

import (
	"context"
	"net/url"
	"slices"
	"strconv"

	client "gitlab.com/gitlab-org/api/client-go"

	"dsotop/internal/platform"
	"dsotop/internal/sources/transport"
)

const perPage = 100

// fault finds the transport's fault in an error of the client library. What the library makes of an answer itself is a malformed one.
func (s *Source) fault(err error) error {
	if err == nil {
		return nil
	}
	f := transport.FaultOf(transport.Early(err))
	if f.Source == "" {
		f.Source, f.URL = s.opts.Name, s.URL()
	}
	return f
}

// pages calls read for each page until there is no next one.
func pages(read func(page int64) (next int64, err error)) error {
	page := int64(1)
	for range maxPages {
		next, err := read(page)
		if err != nil {
			return err
		}
		if next <= page { // 0: the last one; anything else would turn in circles
			return nil
		}
		page = next
	}
	return &transport.Fault{Class: transport.ClassMalformed, Message: "a list has no end"}
}

// nextPage is the page after one of a list; 0 after the last. A proxy that lets only headers through that it knows leaves GitLab's own out;
// what Link says counts then.
func nextPage(resp *client.Response) int64 {
	if resp.NextPage > 0 || resp.NextLink == "" {
		return resp.NextPage
	}
	u, err := url.Parse(resp.NextLink)
	if err != nil {
		return 0
	}
	page, err := strconv.ParseInt(u.Query().Get("page"), 10, 64)
	if err != nil {
		return 0
	}
	return page
}

// fleetREST lists the repositories without their pipelines.
func (s *Source) fleetREST(ctx context.Context) (listing, error) {
	var out []repository
	seen := map[int64]bool{}
	keep := func(list []*client.Project) {
		for _, p := range list {
			if r, ok := fromProject(s.opts.Root, p); ok && !seen[r.ID] {
				seen[r.ID] = true
				out = append(out, r)
			}
		}
	}
	if s.opts.Root != "" {
		err := pages(func(page int64) (int64, error) {
			list, resp, err := s.rest.Groups.ListGroupProjects(s.opts.Root, &client.ListGroupProjectsOptions{
				ListOptions: client.ListOptions{Page: page, PerPage: perPage}, IncludeSubGroups: ptr(true), Archived: ptr(false),
				OrderBy: ptr("id"), Sort: ptr("asc"), // a stable order, so that pages do not shift
			}, client.WithContext(ctx))
			if err != nil {
				return 0, s.fault(err)
			}
			keep(list)
			return nextPage(resp), nil
		})
		if err == nil || transport.FaultOf(err).Class != transport.ClassNotFound {
			return listing{repositories: out, whole: true}, err
		}
	}
	out, seen = nil, map[int64]bool{}
	err := pages(func(page int64) (int64, error) {
		list, resp, err := s.rest.Projects.ListProjects(&client.ListProjectsOptions{
			ListOptions: client.ListOptions{Page: page, PerPage: perPage}, Membership: ptr(true), Archived: ptr(false), OrderBy: ptr("id"), Sort: ptr("asc"),
		}, client.WithContext(ctx))
		if err != nil {
			return 0, s.fault(err)
		}
		keep(list)
		return nextPage(resp), nil
	})
	if err == nil && len(out) == 0 && s.opts.Root != "" {
		err = s.noGroup()
	}
	return listing{repositories: out}, err
}

// pipelines lists the newest pipelines of one repository, of a branch when one is given.
func (s *Source) pipelines(ctx context.Context, r platform.GitRepository, n int64, branch string) ([]platform.Pipeline, error) {
	ask := &client.ListProjectPipelinesOptions{ListOptions: client.ListOptions{PerPage: n}}
	if branch != "" {
		ask.Ref = &branch
	}
	list, _, err := s.rest.Pipelines.ListProjectPipelines(r.ID, ask, client.WithContext(ctx))
	if err != nil {
		return nil, s.fault(err)
	}
	out := make([]platform.Pipeline, 0, len(list))
	for _, p := range list {
		if p != nil && p.ID > 0 {
			out = append(out, fromInfo(r, p))
		}
	}
	return out, nil
}

// pipeline reads one pipeline: its end and its duration, which lists do not give.
func (s *Source) pipeline(ctx context.Context, r platform.GitRepository, id int64) (platform.Pipeline, error) {
	p, _, err := s.rest.Pipelines.GetPipeline(r.ID, id, client.WithContext(ctx))
	if err != nil {
		return platform.Pipeline{}, s.fault(err)
	}
	return fromPipeline(r, p), nil
}

// pipelineJobs reads the jobs of one pipeline, each as its newest attempt is; of a failed one without a failed job also what starts other
// pipelines, because those are no jobs to GitLab: a child that fails breaks its parent. Refused, it is left out.
func (s *Source) pipelineJobs(ctx context.Context, repo int64, p platform.Pipeline) ([]platform.Job, error) {
	all, err := s.attempts(ctx, repo, p.ID)
	if err != nil {
		return nil, err
	}
	jobs := fromJobs(all)
	if _, failed := (platform.Pipeline{Jobs: jobs}).FirstFailed(); failed || p.Status != platform.PipelineFailed {
		return jobs, nil
	}
	bridges, err := s.bridges(ctx, repo, p.ID)
	if pass(err) != nil {
		return nil, err
	}
	for _, c := range fromBridges(bridges) {
		jobs = among(jobs, c.Bridge)
	}
	return jobs, nil
}

// among puts a bridge behind the jobs of its stage; that of a stage without jobs behind the stage of the last job that was made before it.
func among(jobs []platform.Job, bridge platform.Job) []platform.Job {
	stage := bridge.Stage
	if !slices.ContainsFunc(jobs, func(j platform.Job) bool { return j.Stage == stage }) {
		stage = ""
		for _, j := range jobs {
			if j.ID < bridge.ID {
				stage = j.Stage
			}
		}
	}
	at := 0
	for i, j := range jobs {
		if j.Stage == stage {
			at = i + 1
		}
	}
	return slices.Insert(jobs, at, bridge)
}

// mirrorOf reads which repository a mirror run concerned.
func (s *Source) mirrorOf(ctx context.Context, repo, pipeline int64) (string, error) {
	list, _, err := s.rest.Pipelines.GetPipelineVariables(repo, pipeline, client.WithContext(ctx))
	if err != nil {
		return "", s.fault(err)
	}
	return mirrorTarget(list), nil
}

// branchHead reads the newest commit of a branch.
func (s *Source) branchHead(ctx context.Context, repo int64, branch string) (head, error) {
	b, _, err := s.rest.Branches.GetBranch(repo, branch, client.WithContext(ctx))
	if err != nil {
		return head{}, s.fault(err)
	}
	if b.Commit == nil {
		return head{}, nil
	}
	return head{sha: line(b.Commit.ID), at: instant(b.Commit.CommittedDate)}, nil
}

func ptr[T any](v T) *T { return &v }
