package logs

import (
	"time"

	"dsotop/internal/ui/elsewhere"
	"dsotop/internal/ui/page"
)

// CommandLines are dsotop's own line and logcli's, which asks Loki for the same lines.
func (p *Page) CommandLines() []page.Line {
	if p.feed == nil {
		return nil
	}
	out := []page.Line{{Tool: "dsotop", Text: p.command()}}
	text, _ := p.logQL()
	line := "logcli query"
	if b := elsewhere.Base(p.fleet, "loki", ""); b != "" {
		line += " --addr " + elsewhere.Word(b)
	}
	if p.stat.Lines > 0 {
		line += " --from " + when(p.stat.First).UTC().Format(time.RFC3339) + " --to " + when(p.stat.Last).UTC().Add(time.Second).Format(time.RFC3339)
	}
	return append(out, page.Line{Tool: "logcli", Text: line + " --limit 5000 " + elsewhere.Word(text)})
}
