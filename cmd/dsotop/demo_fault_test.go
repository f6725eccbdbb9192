package main

import (
	"encoding/json"
	"strings"
	"testing"

	"dsotop/demo/fault"
)

func TestFaultsOfTheDemo(t *testing.T) {
	home := t.TempDir()
	config := serveDemo(t, home, "--fault", "loki=down", "--fault", "argocd/pub=429:1m", "--fault", "gitlab=403", "--fault", "harbor=500@1h")
	r := dsotop(t, home, nil, "--config", config, "--lang", "en", "doctor", "-o", "json")
	var doc struct {
		Sources []struct{ Name, State, Detail string }
	}
	if err := json.Unmarshal([]byte(r.out), &doc); err != nil {
		t.Fatalf("%v: %s%s", err, r.out, r.err)
	}
	want := map[string]string{"loki": "unreachable", "argocd/pub": "unreachable", "gitlab": "forbidden", "harbor": "live", "console": "live", "argocd/usu": "live"}
	for _, s := range doc.Sources {
		if w, ok := want[s.Name]; ok && s.State != w {
			t.Errorf("%s is %s, want %s: %s", s.Name, s.State, w, s.Detail)
		}
		delete(want, s.Name)
	}
	if len(want) > 0 {
		t.Errorf("the doctor does not tell of %v", want)
	}
}

func TestMistakesInFaults(t *testing.T) {
	home := t.TempDir()
	for lang, words := range map[string][]string{
		"fr": {"panne inconnue « dead »", "half-close", "source inconnue « lokki »", "kubernetes/mi-prod-1", "une durée, par exemple"},
		"en": {"unknown fault “dead”", "half-close", "unknown source “lokki”", "kubernetes/mi-prod-1", "a duration, for instance"},
	} {
		r := dsotop(t, home, nil, "--lang", lang, "demo", "--fault", "loki=dead", "--fault", "lokki=down", "--fault", "gitlab=delay:fast")
		if r.code != exitUsage || r.out != "" {
			t.Errorf("code %d, %q", r.code, r.out)
		}
		contains(t, lang, r.err, words...)
	}
}

func TestFaultsAreDocumentedAndCompleted(t *testing.T) {
	home := t.TempDir()
	help := dsotop(t, home, nil, "demo", "--help").out
	names := dsotop(t, home, nil, "__complete", "demo", "--fault", "").out
	faults := dsotop(t, home, nil, "__complete", "demo", "serve", "--fault", "loki=").out
	contains(t, "the completion", names, "loki=", "argocd=", "argocd/pub=", "all=")
	for _, m := range fault.Modes() {
		contains(t, "the help", help, "\n  "+string(m)+" ")
		contains(t, "the completion", faults, "loki="+string(m)+"\t")
	}
	p := program{lang: "fr"}
	for _, m := range fault.Modes() {
		if strings.TrimSpace(p.faultWord(m)) == "" {
			t.Errorf("%s has no words", m)
		}
	}
}

// TestKeysAndLeavingWhileEverythingFails drives the real program in a terminal while no system answers: frozen from the start, then
// refusing connections, then back.
func TestKeysAndLeavingWhileEverythingFails(t *testing.T) {
	for _, faults := range [][]string{{"--fault", "all=stall"}, {"--fault", "all=down"}, {"--fault", "all=cut@300ms+300ms", "--fault", "all=garbage@700ms"}} {
		x := inTerminal(t, 120, 40, nil, append([]string{"demo", "--lang", "en"}, faults...)...)
		x.shows("demo", "read-only")
		x.press(":")
		x.shows("Go to")
		x.press("sources\r")
		x.shows("Sources", "kubernetes/mi-prod-1", "LATENCY")
		x.press("?")
		x.shows("Signs")
		x.press("\x1b")
		x.hides("Signs")
		x.press("qqqq")
		if code := x.ends(); code != exitFine {
			t.Errorf("%v: left with code %d", faults, code)
		}
	}
}
