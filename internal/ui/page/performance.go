package page

import (
	"time"

	"dsotop/internal/ui/link"
)

// Performance is what a session costs, so far.
type Performance struct {
	Begun  time.Time
	Frames int             // drawn
	Took   []time.Duration // of the last frames, in no order
	Link   link.Report
	// Forced tells that the link is spared because somebody asked for it.
	Forced bool
}
