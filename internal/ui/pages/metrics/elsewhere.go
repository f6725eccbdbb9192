package metrics

import (
	"time"

	"dsotop/internal/metrics"
	"dsotop/internal/ui/elsewhere"
	"dsotop/internal/ui/page"
)

// CommandLines are promtool's, which ask for the series of the panel under the cursor over the same range.
func (p *Page) CommandLines() []page.Line {
	panels := p.panels()
	if len(panels) == 0 {
		return nil
	}
	x, g := panels[p.current(panels)], p.grid()
	v := metrics.Vars{Namespace: p.subject.Namespace, Pod: p.subject.Pod, Grid: g}
	server := "$PROMETHEUS"
	if b := elsewhere.Base(p.fleet, "prometheus", ""); b != "" {
		server = elsewhere.Word(b)
	}
	var out []page.Line
	for _, q := range x.Queries {
		if e := q.Expr(p.each && x.Splits()); e != "" {
			out = append(out, page.Line{Tool: "promtool", Text: "promtool query range --start=" + g.From.UTC().Format(time.RFC3339) + " --end=" + g.To.UTC().Format(time.RFC3339) +
				" --step=" + metrics.Duration(g.Step) + " " + server + " " + elsewhere.Word(v.Expand(e))})
		}
	}
	return out
}
