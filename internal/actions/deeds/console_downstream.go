package deeds

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"

	"dsotop/internal/actions"
	"dsotop/internal/actions/wire"
	"dsotop/internal/platform"
)

// What follows a provisioning once the console's tools are through: the console commits the values of each environment to its zone's repository, the zone's Argo CD
// reads them into a root application, that one makes or changes the -env application, and that one the namespace with its pull secret. Nobody tells when that is over:
// each is looked at where it is. None of it changes the verdict, which is the console's own.

// Names of the steps; package words knows them.
const (
	stepZone       = "zone_commit"
	stepRoot       = "root_application"
	stepOwn        = "env_application"
	stepNamespace  = "namespace"
	stepPullSecret = "pull_secret" //nolint:gosec // the name of a step
)

const (
	memoFollowed = "downstream"
	pullSecret   = "registry-pull-secret" //nolint:gosec // the name of an object

	// mostFollowed is how many environments of a project are followed: three calls each time one looks, for each.
	mostFollowed = 6
	// rootProject is the Argo CD project of root applications. With its project named, Argo CD says whether an application is not there or not ours to see.
	rootProject = "dso-project"
)

// followed is one environment and where what follows can be seen, as the memo keeps it. Members are short: the journal keeps them.
type followed struct {
	Name      string `json:"n"`
	Namespace string `json:"ns,omitempty"` // "" of one that is to be made
	Cluster   string `json:"k,omitempty"`  // label
	Gone      bool   `json:"gone,omitempty"`
	Values    string `json:"v,omitempty"` // of the zone's repository: "<repository>:<path>"; "" when it is not known
	Commit    string `json:"c,omitempty"` // newest before; "" when there was none
	Blind     string `json:"b,omitempty"` // why commits cannot be read, a code
	Argo      string `json:"a,omitempty"` // source; "" when none is of the zone
	Root      string `json:"r,omitempty"` // applications
	Own       string `json:"o,omitempty"`
	OwnProj   string `json:"p,omitempty"`
	RootAt    string `json:"rt,omitempty"` // when their operations before began
	OwnAt     string `json:"ot,omitempty"`
}

type followedApp struct {
	Status struct {
		Sync struct {
			Status string `json:"status"`
		} `json:"sync"`
		OperationState *struct {
			Phase     string `json:"phase"`
			Message   string `json:"message"`
			StartedAt string `json:"startedAt"`
		} `json:"operationState"`
		Resources []struct {
			Kind   string `json:"kind"`
			Name   string `json:"name"`
			Status string `json:"status"`
			Health *struct {
				Status  string `json:"status"`
				Message string `json:"message"`
			} `json:"health"`
		} `json:"resources"`
	} `json:"status"`
}

func (a *followedApp) started() string {
	if a == nil || a.Status.OperationState == nil {
		return ""
	}
	return a.Status.OperationState.StartedAt
}

// trail notes in the memo what there is before the call. Of what cannot be read the steps will say so: planning goes on.
func trail(ctx context.Context, s actions.Systems, sc actions.Scene, system string, memo map[string]string, envs []followed) {
	if sc.Dossier == nil || len(envs) == 0 {
		return
	}
	d := sc.Dossier
	zones := zonesOf(ctx, s, system, sc)
	root, _, _ := strings.Cut(repositoryPath(d), "/"+d.Project.Slug+"/")
	gitlab := systemOf(s, actions.Subject{}, sysGitLab)
	list := make([]followed, 0, len(envs))
	for _, f := range envs[:min(len(envs), mostFollowed)] {
		zone := zones[f.Cluster]
		hash := d.Project.Slug + "-" + f.Name + "-" + platform.EnvHash(f.Name)
		f.Root, f.Own, f.OwnProj = d.Project.Name+"-"+f.Cluster+"-"+f.Name+"-root", hash+"-env", hash+"-env"
		f.Argo = argoOf(s, zone)
		switch {
		case s.Reader(gitlab) == nil:
			f.Blind = codeNotConfigured
		case zone == "" || root == "":
			f.Blind = codeUnknownThing
		default:
			f.Values = root + "/infra/" + zone + ":" + d.Project.Name + "/" + f.Cluster + "/" + f.Name + "/values.yaml"
			var err error
			if f.Commit, err = f.newest(ctx, s, gitlab); err != nil {
				f.Blind = codeOf(err)
			}
		}
		if f.Argo != "" {
			if a, err := f.app(ctx, s, f.Root, rootProject); err == nil {
				f.RootAt = a.started()
			}
			if a, err := f.app(ctx, s, f.Own, f.OwnProj); err == nil {
				f.OwnAt = a.started()
			}
		}
		list = append(list, f)
	}
	if data, err := json.Marshal(list); err == nil {
		memo[memoFollowed] = string(data)
	}
}

// declared are the environments of a project that a provisioning writes.
func declared(sc actions.Scene) []followed {
	var out []followed
	if sc.Dossier != nil {
		for _, e := range sc.Dossier.Environments {
			if !e.Undeclared {
				out = append(out, followed{Name: e.Name, Namespace: e.Namespace, Cluster: e.Cluster.Label})
			}
		}
	}
	return out
}

// repositoryPath is the path of any repository of the project in GitLab: it tells where the platform's groups are.
func repositoryPath(d *platform.Dossier) string {
	for _, r := range d.Repositories {
		if r.Git != nil && strings.Contains(r.Git.Path, "/"+d.Project.Slug+"/") {
			return r.Git.Path
		}
	}
	return ""
}

type consoleZone struct {
	ID   string `json:"id"`
	Slug string `json:"slug"`
}

// zonesOf are the slugs of the zones by cluster label, from the facts, else from the console.
func zonesOf(ctx context.Context, s actions.Systems, system string, sc actions.Scene) map[string]string {
	out := map[string]string{}
	all := true
	for _, e := range sc.Dossier.Environments {
		if e.Zone.Slug != "" {
			out[e.Cluster.Label] = e.Zone.Slug
		} else if !e.Undeclared {
			all = false
		}
	}
	if all && len(out) > 0 {
		return out
	}
	var zones []consoleZone
	if get(ctx, s, system, "/api/v1/zones", nil, &zones) != nil {
		return out
	}
	clusters, err := clustersOf(ctx, s, system)
	if err != nil {
		return out
	}
	for _, c := range clusters {
		for _, z := range zones {
			if z.ID == c.Zone {
				out[c.Label] = z.Slug
			}
		}
	}
	return out
}

// argoOf is the Argo CD of a zone: the source of its name, else the only one.
func argoOf(s actions.Systems, zone string) string {
	names := s.Names(sysArgo)
	for _, name := range names {
		if zone != "" && name == sysArgo+"/"+zone {
			return name
		}
	}
	if len(names) == 1 {
		return names[0]
	}
	return ""
}

func codeOf(err error) string {
	if r, ok := err.(*actions.Refusal); ok { //nolint:errorlint // made here, never wrapped
		return r.Reason.Code
	}
	return codeSourceDown
}

// newest is the last commit on the values. The values hold secrets: neither they nor their differences are ever asked for.
func (f followed) newest(ctx context.Context, s actions.Systems, system string) (string, error) {
	repository, file, _ := strings.Cut(f.Values, ":")
	var list []struct{ ID string }
	err := get(ctx, s, system, path("/api/v4/projects", repository, "repository", "commits"), url.Values{"path": {file}, "per_page": {"1"}}, &list)
	if err != nil || len(list) == 0 {
		return "", err
	}
	return platform.CleanLine(list[0].ID), nil
}

// app reads an application; nil without an error when it is not there.
func (f followed) app(ctx context.Context, s actions.Systems, name, project string) (*followedApp, error) {
	var a followedApp
	p := path("/api/v1/applications", name)
	err := get(ctx, s, f.Argo, p, nil, &a)
	if isCode(err, codeNoRight) {
		err = get(ctx, s, f.Argo, p, url.Values{"project": {project}}, &a)
	}
	switch {
	case isCode(err, codeGone):
		return nil, nil //nolint:nilnil // said above
	case err != nil:
		return nil, err
	}
	return &a, nil
}

// downstream is how far what follows is, one step a kind, all environments together.
func downstream(ctx context.Context, s actions.Systems, d actions.Draft) []actions.Step {
	var list []followed
	if json.Unmarshal([]byte(d.Memo[memoFollowed]), &list) != nil || len(list) == 0 {
		return nil
	}
	gitlab := systemOf(s, actions.Subject{}, sysGitLab)
	zone := make([]actions.Step, len(list))
	var moved []followed
	for i, f := range list {
		zone[i] = f.written(ctx, s, gitlab)
		if zone[i].State == done {
			moved = append(moved, f)
		}
	}
	first := gather(stepZone, zone)
	if first.State == waiting && len(moved) > 0 { // while another environment has a deployment of the console, the console leaves the others as they are
		first.State, list = done, moved
	}
	out := []actions.Step{first}
	roots, owns, spaces, secrets := make([]actions.Step, len(list)), make([]actions.Step, len(list)), make([]actions.Step, len(list)), make([]actions.Step, len(list))
	for i, f := range list {
		if roots[i] = f.synced(ctx, s, f.Root, rootProject, f.RootAt, nil); f.Argo == "" {
			owns[i], spaces[i], secrets[i] = roots[i], f.inCluster(ctx, s), roots[i]
			continue
		}
		var own *followedApp
		owns[i] = f.synced(ctx, s, f.Own, f.OwnProj, f.OwnAt, &own)
		spaces[i], secrets[i] = f.inside(own, owns[i])
		if f.Gone || owns[i].State == unknown {
			spaces[i] = f.inCluster(ctx, s)
		}
	}
	out = append(out, gather(stepRoot, roots), gather(stepOwn, owns), gather(stepNamespace, spaces))
	if !list[0].Gone {
		out = append(out, gather(stepPullSecret, secrets))
	}
	return out
}

// written tells whether the values were committed since.
func (f followed) written(ctx context.Context, s actions.Systems, gitlab string) actions.Step {
	if f.Blind != "" {
		return actions.Step{State: unknown, Note: f.Blind}
	}
	sha, err := f.newest(ctx, s, gitlab)
	switch {
	case err != nil:
		return actions.Step{State: unknown, Note: codeOf(err)}
	case sha == f.Commit:
		return actions.Step{State: waiting}
	}
	return actions.Step{State: done, Note: short8(sha)}
}

// synced tells whether an application has been synchronised since, or is gone where it shall be. into, when not nil, takes the application.
func (f followed) synced(ctx context.Context, s actions.Systems, name, project, before string, into **followedApp) actions.Step {
	if f.Argo == "" {
		return actions.Step{State: unknown, Note: codeNotConfigured}
	}
	a, err := f.app(ctx, s, name, project)
	switch {
	case err != nil:
		return actions.Step{State: unknown, Note: codeOf(err)}
	case f.Gone && a == nil:
		return actions.Step{State: done}
	case f.Gone || a == nil || a.started() == before:
		return actions.Step{State: waiting}
	}
	if into != nil {
		*into = a
	}
	switch op := a.Status.OperationState; op.Phase {
	case platform.OperationFailed, platform.OperationError:
		return actions.Step{State: failed, Note: cut(op.Message)}
	case platform.OperationSucceeded:
		if a.Status.Sync.Status == platform.SyncSynced {
			return actions.Step{State: done}
		}
	}
	return actions.Step{State: waiting}
}

// inside tells of the namespace and its pull secret as the -env application sees them. Before it has been synchronised since, it tells of what was.
func (f followed) inside(own *followedApp, step actions.Step) (space, secret actions.Step) {
	space = actions.Step{State: step.State, Note: step.Note}
	secret = space
	if step.State != done || f.Gone {
		return space, secret
	}
	space.State, secret.State = waiting, waiting
	for _, r := range own.Status.Resources {
		switch {
		case r.Kind == "Namespace" && r.Status == platform.SyncSynced:
			space.State = done
		case r.Name == pullSecret && (r.Kind == "VaultStaticSecret" || r.Kind == "Secret"):
			switch {
			case r.Health != nil && r.Health.Status == platform.HealthDegraded:
				secret = actions.Step{State: failed, Note: cut(r.Health.Message)}
			case r.Status == platform.SyncSynced && (r.Health == nil || r.Health.Status == platform.HealthHealthy):
				secret.State = done
			}
		}
	}
	return space, secret
}

// inCluster tells of a namespace by the quota that the platform puts into each.
func (f followed) inCluster(ctx context.Context, s actions.Systems) actions.Step {
	system := sysKubernetes + "/" + f.Cluster
	if f.Namespace == "" || s.Reader(system) == nil {
		return actions.Step{State: unknown, Note: codeNotConfigured}
	}
	var list struct {
		Items []json.RawMessage `json:"items"`
	}
	if err := ask(ctx, s, wire.Call{System: system, Path: path("/api/v1/namespaces", f.Namespace, "resourcequotas")}, &list); err != nil {
		return actions.Step{State: unknown, Note: codeOf(err)}
	}
	if f.Gone == (len(list.Items) == 0) {
		return actions.Step{State: done}
	}
	return actions.Step{State: waiting}
}

// gather joins the steps of several environments: what failed before what waits before what nobody can tell.
func gather(name string, all []actions.Step) actions.Step {
	out := actions.Step{Name: name, State: done}
	n := 0
	for _, st := range all {
		switch {
		case st.State == done:
			n++
			if len(all) == 1 {
				out.Note = st.Note
			}
		case out.State == done || weight(st.State) > weight(out.State):
			out.State, out.Note = st.State, st.Note
		}
	}
	if out.State == waiting && len(all) > 1 {
		out.Note = strconv.Itoa(n) + "/" + strconv.Itoa(len(all))
	}
	return out
}

func weight(state string) int {
	switch state {
	case failed:
		return 3
	case waiting:
		return 2
	}
	return 1
}
