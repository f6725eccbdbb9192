package deeds

import (
	"context"
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

// An artifact is named by its digest, found among the facts, or "<repository>@<digest>".

func harborDeeds() []actions.Deed {
	return []actions.Deed{{
		ID: "harbor.scan", On: []actions.Kind{actions.OnArtifact}, May: mayScan, Key: "s", Base: actions.RiskWrite, Bulk: true, Together: 2, Patience: 20 * time.Minute, Undo: undoAgain,
		Ready: func(sc actions.Scene, sub actions.Subject) actions.Reason {
			if img := imageOf(sc, sub); img != nil && inScan(img.Scan.Status) {
				return first(reachable(sc, sub, sysHarbor), actions.Reason{Code: codeRunning, Detail: img.Scan.Status})
			}
			return reachable(sc, sub, sysHarbor)
		},
		Plan: planScan, Done: scanned,
	}}
}

func inScan(status string) bool {
	return status == "Pending" || status == "Scheduled" || status == "Running"
}

func imageOf(sc actions.Scene, sub actions.Subject) *platform.Image {
	if sc.Dossier == nil {
		return nil
	}
	repository, digest, found := strings.Cut(sub.ID, "@")
	if !found {
		repository, digest = "", sub.ID
	}
	for _, img := range sc.Dossier.Images {
		if img.Digest == digest && (repository == "" || img.Repository == repository) {
			return &img
		}
	}
	return nil
}

// harborPath is an artifact's: the name of a repository is escaped twice, as Harbor wants those with a slash in it.
func harborPath(project, repository, reference string) string {
	return path("/api/v2.0/projects", project, "repositories", url.PathEscape(repository), "artifacts", reference)
}

type harborPermission struct {
	Resource string `json:"resource"`
	Action   string `json:"action"`
}

// mayScan asks Harbor what we may do in the project, as its own pages do. Where it does not tell, as an older one to a robot, or where the project's number is not known, nothing is.
func mayScan(ctx context.Context, s actions.Systems, sc actions.Scene, sub actions.Subject) error {
	img := imageOf(sc, sub)
	if img == nil || img.ProjectNumber == 0 {
		return nil
	}
	var list []harborPermission
	q := url.Values{"scope": {"/project/" + strconv.FormatInt(img.ProjectNumber, 10)}, "relative": {"true"}}
	if get(ctx, s, systemOf(s, sub, sysHarbor), "/api/v2.0/users/current/permissions", q, &list) != nil || len(list) == 0 {
		return nil //nolint:nilerr // it does not tell: the call itself will
	}
	if !slices.ContainsFunc(list, func(p harborPermission) bool {
		return p.Action == "create" && (p.Resource == "scan" || strings.HasSuffix(p.Resource, "/scan"))
	}) {
		return refuse(codeNoRight, "scan")
	}
	return nil
}

type harborArtifact struct {
	Digest string `json:"digest"`
	Scans  map[string]struct {
		Status  string `json:"scan_status"`
		Ended   string `json:"end_time"`
		Summary struct {
			Total   int            `json:"total"`
			Summary map[string]int `json:"summary"`
		} `json:"summary"`
	} `json:"scan_overview"`
}

func (a harborArtifact) scan() (status, ended string) {
	for _, s := range a.Scans {
		return s.Status, s.Ended
	}
	return "", ""
}

func planScan(ctx context.Context, s actions.Systems, sc actions.Scene, sub actions.Subject, _ actions.Args) (actions.Draft, error) {
	system, none := systemOf(s, sub, sysHarbor), actions.Draft{}
	repository, digest, found := strings.Cut(sub.ID, "@")
	if !found {
		img := imageOf(sc, sub)
		if img == nil {
			return none, refuse(codeUnknownThing, sub.ID)
		}
		repository, digest = img.Repository, img.Digest
	}
	if sc.Dossier == nil || sc.Dossier.Project.Slug == "" {
		return none, refuse(codeUnknownThing, sub.Name)
	}
	if err := mayScan(ctx, s, sc, sub); err != nil {
		return none, err
	}
	p := harborPath(sc.Dossier.Project.Slug, repository, digest)
	var a harborArtifact
	if err := get(ctx, s, system, p, url.Values{"with_scan_overview": {"true"}}, &a); err != nil {
		return none, err
	}
	status, ended := a.scan()
	if inScan(status) {
		return none, refuse(codeRunning, status)
	}
	c, err := call(system, http.MethodPost, p+"/scan", nil)
	from := status
	if ended != "" {
		from += ", " + ended
	}
	return actions.Draft{Call: c, Memo: map[string]string{"ended": ended, "artifact": p}, Effects: []actions.Effect{{What: "scan", From: platform.CleanLine(from), To: "Running"}}}, err
}

func scanned(ctx context.Context, s actions.Systems, d actions.Draft, _ actions.Subject, _ time.Time, _ *wire.Reply) (actions.Sight, error) {
	var a harborArtifact
	err := get(ctx, s, d.Call.System, d.Memo["artifact"], url.Values{"with_scan_overview": {"true"}}, &a)
	switch {
	case isCode(err, codeGone):
		return sight(failed, codeGone)
	case err != nil:
		return actions.Sight{State: unknown}, err
	}
	status, ended := a.scan()
	switch {
	case inScan(status) || ended == d.Memo["ended"]:
		return sight(running, status)
	case status == "Error" || status == "Stopped":
		return sight(failed, status)
	}
	return sight(done, status)
}
