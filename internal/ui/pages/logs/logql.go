package logs

import (
	"context"
	"slices"
	"strings"
	"time"

	"dsotop/internal/logs"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/page"
)

const (
	topicComplete = "complete"
	topicCheck    = "check"
)

// logql is what the editor of LogQL knows: labels and values of the server, and what it says of the present text.
type logql struct {
	values  map[string][]string // by label; "" holds the labels
	asked   map[string]bool
	checked string // the text that refusal is about
	refusal *logs.QueryError
}

// pause is how long the person must not type before the server is asked about the text.
const pause = 250 * time.Millisecond

type completed struct {
	label  string
	values []string
}

type verdict struct {
	text    string
	refusal *logs.QueryError
}

// editLogQL opens the editor: labels and values are completed while one types, and the server's complaint stands under its place.
func (p *Page) editLogQL() intent.Intent {
	if p.reach.History == nil {
		return toast(p.env.Words.Logs.NoHistory)
	}
	p.ql = logql{values: map[string][]string{}, asked: map[string]bool{}}
	l := p.env.Words.Logs
	text := p.subject.LogQL
	if text == "" {
		text = p.selector()
		if !p.shownQuery().Empty() {
			text, _ = p.shownQuery().LogQL(text)
		}
	}
	return intent.Many{intent.Input{Label: l.LogQLLabel, Hint: l.LogQLHint, Text: text,
		Edit: p.editedLogQL, Complete: p.completeLogQL,
		Trouble: func(text string) (string, int) {
			if p.ql.refusal == nil || p.ql.checked != text {
				return "", -1
			}
			return p.ql.refusal.Message, placeIn(text, p.ql.refusal)
		},
		Done: func(text string) (intent.Intent, bool) {
			text = strings.TrimSpace(text)
			if p.ql.refusal != nil && strings.TrimSpace(p.ql.checked) == text {
				return nil, true
			}
			return p.ask(text), false
		}}, p.editedLogQL(text)}
}

// ask reads another query; an empty one is the subject's own.
func (p *Page) ask(text string) intent.Intent {
	s := p.subject
	s.LogQL, s.Filter = text, ""
	plainSubject := s
	plainSubject.LogQL = ""
	if text == plainSubject.Selector() {
		s = plainSubject
	}
	if !p.follow {
		s.At = p.seat.at
	} else {
		s.At = 0
	}
	p.setText("")
	p.only = false
	p.reopen(s)
	return nil
}

// placeIn is the rune of a text that a refusal is about; -1 when it names none.
func placeIn(text string, q *logs.QueryError) int {
	if q.Column <= 0 {
		return -1
	}
	line := max(q.Line, 1)
	at := 0
	for i, part := range strings.Split(text, "\n") {
		if i == line-1 {
			return at + min(q.Column-1, len([]rune(part)))
		}
		at += len([]rune(part)) + 1
	}
	return -1
}

// editedLogQL asks the server what it thinks of the text once the person pauses, and what may stand at its end.
func (p *Page) editedLogQL(text string) intent.Intent {
	h, tenant, now := p.reach.History, p.reach.Tenant, p.env.Now().UnixNano()
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
		_, err := h.Range(ctx, logs.Ask{Tenant: tenant, Query: text, From: now - int64(time.Second), To: now, Limit: 1})
		return verdict{text, refused(err)}, nil
	}}}
	for _, label := range []string{"", spotOf([]rune(text), len([]rune(text))).label} {
		if p.ql.asked[label] {
			continue
		}
		p.ql.asked[label] = true
		from, to := now-int64(6*time.Hour), now
		restrict := ""
		if ns := p.subject.Namespace; ns != "" && label != "namespace" && label != "" {
			restrict = logs.Subject{Namespace: ns}.Selector()
		}
		out = append(out, intent.Ask{Topic: topicComplete + label, Work: func(ctx context.Context) (any, error) {
			var got []string
			var err error
			if label == "" {
				got, err = h.Labels(ctx, tenant, from, to)
			} else {
				got, err = h.Values(ctx, tenant, label, restrict, from, to)
			}
			return completed{label, got}, err
		}})
	}
	return out
}

// hear takes labels, values, and what the server thinks.
func (q *logql) hear(a page.Answer) bool {
	switch v := a.Value.(type) {
	case completed:
		if q.values == nil {
			return false
		}
		if a.Err != nil {
			delete(q.asked, v.label) // asked again with the next letter
		}
		slices.Sort(v.values)
		q.values[v.label] = v.values
		return true
	case verdict:
		q.checked, q.refusal = v.text, v.refusal
		return true
	}
	return false
}

// stages are what may follow a selector.
func stages() []string {
	return []string{`|= ""`, `!= ""`, `|~ ""`, `!~ ""`, `| json`, `| logfmt`, `| detected_level="error"`, `| line_format "{{.}}"`}
}

// completeLogQL says what may stand at a place of the text.
func (p *Page) completeLogQL(text string, at int) intent.Completion {
	runes := []rune(text)
	s := spotOf(runes, at)
	c := intent.Completion{From: s.from, To: at}
	var all []string
	switch {
	case s.value:
		values, ok := p.ql.values[s.label]
		if !ok {
			c.Loading = p.ql.asked[s.label]
			return c
		}
		all = values
	case s.name:
		labels, ok := p.ql.values[""]
		if !ok {
			c.Loading = p.ql.asked[""]
			return c
		}
		for _, l := range labels {
			all = append(all, l+`="`)
		}
	case s.stage:
		all = stages()
	}
	prefix := strings.ToLower(string(runes[s.from:at]))
	for _, x := range all {
		if low := strings.ToLower(x); strings.HasPrefix(low, prefix) && low != prefix {
			c.Items = append(c.Items, x)
		}
	}
	for _, x := range all { // then what holds it somewhere
		if low := strings.ToLower(x); prefix != "" && strings.Contains(low, prefix) && !strings.HasPrefix(low, prefix) {
			c.Items = append(c.Items, x)
		}
	}
	c.Items = c.Items[:min(len(c.Items), 200)]
	return c
}

// spot is what a place of a LogQL text is: the name of a label, a value of one, or the start of a stage.
type spot struct {
	name, value, stage bool
	label              string // of the value
	from               int    // where the word begins
}

// spotOf reads the text up to a place.
func spotOf(text []rune, at int) spot {
	at = min(at, len(text))
	inside, closed := false, false
	var quoted rune
	name, from := "", 0
	word := 0 // start of the present word
	for i := 0; i < at; i++ {
		r := text[i]
		switch {
		case quoted != 0:
			if r == '\\' && quoted == '"' {
				i++
			} else if r == quoted {
				quoted = 0
				word = i + 1
			}
		case r == '"' || r == '`':
			quoted, from = r, i+1
		case r == '{':
			inside, word = true, i+1
		case r == '}':
			inside, closed, word = false, true, i+1
		case inside && r == ',':
			word = i + 1
		case inside && (r == '=' || r == '!' || r == '~'):
			if n := strings.TrimSpace(string(text[word:i])); n != "" {
				name = n
			}
			word = i + 1
		case !inside && r == ' ':
			word = i + 1
		}
	}
	switch {
	case inside && quoted != 0:
		return spot{value: true, label: name, from: from}
	case inside:
		for word < at && text[word] == ' ' {
			word++
		}
		if word > 0 && strings.ContainsRune("=!~", text[word-1]) {
			return spot{from: at} // a quote must follow
		}
		return spot{name: true, from: word}
	case closed && quoted == 0:
		// A stage may hold a blank ("| json"): from its bar on.
		for i := at - 1; i >= 0 && i >= at-12; i-- {
			if text[i] == '|' || text[i] == '!' {
				word = i
				break
			}
			if text[i] == '}' || text[i] == '"' {
				break
			}
		}
		return spot{stage: true, from: word}
	}
	return spot{from: at}
}
