package findings

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"
)

const page = "../../../docs/findings.md"

// TestDocumentation keeps docs/findings.md as the table says: go test ./internal/platform/findings -run Documentation -update
func TestDocumentation(t *testing.T) {
	want := documentation()
	if *update {
		if err := os.MkdirAll("../../../docs", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(page)
	if err != nil || string(got) != want {
		t.Fatalf("%s is stale (%v): run this test with -update", page, err)
	}
}

var update = flag.Bool("update", false, "write docs/findings.md anew")

func documentation() string {
	var b strings.Builder
	line := func(parts ...string) { b.WriteString(strings.Join(parts, "") + "\n") }
	line("<!-- Generated from the table of rules: go test ./internal/platform/findings -run Documentation -update -->")
	line("# Findings")
	line("")
	line("A finding is something a person should know or do: what, where, since when, how sure, with the facts it rests on and the procedure that applies.")
	line("Each rule is a pure function of one project's joined facts and the time. A rule that misses facts says *not evaluated*, with the state of the source")
	line("that should tell: no finding means nothing wrong only where nothing is missing.")
	line("")
	line("**Severities.** `critical`: users are hit, or will be at the next restart, or the project cannot be delivered at all. `degraded`: works, but not as it should.")
	line("`warning`: will need attention. `info`: worth knowing. What concerns an environment is one step less grave outside production (only the stage `prod` is production).")
	line("")
	line("**Confidence.** `exact`: proved by an identifier. `probable`: by a time or a name that could mislead.")
	line("")
	line("**Since** is the best time the facts prove, never a guess: it is left out when they prove none.")
	line("")
	line("**Incidents.** A finding that is the consequence of another is folded beneath it, so that counts mean incidents; the incident takes the worst severity of both.")
	line("")
	line("Rules marked aside rest on facts that come late or are refused to most people.")
	line("")
	line("| rule | mode | area | worst severity | runbook | needs |")
	line("|---|---|---|---|---|---|")
	for _, r := range All() {
		line("| [`", r.ID, "`](#", r.ID, ") | ", or(r.Mode), " | ", r.Area, " | ", r.Severity.String(), " | ", or(r.Runbook), " | ", needs(r), " |")
	}
	line("")
	line("## Failure modes")
	line("")
	line("What people of the platform really meet, which rules tell it, and what is asked of which system. Rights are those that the rule's own section names.")
	line("")
	line("| mode | what | rules | sources | rights | read how |")
	line("|---|---|---|---|---|---|")
	for _, m := range Modes() {
		var ids, sources, rights []string
		for _, r := range All() {
			if r.Mode != m.ID {
				continue
			}
			ids = append(ids, "[`"+r.ID+"`](#"+r.ID+")")
			if !slices.Contains(sources, r.Doc.Sources) {
				sources = append(sources, r.Doc.Sources)
			}
			if !slices.Contains(rights, r.Doc.Rights) {
				rights = append(rights, r.Doc.Rights)
			}
		}
		line("| ", m.ID, " | ", m.What, " | ", or(strings.Join(ids, ", ")), " | ", or(strings.Join(sources, "; ")), " | ", or(strings.Join(rights, "; ")), " | ", m.How, " |")
	}
	for _, r := range All() {
		line("")
		line("## ", r.ID)
		line("")
		line(r.Doc.What)
		line("")
		line("- **Why it matters.** ", r.Doc.Why)
		line("- **Evidence.** ", r.Doc.Evidence)
		line("- **Read in.** ", r.Doc.Sources, ".")
		line("- **Rights.** ", strings.ToUpper(r.Doc.Rights[:1]), r.Doc.Rights[1:], ".")
		if r.Aside {
			line("- **Aside.** What it lacks does not hold back the verdict on a project: it is told among what was not evaluated.")
		}
		var beneath []string
		for _, l := range causes(r.ID) {
			if c := "[`" + l.cause + "`](#" + l.cause + ")"; !slices.Contains(beneath, c) {
				beneath = append(beneath, c)
			}
		}
		if len(beneath) > 0 {
			line("- **Folded beneath** ", strings.Join(beneath, ", "), " when that explains it.")
		}
	}
	return b.String()
}

func or(s string) string {
	if s == "" {
		return "—"
	}
	return s
}

func needs(r Rule) string {
	var out []string
	for _, f := range r.Needs {
		out = append(out, string(f))
	}
	return strings.Join(out, ", ")
}
