package environment

import (
	"slices"
	"strings"

	"dsotop/internal/platform"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/pane"
)

// then says what was in place at the pinned instant, as Argo CD's history tells, and what on the page is of now nevertheless.
func (p *Page) then(w int) []string {
	e := p.env
	if e.Pin.IsZero() {
		return nil
	}
	var parts []string
	for i := range p.facts.Applications {
		a := &p.facts.Applications[i]
		if a.Type != platform.AppDeploy && a.Type != platform.AppHistoric {
			continue
		}
		if d, ok := pane.InForce(a, e.Pin); ok {
			name := a.RepositoryName
			if name == "" {
				name = a.Name
			}
			parts = append(parts, name+" "+cells.ShortSHA(d.Revision)+" "+e.Words.Elsewhere.PinRunning)
		}
	}
	said := e.Words.Elsewhere.PinNothing
	if len(parts) > 0 {
		said = strings.Join(parts, ", ")
	}
	return pane.Pinned(e, w, 3, said+" ; "+e.Words.Elsewhere.PinEnvironment)
}

// eventsThen are the events that had happened by the pinned instant.
func (p *Page) eventsThen() []platform.Event {
	pin := p.env.Pin
	if pin.IsZero() {
		return p.facts.Events
	}
	return slices.DeleteFunc(slices.Clone(p.facts.Events), func(x platform.Event) bool {
		first := x.First
		if first.IsZero() {
			first = x.Last
		}
		return first.After(pin)
	})
}
