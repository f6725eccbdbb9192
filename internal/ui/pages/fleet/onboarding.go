package fleet

import (
	"cmp"
	"strconv"

	"dsotop/internal/fleet"
	"dsotop/internal/platform"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/style"
)

// onboarding is the column of the steps done, where the backend derives them.
func (p *Page) onboarding() []column {
	o, ok := p.env.Backend.(page.Onboarder)
	if !ok {
		return nil
	}
	done := func(r *fleet.Row) int {
		return o.Boards().Of(r.Dossier, o.Ledgers().Snapshot(), p.env.Now()).Count(platform.StepOK)
	}
	w := p.env.Words.Onboarding
	return []column{{ID: "onboarding", Title: w.Short, Name: w.Title, Want: 5, Keep: 7, Right: true, Draw: func(pen *style.Pen, r *fleet.Row) {
		role := style.Faint
		n := done(r)
		if n < platform.StepCount {
			role = style.Text
		}
		pen.Right(role, strconv.Itoa(n)+"/"+strconv.Itoa(platform.StepCount))
	}, Compare: func(a, b *fleet.Row) int { return cmp.Compare(done(a), done(b)) }}}
}
