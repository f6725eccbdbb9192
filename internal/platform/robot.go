package platform

import "time"

// Robot is a machine account of a registry's project; its secret is never read. The platform makes its own without an end (duration −1) and turns
// their secrets by itself.
type Robot struct {
	ID        int64
	Name      string // as the registry shows it: "robot$guichet+ro-robot"
	Disabled  bool
	ExpiresAt time.Time // zero: never
	CreatedAt time.Time
}

// LogPulse is when a namespace last wrote a line, as far back as was looked.
type LogPulse struct {
	Namespace string
	Last      time.Time // zero: no line in what was looked at
	From, At  time.Time // what was looked at
}

// PolicyDebt is a policy that objects of a namespace break, as its reports say.
type PolicyDebt struct {
	Policy, Severity string
	Objects          int
}

// EnforcedPolicy reports whether production refuses what breaks a policy of the platform that other environments only report (platform facts
// §4.3). Policies of others are not known.
func EnforcedPolicy(name string) bool {
	switch name {
	case "check-labels", "check-configmap-credentials", "disallow-latest-tag", "disallow-host-path", "disallow-selfprovisionning", "limit-pvc-size", "all-containers-need-requests-and-limits",
		"restrict-image-registries", "restrict-nodeport", "require-pod-probes", "check-cronjob-history-limits":
		return true
	}
	return false
}
