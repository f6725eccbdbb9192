// Package timeline is the page of what happened, on one axis: of a project, of one namespace, or of the whole platform for the last day.
package timeline

import (
	"slices"
	"strings"
	"time"

	"dsotop/internal/fleet"
	"dsotop/internal/logs"
	"dsotop/internal/platform"
	axis "dsotop/internal/timeline"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/keys"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/table"
	"dsotop/internal/ui/words"
)

// Entry registers the page.
func Entry(screen int) page.Entry {
	return page.Entry{Kind: page.Timeline, Screen: screen, Title: func(w *words.Set) string { return w.Timeline.Title },
		New: func(env *page.Env, key string) page.Page { return New(env, key) }}
}

// recent is how far back the timeline of the whole platform goes.
const recent = 24 * time.Hour

// row is an entry with its project.
type row struct {
	*axis.Entry
	of *fleet.Row
}

// Page is the timeline of one subject.
type Page struct {
	env *page.Env
	key string // "", a project id, or a namespace

	view   *fleet.View
	row    *fleet.Row                 // nil for the whole platform, and while the subject is not known
	facts  *platform.EnvironmentFacts // of a namespace; nil otherwise
	crumbs []string

	made   map[*fleet.Row][]axis.Entry // by the row they were read from
	all    []row                       // newest first, before the choice of kinds
	table  *table.Table[row]
	kind   string // what is shown: "" all, "changes", or a kind
	hidden bool
	pinned time.Time // the instant the cursor was last put at
	begun  bool      // the cursor was put where it broke
}

// changes is the choice of all kinds of changes.
const changes = "changes"

// New returns the timeline of a key, empty.
func New(env *page.Env, key string) *Page {
	p := &Page{env: env, key: key, view: &fleet.View{}, made: map[*fleet.Row][]axis.Entry{}}
	p.crumbs = []string{env.Words.Timeline.Title}
	p.table = table.New(table.Config[row]{Key: func(r row) string { return p.project(r) + r.Key }, Problem: func(r row) bool { return r.Trouble() },
		Haystack:   func(r row) string { return p.what(r.Entry) + " " + r.SHA + " " + r.Namespace },
		OrderTitle: env.Words.Timeline.Newest, OrderValue: func(r row) string { return env.Words.Timeline.KindName[string(r.Kind)] }}, p.columns()...)
	return p
}

func (p *Page) project(r row) string {
	if r.of == nil {
		return ""
	}
	return r.of.Dossier.Project.ID
}

// Learn takes what is newest of the subject.
func (p *Page) Learn(v *fleet.View) bool {
	if p.view == v {
		return false
	}
	old, ready, version := p.row, p.view.Ready, p.view.Version
	moved := !slices.EqualFunc(p.view.Sources, v.Sources, func(a, b platform.SourceHealth) bool { return a.Name == b.Name && a.State == b.State })
	p.view = v
	if p.key == "" {
		if version == v.Version && version > 0 {
			return moved || ready != v.Ready
		}
		p.fill(v.Projects)
		return true
	}
	r, facts := find(v, p.key)
	if r == nil {
		p.row, p.facts = nil, nil
		return old != nil || ready != v.Ready || moved
	}
	p.row, p.facts = r, facts
	if old != nil && old.Rev == r.Rev {
		return moved
	}
	p.crumbs = []string{r.Dossier.Project.Slug}
	if facts != nil {
		p.crumbs = append(p.crumbs, facts.Name)
	}
	p.crumbs = append(p.crumbs, p.env.Words.Timeline.Title)
	p.fill([]*fleet.Row{r})
	p.begin()
	return true
}

// find looks for a project of that id, then for a namespace.
func find(v *fleet.View, key string) (*fleet.Row, *platform.EnvironmentFacts) {
	if r, ok := v.Project(key); ok {
		return r, nil
	}
	if r, x, ok := page.FindEnvironment(v, key); ok {
		return r, x
	}
	return nil, nil
}

// fill reads the entries again of what changed.
func (p *Page) fill(rows []*fleet.Row) {
	made := make(map[*fleet.Row][]axis.Entry, len(rows))
	p.all = p.all[:0]
	since := p.env.Now().Add(-recent)
	for _, r := range rows {
		list, ok := p.made[r]
		if !ok {
			list = axis.Build(r.Dossier, r.Findings)
			switch {
			case p.key == "":
				list = axis.Within(list, since, time.Time{})
			case p.facts != nil:
				list = axis.Narrow(list, p.facts.Namespace, p.facts.Name)
			}
		}
		made[r] = list
		for i := range list {
			p.all = append(p.all, row{&list[i], r})
		}
	}
	p.made = made
	if len(rows) > 1 {
		slices.SortStableFunc(p.all, func(a, b row) int { return b.At.Compare(a.At) })
	}
	p.choose()
}

// choose puts the entries of the chosen kinds in the list.
func (p *Page) choose() {
	shown := p.all
	if p.kind != "" {
		shown = slices.DeleteFunc(slices.Clone(p.all), func(r row) bool {
			if p.kind == changes {
				return !r.Change()
			}
			return string(r.Kind) != p.kind
		})
	}
	p.table.SetRows(shown, true)
}

// begin puts the cursor where it broke, once, when all has been read: what changed before is then on screen.
func (p *Page) begin() {
	if p.begun || !p.view.Ready {
		return
	}
	p.begun = true
	if worst, ok := p.broke(); ok && p.env.Pin.IsZero() {
		p.table.Select(p.project(row{worst, p.row}) + worst.Key)
	}
}

// Relabel writes the columns again.
func (p *Page) Relabel() { p.table.SetColumns(p.env.Words.Timeline.Newest, p.columns()...) }

// Crumbs names the subject and the page.
func (p *Page) Crumbs() []string { return p.crumbs }

// Place is where in the list the cursor stands.
func (p *Page) Place() (at, of int) { return p.table.Place() }

// Filter returns the list's filter.
func (p *Page) Filter() string { f, _ := p.table.Filter(); return f }

// SetFilter replaces it.
func (p *Page) SetFilter(text string) { p.table.SetFilter(text) }

// Undo takes the filter away, then the choice of kinds.
func (p *Page) Undo() bool {
	if p.table.Undo() {
		return true
	}
	if p.kind == "" {
		return false
	}
	p.kind = ""
	p.choose()
	return true
}

// Interest is the namespace, then the project and its other namespaces.
func (p *Page) Interest() []string {
	if p.row == nil {
		if r, ok := p.table.Current(); ok && r.of != nil {
			return []string{r.of.Dossier.Project.ID}
		}
		if p.key == "" {
			return nil
		}
		return []string{p.key}
	}
	var out []string
	if p.facts != nil {
		return []string{p.facts.Namespace, p.row.Dossier.Project.ID}
	}
	out = append(out, p.row.Dossier.Project.ID)
	for i := range p.row.Dossier.Environments {
		if ns := p.row.Dossier.Environments[i].Namespace; ns != "" {
			out = append(out, ns)
		}
	}
	return out
}

// Layers is the list, its kinds, and what can be done from an entry.
func (p *Page) Layers() []keys.Layer {
	none := len(p.all) == 0
	cmds := []keys.Command{{ID: keys.Preview, Quiet: none, Do: func() intent.Intent { p.hidden = !p.hidden; return nil }},
		{ID: keys.Kinds, Quiet: none, Do: p.kinds}}
	if r, ok := p.table.Current(); ok {
		if key := changeOf(r); key != "" {
			cmds = append(cmds, keys.Command{ID: keys.Diff, Do: func() intent.Intent { return intent.Open{Ref: intent.Ref{Kind: page.Change, Key: key}} }})
		}
		cmds = append(cmds, keys.Command{ID: keys.Enter, Do: func() intent.Intent { return p.open(r) }}, pane.LogsOf(p.env, logsAt(r), r.Namespace != ""))
	}
	return []keys.Layer{{Name: page.Timeline, Commands: append(cmds, p.table.Commands(p.env.Words)...)}}
}

// logsAt are the lines of an entry's namespace at its time.
func logsAt(r row) logs.Subject { return logs.Subject{Namespace: r.Namespace, At: r.At.UnixNano()} }

// changeOf is the key of the page of what the commit of an entry changed; "" when its repository is not known.
func changeOf(r row) string {
	if !platform.IsCommit(r.SHA) || r.Repository == "" {
		return ""
	}
	for i := range r.of.Dossier.Repositories {
		if x := &r.of.Dossier.Repositories[i]; x.Name == r.Repository && x.Git != nil {
			return page.ChangeKey(r.of.Dossier.Project.ID, x.Git.Path, r.SHA)
		}
	}
	return ""
}

// kinds asks which kinds to show, with how many there are.
func (p *Page) kinds() intent.Intent {
	w := p.env.Words
	menu := intent.Menu{Title: w.Timeline.KindTitle}
	count := map[string]int{"": len(p.all)}
	for _, r := range p.all {
		count[string(r.Kind)]++
		if r.Change() {
			count[changes]++
		}
	}
	add := func(kind, label string) {
		if count[kind] == 0 {
			return
		}
		if kind == p.kind {
			menu.At = len(menu.Items)
		}
		menu.Items = append(menu.Items, intent.Item{Label: label, Hint: w.Int(count[kind]), Do: func() intent.Intent { p.kind = kind; p.choose(); return nil }})
	}
	add("", w.Timeline.All)
	add(changes, w.Timeline.Changes)
	for _, k := range axis.Kinds() {
		add(string(k), w.Timeline.KindName[string(k)])
	}
	return menu
}

// open asks what to do from an entry: to go where it can be seen whole, its logs, its instant on every page.
func (p *Page) open(r row) intent.Intent {
	w := p.env.Words
	menu := intent.Menu{Title: p.env.Words.When(r.At, p.env.Now()) + "  " + p.what(r.Entry)}
	kind, key := target(r)
	menu.Items = append(menu.Items, intent.Item{Label: w.Timeline.Open + " " + w.Timeline.OpenWhat[kind], Do: func() intent.Intent {
		return intent.Open{Ref: intent.Ref{Kind: kind, Key: key}}
	}})
	if r.Namespace != "" {
		menu.Items = append(menu.Items, intent.Item{Label: w.Timeline.LogsHere, Do: func() intent.Intent { return pane.OpenLogs(p.env, logsAt(r)) }})
	}
	menu.Items = append(menu.Items, intent.Item{Label: w.Timeline.PinHere, Do: func() intent.Intent {
		p.pinned = r.At
		return intent.Many{intent.Pin{At: r.At}, intent.Toast{Text: w.Frame.Pinned(w.When(r.At, p.env.Now()))}}
	}})
	return menu
}

// target is the page that shows an entry whole.
func target(r row) (kind, key string) {
	project := r.of.Dossier.Project.ID
	switch r.Kind {
	case axis.Push, axis.Mirror, axis.Pipeline:
		return page.Pipelines, project
	case axis.Gate:
		return page.Quality, project
	case axis.Image:
		return page.Images, project
	case axis.Deploy:
		return page.GitOps, project
	case axis.Alert:
		return page.Alerts, project
	}
	if r.Namespace != "" {
		return page.Environment, r.Namespace
	}
	return page.Project, project
}

// Copies offers the line, everything, and the command that prints what happened.
func (p *Page) Copies() []intent.Item {
	w := p.env.Words
	var out []intent.Item
	if r, ok := p.table.Current(); ok {
		out = append(out, pane.CopyItem(w.Timeline.CopyLine, p.plain(r)))
		if r.SHA != "" {
			out = append(out, pane.CopyItem(w.Timeline.Commit, r.SHA))
		}
		if r.URL != "" {
			out = append(out, pane.CopyItem("URL", r.URL))
		}
	}
	if len(p.all) > 0 {
		out = append(out, intent.Item{Label: w.Timeline.CopyAll, Hint: w.Int(len(p.all)), Do: func() intent.Intent {
			var sb strings.Builder
			for _, r := range p.all {
				sb.WriteString(p.plain(r) + "\n")
			}
			return intent.Copy{Text: sb.String(), What: w.Timeline.CopyAll}
		}})
	}
	return out
}

// Links is the address of the entry under the cursor.
func (p *Page) Links() []page.Link {
	r, ok := p.table.Current()
	if !ok || r.URL == "" {
		return nil
	}
	system := map[axis.Kind]string{axis.Push: "gitlab", axis.Pipeline: "gitlab", axis.Gate: "sonarqube", axis.Alert: "prometheus", axis.Deploy: "argocd"}[r.Kind]
	return []page.Link{{System: system, Name: p.headline(r.Entry), URL: r.URL}}
}
