package logql

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
)

func (p *parser) log() *Log {
	l := &Log{Matchers: p.selector()}
	l.stages = p.pipeline(false)
	return l
}

// selector reads {name op "value", …}.
func (p *parser) selector() []*labels.Matcher {
	p.expect("{")
	var out []*labels.Matcher
	for !p.accept("}") {
		if p.peek().kind != tIdent {
			if len(out) == 0 {
				p.unexpected("IDENTIFIER", "}")
			}
			p.unexpected("IDENTIFIER")
		}
		name := p.take().text
		out = append(out, p.matcher(name))
		if !p.accept(",") && !p.is("}") {
			p.unexpected("}", ",")
		}
	}
	return out
}

func (p *parser) matcher(name string) *labels.Matcher {
	t := p.peek()
	kind, ok := matchType(t.text)
	if !ok || t.kind != tPunct {
		p.unexpected("=", "!=", "=~", "!~")
	}
	p.take()
	m, err := labels.NewMatcher(kind, name, p.str())
	if err != nil {
		p.fail(errorf("%s", err))
	}
	return m
}

func matchType(op string) (labels.MatchType, bool) {
	switch op {
	case "=":
		return labels.MatchEqual, true
	case "!=":
		return labels.MatchNotEqual, true
	case "=~":
		return labels.MatchRegexp, true
	case "!~":
		return labels.MatchNotRegexp, true
	}
	return 0, false
}

// pipeline reads stages until something else stands there; inRange leaves "| unwrap" to the caller.
func (p *parser) pipeline(inRange bool) []stage {
	var out []stage
	for {
		t := p.peek()
		switch {
		case t.kind == tPunct && slices.Contains([]string{"|=", "|~", "!=", "!~", "|>", "!>"}, t.text):
			p.take()
			out = append(out, p.lineFilter(t.text))
		case p.is("|"):
			if inRange && p.toks[p.i+1].kind == tKeyword && p.toks[p.i+1].text == "unwrap" {
				return out
			}
			p.take()
			out = append(out, p.stage())
		default:
			return out
		}
	}
}

func (p *parser) lineFilter(op string) stage {
	f := &lineFilter{negate: op[0] == '!'}
	for {
		if p.is("ip") {
			p.fail(errorf("ip() is not supported by this server"))
		}
		s := p.str("ip")
		switch op {
		case "|=", "!=":
			f.contains = append(f.contains, s)
		case "|~", "!~":
			matches, err := matcher(s)
			if err != nil {
				p.fail(errorf("%s", err))
			}
			f.regexps = append(f.regexps, matches)
		default:
			pt, err := newPattern(s, true)
			if err != nil {
				p.fail(errorf("%s", err))
			}
			f.patterns = append(f.patterns, pt)
		}
		if !p.is("or") || p.toks[p.i+1].kind != tString {
			return f
		}
		p.take()
	}
}

func (p *parser) stage() stage {
	t := p.peek()
	if t.kind == tKeyword {
		switch t.text {
		case "json", "logfmt":
			p.take()
			return p.keyed(t.text)
		case "pattern":
			p.take()
			s := p.str()
			pt, err := newPattern(s, false)
			if err != nil {
				p.fail(stageError("| pattern "+quote(s), err))
			}
			return &patternStage{pt}
		case "regexp":
			p.take()
			return p.regexpStage(p.str())
		case "unpack":
			p.take()
			return unpackStage{}
		case "decolorize":
			p.take()
			return decolorizeStage{}
		case "line_format":
			p.take()
			s := p.str()
			tpl, err := newTemplate("line", s)
			if err != nil {
				p.fail(stageError("| line_format "+quote(s), fmt.Errorf("invalid line template: %w", err)))
			}
			return &lineFormat{tpl}
		case "label_format":
			p.take()
			return p.labelFormat()
		case "drop", "keep":
			p.take()
			return p.dropKeep(t.text == "keep")
		}
	}
	if t.kind == tIdent || p.is("(") {
		return &filterStage{p.filterOr()}
	}
	p.unexpected()
	return nil
}

func stageError(stage string, err error) error { return errorf("stage '%s' : %s", stage, err) }

func quote(s string) string { return fmt.Sprintf("%q", s) }

// keyed reads what may follow json and logfmt: flags, and names with the expression they come from.
func (p *parser) keyed(parser string) stage {
	k := &keyedStage{parser: parser}
	for p.peek().kind == tFlag {
		switch t := p.peek(); {
		case parser == "logfmt" && t.text == "--strict":
			k.strict = true
		case parser == "logfmt" && t.text == "--keep-empty":
			k.keepEmpty = true
		default:
			p.unexpected()
		}
		p.take()
	}
	for p.peek().kind == tIdent {
		name := p.take().text
		from := name
		if p.accept("=") {
			from = p.str()
		}
		path, err := parsePath(from)
		if err != nil {
			p.fail(errorf("cannot parse expression [%s]: %s", from, err))
		}
		k.fields = append(k.fields, field{name, path})
		if !p.accept(",") {
			break
		}
	}
	return k
}

func (p *parser) regexpStage(s string) stage {
	re, err := regexp.Compile(s)
	if err == nil && !slices.ContainsFunc(re.SubexpNames(), func(n string) bool { return n != "" }) {
		err = fmt.Errorf("at least one named capture must be supplied")
	}
	if err != nil {
		p.fail(stageError("| regexp "+quote(s), err))
	}
	return &regexpStage{re}
}

func (p *parser) labelFormat() stage {
	out := &labelFormat{}
	for {
		dst := p.ident()
		p.expect("=")
		switch t := p.peek(); t.kind {
		case tIdent:
			out.rules = append(out.rules, labelRule{dst: dst, src: p.take().text})
		case tString:
			p.take()
			tpl, err := newTemplate(dst, t.text)
			if err != nil {
				p.fail(errorf("invalid template for label '%s': %s", dst, err))
			}
			out.rules = append(out.rules, labelRule{dst: dst, tpl: tpl})
		default:
			p.unexpected("IDENTIFIER", "STRING")
		}
		if !p.accept(",") {
			return out
		}
	}
}

func (p *parser) dropKeep(keep bool) stage {
	out := &dropStage{keep: keep}
	for {
		name := p.ident()
		var m *labels.Matcher
		if t := p.peek(); t.kind == tPunct {
			if _, ok := matchType(t.text); ok {
				m = p.matcher(name)
			}
		}
		out.names = append(out.names, dropRule{name, m})
		if !p.accept(",") {
			return out
		}
	}
}

func (p *parser) filterOr() labelFilter {
	p.enter()
	defer p.leave()
	left := p.filterAnd()
	for p.accept("or") {
		left = orFilter{left, p.filterAnd()}
	}
	return left
}

func (p *parser) filterAnd() labelFilter {
	left := p.filterOne()
	for {
		t := p.peek()
		if p.accept("and") || p.accept(",") || t.kind == tIdent || p.is("(") {
			left = andFilter{left, p.filterOne()}
			continue
		}
		return left
	}
}

func (p *parser) filterOne() labelFilter {
	if p.accept("(") {
		f := p.filterOr()
		p.expect(")")
		return f
	}
	name := p.ident()
	op := p.peek()
	if op.kind != tPunct || !strings.Contains(" = == != =~ !~ > >= < <= ", " "+op.text+" ") {
		p.unexpected()
	}
	p.take()
	sign := 1.0
	if p.is("-") && p.toks[p.i+1].kind != tString {
		p.take()
		sign = -1
	}
	v := p.peek()
	cmp := op.text
	if cmp == "=" {
		cmp = "=="
	}
	_, textual := matchType(op.text)
	switch {
	case v.kind == tString && textual:
		p.i-- // the matcher reads its own operator
		return textFilter{p.matcher(name)}
	case op.text == "=~" || op.text == "!~":
		p.unexpected("STRING")
	case v.kind == tNumber:
		p.take()
		return &numberFilter{name: name, op: cmp, kind: tNumber, value: sign * v.num}
	case v.kind == tDuration:
		p.take()
		return &numberFilter{name: name, op: cmp, kind: tDuration, value: sign * float64(v.dur)}
	case v.kind == tBytes:
		p.take()
		return &numberFilter{name: name, op: cmp, kind: tBytes, value: sign * v.num}
	case p.is("ip") && textual:
		p.fail(errorf("ip() is not supported by this server"))
	}
	p.unexpected()
	return nil
}
