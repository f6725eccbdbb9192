package platform

import (
	"strings"
	"time"
)

// LogEntry is one entry of the console's log (journal).
type LogEntry struct {
	ID        string
	Action    string // e.g. "Replay hooks for Project"; compare without case
	UserID    string
	ProjectID string // "" in clean entries, which do not carry it: the shelf's scope tells
	RequestID string
	At        time.Time
	Failed    []string // tools that failed; empty when fine
	// FailedUnnamed is true when the entry says "failed" without naming a tool (old entries).
	FailedUnnamed bool
	Warned        []string
	Took          time.Duration
	Message       string // cleaned; may span lines
	Results       []ToolResult
	// Backend is the half of the console that wrote the entry, "legacy" or "nest", by its shape; "" when that does not tell.
	Backend string
}

// OK reports whether the entry tells of a full success.
func (e LogEntry) OK() bool { return len(e.Failed) == 0 && !e.FailedUnnamed }

// Provisioning reports whether the action runs every tool on the whole project (console API §6).
func (e LogEntry) Provisioning() bool {
	a := strings.ToLower(e.Action)
	for _, p := range []string{"replay hooks for project", "create project", "update project", "create environment", "update environment", "delete environment",
		"create repository", "update repository", "delete repository"} {
		if a == p {
			return true
		}
	}
	return false
}

// ToolResult is the outcome of one tool in a provisioning. Status is OK, KO or WARNING.
type ToolResult struct {
	Tool    string
	Status  string
	Message string
	Took    time.Duration
}
