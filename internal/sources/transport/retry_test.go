package transport

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

func TestRetries(t *testing.T) {
	ok := answer(200, `{}`)
	for _, c := range []struct {
		name    string
		answers []answering
		calls   int
		class   Class // "" means success
		retry   time.Duration
		waits   time.Duration // at least, before the last call
	}{
		{"first time", list(ok), 1, "", 0, 0},
		{"refused once", list(failing(errRefused), ok), 2, "", 0, 0},
		{"always refused", list(failing(errRefused)), 3, ClassUnreachable, 0, 0},
		{"hangs", list(hanging), 3, ClassTimeout, 0, 10 * time.Second},
		{"gateway once", list(answer(502, "<html>"), ok), 2, "", 0, 0},
		{"away for long", list(answer(503, "", "Retry-After", "120")), 1, ClassGateway, 2 * time.Minute, 0},
		{"away shortly", list(answer(503, "", "Retry-After", "3"), ok), 2, "", 0, 3 * time.Second},
		{"slow down shortly", list(answer(429, "", "Retry-After", "2"), ok), 2, "", 0, 2 * time.Second},
		{"slow down for long", list(answer(429, "", "Retry-After", "30")), 1, ClassRateLimited, 30 * time.Second, 0},
		{"slow down, in GitLab's own headers", list(answer(429, "", "Date", "Sat, 21 Nov 2026 10:00:00 GMT", "RateLimit-Remaining", "0", "RateLimit-Reset", "1795255240")), 1, ClassRateLimited, 40 * time.Second, 0},
		{"slow down, with calls left", list(answer(429, "", "RateLimit-Remaining", "3", "RateLimit-Reset", "1795255240")), 1, ClassRateLimited, 0, 0},
		{"slow down, in the draft's seconds", list(answer(429, "", "RateLimit-Remaining", "0", "RateLimit-Reset", "40")), 1, ClassRateLimited, 0, 0},
		{"slow down until", list(answer(429, "", "Date", "Sat, 21 Nov 2026 10:00:00 GMT", "Retry-After", "Sat, 21 Nov 2026 10:01:00 GMT")), 1, ClassRateLimited, time.Minute, 0},
		{"slow down, no word when", list(answer(429, "")), 1, ClassRateLimited, 0, 0},
		{"server error", list(answer(500, `{}`)), 1, ClassServer, 0, 0},
		{"unauthorised", list(answer(401, "")), 1, ClassUnauthorised, 0, 0},
		{"forbidden", list(answer(403, "")), 1, ClassForbidden, 0, 0},
		{"absent", list(answer(404, "")), 1, ClassNotFound, 0, 0},
		{"bad request", list(answer(422, "")), 1, ClassRequest, 0, 0},
		{"login page", list(answer(302, "", "Location", "/login")), 1, ClassUnauthorised, 0, 0},
		{"html", list(answer(200, "<!doctype html>", "Content-Type", "text/html")), 1, ClassMalformed, 0, 0},
		{"empty", list(answer(200, "")), 1, ClassMalformed, 0, 0},
		{"cut JSON", list(answer(200, `{"a":`)), 1, ClassMalformed, 0, 0},
		{"wrong shape", list(answer(200, `{"a":"text"}`)), 1, ClassMalformed, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := &network{answers: c.answers}
			client := fakeClient(t, n)
			synctest.Test(t, func(t *testing.T) {
				var out struct{ A int }
				_, err := client.GetJSON(t.Context(), "/x", nil, &out)
				f := FaultOf(err)
				if (c.class == "") != (f == nil) || f != nil && f.Class != c.class {
					t.Fatalf("got %v, want class %q", err, c.class)
				}
				if f != nil && f.RetryAfter != c.retry {
					t.Errorf("RetryAfter = %v, want %v", f.RetryAfter, c.retry)
				}
				if len(n.got) != c.calls {
					t.Errorf("%d calls, want %d", len(n.got), c.calls)
				}
				if waited := n.at[len(n.at)-1].Sub(n.at[0]); waited < c.waits {
					t.Errorf("waited %v, want at least %v", waited, c.waits)
				}
			})
		})
	}
}

func list(a ...answering) []answering {
	return a
}

func TestSilenceIsKeptByEveryPart(t *testing.T) {
	n := &network{answers: list(answer(429, "", "Retry-After", "30"), answer(200, "{}"))}
	client := fakeClient(t, n)
	synctest.Test(t, func(t *testing.T) {
		_, _ = client.Get(t.Context(), "/a", nil)
		_, err := client.Get(t.Context(), "/b", nil)
		if f := FaultOf(err); f == nil || f.Class != ClassRateLimited || f.RetryAfter != 30*time.Second || len(n.got) != 1 {
			t.Fatalf("a second request was answered %v after %d calls", err, len(n.got))
		}
		<-time.After(30 * time.Second) // of the bubble, not of the test
		if _, err := client.Get(t.Context(), "/b", nil); err != nil {
			t.Fatal(err)
		}
	})
}

func TestNoRetryOnceTheContextEnds(t *testing.T) {
	for _, backoff := range []time.Duration{time.Hour, time.Millisecond} {
		n := &network{}
		client := fakeClient(t, n, func(o *Options) { o.Backoff = backoff })
		ctx, cancel := context.WithCancel(t.Context())
		n.answers = list(func(*http.Request) (*http.Response, error) { cancel(); return nil, errRefused })
		_, err := client.Get(ctx, "/a", nil)
		if f := FaultOf(err); f.Class != ClassCanceled || len(n.got) != 1 {
			t.Fatalf("%v after %d calls", err, len(n.got))
		}
	}
}
