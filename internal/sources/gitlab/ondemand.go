package gitlab

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	client "gitlab.com/gitlab-org/api/client-go"

	"dsotop/internal/desk"
	"dsotop/internal/platform"
	"dsotop/internal/secret"
)

var _ desk.Pipelines = (*Source)(nil)

// Recent implements [desk.Pipelines].
func (s *Source) Recent(ctx context.Context, repository string, before time.Time, n int) ([]platform.Pipeline, error) {
	o := &client.ListProjectPipelinesOptions{ListOptions: client.ListOptions{PerPage: int64(min(max(n, 1), perPage))}}
	if !before.IsZero() {
		o.CreatedBefore = &before
	}
	list, _, err := s.rest.Pipelines.ListProjectPipelines(repository, o, client.WithContext(ctx))
	if err != nil {
		return nil, s.fault(err)
	}
	r := named(repository)
	out := make([]platform.Pipeline, 0, len(list))
	for _, p := range list {
		if p == nil || p.ID <= 0 {
			continue
		}
		// Servers before 17 do not know the condition and answer with all.
		if one := fromInfo(r, p); before.IsZero() || one.CreatedAt.Before(before) {
			out = append(out, one)
		}
	}
	return out, nil
}

// Jobs implements [desk.Pipelines].
func (s *Source) Jobs(ctx context.Context, repository string, pipeline int64) ([]platform.Job, error) {
	jobs, err := s.attempts(ctx, repository, pipeline)
	if err != nil {
		return nil, err
	}
	return fromJobs(jobs), nil
}

// Pipeline implements [desk.Pipelines].
func (s *Source) Pipeline(ctx context.Context, repository string, id int64) (desk.PipelineDetail, error) {
	p, _, err := s.rest.Pipelines.GetPipeline(repository, id, client.WithContext(ctx))
	if err != nil {
		return desk.PipelineDetail{}, s.fault(err)
	}
	d := desk.PipelineDetail{Pipeline: fromPipeline(named(repository), p), StartedAt: instant(p.StartedAt), Queued: seconds(float64(p.QueuedDuration)), Trouble: sentence(p.YamlErrors)}
	if p.User != nil {
		d.By = line(p.User.Name)
	}
	jobs, err := s.attempts(ctx, repository, id)
	if err != nil {
		return desk.PipelineDetail{}, err
	}
	d.Jobs, d.Attempts = fromJobs(jobs), fromAttempts(jobs)
	bridges, err := s.bridges(ctx, repository, id)
	if pass(err) != nil {
		return desk.PipelineDetail{}, err
	}
	d.Children, d.ChildrenUnknown = fromBridges(bridges), err != nil
	return d, nil
}

// Job implements [desk.Pipelines].
func (s *Source) Job(ctx context.Context, repository string, id int64) (desk.JobDetail, error) {
	j, _, err := s.rest.Jobs.GetJob(repository, id, client.WithContext(ctx))
	if err != nil {
		return desk.JobDetail{}, s.fault(err)
	}
	return desk.JobDetail{JobAttempt: fromAttempt(j), PipelineID: max(j.Pipeline.ID, 0), Ref: line(j.Ref), SHA: line(j.Pipeline.Sha)}, nil
}

// attempts lists the jobs of a pipeline with those that were retried since: the first attempt of a job alone says where its stage stands,
// because stages have no number in the API and a new attempt has the largest id.
func (s *Source) attempts(ctx context.Context, repository any, id int64) (all []*client.Job, err error) {
	err = pages(func(page int64) (int64, error) {
		list, resp, err := s.rest.Jobs.ListPipelineJobs(repository, id, &client.ListJobsOptions{ListOptions: client.ListOptions{Page: page, PerPage: perPage}, IncludeRetried: ptr(true)}, client.WithContext(ctx))
		if err != nil {
			return 0, s.fault(err)
		}
		all = append(all, list...)
		return nextPage(resp), nil
	})
	return slices.DeleteFunc(all, func(j *client.Job) bool { return j == nil || j.ID <= 0 }), err
}

// bridges lists the jobs of a pipeline that start others.
func (s *Source) bridges(ctx context.Context, repository any, id int64) (all []*client.Bridge, err error) {
	err = pages(func(page int64) (int64, error) {
		list, resp, err := s.rest.Jobs.ListPipelineBridges(repository, id, &client.ListJobsOptions{ListOptions: client.ListOptions{Page: page, PerPage: perPage}}, client.WithContext(ctx))
		if err != nil {
			return 0, s.fault(err)
		}
		all = append(all, list...)
		return nextPage(resp), nil
	})
	return all, err
}

// named is what is known of a repository from how it was asked for.
func named(repository string) platform.GitRepository {
	path := line(repository)
	return platform.GitRepository{Name: path[strings.LastIndexByte(path, '/')+1:], Path: path}
}

func fromAttempt(j *client.Job) desk.JobAttempt {
	a := desk.JobAttempt{
		Job: platform.Job{
			ID: j.ID, Name: line(j.Name), Stage: line(j.Stage), Status: status(j.Status), AllowFailure: j.AllowFailure, FailureReason: line(j.FailureReason),
			Duration: seconds(j.Duration), StartedAt: instant(j.StartedAt), URL: line(j.WebURL),
		},
		CreatedAt: instant(j.CreatedAt), FinishedAt: instant(j.FinishedAt), Queued: seconds(j.QueuedDuration), Runner: sentence(j.Runner.Description), Erased: j.ErasedAt != nil,
	}
	for _, t := range j.TagList {
		a.Tags = append(a.Tags, line(t))
	}
	return a
}

// fromAttempts lists every attempt, stages in the order in which the pipeline made them, the attempts of a job oldest first.
func fromAttempts(list []*client.Job) []desk.JobAttempt {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b *client.Job) int { return cmp.Compare(a.ID, b.ID) })
	stage, newest, first := map[string]int{}, map[[2]string]int64{}, map[[2]string]int64{}
	out := make([]desk.JobAttempt, 0, len(list))
	for _, j := range list {
		a := fromAttempt(j)
		if _, seen := stage[a.Stage]; !seen {
			stage[a.Stage] = len(stage)
		}
		k := [2]string{a.Stage, a.Name}
		if first[k] == 0 {
			first[k] = a.ID
		}
		newest[k] = a.ID
		out = append(out, a)
	}
	for i := range out {
		out[i].Superseded = newest[[2]string{out[i].Stage, out[i].Name}] != out[i].ID
	}
	slices.SortStableFunc(out, func(a, b desk.JobAttempt) int {
		return cmp.Or(cmp.Compare(stage[a.Stage], stage[b.Stage]), cmp.Compare(first[[2]string{a.Stage, a.Name}], first[[2]string{b.Stage, b.Name}]), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// fromBridges reads child pipelines. A repository is known from the address of its pipeline alone.
func fromBridges(list []*client.Bridge) []desk.ChildPipeline {
	out := make([]desk.ChildPipeline, 0, len(list))
	for _, b := range list {
		if b == nil || b.ID <= 0 {
			continue
		}
		c := desk.ChildPipeline{Bridge: platform.Job{
			ID: b.ID, Name: line(b.Name), Stage: line(b.Stage), Status: status(b.Status), AllowFailure: b.AllowFailure, FailureReason: line(b.FailureReason),
			Duration: seconds(b.Duration), StartedAt: instant(b.StartedAt), URL: line(b.WebURL),
		}}
		if d := b.DownstreamPipeline; d != nil && d.ID > 0 {
			c.ID, c.Status, c.Ref, c.URL = d.ID, status(d.Status), line(d.Ref), line(d.WebURL)
			c.Path = pathOf(c.URL)
		}
		out = append(out, c)
	}
	slices.SortStableFunc(out, func(a, b desk.ChildPipeline) int { return cmp.Compare(a.Bridge.ID, b.Bridge.ID) })
	return out
}

// pathOf finds the repository in the address of a pipeline: https://host/<path>/-/pipelines/12; "" when it is not so made. GitLab below a
// path of its host is told apart by nobody: the path then holds too much, and asking says 404.
func pathOf(address string) string {
	_, rest, ok := strings.Cut(address, "://")
	if !ok {
		return ""
	}
	_, rest, _ = strings.Cut(rest, "/")
	path, _, ok := strings.Cut(rest, "/-/")
	if !ok {
		return ""
	}
	return path
}

// sentence cleans a text that people or GitLab wrote, and takes credentials out of it.
func sentence(text string) string { return secret.Scrub(platform.CleanLine(text)) }
