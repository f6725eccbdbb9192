package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"dsotop/internal/fleet"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/style"
	"dsotop/internal/ui/table"
	"dsotop/internal/ui/words"
)

// places keeps what the palette shows of each project and its environments, by the row it was made from: rows are made anew when they
// change, so that opening the palette costs what changed since the last time.
type places struct {
	words *words.Set
	ascii bool
	rows  map[*fleet.Row]place
}

type place struct {
	entries []entry
	hay     []string // folded, parallel to entries
}

func (c *places) of(r *Root, row *fleet.Row) place {
	if c.words != r.env.Words || c.ascii != r.env.Glyphs.ASCII || len(c.rows) > 64+2*len(r.view.Projects) {
		*c = places{words: r.env.Words, ascii: r.env.Glyphs.ASCII, rows: make(map[*fleet.Row]place, len(r.view.Projects))}
	}
	if p, ok := c.rows[row]; ok {
		return p
	}
	var p place
	add := func(e entry) {
		p.entries = append(p.entries, e)
		p.hay = append(p.hay, table.Fold(e.label+" "+e.also))
	}
	w, d := r.env.Words, row.Dossier
	m := cells.Severity(r.env.Glyphs, row.Severity)
	add(entry{label: d.Project.Slug, kind: w.Palette.Kind["project"], also: d.Project.Name, keys: m.Glyph, role: m.Role, do: intent.Open{Ref: intent.Ref{Kind: page.Project, Key: d.Project.ID}}})
	for i := range d.Environments {
		env := &d.Environments[i]
		if env.Namespace != "" && r.registered(page.Environment) {
			add(entry{label: d.Project.Slug + " " + r.env.Glyphs.Into + " " + env.Name, kind: w.Palette.Kind["environment"], also: env.Namespace, role: style.Text,
				do: intent.Open{Ref: intent.Ref{Kind: page.Environment, Key: env.Namespace}}})
		}
	}
	c.rows[row] = p
	return p
}

// indexedMsg says that names can be resolved now.
type indexedMsg struct{}

// index makes the index of names of the present view, off the loop: on a large platform it takes many frames.
func (r *Root) index() tea.Cmd {
	view := r.view
	if r.opts.Still || view.Indexed() {
		return nil
	}
	return func() tea.Msg {
		view.Resolve("")
		return indexedMsg{}
	}
}

// indexed has a palette that is open look again.
func (r *Root) indexed() {
	if p, ok := r.over.(*palette); ok && p.at == 0 {
		p.search()
		r.dirty = true
	}
}

// hasWord reports whether one of the words of a text, between blanks, is the one looked for.
func hasWord(text, word string) bool {
	for at := 0; ; {
		i := strings.Index(text[at:], word)
		if i < 0 {
			return false
		}
		from, to := at+i, at+i+len(word)
		if (from == 0 || text[from-1] == ' ') && (to == len(text) || text[to] == ' ') {
			return true
		}
		at = from + 1
	}
}
