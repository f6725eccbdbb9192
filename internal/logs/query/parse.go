package query

import (
	"errors"
	"fmt"
	"regexp/syntax"
	"strings"
	"unicode/utf8"
)

// Mistake is what is wrong with a query.
type Mistake uint8

// The mistakes.
const (
	OpenQuote   Mistake = iota + 1 // a " has no end
	NoTerm                         // | has nothing on one side
	BadRegexp                      // Detail is the expression's own complaint
	UnknownWord                    // Near is not a level
)

// SyntaxError tells where a query cannot be read.
type SyntaxError struct {
	Column  int // 1-based, in characters
	Mistake Mistake
	Near    string // the text it is about
	Detail  string
}

// Error implements error.
func (e *SyntaxError) Error() string {
	switch e.Mistake {
	case OpenQuote:
		return fmt.Sprintf("column %d: the quote has no end", e.Column)
	case NoTerm:
		return fmt.Sprintf("column %d: | needs a term on both sides", e.Column)
	case BadRegexp:
		return fmt.Sprintf("column %d: regular expression %q: %s", e.Column, e.Near, e.Detail)
	}
	return fmt.Sprintf("column %d: %q is no level: trace, debug, info, warn, error, fatal or none", e.Column, e.Near)
}

// Parse reads a query. An error is a *SyntaxError.
func Parse(text string) (Query, error) {
	var q Query
	var open, either bool // a clause is open; a | waits for its right side
	bar := 0
	for i := 0; ; {
		for i < len(text) && blank(text[i]) {
			i++
		}
		if i == len(text) {
			break
		}
		if text[i] == '|' {
			if !open || either {
				return Query{}, &SyntaxError{Column: column(text, i), Mistake: NoTerm}
			}
			either, bar = true, i
			i++
			continue
		}
		t, n, err := scan(text[i:])
		if err != nil {
			err.Column = column(text, i+err.Column)
			return Query{}, err
		}
		i += n
		if t == (Term{}) {
			continue
		}
		if last := len(q.clauses) - 1; either {
			q.clauses[last] = append(q.clauses[last], t)
		} else {
			q.clauses = append(q.clauses, []Term{t})
		}
		open, either = true, false
	}
	if either {
		return Query{}, &SyntaxError{Column: column(text, bar), Mistake: NoTerm}
	}
	return q, nil
}

// column is the 1-based character of the byte i.
func column(s string, i int) int { return utf8.RuneCountInString(s[:min(i, len(s))]) + 1 }

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// scan reads the term that s begins with and tells its length; s begins with neither a blank nor |. The zero term is an empty
// quotation. The Column of an error is the byte it is at.
func scan(s string) (t Term, n int, err *SyntaxError) {
	if len(s) > 1 && s[0] == '-' && !blank(s[1]) && s[1] != '|' {
		t, n, err = scan1(s[1:])
		if err != nil {
			err.Column++
		}
		if t != (Term{}) {
			t.Not = !t.Not
		}
		return t, n + 1, err
	}
	return scan1(s)
}

func scan1(s string) (Term, int, *SyntaxError) {
	switch s[0] {
	case '"':
		v, n, err := quoted(s)
		if err != nil || v == "" {
			return Term{}, n, err
		}
		if t, end, err := scanField(s, v, n); end > 0 || err != nil {
			return t, end, err
		}
		return Term{Kind: Text, Value: v}, n, nil
	case '/':
		if v, n := slashed(s); n > 0 {
			return Term{Kind: Regexp, Value: v}, n, compiles(v, 1)
		}
	}
	n := 0
	for n < len(s) && nameByte(s[n], n == 0) {
		n++
	}
	if t, end, err := scanField(s, s[:n], n); end > 0 || err != nil {
		return t, end, err
	}
	n = word(s)
	return Term{Kind: Text, Value: s[:n]}, n, nil
}

// word is the length up to the next blank or |.
func word(s string) int {
	for i := range len(s) {
		if blank(s[i]) || s[i] == '|' {
			return i
		}
	}
	return len(s)
}

// quoted reads a quotation; s begins with its quote.
func quoted(s string) (string, int, *SyntaxError) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			return b.String(), i + 1, nil
		case c == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\'):
			i++
			b.WriteByte(s[i])
		default:
			b.WriteByte(c)
		}
	}
	return "", 0, &SyntaxError{Column: 0, Mistake: OpenQuote, Near: s}
}

// slashed reads /expression/; n is 0 when s is rather a path: the last slash must end the term, and a first word that has slashes
// inside is no beginning of a longer expression.
func slashed(s string) (v string, n int) {
	inner := false
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\':
			i++
		case s[i] == '/':
			if i+1 == len(s) || blank(s[i+1]) || s[i+1] == '|' {
				if i == 1 {
					return "", 0
				}
				return unescapeSlashes(s[1:i]), i + 1
			}
			inner = true
		case blank(s[i]) && inner:
			return "", 0
		}
	}
	return "", 0
}

func unescapeSlashes(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			if s[i+1] != '/' {
				b.WriteByte('\\')
			}
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func compiles(expr string, at int) *SyntaxError {
	_, err := syntax.Parse(expr, syntax.Perl)
	if err == nil {
		return nil
	}
	detail := err.Error()
	var se *syntax.Error
	if errors.As(err, &se) {
		detail = se.Code.String()
	}
	return &SyntaxError{Column: at, Mistake: BadRegexp, Near: expr, Detail: detail}
}
