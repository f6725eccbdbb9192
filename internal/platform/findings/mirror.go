package findings

import (
	"net/url"
	"strings"
	"time"

	"dsotop/internal/platform"
)

// expiryNotice is how long before its end a token is worth a word: the procedure wants more than this after a repair.
const expiryNotice = 30 * 24 * time.Hour

// mirrorTokens yields the token the mirror pushes with: "<slug>-bot", of which a recreated one may coexist with the old.
func (in *Input) mirrorToken() (platform.AccessToken, bool) {
	var best platform.AccessToken
	found := false
	for _, t := range in.Tokens {
		if t.Name != in.Project.Slug+"-bot" {
			continue
		}
		if !found || (t.Active && !best.Active) || (t.Active == best.Active && outlives(t, best)) {
			best, found = t, true
		}
	}
	return best, found
}

func outlives(a, b platform.AccessToken) bool {
	if a.ExpiresAt.IsZero() || b.ExpiresAt.IsZero() {
		return a.ExpiresAt.IsZero() && !b.ExpiresAt.IsZero()
	}
	return a.ExpiresAt.After(b.ExpiresAt)
}

const readTokens = "Owner of the project's GitLab group (or GitLab administrator), to list its access tokens"

func mirrorTokenExpired() Rule {
	return Rule{
		ID: "mirror-token-expired", Mode: "F2", Area: "mirror", Runbook: "RB-04", Severity: platform.SeverityDegraded,
		Needs: []platform.Family{platform.FamTokens},
		Doc: Doc{
			What:     "The internal token with which the mirror pushes is expired or revoked.",
			Why:      "Every mirror run of the project fails at its push. The token lives a year and is only made anew by a provisioning that finds it missing or invalid: nobody is told beforehand.",
			Evidence: "The group token `<slug>-bot` and its end.",
			Sources:  "gitlab", Rights: readTokens,
		},
		Check: func(in *Input) []platform.Finding {
			t, ok := in.mirrorToken()
			if !ok {
				return nil
			}
			dead := t.Revoked || (t.ExpiresAt.IsZero() && !t.Active) || (!t.ExpiresAt.IsZero() && in.Past(t.ExpiresAt))
			if !dead {
				return nil
			}
			f := platform.Finding{Severity: platform.SeverityDegraded, Subject: in.subject(nil, "token", t.Name), Args: words("token", t.Name),
				Why: []platform.Evidence{in.coded(platform.FamTokens, nil, "token_revoked", time.Time{}, "token", t.Name)}}
			if !t.Revoked && !t.ExpiresAt.IsZero() {
				f.Since = t.ExpiresAt
				f.Why[0] = in.coded(platform.FamTokens, nil, "token_ended", t.ExpiresAt, "token", t.Name, "date", t.ExpiresAt.UTC().Format(time.DateOnly))
			}
			return []platform.Finding{f}
		},
	}
}

func mirrorTokenExpiring() Rule {
	return Rule{
		ID: "mirror-token-expiring", Mode: "F2", Area: "mirror", Runbook: "RB-04", Severity: platform.SeverityWarning,
		Needs: []platform.Family{platform.FamTokens},
		Doc: Doc{
			What:     "The internal token with which the mirror pushes ends within 30 days.",
			Why:      "The console does not renew it before it is dead; there is still time to do it calmly.",
			Evidence: "The group token `<slug>-bot` and its end.",
			Sources:  "gitlab", Rights: readTokens,
		},
		Check: func(in *Input) []platform.Finding {
			t, ok := in.mirrorToken()
			if !ok || t.Revoked || t.ExpiresAt.IsZero() || !in.Past(t.ExpiresAt.Add(-expiryNotice)) || in.Past(t.ExpiresAt) {
				return nil
			}
			return []platform.Finding{{Severity: platform.SeverityWarning, Subject: in.subject(nil, "token", t.Name),
				Args: words("token", t.Name, "days", itoa(in.DaysLeft(t.ExpiresAt))),
				Why:  []platform.Evidence{in.coded(platform.FamTokens, nil, "token_ends", time.Time{}, "token", t.Name, "date", t.ExpiresAt.UTC().Format(time.DateOnly))}}}
		},
	}
}

// loginRefused are the words of git and of forges when credentials are not taken.
func loginRefused(text string) bool {
	return containsAny(text, "authentication failed", "could not read username", "http basic: access denied", "invalid username or password", "invalid credentials", "bad credentials", "terminal prompts disabled")
}

func privateRepoCredentials() Rule {
	return Rule{
		ID: "private-repo-credentials", Mode: "F1", Area: "mirror", Runbook: "RB-04", Severity: platform.SeverityDegraded,
		Needs: []platform.Family{platform.FamRepositories, platform.FamPipelines},
		Doc: Doc{
			What:     "The external forge refuses the credentials declared for a private repository.",
			Why:      "Nothing new reaches the platform from that repository until the account or its token is changed in the console and the project provisioned again.",
			Evidence: "The console's log when it quotes the refusal (exact); otherwise two failed mirror runs in a row of a private repository while the internal token is valid and other repositories of the project mirror well (probable).",
			Sources:  "console, gitlab", Rights: "list repositories in the console; read the pipelines of the project's `mirror` repository",
		},
		Check: checkPrivateCredentials,
	}
}

func checkPrivateCredentials(in *Input) []platform.Finding {
	var out []platform.Finding
	entry, logged := in.lastProvisioning()
	othersWork := false
	for i := range in.Repositories {
		if runs := finished(in.Repositories[i].Mirror); len(runs) > 0 && runs[0].Status == platform.PipelineSuccess {
			othersWork = true
		}
	}
	for i := range in.Repositories {
		r := &in.Repositories[i]
		if !r.Private || r.ExternalURL == "" {
			continue
		}
		host := ""
		if u, err := url.Parse(r.ExternalURL); err == nil {
			host = u.Host
		}
		f := platform.Finding{Severity: platform.SeverityDegraded, Subject: in.subject(nil, "repository", r.Name), Args: words("repository", r.Name, "host", host)}
		runs := finished(r.Mirror)
		if logged && !entry.OK() {
			for _, res := range entry.Results {
				if res.Status == "OK" || !loginRefused(res.Message) {
					continue
				}
				if concerned, sure := in.refusedOf(r, host, res.Message); concerned {
					f.Since = in.failingSince()
					if !sure {
						f.Confidence = platform.Probable
					}
					f.Why = append(f.Why, in.said(platform.FamLog, nil, "tool_said", res.Message, entry.At, "tool", res.Tool))
				}
			}
		}
		token, known := in.mirrorToken()
		if len(f.Why) == 0 && failedInARow(runs) >= 2 && othersWork && known && !token.Expired(in.now) {
			f.Confidence = platform.Probable
			f.Since = runs[failedInARow(runs)-1].CreatedAt
			f.Why = append(f.Why, in.pipelineEvidence(runs[0]))
		}
		if len(f.Why) > 0 {
			out = append(out, f)
		}
	}
	return out
}

// refusedOf tells whether a refused login concerns a repository: the message names it, or names no repository but the host of its source, which is sure
// when no other private one comes from there. A refusal that names neither may be about any other.
func (in *Input) refusedOf(r *platform.RepositoryFacts, host, text string) (concerned, sure bool) {
	if mentions(text, r.Name) {
		return true, true
	}
	if host == "" || !containsAny(text, strings.ToLower(host)) {
		return false, false
	}
	sure = true
	for i := range in.Repositories {
		o := &in.Repositories[i]
		if o.Name == r.Name {
			continue
		}
		if mentions(text, o.Name) {
			return false, false
		}
		if u, err := url.Parse(o.ExternalURL); err == nil && o.Private && strings.EqualFold(u.Host, host) {
			sure = false
		}
	}
	return true, sure
}

// mentions finds a repository's name as a word of its own, or as the end of a git address: "api" is also a part of GitLab's own addresses.
func mentions(text, name string) bool {
	text, name = strings.ToLower(text), strings.ToLower(name)
	part := func(c byte) bool {
		return c == '-' || c == '_' || c == '/' || c == '.' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z'
	}
	for from := 0; name != ""; {
		i := strings.Index(text[from:], name)
		if i < 0 {
			break
		}
		start, end := from+i, from+i+len(name)
		if before := start == 0 || !part(text[start-1]); before && (end == len(text) || !part(text[end]) || text[end] == '.' && (end+1 == len(text) || text[end+1] == ' ')) {
			return true
		}
		if start > 0 && text[start-1] == '/' && strings.HasPrefix(text[end:], ".git") {
			return true
		}
		from = end
	}
	return false
}

func mirrorFailing() Rule {
	return Rule{
		ID: "mirror-failing", Area: "mirror", Runbook: "RB-04", Severity: platform.SeverityDegraded,
		Needs: []platform.Family{platform.FamPipelines},
		Doc: Doc{
			What:     "The last mirror run of a repository failed.",
			Why:      "The platform builds and deploys from its own copy: what the team pushes outside does not arrive. One failure is a warning, several in a row are degraded.",
			Evidence: "The failed runs of the project's `mirror` repository and the job that failed.",
			Sources:  "gitlab", Rights: "read the pipelines of the project's `mirror` repository",
		},
		Check: func(in *Input) []platform.Finding {
			var out []platform.Finding
			for i := range in.Repositories {
				r := &in.Repositories[i]
				runs := finished(r.Mirror)
				n := failedInARow(runs)
				if n == 0 {
					continue
				}
				severity := platform.SeverityWarning
				if n > 1 {
					severity = platform.SeverityDegraded
				}
				out = append(out, platform.Finding{Severity: severity, Subject: in.subject(nil, "repository", r.Name), Since: runs[n-1].CreatedAt,
					Args: words("repository", r.Name, "count", itoa(n)), Why: []platform.Evidence{in.pipelineEvidence(runs[0])}})
			}
			return out
		},
	}
}

// finished keeps the runs that ended by themselves, newest first: canceled and skipped ones say nothing.
func finished(runs []platform.Pipeline) []platform.Pipeline {
	i := 0
	for i < len(runs) && (runs[i].Status == platform.PipelineSuccess || runs[i].Status == platform.PipelineFailed) {
		i++
	}
	if i == len(runs) {
		return runs
	}
	var out []platform.Pipeline
	for _, p := range runs {
		if p.Status == platform.PipelineSuccess || p.Status == platform.PipelineFailed {
			out = append(out, p)
		}
	}
	return out
}

func failedInARow(runs []platform.Pipeline) int {
	n := 0
	for n < len(runs) && runs[n].Status == platform.PipelineFailed {
		n++
	}
	return n
}

func (in *Input) pipelineEvidence(p platform.Pipeline) platform.Evidence {
	job, _ := p.FirstFailed()
	return in.coded(platform.FamPipelines, nil, "pipeline", p.CreatedAt, "number", "#"+itoa(int(p.IID)), "repository", p.Repository, "status", p.Status, "ref", p.Ref, "job", job.Name, "reason", job.FailureReason)
}
