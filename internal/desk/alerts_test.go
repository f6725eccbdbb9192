package desk

import "testing"

func TestASilenceMatches(t *testing.T) {
	labels := map[string]string{"alertname": "AgendaWebDown", "severity": "critical"}
	for _, c := range []struct {
		want bool
		on   []SilenceMatcher
	}{
		{true, nil},
		{true, []SilenceMatcher{{"alertname", "=", "AgendaWebDown"}, {"severity", "!=", "warning"}}},
		{true, []SilenceMatcher{{"alertname", "=~", "Agenda.*"}, {"team", "=", ""}}},
		{false, []SilenceMatcher{{"alertname", "=~", "Agenda"}}},
		{false, []SilenceMatcher{{"alertname", "=", "AgendaWebDown"}, {"severity", "!~", "crit.*"}}},
		{false, []SilenceMatcher{{"alertname", "=~", "("}}},
		{false, []SilenceMatcher{{"alertname", "!~", "("}}},
		{false, []SilenceMatcher{{"alertname", "?", "AgendaWebDown"}}},
	} {
		if got := (Silence{Matchers: c.on}).Matches(labels); got != c.want {
			t.Errorf("%v: %v", c.on, got)
		}
	}
}
