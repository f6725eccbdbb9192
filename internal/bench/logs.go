package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"dsotop/internal/terminal"
)

// The load of lines, and what the page of them says in English.
const (
	loadProject = "journaux"
	loadText    = "seq=" // in the lines that are numbered
	loadHeld    = 1_000_000
)

var (
	heldLines  = regexp.MustCompile(`([\d,]+) lines?\b`) //nolint:gochecknoglobals // compiled once, never changed
	foundLines = regexp.MustCompile(`([\d,]+) found\b`)  //nolint:gochecknoglobals // compiled once, never changed
)

// held is how many lines the page says that it holds.
func held(screen string) int {
	m := heldLines.FindStringSubmatch(screen)
	if m == nil {
		return 0
	}
	n, _ := strconv.Atoi(strings.ReplaceAll(m[1], ",", ""))
	return n
}

// found is how many lines the page says that it has found; -1: it does not say. Nearly all lines of the load are numbered.
func found(screen string) int {
	m := foundLines.FindStringSubmatch(screen)
	if m == nil {
		return -1
	}
	n, _ := strconv.Atoi(strings.ReplaceAll(m[1], ",", ""))
	return n
}

// openingLines goes to the lines of the load, which are followed. The memory before is that of the program without lines.
func openingLines(ctx context.Context, s *session) error {
	if _, err := s.Until(ctx, time.Minute, func() bool { return settled(s.Rows()) }); err != nil {
		return err
	}
	now, _, err := memory(s.Pid())
	if err != nil {
		return err
	}
	s.note("resident memory without lines", float64(now)/(1<<20))
	s.Send("/")
	s.Quiet(ctx, 200*time.Millisecond, 3*time.Second)
	s.Send(loadProject)
	s.Quiet(ctx, 200*time.Millisecond, 3*time.Second)
	s.Send(enterKey)
	s.Quiet(ctx, 200*time.Millisecond, 3*time.Second)
	asked := time.Now()
	s.Send("l")
	at, err := s.Until(ctx, time.Minute, func() bool { return held(s.Text()) > 100 })
	if err != nil {
		return err
	}
	s.note("first lines", ms(at.Sub(asked)))
	return nil
}

// followingLines measures half a minute of lines that come, untouched: processor, bytes to the terminal, lines taken in.
func followingLines(ctx context.Context, s *session) error {
	if !terminal.Wait(ctx, 5*time.Second) {
		return ctx.Err()
	}
	used, err := cpu(s.Pid())
	if err != nil {
		return err
	}
	bytes, paints, _ := s.Counters()
	lines, began := held(s.Text()), time.Now()
	if !terminal.Wait(ctx, 30*time.Second) {
		return ctx.Err()
	}
	now, err := cpu(s.Pid())
	if err != nil {
		return err
	}
	bytesNow, paintsNow, _ := s.Counters()
	secs := time.Since(began).Seconds()
	s.note("CPU, followed", 100*(now-used).Seconds()/secs)
	s.note("bytes to the terminal, followed", float64(bytesNow-bytes)/secs/1000)
	s.note("frames, followed", float64(paintsNow-paints)/secs)
	s.note("lines taken in", float64(held(s.Text())-lines)/secs)
	return nil
}

// keysInLines measures keys while lines come in.
func keysInLines(ctx context.Context, s *session) error {
	for _, k := range repeat(8, "k", "k", "j", "\x1b[5~", "\x1b[6~", "k", "G") { // keys that move something: wrapping lines that fit shows nothing new
		if !terminal.Wait(ctx, between) {
			return ctx.Err()
		}
		if took, changed, err := s.Press(ctx, k, answerLimit); err == nil && changed {
			s.note("key to paint, lines", ms(took))
		} else if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

// aMillionLines follows until so many are held, then measures memory, keys, and the search of all of them to the count on the screen.
func aMillionLines(ctx context.Context, s *session) error {
	if _, err := s.Until(ctx, 4*time.Minute, func() bool { return held(s.Text()) >= loadHeld }); err != nil {
		return fmt.Errorf("a million lines: %w", err)
	}
	now, peak, err := memory(s.Pid())
	if err != nil {
		return err
	}
	s.note("resident memory, a million lines", float64(now)/(1<<20))
	s.note("peak memory, a million lines", float64(peak)/(1<<20))
	s.Send("/")
	s.Quiet(ctx, 300*time.Millisecond, time.Second)
	if found(s.Text()) >= 0 {
		return errors.New("searching: a count is shown before anything was searched")
	}
	asked := time.Now()
	s.Send(loadText + enterKey) // pasted: what is looked for on the way, key by key, is not waited for
	at, err := s.Until(ctx, 30*time.Second, func() bool { return found(s.Text()) > held(s.Text())*9/10 })
	if err != nil {
		return fmt.Errorf("searching: %w", err)
	}
	s.note("search of a million lines", ms(at.Sub(asked)))
	for _, k := range repeat(6, "n", "N", "k", "\x1b[5~", "\x1b[6~") {
		if !terminal.Wait(ctx, between) {
			return ctx.Err()
		}
		if took, changed, err := s.Press(ctx, k, answerLimit); err == nil && changed {
			s.note("key to paint, a million lines", ms(took))
		}
	}
	return nil
}

// theSameInLess measures how long less takes to open a million lines at their end and to find what stands in the first of them, where it
// is installed. It has no count: nothing else is comparable.
func theSameInLess(ctx context.Context, s *session) error {
	less, err := exec.LookPath("less")
	if err != nil {
		return nil //nolint:nilerr // left out, and said in the table
	}
	path := filepath.Join(os.TempDir(), fmt.Sprintf("dsotop-bench-%d.log", os.Getpid()))
	defer os.Remove(path)
	if err := os.WriteFile(path, loadFile(loadHeld), 0o600); err != nil {
		return err
	}
	x, err := terminal.Open(ctx, terminal.Options{Env: []string{"HOME=" + os.TempDir(), "LESSHISTFILE=-"}}, less, path)
	if err != nil {
		return err
	}
	defer x.Close()
	x.Quiet(ctx, 300*time.Millisecond, 3*time.Second)
	asked := time.Now()
	x.Send("G")
	last := fmt.Sprintf("seq=%09d", loadHeld)
	if _, err := x.Until(ctx, time.Minute, func() bool { return strings.Contains(x.Text(), last) }); err != nil {
		return fmt.Errorf("less: %w", err)
	}
	s.note("less: to the end", ms(time.Since(asked)))
	asked = time.Now()
	x.Send("?seq=000000001\r")
	if _, err := x.Until(ctx, time.Minute, func() bool { return strings.Contains(x.Text(), "seq=000000001") && !strings.Contains(x.Text(), last) }); err != nil {
		return fmt.Errorf("less: %w", err)
	}
	s.note("less: search", ms(time.Since(asked)))
	return nil
}

// loadFile is as many lines as the load's, of their form and length.
func loadFile(n int) []byte {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	out := make([]byte, 0, n*150)
	for i := 1; i <= n; i++ {
		out = fmt.Appendf(out, "{\"ts\":%q,\"level\":\"info\",\"msg\":\"rendez-vous enregistré seq=%09d\",\"logger\":\"agenda\",\"trace_id\":\"9f2c%012x\"}\n", at.Add(time.Duration(i)*time.Millisecond).Format(time.RFC3339Nano), i, i)
	}
	return out
}
