package query

import "dsotop/internal/logs"

// labelled are the names that may stand before a colon; others (an address, a time) are text.
func labelled(name string) bool {
	switch name {
	case "container", "pod", "namespace", "stream", "origin", "cluster", "job", "service_name", "tenant", "node", "app":
		return true
	}
	return false
}

// scanField reads what stands after a name of n bytes (in quotes or not) when that is a comparison; end is 0 when it is none.
func scanField(s, name string, n int) (t Term, end int, err *SyntaxError) {
	if name == "" || n == len(s) {
		return Term{}, 0, nil
	}
	t.Kind, t.Name = Field, name
	bare := s[0] != '"'
	if s[n] == ':' {
		switch {
		case !bare:
			return Term{}, 0, nil
		case name == "level":
			t.Op = Equal
		case labelled(name):
			t.Kind = Stream
		default:
			return Term{}, 0, nil
		}
		n++
	} else if n = t.operator(s, n); n == 0 {
		return Term{}, 0, nil
	}
	value, end, at, err := scanValue(s, n, t.Op == Matches)
	if end == 0 || err != nil {
		return Term{}, 0, err
	}
	t.Value = value
	switch {
	case t.Kind == Stream:
	case t.Op == Matches:
		t.Value = unescapeSlashes(value)
		err = compiles(t.Value, at)
	case bare && name == "level":
		err = t.level(value, at)
	case t.Op != Equal:
		if _, ok := parseQuantity(value); !ok {
			return Term{}, 0, nil
		}
	}
	return t, end, err
}

// operator reads the operator at s[n:] and returns where it ends; 0 when there is none.
func (t *Term) operator(s string, n int) int {
	two := s[n:min(n+2, len(s))]
	switch two {
	case "!=":
		t.Not, t.Op = true, Equal
		return n + 2
	case "!~":
		t.Not, t.Op = true, Matches
		return n + 2
	case "=~":
		t.Op = Matches
		return n + 2
	case "<=":
		t.Op = LessEqual
		return n + 2
	case ">=":
		t.Op = GreaterEqual
		return n + 2
	}
	switch s[n] {
	case '=':
		t.Op = Equal
	case '~':
		t.Op = Matches
	case '<':
		t.Op = Less
	case '>':
		t.Op = Greater
	default:
		return 0
	}
	return n + 1
}

// scanValue reads what stands after an operator at s[at:]; end is 0 when there is nothing that can be a value. from is where the
// value itself begins.
func scanValue(s string, at int, expr bool) (v string, end, from int, err *SyntaxError) {
	if at == len(s) {
		return "", 0, at, nil
	}
	switch s[at] {
	case '"':
		v, n, err := quoted(s[at:])
		if err != nil {
			err.Column = at
			return "", 0, at, err
		}
		if v == "" {
			return "", 0, at, nil
		}
		return v, at + n, at + 1, nil
	case '/':
		if !expr {
			break
		}
		if v, n := slashed(s[at:]); n > 0 {
			return v, at + n, at + 1, nil
		}
	case '=', '<', '>', '~':
		return "", 0, at, nil
	}
	n := word(s[at:])
	if n == 0 {
		return "", 0, at, nil
	}
	return s[at : at+n], at + n, at, nil
}

func nameByte(c byte, first bool) bool {
	switch {
	case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '_', c == '@':
		return true
	case c >= '0' && c <= '9', c == '.', c == '-':
		return !first
	}
	return false
}

// level makes t a condition on the level. Syslog's numbers grow as lines grow harmless: the comparison is turned.
func (t *Term) level(value string, at int) *SyntaxError {
	t.Kind = Level
	l, ok := logs.ParseLevel(value)
	switch {
	case value == "none" && t.Op == Equal:
		return nil
	case !ok:
		return &SyntaxError{Column: at, Mistake: UnknownWord, Near: value}
	}
	if len(value) == 1 && value[0] <= '9' {
		t.Op = [...]Op{Equal: Equal, Less: Greater, LessEqual: GreaterEqual, Greater: Less, GreaterEqual: LessEqual}[t.Op]
	}
	t.Value = l.String()
	return nil
}
