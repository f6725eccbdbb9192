package findings

import (
	"slices"
	"time"

	"dsotop/internal/platform"
)

// rolloutTime is how long several versions of one workload may run side by side: a roll-out of many pods takes minutes.
const rolloutTime = 30 * time.Minute

func mixedVersions() Rule {
	return Rule{
		ID: "mixed-versions", Area: "images", Runbook: "RB-11", Severity: platform.SeverityDegraded,
		Needs: []platform.Family{platform.FamPods},
		Doc: Doc{
			What:     "Pods of one workload have run different images for more than half an hour.",
			Why:      "A roll-out that hangs, or a tag that moved between two restarts: users meet one version or the other by chance.",
			Evidence: "The images side by side, with the number of pods and since when the newer one is there. Two architectures of one multi-architecture image are one version.",
			Sources:  podSources, Rights: readPods + readDigest,
		},
		Check: func(in *Input) []platform.Finding {
			var out []platform.Finding
			list := in.runningImages()
			start := 0 // of the environment
			for i := range list {
				a := &list[i]
				if a.env != list[start].env {
					start = i
				}
				for k := start; k < i; k++ {
					b := &list[k]
					if a.workload() != b.workload() || a.kind() != b.kind() || a.kind() != "Deployment" && a.kind() != "StatefulSet" || !otherVersion(a, b) {
						continue
					}
					newer, older := a, b
					if b.oldest.After(a.oldest) {
						newer, older = b, a
					}
					if newer.oldest.IsZero() || !in.Past(newer.oldest.Add(rolloutTime)) {
						break
					}
					out = append(out, platform.Finding{Severity: grade(a.env, platform.SeverityDegraded), Subject: in.subject(a.env, "workload", a.workload()), Since: newer.oldest,
						Args: words("workload", a.workload(), "repository", a.ref.repository, "image", newer.image(), "newer", versionOf(newer), "older", versionOf(older)),
						Why: []platform.Evidence{in.coded(platform.FamPods, a.env, "runs", newer.oldest, "image", newer.ref.repository+":"+versionOf(newer), "count", itoa(newer.pods)),
							in.coded(platform.FamPods, a.env, "runs", older.oldest, "image", older.ref.repository+":"+versionOf(older), "count", itoa(older.pods))}})
					break
				}
			}
			return out
		},
	}
}

// otherVersion: the same repository, and proved to be another image.
func otherVersion(a, b *runningImage) bool {
	if a.ref.project != b.ref.project || a.ref.repository != b.ref.repository {
		return false
	}
	if a.digest() != "" && b.digest() != "" {
		return a.digest() != b.digest() && (a.runs == nil || a.runs != b.runs)
	}
	return a.ref.tag != b.ref.tag
}

func versionOf(r *runningImage) string {
	if r.runs != nil {
		for _, t := range r.runs.Tags {
			if sha(t.Name) {
				return t.Name
			}
		}
	}
	if sha(r.ref.tag) || r.digest() == "" {
		return r.ref.tag
	}
	return short(r.digest())
}

func imageUntraced() Rule {
	return Rule{
		ID: "image-untraced", Area: "images", Runbook: "RB-08", Severity: platform.SeverityInfo,
		Needs: []platform.Family{platform.FamPods, platform.FamImages, platform.FamRepositories, platform.FamPipelines},
		Doc: Doc{
			What:     "Nobody can tell which commit an image that runs was made of.",
			Why:      "No tag of it names a commit, and no single pipeline was at work while it was pushed, though the pipelines that were read go back to then: pipeline, gate and author cannot be found when something breaks. The documented convention is to tag with the short SHA.",
			Evidence: "The image that runs, and the tags Harbor has for it.",
			Sources:  podSources + "; harbor; gitlab", Rights: readPods + "; " + readImages + readDigest,
		},
		Check: func(in *Input) []platform.Finding {
			var out []platform.Finding
			list := in.runningImages()
			var said []string
			for i := range list {
				r := &list[i]
				if !r.ours || r.runs == nil || platform.NamesCommit(r.runs) || slices.Contains(said, r.ref.repository) || !in.remembers(r.runs.PushedAt) {
					continue
				}
				if commit, _ := in.CommitOf(r.image(), r.digest(), r.runs); commit != "" {
					continue
				}
				said = append(said, r.ref.repository)
				out = append(out, platform.Finding{Severity: platform.SeverityInfo, Subject: in.subject(r.env, "image", r.ref.repository), Since: r.runs.PushedAt,
					Args: words("repository", r.ref.repository, "tag", tagOrDigest(r.ref)),
					Why:  []platform.Evidence{in.coded(platform.FamPods, r.env, "runs", r.oldest, "image", r.image(), "count", itoa(r.pods))}})
			}
			return out
		},
	}
}

// remembers reports whether the pipelines that were read go back to a time: only the newest of each repository are.
func (in *Input) remembers(at time.Time) bool {
	for i := range in.Repositories {
		if list := in.Repositories[i].Pipelines; len(list) > 0 && list[len(list)-1].CreatedAt.Before(at) {
			return true
		}
	}
	return false
}

// pollTime is how long Argo CD takes at most to see a new commit without being told: three minutes by default, and some slack.
const pollTime = 15 * time.Minute

func infraBehind() Rule {
	return Rule{
		ID: "infra-behind", Area: "argo", Runbook: "RB-08", Severity: platform.SeverityWarning,
		Needs: []platform.Family{platform.FamRepositories, platform.FamGit, platform.FamApplications},
		Doc: Doc{
			What:     "The infra repository has a newer commit than the one Argo CD compares with, though it says Synced.",
			Why:      "Argo CD does not see what was pushed: what is asked for is not deployed, and nothing is red.",
			Evidence: "The newest commit of the branch, and the revision of the application, which was reconciled after it.",
			Sources:  "gitlab, argocd", Rights: "read the infra repository and the application",
		},
		Check: func(in *Input) []platform.Finding {
			var out []platform.Finding
			if !slices.ContainsFunc(in.Repositories, func(r platform.RepositoryFacts) bool { return r.Infra && r.Git != nil && r.Git.HeadSHA != "" }) {
				return nil
			}
			for e, a := range in.apps() {
				if a.Sync != platform.SyncSynced {
					continue
				}
				rev, repo := in.InfraRevision(a)
				if repo == nil || repo.Git == nil || repo.Git.HeadSHA == "" || rev == "" || platform.SameCommit(repo.Git.HeadSHA, rev) || !a.FollowsHead(repo.Git) {
					continue
				}
				pushed := later(repo.Git.HeadAt, repo.Git.LastActivity)
				if pushed.IsZero() || a.ReconciledAt.Before(pushed.Add(pollTime)) {
					continue
				}
				out = append(out, platform.Finding{Severity: grade(e, platform.SeverityWarning), Subject: in.subject(e, "application", a.Name), Since: pushed, Confidence: platform.Probable,
					Args: words("app", a.Name, "repository", repo.Name, "revision", short(rev), "head", short(repo.Git.HeadSHA)),
					Why: []platform.Evidence{in.appEvidence(e, a), in.coded(platform.FamGit, nil, "head", pushed, "repository", repo.Name, "revision", short(repo.Git.HeadSHA)),
						in.coded(platform.FamApplications, e, "applied", a.ReconciledAt, "app", a.Name, "revision", short(rev))}})
			}
			return out
		},
	}
}
