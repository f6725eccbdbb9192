package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"dsotop/internal/terminal"
	"dsotop/internal/ui/show"
)

// The times of a recording: what a person needs to follow, whatever this machine took.
const (
	openTime   = 1500 * time.Millisecond // on the first screen
	promptTime = 500 * time.Millisecond  // on a field that opened
	letterTime = 70 * time.Millisecond
	seeTime    = 1800 * time.Millisecond // on what a step promises
	stepTime   = 3500 * time.Millisecond // at the end of a step
)

// Limits of waiting, in this machine's time.
const (
	patience = 90 * time.Second
	quiet    = 1200 * time.Millisecond // a screen that has not changed for so long is complete
	brief    = 150 * time.Millisecond  // after a letter
	passed   = 6 * time.Second         // after time has jumped: every source reads the platform again, one after the other
	answer   = 5 * time.Second         // of the program to a key
)

// take is a run of the program that is being recorded.
type take struct {
	x      *terminal.Terminal
	lang   string
	now    time.Duration
	frames []frame
}

// play plays a walkthrough. It returns the frames, and the screen at the end of each step.
func play(ctx context.Context, w wanted, s *show.Script, binary string) (frames []frame, after []picture, err error) {
	home, err := os.MkdirTemp("", "dsotop-record-")
	if err != nil {
		return nil, nil, err
	}
	defer os.RemoveAll(home)
	env := []string{"HOME=" + home, "XDG_CONFIG_HOME=" + home, "XDG_CACHE_HOME=" + home, "XDG_STATE_HOME=" + home, "TZ=Europe/Paris"}
	x, err := terminal.Open(ctx, terminal.Options{Columns: w.columns, Lines: w.lines, Env: env, Light: w.light}, binary, "demo", "--walkthrough", w.walkthrough, "--stepped", "--lang", w.lang)
	if err != nil {
		return nil, nil, err
	}
	defer x.Close()
	t := &take{x: x, lang: w.lang}
	if _, err := x.Until(ctx, patience, func() bool { return strings.Contains(x.Text(), "dsotop") }); err != nil {
		return nil, nil, err
	}
	if !w.panel {
		for _, key := range []string{"f2", "ctrl+l"} { // any key puts away what is said of the first
			if err := t.key(ctx, show.Sequence(key)); err != nil {
				return nil, nil, err
			}
		}
	}
	for i, step := range s.Steps {
		if i > 0 {
			if err := t.key(ctx, show.Sequence("f8")); err != nil {
				return nil, nil, err
			}
			if err := t.settle(ctx, quiet); err != nil { // the platform is read again
				return nil, nil, err
			}
		}
		for j, a := range step.Do {
			if err := t.act(ctx, a, j+1 < len(step.Do) && len(step.Do[j+1].See) > 0); err != nil {
				return nil, nil, fmt.Errorf("%s.yaml:%d: %w", w.walkthrough, a.Line, err)
			}
		}
		if err := t.settle(ctx, quiet); err != nil {
			return nil, nil, err
		}
		t.keep(stepTime)
		after = append(after, t.frames[len(t.frames)-1].picture)
	}
	return t.frames, after, nil
}

// act does one thing of a step; what follows is awaited when awaited is true, so that the screen in between is not kept.
func (t *take) act(ctx context.Context, a show.Act, awaited bool) error {
	for i, k := range a.Press {
		if err := t.key(ctx, show.Sequence(k)); err != nil {
			return err
		}
		if i+1 == len(a.Press) && !awaited && k != "enter" {
			t.keep(promptTime)
		}
	}
	for _, r := range a.Type.In(t.lang) {
		if err := t.key(ctx, string(r)); err != nil {
			return err
		}
		t.keep(letterTime)
	}
	if a.Pass > 0 {
		if err := t.key(ctx, show.Sequence("f9")); err != nil {
			return err
		}
		if err := t.settle(ctx, passed); err != nil {
			return err
		}
	}
	for _, want := range a.See {
		text := want.In(t.lang)
		if _, err := t.x.Until(ctx, patience, func() bool { return strings.Contains(t.x.Text(), text) }); err != nil {
			return fmt.Errorf("%q: %w", text, err)
		}
	}
	if len(a.See) == 0 {
		return nil
	}
	if err := t.settle(ctx, quiet); err != nil {
		return err
	}
	t.keep(seeTime)
	return nil
}

// key sends a key and waits for what it does: however busy this machine is, its screen is not taken for the one before.
func (t *take) key(ctx context.Context, sequence string) error {
	before := t.x.Picture()
	t.x.Send(sequence)
	if _, err := t.x.Until(ctx, answer, func() bool { return t.x.Picture() != before }); errors.Is(err, terminal.ErrEnded) || ctx.Err() != nil {
		return err // a key that changes nothing is no mistake
	}
	return t.settle(ctx, brief)
}

// reads reports whether the program still reads something of what it shows, as it says in the window's title.
func (t *take) reads() bool { return strings.HasSuffix(t.x.Title(), show.Reading) }

// settle waits until the screen has not changed for a while, and everything that it shows was read.
func (t *take) settle(ctx context.Context, still time.Duration) error {
	last, since, begun := "", time.Now(), time.Now()
	for {
		now := t.x.Picture()
		if now != last || still > brief && t.reads() {
			last, since = now, time.Now()
		}
		if time.Since(since) >= still {
			return nil
		}
		if time.Since(begun) > patience {
			return fmt.Errorf("the screen never rests:\n%s", t.x.Text())
		}
		timer := time.NewTimer(still/4 + 5*time.Millisecond)
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-t.x.Done:
			timer.Stop()
			return terminal.ErrEnded
		case <-t.x.Moved():
		case <-timer.C:
		}
		timer.Stop()
	}
}

// keep adds the present screen to the recording, for so long.
func (t *take) keep(length time.Duration) {
	if len(t.frames) == 0 {
		length = openTime
	}
	p := shoot(t.x)
	if n := len(t.frames); n > 0 && t.frames[n-1].picture.same(p) {
		t.frames[n-1].length += length
	} else {
		t.frames = append(t.frames, frame{at: t.now, length: length, picture: p})
	}
	t.now += length
}
