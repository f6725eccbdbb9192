package findings

import (
	"slices"
	"strings"
	"time"

	"dsotop/internal/platform"
)

const (
	readImages = "list repositories and artifacts of the Harbor project (a read-only robot cannot list)"
	readDigest = "; digests of what runs come from Kubernetes, or from pod manifests in Argo CD"
)

// harbor looks a reference up in the project's own registry; running is the digest of what runs under that name, "" when unknown. read is false when
// nothing can be said: another project's image, another registry's, no tag and no digest.
func (in *Input) harbor(ref *imageRef, running string) (artifact *platform.Image, count int, read bool) {
	if ref.tag == "" && ref.digest == "" {
		return nil, 0, false
	}
	if running == "" {
		running = ref.digest
	}
	if !in.Owns(ref.host, ref.project, ref.repository, running) {
		return nil, 0, false
	}
	for i := range in.Images {
		img := &in.Images[i]
		if img.Repository != ref.repository {
			continue
		}
		count++
		if artifact != nil {
			continue
		}
		if ref.digest != "" && img.Is(ref.digest) || ref.digest == "" && img.Names(ref.tag) {
			artifact = img
		}
	}
	return artifact, count, true
}

// purged reports whether the image of a group that cannot be pulled is gone from Harbor. sure is false when it may have been pushed since Harbor was
// read: a login that is refused is then what it is.
func (in *Input) purged(g *podGroup) (gone, sure bool) {
	if g.image == "" || !in.Has(platform.FamImages) {
		return false, false
	}
	ref := in.image(g.image)
	artifact, _, read := in.harbor(ref, "")
	if !read || artifact != nil || in.ImagesCut(ref.repository) {
		return false, false
	}
	sure = in.ImagesSince(g.created())
	if !sure {
		if _, refused := g.saying(refusedLogin); refused {
			return false, false
		}
	}
	return true, sure
}

func tagPurged() Rule {
	return Rule{
		ID: "tag-purged", Mode: "F13", Area: "pods", Runbook: "RB-10", Severity: platform.SeverityCritical,
		Needs: []platform.Family{platform.FamPods, platform.FamImages},
		Doc: Doc{
			What:     "Pods ask for a tag that is no longer in Harbor: retention removed it, or it was never pushed.",
			Why:      "They will never start. A rollback to an old version meets this when the registry only keeps the newest images. Another version must be deployed, or this one built again.",
			Evidence: "The pods, the image they ask for, and Harbor's list of tags of that repository, where it is missing.",
			Sources:  podSources + "; harbor", Rights: readPods + "; " + readImages,
		},
		Check: func(in *Input) []platform.Finding {
			var out []platform.Finding
			for _, g := range in.groups(classPull) {
				gone, sure := in.purged(&g)
				if !gone {
					continue
				}
				ref := in.image(g.image)
				_, count, _ := in.harbor(ref, "")
				f := in.podFinding(&g, grade(g.env, platform.SeverityCritical), g.since("Failed", "BackOff"), "image", g.image, "repository", ref.repository, "tag", tagOrDigest(ref), "reason", "ImagePullBackOff")
				f.Why = append(f.Why, in.coded(platform.FamImages, nil, "tag_absent", time.Time{}, "repository", ref.repository, "tag", tagOrDigest(ref), "count", itoa(count)))
				if count == 0 || !sure {
					f.Confidence = platform.Probable // the whole repository is unknown, and a name mistake looks the same; or Harbor's list is older than the pods
				}
				out = append(out, f)
			}
			return out
		},
	}
}

func tagOrDigest(r *imageRef) string {
	if r.tag != "" {
		return r.tag
	}
	return short(r.digest)
}

// runningImage is one image that runs in one environment, in the pods of one workload.
type runningImage struct {
	env    *platform.EnvironmentFacts
	first  *platform.Pod       // of them
	what   *platform.Container // that runs it in that pod
	pods   int
	oldest time.Time

	ref   *imageRef
	ours  bool            // of the project's own registry: the rest means something
	named *platform.Image // what Harbor has under the name the pods use; nil when it has none
	runs  *platform.Image // what Harbor has under the digest that runs, or under the name when that is unknown
	count int             // artifacts known of the repository
}

// image is the name that the pods use, digest what runs, "" when unknown.
func (r *runningImage) image() string  { return r.what.Image }
func (r *runningImage) digest() string { return r.what.Digest }

// workload is what the pods belong to; a pod of its own is named itself.
func (r *runningImage) workload() string { name, _ := workloadOf(r.first); return name }
func (r *runningImage) kind() string     { _, kind := workloadOf(r.first); return kind }

func workloadOf(p *platform.Pod) (name, kind string) {
	if p.WorkloadName == "" {
		return p.Name, "Pod"
	}
	return p.WorkloadName, p.WorkloadKind
}

// runningImages lists what runs, by environment, workload, image and digest, once for all rules.
func (in *Input) runningImages() []runningImage {
	if in.ran {
		return in.running
	}
	in.ran = true
	pods := 0
	for i := range in.Environments {
		pods += len(in.Environments[i].Pods)
	}
	in.running = make([]runningImage, 0, pods/2+1)
	for i := range in.Environments {
		e := &in.Environments[i]
		start := len(in.running)
		for j := range e.Pods {
			p := &e.Pods[j]
			if p.Phase != "Running" || p.Finished() {
				continue
			}
			for k := range p.Containers {
				c := &p.Containers[k]
				if c.Init || c.State != "running" {
					continue
				}
				in.addRunning(start, e, p, c)
			}
		}
	}
	for i := range in.running {
		r := &in.running[i]
		if q := in.alike(i); q != nil {
			r.ref, r.ours, r.named, r.runs, r.count = q.ref, q.ours, q.named, q.runs, q.count
			continue
		}
		r.ref = in.image(r.what.Image)
		r.named, r.count, r.ours = in.harbor(r.ref, r.what.Digest)
		r.runs = r.named
		if digest := r.what.Digest; r.ours && digest != "" && !(r.named != nil && r.named.Is(digest)) {
			r.runs, _, _ = in.harbor(&imageRef{r.ref.host, r.ref.project, r.ref.repository, "", digest}, "")
		}
	}
	return in.running
}

// fewBack is how far back what runs is looked for: the workloads of an environment, and of the one before it, often run the same.
const fewBack = 8

// alike is one of the few before the ith that runs the same; nil when none does.
func (in *Input) alike(i int) *runningImage {
	r := in.running[i].what
	for k := i - 1; k >= max(i-fewBack, 0); k-- {
		if q := in.running[k].what; q.Digest == r.Digest && q.Image == r.Image {
			return &in.running[k]
		}
	}
	return nil
}

func (in *Input) addRunning(start int, e *platform.EnvironmentFacts, p *platform.Pod, c *platform.Container) {
	workload, kind := workloadOf(p)
	for i := len(in.running) - 1; i >= start; i-- { // pods of one workload lie side by side
		r := &in.running[i]
		if name, of := workloadOf(r.first); name == workload && of == kind && r.what.Image == c.Image && r.what.Digest == c.Digest {
			r.pods++
			r.oldest = earlier(r.oldest, p.CreatedAt)
			return
		}
	}
	in.running = append(in.running, runningImage{env: e, first: p, what: c, pods: 1, oldest: p.CreatedAt})
}

func tagMissing() Rule {
	return Rule{
		ID: "tag-missing", Mode: "F13", Area: "images", Runbook: "RB-10", Severity: platform.SeverityDegraded,
		Needs: []platform.Family{platform.FamPods, platform.FamImages},
		Doc: Doc{
			What:     "Pods run an image whose tag is no longer in Harbor.",
			Why:      "They run only as long as nobody moves them: the next node drain or restart ends in `ImagePullBackOff`. Said only of repositories of which other images are known, none was left out for their number, and which were read after the pods started.",
			Evidence: "The image in use, and Harbor's list of tags of that repository, where it is missing.",
			Sources:  podSources + "; harbor", Rights: readPods + "; " + readImages,
		},
		Check: func(in *Input) []platform.Finding {
			var out []platform.Finding
			for _, r := range in.runningImages() {
				ref, count := r.ref, r.count
				if !r.ours || r.named != nil || count == 0 || in.ImagesCut(ref.repository) || !in.ImagesSince(r.oldest) {
					continue
				}
				out = append(out, platform.Finding{Severity: grade(r.env, platform.SeverityDegraded), Subject: in.subject(r.env, "workload", r.workload()), Confidence: platform.Probable,
					Args: words("workload", r.workload(), "image", r.image(), "repository", ref.repository, "tag", tagOrDigest(ref), "count", itoa(r.pods)),
					Why: []platform.Evidence{in.coded(platform.FamPods, r.env, "runs", r.oldest, "image", r.image(), "count", itoa(r.pods)),
						in.coded(platform.FamImages, nil, "tag_absent", time.Time{}, "repository", ref.repository, "tag", tagOrDigest(ref), "count", itoa(count))}})
			}
			return out
		},
	}
}

func mutableTag() Rule {
	return Rule{
		ID: "mutable-tag", Mode: "F12", Area: "images", Runbook: "RB-08", Severity: platform.SeverityDegraded,
		Needs: []platform.Family{platform.FamPods, platform.FamImages},
		Doc: Doc{
			What:     "The tag that pods name was pushed again: Harbor has another image under it than the one that runs.",
			Why:      "Argo CD sees no difference, so nothing is redeployed; the next restart will silently change the version, one pod at a time. The manifest should name the commit, not a moving tag.",
			Evidence: "The digest that runs, the digest Harbor has under the tag, and when it was pushed.",
			Sources:  podSources + "; harbor", Rights: readPods + "; " + readImages + readDigest,
		},
		Check: func(in *Input) []platform.Finding {
			var out []platform.Finding
			for _, r := range in.runningImages() {
				ref, artifact := r.ref, r.named
				if r.digest() == "" || ref.tag == "" || ref.digest != "" || !r.ours || artifact == nil || artifact.Is(r.digest()) || !in.ImagesSince(r.oldest) {
					continue
				}
				since := artifact.PushedAt
				for _, t := range artifact.Tags {
					if t.Name == ref.tag {
						since = later(since, t.PushedAt)
					}
				}
				out = append(out, platform.Finding{Severity: grade(r.env, platform.SeverityDegraded), Subject: in.subject(r.env, "workload", r.workload()), Since: since,
					Args: words("workload", r.workload(), "image", r.image(), "repository", ref.repository, "tag", ref.tag, "count", itoa(r.pods), "running", short(r.digest()), "registry", short(artifact.Digest)),
					Why: []platform.Evidence{in.coded(platform.FamPods, r.env, "pod_digest", time.Time{}, "image", r.image(), "digest", short(r.digest()), "count", itoa(r.pods)),
						in.coded(platform.FamImages, nil, "tag_digest", since, "repository", ref.repository, "tag", ref.tag, "digest", short(artifact.Digest))}})
			}
			return out
		},
	}
}

// manyHigh is the number of high vulnerabilities from which they are worth a word without any critical one.
const manyHigh = 10

func imageVulnerable() Rule {
	return Rule{
		ID: "image-vulnerable", Area: "images", Runbook: "RB-07", Severity: platform.SeverityDegraded,
		Needs: []platform.Family{platform.FamPods, platform.FamImages},
		Doc: Doc{
			What:     "An image that runs has critical vulnerabilities, or ten high ones or more.",
			Why:      "What matters is what runs, not what lies in the registry. Degraded in production when one is critical, a warning when they are high only.",
			Evidence: "Harbor's scan of the digest that runs (exact), or of the tag the pods name when the digest is unknown (probable), and where it runs.",
			Sources:  podSources + "; harbor", Rights: readPods + "; " + readImages + readDigest,
		},
		Check: checkVulnerable,
	}
}

func checkVulnerable(in *Input) []platform.Finding {
	type worst struct {
		finding platform.Finding
		envs    []string
	}
	var found []worst
	for _, r := range in.runningImages() {
		ref, artifact := r.ref, r.runs
		if !r.ours || artifact == nil || !artifact.Scan.Known() {
			continue
		}
		confidence := platform.Probable
		if r.digest() != "" {
			confidence = platform.Exact
		}
		scan := artifact.Scan
		if scan.Critical == 0 && scan.High < manyHigh {
			continue
		}
		base := platform.SeverityWarning
		if scan.Critical > 0 {
			base = platform.SeverityDegraded
		}
		f := platform.Finding{Severity: grade(r.env, base), Subject: in.subject(r.env, "image", ref.repository), Confidence: confidence,
			Args: words("repository", ref.repository, "tag", tagOrDigest(ref), "critical", itoa(scan.Critical), "high", itoa(scan.High)),
			Why:  []platform.Evidence{in.coded(platform.FamImages, nil, "scan", scan.At, "image", ref.repository+"@"+short(artifact.Digest), "critical", itoa(scan.Critical), "high", itoa(scan.High))}}
		i := slices.IndexFunc(found, func(w worst) bool { return w.finding.Subject.Name == ref.repository })
		if i < 0 {
			found = append(found, worst{f, []string{r.env.Name}})
			continue
		}
		if !slices.Contains(found[i].envs, r.env.Name) {
			found[i].envs = append(found[i].envs, r.env.Name)
		}
		if f.Severity > found[i].finding.Severity {
			found[i].finding = f
		}
	}
	var out []platform.Finding
	for _, w := range found {
		w.finding.Args["environments"] = strings.Join(w.envs, ", ")
		w.finding.Why = append(w.finding.Why, in.coded(platform.FamPods, nil, "runs_in", time.Time{}, "environments", strings.Join(w.envs, ", ")))
		out = append(out, w.finding)
	}
	return out
}
