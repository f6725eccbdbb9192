package loki

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"dsotop/demo/fakes/loki/logql"
	"dsotop/demo/fakes/tenant"
)

// sampled is the newest lines of a query, for the calls that guess from a few.
func (f *face) sampled(r *http.Request, set tenant.Set, otherwise int) ([]logql.Entry, error) {
	log, err := logql.ParseLog(r.Form.Get("query"))
	if err != nil {
		return nil, err
	}
	start, end, err := f.bounds(r)
	if err != nil {
		return nil, err
	}
	lines, err := limitOf(r, "line_limit", otherwise)
	if err != nil {
		return nil, err
	}
	if lines > maxEntries {
		return nil, tooMany(lines)
	}
	found, _, err := logql.Select(r.Context(), f.source(set), log, start, end, lines, true)
	return found, err
}

// fieldsOf are the fields that json or logfmt would find in a line, and which of the two.
func fieldsOf(line string) (fields map[string]string, parser string) {
	var doc map[string]any
	if strings.HasPrefix(line, "{") && json.Unmarshal([]byte(line), &doc) == nil {
		fields = map[string]string{}
		for k, v := range doc {
			switch x := v.(type) {
			case string:
				fields[k] = x
			case float64:
				fields[k] = strconv.FormatFloat(x, 'f', -1, 64)
			case bool:
				fields[k] = strconv.FormatBool(x)
			}
		}
		return fields, "json"
	}
	fields = map[string]string{}
	for _, word := range strings.Fields(line) {
		k, v, ok := strings.Cut(word, "=")
		if ok && k != "" && v != "" && !strings.ContainsAny(k, `"[]{}()<>?&/:;,`) {
			fields[k] = strings.Trim(v, `"`)
		}
	}
	return fields, "logfmt"
}

// kindOf guesses a field's type from a value, as Loki does.
func kindOf(v string) string {
	if _, err := strconv.ParseInt(v, 10, 64); err == nil {
		return "int"
	}
	if _, err := strconv.ParseFloat(v, 64); err == nil {
		return "float"
	}
	if _, err := strconv.ParseBool(v); err == nil {
		return "boolean"
	}
	if _, err := time.ParseDuration(v); err == nil {
		return "duration"
	}
	return "string"
}

type detectedField struct {
	Label       string   `json:"label"`
	Type        string   `json:"type"`
	Cardinality int      `json:"cardinality"`
	Parsers     []string `json:"parsers"`
	JSONPath    []string `json:"jsonPath,omitempty"` // where a field of JSON is
}

func (f *face) detectedFields(rw http.ResponseWriter, r *http.Request, set tenant.Set) {
	limit, err := limitOf(r, "limit", 1000)
	if err != nil {
		fail(rw, err)
		return
	}
	found, err := f.sampled(r, set, 100)
	if err != nil {
		fail(rw, err)
		return
	}
	values := map[string]map[string]bool{}
	out := map[string]*detectedField{}
	for _, e := range found {
		fields, parser := fieldsOf(e.Line)
		for k, v := range fields {
			if out[k] == nil {
				if len(out) == limit {
					continue
				}
				out[k] = &detectedField{Label: k, Type: kindOf(v)}
				values[k] = map[string]bool{}
			}
			values[k][v] = true
			if kindOf(v) != out[k].Type {
				out[k].Type = "string"
			}
			if !slices.Contains(out[k].Parsers, parser) {
				out[k].Parsers = append(out[k].Parsers, parser)
				if parser == "json" {
					out[k].JSONPath = []string{k}
				}
			}
		}
	}
	list := make([]detectedField, 0, len(out))
	for _, k := range slices.Sorted(maps.Keys(out)) {
		out[k].Cardinality = len(values[k])
		list = append(list, *out[k])
	}
	reply(rw, map[string]any{"fields": list, "limit": limit})
}

func (f *face) detectedValues(rw http.ResponseWriter, r *http.Request, set tenant.Set) {
	limit, err := limitOf(r, "limit", 1000)
	if err != nil {
		fail(rw, err)
		return
	}
	found, err := f.sampled(r, set, 100)
	if err != nil {
		fail(rw, err)
		return
	}
	seen := map[string]bool{}
	for _, e := range found {
		fields, _ := fieldsOf(e.Line)
		if v, ok := fields[r.PathValue("name")]; ok && len(seen) < limit {
			seen[v] = true
		}
	}
	values := slices.Sorted(maps.Keys(seen))
	if values == nil {
		values = []string{}
	}
	reply(rw, map[string]any{"values": values, "limit": limit})
}

// mask makes a pattern of a line: words that hold a digit, quoted values and the right sides of pairs become <_>.
func mask(line string) string {
	words := strings.Fields(line)
	if len(words) > 40 {
		words = append(words[:40], "<_>")
	}
	for i, w := range words {
		switch k, v, ok := strings.Cut(w, "="); {
		case ok && k != "" && !strings.ContainsAny(k, "0123456789") && v != "":
			words[i] = k + "=<_>"
		case strings.ContainsAny(w, "0123456789"):
			words[i] = "<_>"
		}
	}
	out := words[:0]
	for _, w := range words { // neighbours that say nothing are one
		if w == "<_>" && len(out) > 0 && out[len(out)-1] == "<_>" {
			continue
		}
		out = append(out, w)
	}
	return strings.Join(out, " ")
}

// levelOf is the level Loki would have detected in a line.
func levelOf(line string) string {
	lower := strings.ToLower(line)
	for _, l := range []struct{ word, level string }{{"fatal", "critical"}, {"error", "error"}, {"erreur", "error"}, {"warn", "warn"}, {"debug", "debug"}, {"info", "info"}} {
		if strings.Contains(lower, l.word) {
			return l.level
		}
	}
	return "unknown"
}

func (f *face) patterns(rw http.ResponseWriter, r *http.Request, set tenant.Set) {
	found, err := f.sampled(r, set, maxEntries)
	if err != nil {
		fail(rw, err)
		return
	}
	step := 10 * time.Second
	if s := r.Form.Get("step"); s != "" {
		if step, err = parseStep(s); err != nil {
			fail(rw, err)
			return
		}
	}
	seconds := max(int64(step/time.Second), 10) // Loki's patterns have no finer grain
	type pattern struct {
		Pattern string     `json:"pattern"`
		Level   string     `json:"level"`
		Samples [][2]int64 `json:"samples"`
		total   int64
	}
	byText := map[string]*pattern{}
	for _, e := range slices.Backward(found) { // oldest first
		text := mask(e.Line)
		p := byText[text]
		if p == nil {
			p = &pattern{Pattern: text, Level: levelOf(e.Line)}
			byText[text] = p
		}
		at := e.At / int64(time.Second) / seconds * seconds
		if n := len(p.Samples); n == 0 || p.Samples[n-1][0] != at {
			p.Samples = append(p.Samples, [2]int64{at, 0})
		}
		p.Samples[len(p.Samples)-1][1]++
		p.total++
	}
	out := make([]pattern, 0, len(byText))
	for _, p := range byText {
		out = append(out, *p)
	}
	sort.Slice(out, func(i, j int) bool {
		if out[i].total != out[j].total {
			return out[i].total > out[j].total
		}
		return out[i].Pattern < out[j].Pattern
	})
	success(rw, out[:min(len(out), 300)])
}
