package words

import (
	"reflect"
	"strings"
)

// Sentences name keys by the command that they run, as {key:ID}: a person may have put it on another one. [French] and [English] have those of the
// table of keys; [Keyed] has those of a session.

const (
	keyOpens  = "{key:"
	keyCloses = "}"
)

// Keyed is a language whose sentences name the keys of a session: name returns how the key of a command is called in that language, "" for the usual
// one. ok is false when there is no such language.
func Keyed(tag string, name func(s *Set, id string) string) (set *Set, ok bool) {
	switch strings.ToLower(tag) {
	case "fr":
		return makeFrench().keyed(name), true
	case "en":
		return makeEnglish().keyed(name), true
	}
	return nil, false
}

// usual are the keys that sentences name, as they are without a person's own: two languages have two names for some.
func usual(tag string) map[string]string {
	all := map[string]string{"back": "Esc", "list.open": "Enter", "page.next_tab": "Tab", "text.context": "C", "text.search": "/", "text.only": "x", "list.logs": "l", "list.actions": "a", "text.detail": "Enter",
		"help": "Question mark", "palette": "colon", "leave": "q"} // the signs in words: they are read out
	if tag == "fr" {
		all["back"], all["list.open"], all["text.detail"], all["help"], all["palette"] = "Échap", "Entrée", "Entrée", "Point d'interrogation", "deux-points"
	}
	return all
}

// NamedKeys are the ids of the commands whose keys sentences name, with what the table of keys calls them in a language.
func NamedKeys(tag string) map[string]string { return usual(tag) }

// Key is how the key of a command is called in sentences.
func (s *Set) Key(id string) string {
	if s.keyName != nil {
		if name := s.keyName(s, id); name != "" {
			return name
		}
	}
	if name := usual(s.Tag)[id]; name != "" {
		return name
	}
	return ":" + s.Command[id].Short
}

// keyed writes the names of keys into every sentence. Those that functions make ask for them themselves.
func (s *Set) keyed(name func(*Set, string) string) *Set {
	s.keyName = name
	s.fill(reflect.ValueOf(s).Elem())
	return s
}

func (s *Set) fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		if text := v.String(); v.CanSet() && strings.Contains(text, keyOpens) {
			v.SetString(s.name(text))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				s.fill(v.Field(i))
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			s.fill(v.Index(i))
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			one := reflect.New(v.Type().Elem()).Elem()
			one.Set(it.Value())
			s.fill(one)
			v.SetMapIndex(it.Key(), one)
		}
	default:
	}
}

// name puts the names of keys into a sentence.
func (s *Set) name(text string) string {
	var sb strings.Builder
	for {
		before, rest, found := strings.Cut(text, keyOpens)
		sb.WriteString(before)
		if !found {
			return sb.String()
		}
		id, after, closed := strings.Cut(rest, keyCloses)
		if !closed {
			return sb.String() + keyOpens + rest
		}
		sb.WriteString(s.Key(id))
		text = after
	}
}
