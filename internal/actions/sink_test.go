package actions_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"dsotop/internal/actions"
)

// ear is a sink that fails now and then.
type ear struct {
	mu    sync.Mutex
	runs  []string
	fails int
	bell  chan struct{}
}

func (e *ear) sink() actions.Sink {
	e.bell = make(chan struct{}, 1000)
	return actions.Sink{Name: "ear", Send: func(_ context.Context, lines [][]byte) error {
		e.mu.Lock()
		defer e.mu.Unlock()
		if e.fails > 0 {
			e.fails--
			return errors.New("503")
		}
		for _, l := range lines {
			_, run, _ := strings.Cut(string(l), `"note":"`)
			run, _, _ = strings.Cut(run, " ")
			if run != "" {
				e.runs = append(e.runs, run)
			}
		}
		e.bell <- struct{}{}
		return nil
	}}
}

func (e *ear) heard() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return strings.Join(e.runs, " ")
}

// Every line reaches a sink at least once, in order, over failures, rotations and restarts; what was written before it was configured does not.
func TestSinksHearEverythingAtLeastOnce(t *testing.T) {
	dir := t.TempDir()
	j := actions.OpenJournal(dir, nil)
	j.Shrink(600, 50)
	add := func(runs string) {
		t.Helper()
		for _, r := range strings.Fields(runs) {
			if err := j.Add(actions.Entry{Event: actions.EventTorn, Note: r + " " + strings.Repeat("n", 100)}); err != nil {
				t.Fatal(err)
			}
		}
	}
	add("old")
	e := &ear{}
	sink := e.sink()
	var troubles []string
	pump := func(want string) {
		t.Helper()
		ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
		defer stop()
		over := make(chan struct{})
		troubles = nil
		go func() {
			j.Pump(ctx, sink, func(trouble string) { troubles = append(troubles, trouble) })
			close(over)
		}()
		for e.heard() != want && ctx.Err() == nil {
			select {
			case <-e.bell:
			case <-ctx.Done():
			}
		}
		stop()
		<-over
		if got := e.heard(); got != want {
			t.Errorf("heard %q, want %q", got, want)
		}
	}
	var told []string
	ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
	over, ready := make(chan struct{}), make(chan struct{})
	go func() {
		j.Pump(ctx, sink, func(trouble string) { told = append(told, trouble); close(ready) })
		close(over)
	}()
	select {
	case <-ready:
	case <-ctx.Done():
	}
	stop()
	<-over
	if len(told) != 1 || told[0] != "" {
		t.Fatalf("told %q at first", told)
	}
	add("a b c d e f g h") // several files
	e.fails = 1
	pump("a b c d e f g h")
	if len(troubles) == 0 || troubles[0] != "ear: 503" {
		t.Errorf("told %q of a sink that refused", troubles)
	}
	add("i")
	pump("a b c d e f g h i")
}
