package main

import (
	"github.com/spf13/cobra"

	"dsotop/internal/report"
)

func (p *program) doctorCommand() *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: p.lang.of("Ce que chaque source atteint : comme qui, avec quels droits, et comment réparer", "What each source reaches: as whom, with which rights, and how to mend it"),
		Args:  noArgs(p.lang),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, profile, err := p.load()
			if err != nil {
				return err
			}
			cfg.NoCache = true // nothing is read or kept here
			e, done, err := p.engine(cfg, profile)
			if err != nil {
				return err
			}
			defer done()
			found := e.Doctor(cmd.Context())
			if err := cmd.Context().Err(); err != nil {
				return err
			}
			doc := report.Doctor(found, profile.Name, string(p.lang), e.Now())
			if output == "text" {
				err = report.DoctorText(p.out, found, string(p.lang), e.Now())
			} else {
				err = document(p.out, output, doc)
			}
			if err == nil && !doc.Good {
				return exit{Code: exitSources}
			}
			return err
		},
	}
	outputFlag(cmd, p.lang, &output, "text", "json", "yaml")
	return cmd
}
