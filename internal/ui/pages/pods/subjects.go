package pods

import (
	"dsotop/internal/actions"
	"dsotop/internal/fleet"
	"dsotop/internal/ui/page"
)

// Subjects are the pod under the cursor, its workload, its environment, its project.
func (p *Page) Subjects() []actions.Subject {
	x, ok := p.Table().Current()
	if !ok {
		return nil
	}
	row := p.rowOf(x)
	out := []actions.Subject{page.OfPod(row, x.Namespace, x.Name)}
	if x.WorkloadName != "" {
		out = append(out, page.OfWorkload(row, x.Namespace, x.WorkloadKind, x.WorkloadName))
	}
	return append(out, page.Around(row, x.Namespace)...)
}

// Marked are the pods that are marked.
func (p *Page) Marked() []actions.Subject {
	var out []actions.Subject
	for _, x := range p.Table().Marked() {
		out = append(out, page.OfPod(p.rowOf(x), x.Namespace, x.Name))
	}
	return out
}

func (p *Page) rowOf(x pod) *fleet.Row {
	if x.project == "" {
		return nil
	}
	row, _ := p.View().Project(x.project)
	return row
}
