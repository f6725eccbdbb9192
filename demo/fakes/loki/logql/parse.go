package logql

import (
	"math"
	"strings"
	"time"

	"github.com/prometheus/prometheus/model/labels"
)

// maxInput is the longest query; deeper limits keep hostile nesting away from the stack.
const (
	maxInput = 131072
	maxDepth = 100
)

type parser struct {
	toks  []token
	i     int
	depth int
}

// bail carries an error out of the descent.
type bail struct{ err error }

// Parse reads a query. Errors are [*ParseError].
func Parse(in string) (e Expr, err error) {
	if len(in) >= maxInput {
		return nil, errorf("input size too long (%d > %d)", len(in), maxInput)
	}
	if strings.TrimSpace(in) == "" { // nothing has no place
		return nil, errorf("syntax error: unexpected $end")
	}
	toks, err := lex(in)
	if err != nil {
		return nil, err
	}
	p := &parser{toks: toks}
	defer func() {
		if r := recover(); r != nil {
			b, ok := r.(bail)
			if !ok {
				panic(r)
			}
			e, err = nil, b.err
		}
	}()
	e = p.binary(0)
	if t := p.peek(); t.kind != tEnd {
		p.unexpected()
	}
	return e, validate(e)
}

// ParseLog reads a query that must select lines.
func ParseLog(in string) (*Log, error) {
	e, err := Parse(in)
	if err != nil {
		return nil, err
	}
	l, ok := e.(*Log)
	if !ok {
		return nil, errorf("only log selector is supported")
	}
	return l, nil
}

// ParseMatchers reads a bare selector; "" and "{}" are the empty one.
func ParseMatchers(in string) ([]*labels.Matcher, error) {
	if s := strings.ReplaceAll(in, " ", ""); s == "" || s == "{}" {
		return nil, nil
	}
	l, err := ParseLog(in)
	if err != nil {
		return nil, err
	}
	if len(l.stages) > 0 {
		return nil, errorf("only label matchers are supported")
	}
	return l.Matchers, nil
}

const errNeedsMatcher = `queries require at least one regexp or equality matcher that does not have an empty-compatible value. For instance, app=~".*" does not meet this requirement, but app=~".+" will`

func validate(e Expr) error {
	switch x := e.(type) {
	case *Log:
		for _, m := range x.Matchers {
			if (m.Type == labels.MatchEqual || m.Type == labels.MatchRegexp) && !m.Matches("") {
				return nil
			}
			if m.Type == labels.MatchNotEqual && m.Value == "" {
				return nil
			}
		}
		return errorf(errNeedsMatcher)
	case *rangeAgg:
		return validate(x.log)
	case *vectorAgg:
		return validate(x.in)
	case *binary:
		if err := validate(x.lhs); err != nil {
			return err
		}
		return validate(x.rhs)
	}
	return nil
}

func (p *parser) peek() token { return p.toks[p.i] }

func (p *parser) take() token {
	t := p.toks[p.i]
	if p.i < len(p.toks)-1 {
		p.i++
	}
	return t
}

func (p *parser) is(text string) bool {
	t := p.peek()
	return (t.kind == tPunct || t.kind == tKeyword) && t.text == text
}

func (p *parser) accept(text string) bool {
	if p.is(text) {
		p.take()
		return true
	}
	return false
}

// unexpected stops with Loki's words about the next token.
func (p *parser) unexpected(expecting ...string) {
	t := p.peek()
	msg := "syntax error: unexpected " + t.String()
	if len(expecting) > 0 {
		msg += ", expecting " + strings.Join(expecting, " or ")
	}
	panic(bail{&ParseError{Msg: msg, Line: t.line, Col: t.col}})
}

func (p *parser) fail(err error) { panic(bail{err}) }

func (p *parser) expect(text string, also ...string) {
	if !p.accept(text) {
		p.unexpected(append([]string{text}, also...)...)
	}
}

func (p *parser) str(expecting ...string) string {
	if p.peek().kind != tString {
		p.unexpected(append([]string{"STRING"}, expecting...)...)
	}
	return p.take().text
}

func (p *parser) ident() string {
	if p.peek().kind != tIdent {
		p.unexpected("IDENTIFIER")
	}
	return p.take().text
}

func (p *parser) enter() {
	if p.depth++; p.depth > maxDepth {
		p.fail(errorf("query is nested too deeply"))
	}
}

func (p *parser) leave() { p.depth-- }

func precedence(op string) int {
	switch op {
	case "or":
		return 1
	case "and", "unless":
		return 2
	case "==", "!=", ">", ">=", "<", "<=":
		return 3
	case "+", "-":
		return 4
	case "*", "/", "%":
		return 5
	case "^":
		return 6
	}
	return 0
}

// binary climbs: left to right, except that powers bind to the right.
func (p *parser) binary(floor int) Expr {
	p.enter()
	defer p.leave()
	lhs := p.operand()
	for {
		t := p.peek()
		prec := 0
		if t.kind == tPunct || t.kind == tKeyword {
			prec = precedence(t.text)
		}
		if prec == 0 || prec <= floor {
			return lhs
		}
		p.take()
		b := &binary{op: t.text, lhs: lhs}
		b.boolean = p.accept("bool")
		if p.is("on") || p.is("ignoring") {
			b.on = p.take().text == "on"
			b.names = p.names()
			if p.is("group_left") || p.is("group_right") {
				p.fail(errorf("%s is not supported by this server", p.peek().text))
			}
		}
		next := prec
		if b.op == "^" {
			next--
		}
		b.rhs = p.binary(next)
		lhs = p.checked(b)
	}
}

func (p *parser) checked(b *binary) Expr {
	for i, e := range []Expr{b.lhs, b.rhs} {
		side := [...]string{"left", "right"}[i]
		switch x := e.(type) {
		case *Log:
			kind := "*syntax.MatchersExpr"
			if len(x.stages) > 0 {
				kind = "*syntax.PipelineExpr"
			}
			p.fail(errorf("unexpected type for %s leg of binary operation (%s): %s", side, b.op, kind))
		case literal:
			if b.op == "or" || b.op == "and" || b.op == "unless" {
				p.fail(errorf("unexpected literal for %s leg of logical/set binary operation (%s): %f", side, b.op, x.v))
			}
		}
	}
	l, lok := b.lhs.(literal)
	r, rok := b.rhs.(literal)
	if lok && rok {
		v, keep := arith(b.op, l.v, r.v)
		if isComparison(b.op) {
			v = 0
			if keep {
				v = 1
			}
		}
		return literal{v}
	}
	return b
}

func (p *parser) operand() Expr {
	t := p.peek()
	switch {
	case p.accept("("):
		e := p.binary(0)
		p.expect(")")
		if l, ok := e.(*Log); ok { // ({a="b"} |= "c") | json
			l.stages = append(l.stages, p.pipeline(false)...)
		}
		return e
	case p.is("{"):
		return p.log()
	case t.kind == tNumber:
		p.take()
		return literal{t.num}
	case p.is("-") || p.is("+"):
		p.take()
		if p.peek().kind != tNumber {
			p.unexpected("NUMBER")
		}
		n := p.take().num
		if t.text == "-" {
			n = -n
		}
		return literal{n}
	case t.kind == tKeyword && callable(t.text):
		return p.call()
	}
	p.unexpected()
	return nil
}

func (p *parser) call() Expr {
	name := p.take().text
	switch name {
	case "sum", "avg", "max", "min", "count", "stddev", "stdvar", "topk", "bottomk", "sort", "sort_desc":
		return p.vectorAgg(name)
	case "vector":
		p.expect("(")
		if p.peek().kind != tNumber {
			p.unexpected("NUMBER")
		}
		v := vector{p.take().num}
		p.expect(")")
		return v
	case "label_replace", "duration", "duration_seconds", "bytes":
		p.fail(errorf("%s is not supported by this server", name))
	}
	return p.rangeAgg(name)
}

func (p *parser) vectorAgg(op string) Expr {
	a := &vectorAgg{op: op}
	if p.is("by") || p.is("without") {
		a.group = p.grouping()
	}
	p.expect("(")
	ranked := op == "topk" || op == "bottomk"
	if t := p.peek(); t.kind == tNumber && p.toks[p.i+1].text == "," {
		p.take()
		p.take()
		switch {
		case !ranked:
			p.fail(errorf("unsupported parameter for operation %s(%s,", op, t.text))
		case t.num != math.Trunc(t.num) || t.num > 1e9:
			p.fail(errorf("invalid parameter %s(%s,", op, t.text))
		case t.num < 1:
			p.fail(errorf("invalid parameter (must be greater than 0) %s(%s", op, t.text))
		}
		a.param = int(t.num)
	} else if ranked && t.kind != tIdent {
		p.fail(errorf("parameter required for operation %s", op))
	}
	a.in = p.binary(0)
	switch a.in.(type) {
	case *Log, literal:
		p.unexpected()
	}
	p.expect(")")
	if a.group == nil && (p.is("by") || p.is("without")) {
		a.group = p.grouping()
	}
	if a.group != nil && (op == "sort" || op == "sort_desc") {
		p.fail(errorf("sort and sort_desc doesn't allow grouping by "))
	}
	return a
}

func (p *parser) grouping() *grouping {
	g := &grouping{without: p.take().text == "without"}
	g.names = p.names()
	return g
}

func (p *parser) names() []string {
	p.expect("(")
	out := []string{}
	for !p.accept(")") {
		if p.peek().kind != tIdent {
			p.unexpected("IDENTIFIER", ")")
		}
		out = append(out, p.take().text)
		if !p.accept(",") && !p.is(")") {
			p.unexpected(",", ")")
		}
	}
	return out
}

func (p *parser) rangeAgg(op string) Expr {
	a := &rangeAgg{op: op}
	p.expect("(")
	quantile := op == "quantile_over_time"
	if t := p.peek(); t.kind == tNumber {
		p.take()
		p.expect(",")
		if !quantile {
			p.fail(errorf("parameter %s not supported for operation %s", t.text, op))
		}
		a.param = t.num
	} else if quantile {
		if !p.is("{") && !p.is("(") {
			p.unexpected("NUMBER", "{", "(")
		}
		p.fail(errorf("parameter required for operation %s", op))
	}
	a.log = p.ranged(a)
	p.expect(")")
	if p.is("by") || p.is("without") {
		a.group = p.grouping()
	}
	p.checkRange(a)
	return a
}

// ranged reads selector, range, pipeline and offset in either of LogQL's orders: {…}[5m] | json and {…} | json [5m].
func (p *parser) ranged(a *rangeAgg) *Log {
	if p.accept("(") {
		l := p.ranged(a)
		p.expect(")")
		return l
	}
	if !p.is("{") {
		p.unexpected()
	}
	l := &Log{Matchers: p.selector()}
	takeRange := func() {
		if p.peek().kind != tRange {
			return
		}
		if a.interval != 0 {
			p.unexpected()
		}
		a.interval = p.take().dur
		if p.accept("offset") {
			sign := time.Duration(1)
			if p.accept("-") {
				sign = -1
			}
			if p.peek().kind != tDuration {
				p.unexpected("DURATION")
			}
			a.offset = sign * p.take().dur
		}
	}
	takeRange()
	l.stages = p.pipeline(true)
	if p.is("|") && p.toks[p.i+1].text == "unwrap" {
		p.take()
		p.take()
		a.unwrap = p.unwrap()
		a.unwrap.post = p.pipeline(true)
	}
	takeRange()
	if a.interval == 0 {
		p.unexpected()
	}
	return l
}

func (p *parser) unwrap() *unwrap {
	if t := p.peek(); t.kind == tKeyword && (t.text == "duration" || t.text == "duration_seconds" || t.text == "bytes") {
		p.take()
		p.expect("(")
		u := &unwrap{conv: t.text, label: p.ident()}
		p.expect(")")
		return u
	}
	return &unwrap{label: p.ident()}
}

func (p *parser) checkRange(a *rangeAgg) {
	needs := false
	switch a.op {
	case "sum_over_time", "avg_over_time", "max_over_time", "min_over_time", "first_over_time", "last_over_time", "quantile_over_time", "stddev_over_time", "stdvar_over_time", "rate_counter":
		needs = true
	}
	switch {
	case needs && a.unwrap == nil:
		p.fail(errorf("invalid aggregation %s without unwrap", a.op))
	case a.unwrap != nil && !needs && a.op != "rate" && a.op != "absent_over_time":
		p.fail(errorf("invalid aggregation %s with unwrap", a.op))
	case a.group != nil && (!needs || a.op == "sum_over_time" || a.op == "rate_counter"):
		if a.op == "absent_over_time" {
			p.fail(errorf("grouping not allowed for absent_over_time aggregation"))
		}
		p.fail(errorf("grouping not allowed for %s aggregation", a.op))
	}
}
