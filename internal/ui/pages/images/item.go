package images

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"dsotop/internal/desk"
	"dsotop/internal/fleet"
	"dsotop/internal/platform"
	"dsotop/internal/ui/roster"
)

// item is a row: an artifact of the registry, or an image that pods name and the registry has not.
type item struct {
	row        *fleet.Row
	image      *platform.Image // nil: missing
	repository string
	digest     string // of the artifact, or of what runs of a missing one; "" when unknown
	tag        string // of a missing one, as pods name it
	reference  string // as pods name it; "" when none does
	place, of  int    // by date of push within its repository, from 1
	runs       []run
	rank       int
}

// run is an environment that runs an artifact.
type run struct {
	environment, namespace string
	production             bool
	pods, ready            int
	asked                  int // pods that have not got it: it is wanted, not running
	// moved: the tag that pods name means another artifact now. tag is that one.
	moved bool
	tag   string
	since time.Time // of the oldest pod
}

// The ranks, the worst last.
const (
	rankFine = iota
	rankHigh
	rankCritical
	rankMoved
	rankGone    // runs, and is no longer in the registry
	rankMissing // cannot be pulled
)

func (x item) slug() string    { return x.row.Dossier.Project.Slug }
func (x item) project() string { return x.row.Dossier.Project.ID }

func (x item) id() string {
	if x.image == nil {
		return x.project() + "/!" + x.repository + ":" + x.tag + "@" + x.digest
	}
	return x.project() + "/" + x.repository + "@" + x.digest
}

func (x item) ref() desk.ImageRef {
	return desk.ImageRef{Project: x.slug(), Repository: x.repository, Reference: x.digest}
}

// name is the repository with the tag that says most: that of a commit, else any, else the beginning of the digest.
func (x item) name() string {
	if t := x.tags(); len(t) > 0 {
		return x.repository + ":" + t[0]
	}
	return x.repository + "@" + shortDigest(x.digest)
}

// full is the whole reference, as a pull wants it.
func (x item) full() string {
	if x.reference != "" {
		return x.reference
	}
	if t := x.tags(); len(t) > 0 {
		return x.slug() + "/" + x.repository + ":" + t[0]
	}
	return x.slug() + "/" + x.repository + "@" + x.digest
}

// tags are the names, those that mean a commit first: the others move.
func (x item) tags() []string {
	if x.image == nil {
		if x.tag == "" {
			return nil
		}
		return []string{x.tag}
	}
	out := make([]string, 0, len(x.image.Tags))
	for _, t := range x.image.Tags {
		out = append(out, t.Name)
	}
	slices.SortStableFunc(out, func(a, b string) int { return boolRank(platform.IsCommit(b)) - boolRank(platform.IsCommit(a)) })
	return out
}

func boolRank(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (x item) text() string {
	out := x.slug() + " " + x.digest + " " + strings.Join(x.tags(), " ")
	for _, r := range x.runs {
		out += " " + r.environment + " " + r.namespace
	}
	return out
}

// commit is what the artifact was built from.
func (x item) commit() (sha string, sure platform.Confidence) {
	name := x.slug() + "/" + x.repository
	if t := x.tags(); len(t) > 0 {
		name += ":" + t[0]
	}
	return x.row.Dossier.CommitOf(name, x.digest, x.image)
}

func shortDigest(digest string) string {
	rest := strings.TrimPrefix(digest, "sha256:")
	return rest[:min(len(rest), 12)]
}

// items are the artifacts of a project, and the images that its pods name in vain. few leaves away what neither runs nor is the newest of
// its repository.
func items(part roster.Part, few bool) []item {
	d := part.Row.Dossier
	if !d.Has(platform.FamImages) {
		return nil
	}
	b := builder{row: part.Row, byDigest: map[string]int{}, byTag: map[string]int{}, read: map[string]bool{}, lost: map[string]int{}}
	b.artifacts()
	for _, env := range part.Environments() {
		b.environment(env)
	}
	out := b.list[:0]
	for _, x := range b.list {
		if part.Namespace != "" && len(x.runs) == 0 || few && len(x.runs) == 0 && x.place > 1 {
			continue
		}
		x.judge()
		out = append(out, x)
	}
	return out
}

// builder joins a project's artifacts with its pods.
type builder struct {
	row      *fleet.Row
	list     []item
	byDigest map[string]int // repository "@" digest, children of indexes too → in list
	byTag    map[string]int // repository ":" tag
	read     map[string]bool
	lost     map[string]int // missing ones, by reference and digest
}

func (b *builder) artifacts() {
	d := b.row.Dossier
	by := map[string][]*platform.Image{}
	var names []string
	for i := range d.Images {
		img := &d.Images[i]
		if by[img.Repository] == nil {
			names = append(names, img.Repository)
		}
		by[img.Repository] = append(by[img.Repository], img)
	}
	slices.Sort(names)
	for _, name := range names {
		b.read[name] = true
		list := by[name]
		child := map[string]bool{} // of an index: listed beside it, and kept with it
		for _, img := range list {
			for _, c := range img.Children {
				child[c] = true
			}
		}
		slices.SortStableFunc(list, func(x, y *platform.Image) int { return y.PushedAt.Compare(x.PushedAt) })
		of := 0
		for _, img := range list {
			if !child[img.Digest] || len(img.Tags) > 0 {
				of++
			}
		}
		place := 0
		for _, img := range list {
			if child[img.Digest] && len(img.Tags) == 0 {
				continue
			}
			place++
			at := len(b.list)
			b.list = append(b.list, item{row: b.row, image: img, repository: name, digest: img.Digest, place: place, of: of})
			b.byDigest[name+"@"+img.Digest] = at
			for _, c := range img.Children {
				b.byDigest[name+"@"+c] = at
			}
			for _, t := range img.Tags {
				b.byTag[name+":"+t.Name] = at
			}
		}
	}
}

// use is what pods of an environment do with one image.
type use struct {
	pods, ready, asked int
	since              time.Time
}

func (b *builder) environment(env *platform.EnvironmentFacts) {
	type key struct{ image, digest string }
	uses := map[key]*use{}
	var order []key
	for i := range env.Pods {
		pod := &env.Pods[i]
		if pod.Finished() {
			continue
		}
		for j := range pod.Containers {
			c := &pod.Containers[j]
			k := key{c.Image, c.Digest}
			u := uses[k]
			if u == nil {
				u = &use{since: pod.CreatedAt}
				uses[k], order = u, append(order, k)
			}
			u.pods++
			if c.Ready {
				u.ready++
			}
			if c.Digest == "" && c.State == "waiting" {
				u.asked++
			}
			if pod.CreatedAt.Before(u.since) {
				u.since = pod.CreatedAt
			}
		}
	}
	for _, k := range order {
		b.place(env, k.image, k.digest, uses[k])
	}
}

// place gives an image that pods name to its artifact, or notes that there is none.
func (b *builder) place(env *platform.EnvironmentFacts, image, digest string, u *use) {
	_, project, repository, tag, pinned := platform.ParseImage(image)
	if project != b.row.Dossier.Project.Slug || repository == "" {
		return
	}
	r := run{environment: env.Name, namespace: env.Namespace, production: env.Production(), pods: u.pods, ready: u.ready, asked: u.asked, tag: tag, since: u.since}
	named, isNamed := b.byTag[repository+":"+tag]
	at, ok := b.byDigest[repository+"@"+cmp.Or(digest, pinned)]
	if !ok && digest == "" && pinned == "" {
		at, ok = named, isNamed
	}
	if ok {
		r.moved = tag != "" && isNamed && named != at
		x := &b.list[at]
		x.reference = cmp.Or(x.reference, image)
		x.add(r)
		return
	}
	key := image + "@" + digest
	at, ok = b.lost[key]
	if !ok {
		at = len(b.list)
		b.lost[key] = at
		b.list = append(b.list, item{row: b.row, repository: repository, digest: cmp.Or(digest, pinned), tag: tag, reference: image})
	}
	b.list[at].add(r)
}

// add notes an environment; several containers of it count together.
func (x *item) add(r run) {
	for i := range x.runs {
		if o := &x.runs[i]; o.namespace == r.namespace {
			o.pods, o.ready, o.asked = o.pods+r.pods, o.ready+r.ready, o.asked+r.asked
			o.moved = o.moved || r.moved
			return
		}
	}
	x.runs = append(x.runs, r)
	slices.SortStableFunc(x.runs, func(a, b run) int { return boolRank(b.production) - boolRank(a.production) })
}

func (x *item) judge() {
	switch {
	case x.image == nil:
		x.rank = rankMissing
		if slices.ContainsFunc(x.runs, func(r run) bool { return r.asked < r.pods }) {
			x.rank = rankGone
		}
	case slices.ContainsFunc(x.runs, func(r run) bool { return r.moved }):
		x.rank = rankMoved
	case len(x.runs) > 0 && x.image.Scan.Known() && x.image.Scan.Critical > 0:
		x.rank = rankCritical
	case len(x.runs) > 0 && x.image.Scan.Known() && x.image.Scan.High > 0:
		x.rank = rankHigh
	}
}
