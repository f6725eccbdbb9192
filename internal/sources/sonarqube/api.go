package sonarqube

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/sources/transport"
)

// The web API's paths; all of them are documented there under /web_api, measures/search and search_projects as internal.
const (
	pathVersion  = "/api/server/version"
	pathValidate = "/api/authentication/validate"
	pathCurrent  = "/api/users/current"
	pathProjects = "/api/components/search_projects"
	pathMeasures = "/api/measures/search"
	pathStatus   = "/api/qualitygates/project_status"
	pathAnalyses = "/api/project_analyses/search"
)

const (
	projectsPage = 500    // the most a page may hold
	projectsMost = 10_000 // the server refuses to page further
	measuresKeys = 100    // the most one call answers for
)

// metrics are the measures that are read; all exist since 7.x.
const metrics = "alert_status,coverage,bugs,vulnerabilities,security_hotspots,code_smells,ncloc,duplicated_lines_density," +
	"new_coverage,new_violations,new_security_hotspots_reviewed"

type projectsAnswer struct {
	Paging struct {
		Total int `json:"total"`
	} `json:"paging"`
	Components []struct {
		Key          string `json:"key"`
		AnalysisDate string `json:"analysisDate"`
	} `json:"components"`
}

type measuresAnswer struct {
	Measures []struct {
		Metric    string `json:"metric"`
		Component string `json:"component"`
		Value     string `json:"value"`
		// Measures of new code: "period" since 8.x, "periods" before.
		Period *struct {
			Value string `json:"value"`
		} `json:"period"`
		Periods []struct {
			Value string `json:"value"`
		} `json:"periods"`
	} `json:"measures"`
}

type statusAnswer struct {
	ProjectStatus *struct {
		Status     string `json:"status"`
		Conditions []struct {
			Status         string `json:"status"`
			MetricKey      string `json:"metricKey"`
			Comparator     string `json:"comparator"`
			ErrorThreshold string `json:"errorThreshold"`
			ActualValue    string `json:"actualValue"`
		} `json:"conditions"`
	} `json:"projectStatus"`
}

type analysesAnswer struct {
	Analyses []struct {
		Date           string `json:"date"`
		ProjectVersion string `json:"projectVersion"`
		Revision       string `json:"revision"`
	} `json:"analyses"`
}

func line(s string) string { return platform.CleanLine(s) }

// instant reads SonarQube's "2026-08-21T10:04:05+0000", zero when it is none.
func instant(s string) time.Time {
	for _, layout := range []string{"2006-01-02T15:04:05-0700", time.RFC3339Nano} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

// component is a SonarQube project of the list. A zero date: never analysed.
type component struct {
	key      string
	analysed time.Time
}

// components lists every project that the credential may browse. cut is how many the server would not list.
func (s *Source) components(ctx context.Context) (list []component, cut int, err error) {
	seen := map[string]bool{}
	for page := 1; ; page++ {
		var a projectsAnswer
		q := url.Values{"ps": {strconv.Itoa(projectsPage)}, "p": {strconv.Itoa(page)}, "f": {"analysisDate"}}
		if _, err := s.http.GetJSON(ctx, pathProjects, q, &a); err != nil {
			return nil, 0, err
		}
		for _, c := range a.Components {
			if key := line(c.Key); key != "" && !seen[key] {
				seen[key] = true
				list = append(list, component{key: key, analysed: instant(c.AnalysisDate)})
			}
		}
		switch {
		case len(a.Components) == 0, page*projectsPage >= a.Paging.Total:
			return list, 0, nil
		case page*projectsPage >= projectsMost:
			return list, a.Paging.Total - len(list), nil
		}
	}
}

// measures reads the measures of up to a hundred projects. Keys that do not exist or may not be browsed are absent from the answer.
func (s *Source) measures(ctx context.Context, keys []string) (map[string]map[string]string, error) {
	var a measuresAnswer
	q := url.Values{"projectKeys": {strings.Join(keys, ",")}, "metricKeys": {metrics}}
	if _, err := s.http.GetJSON(ctx, pathMeasures, q, &a); err != nil {
		return nil, err
	}
	return measuresOf(a), nil
}

func measuresOf(a measuresAnswer) map[string]map[string]string {
	out := map[string]map[string]string{}
	for _, m := range a.Measures {
		value := m.Value
		if value == "" && m.Period != nil {
			value = m.Period.Value
		}
		if value == "" && len(m.Periods) > 0 {
			value = m.Periods[0].Value
		}
		key, metric := line(m.Component), line(m.Metric)
		if key == "" || metric == "" || value == "" {
			continue
		}
		if out[key] == nil {
			out[key] = map[string]string{}
		}
		out[key][metric] = line(value)
	}
	return out
}

// detail is what is read of one project at a time.
type detail struct {
	status     string
	conditions []platform.GateCondition
	revision   string
	version    string
	analysed   time.Time // of the analysis that was read; zero: never analysed
}

// detail reads the gate and the newest analysis of one project. A project that does not exist is a fault of class not_found.
func (s *Source) detail(ctx context.Context, key string) (detail, error) {
	var st statusAnswer
	if _, err := s.http.GetJSON(ctx, pathStatus, url.Values{"projectKey": {key}}, &st); err != nil {
		return detail{}, err
	}
	if st.ProjectStatus == nil {
		return detail{}, &transport.Fault{Class: transport.ClassMalformed, Source: s.opts.Name, Message: "an answer without a project status"}
	}
	var an analysesAnswer
	if _, err := s.http.GetJSON(ctx, pathAnalyses, url.Values{"project": {key}, "ps": {"1"}}, &an); err != nil {
		return detail{}, err
	}
	return detailOf(st, an), nil
}

func detailOf(st statusAnswer, an analysesAnswer) detail {
	var d detail
	if p := st.ProjectStatus; p != nil {
		d.status = line(p.Status)
		for _, c := range p.Conditions {
			d.conditions = append(d.conditions, platform.GateCondition{
				Metric: line(c.MetricKey), Status: line(c.Status), Comparator: line(c.Comparator), Threshold: line(c.ErrorThreshold), Value: line(c.ActualValue),
			})
		}
	}
	for _, a := range an.Analyses { // newest first; the date decides nevertheless
		if at := instant(a.Date); !at.IsZero() && at.After(d.analysed) {
			d.analysed, d.version, d.revision = at, line(a.ProjectVersion), line(a.Revision)
		}
	}
	return d
}
