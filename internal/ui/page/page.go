// Package page is the contract of a page of the face.
//
// # Writing a page
//
// A page is a struct in its own room under internal/ui/pages, made by a function New(env *page.Env, key string) page.Page
// that is listed, in one line, in internal/ui/pages.go. It never sees a key, a message, a terminal or another page:
//
//   - Learn receives the newest [fleet.View] (never nil; the first call comes before the first Draw). Look up the subject by
//     the key given to New, rebuild rows only when the subject's Rev moved, return true when something on screen changed.
//   - Draw returns a block of exactly w×h cells. Use env.Sheet.Pen(w, style.Plain) for each line (Put, Right, Column, Line),
//     table.Table for lists, block.Under and block.Beside to compose. Roles, never colours. Draw must not search or sort.
//     Texts longer than the line are clipped by the pen; block.Wrap breaks sentences.
//   - Layers returns what the page understands now, innermost first: usually one keys.Layer with table.Commands(env.Words) and
//     the page's own commands {ID: keys.Enter, Do: func() intent.Intent { return intent.Open{Ref: …} }}. A command that exists but
//     cannot be done now says Why in words. New commands are declared in keys/table.go and named in words/commands.go.
//   - A command's Do may change the page and returns an intent (Open, Toast, Copy, Menu, Ask, …) or nil. The root redraws after it.
//   - Crumbs are the names after the profile in the header, outermost first: {"agendaprefs", "prod"}.
//   - Interest lists the project ids and namespaces on screen, most wanted first: sources fetch those first.
//
// Ready to use: table (lists), scroll (long texts), tabs, chart (sparklines, gauges), cells (signs of the platform's states),
// report (findings as lines, and as text to copy), env.Section (a titled rule), env.Empty (an honest empty page).
//
// Optional abilities are the small interfaces below: [Filterable] (the "/" prompt), [Undoer] (Esc takes one layer away),
// [Copier] (the copy menu), [Hearer] (answers to intent.Ask), [Relabeller] (language change), [Waker] (changes by itself), [Closer].
//
// The page value is kept while the session lasts and shown again when one comes back: cursor, filter and scroll stay by
// themselves. Ages: compute them at Draw from env.Now(); the root redraws once a minute, nothing needs to tick; give the
// table env.Look(), whose epoch is that minute.
//
// Values that are not known: never blank. Use cells.Missing with the reason (loading, not configured, no right) and keep
// what was read last, however old. Words are in env.Words (one struct and one file per page in internal/ui/words, French and
// English, no empty field: a test holds that). Glyphs are in env.Glyphs. Width classes: env.Class(w).
package page

import (
	"context"
	"strings"
	"time"

	"dsotop/internal/fleet"
	"dsotop/internal/logs/format"
	"dsotop/internal/platform"
	"dsotop/internal/store"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/keys"
	"dsotop/internal/ui/style"
	"dsotop/internal/ui/table"
	"dsotop/internal/ui/words"
)

// The kinds of pages that others open. The key is what follows.
const (
	Fleet       = "fleet"       // ""
	Project     = "project"     // project id
	Environment = "environment" // namespace
	Sources     = "sources"     // ""
	Perf        = "perf"        // ""
	Logs        = "logs"        // logs.Subject.Key; "" asks which
	Commit      = "commit"      // a SHA, or seven digits of it at least
	Application = "application" // platform.Application.Key
	Pod         = "pod"         // namespace "/" name
	Gate        = "gate"        // project id "/" repository
	Image       = "image"       // project id "/" repository "@" digest, or ":" tag of one that is missing
	Alert       = "alert"       // project id, or "" for the platform, "/" what Alert identities are made of
	Help        = "help"        // made by the root from the page below
)

// The kinds of pages that are also a tab of the project: the key is "" for the whole platform, a project id, or a namespace where that
// makes sense.
const (
	Pipelines = "pipelines"
	Quality   = "quality"
	Images    = "images"
	GitOps    = "gitops"
	Pods      = "pods"
	Metrics   = "metrics"
	Alerts    = "alerts"
	Timeline  = "timeline"
	// Onboarding: a namespace makes no sense here.
	Onboarding = "onboarding"
)

// OnDiff ends the key of an application whose page opens on what differs.
const OnDiff = "#diff"

// OnManifest ends the key of a pod whose page opens on its manifest.
const OnManifest = "#manifest"

// Page is one page of one subject. It is used by one goroutine.
type Page interface {
	Learn(v *fleet.View) (changed bool)
	Draw(w, h int) block.Block
	Layers() []keys.Layer
	Crumbs() []string
	Interest() []string
}

// Filterable is a page with something to filter; the root owns the prompt.
type Filterable interface {
	Filter() string
	SetFilter(text string)
}

// Tabbed is a page in tabs: the palette goes to each by its name.
type Tabbed interface {
	// Tabs are the names of the tabs, in their order; nil as long as there is nothing to show.
	Tabs() []string
	// ShowTab brings one to the front, by its place in Tabs.
	ShowTab(at int)
}

// Undoer takes away one layer of the page's state (a filter, a fold) and reports whether there was one; Esc then stays on the page.
type Undoer interface{ Undo() bool }

// Copier offers things to copy; nil when there is nothing.
type Copier interface{ Copies() []intent.Item }

// Hearer hears answers to its questions (intent.Ask), those only that still stand. It returns true when something changed.
type Hearer interface{ Hear(a Answer) bool }

// Relabeller is told that env.Words changed, to make again what it keeps in words.
type Relabeller interface{ Relabel() }

// Answer is the answer to an intent.Ask.
type Answer struct {
	Topic string
	Value any
	Err   error
}

// Entry registers a kind of page.
type Entry struct {
	Kind string
	// Screen is the place among the main screens (L and H), from 1; 0: not one of them.
	Screen int
	Title  func(*words.Set) string
	New    func(env *Env, key string) Page
	// Tabs are the names of the tabs of any page of this kind, as [Tabbed] has them; nil: it has none, or is not gone to by their names.
	Tabs func(env *Env) []string
}

// Backend is what the face needs from the engine. Every method is safe for concurrent use and quick.
type Backend interface {
	// View returns the newest joined view, memoised; never nil.
	View() *fleet.View
	// Subscribe returns a bell for changes, at most one per gap.
	Subscribe(gap time.Duration) *store.Sub
	// Look says what one session has in view; nil ends its interest.
	Look(session any, scopes []string)
	// Refresh asks every source to look again.
	Refresh()
	Now() time.Time
	Profile() string
	ReadOnly() bool
	Version() string
}

// Env is what one session carries. The root changes it (language, theme), pages read it when they draw.
type Env struct {
	Ctx     context.Context //nolint:containedctx // the session's, for work that outlives a call
	Words   *words.Set
	Sheet   *style.Sheet
	Glyphs  *style.Glyphs
	Backend Backend
	Clock   func() time.Time
	// Slim spares the link: what only pleases the eye is left out.
	Slim bool
	// Performance is what the session costs so far.
	Performance func() Performance
	// Span is how long the range of time is that plots and volumes show; 0: what suits the page.
	Span time.Duration
	// PanelDir is where the team keeps panels of its own; "": nowhere.
	PanelDir string
	// Grafana is the address under which the projects' Grafana instances are; "": not known.
	Grafana string
	// Formats are the formats of lines that are known, the team's among them: read at the first call, the same set for all pages.
	Formats func() *format.Set
	// Pin is the instant that every page of the session shows; zero: now.
	Pin time.Time
	// Make makes a page of a registered kind, to be drawn inside another one: the maker delegates to it what it draws, understands and
	// is interested in (see [Nested]). nil when no such page exists, and in tests without a root.
	Make func(kind, key string) Page
	// Registered reports whether there are pages of a kind; nil: there are none.
	Registered func(kind string) bool
}

// Now is the session's time.
func (e *Env) Now() time.Time { return e.Clock() }

// Epoch is the minute: the grain in which ages move.
func (e *Env) Epoch() int64 { return e.Clock().Unix() / 60 }

// Look is how tables are drawn in this session.
func (e *Env) Look() table.Look {
	return table.Look{Sheet: e.Sheet, Glyphs: e.Glyphs, Epoch: e.Epoch(), Bare: e.Slim}
}

// Age writes how long ago t was: "2 min".
func (e *Env) Age(t time.Time) string { return e.Words.Age(e.Now().Sub(t)) }

// AgeShort writes how long ago t was in at most four cells: "2m".
func (e *Env) AgeShort(t time.Time) string { return e.Words.AgeShort(e.Now().Sub(t)) }

// FindEnvironment returns the environment that runs in a namespace, and the row of its project.
func FindEnvironment(v *fleet.View, namespace string) (*fleet.Row, *platform.EnvironmentFacts, bool) {
	for _, r := range v.Projects {
		for i := range r.Dossier.Environments {
			if e := &r.Dossier.Environments[i]; e.Namespace == namespace {
				return r, e, true
			}
		}
	}
	return nil, nil, false
}

// Class is how much room there is.
type Class int

// The classes of width.
const (
	Narrow Class = iota // below 100 columns: what matters most, previews below
	Normal
	Wide // from 160: room for a preview beside
)

// ClassOf returns the class of a width.
func ClassOf(w int) Class {
	switch {
	case w < 100:
		return Narrow
	case w < 160:
		return Normal
	default:
		return Wide
	}
}

// Pen starts a line on the terminal's background.
func (e *Env) Pen(w int) *style.Pen { return e.Sheet.Pen(w, style.Plain) }

// Section draws the line that separates two things: "─ title ─────── right ─".
func (e *Env) Section(w int, title, right string) string {
	p := e.Pen(w).Put(style.Border, e.Glyphs.HLine)
	if title != "" {
		p.Put(style.Strong, " "+title+" ")
	}
	tail := 0
	if right != "" {
		tail = block.Width(right) + 3
	}
	if n := p.Left() - tail; n > 0 {
		p.Put(style.Border, strings.Repeat(e.Glyphs.HLine, n))
	}
	if right != "" && p.Left() >= tail {
		p.Put(style.Faint, " "+right+" ").Put(style.Border, e.Glyphs.HLine)
	}
	return p.Line()
}

// Empty fills a rectangle with a title and what to do about it, in the middle of the upper half.
func (e *Env) Empty(w, h int, glyph string, role style.Role, title string, hints ...string) block.Block {
	var lines []string
	for range max(min(h/4, 4), 0) {
		lines = append(lines, e.Pen(w).Line())
	}
	lines = append(lines, e.Pen(w).Space(3).Put(role, glyph).Space(1).Put(style.Strong, title).Line())
	for _, hint := range hints {
		for _, part := range block.Wrap(hint, max(min(w-8, 90), 10)) {
			lines = append(lines, e.Pen(w).Space(5).Put(style.Muted, part).Line())
		}
	}
	return block.New(w, h, lines...)
}
