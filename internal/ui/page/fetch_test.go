package page_test

import (
	"context"
	"errors"
	"testing"

	"dsotop/internal/ui/page"
)

func TestFetchDeliversOnTheLoop(t *testing.T) {
	f := page.NewFetch(t.Context())
	got := ""
	f.Ask("a", func(context.Context) (any, error) { return "one", nil }, func(v any, _ error) { got += v.(string) })
	<-f.Wake()
	if got != "" || !f.Busy("a") || !f.Woke() || got != "one" || f.Busy("") || f.Woke() {
		t.Errorf("got %q", got)
	}
	f.Ask("p", func(context.Context) (any, error) { panic("oh") }, func(_ any, err error) { got = err.Error() })
	<-f.Wake()
	if !f.Woke() || got != "internal error: oh" {
		t.Errorf("got %q", got)
	}
}

func TestFetchGivesUpWhatIsAskedAgain(t *testing.T) {
	f := page.NewFetch(t.Context())
	ended := make(chan error, 1)
	f.Ask("a", func(ctx context.Context) (any, error) { <-ctx.Done(); ended <- ctx.Err(); return 1, nil }, func(any, error) { t.Error("the answer that was given up came") })
	var got any
	f.Ask("a", func(context.Context) (any, error) { return 2, nil }, func(v any, _ error) { got = v })
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	for got == nil {
		<-f.Wake()
		f.Woke()
	}
	if got != 2 {
		t.Errorf("got %v", got)
	}
	closed := make(chan struct{})
	f.Ask("b", func(ctx context.Context) (any, error) { <-ctx.Done(); close(closed); return 1, nil }, func(any, error) { t.Error("came after the end") })
	f.Close()
	<-closed
	if f.Woke() || f.Busy("b") {
		t.Error("something is left")
	}
}
