package ui

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
)

type ticks struct{ paces []time.Duration }

func (t *ticks) Reset(d time.Duration) { t.paces = append(t.paces, d) }

// Looks are frequent as long as messages come, and rare a moment after the last one.
func TestBeat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b beat
		b.stir() // not started: nothing to do
		seen := &ticks{}
		b.begin(seen)
		defer b.end()
		want := func(paces ...time.Duration) {
			t.Helper()
			synctest.Wait()
			b.mu.Lock()
			defer b.mu.Unlock()
			if !slices.Equal(seen.paces, paces) {
				t.Fatalf("paces %v, want %v", seen.paces, paces)
			}
		}
		want(beatAwake)
		for range 4 { // messages keep it awake
			time.Sleep(beatStay * 3 / 4)
			b.stir()
		}
		want(beatAwake)
		time.Sleep(beatStay)
		want(beatAwake, beatCalm)
		time.Sleep(time.Hour)
		want(beatAwake, beatCalm)
		b.stir()
		want(beatAwake, beatCalm, beatAwake)
		time.Sleep(2 * beatStay)
		want(beatAwake, beatCalm, beatAwake, beatCalm)
	})
}

// The toolkit still has what the beat takes hold of: an update that moves it is noticed here, not by a warm laptop.
func TestTickerOfTheToolkit(t *testing.T) {
	p := tea.NewProgram(bare(t, Options{}))
	if _, ok := tickerField(p); !ok {
		t.Error("bubbletea's Program has no field ticker *time.Ticker any more: see beat.go")
	}
	if ticker(p) != nil {
		t.Error("a program that does not run has a ticker")
	}
}
