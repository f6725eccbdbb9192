// Package fault makes a system fail on purpose. A [Proxy] stands on the loopback before a server, simulated or real, and is
// switched at run time from well to one of the faults and back. Nothing in it is left to chance: the same fault does the same to the same
// answers.
//
// It works in two ways. As a rule it speaks HTTP: it ends the TLS of its clients with a certificate it is given, and so can answer in the
// server's place, spoil answers, and let streams and websockets through. As a pass-through it hands on bytes without understanding
// them, for connections whose TLS must not be ended on the way (client certificates): only the faults of connections exist then.
package fault

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Mode is a way to fail; its text is its name on a command line. "" is none.
type Mode string

// The faults. What runs when one begins (streams, watches, followed logs) meets it too: it is cut, frozen or slowed down
// with the faults of connections, and ended by the others, as by a gateway that starts anew.
const (
	None Mode = ""

	// Faults of connections.
	Down      Mode = "down"       // connections are refused
	Drop      Mode = "drop"       // reset before any answer
	Cut       Mode = "cut"        // reset in the middle of an answer
	HalfClose Mode = "half-close" // the sending side is closed in the middle of an answer; what the client sends is still taken
	Delay     Mode = "delay"      // answers begin late
	Stall     Mode = "stall"      // nothing at all is sent for a time, on any connection
	Throttle  Mode = "throttle"   // so many bytes a second, on each connection

	// Answers in the server's place. Those with a body for machines repeat the credentials they were given, as careless servers do.
	Unauthorised Mode = "401"
	Forbidden    Mode = "403"
	RateLimited  Mode = "429" // with Retry-After
	ServerError  Mode = "500"
	BadGateway   Mode = "502" // these three with a page for browsers
	Unavailable  Mode = "503"
	Timeout      Mode = "504"
	Login        Mode = "login"   // sent to a page to log in
	Page         Mode = "html"    // 200, a page for browsers
	Garbage      Mode = "garbage" // 200, JSON that ends too early
	Empty        Mode = "empty"   // 200, nothing
	Huge         Mode = "huge"    // 200, blanks without end

	Corrupt Mode = "corrupt" // the server's own answers with some bytes changed, the first one always
	Clock   Mode = "clock"   // the server's own answers with its clock put on, or back
)

// Modes lists the faults in the order in which they are told.
func Modes() []Mode {
	return []Mode{Down, Drop, Cut, HalfClose, Delay, Stall, Throttle, Unauthorised, Forbidden, RateLimited, ServerError, BadGateway, Unavailable, Timeout,
		Login, Page, Garbage, Corrupt, Empty, Huge, Clock}
}

// OfConnections reports whether a mode works below HTTP, and so on a pass-through too.
func (m Mode) OfConnections() bool {
	switch m {
	case None, Down, Drop, Cut, HalfClose, Delay, Stall, Throttle:
		return true
	}
	return false
}

// Fault is one way to fail. The zero value is none.
type Fault struct {
	Mode Mode
	// For is how late answers begin (Delay), how far a clock is ahead (Clock; negative: behind), how long nothing is sent (Stall) or the Retry-After (RateLimited, and Unavailable unless 0, in whole seconds); 0 is
	// [Fault.Whole]'s.
	For time.Duration
	// Rate is the bytes a second of Throttle; 0 is [Fault.Whole]'s.
	Rate int
}

// What a fault is when nothing else is said.
const (
	usualDelay = 2 * time.Second
	usualStall = 40 * time.Second
	usualRetry = 5 * time.Second
	usualRate  = 1000
	usualClock = 90 * time.Second
)

// Whole puts the usual values where none are given.
func (f Fault) Whole() Fault {
	switch {
	case f.Mode == Delay && f.For <= 0:
		f.For = usualDelay
	case f.Mode == Stall && f.For <= 0:
		f.For = usualStall
	case f.Mode == RateLimited && f.For <= 0:
		f.For = usualRetry
	case f.Mode == Throttle && f.Rate <= 0:
		f.Rate = usualRate
	case f.Mode == Clock && f.For == 0:
		f.For = usualClock
	}
	return f
}

// String is the fault as Parse reads it; "none" for none.
func (f Fault) String() string {
	f = f.Whole()
	switch f.Mode {
	case None:
		return "none"
	case Delay, Stall, RateLimited, Clock:
		return string(f.Mode) + ":" + f.For.String()
	case Throttle:
		return string(f.Mode) + ":" + strconv.Itoa(f.Rate)
	}
	return string(f.Mode)
}

// What may be wrong with the text of a fault.
var (
	errUnknown  = errors.New("no such fault")                                                  //nolint:gochecknoglobals // a sentinel
	errNoArg    = errors.New("takes nothing after its name")                                   //nolint:gochecknoglobals // a sentinel
	errDuration = errors.New("takes a duration, such as 500ms, 2s or 1m")                      //nolint:gochecknoglobals // a sentinel
	errSeconds  = errors.New("takes a duration of at least one second")                        //nolint:gochecknoglobals // a sentinel
	errAhead    = errors.New("takes how far the clock is ahead, such as 90s, or -90s behind")  //nolint:gochecknoglobals // a sentinel
	errRate     = errors.New("takes a number of bytes a second, such as 500, 20k or 1M")       //nolint:gochecknoglobals // a sentinel
	errLevel    = errors.New("a pass-through knows bytes only, and this fault is one of HTTP") //nolint:gochecknoglobals // a sentinel
)

// Parse reads "down", "delay:2s", "stall:40s", "throttle:20k" or "429:10s".
func Parse(text string) (Fault, error) {
	name, arg, given := strings.Cut(text, ":")
	f := Fault{Mode: Mode(name)}
	if !slices.Contains(Modes(), f.Mode) {
		return Fault{}, fmt.Errorf("%q: %w", name, errUnknown)
	}
	if !given {
		return f.Whole(), nil
	}
	var err error
	switch f.Mode {
	case Delay, Stall, RateLimited:
		if f.For, err = time.ParseDuration(arg); err != nil || f.For <= 0 {
			return Fault{}, fmt.Errorf("%s: %w", name, errDuration)
		}
		if f.Mode == RateLimited && f.For < time.Second {
			return Fault{}, fmt.Errorf("%s: %w", name, errSeconds)
		}
	case Clock:
		if f.For, err = time.ParseDuration(arg); err != nil || f.For == 0 {
			return Fault{}, fmt.Errorf("%s: %w", name, errAhead)
		}
	case Throttle:
		if f.Rate = rate(arg); f.Rate <= 0 {
			return Fault{}, fmt.Errorf("%s: %w", name, errRate)
		}
	default:
		return Fault{}, fmt.Errorf("%s: %w", name, errNoArg)
	}
	return f, nil
}

// fastest is the highest rate that can be asked for: more is no fault.
const fastest = 1 << 30

// rate reads 500, 20k or 1M; 0 when it is none of these.
func rate(text string) int {
	factor := 1
	if digits, ok := strings.CutSuffix(text, "k"); ok {
		text, factor = digits, 1000
	} else if digits, ok := strings.CutSuffix(text, "M"); ok {
		text, factor = digits, 1000_000
	}
	n, err := strconv.Atoi(text)
	if err != nil || n <= 0 || n > fastest/factor {
		return 0
	}
	return n * factor
}
