package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"dsotop/internal/config"
	"dsotop/internal/engine"
	"dsotop/internal/fleet"
	"dsotop/internal/platform"
	"dsotop/internal/report"
)

// settleTime is how long the commands that print once wait for slow systems, unless --wait says otherwise.
const settleTime = 30 * time.Second

// printing are the flags of the commands that print once.
type printing struct {
	output string
	failOn string
	wait   time.Duration
}

func (p *program) printFlags(cmd *cobra.Command, o *printing) {
	t := p.lang.of
	outputFlag(cmd, p.lang, &o.output, "table", "json", "yaml")
	severities := []string{"critical", "degraded", "warning", "info", "never"}
	cmd.Flags().Var(&choice{value: &o.failOn, among: severities, lang: p.lang}, "fail-on", t("finir avec le code 1 à partir de cette gravité : ", "exit with code 1 from this severity on: ")+"critical, degraded, warning, info")
	o.failOn = "never"
	_ = cmd.RegisterFlagCompletionFunc("fail-on", cobra.FixedCompletions(severities, cobra.ShellCompDirectiveNoFileComp))
	cmd.Flags().DurationVar(&o.wait, "wait", settleTime, t("attente au plus des systèmes lents", "how long to wait for slow systems"))
}

func (p *program) statusCommand() *cobra.Command {
	var o printing
	cmd := &cobra.Command{
		Use:   "status",
		Short: p.lang.of("L'état des projets et des sources, une fois", "The state of projects and sources, once"),
		Args:  noArgs(p.lang),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.once(cmd.Context(), o, func(v *fleet.View, profile string, complete bool) error {
				return p.printStatus(p.out, v, profile, complete, o.output)
			})
		},
	}
	p.printFlags(cmd, &o)
	return cmd
}

func (p *program) printStatus(w io.Writer, v *fleet.View, profile string, complete bool, form string) error {
	if form == "table" {
		return report.StatusTable(w, v, complete, string(p.lang))
	}
	return document(w, form, report.Status(v, profile, complete, string(p.lang)))
}

func (p *program) findingsCommand() *cobra.Command {
	var o printing
	floor := "info"
	cmd := &cobra.Command{
		Use:   "findings",
		Short: p.lang.of("Ce qui ne va pas, du pire au moindre", "What is wrong, worst first"),
		Args:  noArgs(p.lang),
		RunE: func(cmd *cobra.Command, _ []string) error {
			from, _ := platform.ParseSeverity(floor)
			return p.once(cmd.Context(), o, func(v *fleet.View, profile string, complete bool) error {
				if o.output == "table" {
					return report.FindingsTable(p.out, v, complete, string(p.lang), from)
				}
				return document(p.out, o.output, report.Findings(v, profile, complete, string(p.lang), from))
			})
		},
	}
	p.printFlags(cmd, &o)
	cmd.Flags().Var(&choice{value: &floor, among: []string{"critical", "degraded", "warning", "info"}, lang: p.lang}, "severity", p.lang.of("montrer à partir de cette gravité", "show from this severity on"))
	return cmd
}

// onceRate is how many calls a second each system is asked by a command that reads everything once and ends: twice what a program does that
// stays, and still what a person with a browser causes.
const onceRate = 20

// hurried is a profile whose sources are asked at onceRate, unless the configuration says how fast.
func hurried(profile config.Profile) config.Profile {
	profile.Sources = slices.Clone(profile.Sources)
	for i := range profile.Sources {
		if profile.Sources[i].Rate == 0 {
			profile.Sources[i].Rate = onceRate
		}
	}
	return profile
}

// once starts the engine, waits until everything was read, prints, and chooses the exit code: findings beat sources (README).
func (p *program) once(ctx context.Context, o printing, print func(v *fleet.View, profile string, complete bool) error) error {
	return p.onceWith(ctx, o, func(_ *engine.Engine, v *fleet.View, profile string, complete bool) error {
		return print(v, profile, complete)
	})
}

// onceWith is once for what asks the engine more.
func (p *program) onceWith(ctx context.Context, o printing, print func(e *engine.Engine, v *fleet.View, profile string, complete bool) error) error {
	cfg, profile, err := p.load()
	if err != nil {
		return err
	}
	e, done, err := p.engine(cfg, hurried(profile))
	if err != nil {
		return err
	}
	defer done()
	e.Start(ctx)
	if said := p.setAside(e); said != "" {
		fmt.Fprintln(p.err, "dsotop: "+said)
	}
	wait, cancel := context.WithTimeout(ctx, o.wait)
	stop := p.progress(e)
	settle := e.Settle
	if o.wait != settleTime { // who says how long waits for details too
		settle = func(ctx context.Context) (*fleet.View, bool) { return e.SettleWithin(ctx, o.wait) }
	}
	v, complete := settle(wait)
	stop()
	cancel()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if complete {
		if err := e.ObserveNow(); err != nil {
			fmt.Fprintln(p.err, "dsotop: "+err.Error())
		}
	}
	if err := print(e, v, profile.Name, complete); err != nil {
		return err
	}
	for _, s := range v.Sources {
		if s.State != platform.StateLive && s.State != platform.StateNotConfigured {
			fmt.Fprintf(p.err, "dsotop: %s: %s: %s\n", s.Name, s.State, s.Detail)
		}
	}
	if floor, ok := platform.ParseSeverity(o.failOn); ok && report.Worst(v) >= floor {
		return exit{Code: exitFindings}
	}
	if !sourcesGood(v) {
		return exit{Code: exitSources}
	}
	return nil
}

// progress says on a terminal, from the first second on, how far the reading is; stop wipes it. A pipe sees nothing of it.
func (p *program) progress(e *engine.Engine) (stop func()) {
	out, ok := p.err.(*os.File)
	if !ok || !term.IsTerminal(int(out.Fd())) {
		return func() {}
	}
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-end:
				fmt.Fprint(out, "\r\x1b[K")
				return
			case <-tick.C:
				v, done := e.View(), 0
				for _, s := range v.Sources {
					if s.State != platform.StateStarting && s.Pending == 0 {
						done++
					}
				}
				fmt.Fprintf(out, "\r\x1b[K%s %d/%d", p.lang.of("lecture des sources", "reading sources"), done, len(v.Sources))
			}
		}
	}()
	return func() { close(end); <-ended }
}

// sourcesGood reports whether the console works and every configured source gave something, now or in the last known state.
func sourcesGood(v *fleet.View) bool {
	return !slices.ContainsFunc(v.Sources, func(s platform.SourceHealth) bool {
		switch s.State {
		case platform.StateLive, platform.StateNotConfigured:
			return false
		}
		return s.Kind == "console" || (s.LastSuccess.IsZero() && !v.Cached(s.Name))
	})
}
