package config

import (
	"fmt"
	"strings"
)

// Key is a key of the configuration, for its documentation. A test holds the list against what the decoder knows.
type Key struct {
	In      string // the section: "" the file itself, "profile", "source" (any system), a kind of system, "auth", "tls", "tenant", "policy", "journal", "onboarding"
	Name    string
	Value   string // what is expected
	Default string // "" is none
	Means   string // in English: the documentation's language
}

// Reference lists every key, in the order of the documentation.
func Reference() []Key {
	kinds := strings.Join(Kinds(), ", ")
	return []Key{
		{"", "profile", "text", "the only profile, or the first", "the profile in force, unless `--profile` or `DSOTOP_PROFILE` name another"},
		{"", "profiles", "profiles by name", "", "instances of the platform, each seen with somebody's credentials; see below"},
		{"", "language", "`fr`, `en`", "the locale", "of everything the program says"},
		{"", "theme", "a theme's name", "`auto`", "see [themes.md](themes.md)"},
		{"", "background", "`dark`, `light`", "the terminal's answer, `COLORFGBG`", "the terminal's background, where it does not tell it; see [themes.md](themes.md)"},
		{"", "keys", "keys by command, or a file", "", "puts commands on other keys; see [keys.md](keys.md)"},
		{"", "ascii", "`true`, `false`", "`false`", "draws with ASCII signs only"},
		{"", "cache", "`true`, `false`", "`true`", "keeps the last known state on disk, to be shown at once at the next start"},
		{"", "runbooks", "folders", "", "the team's own procedures; see [runbooks.md](runbooks.md)"},
		{"", "formats", "folder", "`~/.config/dsotop/formats`", "the team's own formats of log lines; see [logs.md](logs.md)"},
		{"", "policy", "list of rules", "", "what may be done, by whom, where, when; the first rule that fits decides"},
		{"", "journal", "sinks", "", "where the journal of deeds is sent besides its file"},

		{"profile", "console … prometheus", "one system, or a list with names", "", "one of " + kinds + ": its keys are below. What is not named is *not configured*, and says so on screen"},
		{"profile", "write", "`true`, `false`", "`false`", "allows deeds; without it the program only reads"},
		{"profile", "onboarding", "`folder:`", "", "where the onboarding ledgers of the projects are"},
		{"profile", "grafana", "`https://host[:port][/path]`", "", "the address under which the projects' Grafana instances are (`<address>/prod-<slug>`, `<address>/hprod-<slug>`): `o` then leads to dashboards and Explore. dsotop never calls it"},
		{"onboarding", "folder", "folder", "", "one file a project, which a team can keep in git"},

		{"source", "name", "text", "", "tells instances of one system apart: the zone's slug for argocd, the cluster's label for kubernetes; needed in lists"},
		{"source", "url", "`https://host[:port][/path]`", "", "the address, without credentials"},
		{"source", "token", "reference", "", "the secret, by reference: `env:NAME`, `file:PATH` or `exec:COMMAND`"},
		{"source", "password", "reference", "", "idem, for a user's password"},
		{"source", "user", "text", "", "the account of basic authentication"},
		{"source", "cookie", "reference", "", "a session cookie, by reference"},
		{"source", "auth", "a scheme, or keys", "the usual one of the system", "how the credential is presented"},
		{"source", "tls", "keys", "the machine's authorities", "whom to trust, and who we are"},
		{"source", "proxy", "`http://host:port`, `none`", "the environment's", "the proxy towards this system"},
		{"source", "timeout", "duration", "", "how long one call may take: `5s`, `1m`"},
		{"source", "rate", "number", "", "the most calls a second"},
		{"gitlab", "root", "path", "", "the group that holds the projects' groups"},
		{"gitlab", "forge", "address", "", "the external forge whose heads are compared with the mirrors'"},
		{"gitlab", "forge_through", "address", "", "where that forge is reached from here, when not at its own address"},
		{"argocd", "discover", "`true`, `false`", "`false`", "one instance per zone that the console tells, with this credential; needs a console in the profile"},
		{"kubernetes", "kubeconfig", "path", "", "the kubeconfig file"},
		{"kubernetes", "context", "text", "the file's current one", "the context in it"},
		{"kubernetes", "namespaces", "list", "all", "the namespaces to read, where listing all of them is not allowed"},
		{"alertmanager", "tenant", "a name, or keys", "none", "the tenant asked for"},
		{"loki", "tenant", "a name, or keys", "none", "idem"},
		{"prometheus", "tenant", "a name, or keys", "none", "idem"},

		{"auth", "scheme", "`none`, `bearer`, `basic`, `cookie`, `header`", "", "also written `type`, or alone: `auth: bearer`"},
		{"auth", "type", "idem", "", "the same as `scheme`"},
		{"auth", "header", "text", "`x-dso-token`, `PRIVATE-TOKEN`", "the header of the scheme `header`"},
		{"auth", "user", "text", "", "idem as beside `auth`"},
		{"auth", "token", "reference", "", "idem"},
		{"auth", "password", "reference", "", "idem"},
		{"auth", "cookie", "reference", "", "idem"},
		{"tls", "ca", "path", "", "PEM file of the authorities to trust besides the machine's"},
		{"tls", "cert", "path", "", "PEM file of our own certificate; goes with `key`"},
		{"tls", "key", "path", "", "PEM file of its key"},
		{"tls", "server_name", "text", "", "the name that the server's certificate bears, when not the address's"},
		{"tls", "insecure", "`true`, `false`", "`false`", "trusts anybody; the page of sources says so"},
		{"tenant", "in", "`header`, `path`, `none`", "`header`", "`X-Scope-OrgID`, or the path of Observatorium"},
		{"tenant", "id", "a name, `auto`", "", "`auto` stands for each project's own two"},

		{"policy", "name", "text", "its place in the list", "what a refusal calls the rule"},
		{"policy", "deeds", "patterns", "any", "deeds by their id; `*` stands for anything"},
		{"policy", "risks", "list of `read`, `write`, `production`, `destructive`", "any", "how grave the deed is"},
		{"policy", "projects", "patterns", "any", "projects by slug"},
		{"policy", "systems", "patterns", "any", "systems by kind or instance"},
		{"policy", "who", "patterns", "anybody", "people"},
		{"policy", "production", "`true`, `false`", "any", "only production, or only the rest"},
		{"policy", "days", "days, ranges", "any", "`mon-fri`, `[sat, sun]`"},
		{"policy", "hours", "`HH:MM-HH:MM`", "the whole day", "the end is not within, and may be on the next day"},
		{"policy", "zone", "time zone", "the machine's", "of days and hours: `Europe/Paris`"},
		{"policy", "do", "`allow`, `deny`, `four_eyes`", "", "what the rule decides; `four_eyes` asks for a second person"},
		{"policy", "approvers", "patterns", "anybody else", "who that second person may be"},
		{"journal", "loki", "a system", "", "a Loki that lines are pushed to; keys as those of any system, and `tenant`"},
		{"journal", "webhook", "a system", "", "an address that lines are posted to"},
	}
}

// Markdown returns the tables of the reference.
func Markdown() string {
	var sb strings.Builder
	titles := map[string]string{"": "The file", "profile": "A profile", "source": "Any system", "auth": "`auth:`", "tls": "`tls:`", "tenant": "`tenant:`", "policy": "A rule of `policy:`", "journal": "`journal:`", "onboarding": "`onboarding:`"}
	last := "-"
	for _, k := range Reference() {
		if k.In != last {
			last = k.In
			title := titles[k.In]
			if title == "" {
				title = "`" + k.In + ":` besides"
			}
			fmt.Fprintf(&sb, "\n### %s\n\n| key | value | without it | |\n|---|---|---|---|\n", title)
		}
		without := k.Default
		if without == "" {
			without = "–"
		}
		fmt.Fprintf(&sb, "| `%s` | %s | %s | %s |\n", k.Name, k.Value, without, k.Means)
	}
	return strings.TrimPrefix(sb.String(), "\n")
}
