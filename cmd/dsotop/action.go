package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"dsotop/internal/actions"
	"dsotop/internal/actions/deeds"
	"dsotop/internal/engine"
	"dsotop/internal/runbook"
	"dsotop/internal/ui/words"
)

// acting are the flags of action.
type acting struct {
	output   string
	on       string // kind of subject, when the deed is for several
	yes      bool
	confirm  string
	approver string
	wait     time.Duration
}

func (p *program) actionCommand() *cobra.Command {
	t := p.lang.of
	cmd := &cobra.Command{
		Use:   "action",
		Short: t("Les actions : ce qui peut être fait, ce que cela enverrait, le faire", "Actions: what may be done, what it would send, doing it"),
		Args:  noArgs(p.lang),
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	o := acting{}
	list := &cobra.Command{
		Use:   t("list [SUJET]", "list [SUBJECT]"),
		Short: t("Les actions, ou celles d'une chose (projet, environnement, dépôt, application, pod…) avec ce qui s'y oppose", "The actions, or those of a thing (project, environment, repository, application, pod…) with what stands against them"),
		Args:  cobra.MaximumNArgs(1),
		RunE:  func(cmd *cobra.Command, args []string) error { return p.actionList(cmd.Context(), o, args) },
	}
	outputFlag(list, p.lang, &o.output, "table", "json")
	list.Flags().StringVar(&o.on, "on", "", t("sorte de sujet : project, environment, application, pod, workload…", "kind of subject: project, environment, application, pod, workload…"))
	do := acting{}
	plan := &cobra.Command{
		Use:   t("plan ACTION SUJET [PARAMÈTRE=VALEUR…]", "plan ACTION SUBJECT [PARAMETER=VALUE…]"),
		Short: t("Ce qu'une action enverrait, ce qu'elle changerait ; rien n'est écrit", "What an action would send and change; nothing is written"),
		Args:  p.deedArgs,
		RunE:  func(cmd *cobra.Command, args []string) error { return p.actionPlan(cmd.Context(), do, args) },
	}
	outputFlag(plan, p.lang, &do.output, "table", "json")
	run := &cobra.Command{
		Use:   t("run ACTION SUJET [PARAMÈTRE=VALEUR…]", "run ACTION SUBJECT [PARAMETER=VALUE…]"),
		Short: t("Faire une action (avec --write), et attendre de savoir comment elle finit", "Do an action (with --write), and wait until it is known how it ended"),
		Args:  p.deedArgs,
		RunE:  func(cmd *cobra.Command, args []string) error { return p.actionRun(cmd.Context(), do, args) },
	}
	outputFlag(run, p.lang, &do.output, "table", "json")
	run.Flags().BoolVar(&do.yes, "yes", false, t("ne pas demander ; refusé sans --confirm pour la production et les destructions", "do not ask; refused without --confirm for production and destruction"))
	run.Flags().StringVar(&do.confirm, "confirm", "", t("le nom du sujet, pour la production et les destructions", "the subject's name, for production and destruction"))
	run.Flags().StringVar(&do.approver, "approver", "", t("qui d'autre donne son accord, quand la politique le veut", "who else agrees, where the policy wants it"))
	for c, into := range map[*cobra.Command]*time.Duration{list: &o.wait, plan: &do.wait, run: &do.wait} {
		c.Flags().DurationVar(into, "wait", settleTime, t("attente au plus avant que le sujet soit connu", "how long to wait for the subject to be known"))
	}
	for _, c := range []*cobra.Command{plan, run} {
		c.Flags().StringVar(&do.on, "on", "", t("sorte de sujet, quand l'action en connaît plusieurs", "kind of subject, where the action knows several"))
		c.ValidArgsFunction = func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			var ids []string
			if len(args) == 0 {
				for _, d := range deeds.All() {
					ids = append(ids, d.ID)
				}
			}
			return ids, cobra.ShellCompDirectiveNoFileComp
		}
	}
	cmd.AddCommand(list, plan, run, p.actionLook())
	return cmd
}

// deedArgs wants an action and a subject.
func (p *program) deedArgs(cmd *cobra.Command, args []string) error {
	if len(args) >= 2 {
		return nil
	}
	return usage("%s", p.lang.of(fmt.Sprintf("« %s » attend une action et un sujet, par exemple : console.replay agendaprefs ; « dsotop action list » les montre", cmd.CommandPath()),
		fmt.Sprintf("“%s” wants an action and a subject, for example: console.replay agendaprefs; “dsotop action list” shows them", cmd.CommandPath())))
}

func (p *program) set() *words.Set {
	w, _ := words.Find(string(p.lang))
	return w
}

// actionList prints the deeds.
func (p *program) actionList(ctx context.Context, o acting, args []string) error {
	w := p.set()
	type param struct {
		Name     string `json:"name"`
		Type     string `json:"type"`
		Required bool   `json:"required"`
		Secret   bool   `json:"secret"`
	}
	type line struct {
		ID      string          `json:"id"`
		Title   string          `json:"title"`
		On      []actions.Kind  `json:"on"`
		Risk    string          `json:"risk"`
		Bulk    bool            `json:"bulk"`
		Params  []param         `json:"params"`
		Against *actions.Reason `json:"against"`
	}
	var out []line
	add := func(d *actions.Deed, risk actions.Risk, against *actions.Reason) {
		l := line{ID: d.ID, Title: w.DeedTitle(d.ID).Long, On: d.On, Risk: risk.Word(), Bulk: d.Bulk, Params: []param{}, Against: against}
		for _, x := range d.Params {
			l.Params = append(l.Params, param{x.Name, x.Type, x.Required, x.Secret})
		}
		out = append(out, l)
	}
	var sub *actions.Subject
	if len(args) == 0 {
		all := deeds.All()
		for i := range all {
			add(&all[i], all[i].Base, nil)
		}
	} else {
		e, done, err := p.actionEngine(ctx, false)
		if err != nil {
			return err
		}
		defer done()
		kinds := allKinds(args[0])
		if o.on != "" {
			kinds = []actions.Kind{actions.Kind(o.on)}
		}
		s, err := p.subject(ctx, e, kinds, args[0], o.wait)
		if err != nil {
			return err
		}
		sub = &s
		for _, offer := range e.Hand().Offers(s) {
			against := offer.Reason
			if against.Code == "not_applicable" {
				continue
			}
			add(offer.Deed, offer.Risk, &against)
		}
	}
	if o.output == "json" {
		return p.printJSON(struct {
			Version int              `json:"version"`
			Subject *actions.Subject `json:"subject"`
			Actions []line           `json:"actions"`
		}{1, sub, out})
	}
	wide := 0
	for _, l := range out {
		wide = max(wide, len(l.ID))
	}
	for _, l := range out {
		text := l.Title
		if l.Against != nil && l.Against.Code != "" {
			text += " — " + w.Reason(*l.Against)
		}
		kinds := make([]string, len(l.On))
		for i, k := range l.On {
			kinds[i] = string(k)
		}
		fmt.Fprintf(p.out, "%-*s  %-11s  %-12s  %s\n", wide, l.ID, l.Risk, strings.Join(kinds, ","), text)
	}
	return nil
}

func (p *program) printJSON(v any) error {
	enc := json.NewEncoder(p.out)
	enc.SetIndent("", " ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// actionEngine starts the engine of the profile in force. stay tells that deeds may be done, and waits for them at the end.
func (p *program) actionEngine(ctx context.Context, stay bool) (*engine.Engine, func(), error) {
	cfg, profile, err := p.load()
	if err != nil {
		return nil, nil, err
	}
	if stay && !profile.Write {
		return nil, nil, usage("%s", p.lang.of("lecture seule : ajoutez --write, ou « write: true » au profil ; « dsotop action plan » ne fait que préparer", "read-only: add --write, or “write: true” to the profile; “dsotop action plan” only prepares"))
	}
	e, done, err := p.engine(cfg, profile)
	if err != nil {
		return nil, nil, err
	}
	e.Start(ctx)
	return e, func() {
		if stay {
			p.finishDeeds(ctx, e)
		}
		done()
	}, nil
}

// planned is a plan made from the command line.
func (p *program) planned(ctx context.Context, e *engine.Engine, o acting, args []string) (*actions.Plan, error) {
	h := e.Hand()
	d := h.Deed(args[0])
	if d == nil {
		var near []string
		for _, x := range h.Deeds() {
			if strings.Contains(x.ID, args[0]) || strings.Contains(args[0], strings.TrimPrefix(x.ID, x.ID[:strings.Index(x.ID, ".")+1])) {
				near = append(near, x.ID)
			}
		}
		hint := ""
		if len(near) > 0 {
			hint = " (" + strings.Join(near, ", ") + " ?)"
		}
		return nil, usage("%s%s", p.set().Reason(actions.Reason{Code: "unknown_deed", Detail: args[0]}), hint)
	}
	values := actions.Args{}
	for _, a := range args[2:] {
		k, v, ok := strings.Cut(a, "=")
		if !ok {
			return nil, usage("%s", p.lang.of(fmt.Sprintf("« %s » n'est pas de la forme PARAMÈTRE=VALEUR", a), fmt.Sprintf("%q is not PARAMETER=VALUE", a)))
		}
		values[k] = v
	}
	kinds := d.On
	if o.on != "" {
		if !slices.Contains(d.On, actions.Kind(o.on)) {
			return nil, usage("%s", p.set().Reason(actions.Reason{Code: "wrong_subject", Detail: d.ID + ", " + o.on}))
		}
		kinds = []actions.Kind{actions.Kind(o.on)}
	}
	sub, err := p.subject(ctx, e, kinds, args[1], o.wait)
	if err != nil {
		return nil, err
	}
	plan, err := h.Plan(ctx, d.ID, sub, values)
	return plan, p.refused(err)
}

// refused says a refusal in the language; another error is a system's.
func (p *program) refused(err error) error {
	var no *actions.Refusal
	switch {
	case err == nil:
		return nil
	case errors.As(err, &no):
		text := p.set().Reason(no.Reason)
		if no.Reason.Code == "four_eyes" {
			text += p.lang.of(" : --approver NOM", ": --approver NAME")
		}
		return exit{exitUsage, errors.New(text)}
	}
	return exit{exitSources, err}
}

func (p *program) actionPlan(ctx context.Context, o acting, args []string) error {
	e, done, err := p.actionEngine(ctx, false)
	if err != nil {
		return err
	}
	defer done()
	plan, err := p.planned(ctx, e, o, args)
	if err != nil {
		return err
	}
	if o.output == "json" {
		return p.printJSON(struct {
			Version int           `json:"version"`
			Plan    *actions.Plan `json:"plan"`
		}{1, plan})
	}
	p.printPlan(plan)
	return nil
}

// printPlan writes a plan for a person.
func (p *program) printPlan(plan *actions.Plan) {
	text := runbook.TextOf(plan)
	p.printPlanText(p.out, &text, "")
	if plan.Command() != "" {
		fmt.Fprintf(p.out, "curl%s%s\n", p.set().Form.Colon, strings.TrimPrefix(plan.Curl(), "curl "))
	}
}

// printPlanText writes the text of a plan, each line after an indent.
func (p *program) printPlanText(out io.Writer, t *runbook.PlanText, indent string) {
	w := p.set()
	a, colon := w.Actions, w.Form.Colon
	say := func(format string, args ...any) { fmt.Fprintf(out, indent+format+"\n", args...) }
	say("%s", a.PlanTitle(w.DeedTitle(t.Deed).Long, t.Subject))
	say("%s%s%s", a.RiskName, colon, a.Risk[t.Risk])
	if t.Together > 0 {
		say("%s", a.BulkPace(t.Together, int(t.StopAbove*100+0.5)))
	}
	for _, l := range t.Left {
		say("  %s%s%s", l.Subject, colon, w.Reason(l.Reason))
	}
	for _, f := range t.Args {
		say("%s%s%s", w.DeedParam(f.Name), colon, w.DeedValue(f.Value))
	}
	say("%s%s%s", a.Call, colon, t.Call)
	if t.Body != "" {
		say("  %s", t.Body)
	}
	if t.Else != "" {
		say("%s%s%s", a.ElseCall, colon, t.Else)
	}
	for _, f := range t.Effects {
		switch {
		case f.From == "" && f.To == "":
			say("  %s", w.DeedEffect(f.What))
		case f.From == f.To:
			say("  %s%s%s", w.DeedEffect(f.What), colon, w.DeedValue(f.To))
		case f.From == "":
			say("  %s%s%s (%s)", w.DeedEffect(f.What), colon, w.DeedValue(f.To), a.New)
		case f.To == "":
			say("  %s%s%s (%s)", w.DeedEffect(f.What), colon, w.DeedValue(f.From), a.Removed)
		default:
			say("  %s%s%s → %s", w.DeedEffect(f.What), colon, w.DeedValue(f.From), w.DeedValue(f.To))
		}
	}
	for _, r := range t.Warnings {
		say("%s%s%s", a.Warnings, colon, w.Reason(r))
	}
	if t.Command != "" {
		say("%s%s%s", a.Command, colon, t.Command)
	}
}

// actionRun does a deed and tells how it ended.
func (p *program) actionRun(ctx context.Context, o acting, args []string) error {
	if o.yes && o.output == "" {
		o.output = "table"
	}
	e, done, err := p.actionEngine(ctx, true)
	if err != nil {
		return err
	}
	defer done()
	e.TakeUp()
	plan, err := p.planned(ctx, e, o, args)
	if err != nil {
		return err
	}
	consent := actions.Consent{Typed: o.confirm, Approver: o.approver}
	if err := p.consent(plan, o, &consent); err != nil {
		return err
	}
	run, err := e.Hand().Do(plan, consent)
	if err != nil {
		return p.refused(err)
	}
	return p.tell(ctx, e, run, o.output)
}

// consent asks, or takes what the flags give. Production and destruction are never done on a yes alone.
func (p *program) consent(plan *actions.Plan, o acting, c *actions.Consent) error {
	if plan.Type != "" && o.confirm != "" || plan.Type == "" && o.yes {
		return nil
	}
	if plan.Type != "" && (o.yes || !p.terminal()) {
		return usage("%s", p.lang.of(fmt.Sprintf("risque « %s » : --yes ne suffit pas ; ajoutez --confirm %s", p.set().Actions.Risk[plan.Risk.Word()], plan.Type),
			fmt.Sprintf("risk “%s”: --yes is not enough; add --confirm %s", p.set().Actions.Risk[plan.Risk.Word()], plan.Type)))
	}
	if !p.terminal() {
		return usage("%s", p.lang.of("personne à qui demander : ajoutez --yes", "nobody to ask: add --yes"))
	}
	p.printPlan(plan)
	if plan.Type != "" {
		fmt.Fprintf(p.out, "%s %s > ", p.set().Actions.TypeName, plan.Type)
	} else {
		fmt.Fprint(p.out, p.lang.of("Exécuter ? [o/N] ", "Do it? [y/N] "))
	}
	text, _ := bufio.NewReader(p.in).ReadString('\n')
	text = strings.TrimSpace(text)
	if plan.Type != "" {
		c.Typed = text
		return nil
	}
	if !slices.Contains([]string{"o", "oui", "y", "yes"}, strings.ToLower(text)) {
		return exit{exitFindings, errors.New(p.lang.of("rien n'a été fait", "nothing was done"))}
	}
	return nil
}

// follow waits for the verdict, and writes each change of the steps.
func (p *program) follow(ctx context.Context, e *engine.Engine, run *actions.Run, tell bool) actions.RunState {
	w := p.set()
	bell := e.Hand().Watch(ctx)
	told := map[string]string{}
	for {
		s := run.State()
		if tell {
			for _, step := range s.Steps {
				if told[step.Name] != step.State {
					told[step.Name] = step.State
					fmt.Fprintln(p.out, strings.TrimRight("  "+w.DeedStep(step.Name)+w.Form.Colon+stateWord(w, step.State)+"  "+w.DeedNote(step.Note), " "))
				}
			}
		}
		if s.Phase == actions.Settled || ctx.Err() != nil {
			if tell && s.Outcome != "" {
				fmt.Fprintln(p.out, w.Actions.Ended(w.DeedTitle(run.Deed.ID).Short, run.Subject.Name, w.Actions.Outcome[s.Outcome], w.DeedNote(s.Note)))
			}
			if tell && s.Outcome == actions.Unknown {
				fmt.Fprintln(p.out, w.Actions.UnknownNext(run.ID))
			}
			return s
		}
		select {
		case <-bell:
		case <-ctx.Done():
		case <-time.After(time.Second): // the run may have moved before the bell was hung
		}
	}
}

// stateWord is the word of a step's state.
func stateWord(w *words.Set, state string) string { return cmp.Or(w.Actions.Item[state], state) }
