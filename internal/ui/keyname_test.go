package ui_test

import (
	"regexp"
	"strings"
	"testing"

	"dsotop/internal/ui"
	"dsotop/internal/ui/keys"
	"dsotop/internal/ui/uitest"
	"dsotop/internal/ui/words"
)

// What sentences call keys is what the table of keys has.
func TestSentencesNameTheKeysOfTheTable(t *testing.T) {
	for _, w := range words.All() {
		for id, name := range words.NamedKeys(w.Tag) {
			found := false
			for _, d := range keys.Table() {
				if d.ID != id {
					continue
				}
				found = true
				spoken := map[string]string{"?": w.Key("help"), ":": w.Key("palette")}[d.Keys[0]]
				if name != d.Keys[0] && name != w.KeyWord(d.Keys[0]) && name != spoken {
					t.Errorf("%s: sentences call the key of %s %q, the table has %q", w.Tag, id, name, d.Keys[0])
				}
			}
			if !found {
				t.Errorf("no command %s", id)
			}
		}
	}
}

// Whoever puts commands on other keys is never told of the keys of before: every page, filled and empty, in both languages.
func TestRemappedKeysInSentences(t *testing.T) {
	given := map[string][]string{"back": {"f3"}, "list.open": {"f11"}, "text.detail": {"f11"}, "page.next_tab": {"f6"}, "text.only": {"f7"}, "list.only": {"f7"}, "text.context": {"f10"}, "text.search": {"ctrl+f"}, "list.filter": {"ctrl+f"}, "list.logs": {"U"}}
	stale := regexp.MustCompile(`(^|[^\pL])(Échap|Esc|Entrée|Enter|Tab|[;:(] [xC/l]) [\pL]`)
	for _, lang := range []string{"fr", "en"} {
		s := uitest.OpenWith(t, ui.Options{Backend: uitest.NewBackend(7), Lang: lang, Width: 160, Height: 50, Keys: given})
		look := func(where string) {
			for line := range strings.SplitSeq(s.Screen(), "\n") {
				if bad := stale.FindString(line); bad != "" {
					t.Errorf("%s, %s: %q in %q", lang, where, bad, strings.TrimSpace(line))
				}
			}
		}
		for _, page := range []string{"1", "2", "3", "4", "5", "6", "7", "8", "9"} {
			s.Press(page)
			look("page " + page)
			s.Press("f11")
			look("inside page " + page)
			s.Press("f3", "f3", page, "ctrl+f")
			s.Type("zzzz nothing has this name")
			s.Press("enter")
			look("page " + page + ", nothing matches")
			s.Press("f3", "f3", "f3")
		}
		s.Press("?")
		look("help")
		s.Press("f3", ":")
		s.Type("language " + map[string]string{"fr": "english", "en": "français"}[lang])
		s.Press("enter", "1", "ctrl+f")
		s.Type("zzzz nothing has this name")
		s.Press("enter")
		look("the other language")
	}
	w, _ := words.Keyed("fr", func(_ *words.Set, id string) string { return "<" + id + ">" })
	if w.List.NoMatchHint != "<back> retire le filtre." || !strings.Contains(w.Frame.Pinned("x"), "<back>") || !strings.Contains(w.Linear.Welcome, "<help>") {
		t.Errorf("%q, %q, %q", w.List.NoMatchHint, w.Frame.Pinned("x"), w.Linear.Welcome)
	}
}
