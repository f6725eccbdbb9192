package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"dsotop/internal/terminal"
)

// scenario is a load with the measures taken on it, in order, in one session of the program.
type scenario struct {
	name       string
	size, life string // of the platform
	link       terminal.Link
	cache      bool // a first session leaves its last known state for the one that is measured
	args       []string
	rate       int // lines a second of the load of lines
	measures   []measure
}

// measure takes something on a running session. It leaves the program on the page and the place where it found it.
type measure func(ctx context.Context, s *session) error

// session is one run of the program, and what was measured on it.
type session struct {
	*terminal.Terminal
	quick bool
	taken map[string][]float64
}

// note keeps one sample of a row of the table.
func (s *session) note(row string, v float64) { s.taken[row] = append(s.taken[row], v) }

// play runs the scenario as often as wanted, on one platform.
func (sc scenario) play(ctx context.Context, o options) (map[string][]float64, error) {
	taken := map[string][]float64{}
	p, err := serve(ctx, o.binary, sc.size, sc.life, sc.rate)
	if err != nil {
		return taken, err
	}
	defer p.close()
	var failed error
	for range o.runs {
		if err := sc.once(ctx, o, p, taken); err != nil && failed == nil {
			failed = err
		}
		if ctx.Err() != nil {
			break
		}
	}
	return taken, failed
}

func (sc scenario) once(ctx context.Context, o options, p *platform, taken map[string][]float64) error {
	home, err := os.MkdirTemp(p.dir, "home-")
	if err != nil {
		return err
	}
	env := []string{"HOME=" + home, "XDG_CACHE_HOME=" + filepath.Join(home, "cache"), "XDG_STATE_HOME=" + filepath.Join(home, "state"), "XDG_CONFIG_HOME=" + filepath.Join(home, "config")}
	args := append([]string{"--config", p.config, "--lang", "en"}, sc.args...)
	if sc.cache {
		if err := fillCache(ctx, o.binary, env, args); err != nil {
			return fmt.Errorf("filling the cache: %w", err)
		}
	} else {
		args = append(args, "--no-cache")
	}
	x, err := terminal.Open(ctx, terminal.Options{Link: sc.link, Env: env}, o.binary, args...)
	if err != nil {
		return err
	}
	s := &session{Terminal: x, quick: o.quick, taken: map[string][]float64{}}
	defer x.Close()
	for _, m := range sc.measures {
		if err := m(ctx, s); err != nil {
			for row, v := range s.taken {
				taken[row] = append(taken[row], v...)
			}
			return err
		}
	}
	for row, v := range s.taken {
		taken[row] = append(taken[row], v...)
		fmt.Fprintf(os.Stderr, "  %-28s %s\n", row, summary(v))
	}
	return nil
}

// fillCache runs the program until every source has answered, and leaves it as a person would.
func fillCache(ctx context.Context, binary string, env, args []string) error {
	x, err := terminal.Open(ctx, terminal.Options{Env: env}, binary, args...)
	if err != nil {
		return err
	}
	defer x.Close()
	if _, err := x.Until(ctx, time.Minute, func() bool { return settled(x.Rows()) }); err != nil {
		return err
	}
	terminal.Wait(ctx, 2*time.Second)
	x.Send("\x03")
	select {
	case <-x.Done:
		return nil
	case <-time.After(10 * time.Second):
		return fmt.Errorf("did not end")
	}
}

// scenarios are the loads of the budgets whose pages exist.
func scenarios() []scenario {
	return []scenario{
		{name: "small", size: "small", life: "calm", measures: []measure{starting, leaving}},
		{name: "cached", size: "small", life: "calm", cache: true, measures: []measure{startingWithData, leaving}},
		{name: "fleet", size: "fleet", life: "calm", measures: []measure{starting, answering, lineDown, resting, memoryHeld, leaving}},
		{name: "huge", size: "huge", life: "calm", measures: []measure{starting, answering, keysOnPages, holding, resting, memoryHeld, leaving}},
		{name: "living", size: "fleet", life: "stories", measures: []measure{starting, answering, resting}},
		{name: "churn", size: "fleet", life: "churn", measures: []measure{starting, answering, resting, keysOnPages}},
		{name: "slim", size: "fleet", life: "calm", args: []string{"--low-bandwidth"}, measures: []measure{starting, answering, lineDown}},
		{name: "bad link", size: "fleet", life: "calm", link: terminal.BadLink(), measures: []measure{starting, answering, onBadLink, leaving}},
		{name: "logs", size: "logs", life: "calm", rate: 2_000, measures: []measure{openingLines, followingLines, keysInLines, leaving}},
		{name: "many logs", size: "logs", life: "calm", rate: 20_000, measures: []measure{openingLines, followingLines, keysInLines, aMillionLines, leaving, theSameInLess}},
	}
}
