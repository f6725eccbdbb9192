package sources

import (
	"testing"

	"dsotop/internal/platform"
)

func TestAlert(t *testing.T) {
	ours := platform.NamespaceName(guichetProd, guichet)
	for _, c := range []struct {
		name                     string
		labels                   map[string]string
		tenant                   string
		project, namespace, slug string
	}{
		{"namespace of ours", map[string]string{"namespace": ours}, "hprod-50f6wmbx64p5v3h1vrfna52qf", guichet, ours, ""},
		{"exported namespace wins", map[string]string{"namespace": "monitoring", "exported_namespace": ours}, "", guichet, ours, ""},
		{"tenant", map[string]string{"namespace": "monitoring"}, "prod-50f6wmbx64p5v3h1vrfna52qf", agenda, "monitoring", ""},
		{"tenant_id is no tenant", map[string]string{"tenant_id": "hprod-guichet"}, "", "", "", "guichet"},
		{"prod tenant_id", map[string]string{"tenant_id": "prod-guichet", "refapp": "other"}, "", "", "", "guichet"},
		{"refapp", map[string]string{"refapp": "agendaprefs"}, "prod-dso", "", "", "agendaprefs"},
	} {
		got := Alert(c.labels, nil, c.tenant)
		if got.ProjectID != c.project || got.Namespace != c.namespace || got.ProjectSlug != c.slug {
			t.Errorf("%s: %q %q %q", c.name, got.ProjectID, got.Namespace, got.ProjectSlug)
		}
	}
	a := Alert(map[string]string{"alertname": "A\x1b[31m", "severity": "critical"}, map[string]string{"description": "see https://bob:hunter2@wiki/x\nnow", "message": "no"}, "")
	if a.Name != "A" || a.Severity != "critical" || a.Summary != "see https://•••@wiki/x now" {
		t.Errorf("cleaned: %+v", a)
	}
}
