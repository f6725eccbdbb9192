package format

import (
	"regexp"
	"strings"
)

// Under is a regular expression (RE2) that finds every line of which [Set.Classify] could say that it belongs under the line before it
// (Continues or Joins), and few others; the line must hold no sequence of a terminal (see query.Query.Narrow). It is for a server that is to
// give the stack traces of lines it is asked for, and cannot classify. ok is false where a format of a team leaves too little to tell
// such lines by.
func (s *Set) Under() (expr string, ok bool) {
	seen := map[string]bool{}
	alternatives := []string{`[ \t)\]}]`, `$`}
	for _, f := range s.forms {
		for _, list := range [...][]*pattern{f.continues, f.joins, f.inside} {
			for _, p := range list {
				start, told := p.expr()
				if !told {
					return "", false
				}
				if !seen[start] {
					seen[start] = true
					alternatives = append(alternatives, start)
				}
			}
		}
	}
	return "^(?:" + strings.Join(alternatives, "|") + ")", true
}

// expr is a regular expression that matches the start of whatever the pattern matches; told is false when that would be nearly
// everything.
func (p *pattern) expr() (expr string, told bool) {
	if p.re != nil {
		return "", false
	}
	var b strings.Builder
	ends := exceptionEnds()
	weight := 0 // characters that a match surely has
parts:
	for k := range p.parts {
		t := &p.parts[k]
		switch t.kind {
		case typeLiteral:
			b.WriteString(regexp.QuoteMeta(t.literal))
			weight += len(t.literal)
		case typeBlank:
			b.WriteString(`[ \t]+`)
		case typeInt:
			b.WriteString(`[0-9]+`)
		case typeWord:
			b.WriteString(`[^ \t]+`)
		case typeIdent:
			b.WriteString(ident)
		case typeError, typeClass:
			b.WriteString(ident + `(?:` + strings.Join(ends[:], "|") + `)`)
			weight += len("Exit")
			if k == len(p.parts)-1 {
				b.WriteString(`[ \t]*$`)
			}
		case typeText:
			if t.until == "" {
				break parts
			}
			b.WriteString(`.*?`)
		default:
			break parts
		}
	}
	return b.String(), weight > 0 && len(p.parts) > 0 && p.parts[0].kind != typeText
}

// ident are the characters of a name (see identEnd).
const ident = `[0-9A-Za-z_.$\x{80}-\x{10ffff}-]*`
