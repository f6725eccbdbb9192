package findings

import (
	"time"

	"dsotop/internal/platform"
)

const readForge = "the heads of the repositories in the team's forge, which must answer without a login: `forge` in the configuration of gitlab"

// settling is how long something that was just declared may be without what the platform makes of it.
const settling = 30 * time.Minute

func mirrorNeverRan() Rule {
	return Rule{
		ID: "mirror-never-ran", Mode: "F4", Area: "mirror", Runbook: "RB-03", Severity: platform.SeverityWarning,
		Needs: []platform.Family{platform.FamRepositories, platform.FamGit, platform.FamPipelines},
		Doc: Doc{
			What:     "A repository with a source outside was declared more than half an hour ago, is empty, and no mirror run ever concerned it.",
			Why:      "Since console 9.24 nothing starts the first run: somebody has to, once. Until then there is nothing to build or to deploy.",
			Evidence: "The repository, empty in GitLab, and the absence of mirror runs.",
			Sources:  "console, gitlab", Rights: "list repositories in the console; read the repositories of the project's group and the pipelines of `mirror`",
		},
		Check: func(in *Input) []platform.Finding {
			var out []platform.Finding
			for i := range in.Repositories {
				r := &in.Repositories[i]
				if r.ExternalURL == "" || r.Git == nil || !r.Git.Empty || len(r.Mirror) > 0 || r.MirrorUntold || !r.CreatedAt.IsZero() && !in.Past(r.CreatedAt.Add(settling)) {
					continue
				}
				out = append(out, platform.Finding{Severity: platform.SeverityWarning, Subject: in.subject(nil, "repository", r.Name), Since: r.CreatedAt, Args: words("repository", r.Name),
					Why: []platform.Evidence{in.coded(platform.FamGit, nil, "repository_empty", time.Time{}, "repository", r.Name), in.coded(platform.FamPipelines, nil, "never_mirrored", time.Time{}, "repository", r.Name)}})
			}
			return out
		},
	}
}

// lagTolerated is how long the internal copy may be behind: a mirror run takes seconds, but somebody has to ask for it.
const lagTolerated = 15 * time.Minute

// behind lists the repositories whose head in the team's forge has been another one for too long.
func (in *Input) behind(visit func(r *platform.RepositoryFacts, h *platform.ForgeHead, triggered bool)) {
	for i := range in.Forge {
		h := &in.Forge[i]
		if h.SHA == "" || h.Differs.IsZero() {
			continue
		}
		for j := range in.Repositories {
			r := &in.Repositories[j]
			if r.Name != h.Repository || r.Git == nil || r.Git.HeadSHA == "" || platform.SameCommit(r.Git.HeadSHA, h.SHA) || !in.Past(h.Differs.Add(lagTolerated)) {
				continue
			}
			runs := finished(r.Mirror)
			// It used to be started by the team's own pipeline, and has not been started at all since the heads parted.
			triggered := len(runs) > 0 && runs[0].Status == platform.PipelineSuccess && runs[0].Source == "trigger" && runs[0].CreatedAt.Before(h.Differs)
			visit(r, h, triggered)
		}
	}
}

func (in *Input) lagFinding(r *platform.RepositoryFacts, h *platform.ForgeHead) platform.Finding {
	f := platform.Finding{Severity: platform.SeverityWarning, Subject: in.subject(nil, "repository", r.Name), Since: h.Differs, Args: words("repository", r.Name, "branch", h.Branch, "outside", short(h.SHA), "inside", short(r.Git.HeadSHA)),
		Why: []platform.Evidence{in.coded(platform.FamForge, nil, "forge_head", h.Differs, "branch", h.Branch, "revision", short(h.SHA)), in.coded(platform.FamGit, nil, "head", r.Git.HeadAt, "repository", r.Name, "revision", short(r.Git.HeadSHA))}}
	if runs := finished(r.Mirror); len(runs) > 0 {
		f.Why = append(f.Why, in.pipelineEvidence(runs[0]))
	}
	return f
}

func mirrorLagging() Rule {
	return Rule{
		ID: "mirror-lagging", Area: "mirror", Runbook: "RB-03", Severity: platform.SeverityWarning, Aside: true,
		Needs: []platform.Family{platform.FamRepositories, platform.FamGit, platform.FamPipelines, platform.FamForge},
		Doc: Doc{
			What:     "The team's forge has had another commit at the end of the branch than the platform's copy for more than a quarter of an hour.",
			Why:      "What the team believes delivered is not even built. Since when is when it was first seen, not when it was pushed.",
			Evidence: "Both heads, and the last mirror run.",
			Sources:  "gitlab, the external forge", Rights: readForge,
		},
		Check: func(in *Input) []platform.Finding {
			var out []platform.Finding
			in.behind(func(r *platform.RepositoryFacts, h *platform.ForgeHead, triggered bool) {
				if !triggered {
					out = append(out, in.lagFinding(r, h))
				}
			})
			return out
		},
	}
}

func triggerDead() Rule {
	return Rule{
		ID: "trigger-dead", Mode: "F3", Area: "mirror", Runbook: "RB-04", Severity: platform.SeverityDegraded, Aside: true,
		Needs: []platform.Family{platform.FamRepositories, platform.FamGit, platform.FamPipelines, platform.FamForge},
		Doc: Doc{
			What:     "The team's forge moves on, and its pipeline, which used to start the mirror by a trigger token, starts it no more.",
			Why:      "A provisioning may have made the token anew: the team's pipeline then gets 404 or 401, which nobody on the platform sees. The new token must be given to it.",
			Evidence: "Both heads, the last mirror run, started by a trigger before the heads parted, and the last provisioning.",
			Sources:  "gitlab, the external forge, console", Rights: readForge,
		},
		Check: func(in *Input) []platform.Finding {
			var out []platform.Finding
			in.behind(func(r *platform.RepositoryFacts, h *platform.ForgeHead, triggered bool) {
				if !triggered {
					return
				}
				f := in.lagFinding(r, h)
				f.Severity, f.Confidence = platform.SeverityDegraded, platform.Probable
				if entry, ok := in.lastProvisioning(); ok {
					f.Why = append(f.Why, in.said(platform.FamLog, nil, "log_entry", entry.Message, entry.At, "action", entry.Action))
				}
				out = append(out, f)
			})
			return out
		},
	}
}

// lostWindow is how long a commit that a forced push removed is worth a word.
const lostWindow = 30 * 24 * time.Hour

func commitOverwritten() Rule {
	return Rule{
		ID: "commit-overwritten", Mode: "F5", Area: "mirror", Runbook: "RB-03", Severity: platform.SeverityDegraded, Aside: true,
		Needs: []platform.Family{platform.FamRepositories, platform.FamPipelines, platform.FamCode},
		Doc: Doc{
			What:     "Commits for which pipelines ran on the default branch are no longer in it: a forced push took them out.",
			Why:      "The mirror pushes with force: a correction made directly in the platform's GitLab is lost at the next run, and with it what may be running. Degraded when one of them runs somewhere now.",
			Evidence: "The commit that vanished, its author, what stands in its place, where it runs.",
			Sources:  "gitlab", Rights: readCode,
		},
		Check: func(in *Input) []platform.Finding {
			var out []platform.Finding
			for i := range in.Code {
				c := &in.Code[i]
				if c.Lost == nil || c.Lost.At.IsZero() || in.Past(c.Lost.At.Add(lostWindow)) {
					continue
				}
				severity, runs := platform.SeverityWarning, in.runsCommit(c.Repository, c.Lost.SHA)
				if runs != "" {
					severity = platform.SeverityDegraded
				}
				f := platform.Finding{Severity: severity, Subject: in.subject(nil, "repository", c.Repository), Since: c.Lost.At,
					Args: words("repository", c.Repository, "revision", short(c.Lost.SHA), "author", c.Lost.Author, "count", itoa(c.Lost.Count), "head", short(c.Lost.Head)),
					Why:  []platform.Evidence{in.said(platform.FamCode, nil, "lost_commit", c.Lost.Title, c.Lost.At, "revision", short(c.Lost.SHA), "author", c.Lost.Author)}}
				if c.Lost.Head != "" {
					f.Why = append(f.Why, in.coded(platform.FamGit, nil, "head", time.Time{}, "repository", c.Repository, "revision", short(c.Lost.Head)))
				}
				if runs != "" {
					f.Why = append(f.Why, in.coded(platform.FamPods, nil, "runs_in", time.Time{}, "environments", runs))
				}
				out = append(out, f)
			}
			return out
		},
	}
}

// runsCommit names the environments in which an image runs whose tag names the commit; "" when none is known.
func (in *Input) runsCommit(repository, commit string) string {
	var envs list
	for _, r := range in.runningImages() {
		if r.ours && r.ref.repository == repository && r.ref.tag != "" && platform.SameCommit(r.ref.tag, commit) {
			envs = envs.with(r.env.Name)
		}
	}
	return envs.String()
}

func undeclaredRepository() Rule {
	return Rule{
		ID: "undeclared-repository", Mode: "F32", Area: "mirror", Runbook: "RB-01", Severity: platform.SeverityWarning,
		Needs: []platform.Family{platform.FamRepositories, platform.FamGit},
		Doc: Doc{
			What:     "The project's GitLab group has a repository that the console does not know.",
			Why:      "It was made directly in GitLab. An older console, or one whose purge is on, deletes it at the next provisioning, with its history. It must be declared in the console.",
			Evidence: "The repository and when it last changed.",
			Sources:  "console, gitlab", Rights: "list repositories in the console; list the project's group in GitLab",
		},
		Check: func(in *Input) []platform.Finding {
			var out []platform.Finding
			for i := range in.Undeclared {
				g := &in.Undeclared[i]
				if !g.LastActivity.IsZero() && !g.LastActivity.Before(in.Known[platform.FamRepositories].At) {
					continue // it may have been declared since the console was read: GitLab has it a moment later
				}
				severity := platform.SeverityWarning
				if g.Empty {
					severity = platform.SeverityInfo
				}
				out = append(out, platform.Finding{Severity: severity, Subject: in.subject(nil, "repository", g.Name), Args: words("repository", g.Name),
					Why: []platform.Evidence{in.coded(platform.FamGit, nil, "repository_unknown", g.LastActivity, "repository", g.Name)}})
			}
			return out
		},
	}
}

// tokenEnds judges tokens that people made: the end is near, or was in the last week. Later nobody misses them.
func (in *Input) tokenEnds(list []platform.AccessToken, family platform.Family) []platform.Finding {
	var out []platform.Finding
	for _, t := range list {
		if t.Repository == "" && t.Name == in.Project.Slug+"-bot" || t.Revoked || t.ExpiresAt.IsZero() || !in.Past(t.ExpiresAt.Add(-expiryNotice)) || in.Past(t.ExpiresAt.Add(7*24*time.Hour)) {
			continue
		}
		date := t.ExpiresAt.UTC().Format(time.DateOnly)
		f := platform.Finding{Severity: platform.SeverityInfo, Subject: in.subject(nil, "token", t.Name), Args: words("token", t.Name, "date", date),
			Why: []platform.Evidence{in.coded(family, nil, "token_ends", time.Time{}, "token", t.Name, "date", date)}}
		if t.Repository != "" {
			f.Subject, f.Args = in.subject(nil, "token", t.Repository+"/"+t.Name), words("token", t.Name, "repository", t.Repository, "date", date)
		}
		if in.Past(t.ExpiresAt) {
			f.Severity, f.Since = platform.SeverityWarning, t.ExpiresAt
		}
		out = append(out, f)
	}
	return out
}

func repositoryTokenExpiring() Rule {
	return Rule{
		ID: "repository-token-expiring", Area: "mirror", Runbook: "RB-04", Severity: platform.SeverityWarning, Aside: true,
		Needs: []platform.Family{platform.FamRepoTokens},
		Doc: Doc{
			What:     "An access token that the team made for one of its GitLab repositories (a project access token) ends within 30 days, or ended in the last seven.",
			Why:      "Whatever uses it (a trigger, an update robot, a tool that pushes versions) stops that day, and GitLab tells only maintainers.",
			Evidence: "The token, its repository and its end. Read only for a project that somebody looks at, every six hours.",
			Sources:  "gitlab", Rights: "Maintainer in the project's GitLab group, to list its repositories' access tokens",
		},
		Check: func(in *Input) []platform.Finding { return in.tokenEnds(in.RepoTokens, platform.FamRepoTokens) },
	}
}

func groupTokenExpiring() Rule {
	return Rule{
		ID: "group-token-expiring", Area: "mirror", Runbook: "RB-04", Severity: platform.SeverityWarning,
		Needs: []platform.Family{platform.FamTokens},
		Doc: Doc{
			What:     "An access token that the team made for its GitLab group ends within 30 days, or ended in the last seven.",
			Why:      "Whatever uses it (an update robot, a trigger of the team's own) stops that day, and GitLab tells only its owners.",
			Evidence: "The token and its end.",
			Sources:  "gitlab", Rights: readTokens,
		},
		Check: func(in *Input) []platform.Finding { return in.tokenEnds(in.Tokens, platform.FamTokens) },
	}
}
