package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"text/tabwriter"

	"github.com/adrg/xdg"
	"github.com/spf13/cobra"

	"dsotop/internal/config"
	"dsotop/internal/logs/format"
)

// formats are the formats of the program and those of the team: in the folder that the configuration names, else the XDG one.
func (p *program) formats(cfg *config.Config) (*format.Set, []format.Problem) {
	return format.Load(os.DirFS(formatsDir(cfg)))
}

// formatNotice says at the start of the terminal program that files of the team's formats are not right; "" when they are, or there are
// none.
func (p *program) formatNotice(cfg *config.Config) string {
	dir := formatsDir(cfg)
	if files, err := fs.Glob(os.DirFS(dir), "*.y*ml"); err != nil || len(files) == 0 {
		return ""
	}
	_, problems := p.formats(cfg)
	if len(problems) == 0 {
		return ""
	}
	where := filepath.Join(dir, problems[0].Where()) + ": " + problems[0].Text(string(p.lang))
	return p.lang.of(fmt.Sprintf("formats de lignes, erreurs : %d ; %s (« dsotop logs formats --check %s »)", len(problems), where, dir),
		fmt.Sprintf("formats of lines, mistakes: %d; %s (“dsotop logs formats --check %s”)", len(problems), where, dir))
}

// formatsDir is where a team's formats are.
func formatsDir(cfg *config.Config) string {
	if cfg != nil && cfg.Formats != "" {
		return cfg.Formats
	}
	return filepath.Join(xdg.ConfigHome, "dsotop", "formats")
}

// formatsCommand lists the formats of lines, and checks a team's own.
func (p *program) formatsCommand() *cobra.Command {
	t := p.lang.of
	var check string
	cmd := &cobra.Command{
		Use:   "formats",
		Short: t("Les formats de lignes connus ; --check vérifie les siens", "The formats of lines that are known; --check checks one's own"),
		Args:  noArgs(p.lang),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if check != "" {
				return p.checkFormats(check)
			}
			cfg, err := config.Load(p.opts.Flags, p.env)
			if err != nil {
				cfg = nil // formats can be listed without a configuration
			}
			set, problems := p.formats(cfg)
			w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
			for _, f := range set.List() {
				from := f.File
				if !f.Own {
					from = filepath.Join(formatsDir(cfg), f.File)
				}
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", f.Name, f.Engine, f.Title(string(p.lang)), from)
			}
			if err := w.Flush(); err != nil {
				return err
			}
			return p.formatProblems(formatsDir(cfg), problems)
		},
	}
	cmd.Flags().StringVar(&check, "check", "", t("vérifier les formats d'un dossier : fichiers, et ce que donnent leurs lignes d'exemple", "check the formats of a folder: files, and what their samples give"))
	_ = cmd.MarkFlagDirname("check")
	return cmd
}

func (p *program) checkFormats(dir string) error {
	t := p.lang.of
	entries, err := fs.Glob(os.DirFS(dir), "*.y*ml")
	if err != nil || len(entries) == 0 {
		return usage("%s", t("« "+dir+" » n'a aucun fichier de format (*.yaml) ; docs/logs.md dit comment en écrire un", "“"+dir+"” has no file of formats (*.yaml); docs/logs.md tells how to write one"))
	}
	set, problems := format.Load(os.DirFS(dir))
	if err := p.formatProblems(dir, append(problems, set.Check()...)); err != nil {
		return err
	}
	_, err = fmt.Fprintln(p.out, t(fmt.Sprintf("%s : tout est correct, fichiers : %d", dir, len(entries)), fmt.Sprintf("%s: all correct, files: %d", dir, len(entries))))
	return err
}

// formatProblems prints what is wrong with files of formats; an error when something is.
func (p *program) formatProblems(dir string, problems []format.Problem) error {
	for _, one := range problems {
		fmt.Fprintf(p.err, "%s: %s\n", filepath.Join(dir, one.Where()), one.Text(string(p.lang)))
	}
	if len(problems) > 0 {
		return exit{Code: exitUsage}
	}
	return nil
}
