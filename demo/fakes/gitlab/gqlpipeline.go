package gitlab

import (
	"strconv"
	"strings"

	"dsotop/demo/world"
)

// pipelineSchema makes the types Pipeline, CiStage and CiJob.
func pipelineSchema(pageInfo *objectType) *objectType {
	detailed := &objectType{name: "DetailedStatus", fields: map[string]*field{
		"text":  scalar(func(s string) any { return titled(passed(s)) }),
		"label": scalar(func(s string) any { return passed(s) }),
		"group": scalar(func(s string) any { return s }),
		"icon":  scalar(func(s string) any { return "status_" + s }),
	}}
	stageType := &objectType{name: "CiStage"}
	jobType := &objectType{name: "CiJob", fields: map[string]*field{
		"id":             scalar(func(b build) any { return gid("Ci::Build", b.j.ID) }),
		"name":           scalar(func(b build) any { return b.j.Name }),
		"status":         scalar(func(b build) any { return strings.ToUpper(b.j.Status) }),
		"allowFailure":   scalar(func(b build) any { return b.j.AllowFailure }),
		"createdAt":      scalar(func(b build) any { return date(b.j.CreatedAt) }),
		"startedAt":      scalar(func(b build) any { return date(b.j.StartedAt) }),
		"finishedAt":     scalar(func(b build) any { return date(b.j.FinishedAt) }),
		"duration":       scalar(func(b build) any { return wholeSeconds(seconds(b.j.StartedAt, b.j.FinishedAt)) }),
		"failureMessage": scalar(func(b build) any { return failureMessage(b.j) }),
		"webPath":        scalar(func(b build) any { return "/" + b.in.p.g.Path + "/-/jobs/" + strconv.FormatInt(b.j.ID, 10) }),
		"retried":        scalar(func(build) any { return false }),
		"active":         scalar(func(b build) any { return active(b.j.Status) }),
		"detailedStatus": to(detailed, func(b build) any { return b.j.Status }),
		"stage":          to(stageType, func(b build) any { return stageOf(b.in, b.j.Stage) }),
	}}
	jobs := connectionOf(jobType, pageInfo)
	stageType.fields = map[string]*field{
		"id":             scalar(func(s stage) any { return gid("Ci::Stage", s.id) }),
		"name":           scalar(func(s stage) any { return s.name }),
		"status":         scalar(func(s stage) any { return s.jobs[len(s.jobs)-1].(build).j.Status }),
		"detailedStatus": to(detailed, func(s stage) any { return s.jobs[len(s.jobs)-1].(build).j.Status }),
		"jobs":           listing(jobs, func(s stage, _ map[string]any, _ *execution) []any { return s.jobs }),
	}
	stages := connectionOf(stageType, pageInfo)
	commit := &objectType{name: "Commit", fields: map[string]*field{
		"sha":     scalar(func(c *world.Commit) any { return c.SHA }),
		"shortId": scalar(func(c *world.Commit) any { return c.SHA[:8] }),
		"title":   scalar(func(c *world.Commit) any { return c.Title }),
	}}
	return &objectType{name: "Pipeline", fields: map[string]*field{
		"id":             scalar(func(x pipe) any { return gid("Ci::Pipeline", x.x.ID) }),
		"iid":            scalar(func(x pipe) any { return strconv.FormatInt(x.x.IID, 10) }),
		"status":         scalar(func(x pipe) any { return strings.ToUpper(x.x.Status) }),
		"name":           scalar(func(pipe) any { return nil }),
		"ref":            scalar(func(x pipe) any { return x.x.Ref }),
		"sha":            scalar(func(x pipe) any { return x.x.SHA }),
		"source":         scalar(func(x pipe) any { return x.x.Source }),
		"createdAt":      scalar(func(x pipe) any { return date(x.x.CreatedAt) }),
		"updatedAt":      scalar(func(x pipe) any { return date(x.x.UpdatedAt) }),
		"startedAt":      scalar(func(x pipe) any { return date(x.x.StartedAt) }),
		"finishedAt":     scalar(func(x pipe) any { return date(x.x.FinishedAt) }),
		"duration":       scalar(func(x pipe) any { return wholeSeconds(seconds(x.x.StartedAt, x.x.FinishedAt)) }),
		"queuedDuration": scalar(func(x pipe) any { return seconds(x.x.CreatedAt, x.x.StartedAt) }),
		"path":           scalar(func(x pipe) any { return "/" + x.p.g.Path + "/-/pipelines/" + strconv.FormatInt(x.x.ID, 10) }),
		"active":         scalar(func(x pipe) any { return active(x.x.Status) }),
		"complete":       scalar(func(x pipe) any { return !x.x.FinishedAt.IsZero() }),
		"warnings":       scalar(func(pipe) any { return false }),
		"failureReason":  scalar(func(pipe) any { return nil }),
		"totalJobs":      scalar(func(x pipe) any { return len(x.x.Jobs) }),
		"detailedStatus": to(detailed, func(x pipe) any { return x.x.Status }),
		"commit": to(commit, func(x pipe) any {
			if i := resolve(x.p, x.x.SHA); i >= 0 {
				return x.p.g.Commits[i]
			}
			return nil
		}),
		"jobs": listing(jobs, func(x pipe, a map[string]any, _ *execution) []any {
			out := []any{}
			for _, j := range x.x.Jobs {
				if statuses, ok := a["statuses"].([]any); ok && !has(statuses, strings.ToUpper(j.Status)) {
					continue
				}
				out = append(out, build{x, j})
			}
			return out
		}, "statuses", "retried", "jobKind", "whenExecuted"),
		"stages": listing(stages, func(x pipe, _ map[string]any, _ *execution) []any {
			out := []any{}
			seen := map[string]bool{}
			for _, j := range x.x.Jobs {
				if !seen[j.Stage] {
					seen[j.Stage] = true
					out = append(out, stageOf(x, j.Stage))
				}
			}
			return out
		}),
	}}
}

func stageOf(x pipe, name string) stage {
	s := stage{in: x, name: name}
	for _, j := range x.x.Jobs {
		if j.Stage == name {
			s.jobs = append(s.jobs, build{x, j})
			s.id = j.ID
		}
	}
	return s
}

func has(all []any, want string) bool {
	for _, v := range all {
		if v == want {
			return true
		}
	}
	return false
}

func active(status string) bool {
	switch status {
	case "running", "pending", "created", "preparing", "waiting_for_resource":
		return true
	}
	return false
}

func passed(status string) string {
	if status == "success" {
		return "passed"
	}
	return status
}

func titled(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func wholeSeconds(v any) any {
	if f, ok := v.(float64); ok {
		return int(f)
	}
	return nil
}

func failureMessage(j *world.Job) any {
	if j.FailureReason == "script_failure" {
		return "There has been a script failure. Check the job log for more information"
	}
	return nil
}
