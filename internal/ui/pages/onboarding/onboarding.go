// Package onboarding is the page of the onboarding: the wall of all projects by eighteen steps, and the board of one project with its
// evidence, its prerequisites and what a person can note.
package onboarding

import (
	"strconv"
	"strings"
	"time"

	"dsotop/internal/onboarding"
	"dsotop/internal/onboarding/sheet"
	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/style"
	"dsotop/internal/ui/words"
)

// Entry registers the page: "" is the wall, a project's id its board.
func Entry(screen int) page.Entry {
	return page.Entry{Kind: page.Onboarding, Screen: screen, Title: func(w *words.Set) string { return w.Onboarding.Title },
		New: func(env *page.Env, key string) page.Page {
			if key == "" {
				return NewWall(env)
			}
			return NewBoard(env, key)
		}}
}

// shelf is where boards and ledgers come from.
type shelf struct {
	folder *onboarding.Folder
	boards *onboarding.Boards
	bell   <-chan struct{}
	stop   func()
}

func newShelf(e *page.Env) *shelf {
	s := &shelf{folder: onboarding.Open(""), boards: onboarding.NewBoards()}
	if o, ok := e.Backend.(page.Onboarder); ok {
		s.folder, s.boards = o.Ledgers(), o.Boards()
	}
	s.bell, s.stop = s.folder.Subscribe()
	return s
}

// mark is the sign of a state; read out there is none, for the state's word stands beside it.
func mark(g *style.Glyphs, s platform.StepState) cells.Mark {
	m := sign(g, s)
	if g.Aloud {
		m.Glyph = ""
	}
	return m
}

func sign(g *style.Glyphs, s platform.StepState) cells.Mark {
	switch s {
	case platform.StepOK:
		return cells.Mark{Role: style.Good, Glyph: g.OK}
	case platform.StepKO:
		return cells.Mark{Role: style.Bad, Glyph: g.Bad}
	case platform.StepRunning:
		return cells.Mark{Role: style.Running, Glyph: g.Running}
	case platform.StepWaiting:
		return cells.Mark{Role: style.Warn, Glyph: g.Half}
	case platform.StepNA:
		return cells.Mark{Role: style.Faint, Glyph: g.None}
	case platform.StepUnknown:
		return cells.Mark{Role: style.Unknown, Glyph: g.Unknown}
	}
	return cells.Mark{Role: style.Muted, Glyph: g.Hollow}
}

// word is the role of a state's word: plain when all is well.
func word(m cells.Mark) style.Role {
	if m.Role == style.Good {
		return style.Faint
	}
	return m.Role
}

// gapBefore reports whether a step begins another phase: people, console, factory, where it runs, how it is kept.
func gapBefore(number int) bool { return number == 5 || number == 8 || number == 13 || number == 16 }

// The widths of the strip of steps: with two cells a step, or three.
const (
	stripNarrow = 2*platform.StepCount - 1 + 4
	stripWide   = 3*platform.StepCount - 1 + 4
	stripAloud  = 40 // a few states, each with the numbers of its steps
)

// strip writes the marks of all steps; read out, the steps that are not done, by what they are.
func strip(e *page.Env, pen *style.Pen, b sheet.Board, wide bool) {
	if e.Glyphs.Aloud {
		pen.Put(style.Text, open(e.Words, b))
		return
	}
	for i := range b.Steps {
		s := &b.Steps[i]
		lead(pen, s.Number, wide)
		m := mark(e.Glyphs, s.State)
		pen.Put(m.Role, m.Glyph)
	}
}

// open names the steps that are not done, by what they are.
func open(w *words.Set, b sheet.Board) string {
	var parts []string
	for _, state := range []platform.StepState{platform.StepKO, platform.StepRunning, platform.StepWaiting, platform.StepTodo, platform.StepUnknown} {
		part := ""
		for i := 0; i < len(b.Steps); i++ {
			if b.Steps[i].State != state {
				continue
			}
			first := i
			for i+1 < len(b.Steps) && b.Steps[i+1].State == state {
				i++
			}
			part += strconv.Itoa(b.Steps[first].Number)
			if i > first {
				part += "-" + strconv.Itoa(b.Steps[i].Number)
			}
			part += " "
		}
		if part != "" {
			parts = append(parts, part+w.Onboarding.State[string(state)])
		}
	}
	if len(parts) == 0 {
		return w.Onboarding.NobodyMoves
	}
	return strings.Join(parts, ", ")
}

// lead goes to the cell of a step.
func lead(pen *style.Pen, number int, wide bool) {
	n := 1
	if number == 1 {
		n = 0
	}
	if gapBefore(number) {
		n++
	}
	if wide {
		n++
	}
	pen.Space(n)
}

// stripTitle heads the strip: the numbers, of which a narrow one keeps the last digit.
func stripTitle(wide bool) string {
	out := ""
	for n := 1; n <= platform.StepCount; n++ {
		digits := string(rune('0' + n%10))
		if wide && n >= 10 {
			digits = string(rune('0'+n/10)) + digits
		} else if wide {
			digits = " " + digits
		}
		if n > 1 {
			digits = " " + digits
		}
		if gapBefore(n) {
			digits = " " + digits
		}
		out += digits
	}
	return out
}

// legend explains the marks; where it is narrow they stand closer together, so that the last one is read too.
func legend(e *page.Env, w int) string {
	all := []platform.StepState{platform.StepOK, platform.StepRunning, platform.StepWaiting, platform.StepTodo, platform.StepKO, platform.StepNA, platform.StepUnknown}
	total := 0
	for _, s := range all {
		total += 2 + block.Width(e.Words.Onboarding.State[string(s)]) + 2
	}
	gap := 2
	if total > w {
		gap = 1
	}
	pen := e.Pen(w).Space(1)
	for _, s := range all {
		m := mark(e.Glyphs, s)
		pen.Put(m.Role, m.Glyph).Space(1).Put(style.Faint, e.Words.Onboarding.State[string(s)]).Space(gap)
	}
	return pen.Line()
}

// days writes how long a step has been where it is, in at most four cells; "" when unknown.
func days(e *page.Env, s *platform.OnboardingStep) string {
	if s.Since.IsZero() {
		return ""
	}
	return e.Words.AgeShort(max(e.Now().Sub(s.Since), 24*time.Hour*time.Duration(max(s.Days(e.Now()), 0))))
}
