package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"dsotop/internal/terminal"
)

// Keys.
const (
	enterKey  = "\r"
	escapeKey = "\x1b"
	tabKey    = "\t"
)

// answerLimit is how long a key may stay unanswered before it counts as that long.
const answerLimit = 5 * time.Second

// between keys passes what passes between a person's: the program is at rest when the next comes.
const between = 70 * time.Millisecond

// keysOnPages measures from key to complete frame on every page: moving in lists, going in and out, tabs, filter, help, palette.
func keysOnPages(ctx context.Context, s *session) error {
	walks := []struct {
		page string
		keys []string
	}{
		{"fleet", repeat(20, "j", "j", "j", "k", "\x1b[6~", "\x1b[5~", "G", "g")},
		{"fleet, filter", []string{"/", "a", "g", "e", "n", escapeKey, "/", "p", "o", "r", "t", escapeKey, "!", "!"}},
		{"project", append(append([]string{enterKey}, repeat(3, tabKey, "j", "k")...), escapeKey)},
		{"palette", []string{":", "a", "g", "e", "n", "d", escapeKey, ":", "s", "o", "u", "r", escapeKey}},
		{"help", []string{"?", escapeKey, "?", escapeKey}},
	}
	s.Send("g")
	s.Quiet(ctx, 300*time.Millisecond, 3*time.Second)
	for _, w := range walks {
		for _, k := range w.keys {
			if !terminal.Wait(ctx, between) {
				return ctx.Err()
			}
			took, changed, err := s.Press(ctx, k, answerLimit)
			switch {
			case err == nil && changed:
				s.note("key to paint", ms(took))
				s.note("key to paint, "+w.page, ms(took))
			case ctx.Err() != nil:
				return ctx.Err()
			case errors.Is(err, terminal.ErrEnded):
				return fmt.Errorf("%s: %q: %w", w.page, k, err)
			}
		}
	}
	return s.environmentKeys(ctx)
}

// environmentKeys goes into the first environment that the palette finds, and moves there.
func (s *session) environmentKeys(ctx context.Context) error {
	s.Quiet(ctx, 200*time.Millisecond, 3*time.Second)
	s.Send(":")
	if _, err := s.Until(ctx, pageLimit, func() bool { return strings.Contains(s.Text(), "╭") }); err != nil {
		return err
	}
	s.Send("prod")
	s.Quiet(ctx, 200*time.Millisecond, 3*time.Second)
	s.Send(enterKey)
	if _, err := s.Until(ctx, pageLimit, func() bool { return !strings.Contains(s.Text(), "╭") }); err != nil {
		return err
	}
	s.Quiet(ctx, 300*time.Millisecond, 3*time.Second)
	for _, k := range repeat(3, "j", "j", "k", tabKey) {
		if !terminal.Wait(ctx, between) {
			return ctx.Err()
		}
		if took, changed, err := s.Press(ctx, k, answerLimit/5); err == nil && changed {
			s.note("key to paint", ms(took))
			s.note("key to paint, environment", ms(took))
		}
	}
	s.Send(escapeKey)
	_, err := s.Until(ctx, pageLimit, func() bool { return titles(s.Rows()) >= 0 })
	return err
}

func repeat(n int, keys ...string) []string {
	var out []string
	for range n {
		out = append(out, keys...)
	}
	return out
}

// lineDown measures the bytes that one step down costs, with the preview and without: those of the frame that moves the cursor, and those
// until the screen comes to rest, so that what is read for the new line and shown later counts too.
func lineDown(ctx context.Context, s *session) error {
	for _, row := range []string{"one line down, preview", "one line down"} {
		if row == "one line down" {
			s.Send("i")
		}
		s.Send("g")
		s.Quiet(ctx, 500*time.Millisecond, 5*time.Second)
		for range 15 {
			line := cursor(s.Rows())
			before, _, _ := s.Counters()
			s.Send("j")
			moved := before
			if _, err := s.Until(ctx, 2*time.Second, func() bool { return cursor(s.Rows()) != line }); err == nil {
				moved, _, _ = s.Counters()
			}
			s.Quiet(ctx, 400*time.Millisecond, 2*time.Second)
			after, _, _ := s.Counters()
			if cursor(s.Rows()) == line+1 { // nothing else moved the list
				s.note(row+", the frame", float64(moved-before))
				s.note(row, float64(after-before))
			}
		}
	}
	s.Send("i")
	s.Send("g")
	s.Quiet(ctx, 300*time.Millisecond, 3*time.Second)
	return nil
}

// holding holds a key for three seconds at the rate of a keyboard, and measures how long frames still come after its release.
func holding(ctx context.Context, s *session) error {
	s.Send("g")
	s.Quiet(ctx, 300*time.Millisecond, 3*time.Second)
	tick := time.NewTicker(time.Second / 30)
	defer tick.Stop()
	before, _, _ := s.Counters()
	var released time.Time
	for range 90 {
		select {
		case <-tick.C:
			s.Send("j")
			released = time.Now()
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	// The list has come to its place when the cursor and the names around it move no more; what is read for the new rows meanwhile comes when it comes.
	var lag time.Duration
	place := func() string {
		rows := s.Rows()
		at := cursor(rows)
		var names strings.Builder
		for _, l := range rows[max(0, titles(rows)):min(len(rows), 28)] {
			runes := []rune(l)
			names.WriteString(string(runes[min(4, len(runes)):min(20, len(runes))]) + "\n") // beside the cursor's mark and the sign of state
		}
		return strconv.Itoa(at) + names.String()
	}
	last := place()
	for time.Since(released) < 2*time.Second {
		select {
		case <-s.Moved():
			if now := place(); now != last {
				_, _, at := s.Counters()
				last, lag = now, at.Sub(released)
			}
		case <-time.After(100 * time.Millisecond):
		}
	}
	after, _, _ := s.Counters()
	s.note("held key: lag after release", ms(max(lag, 0)))
	s.note("held key: bytes a step", float64(after-before)/90)
	s.Send("g")
	s.Quiet(ctx, 300*time.Millisecond, 3*time.Second)
	return nil
}

// onBadLink measures keys through the bad link, beyond the distance itself.
func onBadLink(ctx context.Context, s *session) error {
	for range 20 {
		if !terminal.Wait(ctx, 500*time.Millisecond) {
			return ctx.Err()
		}
		if took, changed, err := s.Press(ctx, "j", answerLimit); err == nil && changed {
			s.note("key to paint", ms(took))
		}
	}
	return holding(ctx, s)
}
