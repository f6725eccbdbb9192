package platform

import "time"

// Image is one Harbor artifact (a digest) of a repository.
type Image struct {
	Repository string // without the Harbor project: "api"
	Digest     string // "sha256:…"
	Tags       []Tag
	PushedAt   time.Time
	Size       int64    // bytes
	Children   []string // digests referenced by a multi-architecture index
	Scan       Scan
	Signed     bool // a cosign or notation accessory is attached
	// Attached is true when something hangs on the artifact whose kind Harbor does not know: a signature of cosign 2.6 or later in a Harbor before
	// 2.15, or anything else.
	Attached bool
	// OlderLeft is true on the oldest image that was read of a repository that has older ones.
	OlderLeft bool
	// ProjectNumber is Harbor's own number of the project, by which its web names it; 0 when not told.
	ProjectNumber int64
}

// Tag is a name for an artifact; names move.
type Tag struct {
	Name     string
	PushedAt time.Time
}

// Scan is the newest vulnerability report of an artifact. Status is Pending, Scheduled, Running, Success, Error,
// Stopped, or "" when never scanned; the counts mean something only on Success.
type Scan struct {
	Status   string
	Critical int
	High     int
	Medium   int
	Low      int
	At       time.Time
}

// Known reports whether the counts can be believed.
func (s Scan) Known() bool { return s.Status == "Success" }

// Names reports whether the artifact carries the tag.
func (i Image) Names(tag string) bool {
	for _, t := range i.Tags {
		if t.Name == tag {
			return true
		}
	}
	return false
}

// Is reports whether digest is this artifact or one of the children of its index.
func (i Image) Is(digest string) bool {
	if digest == "" {
		return false
	}
	if i.Digest == digest {
		return true
	}
	for _, c := range i.Children {
		if c == digest {
			return true
		}
	}
	return false
}

// Owns reports whether an image is of the project's own registry, by the parts of its name. A name without a host is Docker Hub's, unless the
// registry proves the digest its own.
func (d *Dossier) Owns(host, project, repository, digest string) bool {
	if project != d.Project.Slug || repository == "" || publicRegistry(host) {
		return false
	}
	return host != "" || d.Artifact(repository, "", digest) != nil
}

// ImagesCut reports whether a repository has older images than those that were read: what is not among them may be there all the same.
func (d *Dossier) ImagesCut(repository string) bool {
	for i := range d.Images {
		if d.Images[i].Repository == repository && d.Images[i].OlderLeft {
			return true
		}
	}
	return false
}

// ImagesSince reports whether the registry was read after a moment: what was pushed just before a pod started is not in an older list. An unknown
// moment is past.
func (d *Dossier) ImagesSince(t time.Time) bool { return !d.Known[FamImages].At.Before(t) }

// Artifact is the project's image of a repository by its digest, else by its tag; nil when there is none.
func (d *Dossier) Artifact(repository, tag, digest string) *Image {
	for i := range d.Images {
		img := &d.Images[i]
		if img.Repository != repository {
			continue
		}
		if digest != "" && img.Is(digest) || digest == "" && tag != "" && img.Names(tag) {
			return img
		}
	}
	return nil
}

// ImageOf is the project's image that a container runs: by the digest that the cluster tells; without one (Argo CD's trees tell none until a pod is looked
// at) by what the container asks for. nil when it is none of the project's, or Harbor has it no more.
func (d *Dossier) ImageOf(c *Container) *Image {
	host, project, repository, tag, digest := ParseImage(c.Image)
	if c.Digest != "" {
		digest = c.Digest
	}
	if !d.Owns(host, project, repository, digest) {
		return nil
	}
	return d.Artifact(repository, tag, digest)
}
