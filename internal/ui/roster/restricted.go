package roster

import (
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/pane"
)

// Restricted says in a few words why a table does not show everything; "" when it does.
func Restricted(e *page.Env, t pane.Listed) string {
	shown, total := t.Len()
	text, _ := t.Filter()
	if shown == total && text == "" && !t.ProblemsOnly() {
		return ""
	}
	out := e.Words.List.Shown(shown, total)
	if text != "" {
		short, _ := block.Clip(text, 24)
		out += " · " + e.Words.List.Filter + e.Words.Form.Colon + short
	}
	if t.ProblemsOnly() {
		out += " · " + e.Words.List.Problems
	}
	return out
}
