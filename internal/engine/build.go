package engine

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"

	"dsotop/internal/config"
	"dsotop/internal/sources"
	"dsotop/internal/sources/alertmanager"
	"dsotop/internal/sources/argocd"
	"dsotop/internal/sources/console"
	"dsotop/internal/sources/gitlab"
	"dsotop/internal/sources/harbor"
	"dsotop/internal/sources/kubernetes"
	"dsotop/internal/sources/loki"
	"dsotop/internal/sources/prometheus"
	"dsotop/internal/sources/sonarqube"
	"dsotop/internal/sources/transport"
)

// builders is the list of sources: one line a system.
func builders() map[string]func(config.Source, transport.Options) (sources.Source, error) {
	return map[string]func(config.Source, transport.Options) (sources.Source, error){
		"console": func(c config.Source, t transport.Options) (sources.Source, error) {
			return console.New(console.Options{Name: c.Instance(), Transport: t})
		},
		"gitlab": func(c config.Source, t transport.Options) (sources.Source, error) {
			return gitlab.New(gitlab.Options{Name: c.Instance(), Transport: t, Root: c.Root, Forge: gitlab.Forge{URL: c.Forge, Through: c.ForgeBy}})
		},
		"sonarqube": func(c config.Source, t transport.Options) (sources.Source, error) {
			return sonarqube.New(sonarqube.Options{Name: c.Instance(), Transport: t})
		},
		"harbor": func(c config.Source, t transport.Options) (sources.Source, error) {
			return harbor.New(harbor.Options{Name: c.Instance(), Transport: t})
		},
		"argocd": func(c config.Source, t transport.Options) (sources.Source, error) {
			return argocd.New(argocd.Options{Name: c.Instance(), Transport: t})
		},
		"kubernetes": func(c config.Source, t transport.Options) (sources.Source, error) {
			return kubernetes.New(kubernetes.Options{
				Name: cmp.Or(c.Name, c.Context, "default"), Kubeconfig: c.Kubeconfig, Context: c.Context, Namespaces: c.Namespaces, Server: c.URL, Token: c.Auth.Secret,
				CAFile: c.TLS.CA, CertFile: c.TLS.Cert, KeyFile: c.TLS.Key, Insecure: c.TLS.Insecure, Proxy: c.Proxy, Timeout: c.Timeout, Clock: t.Clock,
			})
		},
		"alertmanager": func(c config.Source, t transport.Options) (sources.Source, error) {
			return alertmanager.New(alertmanager.Options{Name: c.Instance(), Transport: t, Tenancy: tenancy(c)})
		},
		"loki": func(c config.Source, t transport.Options) (sources.Source, error) {
			return loki.New(loki.Options{Name: c.Instance(), Transport: t, Tenancy: tenancy(c)})
		},
		"prometheus": func(c config.Source, t transport.Options) (sources.Source, error) {
			return prometheus.New(prometheus.Options{Name: c.Instance(), Transport: t, Tenancy: tenancy(c)})
		},
	}
}

// build makes every source of a profile. Sources to be discovered are made later, when the console tells the zones.
func build(p config.Profile, o Options) ([]sources.Source, error) {
	var out []sources.Source
	var errs []error
	for _, c := range p.Sources {
		if c.Discover {
			continue
		}
		s, err := one(c, o)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", c.Instance(), err))
			continue
		}
		out = append(out, s)
	}
	return out, errors.Join(errs...)
}

func one(c config.Source, o Options) (sources.Source, error) {
	return builders()[c.Kind](c, transportOptions(c, o))
}

func transportOptions(c config.Source, o Options) transport.Options {
	return transport.Options{
		Name: c.Instance(), URL: c.URL,
		Auth:    transport.Auth{Scheme: scheme(c.Auth.Scheme), Header: c.Auth.Header, User: c.Auth.User, Secret: c.Auth.Secret},
		TLS:     transport.TLS{CAFile: c.TLS.CA, CertFile: c.TLS.Cert, KeyFile: c.TLS.Key, ServerName: c.TLS.ServerName, Insecure: c.TLS.Insecure},
		Proxy:   c.Proxy,
		Timeout: c.Timeout,
		Rate:    c.Rate,
		Header:  http.Header{"User-Agent": {"dsotop/" + o.Version}},
		Log:     o.Log,
		Clock:   o.Clock,
	}
}

func scheme(word string) transport.AuthScheme {
	if word == "none" {
		return transport.AuthNone
	}
	return transport.AuthScheme(word)
}

func tenancy(c config.Source) sources.Tenancy {
	if c.Tenant.In == "none" {
		return sources.Tenancy{}
	}
	return sources.Tenancy{In: sources.TenantPlace(c.Tenant.In), ID: c.Tenant.ID}
}
