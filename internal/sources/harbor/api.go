package harbor

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/sources/transport"
)

const (
	pageSize = 100 // the most Harbor gives
	maxPages = 200 // of projects or repositories: a list that does not end is cut, and said so
)

type projectAnswer struct {
	Name      string `json:"name"`
	RepoCount int64  `json:"repo_count"`
	// A proxy cache of another registry is no project of ours.
	RegistryID int64 `json:"registry_id"`
}

type repositoryAnswer struct {
	Name          string `json:"name"` // "<project>/<repository>", which may hold more slashes
	ArtifactCount int64  `json:"artifact_count"`
}

type artifactAnswer struct {
	ProjectID int64  `json:"project_id"`
	Digest    string `json:"digest"`
	Size      int64  `json:"size"`
	PushTime  string `json:"push_time"`
	Tags      []struct {
		Name     string `json:"name"`
		PushTime string `json:"push_time"`
	} `json:"tags"`
	References  []childAnswer `json:"references"`
	Accessories []struct {
		Type string `json:"type"`
	} `json:"accessories"`
	ScanOverview map[string]scanAnswer `json:"scan_overview"` // by media type of the report
}

type scanAnswer struct {
	ScanStatus string `json:"scan_status"`
	EndTime    string `json:"end_time"`
	Summary    *struct {
		Summary map[string]int `json:"summary"` // by severity
	} `json:"summary"`
}

func line(s string) string { return platform.CleanLine(s) }

// instant reads Harbor's RFC 3339; its "never" is the year 1.
func instant(s string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil || t.Year() < 1971 {
		return time.Time{}
	}
	return t.UTC()
}

// fromArtifact makes the noun. ok is false for what has no digest.
func fromArtifact(repository string, a artifactAnswer) (platform.Image, bool) {
	img := platform.Image{Repository: repository, Digest: line(a.Digest), PushedAt: instant(a.PushTime), Size: max(a.Size, 0), Scan: scanOf(a.ScanOverview), ProjectNumber: max(a.ProjectID, 0)}
	if img.Digest == "" {
		return img, false
	}
	for _, t := range a.Tags {
		if name := line(t.Name); name != "" {
			img.Tags = append(img.Tags, platform.Tag{Name: name, PushedAt: instant(t.PushTime)})
		}
	}
	// Newest tag first, as people read them; Harbor's order is by id.
	slices.SortStableFunc(img.Tags, func(a, b platform.Tag) int { return b.PushedAt.Compare(a.PushedAt) })
	for _, r := range a.References {
		if d := line(r.ChildDigest); d != "" && !r.attests() {
			img.Children = append(img.Children, d)
		}
	}
	for _, acc := range a.Accessories { // signature.cosign, signature.notation; sbom.harbor and others say nothing about who made it
		switch {
		case strings.HasPrefix(acc.Type, "signature."):
			img.Signed = true
		case acc.Type == "subject.accessory": // Harbor's word for what it does not know (goharbor/harbor#22401)
			img.Attached = true
		}
	}
	return img, true
}

// scanOf picks the report that ended last; one that says how many outweighs one that does not.
func scanOf(reports map[string]scanAnswer) platform.Scan {
	var best platform.Scan
	for _, mime := range slices.Sorted(keysOf(reports)) {
		r := reports[mime]
		s := platform.Scan{Status: line(r.ScanStatus), At: instant(r.EndTime)}
		if r.Summary != nil {
			for severity, n := range r.Summary.Summary {
				n = max(n, 0)
				switch strings.ToLower(severity) {
				case "critical":
					s.Critical = n
				case "high":
					s.High = n
				case "medium":
					s.Medium = n
				case "low":
					s.Low = n
				}
			}
		}
		if best.Status == "" || !best.Known() && s.Known() || best.Known() == s.Known() && s.At.After(best.At) {
			best = s
		}
	}
	return best
}

func keysOf[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// total reads how many there are in all; -1 when the server does not say.
func total(resp *transport.Response) int64 {
	if resp == nil {
		return -1
	}
	n, err := strconv.ParseInt(resp.Header.Get("X-Total-Count"), 10, 64)
	if err != nil || n < 0 {
		return -1
	}
	return n
}

// list reads pages of a list until it ends or holds most items. left is how many were not read; -1 when unknown.
func list[T any](ctx context.Context, c *transport.Client, path string, q url.Values, most int) (items []T, left int64, err error) {
	q.Set("page_size", strconv.Itoa(pageSize))
	for page := 1; ; page++ {
		q.Set("page", strconv.Itoa(page))
		var part []T
		resp, err := c.GetJSON(ctx, path, q, &part)
		if err != nil {
			return items, 0, err
		}
		items = append(items, part...)
		all := total(resp)
		switch {
		case len(part) < pageSize, all >= 0 && int64(len(items)) >= all:
			return items, 0, nil
		case len(items) >= most && all >= 0:
			return items, all - int64(len(items)), nil
		case len(items) >= most:
			return items, -1, nil
		}
	}
}

// projects lists the projects that the credential sees, without proxy caches.
func (s *Source) projects(ctx context.Context) ([]projectAnswer, error) {
	all, _, err := list[projectAnswer](ctx, s.http, "/api/v2.0/projects", url.Values{"with_detail": {"true"}, "sort": {"name"}}, maxPages*pageSize)
	return slices.DeleteFunc(all, func(p projectAnswer) bool { return p.Name == "" || p.RegistryID != 0 }), err
}

// repositories lists the repositories of a project, by name without the project.
func (s *Source) repositories(ctx context.Context, project string) ([]string, error) {
	all, _, err := list[repositoryAnswer](ctx, s.http, "/api/v2.0/projects/"+url.PathEscape(project)+"/repositories", url.Values{"sort": {"name"}}, maxPages*pageSize)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, r := range all {
		if name := strings.TrimPrefix(r.Name, project+"/"); name != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// artifacts lists the artifacts of a repository, newest first.
func (s *Source) artifacts(ctx context.Context, project, repository string) (images []platform.Image, left int64, err error) {
	q := url.Values{"with_tag": {"true"}, "with_scan_overview": {"true"}, "with_accessory": {"true"}, "sort": {"-push_time"}}
	all, left, err := list[artifactAnswer](ctx, s.http, artifactsPath(project, repository), q, s.opts.MaxArtifacts)
	if err != nil {
		return nil, 0, err
	}
	seen := map[string]bool{}
	for _, a := range all {
		if img, ok := fromArtifact(line(repository), a); ok && !seen[img.Digest] {
			seen[img.Digest] = true
			images = append(images, img)
		}
	}
	if left != 0 && len(images) > 0 {
		oldest := 0
		for i := range images {
			if images[i].PushedAt.Before(images[oldest].PushedAt) {
				oldest = i
			}
		}
		images[oldest].OlderLeft = true
	}
	return images, left, nil
}

// artifactsPath escapes a repository's name twice when it holds a slash: Harbor unescapes the path once before it splits it, and the
// name once more.
func artifactsPath(project, repository string) string {
	name := url.PathEscape(repository)
	if strings.Contains(repository, "/") {
		name = url.PathEscape(name)
	}
	return "/api/v2.0/projects/" + url.PathEscape(project) + "/repositories/" + name + "/artifacts"
}
