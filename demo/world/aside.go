package world

import (
	"strings"
	"time"
)

// Aside is what only those see who look closer: files of repositories, commits that vanished, members of groups, heads of the teams' own
// forges, deployments, when a zone's values were written. It is keyed by the things themselves.
type Aside struct {
	Odd     map[*Project]string               // the oddity of a generated project, by its name
	Quirks  map[*Project]Quirk                // of generated projects that have no trouble
	Files   map[*GitProject]map[string]string // by path; nil: only what every repository has
	Lost    map[*GitProject][]*Commit         // taken out of the branch by a forced push, oldest first
	Beside  map[*Project][]*GitProject        // of the group, and unknown to the console
	Guests  map[*Project][]Guest              // of the group, and no members in the console
	Absent  map[*Project]map[string]bool      // user ids of members without an account in the group
	Plans   map[*Project][]Plan
	Outside map[*Repository]string        // head in the team's own forge, where it is another than ours
	Written map[*Environment]time.Time    // last commit on the values in the zone's repository, where it is old
	Said    map[*Job][]string             // last words of a failed job, instead of the usual
	Quiet   map[*Namespace]bool           // nothing measures it
	Mute    map[*Namespace]bool           // no line of it reaches Loki
	Robots  map[*Project][]Robot          // of the registry, besides those of the console
	Tokens  map[*GitProject][]*GroupToken // of repositories, which people made
	Debt    map[*Namespace]map[string]int // objects that break a policy, by its name
}

func newAside() *Aside {
	return &Aside{Odd: map[*Project]string{}, Quirks: map[*Project]Quirk{}, Files: map[*GitProject]map[string]string{}, Lost: map[*GitProject][]*Commit{}, Beside: map[*Project][]*GitProject{}, Guests: map[*Project][]Guest{}, Absent: map[*Project]map[string]bool{},
		Plans: map[*Project][]Plan{}, Outside: map[*Repository]string{}, Written: map[*Environment]time.Time{}, Said: map[*Job][]string{}, Quiet: map[*Namespace]bool{}, Mute: map[*Namespace]bool{}, Robots: map[*Project][]Robot{}, Debt: map[*Namespace]map[string]int{}, Tokens: map[*GitProject][]*GroupToken{}}
}

// Robot is a machine account of the registry.
type Robot struct {
	Name      string
	Disabled  bool
	CreatedAt time.Time
	ExpiresAt time.Time // zero: never
}

// RobotsOf lists the robots of a project: the console's, then what people made.
func (s *State) RobotsOf(p *Project) []Robot {
	out := []Robot{{Name: "ro-robot", CreatedAt: p.CreatedAt}, {Name: "rw-robot", CreatedAt: p.CreatedAt}}
	for _, r := range s.Aside.Robots[p] {
		replaced := false
		for i := range out {
			if out[i].Name == r.Name {
				out[i], replaced = r, true
			}
		}
		if !replaced {
			out = append(out, r)
		}
	}
	return out
}

// Guest is a member of a GitLab group.
type Guest struct {
	ID       int64
	Username string
	Name     string
	Level    int
}

// Plan is a deployment declared in the console.
type Plan struct {
	ID, Name, EnvironmentID string
	CreatedAt               time.Time
}

// CIFile is the name of the file in which the platform's repositories describe their pipelines.
const CIFile = ".gitlab-ci-dso.yml"

const usualCI = `include:
  - project: $CATALOG_PATH
    file: [vault-ci.yml, kaniko-ci.yml, sonar-ci.yml]
    ref: main
stages: [read-secret, test-app, sonar, docker-build]
read-secret:
  stage: read-secret
  extends: .vault:read_secret
test-app:
  stage: test-app
  script: [make test]
sonar:
  stage: sonar
  extends: .sonar:sonar-scanner
docker-build:
  stage: docker-build
  extends: .kaniko:build-push
`

// FilesOf lists the files of a GitLab project that anybody reads, by path.
func (s *State) FilesOf(g *GitProject) map[string]string {
	if files, told := s.Aside.Files[g]; told {
		return files
	}
	out := map[string]string{"README.md": "# " + g.Name + "\n"}
	if g.CIConfigPath != "" {
		out[g.CIConfigPath] = usualCI
	}
	return out
}

// GuestsOf lists the members of a project's GitLab group: those of the console who ever logged in, and who else is there.
func (s *State) GuestsOf(p *Project) []Guest {
	var out []Guest
	add := func(id string, level int) {
		for n, u := range s.Users {
			if u.ID == id && u.Type == "human" && !s.Aside.Absent[p][id] {
				local, _, _ := strings.Cut(u.Email, "@")
				out = append(out, Guest{ID: int64(100 + n), Username: strings.ReplaceAll(local, ".", "-"), Name: u.FirstName + " " + u.LastName, Level: level})
			}
		}
	}
	add(p.OwnerID, 50)
	for _, m := range p.Members {
		if m.UserID != p.OwnerID {
			add(m.UserID, 30)
		}
	}
	out = append(out, Guest{ID: 9000 + p.GitLabGroupID, Username: "group_" + p.Slug + "_bot_1", Name: p.Slug + "-bot", Level: 40})
	return append(out, s.Aside.Guests[p]...)
}

// HeadOutside is the commit at the end of the branch in the team's own forge; "" when it has none.
func (s *State) HeadOutside(r *Repository) string {
	if sha, told := s.Aside.Outside[r]; told {
		return sha
	}
	if n := len(r.Git.Commits); n > 0 {
		return r.Git.Commits[n-1].SHA
	}
	return ""
}

// WrittenAt is when the values of an environment were last written in its zone's repository: at its last change and at each provisioning.
func (s *State) WrittenAt(e *Environment) time.Time {
	if at, told := s.Aside.Written[e]; told {
		return at
	}
	at := e.UpdatedAt
	if e.Project.UpdatedAt.After(at) {
		at = e.Project.UpdatedAt
	}
	return at.Add(7 * time.Second)
}

// LostCommit finds a commit that a forced push took out of the branch, by a prefix of its SHA; nil when there is none.
func (s *State) LostCommit(g *GitProject, sha string) *Commit {
	for _, c := range s.Aside.Lost[g] {
		if strings.HasPrefix(c.SHA, sha) {
			return c
		}
	}
	return nil
}
