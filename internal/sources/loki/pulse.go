package loki

import (
	"context"
	"time"

	"github.com/grafana/loki/v3/pkg/logcli/client"

	"dsotop/internal/platform"
)

// pulseWindow is how far back the newest line of a namespace is looked for.
const pulseWindow = time.Hour

// pulse is when a namespace last wrote a line. Error lines that were just read tell it without another question; else the newest line of any kind
// is asked for, which costs Loki the newest chunk. told is false when that was refused: what was known stays.
func (s *Source) pulse(ctx context.Context, tenant, namespace string, errors []platform.LogLine, now time.Time) (p platform.LogPulse, told bool) {
	p = platform.LogPulse{Namespace: namespace, From: now.Add(-pulseWindow), At: now}
	if len(errors) > 0 && errors[0].At.After(p.From) {
		p.Last = errors[0].At
		return p, true
	}
	err := s.ask(ctx, tenant, func(c client.Client) error {
		got, err := c.QueryRange(`{namespace="`+namespace+`"}`, 1, p.From, now, backward, 0, 0, true)
		if err != nil {
			return err
		}
		if lines := mapLines(namespace, got); len(lines) > 0 {
			p.Last = lines[0].At
		}
		return nil
	})
	return p, err == nil
}
