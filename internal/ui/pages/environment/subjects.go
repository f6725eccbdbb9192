package environment

import (
	"slices"
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
	if f, ok := p.Finding(); ok {
		out = append(out, page.OfFinding(p.row, f)...)
	}
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
	add := func(s actions.Subject) {
		if !slices.ContainsFunc(out, func(o actions.Subject) bool { return o.Key() == s.Key() }) {
			out = append(out, s)
		}
	}
	for i := range p.facts.Applications {
		add(page.OfApplication(p.row, &p.facts.Applications[i]))
	}
	for _, s := range page.Around(p.row, p.facts.Namespace) {
		add(s)
	}
	return out
}
