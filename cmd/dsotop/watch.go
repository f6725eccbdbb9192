package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"dsotop/internal/engine"
	"dsotop/internal/fleet"
	"dsotop/internal/platform"
	"dsotop/internal/platform/findings"
	"dsotop/internal/report"
	"dsotop/internal/ui/words"
)

// What watch waits for.
const (
	untilNever   = "never"
	untilHealthy = "healthy"
	untilFinding = "finding"
)

// watching are the flags of watch.
type watching struct {
	until    string
	severity string
	output   string
	limit    time.Duration
	wait     time.Duration
	quiet    bool // no bell
}

func (p *program) watchCommand() *cobra.Command {
	o := watching{until: untilNever, severity: "degraded"}
	t := p.lang.of
	cmd := &cobra.Command{
		Use: t("watch PROJET [ENVIRONNEMENT]", "watch PROJECT [ENVIRONMENT]"),
		Short: t("Suivre un projet ou un environnement, et sonner quand il change ; --until attend qu'il soit sain, ou qu'un constat s'ouvre",
			"Watch a project or an environment, and ring when it changes; --until waits for it to be healthy, or for a finding"),
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 || len(args) == 2 {
				return nil
			}
			return usage("%s", t("« watch » attend un projet, et un environnement si l'on veut : dsotop watch PROJET [ENVIRONNEMENT]", "“watch” wants a project, and an environment if you like: dsotop watch PROJECT [ENVIRONMENT]"))
		},
		RunE: func(cmd *cobra.Command, args []string) error { return p.watch(cmd.Context(), o, args) },
	}
	f := cmd.Flags()
	goals := []string{untilHealthy, untilFinding, untilNever}
	f.Var(&choice{value: &o.until, among: goals, lang: p.lang}, "until", t("finir quand : healthy (sain, code 0), finding (un constat, code 1), never", "end when: healthy (code 0), finding (code 1), never"))
	f.Var(&choice{value: &o.severity, among: []string{"critical", "degraded", "warning"}, lang: p.lang}, "severity", t("les constats comptent à partir de cette gravité", "findings count from this severity on"))
	f.DurationVar(&o.limit, "for", 0, t("abandonner après cette durée (code 1 si l'on attendait « healthy »)", "give up after this long (code 1 when waiting for “healthy”)"))
	f.DurationVar(&o.wait, "wait", settleTime, t("attente au plus avant que le projet soit connu", "how long to wait for the project to be known"))
	f.BoolVar(&o.quiet, "no-bell", false, t("ne pas sonner", "do not ring"))
	outputFlag(cmd, p.lang, &o.output, "table", "json")
	_ = cmd.RegisterFlagCompletionFunc("until", cobra.FixedCompletions(goals, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func (p *program) watch(ctx context.Context, o watching, args []string) error {
	cfg, profile, err := p.load()
	if err != nil {
		return err
	}
	e, done, err := p.engine(cfg, profile)
	if err != nil {
		return err
	}
	defer done()
	e.Start(ctx)
	w := watcher{p: p, o: o, engine: e, standing: map[string]platform.Finding{}}
	w.floor, _ = platform.ParseSeverity(o.severity)
	if err := w.find(ctx, args); err != nil {
		return err
	}
	if o.limit > 0 {
		limited, cancel := context.WithTimeout(ctx, o.limit)
		defer cancel()
		return w.run(ctx, limited)
	}
	return w.run(ctx, ctx)
}

// watcher follows one project or environment.
type watcher struct {
	p      *program
	o      watching
	engine *engine.Engine
	floor  platform.Severity

	project   string // id
	namespace string // "" for the whole project
	standing  map[string]platform.Finding
	told      string // the last state printed
	begun     bool
	patience  time.Time // until then nothing is told while facts are still on their way: the first may be a consequence of what comes next
}

// find waits until the arguments name something, or until it is sure that they do not.
func (w *watcher) find(ctx context.Context, args []string) error {
	ctx, cancel := context.WithTimeout(ctx, w.o.wait)
	defer cancel()
	var v *fleet.View
	var err error
	if await(ctx, w.engine, func() bool {
		v, err = w.engine.View(), nil
		row, ok := v.Project(args[0])
		if !ok {
			err = w.p.noProject(v, args[0])
			return namesKnown(v)
		}
		w.project = row.Dossier.Project.ID
		if len(args) == 1 {
			return true
		}
		if env, ok := v.Environment(w.project, args[1]); ok {
			w.namespace = env.Namespace
			return true
		}
		err = w.p.noEnvironment(row.Dossier, args[1])
		return environmentsKnown(v, row.Dossier)
	}) {
		return err
	}
	return exit{exitSources, w.p.silent(v, args)}
}

// run prints what changes until what is waited for is there. limited ends before ctx when a limit was asked for.
func (w *watcher) run(ctx, limited context.Context) error {
	sub := w.engine.Subscribe(300 * time.Millisecond)
	defer sub.Close()
	defer w.engine.Look(w, nil)
	w.patience = time.Now().Add(w.o.wait)
	for {
		s, ok := w.look()
		if ok && (w.begun || !s.coming || !s.at.Before(w.patience)) {
			if err := w.tell(s); err != nil {
				return err
			}
			switch {
			case w.o.until == untilHealthy && s.healthy:
				return w.end(s, "reached", exitFine)
			case w.o.until == untilFinding && len(s.findings) > 0:
				w.lacking(s)
				return w.end(s, "reached", exitFindings)
			}
		}
		// Ages move without a bell: a rule may come due by time alone, and patience end.
		often := 5 * time.Second
		if !w.begun {
			often = min(often, max(time.Until(w.patience), 300*time.Millisecond))
		}
		tick, stop := context.WithTimeout(limited, often)
		sub.Next(tick)
		stop()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if limited.Err() != nil {
			code := exitFine
			if w.o.until == untilHealthy {
				code = exitFindings
			}
			return w.end(s, "timeout", code)
		}
	}
}

// state is what is watched at one moment.
type state struct {
	at              time.Time
	project, env    string
	findings        []platform.Finding // that count, worst first
	ready, desired  int
	podsKnown       bool
	moving          string // what is still on its way: an operation, a health
	healthy, judged bool
	coming          bool                    // facts that rules wait for are on their way
	lacks           []findings.NotEvaluated // what could not be judged here
	severity        platform.Severity
}

// look reads the newest view; ok is false while not everything that matters was read once.
func (w *watcher) look() (s state, ok bool) {
	v := w.engine.View()
	row, there := v.Project(w.project)
	if !there {
		return s, false
	}
	s = state{at: time.Now(), project: row.Dossier.Project.Slug, judged: v.Ready && row.Unjudged == "", podsKnown: true}
	scopes := []string{w.project}
	for i := range row.Dossier.Environments {
		env := &row.Dossier.Environments[i]
		if w.namespace != "" && env.Namespace != w.namespace {
			continue
		}
		if w.namespace != "" {
			s.env = env.Name
		}
		scopes = append(scopes, env.Namespace)
		s.add(env)
	}
	w.engine.Look(w, scopes)
	for _, n := range row.NotEvaluated {
		if n.Aside || n.Reason == platform.StateNotConfigured || s.env != "" && n.Environments != nil && !slices.Contains(n.Environments, s.env) {
			continue
		}
		s.lacks = append(s.lacks, n)
		s.coming = s.coming || n.Reason == platform.StateStarting
	}
	for _, f := range row.Findings {
		if f.Severity < w.floor || (w.namespace != "" && f.Subject.Namespace != w.namespace && (f.Subject.Namespace != "" || f.Subject.Environment != s.env)) {
			continue
		}
		s.findings = append(s.findings, f)
		s.severity = max(s.severity, f.Severity)
	}
	s.healthy = s.judged && len(s.findings) == 0 && s.moving == "" && s.podsKnown && s.ready >= s.desired
	return s, s.judged || len(s.findings) > 0
}

// add counts an environment.
func (s *state) add(env *platform.EnvironmentFacts) {
	ready, desired, _, known := env.PodCounts()
	s.ready, s.desired = s.ready+ready, s.desired+desired
	s.podsKnown = s.podsKnown && (known || len(env.Applications) == 0)
	for _, a := range env.Applications {
		switch {
		case a.Operation.Phase == platform.OperationRunning || a.Operation.Phase == platform.OperationTerminating:
			s.moving = a.Name + " " + a.Operation.Phase
		case a.Health == platform.HealthProgressing || a.Health == platform.HealthMissing || a.Health == platform.HealthDegraded:
			s.moving = a.Name + " " + a.Health
		}
	}
}

// tell prints what changed since the last time.
func (w *watcher) tell(s state) error {
	here := map[string]bool{}
	rang := false
	for _, f := range s.findings {
		key := f.Key()
		here[key] = true
		if _, known := w.standing[key]; known {
			continue
		}
		w.standing[key] = f
		event := "opened"
		if !w.begun {
			event = "standing"
		}
		rang = rang || w.begun
		if err := w.print(s, event, &f); err != nil {
			return err
		}
	}
	var gone []string
	for key := range w.standing {
		if !here[key] && s.judged {
			gone = append(gone, key)
		}
	}
	slices.Sort(gone)
	for _, key := range gone {
		f := w.standing[key]
		delete(w.standing, key)
		rang = true
		if err := w.print(s, "closed", &f); err != nil {
			return err
		}
	}
	if now := w.words(s); now != w.told {
		w.told = now
		if err := w.print(s, "state", nil); err != nil {
			return err
		}
	}
	w.begun = true
	if rang {
		w.ring()
	}
	return nil
}

// words say how it is, in one line.
func (w *watcher) words(s state) string {
	t := w.p.lang.of
	var parts []string
	switch {
	case s.healthy:
		parts = append(parts, t("sain", "healthy"))
	case len(s.findings) > 0:
		set, _ := words.Find(string(w.p.lang))
		parts = append(parts, set.Severity[s.severity].Word)
	case !s.podsKnown:
		parts = append(parts, t("pods inconnus", "pods unknown"))
	default:
		parts = append(parts, t("pas encore sain", "not healthy yet"))
	}
	if s.podsKnown && s.desired > 0 {
		parts = append(parts, fmt.Sprintf("%d/%d pods", s.ready, s.desired))
	}
	if s.moving != "" {
		parts = append(parts, s.moving)
	}
	return strings.Join(parts, ", ")
}

// lacking says on the side which sources did not tell, so that what ends the watch is not taken for all there is.
func (w *watcher) lacking(s state) {
	if len(s.lacks) == 0 {
		return
	}
	set, _ := words.Find(string(w.p.lang))
	var who []string
	rules := map[string]bool{}
	for _, n := range s.lacks {
		rules[n.RuleID] = true
		if one := strings.TrimSpace(n.Source + " " + set.State[n.Reason].Word); !slices.Contains(who, one) {
			who = append(who, one)
		}
	}
	fmt.Fprintln(w.p.err, "dsotop: "+set.Fleet.NotEvaluated(len(rules))+set.Form.Colon+strings.Join(who, ", "))
}

// ring is for who looks elsewhere; a pipe hears nothing.
func (w *watcher) ring() {
	if out, ok := w.p.err.(*os.File); ok && !w.o.quiet && term.IsTerminal(int(out.Fd())) {
		fmt.Fprint(out, "\a")
	}
}

// end prints the last line and gives the exit code.
func (w *watcher) end(s state, event string, code int) error {
	w.ring()
	if w.o.output == "json" || event == "timeout" {
		if err := w.print(s, event, nil); err != nil {
			return err
		}
	}
	if code == exitFine {
		return nil
	}
	return exit{Code: code}
}

// print writes one event, as a line of text or as a document on one line.
func (w *watcher) print(s state, event string, f *platform.Finding) error {
	if w.o.output == "json" {
		enc := json.NewEncoder(w.p.out)
		enc.SetEscapeHTML(false)
		line := report.WatchEvent{Version: report.Version, At: s.at.UTC().Truncate(time.Second), Event: event, Project: s.project, Healthy: s.healthy, Severity: s.severity.String()}
		if s.env != "" {
			line.Environment = &s.env
		}
		if s.podsKnown {
			line.Pods = &report.WatchPods{Ready: s.ready, Desired: s.desired}
		}
		if f != nil {
			one := report.OneFinding(*f, string(w.p.lang))
			line.Finding = &one
		}
		return enc.Encode(line)
	}
	t := w.p.lang.of
	where := s.project
	if s.env != "" {
		where += "/" + s.env
	}
	set, _ := words.Find(string(w.p.lang))
	text := w.words(s)
	switch event {
	case "opened", "standing":
		text = set.Severity[f.Severity].Word + set.Form.Colon + words.FindingTitle(string(w.p.lang), *f)
		if f.Runbook != "" {
			text += "  " + f.Runbook
		}
	case "closed":
		text = t("refermé", "closed") + set.Form.Colon + words.FindingTitle(string(w.p.lang), *f)
	case "timeout":
		text = t("durée écoulée, ", "time is up, ") + text
	}
	_, err := fmt.Fprintf(w.p.out, "%s  %s  %s\n", s.at.Format("15:04:05"), where, text)
	return err
}
