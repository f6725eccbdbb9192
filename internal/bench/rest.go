package main

import (
	"context"
	"fmt"
	"time"

	"dsotop/internal/terminal"
)

// resting measures what the program costs while nobody touches it: the second and the third minute after its start, and the calls
// that it makes to each system meanwhile.
func resting(ctx context.Context, s *session) error {
	from, span, windows := time.Minute, time.Minute, []string{"second minute", "third minute"}
	if s.quick {
		from, span, windows = 30*time.Second, 30*time.Second, windows[:1]
	}
	if !terminal.Wait(ctx, time.Until(s.Started.Add(from-5*time.Second))) {
		return ctx.Err()
	}
	before, at, err := s.calls(ctx)
	if err != nil {
		return err
	}
	if !terminal.Wait(ctx, time.Until(s.Started.Add(from))) {
		return ctx.Err()
	}
	for _, name := range windows {
		used, err := cpu(s.Pid())
		if err != nil {
			return err
		}
		bytes, paints, _ := s.Counters()
		began := time.Now()
		if !terminal.Wait(ctx, span) {
			return ctx.Err()
		}
		now, err := cpu(s.Pid())
		if err != nil {
			return err
		}
		bytesNow, paintsNow, _ := s.Counters()
		secs := time.Since(began).Seconds()
		s.note("CPU, "+name, 100*(now-used).Seconds()/secs)
		s.note("bytes to the terminal, "+name, float64(bytesNow-bytes)/secs)
		s.note("frames, "+name, float64(paintsNow-paints)/secs)
	}
	after, then, err := s.calls(ctx)
	if err != nil {
		return err
	}
	for system, n := range after {
		s.note("calls, "+system, float64(n-before[system])/then.Sub(at).Seconds())
	}
	return nil
}

// memoryHeld measures the resident memory.
func memoryHeld(_ context.Context, s *session) error {
	now, peak, err := memory(s.Pid())
	if err != nil {
		return fmt.Errorf("memory: %w", err)
	}
	file, err := mapped(s.Pid())
	if err != nil {
		return fmt.Errorf("memory: %w", err)
	}
	s.note("resident memory", float64(now)/(1<<20))
	s.note("resident memory of the file", float64(file)/(1<<20))
	s.note("peak memory", float64(peak)/(1<<20))
	return nil
}
