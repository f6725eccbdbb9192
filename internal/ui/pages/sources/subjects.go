package sources

import (
	"dsotop/internal/actions"
	"dsotop/internal/ui/page"
)

// Subjects is the platform: its console can be asked to check its tools now.
func (p *Page) Subjects() []actions.Subject {
	return []actions.Subject{page.OfPlatform(p.env.Backend.Profile())}
}
