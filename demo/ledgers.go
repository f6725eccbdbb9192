package demo

import (
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"strings"
	"time"

	"dsotop/demo/world"
	"dsotop/internal/platform"
)

// ledgers writes what the Service Team noted of each project: the onboarding of testform is on its way, that of portail is over. The largest
// platform has none: a thousand files are no demo.
func (p *Platform) ledgers(o Options) error {
	dir := p.Ledgers
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // what a team keeps in git
		return err
	}
	files, now := map[string]string{}, p.World.Now()
	p.World.View(func(s *world.State) {
		if o.Size == world.Huge {
			return
		}
		for _, x := range s.Projects {
			files[x.Slug] = ledgerOf(x, now)
		}
	})
	for slug, text := range files {
		if err := replace(filepath.Join(dir, slug+".yaml"), text); err != nil {
			return err
		}
	}
	return nil
}

// ledger is a file being written.
type ledger struct {
	items  strings.Builder
	start  time.Time // of the project
	now    time.Time
	done   map[string]bool
	author string
}

// tick notes an item so many days after the project began, never in the future.
func (l *ledger) tick(id, state string, days int, more ...string) {
	at := l.start.AddDate(0, 0, days)
	if at.After(l.now) {
		at = l.now
	}
	fmt.Fprintf(&l.items, "  %s:\n    state: %s\n    by: %q\n    at: %s\n", id, state, l.author, at.Format(time.DateOnly))
	for i := 0; i+1 < len(more); i += 2 {
		fmt.Fprintf(&l.items, "    %s: %s\n", more[i], more[i+1])
	}
	l.done[id] = true
}

// rest notes everything that was not noted yet as done, from one item to another.
func (l *ledger) rest(state string, from, to string) {
	on := false
	for i, id := range platform.ManualItems() {
		on = on || id == from
		if on && !l.done[id] {
			l.tick(id, state, 2+3*i)
		}
		if id == to {
			return
		}
	}
}

// answers are the prerequisites of a project that gave them all.
type answers struct {
	track, number, external, exposure, domains, database, backups, takeover string
	kase, users, data, environments                                         int
	cpu, memory                                                             float64
	production                                                              time.Time
	lacks                                                                   []string // skills and compatibility answered "no"
}

func ledgerOf(x *world.Project, now time.Time) string {
	l := &ledger{start: x.CreatedAt.AddDate(0, 0, -1), now: now, done: map[string]bool{}, author: "service.team"}
	a := answers{
		track: platform.TrackCloudPi, number: fmt.Sprintf("%d", 1_200_000+number(x.Slug)%700_000), external: "SMTP, SSO Passage2", exposure: "Internet, NP", domains: x.Slug + ".example.gouv.fr",
		database: "créée par l'application au démarrage", backups: "CNPG chaque nuit, restauration essayée chaque trimestre", takeover: "aucune", kase: 1, users: 200 + number(x.Slug)%5000, data: 5 + number(x.Slug)%200,
		environments: max(len(x.Environments), 1), cpu: x.HprodCPU + x.ProdCPU, memory: x.HprodMem + x.ProdMem, production: x.CreatedAt.AddDate(0, 4, 0),
	}
	const request, last = "request", "production.on_call"
	l.tick(request, "ok", 0, "comment", fmt.Sprintf("%q", "dossier "+a.number))
	switch x.Slug {
	case "testform":
		a.track, a.exposure, a.domains, a.external, a.production = platform.TrackPAX, "Internet, NP", "demo.apps.formation.example", "aucun", time.Time{}
		a.kase, a.users, a.data = 1, 40, 2
		l.tick("prequalification", "ok", 0, "comment", `"cas 1 : ministère et Cloud π, accompagnement complet"`)
		l.tick("qualification", "ok", 1, "comment", `"schéma relu ; pas de reprise de données"`)
		l.tick("accounts.mattermost", "ok", 1)
		l.tick("accounts.ticketing", "ok", 1)
		l.tick("resources", "na", 1, "comment", `"PAX : ni flux, ni nom, ni base à demander"`)
		l.tick("production", "na", 1, "comment", `"parcours de formation : pas de production"`)
	case "agendaprefs":
		l.rest("ok", request, "production.backup")
		l.tick("production.recovery", "running", 200, "comment", `"exercice prévu avec l'hébergeur"`)
		l.rest("ok", "production.on_call", last)
	case "cartocrise":
		a.exposure, a.domains, a.external, a.data = "RIE, DR", "cartocrise.interieur.example", "SIG ministériel, S3", 900
		l.rest("ok", request, "resources.flows")
		l.author = "devops.cartocrise"
		l.start = now.AddDate(0, 0, -4)
		l.tick("resources.dns", "waiting", 0, "owner", "host", "comment", `"dns_request en échec dans la chaîne de service ; ticket ouvert"`)
		l.author, l.start = "service.team", x.CreatedAt
		l.rest("ok", "resources.certificates", "production.audit")
		l.tick("production.approval", "waiting", 250, "owner", "security", "comment", `"commission d'homologation"`)
		l.rest("ok", "production.backup", last)
	case "habilit":
		a.lacks, a.database, a.exposure = []string{"read_only_root", "helm"}, "à la main, par script", "Intranet, NP"
		l.rest("ok", request, "secrets")
		l.rest("ok", "resources.flows", "resources.database")
	case "vigibat":
		l.rest("ok", request, "resources.storage")
		l.tick("resources.database", "waiting", 340, "owner", "host", "comment", `"base managée demandée"`)
	case "guichet":
		l.rest("ok", request, "production.hosting")
		l.tick("production.audit", "ok", 90, "until", now.AddDate(0, 7, 0).Format(time.DateOnly))
		l.tick("production.approval", "ok", 100, "until", now.AddDate(0, 0, 24).Format(time.DateOnly), "comment", `"homologation d'un an"`)
		l.rest("ok", "production.backup", last)
	case "portail":
		l.rest("ok", request, "production.hosting")
		l.tick("production.audit", "ok", 80, "until", now.AddDate(1, 2, 0).Format(time.DateOnly))
		l.tick("production.approval", "ok", 95, "until", now.AddDate(2, 1, 0).Format(time.DateOnly))
		l.rest("ok", "production.backup", last)
	default: // of a generated platform: the older, the further
		items := platform.ManualItems()
		n := min(int(now.Sub(x.CreatedAt).Hours()/24)/12+number(x.Slug)%4, len(items))
		l.rest("ok", request, items[max(n-1, 0)])
	}
	return l.text(x, a)
}

func number(slug string) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(slug))
	return int(h.Sum32() >> 4)
}

func (l *ledger) text(x *world.Project, a answers) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("# Fiche d'embarquement de %s : une par projet, à garder dans git", x.Slug)
	line("version: 1")
	line("project: %q", x.Slug)
	line("track: %s", a.track)
	line("\nitems:")
	b.WriteString(l.items.String())
	line("\nprerequisites:")
	line("  request_number: %q", a.number)
	line("  request_link: https://demarches.example/dossiers/%s", a.number)
	line("  case: %d", a.kase)
	line("  training_path: %s", l.start.AddDate(0, 0, -20).Format(time.DateOnly))
	line("  accounts: [proprietaire.%[1]s, devops.%[1]s, developpeur1.%[1]s]", x.Slug)
	line("  good_practices: revues")
	line("  cct: conforme")
	line("  dns: sous-domaine fourni")
	line("  architecture: https://documents.example/%s/dat", x.Slug)
	line("  data_volume: %d", a.data)
	line("  users: %d", a.users)
	line("  takeover: %q", a.takeover)
	line("  takeover_volume: 0")
	line("  backups: %q", a.backups)
	line("  database: %q", a.database)
	line("  external: [%s]", a.external)
	line("  exposure: [%s]", a.exposure)
	line("  environments: %d", a.environments)
	line("  domains: [%s]", a.domains)
	line("  cpu: %g", a.cpu)
	line("  memory: %g", a.memory)
	line("  start: %s", x.CreatedAt.Format(time.DateOnly))
	if !a.production.IsZero() {
		line("  production: %s", a.production.Format(time.DateOnly))
	}
	for _, list := range []struct {
		name  string
		items []string
	}{{"compatibility", platform.CompatibilityItems()}, {"skills", platform.SkillItems()}} {
		line("\n%s:", list.name)
		for _, id := range list.items {
			answer := "yes"
			for _, no := range a.lacks {
				if no == id {
					answer = "no"
				}
			}
			line("  %s: %q", id, answer)
		}
	}
	return b.String()
}
