package config

import (
	"strings"
	"testing"

	"dsotop/internal/secret"
)

func TestCredentialFromTheEnvironmentAlone(t *testing.T) {
	path := write(t, `profile: p
profiles:
  p:
    console: {url: https://c, token: env:FILE}
    sonarqube: {url: https://s}
    harbor: {url: https://h, user: a, password: env:FILE}
    loki: {url: https://l, cookie: env:FILE}
    argocd:
      - {name: a, url: https://a, token: env:FILE}
      - {name: b, url: https://b, token: env:FILE}
`)
	cfg, err := Load(Flags{Config: path}, variables("DSOTOP_CONSOLE_TOKEN", "v", "DSOTOP_SONARQUBE_TOKEN", "v", "DSOTOP_HARBOR_PASSWORD", "v", "DSOTOP_HARBOR_USER", "b", "DSOTOP_LOKI_TOKEN", "v", "DSOTOP_ARGOCD_TOKEN", "v", "DSOTOP_GITLAB_TOKEN", "v"))
	if err != nil {
		t.Fatal(err)
	}
	from := func(name string) secret.Ref { return secret.Ref{Scheme: "env", Target: name} }
	want := map[string]Auth{
		"console":   {Scheme: "header", Header: "x-dso-token", Secret: from("DSOTOP_CONSOLE_TOKEN")},
		"sonarqube": {Scheme: "bearer", Secret: from("DSOTOP_SONARQUBE_TOKEN")},
		"harbor":    {Scheme: "basic", User: "b", Secret: from("DSOTOP_HARBOR_PASSWORD")},
		"loki":      {Scheme: "cookie", Secret: from("DSOTOP_LOKI_TOKEN")},
		"argocd":    {Scheme: "bearer", Secret: from("FILE")}, // two of them: whose would it be?
	}
	p, _ := cfg.Current()
	if len(p.Sources) != 6 {
		t.Errorf("%d sources", len(p.Sources))
	}
	for _, s := range p.Sources {
		if s.Auth != want[s.Kind] {
			t.Errorf("%s: %+v", s.Kind, s.Auth)
		}
	}
}

func TestThemesAndLanguagesThatDoNotExist(t *testing.T) {
	themes := []string{"auto", "dark"}
	good := write(t, "profiles:\n  p:\n    console: {url: https://c}\n")
	for _, c := range []struct {
		flags Flags
		env   func(string) string
		want  string
	}{
		{Flags{Config: write(t, "theme: neon\nprofiles:\n  p:\n    console: {url: https://c}\n"), Themes: themes}, variables(), ":1:8: theme: unknown value “neon”"},
		{Flags{Config: good, Themes: themes, Theme: "neon"}, variables(), "--theme: unknown value “neon”"},
		{Flags{Config: good, Background: "green"}, variables(), "--background: unknown value “green”; possible values: dark, light"},
		{Flags{Config: good, Background: "dark"}, variables("DSOTOP_BACKGROUND", "green"), ""},
		{Flags{Config: good, Themes: themes}, variables("DSOTOP_THEME", "neon"), "DSOTOP_THEME: unknown value “neon”"},
		{Flags{Config: good, Themes: themes, Theme: "dark"}, variables("DSOTOP_THEME", "neon", "DSOTOP_LANG", "en"), ""},
		{Flags{Config: good}, variables("DSOTOP_THEME", "neon"), ""},
		{Flags{Config: good}, variables("DSOTOP_LANG", "xx"), "DSOTOP_LANG: unknown value “xx”; possible values: fr, en"},
	} {
		_, err := Load(c.flags, c.env)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
}
