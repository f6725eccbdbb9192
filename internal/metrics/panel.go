package metrics

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Unit is how the values of a panel are written.
type Unit string

// The units that panels may have.
const (
	UnitNone    Unit = ""        // a plain number
	UnitCores   Unit = "cores"   // of CPU
	UnitBytes   Unit = "bytes"   // powers of 1024
	UnitRate    Unit = "bytes/s" // bytes a second
	UnitRatio   Unit = "ratio"   // 1 is 100 %
	UnitCount   Unit = "count"   // whole things
	UnitPerSec  Unit = "per_second"
	UnitSeconds Unit = "seconds"
)

// units lists the units that a file may name.
func units() map[string]Unit {
	out := map[string]Unit{}
	for _, u := range []Unit{UnitCores, UnitBytes, UnitRate, UnitRatio, UnitCount, UnitPerSec, UnitSeconds} {
		out[string(u)] = u
	}
	return out
}

// Shape is how a panel is drawn.
type Shape string

// The shapes.
const (
	Lines Shape = "lines"
	Bars  Shape = "bars" // one a point, from zero: for what happens now and then
)

// Query is one expression of a panel. In Sum and Each, $namespace, $pod (a regular expression), $window (for rates), $bar (for what happened since the point before) and $step are
// replaced; both are quoted where they stand inside double quotes.
type Query struct {
	Name string // in the legend, with {{label}} of the series; "" takes the labels
	FR   string // the same in French, where it differs
	// Sum gives one series for the whole, Each one a pod. An empty one is not asked in that mode.
	Sum, Each string
}

// Expr is the expression of a mode.
func (q Query) Expr(each bool) string {
	if each {
		return q.Each
	}
	return q.Sum
}

// Title is the name in a language.
func (q Query) Title(lang string) string {
	if lang == "fr" && q.FR != "" {
		return q.FR
	}
	return q.Name
}

// Threshold is a line that values should not cross.
type Threshold struct {
	Query
	Kind string // "request", "limit", "quota", "other"
	// Floor says that values should stay above it instead.
	Floor bool
}

// Panel is one plot, as a file tells it.
type Panel struct {
	ID         string // unique
	FR, EN     string
	Unit       Unit
	Shape      Shape
	Queries    []Query
	Thresholds []Threshold
	// Series is the metric without which the panel is empty, and Exporter who makes it: what a person is told when it is missing.
	Series, Exporter string
	// Optional panels are shown only where Series exists.
	Optional bool
	// Platform panels make sense in the platform's own tenant only.
	Platform bool
	// Own: it came with the program.
	Own  bool
	File string
}

// Title is the title in a language.
func (p *Panel) Title(lang string) string {
	if lang == "fr" {
		return p.FR
	}
	return p.EN
}

// Splits reports whether the panel can be shown per pod.
func (p *Panel) Splits() bool {
	return slices.ContainsFunc(p.Queries, func(q Query) bool { return q.Each != "" })
}

// Vars are what replaces the variables of an expression.
type Vars struct {
	Namespace string
	Pod       string // one; "" is all
	Grid      Grid
}

// variable finds $name and ${name}. Names of Grafana are understood, so that expressions can be pasted from a dashboard.
var variable = regexp.MustCompile(`\$(?:\{(\w+)\}|(\w+))`) //nolint:gochecknoglobals // compiled once, never changed

// Expand replaces the variables of an expression. Unknown ones stay as they are: the server then says where it stumbles.
func (v Vars) Expand(expr string) string {
	return variable.ReplaceAllStringFunc(expr, func(m string) string {
		switch strings.Trim(m, "${}") {
		case "namespace":
			return quoted(v.Namespace)
		case "pod":
			if v.Pod == "" {
				return ".*"
			}
			return quoted(regexp.QuoteMeta(v.Pod))
		case "window", "__rate_interval", "__range":
			return Duration(v.Grid.Window())
		case "bar":
			return Duration(max(v.Grid.Step, 2*scrape))
		case "step", "__interval":
			return Duration(max(v.Grid.Step, time.Second))
		}
		return m
	})
}

// quoted escapes a text for the inside of a double-quoted PromQL string.
func quoted(s string) string {
	q := strconv.Quote(s)
	return q[1 : len(q)-1]
}

// Duration writes a duration as PromQL reads it: "4m", "90s".
func Duration(d time.Duration) string {
	switch {
	case d >= time.Hour && d%time.Hour == 0:
		return strconv.Itoa(int(d/time.Hour)) + "h"
	case d >= time.Minute && d%time.Minute == 0:
		return strconv.Itoa(int(d/time.Minute)) + "m"
	case d >= time.Second:
		return strconv.Itoa(int(d/time.Second)) + "s"
	}
	return strconv.Itoa(int(d/time.Millisecond)) + "ms"
}

// label finds {{name}} of a legend.
var label = regexp.MustCompile(`\{\{\s*(\w+)\s*\}\}`) //nolint:gochecknoglobals // compiled once, never changed

// Legend names a series: the template with the labels put in; without a template, the labels as PromQL writes them.
func Legend(template string, get func(name string) string, all string) string {
	if template == "" {
		return all
	}
	return strings.TrimSpace(label.ReplaceAllStringFunc(template, func(m string) string { return get(label.FindStringSubmatch(m)[1]) }))
}
