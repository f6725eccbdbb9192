package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/adrg/xdg"
	"github.com/spf13/cobra"

	"dsotop/internal/actions/deeds"
	"dsotop/internal/config"
	"dsotop/internal/engine"
	"dsotop/internal/runbook"
	"dsotop/internal/ui/page"
	"dsotop/internal/yamlfile"
)

// runsDir is where the runs of books are kept: they outlive the program.
func runsDir() string { return filepath.Join(xdg.StateHome, "dsotop", "runs") }

// runOptions say where books come from and where their runs are kept.
func (p *program) runOptions(cfg *config.Config) engine.RunOptions {
	o := engine.RunOptions{Folders: cfg.Runbooks, Speech: page.Speech()}
	if !p.aloof { // the demo's runs end with it: their ports are gone
		o.Store = runbook.OpenStore(runsDir(), account())
	}
	return o
}

// library reads the books, with the team's when there is a configuration.
func (p *program) library() *runbook.Library {
	var folders []string
	if cfg, _, err := p.load(); err == nil {
		folders = cfg.Runbooks
	}
	return runbook.Load(folders...)
}

func (p *program) runbookCommand() *cobra.Command {
	t := p.lang.of
	cmd := &cobra.Command{
		Use:     "runbook",
		Aliases: []string{"rb"},
		Short:   t("Les carnets : procédures jouées pas à pas, reprises, exportées", "Runbooks: procedures played step by step, resumed, exported"),
		Args:    noArgs(p.lang),
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(p.runbookList(), p.runbookShow(), p.runbookLint(), p.runbookRun(), p.runbookRuns(), p.runbookResume(), p.runbookAbandon(), p.runbookExport())
	return cmd
}

// bookDocument is a book in runbook list -o json.
type bookDocument struct {
	ID       string   `json:"id"`
	Title    string   `json:"title"`
	Summary  string   `json:"summary"`
	Needs    []string `json:"needs"`
	Params   []string `json:"params"`
	Findings []string `json:"findings"`
	Steps    int      `json:"steps"`
	File     string   `json:"file"`
}

func (p *program) runbookList() *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "list",
		Short: p.lang.of("Les carnets qu'il y a", "The books there are"),
		Args:  noArgs(p.lang),
		RunE: func(*cobra.Command, []string) error {
			l := p.library()
			p.tellMistakes(l.Mistakes)
			if output != "table" {
				doc := struct {
					Version  int            `json:"version"`
					Runbooks []bookDocument `json:"runbooks"`
				}{1, []bookDocument{}}
				for _, b := range l.Books {
					doc.Runbooks = append(doc.Runbooks, p.bookDocument(b))
				}
				return document(p.out, output, doc)
			}
			w := tabwriter.NewWriter(p.out, 0, 4, 2, ' ', 0)
			for _, b := range l.Books {
				var needs []string
				for _, n := range b.Needs {
					needs = append(needs, runbook.ScopeWord(n, string(p.lang)))
				}
				fmt.Fprintf(w, "%s\t%s\t%s\n", b.ID, b.Title.Of(string(p.lang)), strings.Join(needs, ", "))
			}
			return w.Flush()
		},
	}
	outputFlag(cmd, p.lang, &output, "table", "json", "yaml")
	return cmd
}

func (p *program) book(id string) (*runbook.Book, error) {
	l := p.library()
	if b := l.Book(id); b != nil {
		return b, nil
	}
	p.tellMistakes(l.Mistakes)
	var ids []string
	for _, b := range l.Books {
		ids = append(ids, b.ID)
	}
	hint := ""
	if near := yamlfile.Nearest(id, ids); near != "" {
		hint = p.lang.of(" ; vouliez-vous dire « "+near+" » ?", "; did you mean “"+near+"”?")
	}
	return nil, usage("%s", p.lang.of("pas de carnet « "+id+" »"+cmp.Or(hint, " ;")+" « dsotop runbook list » les montre", "no book “"+id+"”"+cmp.Or(hint, ";")+" “dsotop runbook list” shows them"))
}

// oneArg wants one thing after a command, and says how it is found.
func oneArg(l lang, what, list string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch len(args) {
		case 0:
			return usage("%s", l.of("il manque "+what+" ; « "+list+" » les montre", what+" is missing; “"+list+"” lists them"))
		case 1:
			return nil
		}
		return usage("%s", l.of("« "+args[1]+" » est de trop : « "+cmd.CommandPath()+" » n'en prend qu'un", "“"+args[1]+"” is too much: “"+cmd.CommandPath()+"” takes one only"))
	}
}

func (p *program) aBook() cobra.PositionalArgs {
	return oneArg(p.lang, p.lang.of("CARNET", "BOOK"), "dsotop runbook list")
}

func (p *program) aRun() cobra.PositionalArgs {
	return oneArg(p.lang, p.lang.of("PASSAGE", "RUN"), "dsotop runbook runs")
}

func (p *program) tellMistakes(m runbook.Mistakes) {
	if len(m) > 0 {
		fmt.Fprintln(p.err, m.In(string(p.lang)))
	}
}

func (p *program) completeBooks(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var out []string
	for _, b := range p.library().Books {
		out = append(out, b.ID+"\t"+b.Title.Of(string(p.lang)))
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

func (p *program) runbookLint() *cobra.Command {
	return &cobra.Command{
		Use:   "lint [" + p.lang.of("FICHIER|DOSSIER…", "FILE|FOLDER…") + "]",
		Short: p.lang.of("Vérifie des carnets : chaque erreur avec fichier, ligne et colonne", "Checks books: each mistake with file, line and column"),
		Long:  p.lang.of("Sans argument : les carnets du programme et ceux de la configuration. Code 1 s'il y a une erreur.", "Without an argument: the program's books and those of the configuration. Exits with 1 when there is a mistake."),
		RunE: func(_ *cobra.Command, args []string) error {
			var books []*runbook.Book
			var wrong runbook.Mistakes
			if len(args) == 0 {
				l := p.library()
				books, wrong = l.Books, l.Mistakes
			}
			for _, path := range args {
				if st, err := os.Stat(path); err == nil && st.IsDir() {
					l := runbook.Load(path)
					wrong = append(wrong, l.Mistakes...)
					for _, b := range l.Books {
						if filepath.Dir(b.File) == filepath.Clean(path) {
							books = append(books, b)
						}
					}
					continue
				}
				b, m := runbook.ReadFile(path)
				wrong = append(wrong, m...)
				if b != nil {
					books = append(books, b)
				}
			}
			for _, b := range books {
				wrong = append(wrong, runbook.CheckDeeds(b, deeds.All())...)
			}
			if len(wrong) > 0 {
				fmt.Fprintln(p.out, wrong.In(string(p.lang)))
				return exit{exitFindings, nil}
			}
			set := p.words()
			fmt.Fprintln(p.out, set.Plural(len(books), p.lang.of("carnet", "book"), p.lang.of("carnets", "books"))+p.lang.of(", tout est correct", ", all correct"))
			return nil
		},
	}
}

func (p *program) runbookRuns() *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "runs",
		Short: p.lang.of("Les passages gardés, le plus récent d'abord", "The runs that are kept, newest first"),
		Args:  noArgs(p.lang),
		RunE: func(*cobra.Command, []string) error {
			store := runbook.OpenStore(runsDir(), account())
			runs, err := store.List()
			if err != nil {
				fmt.Fprintln(p.err, "dsotop: "+err.Error())
			}
			if output != "table" {
				doc := struct {
					Version int            `json:"version"`
					Runs    []*runbook.Run `json:"runs"`
				}{1, runs}
				if runs == nil {
					doc.Runs = []*runbook.Run{}
				}
				for _, r := range runs {
					r.Owner.Token = "" // between processes only
				}
				return document(p.out, output, doc)
			}
			w := tabwriter.NewWriter(p.out, 0, 4, 2, ' ', 0)
			for _, r := range runs {
				who := r.By
				if by, ok := store.Played(r); ok {
					who = by.String()
				}
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", r.ID, r.Book, runbook.StateWord(string(r.State), string(p.lang)), r.Subject, who)
			}
			return w.Flush()
		},
	}
	outputFlag(cmd, p.lang, &output, "table", "json", "yaml")
	return cmd
}

func (p *program) completeRuns(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var out []string
	runs, _ := runbook.OpenStore(runsDir(), account()).List()
	for _, r := range runs {
		out = append(out, r.ID+"\t"+r.Book+" "+r.Subject+" ("+runbook.StateWord(string(r.State), string(p.lang))+")")
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

func (p *program) runbookExport() *cobra.Command {
	return &cobra.Command{
		Use:               "export " + p.lang.of("PASSAGE", "RUN"),
		Short:             p.lang.of("Un passage en Markdown, pour le ticket", "A run as Markdown, for the ticket"),
		Args:              p.aRun(),
		ValidArgsFunction: p.completeRuns,
		RunE: func(_ *cobra.Command, args []string) error {
			r, err := runbook.OpenStore(runsDir(), account()).Read(args[0])
			if err != nil {
				return p.wrongRun(err)
			}
			_, err = fmt.Fprint(p.out, runbook.Markdown(r, string(p.lang), page.Speech()))
			return err
		},
	}
}

// wrongRun tells what is wrong with what was asked for, in the language where that is known.
func (p *program) wrongRun(err error) error {
	var lacks *runbook.Lacks
	var wrong *runbook.Wrong
	switch {
	case errors.As(err, &lacks) && lacks.Param != "":
		return usage("%s (--set %s=…)", lacks.In(string(p.lang)), lacks.Param)
	case errors.As(err, &lacks), errors.As(err, &wrong):
		return usage("%s", runbook.Tell(err, string(p.lang)))
	}
	return err
}

// held explains that another process plays a run.
func (p *program) held(err error) error {
	var held *runbook.HeldError
	if errors.As(err, &held) {
		return usage("%s", p.lang.of("ce passage est joué par "+held.By.String()+" ; « --take-over » le reprend", "this run is played by "+held.By.String()+"; “--take-over” takes it over"))
	}
	return p.wrongRun(err)
}
