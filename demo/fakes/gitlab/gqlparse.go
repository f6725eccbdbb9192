package gitlab

import (
	"fmt"
	"strconv"
	"strings"
)

// The query language, as far as reading needs it: one operation with variables, fields with aliases and arguments, fragments, and the
// directives include and skip.

type document struct {
	variables []variable
	fields    []selection
	fragments map[string][]selection
}

type variable struct {
	name     string
	required bool
	def      any
}

// selection is a field, or the spread of a named fragment, or an inline fragment (spread "…").
type selection struct {
	alias, name string
	args        map[string]any // literals; varRef for variables
	directives  map[string]any // include, skip → value of if
	fields      []selection
	spread      string
	line        int
}

type varRef string

type lexer struct {
	text string
	at   int
	line int
	tok  string // "" at the end; strings begin with a quote
}

type syntaxError struct {
	line int
	text string
}

func (e syntaxError) Error() string { return fmt.Sprintf("%s at line %d", e.text, e.line) }

const maxDepth = 40

func (l *lexer) next() {
	for l.at < len(l.text) {
		switch l.text[l.at] {
		case '\n':
			l.line++
			l.at++
		case ' ', '\t', '\r', ',':
			l.at++
		case '#':
			for l.at < len(l.text) && l.text[l.at] != '\n' {
				l.at++
			}
		default:
			l.scan()
			return
		}
	}
	l.tok = ""
}

func word(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

func (l *lexer) scan() {
	start := l.at
	c := l.text[l.at]
	switch {
	case strings.HasPrefix(l.text[l.at:], "..."):
		l.at += 3
	case c == '"':
		l.at++
		for l.at < len(l.text) && l.text[l.at] != '"' {
			if l.text[l.at] == '\\' {
				l.at++
			}
			l.at++
		}
		if l.at >= len(l.text) {
			panic(syntaxError{l.line, "unterminated string"})
		}
		l.at++
	case word(c) || c == '-':
		l.at++
		for l.at < len(l.text) && (word(l.text[l.at]) || l.text[l.at] == '.') {
			l.at++
		}
	default:
		l.at++
	}
	l.tok = l.text[start:l.at]
}

func (l *lexer) take(want string) {
	if l.tok != want {
		panic(syntaxError{l.line, fmt.Sprintf("Expected %s, actual: %s", want, orDefault(l.tok, "end of document"))})
	}
	l.next()
}

func (l *lexer) name() string {
	n := l.tok
	if n == "" || !word(n[0]) || n[0] >= '0' && n[0] <= '9' {
		panic(syntaxError{l.line, "Expected a name, actual: " + orDefault(n, "end of document")})
	}
	l.next()
	return n
}

// parseQuery reads a document.
func parseQuery(text string) (d document, err error) {
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(syntaxError)
			if !ok {
				panic(r)
			}
			err = e
		}
	}()
	l := &lexer{text: text, line: 1}
	d.fragments = map[string][]selection{}
	l.next()
	for l.tok != "" {
		switch l.tok {
		case "{":
			d.fields = l.fields(0)
		case "query":
			l.next()
			if l.tok != "{" && l.tok != "(" {
				l.name()
			}
			if l.tok == "(" {
				d.variables = l.variables()
			}
			d.fields = l.fields(0)
		case "fragment":
			l.next()
			name := l.name()
			l.take("on")
			l.name()
			d.fragments[name] = l.fields(0)
		default:
			panic(syntaxError{l.line, "Unexpected " + l.tok})
		}
	}
	if d.fields == nil {
		panic(syntaxError{l.line, "Unexpected end of document"})
	}
	return d, nil
}

func (l *lexer) variables() (out []variable) {
	l.take("(")
	for l.tok != ")" {
		l.take("$")
		v := variable{name: l.name()}
		l.take(":")
		for l.tok == "[" {
			l.next()
		}
		l.name()
		for l.tok == "]" || l.tok == "!" {
			v.required = l.tok == "!"
			l.next()
		}
		if l.tok == "=" {
			l.next()
			v.def, v.required = l.value(0), false
		}
		out = append(out, v)
	}
	l.next()
	return out
}

func (l *lexer) fields(depth int) []selection {
	if depth > maxDepth {
		panic(syntaxError{l.line, "the query is too deep"})
	}
	out := []selection{}
	l.take("{")
	for l.tok != "}" {
		s := selection{line: l.line}
		if l.tok == "..." {
			l.next()
			switch l.tok {
			case "on":
				l.next()
				l.name()
				s.spread = "…"
			case "{", "@":
				s.spread = "…"
			default:
				s.spread = l.name()
			}
		} else {
			s.name = l.name()
			s.alias = s.name
			if l.tok == ":" {
				l.next()
				s.name = l.name()
			}
			if l.tok == "(" {
				s.args = l.args(depth)
			}
		}
		for l.tok == "@" {
			l.next()
			if s.directives == nil {
				s.directives = map[string]any{}
			}
			name := l.name()
			s.directives[name] = l.args(depth)["if"]
		}
		if l.tok == "{" {
			s.fields = l.fields(depth + 1)
		}
		out = append(out, s)
	}
	l.next()
	return out
}

func (l *lexer) args(depth int) map[string]any {
	out := map[string]any{}
	l.take("(")
	for l.tok != ")" {
		name := l.name()
		l.take(":")
		out[name] = l.value(depth)
	}
	l.next()
	return out
}

func (l *lexer) value(depth int) any {
	if depth > maxDepth {
		panic(syntaxError{l.line, "the query is too deep"})
	}
	tok := l.tok
	switch tok {
	case "$":
		l.next()
		return varRef(l.name())
	case "[":
		l.next()
		out := []any{}
		for l.tok != "]" {
			out = append(out, l.value(depth+1))
		}
		l.next()
		return out
	case "{":
		l.next()
		out := map[string]any{}
		for l.tok != "}" {
			name := l.name()
			l.take(":")
			out[name] = l.value(depth + 1)
		}
		l.next()
		return out
	case "":
		panic(syntaxError{l.line, "Unexpected end of document"})
	}
	l.next()
	switch {
	case tok[0] == '"':
		text, err := strconv.Unquote(tok)
		if err != nil {
			panic(syntaxError{l.line, "bad string " + tok})
		}
		return text
	case tok == "true", tok == "false":
		return tok == "true"
	case tok == "null":
		return nil
	case tok[0] == '-' || tok[0] >= '0' && tok[0] <= '9':
		n, err := strconv.ParseFloat(tok, 64)
		if err != nil {
			panic(syntaxError{l.line, "bad number " + tok})
		}
		return n
	case !word(tok[0]):
		panic(syntaxError{l.line, "Unexpected " + tok})
	}
	return tok // an enum value
}
