package query

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"dsotop/internal/logs"
)

// Parser is the stage of LogQL that reads fields from lines.
type Parser string

// The parsers.
const (
	JSON   Parser = "json" // GELF too
	Logfmt Parser = "logfmt"
	Access Parser = `pattern "<client> <_> <user> [<time>] \"<method> <path> <protocol>\" <status> <size>"`
)

// ParserOf returns the parser that reads the fields of a format, by its name (format.Set.Name).
func ParserOf(name string) Parser {
	switch name {
	case "logfmt":
		return Logfmt
	case "access", "access-common":
		return Access
	}
	return JSON
}

// Reason says why a part of a query is not in its LogQL, or is there with another meaning.
type Reason uint8

// The reasons.
const (
	MixedAlternatives Reason = iota + 1 // left out: alternatives of different kinds, LogQL joins only like ones
	NoSuchLabel                         // left out: the collector gives streams no such label
	ByDetectedLevel                     // said with detected_level, which servers before Loki 3 do not have
	ByParser                            // a field: only lines that the parser reads have it
	NegatedNumber                       // left out: LogQL cannot exclude by number without losing lines that have none
)

// Unsaid is a part of a query whose LogQL is missing or means something a little different.
type Unsaid struct {
	Part    string // as it is written in the query
	Reason  Reason
	LeftOut bool
}

// LogQL writes the query as LogQL for the streams of a selector, reading fields as JSON. Nothing is changed in silence: the second
// result says what could not be said.
func (q Query) LogQL(selector string) (string, []Unsaid) { return q.LogQLWith(selector, JSON) }

// LogQLWith is LogQL with the parser of the lines' format.
func (q Query) LogQLWith(selector string, parser Parser) (string, []Unsaid) {
	w := writer{}
	for _, c := range q.clauses {
		w.clause(c)
	}
	var b strings.Builder
	b.WriteString(selector)
	for _, s := range w.lines {
		b.WriteString(" " + s)
	}
	for _, s := range w.labels {
		b.WriteString(" | " + s)
	}
	if len(w.fields) > 0 {
		b.WriteString(" | " + string(parser))
		for _, s := range w.fields {
			b.WriteString(" | " + s)
		}
	}
	return b.String(), w.unsaid
}

// writer collects the stages: filters of lines first, since they are cheapest for the server.
type writer struct {
	lines, labels, fields []string
	unsaid                []Unsaid
}

func (w *writer) not(c []Term, r Reason, leftOut bool) {
	w.unsaid = append(w.unsaid, Unsaid{Query{[][]Term{c}}.String(), r, leftOut})
}

func (w *writer) clause(c []Term) {
	text, negated := 0, 0
	for _, t := range c {
		if t.Kind == Text || t.Kind == Regexp {
			text++
			if t.Not {
				negated++
			}
		}
	}
	switch {
	case text == 0:
		w.filter(c)
	case text < len(c), negated > 0 && len(c) > 1:
		w.not(c, MixedAlternatives, true)
	case len(c) == 1 && c[0].Kind == Text && literally(c[0].Value):
		w.lines = append(w.lines, operator(c[0].Not, "|=", "!=")+" "+logqlString(c[0].Value))
	default:
		w.lines = append(w.lines, operator(c[0].Not, "|~", "!~")+" "+logqlString(alternatives(c)))
	}
}

// literally reports that a text means itself: no letter whose case is open.
func literally(s string) bool { return !smart(s) || strings.ToUpper(s) == s }

func operator(not bool, yes, no string) string {
	if not {
		return no
	}
	return yes
}

func alternatives(c []Term) string {
	out := make([]string, len(c))
	for i, t := range c {
		if t.Kind == Text {
			out[i] = regexp.QuoteMeta(t.Value)
			if !literally(t.Value) {
				out[i] = "(?i:" + out[i] + ")"
			}
			continue
		}
		out[i] = expression(t.Value)
		if len(c) > 1 && !strings.HasPrefix(out[i], "(?i:") {
			out[i] = "(?:" + out[i] + ")"
		}
	}
	if len(out) == 1 {
		if bare, ok := strings.CutPrefix(out[0], "(?i:"); ok {
			return "(?i)" + strings.TrimSuffix(bare, ")")
		}
	}
	return strings.Join(out, "|")
}

// expression is a regular expression of ours as the server has to read it.
func expression(expr string) string {
	if smartExpr(expr) {
		return "(?i:" + expr + ")"
	}
	return expr
}

// filter writes alternatives that are all conditions on labels.
func (w *writer) filter(c []Term) {
	parts := make([]string, len(c))
	parsed := false
	for i, t := range c {
		part, reason := t.logql()
		if part == "" {
			w.not(c, reason, true)
			return
		}
		if reason == ByParser {
			parsed = true
		} else if reason != 0 {
			w.not(c, reason, false)
		}
		parts[i] = part
	}
	if s := strings.Join(parts, " or "); parsed {
		w.not(c, ByParser, false)
		w.fields = append(w.fields, s)
	} else {
		w.labels = append(w.labels, s)
	}
}

// logql writes a condition on a label; "" when there is none, and the reason.
func (t Term) logql() (string, Reason) {
	switch t.Kind {
	case Level:
		return t.logqlLevel(), ByDetectedLevel
	case Stream:
		if !collected(t.Name) {
			return "", NoSuchLabel
		}
		part := regexp.QuoteMeta(t.Value)
		if !literally(t.Value) {
			part = "(?i)" + part
		}
		return t.Name + operator(t.Not, "=~", "!~") + logqlString(around(part)), 0
	}
	name, reason := sanitised(t.Name), ByParser
	if labelled(t.Name) {
		if !collected(t.Name) {
			return "", NoSuchLabel
		}
		reason = 0
	}
	switch {
	case t.Op == Equal:
		return name + operator(t.Not, "=", "!=") + logqlString(t.Value), reason
	case t.Op == Matches:
		return name + operator(t.Not, "=~", "!~") + logqlString(around(expression(t.Value))), reason
	case t.Not:
		return "", NegatedNumber
	}
	return name + " " + t.Op.String() + " " + number(t.Value), reason
}

// number is a quantity as LogQL writes it.
func number(s string) string {
	switch q, _ := parseQuantity(s); q.of {
	case seconds:
		return time.Duration(q.value * float64(time.Second)).String()
	case size:
		return strconv.FormatFloat(q.value, 'f', 0, 64) + "B"
	}
	return s
}

// around lets an expression stand anywhere: LogQL anchors those of labels at both ends.
func around(expr string) string {
	flag := ""
	if rest, ok := strings.CutPrefix(expr, "(?i)"); ok {
		flag, expr = "(?i)", rest
	}
	return flag + ".*(?:" + expr + ").*"
}

func (t Term) logqlLevel() string {
	if t.Value == "none" {
		return "detected_level" + operator(t.Not, "=~", "!~") + `"unknown|"`
	}
	want, _ := logs.ParseLevel(t.Value)
	var words []string
	for l := logs.LevelTrace; l <= logs.LevelFatal; l++ {
		if t.Op.compare(float64(l), float64(want)) {
			words = append(words, l.String())
			if l == logs.LevelFatal {
				words = append(words, "critical")
			}
		}
	}
	return "detected_level" + operator(t.Not, "=~", "!~") + logqlString(strings.Join(words, "|"))
}

// collected are the labels that the platform's collector documents.
func collected(name string) bool {
	switch name {
	case "container", "namespace", "stream", "cluster", "job", "service_name", "tenant":
		return true
	}
	return false
}

// sanitised is a field's name as LogQL's parsers give it: what may not stand in a label becomes _.
func sanitised(name string) string {
	out := []byte(name)
	for i, c := range out {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= '0' && c <= '9' && i > 0) {
			out[i] = '_'
		}
	}
	return string(out)
}

// logqlString quotes; backquotes keep an expression readable where they can.
func logqlString(s string) string {
	if strings.Contains(s, `\`) && !strings.ContainsAny(s, "`\n\r\x00") {
		return "`" + s + "`"
	}
	return strconv.Quote(s)
}

// SeriousLabels is a stage of LogQL that lets the lines through of which a label, or what a collector sent with them, says that they are errors
// or worse: Loki's own detected_level, and what collectors call it. It is to stand after a selector.
func SeriousLabels() string {
	const words = "(?i:error|err|severe|fatal|ftl|critical|crit|alert|emerg|emergency|panic|dpanic|[0-3])"
	var b strings.Builder
	for i, name := range []string{"detected_level", "level", "severity", "severity_text"} {
		if i > 0 {
			b.WriteString(" or ")
		} else {
			b.WriteString("\n| ")
		}
		b.WriteString(name + "=~" + logqlString(words))
	}
	return b.String()
}
