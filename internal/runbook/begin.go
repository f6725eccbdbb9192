package runbook

import (
	"fmt"
)

// Begin makes a run of a book on a selection, not saved yet. Values are of parameters, by name; a missing one is its default. Errors say which value cannot be used.
func Begin(b *Book, w World, sel Selection, given map[string]string, by, profile string, dry bool) (*Run, error) {
	s := newScene(w.Known(sel), sel)
	for _, n := range b.Needs {
		if !s.has(n) {
			return nil, &Lacks{Scope: n}
		}
	}
	r := &Run{
		Version: RunVersion, ID: NewRunID(s.Now), Book: b.ID, Title: b.Title, File: b.File, Source: b.Source, Profile: profile, By: by, Begun: s.Now, Updated: s.Now, Dry: dry,
		Selection: sel, Subject: s.describe(), Context: s.context(), Params: map[string]string{}, State: Playing, At: b.Steps[0].ID, Records: []Record{},
	}
	for name := range given {
		if !hasParam(b, name) {
			return nil, wrong(fmt.Sprintf("%s n'a pas de paramètre « %s »", b.ID, name), fmt.Sprintf("%s has no parameter %q", b.ID, name))
		}
	}
	v := values{facts: s.facts(s.Now)}
	for _, p := range b.Params {
		text, ok := given[p.Name]
		if !ok {
			text = Default(p, v.facts)
		}
		if _, err := parseValue(p.Type, p.Choices, text); err != nil {
			return nil, wrong(p.Name+" : "+Tell(err, "fr"), p.Name+": "+Tell(err, "en"))
		}
		if text == "" && !p.Optional && p.Type != TypeBool {
			return nil, &Lacks{Param: p.Name}
		}
		r.Params[p.Name] = text
	}
	return r, nil
}

func hasParam(b *Book, name string) bool {
	for _, p := range b.Params {
		if p.Name == name {
			return true
		}
	}
	return false
}

// Default is what stands in a parameter at first; "" when it has no default or the facts do not tell.
func Default(p Param, f *Facts) string {
	text, known := p.Default.fill(values{facts: f})
	if !known {
		return ""
	}
	return text
}

// Defaults are the first values of all parameters, on a selection.
func Defaults(b *Book, k Known, sel Selection) map[string]string {
	f := newScene(k, sel).facts(k.Now)
	out := map[string]string{}
	for _, p := range b.Params {
		out[p.Name] = Default(p, f)
	}
	return out
}

// Lacks says what a run cannot begin without.
type Lacks struct {
	Scope Scope
	Param string
}

func (e *Lacks) Error() string { return e.In("en") }

// In is the sentence in a language.
func (e *Lacks) In(lang string) string {
	switch {
	case e.Param != "" && lang == "fr":
		return "le paramètre " + e.Param + " n'a pas de valeur"
	case e.Param != "":
		return "the parameter " + e.Param + " has no value"
	case lang == "fr":
		return "il manque : " + ScopeWord(e.Scope, lang) + " (pas choisi, ou pas connu)"
	}
	return "the " + string(e.Scope) + " is not chosen, or not known"
}
