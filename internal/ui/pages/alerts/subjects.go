package alerts

import (
	"cmp"
	"slices"

	"dsotop/internal/actions"
	"dsotop/internal/ui/page"
)

// subject is the alert itself. Where a ruler alone knows it, its name stands for it.
func (a alert) subject() actions.Subject {
	return actions.Subject{Kind: actions.OnAlert, ProjectID: a.project(), Namespace: a.Namespace, ID: cmp.Or(a.Fingerprint, a.Name), Name: a.Name, Production: a.production()}
}

// production reports whether what is hit serves production; what no environment explains is taken for it.
func (a alert) production() bool {
	if a.row != nil {
		for i := range a.row.Dossier.Environments {
			if e := &a.row.Dossier.Environments[i]; a.env != "" && e.Name == a.env {
				return e.Undeclared || e.Production()
			}
		}
	}
	return true
}

// subjects are the alert, the silences that keep it quiet, its environment, its project. What is quiet already has its silences first: they are
// what can be ended.
func (a alert) subjects() []actions.Subject {
	if a.Alert == nil {
		return nil
	}
	out := []actions.Subject{a.subject()}
	for _, id := range a.Silences {
		out = append(out, actions.Subject{Kind: actions.OnSilence, ProjectID: a.project(), ID: id, Name: a.Name, Production: a.production()})
	}
	if len(out) > 1 {
		out = append(out[1:len(out):len(out)], out[0])
	}
	return append(out, page.Around(a.row, a.Namespace)...)
}

// Subjects are the alert under the cursor, its silences, its environment, its project.
func (p *Page) Subjects() []actions.Subject {
	a, ok := p.Current()
	if !ok {
		return nil
	}
	return a.subjects()
}

// Marked are the alerts that are marked.
func (p *Page) Marked() []actions.Subject {
	var out []actions.Subject
	for _, a := range p.Table().Marked() {
		out = append(out, a.subject())
	}
	return out
}

// Subjects are the alert, its silences, its environment, its project. Of an alert that is over only the surroundings are left.
func (p *One) Subjects() []actions.Subject {
	if p.last.Alert == nil {
		return nil
	}
	if p.alert.Alert != nil {
		return p.alert.subjects()
	}
	return slices.Clip(page.Around(p.last.row, p.last.Namespace))
}
