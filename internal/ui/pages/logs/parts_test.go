package logs

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"dsotop/internal/logs"
	"dsotop/internal/logs/pattern"
	"dsotop/internal/ui/words"
)

func TestSpotOf(t *testing.T) {
	for _, c := range []struct {
		text string // the place is at |
		want spot
	}{
		{`|`, spot{}}, {`{|`, spot{name: true, from: 1}}, {`{ cont|`, spot{name: true, from: 2}}, {`{container="we|`, spot{value: true, label: "container", from: 12}},
		{`{container=~"a", pod="|`, spot{value: true, label: "pod", from: 22}}, {`{a="x\"y|`, spot{value: true, label: "a", from: 4}}, {`{a=|`, spot{from: 3}},
		{`{a="b"} |`, spot{stage: true, from: 8}}, {`{a="b"} !=|`, spot{stage: true, from: 8}},
	} {
		before, after, _ := strings.Cut(c.text, "|")
		if got := spotOf([]rune(before+after), len([]rune(before))); got != c.want {
			t.Errorf("%s is %+v, want %+v", c.text, got, c.want)
		}
	}
}

func TestSpan(t *testing.T) {
	for d, want := range map[time.Duration]string{0: "+0.000s", 412 * time.Millisecond: "+0.412s", -3 * time.Second: "-3.000s", 192 * time.Second: "+3m12s", -125 * time.Minute: "-2h05", 75 * time.Hour: "+3j03h"} {
		if got := span(words.French(), d); got != want {
			t.Errorf("%v is %s, want %s", d, got, want)
		}
	}
}

func TestAPatternFindsItsLines(t *testing.T) {
	g := pattern.New(pattern.Options{})
	all := []string{"session 12 ouverte par jean", "session 14 ouverte par anne", "GET /a?b=[1] 200", "GET /a?b=[1] 500", strings.Repeat("mot ", 80) + "fin"}
	for _, l := range all {
		g.Add(l, logs.LevelInfo, 1)
	}
	for _, x := range g.Groups() {
		re := regexp.MustCompile(expression(x.Template))
		n := int64(0)
		for _, l := range all {
			if re.MatchString(l) {
				n++
			}
		}
		if n < x.Count {
			t.Errorf("%q finds %d lines of %d", x.Template, n, x.Count)
		}
	}
}

func TestNamesStayAndDiffer(t *testing.T) {
	s := func(container, pod string) *logs.Stream { return &logs.Stream{Container: container, Pod: pod} }
	streams := []*logs.Stream{s("agenda-web", "web-7d9f-x2k4q"), s("agenda-web", "web-7d9f-m8s2z"), s("agenda-api", "api-0")}
	n := newNames(streams)
	a, b, c := n.of(streams[0]), n.of(streams[1]), n.of(streams[2])
	if a.container != "web" || a.pod != "x2k4q" || b.pod != "m8s2z" || c.container != "api" || c.pod != "" {
		t.Errorf("%+v %+v %+v", a, b, c)
	}
	if a.role != b.role || a.role == c.role {
		t.Errorf("colours %v %v %v", a.role, b.role, c.role)
	}
	if again := newNames([]*logs.Stream{streams[2], streams[1], streams[0]}).of(streams[0]); again != a {
		t.Errorf("in another order %+v, not %+v", again, a)
	}
	if got := newNames([]*logs.Stream{{Labels: []logs.Label{{Name: "job", Value: "collector"}}}}); got.width != len("collector") {
		t.Errorf("a stream without container has a name of %d cells", got.width)
	}
}

func TestBlanksThatFollowEachOtherAreShownAsOne(t *testing.T) {
	for template, want := range map[string]string{
		"<_> - - <_> <_> GET <_> <_> <_> end": "<_> - - <_> GET <_> end",
		"a <_>b <_> c":                        "a <_>b <_> c",
		"<_> <_> <_> <_>":                     "<_>",
		"":                                    "",
	} {
		if got := joined(template); got != want {
			t.Errorf("%q is shown as %q, want %q", template, got, want)
		}
	}
}
