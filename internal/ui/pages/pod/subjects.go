package pod

import (
	"dsotop/internal/actions"
	"dsotop/internal/ui/page"
)

// Subjects are the pod, its workload, its environment, its project.
func (p *Page) Subjects() []actions.Subject {
	if p.pod == nil {
		return page.Around(p.row, p.namespace)
	}
	out := []actions.Subject{page.OfPod(p.row, p.namespace, p.name)}
	if p.pod.WorkloadName != "" {
		out = append(out, page.OfWorkload(p.row, p.namespace, p.pod.WorkloadKind, p.pod.WorkloadName))
	}
	return append(out, page.Around(p.row, p.namespace)...)
}
