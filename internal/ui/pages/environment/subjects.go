package environment

import (
	"strings"

	"dsotop/internal/actions"
	"dsotop/internal/ui/page"
)

// Subjects are the pod or workload under the cursor, the applications that deploy here, the environment, the project.
func (p *Page) Subjects() []actions.Subject {
	if p.row == nil || p.facts == nil {
		return nil
	}
	var out []actions.Subject
	if p.tab == tabPods {
		key := p.tree.Current()
		if name, ok := strings.CutPrefix(key, keyPod); ok {
			out = append(out, page.OfPod(p.row, p.facts.Namespace, name))
			for i := range p.facts.Pods {
				if x := &p.facts.Pods[i]; x.Name == name && x.WorkloadName != "" {
					out = append(out, page.OfWorkload(p.row, p.facts.Namespace, x.WorkloadKind, x.WorkloadName))
				}
			}
		} else if rest, ok := strings.CutPrefix(key, keyWorkload); ok {
			if kind, name, ok := strings.Cut(rest, "/"); ok && name != "" {
				out = append(out, page.OfWorkload(p.row, p.facts.Namespace, kind, name))
			}
		}
	}
	for i := range p.facts.Applications {
		out = append(out, page.OfApplication(p.row, &p.facts.Applications[i]))
	}
	return append(out, page.Around(p.row, p.facts.Namespace)...)
}
