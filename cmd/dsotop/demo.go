package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"dsotop/demo"
	"dsotop/demo/fault"
	"dsotop/demo/world"
	"dsotop/internal/config"
)

// demoFlags choose the simulated platform.
type demoFlags struct {
	seed int64
	size string
	life string // see lives
	rate int    // lines a second of the numbered container, of the size logs
	show showFlags
	// faults are what was typed, script what it says.
	faults []string
	script []fault.Spec
}

// lives are the ways in which a served platform may go on: as its stories want, not at all, or much faster (the load of the budgets).
func lives() []string { return []string{"stories", "calm", "churn"} }

// options are the demo's own for these flags.
func (f demoFlags) options(dir, file string) demo.Options {
	o := demo.Options{Seed: f.seed, Size: world.Size(f.size), Dir: dir, Config: file, Calm: f.life == "calm", Faults: len(f.faults) > 0, LogRate: f.rate}
	if f.life == "churn" {
		o.Churn = world.BudgetChurn()
	}
	return o
}

func (p *program) demoCommand() *cobra.Command {
	t := p.lang.of
	f := demoFlags{size: string(world.Small), life: lives()[0]}
	cmd := &cobra.Command{
		Use:   "demo",
		Short: t("Le programme sur une plateforme simulée, sans rien configurer", "The program on a simulated platform, nothing to configure"),
		Long: t("Une plateforme simulée, servie sur cette machine par de vrais protocoles, et le programme ouvert dessus.\nSans terminal : le tableau de « status », puis la façon de l'ouvrir.",
			"A simulated platform, served on this machine in the systems' own protocols, and the program opened on it.\nWithout a terminal: the table of “status”, then how to open it."),
		Args: noArgs(p.lang),
		RunE: func(cmd *cobra.Command, _ []string) error { return p.present(cmd.Context(), f) },
	}
	p.faultFlag(cmd, &f)
	p.walkthroughFlags(cmd, &f.show)
	cmd.PersistentFlags().Int64Var(&f.seed, "seed", 1, t("graine : la même donne la même plateforme", "seed: the same gives the same platform"))
	cmd.PersistentFlags().Var(&choice{value: &f.size, among: sizes(), lang: p.lang}, "size", t("taille : small (7 projets), fleet (200), huge (1000) ou logs (small et un million de lignes)", "size: small (7 projects), fleet (200), huge (1000) or logs (small and a million lines)"))
	_ = cmd.RegisterFlagCompletionFunc("size", cobra.FixedCompletions(sizes(), cobra.ShellCompDirectiveNoFileComp))

	cmd.PersistentFlags().Var(&choice{value: &f.life, among: lives(), lang: p.lang}, "life", t("ce qui arrive : stories (les histoires), calm (rien) ou churn (20 pods, 5 applications et 2 pipelines par seconde en plus)",
		"what happens: stories, calm (nothing) or churn (20 pods, 5 applications and 2 pipelines a second besides)"))
	_ = cmd.RegisterFlagCompletionFunc("life", cobra.FixedCompletions(lives(), cobra.ShellCompDirectiveNoFileComp))

	cmd.PersistentFlags().IntVar(&f.rate, "lines-per-second", 0, t("avec --size logs : lignes par seconde du conteneur « compteur », numérotées ; 0 : comme la veille", "with --size logs: lines a second of the container “compteur”, numbered; 0: as the day before"))

	var write string
	serve := &cobra.Command{
		Use:   "serve",
		Short: t("Servir seulement la plateforme simulée, pour d'autres clients", "Only serve the simulated platform, for other clients"),
		Args:  noArgs(p.lang),
		RunE:  func(cmd *cobra.Command, _ []string) error { return p.serve(cmd.Context(), f, write) },
	}
	serve.Flags().StringVar(&write, "write-config", "", t("écrire la configuration dans ce fichier, et « kubeconfig » à côté", "write the configuration to this file, and “kubeconfig” beside it"))
	cmd.AddCommand(serve)
	return cmd
}

// demo opens the program on a platform that lives as long as it does; again: the presenter wants it anew.
func (p *program) demo(ctx context.Context, f demoFlags) (again bool, err error) {
	if err := p.readFaults(&f); err != nil {
		return false, err
	}
	pace, curtain, err := p.stage(&f)
	if err != nil {
		return false, err
	}
	dir, err := os.MkdirTemp("", "dsotop-demo-")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(dir)
	o := f.options(dir, "")
	o.Pace = pace
	platform, err := demo.Start(ctx, o)
	if err != nil {
		return false, err
	}
	defer platform.Close()
	f.play(ctx, platform)
	p.opts.Config, p.opts.Profile = platform.Config, "demo"
	cfg, err := config.Load(p.opts.Flags, func(string) string { return "" })
	if err != nil {
		return false, err
	}
	p.aloof = true
	cfg.NoCache = true // ports change at each run: nothing of it would ever be read again
	profile, _ := cfg.Current()
	if p.terminal() {
		p.clock, p.show = func() time.Time { return pace.Now().Local() }, curtain()
		err := p.face(ctx, cfg, profile)
		return p.show.Restart(), err
	}
	pace.Free()
	e, done, err := p.engine(cfg, profile)
	if err != nil {
		return false, err
	}
	defer done()
	e.Start(ctx)
	wait, cancel := context.WithTimeout(ctx, settleTime)
	stop := p.progress(e)
	v, complete := e.Settle(wait)
	stop()
	cancel()
	if err := p.printStatus(p.out, v, profile.Name, complete, "table"); err != nil {
		return false, err
	}
	_, err = fmt.Fprintln(p.out, p.lang.of("\nDans un terminal, « dsotop demo » (ou « make demo ») ouvre le tableau de bord sur cette plateforme.", "\nIn a terminal, “dsotop demo” (or “make demo”) opens the dashboard on this platform."))
	return false, err
}

// serve serves the platform until it is told to stop.
func (p *program) serve(ctx context.Context, f demoFlags, write string) error {
	if err := p.readFaults(&f); err != nil {
		return err
	}
	var dir string
	if write == "" {
		tmp, err := os.MkdirTemp("", "dsotop-demo-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(tmp)
		dir = tmp
	} else {
		abs, err := filepath.Abs(write)
		if err != nil {
			return err
		}
		dir, write = filepath.Dir(abs), abs
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
	}
	platform, err := demo.Start(ctx, f.options(dir, write))
	if err != nil {
		return err
	}
	defer platform.Close()
	f.play(ctx, platform)
	fmt.Fprintln(p.out, p.lang.of("plateforme simulée servie ; Ctrl-C pour finir. À coller dans un autre terminal, avec les clients que l'on a :", "simulated platform served; Ctrl-C to end. To be pasted into another terminal, with the clients at hand:"))
	for _, c := range platform.Clients() {
		fmt.Fprintln(p.out, "  "+c.Line)
	}
	<-ctx.Done()
	return nil
}
