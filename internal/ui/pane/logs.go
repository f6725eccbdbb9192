package pane

import (
	"slices"
	"time"

	"dsotop/internal/fleet"
	"dsotop/internal/logs"
	"dsotop/internal/platform"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/keys"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/style"
)

// OpenLogs goes to the lines of a subject. At the instant that the session is pinned to, unless the subject says where.
func OpenLogs(e *page.Env, s logs.Subject) intent.Intent {
	if s.At == 0 && !e.Pin.IsZero() {
		s.At = e.Pin.UnixNano()
	}
	return intent.Open{Ref: intent.Ref{Kind: page.Logs, Key: s.Key()}}
}

// LogsOf is the command that opens the lines of what is under the cursor; ok is false where it has none.
func LogsOf(e *page.Env, s logs.Subject, ok bool) keys.Command {
	c := keys.Command{ID: keys.Logs, Quiet: !ok, Do: func() intent.Intent { return OpenLogs(e, s) }}
	if !ok {
		c.Why = e.Words.Logs.NoNamespace
	}
	return c
}

// LogsMenu asks of which environment of a project, the worst first, or opens the only one at once.
func LogsMenu(e *page.Env, r *fleet.Row) keys.Command {
	var items []intent.Item
	for _, env := range LogPlaces(r) {
		m := cells.Severity(e.Glyphs, placeSeverity(r, env))
		items = append(items, intent.Item{Label: m.Glyph + " " + env.Name, Hint: ShortNamespace(e, env.Namespace), Do: func() intent.Intent {
			return OpenLogs(e, logs.Subject{Namespace: env.Namespace})
		}})
	}
	c := keys.Command{ID: keys.Logs, Quiet: len(items) == 0}
	switch len(items) {
	case 0:
		c.Why = e.Words.Logs.NoNamespace
	case 1:
		c.Do = items[0].Do
	default:
		c.Do = func() intent.Intent { return intent.Menu{Title: e.Words.Logs.WhichEnvironment, Items: items} }
	}
	return c
}

// LogPlaces are the environments of a project that can have lines, the worst first.
func LogPlaces(r *fleet.Row) []*platform.EnvironmentFacts {
	var out []*platform.EnvironmentFacts
	for i := range r.Dossier.Environments {
		if x := &r.Dossier.Environments[i]; x.Namespace != "" {
			out = append(out, x)
		}
	}
	slices.SortStableFunc(out, func(a, b *platform.EnvironmentFacts) int {
		return int(placeSeverity(r, b)) - int(placeSeverity(r, a))
	})
	return out
}

func placeSeverity(r *fleet.Row, x *platform.EnvironmentFacts) (worst platform.Severity) {
	for _, f := range r.Findings {
		if f.Subject.Namespace == x.Namespace {
			worst = max(worst, f.Severity)
		}
	}
	return worst
}

// FindingLogs are the lines a finding is about: those of its pod or workload, from when it began. A container whose image cannot be had
// writes nothing: what its neighbours wrote then is what tells.
func FindingLogs(f platform.Finding, facts *platform.EnvironmentFacts) (logs.Subject, bool) {
	s := logs.Subject{Namespace: f.Subject.Namespace, At: stamp(f.Since)}
	if s.Namespace == "" && facts != nil {
		s.Namespace = facts.Namespace
	}
	if facts != nil {
		switch f.Subject.Kind {
		case "workload":
			if slices.ContainsFunc(facts.Pods, func(x platform.Pod) bool { return x.WorkloadName == f.Subject.Name && x.ImagePull() }) {
				return s, s.Namespace != ""
			}
			w := WorkloadLogs(facts, "", f.Subject.Name)
			s.Pods, s.Containers = w.Pods, w.Containers
		case "pod":
			for i := range facts.Pods {
				if facts.Pods[i].Name == f.Subject.Name && !facts.Pods[i].ImagePull() {
					w := PodLogs(&facts.Pods[i])
					s.Pods, s.Containers = w.Pods, w.Containers
				}
			}
		}
	}
	return s, s.Namespace != ""
}

// PodLogs are the lines of a pod.
func PodLogs(x *platform.Pod) logs.Subject {
	s := logs.Subject{Namespace: x.Namespace, Pods: []string{x.Name}}
	for _, c := range x.Containers {
		s.Containers = append(s.Containers, c.Name)
	}
	return s
}

// WorkloadLogs are the lines of a controller's pods; kind "" is any. The pods are left out: those that are gone count as well.
func WorkloadLogs(facts *platform.EnvironmentFacts, kind, name string) logs.Subject {
	s := logs.Subject{Namespace: facts.Namespace}
	for i := range facts.Pods {
		x := &facts.Pods[i]
		if x.WorkloadName != name || (kind != "" && x.WorkloadKind != kind) {
			continue
		}
		for _, c := range x.Containers {
			if !slices.Contains(s.Containers, c.Name) {
				s.Containers = append(s.Containers, c.Name)
			}
		}
	}
	return s
}

func stamp(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

// LogLevel is the look of a level: errors and warnings are states, the rest is text.
func LogLevel(e *page.Env, l logs.Level) cells.Mark {
	switch l {
	case logs.LevelFatal:
		return cells.Mark{Role: style.Critical, Glyph: e.Glyphs.Bad}
	case logs.LevelError:
		return cells.Mark{Role: style.Bad, Glyph: e.Glyphs.Bad}
	case logs.LevelWarn:
		return cells.Mark{Role: style.Warn, Glyph: e.Glyphs.Warn}
	case logs.LevelInfo:
		return cells.Mark{Role: style.Muted, Glyph: e.Glyphs.NotSet}
	}
	return cells.Mark{Role: style.Faint, Glyph: " "}
}
