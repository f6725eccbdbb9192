package platform

import "time"

// Confidence says how sure a join or a finding is.
type Confidence string

// The three confidences.
const (
	Exact    Confidence = "exact"    // proved by an identifier
	Probable Confidence = "probable" // by time or by a name that could mislead
	Unknown  Confidence = "unknown"
)

// Finding is something a person should know or do, with its evidence.
type Finding struct {
	ID       string // stable kebab-case rule id: "image-pull", "provisioning-failed"
	Mode     string // failure mode of the platform facts: "F13"; "" when none
	Severity Severity
	Subject  Subject
	// Args are the values of the title's and the evidence's words, by name; the face (and the command line) has the sentence
	// per language under the finding's id.
	Args       map[string]string
	Why        []Evidence
	Since      time.Time // zero: unknown
	Confidence Confidence
	Runbook    string // "RB-10"; "" when none applies
	// CauseOf lists keys of findings folded beneath this one; see Key.
	Consequences []Finding
}

// Key identifies the finding across snapshots: same rule on same subject.
func (f Finding) Key() string { return f.ID + "@" + f.Subject.String() }

// Evidence is one fact a finding rests on.
type Evidence struct {
	Source string            // source name it was read in
	Text   string            // cleaned text of the system; may stand beside a Code
	Code   string            // word code: the face has the sentence per language; "" when Text says it all
	Args   map[string]string // values of the code's words, by name
	At     time.Time
}

// Subject is what a finding is about. Empty fields do not apply.
type Subject struct {
	ProjectID   string
	ProjectSlug string
	Environment string // name
	Namespace   string
	Kind        string // project, environment, repository, application, workload, pod, image, quota, alert, source
	Name        string
}

// String returns a stable text of the subject, used as identity and in JSON.
func (s Subject) String() string {
	out := s.ProjectSlug
	if out == "" {
		out = s.ProjectID
	}
	for _, part := range []string{s.Environment, s.Kind, s.Name} {
		if part != "" {
			if out != "" {
				out += "/"
			}
			out += part
		}
	}
	return out
}
