package metrics

import (
	"testing"

	"dsotop/internal/desk"
)

func TestSpots(t *testing.T) {
	for text, want := range map[string]spot{
		``:                        {word: true},
		`su`:                      {word: true},
		`rate(conta`:              {word: true, rate: true, from: 5},
		`sum by (po`:              {name: true, by: true, from: 8},
		`sum by (pod, co`:         {name: true, by: true, from: 13},
		`x{na`:                    {name: true, from: 2},
		`x{namespace="a`:          {value: true, label: "namespace", from: 13},
		`x{namespace=`:            {from: 12},
		`x{a="b",po`:              {name: true, from: 8},
		`rate(x{a="b"}[`:          {window: true, from: 14},
		`rate(x[5m]) / on (na`:    {name: true, by: true, from: 18},
		`sum(rate(x[5m])) by (n`:  {name: true, by: true, from: 21},
		`label_replace(x, "a`:     {from: 19},
		`topk(5, node_`:           {word: true, from: 8},
		`x{a=~"it's \"quoted\" b`: {value: true, label: "a", from: 6},
		`a:b`:                     {word: true},
	} {
		if got := spotOf([]rune(text), len([]rune(text))); got != want {
			t.Errorf("%q is %+v, want %+v", text, got, want)
		}
	}
}

func TestThePlaceOfARefusalBehindAVariable(t *testing.T) {
	x := &editor{expand: func(s string) string {
		if s == `up{a="$namespace"} !!` {
			return `up{a="a-long-name-of-a-namespace"} !!`
		}
		return s
	}}
	for text, want := range map[string]int{`sum(é !!`: 5, `up{a="$namespace"} !!`: 19} {
		sent := x.expand(text)
		x.refusal = &desk.PromQLError{Line: 1}
		for i := range sent {
			if sent[i] == '!' {
				x.refusal.Column = i + 1
				break
			}
		}
		if text == `sum(é !!` {
			want = 6
		}
		if got := x.placeIn(text); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
	x.refusal = &desk.PromQLError{}
	if x.placeIn("up") != -1 {
		t.Error("a refusal without a place has one")
	}
}

// FuzzSpot: whatever is typed, the place stays inside the text.
func FuzzSpot(f *testing.F) {
	f.Add(`sum(rate(x{a="b"}[5m])) by (`, 9)
	f.Add("\\\"'{[(", 3)
	f.Fuzz(func(t *testing.T, text string, at int) {
		runes := []rune(text)
		at = max(min(at, len(runes)), 0)
		if s := spotOf(runes, at); s.from < 0 || s.from > at {
			t.Errorf("%q at %d begins at %d", text, at, s.from)
		}
	})
}
