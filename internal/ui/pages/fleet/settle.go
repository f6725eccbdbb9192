package fleet

import "dsotop/internal/fleet"

// Unsettled reports whether the preview shows another project than the one under the cursor.
func (p *Page) Unsettled() bool {
	r, ok := p.table.Current()
	return ok && !p.hidden && p.previewed != "" && r.Dossier.Project.ID != p.previewed
}

// Settle has the preview show what is under the cursor.
func (p *Page) Settle() { p.previewed = "" }

// preview is the project whose findings are shown: the one under the cursor, or for a moment the one that was. A project that is gone, or
// that a filter hides, is never shown beside a list without it.
func (p *Page) preview() *fleet.Row {
	current, ok := p.table.Current()
	if !ok {
		return nil
	}
	if p.previewed != "" && p.previewed != current.Dossier.Project.ID {
		for _, r := range p.table.Visible() {
			if r.Dossier.Project.ID == p.previewed {
				return r
			}
		}
	}
	p.previewed = current.Dossier.Project.ID
	return current
}
