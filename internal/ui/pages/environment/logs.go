package environment

import (
	"strings"

	"dsotop/internal/logs"
	"dsotop/internal/platform"
	"dsotop/internal/ui/keys"
	"dsotop/internal/ui/pane"
)

// logsCommand opens the lines of what is under the cursor: a pod, a workload, what a finding or an event is about; else all.
func (p *Page) logsCommand() keys.Command {
	s := logs.Subject{Namespace: p.facts.Namespace}
	switch p.tab {
	case tabEvents:
		if x, ok := p.events.Current(); ok {
			s = p.eventLogs(x)
		}
	case tabErrors:
		if list := p.facts.LogErrors; len(list) > 0 {
			s.At = list[0].At.UnixNano()
		}
	case tabPods:
		s = p.treeLogs(s)
	}
	return pane.LogsOf(p.env, s, s.Namespace != "")
}

func (p *Page) treeLogs(all logs.Subject) logs.Subject {
	key := p.tree.Current()
	for _, f := range p.found {
		if keyFinding+f.Key() == key {
			if s, ok := pane.FindingLogs(f, p.facts); ok {
				return s
			}
		}
	}
	for i := range p.facts.Pods {
		if x := &p.facts.Pods[i]; keyPod+x.Name == key {
			s := pane.PodLogs(x)
			s.Namespace = p.facts.Namespace
			return s
		}
	}
	if rest, ok := strings.CutPrefix(key, keyWorkload); ok {
		if kind, name, ok := strings.Cut(rest, "/"); ok {
			return pane.WorkloadLogs(p.facts, kind, name)
		}
	}
	return all
}

func (p *Page) eventLogs(x platform.Event) logs.Subject {
	s := logs.Subject{Namespace: p.facts.Namespace}
	if x.Kind == "Pod" {
		for i := range p.facts.Pods {
			if p.facts.Pods[i].Name == x.Name {
				s = pane.PodLogs(&p.facts.Pods[i])
				s.Namespace = p.facts.Namespace
			}
		}
	}
	if !x.Last.IsZero() {
		s.At = x.Last.UnixNano()
	}
	return s
}
