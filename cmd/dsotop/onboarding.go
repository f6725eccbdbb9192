package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"dsotop/internal/engine"
	"dsotop/internal/fleet"
	"dsotop/internal/onboarding/sheet"
	"dsotop/internal/platform"
	"dsotop/internal/ui/words"
)

// boarding are the flags of onboarding.
type boarding struct {
	printing
	owner string
	step  string
}

func (p *program) onboardingCommand() *cobra.Command {
	o := boarding{printing: printing{failOn: "never"}}
	t := p.lang.of
	cmd := &cobra.Command{
		Use:   t("onboarding [PROJET]", "onboarding [PROJECT]"),
		Short: t("L'embarquement : les 18 étapes, de la demande à la production", "The onboarding: the 18 steps, from the request to production"),
		Long: t("Les 18 étapes de chaque projet, ou d'un seul avec ses preuves : lues dans les systèmes quand ils le disent, sinon dans la fiche du\nprojet (« onboarding: {folder: …} » dans le profil). « -o ticket » donne le bloc de contexte à coller dans un ticket.",
			"The 18 steps of every project, or of one with its evidence: read in the systems where they tell, else in the project's ledger\n(“onboarding: {folder: …}” in the profile). “-o ticket” gives the block of context to paste into a ticket."),
		Example: "  dsotop onboarding\n  dsotop onboarding testform -o md\n  dsotop onboarding --owner host -o csv\n  dsotop onboarding testform -o ticket --step 11",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			slug := ""
			if len(args) == 1 {
				slug = args[0]
			}
			return p.onboarding(cmd.Context(), o, slug)
		},
	}
	outputFlag(cmd, p.lang, &o.output, "table", "json", "yaml", "md", "csv", "ticket")
	owners := []string{"team", "service_team", "admins", "host", "security"}
	cmd.Flags().Var(&choice{value: &o.owner, among: owners, lang: p.lang}, "owner", t("seulement les projets dont le prochain geste est à : ", "only projects whose next move belongs to: ")+"team, service_team, admins, host, security")
	_ = cmd.RegisterFlagCompletionFunc("owner", cobra.FixedCompletions(owners, cobra.ShellCompDirectiveNoFileComp))
	cmd.Flags().StringVar(&o.step, "step", "", t("avec -o ticket : l'étape concernée, 1 à 18 (sinon la prochaine)", "with -o ticket: the step concerned, 1 to 18 (else the next one)"))
	cmd.Flags().DurationVar(&o.wait, "wait", settleTime, t("attente au plus des systèmes lents", "how long to wait for slow systems"))
	return cmd
}

func (p *program) onboarding(ctx context.Context, o boarding, slug string) error {
	t := p.lang.of
	step := 0
	if o.step != "" {
		n, err := strconv.Atoi(o.step)
		if err != nil || n < 1 || n > platform.StepCount {
			return usage("%s", t(fmt.Sprintf("--step %s : un nombre de 1 à %d est attendu", o.step, platform.StepCount), fmt.Sprintf("--step %s: a number from 1 to %d is expected", o.step, platform.StepCount)))
		}
		step = n
	}
	if o.output == "ticket" && slug == "" {
		return usage("%s", t("-o ticket demande un projet : dsotop onboarding PROJET -o ticket", "-o ticket needs a project: dsotop onboarding PROJECT -o ticket"))
	}
	return p.onceWith(ctx, o.printing, func(e *engine.Engine, v *fleet.View, profile string, complete bool) error {
		e.Ledgers().Look()
		s, now, w := e.Ledgers().Snapshot(), time.Now(), p.words()
		all := sheet.All(v, e.Boards(), s, now)
		if slug != "" {
			r, ok := v.Project(slug)
			if !ok {
				return p.noProject(v, slug)
			}
			all = []sheet.Board{sheet.One(r, e.Boards(), s, now)}
		}
		if o.owner != "" {
			kept := all[:0]
			for _, b := range all {
				if b.Awaits(platform.StepOwner(o.owner)) {
					kept = append(kept, b)
				}
			}
			all = kept
		}
		for _, b := range all {
			if why := sheet.Trouble(s, b.Row.Dossier.Project.Slug, string(p.lang)); why != "" {
				fmt.Fprintln(p.err, "dsotop: "+why)
			}
		}
		switch o.output {
		case "table":
			return sheet.Table(p.out, all, slug != "", complete, w, now)
		case "md":
			return sheet.Markdown(p.out, all, slug != "", complete, profile, w, now)
		case "csv":
			return sheet.CSV(p.out, all, w, now)
		case "ticket":
			if len(all) == 0 {
				return nil
			}
			_, err := fmt.Fprint(p.out, sheet.Ticket(all[0], step, profile, w, now))
			return err
		}
		return document(p.out, o.output, sheet.Make(all, s, profile, complete, w, now))
	})
}

// words are those of the program's language.
func (p *program) words() *words.Set { return words.Detect(string(p.lang), os.Getenv) }
