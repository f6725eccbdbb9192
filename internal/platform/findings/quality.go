package findings

import (
	"slices"
	"strings"
	"time"

	"dsotop/internal/platform"
)

const readGate = "browse the project in SonarQube"

// deployed lists the commits of a repository that run: those of production when there are any, else of all environments.
// They are read from tags that look like a commit, of the image that has the repository's name.
func (in *Input) deployed(repository string) []string {
	var prod, all []string
	for _, r := range in.runningImages() {
		if !in.Owns(r.ref.host, r.ref.project, r.ref.repository, r.digest()) || r.ref.repository != repository {
			continue
		}
		tag := r.ref.tag
		if r.digest() != "" && r.runs != nil {
			for _, t := range r.runs.Tags {
				if sha(t.Name) {
					tag = t.Name // what the digest proves beats the tag the manifest names
				}
			}
		}
		if !sha(tag) {
			continue
		}
		if !slices.Contains(all, tag) {
			all = append(all, tag)
		}
		if production(r.env) && !slices.Contains(prod, tag) {
			prod = append(prod, tag)
		}
	}
	if len(prod) > 0 {
		return prod
	}
	return all
}

func (in *Input) gateFinding(r *platform.RepositoryFacts) platform.Finding {
	g := r.Gate
	failing := g.Failing()
	f := platform.Finding{Severity: platform.SeverityDegraded, Subject: in.subject(nil, "repository", r.Name), Since: g.AnalysedAt,
		Args: words("repository", r.Name, "revision", short(g.Revision), "count", itoa(len(failing)))}
	if len(failing) > 0 {
		c := failing[0]
		f.Args["metric"], f.Args["value"], f.Args["threshold"] = c.Metric, c.Value, c.Threshold
		f.Args["comparator"] = c.Sign()
	}
	for _, c := range failing {
		f.Why = append(f.Why, in.coded(platform.FamGates, nil, "gate_condition", g.AnalysedAt, "metric", c.Metric, "value", c.Value, "threshold", c.Threshold, "comparator", c.Sign()))
	}
	if g.Revision != "" {
		f.Why = append(f.Why, in.coded(platform.FamGates, nil, "gate_revision", g.AnalysedAt, "revision", short(g.Revision), "version", g.Version))
	}
	return f
}

// red walks the repositories whose gate is in error. other tells whether the analysed commit is proved not to be deployed.
func (in *Input) red(yield func(r *platform.RepositoryFacts, shas []string, other, proved bool)) {
	for i := range in.Repositories {
		r := &in.Repositories[i]
		if r.Gate == nil || r.Gate.Status != platform.GateError {
			continue
		}
		shas := in.deployed(r.Name)
		if r.Gate.Revision == "" || len(shas) == 0 {
			yield(r, shas, false, false)
			continue
		}
		same := slices.ContainsFunc(shas, func(s string) bool {
			return strings.HasPrefix(r.Gate.Revision, s) || strings.HasPrefix(s, r.Gate.Revision)
		})
		yield(r, shas, !same, true)
	}
}

func gateOtherRevision() Rule {
	return Rule{
		ID: "gate-other-revision", Mode: "F11", Area: "quality", Runbook: "RB-06", Severity: platform.SeverityDegraded,
		Needs: []platform.Family{platform.FamRepositories, platform.FamGates, platform.FamPods},
		Doc: Doc{
			What:     "The quality gate is red, but for another commit than the one that is deployed.",
			Why:      "SonarQube has no branches here: it shows the last commit analysed, of any branch. The red gate says nothing of what runs in production, and what runs may never have been analysed.",
			Evidence: "The failing conditions, the commit that was analysed, the commits that run (from image tags that name a commit).",
			Sources:  "sonarqube; " + podSources, Rights: readGate + "; " + readPods,
		},
		Check: func(in *Input) []platform.Finding {
			var out []platform.Finding
			in.red(func(r *platform.RepositoryFacts, shas []string, other, _ bool) {
				if !other {
					return
				}
				f := in.gateFinding(r)
				f.Args["deployed"] = strings.Join(shas, ", ")
				f.Why = append(f.Why, in.coded(platform.FamPods, nil, "deployed", time.Time{}, "revision", strings.Join(shas, ", ")))
				out = append(out, f)
			})
			return out
		},
	}
}

func gateRed() Rule {
	return Rule{
		ID: "gate-red", Area: "quality", Runbook: "RB-06", Severity: platform.SeverityDegraded,
		Needs: []platform.Family{platform.FamRepositories, platform.FamGates},
		Doc: Doc{
			What:     "The quality gate of a repository is red.",
			Why:      "The analysis may be allowed to fail in the pipeline: a red gate does not stop a delivery by itself, somebody has to decide. Exact when the analysed commit is known to run, probable when that is not known.",
			Evidence: "The failing conditions with value and threshold, and the commit that was analysed.",
			Sources:  "sonarqube", Rights: readGate,
		},
		Check: func(in *Input) []platform.Finding {
			var out []platform.Finding
			in.red(func(r *platform.RepositoryFacts, _ []string, other, proved bool) {
				if other {
					return
				}
				f := in.gateFinding(r)
				if !proved {
					f.Confidence = platform.Probable
				}
				out = append(out, f)
			})
			return out
		},
	}
}

func pipelineFailed() Rule {
	return Rule{
		ID: "pipeline-failed", Area: "pipelines", Runbook: "RB-05", Severity: platform.SeverityWarning,
		Needs: []platform.Family{platform.FamRepositories, platform.FamPipelines},
		Doc: Doc{
			What:     "The last pipeline of a repository's default branch failed.",
			Why:      "No image comes out of it: the next delivery waits for a correction.",
			Evidence: "The pipeline, the first job that failed, and since which pipeline it has been failing.",
			Sources:  "gitlab", Rights: "read the pipelines of the repositories (Reporter, or Guest where pipelines are public)",
		},
		Check: func(in *Input) []platform.Finding {
			var out []platform.Finding
			for i := range in.Repositories {
				r := &in.Repositories[i]
				branch := ""
				if r.Git != nil {
					branch = r.Git.DefaultBranch
				}
				var first, last *platform.Pipeline
				n := 0
				for j := range r.Pipelines {
					p := &r.Pipelines[j]
					if !onBranch(p.Ref, branch) || (p.Status != platform.PipelineFailed && p.Status != platform.PipelineSuccess) {
						continue
					}
					if p.Status == platform.PipelineSuccess {
						break
					}
					if last == nil {
						last = p
					}
					first = p
					n++
				}
				if last == nil {
					continue
				}
				since := first.FinishedAt
				if since.IsZero() {
					since = first.CreatedAt
				}
				job, _ := last.FirstFailed()
				out = append(out, platform.Finding{Severity: platform.SeverityWarning, Subject: in.subject(nil, "repository", r.Name), Since: since,
					Args: words("repository", r.Name, "number", "#"+itoa(int(last.IID)), "ref", last.Ref, "job", job.Name, "count", itoa(n)), Why: []platform.Evidence{in.pipelineEvidence(*last)}})
			}
			return out
		},
	}
}

// onBranch: the default branch, or the usual names of one when GitLab did not tell it.
func onBranch(ref, branch string) bool {
	if branch == "" {
		return ref == "main" || ref == "master"
	}
	return ref == branch
}
