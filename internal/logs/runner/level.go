package runner

import (
	"strings"

	"dsotop/internal/logs"
)

// judged is how much of a line is looked at for an error.
const judged = 512

// level says how serious a line is, as it is shown: by what it says of itself, else by how build tools put their errors. A command that the script shows
// before it runs it says nothing.
func (o *Output) level(text string) logs.Level {
	if len(text) > judged {
		text = text[:judged]
	}
	text = strings.TrimLeft(text, " ")
	if text == "" || strings.HasPrefix(text, "$ ") {
		return logs.LevelNone
	}
	if o.set != nil {
		if c := o.set.Classify(text); c.Level != logs.LevelNone {
			if c.Level >= logs.LevelError && harmless(text) {
				return logs.LevelInfo
			}
			return c.Level
		}
	}
	if fails(text) {
		return logs.LevelError
	}
	return logs.LevelNone
}

// harmless: a count of none.
func harmless(text string) bool {
	return strings.Contains(text, "Errors: 0") && strings.Contains(text, "Failures: 0") && !strings.Contains(text, "FAIL")
}

// fails recognises how compilers, package managers, git, Vault, kaniko and shells begin an error.
func fails(text string) bool {
	low := strings.ToLower(text)
	for _, start := range starts() {
		if strings.HasPrefix(low, start) {
			return true
		}
	}
	for _, part := range parts() {
		if strings.Contains(low, part) {
			return true
		}
	}
	return false
}

func starts() []string {
	return []string{"error ", "error:", "error[", "* error ", "fatal:", "failed to ", "npm err!", "--- fail", "panic:", "traceback (most recent call last)", "code: 4", "code: 5", "make: ***", "error!", "erreur "}
}

func parts() []string {
	return []string{
		"build failure", "build failed", "command not found", "no such file or directory", "permission denied", "access denied", "authentication failed",
		"pkix path building failed", "x509: ", "could not resolve host", "connection refused", "unauthorized:", "denied: ", "quality gate status: failed", "job failed",
		"cannot find symbol", "compilation failed", "out of memory", "no space left on device", "exit code 1", "exit status 1",
	}
}
