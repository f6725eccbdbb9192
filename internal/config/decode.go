package config

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"dsotop/internal/secret"
)

// decoder walks the syntax tree rather than decoding into structs, so that it can report every mistake with its line.
type decoder struct {
	file     string
	mistakes Mistakes
	anchors  map[string]ast.Node
	themes   []string  // that exist; nil: not checked
	keyRules *KeyRules // nil: keys are not checked
	// profileAt is where the file names the profile in force; nil when it does not.
	profileAt ast.Node
}

func (d *decoder) say(n ast.Node, path string, c code, args ...any) {
	line := 0
	if n != nil && n.GetToken() != nil && n.GetToken().Position != nil {
		line = n.GetToken().Position.Line
	}
	d.mistakes = append(d.mistakes, Mistake{File: d.file, Line: line, Path: path, code: c, args: args})
}

// parse reads the syntax: the bodies of the documents, none when it is broken.
func (d *decoder) parse(data []byte) []ast.Node {
	f, err := parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		line, text := 0, firstLine(err.Error())
		var syntax yaml.Error
		if errors.As(err, &syntax) {
			text = syntax.GetMessage()
			if t := syntax.GetToken(); t != nil && t.Position != nil {
				line = t.Position.Line
			}
		}
		d.mistakes = append(d.mistakes, Mistake{File: d.file, Line: line, code: broken, args: []any{text}})
		return nil
	}
	d.anchors = map[string]ast.Node{}
	var out []ast.Node
	for _, doc := range f.Docs {
		if doc.Body == nil {
			continue
		}
		ast.Walk(anchors(d.anchors), doc.Body)
		out = append(out, doc.Body)
	}
	return out
}

func (d *decoder) document(data []byte, cfg *Config) {
	for _, doc := range d.parse(data) {
		d.keys(doc, "", map[string]func(ast.Node, string){
			"profile":  func(n ast.Node, p string) { cfg.Profile, d.profileAt = d.text(n, p), n },
			"profiles": func(n ast.Node, p string) { cfg.Profiles = d.profiles(n, p) },
			"language": func(n ast.Node, p string) { cfg.Language = d.choice(n, p, "fr", "en") },
			"theme": func(n ast.Node, p string) {
				if d.themes == nil {
					cfg.Theme = d.text(n, p)
				} else {
					cfg.Theme = d.choice(n, p, d.themes...)
				}
			},
			"keys":    func(n ast.Node, p string) { cfg.Keys = d.bindings(n, p) },
			"policy":  func(n ast.Node, p string) { cfg.Policy = d.policy(n, p) },
			"journal": func(n ast.Node, p string) { cfg.Journal = d.sinks(n, p) },
			"formats": func(n ast.Node, p string) { cfg.Formats = d.absolute(d.text(n, p)) },
			"runbooks": func(n ast.Node, p string) {
				for _, dir := range d.texts(n, p) {
					cfg.Runbooks = append(cfg.Runbooks, d.absolute(dir))
				}
			},
			"ascii": func(n ast.Node, p string) { cfg.ASCII = d.bool(n, p) },
			"cache": func(n ast.Node, p string) { cfg.NoCache = !d.bool(n, p) },
		})
	}
}

type anchors map[string]ast.Node

// Visit notes what anchors stand for.
func (a anchors) Visit(n ast.Node) ast.Visitor {
	if an, ok := n.(*ast.AnchorNode); ok {
		a[an.Name.String()] = an.Value
	}
	return a
}

func firstLine(s string) string { s, _, _ = strings.Cut(s, "\n"); return s }

// plain follows anchors, aliases and tags to the node that holds the value.
func (d *decoder) plain(n ast.Node) ast.Node {
	for range 8 { // aliases of aliases; a cycle ends here
		switch v := n.(type) {
		case *ast.AnchorNode:
			n = v.Value
		case *ast.AliasNode:
			n = d.anchors[v.Value.String()]
		case *ast.TagNode:
			n = v.Value
		default:
			return n
		}
	}
	return n
}

// keys calls the function of each known key, and reports the unknown ones and those written twice.
func (d *decoder) keys(n ast.Node, path string, known map[string]func(ast.Node, string)) {
	values, ok := d.mapping(n)
	if !ok {
		d.say(n, path, notMapping)
		return
	}
	names := make([]string, 0, len(known))
	for name := range known {
		names = append(names, name)
	}
	slices.Sort(names)
	seen := map[string]bool{}
	for _, v := range values {
		key := keyText(v)
		at := join(path, key)
		if seen[key] {
			d.say(v.Key, path, twiceKey, key)
			continue
		}
		seen[key] = true
		if read, ok := known[key]; ok {
			read(v.Value, at)
		} else if near := nearest(key, names); near != "" {
			d.say(v.Key, path, unknownKeyNear, key, near)
		} else {
			d.say(v.Key, path, unknownKey, key, strings.Join(names, ", "))
		}
	}
}

func (d *decoder) mapping(n ast.Node) ([]*ast.MappingValueNode, bool) {
	switch v := d.plain(n).(type) {
	case *ast.MappingNode:
		return v.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{v}, true
	}
	return nil, false
}

func keyText(v *ast.MappingValueNode) string {
	if s, ok := v.Key.(*ast.StringNode); ok {
		return s.Value
	}
	return v.Key.String()
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func (d *decoder) text(n ast.Node, path string) string {
	switch v := d.plain(n).(type) {
	case *ast.StringNode:
		return v.Value
	case *ast.LiteralNode:
		return strings.TrimSpace(v.Value.Value)
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return v.GetToken().Value
	case *ast.NullNode, nil:
		return ""
	}
	d.say(n, path, notText)
	return ""
}

func (d *decoder) bool(n ast.Node, path string) bool {
	if v, ok := d.plain(n).(*ast.BoolNode); ok {
		return v.Value
	}
	d.say(n, path, notBool)
	return false
}

func (d *decoder) number(n ast.Node, path string) float64 {
	v, err := strconv.ParseFloat(d.text(n, path), 64)
	if err != nil || v <= 0 {
		d.say(n, path, notNumber)
		return 0
	}
	return v
}

func (d *decoder) duration(n ast.Node, path string) time.Duration {
	v, err := time.ParseDuration(d.text(n, path))
	if err != nil || v <= 0 {
		d.say(n, path, badDuration)
		return 0
	}
	return v
}

func (d *decoder) choice(n ast.Node, path string, among ...string) string {
	v := d.text(n, path)
	if v != "" && !slices.Contains(among, v) {
		d.say(n, path, badChoice, v, strings.Join(among, ", "))
		return ""
	}
	return v
}

func (d *decoder) texts(n ast.Node, path string) []string {
	if seq, ok := d.plain(n).(*ast.SequenceNode); ok {
		var out []string
		for i, v := range seq.Values {
			out = append(out, d.text(v, fmt.Sprintf("%s[%d]", path, i)))
		}
		return out
	}
	if one := d.text(n, path); one != "" {
		return []string{one}
	}
	return nil
}

// secret reads a reference. The text of a literal is never repeated.
func (d *decoder) secret(n ast.Node, path string) secret.Ref {
	ref, err := secret.ParseRef(d.text(n, path))
	if err != nil {
		d.say(n, path, literalSecret)
	}
	return ref
}

func (d *decoder) profiles(n ast.Node, path string) []Profile {
	values, ok := d.mapping(n)
	if !ok {
		d.say(n, path, notMapping)
		return nil
	}
	var out []Profile
	for _, v := range values {
		p := Profile{Name: keyText(v), Line: v.Key.GetToken().Position.Line}
		if slices.ContainsFunc(out, func(o Profile) bool { return o.Name == p.Name }) {
			d.say(v.Key, path, twiceKey, p.Name)
			continue
		}
		d.profile(v.Value, join(path, p.Name), &p)
		out = append(out, p)
	}
	return out
}

func (d *decoder) profile(n ast.Node, path string, p *Profile) {
	if _, null := d.plain(n).(*ast.NullNode); null {
		return
	}
	known := map[string]func(ast.Node, string){}
	for _, kind := range Kinds() {
		known[kind] = func(n ast.Node, path string) { p.Sources = append(p.Sources, d.instances(n, path, kind)...) }
	}
	known["write"] = func(n ast.Node, path string) { p.Write = d.bool(n, path) }
	known["onboarding"] = func(n ast.Node, path string) { d.onboarding(n, path, p) }
	values, ok := d.mapping(n)
	if !ok {
		d.say(n, path, notMapping)
		return
	}
	for _, v := range values { // an unknown kind deserves its own words
		if key := keyText(v); known[key] == nil {
			if near := nearest(key, Kinds()); near != "" {
				d.say(v.Key, path, unknownKeyNear, key, near)
			} else {
				d.say(v.Key, path, unknownKind, key, strings.Join(Kinds(), ", "))
			}
			known[key] = func(ast.Node, string) {}
		}
	}
	d.keys(n, path, known)
}

func (d *decoder) instances(n ast.Node, path, kind string) []Source {
	seq, ok := d.plain(n).(*ast.SequenceNode)
	if !ok {
		return []Source{d.source(n, path, kind)}
	}
	var out []Source
	for i, v := range seq.Values {
		s := d.source(v, fmt.Sprintf("%s[%d]", path, i), kind)
		if s.Name == "" && len(seq.Values) > 1 {
			d.say(v, fmt.Sprintf("%s[%d]", path, i), noName)
		}
		if s.Name != "" && slices.ContainsFunc(out, func(o Source) bool { return o.Name == s.Name }) {
			d.say(v, fmt.Sprintf("%s[%d]", path, i), twiceName, s.Name)
		}
		out = append(out, s)
	}
	return out
}

// nearest returns the known name that looks like a slip for key, or "".
func nearest(key string, names []string) string {
	best, bestAt := "", 3 // two slips at most
	for _, n := range names {
		if d := distance(strings.ToLower(key), n); d < bestAt && d < len(n) {
			best, bestAt = n, d
		}
	}
	return best
}

// distance is Levenshtein's, on bytes: keys are ASCII.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := diagonal
			if a[i-1] != b[j-1] {
				cost++
			}
			diagonal = row[j]
			row[j] = min(cost, row[j]+1, row[j-1]+1)
		}
	}
	return row[len(b)]
}
