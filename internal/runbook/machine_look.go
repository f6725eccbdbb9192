package runbook

import (
	"context"
	"fmt"
	"strings"
	"time"
)

func (m *Machine) values(s *scene) values {
	v := values{facts: s.facts(m.run.Begun), params: map[string]any{}, answer: map[string]string{}, result: map[string]float64{}}
	for _, p := range m.book.Params {
		x, err := parseValue(p.Type, p.Choices, m.run.Params[p.Name])
		if err != nil {
			x = m.run.Params[p.Name]
		}
		v.params[p.Name] = x
	}
	for i := range m.run.Records {
		rec := &m.run.Records[i]
		if rec.Kind == Ask && !rec.Ended.IsZero() && rec.State != StepSkipped { // what was not asked has no answer
			v.answer[rec.Step] = rec.Answer
		}
		if rec.Result != nil {
			v.result[rec.Step] = *rec.Result
		}
	}
	return v
}

func fillBoth(t TextTemplate, v values) Text {
	var out Text
	if t.FR != nil {
		out.FR, _ = t.FR.fill(v)
	}
	if t.EN != nil {
		out.EN, _ = t.EN.fill(v)
	}
	return out
}

// holds evaluates a condition. known is false when facts are missing; why says what was seen, or what is missing.
func (m *Machine) holds(s *scene, c *Cond, v values) (holds bool, why Text, known bool) {
	if family, age, missing := s.missing(c); missing {
		fr, en := "on ne sait pas encore : "+family, "not known yet: "+family
		if age.Source != "" {
			fr, en = fr+" ("+age.Source+", "+string(age.State)+")", en+" ("+age.Source+", "+string(age.State)+")"
		}
		return false, Text{FR: fr, EN: en}, false
	}
	ok, err := c.holds(v)
	if err != nil {
		return false, Text{FR: "la condition n'a pas de valeur : " + err.Error(), EN: "the condition has no value: " + err.Error()}, false
	}
	if !ok {
		return false, Text{FR: "la condition est fausse : " + c.Text, EN: "the condition is false: " + c.Text}, true
	}
	return true, Text{}, true
}

// seen are the values that a condition reads, for the record.
func seen(c *Cond, v values) []Fact {
	var out []Fact
	for _, p := range c.Paths {
		if text, err := p.text(v); err == nil {
			if len([]rune(text)) > 200 {
				text = string([]rune(text)[:199]) + "…"
			}
			out = append(out, Fact{p.Text, text})
		}
	}
	return out
}

// look evaluates the condition of a check.
func (m *Machine) look(_ context.Context, s *scene, st Step, rec *Record) {
	v := m.values(s)
	holds, why, known := m.holds(s, st.Check.That, v)
	rec.Seen = seen(st.Check.That, v)
	if holds {
		m.done(s, st, rec)
		return
	}
	if f := st.Fail; m.run.Dry && known && st.Check.Within == 0 && f.Do == FailGoto && m.run.Last(f.Goto) == nil && !strings.Contains(st.Check.That.Text, "answer") {
		// What is false already decides the way, unless it is about an answer that nobody gave; a way back was walked once, and what it waits for will not come in a dry run.
		rec.State, rec.Ended, rec.Why = StepDry, s.Now, why
		m.run.State = Playing
		m.advance(Step{}, f.Goto)
		return
	}
	if !known {
		m.unseen(s, st, rec, why)
		return
	}
	if st.Check.Within == 0 && !rec.Until.IsZero() {
		rec.Until = s.Now // it was waited for because nothing was known; now it is
	}
	m.later(s, st, rec, why, st.Check.Within, st.Check.Every)
}

const (
	grace      = time.Minute     // how long facts may take to come, where a check does not wait by itself
	graceEvery = 2 * time.Second // how often they are looked for meanwhile
)

// unseen waits for the facts that a check needs. What stays unknown decides no way: where the check would go elsewhere, a person is asked.
func (m *Machine) unseen(s *scene, st Step, rec *Record, why Text) {
	within, every := st.Check.Within, st.Check.Every
	if within < grace {
		within, every = grace, graceEvery
	}
	if !m.run.Dry && st.Fail.Do == FailGoto && !rec.Until.IsZero() && !s.Now.Before(rec.Until) {
		m.trouble(s, st, rec, why)
		return
	}
	m.later(s, st, rec, why, within, every)
}

// later waits for the deadline of a step, or fails it.
func (m *Machine) later(s *scene, st Step, rec *Record, why Text, within, every time.Duration) {
	rec.Why = why
	if m.run.Dry {
		rec.State, rec.Ended = StepDry, s.Now
		m.run.State = Playing
		m.advance(st, "")
		return
	}
	if rec.Until.IsZero() {
		rec.Until = s.Now.Add(within)
		if within > 0 {
			m.world.Look(m.run.Selection)
		}
	}
	if !s.Now.Before(rec.Until) {
		m.fail(s, st, rec, why)
		return
	}
	rec.State, m.run.State = string(Waiting), Waiting
	rec.Look = s.Now.Add(every)
	if rec.Look.After(rec.Until) {
		rec.Look = rec.Until
	}
}

func (m *Machine) query(ctx context.Context, s *scene, st Step, rec *Record) {
	q := st.Query
	v := m.values(s)
	expr, known := q.Expr.fill(v)
	if !known {
		m.later(s, st, rec, Text{FR: "la question ne peut pas être écrite : un fait manque", EN: "the question cannot be written: a fact is missing"}, q.Within, q.Every)
		return
	}
	numbers, err := m.world.Query(ctx, m.run.Selection, Question{Language: q.Language, Expr: expr, Tenant: q.Tenant, Over: q.Over})
	rec.Seen = []Fact{{q.Language, expr}}
	if err != nil {
		if ctx.Err() != nil {
			return
		}
		m.later(s, st, rec, Text{FR: "la question n'a pas eu de réponse : " + err.Error(), EN: "the question got no answer: " + err.Error()}, q.Within, q.Every)
		return
	}
	if len(numbers) == 0 {
		if q.Empty {
			rec.Seen = append(rec.Seen, Fact{"value", "–"})
			m.done(s, st, rec)
			return
		}
		m.later(s, st, rec, Text{FR: "la réponse est vide : aucune série", EN: "the answer is empty: no series"}, q.Within, q.Every)
		return
	}
	value := numbers[0]
	for _, n := range numbers {
		value = max(value, n)
	}
	v.facts.Value, v.facts.Values = value, numbers
	rec.Result = &value
	rec.Seen = append(rec.Seen, Fact{"value", fmt.Sprintf("%g", value)})
	holds, why, _ := m.holds(s, q.Expect, v)
	if holds {
		m.done(s, st, rec)
		return
	}
	m.later(s, st, rec, why, q.Within, q.Every)
}
