package runbook

import (
	"bytes"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"dsotop/internal/platform"
	"dsotop/internal/yamlfile"
)

// MaxBytes is the size of the largest book that is read.
const MaxBytes = yamlfile.Most

// Decode reads a book and reports every mistake with its place. The book is nil when there is any.
func Decode(file string, data []byte) (*Book, Mistakes) {
	d := &decoder{lines: map[string]ast.Node{}, places: map[int]ast.Node{}}
	d.Clean = platform.Clean // books come from a shared folder
	d.Note = func(m yamlfile.Mistake) {
		d.mistakes = append(d.mistakes, Mistake{File: file, Line: m.Line, Column: m.Column, Path: platform.CleanLine(m.Path),
			Say: Text{FR: platform.CleanLine(m.Say.FR), EN: platform.CleanLine(m.Say.EN)}})
	}
	b := d.document(data)
	if len(d.mistakes) > 0 {
		return nil, d.mistakes.sorted()
	}
	b.File, b.Source = file, string(data)
	return b, nil
}

// decoder reads one book.
type decoder struct {
	yamlfile.Reader
	mistakes Mistakes
	lines    map[string]ast.Node // of steps, by id
	places   map[int]ast.Node    // of steps, in order: two may have one id
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

func (d *decoder) document(data []byte) *Book {
	if !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0 {
		d.At(1, 1, "", "le fichier n'est pas du texte (UTF-8)", "the file is no text (UTF-8)")
		return nil
	}
	bodies, ok := d.Bodies(data)
	if !ok {
		return nil
	}
	switch len(bodies) {
	case 0:
		d.At(1, 1, "", "le fichier est vide ; un carnet commence par « id: »", "the file is empty; a book begins with “id:”")
		return nil
	case 1:
	default:
		d.Say(bodies[1], "", "un fichier ne contient qu'un carnet", "a file holds one book only")
		return nil
	}
	b := d.book(bodies[0])
	d.links(b)
	return b
}

// maxWait is the longest deadline and the longest range of a query.
const maxWait = 31 * 24 * time.Hour

func (d *decoder) duration(n ast.Node, path string) time.Duration {
	return d.Duration(n, path, time.Second, maxWait)
}

// both reads a text in one or both languages.
func (d *decoder) both(n ast.Node, path string) Text {
	if _, ok := d.Mapping(n); !ok {
		s := d.Word(n, path)
		return Text{FR: s, EN: s}
	}
	var t Text
	d.Keys(n, path, map[string]yamlfile.Read{
		"fr": func(n ast.Node, p string) { t.FR = d.Word(n, p) },
		"en": func(n ast.Node, p string) { t.EN = d.Word(n, p) },
	})
	return t
}

func (d *decoder) bothTemplates(n ast.Node, path string, step int) TextTemplate {
	if _, ok := d.Mapping(n); !ok {
		t := d.template(n, path, step)
		return TextTemplate{FR: t, EN: t}
	}
	var t TextTemplate
	d.Keys(n, path, map[string]yamlfile.Read{
		"fr": func(n ast.Node, p string) { t.FR = d.template(n, p, step) },
		"en": func(n ast.Node, p string) { t.EN = d.template(n, p, step) },
	})
	return t
}

// inner turns a place within a scalar into one of the file.
func (d *decoder) inner(n ast.Node, line, column int) (int, int) {
	n = d.Plain(n)
	l, c := yamlfile.Position(n)
	switch v := n.(type) {
	case *ast.LiteralNode:
		if t := v.Value.GetToken(); t != nil && t.Position != nil { // the text begins on the line after the mark
			raw := strings.TrimLeft(t.Origin, "\n")
			indent := len(raw) - len(strings.TrimLeft(raw, " "))
			mark, _ := yamlfile.Position(v)
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
	t, err := parseTemplate(d.Text(n, path))
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
	text := d.Text(n, path)
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
		d.Say(n, path, "expression : %s", "expression: %s", err)
		return
	}
	line, column := d.inner(n, e.Line, e.Column)
	d.At(line, column, path, "expression : "+e.Say.FR, "expression: "+e.Say.EN)
}
