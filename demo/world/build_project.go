package world

import (
	"strconv"
	"time"
)

type projectPlan struct {
	slug, name, id, description string
	hprodCPU, hprodMem          float64
	prodCPU, prodMem, prodGPU   float64
	limitless                   bool
	clusterIDs                  []string
	status, provisioned         string // "" are created and the console's own version
	created                     time.Duration
	members                     int // beside the owner; 0 is three
	tokenExpires                time.Duration
}

func (b *builder) project(o projectPlan) *Project {
	if o.name == "" {
		o.name = o.slug
	}
	if o.status == "" {
		o.status, o.provisioned = "created", b.s.ConsoleVersion
	}
	if o.members == 0 {
		o.members = 3
	}
	owner := b.user("proprietaire", o.slug, "Propriétaire", o.name)
	b.w.ids.git++
	b.w.ids.harbor++
	p := &Project{ID: o.id, Slug: o.slug, Name: o.name, Description: o.description, Status: o.status, Limitless: o.limitless,
		HprodCPU: o.hprodCPU, HprodMem: o.hprodMem, ProdCPU: o.prodCPU, ProdMem: o.prodMem, ProdGPU: o.prodGPU,
		OwnerID: owner.ID, EveryonePerms: 896, LastProvisioned: o.provisioned, ClusterIDs: o.clusterIDs,
		CreatedAt: b.ago(o.created), UpdatedAt: b.ago(o.created / 9), GitLabGroupID: b.w.ids.git, HarborID: b.w.ids.harbor, Rev: b.next()}
	for i, r := range []Role{
		{Name: "Administrateur", Permissions: 2, OIDCGroup: "/console/admin"}, {Name: "DevOps", Permissions: 984, OIDCGroup: "/console/devops"},
		{Name: "Développeur", Permissions: 784, OIDCGroup: "/console/developer"}, {Name: "Lecture seule", Permissions: 768, OIDCGroup: "/console/readonly"},
	} {
		r.ID, r.Type, r.Position, r.OIDCGroup = uuidOf(0, "role", o.slug, r.Name), "system:managed", i, "/"+o.slug+r.OIDCGroup
		p.Roles = append(p.Roles, r)
	}
	for i, m := range []struct {
		login, first string
		role         int
	}{{"devops", "DevOps", 1}, {"developpeur1", "Développeur 1", 2}, {"developpeur2", "Développeur 2", 2}} {
		if i < o.members {
			u := b.user(m.login, o.slug, m.first, o.name)
			p.Members = append(p.Members, Member{UserID: u.ID, RoleIDs: []string{p.Roles[m.role].ID}})
		}
	}
	b.w.ids.token++
	expires := o.tokenExpires
	if expires == 0 {
		expires = time.Duration(30+hash64(b.seed, "bot", o.slug)%300) * day
	}
	p.GroupTokens = []*GroupToken{{ID: b.w.ids.token, Name: o.slug + "-bot", Scopes: []string{"write_repository", "read_repository", "read_api"},
		Active: expires > 0, CreatedAt: b.now.Add(expires - 365*day), ExpiresAt: b.now.Add(expires).Truncate(day)}}
	b.w.ids.git++
	p.Mirror = &GitProject{ID: b.w.ids.git, Name: "mirror", Path: b.s.ProjectsRoot + "/" + o.slug + "/mirror", DefaultBranch: "main",
		CreatedAt: p.CreatedAt, LastActivity: p.CreatedAt,
		Commits: []*Commit{{SHA: hexOf(40, b.seed, "commit", o.slug, "mirror"), Title: "ci: :robot_face: Update mirror", Author: o.slug + "-bot",
			Email: o.slug + "-bot@noreply.gitlab.cpn.example", At: p.CreatedAt}}}
	b.log(p, "Create Project", o.created, 21*time.Second, owner.ID, nil)
	b.s.Projects = append(b.s.Projects, p)
	b.s.ProjectByID[p.ID], b.s.ProjectBySlug[p.Slug] = p, p
	return p
}

var provisionTools = []string{"argocd", "gitlab", "harbor", "keycloak", "nexus", "observability", "sonarqube", "vault"}

// log adds a console log entry of some time ago. failed maps a tool to what it said; nil when all went well.
func (b *builder) log(p *Project, action string, ago, took time.Duration, userID string, failed map[string]string) {
	e := newLogEntry(b.seed, p, action, b.ago(ago), took, userID, failed)
	e.Empty = ago > 300*day // of a console that did not keep the details yet
	p.Log = append(p.Log, e)
}

func newLogEntry(seed uint64, p *Project, action string, at time.Time, took time.Duration, userID string, failed map[string]string) *LogEntry {
	n := strconv.Itoa(len(p.Log))
	e := &LogEntry{ID: uuidOf(seed, "log", p.ID, n), Action: action, UserID: userID, ProjectID: p.ID,
		RequestID: "req-" + strconv.FormatUint(hash64(seed, "req", p.ID, n)%9000+100, 36), At: at, Took: took}
	// Environments and repositories were still served by the legacy back-end when these entries were written.
	switch action {
	case "Create Environment", "Update Environment", "Create Repository", "Sync Repository", "Update Repository":
		e.Legacy, e.RequestID = true, uuidOf(seed, "request", p.ID, n)
	}
	tools := provisionTools
	if action == "Sync Repository" {
		tools = []string{"gitlab"}
	}
	for i, tool := range tools {
		r := ToolResult{Tool: tool, Status: "OK", Took: took / time.Duration(2+i)}
		if e.Legacy && tool == "harbor" {
			r.Tool = "registry"
		}
		if msg, bad := failed[tool]; bad {
			r.Status, r.Message = "KO", msg
			e.Failed = append(e.Failed, r.Tool)
			e.Message += "\n" + r.Tool + ": " + msg + ";"
		}
		e.Results = append(e.Results, r)
	}
	switch {
	case e.Message != "":
		e.Message = "Errors:" + e.Message
	case !e.Legacy:
		e.Message = "Success"
	}
	return e
}

type envPlan struct {
	name, id, stage, cluster string
	cpu, mem                 float64
	manual                   bool // autosync off
	created                  time.Duration
}

func (b *builder) env(p *Project, o envPlan) *Environment {
	c := b.clusters[o.cluster]
	e := &Environment{ID: o.id, Name: o.name, StageID: b.stages[o.stage].ID, ClusterID: c.ID, CPU: o.cpu, Memory: o.mem, Autosync: !o.manual,
		CreatedAt: b.ago(o.created), UpdatedAt: b.ago(o.created), Project: p}
	e.Namespace = b.namespace(c, NamespaceName(e.ID, p.ID), e, map[string]string{
		"app.kubernetes.io/managed-by": "dso-console", "dso/project": p.Name, "dso/project.id": p.ID, "dso/project.slug": p.Slug,
		"dso/environment": e.Name, "dso/environment.id": e.ID})
	e.Namespace.Quota = &Quota{UID: uuidOf(b.seed, "quota", e.ID), Name: "dso-quota", Rev: b.next(), Used: map[string]float64{},
		Hard: map[string]float64{"limits.cpu": o.cpu, "requests.cpu": o.cpu, "limits.memory": o.mem * gib, "requests.memory": o.mem * gib, "requests.nvidia.com/gpu": 0}}
	e.Namespace.Secrets = []*Secret{
		{Kind: "VaultStaticSecret", Name: "registry-pull-secret", Healthy: true},
		{Kind: "Secret", Name: "registry-pull-secret", Keys: []string{".dockerconfigjson"}, Healthy: true},
		{Kind: "Secret", Name: "vso-approle", Keys: []string{"id"}, Healthy: true},
	}
	p.Environments = append(p.Environments, e)
	return e
}

func (b *builder) namespace(c *Cluster, name string, e *Environment, labels map[string]string) *Namespace {
	n := &Namespace{Name: name, Cluster: c, Environment: e, Labels: labels, UID: uuidOf(b.seed, "ns", c.Label, name), Rev: b.next()}
	labels["kubernetes.io/metadata.name"] = name
	if e != nil {
		n.CreatedAt = e.CreatedAt.Add(40 * time.Second)
	}
	c.Namespaces = append(c.Namespaces, n)
	return n
}
