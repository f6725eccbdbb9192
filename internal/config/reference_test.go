package config

import (
	"slices"
	"strings"
	"testing"
)

// The reference names the keys that the decoder knows, no more and no fewer: what it calls possible where it meets one that it does not know.
func TestReferenceIsWhole(t *testing.T) {
	at := func(kind string) string { return "profiles:\n  p:\n    " + kind + ": {qqqqqqqq: 1}\n" }
	in := func(section string) string {
		return "profiles:\n  p:\n    loki:\n      " + section + ": {qqqqqqqq: 1}\n"
	}
	texts := map[string]string{
		"": "qqqqqqqq: 1\n", "policy": "policy: [{qqqqqqqq: 1}]\n", "journal": "journal: {qqqqqqqq: 1}\n", "auth": in("auth"), "tls": in("tls"), "tenant": in("tenant"),
		"onboarding": "profiles:\n  p:\n    onboarding: {qqqqqqqq: 1}\n", "source": at("console"),
	}
	for _, kind := range Kinds() {
		texts[kind] = at(kind)
	}
	said := map[string][]string{}
	for _, k := range Reference() {
		said[k.In] = append(said[k.In], k.Name)
		if k.Value == "" || k.Means == "" {
			t.Errorf("%s.%s is not explained", k.In, k.Name)
		}
	}
	for section, text := range texts {
		_, err := Load(Flags{Config: write(t, text)}, variables())
		if err == nil {
			t.Fatalf("%q: no mistake", section)
		}
		_, list, ok := strings.Cut(err.Error(), `unknown key “qqqqqqqq”; possible keys: `)
		if !ok {
			t.Fatalf("%q: %v", section, err)
		}
		list, _, _ = strings.Cut(list, "\n")
		known := strings.Split(list, ", ")
		want := slices.Clone(said[section])
		if slices.Contains(Kinds(), section) {
			want = append(want, said["source"]...)
		}
		slices.Sort(want)
		if !slices.Equal(known, want) {
			t.Errorf("section %q: the decoder knows %v, the reference names %v (internal/config/reference.go)", section, known, want)
		}
	}
	for section := range said {
		if _, ok := texts[section]; !ok && section != "profile" {
			t.Errorf("section %q is checked by nothing", section)
		}
	}
	for _, key := range []string{"write: true", "onboarding: {folder: /tmp}"} { // a profile's own keys besides systems
		if _, err := Load(Flags{Config: write(t, "profiles:\n  p:\n    console: {url: https://c}\n    "+key+"\n")}, variables()); err != nil {
			t.Errorf("%s: %v", key, err)
		}
	}
}
