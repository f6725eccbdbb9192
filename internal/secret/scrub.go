package secret

import (
	"regexp"
	"strings"
)

// Scrub masks what looks like a credential in a text that others wrote: user and password in an address, tokens of the tools of the
// platform, authorisation headers, passwords given by name, private keys. What must stay readable does: names of variables and
// secrets, hosts, digests of images. It returns its argument when there is nothing to do, and cannot know a credential by its
// looks when it has none: those in use are taken out by who uses them.
func Scrub(s string) string {
	if strings.Contains(s, "://") && strings.Contains(s, "@") {
		s = userinfo.ReplaceAllString(s, "$1"+Mask+"@")
	}
	for _, t := range telltales {
		if !strings.Contains(s, t) {
			continue
		}
		s = privateKey.ReplaceAllStringFunc(s, func(match string) string {
			part := privateKey.FindStringSubmatch(match)
			if strings.TrimSpace(part[2]) == "" {
				return match
			}
			return part[1] + " " + Mask
		})
		s = header.ReplaceAllStringFunc(s, func(match string) string {
			part := header.FindStringSubmatch(match)
			switch strings.ToLower(part[2]) {
			case "bearer", "basic", "token", "digest": // what follows was masked before
				return match
			}
			return part[1] + Mask
		})
		s = scheme.ReplaceAllStringFunc(s, maskValue(scheme))
		s = assigned.ReplaceAllString(s, "$1"+Mask)
		s = told.ReplaceAllStringFunc(s, maskValue(told))
		s = shaped.ReplaceAllString(s, Mask)
		return robot.ReplaceAllString(s, "$1"+Mask)
	}
	return s
}

// maskValue masks the second group of a match when it has a digit in it: words of a sentence ("token: expired") have none.
func maskValue(pattern *regexp.Regexp) func(string) string {
	return func(match string) string {
		part := pattern.FindStringSubmatch(match)
		if part == nil || !strings.ContainsAny(part[2], "0123456789") {
			return match
		}
		return part[1] + Mask
	}
}

const (
	words = `passw(?:or)?d|passwd|pwd|secret|token|api[_-]?key|access[_-]?key|secret[_-]?key|credentials?`
	value = `[^\s"'\\,;&<>{}•]`
)

// telltales are parts of which every credential below has one. Looking for them is much cheaper than the patterns.
//
//nolint:gochecknoglobals // compiled or written once, never changed
var (
	telltales = []string{
		"asswo", "asswd", "ASSW", "pwd", "PWD", "ecret", "ECRET", "oken", "OKEN", "ey", "EY", "redential", "REDENTIAL", "uthor", "UTHOR", "ookie", "OOKIE", "earer", "EARER", "asic", "ASIC",
		"gl", "sq", "hv", "gh", "robot", "uth\"",
	}
	// userinfo: everything up to the last "@" before a slash; or, when the password itself has a slash, up to the "@" behind it. What
	// looks like host:port is none, or the digest of an image behind a port would be taken for a password.
	userinfo = regexp.MustCompile(`([A-Za-z][A-Za-z0-9+.-]*://)(?:[^/\s"'<>]*|[^/\s:@"'<>\[]+:[^/\s@"'<>]*[^0-9/\s@"'<>][^\s@"'<>]*)@`)
	// privateKey: PEM, whole or cut, on one line or many.
	privateKey = regexp.MustCompile(`(-----BEGIN [A-Z ]*PRIVATE KEY-----)((?:[^-•]|-[^-])*)(?:-----END [A-Z ]*-----)?`)
	// header: what a server echoes of a request.
	header = regexp.MustCompile(`(?i)((?:(?:proxy-)?authorization|(?:set-)?cookie|private-token|job-token|deploy-token|x-[a-z-]*token)["']?\s*[:=]\s*\[?["']?(?:(?:bearer|basic|token|digest)\s+)?)(` + value + `+)(?:;\s*[A-Za-z0-9_.-]+=` + value + `+)*`)
	scheme = regexp.MustCompile(`(?i)(\b(?:bearer|basic)\s+)([A-Za-z0-9._~+/=-]{8,})`)
	// assigned: name=value, and "name":"value" as JSON has it.
	assigned = regexp.MustCompile(`(?i)([A-Za-z0-9_.-]*(?:` + words + `)(?:=["']?|\\?["']\s*:\s*\\?["']))` + value + `+`)
	// told: name: value, in sentences.
	told = regexp.MustCompile(`(?i)(\b[A-Za-z0-9_.-]*(?:` + words + `)\s*:\s+)(` + value + `{8,})`)
	// shaped: tokens that tell what they are: GitLab, SonarQube, Vault, GitHub, JSON web tokens; and the "auth" of registries.
	shaped = regexp.MustCompile(`\bgl(?:pat|ptt|dt|rt|rtr|cbt|ft|imt|oas|soat|agent|ffct|wt)-[A-Za-z0-9_.-]{8,}|\bsq[upa]_[A-Za-z0-9]{8,}|\bhv[sbr]\.[A-Za-z0-9_-]{8,}|\bgh[pousr]_[A-Za-z0-9]{8,}|\beyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){0,2}|"auth"\s*:\s*"[^"]*"?`)
	robot  = regexp.MustCompile(`(robot\$[^\s:"'@]+:)[^\s"'@]+`)
)
