package platform

import (
	"slices"
	"strings"
)

// ResolutionKind says what a text turned out to be.
type ResolutionKind string

// The kinds of things a text may name.
const (
	ResolvedNamespace   ResolutionKind = "namespace"
	ResolvedProject     ResolutionKind = "project"
	ResolvedEnvironment ResolutionKind = "environment"
	ResolvedRepository  ResolutionKind = "repository"
	ResolvedApplication ResolutionKind = "application"
	ResolvedSonar       ResolutionKind = "sonar"
	ResolvedTenant      ResolutionKind = "tenant"
	ResolvedCommit      ResolutionKind = "commit"
	ResolvedImage       ResolutionKind = "image"
)

// Resolution is one reading of a text. Empty fields are not told by it; ids may be known where names are not.
type Resolution struct {
	Kind          ResolutionKind
	ProjectID     string
	ProjectSlug   string
	EnvironmentID string
	Environment   string // name
	Repository    string // name
	Namespace     string
	// Detail is what else the text tells, as the system writes it: the type of an application, the kind of a tenant
	// (prod or hprod), a whole SHA, an image.
	Detail string
	// Confidence is Exact when an identifier or a known object proves it, Probable when only the form of the name does,
	// Unknown when several readings are as good.
	Confidence Confidence
}

// Index is what the resolver may know, made ready for asking. Fill it with the Add methods, then only read it: after the
// first [Resolve] it may be read by many at once, never filled again. A nil index knows nothing.
type Index struct {
	slugs        map[string]string // slug → project id
	projects     map[string]string // project id → slug
	environments map[string]indexedEnvironment
	byName       map[[2]string]string // project id, environment name → environment id
	namespaces   map[string]string    // namespace → environment id
	repositories map[string]indexedRepository
	applications map[string][]Resolution
	commits      []indexedCommit
	sorted       bool
}

type indexedEnvironment struct{ projectID, name, namespace string }
type indexedRepository struct{ projectID, name string }
type indexedCommit struct {
	sha string
	res Resolution
}

// NewIndex returns an empty index.
func NewIndex() *Index {
	return &Index{slugs: map[string]string{}, projects: map[string]string{}, environments: map[string]indexedEnvironment{}, byName: map[[2]string]string{},
		namespaces: map[string]string{}, repositories: map[string]indexedRepository{}, applications: map[string][]Resolution{}}
}

// AddProject makes a project known.
func (x *Index) AddProject(id, slug string) {
	x.projects[id] = slug
	if slug != "" {
		x.slugs[slug] = id
	}
}

// AddEnvironment makes an environment known; namespace is where it runs, old-style names included. An environment without an
// id (a namespace that nothing explains) is known by its namespace only.
func (x *Index) AddEnvironment(projectID, id, name, namespace string) {
	key := id
	if key == "" {
		key = namespace
	}
	if key == "" {
		return
	}
	if _, taken := x.environments[key]; !taken { // an old namespace may carry the id of an environment that runs elsewhere
		x.environments[key] = indexedEnvironment{projectID, name, namespace}
	}
	if namespace != "" {
		x.namespaces[namespace] = key
	}
	if _, taken := x.byName[[2]string{projectID, name}]; !taken {
		x.byName[[2]string{projectID, name}] = key
	}
}

// AddRepository makes a declared repository known.
func (x *Index) AddRepository(projectID, id, name string) {
	x.repositories[id] = indexedRepository{projectID, name}
}

// AddApplication makes an application known.
func (x *Index) AddApplication(a Application, projectID, slug, environment string) {
	x.applications[a.Name] = append(x.applications[a.Name], Resolution{Kind: ResolvedApplication, ProjectID: projectID, ProjectSlug: slug,
		EnvironmentID: a.EnvironmentID, Environment: environment, Repository: a.RepositoryName, Namespace: a.DestNamespace, Detail: string(a.Type), Confidence: Exact})
}

// AddCommit makes a commit known: kind is [ResolvedCommit] or [ResolvedImage], sha its hexadecimal digits (a tag may hold
// the short form), detail what it was met in. Anything but lower-case hexadecimal is left out.
func (x *Index) AddCommit(kind ResolutionKind, sha, projectID, slug, repository, detail string) {
	if !isHex(sha, 7, 40) {
		return
	}
	x.sorted = false
	x.commits = append(x.commits, indexedCommit{sha, Resolution{Kind: kind, ProjectID: projectID, ProjectSlug: slug, Repository: repository, Detail: detail, Confidence: Exact}})
}

// Sort makes the index ready; call it once, after the last Add.
func (x *Index) Sort() {
	slices.SortStableFunc(x.commits, func(a, b indexedCommit) int { return strings.Compare(a.sha, b.sha) })
	x.sorted = true
}

// Resolve says what an opaque text names: a namespace, an application, a SonarQube key, a tenant, a UUID, a commit, a slug.
// The best reading comes first; a text that names nothing gives none. Names that carry ids are read even when known is nil
// or has never heard of the project.
func Resolve(text string, known *Index) []Resolution {
	text = strings.TrimSpace(text)
	if text == "" || len(text) > 512 {
		return nil
	}
	if known == nil {
		known = NewIndex()
	}
	lower := strings.ToLower(text)
	var out []Resolution
	add := func(more ...Resolution) {
		for _, r := range more {
			known.complete(&r)
			if !slices.Contains(out, r) {
				out = append(out, r)
			}
		}
	}
	add(known.uuid(lower)...)
	add(known.namespace(lower)...)
	add(known.tenant(lower)...)
	if id, ok := known.slugs[lower]; ok {
		add(Resolution{Kind: ResolvedProject, ProjectID: id, ProjectSlug: lower, Confidence: Exact})
	}
	add(known.applications[text]...)
	add(known.names(lower)...)
	add(known.commit(lower)...)
	if host, project, repository, tag, digest := ParseImage(text); repository != "" && (host != "" || tag != "" || digest != "") {
		if id, ok := known.slugs[project]; ok {
			add(Resolution{Kind: ResolvedImage, ProjectID: id, ProjectSlug: project, Repository: repository, Detail: tag + digest, Confidence: Exact})
		}
	}
	slices.SortStableFunc(out, func(a, b Resolution) int { return a.Confidence.rank() - b.Confidence.rank() })
	return out
}

// complete fills names from ids and back.
func (x *Index) complete(r *Resolution) {
	if r.EnvironmentID != "" {
		if e, ok := x.environments[r.EnvironmentID]; ok {
			r.Environment = e.name
			if r.ProjectID == "" {
				r.ProjectID = e.projectID
			}
			if r.Namespace == "" {
				r.Namespace = e.namespace
			}
		}
	}
	if r.ProjectSlug == "" {
		r.ProjectSlug = x.projects[r.ProjectID]
	}
	if r.ProjectID == "" {
		r.ProjectID = x.slugs[r.ProjectSlug]
	}
	if r.EnvironmentID == "" && r.ProjectID != "" && r.Environment != "" {
		if id, ok := x.byName[[2]string{r.ProjectID, r.Environment}]; ok {
			r.EnvironmentID = id
			if r.Namespace == "" {
				r.Namespace = x.environments[id].namespace
			}
		}
	}
}

func (x *Index) uuid(text string) []Resolution {
	if !IsUUID(text) {
		return nil
	}
	if _, ok := x.projects[text]; ok {
		return []Resolution{{Kind: ResolvedProject, ProjectID: text, Confidence: Exact}}
	}
	if e, ok := x.environments[text]; ok {
		return []Resolution{{Kind: ResolvedEnvironment, ProjectID: e.projectID, EnvironmentID: text, Confidence: Exact}}
	}
	if r, ok := x.repositories[text]; ok {
		return []Resolution{{Kind: ResolvedRepository, ProjectID: r.projectID, Repository: r.name, Confidence: Exact}}
	}
	return []Resolution{{Kind: ResolvedProject, ProjectID: text, Confidence: Unknown}}
}

func (x *Index) namespace(text string) []Resolution {
	if key, ok := x.namespaces[text]; ok {
		e := x.environments[key]
		r := Resolution{Kind: ResolvedNamespace, ProjectID: e.projectID, EnvironmentID: key, Environment: e.name, Namespace: text, Confidence: Exact}
		if key == text {
			r.EnvironmentID = ""
		}
		return []Resolution{r}
	}
	if env, project, ok := ParseNamespace(text); ok {
		return []Resolution{{Kind: ResolvedNamespace, ProjectID: project, EnvironmentID: env, Namespace: text, Confidence: Exact}}
	}
	if old, ok := ParseOldNamespace(text); ok {
		r := Resolution{Kind: ResolvedNamespace, ProjectSlug: old.Project, Environment: old.Environment, Namespace: text, Confidence: Probable}
		if _, known := x.slugs[old.Project]; !known {
			if _, known := x.slugs[old.Org+"-"+old.Project]; known {
				r.ProjectSlug = old.Org + "-" + old.Project
			} else {
				r.Confidence = Unknown // the same form is a SonarQube key of a repository named like an environment
			}
		}
		return []Resolution{r}
	}
	return nil
}

func (x *Index) tenant(text string) []Resolution {
	if id, production, ok := ParseTenant(text); ok {
		return []Resolution{{Kind: ResolvedTenant, ProjectID: id, Detail: tenantKind(production), Confidence: Exact}}
	}
	slug, production := strings.CutPrefix(text, "prod-")
	if !production {
		var ok bool
		if slug, ok = strings.CutPrefix(text, "hprod-"); !ok {
			return nil
		}
	}
	if _, ok := x.slugs[slug]; !ok {
		return nil
	}
	return []Resolution{{Kind: ResolvedTenant, ProjectSlug: slug, Detail: tenantKind(production), Confidence: Exact}}
}

func tenantKind(production bool) string {
	if production {
		return "prod"
	}
	return "hprod"
}

// names reads the names that hold a slug in clear: applications and SonarQube keys.
func (x *Index) names(text string) []Resolution {
	var out []Resolution
	if len(x.applications[text]) == 0 {
		if a, ok := ParseAppName(text); ok {
			if a.Type == AppRoot {
				a = x.root(text, a)
			}
			r := Resolution{Kind: ResolvedApplication, ProjectSlug: a.Slug, Environment: a.Environment, Repository: a.Repository, Detail: string(a.Type), Confidence: x.trust(a.Slug)}
			out = append(out, r)
		}
	}
	if slug, repo, ok := ParseSonarKey(text); ok {
		out = append(out, Resolution{Kind: ResolvedSonar, ProjectSlug: slug, Repository: repo, Detail: text, Confidence: x.trust(slug)})
	}
	return out
}

// root cuts the name of a root application where a known project's name ends.
func (x *Index) root(text string, a AppName) AppName {
	rest := strings.TrimSuffix(text, "-"+a.Environment+"-root")
	for i := len(rest) - 1; i > 0; i-- {
		if rest[i] != '-' {
			continue
		}
		if _, ok := x.slugs[rest[:i]]; ok {
			a.Slug, a.Cluster = rest[:i], rest[i+1:]
			return a
		}
	}
	return a
}

// trust is how sure a name in clear is: proved by the hash in it and by a project of that slug, else by the hash alone.
func (x *Index) trust(slug string) Confidence {
	if _, ok := x.slugs[slug]; ok {
		return Exact
	}
	if len(x.slugs) > 0 {
		return Unknown
	}
	return Probable
}

// maxCommits bounds the answers to a short prefix.
const maxCommits = 20

func (x *Index) commit(text string) []Resolution {
	if !isHex(text, 7, 40) || !x.sorted {
		return nil
	}
	var out []Resolution
	take := func(c indexedCommit) {
		r := c.res
		if r.Detail == "" {
			r.Detail = c.sha
		}
		if !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	// What is known by a longer SHA than the text: a run of neighbours.
	i, _ := slices.BinarySearchFunc(x.commits, text, func(c indexedCommit, t string) int { return strings.Compare(c.sha, t) })
	for ; i < len(x.commits) && len(out) < maxCommits && strings.HasPrefix(x.commits[i].sha, text); i++ {
		take(x.commits[i])
	}
	// What is known by a shorter one (an image's tag): one look per length.
	for n := len(text) - 1; n >= 7; n-- {
		j, found := slices.BinarySearchFunc(x.commits, text[:n], func(c indexedCommit, t string) int { return strings.Compare(c.sha, t) })
		for ; found && j < len(x.commits) && len(out) < maxCommits && x.commits[j].sha == text[:n]; j++ {
			take(x.commits[j])
		}
	}
	if len(out) > 1 && len(text) < 8 { // seven digits are not always one commit
		for k := range out {
			out[k].Confidence = Probable
		}
	}
	return out
}

func (c Confidence) rank() int {
	switch c {
	case Exact:
		return 0
	case Probable:
		return 1
	default:
		return 2
	}
}
