package deeds

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"dsotop/internal/actions"
	"dsotop/internal/actions/wire"
	"dsotop/internal/platform"
)

// A resource is named "<group>/<kind>/<namespace>/<name>", with its application before it and a bar between when that is known:
// "dso-argocd/<application>|apps/Deployment/<namespace>/<name>". A workload is named "<kind>/<name>".

const (
	memoGroup, memoVersion, memoKind, memoSpace = "group", "version", "kind", "namespace"
	memoPods                                    = "pods"     // uids, with commas
	memoResource                                = "resource" // resourceVersion
)

type node struct {
	Group     string `json:"group"`
	Version   string `json:"version"`
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	UID       string `json:"uid"`
	Parents   []struct {
		UID string `json:"uid"`
	} `json:"parentRefs"`
	Health *struct {
		Status  string `json:"status"`
		Message string `json:"message"`
	} `json:"health"`
}

func (n node) health() string {
	if n.Health == nil {
		return ""
	}
	return n.Health.Status
}

// managed judges whether an Argo CD of ours knows the thing at all.
func managed(sc actions.Scene, sub actions.Subject) actions.Reason {
	if kindOf(sub.System) == sysArgo || strings.Contains(sub.ID, "|") {
		return reachable(sc, sub, sysArgo)
	}
	for _, a := range known(sc) {
		if a.DestNamespace == sub.Namespace && a.Type == platform.AppDeploy {
			return reachable(sc, actions.Subject{System: a.Instance}, sysArgo)
		}
	}
	return actions.Reason{Code: codeNotHere}
}

func restartable(sc actions.Scene, sub actions.Subject) actions.Reason {
	if kind, _ := thing(sub); !slices.Contains([]string{"Deployment", "StatefulSet", "DaemonSet"}, kind) {
		return actions.Reason{Code: codeNotHere}
	}
	return managed(sc, sub)
}

// thing is the kind and name of a resource or workload.
func thing(sub actions.Subject) (kind, name string) {
	_, rest, found := strings.Cut(sub.ID, "|")
	if !found {
		rest = sub.ID
	}
	parts := strings.Split(rest, "/")
	switch {
	case len(parts) >= 4:
		return parts[1], strings.Join(parts[3:], "/")
	case len(parts) == 2:
		return parts[0], parts[1]
	}
	return "", rest
}

// locate finds the application that holds a resource, and its node in the application's tree.
func locate(ctx context.Context, s actions.Systems, sc actions.Scene, sub actions.Subject) (system string, memo map[string]string, found node, tree []node, err error) {
	kind, name := thing(sub)
	type candidate struct{ instance, space, app, project string }
	var all []candidate
	if app, _, ok := strings.Cut(sub.ID, "|"); ok {
		space, appName, _ := strings.Cut(app, "/")
		all = append(all, candidate{systemOf(s, sub, sysArgo), space, appName, ""})
	}
	for _, a := range known(sc) {
		if a.DestNamespace == sub.Namespace && (kindOf(sub.System) != sysArgo || a.Instance == sub.System) && s.Reader(a.Instance) != nil {
			all = append(all, candidate{a.Instance, a.Namespace, a.Name, a.AppProject})
		}
	}
	var last error
	for i, c := range all {
		if slices.Contains(all[:i], c) {
			continue
		}
		memo = map[string]string{memoApp: c.app, memoAppSpace: c.space, memoAppProj: c.project}
		if memo[memoAppProj] == "" {
			app, err := readApp(ctx, s, c.instance, memo)
			if err != nil {
				last = err
				continue
			}
			memo[memoAppProj] = app.Spec.Project
		}
		var t struct {
			Nodes []node `json:"nodes"`
		}
		if err := get(ctx, s, c.instance, appPath(memo, "resource-tree"), appQuery(memo), &t); err != nil {
			last = err
			continue
		}
		for _, n := range t.Nodes {
			if n.Kind == kind && n.Name == name && (sub.Namespace == "" || n.Namespace == sub.Namespace) {
				memo[memoGroup], memo[memoVersion], memo[memoKind], memo[memoSpace], memo[memoName] = n.Group, n.Version, n.Kind, n.Namespace, n.Name
				return c.instance, memo, n, t.Nodes, nil
			}
		}
	}
	if last == nil {
		last = refuse(codeUnknownThing, kind+" "+name)
	}
	return "", nil, node{}, nil, last
}

// podsBelow are the pods that descend from a node.
func podsBelow(tree []node, root node) []node {
	below := map[string]bool{root.UID: true}
	var out []node
	for range 4 { // Deployment, ReplicaSet, Pod; CronJob, Job, Pod
		for _, n := range tree {
			if below[n.UID] {
				continue
			}
			for _, p := range n.Parents {
				if below[p.UID] {
					below[n.UID] = true
					if n.Kind == "Pod" {
						out = append(out, n)
					}
				}
			}
		}
	}
	return out
}

// actionCalls are the two routes of an action on a resource: the newer one, and the one of servers before 3.1.
func actionCalls(system string, memo map[string]string, action string) (now wire.Call, before *wire.Call, err error) {
	now, err = call(system, http.MethodPost, appPath(memo, "resource/actions/v2"), map[string]any{"appNamespace": memo[memoAppSpace], "project": memo[memoAppProj], "namespace": memo[memoSpace], "resourceName": memo[memoName],
		"version": memo[memoVersion], "group": memo[memoGroup], "kind": memo[memoKind], "action": action})
	if err != nil {
		return now, nil, err
	}
	if before, err = orElse(system, http.MethodPost, appPath(memo, "resource/actions"), action); err != nil {
		return now, nil, err
	}
	before.Query = resourceQuery(memo)
	return now, before, nil
}

func resourceQuery(memo map[string]string) url.Values {
	q := appQuery(memo)
	for name, key := range map[string]string{"namespace": memoSpace, "resourceName": memoName, "version": memoVersion, "kind": memoKind, "group": memoGroup} {
		if memo[key] != "" {
			q.Set(name, memo[key])
		}
	}
	return q
}

func planRestartByArgo(ctx context.Context, s actions.Systems, sc actions.Scene, sub actions.Subject, _ actions.Args) (actions.Draft, error) {
	system, memo, n, tree, err := locate(ctx, s, sc, sub)
	if err != nil {
		return actions.Draft{}, err
	}
	d := actions.Draft{Memo: memo, Command: "argocd app actions run " + shell(appName(memo)) + " restart --kind " + n.Kind + " --resource-name " + shell(n.Name)}
	var uids []string
	for _, p := range podsBelow(tree, n) {
		uids = append(uids, p.UID)
		d.Effects = append(d.Effects, actions.Effect{What: "pod", From: platform.CleanLine(p.Name), To: "new_pod"})
	}
	memo[memoPods] = strings.Join(uids, ",")
	if d.Warnings, err = restartWarningsByArgo(ctx, s, sc, system, memo, n, tree); err != nil {
		return actions.Draft{}, err
	}
	if len(uids) == 1 && !slices.ContainsFunc(d.Warnings, func(r actions.Reason) bool { return r.Code == codeSingle }) {
		d.Warnings = append(d.Warnings, warn(codeSingle, n.Name))
	}
	d.Call, d.Else, err = actionCalls(system, memo, "restart")
	return d, err
}

// budgetsRead bounds how many budgets of an application are read for one plan.
const budgetsRead = 8

// restartWarningsByArgo are what Argo CD tells of a controller and of the budgets beside it, as far as we may read them there: who has no right on the cluster has one on the
// application. Budgets that the application does not hold are known where the cluster itself may be asked.
func restartWarningsByArgo(ctx context.Context, s actions.Systems, sc actions.Scene, system string, memo map[string]string, n node, tree []node) ([]actions.Reason, error) {
	var w kubeObject
	if liveObject(ctx, s, system, memo, n, &w) != nil {
		return nil, nil //nolint:nilerr // no right to see the object: nothing is said of it
	}
	if err := w.notRestarted(n.Name); err != nil {
		return nil, err
	}
	labels := w.Spec.Template.Metadata.Labels
	return w.restartWarnings(n.Kind, n.Name, func() []kubeBudget {
		where := actions.Subject{Namespace: n.Namespace}
		if where.System = clusterOf(sc, where); where.System != "" && s.Reader(where.System) != nil {
			if out := budgetsOn(ctx, s, where, labels); out != nil {
				return out
			}
		}
		var out []kubeBudget
		read := 0
		for _, x := range tree {
			if x.Kind != "PodDisruptionBudget" || x.Namespace != n.Namespace || read == budgetsRead {
				continue
			}
			read++
			var b kubeBudget
			if liveObject(ctx, s, system, memo, x, &b) == nil && b.Status.Expected > 0 && b.Spec.Selector.matches(labels) {
				out = append(out, b)
			}
		}
		return out
	}), nil
}

// liveObject reads an object of an application as it is in its cluster.
func liveObject(ctx context.Context, s actions.Systems, system string, memo map[string]string, n node, into any) error {
	of := maps.Clone(memo)
	of[memoGroup], of[memoVersion], of[memoKind], of[memoSpace], of[memoName] = n.Group, n.Version, n.Kind, n.Namespace, n.Name
	var r struct {
		Manifest string `json:"manifest"`
	}
	if err := get(ctx, s, system, appPath(memo, "resource"), resourceQuery(of), &r); err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(r.Manifest), into); err != nil {
		return refuse(codeUnreadable, n.Name)
	}
	return nil
}

func restartedByArgo(ctx context.Context, s actions.Systems, d actions.Draft, _ actions.Subject, _ time.Time, _ *wire.Reply) (actions.Sight, error) {
	var t struct {
		Nodes []node `json:"nodes"`
	}
	if err := get(ctx, s, d.Call.System, appPath(d.Memo, "resource-tree"), appQuery(d.Memo), &t); err != nil {
		return actions.Sight{State: unknown}, err
	}
	i := slices.IndexFunc(t.Nodes, func(n node) bool {
		return n.Kind == d.Memo[memoKind] && n.Name == d.Memo[memoName] && n.Namespace == d.Memo[memoSpace]
	})
	if i < 0 {
		return sight(failed, d.Memo[memoKind]+" "+d.Memo[memoName])
	}
	pods := podsBelow(t.Nodes, t.Nodes[i])
	return rollout(pods, strings.Split(d.Memo[memoPods], ","), t.Nodes[i].health()), nil
}

// rollout judges by its pods how far a replacement is: none of those of before is left, and those of now are well.
func rollout(pods []node, before []string, health string) actions.Sight {
	out := actions.Sight{State: running}
	old, well, bad := 0, 0, ""
	for _, p := range pods {
		if slices.Contains(before, p.UID) {
			old++
			continue
		}
		st := actions.Step{Name: platform.CleanLine(p.Name), State: running}
		switch p.health() {
		case platform.HealthHealthy:
			st.State = done
			well++
		case platform.HealthDegraded:
			st.State = failed
			bad = p.Name
			if p.Health.Message != "" {
				st.Note = cut(p.Health.Message)
			}
		}
		out.Progress = append(out.Progress, st)
	}
	switch {
	case bad != "":
		out.State, out.Note = failed, platform.CleanLine(bad)
	case old == 0 && well == len(pods) && (well > 0 || len(before) == 1 && before[0] == "") && health != platform.HealthProgressing && health != platform.HealthDegraded:
		out.State = done
	}
	return out
}

type argoActions struct {
	Actions []struct {
		Name     string `json:"name"`
		Disabled bool   `json:"disabled"`
	} `json:"actions"`
}

func planResourceAction(ctx context.Context, s actions.Systems, sc actions.Scene, sub actions.Subject, a actions.Args) (actions.Draft, error) {
	system, memo, n, _, err := locate(ctx, s, sc, sub)
	if err != nil {
		return actions.Draft{}, err
	}
	var list argoActions
	if err := get(ctx, s, system, appPath(memo, "resource/actions"), resourceQuery(memo), &list); err != nil {
		return actions.Draft{}, err
	}
	var names []string
	there := false
	for _, x := range list.Actions {
		names = append(names, platform.CleanLine(x.Name))
		if x.Name == a["action"] {
			if x.Disabled {
				return actions.Draft{}, refuse(codeNothing, x.Name)
			}
			there = true
		}
	}
	if !there {
		return actions.Draft{}, refuse(codeUnknownThing, a["action"]+" ("+strings.Join(names, ", ")+")")
	}
	version, err := resourceVersion(ctx, s, system, memo)
	if err != nil {
		return actions.Draft{}, err
	}
	memo[memoResource] = version
	d := actions.Draft{Memo: memo, Effects: []actions.Effect{{What: "action", To: platform.CleanLine(a["action"] + " " + n.Kind + " " + n.Name)}},
		Command: "argocd app actions run " + shell(appName(memo)) + " " + shell(a["action"]) + " --kind " + shell(n.Kind) + " --resource-name " + shell(n.Name)}
	d.Call, d.Else, err = actionCalls(system, memo, a["action"])
	return d, err
}

// resourceVersion tells whether an object is still the one that was seen.
func resourceVersion(ctx context.Context, s actions.Systems, system string, memo map[string]string) (string, error) {
	var o struct {
		Metadata struct {
			ResourceVersion string `json:"resourceVersion"`
		} `json:"metadata"`
	}
	if err := liveObject(ctx, s, system, memo, node{Group: memo[memoGroup], Version: memo[memoVersion], Kind: memo[memoKind], Namespace: memo[memoSpace], Name: memo[memoName]}, &o); err != nil {
		return "", err
	}
	return o.Metadata.ResourceVersion, nil
}

// resourceActed looks whether the object moved. An action that makes another object (a job) leaves it as it is: then the answer is all there is.
func resourceActed(ctx context.Context, s actions.Systems, d actions.Draft, _ actions.Subject, _ time.Time, r *wire.Reply) (actions.Sight, error) {
	version, err := resourceVersion(ctx, s, d.Call.System, d.Memo)
	switch {
	case err != nil:
		return actions.Sight{State: unknown}, err
	case version != d.Memo[memoResource] || r != nil && r.OK():
		return sight(done, "")
	}
	return sight(running, "")
}
