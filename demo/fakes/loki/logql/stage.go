package logql

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
)

// entry is a line on its way through a pipeline. base is shared by the lines of a stream and never written.
type entry struct {
	at      int64
	line    string
	base    map[string]string
	extra   map[string]string // extracted or formatted; wins over base
	dropped map[string]bool   // of base
}

const (
	errorLabel   = "__error__"
	detailsLabel = "__error_details__"
)

func (e *entry) get(name string) string {
	if v, ok := e.extra[name]; ok {
		return v
	}
	if e.dropped[name] {
		return ""
	}
	return e.base[name]
}

func (e *entry) set(name, v string) {
	if e.extra == nil {
		e.extra = map[string]string{}
	}
	e.extra[name] = v
}

// extract keeps what a parser found; a name that the stream has already gets a suffix.
func (e *entry) extract(name, v string) {
	if name = sanitise(name); name == "" {
		return
	}
	if _, taken := e.base[name]; taken && !e.dropped[name] {
		name += "_extracted"
	}
	if _, done := e.extra[name]; !done {
		e.set(name, v)
	}
}

func (e *entry) drop(name string) {
	delete(e.extra, name)
	if _, ok := e.base[name]; ok {
		if e.dropped == nil {
			e.dropped = map[string]bool{}
		}
		e.dropped[name] = true
	}
}

// labels are all that the entry carries, without empty ones.
func (e *entry) labels() map[string]string {
	out := make(map[string]string, len(e.base)+len(e.extra))
	for k, v := range e.base {
		if !e.dropped[k] {
			out[k] = v
		}
	}
	for k, v := range e.extra {
		if v == "" {
			delete(out, k)
			continue
		}
		out[k] = v
	}
	return out
}

func (e *entry) untouched() bool { return len(e.extra) == 0 && len(e.dropped) == 0 }

// stage is a step of a pipeline; false drops the line.
type stage interface{ process(*entry) bool }

type lineFilter struct {
	negate   bool
	contains []string
	regexps  []func(string) bool
	patterns []*pattern
}

func (f *lineFilter) process(e *entry) bool { return f.any(e.line) != f.negate }

func (f *lineFilter) any(line string) bool {
	for _, s := range f.contains {
		if strings.Contains(line, s) {
			return true
		}
	}
	for _, matches := range f.regexps {
		if matches(line) {
			return true
		}
	}
	for _, p := range f.patterns {
		if p.test(line) {
			return true
		}
	}
	return false
}

// field is a name wanted from a structured line and where it stands in it.
type field struct {
	name string
	path []string
}

// keyedStage is json or logfmt. Without fields everything is taken.
type keyedStage struct {
	parser            string
	fields            []field
	strict, keepEmpty bool
}

func (k *keyedStage) process(e *entry) bool {
	if k.parser == "logfmt" {
		k.logfmt(e)
		return true
	}
	var doc any
	dec := json.NewDecoder(strings.NewReader(e.line))
	dec.UseNumber()
	err := dec.Decode(&doc)
	object, ok := doc.(map[string]any)
	if err != nil || !ok {
		e.set(errorLabel, "JSONParserErr")
		if err != nil {
			e.set(detailsLabel, err.Error())
		} else {
			e.set(detailsLabel, "Value looks like object, but can't find closing '}' symbol")
		}
		return true
	}
	if len(k.fields) == 0 {
		flatten(e, "", object)
		return true
	}
	for _, f := range k.fields {
		e.extract(f.name, scalar(dig(object, f.path)))
	}
	return true
}

func flatten(e *entry, prefix string, object map[string]any) {
	for k, v := range object {
		switch x := v.(type) {
		case map[string]any:
			flatten(e, prefix+k+"_", x)
		case []any, nil: // Loki skips arrays and nulls
		default:
			e.extract(prefix+k, scalar(x))
		}
	}
}

func scalar(v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case string:
		return x
	case json.Number:
		return x.String()
	case bool:
		return strconv.FormatBool(x)
	}
	b, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(b)
}

func dig(v any, path []string) any {
	for _, step := range path {
		switch x := v.(type) {
		case map[string]any:
			v = x[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(x) {
				return nil
			}
			v = x[i]
		default:
			return nil
		}
	}
	return v
}

func (k *keyedStage) logfmt(e *entry) {
	found, ok := scanLogfmt(e.line)
	if !ok && k.strict {
		e.set(errorLabel, "LogfmtParserErr")
		e.set(detailsLabel, "logfmt syntax error")
		return
	}
	if len(k.fields) == 0 {
		for _, kv := range found {
			if kv[1] != "" || k.keepEmpty {
				e.extract(kv[0], kv[1])
			}
		}
		return
	}
	for _, f := range k.fields {
		value := ""
		for _, kv := range found {
			if kv[0] == strings.Join(f.path, ".") {
				value = kv[1]
			}
		}
		e.extract(f.name, value)
	}
}

// scanLogfmt reads key=value and key="quoted value"; ok is false when something did not fit.
func scanLogfmt(line string) (out [][2]string, ok bool) {
	ok = true
	for i := 0; i < len(line); {
		if line[i] == ' ' || line[i] == '\t' {
			i++
			continue
		}
		start := i
		for i < len(line) && line[i] > ' ' && line[i] != '=' && line[i] != '"' {
			i++
		}
		key := line[start:i]
		switch {
		case key == "":
			ok = false
			i++
		case i >= len(line) || line[i] != '=':
			out = append(out, [2]string{key, ""})
			if i < len(line) && line[i] == '"' {
				ok = false
				i++
			}
		default:
			i++
			value, n, fine := logfmtValue(line[i:])
			ok = ok && fine
			out = append(out, [2]string{key, value})
			i += n
		}
	}
	return out, ok
}

func logfmtValue(s string) (value string, length int, ok bool) {
	if !strings.HasPrefix(s, `"`) {
		n := strings.IndexAny(s, " \t")
		if n < 0 {
			n = len(s)
		}
		return s[:n], n, !strings.ContainsAny(s[:n], `"=`)
	}
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			v, err := strconv.Unquote(s[:i+1])
			if err != nil {
				return s[1:i], i + 1, false
			}
			return v, i + 1, true
		}
	}
	return s[1:], len(s), false
}

type unpackStage struct{}

// process undoes Promtail's pack: string values become labels, _entry the line.
func (unpackStage) process(e *entry) bool {
	var doc map[string]any
	if err := json.Unmarshal([]byte(e.line), &doc); err != nil {
		e.set(errorLabel, "JSONParserErr")
		e.set(detailsLabel, err.Error())
		return true
	}
	packed, isPacked := doc["_entry"].(string)
	for k, v := range doc {
		if s, ok := v.(string); ok && k != "_entry" && isPacked {
			e.extract(k, s)
		}
	}
	if isPacked {
		e.line = packed
	}
	return true
}

type patternStage struct{ p *pattern }

func (s *patternStage) process(e *entry) bool {
	s.p.capture(e.line, e.extract)
	return true
}

type regexpStage struct{ re *regexp.Regexp }

func (s *regexpStage) process(e *entry) bool {
	found := s.re.FindStringSubmatch(e.line)
	for i, name := range s.re.SubexpNames() {
		if name != "" && i < len(found) {
			e.extract(name, found[i])
		}
	}
	return true
}

type decolorizeStage struct{}

func (decolorizeStage) process(e *entry) bool {
	if !strings.ContainsRune(e.line, 0x1b) {
		return true
	}
	var b strings.Builder
	for i := 0; i < len(e.line); i++ {
		if e.line[i] == 0x1b && i+1 < len(e.line) && e.line[i+1] == '[' {
			for i += 2; i < len(e.line) && (e.line[i] < '@' || e.line[i] > '~'); i++ {
			}
			continue
		}
		b.WriteByte(e.line[i])
	}
	e.line = b.String()
	return true
}

type dropRule struct {
	name string
	m    *labels.Matcher // nil: whatever the value
}

type dropStage struct {
	keep  bool
	names []dropRule
}

func (d *dropStage) process(e *entry) bool {
	if !d.keep {
		for _, r := range d.names {
			if r.m == nil || r.m.Matches(e.get(r.name)) {
				e.drop(r.name)
			}
		}
		return true
	}
	for name, v := range e.labels() {
		kept := strings.HasPrefix(name, "__error")
		for _, r := range d.names {
			kept = kept || r.name == name && (r.m == nil || r.m.Matches(v))
		}
		if !kept {
			e.drop(name)
		}
	}
	return true
}

// sanitise makes a label name of any key.
func sanitise(key string) string {
	key = strings.TrimSpace(key)
	if key == "" {
		return ""
	}
	out := []byte(key)
	changed := false
	for i, c := range out {
		if !isLetter(c) && !isDigit(c) {
			out[i], changed = '_', true
		}
	}
	if isDigit(out[0]) {
		return "_" + string(out)
	}
	if changed {
		return string(out)
	}
	return key
}
