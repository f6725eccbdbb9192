package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"
)

// helpWidth is what the help is wrapped at where it does not go to a terminal, and the most it takes of a wide one.
const helpWidth = 120

// helpInWords has every command print its help in the language, as wide as the terminal: cobra's own is English, and breaks no line.
func (p *program) helpInWords(root *cobra.Command) {
	root.SetHelpFunc(func(c *cobra.Command, _ []string) {
		said := c.Long
		if said == "" {
			said = c.Short
		}
		fmt.Fprintln(c.OutOrStdout(), wrapHelp(paragraphs(said), 0, widthOf(c.OutOrStdout()))+"\n")
		p.usageOf(c, c.OutOrStdout())
	})
	root.SetUsageFunc(func(c *cobra.Command) error { p.usageOf(c, c.OutOrStderr()); return nil })
	if p.lang != "fr" {
		return
	}
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		c.InitDefaultHelpFlag()
		c.Flags().Lookup("help").Usage = "cette aide"
		switch c.Name() {
		case "help":
			c.Short = "Aide d'une commande"
		case "completion":
			c.Short = "Complétion pour bash, zsh, fish ou powershell"
			c.Long = "Écrit le script de complétion d'un interpréteur. « dsotop completion bash --help » dit comment l'installer."
		}
		if parent := c.Parent(); parent != nil && parent.Name() == "completion" {
			c.Short = "Le script de complétion pour " + c.Name()
		}
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(root)
}

// flagMistake says in the language what is wrong with a flag: the parser says it in English.
func (p *program) flagMistake(err error) string {
	if p.lang != "fr" {
		return err.Error()
	}
	var unknown *pflag.NotExistError
	var lacking *pflag.ValueRequiredError
	var wrong *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown):
		dashes := "--"
		if unknown.GetSpecifiedShortnames() != "" {
			dashes = "-"
		}
		return "option inconnue : " + dashes + unknown.GetSpecifiedName()
	case errors.As(err, &lacking):
		return "l'option --" + lacking.GetFlag().Name + " demande une valeur"
	case errors.As(err, &wrong):
		return "« " + wrong.GetValue() + " » ne convient pas à --" + wrong.GetFlag().Name + " : " + wrong.Unwrap().Error()
	}
	return err.Error()
}

// widthOf is how many cells help may take on a writer.
func widthOf(w io.Writer) int {
	if f, ok := w.(*os.File); ok {
		if n, _, err := term.GetSize(int(f.Fd())); err == nil && n >= 40 {
			return min(n, helpWidth)
		}
	}
	return helpWidth
}

// wrapHelp breaks a text at the width, its lines after the first moved in; French marks stay with their word.
func wrapHelp(text string, indent, width int) string {
	const together = "\u00a0"
	text = strings.NewReplacer("« ", "«"+together, " »", together+"»", " :", together+":", " ;", together+";", " ?", together+"?").Replace(strings.TrimRight(text, "\n"))
	text = ansi.Wrap(text, max(20, width-indent), "")
	return strings.NewReplacer(together, " ", "\n", "\n"+strings.Repeat(" ", indent)).Replace(text)
}

// paragraphs joins the lines of each paragraph of a text, but those that are moved in: they are a list.
func paragraphs(text string) string {
	lines := strings.Split(text, "\n")
	out := lines[0]
	for i, l := range lines[1:] {
		if l == "" || lines[i] == "" || strings.HasPrefix(l, " ") || strings.HasPrefix(lines[i], " ") {
			out += "\n" + l
		} else {
			out += " " + l
		}
	}
	return out
}

func (p *program) usageOf(c *cobra.Command, w io.Writer) {
	t, width := p.lang.of, widthOf(w)
	head := func(fr, en string) { fmt.Fprintln(w, t(fr, en)) }
	head("Usage :", "Usage:")
	if c.Runnable() && (!c.HasAvailableSubCommands() || c.Args != nil || !c.HasParent()) {
		fmt.Fprintln(w, "  "+strings.Replace(c.UseLine(), "[flags]", t("[options]", "[flags]"), 1))
	}
	if c.HasAvailableSubCommands() {
		fmt.Fprintln(w, "  "+c.CommandPath()+" "+t("COMMANDE", "COMMAND"))
	}
	if len(c.Aliases) > 0 {
		fmt.Fprintf(w, "\n%s %s\n", t("Alias :", "Aliases:"), strings.Join(c.Aliases, ", "))
	}
	if c.Example != "" {
		head("\nExemples :", "\nExamples:")
		fmt.Fprintln(w, c.Example)
	}
	if c.HasAvailableSubCommands() {
		head("\nCommandes :", "\nCommands:")
		const column = 14
		for _, sub := range c.Commands() {
			if sub.IsAvailableCommand() || sub.Name() == "help" {
				fmt.Fprintf(w, "  %-*s%s\n", column-2, sub.Name(), wrapHelp(sub.Short, column, width))
			}
		}
	}
	if c.HasAvailableLocalFlags() {
		head("\nOptions :", "\nFlags:")
		p.flagsOf(c.LocalFlags(), w, width)
	}
	if c.HasAvailableInheritedFlags() {
		head("\nOptions générales :", "\nGlobal flags:")
		p.flagsOf(c.InheritedFlags(), w, width)
	}
	if c.HasAvailableSubCommands() {
		fmt.Fprintf(w, "\n%s\n", t("« "+c.CommandPath()+" COMMANDE --help » en dit plus sur une commande.", "“"+c.CommandPath()+" COMMAND --help” says more about a command."))
	}
}

// flagsOf lists flags, what they mean beside them.
func (p *program) flagsOf(set *pflag.FlagSet, w io.Writer, width int) {
	type entry struct{ name, said string }
	var all []entry
	column := 0
	set.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		e := entry{name: "      --" + f.Name, said: f.Usage}
		if f.Shorthand != "" {
			e.name = "  -" + f.Shorthand + ", --" + f.Name
		}
		if kind := p.kindOf(f); kind != "" {
			e.name += " " + kind
		}
		v := f.DefValue
		if f.Value.Type() == "duration" {
			v = strings.Replace(strings.Replace(v, "m0s", "m", 1), "h0m", "h", 1)
		}
		if v != "" && v != "0" && v != "0s" && v != "false" && v != "[]" {
			e.said += p.lang.of(" (par défaut : ", " (default: ") + v + ")"
		}
		column = max(column, ansi.StringWidth(e.name)+3)
		all = append(all, e)
	})
	for _, e := range all {
		fmt.Fprintf(w, "%s%s%s\n", e.name, strings.Repeat(" ", column-ansi.StringWidth(e.name)), wrapHelp(e.said, column, width))
	}
}

// kindOf is what the help calls the value of a flag; "" for one that takes none.
func (p *program) kindOf(f *pflag.Flag) string {
	t := p.lang.of
	switch kind := f.Value.Type(); kind {
	case "bool":
		return ""
	case "string", "strings", "stringArray", "stringSlice":
		return t("TEXTE", "TEXT")
	case "stringToString":
		return t("NOM=TEXTE", "NAME=TEXT")
	case "duration":
		return t("DURÉE", "DURATION")
	case "int", "int64", "uint64", "float64":
		return "N"
	default:
		return strings.ToUpper(kind)
	}
}
