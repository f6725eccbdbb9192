package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"dsotop/internal/engine"
	"dsotop/internal/logs"
	"dsotop/internal/logs/export"
	"dsotop/internal/logs/feed"
	"dsotop/internal/logs/sift"
	"dsotop/internal/platform"
	"dsotop/internal/ui/words"
)

// logs prints the lines of an environment.
func (p *program) logs(ctx context.Context, args []string, f logsFlags) error {
	cfg, profile, err := p.load()
	if err != nil {
		return err
	}
	set, problems := p.formats(cfg)
	for _, one := range problems {
		fmt.Fprintf(p.err, "dsotop: %s: %s\n", one.Where(), one.Text(string(p.lang)))
	}
	a, err := p.ask(f, time.Now())
	if err != nil {
		return err
	}
	e, done, err := p.linesEngine(cfg, profile)
	if err != nil {
		return err
	}
	defer done()
	// A reader that goes away (dsotop logs … | head) is told by the write that fails, and is no error.
	signal.Ignore(syscall.SIGPIPE)
	pollers, rest := context.WithCancel(ctx) // what keeps facts fresh, until lines come
	defer rest()
	e.Start(pollers)
	stop := p.progress(e)
	where, err := p.find(ctx, e, args, f.wait)
	stop()
	if err != nil {
		return p.ended(ctx, f, err)
	}
	r := &reading{p: p, e: e, a: a, where: where, rest: rest, sift: sift.New(sift.Options{Query: a.query, Floor: a.floor, Pods: a.pods}, set), words: wordsOf(p.lang)}
	r.out = bufio.NewWriterSize(p.out, 64<<10)
	o := export.Options{Set: set, Times: f.timestamps, Zone: time.Local, Names: f.prefix || !f.prefixSet && a.tty && len(f.containers) != 1}
	if f.anonymise {
		o.Anonymise = export.NewAnonymiser()
	}
	if a.tty && f.output == "text" && !p.opts.NoColor && p.env("NO_COLOR") == "" {
		o.Paint = paint
	}
	if f.output == "json" {
		r.w = export.NewJSON(r.out, o)
	} else {
		r.w = export.NewText(r.out, o)
	}
	err = r.run(ctx)
	if err == nil && !f.follow && !f.explain && r.w.Lines() == 0 && ctx.Err() == nil {
		r.none(ctx)
		if r.refused && !r.gave {
			err = exit{Code: exitSources} // told as a notice
		}
	}
	if flushed := r.out.Flush(); err == nil {
		err = flushed
	}
	return p.ended(ctx, f, err)
}

// ended turns how a reading ended into the command's own end.
func (p *program) ended(ctx context.Context, f logsFlags, err error) error {
	switch {
	case errors.Is(err, syscall.EPIPE): // the reader had enough
		return nil
	case ctx.Err() != nil && f.follow: // following ends by a signal, and well
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return err
}

func wordsOf(l lang) *words.Set {
	set, ok := words.Find(string(l))
	if !ok {
		return words.English()
	}
	return set
}

// paint colours a line on a terminal by its level. The level itself is in the line's own words: colour only helps.
func paint(e export.Entry) (on, off string) {
	switch {
	case e.Level >= logs.LevelError:
		return "\x1b[31m", "\x1b[39m"
	case e.Level == logs.LevelWarn:
		return "\x1b[33m", "\x1b[39m"
	case e.Level == logs.LevelDebug || e.Level == logs.LevelTrace:
		return "\x1b[2m", "\x1b[22m"
	}
	return "", ""
}

// reading is one run of dsotop logs.
type reading struct {
	p     *program
	e     *engine.Engine
	a     logsAsk
	where target
	rest  context.CancelFunc
	sift  *sift.Sifter
	words *words.Set
	out   *bufio.Writer
	w     *export.Writer
	reach logs.Reach

	warned  bool // about pods
	gave    bool // lines came from somewhere
	refused bool // a container, or an origin, could not be read
}

func (r *reading) run(ctx context.Context) error {
	r.reach = r.e.Logs(r.a.subject(r.where.namespace))
	if err := r.choose(ctx); err != nil {
		return err
	}
	if r.a.logsFlags.explain {
		return r.explain(r.explanation())
	}
	if r.a.follow {
		return r.follow(ctx)
	}
	to := r.a.to
	if to == 0 {
		to = r.e.Now().UnixNano() + int64(time.Minute) // clocks of servers that run before ours
	}
	if r.reach.History == nil || r.a.origin == "live" {
		return r.live(ctx, to)
	}
	err := r.history(ctx, to)
	if err == nil || ctx.Err() != nil || r.a.origin == "loki" || r.a.logsFlags.query != "" || r.gave || errors.Is(err, syscall.EPIPE) {
		return err
	}
	// The history gave nothing: the containers themselves may have the lines.
	r.lively(ctx)
	if len(r.reach.Live) == 0 {
		return err
	}
	fmt.Fprintln(r.p.err, "dsotop: "+err.Error())
	if err := r.notice(logs.Notice{Kind: logs.NoticeSeam, At: r.e.Now().UnixNano(), Origin: r.reach.Live[0].Origin(), Source: r.reach.Live[0].Name()}); err != nil {
		return err
	}
	return r.live(ctx, to)
}

// none says that there is no line, and whether the search or the time made it so.
func (r *reading) none(ctx context.Context) {
	t := r.p.lang.of
	at := func(ns int64) string { return time.Unix(0, ns).In(time.Local).Format("2006-01-02 15:04:05") }
	to := r.a.to
	if to == 0 {
		to = r.e.Now().UnixNano()
	}
	said := t("aucune ligne", "no line")
	if r.gave || r.reach.History != nil && r.sift.Sent().Stages != "" { // or the server left them all out
		said = t("aucune ligne ne correspond", "no line matches")
	}
	if r.a.from > 0 {
		said += t(" entre le ", " between ") + at(r.a.from) + t(" et le ", " and ") + at(to)
	}
	if !r.gave && r.a.logsFlags.since == "" && !r.a.previous {
		said += t(" ; --since 24h cherche plus loin", "; --since 24h looks further back")
	}
	fmt.Fprintln(r.p.err, "dsotop: "+said)
	r.strangers(ctx)
}

// strangers says which of the containers and pods asked for are not known there, and which are. Pods come with the tree of an application, their
// containers with a read of each: both are waited for a while.
func (r *reading) strangers(ctx context.Context) {
	if len(r.a.containers)+len(r.a.pods) == 0 {
		return
	}
	const patience = 10 * time.Second
	ctx, cancel := context.WithTimeout(ctx, min(patience, r.a.wait))
	defer cancel()
	var pods, containers []string
	await(ctx, r.e, func() bool {
		pods, containers = nil, nil
		if env, ok := r.e.View().Environment(r.where.project, r.where.namespace); ok {
			for _, pod := range env.Pods {
				pods = append(pods, pod.Name)
				for _, c := range pod.Containers {
					containers = append(containers, c.Name)
				}
			}
		}
		return (len(containers) > 0 || len(r.a.containers) == 0) && len(pods) > 0
	})
	for _, kind := range []struct{ asked, known []string }{{r.a.containers, containers}, {r.a.pods, pods}} {
		slices.Sort(kind.known)
		kind.known = slices.Compact(kind.known)
		for _, name := range kind.asked {
			if len(kind.known) > 0 && !slices.Contains(kind.known, name) {
				fmt.Fprintln(r.p.err, r.p.lang.of("« "+name+" » ne tourne pas ici ; y tournent : ", "“"+name+"” does not run here; these do: ")+some(kind.known))
			}
		}
	}
}

// choose finds who has the lines, waiting for it where needed, or says why nobody has.
func (r *reading) choose(ctx context.Context) error {
	t := r.p.lang.of
	if r.a.origin == "live" || r.reach.History == nil {
		r.lively(ctx)
	}
	switch {
	case r.a.origin == "loki" && r.reach.History == nil:
		return exit{exitSources, errorText(t("aucun Loki n'est configuré ; --origin live lit les conteneurs eux-mêmes", "no Loki is configured; --origin live reads the containers themselves"))}
	case r.a.origin == "live" && len(r.reach.Live) == 0, r.reach.History == nil && len(r.reach.Live) == 0:
		said := t("personne ne connaît les conteneurs de "+r.where.namespace+" : ni Argo CD ni Kubernetes", "nobody knows the containers of "+r.where.namespace+": neither Argo CD nor Kubernetes")
		for _, s := range r.e.View().Sources {
			if (s.Kind == "argocd" || s.Kind == "kubernetes") && s.State != platform.StateLive && s.State != platform.StateNotConfigured {
				said += "\n" + r.wording(s)
			}
		}
		return exit{exitSources, errorText(said)}
	}
	return nil
}

// lively waits until a live origin is known, or every source said what it has, or a while went by.
func (r *reading) lively(ctx context.Context) {
	const patience = 10 * time.Second
	ctx, cancel := context.WithTimeout(ctx, min(patience, r.a.wait))
	defer cancel()
	await(ctx, r.e, func() bool {
		r.reach = r.e.Logs(r.a.subject(r.where.namespace))
		return len(r.reach.Live) > 0
	})
}

// errEnough ends a reading that has what was asked for.
var errEnough = errors.New("enough")

// history prints a range of the history.
func (r *reading) history(ctx context.Context, to int64) error {
	if kept := r.e.Now().Add(-feed.Retention).UnixNano(); r.a.from < kept {
		if err := r.notice(logs.Notice{Kind: logs.NoticeRetention, At: kept, Origin: logs.OriginLoki, Source: r.reach.History.Name()}); err != nil {
			return err
		}
	}
	said := r.telling()
	defer said.stop()
	ask := logs.Ask{Tenant: r.reach.Tenant, Query: r.a.subject(r.where.namespace).Selector(), From: r.a.from, To: to, Backward: r.a.limit > 0}
	back := sift.NewBackward(r.sift)
	err := r.read(ctx, ask, 0, func(b logs.Batch) error {
		r.arrived(b)
		if len(b.Lines) > 0 {
			said.at(len(b.Lines), b.Lines[len(b.Lines)-1].At)
		}
		for _, n := range b.Notices {
			if err := r.notice(n); err != nil {
				return err
			}
		}
		if !ask.Backward {
			return r.print(b.Lines)
		}
		for _, l := range b.Lines {
			back.Line(l)
		}
		if back.Has(r.a.limit) {
			return errEnough
		}
		return nil
	})
	said.stop()
	switch {
	case errors.Is(err, syscall.EPIPE) || ctx.Err() != nil:
		return err
	case err != nil && !errors.Is(err, errEnough):
		r.flush(back)
		return r.failed(r.reach.History.Name(), err)
	}
	if err := r.flush(back); err != nil {
		return err
	}
	return r.out.Flush()
}

// read reads a range of history, of which the server leaves out what the search would not keep; from whole on it leaves out nothing (0: always).
func (r *reading) read(ctx context.Context, ask logs.Ask, whole int64, sink func(logs.Batch) error) error {
	if sieve, ok := r.sift.Sieve(); ok {
		sieve.Whole = whole
		return sieve.Read(ctx, r.reach.History, ask, sink)
	}
	_, err := feed.Read(ctx, r.reach.History, ask, 0, sink)
	return err
}

// flush prints what was gathered backwards.
func (r *reading) flush(back *sift.Backward) error {
	if r.a.limit == 0 {
		return nil
	}
	for _, e := range back.Newest(r.a.limit) {
		if err := r.w.Write(e); err != nil {
			return err
		}
	}
	return nil
}

// print writes the wanted ones of lines in order.
func (r *reading) print(lines []logs.Line) error {
	for _, l := range lines {
		if e, ok := r.sift.Line(l); ok {
			if err := r.w.Write(e); err != nil {
				return err
			}
		}
	}
	return r.out.Flush()
}

// arrived notes that an origin gave something, once: facts need no more be kept fresh then. It also warns where pods cannot be told.
func (r *reading) arrived(b logs.Batch) {
	if len(b.Lines) == 0 {
		return
	}
	if !r.gave {
		r.gave = true
		r.rest()
	}
	if len(r.a.pods) > 0 && !r.warned && !slices.ContainsFunc(b.Lines, func(l logs.Line) bool { return l.Stream.Pod != "" }) {
		r.warned = true
		fmt.Fprintln(r.p.err, r.p.lang.of("dsotop: ces lignes ne disent pas leur pod : --pod ne les choisit pas ; --origin live lit les pods eux-mêmes", "dsotop: these lines do not tell their pod: --pod does not select them; --origin live reads the pods themselves"))
	}
}

// most is how many lines of containers are held at once, to put them in order of time.
const most = 500_000

// live prints what the containers themselves have. Their lines come container by container: they are put in order here.
func (r *reading) live(ctx context.Context, to int64) error {
	var last error
	for _, origin := range r.reach.Live {
		ask := origin.Ask
		ask.Since, ask.Tail, ask.Follow, ask.Previous = r.a.from, 0, false, r.a.previous
		if r.a.limit > 0 && r.sift.All() && r.a.to == 0 {
			ask.Tail = r.a.limit
		}
		var held []logs.Line
		said := r.telling()
		err := origin.Lines(ctx, ask, func(b logs.Batch) error {
			r.arrived(b)
			for _, n := range b.Notices {
				if err := r.notice(n); err != nil {
					return err
				}
			}
			for _, l := range b.Lines {
				if l.At < to && l.At >= r.a.from {
					held = append(held, l)
				}
			}
			if len(b.Lines) > 0 {
				said.at(len(b.Lines), b.Lines[len(b.Lines)-1].At)
			}
			if len(held) < most || r.a.limit > 0 {
				return nil
			}
			half := r.ordered(held)
			held = slices.Clone(half[most/2:])
			return r.print(half[:most/2])
		})
		said.stop()
		if errors.Is(err, syscall.EPIPE) || ctx.Err() != nil {
			return err
		}
		if wrote := r.printLast(r.ordered(held)); wrote != nil {
			return wrote
		}
		if err == nil {
			return nil
		}
		last = r.failed(origin.Name(), err)
		if r.gave {
			break
		}
	}
	return last
}

func (r *reading) ordered(lines []logs.Line) []logs.Line {
	slices.SortStableFunc(lines, func(a, b logs.Line) int { return cmp.Compare(a.At, b.At) })
	return lines
}

// printLast prints lines in order, the last ones where a limit was asked for.
func (r *reading) printLast(lines []logs.Line) error {
	if r.a.limit == 0 {
		return r.print(lines)
	}
	var kept []export.Entry
	for _, l := range lines {
		if e, ok := r.sift.Line(l); ok {
			kept = append(kept, e)
		}
	}
	for _, e := range kept[max(0, len(kept)-r.a.limit):] {
		if err := r.w.Write(e); err != nil {
			return err
		}
	}
	return r.out.Flush()
}

// failed says what a source answered, in the words of its health. A query that is refused is the person's to mend.
func (r *reading) failed(source string, err error) error {
	var q *logs.QueryError
	if errors.As(err, &q) && r.a.logsFlags.query != "" {
		said := source + ": " + q.Message
		if lines := strings.Split(r.a.logsFlags.query, "\n"); q.Line > 0 && q.Line <= len(lines) && q.Column > 0 && q.Column <= len(lines[q.Line-1])+1 {
			said += "\n  " + lines[q.Line-1] + "\n  " + strings.Repeat(" ", q.Column-1) + "^"
		}
		return exit{exitUsage, errorText(said)}
	}
	return exit{exitSources, errorText(r.wording(r.reach.Health(source, err)))}
}

func (r *reading) wording(h platform.SourceHealth) string {
	said := h.Name + ": " + h.Detail
	if remedy := r.words.Remedy[h.Remedy]; remedy != "" && h.Remedy != platform.RemedyNone && h.Remedy != platform.RemedyWait {
		said += "\n" + remedy
	}
	return said
}
