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
	if strings.Contains(s, "-----BEGIN") {
		s = privateKey.ReplaceAllStringFunc(s, func(match string) string {
			part := privateKey.FindStringSubmatch(match)
			if strings.TrimSpace(part[2]) == "" {
				return match
			}
			return part[1] + " " + Mask
		})
	}
	if has(s, "uthoriz", "UTHORIZ", "ookie", "OOKIE", "oken", "OKEN") {
		s = header.ReplaceAllStringFunc(s, func(match string) string {
			part := header.FindStringSubmatch(match)
			switch strings.ToLower(part[2]) {
			case "bearer", "basic", "token", "digest": // what follows was masked before
				return match
			}
			return part[1] + Mask
		})
	}
	if has(s, "earer", "EARER", "asic", "ASIC") {
		s = scheme.ReplaceAllStringFunc(s, maskValue(scheme))
	}
	if strings.ContainsAny(s, "=:") && has(s, "assw", "ASSW", "pwd", "PWD", "ecret", "ECRET", "oken", "OKEN", "key", "Key", "KEY", "redential", "REDENTIAL") {
		s = assigned.ReplaceAllString(s, "$1"+Mask)
		s = told.ReplaceAllStringFunc(s, maskValue(told))
	}
	if has(s, "eyJ", `"auth"`) || prefixed(s, "gl", '-') || prefixed(s, "sq", '_') || prefixed(s, "hv", '.') || prefixed(s, "gh", '_') {
		s = shaped.ReplaceAllString(s, Mask)
	}
	if strings.Contains(s, "robot$") {
		s = robot.ReplaceAllString(s, "$1"+Mask)
	}
	return s
}

// has reports whether a text has one of some parts. Looking for parts that a credential must have is much cheaper than the patterns, and
// nearly every text has none.
func has(s string, parts ...string) bool {
	for _, p := range parts {
		if strings.Contains(s, p) {
			return true
		}
	}
	return false
}

// prefixed reports whether a text has a word that begins as tokens of a tool do: two letters, up to five more, and a sign.
func prefixed(s, letters string, sign byte) bool {
	for {
		i := strings.Index(s, letters)
		if i < 0 {
			return false
		}
		s = s[i+len(letters):]
		for n := 0; n < len(s) && n <= 5; n++ {
			if s[n] == sign {
				return true
			}
			if s[n] < 'a' || s[n] > 'z' {
				break
			}
		}
	}
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

//nolint:gochecknoglobals // compiled once, never changed
var (
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
