// Command dsotop is an operations dashboard for Cloud π Native platforms in a terminal. This package only wires rooms together: one
// file per command.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"
)

// Set at link time by the Makefile.
var (
	version = "dev"
	commit  = "unknown"
	date    = "unknown"
)

// giveUp is how long the end may take after a signal.
const giveUp = 5 * time.Second

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	hold := &atomic.Bool{}
	go func() {
		<-ctx.Done()
		stop()                        // a second signal ends at once
		signal.Ignore(syscall.SIGHUP) // but a terminal that goes says so more than once
		time.Sleep(giveUp)
		for hold.Load() { // deeds end without a screen
			time.Sleep(time.Second)
		}
		os.Exit(exitSignal) // a terminal that takes no more bytes would hold us for ever
	}()
	code := run(ctx, os.Args[1:], streams{in: os.Stdin, out: os.Stdout, err: os.Stderr, hold: hold})
	stop()
	os.Exit(code)
}

// streams are the process's standard streams, so that tests can have their own.
type streams struct {
	in       *os.File
	out, err io.Writer
	// hold is true while deeds end, which the end of the program waits for; nil: nobody asks.
	hold *atomic.Bool
}
