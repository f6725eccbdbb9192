package lab

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// thing is an object as the wire has it.
type thing = map[string]any

// rest speaks JSON to one server. A credential may be empty.
type rest struct {
	base, token string
	client      *http.Client
}

// refused is an answer that is no success.
type refused struct {
	what string // method and path
	code int
	text string
}

func (e *refused) Error() string { return fmt.Sprintf("%s: %d: %s", e.what, e.code, e.text) }

// do sends body (nil: none) and reads the answer into out (nil: dropped). Headers come in pairs. PATCH is a merge.
func (c *rest) do(ctx context.Context, method, path string, body, out any, headers ...string) error {
	var in io.Reader
	if raw, ok := body.([]byte); ok {
		in = bytes.NewReader(raw)
	} else if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return err
		}
		in = bytes.NewReader(text)
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, in)
	if err != nil {
		return err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
		if method == http.MethodPatch {
			req.Header.Set("Content-Type", "application/merge-patch+json")
		}
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := c.client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	if resp.StatusCode/100 != 2 {
		var status struct{ Message string }
		if json.Unmarshal(text, &status) != nil || status.Message == "" {
			status.Message = tail(text, 500)
		}
		return &refused{method + " " + path, resp.StatusCode, status.Message}
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(text, out); err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	return nil
}

// together runs functions at once and returns the first error, which ends the others.
func together(ctx context.Context, all ...func(context.Context) error) error {
	return each(ctx, all, len(all), func(ctx context.Context, f func(context.Context) error) error { return f(ctx) })
}

// each calls f for every element, some at a time. The first error ends it.
func each[T any](ctx context.Context, all []T, workers int, f func(context.Context, T) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	next := make(chan T)
	for range min(workers, len(all)) {
		wg.Go(func() {
			for x := range next {
				if err := f(ctx, x); err != nil {
					cancel(err)
				}
			}
		})
	}
feed:
	for _, x := range all {
		select {
		case next <- x:
		case <-ctx.Done():
			break feed
		}
	}
	close(next)
	wg.Wait()
	return context.Cause(ctx)
}
