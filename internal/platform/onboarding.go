package platform

import (
	"math"
	"slices"
	"strconv"
	"time"
)

// StepState is where a step of the onboarding is. The words are those of the JSON output.
type StepState string

// The states of a step. Unknown is not a failure: nobody could read what would tell (no source, no right, no ledger).
const (
	StepTodo    StepState = "todo"
	StepWaiting StepState = "waiting" // on somebody else, as a person wrote
	StepRunning StepState = "running"
	StepOK      StepState = "ok"
	StepKO      StepState = "ko"
	StepNA      StepState = "na" // does not apply
	StepUnknown StepState = "unknown"
)

// StepStates lists the states in the order in which a board counts them.
func StepStates() []StepState {
	return []StepState{StepOK, StepNA, StepRunning, StepWaiting, StepTodo, StepKO, StepUnknown}
}

// StepOwner is who has to make the next move. No table of responsibilities is published: these are derived from the support pages of the
// platform, and the face says so.
type StepOwner string

// The owners. "" is nobody: the step is done.
const (
	OwnerTeam     StepOwner = "team"
	OwnerService  StepOwner = "service_team"
	OwnerAdmins   StepOwner = "admins"
	OwnerHost     StepOwner = "host"
	OwnerSecurity StepOwner = "security"
)

// StepOwners lists the owners, the project's team first.
func StepOwners() []StepOwner {
	return []StepOwner{OwnerTeam, OwnerService, OwnerAdmins, OwnerHost, OwnerSecurity}
}

// StepCount is how many steps there are between a request and production.
const StepCount = 18

// The tracks of a project: the instance on the Internet for first tests, or the Ministry's own.
const (
	TrackPAX     = "pax"
	TrackCloudPi = "cloudpi"
)

// Onboarding is the board of one project.
type Onboarding struct {
	Steps [StepCount]OnboardingStep
	Track string // TrackPAX, TrackCloudPi or "" when nobody said
}

// Count returns how many steps are in a state.
func (o *Onboarding) Count(s StepState) int {
	n := 0
	for i := range o.Steps {
		if o.Steps[i].State == s {
			n++
		}
	}
	return n
}

// Next returns the first step that is neither done, nor without object, nor unknown: its owner has the next move. nil when there is none.
func (o *Onboarding) Next() *OnboardingStep {
	for i := range o.Steps {
		switch s := &o.Steps[i]; s.State {
		case StepTodo, StepWaiting, StepRunning, StepKO:
			return s
		}
	}
	return nil
}

// Awaits reports whether an owner has to move somewhere: in the next step, or in one that fails, waits or is on its way.
func (o *Onboarding) Awaits(who StepOwner) bool {
	next := o.Next()
	for i := range o.Steps {
		s := &o.Steps[i]
		open := s.State == StepKO || s.State == StepWaiting || s.State == StepRunning || s == next
		if open && s.Owner == who {
			return true
		}
	}
	return false
}

// OnboardingStep is one step with what it rests on.
type OnboardingStep struct {
	Number int    // from 1
	ID     string // stable: "request", "ci-file"
	State  StepState
	Owner  StepOwner
	Since  time.Time // since when it is in this state; zero: unknown
	Checks []OnboardingCheck
	// Tick is what a person wrote of the step as a whole; nil when nobody did.
	Tick *Tick
}

// Days is how many whole days the step has been in its state; -1 when unknown.
func (s *OnboardingStep) Days(now time.Time) int {
	if s.Since.IsZero() {
		return -1
	}
	return int(max(now.Sub(s.Since), 0) / (24 * time.Hour))
}

// Manual reports whether a person can tick something of the step.
func (s *OnboardingStep) Manual() bool {
	return slices.ContainsFunc(s.Checks, func(c OnboardingCheck) bool { return c.Manual })
}

// OnboardingCheck is one thing that a step wants.
type OnboardingCheck struct {
	ID     string // the step's own id, or "step.thing"
	State  StepState
	Manual bool // a person ticks it; otherwise a system tells
	// Given is done by the platform itself: it can fail, but its success is nobody's progress.
	Given bool
	Owner StepOwner // of the next move; "" when done
	At    time.Time // since when it is so; zero: unknown
	Why   []Evidence
	Tick  *Tick // nil when nobody wrote anything
}

// Tick is what a person wrote of a manual item.
type Tick struct {
	State   StepState
	By      string
	At      time.Time // a date
	Comment string
	Owner   StepOwner // whom a waiting item waits for; "" the usual one
	Until   time.Time // when it stops being true: an audit, an approval; zero: never
}

// Ledger is what people wrote of one project's onboarding. The zero value is a project of which nobody wrote anything yet.
type Ledger struct {
	Project string
	Track   string
	Items   map[string]Tick  // by check or step id
	Fields  map[string]Field // by field id
	// Compatibility and Skills are checklists: "yes", "no" or "na" by item id.
	Compatibility map[string]string
	Skills        map[string]string
	// Broken says why the file could not be used; everything else is then empty and unknown.
	Broken string
}

// FieldKind is the type of a prerequisite.
type FieldKind string

// The kinds of fields.
const (
	FieldText   FieldKind = "text"
	FieldNumber FieldKind = "number"
	FieldList   FieldKind = "list"
	FieldDate   FieldKind = "date"
	FieldLink   FieldKind = "link"
)

// Field is the value of a prerequisite; what does not belong to its kind is zero.
type Field struct {
	Kind   FieldKind
	Text   string // of text and link
	Number float64
	List   []string
	Date   time.Time
}

// Empty reports whether nothing was said.
func (f Field) Empty() bool {
	return f.Text == "" && f.Kind != FieldNumber && len(f.List) == 0 && f.Date.IsZero()
}

// Equal compares two values.
func (f Field) Equal(o Field) bool {
	return f.Kind == o.Kind && f.Text == o.Text && f.Number == o.Number && slices.Equal(f.List, o.List) && f.Date.Equal(o.Date)
}

// String writes the value on one line.
func (f Field) String() string {
	switch f.Kind {
	case FieldNumber:
		return strconv.FormatFloat(f.Number, 'f', -1, 64)
	case FieldList:
		out := ""
		for i, s := range f.List {
			if i > 0 {
				out += ", "
			}
			out += s
		}
		return out
	case FieldDate:
		return f.Date.Format(time.DateOnly)
	}
	return f.Text
}

// FieldDecl declares a prerequisite that the Service Team collects.
type FieldDecl struct {
	ID   string
	Kind FieldKind
	// Number is its place among the fifteen technical prerequisites; 0 is organisational.
	Number int
	Min    float64 // of numbers
	Max    float64 // of numbers; 0: none
}

// PrerequisiteCount is how many technical prerequisites there are; the first and third are checklists.
const PrerequisiteCount = 15

// The numbers of the prerequisites that are checklists.
const (
	prerequisiteCompatibility = 1
	prerequisiteSkills        = 3
)

// OnboardingFields lists the prerequisites in the order of the form.
func OnboardingFields() []FieldDecl {
	return []FieldDecl{
		{ID: "request_number", Kind: FieldText}, {ID: "request_link", Kind: FieldLink}, {ID: "case", Kind: FieldNumber, Min: 1, Max: 4},
		{ID: "training_path", Kind: FieldDate}, {ID: "accounts", Kind: FieldList}, {ID: "repository_token", Kind: FieldDate},
		{ID: "good_practices", Kind: FieldText, Number: 2}, {ID: "cct", Kind: FieldText, Number: 4}, {ID: "dns", Kind: FieldText, Number: 5},
		{ID: "architecture", Kind: FieldLink, Number: 6}, {ID: "data_volume", Kind: FieldNumber, Number: 7}, {ID: "users", Kind: FieldNumber, Number: 7},
		{ID: "takeover", Kind: FieldText, Number: 8}, {ID: "takeover_volume", Kind: FieldNumber, Number: 8},
		{ID: "backups", Kind: FieldText, Number: 9}, {ID: "database", Kind: FieldText, Number: 10}, {ID: "external", Kind: FieldList, Number: 11},
		{ID: "exposure", Kind: FieldList, Number: 12}, {ID: "environments", Kind: FieldNumber, Number: 13, Min: 1},
		{ID: "domains", Kind: FieldList, Number: 14}, {ID: "cpu", Kind: FieldNumber, Number: 15}, {ID: "memory", Kind: FieldNumber, Number: 15},
		{ID: "start", Kind: FieldDate}, {ID: "production", Kind: FieldDate}, {ID: "deadline", Kind: FieldDate},
	}
}

// FieldOf finds the declaration of a field.
func FieldOf(id string) (FieldDecl, bool) {
	for _, f := range OnboardingFields() {
		if f.ID == id {
			return f, true
		}
	}
	return FieldDecl{}, false
}

// CompatibilityItems are what an application must be, of the platform's compatibility page, then what OpenShift adds.
func CompatibilityItems() []string {
	return []string{"linux", "stateless", "same_image", "rootless", "read_only_root", "port_above_1024", "random_uid"}
}

// SkillItems are the skills matrix. The first four are mandatory, the others advised.
func SkillItems() []string {
	return []string{"containers", "kubernetes", "gitlab_ci", "gitops", "helm", "openshift", "argo_cd"}
}

// SkillMandatory reports whether a team must have a skill.
func SkillMandatory(id string) bool {
	return slices.Index(SkillItems(), id) >= 0 && slices.Index(SkillItems(), id) < 4
}

// Answered counts the technical prerequisites that are wholly answered.
func (l *Ledger) Answered() int {
	missing := [PrerequisiteCount + 1]bool{}
	for _, f := range OnboardingFields() {
		if v, ok := l.Fields[f.ID]; !ok || v.Empty() {
			missing[f.Number] = true
		}
	}
	for _, id := range CompatibilityItems() {
		missing[prerequisiteCompatibility] = missing[prerequisiteCompatibility] || l.Compatibility[id] == ""
	}
	for _, id := range SkillItems() {
		missing[prerequisiteSkills] = missing[prerequisiteSkills] || l.Skills[id] == ""
	}
	n := 0
	for _, m := range missing[1:] {
		if !m {
			n++
		}
	}
	return n
}

// ParseField reads what a person typed for a prerequisite. why is "" or the code of the mistake: number, range, date, link.
func (f FieldDecl) ParseField(text string) (v Field, why string) {
	v.Kind = f.Kind
	switch f.Kind {
	case FieldNumber:
		n, err := strconv.ParseFloat(commaToPoint(text), 64)
		if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
			return v, "number"
		}
		if n < f.Min || (f.Max > 0 && n > f.Max) {
			return v, "range"
		}
		v.Number = n
	case FieldDate:
		at, ok := ParseDay(text)
		if !ok {
			return v, "date"
		}
		v.Date = at
	case FieldList:
		v.List = splitList(text)
	case FieldLink:
		if text != "" && !isLink(text) {
			return v, "link"
		}
		v.Text = text
	default:
		v.Text = text
	}
	return v, ""
}
