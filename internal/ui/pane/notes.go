package pane

import (
	"strings"
	"time"

	"dsotop/internal/notes"
	"dsotop/internal/platform"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/keys"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/style"
)

// Said is what people said of findings, and when this person last looked.
type Said struct {
	notes.Data
	// Before is when a person last looked; zero: never, nothing is then new.
	Before time.Time
}

// Notes reads what was said; nothing where the backend keeps nothing. It may read a file: not for each frame.
func Notes(e *page.Env) Said {
	n, ok := e.Backend.(page.Noter)
	if !ok {
		return Said{}
	}
	return Said{Data: n.Notes().Data(), Before: n.LastLook()}
}

// New reports whether a finding came since the last look.
func (s Said) New(f platform.Finding) bool {
	return !s.Before.IsZero() && s.NewSince(f.Key(), s.Before)
}

// Known reports whether somebody took a finding on.
func (s Said) Known(f platform.Finding, now time.Time) bool {
	_, ok := s.Noted(f.Key(), now)
	return ok
}

// Lines are what is said of a finding, beneath it; nil when nothing is.
func (s Said) Lines(e *page.Env, f platform.Finding, w int) []string {
	nw := e.Words.Notes
	var out []string
	if s.New(f) {
		out = append(out, e.Pen(w).Space(3).Put(style.Accent, e.Glyphs.Marked+" "+nw.New).Line())
	}
	n, ok := s.Noted(f.Key(), e.Now())
	if !ok {
		return out
	}
	text := nw.By(n.By)
	if !n.Until.IsZero() {
		text += " " + nw.Until(e.Words.When(n.Until, e.Now()))
	}
	return append(out, Text(e, w, 3, style.Info, e.Glyphs.Info+" "+text+e.Words.Form.Colon+n.Reason)...)
}

// Acknowledge is the command that takes findings on, or gives them back: which one, until when, why. again is called once it is written.
func Acknowledge(e *page.Env, list []platform.Finding, again func()) keys.Command {
	n, ok := e.Backend.(page.Noter)
	c := keys.Command{ID: keys.Acknowledge, Quiet: !ok || len(list) == 0}
	switch {
	case !ok:
		c.Why = e.Words.Notes.NoFile
	case len(list) == 0:
		c.Why = e.Words.Notes.NoFinding
	case len(list) == 1:
		c.Do = func() intent.Intent { return untilMenu(e, n.Notes(), list[0], again) }
	default:
		c.Do = func() intent.Intent {
			menu := intent.Menu{Title: e.Words.Notes.Which}
			said := n.Notes().Data()
			for _, f := range list {
				hint := f.Subject.Environment
				if _, known := said.Noted(f.Key(), e.Now()); known {
					hint = strings.TrimSpace(hint + " " + e.Glyphs.Info)
				}
				menu.Items = append(menu.Items, intent.Item{Label: cells.Severity(e.Glyphs, f.Severity).Glyph + " " + e.Words.FindingTitle(f), Hint: hint,
					Do: func() intent.Intent { return untilMenu(e, n.Notes(), f, again) }})
			}
			return menu
		}
	}
	return c
}

// untilMenu asks until when.
func untilMenu(e *page.Env, book *notes.Book, f platform.Finding, again func()) intent.Intent {
	w, now := e.Words, e.Now()
	menu := intent.Menu{Title: w.FindingTitle(f)}
	written := func(err error, said string) intent.Intent {
		if err != nil {
			return intent.Toast{Text: err.Error(), Bad: true}
		}
		again()
		return intent.Toast{Text: said}
	}
	if _, known := book.Data().Noted(f.Key(), now); known {
		menu.Items = append(menu.Items, intent.Item{Label: w.Notes.GiveBack, Do: func() intent.Intent { return written(book.Unsay(f.Key()), w.Notes.GivenBack) }})
	}
	tomorrow := time.Date(now.Year(), now.Month(), now.Day()+1, 8, 0, 0, 0, now.Location())
	for _, at := range []time.Time{now.Add(time.Hour), now.Add(4 * time.Hour), tomorrow, now.AddDate(0, 0, 7), {}} {
		label, hint := w.Notes.AsLong, ""
		if !at.IsZero() {
			label, hint = w.Notes.Until(w.When(at, now)), w.Lasted(at.Sub(now))
		}
		menu.Items = append(menu.Items, intent.Item{Label: label, Hint: hint, Do: func() intent.Intent {
			trouble := ""
			return intent.Input{Label: w.Notes.Reason, Hint: w.Notes.ReasonHint, Trouble: func(string) (string, int) { return trouble, -1 },
				Edit: func(string) intent.Intent { trouble = ""; return nil },
				Done: func(text string) (intent.Intent, bool) {
					reason := platform.CleanLine(strings.TrimSpace(text))
					if reason == "" {
						trouble = w.Notes.NoReason
						return nil, true
					}
					return written(book.Say(f.Key(), notes.Note{Reason: reason, By: notes.Me(), At: now, Until: at}), w.Notes.Taken), false
				}}
		}})
	}
	return menu
}
