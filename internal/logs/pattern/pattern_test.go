package pattern

import (
	"fmt"
	"strings"
	"testing"

	"dsotop/internal/logs"
)

func TestSimilarLinesAreOneGroup(t *testing.T) {
	g := New(Options{})
	for i := range 40 {
		g.Add(fmt.Sprintf("Accepted connection from 10.0.0.%d:4%d in duration=%dms", i, i, i), logs.LevelInfo, int64(100+i))
		g.Add("user "+string(rune('a'+i%20))+" is not allowed here", logs.LevelWarn, int64(200+i))
		if i%4 == 0 {
			g.Add("connexion refusée à postgres", logs.LevelError, int64(300-i))
		}
	}
	groups := g.Groups()
	first := groups[0]
	if first.Template != "Accepted connection from <_> in duration=<_>" || first.Count != 40 || first.First != 100 || first.Last != 139 || first.Levels[logs.LevelInfo] != 40 || first.Sample != "Accepted connection from 10.0.0.0:40 in duration=0ms" {
		t.Errorf("%+v", first)
	}
	for _, one := range groups {
		if one.Template == "connexion refusée à postgres" && (one.First != 264 || one.Last != 300 || one.Levels[logs.LevelError] != 10) {
			t.Errorf("%+v", one)
		}
	}
}

func TestWordsThatDifferBecomeBlanks(t *testing.T) {
	g := New(Options{})
	a, isNew := g.Add("job import of commune Lyon failed", logs.LevelError, 1)
	b, again := g.Add("job import of commune Brest failed", logs.LevelError, 2)
	c, other := g.Add("job import is done with everything now", logs.LevelInfo, 3)
	if !isNew || again || !other || a != b || a == c {
		t.Errorf("%d %v, %d %v, %d %v", a, isNew, b, again, c, other)
	}
	if got := g.Groups()[0].Template; got != "job import of commune <_> failed" {
		t.Errorf("%s", got)
	}
}

func TestMemoryIsBounded(t *testing.T) {
	g := New(Options{Groups: 50})
	for i := range 5_000 {
		g.Add(strings.Repeat("w ", i%70)+word(i)+" "+word(i*7+1)+" "+word(i*13+5), logs.LevelNone, int64(i))
		g.Add("the one seen always", logs.LevelNone, int64(i))
	}
	groups := g.Groups()
	if len(groups) > 50 || groups[0].Template != "the one seen always" || groups[0].Count != 5_000 {
		t.Errorf("%d groups, first %+v", len(groups), groups[0])
	}
}

func word(i int) string {
	var b []byte
	for range 6 {
		b = append(b, byte('a'+i%26))
		i = i/26 + i%7
	}
	return string(b)
}

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		template, text string
		want           bool
	}{
		{"a <_> c", "a b c", true},
		{"a <_> c", "\x1b[31ma\x1b[0m  b c", true},
		{"a <_> c", "a b d", false},
		{"a <_> c", "a b c d", false},
		{"a <_>", "a", false},
		{"duration=<_>ms x", "duration=12ms x", true},
		{"duration=<_>ms x", "duration=12s x", false},
		{"<_>:<_>/<_> up", "10.0.0.1:80/tcp up", true},
		{"", "", true},
		{"", "x", false},
	} {
		if got := Match(c.template)(c.text); got != c.want {
			t.Errorf("%q on %q: %v", c.template, c.text, got)
		}
	}
}

// FuzzGrouper holds that a line matches the template of the group it was put in.
func FuzzGrouper(f *testing.F) {
	f.Add("a b 1", "a c 2")
	f.Add("k=v1 "+strings.Repeat("x ", 80), "k=w2 "+strings.Repeat("y ", 80))
	f.Add("<_> a", "b<_>c a")
	f.Fuzz(func(t *testing.T, one, two string) {
		g := New(Options{Groups: 4})
		for i, text := range []string{one, two, one + " " + two} {
			id, _ := g.Add(text, logs.LevelInfo, int64(i))
			for _, group := range g.Groups() {
				if group.ID == id && !Match(group.Template)(text) {
					t.Fatalf("%q is not matched by its template %q", text, group.Template)
				}
			}
		}
	})
}

func BenchmarkAdd(b *testing.B) {
	g := New(Options{})
	lines := make([]string, 512)
	for i := range lines {
		lines[i] = fmt.Sprintf("%s connection from 10.0.0.%d took %d ms in pool %s", word(i%40), i, i, word(i%3))
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		g.Add(lines[i%len(lines)], logs.LevelInfo, int64(i))
	}
}
