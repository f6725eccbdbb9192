package logql

import (
	"regexp"
	"regexp/syntax"
	"strings"
)

// simplified is what an expression of a line filter comes to where it is a literal, perhaps in any case: a search for it, as Loki makes of it,
// many times faster. nil: it is more than that.
func simplified(expr string) func(string) bool {
	tree, err := syntax.Parse(expr, syntax.Perl)
	if err != nil || tree.Op != syntax.OpLiteral {
		return nil
	}
	text := string(tree.Rune)
	if tree.Flags&syntax.FoldCase == 0 {
		return func(line string) bool { return strings.Contains(line, text) }
	}
	for i := range len(text) {
		if text[i] >= 0x80 {
			return nil
		}
	}
	text = strings.ToLower(text)
	lo, up := text[:1], strings.ToUpper(text[:1])
	return func(line string) bool {
		for {
			i := strings.IndexAny(line, lo+up)
			if i < 0 || len(line)-i < len(text) {
				return false
			}
			if strings.EqualFold(line[i:i+len(text)], text) {
				return true
			}
			line = line[i+1:]
		}
	}
}

// matcher is the search for an expression.
func matcher(expr string) (func(string) bool, error) {
	re, err := regexp.Compile(expr)
	if err != nil {
		return nil, err
	}
	if f := simplified(expr); f != nil {
		return f, nil
	}
	return re.MatchString, nil
}
