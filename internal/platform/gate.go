package platform

import "time"

// Gate statuses of SonarQube.
const (
	GateOK    = "OK"
	GateError = "ERROR"
	GateWarn  = "WARN"
	GateNone  = "NONE"
)

// Gate is the quality gate of one SonarQube project. SonarQube community has no branches: it is the gate of the
// last analysed commit of any branch (platform facts §0, 8).
type Gate struct {
	Key        string // "<slug>-<repo>-<hash>"
	Repository string // internal repository name, from the key; "" when not recognised
	Status     string
	Conditions []GateCondition
	Revision   string // full SHA of the last analysis; "" when the scanner saw no git
	Version    string // projectVersion, by convention the ref name
	AnalysedAt time.Time
	Measures   map[string]string // by metric key: coverage, bugs, vulnerabilities, security_hotspots, ncloc…
	URL        string
}

// GateCondition is one condition of a gate. Comparator is LT or GT (EQ and NE on old servers): the condition fails when Value is on that side of Threshold.
type GateCondition struct {
	Metric     string
	Status     string
	Comparator string
	Threshold  string
	Value      string
}

// Sign is the comparator as a sign; one that is not known stays as SonarQube wrote it.
func (c GateCondition) Sign() string {
	switch c.Comparator {
	case "LT":
		return "<"
	case "GT":
		return ">"
	case "EQ":
		return "="
	case "NE":
		return "!="
	}
	return c.Comparator
}

// Failing returns the conditions in error.
func (g Gate) Failing() []GateCondition {
	var out []GateCondition
	for _, c := range g.Conditions {
		if c.Status == GateError {
			out = append(out, c)
		}
	}
	return out
}
