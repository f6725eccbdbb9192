package setup

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"

	"dsotop/internal/config"
)

// Render writes the configuration as a person would: one line a source, references only.
func (d Draft) Render(lang string) []byte {
	say := func(fr, en string) string {
		if lang == "fr" {
			return fr
		}
		return en
	}
	var b bytes.Buffer
	fmt.Fprintln(&b, "# "+say("Configuration de dsotop, écrite par « dsotop init ». Les secrets restent où ils sont : env:NOM, file:CHEMIN ou exec:COMMANDE.", "Configuration of dsotop, written by “dsotop init”. Secrets stay where they are: env:NAME, file:PATH or exec:COMMAND."))
	fmt.Fprintln(&b, "# "+say("« dsotop config check » la vérifie, « dsotop doctor » dit ce qu'elle atteint ; docs/configuration.md nomme toutes les clés.", "“dsotop config check” checks it, “dsotop doctor” tells what it reaches; docs/configuration.md names every key."))
	if d.Language != "" {
		fmt.Fprintf(&b, "language: %s\n", d.Language)
	}
	fmt.Fprintf(&b, "profile: %s\nprofiles:\n  %s:\n", scalar(d.Profile), scalar(d.Profile))
	if d.Write {
		fmt.Fprintln(&b, "    write: true  # "+say("les actions peuvent être faites, chacune après confirmation", "deeds may be done, each after a confirmation"))
	}
	for _, kind := range config.Kinds() {
		b.WriteString(d.entry(kind, lang))
	}
	if d.Grafana != "" {
		fmt.Fprintf(&b, "    grafana: %s  # %s\n", scalar(d.Grafana), say("pour « o » seulement, jamais appelé", "for “o” only, never called"))
	}
	return b.Bytes()
}

// entry is the lines of one kind of source in a profile, four spaces in; "" when there is none.
func (d Draft) entry(kind, lang string) string {
	var b strings.Builder
	var list []config.Source
	for _, s := range d.Sources {
		if s.Kind == kind {
			list = append(list, s)
		}
	}
	var missing []string
	if kind == "kubernetes" {
		missing = d.Missing
	}
	switch {
	case len(list) == 1 && list[0].Name == "" && len(missing) == 0:
		fmt.Fprintf(&b, "    %s: %s\n", kind, flow(list[0]))
	case len(list) > 0:
		fmt.Fprintf(&b, "    %s:\n", kind)
		for _, s := range list {
			fmt.Fprintf(&b, "      - %s\n", flow(s))
		}
	case len(missing) > 0:
		fmt.Fprintf(&b, "    # %s:\n", kind)
	}
	note := "cluster of the console, no context of that name"
	if lang == "fr" {
		note = "cluster de la console, sans contexte de ce nom"
	}
	for _, name := range missing {
		fmt.Fprintf(&b, "    #   - {name: %s, kubeconfig: ~/.kube/config, context: %s}  # %s\n", scalar(name), scalar(name), note)
	}
	return b.String()
}

// flow is a source on one line: everything that differs from what reading it supposes.
func flow(s config.Source) string {
	var parts []string
	add := func(key, value string) {
		if value != "" {
			parts = append(parts, key+": "+scalar(value))
		}
	}
	add("name", s.Name)
	add("url", s.URL)
	if s.Discover {
		parts = append(parts, "discover: true")
	}
	add("kubeconfig", s.Kubeconfig)
	add("context", s.Context)
	if len(s.Namespaces) > 0 {
		parts = append(parts, "namespaces: "+list(s.Namespaces))
	}
	parts = append(parts, credential(s)...)
	add("root", s.Root)
	add("forge", s.Forge)
	add("forge_through", s.ForgeBy)
	switch s.Tenant.In {
	case "header", "path":
		parts = append(parts, fmt.Sprintf("tenant: {in: %s, id: %s}", s.Tenant.In, scalar(s.Tenant.ID)))
	case "none":
		parts = append(parts, "tenant: none")
	}
	if s.TLS != (config.TLS{}) {
		parts = append(parts, "tls: "+tls(s.TLS))
	}
	add("proxy", s.Proxy)
	if s.Timeout > 0 {
		parts = append(parts, "timeout: "+s.Timeout.String())
	}
	if s.Rate > 0 {
		parts = append(parts, "rate: "+strconv.FormatFloat(s.Rate, 'g', -1, 64))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// credential is how a source presents itself: its secret alone where the kind says the rest.
func credential(s config.Source) []string {
	usual := s
	usual.Auth = config.Auth{User: s.Auth.User, Secret: s.Auth.Secret}
	as := config.Complete(usual).Auth
	key := "token"
	if s.Auth.User != "" || s.Kind == "harbor" || s.Auth.Scheme == "basic" {
		key = "password"
	}
	var parts []string
	if s.Auth.Scheme != "" && s.Auth != as {
		parts = append(parts, "scheme: "+s.Auth.Scheme)
		if s.Auth.Header != "" {
			parts = append(parts, "header: "+scalar(s.Auth.Header))
		}
	}
	if s.Auth.User != "" {
		parts = append(parts, "user: "+scalar(s.Auth.User))
	}
	if !s.Auth.Secret.IsZero() {
		parts = append(parts, key+": "+scalar(s.Auth.Secret.String()))
	}
	if s.Auth.Scheme != "" && s.Auth != as {
		return []string{"auth: {" + strings.Join(parts, ", ") + "}"}
	}
	return parts
}

func tls(t config.TLS) string {
	var parts []string
	for _, p := range [][2]string{{"ca", t.CA}, {"cert", t.Cert}, {"key", t.Key}, {"server_name", t.ServerName}} {
		if p[1] != "" {
			parts = append(parts, p[0]+": "+scalar(p[1]))
		}
	}
	if t.Insecure {
		parts = append(parts, "insecure: true")
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func list(texts []string) string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = scalar(t)
	}
	return "[" + strings.Join(out, ", ") + "]"
}

// scalar quotes a text that YAML would read as something else, inside braces or not.
func scalar(text string) string {
	if plainText.MatchString(text) && !strings.HasSuffix(text, ":") && !strings.Contains(text, ": ") {
		switch strings.ToLower(text) {
		case "true", "false", "null", "yes", "no", "on", "off", "~":
		default:
			if _, err := strconv.ParseFloat(text, 64); err != nil {
				return text
			}
		}
	}
	return strconv.Quote(text)
}

//nolint:gochecknoglobals // compiled once, never changed
var plainText = regexp.MustCompile(`^[\pL\pN/~_][\pL\pN/~_.:@+=$-]*$`)

// ErrExists is returned by Write for a file that is there and was not to be replaced.
var ErrExists = errors.New("the file exists") //nolint:gochecknoglobals // a value to compare with

// Write puts the file in its place, readable by its owner only. A file that is there is left alone unless replace is set; then the new one takes
// its place at once, whole.
func Write(path string, data []byte, replace bool) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if !replace {
		f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if errors.Is(err, fs.ErrExist) {
			return ErrExists
		}
		if err != nil {
			return err
		}
		_, err = f.Write(data)
		return errors.Join(err, f.Close())
	}
	f, err := os.CreateTemp(dir, ".config-*") // 0600
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}

// Contexts lists the contexts of a kubeconfig file, in its order; none when it cannot be read.
func Contexts(path string) []string {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	var file struct {
		Contexts []struct {
			Name string `yaml:"name"`
		} `yaml:"contexts"`
	}
	if yaml.Unmarshal(data, &file) != nil {
		return nil
	}
	var out []string
	for _, c := range file.Contexts {
		if c.Name != "" {
			out = append(out, c.Name)
		}
	}
	return out
}
