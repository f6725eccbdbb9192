package runbook

import (
	"fmt"
	"strings"

	"dsotop/internal/yamlfile"
)

// Describe writes a book as Markdown, in "fr" or "en": what it is for, who may, what it risks, each step with what it does and what it does on failure.
func Describe(b *Book, lang string, s Speech) string {
	t := func(fr, en string) string {
		if lang == "fr" {
			return fr
		}
		return en
	}
	var sb strings.Builder
	fmt.Fprintf(&sb, "# %s — %s\n\n%s\n\n", b.ID, b.Title.Of(lang), b.Summary.Of(lang))
	for _, h := range []struct {
		name string
		text Text
	}{{t("Quand", "When"), b.When}, {t("Qui", "Who"), b.Who}, {t("Risque", "Risk"), b.Risk}, {t("Retour arrière", "Rollback"), b.Rollback}} {
		if !h.text.IsZero() {
			fmt.Fprintf(&sb, "- **%s** — %s\n", h.name, h.text.Of(lang))
		}
	}
	if len(b.Needs) > 0 {
		var needs []string
		for _, n := range b.Needs {
			needs = append(needs, ScopeWord(n, lang))
		}
		fmt.Fprintf(&sb, "- **%s** — %s\n", t("Se joue sur", "Played on"), strings.Join(needs, ", "))
	}
	if len(b.Params) > 0 {
		fmt.Fprintf(&sb, "\n## %s\n\n", t("Paramètres", "Parameters"))
		for _, p := range b.Params {
			fmt.Fprintf(&sb, "- `%s` (%s) %s", p.Name, in(s.Type, lang, p.Type), p.Title.Of(lang))
			if len(p.Choices) > 0 {
				fmt.Fprintf(&sb, " — %s", strings.Join(p.Choices, ", "))
			}
			if p.Default != nil && p.Default.Text != "" {
				fmt.Fprintf(&sb, " = %s", code(p.Default.Text))
			}
			sb.WriteString("\n")
		}
	}
	fmt.Fprintf(&sb, "\n## %s\n", t("Étapes", "Steps"))
	for i, s := range b.Steps {
		fmt.Fprintf(&sb, "\n%d. **%s** · %s\n", i+1, s.Title.Of(lang), KindWord(s.Kind, lang))
		for _, line := range describeStep(s, lang, t) {
			fmt.Fprintf(&sb, "   - %s\n", line)
		}
	}
	return sb.String()
}

func describeStep(s Step, lang string, t func(fr, en string) string) []string {
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if s.If != nil {
		add("%s %s", t("si", "if"), code(s.If.Text))
	}
	if n := s.Note.Of(lang); n != nil && s.Kind == Note {
		add("%s", strings.ReplaceAll(n.Text, "\n", " "))
	}
	wait := func(c *Cond, within string) {
		add("%s%s", code(c.Text), within)
	}
	switch {
	case s.Check != nil:
		within := ""
		if s.Check.Within > 0 {
			within = t(", attendu ", ", awaited for ") + yamlfile.Brief(s.Check.Within)
		}
		wait(s.Check.That, within)
	case s.Query != nil:
		add("%s : %s", s.Query.Language, code(s.Query.Expr.Text))
		within := ""
		if s.Query.Within > 0 {
			within = t(", attendu ", ", awaited for ") + yamlfile.Brief(s.Query.Within)
		}
		wait(s.Query.Expect, within)
	case s.Act != nil:
		line := code(s.Act.Deed) + " → " + s.Act.On
		for _, a := range s.Act.With {
			line += " " + a.Name + "=" + code(a.Value.Text)
		}
		if s.Act.Together > 0 {
			line += t(fmt.Sprintf(", %d à la fois", s.Act.Together), fmt.Sprintf(", %d at a time", s.Act.Together))
		}
		if s.Act.StopAbove > 0 {
			line += t(fmt.Sprintf(", pause au-delà de %g %% d'échecs", s.Act.StopAbove*100), fmt.Sprintf(", pauses above %g %% of failures", s.Act.StopAbove*100))
		}
		out = append(out, line)
	case s.Ask != nil:
		if q := s.Ask.Question.Of(lang); q != nil {
			add("%s", strings.ReplaceAll(q.Text, "\n", " "))
		}
		if s.Ask.Copy != nil {
			if c := s.Ask.Copy.Of(lang); c != nil {
				add("%s %s", t("à copier :", "to copy:"), code(c.Text))
			}
		}
		if s.Ask.Another {
			add("%s", t("confirmé par une autre personne", "confirmed by another person"))
		}
		for _, c := range s.Ask.Choices {
			line := c.Label.Of(lang)
			if c.Goto != "" {
				line += " → " + code(c.Goto)
			}
			out = append(out, line)
		}
	}
	switch {
	case s.Kind == Note || s.Kind == Ask:
	case s.Fail.Do == FailGoto:
		add("%s %s", t("sinon →", "otherwise →"), code(s.Fail.Goto))
	case s.Fail.Do == FailStop:
		add("%s", t("sinon : arrêt", "otherwise: stop"))
	case s.Fail.Do == FailContinue:
		add("%s", t("sinon : on continue", "otherwise: go on"))
	}
	if s.Next != "" {
		add("%s %s", t("puis →", "then →"), code(s.Next))
	}
	return out
}

// KindWord is the word of a kind of steps.
func KindWord(k Kind, lang string) string {
	if lang != "fr" {
		return string(k)
	}
	return map[Kind]string{Note: "note", Check: "vérification", Query: "mesure", Action: "acte", Ask: "question"}[k]
}

// ScopeWord is the word of a part of the selection.
func ScopeWord(s Scope, lang string) string {
	if lang != "fr" {
		return string(s)
	}
	return map[Scope]string{ForProject: "projet", ForEnvironment: "environnement", ForRepository: "dépôt", ForApplication: "application", ForWorkload: "contrôleur", ForPod: "pod"}[s]
}
