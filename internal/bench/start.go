package main

import (
	"context"
	"strings"
	"time"
)

// starting measures from the start of the process: the first frame, the first useful one, and all sources having answered.
func starting(ctx context.Context, s *session) error {
	at, err := s.Until(ctx, 30*time.Second, func() bool { _, n, _ := s.Counters(); return n > 0 && strings.TrimSpace(s.Text()) != "" })
	if err != nil {
		return err
	}
	s.note("first frame", ms(at.Sub(s.Started)))
	if at, err = s.Until(ctx, time.Minute, func() bool { return useful(s.Rows()) }); err != nil {
		return err
	}
	s.note("first useful paint", ms(at.Sub(s.Started)))
	return nil
}

// startingWithData measures the first frame of a program that knows its last state, and whether that frame holds it.
func startingWithData(ctx context.Context, s *session) error {
	at, err := s.Until(ctx, 30*time.Second, func() bool { _, n, _ := s.Counters(); return n > 0 && strings.TrimSpace(s.Text()) != "" })
	if err != nil {
		return err
	}
	s.note("first frame, cached", ms(at.Sub(s.Started)))
	first := s.frames()
	if at, err = s.Until(ctx, 30*time.Second, func() bool { return useful(s.Rows()) }); err != nil {
		return err
	}
	s.note("data, cached", ms(at.Sub(s.Started)))
	s.note("frames before data", float64(s.frames()-first))
	return nil
}

func (s *session) frames() int64 { _, n, _ := s.Counters(); return n }

// answering waits until every source has answered once.
func answering(ctx context.Context, s *session) error {
	at, err := s.Until(ctx, 3*time.Minute, func() bool { return settled(s.Rows()) })
	if err != nil {
		return err
	}
	s.note("every source answered", ms(at.Sub(s.Started)))
	return nil
}

// leaving measures the end, after ctrl+c.
func leaving(ctx context.Context, s *session) error {
	asked := time.Now()
	s.Send("\x03")
	select {
	case <-s.Done:
		s.note("end", ms(s.Ended.Sub(asked)))
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(20 * time.Second):
		s.note("end", ms(time.Since(asked)))
		return nil
	}
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
