package pane

import (
	"slices"
	"strings"

	"dsotop/internal/platform"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/style"
)

// Calm is the role of a state's word: plain when all is well.
func Calm(m cells.Mark) style.Role {
	if m.Role == style.Good {
		return style.Faint
	}
	return m.Role
}

// ArgoRank is how much an application needs the eye: 5 is broken, 0 is well.
func ArgoRank(a *platform.Application) int {
	failed := a.Operation.Phase == platform.OperationFailed || a.Operation.Phase == platform.OperationError
	erring := slices.ContainsFunc(a.Conditions, func(c platform.AppCondition) bool { return strings.HasSuffix(c.Type, "Error") })
	switch {
	case a.Health == platform.HealthDegraded || a.Health == platform.HealthMissing:
		return 5
	case failed || erring || a.Sync == platform.SyncUnknown || a.Health == platform.HealthUnknown:
		return 4
	case a.Sync == platform.SyncOutOfSync:
		return 3
	case a.Health == platform.HealthSuspended || a.Health == platform.HealthProgressing || a.Operation.Phase == platform.OperationRunning || a.Operation.Phase == platform.OperationTerminating:
		return 2
	case len(a.Conditions) > 0:
		return 1
	}
	return 0
}

// ArgoState says sync and health in words, one line each.
func ArgoState(e *page.Env, a *platform.Application, w int) []string {
	var out []string
	line := func(m cells.Mark, word string) {
		if word == "" {
			return
		}
		pen := e.Pen(w).Space(1).Put(m.Role, m.Glyph).Space(1).Column(12).Put(Calm(m), word).EndColumn().Space(1)
		out = append(out, pen.Put(style.Muted, e.Words.GitOps.State[word]).Line())
	}
	line(cells.Sync(e.Glyphs, a.Sync), a.Sync)
	line(cells.Health(e.Glyphs, a.Health), a.Health)
	return append(out, Text(e, w, 3, style.Text, a.HealthMessage)...)
}

// ArgoObject is the sign and the word of an object that is not as it should be: where the last operation failed at it, that comes before the rest, and
// an object that does not exist yet has nothing else.
func ArgoObject(e *page.Env, r *platform.AppResource) (cells.Mark, string) {
	if r.Broke() {
		return cells.Mark{Role: style.Bad, Glyph: e.Glyphs.Bad}, r.SyncStatus
	}
	return cells.Argo(e.Glyphs, r.Sync, r.Health)
}

// ArgoConditions says what Argo CD reports: each with what it means, then its own words.
func ArgoConditions(e *page.Env, a *platform.Application, w int) []string {
	var out []string
	for _, c := range a.Conditions {
		m := cells.Mark{Role: style.Warn, Glyph: e.Glyphs.Warn}
		if strings.HasSuffix(c.Type, "Error") {
			m = cells.Mark{Role: style.Bad, Glyph: e.Glyphs.Bad}
		}
		pen := e.Pen(w).Space(1).Put(m.Role, m.Glyph).Space(1).Put(style.Strong, c.Type)
		if !c.At.IsZero() {
			pen.Put(style.Faint, "  "+e.Words.Form.Since(e.Words.When(c.At, e.Now())))
		}
		out = append(out, pen.Line())
		out = append(out, Text(e, w, 3, style.Text, e.Words.GitOps.Condition[c.Type])...)
		out = append(out, Text(e, w, 3, style.Muted, c.Message)...)
	}
	return out
}

// ArgoAuto says whether and how an application syncs by itself.
func ArgoAuto(e *page.Env, a *platform.Application) []style.Span {
	g := e.Words.GitOps
	if !a.Autosync {
		return []style.Span{{Role: style.Warn, Text: g.AutoOff}}
	}
	text := g.AutoOn
	if a.Prune {
		text += ", " + g.Prune
	}
	if a.SelfHeal {
		text += ", " + g.SelfHeal
	}
	return []style.Span{{Role: style.Muted, Text: text}}
}

// ArgoOperation is the last operation in one line: phase in words, when, by whom. Empty when none is known.
func ArgoOperation(e *page.Env, op platform.Operation) []style.Span {
	if op.Phase == "" {
		return nil
	}
	m := Phase(e, op.Phase)
	word := e.Words.GitOps.Phase[op.Phase]
	if word == "" {
		word = op.Phase
	}
	text := ""
	switch {
	case !op.FinishedAt.IsZero():
		text = " " + e.Words.When(op.FinishedAt, e.Now())
	case !op.StartedAt.IsZero():
		text = " " + e.Words.Form.Since(e.Words.When(op.StartedAt, e.Now()))
	}
	if op.By != "" {
		text += " (" + op.By + ")"
	}
	return []style.Span{{Role: Calm(m), Text: word}, {Role: style.Faint, Text: text}}
}

// Phase is the sign of an operation's phase.
func Phase(e *page.Env, phase string) cells.Mark {
	switch phase {
	case platform.OperationSucceeded:
		return cells.Mark{Role: style.Good, Glyph: e.Glyphs.OK}
	case platform.OperationFailed, platform.OperationError:
		return cells.Mark{Role: style.Bad, Glyph: e.Glyphs.Bad}
	case platform.OperationRunning, platform.OperationTerminating:
		return cells.Mark{Role: style.Running, Glyph: e.Glyphs.Running}
	}
	return cells.Mark{Role: style.Faint, Glyph: e.Glyphs.None}
}

// Revision is the shortest name of the newest of some revisions that people use; versions of charts stay whole.
func Revision(all []string) string {
	if len(all) == 0 {
		return ""
	}
	return cells.ShortSHA(all[len(all)-1])
}

// Fetched says that an answer is awaited or why it did not come; nil when there is nothing to say.
func Fetched(e *page.Env, w int, busy bool, word string, h *platform.SourceHealth) []string {
	switch {
	case h != nil:
		m := cells.Source(e.Glyphs, h.State)
		out := []string{e.Pen(w).Space(1).Put(m.Role, m.Glyph).Space(1).Put(style.Text, h.Name).Space(1).Put(m.Role, e.Words.State[h.State].Word).Line()}
		out = append(out, Text(e, w, 3, style.Muted, h.Detail)...)
		if h.Remedy != platform.RemedyNone {
			out = append(out, Text(e, w, 3, style.Text, e.Words.Remedy[h.Remedy])...)
		}
		return out
	case busy:
		return []string{e.Pen(w).Space(1).Put(style.Running, e.Glyphs.Running).Space(1).Put(style.Muted, word).Line()}
	}
	return nil
}
