package onboarding_test

import (
	"fmt"
	"strings"
	"testing"

	"dsotop/internal/onboarding"
	"dsotop/internal/platform/hostile"
)

// FuzzHostileLedger puts one text wherever people write some in a ledger: neither the ledger nor what is told of its mistakes holds what a
// terminal would obey.
func FuzzHostileLedger(f *testing.F) {
	for _, text := range append(hostile.Texts(), "plain") {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q := fmt.Sprintf("%q", "x"+text)
		for _, ledger := range []string{
			"version: 1\nproject: @\nitems:\n  request: {state: ok, by: @, at: 2026-01-01, comment: @}\nprerequisites: {code_url: @}\n",
			"version: @\n@: @\nitems: {@: {state: @, by: a, at: @}}\nskills: {@: @}\ncompatibility: {linux: @}\nprerequisites: {@: 1, cpu: @}\n",
			"version: 1\nitems: @\n", "@",
		} {
			l, err := onboarding.Parse("a.yaml", "", []byte(strings.ReplaceAll(ledger, "@", q)))
			if err == nil {
				for _, where := range hostile.Dirty(l) {
					t.Error(where)
				}
				continue
			}
			m, ok := err.(*onboarding.Mistakes) //nolint:errorlint // Parse promises it
			if !ok {
				t.Fatal(err)
			}
			for line := range strings.SplitSeq(m.Text("fr")+"\n"+m.Text("en"), "\n") {
				for _, where := range hostile.Dirty(line) {
					t.Error(where)
				}
			}
		}
	})
}
