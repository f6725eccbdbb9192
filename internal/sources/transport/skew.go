package transport

import (
	"net/http"
	"sync"
	"time"
)

// Skew learns how far a system's clock and ours are apart from the Date of its answers. That is in whole seconds, and true at some moment
// between the question and the answer: each answer says that the difference lies between two values, many together say it closely. The zero
// value knows nothing. It is safe for concurrent use.
type Skew struct {
	mu        sync.Mutex
	known     bool
	low, high time.Duration // the system's clock less ours
	at        time.Time     // when it was last narrowed
}

// drift is by how much two clocks may part while time passes: far more than those of computers do, far less than what matters.
const drift = 10_000 // one part in so many

// Saw learns of an answer to what was asked at one moment of our clock and had come at another. Answers of gateways that speak for
// themselves, and those kept by a cache, tell nothing.
func (k *Skew) Saw(resp *http.Response, asked, got time.Time) {
	date, err := http.ParseTime(resp.Header.Get("Date"))
	if age := resp.Header.Get("Age"); err != nil || age != "" && age != "0" {
		return
	}
	switch resp.StatusCode {
	case http.StatusProxyAuthRequired, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return
	}
	low, high := date.Sub(got), date.Add(time.Second).Sub(asked)
	k.mu.Lock()
	defer k.mu.Unlock()
	passed := got.Sub(k.at).Abs() / drift
	k.low, k.high, k.at = k.low-passed, k.high+passed, got
	if !k.known || low > k.high || high < k.low { // the first one; or one of the clocks was set since, and what was learnt is of before
		k.known, k.low, k.high = true, low, high
		return
	}
	k.low, k.high = max(k.low, low), min(k.high, high)
}

// Least is how far the system's clock is ahead of ours at least; negative when it is behind, 0 when they may well agree or nothing is known.
// It is never more than the truth: a slow answer makes no clock wrong.
func (k *Skew) Least() time.Duration {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case !k.known:
		return 0
	case k.low > 0:
		return k.low
	case k.high < 0:
		return k.high
	}
	return 0
}
