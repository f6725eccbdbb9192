package runbook

import (
	"strings"
)

// Template is a text with ${expression} in it. "$${" is a literal "${".
type Template struct {
	Text  string
	parts []part
}

type part struct {
	text string
	expr *Cond // nil for text
}

// TextTemplate is a template per language.
type TextTemplate struct{ FR, EN *Template }

// Of returns the template of a language, else the one there is; nil when there is none.
func (t TextTemplate) Of(lang string) *Template {
	if (lang == "fr" && t.FR != nil) || t.EN == nil {
		return t.FR
	}
	return t.EN
}

// parseTemplate compiles a text. The error's place is within it.
func parseTemplate(text string) (*Template, error) {
	t := &Template{Text: text}
	rest, at := text, 0
	plain := func(s string) {
		if n := len(t.parts); n > 0 && t.parts[n-1].expr == nil {
			t.parts[n-1].text += s
		} else if s != "" {
			t.parts = append(t.parts, part{text: s})
		}
	}
	for {
		i := strings.Index(rest, "${")
		if i < 0 {
			plain(rest)
			return t, nil
		}
		if i > 0 && rest[i-1] == '$' {
			plain(rest[:i-1] + "${")
			rest, at = rest[i+2:], at+i+2
			continue
		}
		plain(rest[:i])
		end := closing(rest[i+2:])
		line, column := place(text, at+i+2)
		if end < 0 {
			return nil, &exprError{Line: line, Column: column, Say: Text{FR: "« ${ » n'est pas fermé par « } »", EN: "“${” is not closed by “}”"}}
		}
		expr := rest[i+2 : i+2+end]
		c, err := compile(expr, "text")
		if err != nil {
			if e, ok := err.(*exprError); ok { //nolint:errorlint // made by compile
				if e.Line > 1 {
					column = 1
				}
				return nil, &exprError{Line: line + e.Line - 1, Column: column + e.Column - 1, Say: e.Say}
			}
			return nil, err
		}
		t.parts = append(t.parts, part{expr: c})
		step := i + 2 + end + 1
		rest, at = rest[step:], at+step
	}
}

// closing finds the brace that closes an expression, strings and inner braces left alone; -1 when there is none.
func closing(s string) int {
	depth, quote := 0, byte(0)
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quote != 0 && c == '\\':
			i++
		case quote != 0 && c == quote:
			quote = 0
		case quote != 0:
		case c == '"' || c == '\'':
			quote = c
		case c == '{':
			depth++
		case c == '}' && depth == 0:
			return i
		case c == '}':
			depth--
		}
	}
	return -1
}

// place returns the line and the column of an offset, 1-based, in characters.
func place(text string, at int) (line, column int) {
	before := text[:at]
	line = strings.Count(before, "\n") + 1
	if i := strings.LastIndexByte(before, '\n'); i >= 0 {
		before = before[i+1:]
	}
	return line, len([]rune(before)) + 1
}

// fill writes the text. Expressions without a value are written as "?", and told by known.
func (t *Template) fill(v values) (text string, known bool) {
	if t == nil {
		return "", true
	}
	var sb strings.Builder
	known = true
	for _, p := range t.parts {
		if p.expr == nil {
			sb.WriteString(p.text)
			continue
		}
		s, err := p.expr.text(v)
		if err != nil {
			s, known = "?", false
		}
		sb.WriteString(s)
	}
	return sb.String(), known
}

// exprs are the expressions of a template.
func (t *Template) exprs() []*Cond {
	if t == nil {
		return nil
	}
	var out []*Cond
	for _, p := range t.parts {
		if p.expr != nil {
			out = append(out, p.expr)
		}
	}
	return out
}
