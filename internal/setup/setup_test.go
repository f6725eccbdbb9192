package setup_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dsotop/internal/config"
	"dsotop/internal/platform"
	"dsotop/internal/secret"
	"dsotop/internal/setup"
)

// person answers questions by what is in them; what is not foreseen gets the preset.
type person struct {
	t       *testing.T
	answers map[string][]string // part of a question → answers, one after the other
	asked   []string
	told    []string
	refused []string
}

func (p *person) Say(text string) { p.told = append(p.told, text) }

func (p *person) Ask(question, preset string, why func(string) string) (string, error) {
	for range 10 {
		answer := preset
		for part, list := range p.answers {
			if strings.Contains(question, part) && len(list) > 0 {
				answer, p.answers[part] = list[0], list[1:]
				break
			}
		}
		if answer == "EOF" {
			return "", io.EOF
		}
		if why == nil || why(answer) == "" {
			p.asked = append(p.asked, question)
			return answer, nil
		}
		p.refused = append(p.refused, why(answer))
	}
	p.t.Fatalf("no right answer to %q", question)
	return "", nil
}

func outline() setup.Outline {
	return setup.Outline{
		Zones:    []platform.Zone{{Slug: "usu", ArgoURL: "https://argocd-usu.example/"}, {Slug: "pub", ArgoURL: "https://argocd-pub.example"}, {Slug: "none"}},
		Clusters: []platform.Cluster{{Label: "mi-prod-1"}, {Label: "mi-hp-1"}, {Label: "cloud-3"}},
		Links:    map[string]string{"gitlab": "https://gitlab.example", "harbor": "https://harbor.example"}, Root: "forge/projects",
	}
}

func interview(p *person, fails map[string]int) (setup.Interview, *[]string) {
	probed := &[]string{}
	return setup.Interview{Asker: p, Lang: "en", Kubeconfig: "/home/someone/.kube/config", Contexts: []string{"mi-prod-1", "other", "mi-hp-1"},
		Probe: func(_ context.Context, s config.Source) setup.Outcome {
			*probed = append(*probed, s.Instance())
			fails[s.Instance()]--
			if fails[s.Instance()] < 0 {
				return setup.Fine
			}
			return setup.Refused
		},
		Outline: func(context.Context, config.Source) (setup.Outline, error) { return outline(), nil }}, probed
}

// From a console follow zones, clusters and addresses; each answer is tested; what is written is a configuration.
func TestInterview(t *testing.T) {
	p := &person{t: t, answers: map[string][]string{"Console: address": {"https://console.example/"}, "Harbor: user": {"someone"}, "Loki: address": {"https://obs.example"}}}
	v, probed := interview(p, map[string]int{})
	d := &setup.Draft{Profile: "team"}
	if err := v.Run(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(*probed, " "), "console gitlab harbor argocd/pub argocd/usu kubernetes/mi-prod-1 kubernetes/mi-hp-1 loki"; got != want {
		t.Errorf("tested %s, want %s", got, want)
	}
	want := `profile: team
profiles:
  team:
    console: {url: https://console.example, token: env:DSO_TOKEN}
    gitlab: {url: https://gitlab.example, token: env:GITLAB_TOKEN, root: forge/projects}
    harbor: {url: https://harbor.example, user: someone, password: env:HARBOR_PASSWORD}
    argocd:
      - {name: pub, url: https://argocd-pub.example, token: env:ARGOCD_PUB_TOKEN}
      - {name: usu, url: https://argocd-usu.example, token: env:ARGOCD_USU_TOKEN}
    kubernetes:
      - {name: mi-prod-1, kubeconfig: /home/someone/.kube/config, context: mi-prod-1}
      - {name: mi-hp-1, kubeconfig: /home/someone/.kube/config, context: mi-hp-1}
    #   - {name: cloud-3, kubeconfig: ~/.kube/config, context: cloud-3}  # cluster of the console, no context of that name
    loki: {url: https://obs.example, token: env:OBS_TOKEN, tenant: {in: path, id: auto}}
`
	got := string(d.Render("en"))
	if _, body, _ := strings.Cut(got, "\nprofile:"); "profile:"+body != want {
		t.Errorf("written:\n%s\nwant:\n%s", got, want)
	}
	if err := d.Check(); err != nil {
		t.Error(err)
	}
}

// A system that does not answer is tried again, changed, kept or left out; a secret typed where a reference is asked is refused and not kept.
func TestWhatCanGoWrong(t *testing.T) {
	const canary = "glpat-CANARY1234567890"
	for _, c := range []struct {
		name    string
		answers []string
		fails   int
		there   bool
	}{
		{"fine", nil, 0, true},
		{"again", []string{"r", "r"}, 2, true},
		{"changed", []string{"c"}, 1, true},
		{"kept", []string{"k"}, 5, true},
		{"left out", []string{"l"}, 5, false},
		{"another letter", []string{"z", "l"}, 5, false},
	} {
		p := &person{t: t, answers: map[string][]string{"GitLab: address": {"ftp://x", "https://me:pass@gitlab.example", "https://gitlab.example"}, "GitLab: where": {canary, "", "file:/run/token"}, "(r)etry": c.answers}}
		v, _ := interview(p, map[string]int{"gitlab": c.fails})
		v.Contexts = nil
		d := &setup.Draft{Profile: "p"}
		if err := v.Run(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		s := d.Of("gitlab", "")
		if (s != nil) != c.there {
			t.Errorf("%s: there is %v", c.name, s)
		}
		if s != nil && s.Auth.Secret != (secret.Ref{Scheme: "file", Target: "/run/token"}) {
			t.Errorf("%s: the reference is %s", c.name, s.Auth.Secret)
		}
		if all := strings.Join(append(append(p.told, p.refused...), string(d.Render("fr"))), "\n"); strings.Contains(all, canary) || strings.Contains(all, "me:pass") {
			t.Errorf("%s: a secret is repeated: %s", c.name, all)
		}
		if len(p.refused) < 3 {
			t.Errorf("%s: refused only %v", c.name, p.refused)
		}
	}
	p := &person{t: t, answers: map[string][]string{"SonarQube": {"EOF"}}}
	v, _ := interview(p, map[string]int{})
	if err := v.Run(t.Context(), &setup.Draft{}); !errors.Is(err, io.EOF) {
		t.Errorf("the end of the input gives %v", err)
	}
	if err := (setup.Draft{Profile: "p"}).Check(); !errors.Is(err, setup.ErrNothing) {
		t.Errorf("an empty draft gives %v", err)
	}
}

// Whatever names and paths are, what is written reads back as the same configuration.
func TestRenderReadsBack(t *testing.T) {
	dir := t.TempDir()
	kube := filepath.Join(dir, "kube config: é")
	if err := os.WriteFile(kube, []byte("contexts:\n- name: \"a: b\"\n- {name: '1e3'}\n- {}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	contexts := setup.Contexts(kube)
	if len(contexts) != 2 {
		t.Fatalf("contexts are %v", contexts)
	}
	d := setup.Draft{Profile: "a #b", Language: "fr", Missing: []string{"x y"}}
	d.Put(config.Source{Kind: "loki", URL: "https://obs.example/a,b", Auth: config.Auth{Secret: secret.Ref{Scheme: "exec", Target: "pass show 'obs {x}' # y"}}, Tenant: config.Tenant{In: "header", ID: "auto"}})
	for _, name := range contexts {
		d.Put(config.Source{Kind: "kubernetes", Name: name, Kubeconfig: kube, Context: name})
	}
	path := filepath.Join(dir, "sub", "config.yaml")
	if err := setup.Write(path, d.Render("fr"), false); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(config.Flags{Config: path}, func(string) string { return "" })
	if err != nil {
		t.Fatalf("%v\n%s", err, d.Render("fr"))
	}
	p, _ := cfg.Current()
	if cfg.Profile != "a #b" || cfg.Language != "fr" || len(p.Of("kubernetes")) != 2 || p.Of("kubernetes")[0].Name != "a: b" || p.Of("kubernetes")[1].Context != "1e3" || p.Of("loki")[0].Auth.Secret.Target != "pass show 'obs {x}' # y" {
		t.Errorf("read back %+v", cfg)
	}
}

func TestWriteReplacesOnlyWhenAsked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "config.yaml")
	if err := setup.Write(path, []byte("one"), false); err != nil {
		t.Fatal(err)
	}
	if err := setup.Write(path, []byte("two"), false); !errors.Is(err, setup.ErrExists) {
		t.Errorf("a file that is there gives %v", err)
	}
	if data, _ := os.ReadFile(path); string(data) != "one" {
		t.Errorf("it is now %q", data)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := setup.Write(path, []byte("three"), true); err != nil {
		t.Fatal(err)
	}
	st, err := os.Stat(path)
	if data, _ := os.ReadFile(path); err != nil || string(data) != "three" || st.Mode().Perm() != 0o600 {
		t.Errorf("%q, mode %v, %v", data, st.Mode(), err)
	}
	if list, _ := os.ReadDir(filepath.Dir(path)); len(list) != 1 {
		t.Errorf("left behind: %v", list)
	}
}

// A certificate that is not trusted leads to the question of the authority, a connection that fails to the one of the proxy; what was answered is
// offered for the next system. Read-only is what stands unless somebody says yes.
func TestTheWayThere(t *testing.T) {
	dir := t.TempDir()
	ca, empty := filepath.Join(dir, "ca.pem"), filepath.Join(dir, "empty.pem")
	if err := os.WriteFile(ca, []byte(authority), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(empty, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	const at = "http://proxy.example:3128"
	for _, c := range []struct {
		name    string
		proxy   string // of the environment
		answers map[string][]string
		probe   func(s config.Source) setup.Outcome
		want    []string // lines of the file
		refused int
		told    string
		not     string // is neither written nor said
	}{
		{"nothing special", "", nil, func(config.Source) setup.Outcome { return setup.Fine }, []string{"console: {url: https://console.example, token: env:DSO_TOKEN}", "gitlab: {url: https://gitlab.example, token: env:GITLAB_TOKEN, root: forge/projects}"}, 0, "Read-only", "write: true"},
		{"an authority found out", "", map[string][]string{"Console: certificate authority": {"/nowhere.pem", empty, ca}}, func(s config.Source) setup.Outcome {
			if s.TLS.CA == "" {
				return setup.Untrusted
			}
			return setup.Fine
		}, []string{"console: {url: https://console.example, token: env:DSO_TOKEN, tls: {ca: " + ca + "}}", "root: forge/projects, tls: {ca: " + ca + "}}"}, 2, "not trusted", "write: true"},
		{"a proxy found out", "", map[string][]string{"Console: proxy": {"ftp://x", "http://me:pass@proxy", at}}, func(s config.Source) setup.Outcome {
			if s.Proxy == "" {
				return setup.Unreached
			}
			return setup.Fine
		}, []string{"console: {url: https://console.example, token: env:DSO_TOKEN, proxy: \"" + at + "\"}"}, 2, "", "me:pass"},
		{"the environment's proxy", "http://proxy.example:3128", nil, func(config.Source) setup.Outcome { return setup.Fine }, []string{"token: env:DSO_TOKEN, proxy: \"" + at + "\"}"}, 0, at, ""},
		{"the environment's proxy with a credential", "http://me:CANARY@proxy.example:3128", nil, func(config.Source) setup.Outcome { return setup.Fine }, []string{"token: env:DSO_TOKEN}"}, 0, "with a credential", "CANARY"},
		{"no proxy in spite of the environment", "proxy.example:3128", map[string][]string{"Proxy of every": {"none"}}, func(config.Source) setup.Outcome { return setup.Fine }, []string{"token: env:DSO_TOKEN, proxy: none}"}, 0, "", ""},
		{"writing", "", map[string][]string{"Allow to act": {"perhaps", "y"}}, func(config.Source) setup.Outcome { return setup.Fine }, []string{"write: true"}, 1, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := &person{t: t, answers: map[string][]string{"Console: address": {"https://console.example"}}}
			for k, v := range c.answers {
				p.answers[k] = v
			}
			v, _ := interview(p, map[string]int{})
			v.Probe, v.Proxy, v.Contexts = func(_ context.Context, s config.Source) setup.Outcome { return c.probe(s) }, c.proxy, nil
			d := &setup.Draft{Profile: "p"}
			if err := v.Run(t.Context(), d); err != nil {
				t.Fatal(err)
			}
			got := strings.ReplaceAll(string(d.Render("en")), `proxy: `+at, `proxy: "`+at+`"`)
			for _, line := range c.want {
				if !strings.Contains(got, line) {
					t.Errorf("%s is not in\n%s", line, got)
				}
			}
			all := strings.Join(append(append(append([]string{}, p.told...), p.refused...), p.asked...), "\n")
			if len(p.refused) != c.refused || !strings.Contains(all, c.told) {
				t.Errorf("refused %v, told\n%s", p.refused, all)
			}
			if _, body, _ := strings.Cut(got, "\n"); c.not != "" && (strings.Contains(body, c.not) || (c.not != "write: true" && strings.Contains(all, c.not))) {
				t.Errorf("%q is in\n%s\n%s", c.not, got, all)
			}
			if err := d.Check(); err != nil {
				t.Error(err)
			}
		})
	}
}

// What is configured in ways that are not asked for stays: one Argo CD for every zone, clusters by address, several of a kind.
func TestWhatIsNotAskedForStays(t *testing.T) {
	d := &setup.Draft{Profile: "p"}
	ref := secret.Ref{Scheme: "env", Target: "T"}
	for _, s := range []config.Source{
		{Kind: "argocd", Discover: true, Auth: config.Auth{Secret: ref}}, {Kind: "kubernetes", Name: "far", URL: "https://far.example"}, {Kind: "kubernetes", Name: "prod", Context: "mi-prod-1", Namespaces: []string{"a"}},
		{Kind: "loki", Name: "a", URL: "https://a.example", Rate: 3}, {Kind: "loki", Name: "b", URL: "https://b.example"},
	} {
		d.Put(config.Complete(s))
	}
	want := string(d.Render("en"))
	p := &person{t: t}
	v, _ := interview(p, map[string]int{})
	// What stands for no secret is the usual reference, for no tenant the usual one.
	p.answers = map[string][]string{"Loki a: where": {"-"}, "Loki b: where": {"-"}, "Loki a: tenant": {"none"}, "Loki b: tenant": {"none"}}
	if err := v.Run(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	if got := string(d.Render("en")); got != want {
		t.Errorf("%s", strings.Join(setup.Diff([]byte(want), []byte(got)), "\n"))
	}
}

// authority is a certificate of nobody's.
const authority = `-----BEGIN CERTIFICATE-----
MIIBczCCARmgAwIBAgIULYJPVNI2njaVVuNcBd5A3bGWwR0wCgYIKoZIzj0EAwIw
DzENMAsGA1UEAwwEdGVzdDAeFw0yNjExMjIwOTAxMzdaFw0zNjExMTkwOTAxMzda
MA8xDTALBgNVBAMMBHRlc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATibQcR
G42KxzpgtSQGGuy2OR0ie+yAdQgFUDpKF/pGgL7NxbC4fUD8LCUEz/YeQDCWjrDM
D80YZE5kgZ2X9hFoo1MwUTAdBgNVHQ4EFgQUhnMgNmYlIzcBwdpa7VGha0AsqWQw
HwYDVR0jBBgwFoAUhnMgNmYlIzcBwdpa7VGha0AsqWQwDwYDVR0TAQH/BAUwAwEB
/zAKBggqhkjOPQQDAgNIADBFAiBbQRgwujcA9kDUPuoXSnP84u/HP2XjlECQBz7F
/wvByQIhANo0PHpY1Grc3fMPTFHfPh2gB3BwnPXiozqW0XwwZrMk
-----END CERTIFICATE-----
`
