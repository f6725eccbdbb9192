package lab

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
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

// end tells that the alerts of a name are over, and takes them out of the world: nobody sends them again.
func (s *alertSeed) end(ctx context.Context, name string) error {
	var over []thing
	s.world.Update(func(tx *world.Tx) {
		tx.State.Alerts = slices.DeleteFunc(tx.State.Alerts, func(a *world.Alert) bool {
			if a.Name == name {
				over = append(over, alertOf(a, tx.Now))
			}
			return a.Name == name
		})
	})
	return s.api.do(ctx, http.MethodPost, "/api/v2/alerts", over, nil)
}

// alertOf is an alert as a ruler sends it.
func alertOf(a *world.Alert, ends time.Time) thing {
	labels := map[string]string{"alertname": a.Name}
	maps.Copy(labels, a.Labels)
	return thing{"labels": labels, "annotations": a.Annotations, "startsAt": a.ActiveAt.Add(a.For).UTC().Format(time.RFC3339Nano), "endsAt": ends.UTC().Format(time.RFC3339Nano),
		"generatorURL": "https://prometheus.cpn.example/graph?g0.expr=" + url.QueryEscape(a.Expr) + "&g0.tab=1"}
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
			alerts = append(alerts, alertOf(a, now.Add(lifetime)))
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
