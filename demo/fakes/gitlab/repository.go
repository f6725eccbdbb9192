package gitlab

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strings"

	"dsotop/demo/world"
)

func commitJSON(r request, p project, c *world.Commit) object {
	return object{"id": c.SHA, "short_id": c.SHA[:8], "title": c.Title, "message": c.Title + "\n", "author_name": c.Author, "author_email": c.Email, "committer_name": c.Author,
		"committer_email": c.Email, "authored_date": stamp(c.At), "committed_date": stamp(c.At), "created_at": stamp(c.At), "parent_ids": []string{},
		"web_url": r.base + "/" + p.g.Path + "/-/commit/" + c.SHA}
}

func branchJSON(r request, p project) object {
	return object{"name": p.g.DefaultBranch, "merged": false, "protected": true, "default": true, "developers_can_push": false, "developers_can_merge": false, "can_push": false,
		"web_url": r.base + "/" + p.g.Path + "/-/tree/" + p.g.DefaultBranch, "commit": commitJSON(r, p, p.g.Commits[len(p.g.Commits)-1])}
}

func branches(r request, p project) result {
	if len(p.g.Commits) == 0 {
		return page(r, []object{})
	}
	return page(r, []object{branchJSON(r, p)})
}

func branch(r request, p project) result {
	if r.PathValue("branch") != p.g.DefaultBranch || len(p.g.Commits) == 0 {
		return notFound("Branch")
	}
	return found(branchJSON(r, p))
}

// resolve finds a commit by branch, HEAD, or a SHA of at least seven digits; -1 when there is none.
func resolve(p project, ref string) int {
	if ref == "" || ref == "HEAD" || ref == p.g.DefaultBranch {
		return len(p.g.Commits) - 1
	}
	if len(ref) < 7 {
		return -1
	}
	return slices.IndexFunc(p.g.Commits, func(c *world.Commit) bool { return strings.HasPrefix(c.SHA, ref) })
}

func commits(r request, p project) result {
	if p.p == nil {
		return zoneCommits(r, p)
	}
	last := resolve(p, r.URL.Query().Get("ref_name"))
	if last < 0 {
		return notFound("Commit")
	}
	out := []object{}
	for i := last; i >= 0; i-- {
		out = append(out, commitJSON(r, p, p.g.Commits[i]))
	}
	res := page(r, out)
	// Counting commits is expensive: GitLab does not.
	res.header.Del("X-Total")
	res.header.Del("X-Total-Pages")
	return res
}

func commit(r request, p project) result {
	i := resolve(p, r.PathValue("sha"))
	if lost := r.s.LostCommit(p.g, r.PathValue("sha")); i < 0 && lost != nil && len(r.PathValue("sha")) >= 7 {
		return found(commitJSON(r, p, lost)) // kept as long as a pipeline is about it
	}
	if i < 0 {
		return notFound("Commit")
	}
	o := commitJSON(r, p, p.g.Commits[i])
	if i > 0 {
		o["parent_ids"] = []string{p.g.Commits[i-1].SHA}
	}
	o["stats"] = object{"additions": 12, "deletions": 4, "total": 16}
	o["status"] = nil
	for _, x := range newestFirst(p.g) {
		if x.SHA == p.g.Commits[i].SHA {
			o["status"] = x.Status
			o["last_pipeline"] = pipeline(r, p, x)
			break
		}
	}
	return found(o)
}

// commitRefs lists the branches that hold a commit: one that a forced push took out is in none.
func commitRefs(r request, p project) result {
	sha := r.PathValue("sha")
	if lost := r.s.LostCommit(p.g, sha); lost != nil && len(sha) >= 7 {
		return page(r, []object{})
	}
	if resolve(p, sha) < 0 {
		return notFound("Commit")
	}
	if r.URL.Query().Get("type") == "tag" {
		return page(r, []object{})
	}
	return page(r, []object{{"type": "branch", "name": p.g.DefaultBranch}})
}

func compare(r request, p project) result {
	q := r.URL.Query()
	if !q.Has("from") || !q.Has("to") {
		return result{status: http.StatusBadRequest, body: object{"error": "from is missing, to is missing"}}
	}
	from, to := resolve(p, q.Get("from")), resolve(p, q.Get("to"))
	if lost := r.s.LostCommit(p.g, q.Get("to")); from >= 0 && to < 0 && lost != nil {
		o := commitJSON(r, p, lost)
		return found(object{"commit": o, "commits": []object{o}, "diffs": []object{}, "compare_timeout": false, "compare_same_ref": false, "web_url": r.base + "/" + p.g.Path + "/-/compare"})
	}
	if from < 0 || to < 0 {
		return notFound("Ref")
	}
	out := []object{}
	var last any
	for i := from + 1; i <= to; i++ {
		o := commitJSON(r, p, p.g.Commits[i])
		out, last = append(out, o), o
	}
	return found(object{"commit": last, "commits": out, "diffs": []object{}, "compare_timeout": false, "compare_same_ref": from == to,
		"web_url": r.base + "/" + p.g.Path + "/-/compare/" + q.Get("from") + "..." + q.Get("to")})
}

// file serves the one file of which the world knows whether it exists: the CI's.
func file(r request, p project) result {
	name := r.PathValue("file")
	if p.g.Empty || name != ".gitlab-ci-dso.yml" || p.g.CIConfigPath != name {
		return notFound("File")
	}
	content := "include:\n  - project: $CATALOG_PATH\n    file: [vault-ci.yml, kaniko-ci.yml, sonar-ci.yml]\n    ref: main\nstages: [read-secret, test-app, sonar, docker-build]\n"
	head := p.g.Commits[len(p.g.Commits)-1]
	return found(object{"file_name": name, "file_path": name, "size": len(content), "encoding": "base64", "content": base64.StdEncoding.EncodeToString([]byte(content)),
		"ref": p.g.DefaultBranch, "commit_id": head.SHA, "last_commit_id": head.SHA})
}
