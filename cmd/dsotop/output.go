package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"
)

// outputFlag adds -o with the given choices; the first is the default.
func outputFlag(cmd *cobra.Command, l lang, value *string, choices ...string) {
	cmd.Flags().VarP(&choice{value: value, among: choices, lang: l}, "output", "o", l.of("forme : ", "form: ")+strings.Join(choices, ", "))
	*value = choices[0]
	_ = cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(choices, cobra.ShellCompDirectiveNoFileComp))
}

// choice is a flag with a closed list of values.
type choice struct {
	value *string
	among []string
	lang  lang
}

// String is the value now.
func (c *choice) String() string {
	if c.value == nil {
		return ""
	}
	return *c.value
}

// Type is what --help calls the value.
func (c *choice) Type() string { return c.lang.of("choix", "choice") }

// Set takes one of the values.
func (c *choice) Set(v string) error {
	if !slices.Contains(c.among, v) {
		return fmt.Errorf("%s %s", c.lang.of("valeurs possibles :", "possible values:"), strings.Join(c.among, ", "))
	}
	*c.value = v
	return nil
}

// document prints a value as JSON or YAML.
func document(w io.Writer, form string, doc any) error {
	if form == "yaml" {
		data, err := yaml.MarshalWithOptions(doc, yaml.Indent(2), yaml.IndentSequence(true))
		if err != nil {
			return err
		}
		_, err = w.Write(data)
		return err
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(doc)
}
