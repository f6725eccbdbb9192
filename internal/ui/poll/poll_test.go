package poll

import (
	"context"
	"errors"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestAWatchWaitsForWhoLooks(t *testing.T) {
	defer goleak.VerifyNone(t)
	bell, asked := make(chan struct{}, 1), make(chan int, 8)
	n := 0
	w := Start(t.Context(), bell, func(context.Context) (int, time.Duration, error) {
		n++
		asked <- n
		if n == 2 {
			return n, Never, errors.New("boom")
		}
		return n, 0, nil
	})
	<-asked
	<-bell
	select {
	case <-asked:
		t.Error("asked again though nobody took the answer")
	default:
	}
	if v, ok, err := w.Take(); v != 1 || err != nil || !ok {
		t.Errorf("%d, %v, %v", v, err, ok)
	}
	<-bell
	if v, ok, err := w.Take(); v != 2 || err == nil || !ok {
		t.Errorf("%d, %v, %v", v, err, ok)
	}
	w.Kick()
	<-bell
	if v, ok, _ := w.Take(); v != 3 || !ok {
		t.Errorf("%d, %v", v, ok)
	}
	w.Stop()
}

func TestStoppingEndsTheCall(t *testing.T) {
	defer goleak.VerifyNone(t)
	begun := make(chan struct{})
	w := Start(t.Context(), make(chan struct{}, 1), func(ctx context.Context) (int, time.Duration, error) {
		close(begun)
		<-ctx.Done()
		return 0, 0, ctx.Err()
	})
	<-begun
	w.Stop()
}
