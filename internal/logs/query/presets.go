package query

import "strings"

// Preset is a question that people on this platform ask often.
type Preset struct {
	ID string // stable, kebab-case; its title is a word of the face
	// LogQL asks it of a server; {selector} and {text} stand for what Expand puts there.
	LogQL string
	// Local is the same in the language of this package; meaningless when Metric.
	Local string
	// Metric reports that the answer is numbers, not lines: there is no local query.
	Metric bool
}

// Presets returns the presets, in the order they are offered.
func Presets() []Preset {
	const access = `{selector} | pattern "<ip> - <user> [<ts>] \"<method> <uri> <_>\" <status> <size>" | `
	return []Preset{
		{ID: "everything", LogQL: `{selector}`},
		{ID: HideProbes, LogQL: `{selector} != "kube-probe"`, Local: "-kube-probe"},
		{ID: "text", LogQL: `{selector} |= {text}`, Local: `{text}`},
		{ID: "errors", LogQL: `{selector} | json | level=~"(?i)error|fatal"`, Local: "level>=error"},
		{ID: "gelf-errors", LogQL: `{selector} | json | level<=3`, Local: "level<=3"},
		{ID: "http-5xx", LogQL: access + `status=~"5.."`, Local: "status~^5..$"},
		{ID: "stderr", LogQL: `{selector} | stream="stderr"`, Local: "stream=stderr"},
		{ID: "rate-per-container", LogQL: `sum by (container) (rate({selector}[5m]))`, Metric: true},
		{ID: "silent-containers", LogQL: `sum by (container) (count_over_time({selector}[15m])) == 0`, Metric: true},
		{ID: "absent", LogQL: `absent_over_time({selector}[15m])`, Metric: true},
		{ID: "errors-per-service", LogQL: `sum by (service_name) (count_over_time({selector} | stream="stderr" [5m]))`, Metric: true},
	}
}

// HideProbes is the preset that one key switches.
const HideProbes = "hide-probes"

// Expand returns the preset's LogQL for a selector and, where it has a {text}, a text.
func (p Preset) Expand(selector, text string) string {
	return strings.NewReplacer("{selector}", selector, "{text}", logqlString(text)).Replace(p.LogQL)
}

// Query returns the preset's local query; empty for a metric and for everything.
func (p Preset) Query(text string) Query {
	q, err := Parse(strings.ReplaceAll(p.Local, "{text}", quote(text)))
	if err != nil {
		return Query{} // the table of presets is tested: none fails
	}
	return q
}
