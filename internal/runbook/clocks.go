package runbook

import (
	"time"

	"dsotop/internal/platform"
)

// exact is how exactly a moment of a system is known: many tell whole seconds, and a skew is learnt to a second at worst.
const exact = 2 * time.Second

// ours is a moment that a system tells, by our clock: what books compare and print is of one clock only.
func (s *scene) ours(source string, at time.Time) time.Time {
	if at.IsZero() {
		return at
	}
	for i := range s.Sources {
		if s.Sources[i].Name == source {
			return at.Add(-s.Sources[i].Skew)
		}
	}
	return at
}

// moment is one of a family of facts of the project.
func (s *scene) moment(f platform.Family, at time.Time) time.Time {
	if s.Dossier == nil {
		return at
	}
	return s.ours(s.Dossier.Known[f].Source, at)
}

// momentIn is one of a family of facts of an environment.
func (s *scene) momentIn(e *platform.EnvironmentFacts, f platform.Family, at time.Time) time.Time {
	return s.ours(e.Known[f].Source, at)
}
