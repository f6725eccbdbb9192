package words_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/ui/words"
)

// holes walks a value and names every empty text, nil function, and map whose keys differ from the other language's.
func holes(t *testing.T, path string, v, other reflect.Value) {
	t.Helper()
	switch v.Kind() {
	case reflect.String:
		if v.String() == "" {
			t.Errorf("%s is empty", path)
		}
	case reflect.Func:
		if v.IsNil() {
			t.Errorf("%s is nil", path)
			return
		}
		callable(t, path, v)
	case reflect.Struct:
		for i := range v.NumField() {
			if !v.Type().Field(i).IsExported() {
				continue
			}
			holes(t, path+"."+v.Type().Field(i).Name, v.Field(i), other.Field(i))
		}
	case reflect.Map:
		if v.Len() == 0 {
			t.Errorf("%s is empty", path)
		}
		for _, k := range other.MapKeys() {
			if !v.MapIndex(k).IsValid() {
				t.Errorf("%s lacks %v", path, k)
				continue
			}
			holes(t, fmt.Sprintf("%s[%v]", path, k), v.MapIndex(k), other.MapIndex(k))
		}
	case reflect.Slice:
		if v.Len() != other.Len() || v.Len() == 0 {
			t.Errorf("%s has %d elements, the other language %d", path, v.Len(), other.Len())
			return
		}
		for i := range v.Len() {
			holes(t, fmt.Sprintf("%s[%d]", path, i), v.Index(i), other.Index(i))
		}
	}
}

// callable calls a text function with plain arguments: it must give a text.
func callable(t *testing.T, path string, f reflect.Value) {
	t.Helper()
	var args []reflect.Value
	for i := range f.Type().NumIn() {
		a := reflect.New(f.Type().In(i)).Elem()
		switch a.Kind() {
		case reflect.Int:
			a.SetInt(2)
		case reflect.String:
			a.SetString("x")
		case reflect.Map:
			return
		}
		args = append(args, a)
	}
	if out := f.Call(args); len(out) > 0 && out[0].Kind() == reflect.String && out[0].Len() == 0 {
		t.Errorf("%s gives an empty text", path)
	}
}

func TestNoLanguageHasAHole(t *testing.T) {
	all := words.All()
	for i, s := range all {
		other := all[(i+1)%len(all)]
		holes(t, s.Tag, reflect.ValueOf(*s), reflect.ValueOf(*other))
	}
}

func TestEveryCodeHasWords(t *testing.T) {
	for _, s := range words.All() {
		for _, st := range []platform.State{platform.StateStarting, platform.StateLive, platform.StateStale, platform.StateForbidden, platform.StateUnauthorised, platform.StateUnreachable, platform.StateNotConfigured} {
			if s.State[st].Word == "" || s.State[st].Explain == "" {
				t.Errorf("%s: state %s has no words", s.Tag, st)
			}
		}
		for _, r := range []platform.Remedy{platform.RemedyNone, platform.RemedyWait, platform.RemedyRenewToken, platform.RemedyGiveToken, platform.RemedyAskRight, platform.RemedyPersonalToken, platform.RemedyCheckURL, platform.RemedyCheckTLS, platform.RemedyCheckProxy, platform.RemedyConfigure, platform.RemedyRunOutside, platform.RemedyCheckTenant, platform.RemedySlowDown} {
			if s.Remedy[r] == "" {
				t.Errorf("%s: remedy %q has no words", s.Tag, r)
			}
		}
		for _, sev := range []platform.Severity{platform.SeverityOK, platform.SeverityInfo, platform.SeverityWarning, platform.SeverityDegraded, platform.SeverityCritical} {
			if s.Severity[sev].Word == "" {
				t.Errorf("%s: severity %s has no words", s.Tag, sev)
			}
		}
	}
}

func TestDetect(t *testing.T) {
	for _, c := range []struct {
		flag string
		env  map[string]string
		want string
	}{
		{"", nil, "fr"},
		{"", map[string]string{"LANG": "C.UTF-8"}, "fr"},
		{"", map[string]string{"LANG": "fr_FR.UTF-8"}, "fr"},
		{"", map[string]string{"LANG": "en_GB.UTF-8"}, "en"},
		{"", map[string]string{"LANG": "fr_FR.UTF-8", "LC_MESSAGES": "en_US"}, "en"},
		{"", map[string]string{"LC_ALL": "fr_CA", "LC_MESSAGES": "en_US", "LANG": "en"}, "fr"},
		{"", map[string]string{"LANG": "de_DE.UTF-8"}, "en"},
		{"fr", map[string]string{"LC_ALL": "en_US"}, "fr"},
		{"EN", nil, "en"},
	} {
		if got := words.Detect(c.flag, func(k string) string { return c.env[k] }).Tag; got != c.want {
			t.Errorf("Detect(%q, %v) = %s, want %s", c.flag, c.env, got, c.want)
		}
	}
}

func TestQuantities(t *testing.T) {
	fr, en := words.French(), words.English()
	now := time.Date(2026, 11, 21, 14, 7, 0, 0, time.UTC)
	for _, c := range []struct{ got, want string }{
		{fr.Int(12480), "12 480"}, {en.Int(12480), "12,480"}, {fr.Int(1204), "1204"}, {fr.Int(-1234567), "-1 234 567"},
		{fr.Dec(2.40, 2), "2,4"}, {en.Dec(2.40, 2), "2.4"}, {fr.Dec(-0.001, 1), "0"},
		{fr.Percent(0.614), "61 %"}, {en.Percent(0.614), "61%"},
		{fr.Bytes(1.1 * 1024 * 1024 * 1024), "1,1 Gio"}, {en.Bytes(310 * 1024 * 1024), "310 MiB"}, {fr.Bytes(12), "12 o"},
		{fr.CPU(0.12), "120 m"}, {fr.CPU(2.4), "2,4"}, {fr.Cores(4), "4 cœurs"}, {fr.Cores(1.5), "1,5 cœur"}, {en.Cores(1), "1 core"}, {en.Cores(1.5), "1.5 cores"},
		{fr.Age(20 * time.Second), "<1 min"}, {fr.Age(2 * time.Minute), "2 min"}, {fr.Age(47 * time.Hour), "47 h"}, {fr.Age(5 * 24 * time.Hour), "5 j"}, {en.Age(5 * 24 * time.Hour), "5 d"}, {fr.Age(-time.Hour), "<1 min"},
		{fr.AgeShort(2 * time.Minute), "2m"}, {fr.AgeShort(9 * 24 * time.Hour), "9j"}, {en.AgeShort(9 * 24 * time.Hour), "9d"},
		{fr.Lasted(72 * time.Second), "1 min 12"}, {fr.Lasted(2*time.Hour + 5*time.Minute), "2 h 05"}, {fr.Lasted(12 * time.Second), "12 s"},
		{fr.Plural(0, "pod", "pods"), "0 pod"}, {en.Plural(0, "pod", "pods"), "0 pods"}, {fr.Plural(1, "pod", "pods"), "1 pod"}, {fr.Plural(2, "pod", "pods"), "2 pods"},
		{fr.When(now.Add(-4*time.Minute), now), "14:03"}, {fr.When(now.Add(-50*time.Hour), now), "19/11 12:07"}, {en.When(now.Add(-50*time.Hour), now), "19 Nov 12:07"},
		{fr.When(now.AddDate(-2, 0, 0), now), "21/11/2024"}, {fr.When(time.Time{}, now), "inconnu"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestFrenchPunctuation(t *testing.T) {
	fr := words.French()
	for _, l := range fr.Command {
		if strings.Contains(l.Long, "...") {
			t.Errorf("%q: three dots instead of an ellipsis", l.Long)
		}
	}
}
