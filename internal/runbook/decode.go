package runbook

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// MaxBytes is the size of the largest book that is read.
const MaxBytes = 1 << 20

// Decode reads a book and reports every mistake with its place. The book is nil when there is any.
func Decode(file string, data []byte) (*Book, Mistakes) {
	d := &decoder{file: file, lines: map[string]ast.Node{}}
	b := d.document(data)
	if len(d.mistakes) > 0 {
		return nil, d.mistakes.sorted()
	}
	b.File, b.Source = file, string(data)
	return b, nil
}

// decoder walks the syntax tree rather than decoding into structs, so that it can report every mistake with its place.
type decoder struct {
	file     string
	mistakes Mistakes
	anchors  map[string]ast.Node
	lines    map[string]ast.Node // of steps, by id
	uses     []use
}

// use is an expression with the step that holds it, for the names it reads.
type use struct {
	cond *Cond
	node ast.Node
	path string
	// step is its step's place; -1 in the head of a book.
	step int
	// own names what stands there only: value and values, typed, candidate.
	own []string
}

func (d *decoder) at(line, column int, path, fr, en string, args ...any) {
	d.mistakes = append(d.mistakes, Mistake{File: d.file, Line: line, Column: column, Path: path,
		Say: Text{FR: fmt.Sprintf(fr, args...), EN: fmt.Sprintf(en, args...)}})
}

func (d *decoder) say(n ast.Node, path, fr, en string, args ...any) {
	line, column := position(n)
	d.at(line, column, path, fr, en, args...)
}

func position(n ast.Node) (line, column int) {
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

func (d *decoder) document(data []byte) *Book {
	if len(data) > MaxBytes {
		d.at(0, 0, "", "le fichier est trop grand (%d octets ; au plus %d)", "the file is too large (%d bytes; at most %d)", len(data), MaxBytes)
		return nil
	}
	f, err := parse(data)
	if err != nil {
		line, column, text := 0, 0, firstLine(err.Error())
		var syntax yaml.Error
		if errors.As(err, &syntax) {
			text = syntax.GetMessage()
			if t := syntax.GetToken(); t != nil && t.Position != nil {
				line, column = t.Position.Line, t.Position.Column
			}
		}
		d.at(line, column, "", "YAML incorrect : %s", "not valid YAML: %s", text)
		return nil
	}
	var bodies []ast.Node
	for _, doc := range f.Docs {
		if doc.Body != nil {
			bodies = append(bodies, doc.Body)
		}
	}
	switch len(bodies) {
	case 0:
		d.at(1, 1, "", "le fichier est vide ; un carnet commence par « id: »", "the file is empty; a book begins with “id:”")
		return nil
	case 1:
	default:
		d.say(bodies[1], "", "un fichier ne contient qu'un carnet", "a file holds one book only")
		return nil
	}
	d.anchors = map[string]ast.Node{}
	ast.Walk(anchors(d.anchors), bodies[0])
	b := d.book(bodies[0])
	d.links(b)
	return b
}

// parse is the parser with its panics turned into errors: books come from people.
func parse(data []byte) (f *ast.File, err error) {
	defer func() {
		if p := recover(); p != nil {
			f, err = nil, fmt.Errorf("%v", p)
		}
	}()
	return parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey())
}

type anchors map[string]ast.Node

// Visit notes what anchors stand for.
func (a anchors) Visit(n ast.Node) ast.Visitor {
	if an, ok := n.(*ast.AnchorNode); ok && an.Name != nil {
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

func (d *decoder) mapping(n ast.Node) ([]*ast.MappingValueNode, bool) {
	switch v := d.plain(n).(type) {
	case *ast.MappingNode:
		return v.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{v}, true
	}
	return nil, false
}

type reader func(n ast.Node, path string)

// keys calls the reader of each key, and reports the unknown ones, those written twice, and those that are missing.
func (d *decoder) keys(n ast.Node, path string, known map[string]reader, required ...string) bool {
	values, ok := d.mapping(n)
	if !ok {
		d.say(n, path, "des clés sont attendues ici (clé: valeur)", "keys are expected here (key: value)")
		return false
	}
	names := slices.Sorted(maps.Keys(known))
	seen := map[string]bool{}
	for _, v := range values {
		key := keyText(v)
		if seen[key] {
			d.say(v.Key, path, "la clé « %[1]s » est écrite deux fois", "the key “%[1]s” is written twice", key)
			continue
		}
		seen[key] = true
		if read, ok := known[key]; ok {
			read(v.Value, join(path, key))
		} else if near := nearest(key, names); near != "" {
			d.say(v.Key, path, "clé inconnue « %s » ; vouliez-vous dire « %s » ?", "unknown key “%s”; did you mean “%s”?", key, near)
		} else {
			d.say(v.Key, path, "clé inconnue « %s » ; clés possibles : %s", "unknown key “%s”; possible keys: %s", key, strings.Join(names, ", "))
		}
	}
	for _, key := range required {
		if !seen[key] {
			d.say(n, path, "la clé « %[1]s » manque", "the key “%[1]s” is missing", key)
			ok = false
		}
	}
	return ok
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
		return strings.TrimRight(v.Value.Value, "\n")
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return v.GetToken().Value
	}
	d.say(n, path, "un texte est attendu", "a text is expected")
	return ""
}

// word reads a text that must not be empty.
func (d *decoder) word(n ast.Node, path string) string {
	s := strings.TrimSpace(d.text(n, path))
	if _, ok := d.plain(n).(*ast.StringNode); ok && s == "" {
		d.say(n, path, "ce texte est vide", "this text is empty")
	}
	return s
}

func (d *decoder) bool(n ast.Node, path string) bool {
	if v, ok := d.plain(n).(*ast.BoolNode); ok {
		return v.Value
	}
	d.say(n, path, "true ou false est attendu", "true or false is expected")
	return false
}

func (d *decoder) number(n ast.Node, path string, low, high float64) float64 {
	v, err := strconv.ParseFloat(d.text(n, path), 64)
	if err != nil || v < low || v > high {
		d.say(n, path, "un nombre de %g à %g est attendu", "a number from %g to %g is expected", low, high)
		return 0
	}
	return v
}

// maxWait is the longest deadline and the longest range of a query.
const maxWait = 31 * 24 * time.Hour

func (d *decoder) duration(n ast.Node, path string) time.Duration {
	v, err := time.ParseDuration(d.text(n, path))
	if err != nil || v < time.Second || v > maxWait {
		d.say(n, path, "durée incorrecte ; attendu de 1s à 744h, par exemple 90s ou 10m", "not a duration; expected from 1s to 744h, for example 90s or 10m")
		return 0
	}
	return v
}

func (d *decoder) choice(n ast.Node, path string, among ...string) string {
	v := d.text(n, path)
	if !slices.Contains(among, v) {
		if near := nearest(v, among); near != "" {
			d.say(n, path, "valeur inconnue « %s » ; vouliez-vous dire « %s » ?", "unknown value “%s”; did you mean “%s”?", v, near)
		} else {
			d.say(n, path, "valeur inconnue « %s » ; valeurs possibles : %s", "unknown value “%s”; possible values: %s", v, strings.Join(among, ", "))
		}
		return ""
	}
	return v
}

// list calls read for each element; a single value stands for a list of one.
func (d *decoder) list(n ast.Node, path string, read reader) {
	seq, ok := d.plain(n).(*ast.SequenceNode)
	if !ok {
		read(n, path)
		return
	}
	for i, v := range seq.Values {
		read(v, fmt.Sprintf("%s[%d]", path, i))
	}
}

// both reads a text in one or both languages.
func (d *decoder) both(n ast.Node, path string) Text {
	if _, ok := d.mapping(n); !ok {
		s := d.word(n, path)
		return Text{FR: s, EN: s}
	}
	var t Text
	d.keys(n, path, map[string]reader{
		"fr": func(n ast.Node, p string) { t.FR = d.word(n, p) },
		"en": func(n ast.Node, p string) { t.EN = d.word(n, p) },
	})
	return t
}

func (d *decoder) bothTemplates(n ast.Node, path string, step int) TextTemplate {
	if _, ok := d.mapping(n); !ok {
		t := d.template(n, path, step)
		return TextTemplate{FR: t, EN: t}
	}
	var t TextTemplate
	d.keys(n, path, map[string]reader{
		"fr": func(n ast.Node, p string) { t.FR = d.template(n, p, step) },
		"en": func(n ast.Node, p string) { t.EN = d.template(n, p, step) },
	})
	return t
}

// inner turns a place within a scalar into one of the file.
func (d *decoder) inner(n ast.Node, line, column int) (int, int) {
	n = d.plain(n)
	l, c := position(n)
	switch v := n.(type) {
	case *ast.LiteralNode:
		if t := v.Value.GetToken(); t != nil && t.Position != nil { // the text begins on the line after the mark
			raw := strings.TrimLeft(t.Origin, "\n")
			indent := len(raw) - len(strings.TrimLeft(raw, " "))
			mark, _ := position(v)
			return mark + line, indent + column
		}
	case *ast.StringNode:
		if k := v.GetToken().Type; k == token.SingleQuoteType || k == token.DoubleQuoteType {
			c++
		}
		if line > 1 { // folded or escaped: the place within is not the file's
			if strings.Contains(strings.TrimSpace(v.GetToken().Origin), "\n") {
				return l + line - 1, 1
			}
			return l, c
		}
	}
	return l + line - 1, c + column - 1
}

func (d *decoder) template(n ast.Node, path string, step int, own ...string) *Template {
	t, err := parseTemplate(d.text(n, path))
	if err != nil {
		d.expression(n, path, err)
		return nil
	}
	for _, c := range t.exprs() {
		d.uses = append(d.uses, use{cond: c, node: n, path: path, step: step, own: own})
	}
	return t
}

func (d *decoder) cond(n ast.Node, path string, step int, own ...string) *Cond {
	text := d.text(n, path)
	c, err := compile(text, "bool")
	if err != nil {
		d.expression(n, path, err)
		return nil
	}
	d.uses = append(d.uses, use{cond: c, node: n, path: path, step: step, own: own})
	return c
}

func (d *decoder) expression(n ast.Node, path string, err error) {
	var e *exprError
	if !errors.As(err, &e) {
		d.say(n, path, "expression : %s", "expression: %s", err)
		return
	}
	line, column := d.inner(n, e.Line, e.Column)
	d.at(line, column, path, "expression : %s", "expression: %s", e.Message)
}

// nearest returns the known name that looks like a slip for key, or "".
func nearest(key string, names []string) string {
	best, bestAt := "", 3 // two slips at most
	for _, n := range names {
		if len(key) > len(n)+3 {
			continue
		}
		if d := distance(strings.ToLower(key), strings.ToLower(n)); d < bestAt && d < len(n) && d < max(len(key), 2) {
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
