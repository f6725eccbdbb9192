// Command record makes the pictures of the documentation from the real program: it plays walkthroughs in a pseudo-terminal and writes what
// an emulator shows, as pictures (SVG), animations (SVG) and recordings (asciicast v2). It knows nothing of the program's code, only its
// command line, its keys and the files of the walkthroughs.
//
// A walkthrough is one platform at one time: its file states the seed (1 where it says none) and the date at which it begins (`start`), and with
// --stepped the platform's clock stands there but for the jumps of its steps. So it shows the same screens each time; and the times in recordings are those of a player and not of this
// machine: the same program gives the same files, byte by byte.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"dsotop/demo/walkthroughs"
	"dsotop/internal/ui/show"
)

// wanted is one run of the program and what is made of it.
type wanted struct {
	walkthrough, lang string
	columns, lines    int
	light, panel      bool
	film              string         // name of the animation and of the recording; "" makes none
	stills            map[int]string // names of pictures, by the step after which they are taken, from 1
}

// all lists what is in docs/pictures.
func all() []wanted {
	return []wanted{
		{walkthrough: "tour", lang: "en", columns: 100, lines: 30, panel: true, film: "tour"},
		{walkthrough: "livraison", lang: "fr", columns: 100, lines: 30, panel: true, film: "livraison"},
		{walkthrough: "tour", lang: "en", columns: 120, lines: 30, stills: map[int]string{1: "fleet", 3: "project", 5: "outage", 6: "timeline", 7: "rollback", 9: "onboarding"}},
		{walkthrough: "livraison", lang: "en", columns: 120, lines: 30, stills: map[int]string{3: "pipeline", 5: "quality", 9: "commit"}},
		{walkthrough: "tour", lang: "fr", columns: 120, lines: 30, light: true, stills: map[int]string{1: "parc"}},
	}
}

func main() {
	binary := flag.String("binary", "bin/dsotop", "the program to record")
	out := flag.String("out", "docs/pictures", "the folder to write into")
	only := flag.String("only", "", "walkthroughs to play, with commas between; all by default")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *binary, *out, *only); err != nil {
		fmt.Fprintln(os.Stderr, "record:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, binary, out, only string) error {
	binary, err := filepath.Abs(binary)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	for _, w := range all() {
		if only != "" && !strings.Contains(","+only+",", ","+w.walkthrough+",") {
			continue
		}
		begun := time.Now()
		if err := w.make(ctx, binary, out); err != nil {
			return fmt.Errorf("%s (%s, %d×%d): %w", w.walkthrough, w.lang, w.columns, w.lines, err)
		}
		fmt.Fprintf(os.Stderr, "%s (%s, %d×%d) in %s\n", w.walkthrough, w.lang, w.columns, w.lines, time.Since(begun).Round(time.Second))
	}
	return nil
}

// make plays the walkthrough and writes its files.
func (w wanted) make(ctx context.Context, binary, out string) error {
	data, ok := walkthroughs.Read(w.walkthrough)
	if !ok {
		return fmt.Errorf("no such walkthrough")
	}
	script, problems := show.Parse(w.walkthrough+walkthroughs.Ending, data, []string{"small", "fleet", "huge"})
	if script == nil {
		return fmt.Errorf("%s: %s", problems[0].Where(), problems[0].Text("en"))
	}
	frames, after, err := play(ctx, w, script, binary)
	if err != nil {
		return err
	}
	title := "dsotop · " + script.Title.In(w.lang)
	for step, name := range w.stills {
		if step > len(after) {
			return fmt.Errorf("there is no step %d for %s", step, name)
		}
		if err := os.WriteFile(filepath.Join(out, name+".svg"), still(after[step-1], title, w.light), 0o644); err != nil {
			return err
		}
	}
	if w.film == "" {
		return nil
	}
	if err := os.WriteFile(filepath.Join(out, w.film+".svg"), film(frames, title, w.light), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, w.film+".cast"), cast(frames, title, script.Start), 0o644)
}
