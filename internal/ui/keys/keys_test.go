package keys_test

import (
	"errors"
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

// Who has a key that two claim is one of them only, and it is the one that the person gave it to.
func TestWhatIsGivenWins(t *testing.T) {
	for _, c := range []struct {
		name        string
		given       map[string][]string
		owner, lost string
		key         string
		faults      int
	}{
		{"over a default", map[string][]string{keys.Fold: {"s"}}, keys.Fold, keys.Sort, "s", 1},
		{"over a default everywhere", map[string][]string{keys.Sort: {"?"}}, keys.Sort, keys.Help, "?", 1},
		{"first of the table", map[string][]string{keys.Fold: {"ù"}, keys.Sort: {"ù"}}, keys.Sort, keys.Fold, "ù", 1},
		{"swapped", map[string][]string{keys.Fold: {"s"}, keys.Sort: {"space"}, keys.MarkRow: {"ù"}}, keys.Fold, "", "s", 0},
		{"apart", map[string][]string{keys.Sort: {"e"}}, keys.Sort, "", "e", 0},
		{"the way out stays", map[string][]string{keys.Sort: {"ctrl+c"}, keys.Quit: {"Q"}}, keys.Quit, keys.Sort, "ctrl+c", 1},
	} {
		m, errs := keys.New(c.given)
		if c.name == "the way out stays" {
			errs = slices.DeleteFunc(errs, func(err error) bool { return strings.Contains(err.Error(), `"Q"`) }) // Q is LogQL's
		}
		if len(errs) != c.faults {
			t.Errorf("%s: %v", c.name, errs)
		}
		if d, _ := m.Decl(c.owner); !slices.Contains(d.Keys, c.key) {
			t.Errorf("%s: %s has %v", c.name, c.owner, d.Keys)
		}
		if d, _ := m.Decl(c.lost); slices.Contains(d.Keys, c.key) {
			t.Errorf("%s: %s still has %s", c.name, c.lost, c.key)
		}
		for _, err := range errs {
			var f keys.Fault
			if !errors.As(err, &f) || f.ID != c.owner || f.Other != c.lost || !strings.Contains(f.Text("fr"), c.owner) || !strings.Contains(f.Text("fr"), c.lost) {
				t.Errorf("%s: the owners are %s and %s, told %q", c.name, c.owner, c.lost, f.Text("fr"))
			}
		}
	}
}

func TestParse(t *testing.T) {
	for text, want := range map[string]string{"a": "a", "G": "G", "é": "é", "-": "-", "+": "+", "Ctrl-p": "ctrl+p", "ctrl+P": "ctrl+p", "CTRL+-": "ctrl+-", "C-x": "ctrl+x", "Alt+x": "alt+x", "Ctrl+Alt+f2": "ctrl+alt+f2",
		"Shift+Tab": "shift+tab", "Maj+F5": "shift+f5", "Espace": "space", "Entrée": "enter", "PgDn": "pgdown", "F12": "f12", "Suppr": "delete", "ù": "ù", "²": "²"} {
		if got, _, why := keys.Parse(text); got != want {
			t.Errorf("%q is %q (%s), want %q", text, got, why, want)
		}
	}
	for _, text := range []string{"", " ", "ab", "f0", "f100", "ctrl+i", "Ctrl-m", "ctrl+h", "shift+a", "hyper+x", "\x1b", "ctrl+", "ctrl+ab"} {
		if got, fr, en := keys.Parse(text); got != "" || fr == "" || en == "" {
			t.Errorf("%q is %q", text, got)
		}
	}
	for _, d := range keys.Table() { // every key of the table can be written in a configuration
		for _, k := range d.Keys {
			if got, _, why := keys.Parse(k); got != k {
				t.Errorf("%s: %q is %q (%s)", d.ID, k, got, why)
			}
		}
	}
}

// What the footer, help and palette show is what works.
func TestRemappedKeysAreShown(t *testing.T) {
	m, _ := keys.New(map[string][]string{keys.Sort: {"ù"}, keys.Filter: {}})
	chain := []keys.Layer{{Commands: []keys.Command{{ID: keys.Sort}, {ID: keys.Filter}}}}
	foot := m.Footer(chain, words.French())
	if len(foot) != 1 || foot[0].ID != keys.Sort || foot[0].Decl.Keys[0] != "ù" {
		t.Errorf("the footer has %v", foot)
	}
	for _, e := range m.Entries(chain, words.French()) {
		if want := map[string]string{keys.Sort: "ù", keys.Filter: ""}[e.ID]; keys.ShowAll(e.Decl, false, words.French()) != want {
			t.Errorf("%s shows %q, want %q", e.ID, keys.ShowAll(e.Decl, false, words.French()), want)
		}
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

// Each language has one word for a key, and a configuration understands it.
func TestKeysHaveOneWordALanguage(t *testing.T) {
	for _, w := range words.All() {
		for _, d := range keys.Table() {
			for _, k := range d.Keys {
				if got, _, why := keys.Parse(w.KeyWord(k)); got != k {
					t.Errorf("%s: %s is called %q, which a configuration reads as %q (%s)", w.Tag, k, w.KeyWord(k), got, why)
				}
			}
		}
	}
	for key, want := range map[string][3]string{"space": {"Espace", "Espace", "Space"}, "enter": {"↵", "Entrée", "Enter"}, "pgdown": {"PgSuiv", "PgSuiv", "PgDn"}, "shift+f2": {"Maj-F2", "Maj-F2", "Shift-F2"},
		"shift+left": {"Maj-←", "Maj-Gauche", "Shift-Left"}, "ctrl+p": {"Ctrl-p", "Ctrl-p", "Ctrl-p"}, "G": {"G", "G", "G"}, "+": {"+", "+", "+"}, "esc": {"Échap", "Échap", "Esc"}} {
		if got := [3]string{keys.Show(key, false, words.French()), keys.Show(key, true, words.French()), keys.Show(key, true, words.English())}; got != want {
			t.Errorf("%s is shown as %v, want %v", key, got, want)
		}
	}
}
