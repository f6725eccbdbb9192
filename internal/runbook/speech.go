package runbook

import (
	"errors"
	"strconv"
	"strings"

	"dsotop/internal/actions"
)

// Speech has the words of deeds, in "fr" or "en": whoever draws has them. A nil function leaves machine words as they are.
type Speech struct {
	// Reason is a reason against, or a warning, as a sentence.
	Reason func(lang string, r actions.Reason) string
	// Note is what a deed says of its end or of a step: a sentence where it is a code, else the system's own.
	Note func(lang, note string) string
	// Deed and Step name a deed and a part of what it sets going.
	Deed, Step func(lang, id string) string
	// Type says what a value of a type of parameters looks like.
	Type func(lang, typ string) string
}

func in(f func(lang, text string) string, lang, text string) string {
	if f == nil || text == "" {
		return text
	}
	return f(lang, text)
}

// DeedName is the name of a deed.
func (s Speech) DeedName(lang, id string) string { return in(s.Deed, lang, id) }

// StepName is the name of a part of what a deed set going.
func (s Speech) StepName(lang, name string) string { return in(s.Step, lang, name) }

// Said is what a deed says of itself, in words.
func (s Speech) Said(lang, note string) string { return in(s.Note, lang, note) }

// refusal is the reason of an error of planning or doing.
func (s Speech) refusal(err error) Text {
	no, ok := errors.AsType[*actions.Refusal](err)
	if !ok {
		return Text{FR: "impossible : " + err.Error(), EN: "cannot be done: " + err.Error()}
	}
	fr, en := no.Error(), no.Error()
	if s.Reason != nil {
		fr, en = s.Reason("fr", no.Reason), s.Reason("en", no.Reason)
	}
	return Text{FR: "refusé : " + fr, EN: "refused: " + en}
}

// How is how a deed went in words: its note, or the results of a bulk.
func (o Outcome) How(lang string, s Speech) string {
	if len(o.Counts) == 0 {
		return s.Said(lang, o.Note)
	}
	var parts []string
	for _, c := range o.Counts {
		parts = append(parts, c.in(lang))
	}
	text := strings.Join(parts, ", ")
	if o.Note == "ratio" {
		if lang == "fr" {
			return text + " (trop d'échecs)"
		}
		return text + " (too many failures)"
	}
	return text
}

// in is how many things are how, in a language.
func (c Count) in(lang string) string {
	word := StateWord(c.State, lang)
	switch {
	case c.State == "waiting" && lang == "fr":
		word = "en attente"
	case c.State == "waiting":
		word = "waiting"
	case lang == "fr" && c.N > 1 && (c.State == "done" || c.State == "failed" || c.State == "refused"):
		word += "s"
	}
	return strconv.Itoa(c.N) + " " + word
}
