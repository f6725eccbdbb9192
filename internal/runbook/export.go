package runbook

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"dsotop/internal/platform"
)

// Markdown writes a run for a ticket, in "fr" or "en": what it was about with the ids that support asks for, each step with its time and outcome, who answered what.
func Markdown(r *Run, lang string, s Speech) string {
	t := func(fr, en string) string {
		if lang == "fr" {
			return fr
		}
		return en
	}
	stamp := func(at time.Time) string {
		if at.IsZero() {
			return "–"
		}
		return at.Format("2006-01-02 15:04:05 MST")
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# %s — %s\n\n", r.Book, inline(r.Title.Of(lang)))
	if r.Dry {
		b.WriteString("> " + t("À blanc : rien n'a été fait.", "Dry run: nothing was done.") + "\n\n")
	}
	row := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "| %s | %s |\n", name, cell(value))
		}
	}
	b.WriteString("| | |\n|---|---|\n")
	row(t("Sujet", "Subject"), r.Subject)
	for _, f := range r.Context {
		row(f.Name, code(f.Value))
	}
	row(t("Passage", "Run"), "`"+r.ID+"`")
	row(t("Par", "By"), r.By)
	row(t("Profil", "Profile"), r.Profile)
	row(t("Commencé", "Begun"), stamp(r.Begun))
	row(t("Fini", "Ended"), stamp(r.Ended))
	row(t("État", "State"), StateWord(string(r.State), lang))
	row(t("Raison", "Reason"), r.Why.Of(lang))
	for _, h := range r.Hands {
		row(t("Repris", "Taken over"), stamp(h.At)+" : "+h.From+" → "+h.To)
	}
	if len(r.Params) > 0 {
		b.WriteString("\n## " + t("Paramètres", "Parameters") + "\n\n")
		for _, name := range slices.Sorted(maps.Keys(r.Params)) {
			fmt.Fprintf(&b, "- %s : %s\n", name, code(r.Params[name]))
		}
	}
	b.WriteString("\n## " + t("Étapes", "Steps") + "\n")
	for i := range r.Records {
		rec := &r.Records[i]
		fmt.Fprintf(&b, "\n### %d. %s — %s\n\n", i+1, inline(rec.Title.Of(lang)), StateWord(rec.State, lang))
		fmt.Fprintf(&b, "%s", stamp(rec.Began))
		if !rec.Ended.IsZero() && rec.Ended.Sub(rec.Began) >= time.Second {
			fmt.Fprintf(&b, " · %s", rec.Ended.Sub(rec.Began).Round(time.Second))
		}
		if rec.By != "" {
			fmt.Fprintf(&b, " · %s", inline(rec.By))
		}
		b.WriteString("\n")
		if note := rec.Note.Of(lang); note != "" {
			b.WriteString("\n" + quoteLines(note) + "\n")
		}
		if why := rec.Why.Of(lang); why != "" {
			b.WriteString("\n" + inline(why) + "\n")
		}
		if len(rec.Seen) > 0 {
			b.WriteString("\n")
			for _, f := range rec.Seen {
				fmt.Fprintf(&b, "- %s = %s\n", code(f.Name), code(f.Value))
			}
		}
		if text := rec.Copied.Of(lang); text != "" {
			b.WriteString("\n" + fence(text))
		}
		if rec.Answer != "" {
			said := code(rec.Answer)
			if label := rec.Said.Of(lang); label != "" {
				said = inline(label) + " (" + said + ")"
			}
			fmt.Fprintf(&b, "\n%s : %s\n", t("Réponse", "Answer"), said)
		}
		if d := rec.Deed; d != nil {
			fmt.Fprintf(&b, "\n%s : %s → %s\n", t("Acte", "Deed"), inline(s.DeedName(lang, d.Plan.Deed)), inline(d.Plan.Subject))
			b.WriteString("\n" + fence(d.Plan.Call+bodyOf(d.Plan)))
			if d.ID != "" {
				fmt.Fprintf(&b, "\n%s : %s — %s %s\n", t("Journal", "Journal"), code(d.ID), StateWord(d.Outcome.State, lang), inline(d.Outcome.How(lang, s)))
			}
			if d.Approver != "" {
				fmt.Fprintf(&b, "\n%s : %s\n", t("Approuvé par", "Approved by"), inline(d.Approver))
			}
			for _, st := range d.Outcome.Steps {
				fmt.Fprintf(&b, "- %s : %s %s\n", inline(s.StepName(lang, st.Name)), StateWord(st.State, lang), inline(s.Said(lang, st.Note)))
			}
		}
	}
	return platform.Clean(b.String()) // a run is a file, which others may have written in
}

func bodyOf(p PlanText) string {
	if p.Body == "" {
		return ""
	}
	return "\n" + p.Body
}

// StateWord is the word of a state of a run, a step or a deed.
func StateWord(state, lang string) string {
	fr := map[string]string{
		"playing": "en cours", "waiting": "attend", "asking": "demande", "done": "fait", "stopped": "arrêté", "abandoned": "abandonné", "failed": "échoué", "skipped": "sauté",
		"passed": "passé malgré l'échec", "dry": "à blanc", "refused": "refusé", "unknown": "issue inconnue", "running": "en cours", "paused": "en pause",
	}
	en := map[string]string{"passed": "passed in spite of the failure", "dry": "dry run", "asking": "asks", "waiting": "waits", "unknown": "outcome unknown"}
	words := en
	if lang == "fr" {
		words = fr
	}
	if w, ok := words[state]; ok {
		return w
	}
	return state
}

// inline makes text of systems and people harmless in a line of Markdown: no HTML, no line break.
func inline(s string) string {
	return strings.NewReplacer("\n", " ", "<", "&lt;", "|", "\\|").Replace(s)
}

func cell(s string) string { return strings.NewReplacer("\n", " ", "<", "&lt;", "|", "\\|").Replace(s) }

// code is a span of code, with a fence longer than what is in it.
func code(s string) string {
	s = strings.ReplaceAll(s, "\n", " ")
	n := longest(s)
	if s == "" {
		return "–"
	}
	if n == 0 {
		return "`" + s + "`"
	}
	f := strings.Repeat("`", n+1)
	return f + " " + s + " " + f
}

func fence(s string) string {
	f := strings.Repeat("`", max(longest(s)+1, 3))
	return f + "\n" + strings.TrimRight(s, "\n") + "\n" + f + "\n"
}

// longest is the longest run of back-quotes.
func longest(s string) int {
	best, n := 0, 0
	for _, c := range s {
		if c == '`' {
			n++
			best = max(best, n)
		} else {
			n = 0
		}
	}
	return best
}

func quoteLines(s string) string {
	return "> " + strings.ReplaceAll(strings.ReplaceAll(s, "<", "&lt;"), "\n", "\n> ")
}
