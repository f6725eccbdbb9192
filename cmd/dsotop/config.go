package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"

	"dsotop/internal/config"
)

func environment(name string) string { return os.Getenv(name) }

// load reads the configuration in force and its profile.
func (p *program) load() (*config.Config, config.Profile, error) {
	cfg, err := config.Load(p.opts.Flags, p.env)
	if cfg != nil && p.opts.Language == "" && cfg.Language != "" {
		p.lang = lang(cfg.Language)
	}
	if errors.Is(err, config.ErrNone) {
		path, _ := config.Place("", p.env)
		return nil, config.Profile{}, usage("%s", p.lang.of("aucune configuration ("+path+" n'existe pas). « dsotop demo » montre le programme sans rien configurer ; « dsotop init » en écrit une.",
			"no configuration ("+path+" does not exist). “dsotop demo” shows the program without any; “dsotop init” writes one."))
	}
	if err != nil {
		p.themeProblems() // the theme asked for may be one of those that could not be read
		return nil, config.Profile{}, exit{exitUsage, err}
	}
	profile, _ := cfg.Current()
	return cfg, profile, nil
}

func (p *program) configCommand() *cobra.Command {
	t := p.lang.of
	cmd := &cobra.Command{Use: "config", Short: t("Vérifier ou montrer la configuration", "Check or show the configuration"), Args: noArgs(p.lang),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	cmd.AddCommand(
		&cobra.Command{Use: "check", Short: t("Toutes les erreurs à la fois, avec leur ligne", "Every mistake at once, with its line"), Args: noArgs(p.lang), RunE: func(*cobra.Command, []string) error { return p.configCheck() }},
		&cobra.Command{Use: "show", Short: t("La configuration en vigueur, secrets masqués", "The configuration in force, secrets masked"), Args: noArgs(p.lang), RunE: func(*cobra.Command, []string) error { return p.configShow() }},
	)
	return cmd
}

func (p *program) configCheck() error {
	cfg, profile, err := p.load()
	if err != nil {
		return err
	}
	var missing config.Mistakes
	for _, one := range cfg.Profiles {
		missing = append(missing, config.SecretMistakes(one, p.env)...)
	}
	missing = append(missing, cfg.KeyMistakes(p.opts.Keys)...)
	wrong := p.themeProblems()
	if err := missing.Err(); err != nil {
		return exit{exitUsage, err}
	}
	if wrong {
		return exit{Code: exitUsage}
	}
	kinds := make([]string, 0, len(profile.Sources))
	for _, s := range profile.Sources {
		kinds = append(kinds, s.Instance())
	}
	where := cfg.File
	if where == "" {
		where = p.lang.of("variables DSOTOP_*", "DSOTOP_* variables")
	}
	_, err = fmt.Fprintln(p.out, p.lang.of(fmt.Sprintf("%s : correct. Profil %s : %s.", where, profile.Name, strings.Join(kinds, ", ")), fmt.Sprintf("%s: correct. Profile %s: %s.", where, profile.Name, strings.Join(kinds, ", "))))
	return err
}

// configShow prints references, never what they stand for.
func (p *program) configShow() error {
	cfg, profile, err := p.load()
	if err != nil {
		return err
	}
	shown := yaml.MapSlice{}
	add := func(to *yaml.MapSlice, key string, value any, when bool) {
		if when {
			*to = append(*to, yaml.MapItem{Key: key, Value: value})
		}
	}
	for _, kind := range config.Kinds() {
		var list []yaml.MapSlice
		for _, s := range profile.Of(kind) {
			one := yaml.MapSlice{}
			add(&one, "name", s.Name, s.Name != "")
			add(&one, "url", s.URL, s.URL != "")
			add(&one, "discover", true, s.Discover)
			add(&one, "root", s.Root, s.Root != "")
			add(&one, "kubeconfig", s.Kubeconfig, s.Kubeconfig != "")
			add(&one, "context", s.Context, s.Context != "")
			add(&one, "namespaces", s.Namespaces, len(s.Namespaces) > 0)
			auth := yaml.MapSlice{{Key: "scheme", Value: s.Auth.Scheme}}
			add(&auth, "header", s.Auth.Header, s.Auth.Header != "")
			add(&auth, "user", s.Auth.User, s.Auth.User != "")
			add(&auth, "token", s.Auth.Secret.String(), !s.Auth.Secret.IsZero())
			add(&one, "auth", auth, kind != "kubernetes" || !s.Auth.Secret.IsZero())
			add(&one, "tenant", yaml.MapSlice{{Key: "in", Value: s.Tenant.In}, {Key: "id", Value: s.Tenant.ID}}, s.Tenant.In != "" && s.Tenant.In != "none")
			tls := yaml.MapSlice{}
			add(&tls, "ca", s.TLS.CA, s.TLS.CA != "")
			add(&tls, "cert", s.TLS.Cert, s.TLS.Cert != "")
			add(&tls, "key", s.TLS.Key, s.TLS.Key != "")
			add(&tls, "server_name", s.TLS.ServerName, s.TLS.ServerName != "")
			add(&tls, "insecure", true, s.TLS.Insecure)
			add(&one, "tls", tls, len(tls) > 0)
			add(&one, "proxy", s.Proxy, s.Proxy != "")
			add(&one, "timeout", s.Timeout.String(), s.Timeout > 0)
			add(&one, "rate", s.Rate, s.Rate > 0)
			list = append(list, one)
		}
		if len(list) == 1 {
			add(&shown, kind, list[0], true)
		} else {
			add(&shown, kind, list, len(list) > 0)
		}
	}
	add(&shown, "grafana", profile.Grafana, profile.Grafana != "")
	add(&shown, "onboarding", yaml.MapSlice{{Key: "folder", Value: profile.Onboarding}}, profile.Onboarding != "")
	all := yaml.MapSlice{}
	add(&all, "profile", cfg.Profile, true)
	add(&all, "language", cfg.Language, cfg.Language != "")
	add(&all, "theme", cfg.Theme, cfg.Theme != "")
	add(&all, "background", cfg.Background, cfg.Background != "")
	add(&all, "ascii", true, cfg.ASCII)
	add(&all, "cache", false, cfg.NoCache)
	bound := yaml.MapSlice{}
	for _, b := range cfg.Keys {
		bound = append(bound, yaml.MapItem{Key: b.ID, Value: b.Keys})
	}
	add(&all, "keys", bound, len(bound) > 0)
	add(&all, "profiles", yaml.MapSlice{{Key: profile.Name, Value: shown}}, true)
	return document(p.out, "yaml", all)
}
