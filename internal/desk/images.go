package desk

import (
	"context"
	"time"

	"dsotop/internal/platform"
)

// ImageRef names an artifact: Project is the Harbor project (the slug), Reference a digest or a tag.
type ImageRef struct{ Project, Repository, Reference string }

// ImagePlatform is what an artifact runs on. Digest is that of the child of an index, "" for an image that is none.
type ImagePlatform struct{ OS, Architecture, Variant, Digest string }

// String writes "linux/arm64/v8".
func (p ImagePlatform) String() string {
	out := p.OS
	for _, part := range []string{p.Architecture, p.Variant} {
		if part != "" {
			out += "/" + part
		}
	}
	return out
}

// Accessory is something attached to an artifact: a signature, an SBOM.
type Accessory struct {
	Type   string // "signature.cosign", "sbom.harbor"
	Digest string
	At     time.Time
}

// ImageDetail is an artifact with what the lists leave out.
type ImageDetail struct {
	platform.Image
	// Bare is true when there is no configuration to read, as of an index: who runs it, its ports and when it was built are then not known.
	Bare        bool
	Kind        string // IMAGE, CHART…
	Platforms   []ImagePlatform
	Accessories []Accessory
	Built       time.Time // zero when the image does not tell
	PulledAt    time.Time // zero: never
	Revision    string    // the commit that the image's own label names
	User        string    // as whom it runs; "" is root
	Ports       []string
	Scanner     string // "Trivy v0.58.1"
	Fixable     int    // vulnerabilities that a newer package mends
}

// Vulnerability is one entry of a scanner's report.
type Vulnerability struct {
	ID, Package, Version string
	Fixed                string  // version that mends it; "" when none does yet
	Severity             string  // Critical, High, Medium, Low, Negligible, Unknown
	Score                float64 // CVSS, 0 when not told
	Text                 string  // of the report, one line
	Link                 string
}

// VulnerabilityReport is what a scanner found, the worst first. Cut is how many were left out.
type VulnerabilityReport struct {
	At      time.Time
	Scanner string
	List    []Vulnerability
	Cut     int
}

// RetentionRule is a rule that says which artifacts of a repository are kept.
type RetentionRule struct {
	// Template is Harbor's word: latestPushedK, latestPulledN, nDaysSinceLastPush, nDaysSinceLastPull, always. Keep is its number, 0 for always.
	Template string
	Keep     int
	// Repositories and Tags are the patterns that the rule is about, "**" for all, with what is done to them ("matches", "excludes").
	Repositories, Tags string
}

// Latest is how many artifacts, by age of their push, the rule keeps in every repository; 0 when it is of another kind.
func (r RetentionRule) Latest() int {
	if r.Template == "latestPushedK" {
		return r.Keep
	}
	return 0
}

// Retention is what a project keeps of its images. No rule: everything.
type Retention struct {
	Rules    []RetentionRule // in force; what any of them keeps is kept
	Schedule string          // cron with seconds; "" only by hand
}

// Keeps is how many artifacts of each repository are kept by their age; 0 when that cannot be said: no rule, or another kind of rule.
func (r Retention) Keeps() int {
	most := 0
	for _, rule := range r.Rules {
		n := rule.Latest()
		if n == 0 {
			return 0
		}
		most = max(most, n)
	}
	return most
}

// Images is a Harbor. Methods are safe for concurrent use and end with their context; failures are the transport's faults.
type Images interface {
	Name() string
	Image(ctx context.Context, ref ImageRef) (ImageDetail, error)
	// Vulnerabilities reads the newest report; one that was never made is a fault of class not_found.
	Vulnerabilities(ctx context.Context, ref ImageRef) (VulnerabilityReport, error)
	// Retention reads what a project keeps.
	Retention(ctx context.Context, project string) (Retention, error)
}

// ImagesReach is how images can be asked about. Images is nil when no source is configured.
type ImagesReach struct {
	Images Images
	// Explain says what an error means for a person. nil: unreachable, in the error's words.
	Explain func(source string, err error) platform.SourceHealth
}

// Health is Explain with its default.
func (r ImagesReach) Health(err error) platform.SourceHealth {
	name := ""
	if r.Images != nil {
		name = r.Images.Name()
	}
	return explained(r.Explain, name, err)
}
