package argocd

import (
	"testing"

	"dsotop/internal/platform"
	"dsotop/internal/platform/hostile"
)

// FuzzHostile puts one text into every field of every answer: nothing of it may leave a mapping as a terminal would obey it.
func FuzzHostile(f *testing.F) {
	for _, text := range hostile.Texts() {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, plain := range []map[string]string{
			nil,
			{"Kind": "Pod", "Group": "", "Namespace": "n", "UID": "u", "Name": "p"},
			{"Kind": "Deployment", "Group": "apps", "UID": "u"},
			{"Kind": "ReplicaSet", "Group": "apps", "Status": platform.HealthDegraded},
			{"Type": "PodScheduled", "Status": "False"},
			{"Type": "ReplicaFailure", "Status": "True"},
		} {
			var app wireApp
			hostile.Fill(&app, text, plain)
			app.Metadata.Labels = map[string]string{}
			for _, name := range []string{"dso/project.id", "dso/project.slug", "dso/environment.id", "dso/environment", "dso/repository.id", "dso/repository", "dso/type"} {
				app.Metadata.Labels[name] = text
			}
			clean(t, application("argocd/usu", "https://argo.example", &app))
			app.Metadata.Labels = nil
			clean(t, application("argocd/usu", "https://argo.example", &app))

			var w wireTree
			hostile.Fill(&w, text, plain)
			for i, name := range []string{"Status Reason", "Node", "Containers", "Restart Count"} {
				n := w.Nodes[0]
				n.Info = append(n.Info[:0:0], n.Info[0])
				n.Info[0].Name, n.UID = name, string(rune('a'+i))
				w.Nodes = append(w.Nodes, n)
			}
			tr := mapTree("c", &w)
			pods, workloads := merge("n", []tree{tr, tr})
			clean(t, tr.troubled)
			clean(t, pods)
			clean(t, workloads)
			for i := range tr.pods {
				clean(t, tr.pods[i].Pod)
				clean(t, tr.pods[i].images)
			}

			var pod wirePod
			hostile.Fill(&pod, text, plain)
			var noun platform.Pod
			applyManifest(&noun, &pod)
			clean(t, noun)

			var c wireController
			hostile.Fill(&c, text, plain)
			load := platform.Workload{Kind: "Deployment"}
			applyController(&load, &c)
			clean(t, load)

			var events wireEvents
			hostile.Fill(&events, text, map[string]string{"Namespace": plain["Namespace"]})
			clean(t, mapEvents("c", plain["Namespace"], &events))
		}
	})
}

func clean(t *testing.T, noun any) {
	t.Helper()
	for _, where := range hostile.Dirty(noun) {
		t.Error(where)
	}
}
