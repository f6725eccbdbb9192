//go:build gallery

// Command gallery opens the real face on the fixture of uitest, to look at it: go run -tags gallery ./internal/ui/uitest/gallery
// [-n projects] [-lang fr] [-theme auto] [-ascii] [-state starting|bad|empty].
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/charmbracelet/colorprofile"

	"dsotop/internal/platform"
	"dsotop/internal/store"
	"dsotop/internal/ui"
	"dsotop/internal/ui/uitest"
)

func main() {
	n := flag.Int("n", 7, "projects")
	lang := flag.String("lang", "", "fr or en")
	theme := flag.String("theme", "", "theme")
	ascii := flag.Bool("ascii", false, "ASCII signs")
	state := flag.String("state", "", "starting, bad or empty")
	low := flag.Bool("low-bandwidth", false, "spare the link")
	colours := flag.String("colours", "", "true, 256, 16 or none; the terminal's when empty")
	flag.Parse()
	profile := map[string]colorprofile.Profile{"true": colorprofile.TrueColor, "256": colorprofile.ANSI256, "16": colorprofile.ANSI, "none": colorprofile.ASCII}[*colours]
	b := uitest.NewBackend(*n)
	switch *state {
	case "starting":
		b.Health("harbor", func(h *platform.SourceHealth) { h.State, h.LastSuccess = platform.StateStarting, time.Time{} })
	case "bad":
		b.Health("loki", func(h *platform.SourceHealth) {
			h.State, h.Since = platform.StateStale, uitest.Noon().Add(-4*time.Minute)
		})
		b.Health("kubernetes/mi-prod-1", func(h *platform.SourceHealth) {
			h.State, h.Since, h.Remedy = platform.StateUnreachable, uitest.Noon().Add(-time.Hour), platform.RemedyCheckURL
		})
	case "empty":
		b.Store.Apply(func(tx *store.Tx) {
			store.Health.Put(tx, "console", "", []platform.SourceHealth{{Name: "console", Kind: "console", State: platform.StateUnauthorised, Since: uitest.Noon().Add(-4 * time.Minute), Detail: "GET https://console.test/api/v1/projects : 401 (invalid token)", Remedy: platform.RemedyRenewToken}})
		})
	}
	if err := ui.Run(context.Background(), ui.Options{Backend: b, Lang: *lang, Theme: *theme, ASCII: *ascii, Profile: profile, LowBandwidth: *low}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
