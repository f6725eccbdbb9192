package world

import (
	"strconv"
	"time"
)

// builder makes the first state of a world.
type builder struct {
	w        *World
	s        *State
	now      time.Time
	seed     uint64
	rev      uint64
	clusters map[string]*Cluster
	stages   map[string]*Stage
	nodes    map[string][]*Node
	ip       uint32
	rareMade int // rare troubles given so far
	sound    int // generated projects without trouble so far
}

func newBuilder(w *World) *builder {
	w.ids = counters{git: 1000, pipeline: 40_000, job: 200_000, harbor: 10, artifact: 5000, tag: 9000, token: 300}
	return &builder{
		w: w, now: w.start, seed: uint64(w.opts.Seed), rev: 1000,
		clusters: map[string]*Cluster{}, stages: map[string]*Stage{}, nodes: map[string][]*Node{},
		s: &State{
			ConsoleVersion: "9.24.0",
			RegistryHost:   "harbor.cpn.example",
			GitLabBase:     "https://gitlab.cpn.example/forge-mi/projects",
			ProjectsRoot:   "forge-mi/projects",
			Settings:       map[string]string{"maintenance": "off"},
			Aside:          newAside(),
			ProjectByID:    map[string]*Project{},
			ProjectBySlug:  map[string]*Project{},
			NamespaceOf:    map[string]*Namespace{},
		},
	}
}

func (b *builder) build() {
	b.platform()
	b.stories()
	switch b.w.opts.Size {
	case Logs:
		b.journaux()
	case Odd:
		b.generate(target{projects: 75, environments: 300, pods: 1400, pipelines: 24, mirrors: 4, images: 10, rareEvery: 1, rareOnce: true, quirkEvery: 1})
	case Fleet:
		b.generate(target{projects: 200, environments: 800, pods: 5000, pipelines: 20, mirrors: 12, images: 10, rareEvery: 4, quirkEvery: 9})
	case Huge:
		b.generate(target{projects: 1000, environments: 4000, pods: 50000, pipelines: 6, mirrors: 4, images: 4, rareEvery: 20, bothObservability: true})
	}
	for _, c := range b.s.Clusters {
		for _, n := range c.Namespaces {
			b.s.NamespaceOf[c.Label+"/"+n.Name] = n
		}
	}
	b.w.state = b.s
}

func (b *builder) next() uint64 { b.rev++; return b.rev }

func (b *builder) ago(d time.Duration) time.Time { return b.now.Add(-d) }

const (
	minute = time.Minute
	hour   = time.Hour
	day    = 24 * time.Hour
	gib    = 1 << 30
	mib    = 1 << 20
)

type clusterPlan struct {
	label, privacy, zone, infos string
	cpu, mem                    float64
	nodes                       int
	stages                      []string
	version                     string
}

// platform makes what all projects share.
func (b *builder) platform() {
	for _, z := range []Zone{
		{Slug: "pub", Label: "Zone Défaut", Description: "Zone publique, accessible depuis Internet"},
		{Slug: "usu", Label: "Zone Usuelle", Description: "Zone du ministère, non protégé"},
		{Slug: "dr", Label: "Zone Restreinte", Description: "Zone du ministère, diffusion restreinte"},
		{Slug: "form", Label: "Zone DSO", Description: "Zone de formation"},
	} {
		z.ID, z.ArgoURL = uuidOf(0, "zone", z.Slug), "https://argocd-"+z.Slug+".cpn.example"
		b.s.Zones = append(b.s.Zones, &z)
	}
	for _, name := range []string{"dev", "integration", "staging", "prod"} {
		st := &Stage{ID: uuidOf(0, "stage", name), Name: name}
		b.s.Stages, b.stages[name] = append(b.s.Stages, st), st
	}
	hp, all := []string{"dev", "integration", "staging"}, []string{"dev", "integration", "staging", "prod"}
	k := 1.0
	switch b.w.opts.Size {
	case Fleet:
		k = 24
	case Huge:
		k = 120
	}
	plans := []clusterPlan{
		{"ovh-hp-1", "public", "pub", "Hors production, domaine *.apps.hp.cpn.example", 64, 256, 4, hp, "v1.31.4"},
		{"ovh-prod-1", "public", "pub", "Production, domaine *.apps.cpn.example", 96, 384, 6, []string{"prod"}, "v1.31.4"},
		{"mi-hp-1", "public", "usu", "Hors production", 64, 256, 4, hp, "v1.29.10"},
		{"mi-prod-1", "public", "usu", "Production", 128, 512, 8, []string{"prod"}, "v1.29.10"},
		{"mi-dr-1", "dedicated", "dr", "Diffusion restreinte", 48, 192, 3, all, "v1.28.15"},
		{"formation-app", "public", "form", "Formation de la Service Team", 32, 128, 2, []string{"dev"}, "v1.30.6"},
	}
	if b.w.opts.Size == Huge {
		plans = append(plans,
			clusterPlan{"ovh-hp-2", "public", "pub", "Hors production", 64, 256, 4, hp, "v1.31.4"},
			clusterPlan{"ovh-prod-2", "public", "pub", "Production", 96, 384, 6, []string{"prod"}, "v1.31.4"},
			clusterPlan{"mi-hp-2", "public", "usu", "Hors production", 64, 256, 4, hp, "v1.29.10"},
			clusterPlan{"mi-prod-2", "public", "usu", "Production", 128, 512, 8, []string{"prod"}, "v1.29.10"})
	}
	for _, p := range plans {
		c := &Cluster{ID: uuidOf(0, "cluster", p.label), Label: p.label, Privacy: p.privacy, ZoneID: uuidOf(0, "zone", p.zone), Infos: p.infos,
			CPU: p.cpu, Memory: p.mem, Version: p.version}
		nodes := p.nodes
		if p.zone == "pub" || p.zone == "usu" {
			c.CPU, c.Memory, nodes = p.cpu*k, p.mem*k, int(float64(p.nodes)*max(1, k/4))
		}
		for _, st := range p.stages {
			c.StageIDs = append(c.StageIDs, b.stages[st].ID)
		}
		b.s.Clusters, b.clusters[p.label] = append(b.s.Clusters, c), c
		for i := range nodes {
			n := &Node{UID: uuidOf(0, "node", p.label, strconv.Itoa(i)), Name: p.label + "-noeud-" + strconv.Itoa(i+1), Cluster: p.label,
				CPU: c.CPU / float64(nodes), Memory: c.Memory / float64(nodes) * gib, Ready: true, CreatedAt: b.ago(210 * day)}
			b.s.Nodes = append(b.s.Nodes, n)
			b.nodes[p.label] = append(b.nodes[p.label], n)
		}
	}
	b.accounts()
	for _, name := range []string{"ArgoCD", "Gitlab", "Harbor", "Keycloak", "Nexus", "SonarQube", "Vault"} {
		b.s.Tools = append(b.s.Tools, &ToolHealth{Name: name, Status: "OK", Message: "OK", At: b.ago(2 * minute)})
	}
}

// Names of console tokens in State.Tokens.
const (
	TokenSRE      = "astreinte-sre"  // a person with MANAGE
	TokenReadOnly = "lecture-seule"  // a person with the admin bit LIST only
	TokenMember   = "equipe-guichet" // a person without admin role, devops in guichet
	TokenExpired  = "jeton-expire"
	TokenRevoked  = "jeton-revoque"
	TokenInactive = "jeton-inactif"
	TokenRobot    = "robot-supervision" // an admin token
)

func (b *builder) accounts() {
	sre := b.user("astreinte", "sre", "Astreinte", "SRE")
	sre.AdminRoles = []string{AdminRoleID("Administrateur Plateforme")}
	audit := b.user("audit", "externe", "Audit", "Externe")
	audit.AdminRoles = []string{AdminRoleID("Lecture Seule Plateforme")}
	bot := &User{ID: uuidOf(0, "user", "bot"), FirstName: "Bot Admin", LastName: TokenRobot, Type: "bot", CreatedAt: b.ago(200 * day)}
	bot.Email = bot.ID + "@bot.io"
	b.s.Users = append(b.s.Users, bot)
	token := func(name, user, status string, perms uint64, expires time.Time, admin bool) {
		b.s.Tokens = append(b.s.Tokens, &Token{ID: uuidOf(0, "token", name), Name: name, Value: hexOf(48, b.seed, "token", name), UserID: user,
			Admin: admin, Permissions: perms, ExpiresAt: expires, CreatedAt: b.ago(90 * day), Status: status})
	}
	token(TokenSRE, sre.ID, "active", 3, b.now.Add(270*day), false)
	token(TokenReadOnly, audit.ID, "active", 1, b.now.Add(120*day), false)
	token(TokenMember, uuidOf(0, "user", "devops.guichet"), "active", 0, b.now.Add(20*day), false)
	token(TokenExpired, sre.ID, "active", 3, b.ago(3*day), false)
	token(TokenRevoked, sre.ID, "revoked", 3, b.now.Add(30*day), false)
	token(TokenInactive, sre.ID, "inactive", 3, b.now.Add(30*day), false)
	token(TokenRobot, bot.ID, "active", 3, time.Time{}, true)
}

// AdminRoleID is the id of one of the console's admin roles, by its name.
func AdminRoleID(name string) string { return uuidOf(0, "adminrole", name) }

// user makes the account first.last of the people of the platform; the names are roles, never persons.
func (b *builder) user(first, last, firstName, lastName string) *User {
	login := first + "." + last
	u := &User{ID: uuidOf(0, "user", login), FirstName: firstName, LastName: lastName, Email: login + "@example.gouv.fr", Type: "human",
		CreatedAt: b.ago(300 * day)}
	if h := hash64(b.seed, "login", login); h%7 != 0 { // some never logged in
		u.LastLogin = b.ago(time.Duration(h%(20*24*60)) * minute)
	}
	b.s.Users = append(b.s.Users, u)
	return u
}
