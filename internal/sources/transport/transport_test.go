package transport

import (
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"dsotop/internal/secret"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const canary = "canary-7f3a9c55"

// network is a fake network: each call takes the next answer.
type network struct {
	mu      sync.Mutex
	answers []answering
	got     []*http.Request
	at      []time.Time
}

func (n *network) RoundTrip(r *http.Request) (*http.Response, error) {
	n.mu.Lock()
	i := min(len(n.got), len(n.answers)-1)
	n.got = append(n.got, r)
	n.at = append(n.at, time.Now())
	answer := n.answers[i]
	n.mu.Unlock()
	return answer(r)
}

type answering func(*http.Request) (*http.Response, error)

func answer(status int, body string, header ...string) answering {
	return func(r *http.Request) (*http.Response, error) {
		h := http.Header{}
		for i := 0; i+1 < len(header); i += 2 {
			h.Set(header[i], header[i+1])
		}
		return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), Request: r, ContentLength: int64(len(body))}, nil
	}
}

func failing(err error) answering {
	return func(*http.Request) (*http.Response, error) { return nil, err }
}

func hanging(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func fakeClient(t *testing.T, n *network, change ...func(*Options)) *Client {
	t.Helper()
	t.Setenv("TRANSPORT_TOKEN", canary)
	o := Options{Name: "tool", URL: "https://tool.example/base", Dial: n, Rate: 1000, Burst: 1000, Allow: []Rule{{Method: "GET", Path: "/**"}, {Method: "POST", Path: "/query"}},
		Auth: Auth{Scheme: AuthHeader, Header: "x-token", Secret: secret.Ref{Scheme: "env", Target: "TRANSPORT_TOKEN"}}}
	for _, f := range change {
		f(&o)
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var errRefused = &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
