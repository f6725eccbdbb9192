package gitlab

import (
	"testing"

	client "gitlab.com/gitlab-org/api/client-go"

	"dsotop/internal/platform/hostile"
)

// FuzzHostile puts one text into every field of every answer: nothing of it may leave a mapping as a terminal would obey it.
func FuzzHostile(f *testing.F) {
	for _, text := range hostile.Texts() {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, plain := range []map[string]string{
			{"ID": "gid://gitlab/Project/7"},
			{"ID": "gid://gitlab/Project/7", "FullPath": "root/group/" + text, "PathWithNamespace": "root/group/" + text},
		} {
			var node gqlProject
			hostile.Fill(&node, text, plain)
			node.Archived = false
			if r, ok := fromNode("", "https://gitlab.example", node); ok {
				clean(t, r)
			}
			var p client.Project
			hostile.Fill(&p, text, plain)
			p.Archived = false
			r, ok := fromProject("", &p)
			if ok {
				clean(t, r)
			}
			var info client.PipelineInfo
			hostile.Fill(&info, text, plain)
			clean(t, fromInfo(r.GitRepository, &info))
			var full client.Pipeline
			hostile.Fill(&full, text, plain)
			clean(t, fromPipeline(r.GitRepository, &full))
			var jobs []*client.Job
			hostile.Fill(&jobs, text, plain)
			clean(t, fromJobs(jobs))
			var token client.PersonalAccessToken
			hostile.Fill(&token, text, plain)
			clean(t, fromToken(token, "web"))
			clean(t, mirrorTarget([]*client.PipelineVariable{{Key: "PROJECT_NAME", Value: text}}))
		}
	})
}

func clean(t *testing.T, noun any) {
	t.Helper()
	for _, where := range hostile.Dirty(noun) {
		t.Error(where)
	}
}
