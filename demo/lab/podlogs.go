package lab

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"dsotop/demo/world"
)

// podLogs keeps the files that the simulated kubelets serve as the output of containers: one for each container of a pod of the world, and
// one for each container name, which pods that are made later share.
type podLogs struct {
	world *world.World
	dir   string
	last  time.Time
	files []podLog
}

// podLog is the output of one container of the world.
type podLog struct {
	pod             *world.Pod
	container, path string
}

// begin writes the files from a time on and returns kwok's configuration for them.
func (p *podLogs) begin(from time.Time) (string, error) {
	if err := os.MkdirAll(p.dir, 0o700); err != nil {
		return "", err
	}
	p.last = from
	var config strings.Builder
	shared := map[string]string{} // by container name
	p.world.View(func(st *world.State) {
		for _, c := range st.Clusters {
			for _, ns := range c.Namespaces {
				for _, pod := range ns.Pods {
					fmt.Fprintf(&config, "---\napiVersion: kwok.x-k8s.io/v1alpha1\nkind: Logs\nmetadata: {name: %q, namespace: %q}\nspec:\n  logs:\n", pod.Name, ns.Name)
					for _, k := range pod.Containers {
						path := filepath.Join(p.dir, ns.Name+"_"+pod.Name+"_"+k.Spec.Name+".log")
						p.files = append(p.files, podLog{pod, k.Spec.Name, path})
						fmt.Fprintf(&config, "    - {containers: [%q], logsFile: %q, previousLogsFile: %q, follow: true}\n", k.Spec.Name, path, path)
						if shared[k.Spec.Name] == "" && k.State == "running" {
							shared[k.Spec.Name] = path
						}
					}
				}
			}
		}
	})
	fmt.Fprintf(&config, "---\napiVersion: kwok.x-k8s.io/v1alpha1\nkind: ClusterLogs\nmetadata: {name: others}\nspec:\n  logs:\n")
	names := make([]string, 0, len(shared))
	for name := range shared {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(&config, "    - {containers: [%q], logsFile: %q, previousLogsFile: %q, follow: true}\n", name, shared[name], shared[name])
	}
	return config.String(), p.feed(context.Background(), p.world.Now())
}

// feed appends what was printed since the last time, in the format of a container runtime.
func (p *podLogs) feed(_ context.Context, now time.Time) error {
	for _, x := range p.files {
		var text strings.Builder
		for _, l := range p.world.Logs(x.pod, x.container, p.last, now, 0, false) {
			fmt.Fprintf(&text, "%s %s F %s\n", l.At.UTC().Format(time.RFC3339Nano), l.Stream, strings.ReplaceAll(l.Text, "\n", " "))
		}
		f, err := os.OpenFile(x.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		_, err = f.WriteString(text.String())
		if closed := f.Close(); err == nil {
			err = closed
		}
		if err != nil {
			return err
		}
	}
	p.last = now
	return nil
}
