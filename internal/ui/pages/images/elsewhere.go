package images

import "dsotop/internal/ui/page"

// Links is what is written elsewhere of the vulnerability under the cursor.
func (p *One) Links() []page.Link {
	v, ok := p.table.Current()
	if !ok || v.Link == "" {
		return nil
	}
	return []page.Link{{System: "cve", Name: v.ID, URL: v.Link}}
}
