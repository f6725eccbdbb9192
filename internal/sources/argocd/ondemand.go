package argocd

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"dsotop/internal/desk"
	"dsotop/internal/platform"
	"dsotop/internal/sources"
	"dsotop/internal/sources/transport"
)

// What is kept of one answer: more than that is not read on a screen, and a namespace may hold it.
const (
	mostNodes = 5000
	mostDiffs = 2000
)

func idOf(app desk.AppRef) appID { return appID{app.Namespace, app.Name} }

func pathOf(app desk.AppRef, rest string) string {
	return "/api/v1/applications/" + url.PathEscape(app.Name) + rest
}

// broken is the fault of an answer that cannot be read. The decoder's own words may quote the answer, so they are left out.
func (s *Source) broken(path, what string) error {
	return &transport.Fault{Class: transport.ClassMalformed, Source: s.name, Method: http.MethodGet, URL: s.base + path, Message: what}
}

// Application implements desk.GitOps.
func (s *Source) Application(ctx context.Context, app desk.AppRef) (desk.ApplicationDetail, error) {
	var w wireDetail
	if _, err := s.client.GetJSON(ctx, pathOf(app, ""), queryOf(idOf(app)), &w); err != nil {
		return desk.ApplicationDetail{}, err
	}
	return mapDetail(&w), nil
}

// wireDetail is the part of an application that the list does not keep.
type wireDetail struct {
	Status struct {
		OperationState *struct {
			wireOperation
			RetryCount int64 `json:"retryCount"`
			Operation  struct {
				Sync *struct {
					Revision  string   `json:"revision"`
					Revisions []string `json:"revisions"`
					Prune     bool     `json:"prune"`
					DryRun    bool     `json:"dryRun"`
				} `json:"sync"`
				InitiatedBy wireInitiator `json:"initiatedBy"`
			} `json:"operation"`
			SyncResult *struct {
				Revision  string   `json:"revision"`
				Revisions []string `json:"revisions"`
				Resources []struct {
					Group     string `json:"group"`
					Version   string `json:"version"`
					Kind      string `json:"kind"`
					Namespace string `json:"namespace"`
					Name      string `json:"name"`
					Status    string `json:"status"`
					Message   string `json:"message"`
					HookType  string `json:"hookType"`
					HookPhase string `json:"hookPhase"`
				} `json:"resources"`
			} `json:"syncResult"`
		} `json:"operationState"`
		History []struct {
			ID              int64         `json:"id"`
			Revision        string        `json:"revision"`
			Revisions       []string      `json:"revisions"`
			DeployStartedAt stamp         `json:"deployStartedAt"`
			DeployedAt      stamp         `json:"deployedAt"`
			InitiatedBy     wireInitiator `json:"initiatedBy"`
		} `json:"history"`
	} `json:"status"`
}

type wireInitiator struct {
	Username  string `json:"username"`
	Automated bool   `json:"automated"`
}

func (i wireInitiator) name() string {
	if i.Automated {
		return "automated"
	}
	return line(i.Username)
}

func revisionsOf(one string, many []string) []string {
	if len(many) > 0 {
		return lines(many)
	}
	if one == "" {
		return nil
	}
	return []string{line(one)}
}

func mapDetail(w *wireDetail) desk.ApplicationDetail {
	var d desk.ApplicationDetail
	if op := w.Status.OperationState; op != nil {
		d.Operation = platform.Operation{Phase: line(op.Phase), Message: message(op.Message), StartedAt: op.StartedAt.Time, FinishedAt: op.FinishedAt.Time, By: op.Operation.InitiatedBy.name()}
		d.Retries = op.RetryCount
		if sync := op.Operation.Sync; sync != nil {
			d.Prune, d.DryRun = sync.Prune, sync.DryRun
			d.Operation.Revision = strings.Join(revisionsOf(sync.Revision, sync.Revisions), " ")
		}
		if done := op.SyncResult; done != nil {
			if rev := strings.Join(revisionsOf(done.Revision, done.Revisions), " "); rev != "" {
				d.Operation.Revision = rev
			}
			for _, r := range done.Resources {
				d.Results = append(d.Results, desk.SyncResult{
					ObjectRef: desk.ObjectRef{Group: line(r.Group), Version: line(r.Version), Kind: line(r.Kind), Namespace: line(r.Namespace), Name: line(r.Name)},
					Status:    line(r.Status), Phase: line(r.HookPhase), Hook: line(r.HookType), Message: message(r.Message),
				})
			}
			slices.SortStableFunc(d.Results, func(a, b desk.SyncResult) int { return cmp.Compare(resultRank(a), resultRank(b)) })
		}
	}
	for _, h := range w.Status.History {
		d.History = append(d.History, desk.Rollout{ID: h.ID, Revisions: revisionsOf(h.Revision, h.Revisions), StartedAt: h.DeployStartedAt.Time, At: h.DeployedAt.Time, By: h.InitiatedBy.name()})
	}
	slices.SortStableFunc(d.History, func(a, b desk.Rollout) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(b.ID, a.ID)) })
	return d
}

func resultRank(r desk.SyncResult) int {
	switch {
	case r.Status == "SyncFailed" || r.Phase == "Failed" || r.Phase == "Error":
		return 0
	case r.Status == "PruneSkipped":
		return 1
	}
	return 2
}

// Tree implements desk.GitOps.
func (s *Source) Tree(ctx context.Context, app desk.AppRef) (desk.ResourceTree, error) {
	w, err := s.tree(ctx, idOf(app))
	if err != nil {
		return desk.ResourceTree{}, err
	}
	var out desk.ResourceTree
	add := func(n *wireNode, orphan bool) {
		if len(out.Nodes) >= mostNodes {
			out.Cut++
			return
		}
		node := desk.Node{ObjectRef: desk.ObjectRef{Group: line(n.Group), Version: line(n.Version), Kind: line(n.Kind), Namespace: line(n.Namespace), Name: line(n.Name), UID: line(n.UID)},
			Images: lines(n.Images), CreatedAt: n.CreatedAt.Time, Orphan: orphan}
		for _, p := range n.ParentRefs {
			node.Parents = append(node.Parents, line(p.UID))
		}
		for _, i := range n.Info {
			node.Info = append(node.Info, message(i.Value))
		}
		if n.Health != nil {
			node.Health, node.Message = line(n.Health.Status), message(n.Health.Message)
		}
		out.Nodes = append(out.Nodes, node)
	}
	for i := range w.Nodes {
		add(&w.Nodes[i], false)
	}
	for i := range w.OrphanedNodes {
		add(&w.OrphanedNodes[i], true)
	}
	return out, nil
}

// wireManaged is one object of managed-resources; the states are JSON in a text, "null" or absent for none.
type wireManaged struct {
	Group               string `json:"group"`
	Kind                string `json:"kind"`
	Namespace           string `json:"namespace"`
	Name                string `json:"name"`
	TargetState         string `json:"targetState"`
	LiveState           string `json:"liveState"`
	NormalizedLiveState string `json:"normalizedLiveState"`
	PredictedLiveState  string `json:"predictedLiveState"`
	Hook                bool   `json:"hook"`
}

// sides are what lives and what a sync would make of it, both normalised by the server, so that ignored differences do not show. Servers
// that could not normalise leave the two fields out.
func (m *wireManaged) sides() (live, wanted string) {
	none := func(s string) bool { return s == "" || s == "null" }
	live, wanted = cmp.Or(m.NormalizedLiveState, m.LiveState), cmp.Or(m.PredictedLiveState, m.TargetState)
	if none(m.LiveState) {
		live = ""
	}
	if none(m.TargetState) {
		wanted = ""
	}
	return live, wanted
}

// Differences implements desk.GitOps. Hooks are left out: they are not kept in step.
func (s *Source) Differences(ctx context.Context, app desk.AppRef) ([]desk.Difference, error) {
	var w struct {
		Items []wireManaged `json:"items"`
	}
	path := pathOf(app, "/managed-resources")
	if _, err := s.client.GetJSON(ctx, path, queryOf(idOf(app)), &w); err != nil {
		return nil, err
	}
	out := make([]desk.Difference, 0, min(len(w.Items), mostDiffs))
	for i := range w.Items {
		m := &w.Items[i]
		if m.Hook || len(out) >= mostDiffs {
			continue
		}
		live, wanted := m.sides()
		d, err := sources.Difference(desk.ObjectRef{Group: line(m.Group), Kind: line(m.Kind), Namespace: line(m.Namespace), Name: line(m.Name)}, []byte(live), []byte(wanted))
		if err != nil {
			return nil, s.broken(path, "the state of "+line(m.Kind)+" "+line(m.Name)+" is not a JSON object")
		}
		out = append(out, d)
	}
	rank := map[string]int{desk.DiffMissing: 0, desk.DiffChanged: 1, desk.DiffExtra: 2, desk.DiffSame: 3}
	slices.SortStableFunc(out, func(a, b desk.Difference) int {
		return cmp.Or(cmp.Compare(rank[a.State], rank[b.State]), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
	})
	return out, nil
}

// raw reads a live object as the server writes it: a JSON text, with the values of Secrets replaced by plus signs.
func (s *Source) raw(ctx context.Context, app desk.AppRef, o desk.ObjectRef) (json.RawMessage, error) {
	var out json.RawMessage
	err := s.manifest(ctx, idOf(app), o.Group, cmp.Or(o.Version, "v1"), o.Kind, o.Namespace, o.Name, &out)
	return out, err
}

// Object implements desk.GitOps.
func (s *Source) Object(ctx context.Context, app desk.AppRef, o desk.ObjectRef) (desk.Manifest, error) {
	raw, err := s.raw(ctx, app, o)
	if err != nil {
		return desk.Manifest{}, err
	}
	m, err := sources.Manifest(raw, newMasker())
	if err != nil {
		return m, s.broken(pathOf(app, "/resource"), "the manifest in the answer is not a JSON object")
	}
	return m, nil
}

// Events implements desk.GitOps.
func (s *Source) Events(ctx context.Context, app desk.AppRef, o desk.ObjectRef) ([]platform.Event, error) {
	if o.Name == "" {
		var w wireEvents
		if _, err := s.client.GetJSON(ctx, pathOf(app, "/events"), queryOf(idOf(app)), &w); err != nil {
			return nil, err
		}
		namespace := app.Namespace
		if len(w.Items) > 0 && namespace == "" {
			namespace = line(w.Items[0].InvolvedObject.Namespace)
		}
		return mapEvents("", namespace, &w), nil
	}
	w, err := s.events(ctx, idOf(app), ref{kind: o.Kind, namespace: o.Namespace, name: o.Name, uid: o.UID})
	if err != nil {
		return nil, err
	}
	return mapEvents("", o.Namespace, w), nil
}

// Windows implements desk.GitOps.
func (s *Source) Windows(ctx context.Context, app desk.AppRef) (desk.SyncWindows, error) {
	type window struct {
		Kind       string `json:"kind"`
		Schedule   string `json:"schedule"`
		Duration   string `json:"duration"`
		ManualSync bool   `json:"manualSync"`
	}
	var w struct {
		Active   []window `json:"activeWindows"`
		Assigned []window `json:"assignedWindows"`
		CanSync  bool     `json:"canSync"`
	}
	if _, err := s.client.GetJSON(ctx, pathOf(app, "/syncwindows"), queryOf(idOf(app)), &w); err != nil {
		return desk.SyncWindows{}, err
	}
	out := desk.SyncWindows{CanSync: w.CanSync}
	for _, a := range w.Assigned {
		out.Windows = append(out.Windows, desk.SyncWindow{Kind: line(a.Kind), Schedule: line(a.Schedule), Duration: line(a.Duration), Manual: a.ManualSync, Active: slices.Contains(w.Active, a)})
	}
	return out, nil
}

// Commit implements desk.GitOps.
func (s *Source) Commit(ctx context.Context, app desk.AppRef, revision string) (desk.Commit, error) {
	var w struct {
		Author  string   `json:"author"`
		Date    stamp    `json:"date"`
		Tags    []string `json:"tags"`
		Message string   `json:"message"`
	}
	if _, err := s.client.GetJSON(ctx, pathOf(app, "/revisions/"+url.PathEscape(revision)+"/metadata"), queryOf(idOf(app)), &w); err != nil {
		return desk.Commit{}, err
	}
	first, _, _ := strings.Cut(strings.TrimSpace(w.Message), "\n")
	return desk.Commit{Author: message(w.Author), At: w.Date.Time, Tags: lines(w.Tags), Message: message(first)}, nil
}

// ImagesAt implements desk.GitOps. Multi-source applications name each source by its place, from 1 (API v1 since 2.8).
func (s *Source) ImagesAt(ctx context.Context, app desk.AppRef, revisions []string) ([]string, error) {
	q := queryOf(idOf(app))
	if len(revisions) == 1 {
		q.Set("revision", revisions[0])
	}
	if len(revisions) > 1 {
		for i, r := range revisions {
			q.Add("revisions", r)
			q.Add("sourcePositions", strconv.Itoa(i+1))
		}
	}
	var w struct {
		Manifests []string `json:"manifests"`
	}
	if _, err := s.client.GetJSON(ctx, pathOf(app, "/manifests"), q, &w); err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, text := range w.Manifests {
		var o any
		if json.Unmarshal([]byte(text), &o) == nil {
			imagesIn(o, seen)
		}
	}
	out := make([]string, 0, len(seen))
	for i := range seen {
		out = append(out, i)
	}
	slices.Sort(out)
	return out, nil
}

// imagesIn gathers the images of the containers of an object, and of CNPG clusters.
func imagesIn(v any, seen map[string]bool) {
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			if text, ok := x.(string); ok && (k == "image" && v["name"] != nil || k == "imageName") && text != "" {
				seen[line(text)] = true
				continue
			}
			imagesIn(x, seen)
		}
	case []any:
		for _, x := range v {
			imagesIn(x, seen)
		}
	}
}
