package query

import (
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode"
	"unicode/utf8"
)

// finder looks for an expression: by literals first, which is many times faster than the expression itself.
type finder struct {
	// needles: a match contains at least one of them; nil when the expression tells none.
	needles []*needle
	// re decides where the needles are found; nil when they are the whole expression.
	re *regexp.Regexp
	// fast says what re says, where it can; nil leaves all to re.
	fast *automata
}

// compileRegexp returns the finder of an expression; without a capital letter outside escapes and classes it is meant in any case.
func compileRegexp(expr string) (*finder, error) {
	flags := syntax.Perl
	if smartExpr(expr) {
		flags |= syntax.FoldCase
	}
	tree, err := syntax.Parse(expr, flags)
	if err != nil {
		return nil, err
	}
	if flags&syntax.FoldCase != 0 {
		expr = "(?i)" + expr
	}
	re, err := regexp.Compile(expr)
	if err != nil {
		return nil, err
	}
	f := &finder{re: re}
	tree = tree.Simplify()
	if prog, err := syntax.Compile(tree); err == nil && len(prog.Inst) <= longestProgram {
		f.fast = &automata{prog: prog}
	}
	lits, whole := literals(tree)
	for _, l := range lits {
		f.needles = append(f.needles, newNeedle(l.text, l.fold))
	}
	if whole && len(lits) > 0 {
		f.re, f.fast = nil, nil
	}
	return f, nil
}

// smartExpr is smart for an expression: what follows a backslash is no letter of the text.
func smartExpr(expr string) bool {
	for i := 0; i < len(expr); i++ {
		if expr[i] == '\\' {
			i++
			if i < len(expr) && (expr[i] == 'p' || expr[i] == 'P') && i+1 < len(expr) {
				i++ // \pL, \p{Greek}
				if end := strings.IndexByte(expr[i:], '}'); expr[i] == '{' && end > 0 {
					i += end
				}
			}
			continue
		}
		if strings.HasPrefix(expr[i:], "(?P<") || strings.HasPrefix(expr[i:], "(?<") {
			if end := strings.IndexByte(expr[i:], '>'); end > 0 {
				i += end
				continue
			}
		}
		if r, size := utf8.DecodeRuneInString(expr[i:]); unicode.IsUpper(r) {
			return false
		} else {
			i += size - 1
		}
	}
	return true
}

type literal struct {
	text string
	fold bool
}

// most is the number of alternatives beyond which looking for literals no longer pays.
const most = 8

// literals returns texts of which each match of re contains at least one, nil when there are none to tell. whole reports that to
// contain one is to match.
func literals(re *syntax.Regexp) (lits []literal, whole bool) {
	switch re.Op {
	case syntax.OpLiteral:
		fold := re.Flags&syntax.FoldCase != 0
		return []literal{{string(re.Rune), fold}}, true
	case syntax.OpCapture:
		return literals(re.Sub[0])
	case syntax.OpPlus:
		lits, _ = literals(re.Sub[0])
		return lits, false
	case syntax.OpRepeat:
		if re.Min > 0 {
			lits, _ = literals(re.Sub[0])
		}
		return lits, false
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			if got, _ := literals(sub); shortest(got) > shortest(lits) {
				lits = got
			}
		}
		return lits, false
	case syntax.OpAlternate:
		whole = true
		for _, sub := range re.Sub {
			got, all := literals(sub)
			if len(got) == 0 || len(lits)+len(got) > most {
				return nil, false
			}
			lits, whole = append(lits, got...), whole && all
		}
		return lits, whole
	}
	return nil, false
}

func shortest(lits []literal) int {
	if len(lits) == 0 {
		return 0
	}
	n := len(lits[0].text)
	for _, l := range lits {
		n = min(n, len(l.text))
	}
	return n
}

// in reports a match in s.
func (f *finder) in(s string) bool {
	if len(f.needles) > 0 && !f.hint(s) {
		return false
	}
	if f.re == nil {
		return true
	}
	a := f.fast.borrow()
	defer f.fast.back(a)
	return f.decide(a, s)
}

// decide reports a match of the expression in s, which contains one of the needles. a is borrowed of f.
func (f *finder) decide(a *automaton, s string) bool {
	if a != nil {
		if found, ok := a.in(s); ok {
			return found
		}
	}
	return f.re.MatchString(s)
}

// hint reports that s contains one of the needles.
func (f *finder) hint(s string) bool {
	for _, n := range f.needles {
		if n.in(s) {
			return true
		}
	}
	return false
}

// spans appends the places of matches in s.
func (f *finder) spans(s string, out [][2]int) [][2]int {
	if f.re != nil {
		for _, m := range f.re.FindAllStringIndex(s, -1) {
			if m[1] > m[0] {
				out = append(out, [2]int{m[0], m[1]})
			}
		}
		return out
	}
	for _, n := range f.needles {
		var c cursor
		for at := 0; ; {
			i := n.index(s, at, &c)
			if i < 0 {
				break
			}
			out = append(out, [2]int{i, i + len(n.text)})
			at = i + len(n.text)
		}
	}
	return out
}
