package secret_test

import (
	"encoding/json"
	"strings"
	"testing"

	"dsotop/internal/secret"
)

func masked(t testing.TB, m *secret.Masker, raw string) string {
	t.Helper()
	var o map[string]any
	if err := json.Unmarshal([]byte(raw), &o); err != nil {
		t.Fatal(err)
	}
	m.Object(o)
	var sb strings.Builder
	enc := json.NewEncoder(&sb)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(o); err != nil {
		t.Fatal(err)
	}
	return sb.String()
}

func TestMaskerHidesValuesAndKeepsTheRest(t *testing.T) {
	const canary = "Tr0ub4dor"
	for name, c := range map[string]struct {
		raw  string
		keep []string
	}{
		"secret":           {`{"kind":"Secret","metadata":{"name":"db"},"data":{"user":"` + canary + `","url":"` + canary + `"}}`, []string{`"user":"•••"`, `"url"`, `"name":"db"`}},
		"string data":      {`{"kind":"Secret","stringData":{"a":"` + canary + `"}}`, nil},
		"sops":             {`{"kind":"SopsSecret","spec":{"secretTemplates":[{"name":"db","stringData":{"x":"` + canary + `"}}]}}`, []string{`"name":"db"`}},
		"sealed":           {`{"kind":"SealedSecret","spec":{"encryptedData":{"x":"` + canary + `"}}}`, nil},
		"last applied":     {`{"kind":"ConfigMap","metadata":{"name":"n","annotations":{"kubectl.kubernetes.io/last-applied-configuration":"` + canary + `","x":"y"},"managedFields":[{"a":"` + canary + `"}]}}`, []string{`"x":"y"`}},
		"variable":         {`{"kind":"Pod","spec":{"containers":[{"env":[{"name":"DB_PASSWORD","value":"` + canary + `"},{"name":"LEVEL","value":"debug"},{"name":"TOKEN_URL","value":"https://sso.test/token"}]}]}}`, []string{`"DB_PASSWORD"`, `"debug"`, `https://sso.test/token`}},
		"docker config":    {`{"kind":"Job","spec":{"env":[{"name":"DOCKER_CONFIG_JSON","value":"` + canary + `"}]}}`, nil},
		"value of a chart": {`{"kind":"Application","spec":{"source":{"helm":{"valuesObject":{"vault":{"roleId":"` + canary + `","secretId":"` + canary + `2"}}}}}}`, nil},
		"flag":             {`{"kind":"Pod","spec":{"args":["--password","` + canary + `","--level","debug"]}}`, []string{`"--password","•••","--level","debug"`}},
		"flag with value":  {`{"kind":"Pod","spec":{"args":["--password=` + canary + `"]}}`, []string{"--password="}},
		"properties":       {`{"kind":"ConfigMap","data":{"application.properties":"spring.datasource.password = ` + canary + `\nserver.port=8080\n"}}`, []string{"server.port=8080", "spring.datasource.password = "}},
		"yaml in a map":    {`{"kind":"ConfigMap","data":{"app.yaml":"db:\n  password: ` + canary + `\n  host: pg\n"}}`, []string{"host: pg"}},
		"address":          {`{"kind":"ConfigMap","data":{"url":"postgres://app:` + canary + `@pg:5432/app"}}`, []string{"@pg:5432/app"}},
		"list":             {`{"kind":"List","items":[{"kind":"Secret","data":{"a":"` + canary + `"}}]}`, nil},
	} {
		got := masked(t, new(secret.Masker), c.raw)
		if strings.Contains(got, canary) {
			t.Errorf("%s: %s", name, got)
		}
		for _, k := range c.keep {
			if !strings.Contains(got, k) {
				t.Errorf("%s: %q is gone from %s", name, k, got)
			}
		}
	}
}

func TestMaskerKeepsReferences(t *testing.T) {
	const raw = `{"kind":"Deployment","spec":{"imagePullSecrets":[{"name":"registry-pull-secret"}],"volumes":[{"secret":{"secretName":"db"}}],"env":[{"name":"PASSWORD","valueFrom":{"secretKeyRef":{"name":"db","key":"password"}}}],"tokenPath":"/var/run/token","automountServiceAccountToken":false}}`
	got := masked(t, new(secret.Masker), raw)
	if strings.Contains(got, secret.Mask) {
		t.Error(got)
	}
}

func TestMaskerTellsTwoValuesApart(t *testing.T) {
	var m secret.Masker
	one := masked(t, &m, `{"kind":"Secret","data":{"a":"YQ==","b":"Yg=="}}`)
	two := masked(t, &m, `{"kind":"Secret","data":{"a":"YQ==","b":"eA=="}}`)
	if !strings.Contains(one, `"a":"•••","b":"•••"`) || !strings.Contains(two, `"a":"•••","b":"••• (2)"`) {
		t.Error(one, two)
	}
}

func FuzzMasker(f *testing.F) {
	f.Add(`{"kind":"Secret","data":{"a":"x"}}`)
	f.Add(`{"kind":"Pod","spec":{"containers":[{"env":[{"name":"TOKEN","value":"x"}]}]}}`)
	f.Fuzz(func(t *testing.T, raw string) {
		var o map[string]any
		if json.Unmarshal([]byte(raw), &o) != nil || o == nil {
			return
		}
		var m secret.Masker
		m.Object(o)
		first, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		m.Object(o)
		if again, _ := json.Marshal(o); string(again) != string(first) {
			t.Errorf("masking twice differs: %s, %s", first, again)
		}
	})
}
