package findings

import (
	"strconv"
	"strings"
	"time"

	"dsotop/internal/platform"
)

const (
	consoleSource = "console"
	readProject   = "any right on the project in the console"
)

// lastProvisioning is the newest log entry of a whole provisioning.
func (in *Input) lastProvisioning() (platform.LogEntry, bool) {
	for _, e := range in.Log {
		if e.Provisioning() {
			return e, true
		}
	}
	return platform.LogEntry{}, false
}

// failingSince walks back through the provisionings that failed in a row.
func (in *Input) failingSince() time.Time {
	var since time.Time
	for _, e := range in.Log {
		if !e.Provisioning() {
			continue
		}
		if e.OK() {
			break
		}
		since = e.At
	}
	return since
}

func provisioningFailed() Rule {
	return Rule{
		ID: "provisioning-failed", Area: "provisioning", Runbook: "RB-01", Severity: platform.SeverityCritical,
		Needs: []platform.Family{platform.FamProject},
		Doc: Doc{
			What:     "The console could not carry the project into every tool: its status is `failed`.",
			Why:      "Nothing repairs itself: roles, quotas, secrets, repositories and environments stay as they were until somebody replays the provisioning. The team cannot deliver, which is why it is critical without any environment being named.",
			Evidence: "The project's status, and for each tool that failed what it answered in the newest entry of the console's log.",
			Sources:  consoleSource, Rights: readProject + "; the log needs the same",
		},
		Check: func(in *Input) []platform.Finding {
			if in.Project.Status != platform.ProjectFailed {
				return nil
			}
			return []platform.Finding{in.provisioning(platform.SeverityCritical)}
		},
	}
}

func provisioningPartial() Rule {
	return Rule{
		ID: "provisioning-partial", Area: "provisioning", Runbook: "RB-01", Severity: platform.SeverityWarning,
		Needs: []platform.Family{platform.FamProject},
		Doc: Doc{
			What:     "The last provisioning went through with warnings: the project's status is `warning`.",
			Why:      "One tool has only a part of what the console declares; it will show later, as a missing right or secret.",
			Evidence: "The project's status and the tools that warned in the newest entry of the console's log.",
			Sources:  consoleSource, Rights: readProject,
		},
		Check: func(in *Input) []platform.Finding {
			if in.Project.Status != platform.ProjectWarning {
				return nil
			}
			return []platform.Finding{in.provisioning(platform.SeverityWarning)}
		},
	}
}

func (in *Input) provisioning(severity platform.Severity) platform.Finding {
	f := platform.Finding{Severity: severity, Subject: in.subject(nil, "project", in.Project.Slug),
		Why: []platform.Evidence{in.coded(platform.FamProject, nil, "project_status", time.Time{}, "status", in.Project.Status)}}
	entry, ok := in.lastProvisioning()
	if !ok {
		f.Args = words("count", "0")
		return f
	}
	tools := entry.Failed
	if len(tools) == 0 {
		tools = entry.Warned
	}
	f.Since = in.failingSince()
	f.Args = words("tools", strings.Join(tools, ", "), "count", itoa(len(tools)))
	for _, r := range entry.Results {
		if r.Status != "OK" && r.Message != "" {
			f.Why = append(f.Why, in.said(platform.FamLog, nil, "tool_said", r.Message, entry.At, "tool", r.Tool))
		}
	}
	if len(f.Why) == 1 && !entry.OK() {
		f.Why = append(f.Why, in.said(platform.FamLog, nil, "log_entry", entry.Message, entry.At, "action", entry.Action))
	}
	return f
}

// stuckAfter is how long a provisioning may take: the console's own takes minutes.
const stuckAfter = time.Hour

func projectStuck() Rule {
	return Rule{
		ID: "project-stuck", Mode: "F33", Area: "provisioning", Runbook: "RB-01", Severity: platform.SeverityDegraded,
		Needs: []platform.Family{platform.FamProject},
		Doc: Doc{
			What:     "The project has been `initializing` for more than an hour.",
			Why:      "A provisioning takes minutes; this one died on the way, and the console does not resume it.",
			Evidence: "The project's status and when the console last touched it.",
			Sources:  consoleSource, Rights: readProject,
		},
		Check: func(in *Input) []platform.Finding {
			if in.Project.Status != platform.ProjectInitializing {
				return nil
			}
			since := later(in.Project.CreatedAt, in.Project.UpdatedAt)
			if since.IsZero() || !in.Past(since.Add(stuckAfter)) {
				return nil
			}
			return []platform.Finding{{Severity: platform.SeverityDegraded, Subject: in.subject(nil, "project", in.Project.Slug), Since: since,
				Why: []platform.Evidence{in.coded(platform.FamProject, nil, "project_status", since, "status", in.Project.Status)}}}
		},
	}
}

func projectLocked() Rule {
	return Rule{
		ID: "project-locked", Mode: "F33", Area: "provisioning", Runbook: "RB-01", Severity: platform.SeverityWarning,
		Needs: []platform.Family{platform.FamProject},
		Doc: Doc{
			What:     "The project is locked in the console.",
			Why:      "Every write is refused until an administrator unlocks it: no replay, no synchronisation, no new environment. A team has to open a ticket.",
			Evidence: "The project's lock.",
			Sources:  consoleSource, Rights: readProject,
		},
		Check: func(in *Input) []platform.Finding {
			if !in.Project.Locked {
				return nil
			}
			return []platform.Finding{{Severity: platform.SeverityWarning, Subject: in.subject(nil, "project", in.Project.Slug),
				Why: []platform.Evidence{in.coded(platform.FamProject, nil, "project_locked", time.Time{})}}}
		},
	}
}

func provisioningOutdated() Rule {
	return Rule{
		ID: "provisioning-outdated", Mode: "F34", Area: "provisioning", Runbook: "RB-01", Severity: platform.SeverityWarning,
		Needs: []platform.Family{platform.FamProject},
		Doc: Doc{
			What:     "The last complete provisioning was made by an older console than the one that runs.",
			Why:      "What the newer console sets up (rights, robots, charts) is missing in the project until it is provisioned again. A lag of a patch release only is worth knowing; more is a warning. Development consoles without a version are not compared.",
			Evidence: "Both versions.",
			Sources:  consoleSource, Rights: readProject,
		},
		Check: func(in *Input) []platform.Finding {
			lag := VersionLag(in.Project.LastProvisioned, in.Console.Version)
			if lag == LagNone || in.Project.Derived {
				return nil
			}
			severity := platform.SeverityWarning
			if lag == LagPatch {
				severity = platform.SeverityInfo
			}
			return []platform.Finding{{Severity: severity, Subject: in.subject(nil, "project", in.Project.Slug),
				Args: words("version", in.Project.LastProvisioned, "console", in.Console.Version),
				Why:  []platform.Evidence{in.coded(platform.FamProject, nil, "versions", time.Time{}, "version", in.Project.LastProvisioned, "console", in.Console.Version)}}}
		},
	}
}

// Lag says how far one version is behind another.
type Lag int

// The lags. Versions that cannot be compared have none.
const (
	LagNone Lag = iota
	LagPatch
	LagMinor
	LagMajor
)

// VersionLag compares the version of the last provisioning with the console's.
func VersionLag(provisioned, console string) Lag {
	a, okA := version(provisioned)
	b, okB := version(console)
	if !okA || !okB {
		return LagNone
	}
	for i, lag := range []Lag{LagMajor, LagMinor, LagPatch} {
		if a[i] < b[i] {
			return lag
		}
		if a[i] > b[i] {
			return LagNone
		}
	}
	return LagNone
}

func version(text string) (v [3]int, ok bool) {
	text, _, _ = strings.Cut(strings.TrimPrefix(text, "v"), "-")
	parts := strings.Split(text, ".")
	if len(parts) < 2 || len(parts) > 3 {
		return v, false
	}
	for i, p := range parts {
		n, err := strconv.Atoi(p)
		if err != nil || n < 0 {
			return v, false
		}
		v[i] = n
	}
	return v, true
}
