package sources

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"

	"github.com/aymanbagabas/go-udiff"
	"github.com/goccy/go-yaml"

	"dsotop/internal/desk"
	"dsotop/internal/platform"
	"dsotop/internal/secret"
)

// largestManifest is how much YAML of one object is kept: nobody reads more on a screen, and etcd takes 1.5 MiB.
const largestManifest = 2 << 20

// mostDiffLines is how many lines of one difference are kept; beyond they are counted.
const mostDiffLines = 3000

var errNotObject = errors.New("not a JSON object")

// Manifest writes a JSON object as YAML, keys in order, secrets masked, cleaned. The two sides of a comparison take the same masker.
// "null" and "" give an empty manifest. Its errors quote nothing of the object.
func Manifest(raw []byte, mask *secret.Masker) (desk.Manifest, error) {
	o, err := decoded(raw)
	if err != nil || o == nil {
		return desk.Manifest{}, err
	}
	return written(o, mask)
}

func decoded(raw []byte) (map[string]any, error) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil //nolint:nilnil // nothing is wanted, or nothing lives
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var o map[string]any
	if dec.Decode(&o) != nil || o == nil {
		return nil, errNotObject
	}
	return o, nil
}

func written(o map[string]any, mask *secret.Masker) (desk.Manifest, error) {
	mask.Object(o)
	out, err := yaml.MarshalWithOptions(plain(o), yaml.Indent(2), yaml.IndentSequence(false), yaml.UseLiteralStyleIfMultiline(true))
	if err != nil {
		return desk.Manifest{}, errNotObject
	}
	if len(out) > largestManifest {
		out = append(out[:bytes.LastIndexByte(out[:largestManifest], '\n')+1], "…\n"...)
	}
	return desk.Manifest{Text: platform.Clean(string(out))}, nil
}

// plain turns numbers as written into numbers, and cleans texts before they are quoted: the writer would escape what it cannot print.
func plain(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, x := range v {
			out[platform.CleanLine(k)] = plain(x)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = plain(x)
		}
		return out
	case string:
		return platform.Clean(v)
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		if f, err := v.Float64(); err == nil {
			return f
		}
		return platform.CleanLine(v.String())
	}
	return v
}

// Difference compares an object as it lives with what is wanted, both as JSON, "null" or "" for none.
func Difference(ref desk.ObjectRef, live, wanted []byte) (desk.Difference, error) {
	d := desk.Difference{ObjectRef: ref, State: desk.DiffSame}
	var mask secret.Masker
	from, err := Manifest(live, &mask)
	if err != nil {
		return d, err
	}
	to, err := Manifest(wanted, &mask)
	if err != nil {
		return d, err
	}
	switch {
	case from.Text == to.Text:
		return d, nil
	case from.Text == "":
		d.State = desk.DiffMissing
	case to.Text == "":
		d.State = desk.DiffExtra
	default:
		d.State = desk.DiffChanged
	}
	d.Lines, d.Added, d.Gone, d.Cut = lineDiff(from.Text, to.Text)
	return d, nil
}

// diffContext is how many lines are shown around what changed.
const diffContext = 4

func lineDiff(from, to string) (lines []desk.DiffLine, added, gone, cut int) {
	u, err := udiff.ToUnifiedDiff("", "", from, udiff.Lines(from, to), diffContext)
	if err != nil {
		return nil, 0, 0, 0
	}
	add := func(op byte, text string) {
		if len(lines) >= mostDiffLines {
			cut++
			return
		}
		lines = append(lines, desk.DiffLine{Op: op, Text: strings.TrimSuffix(text, "\n")})
	}
	all := strings.Split(from, "\n")
	for i, h := range u.Hunks {
		if i > 0 || h.FromLine > 1 {
			add('@', path(all, h.FromLine-1))
		}
		for _, l := range h.Lines {
			if l.Content == "" { // what follows the end of the last line
				continue
			}
			switch l.Kind {
			case udiff.Insert:
				added++
				add('+', l.Content)
			case udiff.Delete:
				gone++
				add('-', l.Content)
			default:
				add(' ', l.Content)
			}
		}
	}
	return lines, added, gone, cut
}

// path names the YAML keys above a line (from 0), outermost first: "spec › template › spec".
func path(lines []string, at int) string {
	var keys []string
	indent := 1 << 20
	for i := min(at, len(lines)-1); i >= 0 && indent > 0; i-- {
		body := strings.TrimLeft(lines[i], " ")
		depth := len(lines[i]) - len(body)
		key, _, ok := strings.Cut(body, ":")
		if body == "" || depth >= indent || !ok || strings.HasPrefix(body, "- ") || (i == at && indent == 1<<20 && !strings.HasSuffix(body, ":")) {
			if i == at && body != "" {
				indent = depth
			}
			continue
		}
		indent = depth
		keys = append([]string{key}, keys...)
	}
	return strings.Join(keys, " > ")
}
