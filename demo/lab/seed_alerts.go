package lab

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"time"

	"dsotop/demo/world"
)

const (
	resendEvery = time.Minute
	// lifetime is how long an alert lives without being sent again, as a ruler says it: four times its interval.
	lifetime = 4 * resendEvery
)

// alertSeed sends the firing alerts and the silences of the world to the Alertmanager, again and again as a ruler does.
type alertSeed struct {
	world    *world.World
	api      *rest
	last     time.Time
	silenced bool
}

func (s *alertSeed) feed(ctx context.Context, now time.Time) error {
	if now.Sub(s.last) < resendEvery {
		return nil
	}
	alerts, silences := []thing{}, []thing{}
	s.world.View(func(st *world.State) {
		for _, a := range st.Alerts {
			if a.State != "firing" { // a ruler keeps to itself what is pending
				continue
			}
			labels := map[string]string{"alertname": a.Name}
			maps.Copy(labels, a.Labels)
			alerts = append(alerts, thing{"labels": labels, "annotations": a.Annotations, "startsAt": a.ActiveAt.Add(a.For).UTC().Format(time.RFC3339Nano), "endsAt": now.Add(lifetime).UTC().Format(time.RFC3339Nano),
				"generatorURL": "https://prometheus.cpn.example/graph?g0.expr=" + url.QueryEscape(a.Expr) + "&g0.tab=1"})
		}
		for _, x := range st.Silences {
			if x.EndsAt.Before(now) {
				continue // none can be made for the past
			}
			matchers := []thing{}
			for _, m := range x.Matchers {
				matchers = append(matchers, thing{"name": m.Name, "value": m.Value, "isRegex": m.IsRegex, "isEqual": m.Equal})
			}
			silences = append(silences, thing{"comment": x.Comment, "createdBy": x.CreatedBy, "matchers": matchers,
				"startsAt": x.StartsAt.UTC().Format(time.RFC3339Nano), "endsAt": x.EndsAt.UTC().Format(time.RFC3339Nano)})
		}
	})
	if err := s.api.do(ctx, http.MethodPost, "/api/v2/alerts", alerts, nil); err != nil {
		return err
	}
	for _, x := range silences {
		if s.silenced {
			break
		}
		if err := s.api.do(ctx, http.MethodPost, "/api/v2/silences", x, nil); err != nil {
			return err
		}
	}
	s.last, s.silenced = now, true
	return nil
}
