package pipelines

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"dsotop/internal/desk"
	"dsotop/internal/fleet"
	"dsotop/internal/platform"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/keys"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/poll"
	"dsotop/internal/ui/table"
	"dsotop/internal/ui/words"
)

// EntryOne registers the page of one pipeline.
func EntryOne(screen int) page.Entry {
	return page.Entry{Kind: page.Pipeline, Screen: screen, Title: func(w *words.Set) string { return w.Pipelines.One },
		New: func(env *page.Env, key string) page.Page { return NewOne(env, key) }}
}

// Periods of the page of one pipeline: three calls each.
const (
	oneEvery   = 5 * time.Second // while it runs
	oneRefused = time.Minute
	oneFailed  = 15 * time.Second
)

// task is one line of the page: an attempt of a job, or a child pipeline.
type task struct {
	desk.JobAttempt
	child *desk.ChildPipeline // nil for a job
	first bool                // of its stage
}

// status is that of the child pipeline where there is one: its bridge only says that it was started.
func (t task) status() string {
	if t.child != nil && t.child.Status != "" {
		return t.child.Status
	}
	return t.Status
}

func (t task) seen() platform.Job {
	j := t.Job
	j.Status = t.status()
	return j
}

// One is the page of one pipeline: its jobs by stage, every attempt, its child pipelines, and why it failed.
type One struct {
	env   *page.Env
	path  string
	id    int64
	row   *fleet.Row
	known platform.Pipeline // what the fleet's reading says of it

	reach desk.PipelinesReach
	watch *poll.Watch[desk.PipelineDetail]
	asker *asker
	bell  chan struct{}

	detail desk.PipelineDetail
	read   time.Time // zero before the first answer
	fault  error
	table  *table.Table[task]
	tasks  []task
	hidden bool
	stood  bool // the first place was chosen
}

// NewOne returns the page of a pipeline; nothing is read before the first Learn.
func NewOne(env *page.Env, key string) *One {
	p := &One{env: env, bell: make(chan struct{}, 1)}
	p.path, p.id, _ = page.ParseForgeKey(key, "pipelines")
	p.table = table.New(table.Config[task]{
		Key:        func(t task) string { return strconv.FormatInt(t.ID, 10) },
		Problem:    func(t task) bool { return t.status() == platform.PipelineFailed },
		Haystack:   func(t task) string { return t.Stage + " " + t.FailureReason + " " + t.status() },
		OrderTitle: env.Words.Pipelines.JobsOf,
	}, p.columns()...)
	return p
}

// Learn finds the project, and begins to read; it asks again when the fleet's reading tells of a change.
func (p *One) Learn(v *fleet.View) bool {
	changed := false
	if p.row == nil {
		p.row = page.FindRepository(v, p.path)
		changed = p.row != nil
	} else if r, ok := v.Project(p.row.Dossier.Project.ID); ok {
		p.row = r
	}
	if p.row != nil {
		for _, f := range p.row.Dossier.Repositories {
			for _, x := range slices.Concat(f.Pipelines, f.Mirror) {
				if x.ID == p.id && x.Path == p.path && (x.Status != p.known.Status || !x.UpdatedAt.Equal(p.known.UpdatedAt)) {
					p.known, changed = x, true
					if p.watch != nil && !p.read.IsZero() {
						p.watch.Kick()
					}
				}
			}
		}
	}
	if p.watch == nil && p.id > 0 {
		id := ""
		if p.row != nil {
			id = p.row.Dossier.Project.ID
		}
		if p.reach = reachOf(p.env, id); p.reach.Pipelines != nil {
			p.watch = poll.Start(p.env.Ctx, p.bell, p.ask())
			p.asker = startAsker(p.env, p.reach, p.bell)
			return true
		}
	}
	return changed
}

// ask reads the pipeline, again as long as it runs. It holds nothing of the page, which another goroutine changes.
func (p *One) ask() poll.Ask[desk.PipelineDetail] {
	reach, path, id := p.reach, p.path, p.id
	return func(ctx context.Context) (desk.PipelineDetail, time.Duration, error) {
		d, err := reach.Pipelines.Pipeline(ctx, path, id)
		switch {
		case err != nil:
			switch reach.Health(err).State {
			case platform.StateForbidden, platform.StateUnauthorised:
				return d, oneRefused, err
			}
			return d, oneFailed, err
		case d.Active() || slices.ContainsFunc(d.Attempts, desk.JobAttempt.Running) && d.Status != platform.PipelineManual:
			return d, oneEvery, nil
		}
		return d, poll.Never, nil
	}
}

// Wake is the bell of what is read.
func (p *One) Wake() <-chan struct{} { return p.bell }

// Woke takes what was read.
func (p *One) Woke() bool {
	changed := p.asker.take()
	if p.watch == nil {
		return changed
	}
	d, ok, err := p.watch.Take()
	if !ok {
		return changed
	}
	if p.fault = err; err != nil {
		return true
	}
	p.detail, p.read = d, p.env.Now()
	p.list()
	return true
}

// list makes the lines: stages in order, in each its jobs and their attempts, then its child pipelines.
func (p *One) list() {
	p.tasks = p.tasks[:0]
	stages := map[string]int{}
	for _, a := range p.detail.Attempts {
		if _, seen := stages[a.Stage]; !seen {
			stages[a.Stage] = len(stages)
		}
		p.tasks = append(p.tasks, task{JobAttempt: a})
	}
	for i := range p.detail.Children {
		c := &p.detail.Children[i]
		if _, seen := stages[c.Bridge.Stage]; !seen {
			stages[c.Bridge.Stage] = len(stages)
		}
		p.tasks = append(p.tasks, task{JobAttempt: desk.JobAttempt{Job: c.Bridge}, child: c})
	}
	slices.SortStableFunc(p.tasks, func(a, b task) int { return cmp.Compare(stages[a.Stage], stages[b.Stage]) })
	for i := range p.tasks {
		p.tasks[i].first = i == 0 || p.tasks[i].Stage != p.tasks[i-1].Stage
	}
	p.table.SetRows(p.tasks, false)
	if !p.stood && len(p.tasks) > 0 {
		p.stood = true
		if j, ok := worstJob(p.steps()); ok && rankOf(j) >= 4 {
			p.table.Select(strconv.FormatInt(j.ID, 10))
		}
	}
}

// steps are the jobs that count and what starts other pipelines, in stage order: what the pipeline's status comes from.
func (p *One) steps() []platform.Job {
	out := make([]platform.Job, 0, len(p.tasks))
	for _, t := range p.tasks {
		if !t.Superseded {
			out = append(out, t.Job) // a bridge that does not wait for its pipeline did well all the same
		}
	}
	return out
}

// Holds reports whether something is read.
func (p *One) Holds() bool { return p.watch != nil }

// Close ends the reading.
func (p *One) Close() {
	if p.watch != nil {
		p.watch.Stop()
		p.watch = nil
	}
	p.asker.stop()
	p.asker = nil
}

// Relabel writes the columns again.
func (p *One) Relabel() { p.table.SetColumns(p.env.Words.Pipelines.JobsOf, p.columns()...) }

// Crumbs name the project, the repository and the pipeline.
func (p *One) Crumbs() []string {
	n := "#" + strconv.FormatInt(cmp.Or(p.detail.IID, p.known.IID), 10)
	if n == "#0" {
		n = p.env.Words.Pipelines.One + " " + strconv.FormatInt(p.id, 10)
	}
	out := []string{p.path[strings.LastIndexByte(p.path, '/')+1:], n}
	if p.row != nil {
		out = append([]string{p.row.Dossier.Project.Slug}, out...)
	}
	return out
}

// Interest is the project.
func (p *One) Interest() []string {
	if p.row == nil {
		return nil
	}
	return []string{p.row.Dossier.Project.ID}
}

// Filter returns the list's filter.
func (p *One) Filter() string { f, _ := p.table.Filter(); return f }

// SetFilter replaces it.
func (p *One) SetFilter(text string) { p.table.SetFilter(text) }

// Undo takes the filter away.
func (p *One) Undo() bool { return p.table.Undo() }

// Layers is the list of jobs and the ways on: a job's trace, a child pipeline.
func (p *One) Layers() []keys.Layer {
	cmds := []keys.Command{{ID: keys.Preview, Do: func() intent.Intent { p.hidden = !p.hidden; return nil }}}
	if t, ok := p.table.Current(); ok {
		switch {
		case t.child == nil:
			key := page.ForgeKey(p.path, "jobs", t.ID)
			cmds = append(cmds, open(keys.Enter, page.Trace, key), open(keys.Logs, page.Trace, key))
		case t.child.ID > 0 && t.child.Path != "":
			cmds = append(cmds, open(keys.Enter, page.Pipeline, page.ForgeKey(t.child.Path, "pipelines", t.child.ID)))
		default:
			cmds = append(cmds, keys.Command{ID: keys.Enter, Why: p.env.Words.Pipelines.NoChild})
		}
	}
	return []keys.Layer{{Name: page.Pipeline, Commands: append(cmds, p.table.Commands(p.env.Words)...)}}
}

// Copies offers what the list offers, the job's address and its first errors.
func (p *One) Copies() []intent.Item {
	out := copies(p.env, p.detail.Pipeline)
	t, ok := p.table.Current()
	if !ok {
		return out
	}
	if t.URL != "" {
		out = append(out, pane.CopyItem(p.env.Words.Trace.CopyURL, t.URL))
	}
	if g, known := p.asker.errors(p.detail.Pipeline, t.Job); known && len(g.errors) > 0 {
		out = append(out, pane.CopyItem(p.env.Words.Pipelines.CopyErrors, strings.Join(g.errors, "\n")))
	}
	return out
}
