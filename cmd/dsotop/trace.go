package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"dsotop/internal/engine"
	"dsotop/internal/fleet"
	"dsotop/internal/platform"
	"dsotop/internal/report"
)

// exitUnheard is the code of "trace" when every system was asked and none knows the commit.
const exitUnheard = exitFindings

func (p *program) traceCommand() *cobra.Command {
	o := printing{failOn: "never"}
	project := ""
	cmd := &cobra.Command{
		Use:   "trace SHA",
		Short: p.lang.of("Où est ce commit : miroir, pipeline, qualité, image, environnements", "Where a commit is: mirror, pipeline, quality, image, environments"),
		Long: p.lang.of("Suit un commit, donné par 7 chiffres hexadécimaux au moins, de la forge aux pods : où il est passé, quels environnements\nle font tourner, pourquoi pas les autres, et ce qu'il attend. Ce qui n'a pas pu être lu est dit inconnu.\n\nCodes de sortie : 0 connu, 1 inconnu de tous les systèmes, 2 usage, 3 inconnu mais un système n'a pas pu être interrogé.",
			"Follows a commit, given by seven hexadecimal digits at least, from the forge to the pods: where it has been, which environments\nrun it, why the others do not, and what it waits for. What could not be read is said to be unknown.\n\nExit codes: 0 known, 1 no system knows it, 2 usage, 3 not known but a system could not be asked."),
		Example: "  dsotop trace a1b2c3d4\n  dsotop trace a1b2c3d4 --project guichet -o json",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 || !platform.IsCommit(strings.ToLower(strings.TrimSpace(args[0]))) {
				return usage("%s", p.lang.of("il faut un commit : 7 à 40 chiffres hexadécimaux", "a commit is needed: 7 to 40 hexadecimal digits"))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return p.trace(cmd.Context(), o, args[0], project) },
	}
	t := p.lang.of
	outputFlag(cmd, p.lang, &o.output, "table", "json", "yaml")
	cmd.Flags().DurationVar(&o.wait, "wait", settleTime, t("attente au plus des systèmes lents", "how long to wait for slow systems"))
	cmd.Flags().StringVar(&project, "project", "", t("chercher dans ce projet seulement (nom court ou identifiant)", "search this project only (slug or id)"))
	return cmd
}

func (p *program) trace(ctx context.Context, o printing, sha, project string) error {
	var found fleet.Search
	err := p.onceWith(ctx, o, func(e *engine.Engine, v *fleet.View, profile string, complete bool) error {
		if _, ok := v.Project(project); project != "" && !ok {
			return usage("%s", p.lang.of(fmt.Sprintf("aucun projet « %s »", project), fmt.Sprintf("no project %q", project)))
		}
		found = v.Seek(ctx, sha, project, asker(e))
		if found.Err != nil {
			fmt.Fprintln(p.err, "dsotop: gitlab: "+e.Commits("").Health(found.Err).Detail)
		}
		if o.output == "table" {
			return report.TraceText(p.out, v, &found, complete, string(p.lang))
		}
		return document(p.out, o.output, report.Trace(v, &found, profile, complete, string(p.lang)))
	})
	switch {
	case found.Known():
		if code, ok := err.(exit); ok && code.Err == nil { //nolint:errorlint // onceWith returns it bare
			return nil // what was asked is answered, whatever else fails
		}
	case err == nil && found.SHA != "" && found.Failed == 0 && found.Left == 0:
		return exit{Code: exitUnheard}
	case err == nil && found.SHA != "":
		return exit{Code: exitSources}
	}
	return err
}

// asker has the forge of a project asked for one of its commits.
func asker(e *engine.Engine) fleet.Asker {
	return func(ctx context.Context, projectID, repository, sha string) (platform.GitCommit, bool, error) {
		r := e.Commits(projectID)
		if r.Commits == nil {
			return platform.GitCommit{}, false, nil
		}
		return r.Commits.Commit(ctx, repository, sha)
	}
}
