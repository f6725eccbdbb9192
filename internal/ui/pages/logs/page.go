// Package logs is the page of lines: history and live lines of a subject in one view, followed or at an instant, searched and filtered
// by one query, with what happened to the stream as lines of its own.
//
// Lines are held by internal/logs/lines and brought there by internal/logs/feed. A goroutine of the page evaluates the view as lines
// come in and rings the page's bell; drawing formats what is visible and nothing else.
package logs

import (
	"context"
	"strings"
	"time"

	"dsotop/internal/fleet"
	"dsotop/internal/logs"
	"dsotop/internal/logs/feed"
	"dsotop/internal/logs/format"
	"dsotop/internal/logs/lines"
	"dsotop/internal/logs/query"
	"dsotop/internal/platform"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/words"
)

// Entry registers the page.
func Entry(screen int) page.Entry {
	return page.Entry{Kind: page.Logs, Screen: screen, Title: func(w *words.Set) string { return w.Logs.Title },
		New: func(env *page.Env, key string) page.Page { return New(env, key) }}
}

// Focus is what the arrows move in.
type focus uint8

const (
	onLines focus = iota
	onStrip
	onDetail
	onPatterns
)

// Page is the page of the lines of one subject.
type Page struct {
	env     *page.Env
	subject logs.Subject

	fleet  *fleet.View
	row    *fleet.Row // of the project, nil while unknown
	facts  *platform.EnvironmentFacts
	crumbs []string

	set   *format.Set
	store *lines.Store
	feed  *feed.Feed // nil while nothing can be read
	reach logs.Reach
	state feed.State // as of the last bell
	stat  lines.Stat
	eyes  *eyes // evaluates the view; nil while nothing is open
	bell  chan struct{}
	fetch *page.Fetch // on the same bell; nil while nothing is open
	stop  context.CancelFunc

	names     names
	nameCount int // streams that names were made of

	// What is looked at.
	text    string // of the search, as typed
	query   query.Query
	mistake *query.SyntaxError
	match   *query.Matcher // what is looked for; nil: nothing
	keep    *query.Matcher // what stays in any case: the conditions that exclude; nil: everything
	only    bool           // the lines that match alone
	floor   logs.Level
	hidden  map[place]bool
	unfold  bool // stack traces
	context *around

	// Where.
	seat    seat
	follow  bool
	height  int // of the lines, at the last drawing
	lastID  lines.ID
	goal    goal  // what is looked for at jumping
	wish    int   // the direction in which an error is looked for once the lines at jumping are there; 0: none
	jumping int64 // the instant asked for, until lines of it are there; 0: none

	// How.
	focus   focus
	raw     bool
	wrap    bool
	colours bool
	clock   clock
	shift   int // cells scrolled sideways
	columns []string
	marks   map[lines.ID]bool
	anchor  lines.ID // start of the selection; 0: none
	detail  detail
	strip   strip
	group   *grouping
	memo    memo
	ql      logql
	reply   intent.Intent // what follows from an answer
}

// seat is where the person is: the line under the cursor, and the row of the screen it stands on. Lines that come or go elsewhere do not
// move it.
type seat struct {
	id  lines.ID
	at  int64 // its time: what is looked for when the line has left the memory
	row int
}

// around is a look around a line, without search and filter, and what to come back to.
type around struct {
	seat seat
}

// New returns the page of a subject; nothing is read before the first Learn.
func New(env *page.Env, key string) *Page {
	p := &Page{env: env, subject: logs.ParseKey(key), fleet: &fleet.View{}, set: env.Formats(), hidden: map[place]bool{}, marks: map[lines.ID]bool{}, bell: make(chan struct{}, 1)}
	p.floor = p.subject.Floor
	p.strip.shown = true
	p.memo.init()
	p.setText(p.subject.Filter)
	p.only = p.subject.Filter != ""
	p.name()
	return p
}

// wanted reports whether the page has a subject.
func (p *Page) wanted() bool { return p.subject.Namespace != "" || p.subject.LogQL != "" }

// Learn takes what is newest of the namespace; the first one opens the lines.
func (p *Page) Learn(v *fleet.View) bool {
	if p.fleet == v && p.feed != nil {
		return false
	}
	p.fleet = v
	row, facts, _ := page.FindEnvironment(v, p.subject.Namespace)
	changed := (row == nil) != (p.row == nil) || (row != nil && row.Rev != p.row.Rev)
	p.row, p.facts = row, facts
	if changed {
		p.name()
	}
	if p.feed == nil && p.wanted() {
		p.open()
		return true
	}
	if changed && p.stat.Lines == 0 && p.feed != nil {
		// More is known of the namespace: a live system may know it now.
		if l, ok := p.env.Backend.(page.Lines); ok && len(l.Logs(p.subject).Live) > len(p.reach.Live) {
			p.reopen(p.subject)
		}
	}
	return changed || p.feed == nil
}

// name makes the crumbs: project, environment, what of it.
func (p *Page) name() {
	p.crumbs = nil
	switch {
	case p.facts != nil:
		p.crumbs = []string{p.row.Dossier.Project.Slug, p.facts.Name}
	case p.subject.Namespace != "":
		p.crumbs = []string{pane.ShortNamespace(p.env, p.subject.Namespace)}
	}
	p.crumbs = append(p.crumbs, p.env.Words.Logs.Title)
}

// open begins to read.
func (p *Page) open() {
	l, ok := p.env.Backend.(page.Lines)
	if !ok {
		return
	}
	p.reach = l.Logs(p.subject)
	if p.subject.Previous {
		p.reach.History, p.reach.Tenant = nil, "" // what keeps lines does not tell one instance of a container from the next
	}
	if p.reach.History == nil && len(p.reach.Live) == 0 {
		return
	}
	ctx, stop := context.WithCancel(p.env.Ctx)
	p.stop = stop
	p.store = lines.New(lines.Options{Classify: p.set.Classify})
	p.follow = p.subject.At == 0
	p.seat = seat{at: p.subject.At}
	p.jumping = p.subject.At
	p.feed = feed.Open(ctx, feed.Options{Reach: p.reach, Subject: p.subject, Store: p.store, Clock: p.env.Backend.Now})
	p.eyes = watch(ctx, p.feed, p.bell)
	p.fetch = page.FetchOn(ctx, p.bell)
	p.share()
	p.look()
}

// reopen reads another subject in the same page, with the same looks.
func (p *Page) reopen(s logs.Subject) {
	p.Close()
	p.subject = s
	p.marks, p.anchor, p.group, p.context = map[lines.ID]bool{}, 0, nil, nil
	p.detail, p.focus, p.lastID = detail{open: p.detail.open}, onLines, 0
	p.names, p.nameCount = names{}, 0
	p.state, p.stat = feed.State{}, lines.Stat{}
	p.memo.init()
	p.strip.reset()
	p.open()
	p.name()
}

// Close ends reading and gives the memory back.
func (p *Page) Close() {
	if p.stop == nil {
		return
	}
	p.stop()
	p.stop = nil
	p.feed.Close()
	p.fetch.Close()
	p.eyes.wait()
	p.feed, p.store, p.eyes = nil, nil, nil
}

// Crumbs names the project, the environment and the page.
func (p *Page) Crumbs() []string { return p.crumbs }

// Interest is the namespace, then its project.
func (p *Page) Interest() []string {
	if p.row != nil {
		return []string{p.subject.Namespace, p.row.Dossier.Project.ID}
	}
	if p.subject.Namespace == "" {
		return nil
	}
	return []string{p.subject.Namespace}
}

// Relabel writes again what is kept in words.
func (p *Page) Relabel() {
	p.name()
	p.memo.init()
}

// Wake is the page's bell.
func (p *Page) Wake() <-chan struct{} { return p.bell }

// Woke takes what the stream has become.
func (p *Page) Woke() bool {
	if p.feed == nil {
		return false
	}
	p.fetch.Woke()
	p.state, p.stat = p.feed.State(), p.store.Stat()
	p.arrive()
	if streams := p.store.Streams(); len(streams) != p.nameCount {
		p.names, p.nameCount = newNames(streams), len(streams)
		p.memo.init()
	}
	if p.strip.told && p.strip.width > 0 && p.stat.Lines > 0 {
		p.askVolume()
	}
	return true
}

// Hear takes the answers to the page's questions.
func (p *Page) Hear(a page.Answer) bool {
	switch {
	case strings.HasPrefix(a.Topic, topicComplete), a.Topic == topicCheck:
		return p.ql.hear(a)
	case a.Topic == topicSeek:
		return p.sought(a)
	case a.Topic == topicNumbers:
		return p.counted(a)
	case a.Topic == topicExport:
		return p.exported(a)
	case a.Topic == topicPatterns:
		return p.group.hear(a)
	}
	return false
}

// Undo takes one layer away: selection, detail, patterns, context, zoom, search, floor, hidden containers.
func (p *Page) Undo() bool {
	switch {
	case p.anchor != 0:
		p.anchor = 0
	case p.detail.open:
		p.detail.open, p.focus = false, onLines
	case p.focus == onPatterns:
		p.focus = onLines
	case p.focus == onStrip:
		p.focus = onLines
	case p.context != nil:
		p.leaveContext()
	case p.text != "":
		p.SetFilter("")
	case p.floor != logs.LevelNone:
		p.floor = logs.LevelNone
		p.look()
	case len(p.hidden) > 0:
		clear(p.hidden)
		p.look()
	default:
		return false
	}
	return true
}

// zone is the session's time zone.
func (p *Page) zone() *time.Location { return p.env.Now().Location() }

func toast(text string) intent.Intent { return intent.Toast{Text: text, Bad: true} }
