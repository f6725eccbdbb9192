package gitlab

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	client "gitlab.com/gitlab-org/api/client-go"

	"dsotop/internal/platform"
)

// defaultCIFile is what GitLab reads when a project names no file of its own.
const defaultCIFile = ".gitlab-ci.yml"

// repository is a GitLab project with its newest pipelines, before it is known whose it is.
type repository struct {
	platform.GitRepository
	group     string // path of its group, relative to the root
	pipelines []platform.Pipeline
}

// groupOf returns the path of a project's group relative to the root; ok is false outside the root, and for what lies directly in it.
// Without a root it is the whole path of the group.
func groupOf(root, fullPath string) (group string, ok bool) {
	i := strings.LastIndexByte(fullPath, '/')
	if i <= 0 {
		return "", false
	}
	group = fullPath[:i]
	if root == "" {
		return group, true
	}
	return strings.CutPrefix(group, root+"/")
}

// doomed reports whether a project waits for its deletion: GitLab keeps it for some days, under a name made of its own and its id.
func doomed(path string) bool {
	for _, mark := range []string{"-deletion_scheduled-", "-deleted-"} {
		if i := strings.LastIndex(path, mark); i > 0 && number(path[i+len(mark):]) > 0 {
			return true
		}
	}
	return false
}

func line(s string) string { return platform.CleanLine(s) }

func instant(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}

func ciFile(path string) string {
	if path = line(path); path == defaultCIFile {
		return ""
	}
	return path
}

// status brings GraphQL's upper case to REST's lower case.
func status(s string) string { return strings.ToLower(line(s)) }

// gid reads the number in "gid://gitlab/Ci::Pipeline/812".
func gid(id string) int64 {
	n, err := strconv.ParseInt(id[strings.LastIndexByte(id, '/')+1:], 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

func number(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

func fromNode(root, base string, n gqlProject) (repository, bool) {
	path := line(n.FullPath)
	group, ok := groupOf(root, path)
	id := gid(n.ID)
	if !ok || id == 0 || n.Archived || doomed(path) {
		return repository{}, false
	}
	r := repository{group: group, GitRepository: platform.GitRepository{
		ID: id, Name: path[strings.LastIndexByte(path, '/')+1:], Path: path,
		CIConfigPath: ciFile(n.CIConfigPath), LastActivity: instant(n.LastActivityAt), URL: line(n.WebURL),
	}}
	if n.Repository != nil {
		r.Empty = n.Repository.Empty
		r.DefaultBranch = line(n.Repository.RootRef)
	}
	for _, p := range n.Pipelines.Nodes {
		pid := gid(p.ID)
		if pid == 0 {
			continue
		}
		out := platform.Pipeline{
			ID: pid, IID: number(p.IID), Repository: r.Name, Path: path, Ref: line(p.Ref), SHA: line(p.SHA), Status: status(p.Status), Source: status(p.Source),
			CreatedAt: instant(p.CreatedAt), UpdatedAt: instant(p.UpdatedAt), FinishedAt: instant(p.FinishedAt), Duration: seconds(p.Duration),
		}
		if p.Path != "" {
			out.URL = base + line(p.Path)
		}
		r.pipelines = append(r.pipelines, out)
	}
	return r, true
}

func fromProject(root string, p *client.Project) (repository, bool) {
	if p == nil || p.ID <= 0 || p.Archived || p.MarkedForDeletionOn != nil {
		return repository{}, false
	}
	path := line(p.PathWithNamespace)
	group, ok := groupOf(root, path)
	if !ok || doomed(path) {
		return repository{}, false
	}
	return repository{group: group, GitRepository: platform.GitRepository{
		ID: p.ID, Name: path[strings.LastIndexByte(path, '/')+1:], Path: path, DefaultBranch: line(p.DefaultBranch), Empty: p.EmptyRepo,
		CIConfigPath: ciFile(p.CIConfigPath), LastActivity: instant(p.LastActivityAt), URL: line(p.WebURL),
	}}, true
}

func fromInfo(r platform.GitRepository, p *client.PipelineInfo) platform.Pipeline {
	return platform.Pipeline{
		ID: p.ID, IID: p.IID, Repository: r.Name, Path: r.Path, Ref: line(p.Ref), SHA: line(p.SHA), Status: status(p.Status), Source: status(p.Source),
		URL: line(p.WebURL), CreatedAt: instant(p.CreatedAt), UpdatedAt: instant(p.UpdatedAt),
	}
}

func fromPipeline(r platform.GitRepository, p *client.Pipeline) platform.Pipeline {
	return platform.Pipeline{
		ID: p.ID, IID: p.IID, Repository: r.Name, Path: r.Path, Ref: line(p.Ref), SHA: line(p.SHA), Status: status(p.Status), Source: status(string(p.Source)),
		URL: line(p.WebURL), CreatedAt: instant(p.CreatedAt), UpdatedAt: instant(p.UpdatedAt), FinishedAt: instant(p.FinishedAt), Duration: seconds(float64(p.Duration)),
	}
}

// fromJobs keeps the newest attempt of each job, in the order in which the pipeline made them: GitLab lists newest first, and
// stages have no number in the API. The list must have former attempts too: a stage of one job that was retried would come last otherwise.
func fromJobs(list []*client.Job) []platform.Job {
	list = slices.DeleteFunc(slices.Clone(list), func(j *client.Job) bool { return j == nil || j.ID <= 0 })
	slices.SortStableFunc(list, func(a, b *client.Job) int { return cmp.Compare(a.ID, b.ID) })
	jobs := make([]platform.Job, 0, len(list))
	at := map[[2]string]int{}
	stage := map[string]int{}
	for _, j := range list {
		job := platform.Job{
			ID: j.ID, Name: line(j.Name), Stage: line(j.Stage), Status: status(j.Status), AllowFailure: j.AllowFailure,
			FailureReason: line(j.FailureReason), Duration: seconds(j.Duration), StartedAt: instant(j.StartedAt), URL: line(j.WebURL),
		}
		if _, seen := stage[job.Stage]; !seen {
			stage[job.Stage] = len(stage)
		}
		key := [2]string{job.Stage, job.Name}
		if i, seen := at[key]; seen {
			jobs[i] = job
			continue
		}
		at[key] = len(jobs)
		jobs = append(jobs, job)
	}
	// A retried job has a new, larger id: it must not fall behind the stages after its own.
	slices.SortStableFunc(jobs, func(a, b platform.Job) int { return cmp.Compare(stage[a.Stage], stage[b.Stage]) })
	return jobs
}

// mirrorTarget finds the repository a mirror run concerned among its variables; the others are not looked at.
func mirrorTarget(list []*client.PipelineVariable) string {
	for _, v := range list {
		if v != nil && v.Key == "PROJECT_NAME" {
			return line(v.Value)
		}
	}
	return ""
}

// seconds is a duration that GitLab gives in seconds; absurd ones are nothing.
func seconds(s float64) time.Duration {
	if !(s > 0) || s > 365*24*3600 {
		return 0
	}
	return time.Duration(s * float64(time.Second)).Round(time.Millisecond)
}
