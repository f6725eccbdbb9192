package desk

import (
	"context"
	"regexp"
	"time"

	"dsotop/internal/platform"
)

// The states of a silence.
const (
	SilenceActive  = "active"
	SilencePending = "pending" // it begins later
	SilenceExpired = "expired"
)

// SilenceMatcher is one condition of a silence on an alert's labels. Op is =, !=, =~ or !~.
type SilenceMatcher struct{ Name, Op, Value string }

// String writes it as people do: severity="warning".
func (m SilenceMatcher) String() string { return m.Name + m.Op + `"` + m.Value + `"` }

// Silence keeps alerts from being sent, for a while.
type Silence struct {
	ID, State        string
	Tenant           string // it was read in; "" when there are none
	CreatedBy        string
	Comment          string
	Starts, Ends, At time.Time // At is when it was changed last
	Matchers         []SilenceMatcher
}

// Alerts is an Alertmanager. Methods are safe for concurrent use and end with their context; failures are the transport's faults.
type Alerts interface {
	Name() string
	// Silences lists those of a tenant ("" where there are none): active ones that end soonest first, then those to come, then the last few that are over; older ones are
	// left out.
	Silences(ctx context.Context, tenant string) ([]Silence, error)
}

// AlertsReach is how the silences of a project can be asked for. Alerts is nil when no Alertmanager is configured.
type AlertsReach struct {
	Alerts  Alerts
	Tenants []string // to ask, one after the other
	// Explain says what an error means for a person. nil: unreachable, in the error's words.
	Explain func(source string, err error) platform.SourceHealth
}

// Read asks every tenant; what some answered stands beside the first error.
func (r AlertsReach) Read(ctx context.Context) ([]Silence, error) {
	var out []Silence
	var first error
	for _, tenant := range r.Tenants {
		list, err := r.Alerts.Silences(ctx, tenant)
		if err != nil && first == nil {
			first = err
		}
		out = append(out, list...)
	}
	return out, first
}

// Health is Explain with its default.
func (r AlertsReach) Health(err error) platform.SourceHealth {
	name := ""
	if r.Alerts != nil {
		name = r.Alerts.Name()
	}
	return explained(r.Explain, name, err)
}

// Matches reports whether a silence covers an alert of these labels: every matcher fits. An expression that cannot be read covers nothing.
func (s Silence) Matches(labels map[string]string) bool {
	for _, m := range s.Matchers {
		value, fits := labels[m.Name], false
		switch m.Op {
		case "=":
			fits = value == m.Value
		case "!=":
			fits = value != m.Value
		case "=~", "!~":
			re, err := regexp.Compile("^(?:" + m.Value + ")$")
			fits = err == nil && re.MatchString(value) == (m.Op == "=~")
		}
		if !fits {
			return false
		}
	}
	return true
}
