// Package alerts is the page of alerts: of the whole platform, its own included, of a project or of a namespace; and the page of one alert,
// with its silences.
package alerts

import (
	"cmp"
	"context"
	"strings"

	"dsotop/internal/desk"
	"dsotop/internal/fleet"
	"dsotop/internal/logs"
	"dsotop/internal/platform"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/keys"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/roster"
	"dsotop/internal/ui/words"
)

// Entry registers the list.
func Entry(screen int) page.Entry {
	return page.Entry{Kind: page.Alerts, Screen: screen, Title: func(w *words.Set) string { return w.Alerts.Title },
		New: func(env *page.Env, key string) page.Page { return New(env, key) }}
}

// alert is a row: an alert and whom it concerns.
type alert struct {
	*platform.Alert
	row *fleet.Row // nil: the platform's own
	env string     // name of the environment that its namespace is; ""
	key string     // identity: name and labels
	rev uint64
}

func (a alert) project() string {
	if a.row == nil {
		return ""
	}
	return a.row.Dossier.Project.ID
}

func (a alert) slug() string {
	if a.row == nil {
		return ""
	}
	return a.row.Dossier.Project.Slug
}

func (a alert) id() string { return a.project() + "/" + a.key }

// The states of an alert, as words of the machine.
const (
	firing    = "firing"
	pending   = "pending"
	silenced  = "silenced"
	inhibited = "inhibited"
)

func (a alert) state() string {
	switch {
	case a.Silenced:
		return silenced
	case a.Inhibited:
		return inhibited
	case a.State == firing:
		return firing
	}
	return pending
}

// rank is how much an alert needs the eye.
func (a alert) rank() int {
	switch a.state() {
	case firing:
		switch a.Severity {
		case "critical", "page", "error":
			return 5
		case "info", "none":
			return 3
		}
		return 4
	case pending:
		return 2
	}
	return 0
}

// Page is the list. Silences are asked for where one is on screen, and held as long as the page.
type Page struct {
	*roster.Roster[alert]
	env    *page.Env
	key    string
	fetch  *page.Fetch
	silent map[string]silences // by project id; "" the platform's own
}

// silences are those of a project, or why they are not known.
type silences struct {
	list []desk.Silence
	why  *platform.SourceHealth
	none bool // no Alertmanager is configured
}

// New returns the page, empty; key is "", a project id, or a namespace.
func New(env *page.Env, key string) *Page {
	p := &Page{env: env, key: key, fetch: page.NewFetch(env.Ctx), silent: map[string]silences{}}
	p.Roster = roster.New(roster.Config[alert]{
		Env: env, Key: key, Kind: page.Alerts, Family: platform.FamAlerts, Sources: []string{"alertmanager", "prometheus"},
		Words: func(w *words.Set) roster.Words {
			a := w.Alerts
			return roster.Words{Title: a.Title, Order: a.Order, None: a.None, NoneWhy: a.NoneWhy}
		},
		Rows: rows, Others: others, Compare: compare, ID: alert.id, Rev: func(a alert) uint64 { return a.rev }, Problem: func(a alert) bool { return a.rank() > 0 }, Text: haystack,
		Columns: p.columns, Scope: alert.project, Count: p.count, Commands: p.commands, Copies: func(a alert) []intent.Item { return copies(env, a) },
		Title: func(a alert) (string, string) { return a.Name, p.whose(a) }, Details: p.details, Follow: p.follow,
	})
	return p
}

// rows are the alerts of a project.
func rows(part roster.Part) []alert {
	d := part.Row.Dossier
	var out []alert
	for i := range d.Alerts {
		a := alert{Alert: &d.Alerts[i], row: part.Row, rev: part.Row.Rev}
		if part.Namespace != "" && a.Namespace != part.Namespace {
			continue
		}
		for k := range d.Environments {
			if x := &d.Environments[k]; a.Namespace != "" && x.Namespace == a.Namespace {
				a.env = x.Name
			}
		}
		a.key = identity(a.Alert)
		out = append(out, a)
	}
	return out
}

// others are the platform's own.
func others(v *fleet.View) []alert {
	out := make([]alert, 0, len(v.Platform))
	for i := range v.Platform {
		out = append(out, alert{Alert: &v.Platform[i], key: identity(&v.Platform[i]), rev: v.Version})
	}
	return out
}

// compare puts what needs the eye first, projects before the platform, then what began last.
func compare(a, b alert) int {
	return cmp.Or(cmp.Compare(b.rank(), a.rank()), boolRank(a.row == nil)-boolRank(b.row == nil), b.Since.Compare(a.Since), strings.Compare(a.Name, b.Name), strings.Compare(a.key, b.key))
}

func boolRank(b bool) int {
	if b {
		return 1
	}
	return 0
}

func haystack(a alert) string {
	text := a.Namespace + " " + a.Severity
	for name, value := range a.Labels {
		text += " " + name + "=" + value
	}
	return text
}

func (p *Page) count(all []alert) (string, bool) {
	n, waiting, quiet, own := 0, 0, 0, 0
	for _, a := range all {
		switch a.state() {
		case firing:
			n++
		case pending:
			waiting++
		default:
			quiet++
		}
		if a.row == nil {
			own++
		}
	}
	text := p.env.Words.Alerts.Counts(n, waiting, quiet)
	if p.key == "" && own > 0 {
		text += "  " + p.env.Words.Alerts.PlatformCount(own)
	}
	return text, n > 0
}

// whose names the project and environment that an alert hits.
func (p *Page) whose(a alert) string { return whose(p.env, a) }

func whose(e *page.Env, a alert) string {
	if a.row == nil {
		return e.Words.Alerts.Platform
	}
	if a.env == "" {
		return a.slug()
	}
	return a.slug() + " " + e.Glyphs.Into + " " + a.env
}

// follow asks for the silences of whom the alert under the cursor concerns, once.
func (p *Page) follow(a alert) {
	if _, ok := p.silent[a.project()]; ok || p.fetch.Busy("silences "+a.project()) {
		return
	}
	ask(p.env, p.fetch, a.project(), func(s silences) { p.silent[a.project()] = s })
}

// ask asks for the silences of a project; take hears the answer, at once when nobody can be asked.
func ask(e *page.Env, fetch *page.Fetch, project string, take func(silences)) {
	var reach desk.AlertsReach
	if b, ok := e.Backend.(page.Inspectors); ok {
		reach = b.Alerts(project)
	}
	if reach.Alerts == nil {
		take(silences{none: true})
		return
	}
	fetch.Ask("silences "+project, func(ctx context.Context) (any, error) {
		list, err := reach.Read(ctx)
		if len(list) > 0 {
			err = nil // what some tenants answered is worth more than why others did not
		}
		return list, err
	}, func(v any, err error) {
		var s silences
		s.list, _ = v.([]desk.Silence)
		if err != nil {
			h := reach.Health(err)
			s.why = &h
		}
		take(s)
	})
}

// Wake implements page.Waker.
func (p *Page) Wake() <-chan struct{} { return p.fetch.Wake() }

// Woke implements page.Waker.
func (p *Page) Woke() bool { return p.fetch.Woke() }

// Holds implements page.Holder.
func (p *Page) Holds() bool { return p.fetch.Busy("") }

// Close implements page.Closer.
func (p *Page) Close() { p.fetch.Close() }

func (p *Page) commands(a alert, ok bool) []keys.Command {
	if !ok {
		return nil
	}
	return append([]keys.Command{{ID: keys.Enter, Do: func() intent.Intent { return intent.Open{Ref: intent.Ref{Kind: page.Alert, Key: a.id()}} }}}, around(p.env, a)...)
}

// around are the commands that lead from an alert to what it is about.
func around(e *page.Env, a alert) []keys.Command {
	place := ""
	if a.env != "" {
		place = a.Namespace
	}
	s := logs.Subject{Namespace: place}
	if !a.Since.IsZero() {
		s.At = a.Since.UnixNano()
	}
	out := []keys.Command{pane.LogsOf(e, s, place != ""), pane.MetricsOf(e, place)}
	if key := cmp.Or(place, a.project()); key != "" {
		out = append(out, keys.Command{ID: keys.Timeline, Quiet: true, Do: func() intent.Intent { return intent.Open{Ref: intent.Ref{Kind: page.Timeline, Key: key}} }})
	}
	return out
}

// copies is what one says of an alert.
func copies(e *page.Env, a alert) []intent.Item {
	w := e.Words.Alerts
	out := []intent.Item{pane.CopyItem(w.CopyName, a.Name), pane.CopyItem(w.CopyLabels, labelText(a.Labels))}
	if a.URL != "" {
		out = append(out, pane.CopyItem("URL", a.URL))
	}
	if x := expression(a.URL); x != "" {
		out = append(out, pane.CopyItem(w.CopyExpr, x))
	}
	if r := runbook(a.Alert); r != "" {
		out = append(out, pane.CopyItem(w.CopyRunbook, r))
	}
	return out
}
