package engine

import (
	"testing"
	"time"

	"dsotop/internal/config"
)

// A system that was given more time for each call is not cut short by the doctor.
func TestExaminationsLastAsLongAsCallsMay(t *testing.T) {
	for longest, want := range map[time.Duration]time.Duration{0: 20 * time.Second, time.Second: 20 * time.Second, 30 * time.Second: 5 * time.Minute} {
		e := &Engine{opts: Options{Profile: config.Profile{Sources: []config.Source{{Kind: "loki"}, {Kind: "console", Timeout: longest}}}}}
		if got := e.patience(); got != want {
			t.Errorf("timeout %v: %v, want %v", longest, got, want)
		}
	}
}
