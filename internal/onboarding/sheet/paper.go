package sheet

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"dsotop/internal/platform"
	"dsotop/internal/ui/words"
)

// sign marks a state in print, where colour may be missing.
func sign(s platform.StepState) string {
	switch s {
	case platform.StepOK:
		return "✔"
	case platform.StepKO:
		return "✖"
	case platform.StepRunning:
		return "◔"
	case platform.StepWaiting:
		return "◐"
	case platform.StepNA:
		return "–"
	case platform.StepUnknown:
		return "?"
	}
	return "·"
}

// proof is the first piece of evidence of what makes the state of a step, on one line.
func proof(s *platform.OnboardingStep, w *words.Set) string {
	e, ok := Proof(s)
	if !ok {
		return ""
	}
	return w.OnboardingWhy(e)
}

// Proof is the evidence that says most about a step's state: that of the first check in this state, what fails before what is told.
func Proof(s *platform.OnboardingStep) (platform.Evidence, bool) {
	if s.Tick != nil && (s.State == platform.StepNA || s.State == platform.StepWaiting) {
		return platform.Evidence{Source: platform.SourceLedger, Code: "ticked_" + string(s.Tick.State), Args: map[string]string{"by": s.Tick.By}, Text: s.Tick.Comment, At: s.Tick.At}, true
	}
	for _, state := range []platform.StepState{s.State, platform.StepTodo, platform.StepUnknown} {
		for _, c := range s.Checks {
			if c.State != state || len(c.Why) == 0 {
				continue
			}
			for _, e := range c.Why { // what stops says more than how far one is
				if e.Code == "condition" || e.Code == "needed_missing" || e.Code == "tool_failed" || e.Code == "expired" || e.Code == "target_empty" || e.Code == "role_empty" {
					return e, true
				}
			}
			return c.Why[0], true
		}
	}
	return platform.Evidence{}, false
}

func when(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

func days(s *platform.OnboardingStep, now time.Time) string {
	if n := s.Days(now); n >= 0 {
		return strconv.Itoa(n)
	}
	return ""
}

// Table prints one line a project and, for a single project, one line a step.
func Table(out io.Writer, all []Board, single, complete bool, w *words.Set, now time.Time) error {
	ow := w.Onboarding
	var sb strings.Builder
	var rows [][]string
	if single && len(all) == 1 {
		b := all[0]
		fmt.Fprintf(&sb, "%s   %s   %s\n\n", b.Row.Dossier.Project.Slug, ow.Count(b.Count(platform.StepOK), b.Count(platform.StepNA), platform.StepCount), track(b, w))
		rows = append(rows, []string{"", "", ow.Steps, ow.StateHead, ow.OwnerHead, ow.Days, ow.What})
		for i := range b.Steps {
			s := &b.Steps[i]
			rows = append(rows, []string{sign(s.State), strconv.Itoa(s.Number), ow.Step[s.ID], ow.State[string(s.State)], ow.OwnerShort[string(s.Owner)], days(s, now), proof(s, w)})
		}
		columns(&sb, rows, 1, 5)
		sb.WriteString("\n" + ow.DerivedNote + "\n")
	} else {
		rows = append(rows, []string{ow.Project, ow.Steps, ow.Done, ow.Next, ow.OwnerHead, ow.Days})
		for _, b := range all {
			line := ""
			for i := range b.Steps {
				line += sign(b.Steps[i].State)
			}
			row := []string{b.Row.Dossier.Project.Slug, line, strconv.Itoa(b.Count(platform.StepOK)) + "/" + strconv.Itoa(platform.StepCount), ow.NobodyMoves, ow.OwnerShort[""], ""}
			if next := b.Next(); next != nil {
				row[3], row[4], row[5] = strconv.Itoa(next.Number)+" "+ow.Step[next.ID], ow.OwnerShort[string(next.Owner)], days(next, now)
			}
			rows = append(rows, row)
		}
		columns(&sb, rows, 2, 5)
	}
	if !complete {
		sb.WriteString("\n" + ow.Incomplete + "\n")
	}
	_, err := io.WriteString(out, sb.String())
	return err
}

func track(b Board, w *words.Set) string {
	if b.Track == "" {
		return w.Onboarding.NoTrack
	}
	return w.Onboarding.Track[b.Track]
}

// columns writes cells in columns; some are aligned on the right.
func columns(sb *strings.Builder, rows [][]string, right ...int) {
	width := map[int]int{}
	for _, r := range rows {
		for i, c := range r {
			width[i] = max(width[i], ansi.StringWidth(c))
		}
	}
	for _, r := range rows {
		line := ""
		for i, c := range r {
			gap := strings.Repeat(" ", width[i]-ansi.StringWidth(c))
			alignRight := false
			for _, n := range right {
				alignRight = alignRight || n == i
			}
			switch {
			case alignRight:
				line += gap + c
			default:
				line += c + gap
			}
			line += "  "
		}
		sb.WriteString(strings.TrimRight(line, " ") + "\n")
	}
}

// cell protects what Markdown would read in a table.
func cell(s string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ", "<", "&lt;", "*", `\*`, "_", `\_`, "`", "'", "[", `\[`, "]", `\]`).Replace(s)
}

// Markdown writes the boards: the wall of all, then each project's steps, prerequisites and checklists when there is only one.
func Markdown(out io.Writer, all []Board, single, complete bool, profile string, w *words.Set, now time.Time) error {
	ow := w.Onboarding
	var sb strings.Builder
	row := func(cells ...string) {
		for i := range cells {
			cells[i] = cell(cells[i])
		}
		sb.WriteString("| " + strings.Join(cells, " | ") + " |\n")
	}
	rule := func(n int) { sb.WriteString(strings.Repeat("|---", n) + "|\n") }
	title := ow.Title
	if single && len(all) == 1 {
		title += " : " + all[0].Row.Dossier.Project.Slug
		if w.Tag != "fr" {
			title = ow.Title + ": " + all[0].Row.Dossier.Project.Slug
		}
	}
	fmt.Fprintf(&sb, "# %s\n\n%s%s%s, %s\n\n", cell(title), ow.Ticket["profile"], w.Form.Colon, cell(profile), now.Format("2006-01-02 15:04 MST"))
	if !complete {
		sb.WriteString(ow.Incomplete + "\n\n")
	}
	if single && len(all) == 1 {
		one(&sb, all[0], w, row, rule)
	} else {
		row(strings.ToLower(ow.Project), "1–18", strings.ToLower(ow.Done), strings.ToLower(ow.Next), strings.ToLower(ow.OwnerHead), strings.ToLower(ow.Days))
		rule(6)
		for _, b := range all {
			line := ""
			for i := range b.Steps {
				line += sign(b.Steps[i].State)
			}
			next, who, d := ow.NobodyMoves, "–", ""
			if n := b.Next(); n != nil {
				next, who, d = strconv.Itoa(n.Number)+" "+ow.Step[n.ID], ow.OwnerShort[string(n.Owner)], days(n, now)
			}
			row(b.Row.Dossier.Project.Slug, line, strconv.Itoa(b.Count(platform.StepOK))+"/"+strconv.Itoa(platform.StepCount), next, who, d)
		}
	}
	sb.WriteString("\n" + ow.DerivedNote + "\n")
	_, err := io.WriteString(out, sb.String())
	return err
}

func one(sb *strings.Builder, b Board, w *words.Set, row func(...string), rule func(int)) {
	ow := w.Onboarding
	fmt.Fprintf(sb, "%s, %s\n\n", ow.Count(b.Count(platform.StepOK), b.Count(platform.StepNA), platform.StepCount), track(b, w))
	row(strings.ToLower(ow.Number), ow.TicketStep, strings.ToLower(ow.StateHead), strings.ToLower(ow.OwnerHead), ow.Since, strings.ToLower(ow.What), ow.Source)
	rule(7)
	for i := range b.Steps {
		s := &b.Steps[i]
		e, _ := Proof(s)
		row(strconv.Itoa(s.Number), ow.Step[s.ID], sign(s.State)+" "+ow.State[string(s.State)], ow.OwnerShort[string(s.Owner)], when(s.Since), w.OnboardingWhy(e), e.Source)
	}
	l := b.Ledger
	if l == nil {
		return
	}
	sb.WriteString("\n## " + ow.Part["form"] + "\n\n")
	row(ow.Part["form"], strings.ToLower(ow.Value))
	rule(2)
	for _, f := range platform.OnboardingFields() {
		v := ow.Unset
		if field := l.Fields[f.ID]; !field.Empty() {
			v = field.String()
		}
		row(ow.Field[f.ID], v)
	}
	sb.WriteString("\n## " + ow.Part["checklists"] + "\n\n")
	row(ow.Part["checklists"], strings.ToLower(ow.Value))
	rule(2)
	answer := func(a string) string {
		if a == "" {
			return ow.Unset
		}
		return ow.Answer[a]
	}
	for _, id := range platform.CompatibilityItems() {
		row(ow.Compatibility[id], answer(l.Compatibility[id]))
	}
	for _, id := range platform.SkillItems() {
		need := ow.Advised
		if platform.SkillMandatory(id) {
			need = ow.Mandatory
		}
		row(ow.Skill[id]+" ("+need+")", answer(l.Skills[id]))
	}
}

// CSV writes one line a step: for a spreadsheet, with machine words and dates, separated by semicolons as French ones expect.
func CSV(out io.Writer, all []Board, w *words.Set, now time.Time) error {
	c := csv.NewWriter(out)
	c.Comma = ';'
	ow := w.Onboarding
	_ = c.Write([]string{"project", "number", "step", "title", "state", "owner", "since", "days", "manual", "by", "evidence", "source"})
	for _, b := range all {
		for i := range b.Steps {
			s := &b.Steps[i]
			by := ""
			for _, check := range s.Checks {
				if check.Tick != nil && by == "" {
					by = check.Tick.By
				}
			}
			if s.Tick != nil {
				by = s.Tick.By
			}
			e, _ := Proof(s)
			_ = c.Write([]string{tame(b.Row.Dossier.Project.Slug), strconv.Itoa(s.Number), s.ID, ow.Step[s.ID], string(s.State), string(s.Owner), when(s.Since), days(s, now), strconv.FormatBool(s.Manual()),
				tame(by), tame(w.OnboardingWhy(e)), tame(e.Source)})
		}
	}
	c.Flush()
	return c.Error()
}

// tame keeps a spreadsheet from taking a text for a formula.
func tame(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t", rune(s[0])) {
		return "'" + s
	}
	return s
}
