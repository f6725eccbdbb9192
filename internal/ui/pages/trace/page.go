// Package trace is the page of one job's output: live while it runs, its sections folded, its errors found, searched like logs.
//
// Reading and judging happen on a goroutine of the page ([poll.Watch]); it hands over snapshots. Drawing formats the visible lines alone.
package trace

import (
	"context"
	"strings"
	"time"

	"dsotop/internal/desk"
	"dsotop/internal/fleet"
	"dsotop/internal/logs"
	"dsotop/internal/logs/format"
	"dsotop/internal/logs/query"
	"dsotop/internal/logs/runner"
	"dsotop/internal/platform"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/poll"
	"dsotop/internal/ui/words"
)

// Entry registers the page.
func Entry(screen int) page.Entry {
	return page.Entry{Kind: page.Trace, Screen: screen, Title: func(w *words.Set) string { return w.Trace.Title },
		New: func(env *page.Env, key string) page.Page { return New(env, key) }}
}

// Page is the page of the trace of one job.
type Page struct {
	env  *page.Env
	path string
	id   int64
	row  *fleet.Row // of the project; nil while unknown

	reach desk.PipelinesReach
	watch *poll.Watch[answer]
	bell  chan struct{}

	// What was read last.
	job   desk.JobDetail
	out   *runner.Output // a snapshot; nil before the first answer
	tail  string
	read  time.Time
	fault error

	// What is looked for.
	text    string
	mistake bool
	match   *query.Matcher
	hits    []int32 // lines that match
	only    bool    // hits alone
	trouble bool    // warnings and errors alone

	// Where and how.
	fold    map[int32]bool // sections folded or unfolded by hand
	rows    []int32        // lines that are shown, ascending
	at      int32          // line under the cursor
	row0    int            // row of the screen it stands on
	height  int
	follow  bool
	placed  bool // the first place was chosen
	third   bool // the line under the cursor stands in the upper third of the next drawing, what came before it above
	wrap    bool
	colours bool
	times   bool
	shift   int
}

// New returns the page of a job; nothing is read before the first Learn.
func New(env *page.Env, key string) *Page {
	p := &Page{env: env, bell: make(chan struct{}, 1), fold: map[int32]bool{}, colours: true, times: true}
	p.path, p.id, _ = page.ParseForgeKey(key, "jobs")
	return p
}

// Learn finds the project, and begins to read.
func (p *Page) Learn(v *fleet.View) bool {
	changed := false
	if p.row == nil {
		p.row = page.FindRepository(v, p.path)
		changed = p.row != nil
	}
	if p.watch == nil && p.id > 0 {
		if f, ok := p.env.Backend.(page.Forges); ok {
			p.reach = f.Pipelines(p.project())
		}
		if p.reach.Pipelines != nil {
			p.watch = poll.Start(p.env.Ctx, p.bell, newReader(p.env.Formats, p.reach, p.path, p.id).ask)
			return true
		}
	}
	return changed
}

func (p *Page) project() string {
	if p.row == nil {
		return ""
	}
	return p.row.Dossier.Project.ID
}

// Wake is the bell of the reader.
func (p *Page) Wake() <-chan struct{} { return p.bell }

// Woke takes what was read.
func (p *Page) Woke() bool {
	if p.watch == nil {
		return false
	}
	got, ok, err := p.watch.Take()
	if !ok {
		return false
	}
	p.fault = err
	if err == nil {
		p.read = p.env.Now()
	}
	if got.out != nil {
		if p.out != nil && len(got.out.Lines) < len(p.out.Lines) { // it was begun again
			p.fold, p.at = map[int32]bool{}, 0
		}
		p.job, p.out, p.tail = got.job, got.out, got.tail
		p.seek()
		p.arrange()
		p.place()
	}
	return true
}

// Close ends the reading.
func (p *Page) Close() {
	if p.watch != nil {
		p.watch.Stop()
		p.watch = nil
	}
}

// Holds reports whether something is read.
func (p *Page) Holds() bool { return p.watch != nil }

// place chooses where to stand when the first lines are there: on the first error of what failed, at the end of what runs.
func (p *Page) place() {
	if p.placed || p.out == nil || len(p.out.Lines) == 0 {
		if p.follow {
			p.bottom()
		}
		return
	}
	p.placed = true
	switch {
	case p.job.Running():
		p.follow = true
		p.bottom()
	case p.job.Status == platform.PipelineFailed:
		p.at, p.row0 = -1, 0
		if !p.step(p.problemAt, 1) {
			p.bottom()
		}
		p.third = true
	default:
		p.at = 0
	}
}

// Crumbs name the project, the repository and the job.
func (p *Page) Crumbs() []string {
	name := p.env.Words.Trace.Job + " " + p.env.Words.Int(int(p.id))
	if p.job.Name != "" {
		name = p.job.Name
	}
	out := []string{p.path[strings.LastIndexByte(p.path, '/')+1:], name}
	if p.row != nil {
		out = append([]string{p.row.Dossier.Project.Slug}, out...)
	}
	return out
}

// Interest is the project: its pipelines are then looked at often.
func (p *Page) Interest() []string {
	if p.row == nil {
		return nil
	}
	return []string{p.row.Dossier.Project.ID}
}

// Filter is the text of the search.
func (p *Page) Filter() string { return p.text }

// FilterHint says what may be typed.
func (p *Page) FilterHint() string { return p.env.Words.Logs.SearchHint }

// SetFilter replaces the search and goes to the first line found from the cursor on.
func (p *Page) SetFilter(text string) {
	p.text, p.mistake, p.match = text, false, nil
	if text == "" {
		p.only = false
	} else if q, err := query.Parse(text); err != nil {
		p.mistake = true
	} else if !q.Empty() {
		p.match = query.Compile(q, nil)
	}
	p.seek()
	p.arrange()
	if len(p.hits) > 0 && !p.hitAt(p.at) {
		p.follow = false
		p.step(p.hitAt, 1)
	}
}

// seek finds the lines that match: five megabytes take some ten milliseconds.
func (p *Page) seek() {
	p.hits = p.hits[:0]
	if p.match == nil || p.out == nil {
		return
	}
	for i := range p.out.Lines {
		l := &p.out.Lines[i]
		if p.match.Match(l.Plain, noStream(), l.Level, 0) {
			p.hits = append(p.hits, int32(i)) //nolint:gosec // bounded by runner.MaxText
		}
	}
}

func noStream() *logs.Stream { return &logs.Stream{} }

// Undo takes away the search, then what leaves lines out.
func (p *Page) Undo() bool {
	switch {
	case p.text != "":
		p.SetFilter("")
	case p.trouble:
		p.trouble = false
		p.arrange()
	default:
		return false
	}
	return true
}

// Copies offers the line, the errors, the addresses and the command.
func (p *Page) Copies() []intent.Item {
	w := p.env.Words
	var out []intent.Item
	if l, ok := p.line(p.at); ok {
		out = append(out, pane.CopyItem(w.Trace.CopyLine, l.Plain))
	}
	if p.out != nil && p.out.Errors > 0 {
		out = append(out, pane.CopyItem(w.Trace.CopyErrors, strings.Join(p.out.FirstErrors(20), "\n")))
	}
	if p.job.URL != "" {
		out = append(out, pane.CopyItem(w.Trace.CopyURL, p.job.URL))
	}
	return out
}

// answer is what the reader hands over; out is nil when nothing new could be read.
type answer struct {
	job  desk.JobDetail
	out  *runner.Output
	tail string
}

// reader reads one trace, part after part. It is used by one goroutine.
type reader struct {
	reach   desk.PipelinesReach
	formats func() *format.Set
	path    string
	id      int64
	out     *runner.Output
	next    int64
	job     desk.JobDetail
}

// How often a running job is asked for: three seconds are what GitLab's own page takes. A server that sends the whole trace each time is
// asked less often as it grows.
const (
	runningEvery = 3 * time.Second
	mostEvery    = 30 * time.Second
	bytesASecond = 256 << 10
	refusedEvery = time.Minute
	failedEvery  = 15 * time.Second
)

func newReader(formats func() *format.Set, reach desk.PipelinesReach, path string, id int64) *reader {
	return &reader{formats: formats, reach: reach, path: path, id: id}
}

func (r *reader) ask(ctx context.Context) (answer, time.Duration, error) {
	fail := func(err error) (answer, time.Duration, error) {
		switch r.reach.Health(err).State {
		case platform.StateForbidden, platform.StateUnauthorised:
			return answer{}, refusedEvery, err
		}
		return answer{}, failedEvery, err
	}
	job, err := r.reach.Pipelines.Job(ctx, r.path, r.id)
	if err != nil {
		return fail(err)
	}
	if r.out == nil {
		r.out = runner.New(r.formats())
	}
	ended := !job.Running()
	wait := runningEvery
	var tail string
	for {
		part, err := r.reach.Pipelines.Trace(ctx, r.path, r.id, r.next, runner.MaxText, ended)
		if err != nil {
			return fail(err)
		}
		if part.Next < r.next { // the trace was written again
			r.out, r.next = runner.New(r.formats()), 0
			continue
		}
		r.out.Append(part.Text)
		moved := part.Next > r.next
		r.next, tail = part.Next, part.Tail
		if part.Whole {
			wait = min(max(wait, time.Duration(r.next/bytesASecond)*time.Second), mostEvery)
		}
		if !part.More || !moved || r.out.Cut > 0 {
			break
		}
	}
	if r.job = job; ended {
		wait = poll.Never
	}
	return answer{job: job, out: r.out.Snapshot(), tail: tail}, wait, nil
}
