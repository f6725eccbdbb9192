// Package pods is the page of pods: of the whole platform, of a project, or of a namespace; the worst first, then the youngest.
package pods

import (
	"cmp"
	"strings"

	"dsotop/internal/platform"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/keys"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/roster"
	"dsotop/internal/ui/style"
	"dsotop/internal/ui/words"
)

// Entry registers the page.
func Entry(screen int) page.Entry {
	return page.Entry{Kind: page.Pods, Screen: screen, Title: func(w *words.Set) string { return w.Pods.Title },
		New: func(env *page.Env, key string) page.Page { return New(env, key) }}
}

// pod is a row.
type pod struct {
	*platform.Pod
	slug, project, env string
	rank               int
	rev                uint64
}

func (x pod) key() string { return x.Namespace + "/" + x.Name }

// state is what kubectl shows.
func (x pod) state() string { return cmp.Or(x.Reason, x.Phase) }

// Page is the list.
type Page struct {
	*roster.Roster[pod]
	env *page.Env
	key string // "", a project id, or a namespace
}

// New returns the page, empty.
func New(env *page.Env, key string) *Page {
	p := &Page{env: env, key: key}
	p.Roster = roster.New(roster.Config[pod]{
		Env: env, Key: key, Kind: page.Pods, Family: platform.FamPods, ByPlace: true, Sources: []string{"kubernetes", "argocd"},
		Words: func(w *words.Set) roster.Words {
			return roster.Words{Title: w.Pods.Title, Order: w.Pods.Order, None: w.Pods.None, NoneWhy: w.Pods.NoneWhy}
		},
		Rows: p.rows, Compare: compare, ID: pod.key, Rev: func(x pod) uint64 { return x.rev }, Problem: func(x pod) bool { return x.rank > 0 }, Text: haystack,
		Columns: p.columns, Scope: func(x pod) string { return x.Namespace }, Count: p.count, Commands: p.commands, Copies: p.copies,
		Title: func(x pod) (string, string) { return x.Name, strings.Trim(x.slug+" "+env.Glyphs.Into+" "+x.env, " ") }, Details: p.details,
	})
	return p
}

func haystack(x pod) string {
	text := x.slug + " " + x.env + " " + x.Namespace + " " + x.WorkloadKind + " " + x.WorkloadName + " " + x.Phase + " " + x.Node
	for _, c := range x.Containers {
		text += " " + c.Name + " " + c.Image + " " + c.LastReason
	}
	return text
}

// rank is how much a pod needs the eye: broken, then not ready, moving, restarted lately, well, finished.
func (p *Page) rank(x *platform.Pod) int {
	switch cells.Pod(p.env.Glyphs, *x).Role {
	case style.Bad:
		return 4
	case style.Warn:
		return 3
	case style.Running:
		return 2
	}
	for _, c := range x.Containers {
		if !c.LastFinished.IsZero() && p.env.Now().Sub(c.LastFinished).Hours() < 1 {
			return 1
		}
	}
	if x.Finished() {
		return -1
	}
	return 0
}

// rows are the pods of a project.
func (p *Page) rows(part roster.Part) []pod {
	d := part.Row.Dossier
	var out []pod
	for _, x := range part.Environments() {
		for j := range x.Pods {
			out = append(out, pod{Pod: &x.Pods[j], slug: d.Project.Slug, project: d.Project.ID, env: x.Name, rank: p.rank(&x.Pods[j]), rev: part.Row.Rev})
		}
	}
	return out
}

func compare(a, b pod) int {
	return cmp.Or(cmp.Compare(b.rank, a.rank), b.CreatedAt.Compare(a.CreatedAt), strings.Compare(a.Name, b.Name))
}

func (p *Page) count(all []pod) (string, bool) {
	bad, moving := 0, 0
	for _, x := range all {
		if x.rank >= 3 {
			bad++
		}
		if x.rank == 2 {
			moving++
		}
	}
	return p.env.Words.Pods.Counts(len(all), bad, moving), bad > 0
}

// commands are those of a pod; Enter opens it.
func (p *Page) commands(x pod, ok bool) []keys.Command {
	if !ok {
		return nil
	}
	open := func(suffix string) func() intent.Intent {
		return func() intent.Intent { return intent.Open{Ref: intent.Ref{Kind: page.Pod, Key: x.key() + suffix}} }
	}
	return []keys.Command{{ID: keys.Enter, Do: open("")}, {ID: keys.Raw, Do: open(page.OnManifest)}, pane.LogsOf(p.env, pane.PodLogs(x.Pod), true), pane.MetricsOf(p.env, x.Pod.Namespace), pane.TimelineOf(p.env, x.Pod.Namespace)}
}

// copies offers what one says of a pod.
func (p *Page) copies(x pod) []intent.Item {
	w := p.env.Words.Pods
	out := []intent.Item{pane.CopyItem(w.CopyName, x.Name)}
	for _, c := range x.Containers {
		if !c.Init {
			out = append(out, pane.CopyItem(w.CopyImage, c.Image))
		}
	}
	return append(out, pane.CopyItem(w.CopyNamespace, x.Namespace), pane.CopyItem("kubectl", "kubectl -n "+x.Namespace+" get pod "+x.Name))
}
