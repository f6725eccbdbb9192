package deeds

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"dsotop/internal/actions"
	"dsotop/internal/actions/wire"
	"dsotop/internal/platform"
)

type consoleEnvironment struct {
	ID       string  `json:"id"`
	Name     string  `json:"name"`
	StageID  string  `json:"stageId"`
	Cluster  string  `json:"clusterId"`
	CPU      float64 `json:"cpu"`
	GPU      float64 `json:"gpu"`
	Memory   float64 `json:"memory"`
	Autosync bool    `json:"autosync"`
}

const memoEnvironment, memoName = "environment", "name"

func consoleEnvironments() []actions.Deed {
	ready := func(sc actions.Scene, sub actions.Subject) actions.Reason {
		return first(reachable(sc, sub, sysConsole), open(sc), may(sc, platform.PermManageEnvironments))
	}
	now := func(get func(platform.Environment) string) func(actions.Scene, actions.Subject) string {
		return func(sc actions.Scene, _ actions.Subject) string {
			if sc.Environment == nil {
				return ""
			}
			return get(sc.Environment.Environment)
		}
	}
	fixed := func(v string) func(actions.Scene, actions.Subject) string {
		return func(actions.Scene, actions.Subject) string { return v }
	}
	create := []actions.Param{
		{Name: "name", Type: "string", Required: true, Check: environmentName},
		{Name: "stage", Type: "string", Required: true, Default: fixed("dev")},
		{Name: "cluster", Type: "string", Required: true, Default: func(sc actions.Scene, _ actions.Subject) string {
			if sc.Dossier != nil {
				for _, e := range sc.Dossier.Environments {
					if e.Cluster.Label != "" {
						return e.Cluster.Label
					}
				}
			}
			return ""
		}},
		{Name: "cpu", Type: "number", Required: true, Default: fixed("1"), Check: plain("cpu")},
		{Name: "memory", Type: "number", Required: true, Default: fixed("2"), Check: plain("memory")},
		{Name: "gpu", Type: "number", Required: true, Default: fixed("0"), Check: plain("gpu")},
		{Name: "autosync", Type: "bool", Required: true, Default: fixed("true")},
	}
	resize := []actions.Param{
		{Name: "cpu", Type: "number", Required: true, Check: plain("cpu"), Default: now(func(e platform.Environment) string { return amount(e.Request.CPU) })},
		{Name: "memory", Type: "number", Required: true, Check: plain("memory"), Default: now(func(e platform.Environment) string { return amount(e.Request.Memory) })},
		{Name: "gpu", Type: "number", Required: true, Check: plain("gpu"), Default: now(func(e platform.Environment) string { return amount(e.Request.GPU) })},
		{Name: "autosync", Type: "bool", Required: true, Default: now(func(e platform.Environment) string { return yes(e.Autosync) })},
	}
	return []actions.Deed{
		{ID: "console.env_create", On: []actions.Kind{actions.OnProject}, Key: "n", Params: create, Base: actions.RiskWrite, Timeout: provisionTimeout, Patience: provisionPatience, Undo: undoOpposite,
			Ready: ready, Plan: planCreate, Done: environmentDone},
		{ID: "console.env_resize", On: []actions.Kind{actions.OnEnvironment}, Key: "q", Params: resize, Base: actions.RiskWrite, Timeout: provisionTimeout, Patience: provisionPatience, Undo: undoBefore,
			Ready: ready, Plan: planResize, Done: environmentDone},
		{ID: "console.env_delete", On: []actions.Kind{actions.OnEnvironment}, Key: "D", Base: actions.RiskDestructive, Timeout: provisionTimeout, Patience: provisionPatience,
			Ready: ready, Plan: planDelete, Done: environmentDone},
	}
}

// The console's own rule: 2 to 11 small letters and digits.
var environmentNames = regexp.MustCompile(`^[a-z0-9]{2,11}$`) //nolint:gochecknoglobals // a constant

func environmentName(v string) actions.Reason {
	if !environmentNames.MatchString(v) {
		return actions.Reason{Code: codeBad, Detail: "name: " + platform.CleanLine(v)}
	}
	return actions.Reason{}
}

func environmentsOf(ctx context.Context, s actions.Systems, system, project string) ([]consoleEnvironment, error) {
	var list []consoleEnvironment
	err := get(ctx, s, system, "/api/v1/environments", url.Values{"projectId": {project}}, &list)
	return list, err
}

func planCreate(ctx context.Context, s actions.Systems, sc actions.Scene, sub actions.Subject, a actions.Args) (actions.Draft, error) {
	system, none := systemOf(s, sub, sysConsole), actions.Draft{}
	want := consoleEnvironment{Name: a["name"], Autosync: a["autosync"] == "true"}
	var err error
	for name, into := range map[string]*float64{"cpu": &want.CPU, "memory": &want.Memory, "gpu": &want.GPU} {
		if *into, err = numberOf(a, name); err != nil {
			return none, err
		}
	}
	if r := environmentName(want.Name); !r.OK() {
		return none, &actions.Refusal{Reason: r}
	}
	list, err := environmentsOf(ctx, s, system, sub.ID)
	if err != nil {
		return none, err
	}
	if slices.ContainsFunc(list, func(e consoleEnvironment) bool { return e.Name == want.Name }) {
		return none, refuse(codeTaken, want.Name)
	}
	var stages []consoleNamed
	if err := get(ctx, s, system, "/api/v1/stages", nil, &stages); err != nil {
		return none, err
	}
	var known []string
	for _, st := range stages {
		known = append(known, st.Name)
		if st.Name == a["stage"] {
			want.StageID = st.ID
		}
	}
	if want.StageID == "" {
		return none, refuse(codeUnknownThing, a["stage"]+" ("+strings.Join(known, ", ")+")")
	}
	clusters, err := clustersOf(ctx, s, system)
	if err != nil {
		return none, err
	}
	known = nil
	for _, c := range clusters {
		known = append(known, c.Label)
		if c.Label == a["cluster"] {
			want.Cluster = c.ID
		}
	}
	if want.Cluster == "" {
		return none, refuse(codeUnknownThing, a["cluster"]+" ("+strings.Join(known, ", ")+")")
	}
	body := map[string]any{"name": want.Name, "stageId": want.StageID, "clusterId": want.Cluster, "cpu": want.CPU, "gpu": want.GPU, "memory": want.Memory, "autosync": want.Autosync}
	d, err := environmentDraft(ctx, s, system, sub.ID, "Create Environment", http.MethodPost, path("/api/v2/projects", sub.ID, "environments"), body)
	if err != nil {
		return none, err
	}
	older := map[string]any{"projectId": sub.ID}
	for k, v := range body {
		older[k] = v
	}
	if d.Else, err = orElse(system, http.MethodPost, "/api/v1/environments", older); err != nil {
		return none, err
	}
	d.Memo[memoName] = want.Name
	trail(ctx, s, sc, system, d.Memo, []followed{{Name: want.Name, Cluster: a["cluster"]}})
	d.Effects = append(d.Effects, actions.Effect{What: "environment", To: want.Name + " (" + platform.CleanLine(a["stage"]+", "+a["cluster"]) + ")"},
		actions.Effect{What: "cpu", To: amount(want.CPU)}, actions.Effect{What: "memory", To: amount(want.Memory)})
	if a["stage"] == platform.StageProd {
		d.Risk = actions.RiskProduction
	}
	d.Warnings = append(d.Warnings, pool(sc, a["stage"] == platform.StageProd, "", platform.Resources{CPU: want.CPU, GPU: want.GPU, Memory: want.Memory})...)
	d.Warnings = append(d.Warnings, capacity(ctx, s, system, clusters, want.Cluster, platform.Resources{CPU: want.CPU, GPU: want.GPU, Memory: want.Memory})...)
	return d, nil
}

// environmentDraft is the call with the memo of the provisioning that it makes.
func environmentDraft(ctx context.Context, s actions.Systems, system, project, action, method, path string, body any) (actions.Draft, error) {
	memo, _, err := remember(ctx, s, system, project, action)
	if err != nil {
		return actions.Draft{}, err
	}
	c, err := call(system, method, path, body)
	return actions.Draft{Call: c, Memo: memo, Warnings: []actions.Reason{warn(codeProvisions, "")}}, err
}

// orElse is the call for consoles that do not have the newer route yet.
func orElse(system, method, path string, body any) (*wire.Call, error) {
	c, err := call(system, method, path, body)
	return &c, err
}

type consoleCluster struct {
	ID     string  `json:"id"`
	Label  string  `json:"label"`
	Zone   string  `json:"zoneId"`
	CPU    float64 `json:"cpu"`
	GPU    float64 `json:"gpu"`
	Memory float64 `json:"memory"`
}

// consoleUsage is what the environments on a cluster ask for, not what they use.
type consoleUsage struct {
	CPU    float64 `json:"cpu"`
	GPU    float64 `json:"gpu"`
	Memory float64 `json:"memory"`
}

func clustersOf(ctx context.Context, s actions.Systems, system string) ([]consoleCluster, error) {
	var out []consoleCluster
	err := get(ctx, s, system, "/api/v1/clusters", nil, &out)
	return out, err
}

// pool warns when the project's pool does not hold so much more. except is an environment that does not count.
func pool(sc actions.Scene, production bool, except string, more platform.Resources) []actions.Reason {
	d := sc.Dossier
	if d == nil || d.Project.Limitless {
		return nil
	}
	limit := d.Project.Hprod
	if production {
		limit = d.Project.Prod
	}
	if limit.CPU == 0 && limit.Memory == 0 { // not checked by the console then
		return nil
	}
	used := more
	for _, e := range d.Environments {
		if !e.Undeclared && e.Production() == production && e.ID != except {
			used = used.Add(e.Request)
		}
	}
	return short(codePool, used, limit)
}

func short(code string, used, limit platform.Resources) []actions.Reason {
	var out []actions.Reason
	for _, r := range []struct {
		name       string
		used, have float64
	}{{"cpu", used.CPU, limit.CPU}, {"memory", used.Memory, limit.Memory}, {"gpu", used.GPU, limit.GPU}} {
		if r.used > r.have {
			out = append(out, warn(code, r.name+" "+amount(r.used)+" / "+amount(r.have)))
		}
	}
	return out
}

// capacity warns when the cluster does not hold so much more, as far as we may know what it holds.
func capacity(ctx context.Context, s actions.Systems, system string, clusters []consoleCluster, id string, more platform.Resources) []actions.Reason {
	for _, c := range clusters {
		if c.ID != id || c.CPU == 0 && c.Memory == 0 {
			continue
		}
		var asked consoleUsage
		if get(ctx, s, system, path("/api/v1/clusters/usage", id), nil, &asked) != nil {
			return nil
		}
		return short(codeCapacity, more.Add(platform.Resources{CPU: asked.CPU, GPU: asked.GPU, Memory: asked.Memory}), platform.Resources{CPU: c.CPU, GPU: c.GPU, Memory: c.Memory})
	}
	return nil
}

// environmentNow reads the subject as it is now.
func environmentNow(ctx context.Context, s actions.Systems, system string, sub actions.Subject) (consoleEnvironment, error) {
	list, err := environmentsOf(ctx, s, system, sub.ProjectID)
	if err != nil {
		return consoleEnvironment{}, err
	}
	for _, e := range list {
		if e.ID == sub.ID {
			return e, nil
		}
	}
	return consoleEnvironment{}, refuse(codeGone, sub.Name)
}

func planResize(ctx context.Context, s actions.Systems, sc actions.Scene, sub actions.Subject, a actions.Args) (actions.Draft, error) {
	system, none := systemOf(s, sub, sysConsole), actions.Draft{}
	e, err := environmentNow(ctx, s, system, sub)
	if err != nil {
		return none, err
	}
	var cpu, memory, gpu float64
	for name, into := range map[string]*float64{"cpu": &cpu, "memory": &memory, "gpu": &gpu} {
		if *into, err = numberOf(a, name); err != nil {
			return none, err
		}
	}
	auto := a["autosync"] == "true"
	if cpu == e.CPU && memory == e.Memory && gpu == e.GPU && auto == e.Autosync {
		return none, refuse(codeNoChange, "")
	}
	body := map[string]any{"cpu": cpu, "gpu": gpu, "memory": memory, "autosync": auto}
	d, err := environmentDraft(ctx, s, system, sub.ProjectID, "Update Environment", http.MethodPut, path("/api/v2/projects", sub.ProjectID, "environments", sub.ID), body)
	if err != nil {
		return none, err
	}
	if d.Else, err = orElse(system, http.MethodPut, path("/api/v1/environments", sub.ID), body); err != nil {
		return none, err
	}
	d.Memo[memoEnvironment], d.Memo["cpu"], d.Memo["memory"], d.Memo["gpu"], d.Memo["autosync"] = sub.ID, amount(cpu), amount(memory), amount(gpu), yes(auto)
	trail(ctx, s, sc, system, d.Memo, oneOf(sc, sub, false))
	d.Effects = slices.Concat(changed("cpu", amount(e.CPU), amount(cpu)), changed("memory", amount(e.Memory), amount(memory)), changed("gpu", amount(e.GPU), amount(gpu)), changed("autosync", yes(e.Autosync), yes(auto)))
	d.Warnings = append(d.Warnings, pool(sc, sub.Production, sub.ID, platform.Resources{CPU: cpu, GPU: gpu, Memory: memory})...)
	if clusters, err := clustersOf(ctx, s, system); err == nil {
		more := platform.Resources{CPU: cpu - e.CPU, GPU: gpu - e.GPU, Memory: memory - e.Memory}
		d.Warnings = append(d.Warnings, capacity(ctx, s, system, clusters, e.Cluster, more)...)
	}
	if sc.Environment != nil { // pods that are there stay, new ones are refused
		for _, q := range sc.Environment.Quotas {
			if q.Used["limits.cpu"] > cpu && cpu > 0 {
				d.Warnings = append(d.Warnings, warn(codeQuota, "limits.cpu "+amount(q.Used["limits.cpu"])+" / "+amount(cpu)))
			}
			if gi := q.Used["limits.memory"] / (1 << 30); gi > memory && memory > 0 {
				d.Warnings = append(d.Warnings, warn(codeQuota, "limits.memory "+amount(gi)+"Gi / "+amount(memory)+"Gi"))
			}
		}
	}
	return d, nil
}

func planDelete(ctx context.Context, s actions.Systems, sc actions.Scene, sub actions.Subject, _ actions.Args) (actions.Draft, error) {
	system, none := systemOf(s, sub, sysConsole), actions.Draft{}
	e, err := environmentNow(ctx, s, system, sub)
	if err != nil {
		return none, err
	}
	d, err := environmentDraft(ctx, s, system, sub.ProjectID, "Delete Environment", http.MethodDelete, path("/api/v2/projects", sub.ProjectID, "environments", sub.ID), nil)
	if err != nil {
		return none, err
	}
	if d.Else, err = orElse(system, http.MethodDelete, path("/api/v1/environments", sub.ID), nil); err != nil {
		return none, err
	}
	d.Memo[memoEnvironment] = sub.ID
	trail(ctx, s, sc, system, d.Memo, oneOf(sc, sub, true))
	d.Effects = []actions.Effect{{What: "environment", From: platform.CleanLine(e.Name)}}
	volumes := ""
	if sc.Environment != nil {
		for _, w := range sc.Environment.Workloads {
			d.Effects = append(d.Effects, actions.Effect{What: "workload", From: w.Kind + " " + w.Name})
			if w.Kind == "StatefulSet" || w.Kind == "Cluster" {
				volumes += " " + w.Name
			}
		}
		for _, app := range sc.Environment.Applications {
			d.Effects = append(d.Effects, actions.Effect{What: "application", From: app.Name})
		}
	}
	d.Warnings = append(d.Warnings, warn(codeVolumes, strings.TrimSpace(volumes)))
	return d, nil
}

// environmentDone looks at the log and at the environment: a tool that failed leaves the change in the console's base all the same.
func environmentDone(ctx context.Context, s actions.Systems, d actions.Draft, sub actions.Subject, since time.Time, r *wire.Reply) (actions.Sight, error) {
	seen, err := provisioned(ctx, s, d, sub, since, r)
	if err != nil || seen.State != done {
		return seen, err
	}
	list, err := environmentsOf(ctx, s, d.Call.System, d.Memo[memoProject])
	if err != nil {
		return actions.Sight{State: unknown}, err
	}
	i := slices.IndexFunc(list, func(e consoleEnvironment) bool {
		return d.Memo[memoEnvironment] != "" && e.ID == d.Memo[memoEnvironment] || d.Memo[memoEnvironment] == "" && e.Name == d.Memo[memoName]
	})
	gone := d.Memo["cpu"] == "" && d.Memo[memoName] == ""
	switch {
	case gone == (i < 0) && (d.Memo["cpu"] == "" || amount(list[i].CPU) == d.Memo["cpu"] && amount(list[i].Memory) == d.Memo["memory"] && amount(list[i].GPU) == d.Memo["gpu"] && yes(list[i].Autosync) == d.Memo["autosync"]):
		return seen, nil
	default:
		seen.State = failed
		return seen, nil
	}
}

// oneOf is the environment of a subject, to be followed.
func oneOf(sc actions.Scene, sub actions.Subject, gone bool) []followed {
	for _, f := range declared(sc) {
		if _, name, _ := strings.Cut(sub.Name, "/"); f.Name == name || f.Namespace != "" && f.Namespace == sub.Namespace {
			f.Gone = gone
			return []followed{f}
		}
	}
	return nil
}
