package deeds

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"dsotop/internal/actions"
	"dsotop/internal/actions/wire"
	"dsotop/internal/platform"
)

// longSilence is where a silence begins to hide more than it should.
const longSilence = 24 * time.Hour

// platformTenant is the tenant of the platform's own tools.
const platformTenant = "prod-dso"

func alertmanagerDeeds() []actions.Deed {
	fixed := func(v string) func(actions.Scene, actions.Subject) string {
		return func(actions.Scene, actions.Subject) string { return v }
	}
	here := func(sc actions.Scene, sub actions.Subject) actions.Reason { return reachable(sc, sub, sysAlertmanager) }
	return []actions.Deed{
		{ID: "alertmanager.silence", On: []actions.Kind{actions.OnAlert}, Key: "s", Base: actions.RiskWrite, Bulk: true, Undo: undoExpire, Ready: here, Plan: planSilence, Done: silenced,
			Params: []actions.Param{{Name: "duration", Type: "duration", Required: true, Default: fixed("2h")}, {Name: "comment", Type: "string", Required: true, Default: fixed("dsotop")}}},
		{ID: "alertmanager.expire", On: []actions.Kind{actions.OnSilence}, Key: "D", Base: actions.RiskWrite, Bulk: true, Ready: here, Plan: planExpire, Done: expired},
	}
}

// tenants are where a subject's alerts may be: the project's two, the platform's, and that of the source itself.
func tenants(sc actions.Scene, sub actions.Subject) []string {
	var out []string
	id := sub.ProjectID
	if id == "" && sc.Dossier != nil {
		id = sc.Dossier.Project.ID
	}
	if production, other := platform.Tenants(id); production != "" {
		out = append(out, production, other)
		if !sub.Production {
			slices.Reverse(out)
		}
	}
	return append(out, platformTenant, "") // an alert of the platform's may name a project
}

type amAlert struct {
	Fingerprint string            `json:"fingerprint"`
	Labels      map[string]string `json:"labels"`
	Status      struct {
		State      string   `json:"state"`
		SilencedBy []string `json:"silencedBy"`
	} `json:"status"`
}

type amMatcher struct {
	Name    string `json:"name"`
	Value   string `json:"value"`
	IsRegex bool   `json:"isRegex"`
	IsEqual *bool  `json:"isEqual,omitempty"`
}

// operator is how PromQL writes it; a matcher of before 0.22 does not say that it is equal.
func (m amMatcher) operator() string {
	op := "="
	if m.IsEqual != nil && !*m.IsEqual {
		op = "!"
	}
	switch {
	case m.IsRegex:
		return op + "~"
	case op == "!":
		return "!="
	}
	return op
}

type amSilence struct {
	ID       string      `json:"id"`
	Comment  string      `json:"comment"`
	By       string      `json:"createdBy"`
	Matchers []amMatcher `json:"matchers"`
	Starts   string      `json:"startsAt"`
	Ends     string      `json:"endsAt"`
	Status   struct {
		State string `json:"state"`
	} `json:"status"`
}

// inTenants asks one tenant after the other until found says so.
func inTenants(ctx context.Context, s actions.Systems, sc actions.Scene, sub actions.Subject, c wire.Call, into any, found func() bool) (tenant string, err error) {
	var last error
	for _, t := range tenants(sc, sub) {
		c.Tenant = t
		if err := ask(ctx, s, c, into); err != nil {
			last = err
			continue
		}
		if found() {
			return t, nil
		}
		last = refuse(codeGone, sub.Name)
	}
	return "", last
}

func planSilence(ctx context.Context, s actions.Systems, sc actions.Scene, sub actions.Subject, a actions.Args) (actions.Draft, error) {
	system, none := systemOf(s, sub, sysAlertmanager), actions.Draft{}
	length, err := time.ParseDuration(a["duration"])
	if err != nil || length <= 0 {
		return none, refuse(codeBad, "duration: "+a["duration"])
	}
	var list []amAlert
	i := -1
	tenant, err := inTenants(ctx, s, sc, sub, wire.Call{System: system, Path: "/api/v2/alerts"}, &list, func() bool {
		i = slices.IndexFunc(list, func(x amAlert) bool { return x.Fingerprint == sub.ID })
		if i < 0 && !strings.Contains(sub.ID, " ") { // a ruler's alert has no fingerprint: its name stands for it
			i = slices.IndexFunc(list, func(x amAlert) bool { return x.Labels["alertname"] == sub.ID })
		}
		return i >= 0
	})
	if err != nil {
		return none, err
	}
	alert := list[i]
	if len(alert.Status.SilencedBy) > 0 {
		return none, refuse(codeNothing, strings.Join(alert.Status.SilencedBy, ", "))
	}
	names := make([]string, 0, len(alert.Labels))
	for name := range alert.Labels {
		names = append(names, name)
	}
	slices.Sort(names)
	equal := true
	var matchers []amMatcher
	var shown, command []string
	for _, name := range names {
		if name == "tenant_id" || name == "prometheus" || name == "replica" {
			continue // of the way the alert came, not of what is wrong
		}
		matchers = append(matchers, amMatcher{Name: name, Value: alert.Labels[name], IsEqual: &equal})
		shown = append(shown, name+"="+alert.Labels[name])
		command = append(command, shell(name+"="+strconv.Quote(alert.Labels[name])))
	}
	now := sc.Now.UTC()
	by := sc.Principal
	if by == "" {
		by = "dsotop"
	}
	c, err := call(system, http.MethodPost, "/api/v2/silences", map[string]any{"matchers": matchers, "startsAt": now.Format(time.RFC3339), "endsAt": now.Add(length).Format(time.RFC3339), "createdBy": by, "comment": a["comment"]})
	c.Tenant = tenant
	d := actions.Draft{Call: c, Memo: map[string]string{"fingerprint": alert.Fingerprint, "tenant": tenant, "ends": now.Add(length).Format(time.RFC3339)},
		Effects: []actions.Effect{{What: "silence", To: platform.CleanLine(strings.Join(shown, ", "))}, with("until", now.Add(length).Format(time.RFC3339))},
		Command: "amtool silence add " + strings.Join(command, " ") + " --duration=" + shell(a["duration"]) + " --author=" + shell(by) + " --comment=" + shell(a["comment"])}
	for _, other := range list {
		if other.Fingerprint != alert.Fingerprint && matches(matchers, other.Labels) {
			d.Effects = append(d.Effects, actions.Effect{What: "alert", From: platform.CleanLine(other.Labels["alertname"]), To: "suppressed"})
		}
	}
	d.Effects = append(d.Effects, changed("alert", alert.Status.State, "suppressed")...)
	if length > longSilence {
		d.Warnings = append(d.Warnings, warn(codeLong, a["duration"]))
	}
	return d, err
}

func matches(all []amMatcher, labels map[string]string) bool {
	for _, m := range all {
		if labels[m.Name] != m.Value {
			return false
		}
	}
	return true
}

func silenced(ctx context.Context, s actions.Systems, d actions.Draft, _ actions.Subject, _ time.Time, r *wire.Reply) (actions.Sight, error) {
	var list []amAlert
	if err := ask(ctx, s, wire.Call{System: d.Call.System, Path: "/api/v2/alerts", Tenant: d.Memo["tenant"]}, &list); err != nil {
		return actions.Sight{State: unknown}, err
	}
	for _, a := range list {
		if a.Fingerprint == d.Memo["fingerprint"] {
			if len(a.Status.SilencedBy) > 0 {
				return sight(done, strings.Join(a.Status.SilencedBy, ", "))
			}
			if r != nil && !r.OK() {
				return sight(failed, said(*r, http.StatusText(r.Status)))
			}
			return sight(running, "")
		}
	}
	return sight(done, "") // it ended by itself
}

func planExpire(ctx context.Context, s actions.Systems, sc actions.Scene, sub actions.Subject, _ actions.Args) (actions.Draft, error) {
	system, none := systemOf(s, sub, sysAlertmanager), actions.Draft{}
	var found amSilence
	tenant, err := inTenants(ctx, s, sc, sub, wire.Call{System: system, Path: path("/api/v2/silence", sub.ID)}, &found, func() bool { return found.ID == sub.ID })
	if err != nil {
		return none, err
	}
	if found.Status.State == "expired" {
		return none, refuse(codeNothing, "")
	}
	var shown []string
	for _, m := range found.Matchers {
		shown = append(shown, m.Name+m.operator()+m.Value)
	}
	c, err := call(system, http.MethodDelete, path("/api/v2/silence", sub.ID), nil)
	c.Tenant = tenant
	d := actions.Draft{Call: c, Memo: map[string]string{"silence": sub.ID, "tenant": tenant}, Effects: []actions.Effect{{What: "silence", From: platform.CleanLine(strings.Join(shown, ", "))}, {What: "until", From: platform.CleanLine(found.Ends), To: sc.Now.UTC().Format(time.RFC3339)}},
		Command: "amtool silence expire " + shell(sub.ID)}
	var list []amAlert
	if ask(ctx, s, wire.Call{System: system, Path: "/api/v2/alerts", Query: url.Values{"silenced": {"true"}}, Tenant: tenant}, &list) == nil {
		for _, a := range list {
			if slices.Contains(a.Status.SilencedBy, sub.ID) {
				d.Effects = append(d.Effects, actions.Effect{What: "alert", From: "suppressed", To: platform.CleanLine(a.Labels["alertname"])})
			}
		}
	}
	return d, err
}

func expired(ctx context.Context, s actions.Systems, d actions.Draft, _ actions.Subject, _ time.Time, _ *wire.Reply) (actions.Sight, error) {
	var x amSilence
	err := ask(ctx, s, wire.Call{System: d.Call.System, Path: path("/api/v2/silence", d.Memo["silence"]), Tenant: d.Memo["tenant"]}, &x)
	switch {
	case isCode(err, codeGone):
		return sight(done, "")
	case err != nil:
		return actions.Sight{State: unknown}, err
	case x.Status.State == "expired":
		return sight(done, "")
	}
	return sight(running, x.Status.State)
}
