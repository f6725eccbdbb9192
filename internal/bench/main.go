// Command bench measures dsotop from outside, as a person would meet it: it runs the program in a pseudo-terminal, answers what a
// terminal is asked, decodes the screen with an emulator and reads /proc. It knows nothing of the program's code, only its command
// line and what its screens say. The simulated platform is served by another process, so that only dsotop is measured.
//
// A scenario is a load and the measures taken in one session on it; a measure is a file here and a line in scenarios.go. Medians are
// written into docs/performance.md, beside the budgets. Nothing fails on a clock.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// options are the flags.
type options struct {
	binary string
	runs   int
	quick  bool
	only   string
	write  string
	memory string
}

func main() {
	var o options
	flag.StringVar(&o.binary, "binary", "bin/dsotop", "the program to measure")
	flag.IntVar(&o.runs, "runs", 3, "runs of each scenario")
	flag.BoolVar(&o.quick, "quick", false, "one run each, and half a minute instead of the second and third")
	flag.StringVar(&o.only, "only", "", "scenarios to run, with commas between; all by default")
	flag.StringVar(&o.write, "write", "", "the document to write the table into; without, it is printed")
	flag.StringVar(&o.memory, "results", "", "a file that keeps the results of scenarios that are not run again")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	binary, err := filepath.Abs(o.binary)
	if err != nil {
		return err
	}
	if _, err := os.Stat(binary); err != nil {
		return fmt.Errorf("nothing to measure: %w", err)
	}
	o.binary = binary
	if o.quick {
		o.runs = 1
	}
	all := scenarios()
	if o.only != "" {
		wanted := strings.Split(o.only, ",")
		for _, name := range wanted {
			if !slices.ContainsFunc(all, func(s scenario) bool { return s.name == name }) {
				return fmt.Errorf("no scenario %q", name)
			}
		}
		all = slices.DeleteFunc(all, func(s scenario) bool { return !slices.Contains(wanted, s.name) })
	}
	book, err := openBook(o.memory)
	if err != nil {
		return err
	}
	for _, s := range all {
		fmt.Fprintf(os.Stderr, "%s %s\n", time.Now().Format("15:04:05"), s.name)
		taken, err := s.play(ctx, o)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			fmt.Fprintf(os.Stderr, "  %s: %v\n", s.name, err)
		}
		book.keep(ctx, s.name, o, taken)
	}
	if err := book.save(); err != nil {
		return err
	}
	table := book.table()
	if o.write == "" {
		_, err := os.Stdout.WriteString(table)
		return err
	}
	return writeBetween(o.write, table)
}
