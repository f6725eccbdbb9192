package argocd

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"dsotop/internal/sources/transport"
)

func readAll(r io.Reader) (got []string, comments int, err error) {
	err = messages(r, func(comment bool) {
		if comment {
			comments++
		}
	}, func(data []byte) error {
		got = append(got, string(data))
		return nil
	})
	return got, comments, err
}

func TestMessages(t *testing.T) {
	huge := `{"x":"` + strings.Repeat("y", 3<<20) + `"}`
	for _, c := range []struct {
		name, in string
		want     []string
		comments int
		err      error
	}{
		{"events", "data: {\"a\":1}\n\ndata: {\"b\":2}\n\n", []string{`{"a":1}`, `{"b":2}`}, 0, io.EOF},
		{"keep-alives", ":\n:\ndata: {}\n\n:\n", []string{"{}"}, 3, io.EOF},
		{"carriage returns and other fields", "event: x\r\nid: 3\r\ndata:{}\r\n\r\n", []string{"{}"}, 0, io.EOF},
		{"data in several lines", "data: {\ndata: }\n\n", []string{"{\n}"}, 0, io.EOF},
		{"plain lines", "{\"a\":1}\n{\"b\":2}\n", []string{`{"a":1}`, `{"b":2}`}, 0, io.EOF},
		{"last line without its end", `{"a":1}`, []string{`{"a":1}`}, 0, io.EOF},
		{"an event longer than the buffer", "data: " + huge + "\n\n{}\n", []string{huge, "{}"}, 0, io.EOF},
		{"a page", "<html>\n", nil, 0, errGarbage},
		{"nothing", "", nil, 0, io.EOF},
	} {
		for how, r := range map[string]io.Reader{"whole": strings.NewReader(c.in), "halves": iotest.HalfReader(strings.NewReader(c.in))} {
			got, comments, err := readAll(r)
			if !errors.Is(err, c.err) || comments != c.comments || len(got) != len(c.want) {
				t.Fatalf("%s (%s): %d messages, %d comments, %v", c.name, how, len(got), comments, err)
			}
			for i := range got {
				if got[i] != c.want[i] {
					t.Errorf("%s (%s): message %d differs", c.name, how, i)
				}
			}
		}
	}
}

func TestMessagesTooLong(t *testing.T) {
	endless := io.MultiReader(strings.NewReader("data: "), io.LimitReader(zeros{}, longestEvent+1024))
	if _, _, err := readAll(endless); !errors.Is(err, errLongEvent) {
		t.Errorf("got %v", err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '0'
	}
	return len(p), nil
}

func FuzzMessages(f *testing.F) {
	f.Add("data: {\"result\":{\"type\":\"MODIFIED\",\"application\":{\"metadata\":{\"name\":\"a\"}}}}\n\n")
	f.Add("{\"error\":{\"http_code\":403,\"grpc_code\":7,\"message\":\"no\"}}\n")
	f.Add(":\ndata: [\n\n")
	f.Fuzz(func(t *testing.T, in string) {
		s := &Source{name: "argocd", base: "https://b", facts: newFacts(), dirty: make(chan struct{}, 1)}
		if err := messages(strings.NewReader(in), func(bool) {}, s.take); err == nil {
			t.Fatal("a stream that ends must say so")
		}
	})
}

func TestTakeErrors(t *testing.T) {
	s := &Source{facts: newFacts(), dirty: make(chan struct{}, 1)}
	for in, want := range map[string]string{
		`{"error":{"http_code":401,"message":"token expired"}}`:                "unauthorised",
		`{"error":{"http_code":403,"grpc_code":7,"message":"denied"}}`:         "forbidden",
		`{"error":{"code":16,"message":"invalid session","details":[]}}`:       "unauthorised",
		`{"error":{"code":7,"message":"permission denied","details":[]}}`:      "forbidden",
		`{"error":{"http_code":503,"grpc_code":14,"message":"transport"}}`:     "gateway",
		`{"error":{"http_code":500,"message":"https://u:canary@h says boom"}}`: "server",
	} {
		err := s.take([]byte(in))
		if err == nil || !strings.Contains(string(classOf(err)), want) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v", in, err)
		}
	}
	if err := s.take([]byte(`{"error":{"http_code":410,"message":"gone"}}`)); !errors.Is(err, errRelist) {
		t.Errorf("gone: %v", err)
	}
	if err := s.take([]byte(`{"result":{"type":"MODIFIED","application":{"metadata":{"name":7}}}}`)); err != nil {
		t.Errorf("one odd application ends the stream: %v", err)
	}
}

func classOf(err error) transport.Class { return transport.FaultOf(err).Class }
