package logs

import (
	"reflect"
	"strings"
	"testing"
)

func TestMeta(t *testing.T) {
	m := NewMeta([]Label{{"trace_id", "t1"}, {"", "x"}, {"detected_level", "info"}, {"empty", ""}, {"odd\x00", "a\x00b"}})
	var got []string
	for name, value := range m.All() {
		got = append(got, name+"="+value)
	}
	if want := "detected_level=info empty= odd=ab trace_id=t1"; strings.Join(got, " ") != want {
		t.Errorf("%q, want %q", got, want)
	}
	if v, ok := m.Get("empty"); v != "" || !ok {
		t.Error("an empty value is one")
	}
	if _, ok := m.Get("nothing"); ok || NewMeta(nil) != "" || m != NewMeta([]Label{{"trace_id", "t1"}, {"empty", ""}, {"odd", "ab"}, {"detected_level", "info"}}) {
		t.Error("not by content")
	}
}

func TestSubjectTravelsAsText(t *testing.T) {
	for _, s := range []Subject{
		{},
		{Namespace: "ns"},
		{Namespace: "a--b", Pods: []string{"p-1", "p-2"}, Containers: []string{"web&x", "api"}, Previous: true, Filter: `level>=warn "a b"`, Floor: LevelError, At: 1_787_320_000_000_000_001},
		{LogQL: `{namespace="x"} | json | level=~"(?i)error"`},
	} {
		got := ParseKey(s.Key())
		if !reflect.DeepEqual(got, s) {
			t.Errorf("%+v came back as %+v", s, got)
		}
	}
}

func TestSelector(t *testing.T) {
	for _, c := range []struct {
		s    Subject
		want string
	}{
		{Subject{Namespace: "ns"}, `{namespace="ns"}`},
		{Subject{Namespace: `n"s`, Containers: []string{"web"}}, `{namespace="n\"s", container="web"}`},
		{Subject{Namespace: "ns", Containers: []string{"a.b", "c"}}, `{namespace="ns", container=~"a\\.b|c"}`},
		{Subject{Namespace: "ns", LogQL: `{x="y"}`}, `{x="y"}`},
	} {
		if got := c.s.Selector(); got != c.want {
			t.Errorf("%+v: %s, want %s", c.s, got, c.want)
		}
	}
}

func TestParseLevel(t *testing.T) {
	for word, want := range map[string]Level{"ERROR": LevelError, "3": LevelError, "Warning": LevelWarn, "5": LevelInfo, "dbg": LevelDebug, "panic": LevelFatal, "0": LevelFatal, "TRACE": LevelTrace} {
		if got, ok := ParseLevel(word); !ok || got != want {
			t.Errorf("%q: %v %v", word, got, ok)
		}
		if again, ok := ParseLevel(want.String()); !ok || again != want {
			t.Errorf("%v does not read back", want)
		}
	}
	for _, word := range []string{"", "8", "errors", "a word that is much too long to be a level"} {
		if got, ok := ParseLevel(word); ok {
			t.Errorf("%q is %v", word, got)
		}
	}
}
