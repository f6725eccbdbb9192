package keys_test

import (
	"slices"
	"strings"
	"testing"

	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/keys"
	"dsotop/internal/ui/words"
)

func TestTheTableIsSound(t *testing.T) {
	_, errs := keys.New(nil)
	for _, err := range errs {
		t.Error(err)
	}
	seen := map[string]bool{}
	for _, d := range keys.Table() {
		if seen[d.ID] {
			t.Errorf("%s is declared twice", d.ID)
		}
		seen[d.ID] = true
		for _, w := range words.All() {
			if l := w.Command[d.ID]; l.Short == "" || l.Long == "" {
				t.Errorf("%s: %s has no words", w.Tag, d.ID)
			}
			if w.Scope[string(d.Scope)] == "" {
				t.Errorf("%s: scope %s has no title", w.Tag, d.Scope)
			}
		}
	}
	for _, w := range words.All() {
		for id := range w.Command {
			if !seen[id] {
				t.Errorf("%s: words for %q, which is not declared", w.Tag, id)
			}
		}
	}
}

// French keyboards and the programs around the terminal decide which keys may be primary.
func TestNoPrimaryKeyIsAwkward(t *testing.T) {
	bad := strings.Split("[ ] { } \\ | ~ @ # ` ctrl+a ctrl+b ctrl+w ctrl+t ctrl+n ctrl+h ctrl+i ctrl+m ctrl+s ctrl+q", " ")
	for _, d := range keys.Table() {
		for i, k := range d.Keys {
			if slices.Contains(bad, k) {
				t.Errorf("%s uses %s", d.ID, k)
			}
			if i == 0 && len(k) == 1 && k >= "0" && k <= "9" && !strings.HasPrefix(d.ID, "screen.") {
				t.Errorf("%s is first reached by a digit", d.ID)
			}
		}
	}
}

func TestConflictsNameBothOwners(t *testing.T) {
	_, errs := keys.New(map[string][]string{keys.Fold: {"s"}, "nothing": {"z"}})
	if len(errs) != 2 {
		t.Fatalf("got %v", errs)
	}
	text := errs[0].Error() + errs[1].Error()
	for _, want := range []string{keys.Fold, keys.Sort, "nothing"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not named in %q", want, text)
		}
	}
}

func TestChain(t *testing.T) {
	m, _ := keys.New(nil)
	did := ""
	cmd := func(id, name string) keys.Command {
		return keys.Command{ID: id, Do: func() intent.Intent { did = name; return nil }}
	}
	chain := []keys.Layer{{Commands: []keys.Command{cmd(keys.Enter, "inner")}}, {Commands: []keys.Command{cmd(keys.Enter, "outer"), cmd(keys.Help, "help")}}}
	for key, want := range map[string]string{"enter": "inner", "?": "help"} {
		c, ok := m.Find(key, chain)
		if !ok {
			t.Fatalf("%s is not found", key)
		}
		if c.Do(); did != want {
			t.Errorf("%s did %s, want %s", key, did, want)
		}
	}
	chain[0].Modal = true
	if _, ok := m.Find("?", chain); ok {
		t.Error("a modal layer leaks")
	}
	if _, ok := m.Find("Z", chain); ok {
		t.Error("an unknown key is found")
	}
}

func TestRemap(t *testing.T) {
	m, errs := keys.New(map[string][]string{keys.Filter: {"F"}})
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	chain := []keys.Layer{{Commands: []keys.Command{{ID: keys.Filter}}}}
	if _, ok := m.Find("/", chain); ok {
		t.Error("the old key still works")
	}
	if _, ok := m.Find("F", chain); !ok {
		t.Error("the new key does not work")
	}
}

func TestMarkdownHasEveryCommandWithAKey(t *testing.T) {
	for _, w := range words.All() {
		md := keys.Markdown(w)
		for _, d := range keys.Table() {
			if len(d.Keys) > 0 && !strings.Contains(md, w.Command[d.ID].Long) {
				t.Errorf("%s: %s is not in the table", w.Tag, d.ID)
			}
		}
	}
}
