package gitlab

import (
	"cmp"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"dsotop/demo/world"
)

func pipeline(r request, p project, x *world.Pipeline) object {
	return object{"id": x.ID, "iid": x.IID, "project_id": p.g.ID, "sha": x.SHA, "ref": x.Ref, "status": x.Status, "source": x.Source, "name": nil,
		"created_at": stamp(x.CreatedAt), "updated_at": stamp(x.UpdatedAt), "web_url": r.base + "/" + p.g.Path + "/-/pipelines/" + strconv.FormatInt(x.ID, 10)}
}

func pipelineDetails(r request, p project, x *world.Pipeline) object {
	o := pipeline(r, p, x)
	o["tag"], o["before_sha"], o["yaml_errors"], o["committed_at"], o["coverage"] = false, strings.Repeat("0", 40), nil, nil, nil
	o["started_at"], o["finished_at"] = stamp(x.StartedAt), stamp(x.FinishedAt)
	o["duration"], o["queued_duration"] = nil, nil
	if !x.FinishedAt.IsZero() {
		o["duration"] = int(x.FinishedAt.Sub(x.StartedAt).Seconds())
	}
	if !x.StartedAt.IsZero() {
		o["queued_duration"] = int(x.StartedAt.Sub(x.CreatedAt).Seconds())
	}
	o["user"] = object{"id": 9000, "username": p.p.Slug + "-bot", "name": p.p.Slug + "-bot", "state": "active", "web_url": r.base + "/" + p.p.Slug + "-bot"}
	text := x.Status
	if text == "success" {
		text = "passed"
	}
	o["detailed_status"] = object{"icon": "status_" + x.Status, "text": strings.ToUpper(text[:1]) + text[1:], "label": text, "group": x.Status, "has_details": true,
		"details_path": "/" + p.g.Path + "/-/pipelines/" + strconv.FormatInt(x.ID, 10)}
	return o
}

// newestFirst lists the pipelines of a project as the API orders them by default.
func newestFirst(g *world.GitProject) []*world.Pipeline {
	all := slices.Clone(g.Pipelines)
	slices.SortFunc(all, func(a, b *world.Pipeline) int { return cmp.Compare(b.ID, a.ID) })
	return all
}

func pipelines(r request, p project) result {
	q := r.URL.Query()
	all := newestFirst(p.g)
	var bad string
	instant := func(name string) time.Time {
		v := q.Get(name)
		if v == "" {
			return time.Time{}
		}
		t, err := time.Parse(time.RFC3339, v)
		if err != nil {
			bad = name
		}
		return t
	}
	after, before := instant("updated_after"), instant("updated_before")
	if bad != "" {
		return result{status: http.StatusBadRequest, body: object{"error": bad + " is invalid"}}
	}
	all = slices.DeleteFunc(all, func(x *world.Pipeline) bool {
		return q.Has("ref") && x.Ref != q.Get("ref") || q.Has("status") && x.Status != q.Get("status") || q.Has("source") && x.Source != q.Get("source") ||
			q.Has("sha") && x.SHA != q.Get("sha") || !after.IsZero() && !x.UpdatedAt.After(after) || !before.IsZero() && !x.UpdatedAt.Before(before)
	})
	if q.Get("order_by") == "updated_at" {
		slices.SortStableFunc(all, func(a, b *world.Pipeline) int { return b.UpdatedAt.Compare(a.UpdatedAt) })
	}
	if q.Get("sort") == "asc" {
		slices.Reverse(all)
	}
	out := make([]object, 0, len(all))
	for _, x := range all {
		out = append(out, pipeline(r, p, x))
	}
	return page(r, out)
}

func latestPipeline(r request, p project) result {
	ref := r.URL.Query().Get("ref")
	if ref == "" {
		ref = p.g.DefaultBranch
	}
	for _, x := range newestFirst(p.g) {
		if x.Ref == ref {
			return found(pipelineDetails(r, p, x))
		}
	}
	return fail(http.StatusForbidden, "403 Forbidden") // the real one says this when there is none
}

func withPipeline(f func(request, project, *world.Pipeline) result) handler {
	return withProject(func(r request, p project) result {
		for _, x := range p.g.Pipelines {
			if strconv.FormatInt(x.ID, 10) == r.PathValue("pid") {
				return f(r, p, x)
			}
			for _, b := range x.Bridges() {
				if strconv.FormatInt(b.Child.ID, 10) == r.PathValue("pid") {
					return f(r, p, b.Child)
				}
			}
		}
		return fail(http.StatusNotFound, "404 Not found")
	})
}

func seconds(from, to time.Time) any {
	if from.IsZero() || to.IsZero() {
		return nil
	}
	return to.Sub(from).Seconds()
}

func job(r request, p project, x *world.Pipeline, j *world.Job) object {
	o := object{"id": j.ID, "name": j.Name, "stage": j.Stage, "status": j.Status, "ref": x.Ref, "tag": false, "coverage": nil, "allow_failure": j.AllowFailure,
		"created_at": stamp(j.CreatedAt), "started_at": stamp(j.StartedAt), "finished_at": stamp(j.FinishedAt), "duration": seconds(j.StartedAt, j.FinishedAt),
		"queued_duration": seconds(j.CreatedAt, j.StartedAt), "web_url": r.base + "/" + p.g.Path + "/-/jobs/" + strconv.FormatInt(j.ID, 10),
		"pipeline":  object{"id": x.ID, "project_id": p.g.ID, "ref": x.Ref, "sha": x.SHA, "status": x.Status},
		"artifacts": []object{}, "runner": runner(j), "tag_list": []string{}, "erased_at": nil, "commit": object{"id": x.SHA, "short_id": x.SHA[:8]}}
	if j.FailureReason != "" {
		o["failure_reason"] = j.FailureReason
	}
	return o
}

// runner is who took a job; nobody did as long as it waits.
func runner(j *world.Job) any {
	if j.StartedAt.IsZero() {
		return nil
	}
	return object{"id": 12, "description": "dso-runner", "active": true, "paused": false, "is_shared": true, "runner_type": "instance_type", "name": "gitlab-runner", "online": true, "status": "online"}
}

func pipelineJobs(r request, p project, x *world.Pipeline) result {
	scopes := slices.Concat(r.URL.Query()["scope[]"], r.URL.Query()["scope"])
	out := []object{}
	jobs := x.Jobs
	if r.URL.Query().Get("include_retried") == "true" {
		jobs = slices.Concat(x.Jobs, x.Former())
		slices.SortFunc(jobs, func(a, b *world.Job) int { return cmp.Compare(b.ID, a.ID) })
	}
	for _, j := range jobs {
		if len(scopes) == 0 || slices.Contains(scopes, j.Status) {
			out = append(out, job(r, p, x, j))
		}
	}
	return page(r, out)
}

// pipelineBridges lists the jobs that started other pipelines.
func pipelineBridges(r request, p project, x *world.Pipeline) result {
	out := []object{}
	for _, b := range x.Bridges() {
		o := job(r, p, x, b.Job)
		delete(o, "runner")
		delete(o, "artifacts")
		o["downstream_pipeline"] = pipeline(r, p, b.Child)
		out = append(out, o)
	}
	return page(r, out)
}

func projectJobs(r request, p project) result {
	out := []object{}
	for _, x := range newestFirst(p.g) {
		for _, j := range slices.Backward(x.Jobs) {
			out = append(out, job(r, p, x, j))
		}
	}
	return page(r, out)
}

func pipelineVariables(_ request, _ project, x *world.Pipeline) result {
	out := []object{}
	for k, v := range x.Variables {
		out = append(out, object{"variable_type": "env_var", "key": k, "value": v, "raw": false})
	}
	slices.SortFunc(out, func(a, b object) int { return strings.Compare(a["key"].(string), b["key"].(string)) })
	return found(out)
}

func withJob(f func(request, project, *world.Pipeline, *world.Job) result) handler {
	return withProject(func(r request, p project) result {
		for _, x := range p.g.Pipelines {
			for _, j := range slices.Concat(x.Jobs, x.Former()) {
				if strconv.FormatInt(j.ID, 10) == r.PathValue("jid") {
					return f(r, p, x, j)
				}
			}
			for _, b := range x.Bridges() {
				for _, j := range b.Child.Jobs {
					if strconv.FormatInt(j.ID, 10) == r.PathValue("jid") {
						return f(r, p, b.Child, j)
					}
				}
			}
		}
		return notFound("Job")
	})
}

// trace serves a job's log as text, whole: GitLab has no ranges here.
func (g *GitLab) trace(w http.ResponseWriter, r *http.Request) {
	var found *world.Job
	var res result
	g.world.View(func(s *world.State) {
		res = withJob(func(_ request, _ project, _ *world.Pipeline, j *world.Job) result {
			found = j
			return result{}
		})(request{Request: r, s: g.visible(s, r), g: g})
	})
	if found == nil {
		send(w, res.status, res.body)
		return
	}
	w.Header().Set("Content-Type", "text/plain")
	text := g.world.Trace(found)
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	_, _ = io.WriteString(w, text)
}
