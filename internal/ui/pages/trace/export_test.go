package trace

// Kick asks again now.
func (p *Page) Kick() { p.watch.Kick() }
