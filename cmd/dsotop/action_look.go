package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"dsotop/internal/actions"
	"dsotop/internal/engine"
)

// actionLook looks again at a deed whose outcome nobody knows. It sends nothing, so that it wants no right to write.
func (p *program) actionLook() *cobra.Command {
	t, o := p.lang.of, acting{}
	look := &cobra.Command{
		Use:   t("look [PASSAGE]", "look [RUN]"),
		Short: t("Regarder à nouveau une action dont personne ne sait comment elle a fini, sans rien renvoyer", "Look again at an action of which nobody knows how it ended, sending nothing"),
		Long: t("Regarder à nouveau une action dont personne ne sait comment elle a fini, sans rien renvoyer. Le passage est nommé par le journal, ou par le début de son nom ; sans lui, celles qui restent sont listées.",
			"Look again at an action of which nobody knows how it ended, sending nothing. The run is named as in the journal, or by how its name begins; without one, those that are left are listed."),
		Args: cobra.MaximumNArgs(1),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			var out []string
			if all, err := p.unsettled(p.journal()); err == nil && len(args) == 0 {
				for _, r := range all {
					out = append(out, r.Run+"\t"+r.Deed+" "+r.Subject.Name)
				}
			}
			return out, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return p.listUnsettled(o.output)
			}
			return p.lookAgain(cmd.Context(), o, args[0])
		},
	}
	outputFlag(look, p.lang, &o.output, "table", "json")
	return look
}

// journal is that of this person, for who only reads it.
func (p *program) journal() *actions.Journal {
	return actions.OpenJournal(journalDir(), p.clock)
}

// unsettled are the deeds of a journal without an outcome that anybody knows, newest first.
func (p *program) unsettled(j *actions.Journal) ([]*actions.Record, error) {
	entries, err := j.All()
	if err != nil {
		return nil, err
	}
	all := slices.DeleteFunc(actions.Fold(entries), func(r *actions.Record) bool { return !r.Open() && r.Outcome != actions.Unknown })
	slices.Reverse(all)
	return all, nil
}

func (p *program) listUnsettled(output string) error {
	all, err := p.unsettled(p.journal())
	if err != nil {
		return err
	}
	if output == "json" {
		docs := make([]any, 0, len(all))
		for _, r := range all {
			docs = append(docs, runDocument(r.Run, r.Deed, r.Subject, actions.RunState{Outcome: r.Outcome, Status: r.Status, Note: r.Note, Steps: r.Steps, Began: r.At, Ended: r.Ended}))
		}
		return p.printJSON(struct {
			Version int   `json:"version"`
			Runs    []any `json:"runs"`
		}{1, docs})
	}
	w := p.set()
	if len(all) == 0 {
		fmt.Fprintln(p.out, p.lang.of("de toutes les actions du journal on sait comment elles ont fini", "it is known of every action of the journal how it ended"))
		return nil
	}
	now := time.Now()
	for _, r := range all {
		said := w.Actions.Outcome[actions.Unknown]
		if r.Open() {
			said = p.lang.of("sans verdict", "no verdict")
		}
		fmt.Fprintf(p.out, "%s  %s  %s  %s  %s\n", r.Run, w.When(r.At.In(now.Location()), now), said, w.DeedTitle(r.Deed).Short, r.Subject.Name)
	}
	return nil
}

func (p *program) lookAgain(ctx context.Context, o acting, name string) error {
	all, err := p.unsettled(p.journal())
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(r *actions.Record) bool { return !strings.HasPrefix(r.Run, name) })
	if exact := slices.IndexFunc(all, func(r *actions.Record) bool { return r.Run == name }); exact >= 0 {
		all = all[exact : exact+1]
	}
	switch len(all) {
	case 1:
	case 0:
		return usage("%s", p.lang.of(fmt.Sprintf("« %s » : aucune action du journal de ce nom ne reste sans issue connue ; « dsotop action look » montre celles qui restent", name),
			fmt.Sprintf("%q: no action of that name in the journal is left without a known outcome; “dsotop action look” shows those that are", name)))
	default:
		return usage("%s", p.lang.of(fmt.Sprintf("« %s » : %d actions commencent ainsi", name, len(all)), fmt.Sprintf("%q: %d actions begin like this", name, len(all))))
	}
	e, done, err := p.actionEngine(ctx, false)
	if err != nil {
		return err
	}
	defer done()
	h := e.Hand()
	_, _ = e.SettleWithin(ctx, 2*time.Second)
	if all[0].Open() {
		_, err = h.Recover()
	} else {
		err = h.LookAgain(all[0].Run)
	}
	if err != nil {
		return p.refused(err)
	}
	run := h.Run(all[0].Run)
	if run == nil {
		return usage("%s", p.lang.of("un autre dsotop y travaille encore, ou cela s'est fait sur une autre plateforme que celle de ce profil", "another dsotop still works on it, or it was done on another platform than this profile's"))
	}
	return p.tell(ctx, e, run, o.output)
}

// tell follows a run to its verdict, and prints it.
func (p *program) tell(ctx context.Context, e *engine.Engine, run *actions.Run, output string) error {
	s := p.follow(ctx, e, run, output != "json")
	if output == "json" {
		if err := p.printJSON(runDocument(run.ID, run.Deed.ID, run.Subject, s)); err != nil {
			return err
		}
	}
	if s.Outcome != actions.Done {
		return exit{exitFindings, nil}
	}
	return nil
}

// runDocument is a run as docs/schema/action-run.json has it.
func runDocument(id, deed string, sub actions.Subject, s actions.RunState) any {
	type step = actions.Step
	doc := struct {
		Version int             `json:"version"`
		Run     string          `json:"run"`
		Deed    string          `json:"deed"`
		Subject actions.Subject `json:"subject"`
		Outcome *string         `json:"outcome"`
		Status  *int            `json:"status"`
		Note    string          `json:"note"`
		Steps   []step          `json:"steps"`
		Began   time.Time       `json:"began"`
		Ended   *time.Time      `json:"ended"`
	}{Version: 1, Run: id, Deed: deed, Subject: sub, Note: s.Note, Steps: s.Steps, Began: s.Began.UTC()}
	if doc.Steps == nil {
		doc.Steps = []step{}
	}
	if s.Outcome != "" {
		doc.Outcome = &s.Outcome
	}
	if s.Status != 0 {
		doc.Status = &s.Status
	}
	if !s.Ended.IsZero() {
		end := s.Ended.UTC()
		doc.Ended = &end
	}
	return doc
}
