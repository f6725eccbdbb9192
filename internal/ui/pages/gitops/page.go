// Package gitops is the page of Argo CD applications: of the whole platform, of a project, or of a namespace; the worst first.
package gitops

import (
	"cmp"
	"strings"

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

// Entry registers the page.
func Entry(screen int) page.Entry {
	return page.Entry{Kind: page.GitOps, Screen: screen, Title: func(w *words.Set) string { return w.GitOps.Title },
		New: func(env *page.Env, key string) page.Page { return New(env, key) }}
}

// app is a row: an application and whose it is.
type app struct {
	*platform.Application
	row                *fleet.Row
	slug, project, env string
	rank               int
	rev                uint64
}

// Page is the list.
type Page struct {
	*roster.Roster[app]
	env *page.Env
	key string // "", a project id, or a namespace

	fetch *page.Fetch
	lags  *pane.Lags
}

// New returns the page, empty.
func New(env *page.Env, key string) *Page {
	p := &Page{env: env, key: key, fetch: page.NewFetch(env.Ctx)}
	p.lags = pane.NewLags(env, p.fetch)
	p.Roster = roster.New(roster.Config[app]{
		Env: env, Key: key, Kind: page.GitOps, Family: platform.FamApplications, Sources: []string{"argocd"},
		Words: func(w *words.Set) roster.Words {
			return roster.Words{Title: w.GitOps.Title, Order: w.GitOps.Order, None: w.GitOps.None, NoneWhy: w.GitOps.NoneWhy}
		},
		Rows: rows, Compare: compare, ID: func(a app) string { return a.Key() }, Rev: func(a app) uint64 { return a.rev ^ uint64(env.Pin.Unix()) }, //nolint:gosec // a mark of change
		Problem: func(a app) bool { return a.rank > 0 }, Text: haystack,
		Columns: p.columns, Scope: func(a app) string { return a.project }, Count: p.count, Commands: p.commands, Copies: p.copies,
		Title: func(a app) (string, string) { return a.Name, a.Instance }, Details: p.details,
		Follow: func(a app) { // of the application under the cursor only
			git, sha, head := pane.InPlace(a.row, a.Application)
			p.lags.Want(a.project, git, sha, head)
		},
		Note: func(w int) []string { return pane.Pinned(env, w, 2, env.Words.Elsewhere.PinGitOps) },
	})
	return p
}

// Wake implements page.Waker.
func (p *Page) Wake() <-chan struct{} { return p.fetch.Wake() }

// Woke implements page.Waker.
func (p *Page) Woke() bool { return p.fetch.Woke() }

// Holds implements page.Holder.
func (p *Page) Holds() bool { return p.fetch.Busy("") }

// Close implements page.Closer.
func (p *Page) Close() { p.fetch.Close() }

func haystack(a app) string {
	text := a.slug + " " + a.env + " " + a.DestNamespace + " " + a.DestCluster + " " + a.RepositoryName + " " + a.Operation.Phase + " " + strings.Join(a.Revisions, " ")
	for _, c := range a.Conditions {
		text += " " + c.Type
	}
	return text
}

// rows are the applications of a project, each once.
func rows(part roster.Part) []app {
	d := part.Row.Dossier
	done := map[string]bool{}
	var out []app
	add := func(a *platform.Application, env string) {
		if done[a.Key()] || part.Namespace != "" && a.DestNamespace != part.Namespace {
			return
		}
		done[a.Key()] = true
		out = append(out, app{Application: a, row: part.Row, slug: d.Project.Slug, project: d.Project.ID, env: cmp.Or(env, a.EnvironmentName), rank: pane.ArgoRank(a), rev: part.Row.Rev})
	}
	for i := range d.Environments {
		x := &d.Environments[i]
		for j := range x.Applications {
			add(&x.Applications[j], x.Name)
		}
	}
	for i := range d.Applications {
		add(&d.Applications[i], "")
	}
	return out
}

func compare(a, b app) int {
	return cmp.Or(cmp.Compare(b.rank, a.rank), cmp.Compare(kindRank(a), kindRank(b)), b.LastDeployed().Compare(a.LastDeployed()), strings.Compare(a.Name, b.Name))
}

func (p *Page) count(all []app) (string, bool) {
	bad, out := 0, 0
	for _, a := range all {
		if a.rank >= 4 {
			bad++
		}
		if a.Sync == platform.SyncOutOfSync {
			out++
		}
	}
	return p.env.Words.GitOps.Counts(len(all), bad, out), bad > 0
}

// kindRank puts what teams deploy before what the platform makes around it.
func kindRank(a app) int {
	switch a.Type {
	case platform.AppDeploy, platform.AppHistoric:
		return 0
	case platform.AppInfra, platform.AppObservability:
		return 1
	}
	return 2
}

// commands are those of an application; Enter opens it.
func (p *Page) commands(a app, ok bool) []keys.Command {
	if !ok {
		return nil
	}
	open := func(suffix string) func() intent.Intent {
		return func() intent.Intent {
			return intent.Open{Ref: intent.Ref{Kind: page.Application, Key: a.Key() + suffix}}
		}
	}
	has, namespace := a.DestNamespace != "" && kindRank(a) == 0, ""
	if has {
		namespace = a.DestNamespace
	}
	return []keys.Command{{ID: keys.Enter, Do: open("")}, {ID: keys.Diff, Do: open(page.OnDiff)}, pane.LogsOf(p.env, logs.Subject{Namespace: a.DestNamespace}, has), pane.MetricsOf(p.env, namespace), pane.TimelineOf(p.env, namespace)}
}

// copies offers an application and how to see it elsewhere.
func (p *Page) copies(a app) []intent.Item {
	w := p.env.Words
	out := []intent.Item{pane.CopyItem(w.GitOps.CopyName, a.Name)}
	if a.URL != "" {
		out = append(out, pane.CopyItem("URL", a.URL))
	}
	if len(a.Revisions) > 0 {
		out = append(out, pane.CopyItem(strings.ToLower(w.GitOps.Revision), a.Revisions[len(a.Revisions)-1]))
	}
	if a.DestNamespace != "" {
		out = append(out, pane.CopyItem(w.Project.CopyNamespace, a.DestNamespace))
	}
	return append(out, pane.CopyItem("argocd", "argocd app get "+a.Namespace+"/"+a.Name))
}
