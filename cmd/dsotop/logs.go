package main

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"dsotop/internal/logs"
	"dsotop/internal/logs/query"
)

// logsFlags are what dsotop logs was asked.
type logsFlags struct {
	containers, pods   []string
	since, until       string
	follow             bool
	grep, level, query string
	previous           bool
	limit              int
	origin             string
	anonymise          bool
	output             string
	timestamps         bool
	prefix             bool
	prefixSet          bool
	wait               time.Duration
	explain            bool
}

// How far back lines are read unless --since says otherwise.
const (
	sinceDefault = time.Hour
	sinceFollow  = 5 * time.Minute
)

func (p *program) logsCommand() *cobra.Command {
	t := p.lang.of
	var f logsFlags
	cmd := &cobra.Command{
		Use:   t("logs PROJET [ENV]", "logs PROJECT [ENV]"),
		Short: t("Les lignes d'un environnement, sur la sortie standard", "The lines of an environment, on standard output"),
		Long: t("Les lignes d'un environnement, de Loki et des conteneurs eux-mêmes, dans l'ordre du temps. PROJET est un nom court (slug) ou un identifiant, ENV un nom ;\nun espace de noms seul convient aussi. Ce qui manque, a été coupé ou repris est dit sur la sortie d'erreur (dans le flux avec -o json).",
			"The lines of an environment, from Loki and from the containers themselves, in order of time. PROJECT is a slug or an id, ENV a name;\na namespace alone will do too. What is missing, was cut or resumed is told on standard error (within the stream with -o json)."),
		Example: "  dsotop logs agendaprefs prod --since 2h --level warn\n  dsotop logs agendaprefs prod -f --grep 'refusée -kube-probe' --container agenda-api\n  dsotop logs agendaprefs prod -o json | jq .message",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 || len(args) == 2 {
				return nil
			}
			return usage("%s", t("quel environnement ? « dsotop logs PROJET ENV », ou un espace de noms ; « dsotop status » nomme les projets", "which environment? “dsotop logs PROJECT ENV”, or a namespace; “dsotop status” names the projects"))
		},
		ValidArgsFunction: p.completeEnvironment,
		RunE: func(cmd *cobra.Command, args []string) error {
			f.prefixSet = cmd.Flags().Changed("prefix")
			return p.logs(cmd.Context(), args, f)
		},
	}
	fl := cmd.Flags()
	fl.StringSliceVarP(&f.containers, "container", "c", nil, t("conteneurs seulement (à répéter)", "containers only (may be repeated)"))
	fl.StringSliceVar(&f.pods, "pod", nil, t("pods seulement (à répéter)", "pods only (may be repeated)"))
	fl.StringVar(&f.since, "since", "", t("depuis : 2h, 3d, 14:03, 2006-01-02 15:04 ou RFC 3339 (1h ; 5m avec --follow)", "from: 2h, 3d, 14:03, 2006-01-02 15:04 or RFC 3339 (1h; 5m with --follow)"))
	fl.StringVar(&f.until, "until", "", t("jusqu'à, de même ; sans --follow", "until, likewise; without --follow"))
	fl.BoolVarP(&f.follow, "follow", "f", false, t("continuer avec les lignes qui viennent", "go on with the lines that come"))
	fl.StringVar(&f.grep, "grep", "", t("lignes qui correspondent : mots, \"texte exact\", /expression/, -exclu, champ=valeur, level>=warn", "lines that match: words, \"exact text\", /expression/, -excluded, field=value, level>=warn"))
	fl.Var(&choice{value: &f.level, among: []string{"trace", "debug", "info", "warn", "error", "fatal"}, lang: p.lang}, "level", t("niveau minimal : ", "least level: ")+"trace, debug, info, warn, error, fatal")
	fl.StringVar(&f.query, "query", "", t("requête LogQL entière, à la place de la sélection", "a whole LogQL query, in place of the selection"))
	fl.BoolVarP(&f.previous, "previous", "p", false, t("l'instance précédente des conteneurs", "the containers' previous instance"))
	fl.IntVarP(&f.limit, "limit", "n", 0, t("les N dernières lignes seulement ; 0 : toutes", "the last N lines only; 0: all"))
	fl.Var(&choice{value: &f.origin, among: []string{"auto", "loki", "live"}, lang: p.lang}, "origin", t("auto, loki (historique) ou live (conteneurs)", "auto, loki (history) or live (containers)"))
	f.origin = "auto"
	fl.BoolVar(&f.anonymise, "anonymise", false, t("sans secrets, adresses IP ni adresses de courriel", "without secrets, IP addresses and mail addresses"))
	fl.BoolVarP(&f.timestamps, "timestamps", "t", false, t("heure devant chaque ligne", "time before each line"))
	fl.BoolVar(&f.prefix, "prefix", false, t("conteneur devant chaque ligne (d'office sur un terminal)", "container before each line (by default on a terminal)"))
	fl.BoolVar(&f.explain, "explain", false, t("dire ce qui serait demandé à Loki et ce qui est trié ici, sans rien lire", "tell what Loki would be asked and what is sifted here, and read nothing"))
	fl.DurationVar(&f.wait, "wait", settleTime, t("attente au plus pour trouver l'environnement", "how long to wait to find the environment"))
	outputFlag(cmd, p.lang, &f.output, "text", "json")
	_ = cmd.RegisterFlagCompletionFunc("level", cobra.FixedCompletions([]string{"trace", "debug", "info", "warn", "error", "fatal"}, cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("origin", cobra.FixedCompletions([]string{"auto", "loki", "live"}, cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("container", p.completeContainer)
	_ = cmd.RegisterFlagCompletionFunc("pod", p.completePod)
	cmd.AddCommand(p.formatsCommand())
	return cmd
}

// logsAsk is a question ready to be asked.
type logsAsk struct {
	logsFlags
	query    query.Query
	floor    logs.Level
	from, to int64 // nanoseconds; to 0: now
	tty      bool  // lines go to a terminal
}

// ask reads the flags; now is the engine's clock.
func (p *program) ask(f logsFlags, now time.Time) (logsAsk, error) {
	t := p.lang.of
	a := logsAsk{logsFlags: f, tty: isTerminal(p.out)}
	switch {
	case f.follow && f.until != "":
		return a, usage("%s", t("--follow et --until s'excluent : l'un n'a pas de fin", "--follow and --until exclude each other: the one has no end"))
	case f.follow && f.previous:
		return a, usage("%s", t("--follow et --previous s'excluent : l'instance précédente n'écrit plus", "--follow and --previous exclude each other: the previous instance writes no more"))
	case f.previous && f.origin == "loki":
		return a, usage("%s", t("--previous demande les conteneurs eux-mêmes : --origin live ou auto", "--previous asks the containers themselves: --origin live or auto"))
	case f.query != "" && (f.origin == "live" || f.previous):
		return a, usage("%s", t("--query s'adresse à Loki : --origin loki ou auto", "--query is for Loki: --origin loki or auto"))
	case f.query != "" && len(f.containers)+len(f.pods) > 0:
		return a, usage("%s", t("--query remplace --container et --pod : les écrire dans la requête", "--query replaces --container and --pod: write them into the query"))
	case f.limit < 0:
		return a, usage("%s", t("--limit est un nombre de lignes", "--limit is a number of lines"))
	}
	if f.previous {
		a.origin = "live"
	}
	q, err := query.Parse(f.grep)
	var syntax *query.SyntaxError
	if errors.As(err, &syntax) {
		return a, usage("--grep: %s\n  %s\n  %s^", p.syntax(syntax), f.grep, strings.Repeat(" ", max(0, syntax.Column-1)))
	}
	a.query = q
	a.floor, _ = logs.ParseLevel(f.level)
	back := sinceDefault
	if f.follow {
		back = sinceFollow
	}
	a.from = now.Add(-back).UnixNano()
	if f.previous && f.since == "" {
		a.from = 0
	}
	if f.since != "" {
		at, ok := instant(f.since, now)
		if !ok {
			return a, usage("%s", t("--since « "+f.since+" » : attendu 2h, 3d, 14:03, 2006-01-02 15:04 ou RFC 3339", "--since “"+f.since+"”: expected 2h, 3d, 14:03, 2006-01-02 15:04 or RFC 3339"))
		}
		a.from = at.UnixNano()
	}
	if f.until != "" {
		at, ok := instant(f.until, now)
		if !ok {
			return a, usage("%s", t("--until « "+f.until+" » : attendu 2h, 3d, 14:03, 2006-01-02 15:04 ou RFC 3339", "--until “"+f.until+"”: expected 2h, 3d, 14:03, 2006-01-02 15:04 or RFC 3339"))
		}
		a.to = at.UnixNano()
		if a.to <= a.from {
			return a, usage("%s", t("--until précède --since", "--until is before --since"))
		}
	}
	return a, nil
}

// syntax words what is wrong with a query.
func (p *program) syntax(e *query.SyntaxError) string {
	t := p.lang.of
	switch e.Mistake {
	case query.OpenQuote:
		return t("le guillemet n'est pas fermé", "the quote has no end")
	case query.NoTerm:
		return t("« | » veut un terme de chaque côté", "“|” needs a term on both sides")
	case query.BadRegexp:
		return t("expression régulière incorrecte : ", "not a regular expression: ") + e.Detail
	case query.UnknownWord:
		return t("« "+e.Near+" » n'est pas un niveau : ", "“"+e.Near+"” is no level: ") + "trace, debug, info, warn, error, fatal, none"
	}
	return e.Error()
}

// instant reads a moment as people write it: a duration back from now, a time of day (the last one), a date, a date with a time, in
// the local zone, or RFC 3339.
func instant(text string, now time.Time) (time.Time, bool) {
	text = strings.TrimSpace(text)
	if text == "now" {
		return now, true
	}
	if d, ok := duration(strings.TrimPrefix(text, "-")); ok {
		return now.Add(-d), true
	}
	if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return at, true
	}
	local := now.In(time.Local)
	for _, layout := range [...]string{"15:04:05", "15:04"} {
		if at, err := time.ParseInLocation(layout, text, time.Local); err == nil {
			at = time.Date(local.Year(), local.Month(), local.Day(), at.Hour(), at.Minute(), at.Second(), 0, time.Local)
			if at.After(now) {
				at = at.AddDate(0, 0, -1)
			}
			return at, true
		}
	}
	for _, layout := range [...]string{"2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02"} {
		if at, err := time.ParseInLocation(layout, text, time.Local); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}

// duration is time.ParseDuration with days ("3d", "1d12h") and weeks.
func duration(text string) (time.Duration, bool) {
	var whole time.Duration
	for _, unit := range [...]struct {
		letter string
		of     time.Duration
	}{{"w", 7 * 24 * time.Hour}, {"d", 24 * time.Hour}} {
		if before, after, ok := strings.Cut(text, unit.letter); ok {
			n := 0
			for _, c := range before {
				if c < '0' || c > '9' || n > 100_000 {
					return 0, false
				}
				n = n*10 + int(c-'0')
			}
			if before == "" {
				return 0, false
			}
			whole += time.Duration(n) * unit.of
			if text = after; text == "" {
				return whole, whole <= 20*365*24*time.Hour
			}
		}
	}
	d, err := time.ParseDuration(text)
	return whole + d, err == nil && d >= 0
}

// subject is whose lines are wanted in a namespace.
func (a logsAsk) subject(namespace string) logs.Subject {
	return logs.Subject{Namespace: namespace, Pods: slices.Clone(a.pods), Containers: slices.Clone(a.containers), Previous: a.previous, LogQL: a.logsFlags.query}
}

func isTerminal(w any) bool {
	f, ok := w.(interface{ Fd() uintptr })
	return ok && term.IsTerminal(int(f.Fd()))
}
