package main

import (
	"context"
	"errors"
	"fmt"

	"dsotop/internal/config"
)

// Exit codes, as documented in the README.
const (
	exitFine     = 0
	exitFindings = 1   // findings at or above --fail-on
	exitUsage    = 2   // usage or configuration
	exitSignal   = 130 // ended by a signal, as shells count
	exitSources  = 3   // the console failed, or a source gave nothing and nothing cached stands in
)

// exit is an error that carries its exit code. A nil Err ends silently: everything was printed already.
type exit struct {
	Code int
	Err  error
}

// Error is the text of the error inside; "" when there is none.
func (e exit) Error() string {
	if e.Err == nil {
		return ""
	}
	return e.Err.Error()
}

// Unwrap returns the error inside.
func (e exit) Unwrap() error { return e.Err }

func usage(format string, args ...any) error { return exit{exitUsage, fmt.Errorf(format, args...)} }

// conclude prints an error once, in the language, and returns the process's exit code.
func conclude(err error, l lang, s streams) int {
	if err == nil {
		return exitFine
	}
	code := exitUsage
	var e exit
	if errors.As(err, &e) {
		code = e.Code
	}
	var mistakes config.Mistakes
	switch {
	case errors.As(err, &mistakes):
		fmt.Fprintln(s.err, mistakes.Text(string(l)))
	case errors.Is(err, context.Canceled):
		return exitSignal
	case err.Error() != "":
		fmt.Fprintln(s.err, "dsotop: "+err.Error())
	}
	return code
}
