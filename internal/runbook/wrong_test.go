package runbook

import (
	"errors"
	"fmt"
	"testing"
)

// What is wrong with what a person gave is told in the language of that person.
func TestWrongIsToldInBothLanguages(t *testing.T) {
	b := Load().Book("RB-13")
	_, noProject := Begin(b, newDouble(), Selection{}, nil, "anne", "test", false)
	_, badParam := Begin(b, newDouble(), selection(), map[string]string{"cpu": "beaucoup"}, "anne", "test", false)
	_, noParam := Begin(b, newDouble(), selection(), map[string]string{"disk": "1"}, "anne", "test", false)
	for _, c := range []struct {
		err    error
		fr, en string
	}{
		{CheckValue(TypeInt, nil, "x"), "« x » : n'est pas un nombre entier", `"x": not a whole number`},
		{CheckValue(TypeBool, nil, "x"), "« x » : ni oui ni non", `"x": neither true nor false`},
		{CheckValue(TypeDuration, nil, "-1s"), "« -1s » : n'est pas une durée (90s, 10m, 2h)", `"-1s": not a duration (90s, 10m, 2h)`},
		{CheckValue(TypeChoice, []string{"a", "b"}, "c"), "« c » : n'est pas parmi a, b", `"c": not one of a, b`},
		{noProject, "il manque : environnement (pas choisi, ou pas connu)", "the environment is not chosen, or not known"},
		{badParam, "cpu : « beaucoup » : n'est pas un nombre", `cpu: "beaucoup": not a number`},
		{noParam, "RB-13 n'a pas de paramètre « disk »", `RB-13 has no parameter "disk"`},
		{fmt.Errorf("x: %w", ErrNotAsked), "ceci n'est plus demandé", "this is not asked any more"},
		{errors.New("disk full"), "disk full", "disk full"},
	} {
		if fr, en := Tell(c.err, "fr"), Tell(c.err, "en"); fr != c.fr || en != c.en {
			t.Errorf("%q, %q", fr, en)
		}
	}
}
