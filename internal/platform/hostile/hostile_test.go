package hostile_test

import (
	"strings"
	"testing"

	"dsotop/internal/platform"
	"dsotop/internal/platform/hostile"
)

func TestDirtyFindsEveryAttackWhereverItIs(t *testing.T) {
	for _, text := range hostile.Texts() {
		if platform.CleanLine(text) == text { // strange, but nothing a terminal obeys
			continue
		}
		for name, noun := range map[string]any{
			"field":   platform.Pod{Node: text},
			"slice":   &platform.Pod{Containers: []platform.Container{{}, {LastReason: text}}},
			"map":     platform.Alert{Labels: map[string]string{"a": text}},
			"key":     platform.Alert{Labels: map[string]string{text: "a"}},
			"pointer": []any{&platform.Dossier{Environments: []platform.EnvironmentFacts{{Environment: platform.Environment{Name: text}}}}},
		} {
			if found := hostile.Dirty(noun); len(found) != 1 {
				t.Errorf("%q in a %s: %v", text, name, found)
			}
		}
		if found := hostile.Dirty(platform.Pod{Message: platform.Clean(text)}, "Message"); len(found) != 0 {
			t.Errorf("cleaned, %q is still dirty: %v", text, found)
		}
		if found := hostile.Dirty(platform.Pod{Message: platform.CleanLine(text)}); len(found) != 0 {
			t.Errorf("cleaned, %q is still dirty: %v", text, found)
		}
	}
	if found := hostile.Dirty(platform.Pod{Name: "a\nb", Message: "a\nb"}, "Message"); len(found) != 1 || !strings.HasPrefix(found[0], "platform.Pod.Name: ") {
		t.Errorf("line feeds belong into some fields only: %v", found)
	}
}

func TestPoisonReachesEveryText(t *testing.T) {
	d := platform.Dossier{Tokens: []platform.AccessToken{{Name: "a", Scopes: []string{"b"}}}, Alerts: []platform.Alert{{Labels: map[string]string{"k": "v"}}}}
	hostile.Poison(&d, func(field, text string) string { return text + "<" + field + ">" })
	if token := d.Tokens[0]; token.Name != "a<Name>" || token.Scopes[0] != "b<Scopes>" || d.Alerts[0].Labels["k"] != "v<Labels>" || d.Project.Slug != "<Slug>" {
		t.Errorf("%+v", d)
	}
	type loop struct {
		Name string
		Next *loop
	}
	a := &loop{Name: "x"}
	a.Next = a
	hostile.Poison(a, func(_, text string) string { return text + "!" })
	if a.Name != "x!" {
		t.Errorf("a loop was walked otherwise than once: %q", a.Name)
	}
}
