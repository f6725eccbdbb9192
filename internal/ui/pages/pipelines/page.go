// Package pipelines holds the page of pipelines, of all projects or of one, and the page of one pipeline with its jobs. What the fleet's
// readings do not bring (jobs of older pipelines, the first errors of a failed job) is asked for what is on screen, off the loop.
package pipelines

import (
	"cmp"
	"hash/fnv"
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
	"dsotop/internal/ui/table"
	"dsotop/internal/ui/words"
)

// Entry registers the page of pipelines.
func Entry(screen int) page.Entry {
	return page.Entry{Kind: page.Pipelines, Screen: screen, Title: func(w *words.Set) string { return w.Pipelines.Title },
		New: func(env *page.Env, key string) page.Page { return New(env, key) }}
}

// row is one pipeline of the list.
type row struct {
	platform.Pipeline
	project, slug string
	rev           uint64
}

func (r row) key() string { return r.Path + "/" + strconv.FormatInt(r.ID, 10) }

// Page is the list of pipelines of all projects ("": the newest of each repository, worst first) or of one project (all that are known,
// newest first).
type Page struct {
	env     *page.Env
	project string
	table   *table.Table[row]
	view    *fleet.View
	pin     time.Time
	rows    []row
	asker   *asker
	bell    chan struct{}
	hidden  bool
	slug    string
	state   platform.State // of the source, when there is no row

	running, failed int
}

// New returns the page, empty.
func New(env *page.Env, project string) *Page {
	p := &Page{env: env, project: project, bell: make(chan struct{}, 1), view: &fleet.View{}}
	p.table = table.New(table.Config[row]{
		Key:        row.key,
		Rev:        p.rev,
		Problem:    func(r row) bool { return r.Status == platform.PipelineFailed },
		Haystack:   p.haystack,
		OrderTitle: p.order(),
	}, p.columns()...)
	return p
}

func (p *Page) order() string {
	if p.project == "" {
		return p.env.Words.Pipelines.Order
	}
	return p.env.Words.Pipelines.NewestFirst
}

// Learn lists the pipelines again when a fact moved, or the pinned instant did.
func (p *Page) Learn(v *fleet.View) bool {
	if p.asker == nil {
		if f, ok := p.env.Backend.(page.Forges); ok {
			if reach := f.Pipelines(p.project); reach.Pipelines != nil {
				p.asker = startAsker(p.env, reach, p.bell)
			}
		}
	}
	if p.view.Version == v.Version && p.view.Version != 0 && p.pin.Equal(p.env.Pin) {
		return false
	}
	p.view = v
	return p.list()
}

// list makes the rows.
func (p *Page) list() bool {
	p.pin = p.env.Pin
	var rows []row
	if p.project != "" {
		p.state = platform.StateStarting
		if r, ok := p.view.Project(p.project); ok {
			p.slug = r.Dossier.Project.Slug
			p.state = stateOf(r.Dossier)
			rows = p.of(rows, r, true)
		}
	} else {
		p.state = platform.StateStarting
		for _, s := range p.view.Sources {
			if s.Kind == "gitlab" {
				p.state = s.State
			}
		}
		if p.view.Ready && !slices.ContainsFunc(p.view.Sources, func(s platform.SourceHealth) bool { return s.Kind == "gitlab" }) {
			p.state = platform.StateNotConfigured
		}
		for _, r := range p.view.Projects {
			rows = p.of(rows, r, false)
		}
	}
	slices.SortStableFunc(rows, func(a, b row) int {
		if p.project == "" {
			if n := cmp.Compare(weight(b), weight(a)); n != 0 {
				return n
			}
		}
		return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), cmp.Compare(b.ID, a.ID))
	})
	if slices.EqualFunc(rows, p.rows, func(a, b row) bool { return a.ID == b.ID && a.rev == b.rev && a.Path == b.Path }) && p.rows != nil {
		return false
	}
	p.rows, p.running, p.failed = rows, 0, 0
	for _, r := range rows {
		switch {
		case r.Active():
			p.running++
		case r.Status == platform.PipelineFailed:
			p.failed++
		}
	}
	p.table.SetRows(rows, !p.view.Ready)
	return true
}

func stateOf(d *platform.Dossier) platform.State {
	if a, ok := d.Known[platform.FamPipelines]; ok && !a.At.IsZero() {
		return platform.StateLive
	} else if ok {
		return a.State
	}
	return platform.StateStarting
}

// of adds the pipelines of a project: all, or of each repository the newest one and those that run. A mirror that went well says nothing
// that its repository's own pipeline does not.
func (p *Page) of(rows []row, r *fleet.Row, all bool) []row {
	d := r.Dossier
	for i := range d.Repositories {
		f := &d.Repositories[i]
		for k, list := range [2][]platform.Pipeline{f.Pipelines, f.Mirror} {
			first := true
			for _, x := range list {
				if !p.pin.IsZero() {
					if x.CreatedAt.After(p.pin) {
						continue
					}
					x = asAt(x, p.pin)
				}
				show := all || first || x.Active()
				if k == 1 && !all {
					show = x.Active() || first && x.Status == platform.PipelineFailed
				}
				first = false
				if show {
					rows = append(rows, row{Pipeline: x, project: d.Project.ID, slug: d.Project.Slug, rev: revOf(&x)})
				}
			}
		}
	}
	return rows
}

// asAt is a pipeline as it was at an instant: what came of it later was not known.
func asAt(x platform.Pipeline, at time.Time) platform.Pipeline {
	if x.Active() || x.FinishedAt.After(at) {
		x.Status, x.FinishedAt, x.Duration = platform.PipelineRunning, time.Time{}, 0
		x.Jobs = jobsAt(x.Jobs, at)
	}
	return x
}

// jobsAt are jobs as they were at an instant; one without a start had none by then, as far as is told.
func jobsAt(jobs []platform.Job, at time.Time) []platform.Job {
	if jobs == nil {
		return nil
	}
	out := make([]platform.Job, len(jobs))
	for i, j := range jobs {
		switch {
		case j.StartedAt.IsZero() || j.StartedAt.After(at):
			j.Status = platform.PipelineCreated
			j.Duration, j.FailureReason, j.Cause, j.Said = 0, "", "", ""
		case j.StartedAt.Add(j.Duration).After(at):
			j.Status = platform.PipelineRunning
			j.Duration, j.FailureReason, j.Cause, j.Said = 0, "", "", ""
		}
		out[i] = j
	}
	return out
}

// beyond counts the repositories whose pipelines, as far as they are read, all came after the pinned instant: of then nothing is known.
func (p *Page) beyond() int {
	n := 0
	for _, r := range p.view.Projects {
		if p.project != "" && r.Dossier.Project.ID != p.project {
			continue
		}
		for i := range r.Dossier.Repositories {
			list := r.Dossier.Repositories[i].Pipelines
			if len(list) > 0 && !slices.ContainsFunc(list, func(x platform.Pipeline) bool { return !x.CreatedAt.After(p.pin) }) {
				n++
			}
		}
	}
	return n
}

// revOf changes with everything of a pipeline that a row shows.
func revOf(x *platform.Pipeline) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(x.Status + x.MirrorOf + x.UpdatedAt.String() + x.FinishedAt.String()))
	for _, j := range x.Jobs {
		_, _ = h.Write([]byte(j.Name + j.Status))
	}
	return h.Sum64()
}

// rev also counts what was asked since.
func (p *Page) rev(r row) uint64 {
	if jobs, ok := p.asker.jobs(r.Pipeline); ok && len(r.Jobs) == 0 {
		return r.rev + uint64(len(jobs)) + 1
	}
	return r.rev
}

// weight orders the fleet: what failed, what runs, the rest.
func weight(r row) int {
	switch {
	case r.Status == platform.PipelineFailed:
		return 3
	case r.Active():
		return 2
	case r.Status == platform.PipelineCanceled:
		return 1
	}
	return 0
}

// jobs are those that the fleet's reading brought, else those asked for; known is false while neither has them.
func (p *Page) jobs(r row) (jobs []platform.Job, known bool) {
	if r.Jobs != nil {
		return r.Jobs, true
	}
	jobs, known = p.asker.jobs(r.Pipeline)
	if !p.pin.IsZero() && r.Active() {
		jobs = jobsAt(jobs, p.pin)
	}
	return jobs, known
}

// Wake is the bell of what is asked.
func (p *Page) Wake() <-chan struct{} { return p.bell }

// Woke takes what was read.
func (p *Page) Woke() bool { return p.asker.take() }

// Holds reports whether something is asked.
func (p *Page) Holds() bool { return p.asker != nil }

// Reading reports whether stages are still being asked for.
func (p *Page) Reading() bool { return p.asker.lacks() }

// Close ends the asking.
func (p *Page) Close() { p.asker.stop(); p.asker = nil }

// Relabel writes the columns again.
func (p *Page) Relabel() { p.table.SetColumns(p.order(), p.columns()...) }

// Crumbs name the page.
func (p *Page) Crumbs() []string {
	if p.project == "" {
		return []string{p.env.Words.Pipelines.Title}
	}
	return []string{cmp.Or(p.slug, p.project), p.env.Words.Pipelines.Title}
}

// Interest are the projects on screen.
func (p *Page) Interest() []string {
	if p.project != "" {
		return []string{p.project}
	}
	var out []string
	if r, ok := p.table.Current(); ok {
		out = append(out, r.project)
	}
	for _, r := range p.table.Visible() {
		if !slices.Contains(out, r.project) {
			out = append(out, r.project)
		}
	}
	return out
}

// Place is where in the list the cursor stands.
func (p *Page) Place() (at, of int) { return p.table.Place() }

// Filter returns the list's filter.
func (p *Page) Filter() string { f, _ := p.table.Filter(); return f }

// SetFilter replaces it.
func (p *Page) SetFilter(text string) { p.table.SetFilter(text) }

// Undo takes the filter away.
func (p *Page) Undo() bool { return p.table.Undo() }

// Layers is the list, its preview, and the way into a pipeline.
func (p *Page) Layers() []keys.Layer {
	cmds := []keys.Command{{ID: keys.Preview, Do: func() intent.Intent { p.hidden = !p.hidden; return nil }}}
	if r, ok := p.table.Current(); ok {
		cmds = append(cmds, open(keys.Enter, page.Pipeline, page.ForgeKey(r.Path, "pipelines", r.ID)))
		if jobs, known := p.jobs(r); known {
			if j, found := worstJob(jobs); found {
				cmds = append(cmds, open(keys.Logs, page.Trace, page.ForgeKey(r.Path, "jobs", j.ID)))
			}
		}
	}
	return []keys.Layer{{Name: page.Pipelines, Commands: append(append(cmds, p.table.Marking()), p.table.Commands(p.env.Words)...)}}
}

func open(id, kind, key string) keys.Command {
	return keys.Command{ID: id, Do: func() intent.Intent { return intent.Open{Ref: intent.Ref{Kind: kind, Key: key}} }}
}

// worstJob is the job whose trace one wants first: the one that failed, else the one that runs, else the last one.
func worstJob(jobs []platform.Job) (platform.Job, bool) {
	best, rank := -1, -1
	for i, j := range jobs {
		r := rankOf(j)
		if r > rank || r == rank && r < 5 {
			best, rank = i, r
		}
	}
	if best < 0 {
		return platform.Job{}, false
	}
	return jobs[best], true
}

// Copies offers the address, the commit, the number and the first errors.
func (p *Page) Copies() []intent.Item {
	r, ok := p.table.Current()
	if !ok {
		return nil
	}
	return copies(p.env, r.Pipeline)
}

func copies(e *page.Env, x platform.Pipeline) []intent.Item {
	w := e.Words.Pipelines
	var out []intent.Item
	add := func(label, text string) {
		if text != "" {
			out = append(out, pane.CopyItem(label, text))
		}
	}
	add(w.CopyURL, x.URL)
	add(w.CopySHA, x.SHA)
	add(w.CopyID, strconv.FormatInt(x.ID, 10))
	return out
}

func (p *Page) haystack(r row) string {
	var b strings.Builder
	b.WriteString(r.Ref + " " + r.Branch() + " " + r.SHA + " " + r.Source + " " + r.slug + " #" + strconv.FormatInt(r.IID, 10))
	for _, j := range r.Jobs {
		if j.Status == platform.PipelineFailed {
			b.WriteString(" " + j.Name + " " + j.FailureReason)
		}
	}
	return b.String()
}

// reach is how pipelines are read; its Pipelines is nil when nothing is configured.
func reachOf(env *page.Env, project string) desk.PipelinesReach {
	if f, ok := env.Backend.(page.Forges); ok {
		return f.Pipelines(project)
	}
	return desk.PipelinesReach{}
}
