package words

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
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

// No code is ever shown: each that the hand or a deed knows has a sentence in each language, as a reason, as the note of a deed and with a detail; what a deed sets going
// has names. A code that stands in the sources and on no list is found too.
func TestCodesAreNeverShown(t *testing.T) {
	literal := regexp.MustCompile(`(?:refuse\(|Code: +|bad\()"([a-z_]+)"`)
	all := append(actions.Codes(), deeds.Codes()...)
	for _, f := range sources(t, "../../actions/*.go", "../../actions/deeds/*.go", "../../runbook/*.go", "../../engine/*.go") {
		for _, m := range literal.FindAllStringSubmatch(f, -1) {
			if !slices.Contains(all, m[1]) {
				t.Errorf("the code %q is on no list", m[1])
			}
		}
	}
	steps := regexp.MustCompile(`(?:Step\{Name: |step[A-Z][a-zA-Z]* += )"([a-z]+(?:_[a-z]+)+)"`)
	for _, set := range All() {
		for _, code := range all {
			for _, said := range []string{set.Reason(actions.Reason{Code: code}), set.DeedNote(code)} {
				if said == "" || strings.Contains(said, "_") || said == code && (set.Tag != "en" || strings.Contains(code, "_")) {
					t.Errorf("%s: %s reads %q", set.Tag, code, said)
				}
			}
			said := set.DeedNote(code + ": a-thing")
			if strings.Contains(said, "_") || strings.Contains(said, "{") {
				t.Errorf("%s: %s with a detail reads %q", set.Tag, code, said)
			}
		}
		for _, f := range sources(t, "../../actions/deeds/*.go") {
			for _, m := range steps.FindAllStringSubmatch(f, -1) {
				if set.Deeds.Step[m[1]] == "" {
					t.Errorf("%s: the step %q has no name", set.Tag, m[1])
				}
			}
		}
		for _, note := range []string{"", "#12", "3/4", "harbor: HTTP 503", "Replay hooks: gitlab failed"} { // of the systems: as it is
			if set.DeedNote(note) != note {
				t.Errorf("%s: %q reads %q", set.Tag, note, set.DeedNote(note))
			}
		}
		if said := set.Reason(actions.Reason{Code: "running", Detail: "console.replay, claire (7@bastion)"}); strings.Contains(said, "console.replay") || !strings.Contains(said, "claire (7@bastion)") {
			t.Errorf("%s: %q", set.Tag, said)
		}
	}
}

func sources(t *testing.T, patterns ...string) (out []string) {
	t.Helper()
	for _, pattern := range patterns {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatal(pattern, err)
		}
		for _, f := range files {
			if strings.HasSuffix(f, "_test.go") {
				continue
			}
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, string(text))
		}
	}
	return out
}
