// Package cells says how facts of the platform look in a cell: which sign, which role, which word. Every page uses these, so
// that a status looks the same everywhere. A state never goes by colour alone: each has a sign and a word.
package cells

import (
	"strings"

	"dsotop/internal/fleet"
	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/style"
	"dsotop/internal/ui/words"
)

// Mark is a sign in its role.
type Mark struct {
	Role  style.Role
	Glyph string
}

// Span returns the sign as a span.
func (m Mark) Span() style.Span { return style.Span{Role: m.Role, Text: m.Glyph} }

// Severity returns the sign of a severity.
func Severity(g *style.Glyphs, s platform.Severity) Mark {
	switch s {
	case platform.SeverityCritical:
		return Mark{style.Critical, g.Bad}
	case platform.SeverityDegraded:
		return Mark{style.Warn, g.Warn}
	case platform.SeverityWarning:
		return Mark{style.Warn, g.Half}
	case platform.SeverityInfo:
		return Mark{style.Info, g.Info}
	default:
		return Mark{style.Good, g.Dot}
	}
}

// Environment returns the sign of an environment: its worst finding, or why none can be told where neither what it deploys nor what runs is known.
func Environment(g *style.Glyphs, x *platform.EnvironmentFacts, s platform.Severity) Mark {
	if s == platform.SeverityOK && !x.Has(platform.FamPods) && !x.Has(platform.FamWorkloads) && !x.Has(platform.FamApplications) {
		return Missing(g, x.Known[platform.FamPods].State)
	}
	return Severity(g, s)
}

// Source returns the sign of a source's state.
func Source(g *style.Glyphs, s platform.State) Mark {
	switch s {
	case platform.StateLive:
		return Mark{style.Good, g.Dot}
	case platform.StateStarting:
		return Mark{style.Running, g.Running}
	case platform.StateStale:
		return Mark{style.Warn, g.Half}
	case platform.StateForbidden, platform.StateUnauthorised:
		return Mark{style.Bad, g.NoRight}
	case platform.StateUnreachable:
		if g.Aloud { // the hollow sign is read as what is still to come, which it is everywhere else
			return Mark{style.Bad, g.Bad}
		}
		return Mark{style.Bad, g.Hollow}
	default:
		return Mark{style.Faint, g.NotSet}
	}
}

// Missing returns what stands in place of a value that is not there, from the state of the source that should have it:
// being read, not configured, no right, not reachable. Never a blank.
func Missing(g *style.Glyphs, s platform.State) Mark {
	switch s {
	case platform.StateStarting:
		return Mark{style.Faint, g.Loading}
	case platform.StateForbidden, platform.StateUnauthorised:
		return Mark{style.Unknown, g.NoRight}
	case platform.StateNotConfigured:
		return Mark{style.Faint, g.NotSet}
	case platform.StateLive:
		return Mark{style.Faint, g.None}
	default:
		return Mark{style.Unknown, g.Unknown}
	}
}

// Absent returns what stands in place of a value of the fleet that is not known.
func Absent(g *style.Glyphs, m fleet.Mark) Mark { return Missing(g, stateOf(m)) }

func stateOf(m fleet.Mark) platform.State {
	switch m {
	case fleet.MarkLoading:
		return platform.StateStarting
	case fleet.MarkNotConfigured:
		return platform.StateNotConfigured
	case fleet.MarkForbidden:
		return platform.StateForbidden
	case fleet.MarkUnreachable:
		return platform.StateUnreachable
	default:
		return platform.StateLive
	}
}

// MissingWord is the word of Missing, for places with room.
func MissingWord(w *words.Set, s platform.State) string {
	switch s {
	case platform.StateStarting:
		return w.List.Legend["loading"]
	case platform.StateForbidden, platform.StateUnauthorised:
		return w.List.Legend["forbidden"]
	case platform.StateNotConfigured:
		return w.List.Legend["not_configured"]
	case platform.StateLive:
		return w.List.Legend["none"]
	default:
		return w.List.Legend["unknown"]
	}
}

// Pipeline returns the sign of a GitLab pipeline or job status.
func Pipeline(g *style.Glyphs, status string) Mark {
	switch status {
	case platform.PipelineSuccess:
		return Mark{style.Good, g.OK}
	case platform.PipelineFailed:
		return Mark{style.Bad, g.Bad}
	case platform.PipelineRunning, platform.PipelinePending, platform.PipelineCreated, "preparing", "waiting_for_resource", "waiting_for_callback", "canceling":
		return Mark{style.Running, g.Running}
	case platform.PipelineCanceled, platform.PipelineSkipped:
		return Mark{style.Faint, g.None}
	case platform.PipelineManual, "scheduled": // somebody, or a time, lets it go on
		return Mark{style.Info, g.Info}
	default:
		return Mark{style.Unknown, g.Unknown}
	}
}

// Gate returns the sign of a quality gate.
func Gate(g *style.Glyphs, status string) Mark {
	switch status {
	case platform.GateOK:
		return Mark{style.Good, g.OK}
	case platform.GateError:
		return Mark{style.Bad, g.Bad}
	case platform.GateWarn:
		return Mark{style.Warn, g.Warn}
	case platform.GateNone, "":
		return Mark{style.Faint, g.None}
	default:
		return Mark{style.Unknown, g.Unknown}
	}
}

// Sync returns the sign of an Argo CD sync status.
func Sync(g *style.Glyphs, sync string) Mark {
	switch sync {
	case platform.SyncSynced:
		return Mark{style.Good, g.OK}
	case platform.SyncOutOfSync:
		return Mark{style.Warn, g.Warn}
	default:
		return Mark{style.Unknown, g.Unknown}
	}
}

// Health returns the sign of an Argo CD health status.
func Health(g *style.Glyphs, health string) Mark {
	switch health {
	case platform.HealthHealthy:
		return Mark{style.Good, g.OK}
	case platform.HealthProgressing:
		return Mark{style.Running, g.Running}
	case platform.HealthDegraded, platform.HealthMissing:
		return Mark{style.Bad, g.Bad}
	case platform.HealthSuspended:
		return Mark{style.Warn, g.Warn}
	default:
		return Mark{style.Unknown, g.Unknown}
	}
}

// Argo returns the one sign and word that stand for an application: health when it is not well, else sync.
func Argo(g *style.Glyphs, sync, health string) (Mark, string) {
	switch health {
	case platform.HealthHealthy, "":
		return Sync(g, sync), sync
	default:
		return Health(g, health), health
	}
}

// Console returns the sign of a project's status in the console.
func Console(g *style.Glyphs, status string) Mark {
	switch status {
	case platform.ProjectCreated:
		return Mark{style.Good, g.OK}
	case platform.ProjectFailed:
		return Mark{style.Bad, g.Bad}
	case platform.ProjectWarning:
		return Mark{style.Warn, g.Warn}
	case platform.ProjectInitializing:
		return Mark{style.Running, g.Running}
	case platform.ProjectArchived:
		return Mark{style.Faint, g.None}
	default:
		return Mark{style.Unknown, g.Unknown}
	}
}

// Pod returns the sign of a pod.
func Pod(g *style.Glyphs, p platform.Pod) Mark {
	switch {
	case p.Phase == "Failed":
		return Mark{style.Faint, g.Bad} // over: evicted, gone with its node, one attempt of a Job
	case p.Finished():
		return Mark{style.Faint, g.OK}
	case p.Healthy():
		return Mark{style.Good, g.OK}
	case p.Phase == "Pending" && (p.Reason == "ContainerCreating" || p.Reason == "PodInitializing" || p.Reason == "Pending" || p.Reason == ""):
		return Mark{style.Running, g.Running}
	case p.Phase == "Running" && (p.Reason == "" || p.Reason == "Running"):
		return Mark{style.Warn, g.Warn} // runs, not ready
	default:
		return Mark{style.Bad, g.Bad}
	}
}

// Ready returns the role of "ready/wanted".
func Ready(ready, wanted int) style.Role {
	switch {
	case wanted == 0:
		return style.Faint
	case ready >= wanted:
		return style.Text
	case ready == 0:
		return style.Bad
	default:
		return style.Warn
	}
}

// Inside is the name of something of a project, without the project's own where there is no room for both.
func Inside(g *style.Glyphs, name, slug string, room int) string {
	if rest, ok := strings.CutPrefix(name, slug+"-"); ok && slug != "" && block.Width(name) > room {
		return g.Ellipsis + rest
	}
	return name
}

// ShortSHA returns the eight characters that people say of a commit.
func ShortSHA(sha string) string {
	if len(sha) > 8 {
		return sha[:8]
	}
	return sha
}

// ShortVersion brings "9.24.0-rc.1+abc" down to what fits a cell.
func ShortVersion(v string) string {
	v, _, _ = strings.Cut(strings.TrimPrefix(v, "v"), "+")
	return v
}
