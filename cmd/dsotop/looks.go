package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/adrg/xdg"
	"github.com/spf13/cobra"

	"dsotop/themes"
)

// themesDir is where a person's own themes are.
func themesDir() string { return filepath.Join(xdg.ConfigHome, "dsotop", "themes") }

// loadThemes reads the themes there are, once, and tells the configuration what themes and commands there are.
func (p *program) loadThemes() {
	p.themes, p.untold = themes.Load(os.DirFS(themesDir()))
	p.opts.Themes = p.themes.Names()
	p.opts.Keys = keyRules()
}

// themeSet is every theme there is; the program's own when nothing was loaded.
func (p *program) themeSet() *themes.Set {
	if p.themes == nil {
		p.themes = themes.Shipped()
	}
	return p.themes
}

// themeNotice says at the start of the terminal program that themes of one's own are not right; "" when they are, or there are none.
func (p *program) themeNotice() string {
	if len(p.untold) == 0 {
		return ""
	}
	where := p.themeProblem(p.untold[0])
	return p.lang.of(fmt.Sprintf("thèmes, erreurs : %d ; %s (« dsotop config check » les montre toutes)", len(p.untold), where),
		fmt.Sprintf("themes, mistakes: %d; %s (“dsotop config check” shows all)", len(p.untold), where))
}

func (p *program) themeProblem(one themes.Problem) string {
	return filepath.Join(themesDir(), one.Where()) + ": " + one.Text(string(p.lang))
}

// themeProblems prints what is wrong with themes of one's own, and reports whether something is.
func (p *program) themeProblems() bool {
	for _, one := range p.untold {
		fmt.Fprintln(p.err, p.themeProblem(one))
	}
	return len(p.untold) > 0
}

func (p *program) completeThemes(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return p.themeSet().Names(), cobra.ShellCompDirectiveNoFileComp
}
