package metrics

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"

	"dsotop/internal/desk"
	"dsotop/internal/metrics"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/page"
)

const (
	topicCheck    = "check"
	topicComplete = "complete "
	topicHelp     = "help"
)

// pause is how long the person must not type before the server is asked about the text.
const pause = 250 * time.Millisecond

// editor is what the editor of expressions knows: names, labels and values of the server, and what it says of the present text.
type editor struct {
	values  map[string][]string // "__name__", "" for the names of labels, else the values of a label
	asked   map[string]bool
	help    map[string]desk.MetricMeta
	checked string
	refusal *desk.PromQLError
	notes   []string // warnings and infos of the server on what it takes
	expand  func(string) string
}

type completed struct {
	label  string
	values []string
}

type verdict struct {
	text    string
	refusal *desk.PromQLError
	answer  desk.MetricAnswer
}

// editExpr opens the editor: names, labels, values and functions are completed while one types, and the server's complaint stands under
// its place.
func (p *Page) editExpr() intent.Intent {
	v := metrics.Vars{Namespace: p.subject.Namespace, Pod: p.subject.Pod, Grid: p.grid()}
	p.edit = editor{values: map[string][]string{}, asked: map[string]bool{}, expand: v.Expand}
	w := p.env.Words.Metrics
	text := p.subject.Expr
	if text == "" {
		if panels := p.panels(); len(panels) > 0 && p.full {
			if qs := panels[p.current(panels)].Queries; len(qs) > 0 {
				text = qs[0].Expr(p.each)
			}
		}
	}
	return intent.Many{intent.Input{Label: w.ExprLabel, Hint: w.ExprHint, Text: text, Edit: p.edited, Complete: p.complete,
		Trouble: func(text string) (string, int) {
			if p.edit.refusal == nil || p.edit.checked != text {
				return "", -1
			}
			return p.edit.refusal.Message, p.edit.placeIn(text)
		},
		Advice: func(text string) []string {
			if p.edit.checked != text {
				return nil
			}
			return p.edit.notes
		},
		Done: func(text string) (intent.Intent, bool) {
			text = strings.TrimSpace(text)
			if p.edit.refusal != nil && strings.TrimSpace(p.edit.checked) == text && text != "" {
				return nil, true
			}
			p.setExpr(text)
			p.read(true)
			return nil, false
		}}, p.edited(text)}
}

// placeIn is the rune of the text that the refusal is about; -1 when it names none, or when a variable before it was replaced by
// something of another length.
func (x *editor) placeIn(text string) int {
	r := x.refusal
	if r.Column <= 0 || r.Line > 1 || strings.Contains(text, "\n") {
		return -1
	}
	// Columns count bytes of what was sent; the place is looked for in what was typed.
	sent := x.expand(text)
	at := min(r.Column-1, len(sent))
	same := 0
	for same < len(text) && same < len(sent) && text[same] == sent[same] {
		same++
	}
	if at <= same {
		return len([]rune(text[:min(at, len(text))]))
	}
	back := len(sent) - at // from the end, behind the last variable
	if back < len(text) && strings.HasSuffix(text, sent[at:]) {
		return len([]rune(text[:len(text)-back]))
	}
	return -1
}

// edited asks the server what it thinks of the text once the person pauses, and what may stand where one types.
func (p *Page) edited(text string) intent.Intent {
	reach, now, expand := p.loader.reach, p.env.Now(), p.edit.expand
	out := intent.Many{intent.Ask{Topic: topicCheck, Work: func(ctx context.Context) (any, error) {
		t := time.NewTimer(pause)
		defer t.Stop()
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-t.C:
		}
		if strings.TrimSpace(text) == "" {
			return verdict{text: text}, nil
		}
		answer, err := reach.Metrics.Instant(ctx, desk.MetricAsk{Tenant: reach.Tenant, Expr: expand(text)}, now)
		refused, _ := errors.AsType[*desk.PromQLError](err)
		return verdict{text, refused, answer}, nil
	}}}
	span := desk.MetricRange{From: now.Add(-time.Hour), To: now, Step: time.Minute}
	if p.edit.help == nil && !p.edit.asked[topicHelp] {
		p.edit.asked[topicHelp] = true
		out = append(out, intent.Ask{Topic: topicHelp, Work: func(ctx context.Context) (any, error) { return reach.Metrics.Metadata(ctx, reach.Tenant) }})
	}
	s := spotOf([]rune(text), len([]rune(text)))
	for _, label := range []string{"__name__", "", s.label} {
		if p.edit.asked[label+"\x00"] || label == "" && !s.name && len(p.edit.values) > 0 {
			continue
		}
		p.edit.asked[label+"\x00"] = true
		out = append(out, intent.Ask{Topic: topicComplete + label, Work: func(ctx context.Context) (any, error) {
			var got []string
			var err error
			if label == "" {
				got, err = reach.Metrics.Labels(ctx, reach.Tenant, "", span)
			} else {
				got, err = reach.Metrics.Values(ctx, reach.Tenant, label, "", span)
			}
			return completed{label, got}, err
		}})
	}
	return out
}

// Hear takes names, labels, values, help, and what the server thinks.
func (p *Page) Hear(a page.Answer) bool {
	x := &p.edit
	switch v := a.Value.(type) {
	case completed:
		if x.values == nil {
			return false
		}
		if a.Err != nil {
			delete(x.asked, v.label+"\x00") // asked again with the next letter
			v.values = nil
		}
		x.values[v.label] = v.values
		return true
	case map[string]desk.MetricMeta:
		if a.Err == nil {
			x.help = v
		}
		return true
	case verdict:
		x.checked, x.refusal, x.notes = v.text, v.refusal, nil
		for _, n := range slices.Concat(v.answer.Warnings, v.answer.Infos) {
			if len(x.notes) < 3 {
				x.notes = append(x.notes, n)
			}
		}
		if v.answer.Histograms > 0 {
			x.notes = append(x.notes, p.env.Words.Metrics.Histograms(v.answer.Histograms))
		}
		return true
	}
	return false
}

// functions are what PromQL offers that is of use here, in the order in which people need them.
func functions() []string {
	return []string{"rate(", "sum(", "sum by (", "avg(", "avg by (", "max(", "max by (", "min(", "count(", "count by (", "increase(", "irate(", "topk(5, ", "bottomk(5, ", "histogram_quantile(0.95, ",
		"avg_over_time(", "max_over_time(", "min_over_time(", "sum_over_time(", "quantile_over_time(0.95, ", "last_over_time(", "changes(", "delta(", "deriv(", "predict_linear(", "resets(", "absent(", "clamp_min(", "clamp_max(",
		"abs(", "ceil(", "floor(", "round(", "label_replace(", "sort_desc(", "time()", "vector(", "scalar(", "stddev(", "quantile(0.95, ", "count_values(", "group by ("}
}

// complete says what may stand at a place of the text.
func (p *Page) complete(text string, at int) intent.Completion {
	runes := []rune(text)
	s := spotOf(runes, at)
	c := intent.Completion{From: s.from, To: at}
	prefix := strings.ToLower(string(runes[s.from:at]))
	var all []string
	switch {
	case s.window:
		all = []string{"$window]", "5m]", "1h]", "1d]"}
	case s.value && prefix == "" && s.label == "namespace":
		all = append([]string{"$namespace"}, p.edit.values[s.label]...)
	case s.value:
		values, ok := p.edit.values[s.label]
		if !ok {
			c.Loading = p.edit.asked[s.label+"\x00"]
			return c
		}
		all = values
	case s.name:
		labels, ok := p.edit.values[""]
		if !ok {
			c.Loading = p.edit.asked["\x00"]
			return c
		}
		for _, l := range labels {
			if l == "__name__" {
				continue
			}
			if s.by {
				all = append(all, l)
			} else {
				all = append(all, l+`="`)
			}
		}
	case s.word && prefix != "":
		all = append(slices.Clone(functions()), p.edit.values["__name__"]...)
		if _, ok := p.edit.values["__name__"]; !ok {
			c.Loading = p.edit.asked["__name__\x00"]
		}
	}
	// What begins with the word, then what holds it; counters before others where a rate is being written.
	for _, begins := range []bool{true, false} {
		for _, x := range all {
			low := strings.ToLower(x)
			if low != prefix && strings.HasPrefix(low, prefix) == begins && strings.Contains(low, prefix) && (begins || prefix != "") {
				c.Items = append(c.Items, x)
			}
		}
	}
	if s.rate && len(p.edit.help) > 0 {
		slices.SortStableFunc(c.Items, func(a, b string) int { return p.counter(b) - p.counter(a) })
	}
	c.Items = c.Items[:min(len(c.Items), 200)]
	return c
}

func (p *Page) counter(name string) int {
	if t := p.edit.help[name].Type; t == "counter" || strings.HasSuffix(name, "_total") || strings.HasSuffix(name, "_bucket") {
		return 1
	}
	return 0
}

// spot is what a place of a PromQL text is.
type spot struct {
	word   bool   // a metric or a function
	name   bool   // of a label, inside braces or after by
	by     bool   // after by, without, on, ignoring
	value  bool   // of the label
	window bool   // inside brackets
	rate   bool   // directly inside rate( and its like
	label  string // of the value
	from   int    // where the word begins
}

// spotOf reads the text up to a place. It is no parser: it knows strings, braces, brackets and what stands before a parenthesis.
func spotOf(text []rune, at int) spot {
	at = min(at, len(text))
	var quote rune
	braces, label := 0, ""
	word := 0
	var opened []string // the word before each open parenthesis
	window, windowFrom, from := false, 0, 0
	last := "" // the word before the present one
	ident := func(r rune) bool {
		return r == '_' || r == ':' || r == '$' || unicode.IsLetter(r) || unicode.IsDigit(r)
	}
	for i := 0; i < at; i++ {
		r := text[i]
		switch {
		case quote != 0:
			if r == '\\' && quote != '`' {
				i++
			} else if r == quote {
				quote, word = 0, i+1
			}
			continue
		case r == '"' || r == '\'' || r == '`':
			quote, from = r, i+1
			continue
		case r == '{':
			braces++
		case r == '}':
			braces = max(braces-1, 0)
		case r == '[':
			window, windowFrom = true, i+1
		case r == ']':
			window = false
		case r == '(':
			before := strings.ToLower(strings.TrimSpace(string(text[word:i])))
			if before == "" {
				before = last
			}
			opened = append(opened, before)
		case r == ')':
			if len(opened) > 0 {
				opened = opened[:len(opened)-1]
			}
		case braces > 0 && (r == '=' || r == '!' || r == '~'):
			if n := strings.TrimSpace(string(text[word:i])); n != "" {
				label = n
			}
		}
		if !ident(r) {
			if w := strings.ToLower(strings.TrimSpace(string(text[min(word, i):i]))); w != "" {
				last = w
			}
			if r != ' ' {
				if r != '(' {
					last = ""
				}
			}
			word = i + 1
		}
	}
	inner := ""
	if len(opened) > 0 {
		inner = opened[len(opened)-1]
	}
	grouping := slices.Contains([]string{"by", "without", "on", "ignoring", "group_left", "group_right"}, inner)
	switch {
	case quote != 0 && braces > 0:
		return spot{value: true, label: label, from: from}
	case quote != 0:
		return spot{from: at}
	case window:
		return spot{window: true, from: windowFrom}
	case braces > 0:
		if word > 0 && word <= at && strings.ContainsRune("=!~", text[word-1]) {
			return spot{from: at} // a quote must follow
		}
		return spot{name: true, from: word}
	case grouping:
		return spot{name: true, by: true, from: word}
	}
	return spot{word: true, from: word, rate: slices.Contains([]string{"rate", "irate", "increase"}, inner)}
}
