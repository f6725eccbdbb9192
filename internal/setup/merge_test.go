package setup_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dsotop/internal/config"
	"dsotop/internal/secret"
	"dsotop/internal/setup"
)

const before = `# Ours. Ask the platform team before changing it.
language: en
profile: team

profiles:
  # the platform
  team:
    # renewed each quarter
    console: {url: https://console.example, token: env:DSO_TOKEN}  # personal
    argocd:
      # production
      - {name: usu, url: https://argocd-usu.example, token: env:ARGOCD_USU_TOKEN}  # zone usuelle
      # public
      - name: pub
        url: "https://argocd-pub.example"   # behind the gateway
        token: env:ARGOCD_PUB_TOKEN
        rate: 2
    harbor:
      url: https://harbor.example # old
      user: someone
      password: env:HARBOR_PASSWORD
    # not yet: loki

  other:
    gitlab: {url: https://gitlab.example, token: env:GITLAB_TOKEN}
# the end
`

// What is there keeps its comments, its other profiles and its shape; only the lines of what changed are written anew.
func TestMerge(t *testing.T) {
	for _, c := range []struct {
		name, profile string
		change        func(*setup.Draft)
		want          []string // lines of the difference
	}{
		{"nothing", "team", func(*setup.Draft) {}, nil},
		{"an address", "", func(d *setup.Draft) { d.Of("console", "").URL = "https://new.example" }, []string{
			"- " + "    console: {url: https://console.example, token: env:DSO_TOKEN}  # personal",
			"+ " + "    console: {url: https://new.example, token: env:DSO_TOKEN}  # personal"}},
		{"one of a list", "team", func(d *setup.Draft) { d.Of("argocd", "pub").TLS.Insecure = true }, []string{
			"-       - name: pub", `-         url: "https://argocd-pub.example"   # behind the gateway`, "-         token: env:ARGOCD_PUB_TOKEN", "-         rate: 2",
			"+       - {name: pub, url: https://argocd-pub.example, token: env:ARGOCD_PUB_TOKEN, tls: {insecure: true}, rate: 2}  # behind the gateway"}},
		{"one less, one more", "team", func(d *setup.Draft) {
			d.Of("argocd", "usu").Name = "dr"
		}, []string{
			"-       - {name: usu, url: https://argocd-usu.example, token: env:ARGOCD_USU_TOKEN}  # zone usuelle",
			"+       - {name: dr, url: https://argocd-usu.example, token: env:ARGOCD_USU_TOKEN}"}},
		{"a kind more, writing", "team", func(d *setup.Draft) {
			d.Write = true
			d.Put(config.Source{Kind: "loki", URL: "https://obs.example", Proxy: "none", Tenant: config.Tenant{In: "path", ID: "auto"}})
		}, []string{"+     write: true", "+     loki: {url: https://obs.example, tenant: {in: path, id: auto}, proxy: none}"}},
		{"a kind less", "team", func(d *setup.Draft) { d.Sources = d.Sources[:1] }, []string{
			"-     argocd:", "-       - {name: usu, url: https://argocd-usu.example, token: env:ARGOCD_USU_TOKEN}  # zone usuelle", "-       - name: pub", `-         url: "https://argocd-pub.example"   # behind the gateway`,
			"-         token: env:ARGOCD_PUB_TOKEN", "-         rate: 2"}},
		{"another profile", "third", func(d *setup.Draft) {
			d.Put(config.Source{Kind: "gitlab", URL: "https://g.example", Auth: config.Auth{Secret: secret.Ref{Scheme: "env", Target: "T"}}})
		}, []string{"+   third:", "+     gitlab: {url: https://g.example, token: env:T}"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "config.yaml")
			if err := os.WriteFile(path, []byte(before), 0o600); err != nil {
				t.Fatal(err)
			}
			x, err := setup.Open(path)
			if err != nil || x.Wrong != nil {
				t.Fatal(err, x.Wrong)
			}
			d := x.Draft(c.profile)
			c.change(d)
			got, err := x.Merge(*d, "en")
			if err != nil {
				t.Fatalf("%v\n%s", err, got)
			}
			diff := strings.Join(setup.Diff([]byte(before), got), "\n")
			for _, line := range c.want {
				if !strings.Contains("\n"+diff+"\n", "\n"+line+"\n") {
					t.Errorf("%q is not in the difference:\n%s", line, diff)
				}
			}
			if (diff == "") != (c.want == nil) {
				t.Errorf("the difference is\n%s", diff)
			}
			for _, said := range []string{"# Ours.", "# the platform", "# renewed each quarter", "# personal", "# production", "# public", "# not yet: loki", "# the end"} {
				if c.name != "a kind less" && !strings.Contains(string(got), said) {
					t.Errorf("%q is lost:\n%s", said, got)
				}
			}
			if list, _ := os.ReadDir(filepath.Dir(path)); len(list) != 1 {
				t.Errorf("left behind: %v", list)
			}
		})
	}
}

// A file that is not written a key a line, or has mistakes, is left alone: what is new goes beside it.
func TestMergeGivesUp(t *testing.T) {
	for name, text := range map[string]string{
		"flow":     "profiles: {p: {gitlab: {url: https://g.example, token: env:T}}}\n",
		"mistakes": "profiles:\n  p:\n    gitlab: {url: nowhere}\n",
		"broken":   "profiles: [\n",
		"empty":    "\n",
		"anchors":  "profiles:\n  p: &p\n    gitlab: {url: https://g.example, token: env:T}\n  q:\n    <<: *p\n    write: true\n",
	} {
		path := filepath.Join(t.TempDir(), "config.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		x, err := setup.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		d := x.Draft("p")
		d.Put(config.Source{Kind: "gitlab", URL: "https://other.example", Auth: config.Auth{Secret: secret.Ref{Scheme: "env", Target: "T"}}})
		if got, err := x.Merge(*d, "en"); !errors.Is(err, setup.ErrMerge) {
			t.Errorf("%s: %v\n%s", name, err, got)
		}
		if data, _ := os.ReadFile(path); string(data) != text {
			t.Errorf("%s: the file changed", name)
		}
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "config.yaml")
	for _, want := range []string{"config.new.yaml", "config.new-2.yaml"} {
		got := setup.Beside(path)
		if filepath.Base(got) != want {
			t.Errorf("beside is %s, want %s", got, want)
		}
		if err := setup.Write(got, nil, false); err != nil {
			t.Fatal(err)
		}
	}
	if x, err := setup.Open(path); x != nil || err != nil {
		t.Errorf("no file gives %v, %v", x, err)
	}
}

// Whatever the file is, merging either gives what the draft says or gives up; nothing is written.
func FuzzMerge(f *testing.F) {
	f.Add(before)
	f.Add("profiles:\n  team:\n    console: {url: https://c.example,\n      token: env:T}\n    loki: {url: https://l.example} # '\n")
	f.Add("profiles:\n    team:\n        argocd:\n        - {name: a, url: https://a.example, token: env:T}\n        - {name: b,\n           url: https://b.example, token: env:T}\n")
	f.Fuzz(func(t *testing.T, text string) {
		path := filepath.Join(t.TempDir(), "config.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		x, err := setup.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		d := x.Draft("team")
		d.Put(config.Source{Kind: "harbor", URL: "https://h.example"})
		got, err := x.Merge(*d, "fr")
		if err != nil {
			return
		}
		if !strings.Contains(string(got), "https://h.example") {
			t.Errorf("lost:\n%s", got)
		}
	})
}

// What a source may say is written and reads back.
func TestEveryKeyReadsBack(t *testing.T) {
	ref := secret.Ref{Scheme: "env", Target: "T"}
	d := setup.Draft{Profile: "p", Write: true}
	for _, s := range []config.Source{
		{Kind: "console", URL: "https://c.example", Auth: config.Auth{Scheme: "cookie", Header: "sid", Secret: ref}, Proxy: "socks5://proxy.example:1080"},
		{Kind: "gitlab", URL: "https://g.example", Auth: config.Auth{Scheme: "header", Header: "X-Token", Secret: ref}, Root: "forge/projects", Forge: "https://forge.example", ForgeBy: "https://through.example", Rate: 2.5},
		{Kind: "sonarqube", URL: "https://s.example", Auth: config.Auth{Scheme: "basic", Secret: ref}},
		{Kind: "harbor", URL: "https://h.example", Auth: config.Auth{User: "someone", Secret: ref}, Timeout: 90e9, TLS: config.TLS{ServerName: "h", Insecure: true}},
		{Kind: "argocd", Discover: true, Auth: config.Auth{Secret: ref}},
		{Kind: "kubernetes", Name: "k", Context: "k", Namespaces: []string{"a", "b: c"}},
		{Kind: "loki", URL: "https://l.example", Tenant: config.Tenant{In: "header", ID: "x"}},
		{Kind: "prometheus", URL: "https://p.example", Tenant: config.Tenant{In: "none"}},
	} {
		d.Put(s)
	}
	path := filepath.Join(t.TempDir(), "config.yaml")
	if err := setup.Write(path, d.Render("en"), false); err != nil {
		t.Fatal(err)
	}
	x, err := setup.Open(path)
	if err != nil || x.Wrong != nil {
		t.Fatalf("%v %v\n%s", err, x.Wrong, d.Render("en"))
	}
	got, err := x.Merge(d, "en")
	if err != nil || string(got) != string(x.Data) {
		t.Errorf("%v: what is written reads otherwise:\n%s\nwritten:\n%s", err, strings.Join(setup.Diff(x.Data, got), "\n"), d.Render("en"))
	}
}
