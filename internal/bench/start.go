package main

import (
	"context"
	"strings"
	"time"
)

// starting measures from the start of the process: the first frame, the first useful one, and all sources having answered.
func starting(ctx context.Context, s *session) error {
	at, err := s.until(ctx, 30*time.Second, func() bool { _, n, _ := s.counters(); return n > 0 && strings.TrimSpace(s.text()) != "" })
	if err != nil {
		return err
	}
	s.note("first frame", ms(at.Sub(s.started)))
	if at, err = s.until(ctx, time.Minute, func() bool { return useful(s.rows()) }); err != nil {
		return err
	}
	s.note("first useful paint", ms(at.Sub(s.started)))
	return nil
}

// startingWithData measures the first frame of a program that knows its last state, and whether that frame holds it.
func startingWithData(ctx context.Context, s *session) error {
	at, err := s.until(ctx, 30*time.Second, func() bool { _, n, _ := s.counters(); return n > 0 && strings.TrimSpace(s.text()) != "" })
	if err != nil {
		return err
	}
	s.note("first frame, cached", ms(at.Sub(s.started)))
	first := s.frames()
	if at, err = s.until(ctx, 30*time.Second, func() bool { return useful(s.rows()) }); err != nil {
		return err
	}
	s.note("data, cached", ms(at.Sub(s.started)))
	s.note("frames before data", float64(s.frames()-first))
	return nil
}

func (s *session) frames() int64 { _, n, _ := s.counters(); return n }

// answering waits until every source has answered once.
func answering(ctx context.Context, s *session) error {
	at, err := s.until(ctx, 3*time.Minute, func() bool { return settled(s.rows()) })
	if err != nil {
		return err
	}
	s.note("every source answered", ms(at.Sub(s.started)))
	return nil
}

// leaving measures the end, after ctrl+c.
func leaving(ctx context.Context, s *session) error {
	asked := time.Now()
	s.send("\x03")
	select {
	case <-s.done:
		s.note("end", ms(s.ended.Sub(asked)))
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(20 * time.Second):
		s.note("end", ms(time.Since(asked)))
		return nil
	}
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
