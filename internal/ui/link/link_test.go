package link

import (
	"io"
	"os"
	"testing"
	"time"
)

func TestRoundTrips(t *testing.T) {
	var m Meter
	now := time.Unix(1_787_320_000, 0)
	trip := func(d time.Duration) {
		now = now.Add(time.Minute)
		if !m.Due(now) {
			t.Fatal("a question is due after a minute")
		}
		now = now.Add(d)
		m.Answered(now)
	}
	if m.Slow() || m.Report().Trip != 0 {
		t.Error("nothing was measured")
	}
	trip(900 * time.Millisecond)
	trip(300 * time.Millisecond)
	if m.Slow() {
		t.Error("two answers may be late because the start was busy")
	}
	trip(310 * time.Millisecond)
	if r := m.Report(); !r.Slow || r.Trip != 300*time.Millisecond || r.Worst != 900*time.Millisecond {
		t.Errorf("%+v", r)
	}
	// In between it stays as it was.
	for range 3 {
		trip(120 * time.Millisecond)
	}
	if !m.Slow() {
		t.Error("120 ms is not yet fast")
	}
	trip(20 * time.Millisecond)
	if r := m.Report(); r.Slow || r.Trip != 20*time.Millisecond || r.Worst != 120*time.Millisecond {
		t.Errorf("%+v", r)
	}
	for range 2 {
		trip(time.Second)
	}
	if m.Slow() {
		t.Error("two slow answers are not a slow link")
	}
	trip(time.Second)
	if !m.Slow() {
		t.Error("three are")
	}
}

func TestQuestionsAreRare(t *testing.T) {
	var m Meter
	now := time.Unix(1_787_320_000, 0)
	asked := 0
	for range 100 { // a key every second
		if now = now.Add(time.Second); m.Due(now) {
			asked++
			m.Answered(now.Add(10 * time.Millisecond))
		}
	}
	if asked != 6 { // three at first, then every half-minute
		t.Errorf("asked %d times in 100 seconds", asked)
	}
	var silent Meter // a terminal that never answers
	asked = 0
	for range 1000 {
		if now = now.Add(time.Second); silent.Due(now) {
			asked++
		}
	}
	if asked != 2 {
		t.Errorf("a silent terminal was asked %d times", asked)
	}
	silent.Answered(now.Add(time.Hour))
	if silent.Report().Trip != 0 {
		t.Error("an answer to no question counts")
	}
}

func TestWritesThatWait(t *testing.T) {
	var m Meter
	m.wrote(8<<10, time.Millisecond)
	if r := m.Report(); r.Slow || r.Rate != 0 || r.Bytes != 8<<10 {
		t.Errorf("%+v", r)
	}
	m.wrote(1<<10, time.Second)
	m.wrote(8<<10, time.Second)
	m.wrote(8<<10, time.Second)
	if m.Slow() {
		t.Error("two large writes may wait because the machine is busy, and a small one says nothing")
	}
	m.wrote(8<<10, time.Second)
	if r := m.Report(); !r.Slow || r.Rate != 8<<10 {
		t.Errorf("%+v", r)
	}
	m.wrote(100, time.Millisecond)
	if !m.Slow() {
		t.Error("a small write says nothing")
	}
	m.wrote(8<<10, time.Millisecond)
	if r := m.Report(); r.Slow || r.Writes != 7 {
		t.Errorf("%+v", r)
	}
}

func TestTerminalCounts(t *testing.T) {
	in, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	var m Meter
	w := m.Measure(out)
	if _, err := io.WriteString(w, "hello"); err != nil {
		t.Fatal(err)
	}
	_, _ = w.Write([]byte(" you"))
	_ = w.Close()
	got, _ := io.ReadAll(in)
	if string(got) != "hello you" || m.Report().Bytes != 9 {
		t.Errorf("%q, %+v", got, m.Report())
	}
}
