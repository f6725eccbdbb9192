package page

import (
	"strconv"
	"strings"

	"dsotop/internal/desk"
	"dsotop/internal/fleet"
	"dsotop/internal/platform"
)

// The kinds of pages of one pipeline and of one job's trace. Their keys are made by ForgeKey.
const (
	Pipeline = "pipeline"
	Trace    = "trace"
)

// Forges is a backend that can say how pipelines are read on demand; "" when the project is not known.
type Forges interface {
	Pipelines(projectID string) desk.PipelinesReach
}

// ForgeKey names a thing of a repository as GitLab's addresses do: "<path>/-/pipelines/812". kind is "pipelines" or "jobs".
func ForgeKey(path, kind string, id int64) string {
	return path + "/-/" + kind + "/" + strconv.FormatInt(id, 10)
}

// ParseForgeKey reads what ForgeKey made; ok is false for anything else.
func ParseForgeKey(key, kind string) (path string, id int64, ok bool) {
	path, rest, ok := strings.Cut(key, "/-/"+kind+"/")
	if !ok || path == "" {
		return "", 0, false
	}
	id, err := strconv.ParseInt(rest, 10, 64)
	return path, id, err == nil && id > 0
}

// FindRepository returns the project that a GitLab repository belongs to; nil when none does.
func FindRepository(v *fleet.View, path string) *fleet.Row {
	for _, r := range v.Projects {
		for i := range r.Dossier.Repositories {
			f := &r.Dossier.Repositories[i]
			if f.Git != nil && f.Git.Path == path || ofPath(f.Pipelines, path) || ofPath(f.Mirror, path) {
				return r
			}
		}
	}
	return nil
}

func ofPath(list []platform.Pipeline, path string) bool { return len(list) > 0 && list[0].Path == path }
