package argocd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/url"
	"runtime/debug"
	"strconv"
	"sync"
	"time"

	"dsotop/internal/sources"
	"dsotop/internal/sources/transport"
)

const (
	// coalesce is how long events gather before they go to the store together.
	coalesce = 300 * time.Millisecond
	// freshList is how long the stream is believed. The server replays nothing: an event between the list and the start of the
	// stream is lost, and heals when the controller next looks at that application (three minutes) or with the next list.
	freshList = 10 * time.Minute
	// With our Accept header the server sends a comment every 15 s; a stream without any line for silent is dead.
	// One that never sent a comment (a proxy may eat them) is given more time.
	silent      = time.Minute
	silentPlain = 4 * time.Minute
	// hasty is a stream that ends too soon to be normal.
	hasty = 20 * time.Second
	// After a failure of the stream the list is read again, and with it the stream, after 1 s to longestWait.
	longestWait = time.Minute
)

// Part names, as the health shows them.
const (
	partApplications = "applications"
	partSomeApps     = "some applications"
	partStream       = "stream"
	partTrees        = "resource trees"
	partSomeTrees    = "some resource trees"
	partIdentity     = "identity"
)

// Run implements sources.Source.
func (s *Source) Run(ctx context.Context, b *sources.Board) error {
	defer s.client.Close()
	b.Health.Meter(s.client)
	b.Health.Declare(partStream, false, 0)
	b.Health.Declare(partSomeApps, false, 0)
	b.Health.Declare(partSomeTrees, false, 0)
	ctx, stop := context.WithCancel(ctx)
	var side sync.WaitGroup
	defer side.Wait()
	defer stop()
	// The end of a stream asks for a new list the way a person does.
	again, poke := make(chan struct{}, 1), make(chan struct{}, 1)
	side.Go(func() { forward(ctx, poke, b.Poke, again) })
	versions := make(chan string, 1)
	side.Go(func() { s.streaming(ctx, b, versions, again) })
	side.Go(func() { s.write(ctx, b) })
	board := *b
	board.Poke = poke
	return sources.RunPolls(ctx, &board,
		sources.Poll{Part: partApplications, Every: freshList, Essential: true, Do: func(ctx context.Context) error {
			version, err := s.refresh(ctx, b)
			if err == nil {
				latestOnly(versions, version)
			}
			return err
		}},
		sources.Poll{Part: partTrees, Every: time.Second, Do: func(ctx context.Context) error { return s.sweep(ctx, b) }},
		sources.Poll{Part: partIdentity, Every: 30 * time.Second, Essential: true, Do: func(ctx context.Context) error { return s.identity(ctx, b) }},
	)
}

// forward joins two bells into one.
func forward(ctx context.Context, out chan<- struct{}, a, b <-chan struct{}) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-a:
		case <-b:
		}
		ring(out)
	}
}

func ring(bell chan<- struct{}) {
	select {
	case bell <- struct{}{}:
	default:
	}
}

// latestOnly puts a version where the stream finds it, in place of one it has not taken. There is one writer.
func latestOnly(versions chan string, version string) {
	select {
	case <-versions:
	default:
	}
	versions <- version
}

// write publishes what moved, at most once per coalesce.
func (s *Source) write(ctx context.Context, b *sources.Board) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.dirty:
		}
		s.publish(b)
		if !pause(ctx, coalesce) {
			return
		}
	}
}

// paced is a duration of real life at the board's pace.
func paced(b *sources.Board, d time.Duration) time.Duration {
	if b.Pace <= 1 {
		return d
	}
	return time.Duration(float64(d) / b.Pace)
}

// pause waits; false when ctx ended.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// refresh reads the whole list, and returns the version to stream from.
func (s *Source) refresh(ctx context.Context, b *sources.Board) (string, error) {
	l, err := s.list(ctx)
	if err != nil {
		return "", err
	}
	s.replace(l.apps)
	if l.broken > 0 {
		b.Health.Fail(partSomeApps, &transport.Fault{Class: transport.ClassMalformed, Source: s.name, URL: s.base, Message: strconv.Itoa(l.broken) + " entries of the list could not be read"})
	} else {
		b.Health.OK(partSomeApps)
	}
	return l.version, nil
}

// streaming keeps a stream open after each list, and asks for a new list when it ends.
func (s *Source) streaming(ctx context.Context, b *sources.Board, versions <-chan string, again chan<- struct{}) {
	for failures := 0; ; {
		var version string
		select {
		case <-ctx.Done():
			return
		case version = <-versions:
		}
		started := time.Now()
		err := s.guarded(ctx, b, version)
		if ctx.Err() != nil {
			return
		}
		select { // a list that came while we streamed is old now
		case <-versions:
		default:
		}
		// Servers and balancers end streams now and then: that is no failure.
		lasted := time.Since(started) > hasty
		if err == nil || lasted && errors.Is(err, io.EOF) {
			failures = 0
			ring(again)
			continue
		}
		if lasted {
			failures = 0
		}
		err = s.streamFault("/api/v1/stream/applications", err)
		b.Health.Fail(partStream, err)
		wait := min(time.Second<<min(failures, 10), longestWait)
		wait = paced(b, wait)
		failures++
		if !pause(ctx, max(wait/2+rand.N(wait), transport.FaultOf(err).RetryAfter)) {
			return
		}
		ring(again)
	}
}

// guarded is stream with its panics contained.
func (s *Source) guarded(ctx context.Context, b *sources.Board, version string) (err error) {
	defer func() {
		if r := recover(); r != nil {
			b.Log.Error("panic contained", "part", partStream, "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
			err = &transport.Fault{Class: transport.ClassMalformed, Message: "stopped by an internal error; the log has the details"}
		}
	}()
	return s.stream(ctx, b, version)
}

// errSilent ends a stream that is half closed, as far as one can know.
var errSilent = errors.New("the stream fell silent")

// stream applies events until the stream ends. nil means: time to list again.
func (s *Source) stream(ctx context.Context, b *sources.Board, version string) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	query := ""
	if version != "" { // without it the server sends every application once more
		query = "?" + url.Values{"resourceVersion": {version}}.Encode()
	}
	resp, err := s.open(ctx, "/api/v1/stream/applications", query, "text/event-stream")
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	quiet := time.AfterFunc(silentPlain, func() { cancel(errSilent) })
	defer quiet.Stop()
	limit := silentPlain
	beat := func(comment bool) {
		if comment { // now we know that silence means something
			limit = silent
		}
		quiet.Reset(limit)
		b.Health.OK(partStream)
	}
	b.Health.OK(partStream)
	err = messages(resp.Body, beat, s.take)
	switch {
	case errors.Is(err, errRelist):
		return nil
	case errors.Is(context.Cause(ctx), errSilent) && limit == silentPlain:
		return nil // perhaps nothing happened: a new list tells
	case errors.Is(context.Cause(ctx), errSilent):
		return &transport.Fault{Class: transport.ClassTimeout, Err: errSilent, Message: errSilent.Error()}
	}
	return err
}

var errRelist = errors.New("the stream asks for a new list")

// take applies one message of the stream.
func (s *Source) take(data []byte) error {
	var e wireEvent
	if err := json.Unmarshal(data, &e); err != nil {
		return errGarbage
	}
	switch {
	case e.Error != nil && e.Error.Code == 410:
		return errRelist
	case e.Error != nil:
		return streamError(e.Error.Code, e.Error.grpc(), e.Error.Message)
	case e.Result == nil:
		return errGarbage
	}
	var app wireApp
	if err := json.Unmarshal(e.Result.Application, &app); err != nil || app.Metadata.Name == "" {
		return nil //nolint:nilerr // one odd application must not end the stream for all; the next list counts it
	}
	switch e.Result.Type {
	case "ADDED", "MODIFIED", "DELETED":
		s.change(e.Result.Type, &app)
	case "ERROR":
		return errRelist
	}
	return nil
}

// streamError gives an error sent inside a stream, under the status 200, the class it would have had as a status.
func streamError(code, grpc int, text string) error {
	f := &transport.Fault{Class: transport.ClassServer, Status: code, Message: message(text)}
	switch {
	case code == 401 || grpc == 16:
		f.Class = transport.ClassUnauthorised
	case code == 403 || grpc == 7:
		f.Class = transport.ClassForbidden
	case code == 429 || grpc == 8:
		f.Class = transport.ClassRateLimited
	case code == 503 || code == 502 || code == 504 || grpc == 14:
		f.Class = transport.ClassGateway
	}
	return f
}
