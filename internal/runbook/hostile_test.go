package runbook

import (
	"fmt"
	"strings"
	"testing"

	"dsotop/internal/platform/hostile"
)

// FuzzHostileBook puts one text wherever people write some in a book: neither the book nor what is told of its mistakes holds what a
// terminal would obey.
func FuzzHostileBook(f *testing.F) {
	for _, text := range append(hostile.Texts(), "plain", "${project.slug}", "a\nb") {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q := fmt.Sprintf("%q", "x"+text)
		book := strings.ReplaceAll(`version: 1
id: RB-99
title: {fr: @, en: @}
summary: {fr: @, en: @}
when: @
who: @
risk: @
rollback: @
findings: [@]
params:
  - {name: who, title: {fr: @, en: @}, default: @}
  - {name: which, type: choice, choices: [@, b], default: b}
steps:
  - id: note
    title: @
    note: {fr: @, en: @}
  - id: ask
    title: {fr: @, en: @}
    ask:
      question: {fr: @, en: @}
      copy: @
      choices: [{value: a, label: @}]
  - id: query
    title: t
    query: {promql: @, expect: value > 1.0}
`, "@", q)
		if b, wrong := Decode("b.yaml", []byte(book)); b == nil && text == "plain" {
			t.Fatal(wrong)
		}
		for _, text := range []string{book, strings.Replace(book, "who:", q+":", 1), strings.Replace(book, "id: note", "id: "+q, 1), strings.Replace(book, "[{value: a", "[{value: "+q, 1), book + q} {
			b, wrong := Decode("b.yaml", []byte(text))
			told := wrong.In("fr") + "\n" + wrong.In("en")
			if b != nil {
				told += "\n" + Describe(b, "fr", Speech{}) + "\n" + Describe(b, "en", Speech{})
			}
			for line := range strings.SplitSeq(told, "\n") {
				for _, where := range hostile.Dirty(strings.ReplaceAll(line, "\t", "")) {
					t.Error(where)
				}
			}
		}
	})
}
