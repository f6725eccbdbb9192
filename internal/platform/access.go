package platform

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// GroupMember is somebody with an access of his own to the project's GitLab group; those who inherit theirs are left out.
type GroupMember struct {
	Username string
	Name     string
	Email    string // only administrators are told; "" otherwise
	Level    int    // GitLab's: 10 guest, 20 reporter, 30 developer, 40 maintainer, 50 owner
	Blocked  bool
	Bot      bool // of an access token, or the platform's own: it made the group and its members
	Expires  time.Time
}

// GitLabUsername is the account that the console makes in GitLab for an address: its local part without what GitLab does not take.
// Dots became hyphens or went, depending on the release: compare with [SameUser].
func GitLabUsername(email string) string {
	local, _, _ := strings.Cut(strings.ToLower(email), "@")
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_' || r == '-' {
			return r
		}
		return -1
	}, local)
}

// SameUser reports whether a GitLab account is that of an address: the same letters and digits, whatever their case and the dashes, dots
// and underscores between them. It is asked of every person and every account, and makes no garbage.
func SameUser(username, email string) bool {
	local, _, _ := strings.Cut(email, "@")
	if local == "" {
		return false
	}
	for username != "" || local != "" {
		var a, b rune
		a, username = nextLetter(username)
		b, local = nextLetter(local)
		if a != b {
			return false
		}
	}
	return true
}

// nextLetter returns the first sign of a name that counts, in lower case, and what follows it; -1 when none does.
func nextLetter(s string) (letter rune, rest string) {
	for s != "" {
		r, size := utf8.DecodeRuneInString(s)
		s = s[size:]
		if r != '-' && r != '_' && r != '.' {
			return unicode.ToLower(r), s
		}
	}
	return -1, ""
}

// DeploymentPlan is a deployment as the console declares it: what Argo CD should deploy into one environment. As soon as a zone has one,
// only environments with one are written anew there.
type DeploymentPlan struct {
	ID, Name      string
	EnvironmentID string
	CreatedAt     time.Time
	UpdatedAt     time.Time
}

// ServiceChain is a chain of exposure: address, certificate, name. State is opened, pending, success or failed.
type ServiceChain struct {
	ID         string
	ProjectID  string
	CommonName string
	State      string
	Network    string // RIE or INTERNET
	Location   string // SIR or SIL
	Env        string // INT, PROD or BAS
	Target     string // address
	Flow       string // the step that failed, or the one it waits for; "" when not told
	Detail     string // what that step said
	UpdatedAt  time.Time
}
