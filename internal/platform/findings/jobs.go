package findings

import (
	"strings"
	"time"

	"dsotop/internal/platform"
)

const readTraces = "read the pipelines and the job traces of the repositories (Reporter)"

// brokenRun is the newest finished run of a repository, failed: of its default branch, or of its mirror.
type brokenRun struct {
	repository *platform.RepositoryFacts
	pipeline   *platform.Pipeline
	job        platform.Job // the first that failed; its name is "" when jobs were not read
	mirror     bool
}

// brokenRuns lists what is broken now: what a later run corrected is not.
func (in *Input) brokenRuns() []brokenRun {
	if in.ranJobs {
		return in.broken
	}
	in.ranJobs = true
	for i := range in.Repositories {
		r := &in.Repositories[i]
		branch := ""
		if r.Git != nil {
			branch = r.Git.DefaultBranch
		}
		for _, mirror := range []bool{false, true} {
			runs := r.Pipelines
			if mirror {
				runs = r.Mirror
			}
			for j := range runs {
				p := &runs[j]
				if !mirror && !onBranch(p.Ref, branch) || p.Status != platform.PipelineFailed && p.Status != platform.PipelineSuccess {
					continue
				}
				if job, ok := p.FirstFailed(); ok && p.Status == platform.PipelineFailed {
					in.broken = append(in.broken, brokenRun{r, p, job, mirror})
				}
				break
			}
		}
	}
	return in.broken
}

// jobFinding makes the finding of a broken run; the line of the trace is its proof.
func (in *Input) jobFinding(b brokenRun, severity platform.Severity, args ...string) platform.Finding {
	run := "pipeline"
	if b.mirror {
		run = "mirror"
	}
	since := b.job.StartedAt
	if since.IsZero() {
		since = b.pipeline.CreatedAt
	}
	f := platform.Finding{Severity: severity, Subject: in.subject(nil, "repository", b.repository.Name), Since: since, Why: []platform.Evidence{in.pipelineEvidence(*b.pipeline)},
		Args: words(append([]string{"repository", b.repository.Name, "number", "#" + itoa(int(b.pipeline.IID)), "job", b.job.Name, "run", run}, args...)...)}
	if b.job.Said != "" {
		f.Why = append(f.Why, in.said(platform.FamPipelines, nil, "trace", b.job.Said, since, "job", b.job.Name))
	}
	return f
}

// quickEnd is how soon a job ends that fails at reading its secrets, before it does anything.
const quickEnd = 30 * time.Second

func readsSecrets(j platform.Job) bool {
	return containsAny(j.Name+" "+j.Stage, "read-secret", "read_secret", "readsecret")
}

func secretReadFailed() Rule {
	return Rule{
		ID: "secret-read-failed", Mode: "F7", Area: "pipelines", Runbook: "RB-05", Severity: platform.SeverityDegraded,
		Needs: []platform.Family{platform.FamRepositories, platform.FamPipelines},
		Doc: Doc{
			What:     "A pipeline or a mirror run cannot read its secrets in Vault: sealed, a role refused, a path that moved.",
			Why:      "No job after it has the registry's or SonarQube's credentials. It is nothing that the team's code can mend; when it hits several projects at once, Vault is down.",
			Evidence: "The job and the line of its trace (exact); a job of that name that ended within 30 seconds where its trace could not be read (probable).",
			Sources:  "gitlab", Rights: readTraces,
		},
		Check: func(in *Input) []platform.Finding {
			var out []platform.Finding
			for _, b := range in.brokenRuns() {
				guessed := b.job.Cause == "" && readsSecrets(b.job) && b.job.Duration > 0 && b.job.Duration < quickEnd
				if b.job.Cause != platform.CauseVault && !guessed {
					continue
				}
				f := in.jobFinding(b, platform.SeverityDegraded)
				if guessed {
					f.Confidence = platform.Probable
				}
				out = append(out, f)
			}
			return out
		},
	}
}

// dotenvLife is how long the credentials that a pipeline reads first are kept for its other jobs.
const dotenvLife = time.Hour

func dotenvExpired() Rule {
	return Rule{
		ID: "dotenv-expired", Mode: "F8", Area: "pipelines", Runbook: "RB-05", Severity: platform.SeverityWarning,
		Needs: []platform.Family{platform.FamRepositories, platform.FamPipelines},
		Doc: Doc{
			What:     "A job ran more than an hour after the pipeline had read its secrets, and was refused by the registry.",
			Why:      "The credentials are an artifact that expires after 60 minutes: retrying the job alone fails for ever, the whole pipeline must be run again.",
			Evidence: "When the secrets were read, when the job began, and the registry's refusal in its trace.",
			Sources:  "gitlab", Rights: readTraces,
		},
		Check: func(in *Input) []platform.Finding {
			var out []platform.Finding
			for _, b := range in.brokenRuns() {
				read, late := in.outlived(b)
				if b.job.Cause != platform.CauseRegistry || !late {
					continue
				}
				f := in.jobFinding(b, platform.SeverityWarning, "minutes", itoa(int(b.job.StartedAt.Sub(read)/time.Minute)))
				f.Why = append(f.Why, in.coded(platform.FamPipelines, nil, "secrets_read", read, "minutes", f.Args["minutes"]))
				out = append(out, f)
			}
			return out
		},
	}
}

// outlived reports when the pipeline's secrets were read, and whether they were gone when the broken job began.
func (in *Input) outlived(b brokenRun) (read time.Time, late bool) {
	for _, j := range b.pipeline.Jobs {
		if readsSecrets(j) && j.Status == platform.PipelineSuccess && !j.StartedAt.IsZero() {
			read = j.StartedAt.Add(j.Duration)
			return read, b.job.StartedAt.Sub(read) > dotenvLife
		}
	}
	return time.Time{}, false
}

func certificateUnknown() Rule {
	return Rule{
		ID: "certificate-unknown", Mode: "F9", Area: "pipelines", Runbook: "RB-05", Severity: platform.SeverityWarning,
		Needs: []platform.Family{platform.FamRepositories, platform.FamPipelines},
		Doc: Doc{
			What:     "A job does not know the authority of a certificate (`PKIX path building failed`, `x509: certificate signed by unknown authority`).",
			Why:      "The platform's own authority is given to jobs in a file (`CA_BUNDLE`, the Maven options of the templates) that this job does not use.",
			Evidence: "The line of the job's trace.",
			Sources:  "gitlab", Rights: readTraces,
		},
		Check: func(in *Input) []platform.Finding {
			var out []platform.Finding
			for _, b := range in.brokenRuns() {
				if b.job.Cause == platform.CauseCertificate {
					out = append(out, in.jobFinding(b, platform.SeverityWarning))
				}
			}
			return out
		},
	}
}

func pushRefused() Rule {
	return Rule{
		ID: "push-refused", Mode: "F36", Area: "pipelines", Runbook: "RB-05", Severity: platform.SeverityDegraded,
		Needs: []platform.Family{platform.FamRepositories, platform.FamPipelines},
		Doc: Doc{
			What:     "The registry refuses an image that a pipeline made: no room left (quota), an error of Harbor's own, or a login it does not take.",
			Why:      "The build itself is good: nothing in the code will help. A quota is raised by an administrator; a robot's password is renewed by a provisioning (RB-01).",
			Evidence: "The line of the job's trace.",
			Sources:  "gitlab", Rights: readTraces,
		},
		Check: func(in *Input) []platform.Finding {
			var out []platform.Finding
			for _, b := range in.brokenRuns() {
				_, late := in.outlived(b)
				if b.job.Cause == platform.CauseQuota || b.job.Cause == platform.CauseRegistry && !late {
					out = append(out, in.jobFinding(b, platform.SeverityDegraded))
				}
			}
			return out
		},
	}
}

// ciTemplate reports whether a job is made of one of the platform's templates, or is named after what they do.
func ciTemplate(j *platform.CIJob, words ...string) bool {
	return containsAny(j.Extends, words...) || containsAny(j.Name, words...)
}

const readCode = "read the files of the repositories (Reporter; the scope read_api is enough)"

func ciFileMissing() Rule {
	return Rule{
		ID: "ci-file-missing", Mode: "F6", Area: "pipelines", Runbook: "RB-05", Severity: platform.SeverityWarning, Aside: true,
		Needs: []platform.Family{platform.FamRepositories, platform.FamGit, platform.FamCode},
		Doc: Doc{
			What:     "The CI file that GitLab is told to read is not in the repository, often because it has another name.",
			Why:      "What is pushed starts no pipeline at all, and nothing says so: no image, no analysis. Only `.gitlab-ci-dso.yml` is read; the documentation itself has spelled it in other ways.",
			Evidence: "The file GitLab looks for, those of the root whose names resemble it, the commit.",
			Sources:  "gitlab", Rights: readCode,
		},
		Check: func(in *Input) []platform.Finding {
			var out []platform.Finding
			for i := range in.Repositories {
				r := &in.Repositories[i]
				c := in.code(r.Name)
				if c == nil || r.Infra || c.Revision == "" || c.CI.Path == "" || c.CI.Present {
					continue
				}
				severity := platform.SeverityWarning
				if len(c.CI.Alike) == 0 && len(r.Pipelines) == 0 {
					severity = platform.SeverityInfo // nobody wanted pipelines here yet
				}
				alike := strings.Join(c.CI.Alike, ", ")
				out = append(out, platform.Finding{Severity: severity, Subject: in.subject(nil, "repository", r.Name), Args: words("repository", r.Name, "file", c.CI.Path, "alike", alike),
					Why: []platform.Evidence{in.coded(platform.FamCode, nil, "file_absent", time.Time{}, "file", c.CI.Path, "revision", short(c.Revision), "alike", alike)}})
			}
			return out
		},
	}
}

func ciWeak() Rule {
	return Rule{
		ID: "ci-weak", Area: "pipelines", Runbook: "RB-05", Severity: platform.SeverityInfo, Aside: true,
		Needs: []platform.Family{platform.FamRepositories, platform.FamCode},
		Doc: Doc{
			What:     "The CI file has a known weakness: it cannot be understood, secrets are not read first, no analysis or one that may fail, images under a moving tag only.",
			Why:      "Each of them is met later as an incident: credentials that expired, a red gate that stops nothing, a rebuilt tag that deploys nothing. Jobs of included files are not seen: only what the file itself says is judged.",
			Evidence: "The jobs concerned.",
			Sources:  "gitlab", Rights: readCode,
		},
		Check: func(in *Input) []platform.Finding {
			var out []platform.Finding
			for i := range in.Repositories {
				r := &in.Repositories[i]
				c := in.code(r.Name)
				if c == nil || r.Infra || !c.CI.Present {
					continue
				}
				if why := in.weaknesses(c); len(why) > 0 {
					out = append(out, platform.Finding{Severity: platform.SeverityInfo, Subject: in.subject(nil, "repository", r.Name), Args: words("repository", r.Name, "file", c.CI.Path, "count", itoa(len(why))), Why: why})
				}
			}
			return out
		},
	}
}

// movingTags are names that every build takes anew.
func movingTag(tag string) bool {
	return tag == "latest" || tag == "main" || tag == "master" || tag == "develop" || strings.Contains(tag, "CI_COMMIT_REF_SLUG") || strings.Contains(tag, "CI_COMMIT_BRANCH") || strings.Contains(tag, "CI_COMMIT_REF_NAME")
}

func (in *Input) weaknesses(c *platform.CodeFacts) (why []platform.Evidence) {
	if c.CI.Broken != "" {
		return []platform.Evidence{in.said(platform.FamCode, nil, "ci_broken", c.CI.Broken, time.Time{}, "file", c.CI.Path)}
	}
	analysed, secrets := c.CI.Includes && len(c.CI.Jobs) == 0, false
	var first *platform.CIJob
	for i := range c.CI.Jobs {
		j := &c.CI.Jobs[i]
		if first == nil || j.Rank >= 0 && (first.Rank < 0 || j.Rank < first.Rank) {
			first = j
		}
	}
	for i := range c.CI.Jobs {
		j := &c.CI.Jobs[i]
		switch {
		case ciTemplate(j, "read_secret", "read-secret"):
			secrets = true
			if first != nil && j.Rank > first.Rank && first.Rank >= 0 {
				why = append(why, in.coded(platform.FamCode, nil, "ci_secrets_late", time.Time{}, "job", j.Name, "first", first.Name))
			}
		case ciTemplate(j, "sonar"):
			analysed = true
			if j.MayFail {
				why = append(why, in.coded(platform.FamCode, nil, "ci_gate_ignored", time.Time{}, "job", j.Name))
			}
		case ciTemplate(j, "kaniko:simple", "kaniko", "buildkit", "docker-build", "build-docker") && j.Tag != "" && movingTag(j.Tag):
			why = append(why, in.coded(platform.FamCode, nil, "ci_moving_tag", time.Time{}, "job", j.Name, "tag", j.Tag))
		}
	}
	if !analysed {
		why = append(why, in.coded(platform.FamCode, nil, "ci_no_analysis", time.Time{}, "file", c.CI.Path))
	}
	if !secrets && !(c.CI.Includes && len(c.CI.Jobs) == 0) {
		why = append(why, in.coded(platform.FamCode, nil, "ci_no_secrets", time.Time{}, "file", c.CI.Path))
	}
	return why
}

// code is what is known of the files of a repository; nil when nothing is.
func (in *Input) code(repository string) *platform.CodeFacts {
	for i := range in.Code {
		if in.Code[i].Repository == repository {
			return &in.Code[i]
		}
	}
	return nil
}

func alertRulesIgnored() Rule {
	return observabilityRule("alert-rules-ignored", "F27", "rules", Doc{
		What:     "A file of alert rules of the project's observability repository is in a place that nothing reads.",
		Why:      "Only `files/rules/metrics/` and `files/rules/logs/` are rendered: the team believes it is watched, and no alert will ever come.",
		Evidence: "The file and the place it should be in.",
		Sources:  "gitlab", Rights: readCode,
	})
}

func dashboardInvalid() Rule {
	return observabilityRule("dashboard-invalid", "F28", "dashboard", Doc{
		What:     "A dashboard of the project's observability repository cannot be read as JSON, or lies in a place that nothing reads.",
		Why:      "Grafana shows the former one, or none: what was changed is not there on the day it is wanted.",
		Evidence: "The file and what the parser says of it.",
		Sources:  "gitlab", Rights: readCode,
	})
}

func observabilityRule(id, mode, kind string, doc Doc) Rule {
	return Rule{
		ID: id, Mode: mode, Area: "observability", Runbook: "RB-08", Severity: platform.SeverityWarning, Aside: true, Needs: []platform.Family{platform.FamCode}, Doc: doc,
		Check: func(in *Input) []platform.Finding {
			var out []platform.Finding
			for i := range in.Code {
				c := &in.Code[i]
				var why []platform.Evidence
				name := ""
				for _, f := range c.Ignored {
					if f.Kind == kind {
						if name == "" {
							name = f.Path
						}
						why = append(why, in.said(platform.FamCode, nil, "file_ignored", f.Detail, time.Time{}, "file", f.Path, "fault", f.Reason))
					}
				}
				if why != nil {
					out = append(out, platform.Finding{Severity: platform.SeverityWarning, Subject: in.subject(nil, "repository", c.Repository), Args: words("repository", c.Repository, "file", name, "count", itoa(len(why))), Why: why})
				}
			}
			return out
		},
	}
}
