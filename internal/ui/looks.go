package ui

import (
	"strings"

	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/table"
)

// themeMenu asks for a theme; each is shown while the cursor is on it.
func (r *Root) themeMenu() intent.Menu {
	m := intent.Menu{Title: r.env.Words.Frame.Theme}
	for i, name := range r.opts.Themes.Names() {
		if name == r.theme {
			m.At = i
		}
		m.Items = append(m.Items, intent.Item{Label: name, Try: intent.Theme{Name: name}, Do: func() intent.Intent { return intent.Theme{Name: name} }})
	}
	return m
}

// tryOn shows the theme under the cursor of what is in front, and the chosen one again when there is none.
func (r *Root) tryOn() {
	name := ""
	switch o := r.over.(type) {
	case *menu:
		if o.At >= 0 && o.At < len(o.Items) {
			name = o.Items[o.At].Try.Name
		}
	case *palette:
		name = o.theme()
	}
	if name == r.theme {
		name = ""
	}
	if name == r.trial {
		return
	}
	before := r.trial
	r.trial = name
	if r.restyle() != nil {
		r.trial = before
		_ = r.restyle()
	}
}

// theme is the theme under the cursor; "" when there is none, or when the person looks for something else: as long as the cursor was not
// moved and no theme is asked for, letters typed on the way to another thing change nothing.
func (p *palette) theme() string {
	if p.at < 0 || p.at >= len(p.shown) {
		return ""
	}
	t, ok := p.shown[p.at].do.(intent.Theme)
	if !ok || !(p.moved || strings.HasPrefix(table.Fold(strings.TrimSpace(p.field.text())), "them")) {
		return ""
	}
	return t.Name
}
