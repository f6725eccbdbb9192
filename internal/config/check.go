package config

import (
	"crypto/x509"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// pem reads a path, makes it absolute from the configuration's folder and checks that it can be read; a PEM certificate is
// looked for in everything but keys.
func (d *decoder) pem(n ast.Node, path string) string {
	p := d.absolute(d.Text(n, path))
	data, err := os.ReadFile(p)
	switch {
	case err != nil:
		d.say(n, path, missingFile, p, reason(err))
	case !strings.HasSuffix(path, ".key") && !x509.NewCertPool().AppendCertsFromPEM(data):
		d.say(n, path, badCertificate, p)
	}
	return p
}

func (d *decoder) absolute(p string) string {
	if rest, ok := strings.CutPrefix(p, "~/"); ok {
		if home, err := os.UserHomeDir(); err == nil {
			return filepath.Join(home, rest)
		}
	}
	if p == "" || filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(filepath.Dir(d.file), p)
}

// check looks at what concerns the whole configuration.
func (d *decoder) check(cfg *Config) {
	if d.broken {
		return
	}
	if len(cfg.Profiles) == 0 {
		if !slices.ContainsFunc(d.mistakes, func(m Mistake) bool { return strings.HasPrefix(m.Path, "profiles") }) {
			d.mistakes = append(d.mistakes, Mistake{File: d.file, code: noProfiles})
		}
		return
	}
	names := make([]string, len(cfg.Profiles))
	for i, p := range cfg.Profiles {
		names[i] = p.Name
		path := "profiles." + p.Name
		if len(p.Sources) == 0 && !slices.ContainsFunc(d.mistakes, func(m Mistake) bool { return strings.HasPrefix(m.Path, path) }) {
			d.mistakes = append(d.mistakes, Mistake{File: d.file, Line: p.Line, Path: path, code: emptyProfile})
		}
		for j, s := range p.Sources {
			if s.Discover && len(p.Of("console")) == 0 {
				d.mistakes = append(d.mistakes, Mistake{File: d.file, Line: s.Line, Path: path + ".argocd", code: discoverNeedsConsole})
			}
			cfg.Profiles[i].Sources[j].Kubeconfig = d.absolute(s.Kubeconfig)
			if k := cfg.Profiles[i].Sources[j].Kubeconfig; k != "" {
				if _, err := os.Stat(k); err != nil {
					d.mistakes = append(d.mistakes, Mistake{File: d.file, Line: s.Line, Path: path + ".kubernetes.kubeconfig", code: missingFile, args: []any{k, reason(err)}})
				}
			}
			if ref := s.Auth.Secret; ref.Scheme == "file" && !strings.HasPrefix(ref.Target, "~/") {
				cfg.Profiles[i].Sources[j].Auth.Secret.Target = d.absolute(ref.Target)
			}
		}
	}
	if cfg.Profile == "" {
		cfg.Profile = cfg.Profiles[0].Name
	}
	if _, ok := cfg.Current(); !ok {
		at := d.profileAt
		if at != nil && d.Text(at, "") != cfg.Profile {
			at = nil // a flag or a variable named it, not the file
		}
		d.say(at, "", unknownProfile, cfg.Profile, strings.Join(names, ", "))
	}
}

// SecretMistakes looks whether the references of a profile can be read: variables set, files there. Commands are not run. It
// is separate from Load because a secret may come later; it is what "config check" adds.
func SecretMistakes(p Profile, env func(string) string) Mistakes {
	var out Mistakes
	for _, s := range p.Sources {
		ref := s.Auth.Secret
		missing := false
		switch ref.Scheme {
		case "env":
			missing = env(ref.Target) == ""
		case "file":
			_, err := os.Stat(ref.Target)
			missing = err != nil && !strings.HasPrefix(ref.Target, "~/")
		}
		if missing {
			out = append(out, Mistake{File: s.File, Line: s.Line, Path: "profiles." + p.Name + "." + s.Instance(), code: secretMissing, args: []any{ref.String()}})
		}
	}
	return out
}
