package query

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Narrowed is what of a query a server may filter lines by, so that it gives fewer.
type Narrowed struct {
	// Stages are line filters of LogQL, to stand after a selector or a pipeline; "" when there is nothing to filter by.
	Stages string
	// Sent and Here are the parts of the query: that of the stages, and the rest.
	Sent, Here Query

	pass []passes
}

// passes is one stage: a line goes through with one of the finders, or one of the signs.
type passes struct {
	finders []*finder
	signs   []string
}

// Narrow writes what of the query a server may filter lines by. Every line that the query matches and that Pass lets through goes through
// the stages; besides those, only lines that show signs of being shown otherwise than they are written (a terminal's sequences, above
// all) and lines that the expression under finds (format.Set.Under), when it is not "". The caller asks the query and Pass of what it
// gets in any case: what was sent, and what was not, then comes to the same.
//
// Only what is looked for in the text is sent. What is excluded is not: a line that is shown without what its raw text has would be
// missing, and so would the head of a trace of which a frame is looked for. Nor are fields and levels, since a server may find
// neither where this program does.
//
// A stage is a chain of alternatives ("or", Loki 3) rather than one expression: Loki looks for a literal some ten times faster than for
// an expression.
func (q Query) Narrow(under string) Narrowed {
	var n Narrowed
	var b strings.Builder
	for _, c := range q.clauses {
		stage, exprs, ok := narrowed(c)
		if !ok {
			n.Here.clauses = append(n.Here.clauses, c)
			continue
		}
		n.Sent.clauses = append(n.Sent.clauses, c)
		n.pass = append(n.pass, stage)
		if under != "" {
			exprs = append(exprs, under)
		}
		for _, sign := range stage.signs {
			exprs = append(exprs, regexp.QuoteMeta(sign))
		}
		b.WriteString(Stage(exprs))
	}
	n.Stages = b.String()
	return n
}

// Stage writes a line filter of LogQL that lets lines through which one of some expressions finds (RE2; "or" is of Loki 3). It is to stand
// after a selector or a pipeline.
func Stage(exprs []string) string {
	var b strings.Builder
	for i, x := range exprs {
		if i == 0 {
			b.WriteString("\n|~ ") // on a line of its own: a pipeline of a person's may end with a comment
		} else {
			b.WriteString(" or ")
		}
		b.WriteString(logqlString(x))
	}
	return b.String()
}

// narrowed is the stage of alternatives; ok is false where one of them cannot be sent.
func narrowed(c []Term) (stage passes, exprs []string, ok bool) {
	stage.signs = signs()
	blanks := false
	escaping := map[string]bool{}
	for _, t := range c {
		if t.Not || t.Value == "" {
			return stage, nil, false
		}
		for _, sign := range escapes(t) {
			escaping[sign] = true
		}
		switch t.Kind {
		case Text:
			blanks = blanks || strings.Contains(t.Value, " ")
			part := t.Value
			if smart(part) {
				part = longestASCII(part) // cases of other letters are each server's own affair
			}
			if part == "" || !utf8.ValidString(part) {
				return stage, nil, false
			}
			expr := regexp.QuoteMeta(part)
			if !literally(part) {
				expr = "(?i)" + expr
			}
			exprs = append(exprs, expr)
			stage.finders = append(stage.finders, &finder{needles: []*needle{newNeedle(t.Value, smart(t.Value))}})
		case Regexp:
			f, err := compileRegexp(t.Value)
			if err != nil || !utf8.ValidString(t.Value) {
				return stage, nil, false
			}
			blanks = true
			exprs = append(exprs, expression(t.Value))
			stage.finders = append(stage.finders, f)
		default:
			return stage, nil, false
		}
	}
	stage.signs = append(stage.signs, slices.Sorted(maps.Keys(escaping))...)
	if blanks { // of which these make some
		stage.signs = append(stage.signs, "\t", "\n", "\u2028", "\u2029")
	}
	return stage, exprs, true
}

// Pass reports that a raw line goes through the stages for the sake of what it says, or shows signs of being shown otherwise.
func (n Narrowed) Pass(raw string) bool {
	for _, p := range n.pass {
		if !slices.ContainsFunc(p.finders, func(f *finder) bool { return f.in(raw) }) && !slices.ContainsFunc(p.signs, func(s string) bool { return strings.Contains(raw, s) }) {
			return false
		}
	}
	return true
}

// signs are the characters by which a line may be shown otherwise than it is written, so that a text in it comes together: sequences,
// carriage returns and backspaces of terminals, what stands for nothing or turns the direction. Rarer ones are left out: each costs the
// server a look.
func signs() []string {
	return []string{"\x1b", "\r", "\b", "\x00", "\u009b", "\u00ad", "\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2060", "\u2066", "\u2067", "\u2068", "\u2069", "\ufeff", "\ufffd"}
}

// longestASCII is the longest part of a text in ASCII.
func longestASCII(s string) string {
	best := ""
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) {
		if len(part) > len(best) {
			best = part
		}
	}
	return best
}
