package elsewhere

import (
	"encoding/json"
	"net/url"
	"strconv"
	"time"

	"dsotop/internal/actions"
	"dsotop/internal/fleet"
	"dsotop/internal/logs"
	"dsotop/internal/metrics"
	"dsotop/internal/platform"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/page"
)

// dashboard is the one for a namespace among those that the platform gives each Grafana ("Kubernetes / Views / Namespaces").
const dashboard = "k8s_views_ns"

// Range is what a page shows, as Grafana writes instants: relative when it follows the present, milliseconds when an instant is pinned. span 0 is an hour.
func Range(pin time.Time, span time.Duration) (from, to string) {
	if span <= 0 {
		span = time.Hour
	}
	if pin.IsZero() {
		return "now-" + strconv.Itoa(max(int(span/time.Minute), 1)) + "m", "now"
	}
	return number(pin.Add(-span).UnixMilli()), number(pin.UnixMilli())
}

// Grafana are the addresses of what is shown in the Grafana of its project: there is one for production and one for the rest, below one address
// (base, "" when nobody gave it). A namespace has its dashboard, its metrics and its lines in Explore; a project the doors to its instances.
// Data sources are those of the platform: their uid names the tenant.
func Grafana(v *fleet.View, base string, ref intent.Ref, subjects []actions.Subject, from, to string) []page.Link {
	if base == "" {
		return nil
	}
	namespace, pod, expr := "", "", ""
	switch ref.Kind {
	case page.Logs:
		namespace = logs.ParseKey(ref.Key).Namespace
	case page.Metrics:
		s := metrics.ParseKey(ref.Key)
		namespace, pod, expr = s.Namespace, s.Pod, s.Expr
	}
	for _, s := range subjects {
		if s.Namespace != "" && namespace == "" {
			namespace = s.Namespace
		}
		if s.Kind == actions.OnPod && s.Namespace == namespace && pod == "" {
			pod = s.ID
		}
	}
	if row, env, ok := page.FindEnvironment(v, namespace); ok && namespace != "" {
		return grafanaOf(base, row.Dossier.Project, env, pod, expr, from, to)
	}
	for _, s := range subjects {
		row, ok := v.Project(s.ProjectID)
		if !ok || s.Kind != actions.OnProject {
			continue
		}
		var out []page.Link
		for _, production := range []bool{true, false} {
			for i := range row.Dossier.Environments {
				if e := &row.Dossier.Environments[i]; e.Production() == production && !e.Undeclared && row.Dossier.Project.Slug != "" {
					label := platform.TenantLabel(row.Dossier.Project.Slug, production)
					out = append(out, page.Link{System: "Grafana", Name: label, URL: base + "/" + url.PathEscape(label) + "/"})
					break
				}
			}
		}
		return out
	}
	return nil
}

func grafanaOf(base string, p platform.Project, env *platform.EnvironmentFacts, pod, expr, from, to string) []page.Link {
	tenant, other := platform.Tenants(p.ID)
	if !env.Production() {
		tenant = other
	}
	if tenant == "" || p.Slug == "" {
		return nil
	}
	at := base + "/" + url.PathEscape(platform.TenantLabel(p.Slug, env.Production()))
	selector := "namespace=" + strconv.Quote(env.Namespace)
	board := url.Values{"var-datasource": {"prom-" + tenant}, "var-namespace": {env.Namespace}, "from": {from}, "to": {to}}
	if pod != "" {
		selector += ",pod=" + strconv.Quote(pod)
	}
	if expr == "" {
		expr = "sum by (pod) (rate(container_cpu_usage_seconds_total{" + selector + ",container!=\"\"}[5m]))"
	}
	return []page.Link{
		{System: "Grafana", Name: "Kubernetes / Views / Namespaces", URL: at + "/d/" + dashboard + "?" + board.Encode()},
		{System: "Grafana", Name: "Explore, Loki", URL: at + explore("loki-"+tenant, "loki", "{"+selector+"}", from, to)},
		{System: "Grafana", Name: "Explore, Prometheus", URL: at + explore("prom-"+tenant, "prometheus", expr, from, to)},
	}
}

// explore is the address of Explore with one query, as Grafana writes it since 10 (schemaVersion 1). Later ones give a pane another name unless it has
// three letters or digits.
func explore(uid, kind, expr, from, to string) string {
	type source struct {
		Type string `json:"type"`
		UID  string `json:"uid"`
	}
	type query struct {
		RefID      string `json:"refId"`
		Expr       string `json:"expr"`
		Datasource source `json:"datasource"`
	}
	type pane struct {
		Datasource string            `json:"datasource"`
		Queries    []query           `json:"queries"`
		Range      map[string]string `json:"range"`
	}
	panes, err := json.Marshal(map[string]pane{"dso": {uid, []query{{"A", expr, source{kind, uid}}}, map[string]string{"from": from, "to": to}}})
	if err != nil { // strings alone: cannot be
		return ""
	}
	return "/explore?" + url.Values{"schemaVersion": {"1"}, "panes": {string(panes)}}.Encode()
}
