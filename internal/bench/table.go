package main

import (
	"fmt"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"
)

// budget is one line of the table: what was measured in a scenario, and what it may be at most.
type budget struct {
	what          string
	scenario, row string
	unit          string
	q             float64 // which quantile of the samples; 0: the median
	limit         float64 // 0: none was set
	limitText     string  // when the number alone does not say it
}

// budgets are the promises, in their order.
func budgets() []budget {
	return []budget{
		{what: "process start to first frame, small", scenario: "small", row: "first frame", unit: "ms", limit: 150},
		{what: "the same with the last known state on disk", scenario: "cached", row: "first frame, cached", unit: "ms", limit: 150},
		{what: "process start to a full screen of data from the disk", scenario: "cached", row: "data, cached", unit: "ms"},
		{what: "frames without data before it", scenario: "cached", row: "frames before data", unit: "", limit: 0.5, limitText: "0"},
		{what: "process start to first frame, fleet", scenario: "fleet", row: "first frame", unit: "ms", limit: 150},
		{what: "first useful paint, fleet", scenario: "fleet", row: "first useful paint", unit: "ms", limit: 600},
		{what: "first useful paint, huge", scenario: "huge", row: "first useful paint", unit: "ms", limit: 1500},
		{what: "every source answered once, fleet", scenario: "fleet", row: "every source answered", unit: "ms"},
		{what: "every source answered once, huge", scenario: "huge", row: "every source answered", unit: "ms"},
		{what: "resident memory, fleet", scenario: "fleet", row: "resident memory", unit: "MB", limit: 120},
		{what: "of it pages of the program's own file, fleet", scenario: "fleet", row: "resident memory of the file", unit: "MB"},
		{what: "resident memory, huge", scenario: "huge", row: "resident memory", unit: "MB", limit: 400},
		{what: "peak memory, huge", scenario: "huge", row: "peak memory", unit: "MB"},
		{what: "CPU, nothing happening, fleet, second minute", scenario: "fleet", row: "CPU, second minute", unit: "%", limit: 0.5},
		{what: "CPU, nothing happening, fleet, third minute", scenario: "fleet", row: "CPU, third minute", unit: "%", limit: 0.5},
		{what: "CPU, nothing happening, huge, second minute", scenario: "huge", row: "CPU, second minute", unit: "%", limit: 1},
		{what: "CPU, nothing happening, huge, third minute", scenario: "huge", row: "CPU, third minute", unit: "%", limit: 1},
		{what: "CPU, fleet with its stories, third minute", scenario: "living", row: "CPU, third minute", unit: "%"},
		{what: "CPU, churn, second minute", scenario: "churn", row: "CPU, second minute", unit: "%", limit: 5},
		{what: "CPU, churn, third minute", scenario: "churn", row: "CPU, third minute", unit: "%", limit: 5},
		{what: "bytes to the terminal, nothing happening, fleet, third minute", scenario: "fleet", row: "bytes to the terminal, third minute", unit: "B/s", limit: 0.5, limitText: "0"},
		{what: "bytes to the terminal, nothing happening, huge, third minute", scenario: "huge", row: "bytes to the terminal, third minute", unit: "B/s", limit: 0.5, limitText: "0"},
		{what: "bytes to the terminal, churn", scenario: "churn", row: "bytes to the terminal, third minute", unit: "B/s"},
		{what: "key to paint, every page, huge, median", scenario: "huge", row: "key to paint", unit: "ms", limit: 17},
		{what: "key to paint, every page, huge, 95 of 100", scenario: "huge", row: "key to paint", unit: "ms", q: 0.95, limit: 34},
		{what: "key to paint, churn, median", scenario: "churn", row: "key to paint", unit: "ms", limit: 17},
		{what: "key to paint, churn, 95 of 100", scenario: "churn", row: "key to paint", unit: "ms", q: 0.95, limit: 34},
		{what: "one line down, 120×40: the frame", scenario: "fleet", row: "one line down, the frame", unit: "B", limit: 150},
		{what: "one line down, and what is read for that line meanwhile", scenario: "fleet", row: "one line down", unit: "B"},
		{what: "one line down, the preview shown", scenario: "fleet", row: "one line down, preview", unit: "B"},
		{what: "one line down, `--low-bandwidth`, and what is read", scenario: "slim", row: "one line down", unit: "B", limit: 150},
		{what: "one line down, `--low-bandwidth`, the preview shown", scenario: "slim", row: "one line down, preview", unit: "B"},
		{what: "held key at 30 Hz, huge: lag after release", scenario: "huge", row: "held key: lag after release", unit: "ms", limit: 50},
		{what: "end after ctrl+c, huge", scenario: "huge", row: "end", unit: "ms", limit: 1000},
		{what: "bad link, fleet: first useful paint", scenario: "bad link", row: "first useful paint", unit: "ms"},
		{what: "bad link, fleet: key to paint, 300 ms ± 100 of it the link's", scenario: "bad link", row: "key to paint", unit: "ms"},
		{what: "bad link, fleet: held key, last movement after release, the link included", scenario: "bad link", row: "held key: lag after release", unit: "ms"},
		{what: "bad link: end after ctrl+c", scenario: "bad link", row: "end", unit: "ms", limit: 1000},
		{what: "logs: from key to first lines", scenario: "logs", row: "first lines", unit: "ms"},
		{what: "logs: CPU, 2,000 lines/s followed", scenario: "logs", row: "CPU, followed", unit: "%", limit: 25},
		{what: "logs: bytes to the terminal, 2,000 lines/s", scenario: "logs", row: "bytes to the terminal, followed", unit: "kB/s", limit: 20},
		{what: "logs: lines taken in, of 2,000/s and those of eight others", scenario: "logs", row: "lines taken in", unit: "/s"},
		{what: "logs: key to paint, 2,000 lines/s, 95 of 100", scenario: "logs", row: "key to paint, lines", unit: "ms", q: 0.95, limit: 34},
		{what: "logs: CPU, 20,000 lines/s followed", scenario: "many logs", row: "CPU, followed", unit: "%"},
		{what: "logs: bytes to the terminal, 20,000 lines/s", scenario: "many logs", row: "bytes to the terminal, followed", unit: "kB/s"},
		{what: "logs: lines taken in, of 20,000/s and those of eight others", scenario: "many logs", row: "lines taken in", unit: "/s"},
		{what: "logs: key to paint, 20,000 lines/s, 95 of 100", scenario: "many logs", row: "key to paint, lines", unit: "ms", q: 0.95, limit: 34},
		{what: "logs: resident memory without lines", scenario: "many logs", row: "resident memory without lines", unit: "MB"},
		{what: "logs: resident memory, a million lines held", scenario: "many logs", row: "resident memory, a million lines", unit: "MB"},
		{what: "logs: search of a million lines to the count, 20,000 lines/s coming", scenario: "many logs", row: "search of a million lines", unit: "ms", limit: 300},
		{what: "logs: key to paint, a million lines held, 95 of 100", scenario: "many logs", row: "key to paint, a million lines", unit: "ms", q: 0.95, limit: 34},
		{what: "`less`, a file of a million lines: to its end", scenario: "many logs", row: "less: to the end", unit: "ms"},
		{what: "`less`: search back over all of it, no count", scenario: "many logs", row: "less: search", unit: "ms"},
	}
}

// The page's marks between which the table is written.
const (
	tableBegins = "<!-- bench: begin -->"
	tableEnds   = "<!-- bench: end -->"
)

// table writes everything that the book holds as Markdown.
func (b *book) table() string {
	var sb strings.Builder
	fmt.Fprintf(&sb, "| situation | budget | median (least–most) | |\n|---|---|---|---|\n")
	for _, line := range budgets() {
		e, ok := b.Scenarios[line.scenario]
		v := e.Samples[line.row]
		if !ok || len(v) == 0 {
			if line.limit > 0 {
				fmt.Fprintf(&sb, "| %s | %s | – | not measured |\n", line.what, line.promise())
			}
			continue
		}
		got := median(v)
		if line.q > 0 {
			got = quantile(v, line.q)
		}
		verdict := ""
		switch {
		case line.limit == 0:
		case got <= line.limit:
			verdict = "reached"
		default:
			verdict = "**lost**"
		}
		fmt.Fprintf(&sb, "| %s | %s | %s %s (%s–%s) | %s |\n", line.what, line.promise(), figure(got), line.unit, figure(slices.Min(v)), figure(slices.Max(v)), verdict)
	}
	sb.WriteString("\nKey to paint by page, median and 95 of 100, in ms:\n\n| load | " + strings.Join(pages(), " | ") + " |\n|---" + strings.Repeat("|---", len(pages())) + "|\n")
	for _, name := range []string{"huge", "churn"} {
		fmt.Fprintf(&sb, "| %s ", name)
		for _, page := range pages() {
			if v := b.Scenarios[name].Samples["key to paint, "+page]; len(v) > 0 {
				fmt.Fprintf(&sb, "| %s, %s ", figure(median(v)), figure(quantile(v, 0.95)))
			} else {
				sb.WriteString("| – ")
			}
		}
		sb.WriteString("|\n")
	}
	b.callTable(&sb)
	b.provenance(&sb)
	return sb.String()
}

func pages() []string {
	return []string{"fleet", "fleet, filter", "project", "environment", "palette", "help"}
}

func (l budget) promise() string {
	switch {
	case l.limit == 0:
		return "–"
	case l.limitText != "":
		return strings.TrimSpace(l.limitText + " " + l.unit)
	}
	return "≤ " + figure(l.limit) + " " + l.unit
}

// callTable writes the calls a second, by load and system.
func (b *book) callTable(sb *strings.Builder) {
	names := map[string]bool{}
	loads := []string{"fleet", "huge", "living", "churn"}
	for _, load := range loads {
		for row := range b.Scenarios[load].Samples {
			if system, ok := strings.CutPrefix(row, "calls, "); ok && source(system) {
				names[system] = true
			}
		}
	}
	systems := slices.Sorted(maps.Keys(names))
	if len(systems) == 0 {
		return
	}
	sb.WriteString("\nCalls a second to each system between two looks at its counters, at the end of the first and of the third minute. The program publishes them once a minute: much of the first round of details is in it, which is not rest (budget: ≤ 5 at rest):\n\n| system | " + strings.Join(loads, " | ") + " |\n|---" + strings.Repeat("|---", len(loads)) + "|\n")
	for _, system := range systems {
		fmt.Fprintf(sb, "| %s ", system)
		for _, load := range loads {
			if v := b.Scenarios[load].Samples["calls, "+system]; len(v) > 0 {
				fmt.Fprintf(sb, "| %s ", figure(median(v)))
			} else {
				sb.WriteString("| – ")
			}
		}
		sb.WriteString("|\n")
	}
}

// provenance says when and how each load was run.
func (b *book) provenance(sb *strings.Builder) {
	fmt.Fprintf(sb, "\nOn %d processors, %s:", runtime.NumCPU(), runtime.Version())
	for i, name := range slices.Sorted(maps.Keys(b.Scenarios)) {
		e := b.Scenarios[name]
		if i > 0 {
			sb.WriteString(";")
		}
		runs := fmt.Sprintf("%d runs", e.Runs)
		if e.Runs == 1 {
			runs = "one run"
		}
		if e.Quick {
			runs = "one quick run"
		}
		fmt.Fprintf(sb, " %s %s, %s", name, e.At.Format("2006-01-02 15:04"), runs)
	}
	sb.WriteString(".\n")
}

// writeBetween puts the table between the marks of a document.
func writeBetween(path, table string) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(raw), tableBegins)
	_, after, ok2 := strings.Cut(rest, tableEnds)
	if !ok || !ok2 {
		return fmt.Errorf("%s has no %s … %s", path, tableBegins, tableEnds)
	}
	return os.WriteFile(path, []byte(before+tableBegins+"\n\n"+table+"\n"+tableEnds+after), 0o644) //nolint:gosec // a document of the repository
}
