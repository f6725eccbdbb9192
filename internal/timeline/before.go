package timeline

import (
	"slices"
	"time"

	"dsotop/internal/platform"
)

// Suspect is a change that came before something broke. Coming before proves nothing: the face says "before", never "because".
type Suspect struct {
	*Entry
	// Lead is how long before.
	Lead time.Duration
	// Confidence is Probable for a change of the same environment or repository within [Near], else Unknown.
	Confidence platform.Confidence
}

// Near is within which a change is worth looking at first: pods roll and probes fail within minutes of a deployment.
const Near = 30 * time.Minute

// Far is how far back a change is looked for.
const Far = 7 * 24 * time.Hour

// Before returns what changed before an entry, the nearest first: of each kind and repository the last change, in the same environment
// or the whole project, [Far] back at most. list is that of [Build].
func Before(list []Entry, of *Entry) []Suspect {
	at := of.At
	if !of.Begun.IsZero() {
		at = of.Begun
	}
	type what struct {
		kind       Kind
		repository string
	}
	seen := map[what]bool{}
	var out []Suspect
	for i := range list {
		e := &list[i]
		lead := at.Sub(e.At)
		if lead < 0 || lead > Far || e.Key == of.Key || !e.Change() || !related(e, of) {
			continue
		}
		w := what{e.Kind, e.Repository}
		if seen[w] {
			continue
		}
		seen[w] = true
		s := Suspect{Entry: e, Lead: lead, Confidence: platform.Unknown}
		if lead <= Near && (e.Environment == of.Environment && e.Environment != "" || e.Repository == of.Repository && e.Repository != "" || e.Kind == Console) {
			s.Confidence = platform.Probable
		}
		out = append(out, s)
	}
	slices.SortStableFunc(out, func(a, b Suspect) int {
		if (a.Confidence == platform.Probable) != (b.Confidence == platform.Probable) {
			if a.Confidence == platform.Probable {
				return -1
			}
			return 1
		}
		return int(min(max(a.Lead-b.Lead, -1), 1))
	})
	return out
}

// related: another environment's or another repository's change explains nothing here.
func related(e, of *Entry) bool {
	if e.Environment != "" && of.Environment != "" && e.Environment != of.Environment {
		return false
	}
	return e.Repository == "" || of.Repository == "" || e.Repository == of.Repository
}
