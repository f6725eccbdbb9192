package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"dsotop/internal/fleet"
	"dsotop/internal/platform"
	"dsotop/internal/ui/words"
)

// glyph marks a severity in print, where colour may be missing.
func glyph(s platform.Severity) string {
	switch s {
	case platform.SeverityCritical:
		return "✖"
	case platform.SeverityDegraded:
		return "▲"
	case platform.SeverityWarning:
		return "!"
	case platform.SeverityInfo:
		return "i"
	default:
		return "●"
	}
}

// sign is the glyph of a project; "?" when it cannot be called healthy yet.
func sign(row *fleet.Row) string {
	if row.Unjudged != "" {
		return "?"
	}
	return glyph(row.Severity)
}

// StatusTable prints the projects, worst first, and the sources that are not well.
func StatusTable(w io.Writer, v *fleet.View, complete bool, lang string) error {
	h, set := headsOf(lang), language(lang)
	var sb strings.Builder
	for sev := platform.SeverityCritical; sev >= platform.SeverityOK; sev-- {
		if n := v.Counts[sev]; n > 0 {
			word := set.Severity[sev].Many
			if n == 1 {
				word = set.Severity[sev].One
			}
			fmt.Fprintf(&sb, "%s %d %s   ", glyph(sev), n, word)
		}
	}
	if sb.Len() > 0 {
		sb.WriteString("\n\n")
	}
	rows := [][]string{{"", h.project, h.console, h.environments, h.argo, h.pods, h.restarts, h.findings}}
	if len(v.Projects) == 0 {
		rows = nil
		sb.WriteString(noProject(v, set) + "\n")
	}
	for _, row := range v.Projects {
		rows = append(rows, statusRow(row, h, lang))
	}
	columns(&sb, rows, map[int]bool{3: true, 5: true, 6: true})
	for _, s := range v.Sources {
		if s.State.Bad() || s.State == platform.StateStarting {
			fmt.Fprintf(&sb, "\n○ %s%s%s. %s", s.Name, set.Form.Colon, set.State[s.State].Word, s.Detail)
		}
	}
	if !complete {
		sb.WriteString("\n" + h.incomplete)
	}
	return print(w, &sb)
}

// noProject says why the table is empty: the lines of the sources below it say more.
func noProject(v *fleet.View, set *words.Set) string {
	for _, s := range v.Sources {
		if s.State != platform.StateNotConfigured && (s.Kind == "console" || s.Kind == "argocd" || s.Kind == "kubernetes") {
			if s.State == platform.StateLive {
				return set.Fleet.NoProject + set.Form.Colon + set.Fleet.NoProjectWhy
			}
			return set.Fleet.NoProject + "."
		}
	}
	return set.Fleet.NoSource + " (console, Argo CD, Kubernetes)."
}

func statusRow(row *fleet.Row, h heads, lang string) []string {
	d := row.Dossier
	console := d.Project.Status
	if d.Project.Locked {
		console += " (" + h.locked + ")"
	}
	var ready, desired, restarts int
	known := false
	for i := range d.Environments {
		r, w, n, k := d.Environments[i].PodCounts()
		ready, desired, restarts, known = ready+r, desired+w, restarts+n, known || k
	}
	pods, again := "–", "–"
	if known {
		pods, again = fmt.Sprintf("%d/%d", ready, desired), fmt.Sprint(restarts)
	}
	worst := h.none
	if len(row.Findings) > 0 {
		worst = title(row.Findings[0], lang)
	}
	return []string{sign(row), d.Project.Slug, console, fmt.Sprint(len(d.Environments)), argoWord(d), pods, again, worst}
}

// argoWord is the worst health, else the worst sync, of the project's applications.
func argoWord(d *platform.Dossier) string {
	rank := map[string]int{platform.HealthDegraded: 6, platform.HealthMissing: 5, platform.SyncOutOfSync: 4, platform.HealthProgressing: 3, platform.HealthSuspended: 2, platform.SyncSynced: 1}
	worst := "–"
	for _, a := range d.Applications {
		for _, word := range []string{a.Health, a.Sync} {
			if rank[word] > rank[worst] {
				worst = word
			}
		}
	}
	return worst
}

func title(f platform.Finding, lang string) string {
	if f.Subject.Environment != "" {
		return f.Subject.Environment + " : " + words.FindingTitle(lang, f)
	}
	return words.FindingTitle(lang, f)
}

// FindingsTable prints every finding from a severity on, worst first, with what is folded beneath it.
func FindingsTable(w io.Writer, v *fleet.View, complete bool, lang string, floor platform.Severity) error {
	h, set := headsOf(lang), language(lang)
	var sb strings.Builder
	var rows [][]string
	for sev := platform.SeverityCritical; sev >= floor && sev > platform.SeverityOK; sev-- {
		for _, row := range v.Projects {
			for _, f := range row.Findings {
				if f.Severity != sev {
					continue
				}
				rows = append(rows, []string{glyph(sev), row.Dossier.Project.Slug, since(set, f.Since, v.At), f.Runbook, title(f, lang)})
				for _, c := range f.Consequences {
					rows = append(rows, []string{"", "", since(set, c.Since, v.At), c.Runbook, "└ " + title(c, lang)})
				}
			}
		}
	}
	if len(rows) == 0 {
		sb.WriteString(h.none + "\n")
	}
	columns(&sb, rows, map[int]bool{2: true})
	if !complete {
		sb.WriteString("\n" + h.incomplete)
	}
	return print(w, &sb)
}

func since(set *words.Set, t, now time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return set.Age(now.Sub(t))
}

// DoctorText prints what each source said, one paragraph a source.
func DoctorText(w io.Writer, found []platform.SourceHealth, lang string, now time.Time) error {
	h, set := headsOf(lang), language(lang)
	var sb strings.Builder
	good, lacking := true, 0
	for _, s := range found {
		sign := "✔"
		if s.State != platform.StateLive {
			sign, good = "✖", false
		}
		fmt.Fprintf(&sb, "%s %s — %s", sign, s.Name, set.State[s.State].Word)
		if s.URL != "" {
			fmt.Fprintf(&sb, "   %s", s.URL)
		}
		sb.WriteString("\n")
		line := func(name, value string) {
			if value != "" {
				fmt.Fprintf(&sb, "    %s %s\n", pad(name, 18), value)
			}
		}
		line(h.version, s.Version)
		line(h.identity, s.Identity)
		if s.Latency > 0 {
			line(h.latency, fmt.Sprintf("%d ms", s.Latency.Milliseconds()))
		}
		if s.ClockWrong() {
			line(set.Sources.Clock, "⚠ "+set.Sources.ClockWrong(s.Skew))
		}
		if !s.Expires.IsZero() {
			line(h.expires, set.When(s.Expires, now)+" ("+set.Age(s.Expires.Sub(now))+")")
		}
		for i, r := range s.Rights {
			name := ""
			if i == 0 {
				name = h.rights
			}
			word := h.unknown
			if r.Known && r.Held {
				word = h.held
			} else if r.Known {
				word = h.lost
			}
			fmt.Fprintf(&sb, "    %s %s%s\n", pad(name, 18), pad(word, 8), rightName(set, r.Name))
			if r.Known && r.Held || !r.Known && s.State != platform.StateLive { // of a source that fails, what is unknown says nothing
				continue
			}
			told := func(head, what string) {
				if what != "" {
					fmt.Fprintf(&sb, "    %s %s%s%s\n", pad("", 26), head, set.Form.Colon, what)
				}
			}
			told(h.without, set.Sources.Loss[r.Needed])
			if r.Known {
				lacking++
				told(h.advice, set.Sources.HowToObtain(s.Kind, r.Name))
			}
		}
		for _, p := range s.Problems {
			line(h.problems, p.Part+set.Form.Colon+set.State[p.State].Word+". "+p.Detail)
		}
		line("", s.Detail)
		if s.Remedy != platform.RemedyNone {
			line(h.advice, set.Remedy[s.Remedy])
		}
	}
	switch {
	case good && lacking > 0:
		sb.WriteString("\n" + h.answers + set.Form.Colon + set.Plural(lacking, h.right, h.rightsLacking) + "\n")
	case good:
		sb.WriteString("\n" + h.good + "\n")
	}
	return print(w, &sb)
}

// columns writes rows with aligned columns, two cells apart; right says which are flush right. The last one is left as it is.
func columns(sb *strings.Builder, rows [][]string, right map[int]bool) {
	var width []int
	for _, row := range rows {
		for i := range row {
			row[i] = platform.CleanLine(row[i]) // some messages span lines; a row must not
		}
		for i, cell := range row {
			if i == len(width) {
				width = append(width, 0)
			}
			width[i] = max(width[i], ansi.StringWidth(cell))
		}
	}
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			gap := strings.Repeat(" ", max(0, width[i]-ansi.StringWidth(cell)))
			if right[i] {
				line.WriteString(gap + cell + "  ")
			} else {
				line.WriteString(cell + gap + "  ")
			}
		}
		sb.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
}

func pad(s string, n int) string {
	return s + strings.Repeat(" ", max(0, n-ansi.StringWidth(s)))
}

func print(w io.Writer, sb *strings.Builder) error {
	_, err := io.WriteString(w, platform.Clean(strings.TrimRight(sb.String(), "\n"))+"\n") // whatever brought it here, no sequence leaves
	return err
}

// rightName is a right for people, with the word that documents have for it.
func rightName(set *words.Set, machine string) string {
	if name := set.Sources.RightName(machine); name != machine {
		return name + " (" + machine + ")"
	}
	return machine
}
