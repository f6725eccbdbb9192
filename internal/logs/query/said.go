package query

import (
	"regexp/syntax"
	"strings"
	"unicode/utf8"

	"dsotop/internal/logs/format"
	"dsotop/internal/logs/plain"
)

// escaped reports a line in JSON that writes characters otherwise than they mean: loggers of Python write é as \u00e9, those of PHP a slash
// as \/, and all of them a quote as \".
func escaped(raw string) bool {
	i := 0
	for i < len(raw) && (raw[i] == ' ' || raw[i] == '\t') {
		i++
	}
	return i < len(raw) && raw[i] == '{' && strings.IndexByte(raw[i:], '\\') >= 0
}

// said is a line as it reads once the escapes of its JSON are read: what a person sees of it, and looks for. "" for a line that has none.
func said(raw string) string {
	if !escaped(raw) {
		return ""
	}
	return plain.Line(format.Unescape(raw))
}

// escapes are the ways in which JSON may write something that a term looks for, as they stand in a line: a line with none of them is found
// as it is written, or not at all.
func escapes(t Term) []string {
	var w writing
	switch t.Kind {
	case Text:
		w.runes([]rune(t.Value))
	case Regexp:
		tree, err := syntax.Parse(t.Value, syntax.Perl)
		if err != nil {
			return nil
		}
		w.expr(tree)
	}
	var out []string
	for _, x := range []struct {
		may  bool
		sign string
	}{{w.quote, `\"`}, {w.slash, `\/`}, {w.back, `\\`}, {w.other, `\u`}, {w.blank, `\n`}, {w.blank, `\t`}, {w.blank, `\r`}} {
		if x.may {
			out = append(out, x.sign)
		}
	}
	return out
}

// writing is what a term looks for that JSON may write with escapes.
type writing struct{ quote, slash, back, blank, other bool }

func (w *writing) runes(all []rune) {
	for _, r := range all {
		switch {
		case r == '"':
			w.quote = true
		case r == '/':
			w.slash = true
		case r == '\\':
			w.back = true
		case r == ' ':
			w.blank = true
		case r < ' ', strings.ContainsRune("<>&='", r), r >= utf8.RuneSelf: // encoders for the web write some of ASCII as numbers
			w.other = true
		}
	}
}

// expr adds what an expression looks for.
func (w *writing) expr(re *syntax.Regexp) {
	switch re.Op {
	case syntax.OpLiteral:
		w.runes(re.Rune)
	case syntax.OpStar, syntax.OpPlus:
		if takesEscapes(re.Sub[0]) {
			return
		}
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		*w = writing{true, true, true, true, true}
	case syntax.OpCharClass:
		for i := 0; i+1 < len(re.Rune); i += 2 {
			lo, hi := re.Rune[i], re.Rune[i+1]
			if hi-lo > 'z'-'a' {
				*w = writing{true, true, true, true, true}
				return
			}
			for r := lo; r <= hi; r++ {
				w.runes([]rune{r})
			}
		}
	}
	for _, sub := range re.Sub {
		w.expr(sub)
	}
}

// takesEscapes reports an expression for one character that takes each of those that escapes are written with: any number of it goes over an
// escape as over what it stands for.
func takesEscapes(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return true
	case syntax.OpCharClass:
		for _, c := range "\\\"/unrtbf0123456789abcdefABCDEF" {
			in := false
			for i := 0; i+1 < len(re.Rune); i += 2 {
				in = in || re.Rune[i] <= c && c <= re.Rune[i+1]
			}
			if !in {
				return false
			}
		}
		return true
	}
	return false
}
