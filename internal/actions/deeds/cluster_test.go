package deeds

import (
	"testing"

	"dsotop/internal/actions"
	"dsotop/internal/platform"
)

// TestClusterOf: pages, books and command lines name a workload by its namespace alone; the deed finds the cluster, or is not for it.
func TestClusterOf(t *testing.T) {
	const pods, workloads = platform.FamPods, platform.FamWorkloads
	env := func(label string, known map[platform.Family]string) *platform.EnvironmentFacts {
		e := &platform.EnvironmentFacts{Cluster: platform.Cluster{Label: label}, Known: map[platform.Family]platform.FactAge{}}
		for f, source := range known {
			e.Known[f] = platform.FactAge{Source: source, At: e.CreatedAt.AddDate(2000, 0, 0)}
		}
		return e
	}
	health := func(names ...string) []platform.SourceHealth {
		out := []platform.SourceHealth{{Name: "argocd/usu", Kind: sysArgo, State: platform.StateLive}}
		for _, n := range names {
			out = append(out, platform.SourceHealth{Name: n, Kind: sysKubernetes, State: platform.StateLive})
		}
		return out
	}
	two := health("kubernetes/a", "kubernetes/b")
	for name, c := range map[string]struct {
		system  string
		env     *platform.EnvironmentFacts
		sources []platform.SourceHealth
		want    string
	}{
		"its own":                            {"kubernetes/x", nil, two, "kubernetes/x"},
		"an Argo CD's":                       {"argocd/usu", env("a", nil), two, ""},
		"whose pods are known":               {"", env("", map[platform.Family]string{pods: "kubernetes/b"}), two, "kubernetes/b"},
		"whose workloads are":                {"", env("", map[platform.Family]string{pods: "argocd/usu", workloads: "kubernetes/b"}), two, "kubernetes/b"},
		"of a source that is gone":           {"", env("a", map[platform.Family]string{pods: "kubernetes/old"}), two, "kubernetes/a"},
		"by the name of the cluster":         {"", env("a", nil), two, "kubernetes/a"},
		"only an Argo CD tells of it":        {"", env("c", map[platform.Family]string{pods: "argocd/usu"}), health("kubernetes/a"), ""},
		"nobody told yet, and there is one":  {"", env("c", nil), health("kubernetes/default"), "kubernetes/default"},
		"nobody told yet, and there are two": {"", env("c", nil), two, ""},
		"a namespace of nobody":              {"", nil, health("kubernetes/default"), "kubernetes/default"},
		"a namespace of nobody, of two":      {"", nil, two, ""},
		"no cluster at all":                  {"", env("a", nil), health(), ""},
	} {
		if got := clusterOf(actions.Scene{Environment: c.env, Sources: c.sources}, actions.Subject{Kind: actions.OnWorkload, System: c.system, Namespace: "n", ID: "Deployment/x"}); got != c.want {
			t.Errorf("%s: %q, not %q", name, got, c.want)
		}
	}
}
