package main

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"dsotop/internal/fleet"
)

// completing is how long completion waits where no last known state helps.
const completing = 2 * time.Second

// known returns the last known view, or what the sources tell within a moment: ready says when that is enough.
func (p *program) known(ctx context.Context, ready func(*fleet.View) bool) *fleet.View {
	cfg, profile, err := p.load()
	if err != nil {
		return nil
	}
	e, done, err := p.linesEngine(cfg, profile)
	if err != nil {
		return nil
	}
	defer done()
	if ctx == nil {
		ctx = context.Background()
	}
	ctx, cancel := context.WithTimeout(ctx, completing)
	defer cancel()
	e.Start(ctx)
	await(ctx, e, func() bool { return ready(e.View()) })
	return e.View()
}

// completeEnvironment offers projects, then the environments of the one given.
func (p *program) completeEnvironment(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	var out []string
	switch len(args) {
	case 0:
		v := p.known(cmd.Context(), func(v *fleet.View) bool { return len(v.Projects) > 0 })
		if v == nil {
			break
		}
		for _, row := range v.Projects {
			if slug := row.Dossier.Project.Slug; slug != "" && strings.HasPrefix(slug, typed) {
				out = append(out, slug)
			}
		}
	case 1:
		v := p.known(cmd.Context(), func(v *fleet.View) bool {
			row, ok := v.Project(args[0])
			return ok && len(environmentNames(row.Dossier)) > 0
		})
		if v == nil {
			break
		}
		if row, ok := v.Project(args[0]); ok {
			for _, name := range environmentNames(row.Dossier) {
				if strings.HasPrefix(name, typed) {
					out = append(out, name)
				}
			}
		}
	}
	slices.Sort(out)
	return out, cobra.ShellCompDirectiveNoFileComp
}

func (p *program) completeContainer(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	return p.completePods(cmd, args, typed, false), cobra.ShellCompDirectiveNoFileComp
}

func (p *program) completePod(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	return p.completePods(cmd, args, typed, true), cobra.ShellCompDirectiveNoFileComp
}

// completePods offers the pods of the environment named before, or their containers.
func (p *program) completePods(cmd *cobra.Command, args []string, typed string, pods bool) []string {
	if len(args) == 0 {
		return nil
	}
	var out []string
	gather := func(v *fleet.View) bool {
		out = out[:0]
		t, _, _ := p.look(v, args)
		env, ok := v.Environment(t.project, t.namespace)
		if !ok {
			return false
		}
		for _, pod := range env.Pods {
			if pods {
				out = append(out, pod.Name)
				continue
			}
			for _, c := range pod.Containers {
				out = append(out, c.Name)
			}
		}
		return len(out) > 0
	}
	if v := p.known(cmd.Context(), gather); v == nil {
		return nil
	}
	slices.Sort(out)
	return slices.DeleteFunc(slices.Compact(out), func(name string) bool { return !strings.HasPrefix(name, typed) })
}
