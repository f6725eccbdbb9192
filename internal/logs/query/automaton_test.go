package query

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
)

// expressions that ask of an automaton all that there is: classes, cases, bounds of words, lines and texts, characters beyond ASCII.
func expressions() []string {
	return []string{
		`\d{4} ms`, `[0-9]{3} [0-9]{5}`, `\bms\b`, `\B5\B`, `^\d`, `\d$`, `^$`, `^`, `$`, `\A.\z`, `(?m)^b$`, `(?s)a.b`, `a.b`, `.`, `[^a]`, `\S+@\S+`, `(a|ab)(c|bcd)*$`, `(?i:STRASSE|ſ|k)`, `[é-ü]+x`, `\pL\d`,
		`[^\x00-\x7f]`, `x*`, `(x?){9}x{9}`, `é|\bè`, `\x{fffd}`, `a{2,}?b`, `[[:upper:]]+\b`, `(?:)`, `[^\n]\n\b`, `5..?\b`, `\w+\W+\w+$`, `(?i)ÉCHEC`,
	}
}

func agrees(t *testing.T, f *finder, re *regexp.Regexp, a *automaton, text string) {
	t.Helper()
	want := re.MatchString(text)
	if got, ok := a.in(text); ok && got != want {
		t.Fatalf("%s on %q: %v", re, text, got)
	}
	if got := f.in(text); got != want {
		t.Fatalf("%s on %q, with its needles: %v", re, text, got)
	}
}

// TestAutomaton holds the automaton to what regexp says.
func TestAutomaton(t *testing.T) {
	parts := []string{"a", "b", "ab", "cd", "5", "1234", " ", " ms", "_", "\n", "é", "è", "É", "ü", "ſ", "K", "K", "\xff", "\xc3", "\ufffd", "世", "x", "xxxx", "@", "Échec", ".", "-", "\x00"}
	for _, expr := range expressions() {
		f, err := compileRegexp(expr)
		if err != nil {
			t.Fatal(expr, err)
		}
		if f.fast == nil {
			continue // needles alone
		}
		r := rand.New(rand.NewPCG(3, 9))
		a := f.fast.borrow()
		for range 150 {
			var b strings.Builder
			for range r.IntN(9) {
				b.WriteString(parts[r.IntN(len(parts))])
			}
			agrees(t, f, f.re, a, b.String())
		}
	}
}

// TestAutomatonGivesUp sees an expression of ever new states left to regexp, with the same answers and within bounds.
func TestAutomatonGivesUp(t *testing.T) {
	f, err := compileRegexp(`[ab][ab]*a[ab]{14}c`)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(5, 5))
	a := f.fast.borrow()
	gave := false
	for i := range 60 {
		if i == 40 {
			a.resets = mostResets + 1 // as after many more texts
		}
		b := make([]byte, 1000)
		for i := range b {
			b[i] = "ab"[r.IntN(2)]
		}
		if r.IntN(2) == 0 {
			b[len(b)-1] = 'c'
		}
		agrees(t, f, f.re, a, string(b))
		_, ok := a.in(string(b))
		gave = gave || !ok
		if len(a.sets) > 4*mostStates+1 {
			t.Fatalf("%d states", len(a.sets))
		}
	}
	if !gave {
		t.Error("it never gave up")
	}
}

func FuzzAutomaton(f *testing.F) {
	for _, expr := range expressions() {
		f.Add(expr, "1234 ms Échec\xff\n5é")
	}
	f.Fuzz(func(t *testing.T, expr, text string) {
		if len(expr) > 60 || len(text) > 400 {
			return
		}
		one, err := compileRegexp(expr)
		if err != nil || one.fast == nil {
			return
		}
		a := one.fast.borrow()
		want := one.re.MatchString(text)
		if got, ok := a.in(text); ok && got != want {
			t.Fatalf("%s on %q: %v", one.re, text, got)
		}
	})
}
