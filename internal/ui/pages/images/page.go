// Package images is the page of the registry: artifacts of the whole platform, of a project or of a namespace, with what runs them; and the
// page of one artifact, with what its scan found.
package images

import (
	"cmp"
	"context"
	"strings"

	"dsotop/internal/desk"
	"dsotop/internal/fleet"
	"dsotop/internal/platform"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/keys"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/roster"
	"dsotop/internal/ui/style"
	"dsotop/internal/ui/words"
)

// Entry registers the list.
func Entry(screen int) page.Entry {
	return page.Entry{Kind: page.Images, Screen: screen, Title: func(w *words.Set) string { return w.Images.Title },
		New: func(env *page.Env, key string) page.Page { return New(env, key) }}
}

// Page is the list. What a scan found and what is kept are asked for what is looked at, and held as long as the page.
type Page struct {
	*roster.Roster[item]
	env *page.Env
	key string

	fetch *page.Fetch
	found map[string]answer[desk.VulnerabilityReport] // by digest
	keeps map[string]answer[desk.Retention]           // by project id
	drawn uint64                                      // moves when what rows show came
}

// answer is what a system answered, or why it did not.
type answer[T any] struct {
	value T
	why   *platform.SourceHealth
}

// New returns the page, empty; key is "", a project id, or a namespace.
func New(env *page.Env, key string) *Page {
	p := &Page{env: env, key: key, fetch: page.NewFetch(env.Ctx), found: map[string]answer[desk.VulnerabilityReport]{}, keeps: map[string]answer[desk.Retention]{}}
	p.Roster = roster.New(roster.Config[item]{
		Env: env, Key: key, Kind: page.Images, Family: platform.FamImages, Sources: []string{"harbor"},
		Words: func(w *words.Set) roster.Words {
			i := w.Images
			return roster.Words{Title: i.Title, Order: i.Order, None: i.None, NoneWhy: i.NoneWhy}
		},
		Rows: func(part roster.Part) []item { return items(part, key == "") }, Compare: compare, ID: item.id, Rev: func(x item) uint64 { return x.row.Rev<<16 + p.drawn },
		Problem: func(x item) bool { return x.rank > 0 }, Text: item.text, Columns: p.columns, Scope: item.project, Count: p.count, Commands: p.commands, Copies: p.copies,
		Title: func(x item) (string, string) { return x.name(), x.slug() }, Details: p.details, Follow: p.follow, Note: p.note,
	})
	return p
}

func compare(a, b item) int {
	return cmp.Or(cmp.Compare(b.rank, a.rank), cmp.Compare(min(len(b.runs), 1), min(len(a.runs), 1)), strings.Compare(a.slug(), b.slug()), strings.Compare(a.repository, b.repository), cmp.Compare(a.place, b.place), strings.Compare(a.id(), b.id()))
}

func (p *Page) count(all []item) (string, bool) {
	running, missing := 0, 0
	for _, x := range all {
		if x.image == nil {
			missing++
			continue
		}
		if len(x.runs) > 0 {
			running++
		}
	}
	return p.env.Words.Images.Counts(len(all)-missing, running, missing), missing > 0
}

// note says what is left out of the list of the whole platform, and what a project keeps.
func (p *Page) note(w int) []string {
	e, i := p.env, p.env.Words.Images
	if p.key == "" {
		if len(p.Rows()) == 0 {
			return nil
		}
		return []string{e.Pen(w).Space(1).Put(style.Faint, i.OnlyShown).Line()}
	}
	if len(p.Rows()) == 0 {
		return nil
	}
	a, ok := p.keeps[p.Rows()[0].project()]
	if !ok {
		return nil
	}
	return []string{e.Pen(w).Space(1).Put(style.Faint, p.kept(a)).Line()}
}

// kept says what is kept of a project's images.
func (p *Page) kept(a answer[desk.Retention]) string {
	i := p.env.Words.Images
	switch {
	case a.why != nil:
		return i.KeepsUnread + " (" + p.env.Words.State[a.why.State].Word + ")"
	case len(a.value.Rules) == 0:
		return i.KeepsAll
	case a.value.Keeps() > 0:
		return i.Keeps(a.value.Keeps())
	}
	var out []string
	for _, r := range a.value.Rules {
		out = append(out, cmp.Or(i.ByTemplate[r.Template], r.Template))
	}
	return i.KeepsOther + p.env.Words.Form.Colon + strings.Join(out, ", ")
}

// follow asks what is known of the artifact under the cursor, and what its project keeps; once.
func (p *Page) follow(x item) {
	b, ok := p.env.Backend.(page.Inspectors)
	if !ok {
		return
	}
	reach := b.Images(x.project())
	if reach.Images == nil {
		return
	}
	if topic := "keeps " + x.project(); !p.fetch.Busy(topic) && !has(p.keeps, x.project()) {
		id, slug := x.project(), x.slug()
		p.fetch.Ask(topic, func(ctx context.Context) (any, error) { return reach.Images.Retention(ctx, slug) }, func(v any, err error) {
			keep(p.keeps, id, v, err, reach)
			p.drawn++
			p.Again()
		})
	}
	if x.image == nil || !x.image.Scan.Known() || has(p.found, x.image.Digest) {
		p.fetch.Stop("found")
		return
	}
	digest, ref := x.image.Digest, x.ref()
	p.fetch.Ask("found", func(ctx context.Context) (any, error) { return reach.Images.Vulnerabilities(ctx, ref) }, func(v any, err error) {
		if len(p.found) > 200 {
			clear(p.found)
		}
		keep(p.found, digest, v, err, reach)
	})
}

func has[T any](m map[string]T, key string) bool { _, ok := m[key]; return ok }

func keep[T any](m map[string]answer[T], key string, v any, err error, reach desk.ImagesReach) {
	var a answer[T]
	if err != nil {
		h := reach.Health(err)
		a.why = &h
	} else {
		a.value, _ = v.(T)
	}
	m[key] = a
}

// limit is how many artifacts of each repository are kept; 0 when it is not known.
func (p *Page) limit(x item) int { return p.keeps[x.project()].value.Keeps() }

// Wake implements page.Waker.
func (p *Page) Wake() <-chan struct{} { return p.fetch.Wake() }

// Woke implements page.Waker.
func (p *Page) Woke() bool { return p.fetch.Woke() }

// Holds implements page.Holder.
func (p *Page) Holds() bool { return p.fetch.Busy("") }

// Close implements page.Closer.
func (p *Page) Close() { p.fetch.Close() }

func (p *Page) commands(x item, ok bool) []keys.Command {
	if !ok {
		return nil
	}
	out := []keys.Command{{ID: keys.Enter, Do: func() intent.Intent {
		if x.image == nil && len(x.runs) > 0 { // there is nothing in the registry: what asks for it tells more
			return intent.Open{Ref: intent.Ref{Kind: page.Environment, Key: x.runs[0].namespace}}
		}
		return intent.Open{Ref: intent.Ref{Kind: page.Image, Key: x.project() + "/" + x.repository + "@" + x.digest}}
	}}}
	if sha, _ := x.commit(); sha != "" {
		out = append(out, keys.Command{ID: keys.Way, Do: func() intent.Intent { return intent.Open{Ref: intent.Ref{Kind: page.Commit, Key: sha}} }})
	}
	return out
}

func (p *Page) copies(x item) []intent.Item { return copies(p.env, x) }

func copies(e *page.Env, x item) []intent.Item {
	i := e.Words.Images
	out := []intent.Item{pane.CopyItem(i.CopyRef, x.full())}
	if x.digest != "" {
		out = append(out, pane.CopyItem(i.CopyDigest, x.digest))
	}
	if sha, _ := x.commit(); sha != "" {
		out = append(out, pane.CopyItem(i.Commit, sha), pane.CopyItem(e.Words.Chain.AsCommand, "dsotop trace "+platform.ShortSHA(sha)))
	}
	return out
}

var _ interface {
	page.Page
	page.Filterable
	page.Undoer
	page.Copier
	page.Relabeller
	page.Settler
	page.Waker
	page.Holder
	page.Closer
} = (*Page)(nil)

// find returns the artifact of a digest in a project, with what runs it; a nil image when there is none.
func find(r *fleet.Row, repository, digest string) item {
	for _, x := range items(roster.Part{Row: r}, false) {
		if x.image != nil && x.repository == repository && x.image.Is(digest) {
			return x
		}
	}
	return item{}
}
