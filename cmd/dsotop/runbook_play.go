package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"dsotop/internal/actions"
	"dsotop/internal/engine"
	"dsotop/internal/runbook"
	"dsotop/internal/ui/page"
	"dsotop/internal/yamlfile"
)

// playing are the flags of runbook run.
type playing struct {
	sel  runbook.Selection
	set  []string
	dry  bool
	wait time.Duration
	take bool
}

func (p *program) runbookRun() *cobra.Command {
	var o playing
	t := p.lang.of
	cmd := &cobra.Command{
		Use:               "run " + t("CARNET", "BOOK"),
		Short:             t("Joue un carnet : chaque écriture est montrée et confirmée", "Plays a book: each write is shown and confirmed"),
		Args:              p.aBook(),
		ValidArgsFunction: p.completeBooks,
		RunE: func(cmd *cobra.Command, args []string) error {
			b, err := p.book(args[0])
			if err != nil {
				return err
			}
			params := map[string]string{}
			for _, one := range o.set {
				name, value, ok := strings.Cut(one, "=")
				if !ok {
					return usage("--set %s: %s", one, t("nom=valeur est attendu", "name=value is expected"))
				}
				params[name] = value
			}
			return p.atDesk(cmd.Context(), o, func(e *engine.Engine, d *runbook.Desk) (string, error) {
				sel := o.sel
				if row, ok := e.View().Project(sel.ProjectID); ok {
					sel.ProjectID = row.Dossier.Project.ID
				} else if sel.ProjectID != "" {
					var slugs []string
					for _, row := range e.View().Projects {
						slugs = append(slugs, row.Dossier.Project.Slug)
					}
					hint := ""
					if near := yamlfile.Nearest(sel.ProjectID, slugs); near != "" {
						hint = t(" ; vouliez-vous dire « "+near+" » ?", "; did you mean “"+near+"”?")
					}
					return "", usage("%s", t("projet inconnu : ", "unknown project: ")+sel.ProjectID+hint)
				}
				sel, missing := runbook.Complete(b, d.Known(sel), sel)
				if len(missing) > 0 {
					var names []string
					for _, o := range runbook.Options(missing[0], d.Known(sel), sel) {
						names = append(names, p.slug(e, missing[0], o))
					}
					return "", usage("--%s: %s: %s", missing[0], t("à choisir parmi", "to be chosen among"), strings.Join(names, ", "))
				}
				id, err := d.Start(b, sel, params, o.dry)
				return id, p.wrongRun(err)
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.sel.ProjectID, "project", "", t("projet (slug ou UUID)", "project (slug or UUID)"))
	f.StringVar(&o.sel.Environment, "environment", "", t("environnement", "environment"))
	f.StringVar(&o.sel.Repository, "repository", "", t("dépôt", "repository"))
	f.StringVar(&o.sel.Application, "application", "", t("application Argo CD", "Argo CD application"))
	f.StringVar(&o.sel.Workload, "workload", "", t("contrôleur de pods : Deployment/nom", "controller of pods: Deployment/name"))
	f.StringVar(&o.sel.Pod, "pod", "", "pod")
	f.StringArrayVar(&o.set, "set", nil, t("paramètre : nom=valeur", "parameter: name=value"))
	f.BoolVar(&o.dry, "dry-run", false, t("joue tout sans rien écrire", "plays all without writing anything"))
	f.DurationVar(&o.wait, "wait", settleTime, t("attente au plus des systèmes lents", "how long to wait for slow systems"))
	return cmd
}

// slug names a project as people do.
func (p *program) slug(e *engine.Engine, n runbook.Scope, option string) string {
	if n == runbook.ForProject {
		if row, ok := e.View().Project(option); ok && row.Dossier.Project.Slug != "" {
			return row.Dossier.Project.Slug
		}
	}
	return option
}

func (p *program) runbookResume() *cobra.Command {
	var o playing
	cmd := &cobra.Command{
		Use:               "resume " + p.lang.of("PASSAGE", "RUN"),
		Short:             p.lang.of("Reprend un passage où il en est", "Goes on with a run where it is"),
		Args:              p.aRun(),
		ValidArgsFunction: p.completeRuns,
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.atDesk(cmd.Context(), o, func(_ *engine.Engine, d *runbook.Desk) (string, error) {
				resume := d.Resume
				if o.take {
					resume = d.TakeOver
				}
				return args[0], p.held(resume(args[0]))
			})
		},
	}
	cmd.Flags().BoolVar(&o.take, "take-over", false, p.lang.of("le reprend à qui le joue", "takes it from whoever plays it"))
	cmd.Flags().DurationVar(&o.wait, "wait", settleTime, p.lang.of("attente au plus des systèmes lents", "how long to wait for slow systems"))
	return cmd
}

func (p *program) runbookAbandon() *cobra.Command {
	o := playing{wait: time.Second}
	why := ""
	cmd := &cobra.Command{
		Use:               "abandon " + p.lang.of("PASSAGE", "RUN"),
		Short:             p.lang.of("Abandonne un passage : rien de plus n'est commencé", "Abandons a run: nothing more is begun"),
		Args:              p.aRun(),
		ValidArgsFunction: p.completeRuns,
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.atDesk(cmd.Context(), o, func(_ *engine.Engine, d *runbook.Desk) (string, error) {
				return "", p.held(d.Abandon(args[0], why))
			})
		},
	}
	cmd.Flags().StringVar(&why, "why", "", p.lang.of("la raison", "the reason"))
	return cmd
}

// atDesk starts the engine, waits until the facts are there, begins something, and plays it in lines of text until it is over or the person leaves.
func (p *program) atDesk(ctx context.Context, o playing, begin func(*engine.Engine, *runbook.Desk) (string, error)) error {
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
	wait, cancel := context.WithTimeout(ctx, o.wait)
	stop := p.progress(e)
	_, _ = e.Settle(wait)
	stop()
	cancel()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	e.TakeUp() // a run may wait for a deed or a queue that a dead process left
	d := e.Runbooks()
	id, err := begin(e, d)
	if err != nil || id == "" {
		return err
	}
	return p.playOut(ctx, d, id)
}

// playOut prints what happens and asks what is asked, until the run is over.
func (p *program) playOut(ctx context.Context, d *runbook.Desk, id string) error {
	bell := d.Watch(ctx)
	in := bufio.NewReader(p.in)
	told := map[int]string{}
	fmt.Fprintln(p.out, p.lang.of("Passage ", "Run ")+id)
	for {
		i, ok := d.Run(id)
		if !ok {
			return fmt.Errorf("%s", p.lang.of("le passage a disparu", "the run is gone"))
		}
		p.tellRecords(i.Run, told)
		switch {
		case i.State.Over():
			fmt.Fprintf(p.out, "%s. %s\n", runbook.StateWord(string(i.State), string(p.lang)), i.Why.Of(string(p.lang)))
			fmt.Fprintln(p.out, p.lang.of("Pour le ticket : dsotop runbook export ", "For the ticket: dsotop runbook export ")+id)
			if i.State != runbook.Finished {
				return exit{exitFindings, nil}
			}
			return nil
		case !i.Mine && i.Other != nil:
			return p.held(&runbook.HeldError{By: *i.Other})
		case i.Fault != "":
			return errors.New(i.Fault)
		case i.Mine && i.State == runbook.Asking && i.Pending != nil:
			if err := p.askPerson(d, &i.Run, in); err != nil {
				if errors.Is(err, io.EOF) {
					fmt.Fprintln(p.out, "\n"+p.lang.of("Le passage attend ; pour continuer : dsotop runbook resume ", "The run waits; to go on: dsotop runbook resume ")+id)
					return exit{exitFindings, nil}
				}
				fmt.Fprintln(p.out, "! "+p.lang.of(runbook.Tell(err, "fr"), runbook.Tell(err, "en")))
			}
			continue
		}
		select {
		case <-bell:
		case <-time.After(time.Second):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// tellRecords prints what is new of each step.
func (p *program) tellRecords(r runbook.Run, told map[int]string) {
	l := string(p.lang)
	for i := range r.Records {
		rec := &r.Records[i]
		if told[i] == rec.State {
			continue
		}
		if told[i] == "" {
			fmt.Fprintf(p.out, "\n%d. %s\n", i+1, rec.Title.Of(l))
			if note := rec.Note.Of(l); note != "" {
				fmt.Fprintln(p.out, "   "+strings.ReplaceAll(note, "\n", "\n   "))
			}
		}
		told[i] = rec.State
		if rec.State == string(runbook.Playing) || rec.State == string(runbook.Asking) {
			continue
		}
		line := "   → " + runbook.StateWord(rec.State, l)
		if why := rec.Why.Of(l); why != "" {
			line += " : " + why
		}
		fmt.Fprintln(p.out, line)
		if d := rec.Deed; d != nil && (rec.State == runbook.StepDry || d.ID != "") {
			fmt.Fprintln(p.out, strings.TrimRight("     "+p.set().DeedTitle(d.Plan.Deed).Short+" → "+d.Plan.Subject+"  "+d.Plan.Call+"  "+d.Outcome.How(l, page.Speech()), " "))
		}
	}
}

// askPerson puts the question of a run on the terminal, and gives the answer back.
func (p *program) askPerson(d *runbook.Desk, r *runbook.Run, in *bufio.Reader) error {
	q, l, t := r.Pending, string(p.lang), p.lang.of
	line := func(prompt string) (string, error) {
		fmt.Fprint(p.out, "   "+prompt+" ")
		text, err := in.ReadString('\n')
		if err != nil && text == "" {
			return "", io.EOF
		}
		return strings.TrimSpace(text), nil
	}
	switch q.Kind {
	case runbook.AskTrouble:
		fmt.Fprintln(p.out, "   ! "+q.Trouble.Of(l))
		text, err := line(t("réessayer (r), continuer (c), arrêter (a) ?", "retry (r), continue (c), stop (s)?"))
		if err != nil {
			return err
		}
		what := map[string]string{"r": runbook.Retry, "c": runbook.GoOn, "a": runbook.GiveUp, "s": runbook.GiveUp}[strings.ToLower(text)]
		if what == "" {
			what = text
		}
		return d.Resolve(r.ID, q.Step, what)
	case runbook.AskConsent:
		plan := q.Plan
		p.printPlanText(p.out, plan, "   ")
		consent := actions.Consent{}
		if plan.ReadOnly {
			fmt.Fprintln(p.out, "   "+t("lecture seule : « --write » ouvre l'écriture", "read-only: “--write” opens writing"))
		}
		if plan.Type != "" {
			text, err := line(t("tapez « "+plan.Type+" » pour le faire, rien pour refuser :", "type “"+plan.Type+"” to do it, nothing to refuse:"))
			if err != nil {
				return err
			}
			if text == "" {
				return d.Decline(r.ID, q.Step)
			}
			consent.Typed = text
		} else {
			text, err := line(t("le faire ? (oui/NON)", "do it? (yes/NO)"))
			if err != nil {
				return err
			}
			if !slices.Contains([]string{"oui", "o", "yes", "y"}, strings.ToLower(text)) {
				return d.Decline(r.ID, q.Step)
			}
		}
		if plan.Approver {
			text, err := line(t("qui d'autre approuve ?", "who else approves?"))
			if err != nil {
				return err
			}
			consent.Approver = text
		}
		err := d.Consent(r.ID, q.Step, consent)
		no, refused := errors.AsType[*actions.Refusal](err)
		switch {
		case refused && no.Reason.Code == "plan_old":
			return d.Replan(r.ID)
		case refused && no.Reason.Code == "not_confirmed": // it is asked again
			fmt.Fprintln(p.out, "   ! "+p.set().Reason(no.Reason))
			return nil
		}
		return p.refused(err)
	}
	fmt.Fprintln(p.out, "   ? "+q.Question.Of(l))
	if text := q.Copy.Of(l); text != "" {
		fmt.Fprintln(p.out, "\n     "+strings.ReplaceAll(text, "\n", "\n     ")+"\n")
	}
	for i, c := range q.Choices {
		fmt.Fprintf(p.out, "     %d. %s\n", i+1, c.Label.Of(l))
	}
	prompt := t("fait ? (Entrée)", "done? (Enter)")
	switch {
	case q.Another:
		prompt = t("nom de l'autre personne :", "the other person's name:")
	case len(q.Choices) > 0:
		prompt = t("numéro :", "number:")
	case q.Type != "":
		prompt = t("valeur :", "value:")
		if q.Default != "" {
			prompt = t("valeur", "value") + " [" + q.Default + "] :"
		}
	}
	text, err := line(prompt)
	if err != nil {
		return err
	}
	if text == "" {
		text = q.Default
	}
	if n, err := strconv.Atoi(text); err == nil && n >= 1 && n <= len(q.Choices) {
		text = q.Choices[n-1].Value
	}
	return d.Answer(r.ID, q.Step, text)
}
