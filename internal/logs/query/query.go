// Package query is the language of search and filter in the log view: one line that a person types, compiled to something that says of
// a line whether it matches, and written as the LogQL that asks a server for the same.
//
//	timeout                 the text, in any case while the term has no capital letter
//	"connection reset"      the same with blanks; \" and \\ inside
//	/5\d\d$/                a regular expression (RE2)
//	-kube-probe             not that; a minus before any term
//	refused | timeout       one or the other: | binds its neighbours, blanks mean "and"
//	status=500 status!=200  a field of the line, exactly
//	path~^/api/             a field by regular expression (!~ excludes)
//	duration>=250ms         a field as a number, a duration or a size (> >= < <=)
//	level>=warn             how serious the line is
//	container:api           part of the name of where the line comes from (also pod, stream, namespace…)
//
// A field is looked for in what the line says of itself; a line without that field matches name=value when it has just these
// characters. What looks like a term but is none (a path, an address, an arrow) is text.
//
// Queries are values, never changed once made; a [Matcher] is safe for concurrent use.
package query

import (
	"slices"
	"strings"
)

// Kind is what a term looks at.
type Kind uint8

// The kinds of terms.
const (
	Text   Kind = iota + 1 // Value anywhere in the line
	Regexp                 // Value, a regular expression, anywhere in the line
	Field                  // the field Name of the line, by Op
	Level                  // the level of the line, by Op; Value is its machine word or "none"
	Stream                 // Value as a part of the label Name of the line's stream
)

// Op is how a term compares. Text, Regexp and Stream terms have none.
type Op uint8

// The comparisons.
const (
	Equal Op = iota + 1
	Matches
	Less
	LessEqual
	Greater
	GreaterEqual
)

// Term is one condition. The zero value is none. Terms made by hand for With are held to what Parse makes: Value of a Regexp or
// Matches term compiles, Value of a Level term is a machine word.
type Term struct {
	Not   bool
	Kind  Kind
	Name  string // of Field and Stream
	Op    Op     // of Field and Level
	Value string
}

// Query is a conjunction of alternatives. The zero value is empty and matches every line.
type Query struct{ clauses [][]Term }

// Empty reports that the query asks for nothing.
func (q Query) Empty() bool { return len(q.clauses) == 0 }

// Terms returns the alternatives, all of which must hold, each by one of its terms. The result must not be changed.
func (q Query) Terms() [][]Term { return q.clauses }

// With returns the query with one more condition; its opposite, where it stands alone, goes. A query that has it already is returned
// as it is.
func (q Query) With(t Term) Query {
	if t == (Term{}) || t.Kind == Text && t.Value == "" {
		return q
	}
	opposite := t
	opposite.Not = !t.Not
	q = q.Without(opposite)
	for _, c := range q.clauses {
		if len(c) == 1 && c[0] == t {
			return q
		}
	}
	return Query{append(q.clauses[:len(q.clauses):len(q.clauses)], []Term{t})}
}

// Without returns the query without the condition t where it stands alone.
func (q Query) Without(t Term) Query {
	alone := func(c []Term) bool { return len(c) == 1 && c[0] == t }
	if !slices.ContainsFunc(q.clauses, alone) {
		return q
	}
	return Query{slices.DeleteFunc(slices.Clone(q.clauses), alone)}
}

// And returns the conjunction of both queries.
func (q Query) And(other Query) Query {
	return Query{append(q.clauses[:len(q.clauses):len(q.clauses)], other.clauses...)}
}

// String writes the query in its own language; Parse reads it back to an equal one.
func (q Query) String() string {
	var b strings.Builder
	for i, c := range q.clauses {
		if i > 0 {
			b.WriteByte(' ')
		}
		for j, t := range c {
			if j > 0 {
				b.WriteString(" | ")
			}
			b.WriteString(t.String())
		}
	}
	return b.String()
}

// String writes the term in the language of the query.
func (t Term) String() string {
	values := [2]string{t.Value, quote(t.Value)}
	if t.Kind == Regexp || t.Op == Matches {
		values = [2]string{"/" + escapeSlashes(t.Value) + "/", quote(t.Value)}
	}
	for _, name := range [2]string{t.Name, quote(t.Name)} {
		for _, value := range values {
			s := t.write(name, value)
			if got, n, err := scan(s); err == nil && n == len(s) && got == t {
				return s
			}
		}
	}
	return t.write(quote(t.Name), quote(t.Value))
}

func (t Term) write(name, value string) string {
	not := ""
	if t.Not {
		not = "-"
	}
	switch t.Kind {
	case Stream:
		return not + name + ":" + value
	case Field, Level:
		switch {
		case t.Not && t.Op == Equal:
			return name + "!=" + value
		case t.Not && t.Op == Matches:
			return name + "!~" + value
		}
		return not + name + t.Op.String() + value
	}
	return not + value
}

// String is the operator as it is typed; "" for none.
func (o Op) String() string {
	return [...]string{"", "=", "~", "<", "<=", ">", ">="}[min(o, GreaterEqual)]
}

func quote(s string) string {
	return `"` + strings.ReplaceAll(strings.ReplaceAll(s, `\`, `\\`), `"`, `\"`) + `"`
}

func escapeSlashes(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s):
			b.WriteByte('\\')
			i++
		case s[i] == '/':
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
