package pipelines

import (
	"context"
	"strconv"
	"sync"
	"time"

	"dsotop/internal/desk"
	"dsotop/internal/logs/format"
	"dsotop/internal/logs/runner"
	"dsotop/internal/platform"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/poll"
)

// want is something the screen would show if it were read: the jobs of a pipeline, or what the trace of a failed job says first.
type want struct {
	path          string
	pipeline, job int64 // job 0: the jobs of the pipeline
	at            time.Time
}

// key changes with what may have changed: a pipeline that was updated is read again.
func (w want) key() string {
	return w.path + "/" + strconv.FormatInt(w.pipeline, 10) + "/" + strconv.FormatInt(w.job, 10) + "/" + strconv.FormatInt(w.at.UnixNano(), 36)
}

// got is the answer to a want.
type got struct {
	want
	jobs   []platform.Job
	errors []string
	err    error
}

// asker reads what the screen wants, the most wanted first, one thing at a time. Its owner's methods are used by one goroutine.
type asker struct {
	reach   desk.PipelinesReach
	formats func() *format.Set
	watch   *poll.Watch[[]got]

	mu    sync.Mutex
	wants []want

	held map[string]got // by key of the want
}

// Bounds of the asker.
const (
	firstErrors = 6        // lines
	mostTrace   = 16 << 20 // bytes of a trace that are looked through for errors
	mostHeld    = 512
	askGap      = 200 * time.Millisecond
	askLess     = 10 * time.Second // after a failure
)

func startAsker(env *page.Env, reach desk.PipelinesReach, bell chan<- struct{}) *asker {
	a := &asker{reach: reach, formats: env.Formats, held: map[string]got{}}
	a.watch = poll.Start(env.Ctx, bell, a.ask)
	return a
}

// show tells what the screen would like to show, the most wanted first.
func (a *asker) show(wants []want) {
	if a == nil {
		return
	}
	var lacking []want
	for _, w := range wants {
		if _, ok := a.held[w.key()]; !ok {
			lacking = append(lacking, w)
		}
	}
	a.mu.Lock()
	idle := len(a.wants) == 0
	a.wants = lacking
	a.mu.Unlock()
	if idle && len(lacking) > 0 {
		a.watch.Kick()
	}
}

// take keeps what was read; it reports whether there was anything.
func (a *asker) take() bool {
	if a == nil {
		return false
	}
	list, ok, _ := a.watch.Take()
	if !ok || len(list) == 0 {
		return false
	}
	if len(a.held) > mostHeld {
		clear(a.held)
	}
	for _, g := range list {
		a.held[g.key()] = g
	}
	return true
}

func (a *asker) jobs(p platform.Pipeline) ([]platform.Job, bool) {
	if a == nil {
		return nil, false
	}
	g, ok := a.held[jobsOf(p).key()]
	return g.jobs, ok && g.err == nil
}

// errors returns what the trace of a job says first; known is false while it was not read.
func (a *asker) errors(p platform.Pipeline, job platform.Job) (g got, known bool) {
	if a == nil {
		return got{}, false
	}
	g, known = a.held[errorsOf(p, job).key()]
	return g, known
}

// lacks reports whether something is still to be read.
func (a *asker) lacks() bool {
	if a == nil {
		return false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.wants) > 0
}

func (a *asker) stop() {
	if a != nil {
		a.watch.Stop()
	}
}

// ask reads the most wanted thing. A failure is an answer like another one: it is told where the thing would stand, and not asked again
// before the pipeline changes.
func (a *asker) ask(ctx context.Context) ([]got, time.Duration, error) {
	a.mu.Lock()
	if len(a.wants) == 0 {
		a.mu.Unlock()
		return nil, poll.Never, nil
	}
	w := a.wants[0]
	a.wants = a.wants[1:]
	rest := len(a.wants)
	a.mu.Unlock()
	g := got{want: w}
	if w.job == 0 {
		g.jobs, g.err = a.reach.Pipelines.Jobs(ctx, w.path, w.pipeline)
	} else {
		var part desk.TracePart
		if part, g.err = a.reach.Pipelines.Trace(ctx, w.path, w.job, 0, mostTrace, true); g.err == nil {
			out := runner.New(a.formats())
			out.Append(part.Text)
			g.errors = out.FirstErrors(firstErrors)
		}
	}
	next := askGap
	if g.err != nil {
		next = askLess
	}
	if rest == 0 {
		next = poll.Never
	}
	return []got{g}, next, nil
}

func jobsOf(p platform.Pipeline) want { return want{path: p.Path, pipeline: p.ID, at: p.UpdatedAt} }

func errorsOf(p platform.Pipeline, j platform.Job) want {
	return want{path: p.Path, pipeline: p.ID, job: j.ID}
}
