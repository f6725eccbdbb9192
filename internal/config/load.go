package config

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/adrg/xdg"

	"dsotop/internal/secret"
)

// Flags are what the command line says. Empty fields say nothing.
type Flags struct {
	Config   string
	Profile  string
	Language string
	Theme    string
	// Background is "dark", "light" or "".
	Background string
	ASCII      bool
	NoCache    bool
	// Write opens writing for this run.
	Write bool
	// Themes are the names of the themes there are; nil when a theme's name is not to be checked.
	Themes []string
	// Keys are the rules of keys; nil when they are not to be checked.
	Keys *KeyRules
}

// ErrNone is returned when there is no configuration anywhere: neither a file nor variables. It is not a mistake.
var ErrNone = errors.New("no configuration")

// Place returns where the configuration is looked for: --config, then DSOTOP_CONFIG, then the XDG place. asked is true for the first two:
// there a missing file is a mistake.
func Place(flag string, env func(string) string) (path string, asked bool) {
	if flag != "" {
		return flag, true
	}
	if p := env("DSOTOP_CONFIG"); p != "" {
		return p, true
	}
	for _, name := range []string{"config.yaml", "config.yml"} {
		if p, err := xdg.SearchConfigFile("dsotop/" + name); err == nil {
			return p, false
		}
	}
	return filepath.Join(xdg.ConfigHome, "dsotop", "config.yaml"), false
}

// Load reads the configuration in force. The error is ErrNone, or Mistakes with everything that is wrong; a
// configuration is returned beside Mistakes as far as it could be read.
func Load(flags Flags, env func(string) string) (*Config, error) {
	path, asked := Place(flags.Config, env)
	cfg := &Config{File: path}
	data, err := os.ReadFile(path)
	switch {
	case err == nil:
		d := newDecoder(path)
		d.themes, d.keyRules = flags.Themes, flags.Keys
		d.document(data, cfg)
		overlay(cfg, flags, env, &d.mistakes)
		d.check(cfg)
		slices.SortStableFunc(d.mistakes, func(a, b Mistake) int { return a.Line - b.Line })
		return cfg, d.mistakes.Err()
	case errors.Is(err, os.ErrNotExist) && !asked:
		cfg.File = ""
		var mistakes Mistakes
		overlay(cfg, flags, env, &mistakes)
		if len(cfg.Profiles) == 0 {
			return cfg, ErrNone
		}
		d := newDecoder("")
		d.mistakes = mistakes
		d.check(cfg)
		return cfg, d.mistakes.Err()
	case errors.Is(err, os.ErrNotExist):
		return cfg, Mistakes{{File: path, code: noFile}}
	default:
		return cfg, Mistakes{{File: path, code: unreadable, args: []any{reason(err)}}}
	}
}

// Judge reads a configuration that is not a file yet and tells what is wrong with it. References to files are not looked up.
func Judge(data []byte) error {
	cfg := &Config{}
	d := newDecoder("")
	d.document(data, cfg)
	d.mistakes = slices.DeleteFunc(d.mistakes, func(m Mistake) bool { return m.code == missingFile })
	d.check(cfg)
	d.mistakes = slices.DeleteFunc(d.mistakes, func(m Mistake) bool { return m.code == missingFile })
	return d.mistakes.Err()
}

// Complete fills in what a source does not say of its credential, as reading it from a file does.
func Complete(s Source) Source {
	s.Auth = completeAuth(s.Kind, s.Auth)
	return s
}

// backgrounds are what a terminal may have.
func backgrounds() []string { return []string{"dark", "light"} }

// reason strips the path that is already in the mistake.
func reason(err error) string {
	var pe *os.PathError
	if errors.As(err, &pe) {
		return pe.Err.Error()
	}
	return err.Error()
}

// overlay lays the environment and then the flags over the file. DSOTOP_<KIND>_URL adds or changes a source of the profile in
// force, with DSOTOP_<KIND>_TOKEN, _USER and _PASSWORD read from the variable itself; without _URL these replace the credential of the
// profile's only source of the kind.
func overlay(cfg *Config, flags Flags, env func(string) string, mistakes *Mistakes) {
	first := func(values ...string) string {
		for _, v := range values {
			if v != "" {
				return v
			}
		}
		return ""
	}
	cfg.Profile = first(flags.Profile, env("DSOTOP_PROFILE"), cfg.Profile)
	cfg.Language = first(flags.Language, env("DSOTOP_LANG"), cfg.Language)
	cfg.Theme = first(flags.Theme, env("DSOTOP_THEME"), cfg.Theme)
	cfg.Background = first(flags.Background, env("DSOTOP_BACKGROUND"), cfg.Background)
	told := func(flag, value, variable string, among []string) {
		if value == "" {
			flag, value = variable, env(variable)
		}
		if value != "" && among != nil && !slices.Contains(among, value) {
			*mistakes = append(*mistakes, Mistake{Path: flag, code: badChoice, args: []any{value, strings.Join(among, ", ")}})
		}
	}
	told("--lang", flags.Language, "DSOTOP_LANG", []string{"fr", "en"})
	told("--background", flags.Background, "DSOTOP_BACKGROUND", backgrounds())
	told("--theme", flags.Theme, "DSOTOP_THEME", flags.Themes)
	cfg.ASCII = flags.ASCII || truth(env("DSOTOP_ASCII")) || cfg.ASCII
	cfg.NoCache = flags.NoCache || truth(env("DSOTOP_NO_CACHE")) || cfg.NoCache
	if cfg.Profile == "" && len(cfg.Profiles) == 1 {
		cfg.Profile = cfg.Profiles[0].Name
	}
	if flags.Write {
		for i := range cfg.Profiles {
			cfg.Profiles[i].Write = true
		}
	}

	var added []Source
	for _, kind := range Kinds() {
		prefix := "DSOTOP_" + strings.ToUpper(kind) + "_"
		s := Source{Kind: kind, URL: env(prefix + "URL"), Auth: Auth{User: env(prefix + "USER")}}
		for _, name := range []string{"TOKEN", "PASSWORD"} {
			if env(prefix+name) != "" {
				s.Auth.Secret = secret.Ref{Scheme: "env", Target: prefix + name}
			}
		}
		switch {
		case s.URL != "":
			s.Auth = completeAuth(kind, s.Auth)
			added = append(added, s)
		case !s.Auth.Secret.IsZero():
			replaceSecret(cfg, s)
		}
	}
	if len(added) == 0 {
		return
	}
	if cfg.Profile == "" && len(cfg.Profiles) == 0 {
		cfg.Profile = "environment"
	}
	at := slices.IndexFunc(cfg.Profiles, func(p Profile) bool { return p.Name == cfg.Profile })
	if at < 0 {
		if len(cfg.Profiles) > 0 {
			return // the unknown profile is reported by check
		}
		cfg.Profiles = append(cfg.Profiles, Profile{Name: cfg.Profile})
		at = 0
	}
	p := &cfg.Profiles[at]
	for _, s := range added {
		same := slices.IndexFunc(p.Sources, func(o Source) bool { return o.Kind == s.Kind && o.Name == "" })
		if same < 0 {
			p.Sources = append(p.Sources, s)
			continue
		}
		p.Sources[same].URL = s.URL
		if !s.Auth.Secret.IsZero() {
			p.Sources[same].Auth = s.Auth
		}
	}
}

// replaceSecret gives the only source of a kind, in the profile in force, another credential. With several of the kind it would be
// anybody's guess whose it is.
func replaceSecret(cfg *Config, s Source) {
	at := slices.IndexFunc(cfg.Profiles, func(p Profile) bool { return p.Name == cfg.Profile })
	if at < 0 {
		return
	}
	var only *Source
	for i := range cfg.Profiles[at].Sources {
		o := &cfg.Profiles[at].Sources[i]
		if o.Kind != s.Kind {
			continue
		}
		if only != nil {
			return
		}
		only = o
	}
	if only == nil {
		return
	}
	only.Auth.Secret = s.Auth.Secret
	if s.Auth.User != "" {
		only.Auth.User = s.Auth.User
	}
	if only.Auth.Scheme == "none" {
		only.Auth.Scheme = ""
	}
	only.Auth = completeAuth(s.Kind, only.Auth)
}

func truth(text string) bool {
	v, err := strconv.ParseBool(text)
	return err == nil && v
}

// completeAuth fills in the scheme that the kind uses when only a secret is given.
func completeAuth(kind string, a Auth) Auth {
	if a.Scheme == "" {
		switch {
		case a.Secret.IsZero():
			a.Scheme = "none"
		case a.User != "" || kind == "harbor":
			a.Scheme = "basic"
		case kind == "console" || kind == "gitlab":
			a.Scheme = "header"
		default:
			a.Scheme = "bearer"
		}
	}
	if a.Scheme == "header" && a.Header == "" {
		switch kind {
		case "console":
			a.Header = "x-dso-token"
		case "gitlab":
			a.Header = "PRIVATE-TOKEN"
		}
	}
	return a
}
