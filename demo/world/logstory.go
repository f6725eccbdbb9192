package world

import (
	"slices"
	"strings"
	"time"
)

// What the lines of agendaprefs in production tell: the roll-back also brought back an old configuration. The API
// reads it again, looks for its database under a name that is no more, and a second later refuses everybody. The cause stands five lines
// above the first error, in the lines of all containers as in those of agenda-api alone: nothing else is written meanwhile.
const (
	storyAfter = 2 * time.Second        // from the roll-back to the first line of the script
	storyStep  = 170 * time.Millisecond // between two lines of it
	storyCalm  = 15 * time.Minute       // before it, in which nothing goes wrong
)

// scripted is one line of a story.
type scripted struct {
	g            gravity
	text, logger string
}

var agendaStory = []scripted{
	{warn, "configuration relue (agenda-infra 77ee02a1) : DATABASE_HOST passe de agenda-pg-rw à agenda-db", "config"},
	{info, "réserve de connexions fermée, 10 connexions rendues à agenda-pg-rw", "db"},
	{info, "réserve de connexions ouverte vers agenda-db:5432", "db"},
	{probe, "GET /sante 200", "http"},
	{warn, "agenda-db:5432 ne répond pas, nouvelle tentative dans 2 s", "db"},
	{bad, "connexion refusée à postgres", "db"},
}

// breaks makes a source of agendaprefs in production tell the incident that the roll-back at that time began. The database itself is
// well: nobody finds it.
func (s *source) breaks(rollBack time.Time, slot int) {
	s.first = rollBack.Add(storyAfter)
	if s.app != "agenda-pg" {
		s.burst = s.first.Add(time.Duration(len(agendaStory)) * storyStep)
	}
	if s.app == "agenda-api" && slot == 0 {
		s.script = agendaStory
	}
}

// hushed reports whether the script has the word.
func (s source) hushed(at time.Time) bool {
	return !s.first.IsZero() && !at.Before(s.first) && at.Before(s.first.Add(time.Duration(len(agendaStory))*storyStep))
}

// calm reports whether nothing may go wrong yet, so that the first error is the story's.
func (s source) calm(at time.Time) bool {
	return !s.first.IsZero() && at.Before(s.first) && at.After(s.first.Add(-storyCalm))
}

// tell puts the lines of the script that fall into the minute that begins at start among those of that minute.
func (s source) tell(out []LogLine, start time.Time) []LogLine {
	told := len(out)
	for i, x := range s.script {
		at := s.first.Add(time.Duration(i) * storyStep)
		if at.Before(start) || !at.Before(start.Add(time.Minute)) {
			continue
		}
		stream := "stdout"
		if x.g == bad {
			stream = "stderr"
		}
		var b strings.Builder
		s.gelf(&b, at, mix(s.seed+uint64(i)), x.g, x.text, x.logger)
		out = append(out, LogLine{At: at, Stream: stream, Text: b.String(), Level: levelNames[x.g]})
	}
	if len(out) > told {
		slices.SortStableFunc(out, func(a, b LogLine) int { return a.At.Compare(b.At) })
	}
	return out
}
