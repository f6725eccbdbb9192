// Package yamlfile reads the YAML files that people write (a configuration, books, ledgers, walkthroughs) strictly: from their syntax tree
// rather than into structs, so that every mistake of a file is told at once, each with its place and what to do, in both languages.
//
// A file is read by walking it: [Reader.Bodies] gives its documents, [Reader.Keys] calls a function for each known key, which reads its
// value with [Reader.Text], [Reader.List] and the like. What is wrong goes to Note, and a zero value is returned: who reads looks at the
// mistakes once, at the end.
package yamlfile

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Most is the size of the largest file that is read, in bytes: what people write by hand is a thousand times smaller.
const Most = 1 << 20

// Text is a sentence in both languages.
type Text struct{ FR, EN string }

// In returns the sentence in "fr", else in English.
func (t Text) In(lang string) string {
	if lang == "fr" {
		return t.FR
	}
	return t.EN
}

// Mistake is one thing wrong with a file.
type Mistake struct {
	// Line and Column count from 1; 0 is the file as a whole, and a line without a place on it.
	Line, Column int
	// Path is the way to the value by keys and places, "steps[0].title"; "" is the file as a whole.
	Path string
	Say  Text
	// Meant is what was probably meant by a key that does not exist; "" for other mistakes, and where nothing is like it.
	Meant string
}

// Reader reads one file. It is for one goroutine. The zero value with a Note is ready.
type Reader struct {
	// Note takes each mistake, in the order in which it is met, which is mostly that of the file. Not nil.
	Note func(Mistake)
	// Empty lets a key without a value stand for an empty text, and keys without any for none.
	Empty bool
	// Clean takes out of a text what must not be shown, before it is judged; nil leaves texts as they are. Keys and mistakes are not
	// cleaned: who shows them does that.
	Clean func(string) string

	anchors map[string]ast.Node
}

// Read is what reads a value. path is the way to it.
type Read = func(n ast.Node, path string)

// At tells a mistake at a place. Without args the sentences are taken as they are.
func (r *Reader) At(line, column int, path, fr, en string, args ...any) {
	if len(args) > 0 {
		fr, en = fmt.Sprintf(fr, args...), fmt.Sprintf(en, args...)
	}
	r.Note(Mistake{Line: line, Column: column, Path: path, Say: Text{FR: fr, EN: en}})
}

// Say tells a mistake where a node stands.
func (r *Reader) Say(n ast.Node, path, fr, en string, args ...any) {
	line, column := Position(n)
	r.At(line, column, path, fr, en, args...)
}

// Position is where a node begins, from 1; zeros for nil. A mapping begins with its first key.
func Position(n ast.Node) (line, column int) {
	if n == nil {
		return 0, 0
	}
	if v, ok := n.(*ast.MappingNode); ok && len(v.Values) > 0 && !v.IsFlowStyle {
		n = v.Values[0].Key
	}
	if v, ok := n.(*ast.MappingValueNode); ok {
		n = v.Key
	}
	t := n.GetToken()
	if t == nil || t.Position == nil {
		return 0, 0
	}
	return t.Position.Line, t.Position.Column
}

// Bodies reads the syntax: the documents of a file that hold something. ok is false when the file is too large or no YAML, which is told.
func (r *Reader) Bodies(data []byte) (bodies []ast.Node, ok bool) {
	if len(data) > Most {
		r.At(0, 0, "", "le fichier est trop grand (%d octets ; au plus %d)", "the file is too large (%d bytes; at most %d)", len(data), Most)
		return nil, false
	}
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		r.At(0, 0, "", "le fichier est en UTF-16 ; enregistrez-le en UTF-8", "the file is in UTF-16; save it as UTF-8")
		return nil, false
	}
	f, err := parse(data)
	if err != nil {
		line, column := 0, 0
		text, _, _ := strings.Cut(err.Error(), "\n")
		var syntax yaml.Error
		if errors.As(err, &syntax) {
			text = syntax.GetMessage()
			if t := syntax.GetToken(); t != nil && t.Position != nil {
				line, column = t.Position.Line, t.Position.Column
			}
		}
		if strings.Contains(text, "'\t'") {
			r.At(line, column, "", "une tabulation : YAML veut des espaces", "a tab: YAML wants blanks")
			return nil, false
		}
		r.At(line, column, "", "YAML incorrect : %s", "not valid YAML: %s", text)
		return nil, false
	}
	r.anchors = map[string]ast.Node{}
	for _, doc := range f.Docs {
		if doc.Body != nil {
			ast.Walk(anchors(r.anchors), doc.Body)
			bodies = append(bodies, doc.Body)
		}
	}
	return bodies, true
}

// parse is the parser with its panics turned into errors: files come from people, and some from editors that put a mark of the encoding
// first. Keys written twice are told by us.
func parse(data []byte) (f *ast.File, err error) {
	defer func() {
		if p := recover(); p != nil {
			f, err = nil, fmt.Errorf("%v", p)
		}
	}()
	return parser.ParseBytes(bytes.TrimPrefix(data, []byte("\ufeff")), 0, parser.AllowDuplicateMapKey())
}

type anchors map[string]ast.Node

// Visit notes what anchors stand for.
func (a anchors) Visit(n ast.Node) ast.Visitor {
	if an, ok := n.(*ast.AnchorNode); ok && an.Name != nil {
		a[an.Name.String()] = an.Value
	}
	return a
}

// Plain follows anchors, aliases and tags to the node that holds the value; nil when an alias stands for nothing.
func (r *Reader) Plain(n ast.Node) ast.Node {
	for range 8 { // aliases of aliases; a cycle ends here
		switch v := n.(type) {
		case *ast.AnchorNode:
			n = v.Value
		case *ast.AliasNode:
			n = r.anchors[v.Value.String()]
		case *ast.TagNode:
			n = v.Value
		default:
			return n
		}
	}
	return n
}

// Null reports whether a key has no value.
func (r *Reader) Null(n ast.Node) bool {
	switch r.Plain(n).(type) {
	case *ast.NullNode, nil:
		return true
	}
	return false
}

// Mapping returns the keys and values of a mapping as they are written; ok is false when it is none.
func (r *Reader) Mapping(n ast.Node) (values []*ast.MappingValueNode, ok bool) {
	switch v := r.Plain(n).(type) {
	case *ast.MappingNode:
		return v.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{v}, true
	}
	return nil, r.Empty && r.Null(n)
}

// Each calls do for each key of a mapping once, and tells those written twice. It reports whether there is a mapping.
func (r *Reader) Each(n ast.Node, path string, do func(key string, v *ast.MappingValueNode)) bool {
	values, ok := r.Mapping(n)
	if !ok {
		r.Say(n, path, "des clés sont attendues ici (clé: valeur)", "keys are expected here (key: value)")
		return false
	}
	seen := make(map[string]bool, len(values))
	for _, v := range values {
		key := Key(v)
		if seen[key] {
			r.Say(v.Key, path, "la clé « %[1]s » est écrite deux fois", "the key “%[1]s” is written twice", key)
			continue
		}
		seen[key] = true
		do(key, v)
	}
	return true
}

// Keys calls the reader of each key, and tells the unknown ones, those written twice, and those of required that are missing. It reports
// whether there is a mapping in which none is missing.
func (r *Reader) Keys(n ast.Node, path string, known map[string]Read, required ...string) bool {
	seen := map[string]bool{}
	ok := r.Each(n, path, func(key string, v *ast.MappingValueNode) {
		seen[key] = true
		if read, ok := known[key]; ok {
			read(v.Value, Join(path, key))
			return
		}
		r.Unknown(v.Key, path, key, slices.Sorted(maps.Keys(known)))
	})
	if !ok {
		return false
	}
	for _, key := range required {
		if !seen[key] {
			r.Say(n, path, "la clé « %[1]s » manque", "the key “%[1]s” is missing", key)
			ok = false
		}
	}
	return ok
}

// Unknown tells that a key does not exist, with the one that was probably meant, else with those there are.
func (r *Reader) Unknown(n ast.Node, path, key string, names []string) {
	if near := Nearest(key, names); near != "" {
		line, column := Position(n)
		r.Note(Mistake{Line: line, Column: column, Path: path, Meant: near,
			Say: Text{FR: fmt.Sprintf("clé inconnue « %s » ; vouliez-vous dire « %s » ?", key, near), EN: fmt.Sprintf("unknown key “%s”; did you mean “%s”?", key, near)}})
		return
	}
	r.Say(n, path, "clé inconnue « %s » ; clés possibles : %s", "unknown key “%s”; possible keys: %s", key, strings.Join(names, ", "))
}

// List calls read for each element; a single value stands for a list of one.
func (r *Reader) List(n ast.Node, path string, read Read) {
	seq, ok := r.Plain(n).(*ast.SequenceNode)
	if !ok {
		read(n, path)
		return
	}
	for i, v := range seq.Values {
		read(v, fmt.Sprintf("%s[%d]", path, i))
	}
}

// Key is the text of a key.
func Key(v *ast.MappingValueNode) string {
	if s, ok := v.Key.(*ast.StringNode); ok {
		return s.Value
	}
	return v.Key.String()
}

// Join puts a key at the end of a path.
func Join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
