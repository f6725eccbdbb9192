package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"dsotop/internal/config"
	"dsotop/internal/notes"
	"dsotop/internal/ui"
	"dsotop/internal/ui/show"
	"dsotop/internal/ui/words"
	"dsotop/themes"
)

// lang is "fr" or "en": the language of help, errors and titles.
type lang string

func (l lang) of(fr, en string) string {
	if l == "fr" {
		return fr
	}
	return en
}

// options are the flags of every command.
type options struct {
	config.Flags
	NoColor      bool
	LowBandwidth bool
	Sync         string
	Linear       bool
}

// program carries what the commands share.
type program struct {
	streams
	opts options
	lang lang
	env  func(string) string
	// notes is the book of the profile in use; set with the engine.
	notes *notes.Book
	// themes are those of the program and of the person; untold is what is wrong with the latter.
	themes *themes.Set
	untold []themes.Problem
	// aloof keeps the journal of deeds in memory: what is done to a simulated platform is no news tomorrow.
	aloof bool
	// clock and show are those of the demo, nil outside it; pace divides the periods of the sources, 0 is 1.
	clock func() time.Time
	show  *show.Show
	pace  float64
}

// run parses the command line, runs it and returns the exit code.
func run(ctx context.Context, args []string, s streams) int {
	p := &program{streams: s, env: environment}
	p.loadThemes()
	p.lang = lang(words.Detect(early(args, "--lang"), p.env).Tag)
	cmd := p.root()
	cmd.SetArgs(args)
	cmd.SetIn(s.in)
	cmd.SetOut(s.out)
	cmd.SetErr(s.err)
	return conclude(cmd.ExecuteContext(ctx), p.lang, s)
}

// early finds a flag's value before the command line is parsed: the help itself is in the language asked for.
func early(args []string, flag string) string {
	for i, a := range args {
		if a == "--" {
			return ""
		}
		if v, ok := strings.CutPrefix(a, flag+"="); ok {
			return v
		}
		if a == flag && i+1 < len(args) {
			return args[i+1]
		}
	}
	return ""
}

func (p *program) root() *cobra.Command {
	t := p.lang.of
	root := &cobra.Command{
		Use:   "dsotop",
		Short: t("Tableau de bord d'exploitation de Cloud π Native", "Operations dashboard for Cloud π Native"),
		Long: t("dsotop réunit la console, GitLab, SonarQube, Harbor, Argo CD, Kubernetes, Loki, Prometheus et Alertmanager par projet et par\nespace de noms : ce qui est cassé, depuis quand, pourquoi, et que faire. Sans configuration : « dsotop demo » le\nmontre, « dsotop init » en écrit une.",
			"dsotop joins the console, GitLab, SonarQube, Harbor, Argo CD, Kubernetes, Loki, Prometheus and Alertmanager per project and\nper namespace: what is broken, since when, why, and what to do. Without a configuration: “dsotop demo”\nshows it, “dsotop init” writes one."),
		Args:                       noArgs(p.lang),
		SuggestionsMinimumDistance: 2,
		SilenceUsage:               true,
		SilenceErrors:              true,
		RunE:                       func(cmd *cobra.Command, _ []string) error { return p.open(cmd.Context()) },
	}
	f := root.PersistentFlags()
	f.StringVar(&p.opts.Config, "config", "", t("fichier de configuration (sinon DSOTOP_CONFIG, puis l'emplacement XDG)", "configuration file (else DSOTOP_CONFIG, then the XDG place)"))
	f.StringVar(&p.opts.Profile, "profile", "", t("profil à utiliser", "profile to use"))
	f.StringVar(&p.opts.Language, "lang", "", t("langue : fr ou en", "language: fr or en"))
	f.StringVar(&p.opts.Theme, "theme", "", t("thème : ", "theme: ")+strings.Join(p.themeSet().Names(), ", "))
	f.StringVar(&p.opts.Background, "background", "", t("fond du terminal, s'il ne le dit pas : dark (sombre) ou light (clair)", "the terminal's background, where it does not tell it: dark or light"))
	f.BoolVar(&p.opts.Write, "write", false, t("ouvrir l'écriture : les actions peuvent être faites (sinon : lecture seule, ou « write: true » dans le profil)", "open writing: actions may be done (else: read-only, or “write: true” in the profile)"))
	f.BoolVar(&p.opts.ASCII, "ascii", false, t("glyphes ASCII", "ASCII glyphs"))
	f.BoolVar(&p.opts.NoCache, "no-cache", false, t("ne pas lire ni écrire le dernier état connu", "neither read nor write the last known state"))
	f.BoolVar(&p.opts.LowBandwidth, "low-bandwidth", false, t("ménager une liaison lente", "spare a slow link"))
	f.StringVar(&p.opts.Sync, "sync-output", ui.SyncAuto, t("images d'un bloc (mode 2026 du terminal) : auto, on, off", "frames at once (the terminal's mode 2026): auto, on, off"))
	f.BoolVar(&p.opts.Linear, "linear", false, t("en lignes, pour un lecteur d'écran : pas d'écran, ce qui change est dit", "in lines, for a screen reader: no screen, what changes is said"))
	f.BoolVar(&p.opts.NoColor, "no-color", false, t("sans couleur (comme NO_COLOR)", "without colour (as NO_COLOR)"))
	_ = root.RegisterFlagCompletionFunc("lang", cobra.FixedCompletions([]string{"fr", "en"}, cobra.ShellCompDirectiveNoFileComp))
	_ = root.RegisterFlagCompletionFunc("background", cobra.FixedCompletions([]string{"dark", "light"}, cobra.ShellCompDirectiveNoFileComp))
	_ = root.RegisterFlagCompletionFunc("sync-output", cobra.FixedCompletions([]string{ui.SyncAuto, ui.SyncOn, ui.SyncOff}, cobra.ShellCompDirectiveNoFileComp))
	_ = root.RegisterFlagCompletionFunc("theme", p.completeThemes)
	_ = root.RegisterFlagCompletionFunc("profile", p.completeProfiles)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usage("%s\n%s", p.flagMistake(err), t(fmt.Sprintf("« %s --help » montre ce qui est possible", cmd.CommandPath()), fmt.Sprintf("“%s --help” shows what is possible", cmd.CommandPath())))
	})
	root.PersistentPreRunE = func(*cobra.Command, []string) error {
		if l := p.opts.Language; l != "" && l != "fr" && l != "en" {
			return usage("%s", t(fmt.Sprintf("langue inconnue « %s » ; langues possibles : fr, en", l), fmt.Sprintf("unknown language %q; possible languages: fr, en", l)))
		}
		return nil
	}
	root.AddCommand(p.demoCommand(), p.statusCommand(), p.findingsCommand(), p.traceCommand(), p.onboardingCommand(), p.actionCommand(), p.runbookCommand(), p.logsCommand(), p.printCommand(), p.watchCommand(), p.reportCommand(), p.doctorCommand(), p.configCommand(), p.initCommand(), p.manCommand(), p.versionCommand())
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	p.helpInWords(root)
	return root
}

func noArgs(l lang) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		hint := ""
		if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
			hint = l.of(" ; vouliez-vous dire « ", "; did you mean “") + near[0] + l.of(" » ?", "”?")
		}
		return usage("%s", l.of(fmt.Sprintf("« %s » ne convient pas après « %s »%s", args[0], cmd.CommandPath(), hint), fmt.Sprintf("%q does not fit after “%s”%s", args[0], cmd.CommandPath(), hint)))
	}
}
