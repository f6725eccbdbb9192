// Command dsotop is an operations dashboard for Cloud π Native platforms in a terminal. This package only wires rooms together: one
// file per command.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
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
	go func() {
		<-ctx.Done()
		stop() // a second signal ends at once
		time.Sleep(giveUp)
		os.Exit(exitSignal) // a terminal that takes no more bytes would hold us for ever
	}()
	code := run(ctx, os.Args[1:], streams{in: os.Stdin, out: os.Stdout, err: os.Stderr})
	stop()
	os.Exit(code)
}

// streams are the process's standard streams, so that tests can have their own.
type streams struct {
	in       *os.File
	out, err io.Writer
}
