package gitlab

import (
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"dsotop/internal/platform"
	"dsotop/internal/secret"
)

const (
	largestCI = 256 << 10
	mostJobs  = 200
)

// readCI understands a CI file as far as rules judge it. It follows no anchor and no inclusion: what a file says of itself is enough, and a
// hostile one cannot grow.
func readCI(file *platform.CIFile, text string) {
	file.Present = true
	if len(text) > largestCI {
		file.Broken = "larger than 256 KiB"
		return
	}
	doc, err := parser.ParseBytes([]byte(text), 0)
	if err != nil {
		said, _, _ := strings.Cut(err.Error(), "\n")
		file.Broken = secret.Scrub(line(said))
		return
	}
	if len(doc.Docs) == 0 || doc.Docs[0] == nil {
		file.Broken = "empty"
		return
	}
	body := doc.Docs[len(doc.Docs)-1].Body // the first document may be a header of inputs
	var stages []string
	entries := pairs(body)
	if entries == nil {
		file.Broken = "not a list of jobs"
		return
	}
	for _, e := range entries {
		switch e.key {
		case "stages":
			stages = texts(e.value)
		case "include":
			file.Includes = true
		}
	}
	if stages == nil {
		stages = []string{"build", "test", "deploy"} // GitLab's own
	}
	for _, e := range entries {
		if reserved(e.key) || strings.HasPrefix(e.key, ".") || len(file.Jobs) == mostJobs {
			continue
		}
		if j, ok := readJob(e, stages); ok {
			file.Jobs = append(file.Jobs, j)
		}
	}
}

// reserved are the words of the top level that name no job.
func reserved(key string) bool {
	switch key {
	case "stages", "include", "variables", "default", "workflow", "image", "services", "before_script", "after_script", "cache", "spec", "pages", "<<":
		return true
	}
	return false
}

func readJob(e entry, stages []string) (platform.CIJob, bool) {
	fields := pairs(e.value)
	if fields == nil {
		return platform.CIJob{}, false
	}
	j := platform.CIJob{Name: line(e.key), Stage: "test", Rank: -1}
	for _, f := range fields {
		switch f.key {
		case "stage":
			j.Stage = line(text(f.value))
		case "extends":
			j.Extends = line(strings.Join(texts(f.value), ", "))
		case "allow_failure":
			j.MayFail = strings.EqualFold(text(f.value), "true")
		case "variables":
			for _, v := range pairs(f.value) {
				if v.key == "TAG" || v.key == "IMAGE_TAG" || v.key == "DOCKER_TAG" {
					j.Tag = secret.Scrub(line(text(v.value)))
				}
			}
		}
	}
	for i, s := range stages {
		if s == j.Stage {
			j.Rank = i
		}
	}
	return j, true
}

type entry struct {
	key   string
	value ast.Node
}

// pairs are the entries of a mapping, in their order; nil when the node is none.
func pairs(n ast.Node) []entry {
	switch m := bare(n).(type) {
	case *ast.MappingNode:
		out := make([]entry, 0, len(m.Values))
		for _, v := range m.Values {
			if v != nil && v.Key != nil {
				out = append(out, entry{key(v.Key), v.Value})
			}
		}
		return out
	case *ast.MappingValueNode:
		if m.Key != nil {
			return []entry{{key(m.Key), m.Value}}
		}
	}
	return nil
}

func key(k ast.MapKeyNode) string {
	if s, ok := k.(*ast.StringNode); ok {
		return s.Value
	}
	return strings.Trim(k.String(), `"'`)
}

// bare takes anchors and tags away.
func bare(n ast.Node) ast.Node {
	for range 8 {
		switch x := n.(type) {
		case *ast.AnchorNode:
			n = x.Value
		case *ast.TagNode:
			n = x.Value
		default:
			return n
		}
	}
	return n
}

func text(n ast.Node) string {
	switch x := bare(n).(type) {
	case nil:
		return ""
	case *ast.StringNode:
		return x.Value
	case *ast.BoolNode, *ast.IntegerNode, *ast.FloatNode:
		return x.String()
	}
	return ""
}

// texts reads one text, or a list of them.
func texts(n ast.Node) []string {
	if s, ok := bare(n).(*ast.SequenceNode); ok {
		out := make([]string, 0, len(s.Values))
		for _, v := range s.Values {
			out = append(out, text(v))
		}
		return out
	}
	if t := text(n); t != "" {
		return []string{t}
	}
	return nil
}
