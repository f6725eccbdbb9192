package sources_test

import (
	"strings"
	"testing"

	"dsotop/internal/desk"
	"dsotop/internal/secret"
	"dsotop/internal/sources"
)

const liveDeployment = `{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","generation":12,"labels":{"yes":"true","n":"08"}},
"spec":{"replicas":2,"ratio":0.5,"template":{"spec":{"containers":[{"name":"web","image":"harbor.test/p/web:3f2a91bc","env":[{"name":"LEVEL","value":"info"},{"name":"DB_PASSWORD","value":"one-secret"}]}]}}},"status":{"readyReplicas":2,"big":12345678901234567890}}`

func TestManifestIsReadable(t *testing.T) {
	got, err := sources.Manifest([]byte(liveDeployment), new(secret.Masker))
	if err != nil {
		t.Fatal(err)
	}
	want := `apiVersion: apps/v1
kind: Deployment
metadata:
  generation: 12
  labels:
    "n": 08
    "yes": "true"
  name: web
spec:
  ratio: 0.5
  replicas: 2
`
	if !strings.HasPrefix(got.Text, want) || strings.Contains(got.Text, "one-secret") || !strings.Contains(got.Text, "- env:\n") {
		t.Errorf("%s", got.Text)
	}
	for _, raw := range []string{"", "null", " null "} {
		if m, err := sources.Manifest([]byte(raw), new(secret.Masker)); err != nil || m.Text != "" {
			t.Errorf("%q gives %q, %v", raw, m.Text, err)
		}
	}
	for _, raw := range []string{"[]", "1", `{"a":`, `"x"`} {
		if _, err := sources.Manifest([]byte(raw), new(secret.Masker)); err == nil {
			t.Errorf("%q is taken for an object", raw)
		}
	}
}

func TestDifference(t *testing.T) {
	wanted := strings.NewReplacer("3f2a91bc", "b81c07d2", "one-secret", "other-secret").Replace(liveDeployment)
	d, err := sources.Difference(desk.ObjectRef{Kind: "Deployment", Name: "web"}, []byte(liveDeployment), []byte(wanted))
	if err != nil || d.State != desk.DiffChanged || d.Added != 2 || d.Gone != 2 {
		t.Fatalf("%+v %v", d, err)
	}
	var sb strings.Builder
	for _, l := range d.Lines {
		sb.WriteByte(l.Op)
		sb.WriteString(l.Text + "\n")
	}
	text := sb.String()
	if strings.Contains(text, "-secret") || !strings.Contains(text, "-        image: harbor.test/p/web:3f2a91bc\n") || !strings.Contains(text, "••• (2)") {
		t.Error(text)
	}
	if d.Lines[0].Op != '@' || !strings.HasPrefix(d.Lines[0].Text, "spec") {
		t.Errorf("head %q", d.Lines[0].Text)
	}
	for _, c := range []struct{ live, wanted, state string }{
		{liveDeployment, liveDeployment, desk.DiffSame}, {"null", liveDeployment, desk.DiffMissing}, {liveDeployment, "", desk.DiffExtra}, {"", "", desk.DiffSame},
	} {
		d, err := sources.Difference(desk.ObjectRef{}, []byte(c.live), []byte(c.wanted))
		if err != nil || d.State != c.state {
			t.Errorf("%s, want %s, %v", d.State, c.state, err)
		}
	}
}

func FuzzDifference(f *testing.F) {
	f.Add(liveDeployment, `{"kind":"Secret","data":{"a":"eA=="}}`)
	f.Add(`{"a":"\u001b[2J\u202e","b":"x\ny"}`, `{"a":{"b":[[{}]]}}`)
	f.Fuzz(func(t *testing.T, live, wanted string) {
		d, err := sources.Difference(desk.ObjectRef{}, []byte(live), []byte(wanted))
		if err != nil {
			return
		}
		for _, l := range d.Lines {
			if strings.ContainsAny(l.Text, "\x1b\u202e\r\n") {
				t.Errorf("%q", l.Text)
			}
		}
	})
}
