package logql

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"text/template"
	"time"

	"github.com/prometheus/prometheus/model/labels"
)

// labelFilter judges an entry by its labels.
type labelFilter interface{ keep(*entry) bool }

type filterStage struct{ f labelFilter }

func (s *filterStage) process(e *entry) bool { return s.f.keep(e) }

type andFilter struct{ a, b labelFilter }

func (f andFilter) keep(e *entry) bool { return f.a.keep(e) && f.b.keep(e) }

type orFilter struct{ a, b labelFilter }

func (f orFilter) keep(e *entry) bool { return f.a.keep(e) || f.b.keep(e) }

type textFilter struct{ m *labels.Matcher }

func (f textFilter) keep(e *entry) bool { return f.m.Matches(e.get(f.m.Name)) }

// numberFilter compares a label read as a number, a duration or a size.
type numberFilter struct {
	name, op string
	kind     kind
	value    float64
}

// keep drops entries without the label; one that cannot be read stays, with an error, as in Loki.
func (f *numberFilter) keep(e *entry) bool {
	text := e.get(f.name)
	if text == "" {
		return false
	}
	var v float64
	var err error
	switch f.kind {
	case tDuration:
		var d time.Duration
		d, err = parseDuration(text)
		v = float64(d)
	case tBytes:
		b, ok := parseBytes(strings.ReplaceAll(text, " ", ""))
		if v = b; !ok {
			err = fmt.Errorf("strconv.ParseFloat: parsing %q: invalid syntax", text)
		}
	default:
		v, err = strconv.ParseFloat(text, 64)
	}
	if err != nil {
		e.set(errorLabel, "LabelFilterErr")
		e.set(detailsLabel, err.Error())
		return true
	}
	_, keep := arith(f.op, v, f.value)
	return keep
}

// pattern is literals with <captures> between; <_> captures nothing.
type pattern struct {
	parts []patternPart
}

type patternPart struct {
	capture bool
	text    string // of a literal, or the capture's name; "_" for none
}

var errNoCapture = errors.New("at least one capture is required")

// newPattern reads a pattern; filters may do without named captures.
func newPattern(s string, filter bool) (*pattern, error) {
	p := &pattern{}
	named := false
	for s != "" {
		open := strings.IndexByte(s, '<')
		name, rest, ok := "", "", false
		if open >= 0 {
			name, rest, ok = strings.Cut(s[open+1:], ">")
		}
		if !ok || !isName(name) {
			cut := len(s)
			if open >= 0 && ok { // a "<" that opens no capture is text
				cut = open + 1
			}
			p.literal(s[:cut])
			s = s[cut:]
			continue
		}
		p.literal(s[:open])
		if n := len(p.parts); n > 0 && p.parts[n-1].capture {
			return nil, fmt.Errorf("found consecutive capture '<%s><%s>'", p.parts[n-1].text, name)
		}
		p.parts = append(p.parts, patternPart{capture: true, text: name})
		named = named || name != "_"
		s = rest
	}
	if len(p.parts) == 0 {
		return nil, errors.New("empty expression")
	}
	if !named && !filter {
		return nil, errNoCapture
	}
	return p, nil
}

func (p *pattern) literal(s string) {
	if s == "" {
		return
	}
	if n := len(p.parts); n > 0 && !p.parts[n-1].capture {
		p.parts[n-1].text += s
		return
	}
	p.parts = append(p.parts, patternPart{text: s})
}

func isName(s string) bool {
	if s == "" || isDigit(s[0]) {
		return false
	}
	for i := range len(s) {
		if !isLetter(s[i]) && !isDigit(s[i]) {
			return false
		}
	}
	return true
}

// capture hands over what the captures hold, as far as the line follows the pattern.
func (p *pattern) capture(line string, found func(name, value string)) {
	if len(p.parts) > 0 && !p.parts[0].capture {
		at := strings.Index(line, p.parts[0].text)
		if at < 0 {
			return
		}
		line = line[at+len(p.parts[0].text):]
	}
	for i, part := range p.parts {
		if !part.capture {
			continue
		}
		end, skip, last := len(line), 0, true
		if i+1 < len(p.parts) {
			if at := strings.Index(line, p.parts[i+1].text); at >= 0 {
				end, skip, last = at, len(p.parts[i+1].text), false
			}
		}
		if part.text != "_" {
			found(part.text, line[:end])
		}
		if last {
			return
		}
		line = line[end+skip:]
	}
}

// test reports whether the line has the literals in order.
func (p *pattern) test(line string) bool {
	for i, part := range p.parts {
		if part.capture {
			continue
		}
		at := strings.Index(line, part.text)
		if at < 0 || i == 0 && at != 0 {
			return false
		}
		line = line[at+len(part.text):]
	}
	return p.parts[len(p.parts)-1].capture || line == ""
}

// parsePath reads a json expression: a.b, a["b c"], a[0].
func parsePath(s string) ([]string, error) {
	var out []string
	for rest := s; rest != ""; {
		switch {
		case strings.HasPrefix(rest, `["`):
			end := strings.Index(rest, `"]`)
			if end < 0 {
				return nil, errors.New("unexpected end of expression")
			}
			out, rest = append(out, rest[2:end]), rest[end+2:]
		case rest[0] == '[':
			end := strings.IndexByte(rest, ']')
			if end < 0 {
				return nil, errors.New("unexpected end of expression")
			}
			if _, err := strconv.Atoi(rest[1:end]); err != nil {
				return nil, fmt.Errorf("unexpected %q", rest[1:end])
			}
			out, rest = append(out, rest[1:end]), rest[end+1:]
		case rest[0] == '.' && len(out) > 0:
			rest = rest[1:]
			if rest == "" {
				return nil, errors.New("unexpected end of expression")
			}
		default:
			n := strings.IndexAny(rest, ".[")
			if n < 0 {
				n = len(rest)
			}
			if n == 0 {
				return nil, fmt.Errorf("unexpected %q", rest[:1])
			}
			out, rest = append(out, rest[:n]), rest[n:]
		}
	}
	if len(out) == 0 {
		return nil, errors.New("empty expression")
	}
	return out, nil
}

// newTemplate reads a Go template with the functions of line_format that people use.
func newTemplate(name, text string) (*template.Template, error) {
	return template.New(name).Option("missingkey=zero").Funcs(template.FuncMap{
		"lower": strings.ToLower, "upper": strings.ToUpper, "ToLower": strings.ToLower, "ToUpper": strings.ToUpper, "title": strings.ToTitle,
		"trim": strings.TrimSpace, "TrimSpace": strings.TrimSpace, "Trim": strings.Trim, "TrimPrefix": strings.TrimPrefix, "TrimSuffix": strings.TrimSuffix,
		"trimPrefix": func(cut, s string) string { return strings.TrimPrefix(s, cut) }, "trimSuffix": func(cut, s string) string { return strings.TrimSuffix(s, cut) },
		"contains": func(sub, s string) bool { return strings.Contains(s, sub) }, "hasPrefix": func(p, s string) bool { return strings.HasPrefix(s, p) },
		"hasSuffix": func(p, s string) bool { return strings.HasSuffix(s, p) }, "replace": func(old, new, s string) string { return strings.ReplaceAll(s, old, new) },
		"Replace": strings.Replace, "default": func(d, v string) string {
			if v == "" {
				return d
			}
			return v
		},
		"trunc": func(n int, s string) string {
			switch {
			case n >= 0 && n < len(s):
				return s[:n]
			case n < 0 && -n < len(s):
				return s[len(s)+n:]
			}
			return s
		},
		"__line__":      func() string { return "" }, // bound to the entry when it runs
		"__timestamp__": func() time.Time { return time.Time{} },
	}).Parse(text)
}

func runTemplate(t *template.Template, e *entry) (string, error) {
	c, err := t.Clone()
	if err != nil {
		return "", err
	}
	c.Funcs(template.FuncMap{"__line__": func() string { return e.line }, "__timestamp__": func() time.Time { return time.Unix(0, e.at).UTC() }})
	var b bytes.Buffer
	if err := c.Execute(&b, e.labels()); err != nil {
		return "", err
	}
	return b.String(), nil
}

type lineFormat struct{ tpl *template.Template }

func (s *lineFormat) process(e *entry) bool {
	out, err := runTemplate(s.tpl, e)
	if err != nil {
		e.set(errorLabel, "TemplateFormatErr")
		e.set(detailsLabel, err.Error())
		return true
	}
	e.line = out
	return true
}

type labelRule struct {
	dst, src string
	tpl      *template.Template // nil: rename src
}

type labelFormat struct{ rules []labelRule }

func (s *labelFormat) process(e *entry) bool {
	for _, r := range s.rules {
		if r.tpl == nil {
			if v := e.get(r.src); v != "" {
				e.drop(r.src)
				e.set(r.dst, v)
			}
			continue
		}
		out, err := runTemplate(r.tpl, e)
		if err != nil {
			e.set(errorLabel, "TemplateFormatErr")
			e.set(detailsLabel, err.Error())
			continue
		}
		e.set(r.dst, out)
	}
	return true
}
