package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"dsotop/internal/fleet"
	"dsotop/internal/notes"
	"dsotop/internal/report"
)

// reporting are the flags of report.
type reporting struct {
	printing
	since   time.Duration
	project string
}

func (p *program) reportCommand() *cobra.Command {
	o := reporting{printing: printing{failOn: "never"}}
	t := p.lang.of
	cmd := &cobra.Command{
		Use:   "report",
		Short: t("La relève : ce qui s'est ouvert, refermé, déployé depuis un moment, en Markdown", "The handover: what opened, closed, was deployed since a moment, as Markdown"),
		Args:  noArgs(p.lang),
		RunE:  func(cmd *cobra.Command, _ []string) error { return p.report(cmd.Context(), o) },
	}
	outputFlag(cmd, p.lang, &o.output, "markdown", "json", "yaml")
	cmd.Flags().DurationVar(&o.since, "since", 12*time.Hour, t("depuis combien de temps (12h, 90m)", "since how long ago (12h, 90m)"))
	cmd.Flags().StringVar(&o.project, "project", "", t("un seul projet, par son nom", "one project only, by its name"))
	cmd.Flags().DurationVar(&o.wait, "wait", settleTime, t("attente au plus des systèmes lents", "how long to wait for slow systems"))
	return cmd
}

func (p *program) report(ctx context.Context, o reporting) error {
	if o.since <= 0 || o.since > notes.Kept {
		return usage("%s", p.lang.of(fmt.Sprintf("--since %s : une durée entre 1s et %s est attendue", o.since, notes.Kept), fmt.Sprintf("--since %s: a duration between 1s and %s is expected", o.since, notes.Kept)))
	}
	return p.once(ctx, o.printing, func(v *fleet.View, profile string, complete bool) error {
		project := ""
		if o.project != "" {
			r, ok := v.Project(o.project)
			if !ok {
				return p.noProject(v, o.project)
			}
			project = r.Dossier.Project.Slug
		}
		now := time.Now()
		doc := report.Handover(v, p.notes.Data(), now.Add(-o.since), project, profile, complete, string(p.lang))
		if o.output == "markdown" {
			return report.HandoverMarkdown(p.out, doc, string(p.lang), now.Location())
		}
		return document(p.out, o.output, doc)
	})
}
