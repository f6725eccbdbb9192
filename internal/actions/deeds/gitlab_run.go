package deeds

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"dsotop/internal/actions"
	"dsotop/internal/actions/wire"
	"dsotop/internal/platform"
)

// gitPath is where a repository of the console is in GitLab; "" when that is not known.
func gitPath(sc actions.Scene, sub actions.Subject) string {
	r := repositoryOf(sc, sub)
	switch {
	case r == nil:
		if p, _ := split(sub.ID); p != "" {
			return p
		}
		if strings.Contains(sub.ID, "/") { // a repository that the console does not declare
			return sub.ID
		}
		return ""
	case r.Git != nil:
		return r.Git.Path
	case len(r.Pipelines) > 0:
		return r.Pipelines[0].Path
	}
	return ""
}

func newestPipeline(ctx context.Context, s actions.Systems, system, project string) (string, error) {
	var list []gitlabPipeline
	if err := get(ctx, s, system, path("/api/v4/projects", project, "pipelines"), url.Values{"per_page": {"1"}}, &list); err != nil {
		return "", err
	}
	if len(list) == 0 {
		return "0", nil
	}
	return strconv.FormatInt(list[0].ID, 10), nil
}

func planRunPipeline(ctx context.Context, s actions.Systems, sc actions.Scene, sub actions.Subject, a actions.Args) (actions.Draft, error) {
	system, none := systemOf(s, sub, sysGitLab), actions.Draft{}
	project := gitPath(sc, sub)
	if project == "" {
		return none, refuse(codeUnknownThing, sub.Name)
	}
	if !branchName(a["branch"]) {
		return none, refuse(codeBad, "branch: "+a["branch"])
	}
	if err := writes(ctx, s, system, project); err != nil {
		return none, err
	}
	var branch struct {
		Commit struct {
			ID    string `json:"id"`
			Title string `json:"title"`
		} `json:"commit"`
	}
	if err := get(ctx, s, system, path("/api/v4/projects", project, "repository", "branches", a["branch"]), nil, &branch); err != nil {
		return none, err
	}
	newest, err := newestPipeline(ctx, s, system, project)
	if err != nil {
		return none, err
	}
	d := actions.Draft{Memo: map[string]string{memoPath: project, memoRef: a["branch"], memoNewest: newest},
		Effects:  []actions.Effect{{What: "pipeline", To: platform.CleanLine(a["branch"] + " @ " + short8(branch.Commit.ID) + " " + branch.Commit.Title)}},
		Warnings: pushes(gitlabPipeline{Ref: a["branch"]}, project), Command: "glab ci run -R " + shell(project) + " -b " + shell(a["branch"])}
	d.Call, err = call(system, http.MethodPost, path("/api/v4/projects", project, "pipeline"), map[string]any{"ref": a["branch"]})
	return d, err
}

func short8(sha string) string { return sha[:min(8, len(sha))] }

// newer lists the pipelines that came after one, oldest first.
func newer(ctx context.Context, s actions.Systems, system, project, than string) ([]gitlabPipeline, error) {
	var list []gitlabPipeline
	if err := get(ctx, s, system, path("/api/v4/projects", project, "pipelines"), url.Values{"per_page": {"30"}}, &list); err != nil {
		return nil, err
	}
	after, _ := strconv.ParseInt(than, 10, 64)
	var out []gitlabPipeline
	for _, p := range list {
		if p.ID > after {
			out = append([]gitlabPipeline{p}, out...)
		}
	}
	return out, nil
}

func pipelineRan(ctx context.Context, s actions.Systems, d actions.Draft, _ actions.Subject, _ time.Time, _ *wire.Reply) (actions.Sight, error) {
	list, err := newer(ctx, s, d.Call.System, d.Memo[memoPath], d.Memo[memoNewest])
	if err != nil {
		return actions.Sight{State: unknown}, err
	}
	for _, p := range list {
		if p.Ref != d.Memo[memoRef] || p.Source != "api" {
			continue
		}
		full, jobs, err := readPipeline(ctx, s, d.Call.System, d.Memo[memoPath], strconv.FormatInt(p.ID, 10))
		if err != nil {
			return actions.Sight{State: unknown}, err
		}
		return follow(full, jobs), nil
	}
	return sight(running, "")
}

func planMirror(ctx context.Context, s actions.Systems, sc actions.Scene, sub actions.Subject, a actions.Args) (actions.Draft, error) {
	system, none := systemOf(s, sub, sysGitLab), actions.Draft{}
	r := repositoryOf(sc, sub)
	if r == nil || mirrorPath(sc) == "" {
		return none, refuse(codeUnknownThing, sub.Name)
	}
	all := a["all_branches"] == "true"
	if !branchName(a["branch"]) {
		return none, refuse(codeBad, "branch: "+a["branch"])
	}
	if err := writes(ctx, s, system, mirrorPath(sc)); err != nil {
		return none, err
	}
	project := mirrorPath(sc)
	newest, err := newestPipeline(ctx, s, system, project)
	if err != nil {
		return none, err
	}
	d := actions.Draft{Memo: map[string]string{memoMirrorPath: project, memoMirror: newest, memoRepository: r.Name}, Warnings: []actions.Reason{warn(codeForce, "")}}
	d.Effects = []actions.Effect{with("branch", a["branch"]), {What: "mirror_pipeline", To: "mirror"}}
	if all {
		d.Risk, d.Effects[0] = actions.RiskDestructive, with("branch", "*")
		d.Warnings = append(d.Warnings, warn(codeAllBranches, ""))
	}
	for _, t := range sc.Dossier.Tokens {
		if t.Name == sc.Dossier.Project.Slug+"-bot" && t.Expired(sc.Now) {
			d.Warnings = append(d.Warnings, warn(codeTokenBad, t.ExpiresAt.Format(time.DateOnly)))
		}
	}
	variable := func(key, value string) map[string]string { return map[string]string{"key": key, "value": value} }
	d.Call, err = call(system, http.MethodPost, path("/api/v4/projects", project, "pipeline"), map[string]any{"ref": "main", "variables": []map[string]string{
		variable("PROJECT_NAME", r.Name), variable("GIT_BRANCH_DEPLOY", a["branch"]), variable("SYNC_ALL", strconv.FormatBool(all))}})
	d.Command = "glab ci run -R " + shell(project) + " -b main --variables PROJECT_NAME:" + shell(r.Name) + " --variables GIT_BRANCH_DEPLOY:" + shell(a["branch"]) + " --variables SYNC_ALL:" + strconv.FormatBool(all)
	return d, err
}

// newerMirror is the oldest run of a mirror that came after another one and concerns the repository, as far as its variables may be read.
func newerMirror(ctx context.Context, s actions.Systems, system, project, than, repository string) (gitlabPipeline, bool, error) {
	list, err := newer(ctx, s, system, project, than)
	if err != nil {
		return gitlabPipeline{}, false, err
	}
	for _, p := range list {
		var vars []struct{ Key, Value string }
		err := get(ctx, s, system, path("/api/v4/projects", project, "pipelines", strconv.FormatInt(p.ID, 10), "variables"), nil, &vars)
		mine := err != nil // not for us to know: the first that came is taken
		for _, v := range vars {
			mine = mine || v.Key == "PROJECT_NAME" && v.Value == repository
		}
		if mine && p.Source != "trigger" {
			return p, true, nil
		}
	}
	return gitlabPipeline{}, false, nil
}

func mirrorRan(ctx context.Context, s actions.Systems, d actions.Draft, _ actions.Subject, _ time.Time, _ *wire.Reply) (actions.Sight, error) {
	p, found, err := newerMirror(ctx, s, d.Call.System, d.Memo[memoMirrorPath], d.Memo[memoMirror], d.Memo[memoRepository])
	switch {
	case err != nil:
		return actions.Sight{State: unknown}, err
	case !found:
		return sight(running, "")
	}
	full, jobs, err := readPipeline(ctx, s, d.Call.System, d.Memo[memoMirrorPath], strconv.FormatInt(p.ID, 10))
	if err != nil {
		return actions.Sight{State: unknown}, err
	}
	return follow(full, jobs), nil
}
