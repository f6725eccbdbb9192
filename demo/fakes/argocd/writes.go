package argocd

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"

	"dsotop/demo/world"
)

// may is the built-in policy: the administrator may all, a team may act on the applications that it deploys itself.
func (id who) may(a *world.Application, action string) bool {
	verb, _, _ := strings.Cut(action, "/")
	return id.admin || id.seesProject(a.AppProject) && !strings.HasSuffix(a.AppProject, "-observability") && slices.Contains([]string{"sync", "action", "override"}, verb)
}

func (id who) name() string {
	if id.admin {
		return "admin"
	}
	return "devops." + id.slug
}

func precondition(msg string) *refusal { return &refusal{http.StatusBadRequest, 9, msg} }

// write carries out what the API changes: operations and actions on resources. Everything else is refused.
func (f *face) write(rw http.ResponseWriter, r *http.Request, id who) {
	body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, 1<<20))
	rest, ok := strings.CutPrefix(r.URL.Path, "/api/v1/applications/")
	name, what, _ := strings.Cut(rest, "/")
	do := map[string]func(*world.Tx, *world.Application, *http.Request, who, []byte) (any, *refusal){
		"POST sync": f.sync, "POST rollback": f.rollback, "DELETE operation": f.terminate, "POST resource/actions/v2": f.actionV2, "POST resource/actions": f.action,
	}[r.Method+" "+what]
	if err != nil || !ok || do == nil {
		denied(rw)
		return
	}
	r.SetPathValue("name", name)
	var out any
	var no *refusal
	code := http.StatusForbidden
	f.w.Update(func(tx *world.Tx) {
		var a *world.Application
		if a, code = f.find(tx.State, r, id); a != nil {
			out, no = do(tx, a, r, id, body)
		}
	})
	switch {
	case code != http.StatusOK:
		missing(rw, r, code)
	case no != nil && no.status == http.StatusForbidden:
		denied(rw)
	case no != nil:
		refuse(rw, no.status, no.code, no.msg)
	default:
		reply(rw, http.StatusOK, out)
	}
}

func decode(body []byte, into any) *refusal {
	if err := json.Unmarshal(body, into); err != nil {
		return &refusal{http.StatusBadRequest, 3, err.Error()}
	}
	return nil
}

func busy(a *world.Application) bool {
	return a.Operation != nil && (a.Operation.Phase == "Running" || a.Operation.Phase == "Terminating")
}

func (f *face) sync(tx *world.Tx, a *world.Application, _ *http.Request, id who, body []byte) (any, *refusal) {
	var in struct {
		Revision        string
		Revisions       []string
		SourcePositions []int `json:"sourcePositions"`
		DryRun          bool  `json:"dryRun"`
		Prune           bool
		Resources       []struct{ Group, Kind, Name, Namespace string }
	}
	if no := decode(body, &in); no != nil {
		return nil, no
	}
	if len(a.ExtraSources) > 0 { // of several sources, "revision" is not looked at
		in.Revision = ""
		for i, n := range in.SourcePositions {
			switch {
			case n < 1 || n > 1+len(a.ExtraSources) || i >= len(in.Revisions):
				return nil, &refusal{http.StatusInternalServerError, 2, "source position is out of range"}
			case n == 1:
				in.Revision = in.Revisions[i]
			}
		}
	}
	switch {
	case !id.may(a, "sync"):
		return nil, &refusal{status: http.StatusForbidden}
	case f.windowClosed(a):
		return nil, &refusal{http.StatusForbidden, 7, "cannot sync: blocked by sync window"}
	case busy(a):
		return nil, precondition("another operation is already in progress")
	case a.Autosync && in.Revision != "" && in.Revision != a.TargetRevision && !in.DryRun:
		return nil, precondition("Cannot sync to " + in.Revision + ": auto-sync currently set to " + a.TargetRevision)
	}
	only := map[string]bool{}
	for _, k := range in.Resources {
		only[k.Group+"/"+k.Kind+"/"+k.Name] = true
	}
	revision := in.Revision
	if revision == "" || revision == a.TargetRevision {
		revision = tx.State.Head(a)
	}
	tx.OperateApplication(a, revision, id.name(), in.DryRun, only)
	return toApplication(a), nil
}

func (f *face) rollback(tx *world.Tx, a *world.Application, _ *http.Request, id who, body []byte) (any, *refusal) {
	var in struct {
		ID     json.Number
		DryRun bool `json:"dryRun"`
	}
	if no := decode(body, &in); no != nil {
		return nil, no
	}
	switch {
	case !id.may(a, "sync"):
		return nil, &refusal{status: http.StatusForbidden}
	case f.windowClosed(a):
		return nil, &refusal{http.StatusForbidden, 7, "cannot sync: blocked by sync window"}
	case a.Autosync:
		return nil, precondition("rollback cannot be initiated when auto-sync is enabled")
	case busy(a):
		return nil, precondition("another operation is already in progress")
	}
	n, _ := in.ID.Int64()
	for _, h := range a.History {
		if h.ID == n {
			tx.OperateApplication(a, h.Revision, id.name(), in.DryRun, nil)
			return toApplication(a), nil
		}
	}
	return nil, &refusal{http.StatusBadRequest, 3, "application " + a.Name + " does not have deployment with id " + in.ID.String()}
}

func (f *face) terminate(tx *world.Tx, a *world.Application, _ *http.Request, id who, _ []byte) (any, *refusal) {
	if !id.may(a, "sync") {
		return nil, &refusal{status: http.StatusForbidden}
	}
	if !tx.TerminateOperation(a) {
		return nil, &refusal{http.StatusBadRequest, 3, "Unable to terminate operation. No operation is in progress"}
	}
	return object{}, nil
}

type actionOn struct {
	Namespace, ResourceName, Version, Group, Kind, Action string
}

// actions are those of a kind, as the resource customisations of Argo CD have them.
func actions(kind string) []string {
	switch kind {
	case "Deployment":
		return []string{"pause", "restart", "scale"}
	case "StatefulSet", "DaemonSet":
		return []string{"restart"}
	case "CronJob":
		return []string{"create-job", "resume", "suspend"}
	}
	return nil
}

// actionV2 exists since 3.1; an older server does not know it.
func (f *face) actionV2(tx *world.Tx, a *world.Application, _ *http.Request, id who, body []byte) (any, *refusal) {
	if f.o.NoActionsV2 {
		return nil, &refusal{http.StatusNotFound, 5, "Not Found"}
	}
	var in actionOn
	if no := decode(body, &in); no != nil {
		return nil, no
	}
	return act(tx, a, id, in)
}

func (f *face) action(tx *world.Tx, a *world.Application, r *http.Request, id who, body []byte) (any, *refusal) {
	q := r.URL.Query()
	in := actionOn{Namespace: q.Get("namespace"), ResourceName: q.Get("resourceName"), Version: q.Get("version"), Group: q.Get("group"), Kind: q.Get("kind")}
	if no := decode(body, &in.Action); no != nil {
		return nil, no
	}
	return act(tx, a, id, in)
}

func act(tx *world.Tx, a *world.Application, id who, in actionOn) (any, *refusal) {
	if !id.may(a, "action/"+in.Group+"/"+in.Kind+"/"+in.Action) {
		return nil, &refusal{status: http.StatusForbidden}
	}
	x := treeOf(a).workload(world.AppResource{Kind: in.Kind, Name: in.ResourceName})
	switch {
	case x == nil:
		return nil, &refusal{http.StatusBadRequest, 3, in.Kind + " " + in.Group + " " + in.ResourceName + " not found as part of application " + a.Name}
	case !slices.Contains(actions(in.Kind), in.Action):
		return nil, &refusal{http.StatusNotFound, 5, "action " + in.Action + " not found"}
	case in.Action == "restart":
		tx.RestartWorkload(x)
	case in.Action == "create-job":
		tx.RunCronJob(x, "")
	default:
		tx.Touch(x, world.Modified)
	}
	return object{}, nil
}

// resourceActions lists what may be done to one resource.
func (f *face) resourceActions(_ *world.State, a *world.Application, r *http.Request) (any, *refusal) {
	q := r.URL.Query()
	if treeOf(a).workload(world.AppResource{Kind: q.Get("kind"), Name: q.Get("resourceName")}) == nil {
		return nil, &refusal{http.StatusBadRequest, 3, q.Get("kind") + " " + q.Get("group") + " " + q.Get("resourceName") + " not found as part of application " + a.Name}
	}
	list := []object{}
	for _, name := range actions(q.Get("kind")) {
		list = append(list, object{"name": name, "disabled": false})
	}
	return object{"actions": list}, nil
}

// windowClosed reports whether a window keeps synchronisations by hand out.
func (f *face) windowClosed(a *world.Application) bool {
	return f.o.ClosedWindows != nil && f.o.ClosedWindows(a.Name)
}
