package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"dsotop/demo/walkthroughs"
	"dsotop/demo/world"
	"dsotop/internal/ui/show"
)

// showFlags are those of the presenter.
type showFlags struct {
	name    string
	loop    bool
	bigKeys bool
	stepped bool
}

// maxWalkthrough is how large a file may be, in bytes.
const maxWalkthrough = 1 << 20

func sizes() []string {
	return []string{string(world.Small), string(world.Fleet), string(world.Huge), string(world.Logs)}
}

// walkthroughFlags adds the flags of the presenter.
func (p *program) walkthroughFlags(cmd *cobra.Command, f *showFlags) {
	t := p.lang.of
	cmd.Flags().StringVar(&f.name, "walkthrough", "", t("dérouler une présentation : ", "present a walkthrough: ")+strings.Join(walkthroughs.Names(), ", ")+t(", ou un fichier", ", or a file"))
	_ = cmd.RegisterFlagCompletionFunc("walkthrough", func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return walkthroughs.Names(), cobra.ShellCompDirectiveDefault
	})
	cmd.Flags().BoolVar(&f.loop, "loop", false, t("jouer la présentation toute seule, sans fin (pour un stand)", "play the walkthrough by itself, without end (for a stand)"))
	cmd.Flags().BoolVar(&f.bigKeys, "big-keys", false, t("montrer en grand la dernière touche pressée", "show the last key pressed in large"))
	cmd.Flags().BoolVar(&f.stepped, "stepped", false, t("le temps de la plateforme saute au lieu de passer (F9) : deux fois les mêmes écrans, pour enregistrer", "the platform's time jumps instead of passing (F9): the same screens twice, for recordings"))
	check := &cobra.Command{
		Use:   "lint FILE…",
		Short: t("Les fautes d'un fichier de présentation, avec leur ligne", "The mistakes of a walkthrough's file, with their lines"),
		Args:  cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, files []string) error {
			for _, name := range files {
				s, err := p.walkthrough(name)
				if err != nil {
					return err
				}
				fmt.Fprintf(p.out, "%s: %d %s, %s\n", name, len(s.Steps), t("étapes", "steps"), s.Planned())
			}
			return nil
		},
	}
	cmd.AddCommand(check)
}

// walkthrough reads one by its name or the path of its file.
func (p *program) walkthrough(name string) (*show.Script, error) {
	data, ok := walkthroughs.Read(name)
	if !ok {
		f, err := os.Open(name)
		if errors.Is(err, os.ErrNotExist) && !strings.ContainsAny(name, "/.") {
			return nil, usage(p.lang.of("pas de présentation « %s » ; il y a : %s, ou le chemin d'un fichier", "no walkthrough “%s”; there are: %s, or the path of a file"), name, strings.Join(walkthroughs.Names(), ", "))
		}
		if err != nil {
			return nil, exit{exitUsage, err}
		}
		defer f.Close()
		if data, err = io.ReadAll(io.LimitReader(f, maxWalkthrough+1)); err != nil {
			return nil, exit{exitUsage, err}
		}
	}
	s, problems := show.Parse(name, data, sizes())
	if len(problems) > 0 {
		var all []string
		for _, x := range problems {
			all = append(all, x.Where()+": "+x.Text(string(p.lang)))
		}
		return nil, usage("%s", strings.Join(all, "\n"))
	}
	s.Name = strings.TrimSuffix(filepath.Base(name), walkthroughs.Ending)
	return s, nil
}

// stage is what is needed to present: a clock that can be led, and the panel. A demo without a walkthrough has no panel.
func (p *program) stage(f *demoFlags) (*world.Clock, func() *show.Show, error) {
	start := time.Now()
	var script *show.Script
	if f.show.name != "" {
		s, err := p.walkthrough(f.show.name)
		if err != nil {
			return nil, nil, err
		}
		script, start = s, s.Start
		f.seed, f.size = s.Seed, s.Size
		p.opts.Write = p.opts.Write || s.Write
		if f.show.stepped {
			p.pace = steppedPace
		}
	} else if f.show.loop || f.show.stepped {
		return nil, nil, usage("%s", p.lang.of("--loop et --stepped demandent --walkthrough", "--loop and --stepped need --walkthrough"))
	}
	c := world.NewClock(start, nil)
	return c, func() *show.Show {
		return show.New(show.Options{Script: script, Control: c, Stepped: f.show.stepped, Loop: f.show.loop, BigKeys: f.show.bigKeys})
	}, nil
}

// steppedPace divides the periods of the sources where the platform's time jumps: it is read again at once.
const steppedPace = 20

// present opens the demo again and again, as long as the presenter wants it anew.
func (p *program) present(ctx context.Context, f demoFlags) error {
	if !slices.Contains(sizes(), f.size) {
		return usage("%s", f.size)
	}
	for {
		again, err := p.demo(ctx, f)
		if err != nil || !again || ctx.Err() != nil {
			return err
		}
	}
}
