package sonarqube

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"dsotop/internal/desk"
)

var _ desk.Quality = (*Source)(nil)

// pathHistory has the measures of every analysis.
const pathHistory = "/api/measures/search_history"

const (
	mostHistory = 1000 // the most a page of measures may hold; analyses stop at 500
	mostList    = 500
)

// historyMetrics are the measures whose history is shown.
const historyMetrics = "alert_status,coverage,bugs,vulnerabilities,security_hotspots,code_smells,ncloc,duplicated_lines_density"

// The category of the events that tell a change of the gate.
const eventGate = "QUALITY_GATE"

type pastAnswer struct {
	Paging struct {
		Total int `json:"total"`
	} `json:"paging"`
	Analyses []struct {
		Date           string `json:"date"`
		ProjectVersion string `json:"projectVersion"`
		Revision       string `json:"revision"`
		Events         []struct {
			Category string `json:"category"`
			Name     string `json:"name"`
		} `json:"events"`
	} `json:"analyses"`
}

type historyAnswer struct {
	Paging struct {
		Total int `json:"total"`
	} `json:"paging"`
	Measures []struct {
		Metric  string `json:"metric"`
		History []struct {
			Date  string `json:"date"`
			Value string `json:"value"`
		} `json:"history"`
	} `json:"measures"`
}

// History implements [desk.Quality]. Measures are told in ascending order and by date only, so that they are asked from the oldest
// analysis that is shown on.
func (s *Source) History(ctx context.Context, key string, n int) (desk.QualityHistory, error) {
	n = min(max(n, 1), mostList)
	var past pastAnswer
	if _, err := s.http.GetJSON(ctx, pathAnalyses, url.Values{"project": {key}, "ps": {strconv.Itoa(n)}}, &past); err != nil {
		return desk.QualityHistory{}, err
	}
	if len(past.Analyses) == 0 {
		return desk.QualityHistory{}, nil
	}
	q := url.Values{"component": {key}, "metrics": {historyMetrics}, "ps": {strconv.Itoa(mostHistory)}}
	if from := oldest(past); from != "" {
		q.Set("from", from)
	}
	var measures historyAnswer
	if _, err := s.http.GetJSON(ctx, pathHistory, q, &measures); err != nil {
		return desk.QualityHistory{}, err
	}
	return historyOf(past, measures), nil
}

// oldest is the date of the oldest analysis of an answer, as the server writes it: it wants it back in the same form.
func oldest(past pastAnswer) string {
	at := ""
	for _, a := range past.Analyses {
		if t := instant(a.Date); !t.IsZero() && (at == "" || t.Before(instant(at))) {
			at = a.Date
		}
	}
	return at
}

func historyOf(past pastAnswer, measures historyAnswer) desk.QualityHistory {
	byDate := map[int64]map[string]string{}
	for _, m := range measures.Measures {
		metric := line(m.Metric)
		for _, p := range m.History {
			at := instant(p.Date)
			if metric == "" || at.IsZero() || p.Value == "" { // a measure that was not made yet then has a date and no value
				continue
			}
			if byDate[at.Unix()] == nil {
				byDate[at.Unix()] = map[string]string{}
			}
			byDate[at.Unix()][metric] = line(p.Value)
		}
	}
	h := desk.QualityHistory{Total: past.Paging.Total}
	for _, a := range past.Analyses {
		one := desk.Analysis{At: instant(a.Date), Revision: line(a.Revision), Version: line(a.ProjectVersion)}
		if one.At.IsZero() {
			continue
		}
		one.Measures = byDate[one.At.Unix()]
		one.Gate = one.Measures["alert_status"]
		for _, e := range a.Events {
			if strings.EqualFold(e.Category, eventGate) {
				one.Changed = line(e.Name)
			}
		}
		h.Analyses = append(h.Analyses, one)
	}
	slices.SortStableFunc(h.Analyses, func(a, b desk.Analysis) int { return b.At.Compare(a.At) })
	h.Total = max(h.Total, len(h.Analyses))
	return h
}
