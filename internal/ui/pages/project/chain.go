package project

import (
	"slices"
	"strings"

	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/outline"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/style"
)

// chainKey is the identity of a chain on the page.
func chainKey(x *platform.Chain) string {
	return keyChain + x.Namespace + "|" + string(x.Kind) + "|" + x.Repository + "|" + x.ImageName
}

// chainItems lists the delivery chains, one line each, and below them the commit that runs in every environment side by side.
func (p *Page) chainItems(blank outline.Item) []outline.Item {
	e := p.env
	chains := pane.NewChains(e, p.row)
	if len(chains.List()) == 0 {
		return nil
	}
	items := []outline.Item{blank, {Lines: 1, Draw: func(w int, _ style.Ground) []string { return []string{e.Section(w, e.Words.Chain.Title, "")} }},
		{Draw: func(w int, _ style.Ground) []string {
			if head, ok := chains.Head(w); ok {
				return []string{head}
			}
			return nil
		}}}
	for i, x := range chains.List() {
		key := chainKey(&x)
		items = append(items, outline.Item{Key: key, Lines: 1, Draw: func(w int, g style.Ground) []string { return []string{chains.Line(i, w, g)} }})
		if !p.open[key] {
			continue
		}
		items = append(items, outline.Item{Draw: func(w int, _ style.Ground) []string { return chains.Details(i, w) }})
		if x.Namespace != "" {
			items = append(items, p.into(keyPlace+x.Namespace+"|"+key, e.Words.Project.OpenEnvironment, x.Environment))
		}
		if sha, _ := x.Commit(); sha != "" {
			items = append(items, p.into(keyCommit+sha+"|"+key, e.Words.Chain.OpenCommit, platform.ShortSHA(sha)))
		}
	}
	place := 0 // width of the longest name of an environment that runs images of others
	for i := range p.row.Dossier.Environments {
		if x := &p.row.Dossier.Environments[i]; pane.Foreign(p.row, x.Namespace) != "" {
			place = max(place, block.Width(x.Name))
		}
	}
	for i := range p.row.Dossier.Environments {
		x := &p.row.Dossier.Environments[i]
		if names := pane.Foreign(p.row, x.Namespace); names != "" {
			items = append(items, outline.Item{Lines: 1, Draw: func(w int, _ style.Ground) []string {
				return []string{e.Pen(w).Space(1).Put(style.Faint, e.Words.Chain.Kind[platform.ChainForeign]+" "+e.Glyphs.To+" ").Column(min(place, w/3)).Put(style.Faint, x.Name).EndColumn().Space(3).Put(style.Faint, names).Line()}
			}})
		}
	}
	truth := p.truth()
	if len(p.row.Dossier.Environments) < 2 || len(truth) == 0 {
		return items
	}
	name := 8
	for _, t := range truth {
		name = max(name, min(len([]rune(t.Repository)), 20))
	}
	items = append(items, blank, outline.Item{Lines: 1, Draw: func(w int, _ style.Ground) []string { return []string{e.Section(w, e.Words.Chain.Truth, "")} }})
	for _, t := range truth {
		items = append(items, outline.Item{Key: keyTruth + t.Repository, Lines: 1, Draw: func(w int, g style.Ground) []string { return []string{pane.Truth(e, t, w, g, name+1)} }})
	}
	return items
}

// wantLags asks the forge how far what runs is behind, once for each commit and head, when the summary is in front.
func (p *Page) wantLags() {
	if p.row == nil || p.tab != tabSummary {
		return
	}
	for _, t := range p.row.Truth() {
		for _, c := range t.Cells {
			p.lags.Want(p.row.Dossier.Project.ID, p.git(t.Repository), c.Commit, t.Head)
		}
	}
}

// truth is the commit that runs in each environment, with the count of commits that the forge told in place of the one of pipelines.
func (p *Page) truth() []platform.TruthRow {
	all := p.row.Truth()
	out := slices.Clone(all)
	for i, t := range out {
		git := p.git(t.Repository)
		for j, c := range t.Cells {
			lag, found, asked := p.lags.Lag(p.row.Dossier.Project.ID, git, c.Commit, t.Head)
			if !asked || !found {
				continue
			}
			if &out[i].Cells[0] == &all[i].Cells[0] {
				out[i].Cells = slices.Clone(t.Cells)
			}
			out[i].Cells[j].Behind, out[i].Cells[j].AtLeast, out[i].Cells[j].Counted = lag.Commits, lag.AtLeast, true
		}
	}
	return out
}

// git is what the forge says of a repository; nil when it says nothing.
func (p *Page) git(repository string) *platform.GitRepository {
	for i := range p.row.Dossier.Repositories {
		if r := &p.row.Dossier.Repositories[i]; r.Name == repository {
			return r.Git
		}
	}
	return nil
}

// into is a line beneath an unfolded one that leads elsewhere.
func (p *Page) into(key, text, name string) outline.Item {
	e := p.env
	return outline.Item{Key: key, Lines: 1, Draw: func(w int, g style.Ground) []string {
		pen := e.Sheet.Pen(w, g)
		if g == style.Select {
			pen.Cursor(e.Glyphs.Cursor)
		}
		return []string{pen.To(5).Put(style.Accent, e.Glyphs.Into).Space(1).Put(style.Text, text+" ").Put(style.Title, name).Line()}
	}}
}

// commit is the SHA that the line of a key is about; "" when it is about none.
func (p *Page) commit(key string) string {
	if rest, ok := strings.CutPrefix(key, keyCommit); ok {
		sha, _, _ := strings.Cut(rest, "|")
		return sha
	}
	if name, ok := strings.CutPrefix(key, keyTruth); ok {
		for _, t := range p.row.Truth() {
			if t.Repository != name {
				continue
			}
			for _, c := range t.Cells {
				if c.Commit != "" {
					return c.Commit
				}
			}
			return t.Head
		}
	}
	if x, ok := p.chain(key); ok {
		sha, _ := x.Commit()
		return sha
	}
	return ""
}

// chain is the chain that the line of a key is about.
func (p *Page) chain(key string) (x platform.Chain, ok bool) {
	if !strings.HasPrefix(key, keyChain) || p.row == nil {
		return x, false
	}
	for _, one := range p.row.Chains() {
		if chainKey(&one) == key {
			return one, true
		}
	}
	return x, false
}

var _ page.Page = (*Page)(nil)
