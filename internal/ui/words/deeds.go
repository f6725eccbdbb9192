package words

import (
	"strings"
	"time"

	"dsotop/internal/actions"
)

// Deeds are the words of deeds: what package deeds offers, by its machine words.
type Deeds struct {
	// Title is a deed's name by its id: Short a verb for a menu, Long a sentence without its subject.
	Title map[string]Label
	// Param names parameters, Effect what changes (Effect.What), Undo what takes a deed back, Step the parts of what a deed sets going.
	Param, Effect, Undo, Step map[string]string
	// Type says what a value of a type of parameters looks like.
	Type map[string]string
	// Reason is a sentence by code, for reasons against, refusals and warnings; {detail} stands for the detail.
	Reason map[string]string
}

// DeedTitle is a deed's name; its id where it has none.
func (s *Set) DeedTitle(id string) Label {
	if l, ok := s.Deeds.Title[id]; ok {
		return l
	}
	return Label{id, id}
}

// DeedParam names a parameter.
func (s *Set) DeedParam(name string) string { return orSelf(s.Deeds.Param, name) }

// DeedType says what a value of a type of parameters looks like; a type that is not known is its own word.
func (s *Set) DeedType(typ string) string { return orSelf(s.Deeds.Type, typ) }

// DeedEffect names what changes.
func (s *Set) DeedEffect(what string) string { return orSelf(s.Deeds.Effect, what) }

// DeedValue is a value of a parameter or of what changes; yes, no and now are said in words, and a time of a system as a person writes it, still by the system's clock.
func (s *Set) DeedValue(v string) string {
	switch v {
	case "true":
		return s.Form.Yes
	case "false":
		return s.Form.No
	case "new_pod":
		return s.Actions.NewPod
	case "now":
		return s.Frame.TimeNow
	}
	if at, err := time.Parse(time.RFC3339, v); err == nil {
		return at.UTC().Format(s.Form.Date + " " + s.Form.Clock + ":05 UTC")
	}
	return v
}

// DeedStep names a part of what a deed set going; tools and objects of the systems keep their own names.
func (s *Set) DeedStep(name string) string { return orSelf(s.Deeds.Step, name) }

// DeedNote is the note of a deed or of a step: a sentence where it is a code ("no_right", "quota_short: 4 cores"), else the system's own.
func (s *Set) DeedNote(note string) string {
	code, detail, _ := strings.Cut(note, ": ")
	if s.Deeds.Reason[code] != "" || s.Actions.Reason[code] != "" {
		return s.Reason(actions.Reason{Code: code, Detail: detail})
	}
	return note
}

func orSelf(m map[string]string, key string) string {
	if v, ok := m[key]; ok {
		return v
	}
	return key
}

// Reason is why something cannot be done, or a warning, as a sentence.
func (s *Set) Reason(r actions.Reason) string {
	text, ok := s.Actions.Reason[r.Code]
	if !ok {
		if text, ok = s.Deeds.Reason[r.Code]; !ok {
			text = r.Code + " {detail}"
		}
	}
	detail := r.Detail
	if id, who, more := strings.Cut(detail, ", "); strings.Contains(id, ".") { // a deed, and who does it
		if l, ok := s.Deeds.Title[id]; ok {
			if detail = strings.ToLower(l.Short); more {
				detail += ", " + who
			}
		}
	}
	if detail == "" { // what only the detail needs goes with it
		for _, around := range []string{" : {detail}", ": {detail}", " ({detail})", " « {detail} »", " “{detail}”", " {detail}"} {
			text = strings.ReplaceAll(text, around, "")
		}
	}
	return strings.ReplaceAll(text, "{detail}", detail)
}
