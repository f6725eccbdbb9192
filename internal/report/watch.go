package report

import (
	"time"

	"dsotop/internal/platform"
)

// WatchEvent is one line of "watch -o json".
type WatchEvent struct {
	Version     int            `json:"version"`
	At          time.Time      `json:"at"`
	Event       string         `json:"event"` // standing, opened, closed, state, reached, timeout
	Project     string         `json:"project"`
	Environment *string        `json:"environment"` // null: the whole project
	Healthy     bool           `json:"healthy"`
	Severity    string         `json:"severity"` // the worst that counts
	Pods        *WatchPods     `json:"pods"`     // null: unknown
	Finding     *FindingStatus `json:"finding"`  // of standing, opened, closed
}

// WatchPods counts pods.
type WatchPods struct {
	Ready   int `json:"ready"`
	Desired int `json:"desired"`
}

// OneFinding is a finding as documents tell it, without what follows from it.
func OneFinding(f platform.Finding, lang string) FindingStatus { return findingStatus(f, lang) }
