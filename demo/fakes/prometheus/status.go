package prometheus

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"dsotop/demo/fakes/tenant"
	"dsotop/demo/world"
)

// alertsOf are the alerts that the ruler of the seen tenants holds, as copies.
func alertsOf(w *world.World, set tenant.Set) []world.Alert {
	var out []world.Alert
	w.View(func(st *world.State) {
		for _, a := range st.Alerts {
			if set.Has(a.Tenant) {
				c := *a
				c.Labels, c.Annotations = maps.Clone(a.Labels), maps.Clone(a.Annotations)
				if c.Labels == nil {
					c.Labels = map[string]string{}
				}
				if c.Annotations == nil {
					c.Annotations = map[string]string{}
				}
				out = append(out, c)
			}
		}
	})
	return out
}

type alertJSON struct {
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
	State       string            `json:"state"`
	ActiveAt    time.Time         `json:"activeAt"`
	Value       string            `json:"value"`
}

func toAlert(a world.Alert) alertJSON {
	labels := maps.Clone(a.Labels)
	labels["alertname"] = a.Name
	return alertJSON{Labels: labels, Annotations: a.Annotations, State: a.State, ActiveAt: a.ActiveAt.UTC(), Value: "1e+00"}
}

func (f *face) alerts(_ *http.Request, set tenant.Set) answer {
	out := []alertJSON{}
	for _, a := range alertsOf(f.w, set) {
		out = append(out, toAlert(a))
	}
	return answer{data: map[string]any{"alerts": out}}
}

// ruleJSON is an alerting rule, or a recording rule when Type says so; the pointers are the fields only the former has.
type ruleJSON struct {
	State          string            `json:"state,omitempty"`
	Name           string            `json:"name"`
	Query          string            `json:"query"`
	Duration       *float64          `json:"duration,omitempty"`
	KeepFiringFor  *float64          `json:"keepFiringFor,omitempty"`
	Labels         map[string]string `json:"labels,omitempty"`
	Annotations    map[string]string `json:"annotations,omitempty"`
	Alerts         *[]alertJSON      `json:"alerts,omitempty"`
	Health         string            `json:"health"`
	EvaluationTime float64           `json:"evaluationTime"`
	LastEvaluation time.Time         `json:"lastEvaluation"`
	Type           string            `json:"type"`
}

type groupJSON struct {
	Name           string     `json:"name"`
	File           string     `json:"file"`
	Rules          []ruleJSON `json:"rules"`
	Interval       float64    `json:"interval"`
	Limit          int        `json:"limit"`
	EvaluationTime float64    `json:"evaluationTime"`
	LastEvaluation time.Time  `json:"lastEvaluation"`
}

// quietRules are rules of the platform that are loaded and do not fire.
func quietRules() []world.Alert {
	return []world.Alert{
		{Name: "Argo CD App Missing", Expr: "absent(argocd_app_info) == 1", Group: "argocd", For: 15 * time.Minute, Labels: map[string]string{"severity": "critical"}, Annotations: map[string]string{"summary": "No Argo CD application is reported"}},
		{Name: "HarborProjectQuotaNearFull", Expr: "harbor:project:quota_used_ratio > 0.9", Group: "harbor", For: 15 * time.Minute, Labels: map[string]string{"severity": "warning"}, Annotations: map[string]string{"summary": "A Harbor project is near its quota"}},
		{Name: "Vault is sealed", Expr: "vault_core_unsealed == 0", Group: "vault", For: 5 * time.Minute, Labels: map[string]string{"severity": "critical"}, Annotations: map[string]string{"summary": "Vault is sealed"}},
	}
}

func (f *face) rules(r *http.Request, set tenant.Set) answer {
	kind := r.Form.Get("type")
	if kind != "" && kind != "alert" && kind != "record" {
		return badParam(fmt.Errorf("not supported value %q", kind), "type")
	}
	withoutAlerts := false
	if s := r.Form.Get("exclude_alerts"); s != "" {
		v, err := strconv.ParseBool(s)
		if err != nil {
			return bad(fmt.Errorf("error converting exclude_alerts: %w", err))
		}
		withoutAlerts = v
	}
	last := f.w.Now().Truncate(30 * time.Second)
	groups := map[string]*groupJSON{}
	add := func(tenantID, group string, rule ruleJSON) {
		file := "/etc/rules/" + tenantID + "/" + strings.ReplaceAll(strings.ToLower(group), " ", "-") + ".yaml"
		if !wanted(r, "rule_group[]", group) || !wanted(r, "file[]", file) || !wanted(r, "rule_name[]", rule.Name) {
			return
		}
		g := groups[file]
		if g == nil {
			g = &groupJSON{Name: group, File: file, Rules: []ruleJSON{}, Interval: 30, EvaluationTime: 0.002, LastEvaluation: last}
			groups[file] = g
		}
		for i := range g.Rules { // several alerts of one rule
			if old := &g.Rules[i]; old.Name == rule.Name && old.Query == rule.Query && old.Alerts != nil && rule.Alerts != nil {
				*old.Alerts = append(*old.Alerts, *rule.Alerts...)
				if rule.State == "firing" {
					old.State = "firing"
				}
				return
			}
		}
		g.Rules = append(g.Rules, rule)
	}
	if kind != "record" {
		for _, a := range alertsOf(f.w, set) {
			live := []alertJSON{toAlert(a)}
			if withoutAlerts {
				live = []alertJSON{}
			}
			add(a.Tenant, groupOf(a), alerting(a, a.State, live, last))
		}
		if set.Has(tenant.Platform) {
			for _, a := range quietRules() {
				add(tenant.Platform, a.Group, alerting(a, "inactive", []alertJSON{}, last))
			}
		}
	}
	if kind != "alert" && set.Has(tenant.Platform) {
		add(tenant.Platform, "k8s.rules", ruleJSON{
			Name:   "node_namespace_pod_container:container_cpu_usage_seconds_total:sum_irate",
			Query:  `sum by (cluster, namespace, pod, container) (irate(container_cpu_usage_seconds_total{image!=""}[5m]))`,
			Health: "ok", EvaluationTime: 0.004, LastEvaluation: last, Type: "recording",
		})
	}
	out := []groupJSON{}
	for _, file := range slices.Sorted(maps.Keys(groups)) {
		out = append(out, *groups[file])
	}
	return answer{data: map[string]any{"groups": out}}
}

func groupOf(a world.Alert) string {
	if a.Group == "" {
		return "alerts"
	}
	return a.Group
}

func alerting(a world.Alert, state string, live []alertJSON, last time.Time) ruleJSON {
	hold, keep := a.For.Seconds(), 0.0
	own := map[string]string{}
	if s := a.Labels["severity"]; s != "" {
		own["severity"] = s
	}
	return ruleJSON{
		State: state, Name: a.Name, Query: a.Expr, Duration: &hold, KeepFiringFor: &keep, Labels: own, Annotations: a.Annotations,
		Alerts: &live, Health: "ok", EvaluationTime: 0.0004, LastEvaluation: last, Type: "alerting",
	}
}

// wanted reports whether a repeated parameter is absent or names the value.
func wanted(r *http.Request, param, value string) bool {
	list := r.Form[param]
	return len(list) == 0 || slices.Contains(list, value)
}

type metaJSON struct {
	Type string `json:"type"`
	Help string `json:"help"`
	Unit string `json:"unit"`
}

func (f *face) metadata(r *http.Request, _ tenant.Set) answer {
	limit := -1
	if s := r.Form.Get("limit"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			return bad(fmt.Errorf("limit must be a number"))
		}
		limit = n
	}
	out := map[string][]metaJSON{}
	for _, name := range f.w.MetricNames() {
		if only := r.Form.Get("metric"); only != "" && only != name {
			continue
		}
		if strings.Contains(name, ":") { // recorded, never scraped: no metadata
			continue
		}
		if limit >= 0 && len(out) >= limit {
			break
		}
		kind := "gauge"
		if strings.HasSuffix(name, "_total") {
			kind = "counter"
		}
		out[name] = []metaJSON{{Type: kind, Help: help(name)}}
	}
	return answer{data: out}
}

func help(name string) string {
	switch name {
	case "container_cpu_usage_seconds_total":
		return "Cumulative cpu time consumed in seconds."
	case "container_memory_working_set_bytes":
		return "Current working set in bytes."
	case "kube_resourcequota":
		return "Information about resource quota."
	case "kube_pod_container_status_restarts_total":
		return "The number of container restarts per container."
	case "argocd_app_info":
		return "Information about application."
	}
	s := strings.ReplaceAll(strings.TrimSuffix(name, "_total"), "_", " ")
	return strings.ToUpper(s[:1]) + s[1:] + "."
}

func (f *face) buildInfo(*http.Request, tenant.Set) answer {
	return answer{data: map[string]string{
		"version": f.o.Version, "revision": "8be3a9560fbdd18a94dedec4b747c35178177202", "branch": "HEAD",
		"buildUser": "root@demo", "buildDate": "20250714-15:22:05", "goVersion": "go1.24.5",
	}}
}

// mimirInfo is what Mimir says of itself: clients tell it from Prometheus by the application and the features.
func mimirInfo() map[string]any {
	return map[string]any{
		"application": "Grafana Mimir", "version": "2.15.0", "revision": "6c8f3c1", "branch": "HEAD", "buildUser": "root@demo", "buildDate": "2025-01-06T10:21:33Z", "goVersion": "go1.23.4",
		"features": map[string]string{"ruler_config_api": "true", "alertmanager_config_api": "true", "query_sharding": "false", "federated_rules": "false"},
	}
}

func (f *face) config(*http.Request, tenant.Set) answer {
	return answer{data: map[string]string{"yaml": "global:\n  scrape_interval: 15s\n  scrape_timeout: 10s\n  evaluation_interval: 30s\nscrape_configs:\n- job_name: kube-state-metrics\n- job_name: cadvisor\n"}}
}

func (f *face) flags(*http.Request, tenant.Set) answer {
	return answer{data: map[string]string{"query.lookback-delta": "5m", "query.timeout": "2m", "query.max-samples": "50000000", "storage.tsdb.retention.time": "15d"}}
}

func (f *face) runtimeInfo(*http.Request, tenant.Set) answer {
	now := f.w.Now()
	return answer{data: map[string]any{
		"startTime": now.Add(-72 * time.Hour).Truncate(time.Hour), "CWD": "/prometheus", "hostname": "prometheus-0", "serverTime": now,
		"reloadConfigSuccess": true, "lastConfigTime": now.Add(-72 * time.Hour).Truncate(time.Hour), "corruptionCount": 0, "goroutineCount": 40,
		"GOMAXPROCS": 2, "GOMEMLIMIT": int64(1 << 62), "GOGC": "75", "GODEBUG": "", "storageRetention": "15d",
	}}
}

// targets has one scrape target a cluster and job.
func (f *face) targets(r *http.Request, set tenant.Set) answer {
	active := []map[string]any{}
	if state := r.Form.Get("state"); (state == "" || state == "any" || state == "active") && set.Has(tenant.Platform) {
		last := f.w.Now().Truncate(scrape)
		f.w.View(func(st *world.State) {
			for _, c := range st.Clusters {
				for _, job := range []string{"cadvisor", "kube-state-metrics"} {
					host := job + "." + c.Label + ".cpn.example:8080"
					active = append(active, map[string]any{
						"discoveredLabels": map[string]string{"__address__": host, "__metrics_path__": "/metrics", "__scheme__": "http", "job": job},
						"labels":           map[string]string{"instance": host, "job": job, "cluster": c.Label},
						"scrapePool":       job, "scrapeUrl": "http://" + host + "/metrics", "globalUrl": "http://" + host + "/metrics",
						"lastError": "", "lastScrape": last, "lastScrapeDuration": 0.012, "health": "up", "scrapeInterval": "15s", "scrapeTimeout": "10s",
					})
				}
			}
		})
	}
	return answer{data: map[string]any{"activeTargets": active, "droppedTargets": []any{}, "droppedTargetCounts": map[string]int{}}}
}

func (f *face) alertmanagers(*http.Request, tenant.Set) answer {
	return answer{data: map[string]any{
		"activeAlertmanagers":  []map[string]string{{"url": "http://alertmanager.cpn.example:9093/api/v2/alerts"}},
		"droppedAlertmanagers": []any{},
	}}
}
