package actions_test

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"testing"

	"dsotop/internal/actions"
	"dsotop/internal/actions/wire"
)

func projects(n int) []actions.Subject {
	var out []actions.Subject
	for i := range n {
		out = append(out, project(fmt.Sprintf("p%02d", i)))
	}
	return out
}

func await(t *testing.T, h *actions.Hand, ok func() bool) {
	t.Helper()
	bell := h.Watch(t.Context())
	for !ok() {
		<-bell
	}
}

func TestBulkGoesThreeAtATimeWithAResultEach(t *testing.T) {
	s := &system{}
	var now, most atomic.Int32
	s.write = func(_ context.Context, c wire.Call) (wire.Reply, error) {
		n := now.Add(1)
		for {
			m := most.Load()
			if n <= m || most.CompareAndSwap(m, n) {
				break
			}
		}
		defer now.Add(-1)
		if c.Path == "/touch/p05" {
			return wire.Reply{Status: 403, Body: []byte(`{"message":"no"}`)}, nil
		}
		s.change(c.Path)
		return wire.Reply{Status: 204}, nil
	}
	h := hand(t, s, nil)
	b, err := h.Bulk(t.Context(), "sys.touch", append(projects(12), project("p03")), actions.Args{"note": "x"}, actions.BulkOptions{Together: 3, StopRatio: 0.1})
	if err != nil {
		t.Fatal(err)
	}
	if w, made := s.count(); w != 0 || made != 0 || b.Sample == nil || len(b.Items()) != 12 {
		t.Fatalf("planning: %d writes, %d writers, %d items", w, made, len(b.Items()))
	}
	if err := b.Start(actions.Consent{}); err != nil {
		t.Fatal(err)
	}
	await(t, h, func() bool { return b.State() == actions.BulkOver })
	if got := b.Tally(); got[actions.Done] != 11 || got[actions.Refused] != 1 {
		t.Errorf("%v", got)
	}
	if it := b.Items()[5]; it.State != actions.Refused || it.Note != "no" || it.Run == "" {
		t.Errorf("%+v", it)
	}
	if w, _ := s.count(); w != 12 || most.Load() > 3 {
		t.Errorf("%d writes, %d at a time", w, most.Load())
	}
}

func TestBulkStopsAtARatioAndGoesOn(t *testing.T) {
	s := &system{}
	var ok atomic.Bool
	s.write = func(_ context.Context, c wire.Call) (wire.Reply, error) {
		if !ok.Load() {
			return wire.Reply{Status: 403}, nil
		}
		s.change(c.Path)
		return wire.Reply{Status: 204}, nil
	}
	h := hand(t, s, nil)
	b, err := h.Bulk(t.Context(), "sys.touch", projects(40), nil, actions.BulkOptions{Together: 1, StopRatio: 0.1})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Start(actions.Consent{}); err != nil {
		t.Fatal(err)
	}
	await(t, h, func() bool { return b.State() == actions.BulkPaused && h.Running() == 0 })
	if w, _ := s.count(); w != 2 || b.Why() != "ratio" { // 2 > 10 % of ten
		t.Errorf("%d writes, %q", w, b.Why())
	}
	ok.Store(true)
	if err := b.Resume(); err != nil {
		t.Fatal(err)
	}
	await(t, h, func() bool { return b.State() == actions.BulkOver })
	if got := b.Tally(); got[actions.Done] != 38 || got[actions.Refused] != 2 {
		t.Errorf("%v", got)
	}
}

// A system that goes away between the plan and the key refuses each thing before anything leaves. That is no "done": the bulk pauses, and what could not be asked waits again
// when it goes on. What is not for one thing alone is left out, and counts for nothing.
func TestBulkPausesWhenTheSystemGoesAway(t *testing.T) {
	for code, back := range map[string]bool{"source_down": true, "unauthorised": true, "no_right": false} {
		t.Run(code, func(t *testing.T) {
			s := &system{}
			var gone atomic.Bool
			h := hand(t, s, func(o *actions.Options) {
				d := touch(s)
				plan := d.Plan
				d.Plan = func(ctx context.Context, sys actions.Systems, sc actions.Scene, sub actions.Subject, a actions.Args) (actions.Draft, error) {
					switch {
					case gone.Load():
						return actions.Draft{}, &actions.Refusal{Reason: actions.Reason{Code: code, Detail: "sys"}}
					case sub.ID == "p03":
						return actions.Draft{}, &actions.Refusal{Reason: actions.Reason{Code: "locked"}}
					}
					return plan(ctx, sys, sc, sub, a)
				}
				o.Deeds = []actions.Deed{d}
			})
			b, err := h.Bulk(t.Context(), "sys.touch", projects(14), nil, actions.BulkOptions{Together: 1, StopRatio: 0.1})
			if err != nil {
				t.Fatal(err)
			}
			gone.Store(true)
			if err := b.Start(actions.Consent{}); err != nil {
				t.Fatal(err)
			}
			await(t, h, func() bool { return b.State() == actions.BulkPaused && b.Tally()[actions.ItemRunning] == 0 })
			if w, _ := s.count(); w != 0 || b.Why() != "ratio" || b.Tally()[actions.Refused] != 2 || b.Tally()[actions.ItemSkipped] > 1 {
				t.Errorf("%d writes, %q %v", w, b.Why(), b.Tally())
			}
			gone.Store(false)
			refused := b.Tally()[actions.Refused]
			if back {
				refused = 0
			}
			if err := b.Resume(); err != nil {
				t.Fatal(err)
			}
			await(t, h, func() bool { return b.State() == actions.BulkOver })
			if got := b.Tally(); got[actions.Refused] != refused || got[actions.Done]+refused+got[actions.ItemSkipped] != 14 {
				t.Errorf("%v", got)
			}
		})
	}
}

func TestBulkPauseAndStop(t *testing.T) {
	s := &system{}
	gate := make(chan struct{})
	s.write = func(_ context.Context, c wire.Call) (wire.Reply, error) {
		<-gate
		s.change(c.Path)
		return wire.Reply{Status: 204}, nil
	}
	h := hand(t, s, nil)
	b, err := h.Bulk(t.Context(), "sys.touch", projects(10), nil, actions.BulkOptions{Together: 2})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Start(actions.Consent{}); err != nil {
		t.Fatal(err)
	}
	await(t, h, func() bool { return b.Tally()[actions.ItemRunning] == 2 })
	b.Pause()
	close(gate)
	await(t, h, func() bool { return b.Tally()[actions.Done] == 2 })
	if b.State() != actions.BulkPaused || b.Tally()[actions.ItemWaiting] != 8 {
		t.Errorf("%s %v", b.State(), b.Tally())
	}
	b.Stop()
	await(t, h, func() bool { return b.Tally()[actions.ItemSkipped] == 8 })
	if w, _ := s.count(); w != 2 || b.State() != actions.BulkStopped {
		t.Errorf("%d %s", w, b.State())
	}
	if err := b.Resume(); code(err) != "not_paused" {
		t.Error(err)
	}
}

func TestBulkOfProductionIsConfirmedByItsNumber(t *testing.T) {
	h := hand(t, &system{}, nil)
	subs := projects(4)
	subs[2].Production = true
	b, err := h.Bulk(t.Context(), "sys.touch", subs, nil, actions.BulkOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Start(actions.Consent{Typed: "3"}); b.Type != "4" || code(err) != "not_confirmed" {
		t.Errorf("%q %v", b.Type, err)
	}
	if err := b.Start(actions.Consent{Typed: "4"}); err != nil {
		t.Error(err)
	}
	await(t, h, func() bool { return b.State() == actions.BulkOver })
}

// The program ends in the middle: the next one finds what is left, and goes on when it is told to.
func TestBulkSurvivesItsProcess(t *testing.T) {
	dir := t.TempDir()
	s := &system{}
	change := func(o *actions.Options) {
		o.Journal, o.Locks = actions.OpenJournal(filepath.Join(dir, "j"), nil), filepath.Join(dir, "locks")
	}
	h := hand(t, s, change)
	b, err := h.Bulk(t.Context(), "sys.touch", projects(6), actions.Args{"note": "x"}, actions.BulkOptions{Together: 1, StopRatio: 0.5})
	if err != nil {
		t.Fatal(err)
	}
	var n atomic.Int32
	third, gate := make(chan struct{}), make(chan struct{})
	s.write = func(_ context.Context, c wire.Call) (wire.Reply, error) {
		if n.Add(1) == 3 {
			close(third)
			<-gate
		}
		s.change(c.Path)
		return wire.Reply{Status: 204}, nil
	}
	if err := b.Start(actions.Consent{}); err != nil {
		t.Fatal(err)
	}
	<-third
	closed := make(chan error, 1)
	go func() { closed <- h.Close(t.Context()) }()
	for !h.Closing() || !b.Left() {
		runtime.Gosched()
	}
	close(gate)
	if err := <-closed; err != nil {
		t.Fatal(err)
	}
	if w, _ := s.count(); w != 3 {
		t.Fatalf("%d writes", w)
	}
	next := hand(t, s, change)
	if _, err := next.Recover(); err != nil {
		t.Fatal(err)
	}
	all := next.Batches()
	if len(all) != 1 || all[0].State() != actions.BulkInterrupted || all[0].Tally()[actions.Done] != 3 || all[0].Tally()[actions.ItemWaiting] != 3 {
		t.Fatalf("%+v", all)
	}
	if err := all[0].Resume(); err != nil {
		t.Fatal(err)
	}
	await(t, next, func() bool { return all[0].State() == actions.BulkOver })
	if w, _ := s.count(); w != 6 || all[0].Tally()[actions.Done] != 6 {
		t.Errorf("%d %v", w, all[0].Tally())
	}
}
