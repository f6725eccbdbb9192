package gitlab

import "sync"

// pagesRead remembers the pages of the last list of repositories by what was asked. Most are the same a minute later: their bytes then need
// not be decoded again, and the nouns made of them are shared between both lists. The zero value is ready for use; it is safe for
// concurrent use.
type pagesRead struct {
	mu    sync.Mutex
	pages map[string]pageRead
	turn  map[string]bool // asked since the list was last complete
}

// pageRead is one page as it was read. It is read-only.
type pageRead struct {
	sum          uint64 // of its bytes, as [transport.Response] has it
	repositories []repository
	next         string // cursor of the next page; "" for the last
}

// page returns what a question was answered with when the answer has the same sum again.
func (p *pagesRead) page(question string, sum uint64) (pageRead, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.turn == nil {
		p.turn = map[string]bool{}
	}
	p.turn[question] = true
	old, ok := p.pages[question]
	return old, ok && old.sum == sum
}

func (p *pagesRead) keep(question string, now pageRead) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.pages == nil {
		p.pages = map[string]pageRead{}
	}
	p.pages[question] = now
}

// complete forgets the pages that were not asked for since the last time: the list became shorter, or its cursors moved.
func (p *pagesRead) complete() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for question := range p.pages {
		if !p.turn[question] {
			delete(p.pages, question)
		}
	}
	p.turn = nil
}
