package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const screen = ` dsotop  demo ▸ Fleet                                                            ● 17 sources  read-only  02:03
 ✖ 6 critical   ▲ 15 degraded                                                                         severity ▾

   PROJECT        CONSOLE     MIRROR   PIPELINE     QUALITY  IMAGES   ARGO CD         PODS  REST.  ALERTS     CPU    MEM
▌✖ vigibat        ✖ gitlab    ✖ token  ✔ 14     2d  ✔ OK     C0  H4   ✔ Synced         2/2     0        0   25 %   25 %
 ✖ demandeparcs   ✖ gitlab    …        …            …        …        …                  …     …        …      …      …
─ vigibat ──────────────────────────────────────────────────────────────────────────────────────────────────────────
   project state: failed`

func TestScreens(t *testing.T) {
	rows := strings.Split(screen, "\n")
	if !useful(rows) || !settled(rows) || rowsShown(rows) != 2 || cursor(rows) != 4 {
		t.Errorf("useful %v, settled %v, rows %d, cursor %d", useful(rows), settled(rows), rowsShown(rows), cursor(rows))
	}
	for name, text := range map[string]string{
		"a console state that loads": strings.Replace(screen, "demandeparcs   ✖ gitlab ", "demandeparcs   …        ", 1),
		"by name":                    strings.Replace(screen, "severity", "name", 1),
		"no titles":                  strings.Replace(screen, "PROJECT", "", 1),
	} {
		if rows := strings.Split(text, "\n"); useful(rows) && settled(rows) {
			t.Errorf("%s: taken for complete", name)
		}
	}
	for line, want := range map[string]int{"   x          1,234": 1234, "   x             56": 56, "   x              –": -1, "   x": -1} {
		if n, ok := number("   S          CALLS", line, "CALLS"); ok && n != want || !ok && want >= 0 {
			t.Errorf("%q: %d, %v", line, n, ok)
		}
	}
}

func TestTheTableGoesBetweenItsMarks(t *testing.T) {
	path := filepath.Join(t.TempDir(), "page.md")
	if err := os.WriteFile(path, []byte("a\n"+tableBegins+"\nold\n"+tableEnds+"\nb\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	b := &book{Scenarios: map[string]entry{"small": {Runs: 3, Samples: map[string][]float64{"first frame": {100, 300, 200}}}}}
	if err := writeBetween(path, b.table()); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	for _, part := range []string{"a\n" + tableBegins, tableEnds + "\nb\n", "| process start to first frame, small | ≤ 150 ms | 200 ms (100–300) | **lost** |", "| not measured |"} {
		if !strings.Contains(text, part) {
			t.Errorf("no %q in\n%s", part, text)
		}
	}
	if strings.Contains(text, "old") {
		t.Error("the old table stayed")
	}
	if err := os.WriteFile(path, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	if writeBetween(path, "x") == nil {
		t.Error("a page without marks was written")
	}
}
