package gitlab

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strconv"

	"dsotop/demo/world"
)

// change is one write of a project, with the state to be changed.
type change func(r request, tx *world.Tx, p project, body []byte) result

func changes() map[string]change {
	return map[string]change{
		"POST /api/v4/projects/{id}/pipelines/{pid}/retry":  retryPipeline,
		"POST /api/v4/projects/{id}/pipelines/{pid}/cancel": cancelPipeline,
		"POST /api/v4/projects/{id}/jobs/{jid}/retry":       runJob(false),
		"POST /api/v4/projects/{id}/jobs/{jid}/play":        runJob(true),
		"POST /api/v4/projects/{id}/pipeline":               createPipeline,
	}
}

// mayWrite reports whether a token's scope is api: a team's only reads.
func (g *GitLab) mayWrite(r *http.Request) bool {
	_, team := g.o.Teams[credential(r)]
	return !team
}

func (g *GitLab) write(w http.ResponseWriter, r *http.Request, pattern string) {
	g.writes.Add(1)
	f := changes()[r.Method+" "+pattern]
	if f == nil {
		send(w, http.StatusForbidden, object{"message": "403 Forbidden"})
		return
	}
	if !g.mayWrite(r) {
		w.Header().Set("WWW-Authenticate", `Bearer realm="Protected by OAuth 2.0", error="insufficient_scope"`)
		send(w, http.StatusForbidden, object{"error": "insufficient_scope", "error_description": "The request requires higher privileges than provided by the access token.", "scope": "api"})
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		send(w, http.StatusBadRequest, object{"error": err.Error()})
		return
	}
	var res result
	g.world.Update(func(tx *world.Tx) {
		res = withProject(func(r request, p project) result { return f(r, tx, p, body) })(request{Request: r, s: g.visible(tx.State, r), g: g, base: g.base(r)})
	})
	send(w, res.status, res.body)
}

// ofPipeline finds the pipeline of the path among those that really exist: child pipelines are made up for each answer.
func ofPipeline(r request, p project) *world.Pipeline {
	for _, x := range p.g.Pipelines {
		if strconv.FormatInt(x.ID, 10) == r.PathValue("pid") {
			return x
		}
	}
	return nil
}

func retryPipeline(r request, tx *world.Tx, p project, _ []byte) result {
	x := ofPipeline(r, p)
	if x == nil {
		return fail(http.StatusNotFound, "404 Not found")
	}
	tx.RetryPipeline(x) // with nothing to retry, it answers all the same
	return result{status: http.StatusCreated, body: pipelineDetails(r, p, x)}
}

func cancelPipeline(r request, tx *world.Tx, p project, _ []byte) result {
	x := ofPipeline(r, p)
	if x == nil {
		return fail(http.StatusNotFound, "404 Not found")
	}
	tx.CancelPipeline(x)
	return result{status: http.StatusOK, body: pipelineDetails(r, p, x)}
}

func runJob(play bool) change {
	return func(r request, tx *world.Tx, p project, _ []byte) result {
		for _, x := range p.g.Pipelines {
			for _, j := range x.Jobs {
				if strconv.FormatInt(j.ID, 10) != r.PathValue("jid") {
					continue
				}
				if tx.RunJob(x, j, play) == nil {
					if play {
						return fail(http.StatusBadRequest, "400 Bad request - Unplayable Job")
					}
					return fail(http.StatusForbidden, "403 Forbidden - Job is not retryable")
				}
				status := http.StatusCreated
				if play {
					status = http.StatusOK
				}
				return result{status: status, body: job(r, p, x, j)}
			}
		}
		return notFound("Job")
	}
}

func createPipeline(r request, tx *world.Tx, p project, body []byte) result {
	var in struct {
		Ref       string `json:"ref"`
		Variables []struct{ Key, Value string }
	}
	if json.Unmarshal(body, &in) != nil || in.Ref == "" {
		return result{status: http.StatusBadRequest, body: object{"error": "ref is missing"}}
	}
	if in.Ref != p.g.DefaultBranch || p.g.Empty {
		return result{status: http.StatusBadRequest, body: object{"message": object{"base": []string{"Reference not found"}}}}
	}
	var owner *world.Project
	for _, x := range tx.State.Projects {
		if x.Mirror == p.g || slices.ContainsFunc(x.Repositories, func(k *world.Repository) bool { return k.Git == p.g }) {
			owner = x
		}
	}
	if owner == nil {
		return notFound("Project")
	}
	vars := map[string]string{}
	for _, v := range in.Variables {
		vars[v.Key] = v.Value
	}
	for _, k := range owner.Repositories {
		switch {
		case owner.Mirror == p.g && vars["PROJECT_NAME"] == k.Name:
			return result{status: http.StatusCreated, body: pipelineDetails(r, p, tx.RunMirror(k, vars["GIT_BRANCH_DEPLOY"], vars["SYNC_ALL"] == "true", "api"))}
		case k.Git == p.g:
			return result{status: http.StatusCreated, body: pipelineDetails(r, p, tx.RunPipeline(k, "api"))}
		}
	}
	return result{status: http.StatusBadRequest, body: object{"message": object{"base": []string{"unknown PROJECT_NAME"}}}}
}
