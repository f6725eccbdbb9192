package main

import (
	"github.com/spf13/cobra"

	"dsotop/internal/config"
)

// completeProfiles offers the profiles of the configuration, correct or not.
func (p *program) completeProfiles(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	cfg, _ := config.Load(p.opts.Flags, p.env)
	var names []string
	for _, one := range cfg.Profiles {
		names = append(names, one.Name)
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
