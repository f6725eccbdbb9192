// Package walkthroughs holds the walkthroughs that the program brings: one file each, as docs/walkthroughs.md describes them.
package walkthroughs

import (
	"embed"
	"io/fs"
	"slices"
	"strings"
)

//go:embed *.yaml
var files embed.FS

// Ending is that of the files.
const Ending = ".yaml"

// Names lists the walkthroughs, sorted.
func Names() (out []string) {
	entries, _ := fs.ReadDir(files, ".") // an embedded folder can be read
	for _, e := range entries {
		out = append(out, strings.TrimSuffix(e.Name(), Ending))
	}
	slices.Sort(out)
	return out
}

// Read returns the file of a walkthrough.
func Read(name string) ([]byte, bool) {
	data, err := files.ReadFile(name + Ending)
	return data, err == nil
}
