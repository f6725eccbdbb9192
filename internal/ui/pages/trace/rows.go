package trace

import (
	"slices"

	"dsotop/internal/logs"
	"dsotop/internal/logs/runner"
)

// folded reports whether a section is: as the person said, else the runner's own work that is over, and what the script asks to fold,
// unless an error is in it.
func (p *Page) folded(s int32) bool {
	if by, ok := p.fold[s]; ok {
		return by
	}
	x := &p.out.Sections[s]
	return x.Errors == 0 && (x.Collapsed || x.Plumbing() && x.End != 0)
}

// arrange lists the lines that are shown.
func (p *Page) arrange() {
	p.rows = p.rows[:0]
	switch {
	case p.out == nil:
	case p.only && p.match != nil:
		p.rows = append(p.rows, p.hits...)
	case p.trouble:
		for i := range p.out.Lines {
			if p.out.Lines[i].Level >= logs.LevelWarn {
				p.rows = append(p.rows, int32(i)) //nolint:gosec // bounded by runner.MaxText
			}
		}
	default:
		for i := 0; i < len(p.out.Lines); {
			l := &p.out.Lines[i]
			p.rows = append(p.rows, int32(i)) //nolint:gosec // bounded by runner.MaxText
			if l.Head && p.folded(l.Section) {
				i = max(p.out.Sections[l.Section].Last, i+1)
				continue
			}
			i++
		}
	}
	p.settle()
}

// settle puts the cursor on a line that is shown: the nearest one above, else the first.
func (p *Page) settle() {
	if len(p.rows) > 0 {
		p.at = p.rows[p.index()]
	}
}

// index is the place of the cursor among the rows.
func (p *Page) index() int {
	i, found := slices.BinarySearch(p.rows, p.at)
	if !found {
		i--
	}
	return max(min(i, len(p.rows)-1), 0)
}

func (p *Page) line(i int32) (*runner.Line, bool) {
	if p.out == nil || i < 0 || int(i) >= len(p.out.Lines) {
		return nil, false
	}
	return &p.out.Lines[i], true
}

func (p *Page) hitAt(i int32) bool {
	_, found := slices.BinarySearch(p.hits, i)
	return found
}

func (p *Page) problemAt(i int32) bool { return p.out.Lines[i].Level >= logs.LevelError }

// step goes to the next line (or the one before) for which is holds, into folded sections too; it goes no further than the ends.
func (p *Page) step(is func(int32) bool, by int32) bool {
	if p.out == nil {
		return false
	}
	for i := p.at + by; i >= 0 && int(i) < len(p.out.Lines); i += by {
		if is(i) {
			p.reveal(i)
			p.at, p.follow = i, false
			p.settle()
			return true
		}
	}
	return false
}

// reveal unfolds the sections around a line.
func (p *Page) reveal(i int32) {
	changed := false
	for s := p.out.Lines[i].Section; s != runner.None; s = p.out.Sections[s].Parent {
		if p.out.Sections[s].First != int(i) && p.folded(s) {
			p.fold[s], changed = false, true
		}
	}
	if changed {
		p.arrange()
	}
}

// toggle folds or unfolds the section of the line under the cursor, and stands on its head.
func (p *Page) toggle() {
	l, ok := p.line(p.at)
	if !ok || l.Section == runner.None {
		return
	}
	p.fold[l.Section] = !p.folded(l.Section)
	p.at, p.follow = int32(p.out.Sections[l.Section].First), false //nolint:gosec // bounded by runner.MaxText
	p.arrange()
}

// toggleAll folds every section, or unfolds all when all are folded.
func (p *Page) toggleAll() {
	if p.out == nil {
		return
	}
	open := false
	for s := range p.out.Sections {
		open = open || !p.folded(int32(s)) //nolint:gosec // bounded by runner.MaxText
	}
	for s := range p.out.Sections {
		p.fold[int32(s)] = open //nolint:gosec // bounded by runner.MaxText
	}
	if l, ok := p.line(p.at); ok && open {
		for s := l.Section; s != runner.None; s = p.out.Sections[s].Parent {
			p.at = int32(p.out.Sections[s].First) //nolint:gosec // bounded by runner.MaxText
		}
	}
	p.arrange()
}
