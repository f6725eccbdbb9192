package deeds

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"dsotop/internal/actions"
	"dsotop/internal/actions/wire"
	"dsotop/internal/platform"
)

// A pipeline or job is named by its number; its project is found among the facts. "<path>:<number>" names both, for what the facts do not hold.

type gitlabPipeline struct {
	ID        int64  `json:"id"`
	IID       int64  `json:"iid"`
	Ref       string `json:"ref"`
	SHA       string `json:"sha"`
	Status    string `json:"status"`
	Source    string `json:"source"`
	UpdatedAt string `json:"updated_at"`
	Archived  bool   `json:"archived"` // too old to be run again
}

type gitlabJob struct {
	ID       int64  `json:"id"`
	Name     string `json:"name"`
	Stage    string `json:"stage"`
	Status   string `json:"status"`
	Archived bool   `json:"archived"` // too old to be run again
	Pipeline struct {
		ID int64 `json:"id"`
	} `json:"pipeline"`
}

// stateOf is what a status means for who waits.
func stateOf(status string) string {
	switch status {
	case platform.PipelineSuccess, platform.PipelineManual:
		return done
	case platform.PipelineFailed, platform.PipelineCanceled, platform.PipelineSkipped:
		return failed
	case platform.PipelineCreated, platform.PipelinePending, "waiting_for_resource", "preparing", "scheduled":
		return waiting
	}
	return running
}

func (p gitlabPipeline) state() string { return stateOf(p.Status) }

const (
	memoPath     = "path" // of the GitLab project
	memoPipeline = "pipeline"
	memoJob      = "job"
	memoJobs     = "jobs"
	memoRef      = "ref"
	memoNewest   = "newest" // id of the newest pipeline before
	memoWas      = "was"    // status of the pipeline, and when it had it
)

func gitlabDeeds() []actions.Deed {
	ready := func(ask func(actions.Scene, actions.Subject) actions.Reason) func(actions.Scene, actions.Subject) actions.Reason {
		return func(sc actions.Scene, sub actions.Subject) actions.Reason {
			return first(reachable(sc, sub, sysGitLab), ask(sc, sub))
		}
	}
	pipeline := func(ok func(platform.Pipeline) bool) func(actions.Scene, actions.Subject) actions.Reason {
		return func(sc actions.Scene, sub actions.Subject) actions.Reason {
			if _, p := pipelineOf(sc, sub); p != nil && !ok(*p) {
				return actions.Reason{Code: codeNothing, Detail: p.Status}
			}
			return actions.Reason{}
		}
	}
	job := func(statuses ...string) func(actions.Scene, actions.Subject) actions.Reason {
		return func(sc actions.Scene, sub actions.Subject) actions.Reason {
			if _, j := jobOf(sc, sub); j != nil && !slices.Contains(statuses, j.Status) {
				return actions.Reason{Code: codeNothing, Detail: j.Status}
			}
			return actions.Reason{}
		}
	}
	repository := func(sc actions.Scene, sub actions.Subject) actions.Reason {
		if r := repositoryOf(sc, sub); r != nil && r.Git != nil && r.Git.Empty {
			return actions.Reason{Code: codeNothing}
		}
		return actions.Reason{}
	}
	branch := actions.Param{Name: "branch", Type: "string", Required: true, Default: defaultBranch}
	const patience = time.Hour
	return []actions.Deed{
		{ID: "gitlab.retry_pipeline", On: []actions.Kind{actions.OnPipeline}, May: mayWrite, Key: "r", Base: actions.RiskWrite, Bulk: true, Together: 2, Patience: patience, Undo: undoAgain,
			Ready: ready(pipeline(func(p platform.Pipeline) bool {
				return p.Status == platform.PipelineFailed || p.Status == platform.PipelineCanceled
			})),
			Plan: planRetryPipeline, Done: pipelineRetried,
			Cancel: func(d actions.Draft, _ actions.Subject) *wire.Call {
				return &wire.Call{System: d.Call.System, Method: http.MethodPost, Path: path("/api/v4/projects", d.Memo[memoPath], "pipelines", d.Memo[memoPipeline], "cancel")}
			}},
		{ID: "gitlab.cancel_pipeline", On: []actions.Kind{actions.OnPipeline}, May: mayWrite, Key: "x", Base: actions.RiskWrite, Bulk: true, Undo: undoOpposite,
			Ready: ready(pipeline(platform.Pipeline.Active)), Plan: planCancelPipeline, Done: pipelineCancelled},
		{ID: "gitlab.retry_job", On: []actions.Kind{actions.OnJob}, May: mayWrite, Key: "r", Base: actions.RiskWrite, Patience: patience, Undo: undoAgain,
			Ready: ready(job(platform.PipelineFailed, platform.PipelineCanceled, platform.PipelineSuccess)), Plan: planJob("retry"), Done: jobRetried},
		{ID: "gitlab.play_job", On: []actions.Kind{actions.OnJob}, May: mayWrite, Key: "p", Base: actions.RiskWrite, Patience: patience,
			Ready: ready(job(platform.PipelineManual)), Plan: planJob("play"), Done: jobPlayed},
		{ID: "gitlab.run_pipeline", On: []actions.Kind{actions.OnRepository}, May: mayWrite, Key: "p", Params: []actions.Param{branch}, Base: actions.RiskWrite, Patience: patience, Undo: undoOpposite,
			Ready: ready(repository), Plan: planRunPipeline, Done: pipelineRan},
		{ID: "gitlab.trigger_mirror", On: []actions.Kind{actions.OnRepository}, May: mayMirror, Key: "m", Base: actions.RiskWrite, Bulk: true, Patience: 15 * time.Minute,
			Params: []actions.Param{branch, {Name: "all_branches", Type: "bool", Required: true, Default: func(actions.Scene, actions.Subject) string { return "false" }}},
			Ready:  ready(internal), Plan: planMirror, Done: mirrorRan},
	}
}

// split takes "<path>:<number>" apart; the path is "" when only a number is given.
func split(id string) (path, number string) {
	if i := strings.LastIndexByte(id, ':'); i >= 0 {
		return id[:i], id[i+1:]
	}
	return "", strings.TrimPrefix(id, "#")
}

// pipelines calls f for each pipeline that is known of the project, until it says stop.
func pipelines(sc actions.Scene, f func(platform.Pipeline) (stop bool)) {
	if sc.Dossier == nil {
		return
	}
	for _, r := range sc.Dossier.Repositories {
		for _, p := range slices.Concat(r.Pipelines, r.Mirror) {
			if f(p) {
				return
			}
		}
	}
}

// pipelineOf is where a pipeline is, and what is known of it; nil when nothing is.
func pipelineOf(sc actions.Scene, sub actions.Subject) (project string, found *platform.Pipeline) {
	project, number := split(sub.ID)
	pipelines(sc, func(p platform.Pipeline) bool {
		if strconv.FormatInt(p.ID, 10) != number || project != "" && p.Path != project {
			return false
		}
		found = &p
		return true
	})
	if found != nil && found.Path != "" {
		project = found.Path
	}
	return project, found
}

func jobOf(sc actions.Scene, sub actions.Subject) (project string, found *platform.Job) {
	project, number := split(sub.ID)
	pipelines(sc, func(p platform.Pipeline) bool {
		for _, j := range p.Jobs {
			if strconv.FormatInt(j.ID, 10) == number {
				found = &j
				if p.Path != "" {
					project = p.Path
				}
				return true
			}
		}
		return false
	})
	return project, found
}

// developer is the access level from which on pipelines may be run.
const developer = 30

type gitlabRights struct {
	Archived    bool `json:"archived"`
	Permissions struct {
		Project *gitlabAccess `json:"project_access"` // null: no member of its own
		Group   *gitlabAccess `json:"group_access"`
	} `json:"permissions"`
}

type gitlabAccess struct {
	Level int `json:"access_level"`
}

// writes refuses early when the token says that it only reads, when the project is archived, or when we are a member of it that may run nothing. Who is no member at all may be an
// administrator: GitLab does not say. project may be "", for one that is not known.
func writes(ctx context.Context, s actions.Systems, system, project string) error {
	var self struct {
		Scopes []string `json:"scopes"`
	}
	if get(ctx, s, system, "/api/v4/personal_access_tokens/self", nil, &self) == nil && len(self.Scopes) > 0 && !slices.Contains(self.Scopes, "api") {
		return refuse(codeNoRight, "api ("+strings.Join(self.Scopes, ", ")+")")
	}
	var p gitlabRights
	if project == "" || get(ctx, s, system, path("/api/v4/projects", project), nil, &p) != nil {
		return nil //nolint:nilerr // not for us to see: the call itself will tell
	}
	if p.Archived {
		return refuse(codeRunArchived, project)
	}
	member, level := false, 0
	for _, a := range []*gitlabAccess{p.Permissions.Project, p.Permissions.Group} {
		if a != nil {
			member, level = true, max(level, a.Level)
		}
	}
	if member && level < developer {
		return refuse(codeNoRight, "Developer, "+project)
	}
	return nil
}

func readPipeline(ctx context.Context, s actions.Systems, system, project, id string) (gitlabPipeline, []gitlabJob, error) {
	var p gitlabPipeline
	if err := get(ctx, s, system, path("/api/v4/projects", project, "pipelines", id), nil, &p); err != nil {
		return p, nil, err
	}
	var jobs []gitlabJob
	err := get(ctx, s, system, path("/api/v4/projects", project, "pipelines", id, "jobs"), url.Values{"per_page": {"100"}}, &jobs)
	return p, jobs, err
}

// aPipeline is a pipeline as it is when a deed on it is planned, and where it is.
type aPipeline struct {
	system, project, id string
	pipeline            gitlabPipeline
	jobs                []gitlabJob
}

// pipelineNow reads the subject as it is now, for somebody who may write.
func pipelineNow(ctx context.Context, s actions.Systems, sc actions.Scene, sub actions.Subject) (out aPipeline, err error) {
	out.system = systemOf(s, sub, sysGitLab)
	out.project, _ = pipelineOf(sc, sub)
	_, out.id = split(sub.ID)
	if out.project == "" {
		return out, refuse(codeUnknownThing, sub.ID)
	}
	if err := writes(ctx, s, out.system, out.project); err != nil {
		return out, err
	}
	out.pipeline, out.jobs, err = readPipeline(ctx, s, out.system, out.project, out.id)
	return out, err
}

func planRetryPipeline(ctx context.Context, s actions.Systems, sc actions.Scene, sub actions.Subject, _ actions.Args) (actions.Draft, error) {
	now, err := pipelineNow(ctx, s, sc, sub)
	if err != nil {
		return actions.Draft{}, err
	}
	system, project, id, p, jobs := now.system, now.project, now.id, now.pipeline, now.jobs
	if p.Archived {
		return actions.Draft{}, refuse(codeRunArchived, "#"+strconv.FormatInt(p.IID, 10))
	}
	d := actions.Draft{Memo: map[string]string{memoPath: project, memoPipeline: id}}
	var again []string
	for _, j := range jobs {
		if j.Status == platform.PipelineFailed || j.Status == platform.PipelineCanceled {
			again = append(again, strconv.FormatInt(j.ID, 10))
			d.Effects = append(d.Effects, actions.Effect{What: "job", From: platform.CleanLine(j.Name + ": " + j.Status), To: platform.CleanLine(j.Name + ": " + platform.PipelinePending)})
		}
	}
	switch failed := p.Status == platform.PipelineFailed || p.Status == platform.PipelineCanceled; {
	case len(again) == 0 && !failed:
		return d, refuse(codeNothing, p.Status)
	case len(again) == 0: // what failed is a pipeline that this one starts: GitLab starts it again, and has no job to show for it
		d.Memo[memoWas] = p.Status + " " + p.UpdatedAt
		d.Effects = changed("pipeline", p.Status, platform.PipelinePending)
	}
	slices.Reverse(d.Effects) // GitLab lists the newest first
	d.Memo[memoJobs] = strings.Join(again, ",")
	d.Call, err = call(system, http.MethodPost, path("/api/v4/projects", project, "pipelines", id, "retry"), nil)
	d.Command = "glab ci retry -R " + shell(project)
	d.Warnings = pushes(p, project)
	return d, err
}

// pushes warns that a pipeline of the main branch moves the tags that deployments may name.
func pushes(p gitlabPipeline, project string) []actions.Reason {
	if strings.HasSuffix(project, "/"+platform.MirrorRepository) {
		return nil
	}
	return []actions.Reason{warn(codeMutableTag, p.Ref)}
}

func shell(s string) string {
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/._-:@=+,", r))
	}) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

func pipelineRetried(ctx context.Context, s actions.Systems, d actions.Draft, _ actions.Subject, _ time.Time, _ *wire.Reply) (actions.Sight, error) {
	p, jobs, err := readPipeline(ctx, s, d.Call.System, d.Memo[memoPath], d.Memo[memoPipeline])
	if err != nil {
		return actions.Sight{State: unknown}, err
	}
	out := follow(p, jobs)
	if d.Memo[memoWas] == p.Status+" "+p.UpdatedAt {
		out.State = running
	}
	for _, j := range jobs {
		if slices.Contains(strings.Split(d.Memo[memoJobs], ","), strconv.FormatInt(j.ID, 10)) {
			out.State = running // the old attempts still count: GitLab has not taken it up
		}
	}
	return out, nil
}

// follow is a pipeline with its jobs as one sees it.
func follow(p gitlabPipeline, jobs []gitlabJob) actions.Sight {
	out := actions.Sight{State: p.state(), Note: "#" + strconv.FormatInt(p.IID, 10)}
	if out.State == waiting {
		out.State = running
	}
	for _, j := range slices.Backward(jobs) {
		out.Progress = append(out.Progress, actions.Step{Name: platform.CleanLine(j.Name), State: stateOf(j.Status)})
	}
	return out
}

func planCancelPipeline(ctx context.Context, s actions.Systems, sc actions.Scene, sub actions.Subject, _ actions.Args) (actions.Draft, error) {
	now, err := pipelineNow(ctx, s, sc, sub)
	if err != nil {
		return actions.Draft{}, err
	}
	system, project, id, p, jobs := now.system, now.project, now.id, now.pipeline, now.jobs
	if st := p.state(); st != running && st != waiting {
		return actions.Draft{}, refuse(codeNothing, p.Status)
	}
	d := actions.Draft{Memo: map[string]string{memoPath: project, memoPipeline: id}, Effects: changed("pipeline", p.Status, platform.PipelineCanceled), Command: "glab ci cancel pipeline -R " + shell(project) + " " + shell(id)}
	for _, j := range slices.Backward(jobs) {
		if st := stateOf(j.Status); st == running || st == waiting {
			d.Effects = append(d.Effects, actions.Effect{What: "job", From: platform.CleanLine(j.Name + ": " + j.Status), To: platform.CleanLine(j.Name + ": " + platform.PipelineCanceled)})
		}
	}
	d.Call, err = call(system, http.MethodPost, path("/api/v4/projects", project, "pipelines", id, "cancel"), nil)
	return d, err
}

func pipelineCancelled(ctx context.Context, s actions.Systems, d actions.Draft, _ actions.Subject, _ time.Time, _ *wire.Reply) (actions.Sight, error) {
	p, jobs, err := readPipeline(ctx, s, d.Call.System, d.Memo[memoPath], d.Memo[memoPipeline])
	if err != nil {
		return actions.Sight{State: unknown}, err
	}
	out := follow(p, jobs)
	for i, j := range jobs { // a job that was cancelled is what was asked for
		if j.Status == platform.PipelineCanceled {
			out.Progress[len(jobs)-1-i].State = done
		}
	}
	switch {
	case p.Status == platform.PipelineCanceled:
		out.State = done
	case out.State != running: // it came to its own end first
		out.State, out.Note = failed, p.Status
	}
	return out, nil
}

func planJob(verb string) func(context.Context, actions.Systems, actions.Scene, actions.Subject, actions.Args) (actions.Draft, error) {
	return func(ctx context.Context, s actions.Systems, sc actions.Scene, sub actions.Subject, _ actions.Args) (actions.Draft, error) {
		system := systemOf(s, sub, sysGitLab)
		project, _ := jobOf(sc, sub)
		_, id := split(sub.ID)
		if project == "" {
			return actions.Draft{}, refuse(codeUnknownThing, sub.ID)
		}
		if err := writes(ctx, s, system, project); err != nil {
			return actions.Draft{}, err
		}
		var j gitlabJob
		if err := get(ctx, s, system, path("/api/v4/projects", project, "jobs", id), nil, &j); err != nil {
			return actions.Draft{}, err
		}
		if j.Archived {
			return actions.Draft{}, refuse(codeRunArchived, platform.CleanLine(j.Name))
		}
		if manual := j.Status == platform.PipelineManual; manual != (verb == "play") || stateOf(j.Status) == running || stateOf(j.Status) == waiting {
			return actions.Draft{}, refuse(codeNothing, j.Status)
		}
		d := actions.Draft{Memo: map[string]string{memoPath: project, memoJob: id, memoName: j.Name, memoPipeline: strconv.FormatInt(j.Pipeline.ID, 10)},
			Effects: []actions.Effect{{What: "job", From: platform.CleanLine(j.Name + ": " + j.Status), To: platform.CleanLine(j.Name + ": " + platform.PipelinePending)}}}
		d.Command = "glab ci " + map[string]string{"retry": "retry", "play": "trigger"}[verb] + " -R " + shell(project) + " " + shell(id)
		var err error
		d.Call, err = call(system, http.MethodPost, path("/api/v4/projects", project, "jobs", id, verb), nil)
		return d, err
	}
}

// jobRetried follows the newest attempt of the job.
func jobRetried(ctx context.Context, s actions.Systems, d actions.Draft, _ actions.Subject, _ time.Time, _ *wire.Reply) (actions.Sight, error) {
	_, jobs, err := readPipeline(ctx, s, d.Call.System, d.Memo[memoPath], d.Memo[memoPipeline])
	if err != nil {
		return actions.Sight{State: unknown}, err
	}
	old, _ := strconv.ParseInt(d.Memo[memoJob], 10, 64)
	for _, j := range jobs {
		if j.Name == d.Memo[memoName] && j.ID > old {
			return jobSight(j)
		}
	}
	return sight(running, "")
}

func jobSight(j gitlabJob) (actions.Sight, error) {
	state := stateOf(j.Status)
	if state == waiting {
		state = running
	}
	return sight(state, j.Name+": "+j.Status)
}

func jobPlayed(ctx context.Context, s actions.Systems, d actions.Draft, _ actions.Subject, _ time.Time, _ *wire.Reply) (actions.Sight, error) {
	var j gitlabJob
	if err := get(ctx, s, d.Call.System, path("/api/v4/projects", d.Memo[memoPath], "jobs", d.Memo[memoJob]), nil, &j); err != nil {
		return actions.Sight{State: unknown}, err
	}
	if j.Status == platform.PipelineManual {
		return sight(running, "")
	}
	return jobSight(j)
}

func mayWrite(ctx context.Context, s actions.Systems, sc actions.Scene, sub actions.Subject) error {
	project := ""
	switch sub.Kind {
	case actions.OnPipeline:
		project, _ = pipelineOf(sc, sub)
	case actions.OnJob:
		project, _ = jobOf(sc, sub)
	case actions.OnRepository:
		project = gitPath(sc, sub)
	}
	return writes(ctx, s, systemOf(s, sub, sysGitLab), project)
}

// mayMirror asks about the mirror's own project: that is where its pipeline runs.
func mayMirror(ctx context.Context, s actions.Systems, sc actions.Scene, sub actions.Subject) error {
	project := ""
	if sc.Dossier != nil {
		project = mirrorPath(sc)
	}
	return writes(ctx, s, systemOf(s, sub, sysGitLab), project)
}
