package table

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// term is one word of a filter.
type term struct {
	text string
	not  bool
}

// parse splits a filter into its words; a word after "-" excludes.
func parse(filter string) []term {
	var out []term
	for _, f := range strings.Fields(Fold(filter)) {
		t := term{text: f}
		if rest, ok := strings.CutPrefix(f, "-"); ok && rest != "" {
			t = term{text: rest, not: true}
		}
		out = append(out, t)
	}
	return out
}

// matches reports whether a folded text holds every word and none of the excluded ones.
func matches(hay string, terms []term) bool {
	for _, t := range terms {
		if strings.Contains(hay, t.text) == t.not {
			return false
		}
	}
	return true
}

// loosely reports whether a folded text holds the letters of every word in order, within one of its words: what one
// meant when nothing matches exactly.
func loosely(hay string, terms []term) bool {
	for _, t := range terms {
		found := false
		for word := range strings.FieldsSeq(hay) {
			if found = subsequence(word, t.text); found {
				break
			}
		}
		if found == t.not {
			return false
		}
	}
	return true
}

func subsequence(hay, needle string) bool {
	rest := []rune(needle)
	for _, r := range hay {
		if len(rest) > 0 && r == rest[0] {
			rest = rest[1:]
		}
	}
	return len(rest) == 0
}

// Fold lowers a text and takes its accents away, for searching.
func Fold(s string) string {
	plain := true
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			plain = false
			break
		}
	}
	if plain {
		return strings.ToLower(s)
	}
	return strings.ToLower(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(s)))
}

func (t *Table[R]) haystack(r R) string {
	key := t.cfg.Key(r)
	var rev uint64
	if t.cfg.Rev != nil {
		rev = t.cfg.Rev(r)
		if h, ok := t.hay[key]; ok && h.rev == rev {
			return h.text
		}
	}
	var sb strings.Builder
	for _, c := range t.cols {
		if c.Value != nil {
			sb.WriteString(c.Value(r))
			sb.WriteByte(' ')
		}
	}
	if t.cfg.Haystack != nil {
		sb.WriteString(t.cfg.Haystack(r))
	}
	text := Fold(sb.String())
	if t.cfg.Rev != nil {
		t.hay[key] = hayMemo{rev: rev, text: text}
	}
	return text
}

// Filter returns the filter's text, and whether it could only be matched loosely.
func (t *Table[R]) Filter() (text string, loose bool) { return t.filter, t.loose }

// SetFilter replaces the filter; "" removes it.
func (t *Table[R]) SetFilter(text string) {
	t.filter, t.terms = text, parse(text)
	t.touched = true
	if len(t.terms) == 0 {
		t.all = false
	}
	t.rebuild()
}

// ProblemsOnly reports whether only problems are shown.
func (t *Table[R]) ProblemsOnly() bool { return t.problems }

// Undo takes away one layer of what restricts the list: the filter, then "problems only". It reports whether there was one.
func (t *Table[R]) Undo() bool {
	switch {
	case t.Unmark():
	case t.filter != "":
		t.SetFilter("")
	case t.problems:
		t.problems = false
		t.rebuild()
	default:
		return false
	}
	return true
}

// Order returns the title of the column the rows are sorted by, and whether the order is reversed.
func (t *Table[R]) Order() (title string, reversed bool) {
	if c := t.column(t.sortID); c != nil {
		return c.name(), t.reversed
	}
	return t.cfg.OrderTitle, t.reversed
}

// SortBy orders by a column; "" is the order in which rows are given.
func (t *Table[R]) SortBy(id string) {
	t.sortID, t.reversed = id, false
	t.rebuild()
}
