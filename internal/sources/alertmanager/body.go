package alertmanager

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"

	"dsotop/internal/sources/transport"
)

// longestAnswer bounds an answer.
const longestAnswer = 32 << 20

// whole hands on answers that are JSON and nothing else. The generated client takes an empty body for an empty list, and an
// empty list of alerts would say that all is well.
type whole struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (w whole) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := w.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, longestAnswer+1))
	if err != nil {
		return nil, err
	}
	if len(body) > longestAnswer || !json.Valid(body) {
		return nil, &transport.Fault{
			Class: transport.ClassMalformed, Method: req.Method, URL: req.URL.Scheme + "://" + req.URL.Host + req.URL.EscapedPath(),
			Status: resp.StatusCode, Message: "unexpected answer: not JSON",
		}
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	resp.Header.Set("Content-Type", "application/json") // the client chooses its decoder by it; some proxies lose it
	return resp, nil
}
