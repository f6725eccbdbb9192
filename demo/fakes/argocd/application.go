package argocd

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/labels"

	"dsotop/demo/world"
)

func rfc(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// put sets a field unless it is empty, as the gateway leaves empty fields out.
func put(o object, name, value string) {
	if value != "" {
		o[name] = value
	}
}

func putTime(o object, name string, t time.Time) {
	if !t.IsZero() {
		o[name] = rfc(t)
	}
}

func sourceOf(a *world.Application) object {
	s := object{"repoURL": a.RepoURL}
	put(s, "path", a.Path)
	put(s, "targetRevision", a.TargetRevision)
	put(s, "chart", a.Chart)
	if len(a.ValueFiles) > 0 {
		s["helm"] = object{"valueFiles": slices.Clone(a.ValueFiles)}
	}
	return s
}

// setSources writes source, or sources of a multi-source application.
func setSources(o object, a *world.Application) {
	if len(a.ExtraSources) == 0 {
		o["source"] = sourceOf(a)
		return
	}
	list := []object{sourceOf(a)}
	for _, x := range a.ExtraSources {
		s := object{"repoURL": x.RepoURL}
		put(s, "path", x.Path)
		put(s, "targetRevision", x.TargetRevision)
		put(s, "ref", x.Ref)
		list = append(list, s)
	}
	o["sources"] = list
}

// setRevision writes revision, or revisions of a multi-source application.
func setRevision(o object, a *world.Application, rev string) {
	if len(a.ExtraSources) == 0 {
		put(o, "revision", rev)
		return
	}
	list := []string{rev}
	for range a.ExtraSources {
		list = append(list, rev)
	}
	o["revisions"] = list
}

func destination(a *world.Application) object {
	d := object{"namespace": a.DestNamespace}
	if a.DestCluster == "in-cluster" {
		d["server"] = "https://kubernetes.default.svc"
	} else {
		put(d, "name", a.DestCluster)
	}
	return d
}

// toApplication is the Application as the API writes it. It is called under View.
func toApplication(a *world.Application) object {
	meta := object{"name": a.Name, "namespace": a.Namespace, "uid": a.UID, "resourceVersion": strconv.FormatUint(a.Rev, 10), "generation": len(a.History) + 1, "creationTimestamp": rfc(a.CreatedAt)}
	if len(a.Labels) > 0 {
		meta["labels"] = maps.Clone(a.Labels) // the answer is written after the lock is gone
		if a.Labels["dso/type"] == "app" {
			meta["finalizers"] = []string{"resources-finalizer.argocd.argoproj.io"}
		}
	}
	spec := object{"destination": destination(a), "project": a.AppProject}
	setSources(spec, a)
	if a.Hydration != nil {
		delete(spec, "source")
		spec["sourceHydrator"] = hydrator(a)
	}
	if a.Autosync {
		auto := object{"allowEmpty": true}
		if a.Prune {
			auto["prune"] = true
		}
		if a.SelfHeal {
			auto["selfHeal"] = true
		}
		spec["syncPolicy"] = object{"automated": auto}
	}
	return object{"metadata": meta, "spec": spec, "status": status(a)}
}

func status(a *world.Application) object {
	compared := object{"destination": destination(a)}
	setSources(compared, a)
	sync := object{"status": a.Sync, "comparedTo": compared}
	setRevision(sync, a, a.Revision)
	health := object{"status": a.Health}
	putTime(health, "lastTransitionTime", a.HealthSince)
	s := object{"sync": sync, "health": health, "sourceType": "Helm", "controllerNamespace": "dso-argocd", "resourceHealthSource": "appTree", "summary": object{}}
	if len(a.ValueFiles) == 0 && a.Chart == "" {
		s["sourceType"] = "Directory"
	}
	if len(a.Images) > 0 {
		s["summary"] = object{"images": slices.Clone(a.Images)}
	}
	putTime(s, "reconciledAt", a.ReconciledAt)
	var resources []object
	for _, r := range a.Resources {
		o := ref(r)
		put(o, "status", r.Sync)
		if r.Health != "" {
			h := object{"status": r.Health}
			put(h, "message", r.HealthMessage)
			o["health"] = h
		}
		resources = append(resources, o)
	}
	if resources != nil {
		s["resources"] = resources
	}
	by := object{"automated": true}
	if !a.Autosync && a.Operation != nil && a.Operation.By != "" {
		by = object{"username": a.Operation.By}
	}
	var history []object
	for _, d := range a.History {
		h := object{"id": d.ID, "deployedAt": rfc(d.At), "deployStartedAt": rfc(d.At.Add(-4 * time.Second)), "initiatedBy": by}
		setSources(h, a)
		setRevision(h, a, d.Revision)
		history = append(history, h)
	}
	if history != nil {
		s["history"] = history
	}
	var conditions []object
	for _, c := range a.Conditions {
		conditions = append(conditions, object{"type": c.Type, "message": c.Message, "lastTransitionTime": rfc(c.At)})
	}
	if conditions != nil {
		s["conditions"] = conditions
	}
	if a.Operation != nil {
		s["operationState"] = operationState(a)
	}
	if a.Hydration != nil {
		s["sourceHydrator"] = hydrated(a)
	}
	return s
}

// hydrator is what is written, and where the manifests go that are made of it.
func hydrator(a *world.Application) object {
	return object{"drySource": object{"repoURL": a.RepoURL, "targetRevision": a.TargetRevision, "path": a.Path}, "syncSource": object{"targetBranch": a.Hydration.Branch, "path": a.Path}}
}

// hydrated is how the newest making of manifests went, and the last that went well.
func hydrated(a *world.Application) object {
	h := a.Hydration
	now := object{"startedAt": rfc(h.At.Add(-3 * time.Second)), "finishedAt": rfc(h.At), "phase": h.Phase, "drySHA": h.Written, "sourceHydrator": hydrator(a)}
	put(now, "message", h.Message)
	if h.Phase != "Failed" {
		now["hydratedSHA"] = a.Revision
	}
	return object{"currentOperation": now, "lastSuccessfulOperation": object{"drySHA": h.Written, "hydratedSHA": a.Revision, "sourceHydrator": hydrator(a)}}
}

func ref(r world.AppResource) object {
	o := object{"version": r.Version, "kind": r.Kind, "name": r.Name}
	put(o, "group", r.Group)
	put(o, "namespace", r.Namespace)
	return o
}

func operationState(a *world.Application) object {
	op := a.Operation
	by := object{"automated": true}
	if op.By != "" {
		by = object{"username": op.By}
	}
	asked := object{}
	setRevision(asked, a, op.Revision)
	if a.Prune {
		asked["prune"] = true
	}
	if healed := op.Healed; len(healed) > 0 { // Argo CD synchronises those alone
		var some []object
		for _, r := range healed {
			some = append(some, ref(r))
		}
		asked["resources"], asked["autoHealAttemptsCount"] = some, 1
	}
	result := object{}
	setSources(result, a)
	setRevision(result, a, op.Revision)
	var done []object
	for _, r := range op.Results {
		o := ref(r)
		put(o, "status", r.SyncStatus)
		put(o, "message", r.Message)
		o["syncPhase"] = "Sync"
		hook := "Running"
		if r.SyncStatus == "SyncFailed" {
			hook = "Failed"
		}
		if r.Hook != "" {
			o["hookType"], o["syncPhase"], hook = r.Hook, r.Hook, r.HookPhase
		}
		o["hookPhase"] = hook
		done = append(done, o)
	}
	if done != nil {
		result["resources"] = done
	}
	out := object{"operation": object{"sync": asked, "initiatedBy": by, "retry": object{"limit": 5}}, "phase": op.Phase, "startedAt": rfc(op.StartedAt), "syncResult": result}
	put(out, "message", op.Message)
	putTime(out, "finishedAt", op.FinishedAt)
	return out
}

// filter is what lists and streams may ask for.
type filter struct {
	name, repo, namespace string
	projects              []string
	selector              labels.Selector
}

func newFilter(r *http.Request) (filter, *refusal) {
	q := r.URL.Query()
	f := filter{name: q.Get("name"), repo: q.Get("repo"), namespace: q.Get("appNamespace"), projects: append(q["projects"], q["project"]...)}
	selector, err := labels.Parse(q.Get("selector"))
	if err != nil {
		return f, &refusal{http.StatusBadRequest, 3, "error parsing the selector: " + err.Error()}
	}
	f.selector = selector
	return f, nil
}

func (q filter) keeps(a *world.Application) bool {
	return (q.name == "" || q.name == a.Name) && (q.namespace == "" || q.namespace == a.Namespace) &&
		(q.repo == "" || strings.TrimSuffix(q.repo, ".git") == strings.TrimSuffix(a.RepoURL, ".git")) &&
		(len(q.projects) == 0 || slices.Contains(q.projects, a.AppProject)) && q.selector.Matches(labels.Set(a.Labels))
}

func (f *face) list(rw http.ResponseWriter, r *http.Request, id who) {
	q, no := newFilter(r)
	if no != nil {
		refuse(rw, no.status, no.code, no.msg)
		return
	}
	items := []object{}
	rev := f.w.Rev()
	f.w.View(func(st *world.State) {
		for _, a := range st.Applications {
			if f.inZone(a) && id.sees(a) && q.keeps(a) {
				items = append(items, toApplication(a))
			}
		}
		rev = f.w.Rev()
		slices.SortFunc(items, func(a, b object) int {
			return strings.Compare(a["metadata"].(object)["name"].(string), b["metadata"].(object)["name"].(string))
		})
	})
	body := object{"metadata": object{"resourceVersion": strconv.FormatUint(rev, 10)}, "items": items}
	reply(rw, http.StatusOK, prune(body, r.URL.Query().Get("fields")))
}

func (f *face) application(_ *world.State, a *world.Application, _ *http.Request) (any, *refusal) {
	return toApplication(a), nil
}

// prune keeps the wanted fields (a.b,c.d) or, when the list begins with "-", drops them. Lists are looked through.
func prune(v any, fields string) any {
	if fields == "" {
		return v
	}
	body, err := json.Marshal(v)
	if err != nil {
		return v
	}
	var tree any
	if json.Unmarshal(body, &tree) != nil {
		return v
	}
	list, exclude := strings.CutPrefix(fields, "-")
	wanted := object{}
	for _, path := range strings.Split(list, ",") {
		at := wanted
		for _, step := range strings.Split(strings.TrimSpace(path), ".") {
			next, ok := at[step].(object)
			if !ok {
				next = object{}
				at[step] = next
			}
			at = next
		}
	}
	return trim(tree, wanted, exclude)
}

func trim(v any, wanted object, exclude bool) any {
	switch x := v.(type) {
	case []any:
		for i := range x {
			x[i] = trim(x[i], wanted, exclude)
		}
		return x
	case object:
		for k := range x {
			deeper, named := wanted[k].(object)
			switch {
			case named && len(deeper) > 0:
				x[k] = trim(x[k], deeper, exclude)
			case named == exclude:
				delete(x, k)
			}
		}
		return x
	}
	return v
}

// revision is the commit behind a revision, when the world has it.
func (f *face) revision(st *world.State, a *world.Application, r *http.Request) (any, *refusal) {
	sha := r.PathValue("revision")
	for _, p := range st.Projects {
		for _, repo := range p.Repositories {
			if repo.Git == nil || len(sha) < 7 {
				continue
			}
			for _, c := range repo.Git.Commits {
				if strings.HasPrefix(c.SHA, sha) {
					return object{"author": fmt.Sprintf("%s <%s>", c.Author, c.Email), "date": rfc(c.At), "message": c.Title}, nil
				}
			}
		}
	}
	if sha == a.Revision { // of a repository of the platform, whose commits the world does not keep
		return object{"author": "console <console@example.gouv.fr>", "date": rfc(a.CreatedAt), "message": "ci: :robot_face: Sync"}, nil
	}
	return nil, &refusal{http.StatusInternalServerError, 2, "unable to resolve '" + sha + "' to a commit SHA"}
}

func (f *face) syncWindows(_ *world.State, a *world.Application, _ *http.Request) (any, *refusal) {
	if f.windowClosed(a) {
		window := object{"kind": "deny", "schedule": "0 8 * * 1-5", "duration": "10h", "manualSync": false}
		return object{"canSync": false, "activeWindows": []object{window}, "assignedWindows": []object{window}}, nil
	}
	return object{"canSync": true}, nil
}
