// Package perf is the page of what dsotop itself costs: frames, the link to the terminal, processor, memory, calls per source.
package perf

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"dsotop/internal/fleet"
	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/keys"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/scroll"
	"dsotop/internal/ui/style"
	"dsotop/internal/ui/words"
)

// Entry registers the page; it is reached by name only.
func Entry(screen int) page.Entry {
	return page.Entry{Kind: page.Perf, Screen: screen, Title: func(w *words.Set) string { return w.Perf.Title },
		New: func(env *page.Env, _ string) page.Page { return New(env) }}
}

// every is how often the page measures again while it is in front; on a slow link, five times less.
const every = 2 * time.Second

// cost is what was spent up to a moment.
type cost struct {
	at    time.Time
	cpu   time.Duration
	sent  int64
	calls map[string]platform.SourceHealth
}

// Page is what the program costs.
type Page struct {
	env     *page.Env
	sources []platform.SourceHealth
	opened  cost
	bell    chan struct{}
	scroll  scroll.View
}

// New returns the page; the rates it shows begin now.
func New(env *page.Env) *Page { return &Page{env: env, bell: make(chan struct{}, 1)} }

// Learn takes the counters of the sources.
func (p *Page) Learn(v *fleet.View) bool {
	p.sources = slices.Clone(v.Sources)
	slices.SortStableFunc(p.sources, func(a, b platform.SourceHealth) int { return strings.Compare(a.Name, b.Name) })
	if p.opened.at.IsZero() {
		p.opened = p.spent()
	}
	return true
}

func (p *Page) spent() cost {
	c := cost{at: time.Now(), cpu: processor(), sent: p.env.Performance().Link.Bytes, calls: map[string]platform.SourceHealth{}}
	for _, s := range p.sources {
		c.calls[s.Name] = s
	}
	return c
}

// processor is the time that all threads spent, in the program and in the kernel.
func processor() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// resident is the memory of the process in bytes, 0 where the system does not tell.
func resident() int64 {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(text))
	if len(fields) < 2 {
		return 0
	}
	pages, _ := strconv.ParseInt(fields[1], 10, 64)
	return pages * int64(os.Getpagesize())
}

// Wake rings once, a moment after somebody begins to wait: nothing ticks while the page is not in front.
func (p *Page) Wake() <-chan struct{} {
	wait := every
	if p.env.Slim {
		wait *= 5
	}
	time.AfterFunc(wait, func() {
		select {
		case p.bell <- struct{}{}:
		default:
		}
	})
	return p.bell
}

// Woke draws the new measures.
func (p *Page) Woke() bool { return true }

// Crumbs names the page.
func (p *Page) Crumbs() []string { return []string{p.env.Words.Perf.Title} }

// Interest is nothing.
func (p *Page) Interest() []string { return nil }

// Layers is the scrolling, when there is too much for the window.
func (p *Page) Layers() []keys.Layer {
	return []keys.Layer{{Name: page.Perf, Commands: p.scroll.Commands()}}
}

// Copies offers all measures as text.
func (p *Page) Copies() []intent.Item {
	var b strings.Builder
	for _, s := range p.sections() {
		fmt.Fprintln(&b, s.title)
		for _, f := range s.facts {
			fmt.Fprintf(&b, "  %s: %s\n", f.name, f.value)
		}
	}
	return []intent.Item{pane.CopyItem(p.env.Words.Perf.CopyAll, b.String())}
}

type fact struct {
	name, value string
	role        style.Role
}

type section struct {
	title string
	facts []fact
}

func (p *Page) sections() []section {
	w, form := p.env.Words.Perf, p.env.Words
	now, cost := p.spent(), p.env.Performance()
	lived, open := now.at.Sub(cost.Begun), now.at.Sub(p.opened.at)
	share := func(cpu, of time.Duration) string {
		if of < 100*time.Millisecond {
			return w.NotMeasured
		}
		return form.Dec(100*cpu.Seconds()/of.Seconds(), 1) + form.Form.Percent
	}
	var heap runtime.MemStats
	runtime.ReadMemStats(&heap)
	median, worst := spread(cost.Took)
	trip, tripWorst, rate := w.NotMeasured, w.NotMeasured, w.NotMeasured
	if cost.Link.Trip > 0 {
		trip, tripWorst = duration(form, cost.Link.Trip), duration(form, cost.Link.Worst)
	}
	if cost.Link.Rate > 0 {
		rate = form.Bytes(cost.Link.Rate) + "/s"
	}
	state := fact{w.State, w.Good, style.Good}
	switch {
	case cost.Link.Slow:
		state.value, state.role = w.Slow, style.Warn
	case cost.Forced:
		state.value, state.role = w.Spared, style.Info
	}
	perSecond := func(n float64) string {
		if open < 100*time.Millisecond {
			return w.NotMeasured
		}
		return form.Bytes(n/open.Seconds()) + "/s"
	}
	return []section{
		{w.Program, []fact{
			{name: w.CPU, value: share(now.cpu-p.opened.cpu, open)}, {name: w.CPUAll, value: share(now.cpu, lived)},
			{name: w.Memory, value: form.Bytes(float64(resident()))}, {name: w.Heap, value: form.Bytes(float64(heap.HeapAlloc))},
			{name: w.Threads, value: form.Int(runtime.NumGoroutine())}, {name: w.Uptime, value: form.Age(lived)},
		}},
		{w.Screen, []fact{
			{name: w.Frames, value: form.Int(cost.Frames)}, {name: w.FrameMedian, value: duration(form, median)}, {name: w.FrameWorst, value: duration(form, worst)},
		}},
		{w.Link, []fact{
			state, {name: w.Trip, value: trip}, {name: w.TripWorst, value: tripWorst}, {name: w.Rate, value: rate},
			{name: w.Sent, value: form.Bytes(float64(cost.Link.Bytes))}, {name: w.SentRate, value: perSecond(float64(now.sent - p.opened.sent))},
		}},
	}
}

func spread(all []time.Duration) (median, worst time.Duration) {
	if len(all) == 0 {
		return 0, 0
	}
	s := slices.Sorted(slices.Values(all))
	return s[len(s)/2], s[len(s)-1]
}

// duration writes a short time in milliseconds.
func duration(w *words.Set, d time.Duration) string {
	return w.Dec(float64(d.Microseconds())/1000, 1) + " ms"
}

// Draw writes the sections, and the sources as a table below them.
func (p *Page) Draw(w, h int) block.Block {
	e := p.env
	var lines []string
	for _, s := range p.sections() {
		lines = append(lines, e.Section(w, s.title, ""))
		for _, f := range s.facts {
			pen := e.Pen(w).Space(2)
			pen.Column(46).Put(style.Muted, f.name).EndColumn()
			pen.Space(2).Put(f.role, f.value)
			lines = append(lines, pen.Line())
		}
	}
	lines = append(lines, e.Section(w, e.Words.Perf.Calls, e.Words.Perf.CallsHint), p.head(w))
	open := time.Since(p.opened.at).Seconds()
	for _, s := range p.sources {
		lines = append(lines, p.row(w, s, open))
	}
	return p.scroll.Draw(e, lines, w, h)
}

// The columns of the table of sources, in cells.
const (
	nameWidth   = 25
	numberWidth = 10
)

func (p *Page) head(w int) string {
	words := p.env.Words.Perf
	return p.line(w, style.Muted, words.Source, words.Number, words.PerSecond, words.Received, words.ReceivedRate, words.Answer)
}

func (p *Page) row(w int, s platform.SourceHealth, open float64) string {
	form := p.env.Words
	before := p.opened.calls[s.Name]
	calls, bytes := "", ""
	if open >= 1 && s.Calls >= before.Calls {
		calls = form.Dec(float64(s.Calls-before.Calls)/open, 1)
		bytes = form.Bytes(float64(s.Bytes-before.Bytes)/open) + "/s"
	}
	latency := ""
	if s.Latency > 0 {
		latency = duration(form, s.Latency)
	}
	return p.line(w, style.Text, s.Name, form.Int(int(s.Calls)), calls, form.Bytes(float64(s.Bytes)), bytes, latency) //nolint:gosec // a count of calls
}

func (p *Page) line(w int, role style.Role, name string, cells ...string) string {
	pen := p.env.Pen(w).Space(2)
	pen.Column(nameWidth).Put(role, name).EndColumn()
	for _, c := range cells {
		pen.Space(max(numberWidth-block.Width(c), 1)).Put(role, c)
	}
	return pen.Line()
}
