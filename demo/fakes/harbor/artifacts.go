package harbor

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"dsotop/demo/world"
)

// reportType is the media type under which a vulnerability report is filed.
const reportType = "application/vnd.security.vulnerability.report; version=1.1"

func repositoryID(x *world.Repository) int64 { return x.Git.ID }

func repository(_ request, x *world.Repository) object {
	o := object{"id": repositoryID(x), "project_id": x.Project.HarborID, "name": x.Project.Slug + "/" + x.Name, "artifact_count": len(x.Images), "pull_count": 3 * len(x.Images),
		"creation_time": stamp(x.CreatedAt), "update_time": stamp(x.UpdatedAt)}
	if n := len(x.Images); n > 0 {
		o["update_time"] = stamp(x.Images[n-1].PushedAt)
	}
	return o
}

func repositories(r request, p *world.Project) answer {
	var all []*world.Repository
	for _, x := range p.Repositories {
		if len(x.Images) > 0 && wanted(r.URL.Query(), p.Slug+"/"+x.Name) {
			all = append(all, x)
		}
	}
	cut, h := page(r, all)
	out := []object{}
	for _, x := range cut {
		out = append(out, repository(r, x))
	}
	return answer{body: out, header: h}
}

// repo finds the repository of the path. Its name is encoded twice when it has slashes; here none has, but clients may do it all the same.
func repo(f func(request, *world.Repository) answer) func(request) answer {
	return one(func(r request, p *world.Project) answer {
		name, err := url.PathUnescape(r.PathValue("repo"))
		if err != nil {
			return answer{status: http.StatusBadRequest, code: "BAD_REQUEST", message: "invalid repository name"}
		}
		for _, x := range p.Repositories {
			if x.Name == name && len(x.Images) > 0 {
				return f(r, x)
			}
		}
		return answer{status: http.StatusNotFound, code: "NOT_FOUND", message: "repository " + p.Slug + "/" + name + " not found"}
	})
}

func tag(x *world.Repository, img *world.Image, t world.ImageTag) object {
	return object{"id": t.ID, "repository_id": repositoryID(x), "artifact_id": img.ID, "name": t.Name, "push_time": stamp(t.PushedAt), "pull_time": "0001-01-01T00:00:00.000Z", "immutable": false}
}

func severity(s world.Scan) string {
	switch {
	case s.Critical > 0:
		return "Critical"
	case s.High > 0:
		return "High"
	case s.Medium > 0:
		return "Medium"
	case s.Low > 0:
		return "Low"
	}
	return "None"
}

func artifact(x *world.Repository, img *world.Image, q url.Values) object {
	o := object{"id": img.ID, "type": "IMAGE", "media_type": "application/vnd.oci.image.config.v1+json", "manifest_media_type": "application/vnd.oci.image.manifest.v1+json",
		"artifact_type": "application/vnd.oci.image.config.v1+json", "project_id": x.Project.HarborID, "repository_id": repositoryID(x), "repository_name": x.Project.Slug + "/" + x.Name,
		"digest": img.Digest, "size": img.Size, "icon": "", "push_time": stamp(img.PushedAt), "pull_time": stamp(img.PushedAt), "annotations": nil, "references": nil, "tags": nil,
		"extra_attrs": object{"architecture": "amd64", "os": "linux", "created": stamp(img.PushedAt), "config": object{"User": "1001", "ExposedPorts": object{"8080/tcp": object{}}, "Labels": object{"org.opencontainers.image.revision": img.Commit}}}}
	if len(img.Children) > 0 {
		refs := []object{}
		for i, d := range img.Children {
			refs = append(refs, object{"parent_id": img.ID, "child_id": img.ID*100 + int64(i), "child_digest": d, "platform": object{"architecture": []string{"amd64", "arm64"}[i%2], "os": "linux"}})
		}
		// What buildx says of its images; and an index has no configuration.
		refs = append(refs, object{"parent_id": img.ID, "child_id": img.ID*100 + 99, "child_digest": img.Digest[:len(img.Digest)-8] + "a77e57ed", "platform": object{"architecture": "unknown", "os": "unknown", "OsFeatures": nil},
			"annotations": object{"vnd.docker.reference.type": "attestation-manifest", "vnd.docker.reference.digest": img.Children[0]}})
		o["extra_attrs"] = nil
		o["references"], o["manifest_media_type"] = refs, "application/vnd.oci.image.index.v1+json"
	}
	if q.Get("with_tag") != "false" && len(img.Tags) > 0 {
		ts := []object{}
		for _, t := range img.Tags {
			ts = append(ts, tag(x, img, t))
		}
		o["tags"] = ts
	}
	if q.Get("with_scan_overview") == "true" && img.Scan.Status != "" {
		s := img.Scan
		counts := object{}
		for name, n := range map[string]int{"Critical": s.Critical, "High": s.High, "Medium": s.Medium, "Low": s.Low} {
			if n > 0 {
				counts[name] = n
			}
		}
		total := s.Critical + s.High + s.Medium + s.Low
		report := object{"report_id": img.Digest[7:39], "scan_status": s.Status, "severity": severity(s), "duration": 18, "start_time": stamp(s.At), "end_time": stamp(s.At), "complete_percent": 100,
			"scanner": object{"name": "Trivy", "vendor": "Aqua Security", "version": "v0.58.1"}}
		if s.Status == "Success" {
			report["summary"] = object{"total": total, "fixable": total / 2, "summary": counts}
		}
		o["scan_overview"] = object{reportType: report}
	}
	if q.Get("with_accessory") == "true" {
		o["accessories"] = nil
		if img.Signed || img.Opaque {
			kind := "signature.cosign"
			if img.Opaque { // of cosign from 2.6 on, to a Harbor that does not know its new form (goharbor/harbor#22401)
				kind = "subject.accessory"
			}
			o["accessories"] = []object{{"id": img.ID, "artifact_id": img.ID + 1_000_000, "subject_artifact_id": img.ID, "subject_artifact_digest": img.Digest, "size": 1700, "type": kind,
				"digest": "sha256:" + strings.Repeat("c0", 12) + img.Digest[31:], "creation_time": stamp(img.PushedAt)}}
		}
	}
	return o
}

func artifacts(r request, x *world.Repository) answer {
	q := r.URL.Query()
	all := slices.Clone(x.Images)
	for _, term := range strings.Split(q.Get("q"), ",") {
		if name, ok := strings.CutPrefix(term, "tags="); ok {
			all = slices.DeleteFunc(all, func(img *world.Image) bool {
				return !slices.ContainsFunc(img.Tags, func(t world.ImageTag) bool { return t.Name == name })
			})
		}
	}
	if q.Get("sort") != "push_time" {
		slices.Reverse(all) // newest first
	}
	cut, h := page(r, all)
	out := []object{}
	for _, img := range cut {
		out = append(out, artifact(x, img, q))
	}
	return answer{body: out, header: h}
}

func byRef(r request, x *world.Repository) *world.Image {
	ref := r.PathValue("ref")
	for _, img := range x.Images {
		if img.Digest == ref || slices.ContainsFunc(img.Tags, func(t world.ImageTag) bool { return t.Name == ref }) {
			return img
		}
	}
	return nil
}

func noArtifact(r request, x *world.Repository) answer {
	return answer{status: http.StatusNotFound, code: "NOT_FOUND", message: "artifact " + x.Project.Slug + "/" + x.Name + ":" + r.PathValue("ref") + " not found"}
}

func artifactByRef(r request, x *world.Repository) answer {
	img := byRef(r, x)
	if img == nil {
		return noArtifact(r, x)
	}
	return answer{body: artifact(x, img, r.URL.Query())}
}

func tags(r request, x *world.Repository) answer {
	img := byRef(r, x)
	if img == nil {
		return noArtifact(r, x)
	}
	cut, h := page(r, img.Tags)
	out := []object{}
	for _, t := range cut {
		out = append(out, tag(x, img, t))
	}
	return answer{body: out, header: h}
}
