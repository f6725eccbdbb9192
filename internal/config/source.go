package config

import (
	"net/url"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"dsotop/internal/yamlfile"
)

// source reads one instance. Errors that need several keys together are found in check.
func (d *decoder) source(n ast.Node, path, kind string) Source {
	s := Source{Kind: kind, File: d.file}
	if tok := n.GetToken(); tok != nil && tok.Position != nil {
		s.Line = tok.Position.Line
	}
	if values, ok := d.Mapping(n); ok && len(values) > 0 {
		s.Line = values[0].Key.GetToken().Position.Line
	}
	known := map[string]yamlfile.Read{
		"name":     func(n ast.Node, p string) { s.Name = d.Text(n, p) },
		"url":      func(n ast.Node, p string) { s.URL = d.url(n, p) },
		"token":    func(n ast.Node, p string) { s.Auth.Secret = d.secret(n, p) },
		"password": func(n ast.Node, p string) { s.Auth.Secret = d.secret(n, p) },
		"user":     func(n ast.Node, p string) { s.Auth.User = d.Text(n, p) },
		"cookie":   func(n ast.Node, p string) { s.Auth.Scheme, s.Auth.Secret = "cookie", d.secret(n, p) },
		"auth":     func(n ast.Node, p string) { d.auth(n, p, &s.Auth) },
		"tls":      func(n ast.Node, p string) { d.tls(n, p, &s.TLS) },
		"proxy":    func(n ast.Node, p string) { s.Proxy = d.proxy(n, p) },
		"timeout":  func(n ast.Node, p string) { s.Timeout = d.duration(n, p) },
		"rate":     func(n ast.Node, p string) { s.Rate = d.positive(n, p) },
	}
	switch kind {
	case "gitlab":
		known["root"] = func(n ast.Node, p string) { s.Root = strings.Trim(d.Text(n, p), "/") }
		known["forge"] = func(n ast.Node, p string) { s.Forge = d.url(n, p) }
		known["forge_through"] = func(n ast.Node, p string) { s.ForgeBy = d.url(n, p) }
	case "kubernetes":
		known["kubeconfig"] = func(n ast.Node, p string) { s.Kubeconfig = d.Text(n, p) }
		known["context"] = func(n ast.Node, p string) { s.Context = d.Text(n, p) }
		known["namespaces"] = func(n ast.Node, p string) { s.Namespaces = d.Texts(n, p) }
	case "argocd":
		known["discover"] = func(n ast.Node, p string) { s.Discover = d.Bool(n, p) }
	case "alertmanager", "loki", "prometheus":
		known["tenant"] = func(n ast.Node, p string) { d.tenant(n, p, &s.Tenant) }
	}
	before := len(d.mistakes)
	d.Keys(n, path, known)
	s.Auth = completeAuth(kind, s.Auth)
	d.complete(n, path, s, d.mistakes[before:])
	return s
}

// complete checks what one instance needs to be usable. What a mistake already reported left out is not complained of again.
func (d *decoder) complete(n ast.Node, path string, s Source, reported Mistakes) {
	about := func(words ...string) bool {
		return slices.ContainsFunc(reported, func(m Mistake) bool {
			return slices.ContainsFunc(words, func(w string) bool { return m.meant == w || strings.Contains(m.Path, path+"."+w) })
		})
	}
	switch {
	case s.Kind == "kubernetes":
		if s.URL == "" && s.Kubeconfig == "" && s.Context == "" && !about("url", "kubeconfig", "context") {
			d.say(n, path, noKubernetes)
		}
	case s.URL == "" && !s.Discover && !about("url"):
		d.say(n, path, noURL)
	}
	if about("token", "password", "auth", "cookie", "user") {
		return
	}
	switch s.Auth.Scheme {
	case "basic":
		if s.Auth.User == "" && s.Kind != "sonarqube" {
			d.say(n, path, noUser)
		}
		if s.Auth.Secret.IsZero() {
			d.say(n, path, noSecret, "basic", "password")
		}
	case "bearer", "cookie", "header":
		if s.Auth.Secret.IsZero() {
			d.say(n, path, noSecret, s.Auth.Scheme, "token")
		}
	}
}

func (d *decoder) url(n ast.Node, path string) string {
	text := d.Text(n, path)
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		d.say(n, path, badURL)
		return ""
	}
	if u.User != nil {
		d.say(n, path, urlSecret)
		return ""
	}
	return text
}

func (d *decoder) proxy(n ast.Node, path string) string {
	text := d.Text(n, path)
	if text == "none" || text == "" {
		return text
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || !slices.Contains([]string{"http", "https", "socks5"}, u.Scheme) {
		d.say(n, path, badProxy)
		return ""
	}
	if u.User != nil {
		d.say(n, path, proxySecret)
		return ""
	}
	return text
}

var authSchemes = [...]string{"none", "bearer", "basic", "cookie", "header"}

// auth takes a scheme ("auth: bearer") or keys ("auth: {scheme: basic, user: …, password: …}").
func (d *decoder) auth(n ast.Node, path string, a *Auth) {
	if _, ok := d.Mapping(n); !ok {
		a.Scheme = d.Choice(n, path, authSchemes[:]...)
		return
	}
	d.Keys(n, path, map[string]yamlfile.Read{
		"scheme":   func(n ast.Node, p string) { a.Scheme = d.Choice(n, p, authSchemes[:]...) },
		"type":     func(n ast.Node, p string) { a.Scheme = d.Choice(n, p, authSchemes[:]...) },
		"user":     func(n ast.Node, p string) { a.User = d.Text(n, p) },
		"token":    func(n ast.Node, p string) { a.Secret = d.secret(n, p) },
		"password": func(n ast.Node, p string) { a.Secret = d.secret(n, p) },
		"cookie":   func(n ast.Node, p string) { a.Scheme, a.Secret = "cookie", d.secret(n, p) },
		"header":   func(n ast.Node, p string) { a.Header = d.Text(n, p) },
	})
}

func (d *decoder) tls(n ast.Node, path string, t *TLS) {
	d.Keys(n, path, map[string]yamlfile.Read{
		"ca":          func(n ast.Node, p string) { t.CA = d.pem(n, p) },
		"cert":        func(n ast.Node, p string) { t.Cert = d.pem(n, p) },
		"key":         func(n ast.Node, p string) { t.Key = d.pem(n, p) },
		"server_name": func(n ast.Node, p string) { t.ServerName = d.Text(n, p) },
		"insecure":    func(n ast.Node, p string) { t.Insecure = d.Bool(n, p) },
	})
	if (t.Cert == "") != (t.Key == "") {
		d.say(n, path, halfCertificate)
	}
}

// tenant takes an id ("tenant: prod-x", sent as a header) or keys.
func (d *decoder) tenant(n ast.Node, path string, t *Tenant) {
	if _, ok := d.Mapping(n); !ok {
		t.ID = d.Text(n, path)
		t.In = "header"
		if t.ID == "none" || t.ID == "" {
			*t = Tenant{In: "none"}
		}
		return
	}
	d.Keys(n, path, map[string]yamlfile.Read{
		"in": func(n ast.Node, p string) { t.In = d.Choice(n, p, "header", "path", "none") },
		"id": func(n ast.Node, p string) { t.ID = d.Text(n, p) },
	})
	if t.In == "" && t.ID != "" {
		t.In = "header"
	}
	if t.In != "none" && t.In != "" && t.ID == "" {
		d.say(n, path, tenantID)
	}
}
