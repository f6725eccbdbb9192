package table_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"dsotop/internal/ui/style"
	"dsotop/internal/ui/table"
	"dsotop/themes"
)

type row struct {
	name string
	n    int
	rev  uint64
}

func look(t testing.TB) table.Look {
	t.Helper()
	th, err := themes.Find("dark", themes.OnDark)
	if err != nil {
		t.Fatal(err)
	}
	g := style.Unicode()
	return table.Look{Sheet: style.New(th, themes.OnDark, colorprofile.TrueColor), Glyphs: &g}
}

func newTable() *table.Table[row] {
	return table.New(table.Config[row]{
		Key: func(r row) string { return r.name }, Rev: func(r row) uint64 { return r.rev }, OrderTitle: "gravité",
		Problem: func(r row) bool { return r.n > 5 },
	},
		table.Column[row]{ID: "name", Title: "NOM", Want: 6, Natural: func(r row) int { return len(r.name) }, Max: 20,
			Draw: func(p *style.Pen, r row) { p.Put(style.Strong, r.name) }, Value: func(r row) string { return r.name },
			Compare: func(a, b row) int { return strings.Compare(a.name, b.name) }},
		table.Column[row]{ID: "n", Title: "N", Want: 5, Keep: 1, Right: true,
			Draw: func(p *style.Pen, r row) { p.Right(style.Text, fmt.Sprint(r.n)) }, Compare: func(a, b row) int { return b.n - a.n }},
		table.Column[row]{ID: "x", Title: "EXTRA", Want: 10, Keep: 2, Draw: func(p *style.Pen, _ row) { p.Put(style.Faint, "extra") }})
}

func rows(n int) []row {
	out := make([]row, n)
	for i := range out {
		out[i] = row{name: fmt.Sprintf("p%03d", i), n: i % 10, rev: 1}
	}
	return out
}

func screen(t *testing.T, tb *table.Table[row], w, h int) []string {
	t.Helper()
	b := tb.Draw(w, h, look(t))
	if len(b.Lines) != h {
		t.Fatalf("%d lines, want %d", len(b.Lines), h)
	}
	out := make([]string, h)
	for i, l := range b.Lines {
		if got := ansi.StringWidth(l); got != w {
			t.Fatalf("line %d is %d wide, want %d: %q", i, got, w, l)
		}
		out[i] = strings.TrimRight(ansi.Strip(l), " ")
	}
	return out
}

func current(t *testing.T, tb *table.Table[row]) string {
	t.Helper()
	r, ok := tb.Current()
	if !ok {
		t.Fatal("no row under the cursor")
	}
	return r.name
}

func TestTheCursorStaysOnItsThing(t *testing.T) {
	tb := newTable()
	tb.SetRows(rows(50), false)
	tb.Draw(40, 11, look(t))
	tb.Move(20)
	if got := current(t, tb); got != "p020" {
		t.Fatalf("cursor on %s", got)
	}
	tb.SortBy("n")
	if got := current(t, tb); got != "p020" {
		t.Errorf("after sorting, cursor on %s", got)
	}
	tb.SetRows(rows(50)[10:], false)
	if got := current(t, tb); got != "p020" {
		t.Errorf("after a change of rows, cursor on %s", got)
	}
	tb.SetFilter("p02")
	if got := current(t, tb); got != "p020" {
		t.Errorf("after filtering, cursor on %s", got)
	}
	if shown, total := tb.Len(); shown != 10 || total != 40 {
		t.Errorf("%d of %d shown", shown, total)
	}
	tb.SetFilter("")
	tb.SetRows(rows(5), false)
	if got := current(t, tb); got == "p020" {
		t.Error("cursor on a row that is gone")
	}
	tb.SetRows(nil, false)
	if _, ok := tb.Current(); ok {
		t.Error("a row under the cursor of an empty table")
	}
	tb.Move(3) // nothing to move on, nothing to break
}

func TestAnUntouchedCursorWaitsForTheOrder(t *testing.T) {
	tb := newTable()
	tb.SetRows(rows(9), true)
	reversed := rows(9)
	reversed[0], reversed[8] = reversed[8], reversed[0]
	tb.SetRows(reversed, true)
	if got := current(t, tb); got != "p008" {
		t.Errorf("the untouched cursor is on %s", got)
	}
	tb.Move(1)
	tb.SetRows(rows(9), false)
	if got := current(t, tb); got != "p001" {
		t.Errorf("the moved cursor is on %s", got)
	}
}

func TestFilter(t *testing.T) {
	tb := newTable()
	tb.SetRows([]row{{name: "préfecture"}, {name: "portail"}, {name: "agenda"}, {name: "agenda-dev"}}, false)
	for filter, want := range map[string]int{"": 4, "pre": 1, "PRÉF": 1, "agenda": 2, "agenda -dev": 1, "zzz": 0, "agd": 2, "-agenda": 2} {
		tb.SetFilter(filter)
		if shown, _ := tb.Len(); shown != want {
			t.Errorf("%q shows %d, want %d", filter, shown, want)
		}
	}
	tb.SetFilter("agd")
	if _, loose := tb.Filter(); !loose {
		t.Error("a loose match must say so")
	}
	if !tb.Undo() || tb.Undo() {
		t.Error("Undo takes the filter away, once")
	}
}

func TestColumnsGoInOrderOfImportance(t *testing.T) {
	tb := newTable()
	tb.SetRows(rows(3), false)
	wide, middle, narrow := screen(t, tb, 40, 4)[0], screen(t, tb, 20, 4)[0], screen(t, tb, 9, 4)[0]
	if !strings.Contains(wide, "EXTRA") || strings.Contains(middle, "EXTRA") || !strings.Contains(middle, "N") || strings.TrimSpace(narrow) != "NOM" {
		t.Errorf("wide %q, middle %q, narrow %q", wide, middle, narrow)
	}
}

func TestNumbersAlign(t *testing.T) {
	tb := newTable()
	tb.SetRows([]row{{name: "0"}, {name: "a", n: 7}, {name: "b", n: 12345}}, false)
	s := screen(t, tb, 30, 4)
	if strings.Index(s[2], "7") != strings.Index(s[3], "12345")+4 || strings.Index(s[2], "7") != strings.Index(s[0], "N  ") {
		t.Errorf("numbers are not aligned:\n%s", strings.Join(s, "\n"))
	}
}

func TestRowsAreDrawnOnce(t *testing.T) {
	draws := 0
	tb := table.New(table.Config[row]{Key: func(r row) string { return r.name }, Rev: func(r row) uint64 { return r.rev }},
		table.Column[row]{ID: "name", Title: "NOM", Want: 10, Draw: func(p *style.Pen, r row) { draws++; p.Put(style.Text, r.name) }})
	data := rows(1000)
	l := look(t)
	tb.SetRows(data, false)
	tb.Draw(40, 51, l)
	if draws != 50 {
		t.Errorf("%d rows drawn, 50 are visible", draws)
	}
	tb.Draw(40, 51, l)
	if draws != 50 {
		t.Errorf("drawn again: %d", draws)
	}
	tb.Move(1)
	tb.Draw(40, 51, l)
	if draws != 52 {
		t.Errorf("a move drew %d rows, want 2", draws-50)
	}
	data[3].rev = 2
	tb.SetRows(data, false)
	tb.Draw(40, 51, l)
	if draws != 53 {
		t.Errorf("a change drew %d rows, want 1", draws-52)
	}
	l.Epoch++
	tb.Draw(40, 51, l)
	if draws != 103 {
		t.Errorf("a new minute drew %d rows, want 50", draws-53)
	}
}

func FuzzTheWidthHolds(f *testing.F) {
	f.Add("agenda", 40, 5)
	f.Add("日本語\x1b[31m", 13, 3)
	f.Fuzz(func(t *testing.T, name string, w, h int) {
		w, h = min(max(w, 1), 250), min(max(h, 1), 70)
		tb := newTable()
		tb.SetRows([]row{{name: name, n: 3}, {name: name + "2", n: 9}}, false)
		tb.SetFilter(name)
		screen(t, tb, w, h)
		tb.SetFilter("")
		screen(t, tb, w, h)
	})
}

func BenchmarkCursorMoveThousandRows(b *testing.B) {
	tb := newTable()
	tb.SetRows(rows(1000), false)
	l := look(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if i%900 == 899 {
			tb.Move(-900)
		}
		tb.Move(1)
		_ = tb.Draw(200, 58, l)
	}
}

func BenchmarkSetRowsThousand(b *testing.B) {
	tb := newTable()
	data := rows(1000)
	tb.SortBy("n")
	for b.Loop() {
		tb.SetRows(data, false)
	}
}

// A bare cursor differs from a plain row in its mark's cell alone, also when the row was drawn before.
func TestABareCursorIsItsMarkAlone(t *testing.T) {
	tb := newTable()
	tb.SetRows(rows(3), false)
	l := look(t)
	full := tb.Draw(40, 4, l).Lines[1]
	l.Bare = true
	bare := tb.Draw(40, 4, l).Lines[1]
	tb.Move(1)
	plain := tb.Draw(40, 4, l).Lines[1]
	name := func(line string) string { return line[strings.Index(line, "p000")-20:] }
	if !strings.Contains(ansi.Strip(bare), l.Glyphs.Cursor) || name(bare) != name(plain) {
		t.Errorf("bare %q\nplain %q", bare, plain)
	}
	if name(full) == name(plain) {
		t.Errorf("the full cursor shows its name like any other: %q", full)
	}
}
