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
	_, project, repository, tag, digest := ParseImage(c.Image)
	if project != d.Project.Slug {
		return nil
	}
	if c.Digest != "" {
		digest = c.Digest
	}
	return d.Artifact(repository, tag, digest)
}
