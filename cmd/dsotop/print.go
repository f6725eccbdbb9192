package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/adrg/xdg"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"dsotop/internal/engine"
	"dsotop/internal/fleet"
	"dsotop/internal/logs/format"
	"dsotop/internal/ui"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/page"
)

// pagePrint are the flags of print.
type pagePrint struct {
	filter, at    string
	span, wait    time.Duration
	width, height int
}

// What is printed to a file or a pipe is as wide as a person's terminal, and so long that lists are whole.
const (
	printWidth  = 120
	printHeight = 400
)

func (p *program) printCommand() *cobra.Command {
	var o pagePrint
	t := p.lang.of
	cmd := &cobra.Command{
		Use:   t("print PAGE [PROJET [ENV]]", "print PAGE [PROJECT [ENV]]"),
		Short: t("Une page, imprimée une fois : ce que l'écran montre, en texte", "A page, printed once: what the screen shows, as text"),
		Long: t("Imprime une page telle que l'écran la montre. PAGE est une sorte de page ; ce qui suit en nomme le sujet : un projet (nom court ou identifiant), un\nenvironnement, un espace de noms, ou la clé que donne « copier, en commande ».",
			"Prints a page as the screen shows it. PAGE is a kind of page; what follows names its subject: a project (slug or identifier), an environment, a\nnamespace, or the key that “copy, as command” gives.") + "\n\nPAGE" + t(" : ", ": ") + strings.Join(ui.Kinds(), ", "),
		Example: "  dsotop print pipelines agendaprefs\n  dsotop print metrics agendaprefs prod --at 14:03 --span 2h\n  dsotop print alerts --filter critical",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 || len(args) > 3 {
				return usage("%s", t("« print » attend une page, puis son sujet : dsotop print PAGE [PROJET [ENV]]", "“print” wants a page, then its subject: dsotop print PAGE [PROJECT [ENV]]"))
			}
			if !slices.Contains(ui.Kinds(), args[0]) {
				hint := strings.Join(ui.Kinds(), ", ")
				if near := closest(args[0], ui.Kinds()); near != "" {
					hint = t("vouliez-vous dire « ", "did you mean “") + near + t(" » ?", "”?")
				}
				return usage("%s", t("« "+args[0]+" » n'est pas une page ; "+hint, "“"+args[0]+"” is no page; "+hint))
			}
			if _, err := o.instant(time.Now()); err != nil {
				return usage("%s", t("--at : « "+o.at+" » n'est pas une heure", "--at: “"+o.at+"” is no time"))
			}
			return nil
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 0 {
				return ui.Kinds(), cobra.ShellCompDirectiveNoFileComp
			}
			return nil, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error { return p.print(cmd.Context(), o, args) },
	}
	f := cmd.Flags()
	f.StringVar(&o.filter, "filter", "", t("ce que l'on taperait après « / »", "what one would type after “/”"))
	f.StringVar(&o.at, "at", "", t("instant : 14:03, -2h, 2006-01-02 15:04 ou RFC 3339", "instant: 14:03, -2h, 2006-01-02 15:04 or RFC 3339"))
	f.DurationVar(&o.span, "span", 0, t("durée des courbes et des volumes (2h)", "length of plots and volumes (2h)"))
	f.DurationVar(&o.wait, "wait", settleTime, t("attente au plus des systèmes lents", "how long to wait for slow systems"))
	f.IntVar(&o.width, "width", 0, t("colonnes (sinon celles du terminal, ou 120)", "columns (else the terminal's, or 120)"))
	f.IntVar(&o.height, "lines", printHeight, t("lignes au plus", "lines at most"))
	return cmd
}

// instant reads --at; the zero time is now.
func (o pagePrint) instant(now time.Time) (time.Time, error) {
	if o.at == "" {
		return time.Time{}, nil
	}
	at, ok := page.ParseWhen(o.at, now)
	if !ok {
		return time.Time{}, fmt.Errorf("no time: %q", o.at)
	}
	return at, nil
}

func (p *program) print(ctx context.Context, o pagePrint, args []string) error {
	if o.width <= 0 {
		o.width = printWidth
		if f, ok := p.out.(*os.File); ok {
			if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 0 {
				o.width = w
			}
		}
	}
	cfg, _, err := p.load()
	if err != nil {
		return err
	}
	return p.onceWith(ctx, printing{failOn: "never", wait: o.wait}, func(e *engine.Engine, v *fleet.View, _ string, _ bool) error {
		key, err := p.pageKey(v, args[1:])
		if err != nil {
			return err
		}
		at, _ := o.instant(e.Now())
		lines, err := ui.Print(ctx, ui.Options{Backend: e, Lang: string(p.lang), ASCII: cfg.ASCII, Keys: cfg.KeyMap(), Width: o.width, Height: max(o.height, 12), Environ: os.Environ(),
			PanelDir: filepath.Join(xdg.ConfigHome, "dsotop", "panels"), Formats: func() *format.Set { set, _ := p.formats(cfg); return set },
		}, ui.Printed{Ref: intent.Ref{Kind: args[0], Key: key}, Filter: o.filter, At: at, Span: o.span, Wait: o.wait})
		if err != nil {
			return err
		}
		for _, l := range lines {
			fmt.Fprintln(p.out, l)
		}
		return nil
	})
}

// pageKey is the key of a page for what a person names: a project, an environment of it; anything else is the key itself.
func (p *program) pageKey(v *fleet.View, names []string) (string, error) {
	switch len(names) {
	case 0:
		return "", nil
	case 1:
		if row, ok := v.Project(names[0]); ok {
			return row.Dossier.Project.ID, nil
		}
		return names[0], nil
	}
	row, ok := v.Project(names[0])
	if !ok {
		return "", p.noProject(v, names[0])
	}
	env, ok := v.Environment(row.Dossier.Project.ID, names[1])
	if !ok || env.Namespace == "" {
		return "", p.noEnvironment(row.Dossier, names[1])
	}
	return env.Namespace, nil
}
