package config

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// rules know three commands and call "bad" no key; "s" is claimed by two whenever it is given.
func rules() *KeyRules {
	return &KeyRules{
		Commands: []string{"list.sort", "list.filter", "help"},
		Parse: func(text string) (string, string, string) {
			if text == "bad" {
				return "", "touche inconnue", "unknown key"
			}
			return strings.ToLower(text), "", ""
		},
		Conflicts: func(given map[string][]string) (out []KeyConflict) {
			for id, keys := range given {
				for _, k := range keys {
					if k == "s" && id != "list.sort" {
						out = append(out, KeyConflict{Owner: id, Other: "list.sort", FR: "touche s", EN: "key s"})
					}
				}
			}
			return out
		},
	}
}

const someProfile = "profiles:\n  p:\n    console: {url: https://console.example}\n"

func TestKeys(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "keys.yaml")
	if err := os.WriteFile(file, []byte("# ours\nlist.sort: o\nlist.filtre: f\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, text string
		want       map[string][]string
		wrong      []string
	}{
		{"none", "", nil, nil},
		{"one", "keys:\n  list.sort: O\n", map[string][]string{"list.sort": {"o"}}, nil},
		{"several and none", "keys:\n  list.sort: [o, Ctrl+O]\n  help: []\n", map[string][]string{"list.sort": {"o", "ctrl+o"}, "help": nil}, nil},
		{"numbers and signs", "keys:\n  list.sort: 3\n  help: \"!\"\n", map[string][]string{"list.sort": {"3"}, "help": {"!"}}, nil},
		{"empty", "keys:\n", nil, nil},
		{"unknown command", "keys:\n  list.sorts: o\n  zzzzzz: z\n", nil, []string{":2: keys.list.sorts: no command is called \"list.sorts\"; did you mean \"list.sort\"?", ":3: keys.zzzzzz: no command is called \"zzzzzz\"; docs/keys.md"}},
		{"unknown key", "keys:\n  list.sort: [o, bad]\n", map[string][]string{"list.sort": {"o"}}, []string{":2: keys.list.sort: unknown key"}},
		{"twice", "keys:\n  help: h\n  help: i\n", map[string][]string{"help": {"h"}}, []string{":3:3: keys: the key “help” is written twice"}},
		{"a list", "keys: [a]\n", nil, []string{":1:7: keys: a text is expected"}},
		{"a file", "keys: " + file + "\n", map[string][]string{"list.sort": {"o"}}, []string{file + ":3: list.filtre: no command is called \"list.filtre\"; did you mean \"list.filter\"?"}},
		{"no file", "keys: " + dir + "/none.yaml\n", nil, []string{":1:7: keys: unreadable file: " + dir + "/none.yaml"}},
	} {
		cfg, err := Load(Flags{Config: write(t, c.text+someProfile), Keys: rules()}, variables())
		if got := cfg.KeyMap(); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: keys are %v, want %v", c.name, got, c.want)
		}
		if (err == nil) != (len(c.wrong) == 0) {
			t.Errorf("%s: %v", c.name, err)
		}
		for _, w := range c.wrong {
			if err == nil || !strings.Contains(err.Error(), w) {
				t.Errorf("%s: %v lacks %q", c.name, err, w)
			}
		}
	}
}

// A key that two commands claim stops nothing, and is told at the line that gave it.
func TestKeyMistakes(t *testing.T) {
	cfg, err := Load(Flags{Config: write(t, "keys:\n  help: h\n  list.filter: s\n"+someProfile), Keys: rules()}, variables())
	if err != nil {
		t.Fatal(err)
	}
	got := cfg.KeyMistakes(rules())
	if len(got) != 1 || got[0].Line != 3 || got[0].Text("fr") != "keys.list.filter : touche s" || got[0].Text("en") != "keys.list.filter: key s" {
		t.Errorf("told %+v", got)
	}
}
