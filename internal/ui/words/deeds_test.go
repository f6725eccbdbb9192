package words

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"dsotop/internal/actions"
	"dsotop/internal/actions/deeds"
)

// TestDeedsHaveWords: every deed, parameter, effect, undo and code has its words in both languages.
func TestDeedsHaveWords(t *testing.T) {
	effect := regexp.MustCompile(`(?:What: |changed\()"([a-z_]+)"`)
	files, err := filepath.Glob("../../actions/deeds/*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	effects := map[string]bool{}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range effect.FindAllStringSubmatch(string(text), -1) {
			effects[m[1]] = true
		}
	}
	for _, set := range All() {
		d := set.Deeds
		need := func(m map[string]string, key, what string) {
			if m[key] == "" {
				t.Errorf("%s: no word for the %s %q", set.Tag, what, key)
			}
		}
		for _, x := range deeds.All() {
			if l := d.Title[x.ID]; l.Short == "" || l.Long == "" {
				t.Errorf("%s: no title for %s", set.Tag, x.ID)
			}
			for _, p := range x.Params {
				need(d.Param, p.Name, "parameter")
			}
			if x.Undo != "" {
				need(d.Undo, x.Undo, "undo")
			}
		}
		for _, code := range deeds.Codes() {
			if set.Actions.Reason[code] == "" {
				need(d.Reason, code, "code")
			}
			if s := set.Reason(actions.Reason{Code: code}); s == "" || regexp.MustCompile(`[{}]`).MatchString(s) {
				t.Errorf("%s: %s without a detail reads %q", set.Tag, code, s)
			}
		}
		for e := range effects {
			need(d.Effect, e, "effect")
		}
		if len(d.Title) != len(deeds.All()) {
			t.Errorf("%s: %d titles for %d deeds", set.Tag, len(d.Title), len(deeds.All()))
		}
	}
}
