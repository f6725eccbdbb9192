package desk

import (
	"context"
	"time"

	"dsotop/internal/platform"
)

// Analysis is one analysis of a SonarQube project, of whatever branch it was: the community edition has one line of history.
type Analysis struct {
	At       time.Time
	Revision string // full SHA; "" when the scanner saw no git
	Version  string // projectVersion, by convention the ref name
	// Gate is the status after it, "" where the server does not tell; Changed is what it says of a change of the gate ("Failed").
	Gate, Changed string
	Measures      map[string]string // by metric key: coverage, bugs, vulnerabilities…
}

// QualityHistory is what a project's analyses were, newest first. Total is how many the server keeps.
type QualityHistory struct {
	Analyses []Analysis
	Total    int
}

// Quality is a SonarQube. Methods are safe for concurrent use and end with their context; failures are the transport's faults.
type Quality interface {
	Name() string
	// History reads the newest n analyses of a project, named by its key, with their measures.
	History(ctx context.Context, key string, n int) (QualityHistory, error)
}

// QualityReach is how quality can be asked about. Quality is nil when no source is configured.
type QualityReach struct {
	Quality Quality
	// Explain says what an error means for a person. nil: unreachable, in the error's words.
	Explain func(source string, err error) platform.SourceHealth
}

// Health is Explain with its default.
func (r QualityReach) Health(err error) platform.SourceHealth {
	name := ""
	if r.Quality != nil {
		name = r.Quality.Name()
	}
	return explained(r.Explain, name, err)
}
