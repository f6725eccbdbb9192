package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func readText(t *testing.T, text string) (*Config, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Load(Flags{Config: path}, func(string) string { return "" })
}

const somewhere = "profiles: {pax: {write: true, console: {url: 'https://c.test'}}}\n"

func TestPolicyIsRead(t *testing.T) {
	cfg, err := readText(t, somewhere+`
policy:
  - name: office hours
    deeds: argocd.*
    production: true
    days: [mon-thu, sat]
    hours: 09:00-17:30
    zone: Europe/Paris
    who: [claire, "sre-*"]
    do: four_eyes
    approvers: [ali]
  - {do: deny, risks: [destructive]}
journal:
  loki: {url: "https://loki.test", tenant: ops, token: "env:T"}
  webhook: {url: "https://hook.test/x"}
`)
	if err != nil {
		t.Fatal(err)
	}
	r := cfg.Policy[0]
	if r.Name != "office hours" || r.Line != 4 || r.Deeds[0] != "argocd.*" || !*r.Production || len(r.Days) != 5 || r.Days[4] != time.Saturday || r.From != 540 || r.To != 1050 ||
		r.Zone.String() != "Europe/Paris" || len(r.Who) != 2 || r.Do != "four_eyes" || r.Approvers[0] != "ali" {
		t.Errorf("%+v", r)
	}
	if r := cfg.Policy[1]; r.Do != "deny" || r.Production != nil || r.Name != "policy[1]" {
		t.Errorf("%+v", r)
	}
	if l := cfg.Journal.Loki; l == nil || l.Tenant.ID != "ops" || l.Auth.Scheme != "bearer" || cfg.Journal.Webhook.URL != "https://hook.test/x" {
		t.Errorf("%+v", cfg.Journal)
	}
	if p, _ := cfg.Current(); !p.Write {
		t.Error("writing is not open")
	}
}

func TestPolicyMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"policy: {}":                                              "2:9: policy: a list is expected",
		"policy: [{name: x}]":                                     "2:10: policy[0]: the rule does not say what to do",
		"policy: [{do: maybe}]":                                   `2:15: policy[0].do: unknown value “maybe”; possible values: allow, deny, four_eyes`,
		"policy:\n - {do: deny, dayz: mon}":                       `3:15: policy[0]: unknown key “dayz”; did you mean “days”?`,
		"policy: [{do: deny, days: lundi}]":                       `policy[0].days: unknown value “lundi”`,
		"policy: [{do: deny, hours: 9-17}]":                       "policy[0].hours: not hours",
		"policy: [{do: deny, zone: Mars}]":                        `policy[0].zone: unknown time zone "Mars"`,
		"policy: [{do: deny, risks: big}]":                        `policy[0].risks: unknown value “big”`,
		"journal: {loki: {}}":                                     "journal.loki: the address is missing",
		"journal: {webhook: {url: 'https://h.test', token: abc}}": "journal.webhook.token: a secret is not written here",
	} {
		_, err := readText(t, somewhere+text+"\n")
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}
