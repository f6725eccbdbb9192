package gitlab

import (
	"crypto/sha1" //nolint:gosec // git's own hash, of made-up things
	"encoding/hex"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"dsotop/demo/world"
)

// tree lists files and folders of a folder, as git knows them: folders first.
func tree(r request, p project) result {
	q := r.URL.Query()
	if p.p == nil || p.g.Empty || len(p.g.Commits) == 0 {
		return notFound("Tree")
	}
	if ref := q.Get("ref"); ref != "" && resolve(p, ref) < 0 {
		return notFound("Tree")
	}
	folder := strings.Trim(q.Get("path"), "/")
	deep := q.Get("recursive") == "true"
	seen := map[string]bool{}
	var folders, files []object
	node := func(path, kind, mode string) object {
		sum := sha1.Sum([]byte(p.g.Path + path)) //nolint:gosec // see above
		return object{"id": hex.EncodeToString(sum[:]), "name": path[strings.LastIndexByte(path, '/')+1:], "type": kind, "path": path, "mode": mode}
	}
	all := r.s.FilesOf(p.g)
	for _, path := range slices.Sorted(maps.Keys(all)) {
		rest := path
		if folder != "" {
			inside, ok := strings.CutPrefix(path, folder+"/")
			if !ok {
				continue
			}
			rest = inside
		}
		parts := strings.Split(rest, "/")
		for i := 1; i < len(parts); i++ {
			if sub := strings.TrimPrefix(folder+"/"+strings.Join(parts[:i], "/"), "/"); (deep || i == 1) && !seen[sub] {
				seen[sub] = true
				folders = append(folders, node(sub, "tree", "040000"))
			}
		}
		if deep || len(parts) == 1 {
			files = append(files, node(path, "blob", "100644"))
		}
	}
	if folder != "" && len(folders)+len(files) == 0 {
		return notFound("invalid revision or path Tree")
	}
	return page(r, append(folders, files...))
}

// rawFile serves a file as it is.
func rawFile(r request, p project) result {
	body, ok := r.s.FilesOf(p.g)[r.PathValue("file")]
	if p.p == nil || !ok || p.g.Empty {
		return notFound("File")
	}
	return result{status: http.StatusOK, text: body, header: http.Header{"X-Gitlab-File-Name": {r.PathValue("file")}}}
}

func groupMembers(r request, x group) result {
	out := []object{}
	if x.project != nil {
		for _, m := range r.s.GuestsOf(x.project) {
			out = append(out, object{"id": m.ID, "username": m.Username, "name": m.Name, "state": "active", "locked": false, "access_level": m.Level, "expires_at": nil, "membership_state": "active",
				"created_at": stamp(x.created), "avatar_url": nil, "web_url": r.base + "/" + m.Username})
		}
	}
	return page(r, out)
}

// zoneProject finds the repository of a zone, which administrators see. Its files hold secrets and are not served.
func zoneProject(r request) (project, bool) {
	_, team := r.g.o.Teams[credential(r.Request)]
	slug, ok := strings.CutPrefix(r.PathValue("id"), r.s.ProjectsRoot+"/infra/")
	if team || !ok {
		return project{}, false
	}
	for i, z := range r.s.Zones {
		if z.Slug == slug {
			return project{g: &world.GitProject{ID: int64(90_000 + i), Name: slug, Path: r.PathValue("id"), DefaultBranch: "main"}}, true
		}
	}
	return project{}, false
}

// zoneCommits lists the commits on the values of one environment, newest first.
func zoneCommits(r request, p project) result {
	out := []object{}
	path := r.URL.Query().Get("path")
	for _, project := range r.s.Projects {
		for _, e := range project.Environments {
			if e.Namespace == nil || path != project.Name+"/"+e.Namespace.Cluster.Label+"/"+e.Name+"/values.yaml" {
				continue
			}
			for at := r.s.WrittenAt(e); len(out) < 3 && at.After(e.CreatedAt.Add(-time.Minute)); at = at.Add(-30 * 24 * time.Hour) {
				sum := sha1.Sum([]byte(path + at.String())) //nolint:gosec // see above
				out = append(out, commitJSON(r, p, &world.Commit{SHA: hex.EncodeToString(sum[:]), Title: "ci: :robot_face: Sync " + project.Slug, Author: "console", Email: "console@cpn.example", At: at}))
			}
		}
	}
	res := page(r, out)
	res.header.Del("X-Total")
	res.header.Del("X-Total-Pages")
	return res
}
