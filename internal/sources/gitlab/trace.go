package gitlab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"dsotop/internal/desk"
	"dsotop/internal/secret"
	"dsotop/internal/sources/transport"
)

const (
	leastTrace = 4 << 10
	// keyRoom is how long the text of a private key is at most, with room to spare: one that a part cuts is left to the next part.
	keyRoom = 16 << 10
)

// Trace implements [desk.Pipelines]. GitLab itself has no ranges on this path (18.4): it sends the whole trace, of which the beginning is
// skipped here; what stands before it may know ranges. Both are understood.
func (s *Source) Trace(ctx context.Context, repository string, job, from, limit int64, ended bool) (desk.TracePart, error) {
	from, limit = max(from, 0), max(limit, leastTrace)
	part := desk.TracePart{From: from, Next: from, Total: -1}
	path := "/api/v4/projects/" + url.PathEscape(repository) + "/jobs/" + strconv.FormatInt(job, 10) + "/trace"
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimRight(s.URL(), "/")+path, nil)
	if err != nil {
		return part, s.fault(&transport.Fault{Class: transport.ClassRefused, Method: http.MethodGet, Message: "not a repository: its name cannot be in an address"})
	}
	if from > 0 { // without a range the answer may be compressed
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-%d", from, from+limit))
	}
	resp, err := (&http.Client{Transport: s.http.Strict(), CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(req)
	if err != nil {
		if transport.FaultOf(err).Status == http.StatusRequestedRangeNotSatisfiable { // nothing new
			return part, nil
		}
		return part, s.fault(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
		return part, s.fault(&transport.Fault{Class: transport.ClassMalformed, Method: http.MethodGet, URL: s.URL() + path, Status: resp.StatusCode, Message: "unexpected answer: a page for browsers (HTML), not a trace"})
	}
	switch start, total, ranged := contentRange(resp.Header.Get("Content-Range")); {
	case resp.StatusCode == http.StatusPartialContent && ranged && start == from:
		part.Total = total
	case resp.StatusCode == http.StatusPartialContent:
		return part, s.fault(&transport.Fault{Class: transport.ClassMalformed, Method: http.MethodGet, URL: s.URL() + path, Status: resp.StatusCode, Message: "another part of the trace than the one asked for"})
	default:
		part.Total, part.Whole = resp.ContentLength, from > 0
		skipped, err := io.CopyN(io.Discard, resp.Body, from)
		if errors.Is(err, io.EOF) { // shorter than it was: the caller starts again
			part.Next = skipped
			return part, nil
		}
		if err != nil {
			return part, s.fault(err)
		}
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if err != nil {
		return part, s.fault(err)
	}
	if part.More = int64(len(data)) > limit; part.More {
		data = data[:limit]
	}
	text, tail := whole(string(data), part.More, ended)
	part.Next += int64(len(text))
	part.Text, part.Tail = redact(s.http.Redact(text)), redact(s.http.Redact(tail))
	return part, nil
}

// contentRange reads "bytes 100-199/5000"; total is -1 when it is not told.
func contentRange(h string) (start, total int64, ok bool) {
	rest, ok := strings.CutPrefix(h, "bytes ")
	if !ok {
		return 0, -1, false
	}
	span, size, _ := strings.Cut(rest, "/")
	first, _, _ := strings.Cut(span, "-")
	start, err := strconv.ParseInt(first, 10, 64)
	if err != nil {
		return 0, -1, false
	}
	if total, err = strconv.ParseInt(size, 10, 64); err != nil {
		total = -1
	}
	return start, total, true
}

// whole cuts what was read after its last whole line, so that no credential is cut in two and passes unseen. tail is the beginning of the
// line that is being written, up to its last blank: a word may be the first half of a credential.
func whole(data string, more, ended bool) (text, tail string) {
	if ended && !more {
		return data, ""
	}
	i := strings.LastIndexByte(data, '\n') + 1
	text, tail = data[:i], data[i:]
	if i == 0 && more { // one line longer than the limit: it must go on
		if b := strings.LastIndexByte(data, ' '); b > 0 {
			return data[:b], ""
		}
		return data, ""
	}
	if k := strings.LastIndex(text, "-----BEGIN "); k > 0 && len(text)-k < keyRoom && !strings.Contains(text[k:], "-----END ") {
		k = strings.LastIndexByte(text[:k], '\n') + 1
		if k > 0 {
			return text[:k], ""
		}
	}
	if more {
		return text, ""
	}
	return text, tail[:strings.LastIndexByte(tail, ' ')+1]
}

// redact masks what looks like a credential in each line, and the body of private keys, which have many.
func redact(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	key := false
	for l := range strings.Lines(text) {
		body := strings.TrimRight(l, "\r\n")
		said := body[runnerPrefix(body):]
		switch begins := strings.Contains(body, "PRIVATE KEY-----"); {
		case begins && strings.Contains(body, "-----BEGIN "):
			key = !strings.Contains(body, "-----END ")
		case begins:
			key = false
		case key && !strings.ContainsAny(strings.TrimSpace(said), " \t"):
			b.WriteString(body[:len(body)-len(said)])
			b.WriteString(secret.Mask)
			b.WriteString(l[len(body):])
			continue
		case key: // a sentence: the key ended without saying so
			key = false
		}
		b.WriteString(secret.Scrub(body))
		b.WriteString(l[len(body):])
	}
	return b.String()
}

// runnerPrefix is the length of the time and stream that runners since 17 write before a line ("2026-11-21T14:03:07.412345Z 00O "); 0 when
// there is none.
func runnerPrefix(l string) int {
	const n = len("2026-11-21T14:03:07.412345Z 00O ")
	if len(l) < n || l[4] != '-' || l[10] != 'T' || l[26] != 'Z' || l[27] != ' ' || l[30] != 'O' && l[30] != 'E' || l[31] != ' ' && l[31] != '+' {
		return 0
	}
	return n
}
