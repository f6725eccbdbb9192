package pane

import (
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/style"
)

// Pinned says that a page shows the instant that the session is pinned to, and what of it is of then; nil when none is pinned. At most most
// lines.
func Pinned(e *page.Env, w, most int, said string) []string {
	if e.Pin.IsZero() {
		return nil
	}
	out := Text(e, w, 3, style.Muted, e.Words.Elsewhere.PinnedAt(e.Words.When(e.Pin.In(e.Now().Location()), e.Now()))+e.Words.Form.Colon+said)
	out = out[:min(len(out), max(most, 1))]
	if len(out) > 0 {
		first := Text(e, w-3, 0, style.Muted, e.Words.Elsewhere.PinnedAt(e.Words.When(e.Pin.In(e.Now().Location()), e.Now()))+e.Words.Form.Colon+said)
		out[0] = e.Pen(3).Space(1).Put(style.Accent, e.Glyphs.Marked).Line() + first[0]
	}
	return out
}

// InForce is what an application had deployed at an instant; ok is false when its history does not tell.
func InForce(a *platform.Application, at time.Time) (d platform.Deployment, ok bool) {
	for _, x := range a.History {
		if !x.At.After(at) && x.At.After(d.At) {
			d, ok = x, true
		}
	}
	return d, ok
}
