package main

import (
	"encoding/json"
	"fmt"
	"runtime"

	"github.com/spf13/cobra"
)

func (p *program) versionCommand() *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "version",
		Short: p.lang.of("Version, commit et date", "Version, commit and date"),
		Args:  noArgs(p.lang),
		RunE: func(*cobra.Command, []string) error {
			if output == "json" {
				return json.NewEncoder(p.out).Encode(map[string]string{"version": version, "commit": commit, "date": date, "go": runtime.Version(), "platform": runtime.GOOS + "/" + runtime.GOARCH})
			}
			_, err := fmt.Fprintf(p.out, "dsotop %s (%s, %s) %s %s/%s\n", version, commit, date, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
	outputFlag(cmd, p.lang, &output, "text", "json")
	return cmd
}
