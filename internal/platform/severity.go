package platform

// Severity ranks how much something needs a person. The zero value is SeverityOK.
// The order of the constants is the order of urgency, so severities compare with < and >.
type Severity int

// The five severities, as written in JSON by [Severity.String].
const (
	SeverityOK       Severity = iota // nothing to do
	SeverityInfo                     // worth knowing
	SeverityWarning                  // will need attention
	SeverityDegraded                 // works, but not as it should
	SeverityCritical                 // users are hit, or will be at the next restart
)

// String returns the fixed machine word: ok, info, warning, degraded or critical.
func (s Severity) String() string {
	switch s {
	case SeverityInfo:
		return "info"
	case SeverityWarning:
		return "warning"
	case SeverityDegraded:
		return "degraded"
	case SeverityCritical:
		return "critical"
	default:
		return "ok"
	}
}

// ParseSeverity reads a machine word back. ok is false when the word is none of the five.
func ParseSeverity(word string) (s Severity, ok bool) {
	for _, s := range []Severity{SeverityOK, SeverityInfo, SeverityWarning, SeverityDegraded, SeverityCritical} {
		if s.String() == word {
			return s, true
		}
	}
	return SeverityOK, false
}
