package platform

import (
	"strings"
	"time"
)

// chainer walks one dossier. Lookups that several chains need are made once.
type chainer struct {
	d     *Dossier
	named map[string]int // repository name → place
}

func newChainer(d *Dossier) *chainer {
	c := &chainer{d: d, named: make(map[string]int, len(d.Repositories))}
	for i := range d.Repositories {
		c.named[d.Repositories[i].Name] = i
	}
	return c
}

// reference is an image reference taken apart.
type reference struct{ host, project, repository, tag, digest string }

func parseReference(image string) reference {
	host, project, repository, tag, digest := ParseImage(image)
	return reference{host, project, repository, tag, digest}
}

// publicRegistry tells the registries that are nobody's Harbor: a project there may have the same name by chance.
func publicRegistry(host string) bool {
	switch host {
	case "docker.io", "index.docker.io", "registry-1.docker.io", "quay.io", "ghcr.io", "gcr.io", "k8s.gcr.io", "registry.k8s.io", "mcr.microsoft.com", "public.ecr.aws",
		"registry.gitlab.com", "registry.redhat.io", "registry.access.redhat.com":
		return true
	}
	return false
}

// own reports whether an image is of the project's own registry.
func (c *chainer) own(r reference, digest string) bool {
	return c.d.Owns(r.host, r.project, r.repository, digest)
}

// commitTag reports whether a tag may name a commit: lower-case hexadecimal, and not a date.
func commitTag(tag string) bool {
	if !isHex(tag, 7, 40) {
		return false
	}
	if len(tag) != 8 && len(tag) != 12 && len(tag) != 14 || tag[0] != '2' || tag[1] != '0' {
		return true
	}
	_, err := time.Parse("20060102150405"[:len(tag)], tag)
	return err != nil
}

// NamesCommit reports whether a tag of the artifact may name a commit.
func NamesCommit(i *Image) bool {
	for k := range i.Tags {
		if commitTag(i.Tags[k].Name) {
			return true
		}
	}
	return false
}

// commitOf finds the commit an image was made of. Its tags tell it (exact when the digest that runs is known, probable when only the
// name in the manifest is), else the one pipeline that was building while it was pushed (probable).
func (c *chainer) commitOf(repo *RepositoryFacts, r reference, digest string, artifact *Image) (sha string, sure Confidence, by *Pipeline) {
	tag := ""
	switch {
	case commitTag(r.tag) && (artifact == nil || artifact.Names(r.tag)):
		tag = r.tag
	case artifact != nil:
		var newest time.Time
		for _, t := range artifact.Tags {
			if commitTag(t.Name) && (tag == "" || t.PushedAt.After(newest)) {
				tag, newest = t.Name, t.PushedAt
			}
		}
	}
	if tag != "" {
		sure = Exact
		if digest == "" {
			sure = Probable
		}
		sha = tag
		if repo != nil {
			by = pipelineOf(repo, tag)
			sha = c.whole(repo, tag)
		}
		return sha, sure, by
	}
	if artifact == nil || repo == nil {
		return "", Unknown, nil
	}
	if p := builder(repo, artifact, r.tag); p != nil {
		return p.SHA, Probable, p
	}
	return "", Unknown, nil
}

// CommitOf finds the commit that an image of the project's registry was made of: by the artifact's tags, else by the one pipeline that was at
// work while it was pushed. digest is what runs, "" when unknown; artifact is what the registry has, nil when it has nothing. The SHA is ""
// when nobody can tell.
func (d *Dossier) CommitOf(image, digest string, artifact *Image) (sha string, sure Confidence) {
	r := parseReference(image)
	c := newChainer(d)
	repo, _ := c.repositoryOf(r.repository, r, artifact)
	sha, sure, _ = c.commitOf(repo, r, digest, artifact)
	return sha, sure
}

// whole completes a cut SHA from what the repository tells; the text itself when nobody knows more.
func (c *chainer) whole(repo *RepositoryFacts, sha string) string {
	if p := pipelineOf(repo, sha); p != nil {
		return p.SHA
	}
	if repo.Git != nil && SameCommit(repo.Git.HeadSHA, sha) {
		return repo.Git.HeadSHA
	}
	if repo.Gate != nil && SameCommit(repo.Gate.Revision, sha) {
		return repo.Gate.Revision
	}
	return sha
}

// pipelineOf returns the newest pipeline of a commit, one that succeeded before all others: an image came out of that one. nil when none.
func pipelineOf(repo *RepositoryFacts, sha string) *Pipeline {
	var found *Pipeline
	for i := range repo.Pipelines {
		p := &repo.Pipelines[i]
		if !SameCommit(p.SHA, sha) {
			continue
		}
		if p.Status == PipelineSuccess {
			return p
		}
		if found == nil {
			found = p
		}
	}
	return found
}

// pushSlack is how far the clocks of the registry and of GitLab may be apart.
const pushSlack = 30 * time.Second

// builder finds the one pipeline that was at work when an artifact was pushed; among several, the one whose branch the tag is named
// after. nil when there is none, or no telling which.
func builder(repo *RepositoryFacts, artifact *Image, tag string) *Pipeline {
	if artifact.PushedAt.IsZero() {
		return nil
	}
	var found, branch *Pipeline
	count, branches := 0, 0
	for i := range repo.Pipelines {
		p := &repo.Pipelines[i]
		if !building(p, artifact.PushedAt) {
			continue
		}
		found, count = p, count+1
		if tag != "" && tag == refSlug(p.Ref) {
			branch, branches = p, branches+1
		}
	}
	switch {
	case count == 1:
		return found
	case branches == 1:
		return branch
	}
	return nil
}

// building reports whether a pipeline, better one of its jobs that make images, was running at a time.
func building(p *Pipeline, at time.Time) bool {
	inside := func(from, to time.Time) bool {
		return !from.IsZero() && !at.Before(from.Add(-pushSlack)) && !at.After(to.Add(pushSlack))
	}
	makes := false
	for _, j := range p.Jobs {
		if !makesImages(j) || j.StartedAt.IsZero() {
			continue
		}
		makes = true
		if inside(j.StartedAt, j.StartedAt.Add(j.Duration)) {
			return true
		}
	}
	if makes || p.FinishedAt.IsZero() {
		return false
	}
	return inside(p.CreatedAt, p.FinishedAt)
}

func makesImages(j Job) bool {
	for _, word := range []string{"docker", "build", "image", "kaniko", "push", "buildah"} {
		if strings.Contains(j.Name, word) || strings.Contains(j.Stage, word) {
			return true
		}
	}
	return false
}

// refSlug is GitLab's CI_COMMIT_REF_SLUG: lower case, what is no letter or digit becomes a dash, 63 characters, no dash at either end.
func refSlug(ref string) string {
	b := []byte(strings.ToLower(ref))
	for i, ch := range b {
		if (ch < 'a' || ch > 'z') && (ch < '0' || ch > '9') {
			b[i] = '-'
		}
	}
	return strings.Trim(string(b[:min(len(b), 63)]), "-")
}

// repositoryOf finds the declared repository an image is built from: the one of its name, else the one that has its commit, else the one
// its name begins with, else the only one there is.
func (c *chainer) repositoryOf(image string, r reference, artifact *Image) (*RepositoryFacts, Confidence) {
	if i, ok := c.named[image]; ok {
		return &c.d.Repositories[i], Exact
	}
	var tags []string
	if commitTag(r.tag) {
		tags = append(tags, r.tag)
	}
	if artifact != nil {
		for _, t := range artifact.Tags {
			if commitTag(t.Name) {
				tags = append(tags, t.Name)
			}
		}
	}
	for _, tag := range tags {
		var found *RepositoryFacts
		several := false
		for i := range c.d.Repositories {
			if repo := &c.d.Repositories[i]; pipelineOf(repo, tag) != nil {
				several = found != nil
				found = repo
			}
		}
		if found != nil && !several {
			return found, Exact
		}
	}
	var best *RepositoryFacts
	for i := range c.d.Repositories {
		repo := &c.d.Repositories[i]
		rest, ok := strings.CutPrefix(image, repo.Name)
		if ok && (rest[0] == '/' || rest[0] == '-' || rest[0] == '_') && (best == nil || len(repo.Name) > len(best.Name)) {
			best = repo
		}
	}
	if best != nil {
		return best, Probable
	}
	for i := range c.d.Repositories {
		if repo := &c.d.Repositories[i]; !repo.Infra {
			if best != nil {
				return nil, Unknown
			}
			best = repo
		}
	}
	if best != nil {
		return best, Probable
	}
	return nil, Unknown
}
