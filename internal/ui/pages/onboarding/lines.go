package onboarding

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"dsotop/internal/onboarding"
	"dsotop/internal/onboarding/sheet"
	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/style"
	"dsotop/internal/ui/table"
)

// columns of the board. The name holds sign and number, so that it reads alone on a narrow screen.
func (p *Board) columns() []table.Column[item] {
	w := p.env.Words.Onboarding
	name, state, what := strings.ToUpper(w.TicketStep), w.StateHead, w.What
	if p.part != partSteps { // what people tell has a value, and nobody's turn
		name, state, what = strings.ToUpper(w.Part[p.part]), "", w.Value // the words beneath say what they are: a kind, how strict
	}
	all := []table.Column[item]{
		{ID: "name", Title: "     " + name, Name: strings.ToLower(name), Want: 30, Min: 24, Max: 48, Natural: func(x item) int { return block.Width(p.label(x)) + 5 }, Draw: p.drawName,
			Compare: func(a, b item) int { return strings.Compare(p.label(a), p.label(b)) }, Value: p.label},
		{ID: "state", Title: state, Name: strings.ToLower(w.StateHead), Want: 12, Min: 10, Max: 14, Draw: p.drawState, Natural: func(x item) int {
			if x.step == nil {
				return 0
			}
			return block.Width(w.State[string(x.step.State)])
		}, Compare: func(a, b item) int { return cmp.Compare(rank(a), rank(b)) }, Value: p.state},
		{ID: "owner", Title: w.OwnerHead, Want: 12, Keep: 1, Draw: func(pen *style.Pen, x item) {
			if x.step != nil {
				pen.Put(style.Text, w.OwnerShort[string(x.step.Owner)])
			}
		}, Compare: func(a, b item) int { return strings.Compare(ownerOf(a), ownerOf(b)) }, Value: ownerOf},
		{ID: "days", Title: strings.ToUpper(w.Since), Want: 6, Keep: 2, Right: true, Draw: func(pen *style.Pen, x item) {
			if x.step != nil {
				pen.Right(style.Muted, days(p.env, x.step))
			}
		}, Compare: func(a, b item) int { return cmp.Compare(p.daysOf(b), p.daysOf(a)) }},
		{ID: "what", Title: what, Want: 40, Min: 18, Keep: 3, Grow: true, Draw: p.drawWhat},
	}
	if p.part == partSteps {
		return all
	}
	return slices.DeleteFunc(all, func(c table.Column[item]) bool { return c.ID == "owner" || c.ID == "days" })
}

func ownerOf(x item) string {
	if x.step == nil {
		return ""
	}
	return string(x.step.Owner)
}

func (p *Board) daysOf(x item) int {
	if x.step == nil {
		return -1
	}
	return x.step.Days(p.env.Now())
}

// rank puts first what deserves the eye.
func rank(x item) int {
	if x.step == nil {
		if x.answer == "no" {
			return 0
		}
		return 9
	}
	for i, s := range []platform.StepState{platform.StepKO, platform.StepWaiting, platform.StepRunning, platform.StepTodo, platform.StepUnknown, platform.StepOK, platform.StepNA} {
		if s == x.step.State {
			return i
		}
	}
	return 9
}

func (p *Board) label(x item) string {
	w := p.env.Words.Onboarding
	switch {
	case x.step != nil:
		return w.Step[x.step.ID]
	case x.field != nil:
		return w.Field[x.id]
	}
	if x.section == onboarding.Skills {
		return w.SkillName + w.Skill[x.id]
	}
	return w.Compatibility[x.id]
}

func (p *Board) title(x item) string {
	if x.step != nil {
		return strconv.Itoa(x.step.Number) + " " + p.label(x)
	}
	return p.label(x)
}

// sign of a line: of a form, whether something was said.
func (p *Board) sign(x item) cells.Mark {
	g := p.env.Glyphs
	switch {
	case x.step != nil:
		return mark(g, x.step.State)
	case x.field != nil && !x.value.Empty(), x.answer == "yes":
		return mark(g, platform.StepOK)
	case x.answer == "no" && (x.section == onboarding.Compatibility || platform.SkillMandatory(x.id)):
		return mark(g, platform.StepKO)
	case x.answer == "no":
		return mark(g, platform.StepWaiting)
	case x.answer == "na":
		return mark(g, platform.StepNA)
	}
	return mark(g, platform.StepTodo)
}

func (p *Board) drawName(pen *style.Pen, x item) {
	m := p.sign(x)
	pen.Put(m.Role, m.Glyph)
	number := ""
	switch {
	case x.step != nil:
		number = strconv.Itoa(x.step.Number)
	case x.field != nil && x.field.Number > 0:
		number = strconv.Itoa(x.field.Number)
	}
	pen.Space(3-len(number)).Put(style.Faint, number).Space(1) // not a column: the table's own is in force
	role := style.Text
	if x.step != nil && (x.step.State == platform.StepKO || x.step.State == platform.StepWaiting || x.step.State == platform.StepRunning) {
		role = style.Strong
	}
	pen.Put(role, p.label(x))
}

func (p *Board) state(x item) string {
	w := p.env.Words.Onboarding
	switch {
	case x.step != nil:
		return w.State[string(x.step.State)]
	case x.field != nil:
		kind, _, _ := strings.Cut(w.Kind[string(x.field.Kind)], " ")
		return strings.TrimSuffix(kind, ":")
	case x.section == onboarding.Skills && !platform.SkillMandatory(x.id):
		return w.Advised
	}
	return w.Mandatory
}

func (p *Board) drawState(pen *style.Pen, x item) {
	role := style.Faint
	if x.step != nil {
		role = word(p.sign(x))
	}
	pen.Put(role, p.state(x))
}

func (p *Board) drawWhat(pen *style.Pen, x item) {
	if x.step == nil {
		role := style.Text
		if x.value.Empty() && x.answer == "" {
			role = style.Faint
		}
		pen.Put(role, p.value(x))
		return
	}
	if e, ok := sheet.Proof(x.step); ok {
		pen.Put(style.Muted, p.env.Words.OnboardingWhy(e))
	}
}

// details are the checks of a step with their evidence, or a value whole.
func (p *Board) details(x item, w int) []string {
	e, ow := p.env, p.env.Words.Onboarding
	const column = 10
	if x.step == nil {
		out := pane.Fact(e, w, column, strings.ToLower(ow.Value), style.Span{Role: style.Text, Text: p.value(x)})
		if x.field != nil {
			out = append(out, pane.Fact(e, w, column, "", style.Span{Role: style.Faint, Text: ow.Kind[string(x.field.Kind)]})...)
			if x.field.Number > 0 {
				out = append(out, pane.Fact(e, w, column, strings.ToLower(ow.Number), style.Span{Role: style.Faint, Text: strconv.Itoa(x.field.Number) + "/" + strconv.Itoa(platform.PrerequisiteCount)})...)
			}
		}
		return out
	}
	s := x.step
	m := mark(e.Glyphs, s.State)
	state := []style.Span{{Role: word(m), Text: ow.State[string(s.State)]}}
	if !s.Since.IsZero() {
		state = append(state, style.Span{Role: style.Muted, Text: ", " + ow.Since + " " + p.when(s.Since) + " (" + ow.DaysText(s.Days(e.Now())) + ")"})
	}
	out := pane.Fact(e, w, column, strings.ToLower(ow.StateHead), state...)
	if s.Owner != "" {
		out = append(out, pane.Fact(e, w, column, strings.ToLower(ow.OwnerHead), style.Span{Role: style.Text, Text: ow.Owner[string(s.Owner)]}, style.Span{Role: style.Faint, Text: "  (" + ow.Derived + ")"})...)
	}
	if s.Tick != nil && !slices.ContainsFunc(s.Checks, func(c platform.OnboardingCheck) bool { return c.ID == s.ID && c.Manual }) {
		out = append(out, p.tickLines(s.Tick, w)...)
	}
	for i := range s.Checks {
		out = append(out, p.checkLines(&s.Checks[i], w)...)
	}
	return out
}

// when writes an instant; what people noted has a day and no time.
func (p *Board) when(t time.Time) string {
	if t.Equal(t.Truncate(24 * time.Hour)) {
		return t.UTC().Format(p.env.Words.Form.Date)
	}
	return p.env.Words.When(t, p.env.Now())
}

func (p *Board) checkLines(c *platform.OnboardingCheck, w int) []string {
	e, ow := p.env, p.env.Words.Onboarding
	m := mark(e.Glyphs, c.State)
	how := ow.AutoMark
	switch {
	case c.Given:
		how = ow.Given
	case c.Manual:
		how = ow.ManualMark
	}
	pen := e.Pen(w).Space(1).Put(m.Role, m.Glyph).Space(1).Put(style.Strong, e.Words.OnboardingCheck(c.ID)).Space(1).Put(word(m), ow.State[string(c.State)])
	out := []string{pen.Right(style.Faint, " "+how+" ").Line()}
	for _, why := range c.Why {
		source := why.Source
		if source == platform.SourceLedger {
			source = strings.ToLower(ow.ManualMark)
		}
		if source != "" {
			source = "  [" + source
			if !why.At.IsZero() && why.Source != platform.SourceLedger {
				source += ", " + e.Words.When(why.At, e.Now())
			}
			source += "]"
		}
		if c.Tick != nil && strings.HasPrefix(why.Code, "ticked_") { // its own lines say it, with name and date
			continue
		}
		out = append(out, pane.Text(e, w, 3, style.Muted, e.Words.OnboardingWhy(why)+source)...)
	}
	if c.Tick != nil {
		out = append(out, p.tickLines(c.Tick, w)...)
	}
	return out
}

// tickLines are who noted what, when, and why.
func (p *Board) tickLines(t *platform.Tick, w int) []string {
	e, ow := p.env, p.env.Words.Onboarding
	text := ow.Ticked(t.By, t.At.Format(time.DateOnly))
	if t.Owner != "" {
		text += ", " + ow.State[string(platform.StepWaiting)] + " " + e.Glyphs.To + " " + ow.Owner[string(t.Owner)]
	}
	out := pane.Text(e, w, 3, style.Muted, text)
	return append(out, pane.Text(e, w, 3, style.Text, t.Comment)...)
}
