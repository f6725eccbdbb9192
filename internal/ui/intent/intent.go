// Package intent holds what a person wants, as plain values. A command returns one (or nil) and the root carries it out at
// once: pages neither send messages nor know each other.
package intent

import (
	"context"
	"time"
)

// Intent is one of the types of this package; nil is nothing.
type Intent any

// Ref names a page by value: its kind in the registry and the key of its subject (a project id, a namespace; "" for a
// page about everything). Equal refs are the same page, with its cursor, filter and scroll where they were left.
type Ref struct{ Kind, Key string }

// Open goes to a page; the present one is what Back returns to.
type Open struct {
	Ref Ref
	// Tab is the place of the tab to bring to the front, from 1; 0: the one it opens on.
	Tab int
}

// Back returns to the page before, where it was left.
type Back struct{}

// Last swaps with the page seen before this one.
type Last struct{}

// Screen goes to the next (+1) or previous (-1) main screen.
type Screen struct{ Step int }

// Copy puts text in the terminal's clipboard (OSC 52) and says so with What.
type Copy struct{ Text, What string }

// Toast shows a sentence at the foot until the next key. Bad marks a refusal.
type Toast struct {
	Text string
	Bad  bool
}

// Menu asks to choose one of a few things.
type Menu struct {
	Title string
	Items []Item
	// At is the item chosen at first.
	At int
}

// Item is one line of a menu. Hint is shown faint on its right. Try, when it names a theme, is worn while the cursor is on the line.
type Item struct {
	Label, Hint string
	Try         Theme
	Do          func() Intent
}

// Filter opens the prompt to edit the page's filter; the page must be page.Filterable.
type Filter struct{}

// Palette opens the command line, with a text already typed.
type Palette struct{ Text string }

// Help opens the keys of the present page.
type Help struct{}

// Run runs the command of that id as if its key had been pressed.
type Run struct{ ID string }

// Tab brings a tab of the page in front to the front, by its place.
type Tab struct{ At int }

// Refresh asks every source to look again.
type Refresh struct{}

// Repaint redraws the whole terminal.
type Repaint struct{}

// Theme and Language change the session's looks and words.
type (
	Theme    struct{ Name string }
	Language struct{ Tag string }
)

// Quit leaves; Leave is q: back, and out when there is nowhere to go back to. Suspend gives the terminal to the shell.
type (
	Quit    struct{}
	Leave   struct{}
	Suspend struct{}
)

// Ask works off the loop for the page that asks. Work gets nothing but a context, which ends with the session, the page,
// or the next question of the same topic; its value comes back to the page's Hear unless it has become stale by then.
type Ask struct {
	Topic string
	Work  func(context.Context) (any, error)
}

// Many carries out several intents in order.
type Many []Intent

// Pin holds every page of the session at an instant; the zero time releases it.
type Pin struct{ At time.Time }

// Span is how long the range of time is that plots and volumes of the session show.
type Span struct{ Length time.Duration }

// Input asks for a line of text, in the footer's place. Functions may be nil, except Done; they are called on the loop and are quick.
type Input struct {
	// Label stands before the text; Hint stands for an empty one.
	Label, Hint string
	Text        string // at the start
	// Done takes the text on Enter. keep leaves the field open: what was typed cannot be used, Trouble says why.
	Done func(text string) (do Intent, keep bool)
	// Edit is told of every change.
	Edit func(text string) Intent
	// Complete says what may stand at a place (in runes) of the text.
	Complete func(text string, at int) Completion
	// Trouble says what is wrong with the text and at which rune (-1: at none); "" when nothing is.
	Trouble func(text string) (message string, at int)
	// Advice says what to think of about a text with which nothing is wrong, a line each.
	Advice func(text string) []string
	// Gone is told when the field closes without Done.
	Gone func()
}

// Completion is what may replace the runes From ≤ i < To of a text. Loading says that more may come.
type Completion struct {
	From, To int
	Items    []string
	Loading  bool
}
