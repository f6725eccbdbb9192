package deeds

import (
	"cmp"
	"context"
	"encoding/json"
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

// An application is named "<namespace of its object>/<name>".

// Keys of the memo.
const (
	memoApp       = "app" // name
	memoAppSpace  = "app_namespace"
	memoAppProj   = "app_project"
	memoStarted   = "started" // of the operation before
	memoCompared  = "compared"
	memoDry       = "dry"
	operationTime = 15 * time.Minute // waves and hooks
)

func argoDeeds() []actions.Deed {
	app := []actions.Kind{actions.OnApplication}
	ready := func(ask ...func(platform.Application) actions.Reason) func(actions.Scene, actions.Subject) actions.Reason {
		return func(sc actions.Scene, sub actions.Subject) actions.Reason {
			out := []actions.Reason{reachable(sc, sub, sysArgo)}
			if a := applicationOf(sc, sub); a != nil {
				for _, f := range ask {
					out = append(out, f(*a))
				}
			}
			return first(out...)
		}
	}
	idle := func(a platform.Application) actions.Reason {
		if a.Operation.Phase == platform.OperationRunning || a.Operation.Phase == platform.OperationTerminating {
			return actions.Reason{Code: codeRunning, Detail: a.Operation.Message}
		}
		return actions.Reason{}
	}
	busy := func(a platform.Application) actions.Reason {
		if a.Operation.Phase != platform.OperationRunning {
			return actions.Reason{Code: codeNoOperation}
		}
		return actions.Reason{}
	}
	manual := func(a platform.Application) actions.Reason {
		if a.Autosync {
			return actions.Reason{Code: codeAutosync}
		}
		return actions.Reason{}
	}
	past := func(a platform.Application) actions.Reason {
		if a.History != nil && len(a.History) < 2 {
			return actions.Reason{Code: codeNothing}
		}
		return actions.Reason{}
	}
	no := func(actions.Scene, actions.Subject) string { return "false" }
	prune := actions.Param{Name: "prune", Type: "bool", Required: true, Default: no} // Argo CD's own habit: nothing is deleted unless asked for
	revision := actions.Param{Name: "revision", Type: "string"}
	stop := func(d actions.Draft, _ actions.Subject) *wire.Call {
		c := terminate(d.Call.System, d.Memo)
		return &c
	}
	return []actions.Deed{
		{ID: "argocd.refresh", On: app, Key: "f", Base: actions.RiskRead, Bulk: true, Together: 4, Undo: undoAgain, Ready: ready(), Plan: planRefreshApp("normal"), Done: refreshed},
		{ID: "argocd.hard_refresh", On: app, Key: "F", Base: actions.RiskRead, Bulk: true, Together: 2, Timeout: 2 * time.Minute, Undo: undoAgain, Ready: ready(), Plan: planRefreshApp("hard"), Done: refreshed},
		{ID: "argocd.sync", On: app, May: maySync, Key: "s", Params: []actions.Param{revision, prune}, Base: actions.RiskWrite, Bulk: true, Together: 2, Timeout: time.Minute, Patience: operationTime, Undo: undoRollback,
			Ready: ready(idle), Plan: planSyncApp(false), Done: operated, Cancel: stop},
		{ID: "argocd.sync_dry_run", On: app, May: maySync, Key: "d", Params: []actions.Param{revision, prune}, Base: actions.RiskRead, Timeout: time.Minute, Patience: operationTime, Undo: undoAgain,
			Ready: ready(idle), Plan: planSyncApp(true), Done: operated, Cancel: stop},
		{ID: "argocd.rollback", On: app, May: maySync, Key: "b", Params: []actions.Param{{Name: "to", Type: "choice", Required: true, Default: lastBefore, Choices: earlier}}, Base: actions.RiskWrite, Timeout: time.Minute, Patience: operationTime, Undo: undoRollback,
			Ready: ready(manual, idle, past), Plan: planRollback, Done: operated, Cancel: stop},
		{ID: "argocd.terminate", On: app, May: maySync, Key: "x", Base: actions.RiskWrite, Ready: ready(busy), Plan: planTerminate, Done: terminated},
		{ID: "argocd.restart", On: []actions.Kind{actions.OnWorkload, actions.OnResource}, Key: "R", Base: actions.RiskWrite, Bulk: true, Timeout: time.Minute, Patience: operationTime, Undo: undoAgain,
			Ready: restartable, Plan: planRestartByArgo, Done: restartedByArgo},
		{ID: "argocd.resource_action", On: []actions.Kind{actions.OnResource, actions.OnWorkload}, Key: "A", Params: []actions.Param{{Name: "action", Type: "string", Required: true}}, Base: actions.RiskWrite, Timeout: time.Minute, Patience: 3 * time.Minute,
			Ready: managed, Plan: planResourceAction, Done: resourceActed},
	}
}

// applicationOf is the subject as the facts have it; nil when they do not.
func applicationOf(sc actions.Scene, sub actions.Subject) *platform.Application {
	space, name, found := strings.Cut(sub.ID, "/")
	if !found {
		space, name = "", sub.ID
	}
	for _, a := range known(sc) {
		if a.Name == name && (space == "" || a.Namespace == space) && (kindOf(sub.System) != sysArgo || a.Instance == sub.System) {
			return &a
		}
	}
	return nil
}

// known are the applications of the facts.
func known(sc actions.Scene) []platform.Application {
	var out []platform.Application
	if sc.Environment != nil {
		out = append(out, sc.Environment.Applications...)
	}
	if sc.Dossier != nil {
		out = append(out, sc.Dossier.Applications...)
		for _, e := range sc.Dossier.Environments {
			out = append(out, e.Applications...)
		}
	}
	return out
}

// earlier are the deployments that one may return to, newest first: "12 @ 3f2a91bc".
func earlier(sc actions.Scene, sub actions.Subject) []string {
	a := applicationOf(sc, sub)
	if a == nil {
		return nil
	}
	all := slices.Clone(a.History)
	slices.SortFunc(all, func(a, b platform.Deployment) int { return cmp.Compare(b.ID, a.ID) })
	var out []string
	for _, d := range all[min(1, len(all)):] {
		out = append(out, strconv.FormatInt(d.ID, 10)+" @ "+short8(d.Revision))
	}
	return out
}

func lastBefore(sc actions.Scene, sub actions.Subject) string {
	if all := earlier(sc, sub); len(all) > 0 {
		return all[0]
	}
	return ""
}

type argoSource struct {
	RepoURL        string `json:"repoURL"`
	TargetRevision string `json:"targetRevision"`
}

func (s argoSource) target() string { return cmp.Or(s.TargetRevision, "HEAD") }

type argoApp struct {
	Metadata struct {
		Name      string `json:"name"`
		Namespace string `json:"namespace"`
		Deletion  string `json:"deletionTimestamp"` // "" unless it is on its way out
	} `json:"metadata"`
	Spec struct {
		Project    string       `json:"project"`
		Source     argoSource   `json:"source"`
		Sources    []argoSource `json:"sources"` // of an application that has several; Source counts for nothing then
		SyncPolicy *struct {
			Automated *struct {
				Enabled  *bool `json:"enabled"`
				SelfHeal bool  `json:"selfHeal"`
			} `json:"automated"`
		} `json:"syncPolicy"`
	} `json:"spec"`
	Operation *struct{} `json:"operation"`
	Status    struct {
		ReconciledAt string `json:"reconciledAt"`
		Sync         struct {
			Status    string   `json:"status"`
			Revision  string   `json:"revision"`
			Revisions []string `json:"revisions"`
		} `json:"sync"`
		Health struct {
			Status  string `json:"status"`
			Message string `json:"message"`
		} `json:"health"`
		Summary struct {
			Images []string `json:"images"`
		} `json:"summary"`
		History []struct {
			ID        int64    `json:"id"`
			Revision  string   `json:"revision"`
			Revisions []string `json:"revisions"`
		} `json:"history"`
		OperationState *struct {
			Phase      string `json:"phase"`
			Message    string `json:"message"`
			StartedAt  string `json:"startedAt"`
			FinishedAt string `json:"finishedAt"`
			Operation  struct {
				By struct {
					Automated bool `json:"automated"`
				} `json:"initiatedBy"`
			} `json:"operation"`
			SyncResult struct {
				Resources []struct {
					Kind    string `json:"kind"`
					Name    string `json:"name"`
					Status  string `json:"status"`
					Message string `json:"message"`
					Hook    string `json:"hookPhase"`
				} `json:"resources"`
			} `json:"syncResult"`
		} `json:"operationState"`
	} `json:"status"`
}

func (a *argoApp) automated() bool {
	p := a.Spec.SyncPolicy
	return p != nil && p.Automated != nil && (p.Automated.Enabled == nil || *p.Automated.Enabled)
}

func (a *argoApp) revision() string {
	if a.Status.Sync.Revision != "" {
		return a.Status.Sync.Revision
	}
	return strings.Join(a.Status.Sync.Revisions, " ")
}

func (a *argoApp) running() bool {
	op := a.Status.OperationState
	return a.Operation != nil || op != nil && (op.Phase == platform.OperationRunning || op.Phase == platform.OperationTerminating)
}

// sources are those of an application, one or several.
func (a *argoApp) sources() []argoSource {
	if len(a.Spec.Sources) > 0 {
		return a.Spec.Sources
	}
	return []argoSource{a.Spec.Source}
}

// compared reports whether the application was compared with the cluster since its operation ended: until then its health is that of before.
func (a *argoApp) compared() bool {
	ended, err := time.Parse(time.RFC3339, a.Status.OperationState.FinishedAt)
	if err != nil {
		return true
	}
	at, err := time.Parse(time.RFC3339, a.Status.ReconciledAt)
	return err == nil && !at.Before(ended)
}

func appPath(memo map[string]string, rest string) string {
	p := path("/api/v1/applications", memo[memoApp])
	if rest != "" {
		p += "/" + rest
	}
	return p
}

func appQuery(memo map[string]string) url.Values {
	q := url.Values{}
	if memo[memoAppSpace] != "" {
		q.Set("appNamespace", memo[memoAppSpace])
	}
	if memo[memoAppProj] != "" {
		q.Set("project", memo[memoAppProj])
	}
	return q
}

// readApp reads an application as its Argo CD has it now, without having it compared anew.
func readApp(ctx context.Context, s actions.Systems, system string, memo map[string]string) (*argoApp, error) {
	var a argoApp
	err := get(ctx, s, system, appPath(memo, ""), appQuery(memo), &a)
	return &a, err
}

// begin reads the application that a deed is on and starts its memo.
func begin(ctx context.Context, s actions.Systems, sc actions.Scene, sub actions.Subject) (system string, app *argoApp, memo map[string]string, err error) {
	system = systemOf(s, sub, sysArgo)
	space, name, found := strings.Cut(sub.ID, "/")
	if !found {
		space, name = "", sub.ID
	}
	memo = map[string]string{memoApp: name, memoAppSpace: space}
	if a := applicationOf(sc, sub); a != nil {
		memo[memoAppSpace], memo[memoAppProj] = a.Namespace, a.AppProject
	}
	if app, err = readApp(ctx, s, system, memo); err != nil {
		return system, nil, nil, err
	}
	memo[memoAppProj], memo[memoAppSpace], memo[memoCompared] = app.Spec.Project, app.Metadata.Namespace, app.Status.ReconciledAt
	if op := app.Status.OperationState; op != nil {
		memo[memoStarted] = op.StartedAt
	}
	return system, app, memo, nil
}

type argoCan struct {
	Value string `json:"value"`
}

// canI asks for a right on an application. Those on the actions of resources ("action/apps/Deployment/restart") cannot be asked for: Argo CD only says them at the action itself. A server that does not answer leaves it open: it will say no itself.
func canI(ctx context.Context, s actions.Systems, system, action string, memo map[string]string) error {
	// An application outside the namespace of its Argo CD is known to the rules with its namespace; which one that is, nobody tells us.
	for _, object := range [][]string{{memo[memoAppProj], memo[memoApp]}, {memo[memoAppProj], memo[memoAppSpace], memo[memoApp]}} {
		if slices.Contains(object, "") {
			continue
		}
		var can argoCan
		p := path("/api/v1/account/can-i/applications", append([]string{action}, object...)...)
		if err := get(ctx, s, system, p, nil, &can); err != nil || can.Value != "no" {
			return nil //nolint:nilerr // said above
		}
	}
	return refuse(codeNoRight, "applications, "+action+", "+memo[memoAppProj]+"/"+memo[memoApp])
}

type argoWindows struct {
	CanSync *bool `json:"canSync"`
	Active  []struct {
		Kind     string `json:"kind"`
		Schedule string `json:"schedule"`
		Duration string `json:"duration"`
	} `json:"activeWindows"`
}

// windows refuses what a synchronisation window keeps out.
func windows(ctx context.Context, s actions.Systems, system string, memo map[string]string) error {
	var w argoWindows
	if err := get(ctx, s, system, appPath(memo, "syncwindows"), appQuery(memo), &w); err != nil || w.CanSync == nil || *w.CanSync {
		return nil //nolint:nilerr // without an answer the server judges itself
	}
	var names []string
	for _, x := range w.Active {
		names = append(names, x.Kind+" "+x.Schedule+" "+x.Duration)
	}
	return refuse(codeWindow, strings.Join(names, ", "))
}

func planRefreshApp(how string) func(context.Context, actions.Systems, actions.Scene, actions.Subject, actions.Args) (actions.Draft, error) {
	return func(ctx context.Context, s actions.Systems, sc actions.Scene, sub actions.Subject, _ actions.Args) (actions.Draft, error) {
		system, app, memo, err := begin(ctx, s, sc, sub)
		if err != nil {
			return actions.Draft{}, err
		}
		q := appQuery(memo)
		q.Set("refresh", how)
		d := actions.Draft{Call: wire.Call{System: system, Method: http.MethodGet, Path: appPath(memo, ""), Query: q}, Memo: memo,
			Effects: []actions.Effect{{What: "compared", From: app.Status.ReconciledAt, To: "now"}}, Command: "argocd app get " + shell(appName(memo)) + " --" + map[string]string{"normal": "refresh", "hard": "hard-refresh"}[how]}
		if app.automated() && app.Status.Sync.Status != platform.SyncSynced {
			d.Warnings = append(d.Warnings, warn(codeAutosync, "")) // what is found to differ is synchronised at once
		}
		return d, nil
	}
}

func appName(memo map[string]string) string {
	if memo[memoAppSpace] != "" {
		return memo[memoAppSpace] + "/" + memo[memoApp]
	}
	return memo[memoApp]
}

func refreshed(ctx context.Context, s actions.Systems, d actions.Draft, _ actions.Subject, _ time.Time, _ *wire.Reply) (actions.Sight, error) {
	app, err := readApp(ctx, s, d.Call.System, d.Memo)
	if err != nil {
		return actions.Sight{State: unknown}, err
	}
	if app.Status.ReconciledAt == d.Memo[memoCompared] {
		return sight(running, "")
	}
	return sight(done, app.Status.Sync.Status+", "+app.Status.Health.Status)
}

// argoSays reports whether an error is Argo CD's own answer, not that of a gateway that stopped waiting: then it set no operation. Before its newest versions an operation in
// progress is among what it answers 500 to.
func argoSays(r *wire.Reply) bool {
	var body struct {
		Code  *int   `json:"code"`
		Error string `json:"error"`
	}
	const cancelled, late, away = 1, 4, 14 // gRPC: it may be done all the same
	return r != nil && !r.OK() && json.Unmarshal(r.Body, &body) == nil && body.Code != nil && body.Error != "" && *body.Code != cancelled && *body.Code != late && *body.Code != away
}

// operated follows the operation that began after the one remembered, and then the health of what it deployed.
func operated(ctx context.Context, s actions.Systems, d actions.Draft, _ actions.Subject, _ time.Time, r *wire.Reply) (actions.Sight, error) {
	if argoSays(r) { // an operation that is seen now is somebody else's
		return sight(failed, said(*r, http.StatusText(r.Status)))
	}
	app, err := readApp(ctx, s, d.Call.System, d.Memo)
	if err != nil {
		return actions.Sight{State: unknown}, err
	}
	op := app.Status.OperationState
	if app.Operation != nil || op == nil || op.StartedAt == d.Memo[memoStarted] {
		return sight(running, "")
	}
	if op.Operation.By.Automated && (r == nil || !r.OK()) { // nobody said that ours was taken
		return sight(running, "")
	}
	out := actions.Sight{State: running, Note: cut(op.Message)}
	for _, r := range op.SyncResult.Resources {
		st := actions.Step{Name: platform.CleanLine(r.Kind + "/" + r.Name), State: done, Note: cut(r.Message)}
		switch {
		case r.Status == "SyncFailed" || r.Hook == "Failed" || r.Hook == "Error":
			st.State = failed
		case r.Hook == "Running" && op.Phase == platform.OperationRunning:
			st.State = running
		}
		out.Progress = append(out.Progress, st)
	}
	switch op.Phase {
	case platform.OperationRunning, platform.OperationTerminating:
		return out, nil
	case platform.OperationSucceeded:
	default:
		out.State = failed
		return out, nil
	}
	if d.Memo[memoDry] != "" {
		out.State = done
		return out, nil
	}
	if !app.compared() {
		out.Progress = append(out.Progress, actions.Step{Name: "health", State: running})
		return out, nil
	}
	health := actions.Step{Name: "health", Note: cut(app.Status.Health.Status + " " + app.Status.Health.Message), State: done}
	switch app.Status.Health.Status {
	case platform.HealthProgressing, platform.HealthMissing:
		health.State = running
	case platform.HealthDegraded:
		health.State = failed
	}
	out.State, out.Progress = health.State, append(out.Progress, health)
	return out, nil
}

// terminate ends the operation that runs. It has no body and says JSON all the same: Argo CD answers 415 to any call but a GET that does not.
func terminate(system string, memo map[string]string) wire.Call {
	return wire.Call{System: system, Method: http.MethodDelete, Path: appPath(memo, "operation"), Query: appQuery(memo), ContentType: "application/json"}
}

func planTerminate(ctx context.Context, s actions.Systems, sc actions.Scene, sub actions.Subject, _ actions.Args) (actions.Draft, error) {
	system, app, memo, err := begin(ctx, s, sc, sub)
	if err != nil {
		return actions.Draft{}, err
	}
	if !app.running() || app.Status.OperationState == nil {
		return actions.Draft{}, refuse(codeNoOperation, "")
	}
	if err := canI(ctx, s, system, "sync", memo); err != nil {
		return actions.Draft{}, err
	}
	return actions.Draft{Call: terminate(system, memo), Memo: memo, Effects: changed("operation", app.Status.OperationState.Phase, platform.OperationTerminating),
		Command: "argocd app terminate-op " + shell(appName(memo))}, nil
}

func terminated(ctx context.Context, s actions.Systems, d actions.Draft, _ actions.Subject, _ time.Time, _ *wire.Reply) (actions.Sight, error) {
	app, err := readApp(ctx, s, d.Call.System, d.Memo)
	if err != nil {
		return actions.Sight{State: unknown}, err
	}
	op := app.Status.OperationState
	if op != nil && op.StartedAt == d.Memo[memoStarted] && app.running() {
		return sight(running, op.Message)
	}
	if op != nil && op.StartedAt == d.Memo[memoStarted] && op.Phase == platform.OperationSucceeded { // it was through before
		return sight(failed, op.Message)
	}
	return sight(done, "")
}

// maySync asks for the right that synchronising, returning and terminating need.
func maySync(ctx context.Context, s actions.Systems, sc actions.Scene, sub actions.Subject) error {
	a := applicationOf(sc, sub)
	if a == nil || a.AppProject == "" {
		return nil // its project is not known: planning asks
	}
	return canI(ctx, s, systemOf(s, sub, sysArgo), "sync", map[string]string{memoApp: a.Name, memoAppSpace: a.Namespace, memoAppProj: a.AppProject})
}
