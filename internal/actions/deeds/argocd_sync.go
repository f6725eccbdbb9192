package deeds

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"dsotop/internal/actions"
	"dsotop/internal/platform"
)

type argoManaged struct {
	Items []struct {
		Group      string `json:"group"`
		Kind       string `json:"kind"`
		Namespace  string `json:"namespace"`
		Name       string `json:"name"`
		Target     string `json:"targetState"`
		Live       string `json:"liveState"`
		Normalized string `json:"normalizedLiveState"`
		Predicted  string `json:"predictedLiveState"`
		Hook       bool   `json:"hook"`
		Modified   *bool  `json:"modified"`
	} `json:"items"`
}

// difference is what a synchronisation would change, as Argo CD already knows: it is asked for nothing that it would have to write.
type difference struct {
	effects []actions.Effect
	pruned  []string // objects that git has no more
	wanted  int      // objects that git has
	images  []string // that git wants
}

func managedOf(ctx context.Context, s actions.Systems, system string, memo map[string]string) (difference, error) {
	var list argoManaged
	var out difference
	if err := get(ctx, s, system, appPath(memo, "managed-resources"), appQuery(memo), &list); err != nil {
		return out, err
	}
	for _, i := range list.Items {
		if i.Hook {
			continue
		}
		name := platform.CleanLine(i.Kind + " " + i.Name)
		target, live := object(i.Target), object(cmp.Or(i.Normalized, i.Live))
		switch {
		case target == nil && live != nil:
			out.pruned = append(out.pruned, name)
			continue
		case target == nil:
			continue
		}
		out.wanted++
		out.images = append(out.images, imagesOf(target)...)
		if live == nil {
			out.effects = append(out.effects, actions.Effect{What: "resource", To: name})
			continue
		}
		after := object(i.Predicted)
		if after == nil {
			after = target
		}
		if i.Modified != nil && !*i.Modified || reflect.DeepEqual(live, after) {
			continue
		}
		before := len(out.effects)
		if was, will := strings.Join(imagesOf(live), ", "), strings.Join(imagesOf(after), ", "); was != will {
			out.effects = append(out.effects, actions.Effect{What: "image", From: platform.CleanLine(name + ": " + was), To: platform.CleanLine(will)})
		}
		if was, will := replicasOf(live), replicasOf(after); was != will && will != "" {
			out.effects = append(out.effects, actions.Effect{What: "replicas", From: name + ": " + was, To: will})
		}
		if len(out.effects) == before && (i.Modified != nil || i.Predicted != "") {
			out.effects = append(out.effects, actions.Effect{What: "resource", From: name, To: name})
		}
	}
	slices.Sort(out.images)
	out.images = slices.Compact(out.images)
	return out, nil
}

func object(text string) map[string]any {
	var o map[string]any
	if text == "" || text == "null" || json.Unmarshal([]byte(text), &o) != nil {
		return nil
	}
	return o
}

// imagesOf are the images of the containers in an object, wherever its kind has them.
func imagesOf(o any) []string {
	var out []string
	switch v := o.(type) {
	case map[string]any:
		if image, ok := v["image"].(string); ok && v["name"] != nil {
			out = append(out, platform.CleanLine(image))
		}
		if image, ok := v["imageName"].(string); ok {
			out = append(out, platform.CleanLine(image))
		}
		for _, k := range slices.Sorted(keys(v)) {
			out = append(out, imagesOf(v[k])...)
		}
	case []any:
		for _, x := range v {
			out = append(out, imagesOf(x)...)
		}
	}
	return out
}

func keys(m map[string]any) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func replicasOf(o map[string]any) string {
	spec, _ := o["spec"].(map[string]any)
	if n, ok := spec["replicas"].(float64); ok {
		return strconv.Itoa(int(n))
	}
	return ""
}

func planSyncApp(dryRun bool) func(context.Context, actions.Systems, actions.Scene, actions.Subject, actions.Args) (actions.Draft, error) {
	return func(ctx context.Context, s actions.Systems, sc actions.Scene, sub actions.Subject, a actions.Args) (actions.Draft, error) {
		none := actions.Draft{}
		system, app, memo, err := begin(ctx, s, sc, sub)
		if err != nil {
			return none, err
		}
		switch {
		case app.Metadata.Deletion != "":
			return none, refuse(codeGone, "deletionTimestamp "+app.Metadata.Deletion)
		case app.running():
			return none, refuse(codeRunning, "")
		}
		if err := canI(ctx, s, system, "sync", memo); err != nil {
			return none, err
		}
		if err := windows(ctx, s, system, memo); err != nil {
			return none, err
		}
		revision, prune := a["revision"], a["prune"] == "true"
		body := map[string]any{"appNamespace": memo[memoAppSpace], "project": memo[memoAppProj], "prune": prune, "dryRun": dryRun}
		if revision != "" {
			all := app.sources()
			var positions []int
			var revisions []string
			for i, source := range all { // a revision is one of a repository: that of the first source
				if source.RepoURL != all[0].RepoURL {
					continue
				}
				positions, revisions = append(positions, i+1), append(revisions, revision)
				if app.automated() && revision != source.target() && !dryRun {
					return none, refuse(codeAutosync, source.target()) // Argo CD refuses another revision then
				}
			}
			if len(app.Spec.Sources) > 0 { // it would not look at "revision"
				body["sourcePositions"], body["revisions"] = positions, revisions
			} else {
				body["revision"] = revision
			}
		}
		d := actions.Draft{Memo: memo, Command: "argocd app sync " + shell(appName(memo))}
		if dryRun {
			memo[memoDry] = "true"
			d.Command += " --dry-run"
		}
		if positions, ok := body["sourcePositions"].([]int); ok {
			for _, n := range positions {
				d.Command += " --source-positions " + strconv.Itoa(n) + " --revisions " + shell(revision)
			}
		} else if revision != "" {
			d.Command += " --revision " + shell(revision)
		}
		if prune {
			d.Command += " --prune"
		}
		d.Effects = append(d.Effects, changed("sync", app.Status.Sync.Status, platform.SyncSynced)...)
		diff, err := managedOf(ctx, s, system, memo)
		if err != nil {
			d.Warnings = append(d.Warnings, warn(codeNoPreview, ""))
		} else {
			d.Effects = append(d.Effects, diff.effects...)
			d.Warnings = append(d.Warnings, mutable(diff.images)...)
		}
		switch {
		case prune && len(diff.pruned) > 0:
			for _, name := range diff.pruned {
				d.Effects = append(d.Effects, actions.Effect{What: "resource", From: name})
			}
			d.Risk = actions.RiskDestructive
			d.Warnings = append(d.Warnings, warn(codePrune, strings.Join(diff.pruned, ", ")))
			if diff.wanted == 0 {
				d.Warnings = append(d.Warnings, warn(codePruneEmpty, ""))
			}
		case prune:
			d.Risk = actions.RiskProduction // what is gone from git by then is deleted, whether planning saw it or not
			d.Warnings = append(d.Warnings, warn(codePrune, ""))
		}
		if dryRun {
			d.Risk = actions.RiskRead
		}
		if app.automated() {
			d.Warnings = append(d.Warnings, warn(codeAutosync, ""))
		}
		for _, k := range known(sc) {
			if k.Name != memo[memoApp] {
				continue
			}
			for _, c := range k.Conditions {
				if c.Type == "SharedResourceWarning" {
					d.Warnings = append(d.Warnings, warn(codeShared, c.Message))
				}
			}
			break
		}
		d.Call, err = call(system, http.MethodPost, appPath(memo, "sync"), body)
		return d, err
	}
}

// mutable warns of images whose name may mean another image tomorrow.
func mutable(images []string) []actions.Reason {
	var out []string
	for _, ref := range images {
		_, _, _, tag, digest := platform.ParseImage(ref)
		if digest == "" && (tag == "" || tag == "latest" || tag == "main" || tag == "master" || tag == "develop") {
			out = append(out, ref)
		}
	}
	if out == nil {
		return nil
	}
	return []actions.Reason{warn(codeMutableTag, strings.Join(out, ", "))}
}

// planRollback returns to an earlier deployment, when auto-sync is off and every image of then is still in the registry.
func planRollback(ctx context.Context, s actions.Systems, sc actions.Scene, sub actions.Subject, a actions.Args) (actions.Draft, error) {
	none := actions.Draft{}
	number, _, _ := strings.Cut(a["to"], " ")
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return none, refuse(codeBad, "to: "+a["to"])
	}
	system, app, memo, err := begin(ctx, s, sc, sub)
	if err != nil {
		return none, err
	}
	switch {
	case app.automated():
		return none, refuse(codeAutosync, "")
	case app.running():
		return none, refuse(codeRunning, "")
	}
	revision, revisions := "", []string(nil)
	for _, h := range app.Status.History {
		if h.ID == id {
			revision, revisions = cmp.Or(h.Revision, strings.Join(h.Revisions, " ")), h.Revisions
		}
	}
	if revision == "" {
		return none, refuse(codeGone, a["to"])
	}
	if err := canI(ctx, s, system, "sync", memo); err != nil {
		return none, err
	}
	if err := windows(ctx, s, system, memo); err != nil {
		return none, err
	}
	d := actions.Draft{Memo: memo, Effects: changed("revision", app.revision(), revision), Command: "argocd app rollback " + shell(appName(memo)) + " " + number}
	images, err := imagesAt(ctx, s, system, memo, revision, revisions)
	if err != nil {
		d.Warnings = append(d.Warnings, warn(codeImageUnknown, ""))
	}
	for _, ref := range images {
		if slices.Contains(app.Status.Summary.Images, ref) { // it is named today too: this makes nothing worse
			if is, err := inRegistry(ctx, s, sc, ref); err == nil && !is {
				d.Warnings = append(d.Warnings, warn(codeImageGone, ref))
			}
			continue
		}
		d.Effects = append(d.Effects, actions.Effect{What: "image", From: strings.Join(sameRepository(app.Status.Summary.Images, ref), ", "), To: ref})
		switch is, err := inRegistry(ctx, s, sc, ref); {
		case err != nil:
			d.Warnings = append(d.Warnings, warn(codeImageUnknown, ref))
		case !is:
			return none, refuse(codeImageGone, ref)
		}
	}
	d.Warnings = append(d.Warnings, mutable(images)...)
	d.Call, err = call(system, http.MethodPost, appPath(memo, "rollback"), map[string]any{"appNamespace": memo[memoAppSpace], "project": memo[memoAppProj], "id": id, "prune": false, "dryRun": false})
	return d, err
}

type argoManifests struct {
	Manifests []string `json:"manifests"`
}

// imagesAt are the images that the application's manifests name at a revision, or at one of each of its sources.
func imagesAt(ctx context.Context, s actions.Systems, system string, memo map[string]string, revision string, revisions []string) ([]string, error) {
	q := appQuery(memo)
	if len(revisions) == 0 {
		q.Set("revision", revision)
	}
	for i, r := range revisions {
		q.Add("sourcePositions", strconv.Itoa(i+1))
		q.Add("revisions", r)
	}
	var m argoManifests
	if err := get(ctx, s, system, appPath(memo, "manifests"), q, &m); err != nil {
		return nil, err
	}
	var out []string
	for _, text := range m.Manifests {
		out = append(out, imagesOf(any(object(text)))...)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

func sameRepository(images []string, ref string) []string {
	_, project, name, _, _ := platform.ParseImage(ref)
	var out []string
	for _, k := range images {
		if _, p, n, _, _ := platform.ParseImage(k); p == project && n == name {
			out = append(out, platform.CleanLine(k))
		}
	}
	return out
}

// inRegistry asks Harbor whether an image of the project is still there. Images of others are not ours to know: they pass with an error.
func inRegistry(ctx context.Context, s actions.Systems, sc actions.Scene, ref string) (bool, error) {
	_, project, name, tag, digest := platform.ParseImage(ref)
	harbors := s.Names(sysHarbor)
	if len(harbors) == 0 || project == "" || name == "" || sc.Dossier == nil || project != sc.Dossier.Project.Slug {
		return false, refuse(codeImageUnknown, ref)
	}
	p := harborPath(project, name, cmp.Or(digest, tag, "latest"))
	err := get(ctx, s, harbors[0], p, url.Values{"with_tag": {"false"}}, nil)
	if isCode(err, codeGone) {
		return false, nil
	}
	return err == nil, err
}
