package engine

import (
	"testing"

	"dsotop/internal/fleet"
	"dsotop/internal/platform"
)

func TestWhatSettlingWaitsFor(t *testing.T) {
	source := func(kind string, state platform.State, pending int) platform.SourceHealth {
		return platform.SourceHealth{Name: kind, Kind: kind, State: state, Pending: pending}
	}
	for name, c := range map[string]struct {
		sources []platform.SourceHealth
		want    bool
	}{
		"all read":                      {[]platform.SourceHealth{source("console", platform.StateLive, 0)}, true},
		"details on their way":          {[]platform.SourceHealth{source("console", platform.StateLive, 3)}, false},
		"a source that failed":          {[]platform.SourceHealth{source("console", platform.StateUnauthorised, 3)}, true},
		"details nobody has a row for":  {[]platform.SourceHealth{source("console", platform.StateNotConfigured, 0), source("gitlab", platform.StateLive, 20)}, true},
		"a console still to list some":  {[]platform.SourceHealth{source("console", platform.StateLive, 0), source("gitlab", platform.StateLive, 20)}, false},
		"a cluster still to list some":  {[]platform.SourceHealth{source("kubernetes", platform.StateLive, 0), source("gitlab", platform.StateLive, 20)}, false},
		"a console away leaves nothing": {[]platform.SourceHealth{source("gitlab", platform.StateLive, 0), source("console", platform.StateUnreachable, 0)}, true},
	} {
		view := &fleet.View{Ready: true, Sources: c.sources}
		if got := settled(view) && !pending(view); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
