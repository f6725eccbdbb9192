package alertmanager

import (
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"dsotop/demo/fakes/tenant"
	"dsotop/demo/world"
)

const (
	receiverPlatform = "plateforme"
	receiverProjects = "projets"
	// resend is how long an alert lives without being sent again: four times the ruler's interval.
	resend = 4 * time.Minute
)

type alertStatus struct {
	InhibitedBy []string `json:"inhibitedBy"`
	MutedBy     []string `json:"mutedBy"`
	SilencedBy  []string `json:"silencedBy"`
	State       string   `json:"state"`
}

type alert struct {
	Annotations  map[string]string `json:"annotations"`
	EndsAt       stamp             `json:"endsAt"`
	Fingerprint  string            `json:"fingerprint"`
	Receivers    []named           `json:"receivers"`
	StartsAt     stamp             `json:"startsAt"`
	Status       alertStatus       `json:"status"`
	UpdatedAt    stamp             `json:"updatedAt"`
	GeneratorURL string            `json:"generatorURL,omitempty"`
	Labels       map[string]string `json:"labels"`
}

// current are the firing alerts of the seen tenants, silenced and inhibited as the configuration says, by fingerprint. A
// ruler sends nothing that is still pending.
func (f *face) current(set tenant.Set) []alert {
	now := f.w.Now()
	updated := now.Truncate(time.Minute)
	out := []alert{}
	f.w.View(func(st *world.State) {
		for _, a := range st.Alerts {
			if a.State != "firing" || !set.Has(a.Tenant) {
				continue
			}
			labels := maps.Clone(a.Labels)
			if labels == nil {
				labels = map[string]string{}
			}
			labels["alertname"] = a.Name
			one := alert{
				Labels: labels, Annotations: maps.Clone(a.Annotations), Fingerprint: fingerprint(labels),
				StartsAt: stamp(a.ActiveAt.Add(a.For)), UpdatedAt: stamp(updated), EndsAt: stamp(updated.Add(resend)),
				GeneratorURL: "https://prometheus.cpn.example/graph?g0.expr=" + url.QueryEscape(a.Expr) + "&g0.tab=1",
				Receivers:    []named{{receiverPlatform}},
				Status:       alertStatus{InhibitedBy: []string{}, MutedBy: []string{}, SilencedBy: []string{}, State: "active"},
			}
			if one.Annotations == nil {
				one.Annotations = map[string]string{}
			}
			if labels["refapp"] != "" {
				one.Receivers = []named{{receiverProjects}}
			}
			for _, s := range st.Silences {
				if silenceState(s, now) == "active" && matchAll(ofSilence(s), labels) {
					one.Status.SilencedBy = append(one.Status.SilencedBy, s.ID)
					one.Status.State = "suppressed"
				}
			}
			out = append(out, one)
		}
	})
	inhibit(out)
	slices.SortFunc(out, func(a, b alert) int { return strings.Compare(a.Fingerprint, b.Fingerprint) })
	return out
}

// inhibit applies the one rule of the configuration: a critical alert silences the warning of the same name and namespace.
func inhibit(all []alert) {
	for i := range all {
		if all[i].Labels["severity"] != "warning" {
			continue
		}
		for _, source := range all {
			if source.Labels["severity"] == "critical" && source.Labels["alertname"] == all[i].Labels["alertname"] && source.Labels["namespace"] == all[i].Labels["namespace"] {
				all[i].Status.InhibitedBy = append(all[i].Status.InhibitedBy, source.Fingerprint)
				all[i].Status.State = "suppressed"
			}
		}
	}
}

func fingerprint(labels map[string]string) string {
	set := make(model.LabelSet, len(labels))
	for k, v := range labels {
		set[model.LabelName(k)] = model.LabelValue(v)
	}
	return set.Fingerprint().String()
}

type silenceJSON struct {
	ID        string            `json:"id"`
	Status    map[string]string `json:"status"`
	UpdatedAt stamp             `json:"updatedAt"`
	Comment   string            `json:"comment"`
	CreatedBy string            `json:"createdBy"`
	EndsAt    stamp             `json:"endsAt"`
	Matchers  []matcherJSON     `json:"matchers"`
	StartsAt  stamp             `json:"startsAt"`
}

type matcherJSON struct {
	IsEqual bool   `json:"isEqual"`
	IsRegex bool   `json:"isRegex"`
	Name    string `json:"name"`
	Value   string `json:"value"`
}

func silenceState(s *world.Silence, now time.Time) string {
	switch {
	case now.Before(s.StartsAt):
		return "pending"
	case now.Before(s.EndsAt):
		return "active"
	}
	return "expired"
}

func toSilence(s *world.Silence, now time.Time) silenceJSON {
	out := silenceJSON{
		ID: s.ID, Status: map[string]string{"state": silenceState(s, now)}, UpdatedAt: stamp(s.StartsAt), Comment: s.Comment,
		CreatedBy: s.CreatedBy, StartsAt: stamp(s.StartsAt), EndsAt: stamp(s.EndsAt), Matchers: []matcherJSON{},
	}
	for _, m := range s.Matchers {
		out.Matchers = append(out.Matchers, matcherJSON{IsEqual: m.Equal, IsRegex: m.IsRegex, Name: m.Name, Value: m.Value})
	}
	return out
}

// visible reports whether a tenant's Alertmanager would hold the silence: those are per tenant, and here it is known by what
// it silences.
func visible(s *world.Silence, st *world.State, set tenant.Set) bool {
	if set == nil {
		return true
	}
	ms := ofSilence(s)
	for _, a := range st.Alerts {
		labels := maps.Clone(a.Labels)
		if labels == nil {
			labels = map[string]string{}
		}
		labels["alertname"] = a.Name
		if set[a.Tenant] && matchAll(ms, labels) {
			return true
		}
	}
	return false
}

func (f *face) silences(rw http.ResponseWriter, r *http.Request) {
	filter, err := parseMatchers(r.URL.Query()["filter"])
	if err != nil {
		reply(rw, http.StatusBadRequest, err.Error())
		return
	}
	now, set, out := f.w.Now(), seen(r), []silenceJSON{}
	f.w.View(func(st *world.State) {
		for _, s := range st.Silences {
			state := silenceState(s, now)
			if r.URL.Query().Get(state) != "false" && visible(s, st, set) && hasAll(ofSilence(s), filter) {
				out = append(out, toSilence(s, now))
			}
		}
	})
	slices.SortStableFunc(out, bySilenceOrder)
	reply(rw, http.StatusOK, out)
}

// bySilenceOrder puts active silences that end soonest first, then pending ones that start soonest, then the last expired.
func bySilenceOrder(a, b silenceJSON) int {
	rank := func(s string) int { return strings.Index("active pending expired", s) }
	sa, sb := a.Status["state"], b.Status["state"]
	if sa != sb {
		return rank(sa) - rank(sb)
	}
	switch sa {
	case "active":
		return time.Time(a.EndsAt).Compare(time.Time(b.EndsAt))
	case "pending":
		return time.Time(a.StartsAt).Compare(time.Time(b.StartsAt))
	}
	return time.Time(b.EndsAt).Compare(time.Time(a.EndsAt))
}

func (f *face) silence(rw http.ResponseWriter, r *http.Request) {
	id, set := r.PathValue("id"), seen(r)
	if !isUUID(id) {
		reply(rw, http.StatusUnprocessableEntity, map[string]any{"code": 601, "message": `silenceID in path must be of type uuid: "` + id + `"`})
		return
	}
	var found *silenceJSON
	now := f.w.Now()
	f.w.View(func(st *world.State) {
		for _, s := range st.Silences {
			if s.ID == id && visible(s, st, set) {
				one := toSilence(s, now)
				found = &one
			}
		}
	})
	if found == nil {
		rw.WriteHeader(http.StatusNotFound)
		return
	}
	reply(rw, http.StatusOK, found)
}

func isUUID(s string) bool {
	ok, err := regexp.MatchString(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`, s)
	return ok && err == nil
}
