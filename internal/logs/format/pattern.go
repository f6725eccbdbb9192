package format

import (
	"regexp"
	"strings"

	"dsotop/internal/logs"
)

// pattern cuts a text into captures without going back: "<client:host> - <user> [<time:time>] <message:any>". A blank stands for one
// or more blanks or tabs; "<<" is the character itself. Types are those of captureTypes; without one, a capture ends before the text
// that follows it.
type pattern struct {
	parts  []part
	names  []string // of the captures; "_" is not a field
	level  int      // captures that play a role, -1 none
	status int
	expand captureType // typePairs or typeJSON when the last capture is taken apart

	re    *regexp.Regexp // instead of parts
	guard string         // what a line must hold before re is tried
}

// part is one step of a pattern: a literal, a blank or a capture.
type part struct {
	literal string
	kind    captureType
	until   string // for typeText
}

type captureType uint8

const (
	typeLiteral captureType = iota
	typeBlank
	typeText   // up to the literal that follows, or the end
	typeWord   // no blank
	typeHost   // an address or a name of a host
	typeInt    // digits
	typeNum    // digits, a sign, a fraction
	typeTime   // see stamp
	typeLevel  // letters: a level that everybody knows, or (not at the start of a line) a word of the format's levels
	typeMark   // a word of the format's levels, be it one character
	typeQuoted // up to the quote that closes, which may be escaped inside
	typeCell   // up to a tab, or the end
	typeIdent  // a name of a program's thing, with dots
	typeClass  // such a name that has a dot and ends like an exception
	typeError  // such a name that ends like an exception, with or without a dot
	typeAny    // the rest, perhaps nothing
	typePairs  // the rest, in logfmt
	typeJSON   // the rest, an object
)

func captureTypes() map[string]captureType {
	return map[string]captureType{
		"word": typeWord, "host": typeHost, "int": typeInt, "num": typeNum, "time": typeTime, "level": typeLevel, "mark": typeMark, "quoted": typeQuoted, "cell": typeCell,
		"ident": typeIdent, "class": typeClass, "error": typeError, "any": typeAny, "pairs": typePairs, "json": typeJSON,
	}
}

// maxCaptures is how many captures a pattern may have.
const maxCaptures = 24

// captures are the spans of a match. They live on the stack.
type captures [maxCaptures][2]int

// compile reads a pattern.
func compile(text string) (*pattern, *said) {
	p := &pattern{level: -1, status: -1}
	types := captureTypes()
	var literal strings.Builder
	flush := func() {
		if literal.Len() > 0 {
			p.parts = append(p.parts, part{literal: literal.String()})
			literal.Reset()
		}
	}
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c == ' ' || c == '\t':
			flush()
			p.parts = append(p.parts, part{kind: typeBlank, literal: " "})
			for i < len(text) && (text[i] == ' ' || text[i] == '\t') {
				i++
			}
		case c == '<' && i+1 < len(text) && text[i+1] == '<':
			literal.WriteByte('<')
			i += 2
		case c == '<':
			end := strings.IndexByte(text[i:], '>')
			if end < 0 {
				return nil, say("« < » en colonne %d n'a pas de « > » ; écrivez « << » pour le caractère", "“<” at column %d has no “>”; write “<<” for the character", i+1)
			}
			name, typ, typed := strings.Cut(text[i+1:i+end], ":")
			kind, known := types[typ]
			if name == "" || typed && !known {
				return nil, say("<%s> en colonne %d n'est ni <nom> ni <nom:type> ; types : %s", "<%s> at column %d is neither <name> nor <name:type>; types: %s", text[i+1:i+end], i+1, listed(types))
			}
			if !typed {
				kind = typeText
			}
			flush()
			if n := len(p.parts); n > 0 && p.parts[n-1].kind == typeText {
				return nil, say("<%s> en colonne %d suit une capture sans type : rien ne dit où celle-ci finit", "<%s> at column %d follows a capture without a type: nothing says where that one ends", name, i+1)
			}
			if p.expand != 0 || len(p.names) == maxCaptures {
				return nil, say("<%s> en colonne %d : rien ne suit une capture pairs ou json, et %d captures sont le plus", "<%s> at column %d: nothing may follow a capture of pairs or json, and %d captures are the most", name, i+1, maxCaptures)
			}
			switch {
			case kind == typePairs || kind == typeJSON:
				p.expand = kind
			case kind == typeLevel || kind == typeMark:
				p.level = len(p.names)
			case name == "status":
				p.status = len(p.names)
			}
			p.names = append(p.names, name)
			p.parts = append(p.parts, part{kind: kind})
			i += end + 1
		default:
			literal.WriteByte(c)
			i++
		}
	}
	flush()
	if len(p.parts) == 0 {
		return nil, say("le motif est vide", "the pattern is empty")
	}
	for i := range p.parts[:len(p.parts)-1] {
		if next := p.parts[i+1]; p.parts[i].kind == typeText {
			p.parts[i].until = next.literal
			if next.literal == "" {
				return nil, say("une capture sans type précède une capture avec un type : rien ne dit où elle finit", "a capture without a type stands before one with a type: nothing says where it ends")
			}
		}
	}
	return p, nil
}

// lead is what a line starts with, found once for all patterns tried on it.
type lead struct {
	stamp        int  // length of a time
	level        bool // a level that everybody knows
	error, class bool // a name that ends like an exception; one with a dot
}

func leadOf(s string) (l lead) {
	if l.stamp = stamp(s); l.stamp > 0 {
		return l
	}
	n := 0
	for n < len(s) && letter(s[n]) {
		n++
	}
	if n > 0 && n <= 16 {
		_, l.level = logs.ParseLevel(s[:n])
	}
	if end := identEnd(s, 0); end > 4 {
		if l.error = exceptional(s[:end], false); l.error {
			l.class = exceptional(s[:end], true)
		}
	}
	return l
}

// refuses reports that no match can start here.
func (l *lead) refuses(kind captureType) bool {
	switch kind {
	case typeTime:
		return l.stamp == 0
	case typeLevel:
		return !l.level
	case typeError:
		return !l.error
	case typeClass:
		return !l.class
	}
	return false
}

// match cuts s; words are the level words of the format, at0 is leadOf(s). When it does not match, failed is the first part that did
// not: another pattern with the same parts up to that one cannot match either.
func (p *pattern) match(s string, words map[string]logs.Level, c *captures, at0 *lead) (ok bool, failed int) {
	if p.re != nil {
		return p.matchRegexp(s, c), 0
	}
	if at0.refuses(p.parts[0].kind) {
		return false, 0
	}
	i, n := 0, 0
	for k := range p.parts {
		t := &p.parts[k]
		switch t.kind {
		case typeLiteral:
			if !strings.HasPrefix(s[i:], t.literal) {
				return false, k
			}
			i += len(t.literal)
			continue
		case typeBlank:
			start := i
			if i = skipBlank(s, i); i == start {
				return false, k
			}
			continue
		}
		end := at0.stamp
		if i > 0 || t.kind != typeTime {
			end = t.end(s, i, words)
		}
		if end < 0 {
			return false, k
		}
		c[n] = [2]int{i, end}
		n++
		i = end
	}
	for i < len(s) && (s[i] == ' ' || s[i] == '\t' || s[i] == '\r' || s[i] == '\n') {
		i++
	}
	return i == len(s), len(p.parts)
}

// common is how many parts p starts with that q starts with too and that match the same texts; words reports that both have the same
// words of levels.
func (p *pattern) common(q *pattern, words bool) int {
	n := 0
	for n < min(len(p.parts), len(q.parts)) && p.parts[n] == q.parts[n] {
		if k := p.parts[n].kind; !words && (k == typeLevel || k == typeMark) {
			break
		}
		n++
	}
	return n
}

func (p *pattern) matchRegexp(s string, c *captures) bool {
	if !strings.Contains(s, p.guard) {
		return false
	}
	m := p.re.FindStringSubmatchIndex(s)
	if m == nil {
		return false
	}
	for i := range p.names {
		c[i] = [2]int{max(m[2*i+2], 0), max(m[2*i+3], 0)}
	}
	return true
}

// end returns where the capture that starts at i ends, -1 when it does not match.
func (t *part) end(s string, i int, words map[string]logs.Level) int {
	j := i
	switch t.kind {
	case typeText:
		if t.until == "" {
			return len(s)
		}
		if n := strings.Index(s[i:], t.until); n >= 0 {
			return i + n
		}
		return -1
	case typeAny:
		return len(s)
	case typePairs:
		if p, _, ok := nextPair(s, skipBlank(s, i)); ok && p.key != "" || i == len(s) {
			return len(s)
		}
		return -1
	case typeJSON:
		if byteAt(s, i) == '{' {
			return len(s)
		}
		return -1
	case typeCell:
		if n := strings.IndexByte(s[i:], '\t'); n >= 0 {
			return i + n
		}
		return len(s)
	case typeTime:
		j += stamp(s[i:])
	case typeLevel:
		for j < len(s) && letter(s[j]) {
			j++
		}
		if _, ok := logs.ParseLevel(s[i:j]); !ok {
			if _, ok = words[s[i:j]]; !ok {
				return -1
			}
		}
	case typeMark:
		for w := range words {
			if len(w) > j-i && strings.HasPrefix(s[i:], w) {
				j = i + len(w)
			}
		}
	case typeQuoted:
		for j < len(s) && s[j] != '"' {
			if s[j] == '\\' && j+1 < len(s) {
				j++
			}
			j++
		}
		if j >= len(s) {
			return -1
		}
		return j
	case typeInt:
		j += digits(s, i)
	case typeNum:
		for j < len(s) && (digit(s[j]) || s[j] == '.' || s[j] == '-' && j == i) {
			j++
		}
	case typeWord:
		for j < len(s) && s[j] != ' ' && s[j] != '\t' {
			j++
		}
	case typeHost:
		for j < len(s) && (letter(s[j]) || digit(s[j]) || s[j] == '.' || s[j] == ':' || s[j] == '-' || s[j] == '_' || s[j] == '%') {
			j++
		}
	case typeIdent, typeClass, typeError:
		j = identEnd(s, i)
		if t.kind != typeIdent && !exceptional(s[i:j], t.kind == typeClass) {
			return -1
		}
	}
	if j == i {
		return -1
	}
	return j
}

func skipBlank(s string, i int) int {
	for i < len(s) && (s[i] == ' ' || s[i] == '\t') {
		i++
	}
	return i
}

func identEnd(s string, i int) int {
	j := i
	for j < len(s) && (wordly(s[j]) || j > i && (s[j] == '.' || s[j] == '$' || s[j] == '-')) {
		j++
	}
	if j > i && digit(s[i]) {
		return i
	}
	return j
}

// exceptionEnds are how the names of exceptions end.
func exceptionEnds() [8]string {
	return [...]string{"Exception", "Error", "Throwable", "Failure", "Fault", "Interrupt", "Exit", "Timeout"}
}

// exceptional reports names that end as exceptions do.
func exceptional(name string, dotted bool) bool {
	dot := strings.LastIndexByte(name, '.')
	if dotted && dot <= 0 || dot == len(name)-1 {
		return false
	}
	for _, end := range exceptionEnds() {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return false
}

// starts reports the bytes that a match can start with.
func (p *pattern) starts(words map[string]logs.Level) (first [256]bool) {
	all := func(ok func(c byte) bool) {
		for c := range 256 {
			first[c] = ok(byte(c))
		}
	}
	if p.re != nil {
		all(func(byte) bool { return true })
		return first
	}
	switch t := p.parts[0]; t.kind {
	case typeLiteral:
		first[t.literal[0]] = true
	case typeTime:
		all(func(c byte) bool {
			return digit(c) || strings.IndexByte("JFMASOND", c) >= 0 || strings.IndexByte("MTWFS", c) >= 0
		})
	case typeLevel:
		all(letter)
	case typeMark:
		for w := range words {
			first[w[0]] = true
		}
	case typeInt:
		all(digit)
	case typeNum:
		all(func(c byte) bool { return digit(c) || c == '-' || c == '.' })
	case typeHost:
		all(func(c byte) bool { return letter(c) || digit(c) || strings.IndexByte(".:-_%", c) >= 0 })
	case typeIdent, typeClass, typeError:
		all(wordly)
	default:
		all(func(byte) bool { return true })
	}
	return first
}
