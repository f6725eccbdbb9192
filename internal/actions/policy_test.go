package actions_test

import (
	"strings"
	"testing"
	"time"

	"dsotop/internal/actions"
	"dsotop/internal/platform"
)

func TestPolicy(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	yes, no := true, false
	week := []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}
	monday := func(h, m int) time.Time { return time.Date(2026, 11, 23, h, m, 0, 0, paris) }
	prod, dev := actions.Subject{Name: "agendaprefs/prod", ProjectID: "id-1", System: "argocd/usu", Production: true}, actions.Subject{Name: "agendaprefs/dev", System: "argocd/usu"}
	type ask struct {
		deed string
		risk actions.Risk
		sub  actions.Subject
		who  string
		at   time.Time
		want string
	}
	for name, c := range map[string]struct {
		rules []actions.Rule
		asks  []ask
	}{
		"none": {nil, []ask{{"argocd.sync", actions.RiskDestructive, prod, "claire", monday(3, 0), actions.Allow}}},
		"closed": {[]actions.Rule{{Production: &yes, Do: actions.Deny}}, []ask{
			{"argocd.sync", actions.RiskProduction, prod, "claire", monday(10, 0), actions.Deny}, {"argocd.sync", actions.RiskWrite, dev, "claire", monday(10, 0), actions.Allow},
		}},
		"the first that fits": {[]actions.Rule{{Who: []string{"sre-*"}, Do: actions.Allow}, {Production: &yes, Do: actions.FourEyes}, {Do: actions.Deny}}, []ask{
			{"argocd.sync", actions.RiskProduction, prod, "sre-claire", monday(10, 0), actions.Allow}, {"argocd.sync", actions.RiskProduction, prod, "bob", monday(10, 0), actions.FourEyes},
			{"argocd.sync", actions.RiskWrite, dev, "bob", monday(10, 0), actions.Deny},
		}},
		"office hours": {[]actions.Rule{{Days: week, From: 9 * 60, To: 17 * 60, Zone: paris, Do: actions.Allow}, {Production: &yes, Do: actions.Deny}}, []ask{
			{"d", actions.RiskProduction, prod, "x", monday(9, 0), actions.Allow}, {"d", actions.RiskProduction, prod, "x", monday(8, 59), actions.Deny},
			{"d", actions.RiskProduction, prod, "x", monday(17, 0), actions.Deny}, {"d", actions.RiskProduction, prod, "x", monday(16, 59).UTC(), actions.Allow},
			{"d", actions.RiskProduction, prod, "x", monday(10, 0).AddDate(0, 0, 5), actions.Deny},
		}},
		"the night belongs to its evening": {[]actions.Rule{{Days: []time.Weekday{time.Friday}, From: 22 * 60, To: 6 * 60, Zone: paris, Do: actions.Deny}}, []ask{
			{"d", actions.RiskWrite, dev, "x", monday(23, 0).AddDate(0, 0, 4), actions.Deny}, {"d", actions.RiskWrite, dev, "x", monday(5, 59).AddDate(0, 0, 5), actions.Deny},
			{"d", actions.RiskWrite, dev, "x", monday(6, 0).AddDate(0, 0, 5), actions.Allow}, {"d", actions.RiskWrite, dev, "x", monday(23, 0).AddDate(0, 0, 5), actions.Allow},
			{"d", actions.RiskWrite, dev, "x", monday(5, 0).AddDate(0, 0, 4), actions.Allow}, {"d", actions.RiskWrite, dev, "x", monday(12, 0).AddDate(0, 0, 4), actions.Allow},
		}},
		"by deed, risk, system, project": {[]actions.Rule{
			{Deeds: []string{"console.*"}, Do: actions.Deny}, {Risks: []string{"destructive"}, Do: actions.Deny}, {Systems: []string{"kubernetes/*"}, Do: actions.Deny},
			{Projects: []string{"vigi*", "id-1"}, Production: &yes, Do: actions.FourEyes}, {Projects: []string{"agendaprefs"}, Production: &no, Do: actions.FourEyes},
		}, []ask{
			{"console.replay", actions.RiskWrite, dev, "x", monday(9, 0), actions.Deny}, {"argocd.sync", actions.RiskDestructive, dev, "x", monday(9, 0), actions.Deny},
			{"kubernetes.scale", actions.RiskWrite, actions.Subject{System: "kubernetes/usu-1"}, "x", monday(9, 0), actions.Deny},
			{"argocd.sync", actions.RiskWrite, actions.Subject{Name: "vigibat", Production: true}, "x", monday(9, 0), actions.FourEyes},
			{"argocd.sync", actions.RiskWrite, prod, "x", monday(9, 0), actions.FourEyes}, {"argocd.sync", actions.RiskWrite, dev, "x", monday(9, 0), actions.FourEyes},
			{"argocd.sync", actions.RiskWrite, actions.Subject{Name: "portail"}, "x", monday(9, 0), actions.Allow},
		}},
	} {
		for i, a := range c.asks {
			slug, _, _ := strings.Cut(a.sub.Name, "/")
			asked := actions.Asking{Deed: a.deed, Risk: a.risk, Subject: a.sub, System: a.sub.System, Project: slug, By: actions.Who{Account: a.who}, At: a.at}
			if got := (actions.Policy{Rules: c.rules}).Judge(asked); got.Do != a.want {
				t.Errorf("%s %d: %s, want %s", name, i, got.Do, a.want)
			}
		}
	}
}

func TestAClosedPolicyStopsPlanAndBulk(t *testing.T) {
	yes := true
	s := &system{}
	h := hand(t, s, func(o *actions.Options) {
		o.Policy = actions.Policy{Rules: []actions.Rule{{Name: "production is closed", Production: &yes, Do: actions.Deny}}}
	})
	sub := project("a")
	sub.Production = true
	if _, err := h.Plan(t.Context(), "sys.touch", sub, nil); code(err) != "policy_closed" {
		t.Error(err)
	}
	if of := h.Offers(sub); of[0].Reason.Code != "policy_closed" || of[0].Reason.Detail != "production is closed" {
		t.Errorf("%+v", of)
	}
	b, err := h.Bulk(t.Context(), "sys.touch", []actions.Subject{sub, project("b")}, nil, actions.BulkOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if it := b.Items(); it[0].Reason.Code != "policy_closed" || it[1].State != actions.ItemWaiting || b.Type != "" {
		t.Errorf("%+v", it)
	}
}

// TestAPolicyKnowsWhatIsWrittenTo: subjects seldom tell their system, and a workload not its project; rules hold all the same, in the menu and in the plan.
func TestAPolicyKnowsWhatIsWrittenTo(t *testing.T) {
	for name, rule := range map[string]actions.Rule{"by system": {Name: "closed", Systems: []string{"sys"}, Do: actions.Deny}, "by project": {Name: "closed", Projects: []string{"portail"}, Do: actions.Deny}} {
		s := &system{}
		h := hand(t, s, func(o *actions.Options) {
			o.Policy = actions.Policy{Rules: []actions.Rule{rule}}
			o.Scene = func(actions.Subject) actions.Scene {
				return actions.Scene{Dossier: &platform.Dossier{Project: platform.Project{ID: "id-9", Slug: "portail"}}}
			}
		})
		sub := actions.Subject{Kind: actions.OnProject, ID: "web", Name: "web"}
		if of := h.Offers(sub); of[0].Reason.Code != "policy_closed" {
			t.Errorf("%s: %+v", name, of)
		}
		if _, err := h.Plan(t.Context(), "sys.touch", sub, nil); code(err) != "policy_closed" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Before the plan only the kind of the system is known: what a rule allows on one of them is offered, and judged once it is known which.
func TestAPolicyOnSystemsWaitsForThePlan(t *testing.T) {
	p := actions.Policy{Rules: []actions.Rule{{Name: "clusters", Systems: []string{"kubernetes/hp-*"}, Deeds: []string{"kubernetes.*"}, Do: actions.Allow}, {Name: "rest", Do: actions.Deny}}}
	for _, c := range []struct {
		name string
		ask  actions.Asking
		want string
	}{
		{"the kind alone", actions.Asking{Deed: "kubernetes.scale", System: "kubernetes", Early: true}, actions.Allow},
		{"the one it allows", actions.Asking{Deed: "kubernetes.scale", System: "kubernetes/hp-1"}, actions.Allow},
		{"another one", actions.Asking{Deed: "kubernetes.scale", System: "kubernetes/prod-1"}, actions.Deny},
		{"another kind", actions.Asking{Deed: "argocd.sync", System: "argocd", Early: true}, actions.Deny},
		{"the only one of its kind", actions.Asking{Deed: "kubernetes.scale", System: "kubernetes"}, actions.Deny},
	} {
		if got := p.Judge(c.ask).Do; got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}
