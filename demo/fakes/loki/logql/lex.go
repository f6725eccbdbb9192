package logql

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// ParseError is a mistake in a query, worded and placed as Loki does.
type ParseError struct {
	Msg       string
	Line, Col int // 1-based; both 0 when the mistake has no place
}

func (e *ParseError) Error() string {
	if e.Line == 0 && e.Col == 0 {
		return "parse error : " + e.Msg
	}
	return fmt.Sprintf("parse error at line %d, col %d: %s", e.Line, e.Col, e.Msg)
}

func errorf(format string, args ...any) *ParseError {
	return &ParseError{Msg: fmt.Sprintf(format, args...)}
}

type kind int

const (
	tEnd kind = iota
	tIdent
	tString
	tNumber
	tDuration
	tBytes
	tRange
	tFlag
	tPunct   // operators and braces: text says which
	tKeyword // reserved words: text says which
)

type token struct {
	kind      kind
	text      string // unquoted for strings
	num       float64
	dur       time.Duration
	line, col int
}

// String names the token as Loki's errors do.
func (t token) String() string {
	switch t.kind {
	case tEnd:
		return "$end"
	case tIdent:
		return "IDENTIFIER"
	case tString:
		return "STRING"
	case tNumber:
		return "NUMBER"
	case tDuration:
		return "DURATION"
	case tBytes:
		return "BYTES"
	case tRange:
		return "RANGE"
	case tFlag:
		return "FUNCTION_FLAG"
	case tKeyword:
		switch t.text {
		case "by", "without", "bool", "json", "logfmt", "pattern", "regexp", "unpack", "unwrap", "ip", "on", "ignoring", "offset", "and", "or", "unless", "drop", "keep", "decolorize", "line_format", "label_format", "group_left", "group_right":
			return t.text
		}
		return strings.ToUpper(t.text)
	}
	return t.text
}

// reserved reports whether a word is a keyword wherever it stands.
func reserved(word string) bool {
	switch word {
	case "by", "without", "bool", "json", "logfmt", "pattern", "regexp", "unpack", "unwrap", "ip", "on", "ignoring", "offset", "and", "or", "unless", "drop", "keep", "decolorize",
		"line_format", "label_format", "group_left", "group_right":
		return true
	}
	return false
}

// callable reports whether a word is a keyword when a parenthesis or a grouping follows.
func callable(word string) bool {
	switch word {
	case "rate", "count_over_time", "bytes_rate", "bytes_over_time", "absent_over_time", "rate_counter", "sum_over_time", "avg_over_time", "max_over_time", "min_over_time",
		"first_over_time", "last_over_time", "quantile_over_time", "stddev_over_time", "stdvar_over_time",
		"sum", "avg", "max", "min", "count", "stddev", "stdvar", "topk", "bottomk", "sort", "sort_desc", "vector", "label_replace", "duration", "duration_seconds", "bytes":
		return true
	}
	return false
}

// lex cuts a query into tokens; the last is tEnd.
func lex(in string) ([]token, error) {
	l := &lexer{in: in, line: 1, col: 1}
	for {
		t, err := l.next()
		if err != nil {
			return nil, err
		}
		l.out = append(l.out, t)
		if t.kind == tEnd {
			return l.out, nil
		}
	}
}

type lexer struct {
	in        string
	pos       int
	line, col int
	out       []token
}

func (l *lexer) peek() byte {
	if l.pos < len(l.in) {
		return l.in[l.pos]
	}
	return 0
}

func (l *lexer) advance(n int) {
	for i := 0; i < n && l.pos < len(l.in); {
		r, size := utf8.DecodeRuneInString(l.in[l.pos:])
		if r == '\n' {
			l.line, l.col = l.line+1, 0
		}
		l.col++
		l.pos += size
		i += size
	}
}

func (l *lexer) fail(msg string, line, col int) error {
	return &ParseError{Msg: msg, Line: line, Col: col}
}

func (l *lexer) skip() {
	for l.pos < len(l.in) {
		switch l.peek() {
		case ' ', '\t', '\n', '\r':
			l.advance(1)
		case '#':
			for l.pos < len(l.in) && l.peek() != '\n' {
				l.advance(1)
			}
		default:
			return
		}
	}
}

func (l *lexer) next() (token, error) {
	l.skip()
	t := token{line: l.line, col: l.col}
	if l.pos >= len(l.in) {
		return t, nil
	}
	c := l.peek()
	switch {
	case c == '"' || c == '`':
		return l.str(t, c)
	case c == '[':
		return l.rng(t)
	case isDigit(c), c == '.' && l.pos+1 < len(l.in) && isDigit(l.in[l.pos+1]):
		return l.number(t)
	case isLetter(c):
		return l.word(t), nil
	}
	rest := l.in[l.pos:]
	if len(rest) > 2 && strings.HasPrefix(rest, "--") && isLetter(rest[2]) {
		n := 2
		for n < len(rest) && (isLetter(rest[n]) || rest[n] == '-') {
			n++
		}
		t.kind, t.text = tFlag, rest[:n]
		l.advance(n)
		return t, nil
	}
	for _, op := range []string{"|=", "|~", "|>", "!>", "!=", "!~", "=~", "==", ">=", "<=", "|", "=", ">", "<", "{", "}", "(", ")", ",", "+", "-", "*", "/", "%", "^"} {
		if strings.HasPrefix(rest, op) {
			t.kind, t.text = tPunct, op
			l.advance(len(op))
			return t, nil
		}
	}
	r, size := utf8.DecodeRuneInString(rest)
	if r == utf8.RuneError && size <= 1 {
		return t, l.fail("invalid UTF-8 encoding", t.line, t.col)
	}
	t.kind, t.text = tPunct, string(r)
	return t, l.fail(fmt.Sprintf("syntax error: unexpected %q", r), t.line, t.col)
}

func (l *lexer) str(t token, quote byte) (token, error) {
	i := l.pos + 1
	for ; i < len(l.in) && l.in[i] != quote; i++ {
		if quote == '"' && l.in[i] == '\n' {
			return t, l.fail("literal not terminated", t.line, t.col)
		}
		if quote == '"' && l.in[i] == '\\' {
			i++
		}
	}
	if i >= len(l.in) {
		return t, l.fail("literal not terminated", t.line, t.col)
	}
	raw := l.in[l.pos : i+1]
	if !utf8.ValidString(raw) {
		return t, l.fail("invalid UTF-8 rune", t.line, t.col)
	}
	s, err := strconv.Unquote(raw)
	if err != nil {
		if quote != '`' {
			return t, l.fail(err.Error(), t.line, t.col)
		}
		s = raw[1 : len(raw)-1] // Go drops carriage returns; anything else is as written
	}
	t.kind, t.text = tString, s
	l.advance(len(raw))
	return t, nil
}

func (l *lexer) rng(t token) (token, error) {
	end := strings.IndexByte(l.in[l.pos:], ']')
	// Loki gives durations in brackets the column before them and line 0.
	if end < 0 {
		return t, l.fail("missing closing ']' in duration", 0, t.col)
	}
	text := l.in[l.pos+1 : l.pos+end]
	d, err := parseDuration(text)
	if err != nil {
		return t, l.fail(err.Error(), 0, t.col)
	}
	if d <= 0 {
		return t, l.fail("duration must be greater than 0", 0, t.col)
	}
	t.kind, t.dur, t.text = tRange, d, text
	l.advance(end + 1)
	return t, nil
}

func (l *lexer) number(t token) (token, error) {
	i := l.pos
	for i < len(l.in) && (isDigit(l.in[i]) || isLetter(l.in[i]) || l.in[i] == '.' || l.in[i] == ':' ||
		((l.in[i] == '+' || l.in[i] == '-') && i > l.pos && (l.in[i-1] == 'e' || l.in[i-1] == 'E') && isDigit(l.in[i-2]))) {
		i++
	}
	text := l.in[l.pos:i]
	if v, err := strconv.ParseFloat(text, 64); err == nil && !strings.ContainsAny(text, "xXpP_iInN") {
		t.kind, t.num = tNumber, v
	} else if d, err := parseDuration(text); err == nil {
		t.kind, t.dur = tDuration, d
	} else if b, ok := parseBytes(text); ok {
		t.kind, t.num = tBytes, b
	} else {
		return t, l.fail("syntax error: unexpected IDENTIFIER", t.line, t.col)
	}
	t.text = text
	l.advance(len(text))
	return t, nil
}

func (l *lexer) word(t token) token {
	i := l.pos
	for i < len(l.in) && (isLetter(l.in[i]) || isDigit(l.in[i])) {
		i++
	}
	t.kind, t.text = tIdent, l.in[l.pos:i]
	l.advance(len(t.text))
	switch {
	case reserved(t.text):
		t.kind = tKeyword
	case callable(t.text):
		rest := strings.TrimLeft(l.in[l.pos:], " \t\r\n")
		if strings.HasPrefix(rest, "(") || strings.HasPrefix(rest, "by") || strings.HasPrefix(rest, "without") {
			t.kind = tKeyword
		}
	}
	return t
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
func isLetter(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// parseDuration reads Go's durations and the longer units of Prometheus, largest first: 1w2d3h.
func parseDuration(s string) (time.Duration, error) {
	s = strings.TrimSpace(s)
	if d, err := time.ParseDuration(s); err == nil {
		return d, nil
	} else if len(s) == 0 || !isDigit(s[0]) {
		return 0, fmt.Errorf("not a valid duration string: %q", s)
	}
	var total time.Duration
	for rest := s; rest != ""; {
		i := 0
		for i < len(rest) && isDigit(rest[i]) {
			i++
		}
		j := i
		for j < len(rest) && isLetter(rest[j]) {
			j++
		}
		n, err := strconv.ParseInt(rest[:i], 10, 64)
		if err != nil {
			return 0, fmt.Errorf("not a valid duration string: %q", s)
		}
		var unit time.Duration
		switch rest[i:j] {
		case "ms":
			unit = time.Millisecond
		case "s":
			unit = time.Second
		case "m":
			unit = time.Minute
		case "h":
			unit = time.Hour
		case "d":
			unit = 24 * time.Hour
		case "w":
			unit = 7 * 24 * time.Hour
		case "y":
			unit = 365 * 24 * time.Hour
		case "":
			return 0, fmt.Errorf("missing unit in duration %q", s)
		default:
			return 0, fmt.Errorf("unknown unit %q in duration %q", rest[i:j], s)
		}
		if n > int64(1<<63-1)/int64(unit) || total > 1<<63-1-time.Duration(n)*unit {
			return 0, fmt.Errorf("duration out of range: %q", s)
		}
		total += time.Duration(n) * unit
		rest = rest[j:]
	}
	return total, nil
}

// parseBytes reads 12kb, 1.5MiB and the like.
func parseBytes(s string) (float64, bool) {
	i := 0
	for i < len(s) && (isDigit(s[i]) || s[i] == '.') {
		i++
	}
	v, err := strconv.ParseFloat(s[:i], 64)
	if err != nil {
		return 0, false
	}
	switch strings.ToLower(strings.TrimSpace(s[i:])) {
	case "b":
		return v, true
	case "k", "kb":
		return v * 1e3, true
	case "m", "mb":
		return v * 1e6, true
	case "g", "gb":
		return v * 1e9, true
	case "t", "tb":
		return v * 1e12, true
	case "ki", "kib":
		return v * (1 << 10), true
	case "mi", "mib":
		return v * (1 << 20), true
	case "gi", "gib":
		return v * (1 << 30), true
	case "ti", "tib":
		return v * (1 << 40), true
	}
	return 0, false
}
