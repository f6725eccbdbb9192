package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"dsotop/internal/ui/keys"
	"dsotop/internal/ui/words"
)

func (p *program) manCommand() *cobra.Command {
	t := p.lang.of
	return &cobra.Command{
		Use:     "man",
		Short:   t("La page de manuel, au format roff", "The manual page, as roff"),
		Long:    t("Écrit la page de manuel dsotop(1), faite à partir du programme lui-même : toutes les commandes, leurs options, les touches.", "Writes the manual page dsotop(1), made from the program itself: every command, its flags, the keys."),
		Example: "  dsotop man | man -l -\n  dsotop man > ~/.local/share/man/man1/dsotop.1",
		Args:    noArgs(p.lang),
		RunE: func(cmd *cobra.Command, _ []string) error {
			set, _ := words.Find(string(p.lang))
			return manual(p.out, cmd.Root(), set, p.lang)
		},
	}
}

// roff writes the language of manual pages. Text is escaped; only its own methods make requests.
type roff struct{ strings.Builder }

// text makes a text safe anywhere in a line: no escapes, hyphens that can be copied.
func (r *roff) text(s string) string {
	return strings.NewReplacer(`\`, `\e`, "-", `\-`, "`", "\\`").Replace(s)
}

// line writes lines of text: one that begins like a request is kept from being one.
func (r *roff) line(s string) {
	for l := range strings.SplitSeq(s, "\n") {
		l = r.text(l)
		if strings.HasPrefix(l, ".") || strings.HasPrefix(l, "'") {
			l = `\&` + l
		}
		r.WriteString(l + "\n")
	}
}

func (r *roff) section(title string) { fmt.Fprintf(r, ".SH %s\n", r.text(title)) }

// item is a term in bold and what it means.
func (r *roff) item(term, means string) {
	fmt.Fprintf(r, ".TP\n\\fB%s\\fR\n", r.text(term))
	r.line(means)
}

// verbatim keeps lines as they are.
func (r *roff) verbatim(s string) {
	r.WriteString(".PP\n.nf\n")
	r.line(strings.TrimRight(s, "\n"))
	r.WriteString(".fi\n")
}

// manual writes dsotop(1).
func manual(w io.Writer, root *cobra.Command, set *words.Set, l lang) error {
	var r roff
	fmt.Fprintf(&r, ".TH DSOTOP 1 \"\" \"dsotop %s\" \"%s\"\n", r.text(version), r.text(l.of("Manuel de dsotop", "Manual of dsotop")))
	r.section(l.of("NOM", "NAME"))
	r.line("dsotop - " + strings.ToLower(root.Short[:1]) + root.Short[1:])
	r.section("SYNOPSIS")
	r.WriteString("\\fBdsotop\\fR [" + l.of("options", "flags") + "]\n.br\n\\fBdsotop\\fR " + r.text(l.of("COMMANDE", "COMMAND")) + " [" + l.of("options", "flags") + "]\n")
	r.section("DESCRIPTION")
	r.line(root.Long)
	r.section(l.of("OPTIONS GÉNÉRALES", "GENERAL FLAGS"))
	r.flags(root.PersistentFlags())
	r.section(l.of("COMMANDES", "COMMANDS"))
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		for _, sub := range c.Commands() {
			if sub.Hidden || sub.Name() == "help" {
				continue
			}
			fmt.Fprintf(&r, ".SS %s\n", r.text(strings.TrimSuffix(sub.UseLine(), " [flags]")))
			if sub.Long != "" && sub.Parent().Name() != "completion" {
				r.line(sub.Long)
			} else {
				r.line(sub.Short)
			}
			if sub.Parent().Name() != "completion" {
				r.flags(sub.LocalNonPersistentFlags())
				r.flags(sub.PersistentFlags())
				if sub.Example != "" {
					r.verbatim(sub.Example)
				}
			}
			walk(sub)
		}
	}
	walk(root)
	r.section(l.of("TOUCHES", "KEYS"))
	r.line(l.of("Dans le programme, « ? » montre celles de la page où l'on est ; la clé « keys: » de la configuration les change.", "In the program, “?” shows those of the page in front; the key “keys:” of the configuration changes them."))
	last := keys.Scope("")
	for _, d := range keys.Table() {
		if len(d.Keys) == 0 {
			continue
		}
		if d.Scope != last {
			last = d.Scope
			fmt.Fprintf(&r, ".SS %s\n", r.text(set.Scope[string(last)]))
		}
		r.item(keys.ShowAll(d, true, set), set.Command[d.ID].Long)
	}
	r.section(l.of("CODES DE SORTIE", "EXIT STATUS"))
	r.item("0", l.of("rien à signaler", "fine"))
	r.item("1", l.of("des constats atteignent --fail-on", "findings at or above --fail-on"))
	r.item("2", l.of("usage ou configuration", "usage or configuration"))
	r.item("3", l.of("la console a échoué, ou une source configurée n'a rien donné et rien de connu ne la remplace", "the console failed, or a configured source gave nothing and nothing cached stands in"))
	r.section(l.of("ENVIRONNEMENT", "ENVIRONMENT"))
	r.item("DSOTOP_CONFIG", l.of("fichier de configuration", "configuration file"))
	r.item("DSOTOP_PROFILE, DSOTOP_LANG, DSOTOP_THEME, DSOTOP_BACKGROUND, DSOTOP_ASCII, DSOTOP_NO_CACHE", l.of("comme les options du même nom, qui l'emportent", "as the flags of that name, which win"))
	r.item("DSOTOP_"+l.of("SYSTÈME", "SYSTEM")+"_URL, _TOKEN, _USER, _PASSWORD", l.of("une source, ou son secret, sans fichier : DSOTOP_CONSOLE_URL…", "a source, or its secret, without a file: DSOTOP_CONSOLE_URL…"))
	r.item("COLORFGBG", l.of("le fond du terminal quand il ne le dit pas lui-même (« 15;0 » : sombre, « 0;15 » : clair)", "the terminal's background where it does not tell it (“15;0”: dark, “0;15”: light)"))
	r.item("NO_COLOR", l.of("sans couleur", "without colour"))
	r.section(l.of("FICHIERS", "FILES"))
	r.item("~/.config/dsotop/config.yaml", l.of("la configuration ; « dsotop init » l'écrit, « dsotop config check » la vérifie", "the configuration; “dsotop init” writes it, “dsotop config check” checks it"))
	r.item("~/.config/dsotop/themes, formats, panels", l.of("thèmes, formats de lignes et panneaux à soi", "one's own themes, formats of lines and panels"))
	r.item("~/.cache/dsotop", l.of("le dernier état connu", "the last known state"))
	r.item("~/.local/state/dsotop", l.of("le journal du programme et les notes sur les constats", "the program's log and the notes on findings"))
	_, err := io.WriteString(w, r.String())
	return err
}

// flags lists the flags that people use.
func (r *roff) flags(f *pflag.FlagSet) {
	f.VisitAll(func(one *pflag.Flag) {
		if one.Hidden || one.Name == "help" {
			return
		}
		kind, usage := pflag.UnquoteUsage(one)
		term := "--" + one.Name
		if one.Shorthand != "" {
			term = "-" + one.Shorthand + ", " + term
		}
		if kind != "" {
			term += " " + kind
		}
		r.item(term, usage)
	})
}
