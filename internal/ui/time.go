package ui

import (
	"time"

	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/page"
)

// timeMenu offers instants to pin where the page has none of its own.
func (r *Root) timeMenu() intent.Menu {
	w, now := r.env.Words, r.env.Now()
	m := intent.Menu{Title: w.Frame.TimeTitle}
	pin := func(at time.Time) func() intent.Intent {
		return func() intent.Intent {
			return intent.Many{intent.Pin{At: at}, intent.Toast{Text: w.Frame.Pinned(w.When(at, now))}}
		}
	}
	if !r.env.Pin.IsZero() {
		m.Items = append(m.Items, intent.Item{Label: w.Frame.TimeFree, Do: func() intent.Intent {
			return intent.Many{intent.Pin{}, intent.Toast{Text: w.Frame.Released}}
		}})
	}
	m.Items = append(m.Items, intent.Item{Label: w.Frame.TimeNow, Hint: w.Clock(now), Do: pin(now)})
	for _, ago := range []time.Duration{15 * time.Minute, time.Hour, 6 * time.Hour, 24 * time.Hour} {
		at := now.Add(-ago)
		m.Items = append(m.Items, intent.Item{Label: w.Form.Ago(w.Age(ago)), Hint: w.When(at, now), Do: pin(at)})
	}
	m.Items = append(m.Items, intent.Item{Label: w.Frame.TimeOther, Do: func() intent.Intent {
		trouble := ""
		return intent.Input{Label: w.Frame.TimeTitle, Hint: w.Frame.TimeHint, Trouble: func(string) (string, int) { return trouble, -1 },
			Edit: func(string) intent.Intent { trouble = ""; return nil },
			Done: func(text string) (intent.Intent, bool) {
				at, ok := page.ParseWhen(text, now)
				if !ok {
					trouble = w.Frame.TimeBad + w.Form.Colon + w.Frame.TimeHint
					return nil, true
				}
				return pin(at)(), false
			}}
	}})
	return m
}
