package report

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/platform/hostile"
)

// FuzzHostileTables prints a fleet that holds one text everywhere, raw, as if no source had cleaned it.
func FuzzHostileTables(f *testing.F) {
	for _, text := range hostile.Texts() {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v := view()
		rows := len(v.Projects)
		for _, row := range v.Projects {
			hostile.Poison(row.Dossier, func(_, old string) string { return old + text })
			hostile.Poison(&row.Findings, func(field, old string) string {
				if field == "ID" || field == "Mode" {
					return old
				}
				return old + text
			})
		}
		hostile.Poison(&v.Sources, func(field, old string) string {
			if field == "State" || field == "Kind" || field == "Remedy" {
				return old
			}
			return old + text
		})
		for _, lang := range []string{"fr", "en"} {
			var status, findings, doctor strings.Builder
			if err := StatusTable(&status, v, true, lang); err != nil {
				t.Fatal(err)
			}
			if err := FindingsTable(&findings, v, true, lang, platform.SeverityInfo); err != nil {
				t.Fatal(err)
			}
			found := append(v.Sources[:1:1], v.Sources[0])
			found[1].Rights = []platform.Right{{Name: text, Needed: text, Known: true}, {Name: text}}
			found[1].Problems = []platform.Problem{{Part: text, Detail: text, State: platform.StateForbidden}}
			found[1].Version, found[1].Identity, found[1].Expires = text, text, at.Add(time.Hour)
			if err := DoctorText(&doctor, found, lang, at); err != nil {
				t.Fatal(err)
			}
			for _, out := range []string{status.String(), findings.String(), doctor.String()} {
				for line := range strings.Lines(out) {
					if dirty := hostile.Dirty(strings.TrimSuffix(line, "\n")); len(dirty) > 0 && !strings.ContainsAny(line, "\t") {
						t.Errorf("%s", dirty)
					}
				}
			}
			if n := strings.Count(findings.String(), "\n"); n != 2 {
				t.Errorf("%d lines for two findings:\n%s", n, findings.String())
			}
			if table, _, _ := strings.Cut(status.String(), "\n\n○"); strings.Count(table, "\n") > rows+4 {
				t.Errorf("too many lines for %d projects:\n%s", rows, status.String())
			}
		}
		data, err := json.Marshal(Status(v, "p", true, "en"))
		if err != nil || strings.ContainsAny(string(data), "\x1b\x07\x00\n") {
			t.Errorf("%v: %q", err, data)
		}
	})
}
