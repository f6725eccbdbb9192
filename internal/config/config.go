// Package config reads dsotop's one configuration file and lays flags, DSOTOP_* variables, the file and the defaults over each
// other, in this order of strength. It reports every mistake at once, each with file, line and remedy, and never prints a
// secret: secrets are references, and a literal one is a mistake whose text does not contain it.
package config

import (
	"time"

	"dsotop/internal/secret"
)

// Kinds are the systems a profile may name, in the order in which they are shown.
func Kinds() []string {
	return []string{"console", "gitlab", "sonarqube", "harbor", "argocd", "kubernetes", "alertmanager", "loki", "prometheus"}
}

// Config is a whole configuration.
type Config struct {
	// File is where it was read; "" when everything came from the environment.
	File string
	// Profile is the one in force, after flags and environment.
	Profile  string
	Profiles []Profile // in file order
	// Language is "fr", "en" or "" (the locale decides); Theme is a theme's name or "" (by background); ASCII asks for ASCII glyphs.
	Language string
	Theme    string
	// Background is "dark" or "light": the terminal's, whatever it says itself; "" asks it.
	Background string
	ASCII      bool
	// Formats is the folder of a team's own formats of log lines; "" is the XDG place.
	Formats string
	// Runbooks are folders of a team's own procedures, beside those of the program.
	Runbooks []string
	// Keys puts commands on other keys.
	Keys []Binding
	// Policy are the rules of what may be done, in order. Journal is where deeds are told besides the file.
	Policy  []PolicyRule
	Journal JournalSinks
	// NoCache switches off the last known state on disk.
	NoCache bool
}

// Profile is a named set of sources: an instance of the platform seen with somebody's credentials.
type Profile struct {
	Name    string
	Line    int
	Sources []Source
	// Write opens writing: deeds may be done. --write opens it for one run.
	Write bool
	// Onboarding is the folder of the onboarding's ledgers; "" keeps none.
	Onboarding string
	// Grafana is the address under which the projects' own instances are ("<grafana>/prod-<slug>"); "" when there is none. It is never called.
	Grafana string
}

// Current returns the profile in force; ok is false when there is none of that name.
func (c *Config) Current() (Profile, bool) {
	for _, p := range c.Profiles {
		if p.Name == c.Profile {
			return p, true
		}
	}
	return Profile{}, false
}

// Of returns the profile's sources of one kind.
func (p Profile) Of(kind string) []Source {
	var out []Source
	for _, s := range p.Sources {
		if s.Kind == kind {
			out = append(out, s)
		}
	}
	return out
}

// Source is one configured instance of a system.
type Source struct {
	Kind string
	// Name tells instances of one kind apart: a zone's slug for argocd, a cluster's label for kubernetes. "" when there is one.
	Name string
	File string
	Line int

	URL     string
	Auth    Auth
	TLS     TLS
	Proxy   string // URL, "none", or "" for the environment's
	Timeout time.Duration
	Rate    float64 // requests a second; 0 is the default
	Tenant  Tenant

	Root       string   // gitlab: group path that holds the projects' groups
	Forge      string   // gitlab: how the addresses of repositories in the team's own forge begin; "" asks no forge
	ForgeBy    string   // gitlab: where that forge is reached from here, when by another address
	Kubeconfig string   // kubernetes
	Context    string   // kubernetes
	Namespaces []string // kubernetes: when listing all of them is not allowed
	Discover   bool     // argocd: one instance per zone, found through the console
}

// Instance is the source's name in the program: the kind, with the name when there is one ("argocd/usu").
func (s Source) Instance() string {
	if s.Name == "" {
		return s.Kind
	}
	return s.Kind + "/" + s.Name
}

// Auth says how to present the credential. Scheme is none, bearer, basic, cookie or header.
type Auth struct {
	Scheme string
	Header string // header name of "header", cookie name of "cookie"
	User   string
	Secret secret.Ref
}

// TLS says whom to trust and who we are; paths are as written, relative ones to the configuration file's folder.
type TLS struct {
	CA, Cert, Key, ServerName string
	Insecure                  bool
}

// Tenant is the tenant of Loki, Prometheus/Mimir and their Alertmanager. In is none, header (X-Scope-OrgID) or path.
// ID "auto" stands for the project's own tenants, prod-<id> and hprod-<id>.
type Tenant struct {
	In string
	ID string
}
