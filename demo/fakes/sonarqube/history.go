package sonarqube

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"dsotop/demo/world"
)

// searchHistory answers with the measures of every analysis since "from", the oldest first, one list a metric; a metric that nobody
// measured has an empty one.
func searchHistory(r request) (int, any) {
	for _, name := range []string{"component", "metrics"} {
		if r.Get(name) == "" {
			return http.StatusBadRequest, errorsOf("The '" + name + "' parameter is missing")
		}
	}
	c, ok := r.component(r.Get("component"))
	if !ok {
		return http.StatusNotFound, errorsOf("Component key '" + r.Get("component") + "' not found")
	}
	var from time.Time
	if text := r.Get("from"); text != "" {
		var err error
		if from, err = time.Parse("2006-01-02T15:04:05-0700", text); err != nil {
			if from, err = time.Parse(time.DateOnly, text); err != nil {
				return http.StatusBadRequest, errorsOf("'" + text + "' cannot be parsed as either a date or date+time")
			}
		}
	}
	past := slices.Clone(r.f.world.Analyses(c.repo))
	slices.Reverse(past)
	past = slices.DeleteFunc(past, func(g *world.Gate) bool { return g.At.Truncate(time.Second).Before(from) })
	past, paging, bad := page(r, past, 100, 1000)
	if bad != "" {
		return http.StatusBadRequest, errorsOf(bad)
	}
	measures := []object{}
	for metric := range strings.SplitSeq(r.Get("metrics"), ",") {
		history := []object{}
		for _, g := range past {
			point := object{"date": stamp(g.At)}
			if v, ok := g.Measures[metric]; ok {
				point["value"] = v
			}
			history = append(history, point)
		}
		measures = append(measures, object{"metric": metric, "history": history})
	}
	return http.StatusOK, object{"paging": paging, "measures": measures}
}
