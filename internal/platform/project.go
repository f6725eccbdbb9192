package platform

import (
	"strings"
	"time"
)

// Console project statuses (console API, Project.status). A server may send others; keep them as text.
const (
	ProjectInitializing = "initializing"
	ProjectCreated      = "created"
	ProjectWarning      = "warning"
	ProjectFailed       = "failed"
	ProjectArchived     = "archived"
)

// Resources is an amount of compute: CPU in cores, GPU in units, Memory in GiB (the console's own units).
type Resources struct {
	CPU    float64
	GPU    float64
	Memory float64
}

// Add returns the sum of both amounts.
func (r Resources) Add(o Resources) Resources {
	return Resources{CPU: r.CPU + o.CPU, GPU: r.GPU + o.GPU, Memory: r.Memory + o.Memory}
}

// IsZero reports whether every amount is zero; the console checks no limit then (console API §5.2).
func (r Resources) IsZero() bool { return r.CPU == 0 && r.GPU == 0 && r.Memory == 0 }

// Project is a project as the console knows it. When no console is configured, readers may meet a project
// derived from Argo CD or Kubernetes labels: then only ID and Slug are set and Derived is true.
type Project struct {
	ID          string // UUID, lower case
	Slug        string // unique; the key in GitLab, Harbor, Vault, Argo CD names
	Name        string // may hold anything in old projects, accents and spaces included
	Description string
	Status      string // one of the Project… constants, or text unknown to us
	Locked      bool   // every write is refused by the console
	Limitless   bool   // the two pools below are not checked
	Hprod       Resources
	Prod        Resources
	Owner       Person
	Members     []Member // without the owner; nil when not read
	Roles       []Role   // nil when not read
	Everyone    Perms    // rights of any member

	// LastProvisioned is the console version of the last fully successful provisioning; "" when never.
	LastProvisioned string
	ClusterIDs      []string // clusters dedicated to the project only
	CreatedAt       time.Time
	UpdatedAt       time.Time
	Derived         bool // not from the console: made from labels of another system
}

// Archived reports whether the project was deleted in the console. The status alone is not enough: the
// console's own list shows archived projects under other statuses, recognisable by the slug's suffix.
func (p Project) Archived() bool {
	return p.Status == ProjectArchived || strings.HasSuffix(p.Slug, "_archived")
}

// Person is somebody the console or another tool names.
type Person struct {
	ID        string
	FirstName string
	LastName  string
	Email     string
	Type      string    // human, bot or ghost; "" when not told
	LastLogin time.Time // zero when never or not told
}

// Name returns the full name, else the e-mail, else the id.
func (p Person) Name() string {
	if n := strings.TrimSpace(p.FirstName + " " + p.LastName); n != "" {
		return n
	}
	if p.Email != "" {
		return p.Email
	}
	return p.ID
}

// Member is a person in a project, with the ids of the roles held there.
type Member struct {
	Person
	RoleIDs []string
}

// Role is a project role. Type is managed, external, global, system:managed or system:external; "" before 9.13.
type Role struct {
	ID          string
	Name        string
	Permissions Perms
	Position    int
	Type        string
	OIDCGroup   string
}

// Environment is one environment of a project as declared in the console.
type Environment struct {
	ID        string
	Name      string
	ProjectID string
	StageID   string
	Stage     string // name of the stage (dev, staging, integration, prod…); "" when unknown
	ClusterID string
	Request   Resources // what was asked; written to the ResourceQuota as requests and limits
	Autosync  bool
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Production reports whether the environment counts against the production pool: only the literal stage "prod" does.
func (e Environment) Production() bool { return e.Stage == StageProd }

// StageProd is the only stage name that means production (platform facts §2.2).
const StageProd = "prod"

// Repository is a repository declared in the console.
type Repository struct {
	ID             string
	ProjectID      string
	Name           string // internalRepoName
	ExternalURL    string // "" when the internal GitLab is the source; never carries credentials
	Private        bool
	Infra          bool // deployed by Argo CD, one Application per environment
	DeployRevision string
	DeployPath     string
	HelmValues     string
	CreatedAt      time.Time
	UpdatedAt      time.Time
}

// Zone is a network zone; each has its own Argo CD.
type Zone struct {
	ID      string
	Slug    string
	Label   string
	ArgoURL string
}

// Cluster is a Kubernetes cluster the console may deploy to.
type Cluster struct {
	ID         string
	Label      string // also the Argo CD destination name
	Privacy    string // public or dedicated
	ZoneID     string
	StageIDs   []string
	Capacity   Resources // CPU and Memory both 0: not configured, not checked
	Asked      Resources // sum of what environments ask (usage endpoint); meaningful when AskedKnown
	AskedKnown bool
}

// Stage is a kind of environment.
type Stage struct {
	ID   string
	Name string
}

// ConsoleInfo is what the console says of itself and of our token.
type ConsoleInfo struct {
	Version string // "dev" or "unknown" on development servers
}

// ServiceHealth is the console's own opinion of a tool. Status is OK, Dégradé, En échec or Inconnu.
type ServiceHealth struct {
	Name      string
	Status    string
	Message   string
	CheckedAt time.Time // the server looks every five minutes
}
