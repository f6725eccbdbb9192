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

// consoleOther are the deeds on repositories, chains of exposure and the platform.
func consoleOther() []actions.Deed {
	chain := func(sc actions.Scene, sub actions.Subject) actions.Reason {
		return first(reachable(sc, sub, sysConsole), admin(sc, "MANAGE_SYSTEM"))
	}
	// of is what the facts say of the chain's state: "" when they say nothing.
	of := func(sc actions.Scene, sub actions.Subject) string {
		if sc.Dossier != nil {
			for i := range sc.Dossier.Exposed {
				if c := &sc.Dossier.Exposed[i]; c.ID == sub.ID {
					return c.State
				}
			}
		}
		return ""
	}
	retry := func(sc actions.Scene, sub actions.Subject) actions.Reason {
		if state := of(sc, sub); state != "" && state != "failed" {
			return first(chain(sc, sub), actions.Reason{Code: codeNothing, Detail: state})
		}
		return chain(sc, sub)
	}
	validate := func(sc actions.Scene, sub actions.Subject) actions.Reason {
		if state := of(sc, sub); state == "success" {
			return first(chain(sc, sub), actions.Reason{Code: codeNothing, Detail: state})
		}
		return chain(sc, sub)
	}
	return []actions.Deed{
		{
			ID: "console.sync_repository", On: []actions.Kind{actions.OnRepository}, Key: "s", Base: actions.RiskWrite, Bulk: true, Timeout: provisionTimeout, Patience: 10 * time.Minute,
			Params: []actions.Param{
				{Name: "branch", Type: "string", Default: defaultBranch},
				{Name: "all_branches", Type: "bool", Required: true, Default: func(actions.Scene, actions.Subject) string { return "false" }},
			},
			Ready: func(sc actions.Scene, sub actions.Subject) actions.Reason {
				return first(reachable(sc, sub, sysConsole), open(sc), internal(sc, sub), may(sc, platform.PermManageRepositories))
			},
			Plan: planSync, Done: repositorySynced,
		},
		{ID: "console.chain_retry", On: []actions.Kind{actions.OnChain}, Key: "r", Base: actions.RiskProduction, Patience: 15 * time.Minute, Undo: undoAgain, Ready: retry, Plan: planChain(false), Done: chainDone},
		{ID: "console.chain_validate", On: []actions.Kind{actions.OnChain}, Key: "v", Base: actions.RiskProduction, Patience: 15 * time.Minute, Ready: validate, Plan: planChain(true), Done: chainDone},
		{ID: "console.refresh_services", On: []actions.Kind{actions.OnPlatform}, Key: "h", Base: actions.RiskRead, Timeout: 2 * time.Minute, Undo: undoAgain, Ready: chain, Plan: planRefresh, Done: refreshDone},
	}
}

// repositoryOf is the subject as the facts have it; nil when they do not.
func repositoryOf(sc actions.Scene, sub actions.Subject) *platform.RepositoryFacts {
	if sc.Dossier == nil {
		return nil
	}
	for i := range sc.Dossier.Repositories {
		if r := &sc.Dossier.Repositories[i]; r.ID == sub.ID {
			return r
		}
	}
	return nil
}

func defaultBranch(sc actions.Scene, sub actions.Subject) string {
	if r := repositoryOf(sc, sub); r != nil && r.Git != nil && r.Git.DefaultBranch != "" {
		return r.Git.DefaultBranch
	}
	return "main"
}

// internal judges whether there is anything outside to synchronise from.
func internal(sc actions.Scene, sub actions.Subject) actions.Reason {
	if r := repositoryOf(sc, sub); r != nil && r.ExternalURL == "" {
		return actions.Reason{Code: codeNothing}
	}
	return actions.Reason{}
}

// branchName refuses what git refuses, as far as it would be taken for something else on the way.
func branchName(v string) bool {
	return v != "" && len(v) <= 250 && !strings.ContainsAny(v, " ~^:?*[\\\x00") && !strings.Contains(v, "..") && !strings.HasPrefix(v, "-") && !strings.HasPrefix(v, "/") && platform.CleanLine(v) == v
}

const memoMirror, memoMirrorPath, memoRepository = "mirror", "mirror_path", "repository"

func planSync(ctx context.Context, s actions.Systems, sc actions.Scene, sub actions.Subject, a actions.Args) (actions.Draft, error) {
	system, none := systemOf(s, sub, sysConsole), actions.Draft{}
	all := a["all_branches"] == "true"
	if !all && !branchName(a["branch"]) {
		return none, refuse(codeBad, "branch: "+a["branch"])
	}
	body := map[string]any{"syncAllBranches": all}
	if !all {
		body["branchName"] = a["branch"]
	}
	memo, _, err := remember(ctx, s, system, sub.ProjectID, "Sync Repository")
	if err != nil {
		return none, err
	}
	c, err := call(system, http.MethodPost, path("/api/v2/projects", sub.ProjectID, "repositories", sub.ID, "sync"), body)
	if err != nil {
		return none, err
	}
	d := actions.Draft{Call: c, Memo: memo, Warnings: []actions.Reason{warn(codeForce, "")}}
	if d.Else, err = orElse(system, http.MethodPost, path("/api/v1/repositories", sub.ID, "sync"), body); err != nil {
		return none, err
	}
	to := a["branch"]
	if all {
		to = "*"
		d.Risk = actions.RiskDestructive
		d.Warnings = append(d.Warnings, warn(codeAllBranches, ""))
	}
	d.Effects = []actions.Effect{with("branch", to), {What: "mirror_pipeline", To: "mirror"}}
	if sc.Dossier != nil {
		for _, t := range sc.Dossier.Tokens {
			if t.Name == sc.Dossier.Project.Slug+"-bot" && t.Expired(sc.Now) {
				d.Warnings = append(d.Warnings, warn(codeTokenBad, t.ExpiresAt.Format(time.DateOnly)))
			}
		}
	}
	// The console says that the mirror was asked for, not that it passed: GitLab tells, where we can ask it.
	if r := repositoryOf(sc, sub); r != nil {
		memo[memoRepository] = r.Name
		if p := mirrorPath(sc); p != "" && len(s.Names(sysGitLab)) > 0 {
			memo[memoMirrorPath] = p
			var list []gitlabPipeline
			if get(ctx, s, s.Names(sysGitLab)[0], path("/api/v4/projects", p, "pipelines"), url.Values{"per_page": {"1"}}, &list) == nil && len(list) > 0 {
				memo[memoMirror] = strconv.FormatInt(list[0].ID, 10)
			} else {
				delete(memo, memoMirrorPath)
			}
		}
	}
	return d, nil
}

// mirrorPath is the path of the project's mirror in GitLab, by what is known of its repositories.
func mirrorPath(sc actions.Scene) string {
	for _, r := range sc.Dossier.Repositories {
		for _, p := range r.Mirror {
			if p.Path != "" {
				return p.Path
			}
		}
		if r.Git != nil && strings.Contains(r.Git.Path, "/") {
			return r.Git.Path[:strings.LastIndex(r.Git.Path, "/")+1] + platform.MirrorRepository
		}
	}
	return ""
}

// repositorySynced looks at the console's entry first and then follows the mirror's pipeline.
func repositorySynced(ctx context.Context, s actions.Systems, d actions.Draft, sub actions.Subject, since time.Time, r *wire.Reply) (actions.Sight, error) {
	seen, err := provisioned(ctx, s, d, sub, since, r)
	if err != nil || seen.State != done || d.Memo[memoMirrorPath] == "" || len(s.Names(sysGitLab)) == 0 {
		return seen, err
	}
	seen.Progress = append(seen.Progress, actions.Step{Name: "mirror", State: waiting})
	mirror := &seen.Progress[len(seen.Progress)-1]
	pl, found, err := newerMirror(ctx, s, s.Names(sysGitLab)[0], d.Memo[memoMirrorPath], d.Memo[memoMirror], d.Memo[memoRepository])
	if err != nil || !found {
		seen.State = running
		return seen, err
	}
	mirror.State, mirror.Note = pl.state(), "#"+strconv.FormatInt(pl.IID, 10)
	seen.State = mirror.State
	if seen.State == waiting {
		seen.State = running
	}
	return seen, nil
}

type consoleChain struct {
	ID           string `json:"id"`
	State        string `json:"state"`
	CommonName   string `json:"commonName"`
	ValidationID string `json:"validationId"`
	ValidatedBy  any    `json:"validatedBy"` // nil: nobody yet
	UpdatedAt    string `json:"updatedAt"`
}

// consoleFlow is a step of a chain; null for one that is not wanted.
type consoleFlow struct {
	State string `json:"state"`
}

func planChain(validate bool) func(context.Context, actions.Systems, actions.Scene, actions.Subject, actions.Args) (actions.Draft, error) {
	return func(ctx context.Context, s actions.Systems, _ actions.Scene, sub actions.Subject, _ actions.Args) (actions.Draft, error) {
		system := systemOf(s, sub, sysConsole)
		var c consoleChain
		if err := get(ctx, s, system, path("/api/v1/service-chains", sub.ID), nil, &c); err != nil {
			return actions.Draft{}, err
		}
		target := path("/api/v1/service-chains", sub.ID, "retry")
		if validate {
			if c.ValidationID == "" || c.ValidatedBy != nil || c.State == "success" {
				return actions.Draft{}, refuse(codeNothing, platform.CleanLine(c.State))
			}
			target = path("/api/v1/service-chains/validate", c.ValidationID)
		} else if c.State != "failed" {
			return actions.Draft{}, refuse(codeNothing, c.State)
		}
		w, err := call(system, http.MethodPost, target, nil)
		d := actions.Draft{Call: w, Memo: map[string]string{"chain": sub.ID, "updated": c.UpdatedAt}, Effects: changed("state", c.State, "success")}
		var flows map[string]*consoleFlow
		if get(ctx, s, system, path("/api/v1/service-chains", sub.ID, "flows"), nil, &flows) == nil {
			for _, name := range chainFlows {
				if f := flows[name]; f != nil && f.State != "success" {
					d.Effects = append(d.Effects, actions.Effect{What: "flow", From: name + ": " + platform.CleanLine(f.State), To: name + ": pending"})
				}
			}
		}
		return d, err
	}
}

// The steps of a chain, in their order.
var chainFlows = []string{"reserve_ip", "create_cert", "call_exec", "activate_ip", "dns_request"} //nolint:gochecknoglobals // a constant table

func chainDone(ctx context.Context, s actions.Systems, d actions.Draft, _ actions.Subject, _ time.Time, _ *wire.Reply) (actions.Sight, error) {
	var c consoleChain
	if err := get(ctx, s, d.Call.System, path("/api/v1/service-chains", d.Memo["chain"]), nil, &c); err != nil {
		return actions.Sight{State: unknown}, err
	}
	out := actions.Sight{State: running}
	switch {
	case c.State == "success":
		out.State = done
	case c.State == "failed" && c.UpdatedAt != d.Memo["updated"]:
		out.State = failed
	}
	var flows map[string]*consoleFlow
	if get(ctx, s, d.Call.System, path("/api/v1/service-chains", d.Memo["chain"], "flows"), nil, &flows) == nil {
		for _, name := range chainFlows {
			if f := flows[name]; f != nil {
				state, ok := map[string]string{"success": done, "failed": failed, "pending": running, "opened": waiting}[f.State]
				if !ok {
					state = unknown
				}
				out.Progress = append(out.Progress, actions.Step{Name: name, State: state})
			}
		}
	}
	return out, nil
}

type consoleService struct {
	Name    string  `json:"name"`
	Status  string  `json:"status"`
	Message string  `json:"message"`
	At      float64 `json:"lastUpdateTimestamp"` // of the last check, in ms since 1970
}

// newest is when the last of the checks ended.
func newest(all []consoleService) float64 {
	var at float64
	for _, t := range all {
		at = max(at, t.At)
	}
	return at
}

func planRefresh(ctx context.Context, s actions.Systems, _ actions.Scene, sub actions.Subject, _ actions.Args) (actions.Draft, error) {
	system := systemOf(s, sub, sysConsole)
	var list []consoleService
	if err := get(ctx, s, system, "/api/v1/health-services", nil, &list); err != nil {
		return actions.Draft{}, err
	}
	d := actions.Draft{Call: wire.Call{System: system, Method: http.MethodGet, Path: "/api/v1/refresh-services"}, Memo: map[string]string{"checked": amount(newest(list))}}
	for _, t := range list {
		d.Effects = append(d.Effects, with("tool_health", platform.CleanLine(t.Name+": "+t.Status)))
	}
	return d, nil
}

// toolStates are the words of the console for how a tool does (console source: MonitorStatus); any other is not known.
var toolStates = map[string]string{"OK": done, "Dégradé": failed, "En échec": failed, "Inconnu": unknown} //nolint:gochecknoglobals // a constant table

// refreshDone: the console answers once every tool was looked at. Without that answer it is the times of the checks that tell; a tool that the
// console has no check for keeps its own.
func refreshDone(ctx context.Context, s actions.Systems, d actions.Draft, _ actions.Subject, _ time.Time, reply *wire.Reply) (actions.Sight, error) {
	var list []consoleService
	if err := get(ctx, s, d.Call.System, "/api/v1/health-services", nil, &list); err != nil {
		return actions.Sight{State: unknown}, err
	}
	out := actions.Sight{State: done}
	for _, t := range list {
		st := actions.Step{Name: platform.CleanLine(t.Name), State: unknown, Note: cut(t.Message)}
		if known, ok := toolStates[t.Status]; ok {
			st.State = known
		}
		out.Progress = append(out.Progress, st)
	}
	if (reply == nil || !reply.OK()) && amount(newest(list)) == d.Memo["checked"] {
		out.State = running
	}
	return out, nil
}
